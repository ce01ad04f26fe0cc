//! E-forms on the site: which pages show them, and what the relay gets.

use serde_json::Value;

use crate::driver::{Site, refused_with};

/// A site with a form in three languages, and another within a page.
pub(crate) const SITE: &str = r#"
-- site.toml --
name = "Kadaka vald"
languages = ["et", "en", "ru"]
base_url = "https://www.kadakavald.example"

[contact]
email = "info@kadakavald.example"
phone = "+372 5555 0100"

[relay]
url = "https://vormid.kadakavald.example/"
-- content/_index.ru.md --
+++
title = "Волость Кадака"
+++
-- content/vormid/_index.md --
+++
title = "Vormid"
+++
-- content/vormid/teabenoue.md --
+++
title = "Teabenõue"
e_form = "teabenoue"
+++
-- content/vormid/teabenoue.en.md --
+++
title = "Information request"
slug = "information-request"
+++
-- content/vormid/teabenoue.ru.md --
+++
title = "Запрос информации"
+++
-- content/uudised/talv.md --
+++
title = "Talv tuleb"
published = 2026-11-20
+++
Lund on oodata. Kirjutage meile:

::form{id="kontakt"}
"#;

fn built(site: &Site) -> Value {
    site.build(&[]).fine();
    serde_json::from_str(&site.page("forms.json")).unwrap()
}

#[test]
fn pages_show_forms_and_the_relay_gets_those_that_pages_use() {
    let site = Site::with(SITE);
    let compiled = built(&site);
    let forms: Vec<&str> =
        compiled["forms"].as_array().unwrap().iter().filter_map(|form| form["form"]["id"].as_str()).collect();
    assert_eq!(forms, ["kontakt", "tagasiside", "teabenoue"]);
    assert_eq!(compiled["forms"][2]["pages"]["et"], "/vormid/teabenoue");
    assert_eq!(compiled["forms"][2]["pages"]["en"], "/en/vormid/information-request");
    assert_eq!(compiled["forms"][0]["pages"]["et"], "/uudised/talv");

    let version = compiled["forms"][2]["version"].as_str().unwrap();
    let page = site.page("vormid/teabenoue/index.html");
    for part in [
        r#"action="https://vormid.kadakavald.example/teabenoue?lang=et""#,
        "novalidate",
        &format!(r#"name="_version" value="{version}""#),
        r#"name="_lang" value="et""#,
        "Kuidas teie andmeid kasutame",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(site.page("en/vormid/information-request/index.html").contains("How we use your data"));
    assert!(site.page("uudised/talv/index.html").contains("https://vormid.kadakavald.example/kontakt"));
}

#[test]
fn shells_are_the_themes_page_with_whole_addresses() {
    let compiled = built(&Site::with(SITE));
    for lang in ["et", "en"] {
        let shell = compiled["shells"][lang].as_str().unwrap();
        assert_eq!(shell.matches("{{FORM}}").count(), 1);
        assert!(shell.contains("<title>{{TITLE}} | Kadaka vald</title>"), "{shell}");
        assert!(shell.contains(&format!("<html lang=\"{lang}\">")));
        assert!(shell.contains(r#"href="https://www.kadakavald.example/assets/main."#), "{shell}");
        assert!(!shell.contains("href=\"/") && !shell.contains("src=\"/"), "{shell}");
        // The relay's pages are of another origin, to which a browser gives no module scripts.
        assert!(!shell.contains("type=\"module\""), "{shell}");
    }
}

#[test]
fn a_sites_own_form_replaces_the_catalogues() {
    let site = Site::with(SITE);
    let own = site.run(&["form", "copy", "teabenoue"]).stdout.replace("\"5 working days\"", "\"3 working days\"");
    site.write("forms/teabenoue.toml", own);
    assert_eq!(built(&site)["forms"][2]["form"]["reply_deadline"]["working-days"], 3);
}

#[test]
fn a_form_is_closed_by_its_date() {
    let site = Site::with(SITE);
    let own = site.run(&["form", "copy", "teabenoue"]).stdout;
    site.write("forms/teabenoue.toml", format!("open_until = 2026-11-30\n{own}"));
    let page = |day: &str| {
        let outcome = site.build(&["--at", day]).fine();
        (site.page("vormid/teabenoue/index.html"), outcome.stderr)
    };
    let (open, said) = page("2026-11-30");
    assert!(open.contains("<form class=\"form\""), "{open}");
    assert!(said.contains("changes by itself on 1 December 2026"), "{said}");
    let (closed, _) = page("2026-12-01");
    assert!(!closed.contains("<form class=\"form\""), "{closed}");
    assert!(closed.contains("Vormi sai saata kuni 30. november 2026"), "{closed}");
}

#[test]
fn without_a_relay_a_page_says_how_else() {
    let site = Site::with(&SITE.replace("[relay]\nurl = \"https://vormid.kadakavald.example/\"\n", ""));
    site.build(&[]).fine();
    let page = site.page("vormid/teabenoue/index.html");
    assert!(!page.contains("<form class=\"form\"") && !page.contains("name=\"_go\""), "{page}");
    assert!(page.contains("mailto:info@kadakavald.example") && page.contains("tel:+37255550100"), "{page}");
    assert!(!site.out().join("forms.json").exists());
}

#[test]
fn an_unknown_form_is_a_mistake_with_its_place() {
    insta::assert_snapshot!(refused_with("-- content/uudised/talv.md --\n+++\ntitle = \"Talv\"\npublished = 2026-11-20\n+++\n::form{id=\"kontkt\"}\n"), @"error forms.unknown-form content/uudised/talv.md:5:1");
    let page = "-- content/teabenoue.md --\n+++\ntitle = \"Teabenõue\"\ntype = \"form\"\ne_form = \"teabenue\"\n+++\n";
    insta::assert_snapshot!(refused_with(page), @"error forms.unknown-form content/teabenoue.md:4:10");
    let section = "-- content/teabenoue/_index.md --\n+++\ntitle = \"Teabenõue\"\ntype = \"form\"\n+++\n";
    insta::assert_snapshot!(refused_with(section), @"error schema.rule-any-of content/teabenoue/_index.md:2:1");
}
