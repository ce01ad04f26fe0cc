//! Power cuts: at every moment of a busy relay's life, what it had acknowledged is on the disk, flushed.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rusqlite::Connection;

use super::{
    disk::{CALLS, Disk, Step, steps},
    program::{GOOD, Place, borrowed, hidden, multipart, post, post_body},
};

/// How many submissions in each of the relay's two lives; `RELAY_POWER=300` for the long run.
fn submissions() -> usize {
    std::env::var("RELAY_POWER").ok().and_then(|text| text.parse().ok()).unwrap_or(9)
}

/// Runs a relay under load and writes down what it asks of the system.
fn life(place: &Place, trace: &Path, kill: bool) {
    let trace_name = trace.to_string_lossy();
    // -D: the relay is our child and not strace's, so that it gets our signals.
    let strace =
        ["strace", "-D", "-f", "-q", "-xx", "-y", "-s", "1000000", "-e", "signal=none", "-e", CALLS, "-o", &trace_name];
    let relay = place.start_under(&strace);
    let left = AtomicUsize::new(submissions());
    let take = || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).ok();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(number) = take() {
                    let status = match number % 3 {
                        0 => with_attachment(&relay.url("/enquiry"), number),
                        _ => post(&relay.url("/feedback"), &[("text", &format!("küsimus {number} {kill}"))]).status,
                    };
                    assert_eq!(status, 303);
                }
            });
        }
    });
    // Both wait until nobody writes the log any more: strace as well has ended then.
    if kill {
        relay.kill();
    } else {
        relay.stop();
    }
}

fn with_attachment(url: &str, number: usize) -> u16 {
    let content = format!("%PDF-1.7 number {number}");
    let (kind, body) = multipart(&GOOD, &[("papers", "Leping.pdf", content.as_bytes())]);
    let page = post_body(url, &kind, &body).expect("an answer");
    let mut fields = hidden(&page.body);
    fields.push(("_go".to_owned(), "send".to_owned()));
    let (kind, body) = multipart(&borrowed(&fields), &[]);
    post_body(url, &kind, &body).expect("an answer").status
}

/// The reference number in an answer that acknowledges.
fn acknowledged(said: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(said);
    let receipt = text.strip_prefix("HTTP/1.1 303")?.split_once("/sent/")?.1.split('.').next()?.to_owned();
    let json: serde_json::Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(receipt).ok()?).ok()?;
    Some(json["reference"].as_str()?.to_owned())
}

/// What is stored below `data`, with every attachment whole.
fn stored(data: &Path) -> BTreeSet<String> {
    let database = Connection::open(data.join("relay.sqlite")).expect("opened");
    // This copy need not outlive anything.
    database.execute_batch("PRAGMA synchronous = OFF").expect("set");
    let integrity: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
    assert_eq!(integrity, "ok");
    let mut all = database.prepare("SELECT reference FROM submission").expect("a statement");
    let references = all.query_map([], |row| row.get(0)).expect("rows").map(|row| row.expect("a reference")).collect();
    let mut attachments = database
        .prepare("SELECT lower(hex(nonce)), number, size FROM attachment JOIN submission ON id = submission")
        .expect("a statement");
    let mut rows = attachments.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        let (nonce, number, size): (String, i64, i64) =
            (row.get(0).expect("a nonce"), row.get(1).expect("a number"), row.get(2).expect("a size"));
        let file = data.join("attachments").join(nonce).join(number.to_string());
        let content = fs::read(&file).unwrap_or_default();
        assert!(content.starts_with(b"%PDF") && i64::try_from(content.len()) == Ok(size), "no row without its file");
    }
    references
}

/// A chance that is the same in every run.
fn chance(seed: &mut u64) -> bool {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 63 == 1
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_acknowledged() {
    let traced = Command::new("strace").args(["-o", "/dev/null", "true"]).status();
    if !traced.is_ok_and(|status| status.success()) {
        eprintln!("strace is not installed or not allowed: skipped");
        return;
    }
    // A thousand small databases are no load for the memory, and one for a disk.
    let memory = "/dev/shm";
    let place = Place::new();
    let data = place.path("data");
    let mut all = Vec::new();
    // The first life ends in order (the log is written back into the database), the second one does not.
    for (name, kill) in [("first", false), ("second", true)] {
        life(&place, &place.path(name), kill);
        all.extend(steps(&fs::read_to_string(place.path(name)).expect("a trace"), &data));
    }
    let (mut disk, mut promised, mut seed, mut cuts) = (Disk::with(&data), BTreeSet::new(), 1, 0);
    for step in &all {
        disk.take(step);
        match step {
            Step::Said(said) => promised.extend(acknowledged(said)),
            // Between two flushes nothing that counts as safe changes.
            Step::Flush(_) | Step::Remove(_) | Step::Rename(..) => {}
            _ if chance(&mut seed) => {}
            _ => continue,
        }
        // Everything unflushed is lost, or every second thing, in any order.
        for variant in 0..2 {
            let left = if Path::new(memory).is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
            let left = left.expect("a folder");
            disk.cut(&data, left.path(), || variant == 1 && chance(&mut seed));
            cuts += 1;
            if !left.path().join("relay.sqlite").exists() {
                assert!(promised.is_empty(), "the database itself is lost");
                continue;
            }
            let stored = if promised.is_empty() { BTreeSet::new() } else { stored(left.path()) };
            let lost: Vec<_> = promised.difference(&stored).collect();
            assert!(lost.is_empty(), "{} of {} lost after {step:?}", lost.len(), promised.len());
        }
    }
    assert_eq!(promised.len(), 2 * submissions());
    println!("{cuts} power cuts over {} steps, {} acknowledged, none lost", all.len(), promised.len());
}
