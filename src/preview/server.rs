//! A small server for one's own eyes: loopback only, addresses and headers as on the real host.
#![expect(clippy::disallowed_methods, reason = "serves files that are published as they are")]

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Cursor, Read, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    sync::{Arc, PoisonError},
    thread,
    time::Duration,
};

use jiff::civil::Date;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tiny_http::{Header, Method, Request, Response, StatusCode};

use super::{Preview, Wanted, edition::Edition, forms, listeners::Listener};
use crate::{assets::images, diagnostics::Diagnostic, forms::html::escape, output};

/// How many ports are tried when the first is taken.
const TRIES: u16 = 20;
/// How many requests are answered at once.
const THREADS: usize = 6;
/// How often those who listen are asked whether they are still there.
const PING: Duration = Duration::from_secs(20);
/// How long a connection can lie unread in the library's queue before it is woken.
const NUDGE: Duration = Duration::from_millis(500);
/// Where the preview's own files are.
const OWN: &str = "/__raekoda/";

/// A server that listens.
pub struct Server {
    http: Arc<tiny_http::Server>,
    host: String,
    address: SocketAddr,
}

/// What is answered.
struct Answer {
    status: u16,
    kind: &'static str,
    body: Box<dyn Read + Send>,
    length: u64,
    location: Option<String>,
    /// The other sites that the page may show in frames.
    frames: BTreeSet<String>,
}

impl Server {
    /// Listens on `port` of `host`, or on the next free one.
    ///
    /// # Errors
    /// `commands.port` when none is free.
    pub fn bind(host: &str, port: u16) -> Result<Self, Diagnostic> {
        let mut reason = String::new();
        for port in port..=port.saturating_add(TRIES) {
            match tiny_http::Server::http((host, port)) {
                Ok(http) => {
                    let bound = http.server_addr().to_ip();
                    let address = bound.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, port).into());
                    return Ok(Self { http: Arc::new(http), host: host.to_owned(), address });
                }
                Err(error) => reason = error.to_string(),
            }
        }
        Err(Diagnostic::new("commands.port").arg("port", port).arg("reason", reason))
    }

    /// Where the site is.
    pub fn address(&self) -> String {
        format!("http://{}:{}", self.host, self.address.port())
    }

    /// Answers requests, on threads of its own, until the process ends.
    pub fn start(&self, preview: &Arc<Preview>) {
        for _ in 0..THREADS {
            let (http, preview, names) = (self.http.clone(), preview.clone(), self.names());
            thread::spawn(move || {
                while let Ok(request) = http.recv() {
                    // Whoever asked may have gone away; the next one has not.
                    let _ = answer(request, &preview, &names);
                }
            });
        }
        let preview = preview.clone();
        thread::spawn(move || {
            loop {
                thread::sleep(PING);
                preview.listeners.lock().unwrap_or_else(PoisonError::into_inner).ping();
            }
        });
        self.nudge();
    }

    /// Takes care that no connection is left lying. The library gives each connection a thread for as long as it
    /// is open, and counts a thread that it has just woken as one that still waits: of several connections that
    /// come at once, one can be put in its queue with nobody to take it, and a page of a browser would load for
    /// minutes. The thread of the next connection that ends takes it, so one is made that ends at once.
    fn nudge(&self) {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        thread::spawn(move || {
            loop {
                thread::sleep(NUDGE);
                // When it cannot be made now, the next one will.
                drop(TcpStream::connect(address));
            }
        });
    }

    /// What `Host` may say: a page of another site must not read this one under a name of its own (DNS
    /// rebinding).
    fn names(&self) -> Vec<String> {
        ["127.0.0.1", "localhost", "[::1]", &self.host]
            .iter()
            .map(|host| format!("{host}:{}", self.address.port()))
            .collect()
    }
}

fn answer(request: Request, preview: &Preview, names: &[String]) -> io::Result<()> {
    let host = value(&request, "Host");
    if !host.is_some_and(|host| names.contains(&host)) {
        return respond(request, Answer::text(403, "403"));
    }
    let url = request.url().to_owned();
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
    if *request.method() == Method::Post {
        return post(request, preview, &path, names);
    }
    if !matches!(request.method(), Method::Get | Method::Head) {
        return respond(request, Answer::text(405, "405"));
    }
    match path.strip_prefix(OWN) {
        Some("events") => listen(request, preview, query),
        Some(own) => respond(request, own_file(preview, own, query)),
        None => {
            let answer = site_file(preview, &path, &url);
            respond(request, answer)
        }
    }
}

/// What a form of the site, or the panel, sends.
fn post(mut request: Request, preview: &Preview, path: &str, names: &[String]) -> io::Result<()> {
    let from = value(&request, "Origin");
    let ours = from.is_none_or(|from| from.split_once("://").is_some_and(|(_, host)| names.iter().any(|n| n == host)));
    if !ours || request.body_length().is_some_and(|length| length as u64 > forms::LIMIT) {
        return respond(request, Answer::text(403, "403"));
    }
    let mut body = Vec::new();
    request.as_reader().take(forms::LIMIT).read_to_end(&mut body)?;
    let answer = match path.strip_prefix(OWN) {
        Some("at") => {
            let sent = String::from_utf8_lossy(&body);
            let at = parameter(&sent, "at").and_then(|day| day.parse::<Date>().ok()).map(|day| day.at(12, 0, 0, 0));
            preview.want(Wanted { at, drafts: parameter(&sent, "drafts").as_deref() == Some("true") });
            match parameter(&sent, "open") {
                Some(path) => {
                    Answer::moved(303, &format!("{OWN}source?path={}", utf8_percent_encode(&path, NON_ALPHANUMERIC)))
                }
                None => Answer::text(204, ""),
            }
        }
        Some(own) => {
            let (edition, kind) = (preview.edition(), value(&request, "Content-Type").unwrap_or_default());
            let form = own.strip_prefix("forms/").zip(edition.as_deref());
            let speak = preview.words.language;
            match form.and_then(|(id, edition)| forms::answer(edition, id, &kind, &body, speak)) {
                Some(answer) => Answer::page(answer.status, answer.html.as_bytes()),
                None => Answer::text(404, "404"),
            }
        }
        None => Answer::text(405, "405"),
    };
    respond(request, answer)
}

/// The preview's own files.
fn own_file(preview: &Preview, name: &str, query: &str) -> Answer {
    match name {
        "preview.js" => Answer::bytes("text/javascript; charset=utf-8", include_bytes!("client/preview.js").to_vec()),
        "icon.svg" => Answer::bytes("image/svg+xml", include_bytes!("client/icon.svg").to_vec()),
        "preview.css" => Answer::bytes("text/css; charset=utf-8", include_bytes!("client/preview.css").to_vec()),
        "page" => {
            let report = preview.report(&parameter(query, "url").unwrap_or_default());
            Answer::bytes("application/json", report.to_string().into_bytes())
        }
        "pages" => match preview.edition() {
            Some(edition) => Answer::bytes("text/html; charset=utf-8", preview.page_list(&edition).into_bytes()),
            None => Answer::text(404, "404"),
        },
        "source" => source(preview, &parameter(query, "path").unwrap_or_default()),
        _ => Answer::text(404, "404"),
    }
}

/// Leads to the page that is made from a file; one that the site does not have yet is waited for.
fn source(preview: &Preview, path: &str) -> Answer {
    let Some(edition) = preview.edition() else { return Answer::text(404, "404") };
    let site = edition.site();
    match site.entries.iter().position(|entry| **entry.path() == *path) {
        Some(ix) => Answer::moved(302, &site.urls[ix]),
        None => {
            let wait = "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=1><link rel=icon href=/__raekoda/icon.svg><title>…</title>";
            Answer::bytes("text/html; charset=utf-8", format!("{wait}<p>{}</p>", escape(path)).into_bytes())
        }
    }
}

/// What the site has at an address.
fn site_file(preview: &Preview, path: &str, url: &str) -> Answer {
    let Some(edition) = preview.edition() else {
        return Answer::bytes("text/html; charset=utf-8", with_panel(b"<!doctype html><title>raekoda</title>"));
    };
    if path.len() > 1 && path.ends_with('/') {
        return Answer::moved(301, &format!("/{}", path.trim_matches('/')));
    }
    if let Some(answer) = redirect(&edition, path, url) {
        return answer;
    }
    if let Some(shown) = edition.page(path) {
        return Answer::page(200, &shown.html);
    }
    let file = path.trim_start_matches('/');
    match picture(preview, &edition, file).or_else(|| published(&edition, file)) {
        Some(answer) => answer,
        None => Answer::page(404, &edition.shown(path)),
    }
}

/// Old addresses lead on, those with a query before those without.
fn redirect(edition: &Edition, path: &str, url: &str) -> Option<Answer> {
    let redirects = &edition.site().redirects;
    let find = |from: &str| redirects.iter().find(|redirect| redirect.from == from);
    let found = find(url).or_else(|| find(path))?;
    Some(match found.status {
        410 => Answer::page(410, &edition.shown(path)),
        status => Answer::moved(status, &found.to),
    })
}

/// A picture in one of its sizes, made when it is first asked for.
fn picture(preview: &Preview, edition: &Edition, path: &str) -> Option<Answer> {
    let (needed, at) = edition.picture(path)?;
    let variant = &needed.variants[at];
    let bytes = match preview.cache.get(&variant.path) {
        Some(bytes) => bytes,
        None => {
            let original = needed.file.bytes().ok()?;
            let (_, bytes) = images::encode(&needed.file.path, &original, &needed.info, std::slice::from_ref(variant))
                .ok()?
                .into_iter()
                .next()?;
            // Without the cache it is made again.
            let _ = preview.cache.put(&variant.path, &bytes);
            bytes
        }
    };
    Some(Answer::bytes(media_type(path), bytes))
}

/// A file of the theme, of `static/`, a feed.
fn published(edition: &Edition, path: &str) -> Option<Answer> {
    if let Some(copy) = edition.copy(path) {
        let file = File::open(&copy.disk).ok()?;
        let length = file.metadata().ok()?.len();
        return Some(Answer {
            status: 200,
            kind: media_type(path),
            body: Box::new(file),
            length,
            ..Answer::text(200, "")
        });
    }
    let bytes = edition.file(path).or_else(|| edition.file(&format!("{path}/index.html")))?;
    let kind = media_type(path);
    Some(Answer::bytes(kind, bytes))
}

impl Answer {
    fn bytes(kind: &'static str, bytes: Vec<u8>) -> Self {
        let (length, body) = (bytes.len() as u64, Box::new(Cursor::new(bytes)));
        Self { status: 200, kind, length, body, location: None, frames: BTreeSet::new() }
    }

    fn text(status: u16, text: &'static str) -> Self {
        Self { status, ..Self::bytes("text/plain; charset=utf-8", text.into()) }
    }

    fn page(status: u16, html: &[u8]) -> Self {
        let frames = output::frames(html).collect();
        Self { status, frames, ..Self::bytes("text/html; charset=utf-8", with_panel(html)) }
    }

    fn moved(status: u16, to: &str) -> Self {
        Self { location: Some(to.to_owned()), ..Self::text(status, "") }
    }
}

/// A page with the preview's script, which no built site has.
fn with_panel(html: &[u8]) -> Vec<u8> {
    let print = crate::fingerprint::fingerprint(html);
    let script = format!("<script src=\"{OWN}preview.js\" data-print=\"{print:032x}\" defer></script>");
    [html, script.as_bytes()].concat()
}

/// Keeps the connection of an open page.
fn listen(request: Request, preview: &Preview, query: &str) -> io::Result<()> {
    let url = parameter(query, "page").unwrap_or_default();
    let print = parameter(query, "print").and_then(|print| u128::from_str_radix(&print, 16).ok()).unwrap_or(0);
    let mut writer = request.into_writer();
    // The library's own answer is sent in chunks, which some browsers do not take for events, and would
    // keep one of its threads.
    writer.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
    )?;
    writer.flush()?;
    let listener = Listener { writer, url, print, html: None };
    let edition = preview.edition();
    preview.listeners.lock().unwrap_or_else(PoisonError::into_inner).add(listener, edition.as_deref());
    Ok(())
}

fn respond(request: Request, mut answer: Answer) -> io::Result<()> {
    let range =
        value(&request, "Range").filter(|_| answer.status == 200).and_then(|range| wanted(&range, answer.length));
    let mut headers = headers(&answer.frames);
    headers.push(header("Content-Type", answer.kind));
    headers.extend(answer.location.as_deref().map(|to| header("Location", to)));
    let whole = answer.length;
    match range {
        Some(Ok((from, to))) => {
            headers.push(header("Content-Range", &format!("bytes {from}-{to}/{whole}")));
            io::copy(&mut answer.body.by_ref().take(from), &mut io::sink())?;
            (answer.status, answer.length) = (206, to - from + 1);
            answer.body = Box::new(answer.body.take(to - from + 1));
        }
        Some(Err(())) => {
            headers.push(header("Content-Range", &format!("bytes */{whole}")));
            answer = Answer { status: 416, ..Answer::text(416, "") };
        }
        None => {}
    }
    let length = usize::try_from(answer.length).ok();
    let response = Response::new(StatusCode(answer.status), headers, answer.body, length, None);
    // The length is known, so nothing needs to be sent in chunks.
    request.respond(response.with_chunked_threshold(usize::MAX))
}

/// The first and last byte that `Range` asks for (RFC 9110 §14.2), of one range; `Err` when there are none such.
fn wanted(range: &str, length: u64) -> Option<Result<(u64, u64), ()>> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    if to.contains(',') {
        return None;
    }
    let last = length.checked_sub(1);
    let (from, to) = match (from.trim(), to.trim()) {
        ("", count) => (length.saturating_sub(count.parse().ok()?), last?),
        (from, "") => (from.parse().ok()?, last?),
        (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.min(last?)),
    };
    Some(if from <= to { Ok((from, to)) } else { Err(()) })
}

/// What every answer says: what the real host does, but that nothing is to be kept.
fn headers(frames: &BTreeSet<String>) -> Vec<Header> {
    let own = [("Cache-Control", "no-store".to_owned()), ("Accept-Ranges", "bytes".to_owned())];
    own.into_iter().chain(output::security(false, None, frames)).map(|(name, value)| header(name, &value)).collect()
}

fn value(request: &Request, name: &'static str) -> Option<String> {
    request.headers().iter().find(|header| header.field.equiv(name)).map(|header| header.value.to_string())
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.into_iter().find(|(key, _)| *key == name)?.1;
    Some(percent_decode_str(found).decode_utf8_lossy().into_owned())
}

fn header(name: &str, value: &str) -> Header {
    // Names and values here are the program's own, or addresses that were decoded and encoded again.
    let ascii = percent_encoding::utf8_percent_encode(value, percent_encoding::CONTROLS).to_string();
    Header::from_bytes(name, ascii).expect("encoded text without control characters is a header")
}

fn media_type(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" | "" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "ics" => "text/calendar; charset=utf-8",
        "pdf" => "application/pdf",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
