//! Reads one question.

use super::{Place, Reader, key};
use crate::{
    diagnostics::{Diagnostic, Location},
    forms::{
        Choice, Condition, Field, FileRules, FileType, HONEYPOT, Kind, Limits, Repeat,
        reading::{self, date_limit},
    },
    schema::Table,
};

/// HTML's autofill names that a municipality's form may need.
const AUTOFILL: &[&str] = &[
    "name",
    "given-name",
    "family-name",
    "organization",
    "organization-title",
    "email",
    "tel",
    "street-address",
    "address-line1",
    "address-line2",
    "address-level1",
    "address-level2",
    "postal-code",
    "country-name",
    "bday",
    "url",
    "off",
];

/// The largest file that a form may ask for.
const LARGEST_FILE: u64 = 100_000_000;

impl Reader<'_> {
    /// A question; `group` is the group that it stands in.
    pub(super) fn field(&mut self, table: Table, group: Option<&str>) -> Field {
        let name = self.name(&table, group);
        let kind = kind(&table);
        let inner: Vec<Field> = table.list("field").into_iter().map(|inner| self.field(inner, Some(&name))).collect();
        let kind = kind.unwrap_or(if inner.is_empty() { Kind::Text } else { Kind::Group });
        if kind == Kind::Group && group.is_some() {
            table.report(Diagnostic::new("forms.group-in-group").arg("name", &name).at(key(&table, "name")));
        }
        let required = table.boolean("required").unwrap_or(kind != Kind::Context);
        let label = if kind == Kind::Context { None } else { Some("forms.no-label") };
        let field = Field {
            label: self.texts(&table, "label", label),
            hint: self.texts(&table, "hint", None),
            missing: self.texts(&table, "missing", None),
            show_if: condition(&table, "show_if"),
            autocomplete: autocomplete(&table),
            limits: limits(&table, kind),
            choices: if only(&table, kind, "choices", &[Kind::Choice, Kind::Choices]) {
                self.choices(&table)
            } else {
                Vec::new()
            },
            files: only(&table, kind, "accept", &[Kind::File]).then(|| files(&table)),
            repeat: repeat(&table, kind),
            fields: inner,
            name,
            kind,
            required,
        };
        if kind == Kind::Group && field.fields.is_empty() {
            table.report(Diagnostic::new("forms.empty-group").arg("name", &field.name).at(key(&table, "name")));
        }
        table.finish();
        field
    }

    /// The name, which must be new, and its place.
    fn name(&mut self, table: &Table, group: Option<&str>) -> String {
        let name = table.required_text("name");
        let at = key(table, "name");
        let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let formed = letters && name.starts_with(|c: char| c.is_ascii_lowercase());
        if !name.is_empty() && (!formed || name == HONEYPOT) {
            table.report(Diagnostic::new("forms.bad-name").arg("name", &name).at(at.clone()));
        }
        let path = group.map_or_else(|| name.clone(), |group| format!("{group}.{name}"));
        if let Some(other) = self.places.iter().find(|place| place.path == path && !name.is_empty()) {
            let problem = Diagnostic::new("forms.duplicate-name").arg("name", &name).at(at.clone());
            table.report(problem.related(other.name.clone()));
        }
        let show_if = table.get("show_if").map(|value| table.place(value.span()));
        self.places.push(Place { path, name: at, show_if });
        name
    }

    fn choices(&self, table: &Table) -> Vec<Choice> {
        let choices: Vec<Choice> = table
            .list("choices")
            .into_iter()
            .map(|item| {
                let choice = Choice {
                    value: item.required_text("value"),
                    label: self.texts(&item, "label", Some("forms.no-label")),
                    hint: self.texts(&item, "hint", None),
                };
                item.finish();
                choice
            })
            .collect();
        if choices.len() < 2 {
            table.report(Diagnostic::new("forms.few-choices").at(key(table, "choices")));
        }
        for (number, choice) in choices.iter().enumerate() {
            if choices[..number].iter().any(|other| other.value == choice.value) {
                let problem = Diagnostic::new("forms.duplicate-choice").arg("value", &choice.value);
                table.report(problem.at(key(table, "choices")));
            }
        }
        choices
    }
}

fn kind(table: &Table) -> Option<Kind> {
    let Some((name, at)) = table.placed_text("kind") else {
        table.required_text("kind");
        return None;
    };
    let kind = Kind::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
    if kind.is_none() {
        let problem = Diagnostic::new("forms.unknown-kind").arg("kind", &name).at(at);
        table.report(problem.suggest(&name, Kind::ALL.iter().map(|(name, _)| *name)));
    }
    kind
}

/// Whether the kind has this key; elsewhere it is a mistake.
fn only(table: &Table, kind: Kind, name: &'static str, kinds: &[Kind]) -> bool {
    let fits = kinds.contains(&kind);
    if !fits && table.get(name).is_some() {
        let problem = Diagnostic::new("forms.key-of-other-kind").arg("key", name).arg("kind", kind.name());
        table.report(problem.at(key(table, name)));
    }
    fits
}

fn autocomplete(table: &Table) -> Option<String> {
    let (name, at) = table.placed_text("autocomplete")?;
    if !AUTOFILL.contains(&name.as_str()) {
        let problem = Diagnostic::new("forms.unknown-autocomplete").arg("name", &name).at(at);
        table.report(problem.suggest(&name, AUTOFILL.iter().copied()));
    }
    Some(name)
}

fn limits(table: &Table, kind: Kind) -> Limits {
    const ORDERED: &[Kind] = &[Kind::Number, Kind::Money, Kind::Date, Kind::Time];
    const TYPED: &[Kind] = &[Kind::Text, Kind::LongText, Kind::Name, Kind::Organisation, Kind::Address];
    let bound = |name: &'static str| {
        let value = only(table, kind, name, ORDERED).then(|| table.get(name)).flatten()?;
        let text = match value.get_ref() {
            value if value.as_str().is_some() => value.as_str().unwrap_or_default().to_owned(),
            value => value
                .as_integer()
                .map(|number| number.as_str().to_owned())
                .or_else(|| value.as_float().map(|number| number.as_str().to_owned()))
                .or_else(|| value.as_datetime().map(ToString::to_string))
                .unwrap_or_default(),
        };
        if !reading::is_limit(kind, &text) {
            let problem = Diagnostic::new("forms.bad-limit").arg("key", name).arg("value", &text);
            table.report(problem.arg("kind", kind.name()).at(table.place(value.span())));
        }
        Some(text)
    };
    let length = |name: &'static str| only(table, kind, name, TYPED).then(|| table.count(name)).flatten();
    let limits = Limits {
        min: bound("min"),
        max: bound("max"),
        min_length: length("min_length"),
        max_length: length("max_length"),
        whole: only(table, kind, "whole", &[Kind::Number]) && table.boolean("whole").unwrap_or(false),
    };
    let crossed = match (&limits.min, &limits.max) {
        (Some(min), Some(max)) => above(kind, min, max),
        _ => false,
    };
    let lengths = limits.min_length.zip(limits.max_length).is_some_and(|(min, max)| min > max);
    if crossed || lengths {
        table
            .report(Diagnostic::new("forms.limits-crossed").at(key(table, if crossed { "max" } else { "max_length" })));
    }
    limits
}

/// Whether no answer can be between both limits.
fn above(kind: Kind, min: &str, max: &str) -> bool {
    match kind {
        // Any day serves as today: both limits move with it, or stay.
        Kind::Date if min.starts_with("today") != max.starts_with("today") => false,
        Kind::Date => {
            let today = jiff::civil::date(2026, 1, 1);
            date_limit(min, today) > date_limit(max, today)
        }
        Kind::Time => min > max,
        _ => min.parse::<f64>().ok() > max.parse::<f64>().ok(),
    }
}

fn repeat(table: &Table, kind: Kind) -> Option<Repeat> {
    if !only(table, kind, "repeat", &[Kind::Group]) {
        return None;
    }
    let inner = table.table("repeat")?;
    let repeat = Repeat { min: inner.count("min").unwrap_or(1), max: inner.count("max").unwrap_or(10) };
    inner.finish();
    if repeat.max == 0 || repeat.min > repeat.max || repeat.max > Repeat::LIMIT {
        table.report(Diagnostic::new("forms.bad-repeat").arg("limit", Repeat::LIMIT).at(key(table, "repeat")));
        return Some(Repeat { min: 0, max: repeat.max.clamp(1, Repeat::LIMIT) });
    }
    Some(repeat)
}

fn files(table: &Table) -> FileRules {
    let named = |(name, at): (String, Location)| {
        let known = FileType::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        if known.is_none() {
            let problem = Diagnostic::new("forms.unknown-file-type").arg("name", &name).at(at);
            table.report(problem.suggest(&name, FileType::ALL.iter().map(|(name, _)| *name)));
        }
        known
    };
    let mut accept: Vec<FileType> = table.texts("accept").into_iter().filter_map(named).collect();
    if accept.is_empty() {
        accept = vec![FileType::Pdf, FileType::Image];
    }
    let max_size = match table.placed_text("max_size") {
        None => 10_000_000,
        Some((text, at)) => size(&text).unwrap_or_else(|| {
            table.report(Diagnostic::new("forms.bad-size").arg("size", &text).at(at));
            0
        }),
    };
    FileRules { accept, max_size, max_count: table.count("max_count").unwrap_or(1).clamp(1, 20) }
}

/// Reads `500 kB`, `10 MB`.
fn size(text: &str) -> Option<u64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let unit = match unit {
        "kB" => 1_000,
        "MB" => 1_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit).filter(|size| (1..=LARGEST_FILE).contains(size))
}

/// A condition: a table, or a list of tables that must all hold.
pub(super) fn condition(table: &Table, name: &'static str) -> Option<Condition> {
    let value = table.get(name)?;
    if value.get_ref().is_array() {
        let parts = table.items(name, value).iter().filter_map(one).collect();
        return Some(Condition::All(parts));
    }
    one(&table.table(name)?)
}

fn one(table: &Table) -> Option<Condition> {
    let parts = |name: &'static str| {
        let list = table.get(name)?;
        Some(table.items(name, list).iter().filter_map(one).collect::<Vec<_>>())
    };
    let (any, all) = (parts("any"), parts("all"));
    let field = table.text("field");
    let values = |name: &'static str| table.texts(name).into_iter().map(|(value, _)| value).collect::<Vec<_>>();
    let (is, not, given) = (values("is"), values("not"), table.boolean("given"));
    for (key, span) in table.keys() {
        if !["any", "all", "field", "is", "not", "given"].contains(&key) {
            let problem = Diagnostic::new("source.unknown-key").arg("key", key).at(table.place(span));
            table.report(problem.suggest(key, ["any", "all", "field", "is", "not", "given"]));
        }
    }
    let condition = match (any, all, field) {
        (Some(any), None, None) => Some(Condition::Any(any)),
        (None, Some(all), None) => Some(Condition::All(all)),
        (None, None, Some(field)) => match (is.is_empty(), not.is_empty(), given) {
            (false, true, None) => Some(Condition::Is { field, values: is }),
            (true, false, None) => Some(Condition::Not { field, values: not }),
            (true, true, Some(given)) => Some(Condition::Given { field, given }),
            _ => None,
        },
        _ => None,
    };
    if condition.is_none() {
        table.report(Diagnostic::new("forms.bad-condition").at(table.here()));
    }
    condition
}
