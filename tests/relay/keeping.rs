//! What is kept, how, and how it is forgotten.

use std::fs;

use age::secrecy::ExposeSecret as _;

use super::program::{ENQUIRY, Place, borrowed, hidden, multipart, post, post_body, stands_in, wait_until};

/// A form that is kept for so many days, sealed with `key` if there is one.
fn form(days: &str, key: &str) -> String {
    let kept = ENQUIRY.replace("retention_days = 30", &format!("retention_days = {days}\nseal_to = [{key}]"));
    assert_ne!(kept, ENQUIRY);
    kept
}

/// Sends `canary` in a text, a name and a file, as a browser does.
fn send(url: &str, canary: &str, between: impl FnOnce()) {
    let fields = [("name", canary), ("email", "mari@example.org"), ("text", canary)];
    let content = format!("%PDF-1.7 {canary}");
    let (kind, body) = multipart(&fields, &[("papers", &format!("{canary}.pdf"), content.as_bytes())]);
    let page = post_body(url, &kind, &body).expect("an answer");
    assert_eq!(page.status, 200, "{}", page.body);
    between();
    let mut fields = hidden(&page.body);
    fields.push(("_go".to_owned(), "send".to_owned()));
    let (kind, body) = multipart(&borrowed(&fields), &[]);
    assert_eq!(post_body(url, &kind, &body).expect("an answer").status, 303);
}

#[test]
fn a_sealed_form_is_never_on_the_disk_in_the_clear() {
    let key = age::x25519::Identity::generate();
    let place = Place::new();
    place.write_forms(&[&form("30", &format!("\"{}\"", key.to_public()))]);
    let relay = place.start();
    let canary = "Kanarbik7291";
    let held = || assert!(!stands_in(place.folder.path(), canary), "not while it waits");
    send(&relay.url("/enquiry"), canary, held);
    wait_until("delivered", || !place.dropped().is_empty());
    assert!(!stands_in(place.folder.path(), canary), "not in the store and not in the drop folder");
    let (reference, _) = place.dropped().pop_first().expect("one");
    assert!(!place.command(&["show", &reference]).status.success());

    fs::write(place.path("key"), key.to_string().expose_secret()).expect("written");
    let open = |file: String| {
        let output = place.command(&["open", &file, "--key", &place.path("key").to_string_lossy()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let folder = place.path("drop").join(&reference);
    let opened = open(folder.join("submission.json").to_string_lossy().into_owned());
    let document: serde_json::Value = serde_json::from_str(&opened).expect("JSON");
    assert_eq!(document["answers"]["name"], canary);
    assert_eq!(document["attachments"][0]["name"], format!("{canary}.pdf"));
    assert!(open(folder.join("attachments/1-1.age").to_string_lossy().into_owned()).contains(canary));
}

#[test]
fn what_is_over_is_removed_for_good_and_the_trail_stays() {
    let place = Place::new();
    place.write_forms(&[&form("0", "")]);
    let relay = place.start();
    let canary = "Kanarbik7291";
    fs::rename(place.path("drop"), place.path("away")).expect("away");
    send(&relay.url("/enquiry"), canary, || ());
    assert!(
        String::from_utf8_lossy(&place.command(&["purge"]).stdout).starts_with("0 "),
        "never before it is delivered"
    );
    assert!(stands_in(&place.path("data"), canary));
    fs::rename(place.path("away"), place.path("drop")).expect("back");
    relay.stop();
    let settle = rusqlite::Connection::open(place.path("data/relay.sqlite")).expect("opened");
    settle.execute("UPDATE delivery SET next_at = 0", []).expect("due");
    drop(settle);
    let relay = place.start();
    wait_until("delivered", || place.json(&["list", "--state", "delivered"]).as_array().expect("a list").len() == 1);
    relay.stop();
    place.command(&["purge"]);
    assert_eq!(place.json(&["list"])[0]["state"], "purged");
    fs::remove_dir_all(place.path("data/holding")).expect("an hour passes");
    assert!(!stands_in(&place.path("data"), canary), "neither in the tables nor in the log nor as a file");
    assert!(place.command(&["audit"]).status.success());
}

#[test]
fn a_changed_audit_trail_is_noticed() {
    let place = Place::new();
    let relay = place.start();
    for text in ["esimene", "teine"] {
        post(&relay.url("/feedback"), &[("text", text)]);
    }
    wait_until("delivered", || place.dropped().len() == 2);
    relay.stop();
    assert!(place.command(&["audit"]).status.success());
    let database = rusqlite::Connection::open(place.path("data/relay.sqlite")).expect("opened");
    database.execute("DELETE FROM audit WHERE number = 2", []).expect("removed");
    let output = place.command(&["audit"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("record 3"));
}

#[test]
fn a_backup_of_a_running_relay_is_whole() {
    let place = Place::new();
    let relay = place.start();
    for number in 0..20 {
        post(&relay.url("/feedback"), &[("text", &format!("küsimus {number}"))]);
    }
    send(&relay.url("/enquiry"), "enne", || ());
    let output = place.command(&["backup", &place.path("copy").to_string_lossy()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let copy = rusqlite::Connection::open(place.path("copy/relay.sqlite")).expect("opened");
    let count: i64 = copy.query_row("SELECT COUNT(*) FROM submission", [], |row| row.get(0)).expect("counted");
    assert_eq!(count, 21);
    let check: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
    assert_eq!(check, "ok");
    drop(copy);
    relay.stop();
    // Restored: the copy stands where the store stood, with the attachments, and goes on.
    fs::rename(place.path("data"), place.path("broken")).expect("away");
    fs::rename(place.path("copy"), place.path("data")).expect("restored");
    let relay = place.start();
    send(&relay.url("/enquiry"), "pärast", || ());
    wait_until("delivered", || place.dropped().len() == 22);
    let restored = place.json(&["list"]);
    assert_eq!(restored.as_array().expect("a list").len(), 22);
    assert!(place.command(&["audit"]).status.success());
    let paper =
        place.dropped().keys().filter(|name| place.path("drop").join(name).join("attachments").exists()).count();
    assert_eq!(paper, 2);
}

#[test]
fn a_spreadsheet_and_statistics_come_out() {
    let place = Place::new();
    let relay = place.start();
    post(&relay.url("/feedback"), &[("text", "=HYPERLINK(\"http://x\")")]);
    let csv = place.command(&["export", "--form", "feedback"]).stdout;
    assert!(String::from_utf8(csv).expect("text").contains("\"'=HYPERLINK(\"\"http://x\"\")\""));
    let stats = place.json(&["stats"]);
    assert_eq!((stats[0]["form"].as_str(), stats[0]["count"].as_i64()), (Some("feedback"), Some(1)));
}
