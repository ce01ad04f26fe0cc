//! The preview: what is written is shown, what is wrong is said, and nobody else looks in.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::driver::Site;

/// A preview of a site, stopped when the test is over.
struct Preview {
    process: Child,
    host: String,
}

/// The connection on which an open page hears of changes.
struct Events(BufReader<TcpStream>);

impl Preview {
    fn of(site: &Site, arguments: &[&str]) -> Self {
        Self::at(site, "0", arguments)
    }

    fn at(site: &Site, port: &str, arguments: &[&str]) -> Self {
        let fixed = ["serve", ".", "--port", port];
        let mut process = site.raekoda().args([&fixed, arguments].concat()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("http://") {
            line.clear();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "the server ended without naming its address");
        }
        let host = line.split("http://").nth(1).unwrap().split(['/', ' ', '\n']).next().unwrap().to_owned();
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { process, host }
    }

    fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        write!(stream, "{head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}", self.host), "")
    }

    fn report(&self, path: &str) -> Value {
        let answer = self.get(&format!("/__raekoda/page?url={path}"));
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let body = &body[body.find('{').unwrap()..=body.rfind('}').unwrap()];
        serde_json::from_str(body).unwrap()
    }

    /// Listens as the page at `path` does, which shows nothing yet.
    fn listen(&self, path: &str) -> Events {
        let mut events = self.connect(path);
        events.next();
        events
    }

    fn connect(&self, path: &str) -> Events {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        write!(stream, "GET /__raekoda/events?page={path}&print=0 HTTP/1.1\r\nHost: {}\r\n\r\n", self.host).unwrap();
        Events(BufReader::new(stream))
    }
}

impl Preview {
    /// Waits until the page at `path` shows `text`, as somebody who listens.
    #[track_caller]
    fn shows(&self, path: &str, text: &str) {
        let mut events = self.listen(path);
        while !self.get(path).contains(text) {
            events.next();
        }
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Events {
    /// Waits for the next event.
    fn next(&mut self) -> Value {
        let mut line = String::new();
        while !line.starts_with("data: ") {
            line.clear();
            assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the preview ended");
        }
        serde_json::from_str(line.trim_start_matches("data: ")).unwrap()
    }
}

const NEWS: &str = "content/uudised/talv.md";

fn news(title: &str, body: &str) -> String {
    format!("+++\ntitle = \"{title}\"\npublished = 2026-11-20\n+++\n{body}\n")
}

#[test]
fn what_is_written_is_shown_and_open_pages_hear_of_it() {
    let site = Site::smallest();
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    let mut open = preview.listen("/uudised/talv");
    site.write(NEWS, news("Talv on käes", "Lumi on maas."));
    preview.shows("/uudised", "Talv on käes");
    preview.shows("/uudised/talv", "Lumi on maas.");
    assert_eq!(open.next()["print"].as_str().map(str::len), Some(32));
    // An editor writes beside the file and renames.
    site.write("content/uudised/.talv.md.swp", news("Talv on käes", "Lumi sulab."));
    fs::rename(site.path("content/uudised/.talv.md.swp"), site.path(NEWS)).unwrap();
    preview.shows("/uudised/talv", "Lumi sulab.");
    site.write("content/uudised/uus/_index.md", "+++\ntitle = \"Uued\"\n+++\n");
    site.write("content/uudised/uus/kevad.md", news("Kevad", "Tuleb."));
    preview.shows("/uudised/uus/kevad", "Tuleb.");
    fs::rename(site.path("content/uudised/uus"), site.path("content/uudised/vana")).unwrap();
    preview.shows("/uudised/vana/kevad", "Tuleb.");
    assert!(preview.get("/uudised/uus/kevad").starts_with("HTTP/1.1 404"));
}

#[test]
fn after_a_mistake_the_last_good_page_stays_until_it_is_mended() {
    let site = Site::smallest();
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    let mut page = preview.listen("/uudised/talv");
    site.write(NEWS, "+++\ntitle = \"Pooleli");
    while preview.report("/uudised/talv")["problems"].as_array().unwrap().is_empty() {
        page.next();
    }
    let problems = preview.report("/uudised/talv")["problems"].clone();
    assert_eq!(problems[0]["code"], "content.front-matter-open");
    assert!(problems[0]["place"].as_str().unwrap().starts_with(NEWS));
    assert!(preview.get("/uudised/talv").contains("Lund on oodata."));
    site.write(NEWS, news("Talv tuleb", "Lund on oodata."));
    while !preview.report("/uudised/talv")["problems"].as_array().unwrap().is_empty() {
        page.next();
    }
}

#[test]
fn a_site_that_is_broken_from_the_start_is_shown_when_it_is_mended() {
    let site = Site::smallest();
    let settings = fs::read_to_string(site.path("site.toml")).unwrap();
    site.write("site.toml", "name = \"Kadaka");
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    assert_eq!(preview.report("/")["problems"][0]["code"], "source.toml-open-quotes");
    let mut page = preview.connect("/");
    site.write("site.toml", settings);
    while !preview.get("/").contains("Tere tulemast!") {
        page.next();
    }
}

#[test]
fn only_this_computer_under_its_own_name_is_answered() {
    let site = Site::smallest();
    let preview = Preview::of(&site, &[]);
    let elsewhere = preview.ask("GET / HTTP/1.1\r\nHost: evil.example", "");
    assert!(elsewhere.starts_with("HTTP/1.1 403"), "{elsewhere}");
    let head = format!("POST /__raekoda/at HTTP/1.1\r\nHost: {}\r\nOrigin: https://evil.example", preview.host);
    assert!(preview.ask(&head, "at=2026-01-01").starts_with("HTTP/1.1 403"));
}

#[test]
fn many_connections_at_once_are_all_answered() {
    let site = Site::smallest();
    let preview = Preview::of(&site, &[]);
    // A browser opens six at once for a page and its files, and keeps them open.
    for _ in 0..200 {
        let mut open: Vec<_> = (0..6).map(|_| TcpStream::connect(&preview.host).unwrap()).collect();
        for stream in &mut open {
            write!(stream, "GET / HTTP/1.1\r\nHost: {}\r\n\r\n", preview.host).unwrap();
        }
        for stream in &mut open {
            stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
            let mut status = [0; 12];
            stream.read_exact(&mut status).expect("each connection is answered");
            assert_eq!(&status, b"HTTP/1.1 200");
        }
    }
}

#[test]
fn answers_are_those_of_a_real_host() {
    let site = Site::smallest();
    site.write("static/fail.txt", "0123456789");
    site.write("redirects.toml", "[[redirect]]\nfrom = \"/endine\"\nto = \"/uudised\"\n");
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    let page = preview.get("/uudised");
    assert!(page.contains("Content-Security-Policy: default-src 'none'"), "{page}");
    assert!(page.contains("Cache-Control: no-store"));
    assert!(preview.get("/uudised/").contains("Location: /uudised\r\n"));
    assert!(preview.get("/endine").starts_with("HTTP/1.1 301"));
    assert!(preview.get("/ei-ole").starts_with("HTTP/1.1 404"));
    assert!(preview.get("/sitemap.xml").contains("/uudised/talv"));
    let range = |wanted: &str| {
        preview.ask(&format!("GET /fail.txt HTTP/1.1\r\nHost: {}\r\nRange: bytes={wanted}", preview.host), "")
    };
    assert!(range("2-4").starts_with("HTTP/1.1 206") && range("2-4").ends_with("\r\n\r\n234"), "{}", range("2-4"));
    assert!(range("-3").ends_with("789"));
    assert!(range("20-").starts_with("HTTP/1.1 416"));
}

#[test]
fn a_form_is_checked_and_stored_nowhere() {
    let site = Site::with("-- content/kontakt.md --\n+++\ntitle = \"Kontakt\"\n+++\n\n::form{id=\"kontakt\"}\n");
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    assert!(preview.get("/kontakt").contains("action=\"/__raekoda/forms/kontakt"));
    let head = format!(
        "POST /__raekoda/forms/kontakt HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Type: application/x-www-form-urlencoded",
        preview.host
    );
    let wrong = preview.ask(&head, "_go=check");
    assert!(wrong.starts_with("HTTP/1.1 422"), "{wrong}");
    assert!(wrong.contains("form-errors") && wrong.contains("neither stored nor sent"), "{wrong}");
    assert!(preview.get("/forms.json").contains("\"kontakt\""));
}

#[test]
fn drafts_and_other_days_are_shown_when_asked_for() {
    let site = Site::smallest();
    site.write("content/uudised/mustand.md", "+++\ntitle = \"Mustand\"\npublished = 2026-11-01\ndraft = true\n+++\n");
    site.write("content/uudised/tulevik.md", "+++\ntitle = \"Tulevik\"\npublished = 2027-02-01\n+++\n");
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    assert!(preview.get("/uudised/mustand").starts_with("HTTP/1.1 404"));
    let list = preview.get("/__raekoda/pages");
    assert!(list.contains("draft") && list.contains("scheduled"), "{list}");
    let head = format!("POST /__raekoda/at HTTP/1.1\r\nHost: {}", preview.host);
    preview.ask(&head, "at=2027-03-01&drafts=true");
    preview.shows("/uudised/mustand", "Mustand</h1>");
    assert_eq!(preview.report("/uudised/mustand")["states"][0], "draft");
    assert!(preview.get("/uudised/tulevik").starts_with("HTTP/1.1 200"));
    // The list opens what is not on the site yet, on its day.
    preview.ask(&head, "at=&drafts=false");
    while !preview.get("/__raekoda/pages").contains("scheduled") {}
    let list = preview.get("/__raekoda/pages");
    assert!(list.contains("name=\"at\" value=\"2027-02-01\""), "{list}");
    let opened = preview.ask(&head, "at=2027-02-01&drafts=true&open=content%2Fuudised%2Ftulevik.md");
    assert!(opened.contains("Location: /__raekoda/source?path=content%2Fuudised%2Ftulevik%2Emd"), "{opened}");
    preview.shows("/uudised/tulevik", "Tulevik</h1>");
    let source = preview.get("/__raekoda/source?path=content/uudised/tulevik.md");
    assert!(source.contains("Location: /uudised/tulevik\r\n"), "{source}");
}

#[test]
fn the_inspector_looks_at_the_open_page() {
    let site = Site::smallest();
    site.write(NEWS, news("Talv", "Loe [siit](/uudised#ei-ole).\n\nMari isikukood on 36805280109."));
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    let report = preview.report("/uudised/talv");
    let found: Vec<&str> = report["findings"].as_array().unwrap().iter().filter_map(|f| f["code"].as_str()).collect();
    assert!(found.contains(&"render.anchor") && found.iter().any(|code| code.starts_with("privacy.")), "{report:#}");
    assert!(!preview.get("/uudised/talv").contains("render.anchor"), "never in the page itself");
}

#[test]
fn a_file_that_becomes_a_folder_or_cannot_be_read_does_not_end_the_preview() {
    let site = Site::smallest();
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    site.remove(NEWS);
    site.write("content/uudised/talv.md/sees.md", news("Sees", "Kaustas."));
    preview.shows("/uudised/talv-md/sees", "Kaustas.");
    fs::remove_dir_all(site.path(NEWS)).unwrap();
    site.write(NEWS, news("Talv", "Jälle fail."));
    preview.shows("/uudised/talv", "Jälle fail.");
    // What nobody may read, not even the administrator: a link to itself.
    let mut page = preview.listen("/uudised/talv");
    site.remove(NEWS);
    std::os::unix::fs::symlink(site.path(NEWS), site.path(NEWS)).unwrap();
    while preview.report("/uudised/talv")["problems"].as_array().unwrap().is_empty() {
        page.next();
    }
    assert_eq!(preview.report("/uudised/talv")["problems"][0]["code"], "source.unreadable");
    assert!(preview.get("/uudised/talv").contains("Jälle fail."), "the last good page stays");
    site.remove(NEWS);
    site.write(NEWS, news("Talv", "Loetav."));
    preview.shows("/uudised/talv", "Loetav.");
}

#[test]
fn half_a_file_is_not_shown_while_it_is_being_written() {
    let site = Site::smallest();
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    let whole = news("Talv", "Terve lause.");
    let (first, rest) = whole.split_at(whole.len() / 2);
    let mut file = fs::File::create(site.path(NEWS)).unwrap();
    file.write_all(first.as_bytes()).unwrap();
    file.write_all(rest.as_bytes()).unwrap();
    drop(file);
    preview.shows("/uudised/talv", "Terve lause.");
    // An editor that stops in the middle: what stood there stays.
    let mut page = preview.listen("/uudised/talv");
    let mut file = fs::File::create(site.path(NEWS)).unwrap();
    file.write_all(&first.as_bytes()[..20]).unwrap();
    file.flush().unwrap();
    while preview.report("/uudised/talv")["problems"].as_array().unwrap().is_empty() {
        page.next();
    }
    assert!(preview.get("/uudised/talv").contains("Terve lause."));
    file.write_all(&whole.as_bytes()[20..]).unwrap();
    drop(file);
    while !preview.report("/uudised/talv")["problems"].as_array().unwrap().is_empty() {
        page.next();
    }
}

/// As when a branch is switched: a thousand pages come, change and go, and ten thousand files beside them.
#[test]
fn thousands_of_files_at_once_are_shown_together() {
    let site = Site::smallest();
    let preview = Preview::of(&site, &["--at", "2026-11-22"]);
    let write = |folder: &str, text: &str| {
        for number in 0..1000 {
            site.write(&format!("content/{folder}/teade-{number}.md"), news(&format!("Teade {number}"), text));
        }
    };
    for number in 0..10_000 {
        site.write(&format!("static/failid/{number}.txt"), "Fail.");
    }
    write("uudised", "Esimene.");
    preview.shows("/uudised/teade-999", "Esimene.");
    assert!(preview.get("/failid/9999.txt").ends_with("Fail."));
    write("uudised", "Teine.");
    preview.shows("/uudised/teade-0", "Teine.");
    preview.shows("/uudised/teade-999", "Teine.");
    for number in 0..1000 {
        site.remove(&format!("content/uudised/teade-{number}.md"));
    }
    site.write(NEWS, news("Talv", "Viimane."));
    preview.shows("/uudised/talv", "Viimane.");
    while preview.get("/uudised/teade-500").starts_with("HTTP/1.1 200") {}
}

#[test]
fn two_previews_of_one_site_take_two_ports_and_write_nothing_into_it() {
    let site = Site::smallest();
    // Where the pictures' cache would be, nothing can be written: as on a full disk.
    site.write(".raekoda", "");
    site.write("content/uudised/pilt.png", picture());
    site.write(NEWS, news("Talv", "![Lumi](pilt.png)"));
    let one = Preview::of(&site, &["--at", "2026-11-22"]);
    let port = one.host.rsplit(':').next().unwrap();
    let two = Preview::at(&site, port, &["--at", "2026-11-22"]);
    assert_ne!(one.host, two.host);
    // Whoever listened and left is no trouble to those who stay.
    drop(one.listen("/uudised/talv"));
    site.write(NEWS, news("Talv", "Mõlemad. ![Lumi](pilt.png)"));
    for preview in [&one, &two] {
        preview.shows("/uudised/talv", "Mõlemad.");
        let page = preview.get("/uudised/talv");
        let src = page.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(preview.get(src).starts_with("HTTP/1.1 200"), "{src}");
    }
    let names: Vec<_> = fs::read_dir(site.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name == "public"), "{names:?}");
}

fn picture() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(640, 400).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}
