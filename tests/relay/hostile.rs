//! Clients that mean harm, or are broken.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, TestRunner},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{
    program::{GOOD, Place, Relay, agent, multipart, post, post_body, wait_until},
    sinks::Clamd,
};

/// How many fuzzed bodies; `RELAY_BODIES=100000` for the long run.
fn bodies() -> usize {
    std::env::var("RELAY_BODIES").ok().and_then(|text| text.parse().ok()).unwrap_or(5_000)
}

/// How many slow connections: what the issue of a public server is.
const SLOW: usize = 2_000;

/// What the relay says to these bytes, until it hangs up.
fn raw(address: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(15))).expect("set");
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn requests_that_can_be_read_in_two_ways_are_refused() {
    let place = Place::new();
    let relay = place.start();
    let refused = [
        "POST /feedback HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\ntext",
        "POST /feedback HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        "POST /feedback HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nffffffffffffffffff\r\n",
        "POST /feedback HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\nConnection: close\r\n\r\ntext",
        "POST /feedback HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 4\r\nConnection: close\r\n\r\ntext",
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        "POST /feedback HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\nConnection: close\r\n\r\ntext",
        "POST /feedback HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        "POST /feedback HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\nConnection: close\r\n\r\ntext",
        "POST /feedback HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000000\r\nConnection: close\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
    ];
    for request in refused {
        let answer = raw(&relay.address, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 4") || answer.is_empty(), "{request:?}: {answer}");
        // What hyper itself cannot read it refuses without our headers.
        let ours = request.contains("10000000000000") || request.contains("gzip");
        assert!(!ours || answer.contains("\r\nx-content-type-options: nosniff"), "{request:?}: {answer}");
        // Who attached too much reads why, on a page.
        let large = request.contains("10000000000000");
        assert!(!large || (answer.starts_with("HTTP/1.1 413") && answer.contains("<h1>")), "{request:?}: {answer}");
    }
    let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    assert!(!raw(&relay.address, long.as_bytes()).starts_with("HTTP/1.1 2"));
    assert_eq!(post(&relay.url("/feedback"), &[("text", "Tere!")]).status, 303);
}

#[test]
fn two_thousand_slow_clients_are_cut_off_and_delay_nobody() {
    let limits = "[folder.office]\npath = \"drop\"\n[limits]\nheader_seconds = 4\nbody_seconds = 4\nposts_per_minute = 0\nproof_per_minute = 0\n";
    let place = Place::with(limits);
    let relay = place.start();
    let files = getrlimit(Resource::Nofile);
    let enough = files.maximum.map_or(8_192, |most| most.min(8_192));
    setrlimit(Resource::Nofile, Rlimit { current: Some(enough), ..files }).expect("raised");
    let head = "POST /feedback HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\n\r\n";
    let mut slow: Vec<TcpStream> = (0..SLOW)
        .map(|number| {
            let mut stream = TcpStream::connect(&relay.address).expect("connected");
            stream.set_nonblocking(true).expect("set");
            // One half never ends its head, the other half its body.
            let begin = if number % 2 == 0 { "POST /feedback HTTP/1.1\r\nHo" } else { head };
            stream.write_all(begin.as_bytes()).expect("written");
            stream
        })
        .collect();
    let deadline = Instant::now() + Duration::from_mins(1);
    let (mut next, mut served, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while !slow.is_empty() {
        assert!(Instant::now() < deadline, "{} are never cut off", slow.len());
        let began = Instant::now();
        assert_eq!(post(&relay.url("/feedback"), &[("text", "Tere!")]).status, 303);
        (served, slowest) = (served + 1, slowest.max(began.elapsed()));
        // A byte a second each, until the relay hangs up.
        if Instant::now() >= next {
            next = Instant::now() + Duration::from_secs(1);
            slow.retain_mut(|stream| stream.write_all(b"x").is_ok() && !hung_up(stream));
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    assert!(slowest < Duration::from_secs(1), "{slowest:?}, {served} served");
}

/// Whether the other side has closed; what it said before does not matter.
fn hung_up(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0; 4_096]) {
        Ok(0) => true,
        Ok(_) => false,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

#[test]
fn endless_heads_and_bodies_are_cut_off() {
    let place = Place::new();
    let relay = place.start();
    let (began, before) = (Instant::now(), memory(&relay));
    let endless = |head: &str, piece: &[u8]| {
        let mut stream = TcpStream::connect(&relay.address).expect("connected");
        stream.set_write_timeout(Some(Duration::from_secs(15))).expect("set");
        stream.write_all(head.as_bytes()).expect("written");
        let mut sent = 0;
        while stream.write_all(piece).is_ok() {
            sent += piece.len();
            assert!(sent < 200 << 20, "nobody stops it");
        }
    };
    let (line, chunk) = (format!("X-{}: y\r\n", "x".repeat(900)), format!("ffff\r\n{}\r\n", "x".repeat(0xffff)));
    endless("GET / HTTP/1.1\r\nHost: a\r\n", line.as_bytes());
    endless("GET /", &[b'a'; 4_096]);
    for kind in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/plain"] {
        let head =
            format!("POST /enquiry HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n");
        endless(&head, chunk.as_bytes());
    }
    // A file without an end, and the head of a part without one.
    for end in ["\r\n\r\n%PDF-", "\r\nX: "] {
        let part = format!("--a\r\nContent-Disposition: form-data; name=\"papers\"; filename=\"a.pdf\"{end}");
        let head = format!(
            "POST /enquiry HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=a\r\n\
             Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{part}\r\n",
            part.len()
        );
        endless(&head, chunk.as_bytes());
    }
    assert_eq!(std::fs::read_dir(place.path("data/holding")).expect("read").count(), 0, "nothing of it is kept");
    assert!(began.elapsed() < Duration::from_secs(40), "soon, and without much work: {:?}", began.elapsed());
    assert!(memory(&relay) < before + 30.0, "{before} MB before, {} after", memory(&relay));
    assert_eq!(post(&relay.url("/feedback"), &[("text", "Tere!")]).status, 303);
}

/// Resident memory of the relay in MB.
fn memory(relay: &Relay) -> f64 {
    let path = format!("/proc/{}/status", relay.process().as_raw_nonzero());
    let status = std::fs::read_to_string(path).expect("its figures");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<f64>().ok()).expect("a number") / 1_024.0
}

#[test]
fn fuzzed_bodies_get_an_answer_and_never_a_crash() {
    let place = Place::in_memory("[folder.office]\npath = \"drop\"\n");
    let relay = place.start();
    let mut runner = TestRunner::new(Config::default());
    let (kind, good) = multipart(&GOOD, &[("papers", "a.pdf", b"%PDF-1.7"), ("papers", "b.pdf", b"PK\x03\x04")]);
    let changes = proptest::collection::vec((0..good.len(), proptest::num::u8::ANY, 0..3_u8), 1..8);
    // One agent, so that the connection is kept.
    let (agent, url) = (agent(), relay.url("/enquiry"));
    let mut send = |many: usize| {
        for _ in 0..many {
            let mut body = good.clone();
            for (at, byte, how) in changes.new_tree(&mut runner).expect("a change").current() {
                let at = at.min(body.len() - 1);
                match how {
                    0 => body[at] = byte,
                    1 => body.truncate(at + 1),
                    _ => body.splice(at..at, std::iter::repeat_n(byte, 40)).for_each(drop),
                }
            }
            if let Ok(mut answer) = agent.post(&url).header("content-type", &kind).send(&body) {
                assert!(matches!(answer.status().as_u16(), 200 | 400..=499), "{}", answer.status());
                let _ = answer.body_mut().read_to_vec();
            }
        }
    };
    send(bodies() / 10);
    let early = memory(&relay);
    send(bodies() - bodies() / 10);
    let late = memory(&relay);
    println!("{} bodies: {early:.1} MB after a tenth of them, {late:.1} MB at the end", bodies());
    assert!(late < early + 10.0, "memory returns: {early} MB early, {late} MB late");
    assert_eq!(post(&relay.url("/feedback"), &[("text", "Tere!")]).status, 303);
    let held = std::fs::read_dir(place.path("data/holding")).expect("read").count();
    assert!(held <= bodies(), "one good paper each at most: {held}");
}

#[test]
fn attachments_that_wait_have_a_limit_together() {
    let place =
        Place::with("[folder.office]\npath = \"drop\"\n[limits]\nposts_per_minute = 0\nholding_bytes = 50000\n");
    let relay = place.start();
    let content = [&b"%PDF-1.7 "[..], &vec![b'x'; 20_000]].concat();
    let (kind, body) = multipart(&GOOD, &[("papers", "a.pdf", &content)]);
    let upload = || post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer").status;
    assert_eq!([upload(), upload(), upload()], [200, 200, 503]);
    assert_eq!(std::fs::read_dir(place.path("data/holding")).expect("read").count(), 2);
    assert_eq!(post(&relay.url("/feedback"), &[("text", "Tere!")]).status, 303, "texts need no room there");
    let (kind, small) = multipart(&GOOD, &[("papers", "a.pdf", b"%PDF-1.7 text")]);
    assert_eq!(
        post_body(&relay.url("/enquiry"), &kind, &small).expect("an answer").status,
        200,
        "nor does a small one"
    );
}

#[test]
fn an_attachment_is_taken_only_with_the_word_of_clamd() {
    let clamd = Clamd::start(100_000);
    let place = Place::with(&format!("clamd = \"{}\"\n[folder.office]\npath = \"drop\"\n", clamd.address));
    let relay = place.start();
    assert!(place.command(&["check"]).status.success());
    let upload = |content: &[u8]| {
        let (kind, body) = multipart(&GOOD, &[("papers", "a.pdf", content)]);
        post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer")
    };
    let held = || std::fs::read_dir(place.path("data/holding")).expect("read").count();
    assert_eq!((upload(b"%PDF-1.7 text").status, held()), (200, 1));
    let found = upload(b"%PDF-1.7 VIRUS");
    assert_eq!((found.status, held()), (422, 1), "what it finds is refused");
    assert!(found.body.contains("Failist „a.pdf“ leiti pahavara"), "in plain words: {}", found.body);
    assert_eq!((upload(b"%PDF-1.7 NO MEMORY").status, held()), (503, 1), "an error is no yes");
    assert_eq!((upload(b"%PDF-1.7 LATE").status, held()), (503, 1), "nor is impatience");
    assert_eq!((upload(b"%PDF-1.7 HANG UP").status, held()), (503, 1), "nor is silence");
    let large = [&b"%PDF-1.7 "[..], &vec![b'x'; 1 << 20]].concat();
    let refused = upload(&large);
    assert!(
        refused.status == 422 && refused.body.contains("liiga suur"),
        "its question does not take it: {}",
        refused.body
    );
    assert_eq!(post(&relay.url("/enquiry"), &GOOD).status, 200, "a form without attachments needs it not");
    drop(clamd);
    assert_eq!((upload(b"%PDF-1.7 text").status, held()), (503, 1), "fail closed");
    assert!(!place.command(&["check"]).status.success());
    let log = relay.stop().join("\n");
    assert!(log.contains("Test.Virus") && log.contains("Can't allocate memory") && !log.contains("a.pdf"), "{log}");
}

#[test]
fn a_file_that_clamd_takes_no_more_of_is_too_large_and_check_says_so_before() {
    let clamd = Clamd::start(50_000);
    let settings = format!("clamd = \"{}\"\n[folder.office]\npath = \"drop\"\n", clamd.socket.display());
    let place = Place::with(&settings);
    let said = place.command(&["check"]);
    let said = String::from_utf8_lossy(&said.stderr);
    assert!(said.contains("100000 bytes") && said.contains("StreamMaxLength"), "{said}");
    let relay = place.start();
    let upload = |size: usize| {
        let content = [&b"%PDF-1.7 "[..], &vec![b'x'; size]].concat();
        let (kind, body) = multipart(&GOOD, &[("papers", "a.pdf", &content)]);
        post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer")
    };
    let refused = upload(90_000);
    assert!(refused.status == 413 && refused.body.contains("väiksemad failid"), "{}", refused.body);
    assert_eq!(std::fs::read_dir(place.path("data/holding")).expect("read").count(), 0);
    assert_eq!(upload(40_000).status, 200);
}

#[test]
fn files_that_are_something_else_are_refused() {
    let office = super::program::ENQUIRY.replace("accept = [\"pdf\"]", "accept = [\"pdf\", \"document\", \"image\"]");
    let place = Place::new();
    place.write_forms(&[&office]);
    let relay = place.start();
    let upload = |name: &str, content: &[u8]| {
        let (kind, body) = multipart(&GOOD, &[("papers", name, content)]);
        post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer").status
    };
    // Ten megabytes of nothing in a few bytes; a page with a picture's name; a document with a program in it.
    let bomb = [&b"PK\x03\x04\x14\0\0\0\x08\0"[..], &[0; 16], b"\x04\0\0\0null", &[0; 90]].concat();
    let macros =
        [&b"PK\x03\x04\x14\0\0\0\x08\0"[..], &[0; 16], b"\x13\0\0\0[Content_Types].xml word/vbaProject.bin"].concat();
    for (name, content) in [
        ("pomm.zip", bomb.as_slice()),
        ("pomm.docx", &bomb),
        ("makrodega.docx", &macros),
        ("pilt.png", b"<!doctype html><script>alert(1)</script>"),
        ("pilt.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
        ("leping.pdf", b"MZ\x90\0 %PDF-1.7"),
        ("leping.pdf", b"#!/bin/sh\nrm -rf /\n"),
    ] {
        assert_eq!(upload(name, content), 422, "{name}");
    }
    // A picture that goes on as a page is a picture: nobody is ever sent it with another type.
    assert_eq!(upload("pilt.html", b"\xff\xd8\xff\xe0\0\x10JFIF\0<script>alert(1)</script>"), 200);
    let held = std::fs::read_dir(place.path("data/holding")).expect("read").count();
    assert_eq!(held, 1, "nothing of what was refused is kept");
}

#[test]
fn every_script_of_the_world_arrives_as_it_was_written() {
    let place = Place::new();
    let relay = place.start();
    // Composed and not, right to left, beyond the first plane, a mark that turns the line.
    let text = "Kõrgõ ko\u{303}rgo\u{303} — שלום عربى 👩\u{200d}🔧 𐍈 \u{202e}abc\u{202c}";
    let sent = post(&relay.url("/feedback"), &[("text", &format!("{text}\0\r\nteine rida"))]);
    assert_eq!(sent.status, 303, "{}", sent.body);
    wait_until("delivered", || !place.dropped().is_empty());
    let (_, one) = place.dropped().pop_first().expect("one");
    let arrived = one["answers"]["text"].as_str().expect("a text");
    assert!(!arrived.contains('\0') && arrived.ends_with("\nteine rida"), "{arrived:?}");
    assert!(arrived.contains("שלום عربى 👩\u{200d}🔧 𐍈"), "{arrived:?}");
    println!("{arrived:?}");
}

#[test]
fn hostile_content_comes_back_escaped_and_is_bounded() {
    let place = Place::new();
    let relay = place.start();
    let nasty = "<script>alert(1)</script>\"'\0\u{202e}\r\nBcc: x@example.org 👩\u{200d}🔧";
    let page = post(&relay.url("/enquiry"), &[("name", nasty), ("email", "mari@example.org"), ("text", nasty)]);
    assert!(!page.body.contains("<script>alert") && page.body.contains("&lt;script&gt;"), "{}", page.body);

    let many: Vec<(String, String)> = (0..10_000).map(|number| (format!("f{number}"), "x".to_owned())).collect();
    assert_eq!(post(&relay.url("/enquiry"), &super::program::borrowed(&many)).status, 413);
    let deep = format!("a{}", ".0.a".repeat(2_000));
    assert_eq!(post(&relay.url("/enquiry"), &[(deep.as_str(), "x")]).status, 422);
    let large = "x".repeat(2 << 20);
    assert_eq!(post(&relay.url("/enquiry"), &[("text", large.as_str())]).status, 413);
}
