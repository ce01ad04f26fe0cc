//! A form under attack: people still get through, with the script, without it, and with a screen reader.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

use super::program::{Answer, GOOD, Place, Relay, borrowed, get, hidden, post};

/// A relay for which the second submission of a form in a row is an attack.
fn relay(place: &Place) -> Relay {
    let relay = place.start();
    for form in ["feedback", "enquiry"] {
        let mut answer = post(&relay.url(&format!("/{form}")), &GOOD);
        if answer.status == 200 {
            answer = send(&relay, form, &answer, None);
        }
        assert_eq!(answer.status, 303, "the first one is no attack");
        let asked = post(&relay.url(&format!("/{form}")), &GOOD);
        if form == "enquiry" {
            send(&relay, form, &asked, None);
        }
    }
    relay
}

fn place(wait_seconds: u32) -> Place {
    Place::with(&format!(
        "[folder.office]\npath = \"drop\"\n[limits]\nposts_per_minute = 0\nleast_check_ms = 0\n\
         proof_per_minute = 1\nproof_wait_seconds = {wait_seconds}\n"
    ))
}

/// Presses the button of a check page.
fn send(relay: &Relay, form: &str, page: &Answer, proof: Option<&str>) -> Answer {
    let mut fields: Vec<_> = hidden(&page.body).into_iter().filter(|(name, _)| name != "_proof").collect();
    fields.push(("_go".to_owned(), "send".to_owned()));
    fields.extend(proof.map(|proof| ("_proof".to_owned(), proof.to_owned())));
    post(&relay.url(&format!("/{form}")), &borrowed(&fields))
}

fn hash(salt: &str, number: u64) -> String {
    Sha256::digest(format!("{salt}{number}")).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// What the script does with the page.
fn solved(page: &str) -> String {
    let (_, rest) = page.split_once("data-challenge=\"").expect("a challenge");
    let json = rest.split('"').next().expect("its end").replace("&quot;", "\"");
    let mut challenge: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let (salt, wanted) = (challenge["salt"].as_str().expect("salt"), challenge["challenge"].as_str().expect("hash"));
    let number = (0..=challenge["maxnumber"].as_u64().expect("a number")).find(|number| hash(salt, *number) == wanted);
    challenge["number"] = number.expect("a solution").into();
    BASE64_STANDARD.encode(challenge.to_string())
}

#[test]
fn with_the_script_a_submission_costs_a_second_of_work() {
    let place = place(3_600);
    let relay = relay(&place);
    for form in ["enquiry", "feedback"] {
        let page = post(&relay.url(&format!("/{form}")), &GOOD);
        assert!(page.body.contains("role=\"status\"") && page.body.contains("src=\"/proof.js\""), "{}", page.body);
        let proof = solved(&page.body);
        assert_eq!(send(&relay, form, &page, Some(&proof)).status, 303);
        let other = post(&relay.url(&format!("/{form}")), &GOOD);
        assert_eq!(send(&relay, form, &other, Some(&proof)).status, 200, "a proof is good for one submission");
        assert_eq!(send(&relay, form, &other, Some("-")).status, 200);
    }
    assert_eq!(place.json(&["list"]).as_array().expect("a list").len(), 4);
    let script = get(&relay.url("/proof.js"));
    assert!(script.headers["content-type"].to_str().expect("text").starts_with("text/javascript"));
}

#[test]
fn without_the_script_it_costs_a_wait_that_the_page_tells() {
    let place = place(3_600);
    let relay = relay(&place);
    let page = post(&relay.url("/enquiry"), &[&GOOD[..], &[("_lang", "en")]].concat());
    let from = page.body.split("You can send the form from ").nth(1).and_then(|rest| rest.get(..5)).expect("a time");
    let again = send(&relay, "enquiry", &page, None);
    assert_eq!(again.status, 200);
    assert!(again.body.contains(from), "sending too early does not make the wait longer");
    assert!(again.body.contains("Millal avatakse Kadaka raamatukogu?"), "the answers stay");
}

#[test]
fn who_waited_gets_through_and_a_client_that_sends_many_does_not() {
    let place = place(0);
    let relay = place.start();
    let pages: Vec<Answer> = (0..4).map(|_| post(&relay.url("/enquiry"), &GOOD)).collect();
    let statuses: Vec<u16> = pages.iter().map(|page| send(&relay, "enquiry", page, None).status).collect();
    assert_eq!(statuses, [303, 303, 200, 200], "a calm one, one that waited, and no more of this client this minute");
    let metrics = get(&format!("http://{}/metrics", relay.admin)).body;
    assert!(metrics.contains("form_relay_unproven_total{form=\"enquiry\"}"), "{metrics}");
}
