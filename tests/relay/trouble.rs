//! Disks and databases that fail: a clean 503, nothing half stored, and well again by itself.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use rusqlite::Connection;
use rustix::process::{Resource, Rlimit, prlimit};

use super::program::{
    GOOD, Place, Relay, agent, borrowed, checked, get, hidden, multipart, post, post_body, wait_until,
};

/// System calls of a running relay that fail until this is dropped.
struct Fault(Child);

impl Fault {
    /// `None` where strace is not installed or not allowed; `tests/run` installs it.
    fn inject(relay: &Relay, calls: &str, error: &str) -> Option<Self> {
        let process = relay.process().as_raw_nonzero().to_string();
        let what = [format!("trace={calls}"), format!("inject={calls}:error={error}")];
        let mut child = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", &what[0], "-e", &what[1], "-p", &process])
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        let said = BufReader::new(child.stderr.take()?).lines().map_while(Result::ok).next();
        let attached = said.is_some_and(|line| line.contains("attached"));
        let fault = Self(child);
        attached.then_some(fault)
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        // Told, and not killed: it lets the relay go on.
        let _ = rustix::process::kill_process(rustix::process::Pid::from_child(&self.0), rustix::process::Signal::TERM);
        let _ = self.0.wait();
    }
}

fn database(place: &Place) -> Connection {
    Connection::open(place.path("data/relay.sqlite")).expect("opened")
}

/// How many submissions the store has, and how many of them are delivered.
fn counts(place: &Place) -> (usize, usize) {
    let count = |arguments: &[&str]| place.json(arguments).as_array().expect("a list").len();
    (count(&["list"]), count(&["list", "--state", "delivered"]))
}

#[test]
fn a_full_disk_stores_nothing_and_is_well_again_when_there_is_room() {
    let place = Place::new();
    let relay = place.start();
    assert_eq!(post(&relay.url("/feedback"), &[("text", "enne")]).status, 303);
    wait_until("delivered", || counts(&place) == (1, 1));
    let fields = checked(&relay, &GOOD);
    let limit = |current| Rlimit { current, maximum: None };
    // No file may grow beyond its first byte: every write fails as on a full disk.
    prlimit(Some(relay.process()), Resource::Fsize, limit(Some(1))).expect("limited");
    let full = post(&relay.url("/enquiry"), &borrowed(&fields));
    assert_eq!(full.status, 503);
    assert!(full.headers.contains_key("retry-after"));
    let (kind, body) = multipart(&GOOD, &[("papers", "a.pdf", b"%PDF-1.7 text")]);
    assert_eq!(post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer").status, 503);
    prlimit(Some(relay.process()), Resource::Fsize, limit(None)).expect("unlimited");
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 303);
    wait_until("both delivered, none twice", || counts(&place) == (2, 2));
    assert!(place.command(&["audit"]).status.success());
}

/// A submission fails with a clean 503 while the disk does, and passes afterwards, once.
fn a_disk_that_fails(calls: &str, error: &str) {
    let place = Place::new();
    let relay = place.start();
    assert_eq!(post(&relay.url("/feedback"), &[("text", "enne")]).status, 303);
    wait_until("delivered", || counts(&place) == (1, 1));
    let fields = checked(&relay, &GOOD);
    let (kind, body) = multipart(&GOOD, &[("papers", "a.pdf", b"%PDF-1.7 text")]);
    let Some(fault) = Fault::inject(&relay, calls, error) else {
        eprintln!("strace is not installed or not allowed: skipped");
        return;
    };
    let failed = post(&relay.url("/enquiry"), &borrowed(&fields));
    assert_eq!(failed.status, 503);
    assert!(failed.headers.contains_key("retry-after"));
    assert_eq!(post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer").status, 503);
    drop(fault);
    assert_eq!(counts(&place).0, 1, "nothing half stored");
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 303);
    assert_eq!(post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer").status, 200);
    wait_until("both delivered, none twice", || counts(&place) == (2, 2));
    assert!(place.command(&["audit"]).status.success());
    relay.kill();
    let _relay = place.start();
    assert_eq!(counts(&place), (2, 2), "nor does anything come up after a crash");
}

#[test]
fn a_read_only_disk_is_a_503_and_then_well_again() {
    a_disk_that_fails("pwrite64,ftruncate,openat,mkdir,link,linkat,unlink", "EROFS");
}

#[test]
fn a_disk_that_cannot_flush_is_a_503_and_then_well_again() {
    a_disk_that_fails("fsync,fdatasync", "EIO");
}

#[test]
fn what_a_clock_far_ahead_put_off_is_delivered_when_it_is_right_again() {
    let place = Place::new();
    std::fs::rename(place.path("drop"), place.path("away")).expect("away");
    let relay = place.start();
    assert_eq!(post(&relay.url("/feedback"), &[("text", "enne")]).status, 303);
    wait_until("tried in vain", || !place.json(&["list"])[0]["deliveries"][0]["trouble"].is_null());
    relay.stop();
    std::fs::rename(place.path("away"), place.path("drop")).expect("back");
    let ten_years = "UPDATE delivery SET next_at = next_at + 315360000000";
    database(&place).execute(ten_years, []).expect("put off");
    let _relay = place.start();
    wait_until("delivered", || counts(&place) == (1, 1));
}

#[test]
fn a_locked_database_is_a_503_and_then_well_again() {
    let place = Place::new();
    let relay = place.start();
    let fields = checked(&relay, &GOOD);
    let other = database(&place);
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 503);
    let heartbeat = agent().get(format!("http://{}/heartbeat.json", relay.admin)).call().expect("an answer");
    assert_eq!(heartbeat.status(), 503);
    other.execute_batch("COMMIT").expect("free");
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 303);
    assert_eq!(get(&format!("http://{}/heartbeat.json", relay.admin)).status, 200);
}

#[test]
fn a_corrupt_row_is_a_dead_letter_and_harms_no_other() {
    let place = Place::new();
    std::fs::rename(place.path("drop"), place.path("away")).expect("away");
    let relay = place.start();
    for text in ["esimene", "teine", "kolmas"] {
        assert_eq!(post(&relay.url("/feedback"), &[("text", text)]).status, 303);
    }
    relay.kill();
    database(&place).execute("UPDATE submission SET payload = x'00ff' WHERE id = 2", []).expect("spoilt");
    std::fs::rename(place.path("away"), place.path("drop")).expect("back");
    database(&place).execute("UPDATE delivery SET next_at = 0", []).expect("due");
    let _relay = place.start();
    wait_until("the others are delivered", || place.dropped().len() == 2);
    wait_until("the spoilt one is given up", || {
        place.json(&["list", "--state", "dead"]).as_array().expect("a list").len() == 1
    });
}

#[test]
fn attachments_that_are_gone_are_asked_for_again() {
    let place = Place::new();
    let relay = place.start();
    let (kind, body) = multipart(&GOOD, &[("papers", "a.pdf", b"%PDF-1.7 text")]);
    let page = post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer");
    let mut fields = hidden(&page.body);
    fields.push(("_go".to_owned(), "send".to_owned()));
    for held in std::fs::read_dir(place.path("data/holding")).expect("read").filter_map(Result::ok) {
        std::fs::remove_file(held.path()).expect("removed");
    }
    let (kind, body) = multipart(&borrowed(&fields), &[]);
    let answer = post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer");
    assert_eq!(answer.status, 422, "not sent without what the citizen attached");
    assert_eq!(counts(&place).0, 0);
}

#[test]
fn the_local_port_tells_how_it_is_without_naming_anybody() {
    let place = Place::new();
    let relay = place.start();
    post(&relay.url("/enquiry"), &borrowed(&checked(&relay, &GOOD)));
    wait_until("delivered", || counts(&place) == (1, 1));
    let heartbeat = get(&format!("http://{}/heartbeat.json", relay.admin));
    assert!(heartbeat.body.contains("\"status\":\"up\""), "{}", heartbeat.body);
    let metrics = get(&format!("http://{}/metrics", relay.admin));
    assert!(
        metrics.body.contains("form_relay_stored_total{form=\"enquiry\",state=\"accepted\"} 1"),
        "{}",
        metrics.body
    );
    assert!(!metrics.body.contains("Mari") && !metrics.body.contains("KIRI-"));
    assert_eq!(get(&relay.url("/metrics")).status, 404, "not in public");
}
