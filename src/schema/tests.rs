//! What those who write pages rely on.

use std::{path::Path, sync::LazyLock};

use jiff::civil::date;

use super::*;
use crate::{diagnostics::Language, language::Lang};

/// The shared theme's content types.
static TYPES: LazyLock<(Types, Vec<Diagnostic>)> = LazyLock::new(theme_types);

/// Reads the shared theme's content types from its folder.
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
    let types = &TYPES.0;
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
    let (types, out) = &*TYPES;
    assert_eq!(said(out), "");
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
            for field in fields {
                worded(kind.as_str(), field, lang);
            }
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
    a.md:4:41 schema.rule-link The link https://www.riigiteataja.ee/akt/421022014024 lacks `leiaKehtiv`. | A link to Riigi Teataja must open the version in force: add ?leiaKehtiv to the end of the address.
    ");
    assert_eq!(fields.get("responsible").unwrap().texts().collect::<Vec<_>>(), ["mari-maasikas"]);
}

#[test]
fn what_editors_write_back_is_read() {
    let (fields, out) = entry(
        "vacancy",
        r#"title = 112
published = "2026-11-01"
deadline = "22.11.2026"
salary_from = 1500
salary_to = "1 800,50"
order = 2.0
keywords = "töö"
summary = ""
image = { src = "a.jpg", decorative = "true" }
files = "juhend.pdf"
publish_until = 2026-12-01
contact = "mari-maasikas"
"#,
    );
    assert_eq!(said(&out), "");
    insta::assert_snapshot!(fields.to_json(), @r##"{"title":"112","published":"2026-11-01","publish_until":"2026-12-01","keywords":["töö"],"image":{"src":"a.jpg","decorative":true},"files":[{"path":"juhend.pdf"}],"contact":"mari-maasikas","order":2,"deadline":"2026-11-22","salary_from":150000,"salary_to":180050}"##);
}

#[test]
fn every_problem_is_shown_at_once_and_at_its_place() {
    let (_, out) = entry(
        "institution",
        r#"title = true
kind = "scool"
registry_code = "12345679"
address = "Vallamaja, Kadaka"
phone = "helista"
email = "vald"
website = "javascript:alert(1)"
slug = "Õ ue"
updated = 2026-02-30
per_page = 0
image = { src = "maja.jpg" }
related = ["a", 1, true]

[[opening_hours]]
days = ["mon", "tuee"]
opens = "25:00"
note = "x"

[[opening_hours]]
"#,
    );
    insta::assert_snapshot!(said(&out), @r##"
    a.md:9:11 source.toml-time The date or time is not written as it should be, or there is no such. | A date is written 2026-11-22, a time 09:00, both together 2026-11-22T09:00:00. See whether the month has so many days.
    a.md:1:9 schema.not-a-text The value of `title` must be a text, but is true. | Put the value between quotes: title = "…".
    a.md:2:8 schema.not-a-choice The value “scool” is not allowed in `kind`. The choices are: school, kindergarten, hobby-school, library, culture, youth-centre, sports, social, museum, other. | Did you mean `school`?
    a.md:3:17 schema.check-digit The check digit of the code in `registry_code` does not fit. | See whether a digit is wrong or two have changed places.
    a.md:5:9 schema.not-a-phone The value of `phone`, “helista”, is not a phone number. | Write the number as 555 1234, a foreign one with its country's code: +358 ….
    a.md:6:9 schema.not-an-email The value of `email`, “vald”, is not an e-mail address. | Write it as name@parish.ee.
    a.md:7:11 schema.not-a-url The value of `website`, “javascript:alert(1)”, is not a web address. | Write the whole address: https://www.…
    a.md:8:8 schema.pattern The value of `slug`, “Õ ue”, has not the right form. | The form is described by the expression [a-z0-9]+(-[a-z0-9]+)*.
    a.md:9:11 schema.not-a-date The value of `updated`, “”, is not a date. | Write the date as 2026-11-22.
    a.md:10:12 schema.too-small The value 0 of `per_page` is too small; the least is 1.
    a.md:11:9 schema.no-alt The picture `image` has no description (alt). | Write alt = "…" for a person who cannot see it; or decorative = true when it is mere decoration.
    a.md:12:20 schema.not-a-text The value of `related` must be a text, but is true. | Put the value between quotes: related = "…".
    a.md:15:16 schema.not-a-choice The value “tuee” is not allowed in `days`. The choices are: mon, tue, wed, thu, fri, sat, sun. | Did you mean `tue`?
    a.md:16:9 schema.not-a-time The value of `opens`, “25:00”, is not a time of day. | Write the time as 14:30.
    a.md:17:1 schema.unknown-field There is no field `note` here.
    a.md:19:1 schema.required The required field `days` is missing. | Days
    "##);
}

#[test]
fn rules_between_fields() {
    let (_, out) = entry(
        "notice",
        "title = \"Lühem päev\"\nkind = \"service-change\"\npublished = 2026-12-20\neffective_from = 2026-12-23\n",
    );
    insta::assert_snapshot!(said(&out), @r##"a.md:4:18 schema.rule-after There must be at least 10 days between `published` and `effective_from`. | Changed working arrangements are announced at least ten days ahead. (AvTS § 28 (1) 23)"##);
    let (_, out) =
        entry("event", "title = \"Laat\"\nstart = 2026-06-06T10:00:00\nend = 2026-06-06\nlocation = \"Plats\"\n");
    assert_eq!(said(&out), "", "a day alone is the whole day");
    let (_, out) = entry(
        "event",
        "title = \"Laat\"\nstart = 2026-06-06T10:00:00\nend = 2026-06-06T09:00:00\nlocation = \"Plats\"\n",
    );
    assert_eq!(out.iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), ["schema.rule-order"]);
}

#[test]
fn a_statement_grows_old() {
    let types = &TYPES.0;
    let kind = types.get("statement").unwrap();
    let toml = TomlText::whole("a.md", "reviewed = 2025-11-22\n");
    let table = toml.parse(&mut Vec::new());
    let fields = kind.schema.read(table.get_ref(), &toml, &mut Vec::new());
    for (today, problems) in [(date(2026, 11, 22), 0), (date(2026, 11, 23), 1)] {
        let mut out = Vec::new();
        kind.check_age(&fields, today, &toml, table.get_ref(), &mut out);
        assert_eq!(out.len(), problems, "{}", said(&out));
    }
}

#[test]
fn an_official_document_says_who_when_by_what_and_who_explains() {
    let types = &TYPES.0;
    for kind in types.iter().filter(|kind| kind.official) {
        for name in ["issuer", "documented_at", "act_ref", "contact"] {
            assert!(kind.schema.field(name).unwrap().required, "{} {name}", kind.name);
        }
    }
    assert!(types.iter().filter(|kind| kind.official).count() >= 4);
}

#[test]
fn a_row_is_read_in_every_language() {
    let types = &TYPES.0;
    let schema = &types.get("person").unwrap().schema;
    let toml = TomlText::whole(
        "data/persons.toml",
        "title = \"Mari Maasikas\"\nunit = \"kantselei\"\nposition = { et = \"sekretär\", en = \"secretary\", fi = \"sihteeri\" }\nphone = \"555 1234\"\n",
    );
    let mut out = Vec::new();
    let table = toml.parse(&mut out);
    let rows = schema.read_row(table.get_ref(), &[Lang::ET, Lang::EN, Lang::RU], &toml, &mut out);
    let positions: Vec<_> = rows.iter().map(|fields| fields.text("position").unwrap()).collect();
    assert_eq!(positions, ["sekretär", "secretary", "sekretär"]);
    assert!(rows.iter().all(|fields| fields.text("phone") == Some("+3725551234")));
    insta::assert_snapshot!(said(&out), @r##"data/persons.toml:3:49 schema.unknown-language `position` has the language `fi`, which the site has not."##);
}

#[test]
fn a_csv_row_is_read_like_any_other() {
    let types = &TYPES.0;
    let schema = &types.get("person").unwrap().schema;
    let text = "Mari;kantselei;sekretär;secretary;töö; abi;pilt.jpg;Mari";
    let toml = TomlText::whole("data/persons.csv", text);
    let cells = [
        ("title", "Mari"),
        ("unit", "kantselei"),
        ("position", "sekretär"),
        ("position_en", "secretary"),
        ("keywords", "töö; abi"),
        ("image.src", "pilt.jpg"),
        ("image.alt", "Mari"),
        ("phone", ""),
    ];
    let row = schema.csv_row(cells.map(|(column, cell)| (column, cell, 0..0)));
    let mut out = Vec::new();
    let rows = schema.read_row(&row, &[Lang::ET, Lang::EN], &toml, &mut out);
    assert_eq!(said(&out), "");
    assert_eq!(rows[1].text("position"), Some("secretary"));
    insta::assert_snapshot!(rows[0].to_json(), @r##"{"title":"Mari","keywords":["töö","abi"],"image":{"src":"pilt.jpg","alt":"Mari"},"position":"sekretär","unit":"kantselei"}"##);
}

#[test]
fn a_mistake_in_a_type_is_shown_at_its_line() {
    let text = r#"name = "asi"
label = { et = "Asi" }
sort = "-publised"
expire = "ära"
folder = "asjad"
foldr = "x"

[[field]]
name = "Suur"
kind = "text"

[[field]]
name = "liik"
kind = "chioce"

[[field]]
name = "valik"
kind = "choice"
requird = true
pattern = "("

[[rule]]
kind = "order"
fields = ["algus", "valik"]

[[rule]]
kind = "ordr"
"#;
    let mut out = Vec::new();
    let kind = ContentType::parse(&TomlText::whole("types/asi2.toml", text), None, &mut out);
    insta::assert_snapshot!(said(&out), @r##"
    types/asi2.toml:1:1 schema.type-name The content type's name `asi` is not the file's.
    types/asi2.toml:9:8 schema.name “Suur” cannot be the name of a field. | A name has small letters a–z, digits and underscores, and begins with a letter.
    types/asi2.toml:14:8 schema.unknown-kind There is no kind of field `chioce`. | Did you mean `choice`?
    types/asi2.toml:16:1 schema.no-label The field `valik` has no name for people (label).
    types/asi2.toml:20:11 schema.bad-pattern `(` is not a regular expression.
    types/asi2.toml:16:1 schema.kind-needs The kind of `valik` is choice, but `choices` is missing.
    types/asi2.toml:19:1 source.unknown-key There is no key `requird` here. | Did you mean `required`?
    types/asi2.toml:3:8 schema.no-field The content type has no field `publised`.
    types/asi2.toml:4:10 schema.expire expire cannot be “ära”. | It is archive or remove.
    types/asi2.toml:24:11 schema.no-field The content type has no field `algus`.
    types/asi2.toml:26:1 schema.rule-kind There is no kind of rule `ordr`. | Did you mean `order`?
    types/asi2.toml:6:1 source.unknown-key There is no key `foldr` here. | Did you mean `folder`?
    "##);
    assert_eq!(&*kind.unwrap().name, "asi");
}

#[test]
fn a_type_is_a_json_schema_and_a_page_to_read() {
    let types = &TYPES.0;
    for kind in types.iter() {
        let schema = kind.json_schema(Lang::ET);
        assert_eq!(schema["properties"].as_object().unwrap().len(), kind.schema.fields().len());
        assert!(kind.reference(Lang::EN).contains(&*kind.name));
    }
    let severity = &types.get("alert").unwrap().json_schema(Lang::EN)["properties"]["severity"];
    insta::assert_snapshot!(severity, @r##"{"type":"string","enum":["danger","warning","info"],"x-taplo":{"docs":{"enumValues":["Danger to life, health or property","Warning","Important notice"]}},"title":"Severity"}"##);
}

#[test]
fn equal_fields_have_equal_fingerprints_and_others_others() {
    let fields = |text: &str| entry("event", text).0.fingerprint();
    assert_eq!(fields("title = \"a\"\nstart = 2026-01-01"), fields("start = \"1.1.2026\"\ntitle = 'a'"));
    assert_ne!(fields("title = \"a\""), fields("title = \"b\""));
    assert_ne!(fields("keywords = [\"a\", \"b\"]"), fields("keywords = [\"ab\"]"));
}

#[test]
fn a_value_takes_three_words() {
    assert_eq!(size_of::<Value>(), 24);
}

proptest::proptest! {
    #[test]
    fn no_text_is_a_panic(text in "\\PC*", at in 0..Kind::ALL.len()) {
        let kind = Kind::ALL[at];
        if let Ok(value) = Value::parse(kind, &text) {
            // What was read is read again as the same.
            let again = Value::parse(kind, &value.to_text());
            proptest::prop_assert!(kind == Kind::Group || again.is_ok(), "{kind} {text:?} {value:?}");
        }
    }

    #[test]
    fn no_digits_are_a_panic(text in "[-+0-9 .,:/TZ€E]{0,30}", at in 0..Kind::ALL.len()) {
        let _ = Value::parse(Kind::ALL[at], &text);
    }

    #[test]
    fn no_front_matter_is_a_panic(text in "((title|image|files|start|start.a|keywords|nimi)( = |=)([0-9.-]{1,8}|\"\\PC{0,5}\"|\\[\\PC{0,5}\\]|\\{ src = 1 \\}|2026-01-0[0-9]T?)\n){0,6}") {
        entry("event", &text);
    }

    #[test]
    fn no_type_file_is_a_panic(text in "((name|kind|label|when|field|min|default|\\[\\[field\\]\\]|\\[\\[rule\\]\\])( = |\n)(\"(text|list|choice|order|date)\"|[0-9]|\\[\\])?\n){0,10}") {
        ContentType::parse(&TomlText::whole("types/a.toml", &text), None, &mut Vec::new());
    }
}
