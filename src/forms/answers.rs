//! The answers of a valid submission, and how they are shown.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};

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
pub struct Row<'a> {
    /// The name of the input: `children.0.name`.
    pub path: Cow<'a, str>,
    /// The question.
    pub label: Cow<'a, str>,
    /// The answer in words; empty when there is none.
    pub answer: Cow<'a, str>,
}

/// A part of the form with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// The step's heading, may be empty.
    pub title: &'a str,
    /// The lines.
    pub rows: Vec<Row<'a>>,
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
    pub fn plain(&self) -> Plain<'_> {
        Plain(&self.answers)
    }

    /// The questions and answers in words, in any language: the office reads them in Estonian, whatever
    /// language they were given in. Questions that were not asked are left out; unanswered ones are not.
    pub fn sections<'a>(&'a self, form: &'a Form, lang: Lang) -> Vec<Section<'a>> {
        let steps = form.steps.iter().map(|step| {
            let mut rows = Vec::new();
            show(&step.fields, &self.answers, lang, "", "", &mut rows);
            Section { title: step.title.get(lang).unwrap_or_default(), rows }
        });
        steps.filter(|section| !section.rows.is_empty()).collect()
    }
}

/// Answers as plain JSON by name, see [`Answers::plain`].
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a>(&'a [Answered]);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|answered| (&answered.name, PlainAnswer(&answered.answer))))
    }
}

struct PlainAnswer<'a>(&'a Answer);

impl Serialize for PlainAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Answer::Text(text) => serializer.serialize_str(text),
            Answer::Choices(values) => values.serialize(serializer),
            Answer::YesNo(yes) => serializer.serialize_bool(*yes),
            Answer::Files(files) => serializer.collect_seq(files.iter().map(PlainFile::of)),
            Answer::Groups(groups) => serializer.collect_seq(groups.iter().map(|group| Plain(group))),
        }
    }
}

/// A file without the name under which the relay holds it.
#[derive(Serialize)]
struct PlainFile<'a> {
    name: &'a str,
    size: u64,
    media_type: Option<&'a str>,
}

impl<'a> PlainFile<'a> {
    fn of(file: &'a Upload) -> Self {
        Self { name: &file.name, size: file.size, media_type: file.media_type.as_deref() }
    }
}

fn show<'a>(
    fields: &'a [Field],
    answers: &'a [Answered],
    lang: Lang,
    within: &str,
    heading: &str,
    out: &mut Vec<Row<'a>>,
) {
    let in_place = |place: &str, text: &'a str| match place {
        "" => Cow::Borrowed(text),
        place => Cow::Owned(format!("{place}{text}")),
    };
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
            let (path, label) = (in_place(within, &field.name), in_place(heading, label));
            out.push(Row { path, label, answer: in_words(field, answer, lang) });
        }
    }
}

fn in_words<'a>(field: &'a Field, answer: &'a Answer, lang: Lang) -> Cow<'a, str> {
    let label = |value: &'a str| {
        let choice = field.choices.iter().find(|choice| choice.value == value);
        choice.and_then(|choice| choice.label.get(lang)).unwrap_or(value)
    };
    match answer {
        Answer::Text(text) if field.kind == Kind::Choice => label(text).into(),
        Answer::Text(text) => reading::in_words(field.kind, text, lang),
        Answer::Choices(values) => values.iter().map(|value| label(value)).collect::<Vec<_>>().join("\n").into(),
        Answer::YesNo(yes) => say(lang, if *yes { "form.yes" } else { "form.no" }).into(),
        Answer::Files(files) => {
            let lines = files.iter().map(|file| format!("{} ({})", file.name, size(lang, file.size)));
            lines.collect::<Vec<_>>().join("\n").into()
        }
        Answer::Groups(_) => Cow::Borrowed(""),
    }
}
