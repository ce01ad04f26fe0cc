//! "Check your answers": what was typed, shown before it is sent.

use super::{
    Context, Page,
    fields::{about, hidden},
    form::{form_element, own_fields},
    markup::{Element, element, escape, lines},
};
use crate::{
    forms::{
        Answers, Form, GO, HELD, Input, RECEIPT, RESERVED, Row, Section,
        words::{fill, say},
    },
    language::Lang,
};

/// The page with all answers, which carries what was typed so that the second post is a whole submission.
pub fn check(form: &Form, lang: Lang, answers: &Answers, values: &[(String, Input)], context: &Context) -> Page {
    let title = say(lang, "check.title");
    let heading = Element::new("h1").text(title);
    let intro = element("p", "form-intro").text(say(lang, "check.intro"));
    let sections = answers.sections(form, lang);
    let inner = [
        own_fields(lang, context),
        carried(form, values),
        // Enter must send, not change.
        element("button", "sr")
            .attr("type", "submit")
            .attr("name", GO)
            .attr("value", "send")
            .attr("tabindex", "-1")
            .attr("aria-hidden", "true")
            .html(""),
        sections_html(&sections, lang, |row| change(lang, row)),
        receipt_box(form, lang, answers, context),
        context.extra.to_owned(),
        send(lang),
    ];
    let open = form_element(form, lang, context);
    Page {
        title: format!("{title}: {}", form.title.get(lang).unwrap_or(&form.id)),
        body: format!("{heading}{intro}{}", open.html(&inner.concat())),
    }
}

/// What was typed, as hidden fields; only names that the form has.
fn carried(form: &Form, values: &[(String, Input)]) -> String {
    let known =
        |name: &str| !name.starts_with(RESERVED) && form.field(name.split('.').next().unwrap_or(name)).is_some();
    let one = |(name, input): &(String, Input)| match input {
        Input::Text(text) => hidden(name, text),
        Input::File(file) => {
            file.handle.as_ref().map_or(String::new(), |handle| hidden(HELD, &format!("{name}:{handle}")))
        }
    };
    values.iter().filter(|(name, _)| known(name)).map(one).collect()
}

/// The answers as description lists, one a step.
pub(super) fn sections_html(sections: &[Section<'_>], lang: Lang, change: impl Fn(&Row<'_>) -> String) -> String {
    let row = |row: &Row<'_>| {
        let question = element("dt", "answer-question").text(&row.label);
        let answer = if row.answer.is_empty() {
            element("dd", "answer-text answer-empty").text(say(lang, "check.empty"))
        } else {
            element("dd", "answer-text").html(&lines(&row.answer))
        };
        element("div", "answer").html(&format!("{question}{answer}{}", change(row)))
    };
    let section = |section: &Section<'_>| {
        let title = if section.title.is_empty() { String::new() } else { Element::new("h2").text(section.title) };
        let rows: String = section.rows.iter().map(row).collect();
        format!("{title}{}", element("dl", "answers").html(&rows))
    };
    sections.iter().map(section).collect()
}

fn change(lang: Lang, row: &Row<'_>) -> String {
    let about = element("span", "sr").text(&about(lang, &row.label));
    let button = element("button", "link-button")
        .attr("type", "submit")
        .attr("name", GO)
        .attr("value", &format!("edit:{}", row.path))
        .html(&format!("{} {about}", escape(say(lang, "check.change"))));
    element("dd", "answer-change").html(&button)
}

/// The box that asks for a confirmation by e-mail: only where there is an address, and never ticked before.
fn receipt_box(form: &Form, lang: Lang, answers: &Answers, context: &Context) -> String {
    let Some(email) = answers.reply_to(form).filter(|email| !email.is_empty() && !form.confirm_address) else {
        return String::new();
    };
    let id = format!("{}receipt", context.ids);
    let hint_id = format!("{id}-hint");
    let input = Element::new("input")
        .attr("type", "checkbox")
        .attr("id", &id)
        .attr("name", RECEIPT)
        .attr("value", "yes")
        .attr("aria-describedby", &hint_id)
        .void();
    let label = Element::new("label").attr("for", &id).text(&fill(lang, "check.receipt", &[("email", email)]));
    let hint = element("p", "choice-hint").attr("id", &hint_id).text(say(lang, "check.receipt-hint"));
    element("div", "field").html(&element("div", "choice").html(&format!("{input}{label}{hint}")))
}

fn send(lang: Lang) -> String {
    let button = element("button", "button")
        .attr("type", "submit")
        .attr("name", GO)
        .attr("value", "send")
        .text(say(lang, "form.send"));
    element("div", "form-buttons").html(&button)
}
