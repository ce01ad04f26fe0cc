//! Whether a submission answers the form; the relay and the checks of examples ask the same function.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    Answer, Answered, Answers, Condition, Field, FileRules, Form, Input, Kind, Repeat, Step, Upload,
    reading::{self, Wrong},
    submission::{HONEYPOT, MALWARE, RESERVED, Typed, one_line, several_lines},
    words::{fill, say, within_sentence},
};
use crate::language::{Lang, number, size};

/// What is wrong with one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The question: `email`, `children.1.name`.
    pub field: String,
    /// The input to go to: the question's, or one of its parts (`birth.day`).
    pub input: String,
    /// The sentence, in the language of the page.
    pub message: String,
}

/// What is wrong with a submission, in the form's order; never empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(pub Vec<Error>);

impl Errors {
    /// What is wrong with the question of this name.
    pub fn of<'a, 'f>(&'a self, field: &'f str) -> impl Iterator<Item = &'a Error> + use<'a, 'f> {
        self.0.iter().filter(move |error| error.field == field)
    }
}

/// Reads the answers of a submission.
///
/// What people type is accepted as people type it. Answers to questions that the conditions hide are
/// dropped, names that the form does not have are recorded and otherwise ignored. `today` is what the
/// limits of dates are counted from.
///
/// # Errors
/// Everything that is wrong, in the words of `lang`.
pub fn validate(form: &Form, lang: Lang, submission: &[(String, Input)], today: Date) -> Result<Answers, Errors> {
    let mut reader = Reader { lang, today, typed: Typed::new(submission), given: BTreeMap::new(), errors: Vec::new() };
    let mut answers = Vec::new();
    for step in &form.steps {
        if reader.asked(step.show_if.as_ref(), "") {
            reader.fields(&step.fields, "", "", &mut answers);
        }
    }
    if !reader.errors.is_empty() {
        return Err(Errors(reader.errors));
    }
    let unknown = reader.typed.names().filter(|name| !is_known(&form.steps, name));
    let ignored = unknown.take(Answers::IGNORED).map(|name| one_line(name).chars().take(60).collect()).collect();
    Ok(Answers { form: form.id.clone(), lang, answers, ignored })
}

/// Whether a name is the form's or the program's own.
fn is_known(steps: &[Step], name: &str) -> bool {
    if name.starts_with(RESERVED) || name == HONEYPOT {
        return true;
    }
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default();
    let Some(field) = steps.iter().flat_map(|step| &step.fields).find(|field| field.name == first) else {
        return false;
    };
    match (field.kind, parts.next(), parts.next()) {
        (Kind::Group, Some(_), Some(inner)) => field.fields.iter().any(|field| field.name == inner),
        (Kind::Date, Some("day" | "month" | "year"), None) => true,
        (_, part, _) => part.is_none(),
    }
}

struct Reader<'a> {
    lang: Lang,
    today: Date,
    typed: Typed<'a>,
    /// The values of the answers so far, for the conditions.
    given: BTreeMap<String, Vec<String>>,
    errors: Vec<Error>,
}

impl Reader<'_> {
    /// Whether a question is asked; a condition within a group looks at the group first.
    fn asked(&self, condition: Option<&Condition>, within: &str) -> bool {
        condition.is_none_or(|condition| {
            condition.holds(&|name| {
                let values = self.given.get(&format!("{within}{name}")).or_else(|| self.given.get(name));
                values.into_iter().flatten().map(String::as_str).collect()
            })
        })
    }

    fn fields(&mut self, fields: &[Field], within: &str, heading: &str, out: &mut Vec<Answered>) {
        for field in fields {
            if self.asked(field.show_if.as_ref(), within) {
                let path = format!("{within}{}", field.name);
                let before = self.errors.len();
                let answer = self.answer(field, &path, within);
                for error in &mut self.errors[before..] {
                    if field.kind != Kind::Group && !heading.is_empty() {
                        error.message = format!("{heading}: {}", within_sentence(self.lang, &error.message));
                    }
                }
                if let Some(answer) = answer {
                    self.given.insert(path, values(&answer));
                    out.push(Answered { name: field.name.clone(), answer });
                }
            }
        }
    }

    fn answer(&mut self, field: &Field, path: &str, within: &str) -> Option<Answer> {
        match field.kind {
            Kind::Group => self.groups(field, path, within),
            Kind::File => self.files(field, path),
            Kind::Choices => self.choices(field, path),
            Kind::Date => self.date(field, path),
            Kind::Declaration => {
                let ticked = !self.typed.text(path).is_empty();
                if field.required && !ticked {
                    self.missing(field, path, path);
                }
                Some(Answer::YesNo(ticked))
            }
            Kind::YesNo => match one_line(self.typed.text(path)).as_str() {
                "" => self.nothing(field, path),
                "yes" => Some(Answer::YesNo(true)),
                "no" => Some(Answer::YesNo(false)),
                _ => self.wrong(field, path, "wrong.choice", &[]),
            },
            Kind::Choice => match one_line(self.typed.text(path)) {
                value if value.is_empty() => self.nothing(field, path),
                value if field.choices.iter().any(|choice| choice.value == value) => Some(Answer::Text(value)),
                _ => self.wrong(field, path, "wrong.choice", &[]),
            },
            Kind::Context => {
                let value = one_line(self.typed.text(path));
                let value: String = value.chars().take(field.max_length()).collect();
                (!value.is_empty()).then_some(Answer::Text(value))
            }
            _ => self.typed_text(field, path),
        }
    }

    /// The kinds that are typed on one line or on several.
    fn typed_text(&mut self, field: &Field, path: &str) -> Option<Answer> {
        let raw = self.typed.text(path);
        let text = if field.kind == Kind::LongText { several_lines(raw) } else { one_line(raw) };
        if text.is_empty() {
            return self.nothing(field, path);
        }
        let (count, max) = (text.chars().count(), field.max_length());
        if count > max {
            let count = number(self.lang, count);
            return self.wrong(field, path, "limit.too-long", &[("max", &number(self.lang, max)), ("count", &count)]);
        }
        if let Some(min) = field.limits.min_length.filter(|&min| count < min) {
            return self.wrong(field, path, "limit.too-short", &[("min", &number(self.lang, min))]);
        }
        self.within_limits(field, path, &text)
    }

    fn within_limits(&mut self, field: &Field, path: &str, text: &str) -> Option<Answer> {
        match reading::read(field, text, self.today, self.lang) {
            Ok(text) => Some(Answer::Text(text)),
            Err(Wrong { key, values }) => {
                let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                self.wrong(field, path, key, &values)
            }
        }
    }

    /// A date comes in three parts, or whole from a script or a receiver's example.
    fn date(&mut self, field: &Field, path: &str) -> Option<Answer> {
        let part = |name: &str| one_line(self.typed.text(&format!("{path}.{name}")));
        let (day, month, year) = (part("day"), part("month"), part("year"));
        let whole = one_line(self.typed.text(path));
        if whole.is_empty() && day.is_empty() && month.is_empty() && year.is_empty() {
            let first = format!("{path}.day");
            return if field.required { self.missing(field, path, &first) } else { Some(Answer::Text(String::new())) };
        }
        if whole.is_empty() {
            for (key, part, value) in
                [("missing.day", "day", &day), ("missing.month", "month", &month), ("missing.year", "year", &year)]
            {
                if value.is_empty() {
                    return self.report(field, path, &format!("{path}.{part}"), key, &[]);
                }
            }
        }
        let text = if whole.is_empty() { reading::date_of_parts(self.lang, &day, &month, &year) } else { Some(whole) };
        let before = self.errors.len();
        let answer = match text {
            Some(text) => self.within_limits(field, path, &text),
            None => self.wrong(field, path, "wrong.date", &[]),
        };
        for error in &mut self.errors[before..] {
            error.input = format!("{path}.day");
        }
        answer
    }

    fn choices(&mut self, field: &Field, path: &str) -> Option<Answer> {
        let typed: Vec<String> = self.typed.texts(path).map(one_line).filter(|value| !value.is_empty()).collect();
        if typed.iter().any(|value| !field.choices.iter().any(|choice| choice.value == *value)) {
            return self.wrong(field, path, "wrong.choice", &[]);
        }
        let chosen = field.choices.iter().filter(|choice| typed.contains(&choice.value));
        let chosen: Vec<String> = chosen.map(|choice| choice.value.clone()).collect();
        if field.required && chosen.is_empty() {
            self.missing(field, path, path);
        }
        Some(Answer::Choices(chosen))
    }

    fn files(&mut self, field: &Field, path: &str) -> Option<Answer> {
        let files = self.typed.files(path);
        if field.required && files.is_empty() {
            self.missing(field, path, path);
        }
        let Some(rules) = &field.files else { return Some(Answer::Files(Vec::new())) };
        if files.len() > rules.max_count {
            return self.wrong(field, path, "file.count", &[("max", &rules.max_count.to_string())]);
        }
        for file in &files {
            let name = one_line(&file.name);
            let max = size(self.lang, rules.max_size);
            match unacceptable(rules, file) {
                None => {}
                Some("file.type") => {
                    let types = reading::types_in_words(self.lang, rules);
                    return self.wrong(field, path, "file.type", &[("file", &name), ("types", &types)]);
                }
                Some(key) => return self.wrong(field, path, key, &[("file", &name), ("max", &max)]),
            }
        }
        Some(Answer::Files(files.into_iter().cloned().collect()))
    }

    fn groups(&mut self, field: &Field, path: &str, within: &str) -> Option<Answer> {
        let Repeat { min, max } = field.repeat.unwrap_or(Repeat { min: usize::from(field.required), max: 1 });
        let mut rows = self.typed.rows(within, field);
        let blank = |row: &usize| !self.typed.any_within(&format!("{path}.{row}."));
        // Empty ones are left out from the end, until as many are left as must be.
        while rows.len() > min && rows.last().is_some_and(blank) {
            rows.pop();
        }
        rows.retain(|row| !blank(row) || min > 0);
        if rows.len() > max {
            return self.wrong(field, path, "limit.many-groups", &[("max", &max.to_string())]);
        }
        for row in 0.. {
            if rows.len() >= min {
                break;
            }
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let label = field.label.get(self.lang).unwrap_or_default();
        let mut groups = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let heading = if max > 1 { format!("{label} {}", number + 1) } else { String::new() };
            let mut group = Vec::new();
            self.fields(&field.fields, &format!("{path}.{row}."), &heading, &mut group);
            groups.push(group);
        }
        Some(Answer::Groups(groups))
    }

    /// No answer: an error where there must be one.
    fn nothing(&mut self, field: &Field, path: &str) -> Option<Answer> {
        if field.required { self.missing(field, path, path) } else { Some(Answer::Text(String::new())) }
    }

    fn missing(&mut self, field: &Field, path: &str, input: &str) -> Option<Answer> {
        if let Some(words) = field.missing.get(self.lang) {
            self.errors.push(Error { field: path.to_owned(), input: input.to_owned(), message: words.to_owned() });
            return None;
        }
        self.report(field, path, input, field.missing_key(self.lang), &[])
    }

    fn wrong(&mut self, field: &Field, path: &str, key: &str, values: &[(&str, &str)]) -> Option<Answer> {
        self.report(field, path, path, key, values)
    }

    fn report(&mut self, field: &Field, path: &str, input: &str, key: &str, values: &[(&str, &str)]) -> Option<Answer> {
        let message = sentence(self.lang, field, key, values);
        self.errors.push(Error { field: path.to_owned(), input: input.to_owned(), message });
        None
    }
}

/// The words under `key` about a question.
pub(super) fn sentence(lang: Lang, field: &Field, key: &str, values: &[(&str, &str)]) -> String {
    let label = field.label.get(lang).unwrap_or(&field.name);
    // What the sentence begins with, or quotes, is written as in the label.
    let within = say(lang, key).split_once("{label}").is_none_or(|(before, _)| before.ends_with(' '));
    let label = if within { within_sentence(lang, label) } else { label.trim_end_matches([':', ' ']).to_owned() };
    let values: Vec<_> = values.iter().copied().chain([("label", label.as_str())]).collect();
    fill(lang, key, &values)
}

/// Why a file cannot be taken: its size, what was found in it, or its type by content **and** by name.
fn unacceptable(rules: &FileRules, file: &Upload) -> Option<&'static str> {
    let ending = file.name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let fits = rules.accept.iter().any(|kind| {
        let by_content = file.media_type.as_deref().is_none_or(|media_type| kind.media_types().contains(&media_type));
        by_content && kind.extensions().contains(&ending.as_str())
    });
    match file.size {
        0 => Some("file.empty"),
        size if size > rules.max_size => Some("file.size"),
        _ if file.media_type.as_deref() == Some(MALWARE) => Some("file.malware"),
        _ if !fits => Some("file.type"),
        _ => None,
    }
}

/// An answer's values, as conditions compare them.
fn values(answer: &Answer) -> Vec<String> {
    match answer {
        Answer::Text(text) => Some(text).filter(|text| !text.is_empty()).cloned().into_iter().collect(),
        Answer::Choices(values) => values.clone(),
        Answer::YesNo(yes) => vec![if *yes { "yes" } else { "no" }.to_owned()],
        Answer::Files(files) => files.iter().map(|file| file.name.clone()).collect(),
        Answer::Groups(_) => Vec::new(),
    }
}
