//! The form itself: blank, or as it comes back with errors.

use super::{
    Context, Page,
    conditions::rule,
    fields::{Questions, hidden},
    id,
    markup::{Element, element, escape, paragraphs},
};
use crate::{
    forms::{
        Errors, Form, GO, HONEYPOT, Input, LANGUAGE, Step, VERSION, privacy,
        submission::Typed,
        words::{fill, say},
    },
    language::Lang,
};

/// The form, with what was typed (nothing, on a page that nobody has filled in) and what is wrong with it.
pub fn form(form: &Form, lang: Lang, values: &[(String, Input)], errors: &Errors, context: &Context) -> Page {
    let questions = Questions { form, lang, typed: Typed::new(values), errors, context };
    let name = form.title.get(lang).unwrap_or(&form.id);
    let title = if errors.0.is_empty() { name.to_owned() } else { fill(lang, "form.error-title", &[("title", name)]) };
    let heading = if context.heading { Element::new("h1").text(name) } else { String::new() };
    let intro = form.intro.get(lang).map_or(String::new(), |intro| paragraphs("form-intro", intro));
    let steps: String = form.steps.iter().enumerate().map(|(number, step)| questions.step(number, step)).collect();
    let inner = [
        own_fields(lang, context),
        note(&questions),
        // Enter in a field presses the first button: it must be the form's own, not "add another".
        element("button", "sr").attr("type", "submit").attr("tabindex", "-1").attr("aria-hidden", "true").html(""),
        steps,
        honeypot(lang, context),
        privacy::details(form, lang, context.office),
        context.extra.to_owned(),
        buttons(form, lang),
    ];
    let open = form_element(form, lang, context).attr("data-words", &script_words(lang));
    let body = format!("{}{heading}{intro}{}", summary(&questions), open.html(&inner.concat()));
    Page { title, body }
}

/// `<form>` with all that a browser needs to know.
pub(super) fn form_element(form: &Form, lang: Lang, context: &Context) -> Element {
    let encoding = if form.takes_files() { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
    element("form", "form")
        .attr("method", "post")
        // What is refused before its body is read is answered in the reader's language too.
        .attr("action", &format!("{}?lang={lang}", context.action))
        .attr("enctype", encoding)
        .attr("accept-charset", "utf-8")
        .attr("lang", lang.as_str())
        .attr("data-form", &form.id)
        .flag("novalidate", true)
}

/// What the theme's script says.
fn script_words(lang: Lang) -> String {
    serde_json::json!({
        "next": say(lang, "form.continue"),
        "back": say(lang, "script.back"),
        "step": say(lang, "script.step"),
        "sending": say(lang, "script.sending"),
        "draft": say(lang, "script.draft"),
        "draftHint": say(lang, "script.draft-hint"),
        "summary": say(lang, "form.summary"),
        "error": say(lang, "form.error"),
        "title": fill(lang, "form.error-title", &[]),
    })
    .to_string()
}

/// The hidden fields that every post carries.
pub(super) fn own_fields(lang: Lang, context: &Context) -> String {
    let own = [(VERSION, context.version), (LANGUAGE, lang.as_str())];
    own.iter().chain(context.hidden).map(|(name, value)| hidden(name, value)).collect()
}

fn note(questions: &Questions) -> String {
    let optional = questions.form.fields().any(|(_, field)| !field.required);
    let many = questions.form.fields().count() > 1;
    if optional && many { element("p", "form-note").text(questions.say("form.required-note")) } else { String::new() }
}

/// The summary of errors: it has the focus, and each line leads to its field.
fn summary(questions: &Questions) -> String {
    if questions.errors.0.is_empty() {
        return String::new();
    }
    let title_id = format!("{}errors-title", questions.context.ids);
    let title = element("h2", "form-errors-title").attr("id", &title_id).text(questions.say("form.summary"));
    let links = questions.errors.0.iter().map(|error| {
        let target = format!("#{}", id(questions.context, &error.input));
        Element::new("li").html(&Element::new("a").attr("href", &target).text(&error.message))
    });
    let list = Element::new("ul").html(&links.collect::<String>());
    element("div", "form-errors")
        .attr("role", "alert")
        .attr("aria-labelledby", &title_id)
        .attr("tabindex", "-1")
        .flag("autofocus", true)
        .html(&format!("{title}{list}"))
}

impl Questions<'_> {
    fn step(&self, number: usize, step: &Step) -> String {
        let id = format!("{}step-{}", self.context.ids, number + 1);
        let title = step.title.get(self.lang).filter(|title| !title.is_empty());
        let heading = title.map_or(String::new(), |title| Element::new("h2").attr("id", &id).text(title));
        let intro = step.intro.get(self.lang).map_or(String::new(), |intro| paragraphs("form-intro", intro));
        let condition = step
            .show_if
            .as_ref()
            .map_or(String::new(), |condition| element("p", "field-condition").text(&self.condition(condition, "")));
        element("section", "form-step")
            .attr("data-step", &(number + 1).to_string())
            .attr_if("data-show-if", step.show_if.as_ref().map(rule).as_deref())
            .attr_if("aria-labelledby", title.map(|_| id.as_str()))
            .html(&format!("{heading}{intro}{condition}{}", self.fields(&step.fields, "")))
    }
}

/// A field that people neither see nor hear; what robots write in it sets the submission aside.
fn honeypot(lang: Lang, context: &Context) -> String {
    let id = id(context, HONEYPOT);
    let label = Element::new("label").attr("for", &id).text(say(lang, "form.honeypot"));
    let input = Element::new("input")
        .attr("id", &id)
        .attr("name", HONEYPOT)
        .attr("type", "text")
        .attr("tabindex", "-1")
        .attr("autocomplete", "off")
        .void();
    element("div", "form-extra").attr("aria-hidden", "true").html(&format!("{label}{input}"))
}

fn buttons(form: &Form, lang: Lang) -> String {
    let (key, value) = if form.check_answers { ("form.continue", "check") } else { ("form.send", "send") };
    let button = element("button", "button")
        .attr("type", "submit")
        .attr("name", GO)
        .attr("value", value)
        .html(&escape(say(lang, key)));
    element("div", "form-buttons").html(&button)
}
