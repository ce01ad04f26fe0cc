//! One question: label, hint, message, control.

use super::{
    Context,
    conditions::{condition_html, rule},
    id,
    markup::{Element, element, escape, lines},
};
use crate::{
    forms::{
        Choice, DROP, Errors, Field, FileRules, Form, HELD, Kind, Repeat, Upload, reading,
        submission::{Typed, one_line},
        validate::sentence,
        words::{fill, say, within_sentence},
    },
    language::{Lang, number, size},
};

/// What all questions of a page share.
pub(super) struct Questions<'a> {
    pub(super) form: &'a Form,
    pub(super) lang: Lang,
    pub(super) typed: Typed<'a>,
    pub(super) errors: &'a Errors,
    pub(super) context: &'a Context<'a>,
}

/// A question on its way to HTML.
struct Question<'a> {
    field: &'a Field,
    path: String,
    id: String,
    messages: Vec<&'a str>,
    described_by: Option<String>,
}

impl Questions<'_> {
    pub(super) fn say(&self, key: &str) -> &'static str {
        say(self.lang, key)
    }

    /// The questions of a step or of a group, one after the other.
    pub(super) fn fields(&self, fields: &[Field], within: &str) -> String {
        fields.iter().map(|field| self.field(field, within)).collect()
    }

    fn field(&self, field: &Field, within: &str) -> String {
        let path = format!("{within}{}", field.name);
        let id = id(self.context, &path);
        if field.kind == Kind::Context {
            return hidden(&path, self.typed.text(&path));
        }
        if field.kind == Kind::Group {
            return self.group(field, &path, &id);
        }
        let messages = self.messages(&path);
        let hint = self.hint(field, &id);
        let condition = field.show_if.as_ref().map(|condition| self.condition(condition, within));
        let parts = [(condition.is_some(), "condition"), (!hint.is_empty(), "hint"), (!messages.is_empty(), "error")];
        let ids: Vec<String> =
            parts.iter().filter(|(there, _)| *there).map(|(_, part)| format!("{id}-{part}")).collect();
        let described_by = (!ids.is_empty()).then(|| ids.join(" "));
        let question = Question { field, path, id, messages, described_by };
        let before = format!("{}{hint}{}", condition_html(condition.as_deref(), &question.id), self.message(&question));
        let inner = match field.kind {
            Kind::Choice | Kind::Choices | Kind::YesNo | Kind::Date => self.fieldset(&question, &before),
            Kind::Declaration => self.declaration(&question, &before),
            _ => format!("{}{before}{}", self.label(&question), self.control(&question)),
        };
        let class = if question.messages.is_empty() { "field" } else { "field field-error" };
        element("div", class)
            .attr("data-kind", field.kind.name())
            .attr_if("data-show-if", field.show_if.as_ref().map(rule).as_deref())
            .attr_if("data-missing", field.required.then(|| self.missing(field)).as_deref())
            .attr_if("data-pattern", reading::pattern(field.kind))
            .attr_if("data-wrong", wrong_key(field.kind).map(|key| sentence(self.lang, field, key, &[])).as_deref())
            .html(&inner)
    }

    fn messages(&self, path: &str) -> Vec<&str> {
        self.errors.of(path).map(|error| error.message.as_str()).collect()
    }

    fn missing(&self, field: &Field) -> String {
        match field.missing.get(self.lang) {
            Some(words) => words.to_owned(),
            None => sentence(self.lang, field, field.missing_key(self.lang), &[]),
        }
    }

    fn label_text(&self, field: &Field) -> String {
        let label = escape(field.label.get(self.lang).unwrap_or(&field.name));
        if field.required {
            return label;
        }
        format!("{label} {}", element("span", "field-optional").text(self.say("form.optional")))
    }

    fn label(&self, question: &Question) -> String {
        element("label", "field-label").attr("for", &question.id).html(&self.label_text(question.field))
    }

    /// The field's own hint, and what follows from its limits.
    fn hint(&self, field: &Field, id: &str) -> String {
        let mut parts = Vec::new();
        if let Some(hint) = field.hint.get(self.lang) {
            parts.push(hint.to_owned());
        }
        if field.kind == Kind::Date && parts.is_empty() {
            parts.push(self.say("form.date-hint").to_owned());
        }
        if let Some(max) = field.limits.max_length.filter(|_| field.kind == Kind::LongText) {
            parts.push(fill(self.lang, "form.characters", &[("max", &number(self.lang, max))]));
        }
        if let Some(rules) = &field.files {
            parts.push(self.file_hint(rules));
        }
        if parts.is_empty() {
            return String::new();
        }
        element("p", "field-hint").attr("id", &format!("{id}-hint")).html(&lines(&parts.join(" ")))
    }

    fn file_hint(&self, rules: &FileRules) -> String {
        let (types, max) = (reading::types_in_words(self.lang, rules), size(self.lang, rules.max_size));
        let mut hint = fill(self.lang, "file.hint", &[("types", &types), ("max", &max)]);
        if rules.max_count > 1 {
            hint.push(' ');
            hint.push_str(&fill(self.lang, "file.hint-count", &[("count", &rules.max_count.to_string())]));
        }
        hint
    }

    fn message(&self, question: &Question) -> String {
        if question.messages.is_empty() {
            return String::new();
        }
        let before = element("span", "sr").text(self.say("form.error"));
        let messages: Vec<String> = question.messages.iter().map(|message| escape(message)).collect();
        element("p", "field-message")
            .attr("id", &format!("{}-error", question.id))
            .html(&format!("{before} {}", messages.join("<br>")))
    }

    /// What every control has.
    fn named(&self, tag: &'static str, class: &str, question: &Question, id: &str, name: &str) -> Element {
        element(tag, class)
            .attr("id", id)
            .attr("name", name)
            .attr_if("aria-describedby", question.described_by.as_deref())
            .attr_if("aria-invalid", (!question.messages.is_empty()).then_some("true"))
            .flag("autofocus", self.context.focus == Some(name))
    }

    fn control(&self, question: &Question) -> String {
        let field = question.field;
        let value = self.typed.text(&question.path);
        match field.kind {
            Kind::LongText => self
                .named("textarea", "textarea", question, &question.id, &question.path)
                .attr("rows", "6")
                .attr_if("data-max", field.limits.max_length.map(|max| max.to_string()).as_deref())
                // A parser drops the first line break within a textarea.
                .html(&format!("\n{}", escape(value))),
            Kind::File => self.files(question),
            kind => {
                let (class, input_type, mode, autocomplete) = control_of(kind);
                self.named("input", class, question, &question.id, &question.path)
                    .attr("type", input_type)
                    .attr_if("inputmode", mode)
                    .attr_if("autocomplete", field.autocomplete.as_deref().or(autocomplete))
                    .attr_if("spellcheck", matches!(class, "input input-code").then_some("false"))
                    .attr("value", &one_line(value))
                    .void()
            }
        }
    }

    /// Files cannot be put back into a page: those that the relay holds are named and kept, others are
    /// named as to be chosen again.
    fn files(&self, question: &Question) -> String {
        let Some(rules) = &question.field.files else { return String::new() };
        let typed = self.typed.files(&question.path);
        let items: String = typed.iter().map(|file| element("li", "file").html(&self.file(question, file))).collect();
        let list = if items.is_empty() { String::new() } else { element("ul", "files").html(&items) };
        let accept: Vec<String> =
            rules.accept.iter().flat_map(|kind| kind.extensions()).map(|ending| format!(".{ending}")).collect();
        let input = self
            .named("input", "input", question, &question.id, &question.path)
            .attr("type", "file")
            .attr("accept", &accept.join(","))
            .attr("data-max-size", &rules.max_size.to_string())
            .attr(
                "data-large",
                &fill(self.lang, "file.size", &[("max", &size(self.lang, rules.max_size)), ("file", "{file}")]),
            )
            .flag("multiple", rules.max_count > 1)
            .void();
        format!("{list}{input}")
    }

    fn file(&self, question: &Question, file: &Upload) -> String {
        let name = one_line(&file.name);
        let Some(handle) = &file.handle else {
            return escape(&fill(self.lang, "file.again", &[("file", &name)]));
        };
        let value = format!("{}:{handle}", question.path);
        let kept = fill(self.lang, "file.kept", &[("file", &name), ("size", &size(self.lang, file.size))]);
        let drop = fill(self.lang, "file.drop", &[("file", &name)]);
        let id = format!("{}-{handle}", question.id);
        let input =
            Element::new("input").attr("type", "checkbox").attr("id", &id).attr("name", DROP).attr("value", &value);
        let label = Element::new("label").attr("for", &id).text(&drop);
        let choice = element("div", "choice").html(&format!("{}{label}", input.void()));
        format!("{} {choice}{}", escape(&kept), hidden(HELD, &value))
    }

    fn fieldset(&self, question: &Question, before: &str) -> String {
        let legend = element("legend", "field-label").html(&self.label_text(question.field));
        let controls = match question.field.kind {
            Kind::Date => self.date(question),
            Kind::YesNo => {
                let (yes, no) = (self.say("form.yes"), self.say("form.no"));
                self.choices(question, vec![("yes", yes, None), ("no", no, None)])
            }
            _ => {
                let choice = |choice: &'_ Choice| -> (String, String, Option<String>) {
                    let text = choice.label.get(self.lang).unwrap_or(&choice.value).to_owned();
                    (choice.value.clone(), text, choice.hint.get(self.lang).map(ToOwned::to_owned))
                };
                let choices: Vec<_> = question.field.choices.iter().map(choice).collect();
                let choices: Vec<_> = choices.iter().map(|(v, t, h)| (v.as_str(), t.as_str(), h.as_deref())).collect();
                self.choices(question, choices)
            }
        };
        // The described-by belongs to the group of controls, not to each of them.
        Element::new("fieldset")
            .attr_if("aria-describedby", question.described_by.as_deref())
            .html(&format!("{legend}{before}{controls}"))
    }

    fn choices(&self, question: &Question, mut choices: Vec<(&str, &str, Option<&str>)>) -> String {
        let several = question.field.kind == Kind::Choices;
        if !several && !question.field.required {
            // A radio button cannot be taken back otherwise.
            choices.push(("", self.say("form.none"), None));
        }
        let typed: Vec<String> = self.typed.texts(&question.path).map(one_line).collect();
        let one = |(number, (value, text, hint)): (usize, &(&str, &str, Option<&str>))| {
            // The first one has the question's own id, so that a link to the question leads to it.
            let id = if number == 0 { question.id.clone() } else { format!("{}-{}", question.id, number + 1) };
            let hint_id = format!("{id}-choice-hint");
            let input = Element::new("input")
                .attr("type", if several { "checkbox" } else { "radio" })
                .attr("id", &id)
                .attr("name", &question.path)
                .attr("value", value)
                .attr_if("aria-describedby", hint.map(|_| hint_id.as_str()))
                .flag("checked", typed.iter().any(|typed| typed == value))
                .flag("autofocus", number == 0 && self.context.focus == Some(question.path.as_str()))
                .void();
            let label = Element::new("label").attr("for", &id).text(text);
            let hint = hint.map_or(String::new(), |hint| element("p", "choice-hint").attr("id", &hint_id).text(hint));
            element("div", "choice").html(&format!("{input}{label}{hint}"))
        };
        let rating = self.form.rating.as_deref() == Some(question.path.as_str());
        let class = if rating { "choices rating" } else { "choices" };
        element("div", class).html(&choices.iter().enumerate().map(one).collect::<String>())
    }

    fn date(&self, question: &Question) -> String {
        let birthday = question.field.autocomplete.as_deref() == Some("bday");
        let whole: Vec<&str> = self.typed.text(&question.path).split('-').collect();
        let part = |(number, name, class): (usize, &str, &str)| {
            let path = format!("{}.{name}", question.path);
            let id = id(self.context, &path);
            let typed = one_line(self.typed.text(&path));
            let value = if typed.is_empty() && whole.len() == 3 { whole[number].to_owned() } else { typed };
            let label = Element::new("label").attr("for", &id).text(self.say(&format!("form.{name}")));
            let input = element("input", &format!("input input-short {class}"))
                .attr("id", &id)
                .attr("name", &path)
                .attr("type", "text")
                .attr_if("inputmode", (number != 1).then_some("numeric"))
                .attr_if("autocomplete", birthday.then(|| format!("bday-{name}")).as_deref())
                .attr_if("aria-invalid", (!question.messages.is_empty()).then_some("true"))
                .flag("autofocus", number == 2 && self.context.focus == Some(question.path.as_str()))
                .attr("value", &value)
                .void();
            element("div", "date-part").html(&format!("{label}{input}"))
        };
        let parts = [(2, "day", "date-day"), (1, "month", "date-month"), (0, "year", "date-year")];
        element("div", "date").html(&parts.map(part).concat())
    }

    fn declaration(&self, question: &Question, before: &str) -> String {
        let input = self
            .named("input", "declaration", question, &question.id, &question.path)
            .attr("type", "checkbox")
            .attr("value", "yes")
            .flag("checked", !self.typed.text(&question.path).is_empty())
            .void();
        let label = Element::new("label").attr("for", &question.id).html(&self.label_text(question.field));
        format!("{before}{}", element("div", "choice").html(&format!("{input}{label}")))
    }

    fn group(&self, field: &Field, path: &str, id: &str) -> String {
        let Repeat { min, max } = field.repeat.unwrap_or(Repeat { min: 1, max: 1 });
        let mut rows = self.typed.rows("", field);
        rows.truncate(max);
        for row in 0.. {
            if rows.len() >= min.max(1) {
                break;
            }
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let label = field.label.get(self.lang).unwrap_or(&field.name);
        let removable = rows.len() > min.max(1);
        let one = |(number, row): (usize, &usize)| {
            let title = if max > 1 { format!("{label} {}", number + 1) } else { label.to_owned() };
            let optional = min == 0 && number == 0;
            let mark = if optional {
                element("span", "field-optional").text(self.say("form.optional"))
            } else {
                String::new()
            };
            let legend = element("legend", "field-label").html(format!("{} {mark}", escape(&title)).trim_end());
            let fields = self.fields(&field.fields, &format!("{path}.{row}."));
            let remove =
                if removable { self.go(&format!("remove:{path}.{row}"), "form.remove", &title) } else { String::new() };
            element("fieldset", "group-row").html(&format!("{legend}{fields}{remove}"))
        };
        let shown: String = rows.iter().enumerate().map(one).collect();
        let add = if rows.len() < max { self.go(&format!("add:{path}"), "form.add", label) } else { String::new() };
        let condition = field.show_if.as_ref().map(|condition| self.condition(condition, ""));
        let hint = self.hint(field, id);
        let messages = self.messages(path);
        let question = Question { field, path: path.to_owned(), id: id.to_owned(), messages, described_by: None };
        let before = format!("{}{hint}{}", condition_html(condition.as_deref(), id), self.message(&question));
        element("div", "group")
            .attr("id", id)
            .attr("data-max", &max.to_string())
            .attr_if("data-show-if", field.show_if.as_ref().map(rule).as_deref())
            .html(&format!("{before}{shown}{add}"))
    }

    /// A button that sends the form as it is, to change its shape.
    fn go(&self, value: &str, key: &str, about: &str) -> String {
        let about = element("span", "sr").text(about);
        element("button", "button button-secondary")
            .attr("type", "submit")
            .attr("name", crate::forms::GO)
            .attr("value", value)
            .html(&format!("{} {about}", escape(self.say(key))))
    }
}

pub(super) fn hidden(name: &str, value: &str) -> String {
    Element::new("input").attr("type", "hidden").attr("name", name).attr("value", value).void()
}

/// What a script says when the browser sees that an answer has the wrong shape.
fn wrong_key(kind: Kind) -> Option<&'static str> {
    let checked = !matches!(
        kind,
        Kind::Text | Kind::LongText | Kind::Name | Kind::Organisation | Kind::Address | Kind::Choice | Kind::Choices
    );
    let shaped = checked && !matches!(kind, Kind::YesNo | Kind::Declaration | Kind::File | Kind::Group | Kind::Context);
    shaped.then(|| reading::wrong_key(kind))
}

/// The class, type, keyboard and autofill name of a kind that is typed on one line.
fn control_of(kind: Kind) -> (&'static str, &'static str, Option<&'static str>, Option<&'static str>) {
    match kind {
        Kind::Name => ("input", "text", None, Some("name")),
        Kind::Organisation => ("input", "text", None, Some("organization")),
        Kind::Email => ("input", "email", None, Some("email")),
        Kind::Phone => ("input input-code", "tel", None, Some("tel")),
        Kind::Url => ("input", "url", None, Some("url")),
        Kind::Number | Kind::Money => ("input input-short", "text", Some("decimal"), None),
        Kind::Time => ("input input-short", "text", None, None),
        Kind::PersonalCode | Kind::RegistryCode | Kind::ReferenceNumber => {
            ("input input-code", "text", Some("numeric"), None)
        }
        Kind::Iban => ("input input-code", "text", None, None),
        Kind::Address => ("input", "text", None, Some("address-line1")),
        _ => ("input", "text", None, None),
    }
}

/// The label of a question as a link of the summary or a button names it.
pub(super) fn about(lang: Lang, label: &str) -> String {
    within_sentence(lang, label)
}
