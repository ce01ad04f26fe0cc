//! Clients that mean harm, or are broken.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, TestRunner},
};

use super::program::{GOOD, Place, multipart, post, post_body};

/// How many fuzzed bodies; `RELAY_BODIES=100000` for the long run.
fn bodies() -> usize {
    std::env::var("RELAY_BODIES").ok().and_then(|text| text.parse().ok()).unwrap_or(500)
}

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
    }
    let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    assert!(!raw(&relay.address, long.as_bytes()).starts_with("HTTP/1.1 2"));
    assert_eq!(post(&relay.url("/feedback"), &[("text", "Tere!")]).status, 303);
}

#[test]
fn slow_clients_are_cut_off_and_delay_nobody() {
    let limits =
        "[folder.office]\npath = \"drop\"\n[limits]\nheader_seconds = 2\nbody_seconds = 2\nposts_per_minute = 0\n";
    let place = Place::with(limits);
    let relay = place.start();
    let connect = |text: &str| {
        let mut stream = TcpStream::connect(&relay.address).expect("connected");
        stream.write_all(text.as_bytes()).expect("written");
        stream
    };
    let head = "POST /feedback HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\n\r\nt";
    let mut slow: Vec<TcpStream> =
        (0..200).map(|number| connect(if number % 2 == 0 { "POST /feedback HTTP/1.1\r\nHo" } else { head })).collect();
    let began = Instant::now();
    assert_eq!(post(&relay.url("/feedback"), &[("text", "Tere!")]).status, 303);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("cut off");
        assert!(!answer.starts_with(b"HTTP/1.1 2"));
    }
}

#[test]
fn fuzzed_bodies_get_an_answer_and_never_a_crash() {
    let place = Place::new();
    let relay = place.start();
    let mut runner = TestRunner::new(Config::default());
    let (kind, good) = multipart(&GOOD, &[("papers", "a.pdf", b"%PDF-1.7"), ("papers", "b.pdf", b"PK\x03\x04")]);
    let changes = proptest::collection::vec((0..good.len(), proptest::num::u8::ANY, 0..3_u8), 1..8);
    for _ in 0..bodies() {
        let mut body = good.clone();
        for (at, byte, how) in changes.new_tree(&mut runner).expect("a change").current() {
            let at = at.min(body.len() - 1);
            match how {
                0 => body[at] = byte,
                1 => body.truncate(at + 1),
                _ => body.splice(at..at, std::iter::repeat_n(byte, 40)).for_each(drop),
            }
        }
        if let Ok(answer) = post_body(&relay.url("/enquiry"), &kind, &body) {
            assert!(matches!(answer.status, 200 | 400..=499), "{}", answer.status);
        }
    }
    assert_eq!(post(&relay.url("/feedback"), &[("text", "Tere!")]).status, 303);
    let held = std::fs::read_dir(place.path("data/holding")).expect("read").count();
    assert!(held <= bodies(), "one good paper each at most: {held}");
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
