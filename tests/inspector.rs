//! `raekoda check` on labelled faults and near misses: how many it finds, and how often it is wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;

use crate::driver::Site;

/// Texts that break one rule, and texts that only look like it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    #[serde(default)]
    minutes: bool,
    bad: Vec<String>,
    good: Vec<String>,
}

/// The areas of rules that only the check knows.
const AREAS: [&str; 8] = ["accessibility", "care", "documents", "law", "links", "privacy", "weight", "wording"];

const SITE: &str = r#"
-- site.toml --
name = "Kadaka vald"
languages = ["et", "en"]
base_url = "https://www.kadakavald.example"
[contact]
phone = "+372 5555 0100"
[check.severity]
care = "off"
law = "off"
"links.orphan" = "off"
"links.dead-end" = "off"
-- data/units.toml --
[[units]]
id = "kantselei"
title = "Vallakantselei"
kind = "department"
"#;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn picture(site: &Site) {
    let picture = fs::read(root().join("content-example/images/kadaka-kool.jpg")).unwrap();
    site.write("images/vallamaja.jpg", picture);
}

/// What the check says of each file, by areas that only it knows.
fn found(site: &Site, arguments: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let report: Value = site.run(&[&["check", "--format", "json"], arguments].concat()).json();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in report.as_array().unwrap() {
        let code = finding["code"].as_str().unwrap();
        if AREAS.contains(&code.split('.').next().unwrap()) {
            let file = finding["location"]["file"].as_str().unwrap_or_default();
            found.entry(file.to_owned()).or_default().insert(code.to_owned());
        }
    }
    found
}

fn page(body: &str, minutes: bool) -> String {
    let more = if minutes {
        "type = \"document\"\nkind = \"minutes\"\nissuer = \"Kadaka Vallavolikogu\"\ndocumented_at = 2026-01-05\nact_ref = \"protokoll nr 1\"\ncontact = \"kantselei\"\nregister_url = \"https://adr.kadakavald.example\"\n"
    } else {
        ""
    };
    format!("+++\ntitle = \"Proov\"\npublished = 2026-01-06\n{more}+++\n\n{body}\n")
}

/// Finds what is wrongly said and wrongly not said, rule by rule.
#[test]
fn texts_are_judged_rightly() {
    let cases: BTreeMap<String, Labelled> =
        toml::from_str(&fs::read_to_string(root().join("tests/check/texts.toml")).unwrap()).unwrap();
    let site = Site::with(SITE);
    picture(&site);
    let mut wanted: BTreeMap<String, (Option<&str>, &str)> = BTreeMap::new();
    for (rule, labelled) in &cases {
        let texts = labelled.bad.iter().map(|text| (Some(rule.as_str()), text));
        for (number, (rule_wanted, text)) in texts.chain(labelled.good.iter().map(|text| (None, text))).enumerate() {
            let path = format!("content/proov/{}-{number}.md", rule.replace('.', "-"));
            site.write(&path, page(text, labelled.minutes));
            wanted.insert(path, (rule_wanted, text));
        }
    }
    // The examples of the reference are cases as well.
    for (code, rule) in raekoda::diagnostics::rules() {
        for (label, text, expected) in [("bad", &rule.bad, Some(code.as_str())), ("good", &rule.good, None)] {
            if let Some(text) = text {
                let path = format!("content/naited/{}-{label}.md", code.replace('.', "-"));
                site.write(&path, page(text, false));
                wanted.insert(path, (expected, text));
            }
        }
    }
    let found = found(&site, &[]);
    let (mut right, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for (path, (rule, text)) in &wanted {
        let codes = found.get(path).cloned().unwrap_or_default();
        match rule {
            Some(rule) if codes.contains(*rule) => right += 1,
            Some(rule) => missed.push(format!("{rule}: {text}")),
            None => {}
        }
        wrong.extend(codes.iter().filter(|code| Some(code.as_str()) != *rule).map(|code| format!("{code}: {text}")));
    }
    let (missed_count, wrong_count) = (missed.len(), wrong.len());
    let precision = f64::from(right) / f64::from(right + i32::try_from(wrong_count).unwrap());
    let recall = f64::from(right) / f64::from(right + i32::try_from(missed_count).unwrap());
    println!("{} cases, precision {precision:.3}, recall {recall:.3}", wanted.len());
    let said = format!("\nmissed:\n{}\nwrong:\n{}", missed.join("\n"), wrong.join("\n"));
    assert!(wanted.len() >= 400, "{} cases", wanted.len());
    assert!(precision >= 0.98 && recall >= 0.98, "precision {precision:.3}, recall {recall:.3}{said}");
}
