//! A citizen's way: fill in, mend, check, send, be told the number.

use super::program::{GOOD, Place, borrowed, checked, get, hidden, multipart, post, post_body, wait_until};

/// The reference number on a confirmation page.
fn reference(page: &str) -> String {
    let at = page.find("KIRI-").or_else(|| page.find("TAG-")).expect("a reference");
    page[at..].split(['<', ' ']).next().expect("its end").to_owned()
}

#[test]
fn a_submission_is_checked_stored_confirmed_and_delivered() {
    let place = Place::new();
    let relay = place.start();

    let wrong = post(&relay.url("/enquiry"), &[("name", "Mari Maasikas"), ("email", "mari"), ("_lang", "et")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("Mari Maasikas") && wrong.body.contains("<title>Viga:"), "{}", wrong.body);

    let page = post(&relay.url("/enquiry"), &GOOD);
    assert!(page.body.contains("Millal avatakse Kadaka raamatukogu?") && page.body.contains("_token"), "{}", page.body);
    assert!(place.json(&["list"]).as_array().expect("a list").is_empty(), "nothing is stored before it is sent");

    let fields = checked(&relay, &GOOD);
    let sent = post(&relay.url("/enquiry"), &borrowed(&fields));
    assert_eq!(sent.status, 303, "{}", sent.body);
    let confirmation = get(&relay.url(&sent.location));
    assert_eq!(confirmation.status, 200);
    let reference = reference(&confirmation.body);
    assert!(confirmation.body.contains("Vastame teile."));
    assert!(!confirmation.body.contains("Mari"), "a link shows no answers");

    wait_until("delivered", || !place.dropped().is_empty());
    let dropped = place.dropped();
    let submission = &dropped[&reference];
    assert_eq!(submission["answers"]["name"], "Mari Maasikas");
    assert_eq!(submission["questions"][2]["question"]["et"], "Mida soovite teada?");
    assert!(submission["deadline"].as_str().is_some_and(|date| date.len() == 10));
    wait_until("noted as delivered", || place.json(&["list", "--state", "delivered"])[0]["reference"] == *reference);
    let shown = place.command(&["show", &reference.to_lowercase()]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("Mari Maasikas"));
    assert!(place.command(&["audit"]).status.success());
    relay.stop();
}

#[test]
fn sending_twice_is_one_submission_with_one_number() {
    let place = Place::new();
    let relay = place.start();
    let fields = checked(&relay, &GOOD);
    let numbers: Vec<String> = std::thread::scope(|scope| {
        let send = || reference(&get(&relay.url(&post(&relay.url("/enquiry"), &borrowed(&fields)).location)).body);
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().expect("sent")).collect()
    });
    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
    assert_eq!(place.json(&["list"]).as_array().expect("a list").len(), 1);
}

/// A form without a check page brings no token: what it says is what it is known by.
#[test]
fn the_same_words_sent_twice_are_one_submission_without_a_check_page_too() {
    let place = Place::new();
    let relay = place.start();
    let send =
        |text: &str| reference(&get(&relay.url(&post(&relay.url("/feedback"), &[("text", text)]).location)).body);
    let (first, again, other) = (send("Lisage hinnad."), send("Lisage hinnad."), send("Lisage kellaajad."));
    assert_eq!(first, again);
    assert_ne!(first, other);
    relay.stop();
    let relay = place.start();
    let after = post(&relay.url("/feedback"), &[("text", "Lisage hinnad.")]);
    assert_eq!(reference(&get(&relay.url(&after.location)).body), first);
    assert_eq!(place.json(&["list"]).as_array().expect("a list").len(), 2);
}

#[test]
fn an_attachment_goes_with_it_and_a_wrong_one_is_refused() {
    let place = Place::new();
    let relay = place.start();
    let (kind, body) = multipart(&GOOD, &[("papers", "../evil.pdf", b"MZ this is no document")]);
    let refused = post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer");
    assert_eq!(refused.status, 422);

    let (kind, body) = multipart(&GOOD, &[("papers", "../Leping 1.pdf", b"%PDF-1.7 the contract")]);
    let page = post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer");
    assert_eq!(page.status, 200, "{}", page.body);
    let mut fields = hidden(&page.body);
    fields.push(("_go".to_owned(), "send".to_owned()));
    let (kind, body) = multipart(&borrowed(&fields), &[]);
    let sent = post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer");
    assert_eq!(sent.status, 303, "{}", sent.body);
    wait_until("delivered", || !place.dropped().is_empty());
    let (reference, submission) = place.dropped().pop_first().expect("one");
    assert_eq!(submission["attachments"][0]["name"], "Leping 1.pdf");
    let file = place.path("drop").join(reference).join("attachments/1-Leping 1.pdf");
    assert_eq!(std::fs::read(file).expect("the file"), b"%PDF-1.7 the contract");
}

#[test]
fn a_page_of_an_older_version_is_still_good_after_a_deploy_and_a_restart() {
    let place = Place::new();
    let relay = place.start();
    let fields = checked(&relay, &GOOD);
    relay.stop();
    let newer = "id = \"enquiry\"\nprefix = \"KIRI\"\ntitle = { et = \"Uus\" }\npurpose = { et = \"x\" }\n\
                 legal_basis = { et = \"x\" }\nwhat_happens_next = { et = \"x\" }\nretention_days = 1\nrecipients = [\"office\"]\n\
                 [[steps]]\n[[steps.fields]]\nname = \"other\"\nkind = \"text\"\nlabel = { et = \"Muu\" }\n";
    place.write_forms(&[newer]);
    let relay = place.start();
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 303);
    assert_eq!(post(&relay.url("/enquiry"), &GOOD).status, 422, "a new page has the new questions");
}

#[test]
fn a_deploy_while_people_are_writing_loses_nobody() {
    let place = Place::new();
    let relay = place.start();
    let blank = get(&relay.url("/enquiry"));
    let reviewed = checked(&relay, &GOOD);
    let said = |words: &str| relay.log.lock().expect("the log").iter().any(|line| line.contains(words));
    // A file that cannot be used changes nothing.
    std::fs::write(place.path("forms.json"), "{").expect("written");
    wait_until("the broken one is refused", || said("cannot be used"));
    assert_eq!(post(&relay.url("/enquiry"), &GOOD).status, 200);
    let newer = super::program::ENQUIRY.replace("name = \"text\"", "name = \"other\"");
    place.write_forms(&[&newer]);
    wait_until("the new one is taken", || said("new forms are in place"));
    // Half filled in: the page that was open before has its own questions, to the end.
    let mut fields = hidden(&blank.body);
    fields.extend(GOOD.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let page = post(&relay.url("/enquiry"), &borrowed(&fields));
    assert!(page.status == 200 && page.body.contains("raamatukogu"), "{}", page.body);
    let mut fields = hidden(&page.body);
    fields.push(("_go".to_owned(), "send".to_owned()));
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 303);
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&reviewed)).status, 303, "nor is a checked one lost");
    assert_eq!(post(&relay.url("/enquiry"), &GOOD).status, 422, "a new page has the new questions");
    wait_until("delivered", || place.dropped().len() == 2);
}

#[test]
fn what_robots_fill_in_is_set_aside_and_can_be_let_out() {
    let place = Place::new();
    let relay = place.start();
    let sent = post(&relay.url("/feedback"), &[("text", "Osta odavalt!"), ("homepage", "https://spam.example")]);
    assert_eq!(sent.status, 303, "a robot is told nothing");
    let listed = place.json(&["list", "--state", "quarantined"]);
    let reference = listed[0]["reference"].as_str().expect("a reference");
    assert_eq!(listed[0]["deliveries"][0]["state"], "held");
    assert!(place.command(&["release", reference]).status.success());
    // Another process changed the store: the relay looks now and then; a new submission makes it look at once.
    post(&relay.url("/feedback"), &[("text", "Tänan!")]);
    wait_until("both delivered", || place.dropped().len() == 2);
}

#[test]
fn other_origins_forms_and_encodings_are_refused() {
    let place = Place::new();
    let relay = place.start();
    let foreign = super::program::agent()
        .post(relay.url("/enquiry"))
        .header("origin", "https://evil.example")
        .send_form(GOOD)
        .expect("an answer");
    assert_eq!(foreign.status(), 403);
    let large = "x".repeat(2 << 20);
    for (refused, status) in [
        (post(&relay.url("/nothing"), &GOOD), 404),
        (post_body(&relay.url("/enquiry"), "application/json", b"{}").expect("an answer"), 415),
        (get(&relay.url("/enquiry/sent/forged")), 404),
        (post(&relay.url("/enquiry"), &[("text", large.as_str())]), 413),
    ] {
        assert_eq!(refused.status, status);
        assert!(
            refused.body.contains("<h1>") && refused.body.contains("<html lang="),
            "{status}: a page that says why"
        );
        assert!(refused.headers.contains_key("content-security-policy"), "{status}");
    }
    let blank = get(&relay.url("/enquiry"));
    let policy = blank.headers.get("content-security-policy").expect("a policy").to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(blank.headers.get("cache-control").expect("a header"), "no-store");
}

#[test]
fn limits_tell_when_to_come_again() {
    let settings = "[folder.office]\npath = \"drop\"\n[limits]\nposts_per_minute = 2\n";
    let place = Place::with(settings);
    let relay = place.start();
    let statuses: Vec<u16> = (0..3).map(|_| post(&relay.url("/feedback"), &[("text", "Tere!")]).status).collect();
    assert_eq!(statuses, [303, 303, 429]);
    let refused = post(&relay.url("/feedback"), &[("text", "Tere!")]);
    assert!(refused.headers.contains_key("retry-after") && refused.body.contains("<h1>"), "{}", refused.body);
}

#[test]
fn a_wrong_configuration_is_explained() {
    let place = Place::with("lisen = 1\n");
    let text = String::from_utf8(place.command(&["check"]).stderr).expect("text");
    assert!(text.contains("`lisen`") && text.contains("Did you mean `listen`?"), "{text}");
    let place = Place::with("[folder.ofice]\npath = \"drop\"\n");
    let text = String::from_utf8(place.command(&["check"]).stderr).expect("text");
    assert!(text.contains("office") && text.contains("Did you mean `ofice`?"), "{text}");
    assert!(Place::new().command(&["check"]).status.success());
}

#[test]
fn logs_hold_nothing_that_was_written() {
    let place = Place::new();
    let relay = place.start();
    let canary = "Kanarbik-7291";
    let fields = [("name", canary), ("email", "kanarbik7291@example.org"), ("text", canary)];
    let sent = post(&relay.url("/enquiry"), &borrowed(&checked(&relay, &fields)));
    post(&relay.url("/enquiry"), &[("name", canary), ("email", canary), (canary, canary)]);
    wait_until("delivered", || !place.dropped().is_empty());
    assert!(!sent.location.to_lowercase().contains("kanarbik"));
    let log = relay.stop().join("\n").to_lowercase();
    assert!(log.contains("stored") && !log.contains("kanarbik"), "{log}");
}

#[test]
fn how_satisfied_people_are_is_public_and_who_they_are_is_not() {
    let place = Place::new();
    let relay = place.start();
    post(&relay.url("/feedback"), &[("text", "Tere!")]);
    let statistics = get(&relay.url("/stats.json"));
    assert_eq!((statistics.status, statistics.body.as_str()), (200, "[]"), "one person is too few to show");
}
