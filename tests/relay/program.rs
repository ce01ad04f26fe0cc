//! Starting `form-relay`, filling in its forms, reading what it left.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use raekoda::{
    forms::{Compiled, Form, Version, html::Shell},
    language::Lang,
};

/// The program: the one that was built with the tests, or what `RELAY_BIN` names.
fn program() -> PathBuf {
    std::env::var_os("RELAY_BIN").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_form-relay")), PathBuf::from)
}

/// A folder with everything that a relay needs.
pub(super) struct Place {
    pub(super) folder: tempfile::TempDir,
}

/// The form that most tests send.
pub(super) const ENQUIRY: &str = include_str!("enquiry.toml");

const FEEDBACK: &str = r#"
id = "feedback"
prefix = "TAG"
title = { et = "Tagasiside" }
purpose = { et = "Parandamiseks" }
legal_basis = { et = "Nõusolek" }
what_happens_next = { et = "Loeme läbi." }
retention_days = 30
recipients = ["office"]
check_answers = false
[[steps]]
[[steps.fields]]
name = "text"
kind = "long-text"
label = { et = "Mida parandada?" }
"#;

impl Place {
    /// A folder with two forms, delivered to the drop folder `office`.
    pub(super) fn new() -> Self {
        Self::with("[folder.office]\npath = \"drop\"\n")
    }

    /// The same with other destinations or settings at the end of `relay.toml`.
    pub(super) fn with(settings: &str) -> Self {
        Self::below(&std::env::temp_dir(), settings)
    }

    /// The same in memory where the system has such a folder, for tests that are about anything but the disk.
    pub(super) fn in_memory(settings: &str) -> Self {
        let memory = Path::new("/dev/shm");
        Self::below(if memory.is_dir() { memory } else { Path::new("/tmp") }, settings)
    }

    fn below(parent: &Path, settings: &str) -> Self {
        let place = Self { folder: tempfile::tempdir_in(parent).expect("a folder") };
        for folder in ["drop", "data"] {
            fs::create_dir(place.path(folder)).expect("made");
        }
        place.write_forms(&[ENQUIRY, FEEDBACK]);
        fs::write(place.path("secret"), "0123456789abcdef0123456789abcdef").expect("written");
        let limits = if settings.contains("[limits]") { "" } else { include_str!("limits.toml") };
        let config = [include_str!("relay.toml"), settings, "\n", limits].concat();
        fs::write(place.path("relay.toml"), config).expect("written");
        place
    }

    /// Puts a `forms.json` of these definitions in place, all at once.
    pub(super) fn write_forms(&self, definitions: &[&str]) {
        let forms = definitions.iter().map(|text| {
            let form: Form = toml::from_str(text).expect("a form");
            Version::new(form, BTreeMap::new())
        });
        let languages = vec![Lang::ET, Lang::EN];
        let shells = languages.iter().map(|&lang| (lang, Shell::plain(lang))).collect();
        let office = serde_json::from_value(serde_json::json!({ "name": "Kadaka vald" })).expect("an office");
        let compiled = Compiled::new("https://www.kadakavald.example", office, languages, shells, forms.collect());
        fs::write(self.path("forms.next"), compiled.to_json()).expect("written");
        fs::rename(self.path("forms.next"), self.path("forms.json")).expect("renamed");
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command of the relay's.
    pub(super) fn command(&self, arguments: &[&str]) -> Output {
        self.command_in("C", arguments)
    }

    /// The same in another language.
    pub(super) fn command_in(&self, locale: &str, arguments: &[&str]) -> Output {
        Command::new(program())
            .args(arguments)
            .arg("--config")
            .arg(self.path("relay.toml"))
            .env("LC_ALL", locale)
            .output()
            .expect("run")
    }

    /// What a command that works says, as JSON.
    pub(super) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.command(&[arguments, &["--format", "json"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    pub(super) fn start(&self) -> Relay {
        self.start_under(&[])
    }

    /// Starts the relay as the last argument of another program.
    pub(super) fn start_under(&self, wrapper: &[&str]) -> Relay {
        let program = program();
        let words: Vec<&OsStr> =
            wrapper.iter().map(OsStr::new).chain([program.as_os_str(), "serve".as_ref()]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg("--config").arg(self.path("relay.toml"));
        Relay::start(command)
    }

    /// The submissions in the drop folder, by reference.
    pub(super) fn dropped(&self) -> BTreeMap<String, serde_json::Value> {
        let entries = fs::read_dir(self.path("drop")).expect("read").filter_map(Result::ok);
        let whole = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
        whole
            .map(|entry| {
                let text = fs::read(entry.path().join("submission.json")).expect("a submission");
                (entry.file_name().to_string_lossy().into_owned(), serde_json::from_slice(&text).expect("JSON"))
            })
            .collect()
    }
}

/// A relay that runs; killed when dropped.
pub(super) struct Relay {
    child: Child,
    pub(super) address: String,
    /// Where the heartbeat and the metrics are.
    pub(super) admin: String,
    pub(super) log: Arc<Mutex<Vec<String>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Relay {
    fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("started");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines().map_while(Result::ok);
        let mut before = Vec::new();
        let (address, admin) = loop {
            let line = lines.next().unwrap_or_else(|| panic!("the relay did not start: {before:?}"));
            let listening = serde_json::from_str::<serde_json::Value>(&line)
                .ok()
                .filter(|line| line["message"] == "listening")
                .map(|line| [line["address"].clone(), line["admin"].clone()]);
            before.push(line);
            if let Some([address, admin]) = listening {
                let text = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                break (text(address), text(admin));
            }
        };
        let log = Arc::new(Mutex::new(before));
        let into = Arc::clone(&log);
        let reader = std::thread::spawn(move || lines.for_each(|line| into.lock().expect("the log").push(line)));
        Self { child, address, admin, log, reader: Some(reader) }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn process(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_raw(self.child.id().try_into().expect("a number")).expect("a process")
    }

    /// SIGKILL: no chance to tidy up.
    pub(super) fn kill(mut self) {
        self.end();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("read");
        }
    }

    /// SIGTERM, and what the log says when it has ended; it must end well.
    pub(super) fn stop(mut self) -> Vec<String> {
        rustix::process::kill_process(self.process(), rustix::process::Signal::TERM).expect("told");
        assert!(self.child.wait().expect("ended").success());
        if let Some(reader) = self.reader.take() {
            reader.join().expect("read");
        }
        std::mem::take(&mut *self.log.lock().expect("the log"))
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.end();
    }
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: String,
    pub(super) headers: ureq::http::HeaderMap,
    pub(super) body: String,
}

/// A browser that follows nothing and keeps nothing.
pub(super) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into()
}

pub(super) fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, ureq::Error> {
    let mut response = result?;
    let headers = response.headers().clone();
    let location = headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let status = response.status().as_u16();
    Ok(Answer { status, location, headers, body: response.body_mut().read_to_string()? })
}

pub(super) fn try_post(url: &str, fields: &[(&str, &str)]) -> Result<Answer, ureq::Error> {
    answer(agent().post(url).header("origin", "https://www.kadakavald.example").send_form(fields.iter().copied()))
}

pub(super) fn post(url: &str, fields: &[(&str, &str)]) -> Answer {
    try_post(url, fields).expect("an answer")
}

pub(super) fn post_body(url: &str, content_type: &str, body: &[u8]) -> Result<Answer, ureq::Error> {
    answer(agent().post(url).header("content-type", content_type).send(body))
}

pub(super) fn get(url: &str) -> Answer {
    answer(agent().get(url).call()).expect("an answer")
}

/// A multipart body: texts, then files as (name, file name, content).
pub(super) fn multipart(texts: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, text) in texts {
        body.extend(
            format!("--xxBOUNDxx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes(),
        );
    }
    for (name, file, content) in files {
        let head = format!(
            "--xxBOUNDxx\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--xxBOUNDxx--\r\n");
    ("multipart/form-data; boundary=xxBOUNDxx".to_owned(), body)
}

/// The hidden fields of a page, as a browser would send them again.
pub(super) fn hidden(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        let value = rest.split('"').next()?;
        Some(
            value
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&"),
        )
    };
    page.split("<input ")
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap_or_default())
        .filter(|tag| tag.contains("type=\"hidden\""))
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .collect()
}

/// A good enquiry.
pub(super) const GOOD: [(&str, &str); 3] =
    [("name", "Mari Maasikas"), ("email", "mari@example.org"), ("text", "Millal avatakse Kadaka raamatukogu?")];

/// From the filled-in form to the check page's fields, with the button that sends.
pub(super) fn checked(relay: &Relay, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = post(&relay.url("/enquiry"), fields);
    assert_eq!(page.status, 200, "{}", page.body);
    let mut fields = hidden(&page.body);
    fields.push(("_go".to_owned(), "send".to_owned()));
    fields
}

pub(super) fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Whether `text` stands in any file below `folder`.
pub(super) fn stands_in(folder: &Path, text: &str) -> bool {
    let stands = |path: &Path| {
        fs::read(path).is_ok_and(|content| content.windows(text.len()).any(|part| part == text.as_bytes()))
    };
    fs::read_dir(folder).expect("read").filter_map(Result::ok).any(|entry| {
        let path = entry.path();
        if path.is_dir() { stands_in(&path, text) } else { stands(&path) }
    })
}

/// Looks until `done` says so; fails after a minute.
pub(super) fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_mins(1), "never happened: {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
