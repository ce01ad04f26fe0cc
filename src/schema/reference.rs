//! Content types for people to read: in a terminal, and as a page of the docs.

use std::fmt::Write as _;

use super::{Check, ContentType, Field, Rule, Types};
use crate::language::Lang;

/// The Estonian or the English words; other languages get English.
fn say<'a>(lang: Lang, et: &'a str, en: &'a str) -> &'a str {
    if lang == Lang::ET { et } else { en }
}

impl ContentType {
    /// What the type is and which fields it has, for a terminal, in Estonian or English.
    #[must_use]
    pub fn reference(&self, lang: Lang) -> String {
        let mut out = format!("{} – {}\n", self.name, self.label.get(lang).unwrap_or(&self.name));
        for (name, value) in self.facts(lang) {
            let _ = writeln!(out, "  {name}: {value}");
        }
        let _ = writeln!(out, "\n{}:", say(lang, "Väljad (* kohustuslik)", "Fields (* required)"));
        let width = self.schema.fields().iter().map(|field| field.name.len() + 1).max().unwrap_or(0);
        for field in self.schema.fields() {
            let star = if field.required { "*" } else { "" };
            let name = format!("{}{star}", field.name);
            let _ = writeln!(out, "  {name:<width$}  {} – {}", of_kind(field), meaning(field, lang));
            for inner in parts(field) {
                let star = if inner.required { "*" } else { "" };
                let _ = writeln!(
                    out,
                    "  {:<width$}    .{}{star}  {} – {}",
                    "",
                    inner.name,
                    of_kind(inner),
                    meaning(inner, lang)
                );
            }
        }
        if !self.rules.is_empty() {
            let _ = writeln!(out, "\n{}:", say(lang, "Reeglid", "Rules"));
            for rule in &self.rules {
                let _ = writeln!(out, "  - {}", rule_words(rule, lang));
            }
        }
        out
    }

    /// The same as a section of a Markdown page.
    #[must_use]
    pub fn markdown(&self, lang: Lang) -> String {
        let mut out = format!("## {}: {}\n\n", self.name, self.label.get(lang).unwrap_or(&self.name));
        for (name, value) in self.facts(lang) {
            let _ = writeln!(out, "- {name}: {value}");
        }
        let head = say(lang, "| väli | liik | tähendus |", "| field | kind | meaning |");
        let _ = writeln!(out, "\n{head}\n| --- | --- | --- |");
        for field in self.schema.fields() {
            markdown_row(&mut out, "", field, lang);
            parts(field).for_each(|inner| markdown_row(&mut out, &format!("{}.", field.name), inner, lang));
        }
        if !self.rules.is_empty() {
            out.push('\n');
            for rule in &self.rules {
                let _ = writeln!(out, "- {}", rule_words(rule, lang));
            }
        }
        out
    }

    /// What is worth knowing of the type besides its fields.
    fn facts(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let mut facts = Vec::new();
        let mut add = |et, en, value: Option<String>| {
            facts.extend(value.map(|value| (say(lang, et, en), value)));
        };
        add("Milleks", "For", self.description.get(lang).map(ToOwned::to_owned));
        add("Seadus", "Law", self.law.as_deref().map(ToOwned::to_owned));
        add("Kaust", "Folder", self.folder.as_deref().map(|folder| format!("content/{folder}/")));
        add("Tabel", "Table", self.data.as_deref().map(|data| format!("data/{data}.toml, data/{data}.csv")));
        add("Mall", "Template", self.page.then(|| self.template.to_string()));
        add("Järjestus", "Sorted by", Some(self.sort.to_string()));
        add("Aegub", "Expires", (!self.expires.is_empty()).then(|| self.expires.join(", ")));
        facts
    }
}

impl Types {
    /// All types as one Markdown page.
    #[must_use]
    pub fn markdown(&self, lang: Lang) -> String {
        let head = say(lang, "# Sisutüübid", "# Content types");
        let sections: Vec<String> = self.iter().map(|kind| kind.markdown(lang)).collect();
        format!("{head}\n\n{}", sections.join("\n"))
    }
}

fn markdown_row(out: &mut String, prefix: &str, field: &Field, lang: Lang) {
    let star = if field.required { " \\*" } else { "" };
    let meaning = meaning(field, lang).replace('|', "\\|");
    let _ = writeln!(out, "| `{prefix}{}`{star} | {} | {meaning} |", field.name, of_kind(field));
}

/// The fields of a group, or of a list of groups. Pictures, files and addresses are the same everywhere.
fn parts(field: &Field) -> impl Iterator<Item = &Field> {
    field.item().unwrap_or(field).fields.iter()
}

/// `list of ref (person, unit)`.
fn of_kind(field: &Field) -> String {
    let element = field.item().unwrap_or(field);
    let list = if field.item().is_some() { "list: " } else { "" };
    let to = if element.to.is_empty() { String::new() } else { format!(" ({})", element.to.join(", ")) };
    format!("{list}{}{to}", element.kind)
}

/// Label, help, choices, limits and law in one line.
fn meaning(field: &Field, lang: Lang) -> String {
    let element = field.item().unwrap_or(field);
    let mut out = field.label(lang).to_owned();
    if let Some(help) = field.help.get(lang) {
        let _ = write!(out, ". {help}");
    }
    if !element.choices.is_empty() {
        let choices: Vec<String> = element
            .choices
            .iter()
            .map(|c| format!("{} ({})", c.value, c.label.get(lang).unwrap_or_default()))
            .collect();
        let _ = write!(out, " {}", choices.join(", "));
    }
    if let Some(most) = element.limits.max_length {
        let _ = write!(out, " ≤ {most} {}", say(lang, "märki", "characters"));
    }
    if let Some(default) = &field.default {
        let _ = write!(out, " [{}]", default.to_text());
    }
    if let Some(law) = &field.law {
        let _ = write!(out, " ({law})");
    }
    out
}

fn rule_words(rule: &Rule, lang: Lang) -> String {
    let names = match &rule.check {
        Check::Order(fields) => fields.join(" ≤ "),
        Check::AnyOf(fields) => fields.join(say(lang, " või ", " or ")),
        Check::Required(fields) => fields.join(", "),
        Check::After { field, after, days } => {
            format!("{field} ≥ {after} + {days} {}", say(lang, "päeva", "days"))
        }
        Check::LinkContains { field, text, .. } => format!("{field}: {text}"),
        Check::Recent { field, days } => format!("{field} ≤ {days} {}", say(lang, "päeva", "days")),
    };
    let when = rule.when.as_ref().map_or_else(String::new, |when| {
        format!(" ({} {} = {})", say(lang, "kui", "when"), when.field, when.values.join(" / "))
    });
    let law = rule.law.as_ref().map_or_else(String::new, |law| format!(" ({law})"));
    format!("{names}{when}: {}{law}", rule.why.get(lang).unwrap_or_default())
}
