//! A form on a page of the site: blank; or why it cannot be sent, and how else.

use jiff::civil::Date;

use super::{
    Context, Office,
    form::form,
    markup::{Element, element, escape},
    pages::{closed_words, contact},
};
use crate::{
    forms::{Errors, Form, Input, Kind, words::say},
    language::Lang,
};

/// What a form must know of the site that it stands on.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The relay's address without a slash at the end; `None` where the site has none.
    pub relay: Option<&'a str>,
    /// The day for which the site is built.
    pub today: Date,
    /// Who receives the form.
    pub office: &'a Office,
    /// The answers that the page gives by itself ([`Kind::Context`]): names and values.
    pub known: &'a [(&'a str, &'a str)],
}

/// The form as a page of the site shows it, below the page's own heading.
pub fn embedded(form: &Form, lang: Lang, place: &Place) -> String {
    let shown = form.language(lang);
    let html = match (place.relay, closed_words(form, shown, place.today)) {
        (None, _) => elsewhere(form, shown, place.office),
        (Some(_), Some(words)) => {
            let words = element("p", "form-intro").text(&words);
            element("div", "form-elsewhere").html(&(words + &contact(shown, place.office, "sent.contact")))
        }
        (Some(relay), None) => blank(form, shown, relay, place),
    };
    if shown == lang { html } else { Element::new("div").attr("lang", shown.as_str()).html(&html) }
}

fn blank(form_: &Form, lang: Lang, relay: &str, place: &Place) -> String {
    let context = Context {
        action: &format!("{relay}/{}", form_.id),
        version: &form_.version(),
        office: place.office,
        heading: false,
        ids: &format!("{}-", form_.id),
        hidden: &[],
        focus: None,
        extra: "",
    };
    let known = place.known.iter().map(|(name, value)| ((*name).to_owned(), Input::Text((*value).to_owned())));
    form(form_, lang, &known.collect::<Vec<_>>(), &Errors::default(), &context).body
}

/// Where to write or call instead, and what to say there.
fn elsewhere(form: &Form, lang: Lang, office: &Office) -> String {
    let asked = form.fields().filter(|(_, field)| !matches!(field.kind, Kind::Context | Kind::Declaration));
    let questions: String =
        asked.map(|(_, field)| Element::new("li").text(field.label.get(lang).unwrap_or(&field.name))).collect();
    let say_this = format!("<p>{}</p>{}", escape(say(lang, "elsewhere.say")), Element::new("ul").html(&questions));
    let promise = form.reply_deadline.map_or(String::new(), |deadline| Element::new("p").text(&deadline.promise(lang)));
    let parts = [contact(lang, office, "elsewhere.contact"), say_this, promise];
    element("div", "form-elsewhere").html(&parts.concat())
}
