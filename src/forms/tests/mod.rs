//! What citizens, offices and authors of forms rely on.

mod catalogue;
mod definitions;
mod hostile;
mod pages;
mod validation;

use std::sync::LazyLock;

use jiff::civil::{Date, date};

use super::{Answers, Errors, Form, Input, Library, validate};
use crate::language::Lang;

pub(super) const LANGUAGES: [Lang; 3] = [Lang::ET, Lang::EN, Lang::RU];
pub(super) const TODAY: Date = date(2026, 11, 22);

/// The catalogue.
pub(super) static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::new([], &LANGUAGES, &mut Vec::new()));

/// A form of these steps with everything else that a form must have.
pub(super) fn form(steps: &str) -> Form {
    let mut out = Vec::new();
    let form = Form::read("forms/proov.toml", &format!("{HEAD}{steps}"), &[Lang::ET], &mut out);
    assert!(out.is_empty(), "{out:#?}");
    form
}

pub(super) const HEAD: &str = r#"prefix = "PR"
title = { et = "Proov", en = "Trial", ru = "Проба" }
purpose.et = "Proovime."
legal_basis.et = "Seadus."
what_happens_next.et = "Vastame."
retention_days = 30
recipients = ["kantselei"]
"#;

/// What a browser sends, from `name=value` lines.
pub(super) fn typed(lines: &[&str]) -> Vec<(String, Input)> {
    let pair = |line: &&str| line.split_once('=').map(|(name, text)| (name.to_owned(), Input::Text(text.to_owned())));
    lines.iter().filter_map(pair).collect()
}

pub(super) fn answer(form: &Form, lines: &[&str]) -> Result<Answers, Errors> {
    validate(form, Lang::ET, &typed(lines), TODAY)
}

/// The messages, each with the input that it leads to.
pub(super) fn messages(result: Result<Answers, Errors>) -> String {
    let errors = result.expect_err("a mistake").0;
    let lines: Vec<_> = errors.iter().map(|error| format!("{}: {}", error.input, error.message)).collect();
    lines.join("\n")
}
