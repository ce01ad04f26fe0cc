//! What a build writes, what it leaves alone, and what it says it left out.

use std::{collections::BTreeMap, fs, path::Path, time::SystemTime};

use insta::assert_snapshot;

use crate::driver::{Site, news};

const DATES: &str = r#"
-- content/uudised/mustand.md --
+++
title = "Mustand"
published = 2026-11-20
draft = true
+++
Tekst.
-- content/uudised/homme.md --
+++
title = "Homme"
published = 2026-12-01
publish_from = 2026-12-01T09:00:00
+++
Tekst.
-- content/uudised/eile.md --
+++
title = "Eile"
published = 2026-10-01
publish_until = 2026-11-01T00:00:00
+++
Tekst.
"#;

fn has(site: &Site, page: &str) -> bool {
    site.out().join("uudised").join(page).join("index.html").exists()
}

#[test]
fn the_smallest_site_builds_without_a_word_of_warning() {
    let site = Site::smallest();
    site.build(&["--strict"]).fine();
    let pages = site.pages();
    for page in ["index.html", "en/index.html", "uudised/index.html", "uudised/talv/index.html", "404.html"] {
        assert!(pages.contains(&page.to_owned()), "{page} is not among {pages:?}");
    }
}

/// The example builds without a warning, and two builds of it are one site, whatever the number of cores.
#[test]
fn the_example_is_right_and_always_the_same() {
    let site = Site::example();
    site.build(&["--strict", "--jobs", "1"]).fine();
    let one = site.written();
    fs::remove_dir_all(site.out()).unwrap();
    fs::remove_dir_all(site.around().join(".public.raekoda")).unwrap();
    site.build(&["--strict", "--jobs", "2"]).fine();
    let two = site.written();
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    let different: Vec<_> = one.iter().filter(|(path, bytes)| two[*path] != **bytes).map(|(path, _)| path).collect();
    assert!(different.is_empty(), "{different:?}");
}

/// Every content type of the shared theme has an example.
#[test]
fn the_example_holds_every_type() {
    let site = Site::example();
    let types = site.run(&["types"]).fine().stdout;
    let names: Vec<&str> = types.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 25, "{types}");
}

/// When each file and folder below `folder` was last changed.
fn times(folder: &Path) -> BTreeMap<String, SystemTime> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .map(|entry| (entry.path().to_str().unwrap().to_owned(), entry.metadata().unwrap().modified().unwrap()))
        .collect()
}

#[test]
fn nothing_changed_nothing_written() {
    let site = Site::smallest();
    site.build(&[]).fine();
    let before = times(&site.out());
    site.build(&[]).fine();
    assert_eq!(before, times(&site.out()));
}

/// A change in one page leaves the files of the others as they were: bytes and times.
#[test]
fn an_edit_writes_what_it_changes() {
    let site =
        Site::with("-- content/uudised/teine.md --\n+++\ntitle = \"Teine\"\npublished = 2026-11-19\n+++\nTekst.\n");
    site.build(&[]).fine();
    let before = times(&site.out());
    site.write(
        "content/uudised/talv.md",
        "+++\ntitle = \"Talv tuleb\"\npublished = 2026-11-20\nsummary = \"Lumi.\"\n+++\nMuudetud.\n",
    );
    site.build(&[]).fine();
    let after = times(&site.out());
    let file = |page: &str| site.out().join(page).to_str().unwrap().to_owned();
    assert_ne!(before[&file("uudised/talv/index.html")], after[&file("uudised/talv/index.html")]);
    assert_eq!(before[&file("uudised/teine/index.html")], after[&file("uudised/teine/index.html")]);
    assert!(site.page("uudised/talv/index.html").contains("Muudetud."));
}

/// A theme in a folder of its own is looked at as the site's own files are.
#[test]
fn a_change_in_a_theme_of_ones_own_is_seen() {
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/raekoda/theme");
    let site = Site::with(
        "-- site.toml --\nname = \"Kadaka vald\"\nlanguages = [\"et\", \"en\"]\nbase_url = \"https://x.example\"\ntheme = \"oma\"\n",
    );
    for (path, bytes) in crate::driver::tree(&theme) {
        site.write(&format!("oma/{path}"), bytes);
    }
    site.build(&[]).fine();
    let template = fs::read_to_string(site.path("oma/templates/base.html")).unwrap();
    site.write("oma/templates/base.html", template.replace("<footer>", "<footer><p>Uus jalus</p>"));
    site.build(&[]).fine();
    assert!(site.page("uudised/talv/index.html").contains("Uus jalus"));
}

#[test]
fn what_was_taken_away_is_removed_and_what_no_build_made_is_kept() {
    let site = Site::smallest();
    site.build(&[]).fine();
    fs::write(site.out().join("kontroll.txt"), "teenusepakkuja fail").unwrap();
    site.remove("content/uudised/talv.md");
    site.build(&[]).fine();
    assert!(!has(&site, "talv"));
    assert!(site.written().contains_key("kontroll.txt"));
}

#[test]
fn what_is_left_out_is_said() {
    let site = Site::with(DATES);
    let outcome = site.build(&["--at", "2026-11-22"]).fine();
    assert!(!has(&site, "mustand") && !has(&site, "homme") && !has(&site, "eile"));
    let said: Vec<&str> = outcome.stderr.lines().skip_while(|line| !line.starts_with("Left out")).collect();
    assert_snapshot!(said.join("\n"), @r"
    Left out: drafts 1, scheduled 1 (next 1 December 2026 9:00), expired 1.
      scheduled  content/uudised/homme.md
      draft      content/uudised/mustand.md
      expired    content/uudised/eile.md
    The site changes by itself on 1 December 2026 9:00.
    ");
}

#[test]
fn drafts_are_built_when_asked_for() {
    let site = Site::with(DATES);
    site.build(&["--at", "2026-11-22", "--drafts"]).fine();
    assert!(has(&site, "mustand") && !has(&site, "homme"));
}

#[test]
fn the_site_of_another_day() {
    let site = Site::with(DATES);
    site.build(&["--at", "2026-12-02"]).fine();
    assert!(has(&site, "homme") && !has(&site, "eile"));
    site.build(&["--at", "2026-10-15"]).fine();
    assert!(!has(&site, "homme") && has(&site, "eile"));
}

#[test]
fn another_address() {
    let site = Site::smallest();
    site.build(&["--base-url", "https://proov.example/vald"]).fine();
    let page = site.page("uudised/talv/index.html");
    assert!(page.contains("https://proov.example/vald/uudised/talv"), "{page}");
    assert!(!page.contains("www.kadakavald.example"), "{page}");
}

#[test]
fn warnings_fail_a_strict_build_only() {
    let site = Site::with(&news(
        "
<marquee>Lund</marquee>
",
    ));
    site.build(&[]).fine();
    site.build(&["--strict"]).failed();
}

#[test]
fn a_stage_has_its_time() {
    let site = Site::smallest();
    let outcome = site.build(&["--timings"]).fine();
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    for stage in ["content", "pages", "commit", "total"] {
        assert!(said.contains(stage), "{said}");
    }
}

#[test]
fn wrong_use_is_told_apart_from_problems() {
    let site = Site::smallest();
    assert_eq!(site.run(&["biuld"]).code, Some(2));
    assert_eq!(site.run(&["build", "--jobs", "palju"]).code, Some(2));
    assert_eq!(site.run(&["build", "--at", "eile"]).code, Some(2));
}

#[test]
fn no_such_folder_and_no_site_in_it() {
    let site = Site::smallest();
    let nowhere = site.run(&["build", "pole-olemas"]);
    assert_eq!(nowhere.code, Some(2));
    assert!(
        nowhere.stderr.contains("error[source.not-found]: There is no folder `pole-olemas`."),
        "{}",
        nowhere.stderr
    );
    let no_site = site.run(&["build", "content"]);
    assert_eq!(no_site.code, Some(2));
    assert!(
        no_site.stderr.contains("error[source.no-site]: The folder `content` has no site.toml."),
        "{}",
        no_site.stderr
    );
}

#[test]
fn check_writes_nothing_but_what_it_remembers() {
    let site = Site::smallest();
    let files = || {
        let mut files = times(&site.root());
        files.retain(|path, _| Path::new(path).is_file() && !path.contains("/.raekoda/"));
        files
    };
    let before = files();
    site.run(&["check", "."]).fine();
    assert_eq!(before, files());
    assert!(!site.out().exists());
}

#[test]
fn a_guide_on_one_page_has_each_id_once_and_its_links_stay_on_it() {
    let step = |title: &str| {
        format!(
            "+++\ntitle = \"{title}\"\npublished = 2026-01-05\n+++\n## Tasu\n\nVaata [tähtaega](#tahtaeg).\n\n## Tähtaeg\n\nKümme päeva.\n"
        )
    };
    let site = Site::smallest();
    site.write("content/juhend/_index.md", "+++\ntitle = \"Juhend\"\npublished = 2026-01-05\nguide = true\n+++\n");
    site.write("content/juhend/esimene.md", step("Esimene"));
    site.write("content/juhend/teine.md", step("Teine"));
    site.build(&["--strict"]).fine();
    let page = site.page("juhend/koik/index.html");
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    let before = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), before, "{ids:?}");
    for link in ["href=\"#esimene-tahtaeg\"", "href=\"#teine-tahtaeg\""] {
        assert!(page.contains(link), "{link}");
    }
}

#[test]
fn a_dry_run_names_what_would_change_and_changes_nothing() {
    let site = Site::smallest();
    site.build(&[]).fine();
    let before = site.written();
    site.write_all(&news("Lumi tuli."));
    site.write("content/uudised/kevad.md", "+++\ntitle = \"Kevad\"\npublished = 2026-11-21\n+++\nPäike.\n");
    let said = site.build(&["--dry-run", "--lang", "en"]).fine().stderr;
    assert!(said.contains("change  uudised/talv/index.html"), "{said}");
    assert!(said.contains("add     uudised/kevad/index.html"), "{said}");
    assert!(before == site.written(), "the site has changed");
    site.remove("content/uudised/talv.md");
    let said = site.build(&["--dry-run", "--lang", "en"]).fine().stderr;
    assert!(said.contains("remove  uudised/talv/index.html"), "{said}");
    assert!(before == site.written(), "the site has changed");
    site.build(&[]).fine();
    assert!(has(&site, "kevad") && !has(&site, "talv"));
    let said = site.build(&["--dry-run", "--lang", "en"]).fine().stderr;
    assert!(said.contains("would change: 0, be added: 0, be removed: 0"), "{said}");
}
