//! What those who write pages rely on.

use std::path::Path;

use super::*;
use crate::{
    diagnostics::{Language, Severity, rules},
    language::Lang,
};

/// The shared theme's content types, read from its folder.
fn theme_types() -> (Types, Vec<Diagnostic>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/omavalitsus/types");
    let mut out = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "a test reads the theme")]
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test reads the theme")]
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let common = read("_common.toml");
    let common = TomlText::whole("types/_common.toml", &common);
    ContentType::check_common(&common, &mut out);
    let mut types = Vec::new();
    for name in files.filter(|name| name != "_common.toml") {
        let text = read(&name);
        types.extend(ContentType::parse(&TomlText::whole(format!("types/{name}"), &text), Some(&common), &mut out));
    }
    let types = Types::new(types);
    types.check(&mut out);
    (types, out)
}

/// What is said about the problems, one line each.
fn said(out: &[Diagnostic]) -> String {
    let line = |d: &Diagnostic| {
        let place = d.location.as_ref().map_or_else(String::new, ToString::to_string);
        let help = d.help(Language::English).map_or_else(String::new, |help| format!(" | {help}"));
        format!("{place} {} {}{help}", d.code, d.message(Language::English))
    };
    out.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads front matter of the type `name`, rules and all.
fn entry(name: &str, text: &str) -> (Fields, Vec<Diagnostic>) {
    let (types, _) = theme_types();
    let kind = types.get(name).unwrap();
    let toml = TomlText::whole("a.md", text);
    let mut out = Vec::new();
    let table = toml.parse(&mut out);
    let fields = kind.schema.read(table.get_ref(), &toml, &mut out);
    kind.check_rules(&fields, &toml, table.get_ref(), &mut out);
    (fields, out)
}

#[test]
fn the_shared_theme_has_every_type_without_a_mistake() {
    let (types, out) = theme_types();
    assert_eq!(said(&out), "");
    assert_eq!(types.names().count(), 25);
    for kind in types.iter() {
        for lang in [Lang::ET, Lang::EN, Lang::RU] {
            assert!(kind.label.exact(lang.as_str()).is_some(), "{} {lang}", kind.name);
            for field in kind.schema.fields() {
                worded(&kind.name, field, lang);
            }
        }
    }
}

fn worded(kind: &str, field: &Field, lang: Lang) {
    assert!(field.label.exact(lang.as_str()).is_some(), "{kind}.{} {lang}", field.name);
    for choice in &field.choices {
        assert!(choice.label.exact(lang.as_str()).is_some(), "{kind}.{} {} {lang}", field.name, choice.value);
    }
    field.fields().iter().chain(field.item()).for_each(|inner| worded(kind, inner, lang));
}

#[test]
fn the_parts_of_pictures_files_and_addresses_are_there() {
    for (kind, first) in [(Kind::Image, "src"), (Kind::File, "path"), (Kind::Address, "full")] {
        let fields = field::builtin(kind);
        assert_eq!(&*fields[0].name, first);
        for lang in [Lang::ET, Lang::EN, Lang::RU] {
            fields.iter().for_each(|field| worded(kind.as_str(), field, lang));
        }
    }
}

#[test]
fn the_law_on_services_is_kept() {
    let (fields, out) = entry(
        "service",
        r#"title = "Kodutoetus"
description = "Toetus eakale kodu kohandamiseks."
responsible = "mari-maasikas"
legal_basis = [{ title = "Kord", url = "https://www.riigiteataja.ee/akt/421022014024" }]
chanels = []
"#,
    );
    insta::assert_snapshot!(said(&out), @r"
    a.md:5:1 schema.unknown-field There is no field `chanels` here. | Did you mean `channels`?
    a.md:1:1 schema.required The required field `channels` is missing. | Channels – How the service can be had; at least one.
    a.md:4:41 schema.rule-link The link https://www.riigiteataja.ee/akt/421022014024 lacks `leiaKehtiv`. | A link to Riigi Teataja must open the version in force: add ?leiaKehtiv to the end of the address.
    ");
    assert_eq!(fields.get("responsible").unwrap().texts().collect::<Vec<_>>(), ["mari-maasikas"]);
}

#[test]
fn every_severity_of_a_rule_is_kept() {
    assert_eq!(rules()["schema.rule-recent"].severity, Severity::Warning);
}
