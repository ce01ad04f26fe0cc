use super::*;
use crate::{
    diagnostics::{Diagnostic, Language},
    forms::{Condition, Deadline},
};

fn read(text: &str) -> (Form, Vec<Diagnostic>) {
    let mut out = Vec::new();
    let form = Form::read("forms/proov.toml", text, &[Lang::ET], &mut out);
    (form, out)
}

/// The codes and lines of what is wrong, in order.
fn wrong(text: &str) -> String {
    let (_, out) = read(text);
    let line = |d: &Diagnostic| {
        let place = d.location.as_ref().map_or(0, |at| at.line);
        let meant = d.suggestion.as_ref().map_or(String::new(), |name| format!(" ({name}?)"));
        format!("{place} {}{meant}\n", d.code)
    };
    out.iter().map(line).collect()
}

/// What is wrong with the steps of a form that is right otherwise; lines count from the first step.
fn wrong_steps(steps: &str) -> String {
    let head = u32::try_from(HEAD.lines().count()).expect("few");
    let (_, out) = read(&format!("{HEAD}{steps}"));
    let line = |d: &Diagnostic| {
        let place = d.location.as_ref().map_or(0, |at| at.line.saturating_sub(head));
        let meant = d.suggestion.as_ref().map_or(String::new(), |name| format!(" ({name}?)"));
        format!("{place} {}{meant}\n", d.code)
    };
    out.iter().map(line).collect()
}

#[test]
fn a_form_without_its_promises_is_not_built() {
    insta::assert_snapshot!(wrong("prefix = \"P\"\n[[step]]\n"), @r"
    1 forms.bad-prefix
    1 forms.no-title
    1 forms.no-purpose
    1 forms.no-legal-basis
    1 forms.no-next
    1 forms.no-retention
    1 forms.no-recipient
    1 forms.no-questions
    ");
}

#[test]
fn unknown_words_get_the_nearest_right_one() {
    let steps = r#"[[step]]
titel.et = "Samm"
[[step.field]]
name = "a"
kind = "emial"
label.et = "A"
hnt.et = "…"
[[step.field]]
name = "b"
kind = "file"
label.et = "B"
accept = ["pdf", "imag"]
max_size = "10 megabytes"
[[step.field]]
name = "c"
kind = "name"
label.et = "C"
autocomplete = "family_name"
"#;
    insta::assert_snapshot!(wrong_steps(steps), @r"
    5 forms.unknown-kind (email?)
    7 source.unknown-key (hint?)
    12 forms.unknown-file-type (image?)
    13 forms.bad-size
    18 forms.unknown-autocomplete (family-name?)
    2 source.unknown-key (title?)
    ");
}

#[test]
fn names_must_be_new_and_well_formed() {
    let steps = r#"[[step]]
[[step.field]]
name = "a"
kind = "text"
label.et = "A"
[[step.field]]
name = "a"
kind = "text"
label.et = "A"
[[step.field]]
name = "_token"
kind = "text"
label.et = "B"
[[step.field]]
name = "homepage"
kind = "text"
label.et = "C"
"#;
    insta::assert_snapshot!(wrong_steps(steps), @r"
    7 forms.duplicate-name
    11 forms.bad-name
    15 forms.bad-name
    ");
}

#[test]
fn keys_and_limits_must_fit_the_kind() {
    let steps = r#"[[step]]
[[step.field]]
name = "a"
kind = "text"
label.et = "A"
min = 3
choices = []
[[step.field]]
name = "b"
kind = "date"
label.et = "B"
min = "homme"
[[step.field]]
name = "c"
kind = "number"
label.et = "C"
min = 10
max = 5
[[step.field]]
name = "d"
kind = "choice"
label.et = "D"
choices = [{ value = "x", label.et = "X" }, { value = "x", label.et = "Y" }]
[[step.field]]
name = "e"
kind = "group"
label.et = "E"
repeat = { min = 3, max = 2 }
"#;
    insta::assert_snapshot!(wrong_steps(steps), @r"
    6 forms.key-of-other-kind
    7 forms.key-of-other-kind
    12 forms.bad-limit
    18 forms.limits-crossed
    23 forms.duplicate-choice
    28 forms.bad-repeat
    25 forms.empty-group
    ");
}

const OWNER: &str = r#"[[step]]
[[step.field]]
name = "owner"
kind = "choice"
label.et = "Kes?"
choices = [{ value = "person", label.et = "Inimene" }, { value = "company", label.et = "Ettevõte" }]
"#;

fn with_conditions(conditions: &[&str]) -> String {
    let field = |(number, condition): (usize, &&str)| {
        format!("[[step.field]]\nname = \"f{number}\"\nkind = \"yes-no\"\nlabel.et = \"F\"\nshow_if = {condition}\n")
    };
    let steps = format!("{OWNER}{}", conditions.iter().enumerate().map(field).collect::<String>());
    wrong_steps(&steps)
}

#[test]
fn conditions_name_questions_that_are_there_and_answers_they_can_have() {
    insta::assert_snapshot!(with_conditions(&[
        r#"{ field = "ownr", is = "company" }"#,
        r#"{ field = "owner", is = "compny" }"#,
        r#"{ field = "owner", si = "company" }"#,
        r#"{ field = "f4", is = "yes" }"#,
        r#"{ field = "owner", is = "company" }"#,
    ]), @r"
    21 source.unknown-key (is?)
    21 forms.bad-condition
    11 forms.condition-unknown (owner?)
    16 forms.condition-value (company?)
    26 forms.condition-later
    ");
}

#[test]
fn conditions_in_a_circle_are_found() {
    insta::assert_snapshot!(with_conditions(&[
        r#"{ field = "f0", is = "yes" }"#,
        r#"{ field = "f2", is = "yes" }"#,
        r#"{ field = "f1", is = "yes" }"#,
    ]), @r"
    11 forms.condition-circle
    16 forms.condition-circle
    21 forms.condition-circle
    ");
}

#[test]
fn conditions_that_are_never_true_are_found() {
    insta::assert_snapshot!(with_conditions(&[
        r#"{ field = "owner", is = "company" }"#,
        // Both at once.
        r#"[{ field = "owner", is = "company" }, { field = "owner", is = "person" }]"#,
        // f0 is asked of companies only.
        r#"[{ field = "f0", is = "yes" }, { field = "owner", is = "person" }]"#,
        // Nothing is left.
        r#"[{ field = "owner", given = true }, { field = "owner", not = ["person", "company"] }]"#,
        // These are fine.
        r#"{ any = [{ field = "owner", is = "person" }, { field = "f0", is = "no" }] }"#,
        r#"{ field = "owner", not = "person" }"#,
    ]), @r"
    16 forms.condition-never
    21 forms.condition-never
    26 forms.condition-never
    ");
}

#[test]
fn missing_translations_are_warnings_at_their_place() {
    let mut out = Vec::new();
    let text = format!("{HEAD}[[step]]\n[[step.field]]\nname = \"a\"\nkind = \"text\"\nlabel.et = \"A\"\n");
    Form::read("forms/proov.toml", &text, &[Lang::ET, Lang::EN], &mut out);
    let said: Vec<_> = out.iter().map(|d| d.message(Language::English)).collect();
    assert_eq!(said.len(), 4, "{said:#?}");
    assert!(out.iter().all(|d| d.severity == crate::diagnostics::Severity::Warning));
    assert_eq!(said[3], "The text `label` is not translated into `en`.");
}

#[test]
fn a_form_that_is_no_toml_is_no_panic() {
    for text in ["", "\0", "[[step]]\n[[step.field]]", "step = 3", "[step]\nfield = [1]", "prefix = \"ÄÖ\""] {
        assert!(!wrong(text).is_empty());
    }
}

#[test]
fn the_version_changes_with_any_word() {
    let steps = "[[step]]\n[[step.field]]\nname = \"a\"\nkind = \"text\"\nlabel.et = \"A\"\n";
    let (one, two) = (form(steps), form(&steps.replace("\"A\"", "\"B\"")));
    assert_eq!(one.version(), form(steps).version());
    assert_ne!(one.version(), two.version());
}

#[test]
fn conditions_hold_as_they_read() {
    let is = Condition::Is { field: "a".into(), values: vec!["x".into()] };
    let not = Condition::Not { field: "a".into(), values: vec!["x".into()] };
    let given = Condition::Given { field: "a".into(), given: true };
    let holds = |condition: &Condition, answer: &'static [&'static str]| condition.holds(&|_| answer.to_vec());
    assert!(holds(&is, &["x", "y"]) && !holds(&is, &["y"]) && !holds(&is, &[]));
    assert!(!holds(&not, &["x"]) && holds(&not, &[]));
    assert!(holds(&given, &["y"]) && !holds(&given, &[]));
    assert!(holds(&Condition::Any(vec![is.clone(), not.clone()]), &["x"]));
    assert!(!holds(&Condition::All(vec![is, not]), &["x"]));
}

#[test]
fn a_deadline_is_promised_in_words() {
    let promise = |text: &str, lang| Deadline::parse(text).map(|deadline| deadline.promise(lang));
    assert_eq!(promise("5 working days", Lang::ET).as_deref(), Some("Vastame 5 tööpäeva jooksul."));
    assert_eq!(promise("1 working day", Lang::EN).as_deref(), Some("We answer within 1 working day."));
    assert_eq!(promise("21 days", Lang::RU).as_deref(), Some("Отвечаем в течение 21 дня."));
    assert_eq!(promise("30 days", Lang::RU).as_deref(), Some("Отвечаем в течение 30 дней."));
    for wrong in ["", "5", "0 days", "viis päeva", "-1 days", "5 working  weeks", "99999 days"] {
        assert_eq!(Deadline::parse(wrong), None, "{wrong}");
    }
}
