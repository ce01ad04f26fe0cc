//! The pages around a form: sent, not open, something is in the way.

use jiff::civil::{Date, DateTime};

use super::{
    Office, Page,
    check::sections_html,
    markup::{Element, element, escape, paragraphs},
};
use crate::{
    forms::{
        Answers, Availability, Form,
        words::{fill, say},
    },
    language::{self, Lang},
};

/// What a stored submission is answered with.
#[derive(Clone, Debug)]
pub struct Receipt<'a> {
    /// The reference number.
    pub reference: &'a str,
    /// When it was stored, in the office's time zone.
    pub received: DateTime,
    /// By when the office must answer.
    pub deadline: Option<Date>,
    /// The answers, where the reader has shown that they are theirs.
    pub answers: Option<&'a Answers>,
}

/// The confirmation, which is also what is printed.
pub fn sent(form: &Form, lang: Lang, receipt: &Receipt, office: &Office) -> Page {
    let own = if form.confirm_address { say(lang, "sent.confirm-title") } else { say(lang, "sent.title") };
    let title = form.confirmation.get(lang).unwrap_or(own);
    // Whoever rated a page gets no answer and has nothing to ask about: a number would only look like a promise.
    let numbered = form.rating.is_none() || form.reply_to.is_some() || form.reply_deadline.is_some();
    let mut panel = Element::new("h1").text(title);
    if numbered {
        let number = Element::new("strong").text(receipt.reference);
        panel +=
            &element("p", "receipt-reference").html(&format!("{}<br>{number}", escape(say(lang, "sent.reference"))));
    }
    let day = language::date_long(lang, receipt.received.date());
    let received =
        fill(lang, "sent.received", &[("date", &day), ("time", &language::time(lang, receipt.received.time()))]);
    let mut body = element("div", "receipt").attr("role", "status").html(&panel);
    body += &Element::new("p").text(&received);
    if numbered {
        body += &Element::new("p").text(say(lang, "sent.keep"));
    }
    body += &Element::new("h2").text(say(lang, "sent.next"));
    if form.confirm_address {
        body += &Element::new("p").text(say(lang, "sent.confirm"));
    }
    body += &paragraphs("form-intro", form.what_happens_next.get(lang).unwrap_or_default());
    if let Some(deadline) = receipt.deadline {
        let date = language::date_long(lang, deadline);
        body += &Element::new("p").text(&fill(lang, "sent.deadline", &[("date", &date)]));
    }
    body += &contact(lang, office, "sent.contact");
    if let Some(answers) = receipt.answers {
        body += &Element::new("h2").text(say(lang, "sent.answers"));
        // A heading of a step stands below this one.
        let sections = sections_html(&answers.sections(form, lang), lang, |_| String::new());
        body += &sections.replace("<h2>", "<h3>").replace("</h2>", "</h3>");
    }
    Page { title: format!("{title}: {}", form.title.get(lang).unwrap_or(&form.id)), body }
}

/// After the link in the letter was opened: the address is confirmed.
pub fn address_confirmed(form: &Form, lang: Lang, office: &Office) -> Page {
    let title = say(lang, "sent.confirmed-title");
    let next = paragraphs("form-intro", form.what_happens_next.get(lang).unwrap_or_default());
    let body = format!("{}{next}{}", Element::new("h1").text(title), contact(lang, office, "sent.contact"));
    Page { title: title.to_owned(), body }
}

/// The page of a form that may not be sent today; nothing for one that may.
pub fn closed(form: &Form, lang: Lang, today: Date, office: &Office) -> Option<Page> {
    let words = closed_words(form, lang, today)?;
    let name = form.title.get(lang).unwrap_or(&form.id);
    let heading = Element::new("h1").text(name);
    let body = format!("{heading}{}{}", element("p", "form-intro").text(&words), contact(lang, office, "sent.contact"));
    Some(Page { title: fill(lang, "closed.title", &[("title", name)]), body })
}

/// From when or until when a form may be sent that may not be sent today.
pub(super) fn closed_words(form: &Form, lang: Lang, today: Date) -> Option<String> {
    let (key, date) = match form.availability(today) {
        Availability::Open => return None,
        Availability::NotYet(from) => ("closed.not-yet", from),
        Availability::Closed(until) => ("closed.over", until),
    };
    Some(fill(lang, key, &[("date", &language::date_long(lang, date))]))
}

/// What kept a submission from being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The check page's token is too old; the answers can be sent again.
    Expired,
    /// There is no such form.
    NotFound,
    /// Sent from another site.
    Forbidden,
    /// More than is allowed.
    TooLarge,
    /// Neither of the encodings of forms.
    Unsupported,
    /// A body that cannot be read, or without what it must have.
    Unprocessable,
    /// Too often from one network, or too many for one form.
    TooMany,
    /// The store or its queue does not take more now.
    Unavailable,
}

impl Problem {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Expired,
        Self::NotFound,
        Self::Forbidden,
        Self::TooLarge,
        Self::Unsupported,
        Self::Unprocessable,
        Self::TooMany,
        Self::Unavailable,
    ];

    /// The status of HTTP.
    pub fn status(self) -> u16 {
        match self {
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::TooLarge => 413,
            Self::Unsupported => 415,
            Self::Expired | Self::Unprocessable => 422,
            Self::TooMany => 429,
            Self::Unavailable => 503,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Expired => ("problem.expired.title", "problem.expired.text"),
            Self::NotFound => ("problem.not-found.title", "problem.not-found.text"),
            Self::Forbidden => ("problem.forbidden.title", "problem.forbidden.text"),
            Self::TooLarge => ("problem.too-large.title", "problem.too-large.text"),
            Self::Unsupported => ("problem.unsupported.title", "problem.unsupported.text"),
            Self::Unprocessable => ("problem.unprocessable.title", "problem.unprocessable.text"),
            Self::TooMany => ("problem.too-many.title", "problem.too-many.text"),
            Self::Unavailable => ("problem.unavailable.title", "problem.unavailable.text"),
        }
    }
}

/// The page that says what is in the way, that nothing was sent, and what else one can do.
pub fn problem(lang: Lang, problem: Problem, office: &Office) -> Page {
    let (title, text) = problem.words();
    let title = say(lang, title);
    let mut body = Element::new("h1").text(title) + &element("p", "form-intro").text(say(lang, text));
    let sentences = match problem {
        Problem::NotFound => Vec::new(),
        _ => vec![say(lang, "problem.sent-nothing"), say(lang, "problem.back")],
    };
    if !sentences.is_empty() {
        body += &Element::new("p").text(&sentences.join(" "));
    }
    body += &contact(lang, office, "problem.other-way");
    Page { title: title.to_owned(), body }
}

/// How else to reach the office.
pub(super) fn contact(lang: Lang, office: &Office, key: &str) -> String {
    let email = office.email.iter().map(|email| Element::new("a").attr("href", &format!("mailto:{email}")).text(email));
    let phone = office.phone.iter().map(|phone| {
        let number: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        Element::new("a").attr("href", &format!("tel:{number}")).text(phone)
    });
    let ways: Vec<String> = email.chain(phone).collect();
    if ways.is_empty() {
        return String::new();
    }
    Element::new("p").html(&format!("{} {}", escape(say(lang, key)), ways.join(", ")))
}
