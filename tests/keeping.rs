//! `build --cache`: pages are kept between builds, and the site is the one that a build without would write.

use std::fs;

use crate::driver::{Site, tree};

const CACHE: &str = "../lehed";

/// Builds with kept pages, and sees that a build that keeps nothing writes the same.
fn built(site: &Site) {
    site.build(&["--cache", CACHE, "--at", "2026-11-22"]).fine();
    let other = site.around().join("clean");
    let out = other.to_str().unwrap();
    site.run(&["build", ".", "--out", out, "--at", "2026-11-22"]).fine();
    let (kept, clean) = (site.written(), tree(&other));
    assert_eq!(kept.keys().collect::<Vec<_>>(), clean.keys().collect::<Vec<_>>());
    let different: Vec<_> = kept.iter().filter(|(path, bytes)| clean[*path] != **bytes).map(|(path, _)| path).collect();
    assert!(different.is_empty(), "{different:?}");
}

fn why(site: &Site, url: &str) -> String {
    site.run(&["explain", url, "--why", "--cache", CACHE, "--at", "2026-11-22"]).fine().stdout
}

fn news(title: &str, body: &str) -> String {
    format!("+++\ntitle = \"{title}\"\npublished = 2026-11-20\n+++\n{body}\n")
}

#[test]
fn kept_pages_and_new_ones_make_the_same_site() {
    let site = Site::smallest();
    built(&site);
    assert!(why(&site, "/uudised/talv").ends_with("(nothing)\n"));
    site.write("content/uudised/talv.md", news("Talv", "Lumi sulab."));
    let reasons = why(&site, "/uudised/talv");
    assert!(reasons.contains("will be made again") && reasons.contains("body(id=\"uudised/talv\")"), "{reasons}");
    built(&site);
    let reasons = why(&site, "/uudised/talv");
    let (last, next) = reasons.split_once("will be made again").unwrap();
    assert!(last.contains("body(id=\"uudised/talv\")") && next.ends_with("(nothing)\n"), "{reasons}");
    site.write("content/uudised/talv.md", news("Talv on läbi", "Lumi sulas."));
    site.write("content/uudised/kevad.md", news("Kevad", "[Talv](@/uudised/talv) on läbi."));
    built(&site);
    let settings = fs::read_to_string(site.path("site.toml")).unwrap();
    site.write("site.toml", format!("minify = \"full\"\n{settings}"));
    built(&site);
    let pages = || tree(&site.around().join("lehed")).len();
    let before = pages();
    site.remove("content/uudised/kevad.md");
    built(&site);
    assert!(pages() < before, "what is no page any more is not kept");
}

#[test]
fn damage_is_noticed() {
    let site = Site::smallest();
    built(&site);
    let folder = site.around().join("lehed");
    for (path, mut bytes) in tree(&folder) {
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        fs::write(folder.join(path), bytes).unwrap();
    }
    site.write("content/uudised/talv.md", news("Talv", "Lumi sulab."));
    built(&site);
    for path in tree(&folder).into_keys() {
        fs::write(folder.join(path), b"half").unwrap();
    }
    site.write("content/uudised/talv.md", news("Talv", "Lumi tuli."));
    built(&site);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let site = Site::smallest();
    fs::write(site.around().join("fail"), "").unwrap();
    let outcome = site.build(&["--cache", "../fail/lehed"]).failed();
    assert!(outcome.stderr.contains("../fail/lehed"), "{}", outcome.stderr);
}
