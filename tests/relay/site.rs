//! From a site's folder to a number: the generator builds, the relay takes its `forms.json` and answers.

use std::fs;

use super::program::{Answer, Place, agent, borrowed, get, hidden, post, wait_until};
use crate::{driver::Site, forms::SITE};

/// A built site, and a folder for the relay that takes its forms.
fn built() -> (Site, Place) {
    let site = Site::with(SITE);
    site.build(&[]).fine();
    let place = Place::with("[folder.registry]\npath = \"drop\"\n[folder.communication]\npath = \"drop\"\n");
    fs::copy(site.out().join("forms.json"), place.path("forms.json")).unwrap();
    (site, place)
}

/// What a citizen writes, and what the pages of a language say.
struct Reader {
    lang: &'static str,
    page: &'static str,
    error: &'static str,
    check: &'static str,
    sent: &'static str,
}

const READERS: [Reader; 3] = [
    Reader {
        lang: "et",
        page: "vormid/teabenoue/index.html",
        error: "<title>Viga: Teabenõue | Kadaka vald</title>",
        check: "Kontrollige vastused üle",
        sent: "Teie viitenumber",
    },
    Reader {
        lang: "en",
        page: "en/vormid/information-request/index.html",
        error: "<title>Error: Information request | Kadaka vald</title>",
        check: "Check your answers",
        sent: "Your reference number",
    },
    Reader {
        lang: "ru",
        page: "ru/vormid/teabenoue/index.html",
        error: "<title>Ошибка: Запрос информации | Kadaka vald</title>",
        check: "Проверьте ответы",
        sent: "Номер вашего обращения",
    },
];

/// The e-form of a page, without the theme's other forms.
fn form(page: &str) -> &str {
    let from = page.find("<form class=\"form\"").expect("a form");
    &page[from..from + page[from..].find("</form>").expect("its end")]
}

fn action(form: &str) -> &str {
    let path = form.split("action=\"https://vormid.kadakavald.example").nth(1).expect("an address");
    path.split('"').next().expect("its end")
}

#[test]
fn what_the_build_gives_the_relay_answers_in_three_languages() {
    let (site, place) = built();
    let relay = place.start();

    for reader in READERS {
        let page = site.page(reader.page);
        let blank = form(&page);
        let url = relay.url(action(blank));
        // A browser that would rather have another language.
        let send = |fields: &[(&str, &str)]| -> Answer {
            let other = if reader.lang == "en" { "ru" } else { "en" };
            super::program::answer(
                agent().post(&url).header("accept-language", other).send_form(fields.iter().copied()),
            )
            .unwrap()
        };
        let typed = [("name", "Mari Maasikas"), ("content", "Millal avatakse <b>raamatukogu</b>?")];
        let mut fields = hidden(blank);
        fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let wrong = send(&borrowed(&fields));
        assert_eq!(wrong.status, 422, "{}", wrong.body);
        assert!(wrong.body.contains(reader.error), "{}", wrong.body);
        assert!(wrong.body.contains(&format!("<html lang=\"{}\">", reader.lang)));
        for (_, value) in typed {
            let kept = value.replace('<', "&lt;").replace('>', "&gt;");
            assert!(wrong.body.contains(&kept), "{kept} in {}", wrong.body);
        }
        assert!(wrong.body.contains("href=\"https://www.kadakavald.example/assets/main."), "the theme's own look");

        let mut fields = hidden(form(&wrong.body));
        fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        fields
            .extend([("delivery", "email"), ("email", "mari@example.org")].map(|(n, v)| (n.to_owned(), v.to_owned())));
        let check = send(&borrowed(&fields));
        assert_eq!(check.status, 200, "{}", check.body);
        assert!(check.body.contains(reader.check) && check.body.contains("_token"), "{}", check.body);

        let mut fields = hidden(form(&check.body));
        fields.push(("_go".to_owned(), "send".to_owned()));
        let sent = send(&borrowed(&fields));
        assert_eq!(sent.status, 303, "{}", sent.body);
        let confirmation = get(&relay.url(&sent.location));
        assert!(confirmation.body.contains(reader.sent) && confirmation.body.contains("TN-"), "{}", confirmation.body);
        assert!(!confirmation.body.contains("Mari"), "a link shows no answers");
    }

    let feedback = site.page("vormid/teabenoue/index.html");
    let from = feedback.find("<form class=\"feedback\"").expect("the question about the page");
    let mut fields = hidden(&feedback[from..]);
    fields.push(("rating".to_owned(), "5".to_owned()));
    let rated = post(&relay.url(action(&feedback[from..])), &borrowed(&fields));
    assert_eq!(rated.status, 303);
    let thanks = get(&relay.url(&rated.location)).body;
    assert!(thanks.contains("Aitäh tagasiside eest") && !thanks.contains("viitenumber"), "{thanks}");
    wait_until("delivered", || place.dropped().len() == 4);
}

#[test]
fn the_language_of_an_answer_is_the_pages() {
    let (_, place) = built();
    let relay = place.start();
    for (path, lang) in [("/teabenoue?lang=ru", "ru"), ("/nothing?lang=en", "en"), ("/a/b/c?x=1&lang=ru", "ru")] {
        assert!(get(&relay.url(path)).body.contains(&format!("<html lang=\"{lang}\">")), "{path}");
    }
    let refused = super::program::answer(
        agent().post(relay.url("/teabenoue?lang=ru")).header("origin", "https://evil.example").send_form([("a", "b")]),
    )
    .unwrap();
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("<html lang=\"ru\">"), "{}", refused.body);
}

#[test]
fn what_people_think_of_a_page_is_public_once_there_are_enough_of_them() {
    let (site, place) = built();
    let relay = place.start();
    let page = site.page("vormid/teabenoue/index.html");
    let feedback = &page[page.find("<form class=\"feedback\"").expect("the question about the page")..];
    let url = relay.url(action(feedback));
    // Said in different words: the same words of one client are one submission.
    for (rating, text) in [("5", "Aitäh!"), ("4", "Selge."), ("5", "Hea."), ("3", "Pikk."), ("5", "")] {
        let mut fields = hidden(feedback);
        fields.extend([("rating".to_owned(), rating.to_owned()), ("comment".to_owned(), text.to_owned())]);
        assert_eq!(post(&url, &borrowed(&fields)).status, 303);
    }
    let statistics = get(&relay.url("/stats.json"));
    let lines: serde_json::Value = serde_json::from_str(&statistics.body).expect("JSON");
    assert_eq!(lines.as_array().expect("a list").len(), 1, "{lines}");
    assert_eq!((lines[0]["rated"].as_i64(), lines[0]["mean"].as_f64()), (Some(5), Some(4.4)));
    assert!(lines[0]["page"].as_str().is_some_and(|page| page.contains("vormid/teabenoue")), "{lines}");
    assert_eq!(statistics.headers.get("access-control-allow-origin").expect("for the site to show"), "*");
    assert_eq!(place.json(&["stats"])[0]["mean"], 4.4);
}
