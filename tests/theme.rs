//! Themes: what extends what, what stands in for what, and what is wrong with either.

use std::{collections::BTreeSet, fs, path::Path};

use crate::driver::{Site, refused_with};

/// The smallest site with a theme of its own, made by `theme new`.
fn with_own_theme() -> Site {
    let site = Site::smallest();
    site.run(&["theme", "new", "meie"]).fine();
    let settings = fs::read_to_string(site.path("site.toml")).unwrap();
    site.write("site.toml", format!("theme = \"meie\"\n{settings}"));
    site
}

fn append(site: &Site, path: &str, text: &str) {
    let old = fs::read_to_string(site.path(path)).unwrap();
    site.write(path, old + text);
}

#[test]
fn a_new_theme_changes_nothing_yet() {
    let site = Site::smallest();
    site.build(&[]).fine();
    let before = site.page("uudised/index.html");
    let site = with_own_theme();
    site.build(&["--strict"]).fine();
    assert_eq!(site.page("uudised/index.html"), before);
}

#[test]
fn a_theme_sets_a_token_a_block_and_a_rule() {
    let site = with_own_theme();
    append(&site, "meie/theme.toml", "\n[tokens]\n\"--radius\" = \"0\"\n");
    append(&site, "meie/styles/own.css", ".own-rule { color: red }\n");
    site.write(
        "meie/templates/404.html",
        "{% extends \"omavalitsus/404.html\" %}\n{% block main %}<p>Meie oma.</p>{% endblock main %}\n",
    );
    site.write(
        "theme/templates/404.html",
        "{% extends \"meie/404.html\" %}\n{% block main %}{{ super() }}<p>Saidi oma.</p>{% endblock main %}\n",
    );
    site.build(&["--strict"]).fine();
    let page = site.page("404.html");
    assert!(page.contains("Meie oma.") && page.contains("Saidi oma."), "{page}");
    let css = site.written().into_iter().find(|(path, _)| path.starts_with("assets/main.")).unwrap().1;
    let css = String::from_utf8(css).unwrap();
    assert!(css.contains("--radius:0") && css.contains(".own-rule"), "{css}");
    let files = site.run(&["theme", "files"]).fine().stdout;
    let line = files.lines().find(|line| line.starts_with("templates/404.html")).unwrap();
    assert!(line.ends_with("theme/ → meie → omavalitsus"), "{line}");
    assert!(site.run(&["theme", "list"]).fine().stdout.contains("* meie → omavalitsus 0.1.0"));
}

#[test]
fn an_override_remembers_what_it_was_made_of() {
    let site = Site::smallest();
    site.run(&["theme", "override", "templates/news.html"]).fine();
    assert!(site.path("theme/templates/news.html").exists());
    site.build(&["--strict"]).fine();
    let record = fs::read_to_string(site.path("theme/overrides.toml")).unwrap();
    let hash = record.lines().last().unwrap().rsplit('"').nth(1).unwrap();
    site.write("theme/overrides.toml", record.replace(hash, "0123456789abcdef"));
    assert!(site.problems().contains("warning theme.drifted theme/templates/news.html"), "{}", site.problems());
    site.run(&["theme", "override", "templates/news.html"]).fine();
    assert_eq!(fs::read_to_string(site.path("theme/overrides.toml")).unwrap(), record);
    site.run(&["theme", "override", "templates/newss.html"]).failed();
}

#[test]
fn an_override_that_nobody_recorded_is_told_of() {
    let site = Site::with("-- theme/styles/own.css --\np { color: red }\n");
    let outcome = site.run(&["theme", "check"]).fine();
    assert!(outcome.stderr.contains("theme.unrecorded"), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("--brand-fill"), "{}", outcome.stdout);
}

#[test]
fn a_mistake_in_a_sites_own_styles_names_its_file() {
    let site = Site::with("-- theme/styles/own.css --\np { color red }\n");
    let problems = site.problems();
    assert!(problems.contains("error assets.css-token theme/styles/own.css:1"), "{problems}");
}

#[test]
fn what_replaces_nothing_is_a_warning() {
    let site = Site::with(
        "-- theme/templates/newss.html --\n{% extends \"page.html\" %}\n-- theme/template/news.html --\nx\n",
    );
    let problems = site.problems();
    assert!(problems.contains("warning theme.override-nothing theme/templates/newss.html"), "{problems}");
    assert!(problems.contains("warning theme.override-nothing theme/template/news.html"), "{problems}");
}

#[test]
fn a_block_that_no_template_has_is_a_mistake_with_its_place() {
    let site = Site::with(
        "-- theme/templates/news.html --\n{% extends \"omavalitsus/news.html\" %}\n{% block mian %}x{% endblock %}\n",
    );
    assert_eq!(site.problems(), "error theme.unknown-block theme/templates/news.html:2:10");
}

#[test]
fn a_theme_for_a_newer_program() {
    let site = with_own_theme();
    let manifest = fs::read_to_string(site.path("meie/theme.toml")).unwrap();
    site.write("meie/theme.toml", manifest.replace(">=0.", ">=99."));
    assert!(site.problems().contains("error theme.too-new meie/theme.toml"), "{}", site.problems());
}

#[test]
fn themes_in_a_circle() {
    let site = with_own_theme();
    site.write("teie/theme.toml", "name = \"teie\"\nversion = \"1.0.0\"\nextends = \"../meie\"\n");
    let manifest = fs::read_to_string(site.path("meie/theme.toml")).unwrap();
    site.write("meie/theme.toml", manifest.replace("extends = \"omavalitsus\"", "extends = \"../teie\""));
    assert!(site.problems().contains("error theme.circle"), "{}", site.problems());
}

#[test]
fn tokens_that_are_none() {
    let site = with_own_theme();
    append(&site, "meie/theme.toml", "\n[tokens]\n\"--radus\" = \"0\"\n\"--radius\" = \"0; } body { display: none\"\n");
    let problems = site.problems();
    assert!(problems.contains("error theme.unknown-token meie/theme.toml"), "{problems}");
    assert!(problems.contains("error theme.token-value meie/theme.toml"), "{problems}");
}

#[test]
fn colours_that_cannot_be_read_on_each_other() {
    let site = with_own_theme();
    append(&site, "meie/theme.toml", "\n[tokens]\n\"--ink\" = \"#777\"\n");
    for command in [&["theme", "check"][..], &["build"], &["check"]] {
        let outcome = site.run(command).failed();
        assert!(outcome.stderr.contains("theme.contrast"), "{}", outcome.stderr);
    }
}

#[test]
fn a_broken_template_has_its_line() {
    let found = refused_with(
        "-- theme/templates/news.html --\n{% extends \"omavalitsus/news.html\" %}\n{% block more %}\n{% if %}\n",
    );
    assert!(found.starts_with("error theme.template theme/templates/news.html:3"), "{found}");
}

#[test]
fn a_template_that_extends_itself() {
    let found = refused_with("-- theme/templates/news.html --\n{% extends \"news.html\" %}\n");
    assert!(found.contains("error theme.template theme/templates/news.html"), "{found}");
}

#[test]
fn settings_of_the_wrong_kind_and_no_colour() {
    let site = Site::smallest();
    append(&site, "site.toml", "\n[settings]\nbrand_colour = \"sinine\"\nfeedback = \"vahel\"\n");
    let problems = site.problems();
    assert_eq!(
        problems.lines().filter(|line| line.starts_with("error") && line.contains("site.toml")).count(),
        2,
        "{problems}"
    );
}

#[test]
fn an_icon_with_a_script() {
    let found = refused_with(
        "-- theme/icons/own.svg --\n<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>\n",
    );
    assert!(found.contains("theme/icons/own.svg"), "{found}");
}

#[test]
fn a_theme_is_not_made_over_another_nor_by_any_name() {
    let site = with_own_theme();
    for name in ["meie", "omavalitsus", "../meie2", "Meie"] {
        site.run(&["theme", "new", name]).failed();
    }
}

#[test]
fn the_gallery_shows_all_and_nothing_is_wrong_with_it() {
    let site = Site::smallest();
    let outcome = site.run(&["theme", "gallery", "--out", "../galerii"]).fine();
    assert!(!outcome.stderr.contains("error[") && !outcome.stderr.contains("warning["), "{}", outcome.stderr);
    let page = fs::read_to_string(site.around().join("galerii/komponendid/key-facts/index.html")).unwrap();
    assert!(page.contains(r#"<div class="key-facts">"#) && page.contains(":::key-facts"), "{page}");
}

/// Names that themes and sites build on go only with a new version that says so: before 1.0.0 the second
/// number, then the first.
#[test]
fn no_public_name_of_the_theme_is_lost() {
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/theme_contract.txt");
    let record = fs::read_to_string(record).unwrap();
    let site = Site::smallest();
    let now = site.run(&["theme", "contract", "--names"]).fine().stdout;
    let split = |text: &str| {
        let (version, names) = text.split_once('\n').unwrap();
        let numbers: Vec<u64> = version.split(' ').nth(1).unwrap().split('.').map(|n| n.parse().unwrap()).collect();
        let breaking = if numbers[0] == 0 { (0, numbers[1]) } else { (numbers[0], 0) };
        (breaking, names.lines().map(ToOwned::to_owned).collect::<BTreeSet<String>>())
    };
    let ((then, before), (version, names)) = (split(&record), split(&now));
    let lost: Vec<_> = before.difference(&names).collect();
    assert!(lost.is_empty() || version > then, "a new version must say that these are gone: {lost:?}");
    assert!(before == names, "write it again: raekoda theme contract --names > tests/theme_contract.txt");
}
