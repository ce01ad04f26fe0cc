//! The answers of a valid submission, and how they are shown.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::{Field, Form, Kind, Upload, reading, words::say};
use crate::language::{Lang, size};

/// The answers of a valid submission, in the form's order. Questions that were not asked are not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// The form's id.
    pub form: String,
    /// The language in which it was answered.
    pub lang: Lang,
    /// The answers.
    pub answers: Vec<Answered>,
    /// Names that were sent and that the form does not have; at most [`Answers::IGNORED`] of them.
    pub ignored: Vec<String>,
}

/// A question's name with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The question's name.
    pub name: String,
    /// The answer.
    pub answer: Answer,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// A value in its one written form: a date `2026-11-22`, an amount `12.50`, a number `12.5`, a phone
    /// `+37251234567`, a code without spaces, a choice's value, or the text itself.
    Text(String),
    /// The values that were chosen.
    Choices(Vec<String>),
    /// Yes or no.
    YesNo(bool),
    /// The files.
    Files(Vec<Upload>),
    /// The answers of a group, as often as it was answered.
    Groups(Vec<Vec<Answered>>),
}

/// One line of the answers as people see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name of the input: `children.0.name`.
    pub path: String,
    /// The question.
    pub label: String,
    /// The answer in words; empty when there is none.
    pub answer: String,
}

/// A part of the form with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The step's heading, may be empty.
    pub title: String,
    /// The lines.
    pub rows: Vec<Row>,
}

impl Answers {
    /// How many unknown names are recorded.
    pub const IGNORED: usize = 20;

    /// The answer to the question of this name.
    pub fn get(&self, name: &str) -> Option<&Answer> {
        self.answers.iter().find(|answered| answered.name == name).map(|answered| &answered.answer)
    }

    /// The answer as a text, where it is one.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Answer::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The address to which a confirmation may go.
    pub fn reply_to(&self, form: &Form) -> Option<&str> {
        form.reply_to.as_deref().and_then(|name| self.text(name))
    }

    /// All files with the names of their questions (`photos`, `children.0.certificate`).
    pub fn files(&self) -> Vec<(String, &Upload)> {
        fn collect<'a>(within: &str, answers: &'a [Answered], out: &mut Vec<(String, &'a Upload)>) {
            for Answered { name, answer } in answers {
                match answer {
                    Answer::Files(files) => out.extend(files.iter().map(|file| (format!("{within}{name}"), file))),
                    Answer::Groups(groups) => {
                        for (number, group) in groups.iter().enumerate() {
                            collect(&format!("{within}{name}.{number}."), group, out);
                        }
                    }
                    _ => {}
                }
            }
        }
        let mut out = Vec::new();
        collect("", &self.answers, &mut out);
        out
    }

    /// The answers as plain JSON by name, for a receiver that knows the form.
    pub fn json(&self) -> Json {
        plain(&self.answers)
    }

    /// The questions and answers in words, in any language: the office reads them in Estonian, whatever
    /// language they were given in. Questions that were not asked are left out; unanswered ones are not.
    pub fn sections(&self, form: &Form, lang: Lang) -> Vec<Section> {
        let steps = form.steps.iter().map(|step| {
            let mut rows = Vec::new();
            show(&step.fields, &self.answers, lang, "", "", &mut rows);
            Section { title: step.title.get(lang).unwrap_or_default().to_owned(), rows }
        });
        steps.filter(|section| !section.rows.is_empty()).collect()
    }
}

fn plain(answers: &[Answered]) -> Json {
    let one = |answer: &Answer| match answer {
        Answer::Text(text) => json!(text),
        Answer::Choices(values) => json!(values),
        Answer::YesNo(yes) => json!(yes),
        Answer::Files(files) => files
            .iter()
            .map(|file| json!({ "name": file.name, "size": file.size, "media_type": file.media_type }))
            .collect(),
        Answer::Groups(groups) => groups.iter().map(|group| plain(group)).collect(),
    };
    answers.iter().map(|answered| (answered.name.clone(), one(&answered.answer))).collect::<Map<_, _>>().into()
}

fn show(fields: &[Field], answers: &[Answered], lang: Lang, within: &str, heading: &str, out: &mut Vec<Row>) {
    for field in fields {
        let Some(Answered { answer, .. }) = answers.iter().find(|answered| answered.name == field.name) else {
            continue;
        };
        let label = field.label.get(lang).unwrap_or_default();
        if let Answer::Groups(groups) = answer {
            for (number, group) in groups.iter().enumerate() {
                let heading = if groups.len() > 1 { format!("{label} {}: ", number + 1) } else { format!("{label}: ") };
                show(&field.fields, group, lang, &format!("{within}{}.{number}.", field.name), &heading, out);
            }
        } else if field.kind != Kind::Context {
            let (path, label) = (format!("{within}{}", field.name), format!("{heading}{label}"));
            out.push(Row { path, label, answer: in_words(field, answer, lang) });
        }
    }
}

fn in_words(field: &Field, answer: &Answer, lang: Lang) -> String {
    let label = |value: &str| {
        let choice = field.choices.iter().find(|choice| choice.value == value);
        choice.and_then(|choice| choice.label.get(lang)).unwrap_or(value).to_owned()
    };
    match answer {
        Answer::Text(text) if field.kind == Kind::Choice => label(text),
        Answer::Text(text) => reading::in_words(field.kind, text, lang),
        Answer::Choices(values) => values.iter().map(|value| label(value)).collect::<Vec<_>>().join("\n"),
        Answer::YesNo(yes) => say(lang, if *yes { "form.yes" } else { "form.no" }).to_owned(),
        Answer::Files(files) => {
            let lines = files.iter().map(|file| format!("{} ({})", file.name, size(lang, file.size)));
            lines.collect::<Vec<_>>().join("\n")
        }
        Answer::Groups(_) => String::new(),
    }
}
