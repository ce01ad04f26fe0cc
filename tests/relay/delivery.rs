//! Destinations that refuse, defer, hang and break off: in the end everything is delivered.

use super::{
    program::{GOOD, Place, borrowed, checked, get, post, wait_until},
    sinks::{Mood, Sink},
};

/// Quick tries, so that the test ends soon.
const RETRY: &str = "[retry]\nfirst_seconds = 1\nlongest_seconds = 1\nattempt_seconds = 2\n";

fn mail(sink: &Sink) -> String {
    format!(
        "[smtp.office]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"vormid@kadakavald.example\"\n\
         to = [\"vald@kadakavald.example\"]\n{RETRY}",
        sink.address.port()
    )
}

#[test]
fn a_moody_mail_server_gets_everything_in_the_end() {
    let sink = Sink::smtp([Mood::Defer, Mood::Break, Mood::Hang, Mood::AcceptSilently]);
    let place = Place::with(&format!("confirmation = {{ through = \"office\" }}\n{}", mail(&sink)));
    let relay = place.start();
    let mut fields = checked(&relay, &GOOD);
    fields.push(("_receipt".to_owned(), "yes".to_owned()));
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 303);
    wait_until("office and citizen have their mails", || {
        place.json(&["list"])[0]["deliveries"].as_array().expect("two").iter().all(|one| one["state"] == "delivered")
    });
    let received = sink.received();
    let reference = place.json(&["list"])[0]["reference"].as_str().expect("a reference").to_owned();
    assert!(received.len() >= 2, "{received:?}");
    assert!(received.iter().all(|message| message.contains(&format!("{reference}@vormid.kadakavald.example>"))));
    let office = received.iter().find(|message| message.contains("To: vald@kadakavald.example")).expect("the office's");
    assert!(office.contains("Reply-To: mari@example.org") && office.contains("submission.json"));
    let citizen = received.iter().find(|message| message.contains("\nTo: mari@example.org")).expect("the citizen's");
    assert!(citizen.contains("Auto-Submitted: auto-generated") && !citizen.contains("raamatukogu"));
}

#[test]
fn a_moody_webhook_gets_everything_in_the_end_and_redirects_are_not_followed() {
    let sink = Sink::webhook([Mood::Defer, Mood::Hang, Mood::Redirect, Mood::Break, Mood::AcceptSilently]);
    let place = Place::with(&format!(
        "[webhook.office]\nurl = \"http://{}/in\"\nsecret = {{ file = \"secret\" }}\n{RETRY}",
        sink.address
    ));
    let relay = place.start();
    post(&relay.url("/feedback"), &[("text", "Tere\r\nBcc: x@example.org")]);
    wait_until("delivered", || {
        place.json(&["list", "--state", "delivered"]).as_array().is_some_and(|all| all.len() == 1)
    });
    let received = sink.received();
    assert_eq!(received.len(), 2, "once without an answer, once with");
    let reference = place.json(&["list"])[0]["reference"].as_str().expect("a reference").to_owned();
    for request in &received {
        assert!(request.contains(&format!("webhook-id: {reference}")), "{request}");
        assert!(request.contains("webhook-signature: v1,") && request.contains("\"schema\":\"raekoda.submission/1\""));
    }
}

#[test]
fn a_refused_delivery_is_a_dead_letter_that_delays_no_other_and_can_be_sent_again() {
    let sink = Sink::smtp([Mood::Refuse]);
    let place = Place::with(&mail(&sink));
    let relay = place.start();
    post(&relay.url("/feedback"), &[("text", "esimene")]);
    wait_until("given up", || place.json(&["list", "--state", "dead"])[0]["deliveries"][0]["trouble"] == "SMTP 550");
    post(&relay.url("/feedback"), &[("text", "teine")]);
    wait_until("the second one is delivered", || sink.received().len() == 1);
    assert!(place.command(&["retry", "--all"]).status.success());
    post(&relay.url("/feedback"), &[("text", "kolmas")]);
    wait_until("all are delivered", || sink.received().len() == 3);
    let log = relay.stop().join("\n");
    assert!(log.contains("given up") && !log.contains("mari@example.org"), "a server's words are not logged");
}

#[test]
fn an_address_is_confirmed_by_its_owner_before_anything_is_delivered() {
    let sink = Sink::smtp([]);
    let place = Place::with(&format!("confirmation = {{ through = \"office\" }}\n{}", mail(&sink)));
    place.write_forms(&["id = \"news\"\nprefix = \"UKK\"\ntitle = { et = \"Uudiskiri\" }\npurpose = { et = \"x\" }\n\
        legal_basis = { et = \"x\" }\nwhat_happens_next = { et = \"x\" }\nretention_days = 1\nrecipients = [\"office\"]\n\
        check_answers = false\nreply_to = \"email\"\nconfirm_address = true\n\
        [[steps]]\n[[steps.fields]]\nname = \"email\"\nkind = \"email\"\nlabel = { et = \"E-post\" }\n"]);
    let relay = place.start();
    assert_eq!(post(&relay.url("/news"), &[("email", "mari@example.org")]).status, 303);
    wait_until("the letter that asks", || sink.received().len() == 1);
    let letter = sink.received()[0].replace("=\r\n", "").replace("=3D", "=");
    let link = letter.lines().find_map(|line| line.strip_prefix("https://vormid.kadakavald.example")).expect("a link");
    assert_eq!(get(&relay.url(link)).status, 200, "a mail filter opens links: that confirms nothing");
    assert_eq!(place.json(&["list"])[0]["state"], "unconfirmed");
    for _ in 0..2 {
        assert_eq!(post(&relay.url(link), &[]).status, 200);
    }
    wait_until("the office has it", || sink.received().len() == 2);
    assert!(sink.received()[1].contains("To: vald@kadakavald.example"));
}

#[test]
fn a_refusing_webhook_is_a_dead_letter_until_somebody_mends_it() {
    let sink = Sink::webhook([Mood::Refuse]);
    let place = Place::with(&format!(
        "[webhook.office]\nurl = \"http://{}/in\"\nsecret = {{ file = \"secret\" }}\n{RETRY}",
        sink.address
    ));
    let relay = place.start();
    post(&relay.url("/feedback"), &[("text", "Tere!")]);
    wait_until("given up", || place.json(&["list", "--state", "dead"])[0]["deliveries"][0]["trouble"] == "HTTP 410");
    assert!(place.command(&["retry", "--all"]).status.success());
    post(&relay.url("/feedback"), &[("text", "Tere jälle!")]);
    wait_until("both are delivered", || sink.received().len() == 2);
}

#[test]
fn nobody_fills_a_strangers_mailbox_with_confirmations() {
    let sink = Sink::smtp([]);
    let place = Place::with(&format!("confirmation = {{ through = \"office\" }}\n{}", mail(&sink)));
    let relay = place.start();
    for _ in 0..8 {
        let mut fields = checked(&relay, &GOOD);
        fields.push(("_receipt".to_owned(), "yes".to_owned()));
        assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 303, "the office gets every one");
    }
    let to = |whom: &str| sink.received().iter().filter(|mail| mail.contains(&format!("\nTo: {whom}"))).count();
    wait_until("delivered", || to("vald@kadakavald.example") == 8 && to("mari@example.org") >= 5);
    assert_eq!(to("mari@example.org"), 5);
}
