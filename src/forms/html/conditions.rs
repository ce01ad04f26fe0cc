//! Conditions in words, for pages without scripts, and as data, for scripts.

use super::{fields::Questions, markup::element};
use crate::{
    forms::{Condition, Kind, words::fill},
    language::Lang,
};

impl Questions<'_> {
    /// A condition in words, for pages without scripts.
    pub(super) fn condition(&self, condition: &Condition, within: &str) -> String {
        match condition {
            Condition::All(parts) => {
                parts.iter().map(|part| self.condition(part, within)).collect::<Vec<_>>().join(" ")
            }
            Condition::Any(parts) => {
                let or = format!(" {} ", self.say("form.or"));
                let parts: Vec<_> = parts.iter().map(|part| self.condition(part, within)).collect();
                parts.iter().map(|part| part.trim_end_matches('.')).collect::<Vec<_>>().join(&or) + "."
            }
            Condition::Is { field, values } => self.condition_on(field, within, values, "form.condition-is"),
            Condition::Not { field, values } => self.condition_on(field, within, values, "form.condition-not"),
            Condition::Given { field, given: true } => self.condition_on(field, within, &[], "form.condition-given"),
            Condition::Given { field, given: false } => self.condition_on(field, within, &[], "form.condition-empty"),
        }
    }

    fn condition_on(&self, name: &str, within: &str, values: &[String], key: &str) -> String {
        let group = within.split('.').next().and_then(|group| self.form.field(group));
        let inner = group.and_then(|group| group.fields.iter().find(|field| field.name == name));
        let Some(field) = inner.or_else(|| self.form.field(name)) else { return String::new() };
        let words = |value: &String| match field.kind {
            Kind::YesNo | Kind::Declaration => self.say(if value == "yes" { "form.yes" } else { "form.no" }).to_owned(),
            _ => {
                let choice = field.choices.iter().find(|choice| choice.value == *value);
                choice.and_then(|choice| choice.label.get(self.lang)).unwrap_or(value).to_owned()
            }
        };
        let (open, close) = quotes(self.lang);
        let answers: Vec<_> = values.iter().map(|value| format!("{open}{}{close}", words(value))).collect();
        let answers = answers.join(&format!(" {} ", self.say("form.or")));
        let label = field.label.get(self.lang).unwrap_or(name).trim_end_matches(':');
        fill(self.lang, key, &[("label", label), ("answers", &answers)])
    }
}

fn quotes(lang: Lang) -> (char, char) {
    match lang {
        Lang::ET => ('„', '“'),
        Lang::RU => ('«', '»'),
        _ => ('“', '”'),
    }
}

pub(super) fn condition_html(words: Option<&str>, id: &str) -> String {
    words.map_or(String::new(), |words| {
        element("p", "field-condition").attr("id", &format!("{id}-condition")).text(words)
    })
}

/// A condition for scripts.
pub(super) fn rule(condition: &Condition) -> String {
    serde_json::to_string(condition).unwrap_or_default()
}
