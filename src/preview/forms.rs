//! E-forms in the preview: checked by the real code, answered with the real pages, stored nowhere.

use jiff::civil::DateTime;

use super::edition::Edition;
use crate::{
    diagnostics::Language,
    forms::{
        Action, Errors, Input, Upload,
        html::{self, Context, Page, Receipt},
        validate,
    },
    language::Lang,
};

/// Where forms are sent in a preview.
pub const FORMS: &str = "/__raekoda/forms";

/// The largest body that is read, in bytes: the relay has limits of its own.
pub(super) const LIMIT: u64 = 64 * 1024 * 1024;

/// The page that answers what was sent to the form `id`, and its status; nothing when there is no such form.
pub(super) fn answer(
    edition: &Edition,
    id: &str,
    mut sent: Vec<(String, Input)>,
    speak: Language,
) -> Option<(u16, String)> {
    let world = edition.renderer().world();
    let form = world.forms.get(id)?;
    let text = |name: &str| {
        sent.iter().find_map(|(known, input)| match input {
            Input::Text(text) if known == name => Some(text.clone()),
            _ => None,
        })
    };
    let asked = text(crate::forms::LANGUAGE).and_then(|tag| Lang::parse(&tag));
    let lang = form.language(asked.unwrap_or(world.site.settings.default_language()));
    let (today, office, version) = (world.site.moment.at.date(), world.office(), form.version());
    let action = Action::of(&sent);
    let focus = match &action {
        Action::Edit(field) => Some(field.clone()),
        _ => None,
    };
    let page_action = format!("{FORMS}/{id}");
    let context = Context {
        action: &page_action,
        version: &version,
        office: &office,
        heading: true,
        ids: "",
        hidden: &[],
        focus: focus.as_deref(),
        extra: "",
    };
    action.apply(form, &mut sent);
    let (status, page) = match (&action, validate(form, lang, &sent, today)) {
        (Action::Edit(_) | Action::Add(_) | Action::Remove(..), _) => {
            (200, html::form(form, lang, &sent, &Errors::default(), &context))
        }
        (_, Err(errors)) => (422, html::form(form, lang, &sent, &errors, &context)),
        (Action::Check, Ok(answers)) if form.check_answers => (200, html::check(form, lang, &answers, &sent, &context)),
        (_, Ok(answers)) => {
            let receipt = receipt(world.site.moment.at, &answers);
            (200, html::sent(form, lang, &receipt, &office))
        }
    };
    let page = noted(page, speak);
    let shell = edition.renderer().shell(lang).unwrap_or_else(|_| html::Shell::plain(lang));
    Some((status, shell.fill(&page)))
}

fn receipt(now: DateTime, answers: &crate::forms::Answers) -> Receipt<'_> {
    Receipt { reference: "EELVAADE-0000", received: now, deadline: None, answers: Some(answers) }
}

/// Says that nothing is stored.
fn noted(page: Page, speak: Language) -> Page {
    let words = match speak {
        Language::Estonian => "Eelvaade: vastuseid kontrolliti, aga neid ei salvestata ega saadeta kuhugi.",
        Language::English => "Preview: the answers were checked, but they are neither stored nor sent anywhere.",
    };
    Page { body: format!("<p class=\"form-note\" role=\"note\"><strong>{words}</strong></p>{}", page.body), ..page }
}

/// The values of a body, by its media type.
pub(super) fn values(kind: &str, body: &[u8]) -> Vec<(String, Input)> {
    match kind.split_once("boundary=") {
        Some((_, boundary)) => multipart(boundary.trim_matches('"'), body),
        None => {
            let body = String::from_utf8_lossy(body);
            let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
            pairs.map(|(name, value)| (decoded(name), Input::Text(decoded(value)))).collect()
        }
    }
}

/// A name or a value of `application/x-www-form-urlencoded`.
pub(super) fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// The parts of `multipart/form-data` (RFC 7578). Of files only name and size are kept.
fn multipart(boundary: &str, body: &[u8]) -> Vec<(String, Input)> {
    let delimiter = format!("\r\n--{boundary}");
    let body = [b"\r\n", body].concat();
    let mut parts = Vec::new();
    let mut rest = &body[..];
    while let Some(start) = find(rest, delimiter.as_bytes()) {
        rest = &rest[start + delimiter.len()..];
        let end = find(rest, delimiter.as_bytes()).unwrap_or(rest.len());
        let Some(head) = find(&rest[..end], b"\r\n\r\n") else { continue };
        let (headers, content) = (String::from_utf8_lossy(&rest[..head]), &rest[head + 4..end]);
        let parameter = |name: &str| {
            let at = headers.find(&format!("{name}=\""))? + name.len() + 2;
            headers[at..].split('"').next().map(ToOwned::to_owned)
        };
        let Some(name) = parameter(" name") else { continue };
        match parameter("filename") {
            Some(file) if file.is_empty() && content.is_empty() => {}
            Some(file) => {
                let upload =
                    Upload { name: file, size: content.len() as u64, media_type: None, handle: Some("0".to_owned()) };
                parts.push((name, Input::File(upload)));
            }
            None => parts.push((name, Input::Text(String::from_utf8_lossy(content).into_owned()))),
        }
    }
    parts
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_sending_a_form_give_the_same_values() {
        let plain = values("application/x-www-form-urlencoded", "nimi=%C3%95ie+K%C3%A4gu&_go=check".as_bytes());
        let parts = "--x\r\nContent-Disposition: form-data; name=\"nimi\"\r\n\r\nÕie Kägu\r\n--x\r\nContent-Disposition: form-data; name=\"_go\"\r\n\r\ncheck\r\n--x--\r\n";
        assert_eq!(plain, values("multipart/form-data; boundary=x", parts.as_bytes()));
        assert_eq!(plain[0], ("nimi".to_owned(), Input::Text("Õie Kägu".to_owned())));
    }

    #[test]
    fn a_broken_body_is_no_panic() {
        for body in ["", "--x", "--x\r\n\r\n", "--x\r\nname=\"", "\r\n--x--"] {
            values("multipart/form-data; boundary=x", body.as_bytes());
        }
        values("multipart/form-data; boundary=", b"abc");
    }
}
