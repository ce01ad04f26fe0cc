//! The words of mails.

use std::fmt::Write as _;

use super::Payload;
use crate::{
    language::{Lang, date_long},
    relay::{document::Document, store::Job},
};

/// One line, fit for a header: lettre encodes it, and this leaves nothing that could begin another.
pub(super) fn line(text: &str) -> String {
    let kept: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// What the office reads: every question in Estonian, and as the citizen saw it where that differs.
pub(crate) fn for_office(job: &Job, payload: &Payload) -> String {
    let title = match payload {
        Payload::Open(document) => format!("{} ({})", document.title("et"), job.form),
        Payload::Sealed(_) => job.form.clone(),
    };
    let mut text = format!("Viitenumber: {}\nVorm: {title}\n", job.reference);
    let received = crate::relay::clock::local_ms(job.received);
    let _ = writeln!(text, "Saabus: {}", received.strftime("%d.%m.%Y %H:%M"));
    if let Some(deadline) = &job.deadline {
        let date = deadline.parse::<jiff::civil::Date>().map(|date| date.strftime("%d.%m.%Y").to_string());
        let _ = writeln!(text, "Vastata hiljemalt: {}", date.as_ref().unwrap_or(deadline));
    }
    let Payload::Open(document) = payload else {
        text.push_str("\nSisu on pitseeritud. Avage see seal, kus on võti:\n    form-relay open submission.sealed.json --key VÕTMEFAIL\n");
        return text;
    };
    let _ = writeln!(text, "Täitmise keel: {}", job.language);
    let mut step = None;
    for question in &document.questions {
        if step != Some(&question.step.et) {
            if !question.step.et.is_empty() {
                let _ = write!(text, "\n== {} ==\n", question.step.et);
            }
            step = Some(&question.step.et);
        }
        let _ = write!(text, "\n{}\n", question.question.et);
        if let Some(own) = question.question.own.as_ref().filter(|own| **own != question.question.et) {
            let _ = writeln!(text, "({own})");
        }
        for line in question.answer.et.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// What the citizen gets: the number and what happens next, none of their answers; or the `link` that
/// confirms the address. Subject and text.
pub(super) fn for_citizen(job: &Job, document: &Document<'_>, link: Option<&str>, office: &str) -> (String, String) {
    let lang = Lang::parse(&job.language).unwrap_or(Lang::ET);
    let words = match lang.as_str() {
        "et" => &WORDS[0],
        "ru" => &WORDS[2],
        _ => &WORDS[1],
    };
    let title = document.title(lang.as_str());
    if let Some(link) = link {
        let text = format!("{} {title}\n\n{link}\n\n{}\n\n{office}\n", words.open_link, words.not_you);
        return (format!("{}: {title}", words.confirm), text);
    }
    let mut text = format!("{}: {title}\n{}: {}\n", words.sent, words.reference, job.reference);
    if let Some(deadline) = job.deadline.as_deref().and_then(|date| date.parse().ok()) {
        let _ = writeln!(text, "{}: {}", words.deadline, date_long(lang, deadline));
    }
    if let Some(next) = document.confirmation.as_deref().filter(|next| !next.is_empty()) {
        let _ = write!(text, "\n{next}\n");
    }
    let _ = write!(text, "\n{office}\n{}\n", words.no_reply);
    (format!("{}: {}", words.received, job.reference), text)
}

/// What mails to citizens say in one language.
struct Words {
    received: &'static str,
    sent: &'static str,
    reference: &'static str,
    deadline: &'static str,
    no_reply: &'static str,
    confirm: &'static str,
    open_link: &'static str,
    not_you: &'static str,
}

/// Estonian, English, Russian.
static WORDS: [Words; 3] = [
    Words {
        received: "Saime teie kirja kätte",
        sent: "Saatsite meile",
        reference: "Viitenumber",
        deadline: "Vastame hiljemalt",
        no_reply: "Sellele kirjale ärge vastake.",
        confirm: "Kinnitage oma e-posti aadress",
        open_link: "Avage link, et kinnitada oma e-posti aadress:",
        not_you: "Kui see ei olnud teie, siis ärge tehke midagi.",
    },
    Words {
        received: "We have received your message",
        sent: "You sent us",
        reference: "Reference number",
        deadline: "We will answer by",
        no_reply: "Please do not reply to this mail.",
        confirm: "Confirm your e-mail address",
        open_link: "Open the link to confirm your e-mail address:",
        not_you: "If this was not you, do nothing.",
    },
    Words {
        received: "Мы получили ваше обращение",
        sent: "Вы отправили нам",
        reference: "Номер обращения",
        deadline: "Ответим не позднее",
        no_reply: "Не отвечайте на это письмо.",
        confirm: "Подтвердите адрес электронной почты",
        open_link: "Откройте ссылку, чтобы подтвердить адрес электронной почты:",
        not_you: "Если это были не вы, ничего не делайте.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_one_line() {
        assert_eq!(line("Tere\r\nBcc: x@example.org\0 "), "Tere Bcc: x@example.org");
    }
}
