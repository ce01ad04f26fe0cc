//! Reads a form's file: every mistake at once, each at its place.

mod conditions;
mod field;
mod promises;

use std::{cell::RefCell, collections::BTreeMap};

use jiff::civil::Date;

use super::{Deadline, Form, Kind, Step};
use crate::{
    diagnostics::{Diagnostic, Location},
    language::Lang,
    schema::{Localized, Table, TomlText},
};

impl Form {
    /// Reads the file `forms/<id>.toml`, whose text is `text`. `languages` are the site's: a text that is
    /// missing in one of them is a warning.
    ///
    /// There is a form whenever the file is TOML; whether it may be built is for the diagnostics to say.
    pub fn read(path: &str, text: &str, languages: &[Lang], out: &mut Vec<Diagnostic>) -> Self {
        let file = TomlText::whole(path, text);
        let parsed = file.parse(out);
        let found = RefCell::default();
        let mut reader = Reader { languages, places: Vec::new() };
        let form = reader.form(id_of(path), Table::new(&file, &parsed, &found));
        let mut found = found.into_inner();
        conditions::check(&form, &reader.places, &mut found);
        promises::check(&form, path, &mut found);
        out.append(&mut found);
        form
    }
}

/// The form's id: the file's name.
fn id_of(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).trim_end_matches(".toml").to_owned()
}

/// Where a question stands in the file.
struct Place {
    /// `name`, or `group.name` within a group.
    path: String,
    /// The place of its name.
    name: Location,
    /// The place of its condition.
    show_if: Option<Location>,
}

struct Reader<'a> {
    languages: &'a [Lang],
    places: Vec<Place>,
}

impl Reader<'_> {
    fn form(&mut self, id: String, table: Table) -> Form {
        let known = id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !known || id.is_empty() {
            table.report(Diagnostic::new("forms.bad-id").arg("id", &id).at(table.here()));
        }
        let prefix = Self::prefix(&table);
        let form = Form {
            id,
            prefix,
            title: self.texts(&table, "title", Some("forms.no-title")),
            intro: self.texts(&table, "intro", None),
            purpose: self.texts(&table, "purpose", Some("forms.no-purpose")),
            legal_basis: self.texts(&table, "legal_basis", Some("forms.no-legal-basis")),
            what_happens_next: self.texts(&table, "what_happens_next", Some("forms.no-next")),
            confirmation: self.texts(&table, "confirmation", None),
            shared_with: self.texts(&table, "shared_with", None),
            retention_days: retention(&table),
            recipients: recipients(&table),
            seal_to: seal_to(&table),
            reply_deadline: deadline(&table),
            open_from: date(&table, "open_from"),
            open_until: date(&table, "open_until"),
            check_answers: table.boolean("check_answers").unwrap_or(true),
            reply_to: table.text("reply_to"),
            confirm_address: table.boolean("confirm_address").unwrap_or(false),
            rating: table.text("rating"),
            steps: table.list("step").into_iter().enumerate().map(|(n, step)| self.step(n, step)).collect(),
        };
        if form.fields().next().is_none() {
            table.report(Diagnostic::new("forms.no-questions").at(table.here()));
        }
        if let (Some(from), Some(until)) = (form.open_from, form.open_until)
            && from > until
        {
            table.report(Diagnostic::new("forms.closed-before-open").at(key(&table, "open_until")));
        }
        names_of_fields(&table, &form);
        table.finish();
        form
    }

    fn step(&mut self, number: usize, table: Table) -> Step {
        let show_if = field::condition(&table, "show_if");
        if show_if.is_some() {
            let path = format!("#{number}");
            self.places.push(Place { path, name: table.here(), show_if: Some(key(&table, "show_if")) });
        }
        let step = Step {
            title: self.texts(&table, "title", None),
            intro: self.texts(&table, "intro", None),
            show_if,
            fields: table.list("field").into_iter().map(|field| self.field(field, None)).collect(),
        };
        table.finish();
        step
    }

    fn prefix(table: &Table) -> String {
        let prefix = table.required_text("prefix");
        let fits = (2..=4).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
        if !prefix.is_empty() && !fits {
            table.report(Diagnostic::new("forms.bad-prefix").arg("prefix", &prefix).at(key(table, "prefix")));
        }
        prefix
    }

    /// A text in the site's languages: missing altogether it is the error `required`, missing in one
    /// language a warning.
    fn texts(&self, table: &Table, name: &'static str, required: Option<&str>) -> Localized {
        let texts: BTreeMap<String, String> =
            table.localized(name).into_iter().filter(|(_, text)| !text.trim().is_empty()).collect();
        if texts.is_empty() {
            if let Some(code) = required {
                table.report(Diagnostic::new(code).at(table.here()));
            }
        } else if !texts.contains_key("") {
            for lang in self.languages.iter().filter(|lang| !texts.contains_key(lang.as_str())) {
                let problem = Diagnostic::new("forms.untranslated").arg("key", name).arg("language", lang);
                table.report(problem.at(key(table, name)));
            }
        }
        Localized::from(texts)
    }
}

/// Where a key's name stands; where the table begins when it is not there.
fn key(table: &Table, name: &str) -> Location {
    table.keys().find(|(key, _)| *key == name).map_or_else(|| table.here(), |(_, span)| table.place(span))
}

fn retention(table: &Table) -> u32 {
    let days = table.count("retention_days").map(|days| u32::try_from(days).unwrap_or(u32::MAX));
    if table.keys().all(|(key, _)| key != "retention_days") || days == Some(0) {
        table.report(Diagnostic::new("forms.no-retention").at(key(table, "retention_days")));
    }
    days.unwrap_or(0)
}

fn recipients(table: &Table) -> Vec<String> {
    let recipients = table.texts("recipients");
    if recipients.is_empty() {
        table.report(Diagnostic::new("forms.no-recipient").at(key(table, "recipients")));
    }
    for (name, at) in &recipients {
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            table.report(Diagnostic::new("forms.bad-recipient").arg("name", name).at(at.clone()));
        }
    }
    recipients.into_iter().map(|(name, _)| name).collect()
}

fn seal_to(table: &Table) -> Vec<String> {
    let keys = table.texts("seal_to");
    for (recipient, at) in &keys {
        // age's X25519 recipients are 62 characters of Bech32.
        let formed = recipient.starts_with("age1") && recipient.len() == 62;
        if !formed || !recipient.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
            table.report(Diagnostic::new("forms.bad-seal").at(at.clone()));
        }
    }
    keys.into_iter().map(|(key, _)| key).collect()
}

fn deadline(table: &Table) -> Option<Deadline> {
    let (text, at) = table.placed_text("reply_deadline")?;
    let deadline = Deadline::parse(&text);
    if deadline.is_none() {
        table.report(Diagnostic::new("forms.bad-deadline").arg("text", text).at(at));
    }
    deadline
}

fn date(table: &Table, name: &'static str) -> Option<Date> {
    let value = table.get(name)?;
    let text = match value.get_ref().as_datetime() {
        Some(date) => date.to_string(),
        None => value.get_ref().as_str().unwrap_or_default().to_owned(),
    };
    let date = text.parse().ok();
    if date.is_none() {
        table.report(Diagnostic::new("forms.bad-date").arg("key", name).at(table.place(value.span())));
    }
    date
}

/// The keys that name a question: it must be there, and of the right kind.
fn names_of_fields(table: &Table, form: &Form) {
    let names = [("reply_to", &form.reply_to, Kind::Email), ("rating", &form.rating, Kind::Choice)];
    for (name, value, kind) in names {
        let Some(value) = value else { continue };
        if form.field(value).is_none_or(|field| field.kind != kind) {
            let candidates = form.fields().map(|(_, field)| field).filter(|field| field.kind == kind);
            let problem = Diagnostic::new("forms.names-no-field").arg("key", name).arg("field", value);
            let problem = problem.arg("kind", kind.name()).at(key(table, name));
            table.report(problem.suggest(value, candidates.map(|field| field.name.as_str())));
        }
    }
    if form.confirm_address && form.reply_to.is_none() {
        table.report(Diagnostic::new("forms.confirms-nothing").at(key(table, "confirm_address")));
    }
}
