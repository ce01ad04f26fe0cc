//! A post answered without a relay: what the preview shows to someone who tries a form of their site.
//!
//! The same check, the same pages, the same shells; but nothing is stored and nothing is delivered.

use jiff::civil::DateTime;

use super::{
    Action, Catalogue, Input, LANGUAGE, Upload,
    html::{self, Context, Page, Problem, Receipt},
    validate,
};

/// What stands in the place of the reference number.
const REFERENCE: &str = "0000-0000-0000";

/// The answer to a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// The status of HTTP: 200, or 422 when the form comes back with errors.
    pub status: u16,
    /// The page.
    pub html: String,
}

/// Answers a post to the form `id`: the form with its errors, the check page, or the confirmation.
///
/// `action` is the address that the next page's form is sent to, `content_type` and `body` are the
/// request's, `now` is local time.
pub fn rehearse(
    catalogue: &Catalogue,
    id: &str,
    action: &str,
    content_type: &str,
    body: &[u8],
    now: DateTime,
) -> Rehearsed {
    let mut inputs = read(content_type, body);
    let lang = catalogue.language(text(&inputs, LANGUAGE));
    let answer = |status, page: &Page| Rehearsed { status, html: catalogue.page(lang, page) };
    let problem = |problem: Problem| answer(problem.status(), &html::problem(lang, problem, catalogue.office()));
    let Some(version) = catalogue.newest(id) else { return problem(Problem::NotFound) };
    let (form, today) = (&version.form, now.date());
    if let Some(closed) = html::closed(form, lang, today, catalogue.office()) {
        return answer(403, &closed);
    }
    let pressed = Action::of(&inputs);
    let focus = match &pressed {
        Action::Edit(field) => Some(field.as_str()),
        _ => None,
    };
    let office = catalogue.office();
    let context =
        Context { action, version: &version.version, office, heading: true, ids: "", hidden: &[], focus, extra: "" };
    pressed.apply(form, &mut inputs);
    if !matches!(pressed, Action::Check | Action::Send) {
        return answer(200, &html::form(form, lang, &inputs, &super::Errors::default(), &context));
    }
    match validate(form, lang, &inputs, today) {
        Err(errors) => answer(422, &html::form(form, lang, &inputs, &errors, &context)),
        Ok(answers) if form.check_answers && pressed == Action::Check => {
            answer(200, &html::check(form, lang, &answers, &inputs, &context))
        }
        Ok(_) => {
            let receipt = Receipt { reference: REFERENCE, received: now, deadline: None, answers: None };
            answer(200, &html::sent(form, lang, &receipt, office))
        }
    }
}

fn text<'a>(inputs: &'a [(String, Input)], name: &str) -> &'a str {
    let found = inputs.iter().find_map(|(known, input)| match input {
        Input::Text(text) if known == name => Some(text.as_str()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// The values of a body as a browser sends it; of files, their names and sizes.
fn read(content_type: &str, body: &[u8]) -> Vec<(String, Input)> {
    match content_type.split_once("boundary=") {
        Some((_, boundary)) => multipart(boundary.trim_matches('"'), &String::from_utf8_lossy(body)),
        None => urlencoded(&String::from_utf8_lossy(body)),
    }
}

fn urlencoded(body: &str) -> Vec<(String, Input)> {
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    let pairs = body.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), Input::Text(decoded(value)))
        })
        .collect()
}

/// Enough of RFC 7578 for a browser on this computer; the relay reads bodies of strangers, and otherwise.
fn multipart(boundary: &str, body: &str) -> Vec<(String, Input)> {
    let delimiter = format!("--{boundary}");
    let parts = body.split(delimiter.as_str()).filter_map(|part| part.strip_prefix("\r\n")?.split_once("\r\n\r\n"));
    parts
        .filter_map(|(head, value)| {
            let value = value.strip_suffix("\r\n").unwrap_or(value);
            let parameter = |name: &str| {
                let (_, rest) = head.split_once(&format!("; {name}=\""))?;
                rest.split('"').next().map(|text| text.replace("%22", "\""))
            };
            let input = match parameter("filename") {
                Some(name) => Input::File(Upload { name, size: value.len() as u64, media_type: None, handle: None }),
                None => Input::Text(value.to_owned()),
            };
            Some((parameter("name")?, input))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::{
        forms::{
            Compiled, Library, Version,
            html::{Office, Shell},
        },
        language::Lang,
    };

    fn catalogue() -> Catalogue {
        let library = Library::new([], &[Lang::ET], &mut Vec::new());
        let forms = ["teabenoue", "teeprobleem", "tagasiside"]
            .map(|id| Version::new(library.get(id).unwrap().clone(), BTreeMap::new()));
        let shells = BTreeMap::from([(Lang::ET, Shell::plain(Lang::ET)), (Lang::EN, Shell::plain(Lang::EN))]);
        let languages = vec![Lang::ET, Lang::EN];
        let office = Office { name: "Kadaka vald".to_owned(), email: None, phone: None };
        Catalogue::new(Compiled::new("http://localhost", office, languages, shells, forms.into()))
    }

    fn post(id: &str, body: &str) -> Rehearsed {
        let now = date(2026, 11, 22).at(12, 0, 0, 0);
        rehearse(&catalogue(), id, "/relay/x", "application/x-www-form-urlencoded", body.as_bytes(), now)
    }

    #[test]
    fn errors_the_check_page_and_the_confirmation_come_as_from_the_relay() {
        let wrong = post("tagasiside", "_lang=en&comment=a+b%C3%B5");
        assert_eq!(wrong.status, 422);
        assert!(wrong.html.contains("Error:") && wrong.html.contains("a bõ"), "{}", wrong.html);
        let sent = post("tagasiside", "_lang=et&rating=5");
        assert!(sent.status == 200 && sent.html.contains("Aitäh tagasiside eest"), "{}", sent.html);
        assert_eq!(post("nothing", "").status, 404);
    }

    #[test]
    fn a_body_with_files_is_read() {
        let body = "--xx\r\nContent-Disposition: form-data; name=\"a.b\"\r\n\r\nõ\r\nz\r\n--xx\r\n\
                    Content-Disposition: form-data; name=\"f\"; filename=\"x y.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--xx--\r\n";
        let file = Upload { name: "x y.pdf".to_owned(), size: 4, media_type: None, handle: None };
        assert_eq!(
            read("multipart/form-data; boundary=xx", body.as_bytes()),
            [("a.b".to_owned(), Input::Text("õ\r\nz".to_owned())), ("f".to_owned(), Input::File(file))]
        );
    }
}
