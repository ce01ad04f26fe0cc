//! The commands beside `build` and `check`.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::Stdio,
};

use crate::driver::Site;

#[test]
fn a_new_site_builds_and_checks_clean() {
    let place = Site::smallest();
    place.run(&["new", "uus", "--ehak", "0171"]).fine();
    let settings = fs::read_to_string(place.path("uus/site.toml")).unwrap();
    assert!(settings.contains("0171"), "{settings}");
    place.run(&["check", "uus", "--strict"]).fine();
    place.run(&["build", "uus", "--strict"]).fine();
    assert!(place.path("uus/public/index.html").exists());
}

#[test]
fn a_new_site_of_another_name() {
    let place = Site::smallest();
    place.run(&["new", "selts", "--name", "Kadaka külaselts"]).fine();
    place.run(&["build", "selts", "--strict"]).fine();
    let page = fs::read_to_string(place.path("selts/public/index.html")).unwrap();
    assert!(page.contains("Kadaka külaselts"), "{page}");
}

#[test]
fn a_new_site_takes_the_place_of_nothing() {
    let place = Site::smallest();
    let outcome = place.run(&["new", ".", "--name", "Kadaka vald"]).failed();
    assert!(!outcome.stderr.is_empty());
    assert!(fs::read_to_string(place.path("site.toml")).unwrap().contains("kadakavald.example"));
}

#[test]
fn an_unknown_code_of_a_municipality() {
    let place = Site::smallest();
    assert_eq!(place.run(&["new", "uus", "--ehak", "9999"]).code, Some(2));
    assert!(!place.path("uus").exists());
}

#[test]
fn types_and_their_fields() {
    let site = Site::smallest();
    let all = site.run(&["types"]).fine().stdout;
    for name in ["page", "news", "event", "service", "council-session"] {
        assert!(all.contains(name), "{all}");
    }
    let event = site.run(&["types", "event"]).fine().stdout;
    assert!(event.contains("start"), "{event}");
    let unknown = site.run(&["types", "evnet"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("`event`"), "{}", unknown.stderr);
}

#[test]
fn types_as_json_schema() {
    let site = Site::smallest();
    let schema = site.run(&["types", "event", "--json-schema"]).fine().json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["properties"]["start"].is_object(), "{schema}");
    assert!(schema["required"].as_array().unwrap().iter().any(|name| name == "start"), "{schema}");
}

#[test]
fn a_page_is_explained_by_its_source_templates_and_queries() {
    let site = Site::smallest();
    let said = site.run(&["explain", "/uudised/talv"]).fine().stdout;
    for part in ["content/uudised/talv.md", "base.html"] {
        assert!(said.contains(part), "{said}");
    }
    let nowhere = site.run(&["explain", "/uudised/tavl"]).failed();
    assert!(nowhere.stderr.contains("/uudised/talv"), "{}", nowhere.stderr);
}

#[test]
fn the_site_is_served_at_a_local_address() {
    let site = Site::smallest();
    let mut server = site.raekoda().args(["serve", ".", "--port", "0"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(server.stderr.take().unwrap());
    let mut address = String::new();
    while !address.contains("http://") {
        address.clear();
        assert_ne!(said.read_line(&mut address).unwrap(), 0, "the server ended without naming its address");
    }
    let host = address.split("http://").nth(1).unwrap().split(['/', ' ', '\n']).next().unwrap().to_owned();
    let get = |path: &str| {
        let mut stream = TcpStream::connect(&host).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let page = get("/uudised/talv");
    let missing = get("/uudised/tavl");
    let outside = get("/../../site.toml");
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("Lund on oodata."), "{page}");
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
    assert!(!outside.contains("Kadaka vald\"\nlanguages"), "{outside}");
}

#[test]
fn help_is_in_the_language_of_the_system() {
    let site = Site::smallest();
    assert!(site.run(&["--help"]).fine().stdout.contains("build"));
    let version = site.run(&["--version"]).fine().stdout;
    assert_eq!(version.trim(), concat!("raekoda ", env!("CARGO_PKG_VERSION")));
}
