//! The search as people use it: the theme's own script asks the index of the example municipality.

use std::{fs, path::Path, process::Command};

use super::driver::Site;

fn node(arguments: &[&str]) -> Option<String> {
    let output = Command::new("node").current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn people_find_what_they_look_for() {
    let site = Site::example();
    assert_eq!(site.build(&[]).code, Some(0));
    let Some(told) = node(&["tests/search/judge.mjs", site.out().to_str().unwrap()]) else {
        eprintln!("node is not installed; tests/run installs it");
        return;
    };
    let recall = told.split("recall@5 ").nth(1).and_then(|rest| rest.split('\t').next()).unwrap();
    assert!(recall.parse::<f64>().unwrap() >= 0.95, "{told}");
}

/// `forms.et.tsv` has the stems that Rust makes; the script must make the same.
#[test]
fn the_browser_makes_the_same_stems() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/search/forms.et.tsv");
    assert!(fs::read_to_string(table).unwrap().lines().count() > 1000);
    let _ = node(&["tests/search/stems.mjs"]);
}

#[test]
fn a_language_without_pages_has_an_empty_index() {
    let site = Site::with(
        "-- site.toml --\nname = \"Kadaka vald\"\nlanguages = [\"et\", \"ru\"]\nbase_url = \"https://kadaka.example\"\n",
    );
    assert_eq!(site.build(&[]).code, Some(0));
    let index = fs::read_to_string(site.out().join("search/ru/index.json")).unwrap();
    assert!(index.contains("\"pages\":0"), "{index}");
}

#[test]
fn a_synonym_of_itself_and_an_unknown_page_are_reported() {
    let site = Site::with(
        "-- site.toml --\nname = \"Kadaka vald\"\nlanguages = [\"et\"]\nbase_url = \"https://kadaka.example\"\n\
         [search]\nsynonyms = [\"laps, lapsed\"]\n[[search.best]]\nwords = [\"lumi\"]\npage = \"uudised/tal\"\n",
    );
    let told = site.build(&[]).stderr;
    assert!(told.contains("search.synonyms") && told.contains("search.best-page"), "{told}");
}
