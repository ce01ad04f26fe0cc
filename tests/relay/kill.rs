//! `kill -9` under load: what was acknowledged is stored once and delivered.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use super::program::{GOOD, Place, borrowed, hidden, try_post, wait_until};

/// How often; `RELAY_KILLS=200` for the long run.
fn rounds() -> usize {
    std::env::var("RELAY_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(4)
}

/// Sends until the relay is gone; the texts that were acknowledged.
fn load(
    url: &str,
    round: usize,
    thread: usize,
    acknowledged: &Mutex<BTreeSet<String>>,
    enough: &AtomicBool,
) -> Option<()> {
    for number in 0.. {
        let text = format!("küsimus {round}-{thread}-{number}");
        let mut fields = GOOD;
        fields[2].1 = &text;
        let page = try_post(url, &fields).ok()?;
        let mut fields = hidden(&page.body);
        fields.push(("_go".to_owned(), "send".to_owned()));
        // Every third one is sent twice, as an impatient person does.
        for _ in 0..=usize::from(number % 3 == 0) {
            let sent = try_post(url, &borrowed(&fields)).ok()?;
            if sent.status == 303 {
                let mut all = acknowledged.lock().ok()?;
                all.insert(text.clone());
                if all.len() >= (round + 1) * 12 {
                    enough.store(true, Ordering::Relaxed);
                }
            }
        }
    }
    None
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled() {
    let place = Place::new();
    let acknowledged = Mutex::new(BTreeSet::new());
    for round in 0..rounds() {
        let relay = place.start();
        let enough = AtomicBool::new(false);
        let url = relay.url("/enquiry");
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (url, acknowledged, enough) = (&url, &acknowledged, &enough);
                scope.spawn(move || load(url, round, thread, acknowledged, enough));
            }
            wait_until("some are acknowledged", || enough.load(Ordering::Relaxed));
            relay.kill();
        });
    }
    let relay = place.start();
    let stored = place.json(&["list", "--limit", "1000000"]).as_array().expect("a list").len();
    wait_until("everything stored is delivered", || place.dropped().len() == stored);
    let texts: Vec<String> =
        place.dropped().values().map(|one| one["answers"]["text"].as_str().unwrap_or_default().to_owned()).collect();
    let once: BTreeSet<&String> = texts.iter().collect();
    assert_eq!(once.len(), texts.len(), "none is doubled");
    let acknowledged = acknowledged.into_inner().expect("the texts");
    let lost: Vec<_> = acknowledged.iter().filter(|text| !once.contains(text)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(place.command(&["audit"]).status.success());
    relay.stop();
}

#[test]
fn a_stop_lets_what_is_under_way_end() {
    let place = Place::new();
    let relay = place.start();
    let url = relay.url("/feedback");
    let (sender, receiver) = std::sync::mpsc::channel();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (url, sender) = (url.clone(), sender.clone());
            std::thread::spawn(move || {
                let (mut stored, mut texts) = (0, (0..).map(|number| format!("küsimus {thread}-{number}")));
                while let Ok(answer) = try_post(&url, &[("text", &texts.next().unwrap_or_default())]) {
                    stored += usize::from(answer.status == 303);
                    let _ = sender.send(());
                }
                stored
            })
        })
        .collect();
    receiver.iter().take(20).for_each(drop);
    relay.stop();
    let acknowledged: usize = threads.into_iter().map(|thread| thread.join().expect("ended")).sum();
    let stored = place.json(&["list", "--limit", "1000000"]).as_array().expect("a list").len();
    assert!(stored >= acknowledged, "{stored} stored, {acknowledged} acknowledged");
}

#[test]
fn a_relay_without_a_local_port_ends_when_it_is_told_to() {
    let place = Place::new();
    let config = std::fs::read_to_string(place.path("relay.toml")).expect("read");
    std::fs::write(place.path("relay.toml"), config.replace("admin_listen = ", "# ")).expect("written");
    let relay = place.start();
    assert_eq!(try_post(&relay.url("/feedback"), &[("text", "Tere!")]).expect("an answer").status, 303);
    relay.stop();
}
