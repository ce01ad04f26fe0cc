//! A small server for one's own eyes: loopback only, files as they are, addresses as on the real host.
#![expect(clippy::disallowed_methods, reason = "serves the files that output wrote")]

use std::{
    fs::{self, File},
    path::{Component, Path, PathBuf},
};

use percent_encoding::percent_decode_str;
use tiny_http::{Header, Method, Request, Response, StatusCode};

use crate::diagnostics::Diagnostic;

/// How many ports are tried when the first is taken.
const TRIES: u16 = 20;

/// A server that listens.
pub struct Server {
    http: tiny_http::Server,
    port: u16,
}

impl Server {
    /// Listens on `port` of the loopback address, or on the next free one.
    ///
    /// # Errors
    /// `commands.port` when none is free.
    pub fn bind(port: u16) -> Result<Self, Diagnostic> {
        let mut reason = String::new();
        for port in port..=port.saturating_add(TRIES) {
            match tiny_http::Server::http(("127.0.0.1", port)) {
                Ok(http) => {
                    let bound = http.server_addr().to_ip().map_or(port, |address| address.port());
                    return Ok(Self { http, port: bound });
                }
                Err(error) => reason = error.to_string(),
            }
        }
        Err(Diagnostic::new("commands.port").arg("port", port).arg("reason", reason))
    }

    /// Where the site is.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Serves the files of `folder` until the process ends.
    pub fn serve(&self, folder: &Path) {
        for request in self.http.incoming_requests() {
            // Whoever asked may have gone away; the next one has not.
            let _ = self.answer(request, folder);
        }
    }

    fn answer(&self, request: Request, folder: &Path) -> std::io::Result<()> {
        if !self.is_ours(&request) {
            return request.respond(Response::from_string("403").with_status_code(StatusCode(403)));
        }
        if !matches!(request.method(), Method::Get | Method::Head) {
            return request.respond(Response::from_string("405").with_status_code(StatusCode(405)));
        }
        let url = request.url().split(['?', '#']).next().unwrap_or("/");
        let path = percent_decode_str(url).decode_utf8_lossy().into_owned();
        if path.len() > 1 && path.ends_with('/') {
            let location = format!("/{}", path.trim_matches('/'));
            let response = Response::empty(301).with_header(header("Location", &location));
            return request.respond(response);
        }
        let (found, status) = match file(folder, &path) {
            Some(found) => (Some(found), 200),
            None => (not_found(folder, &path), 404),
        };
        let Some(found) = found else {
            return request.respond(Response::from_string("404").with_status_code(StatusCode(404)));
        };
        let kind = media_type(&found);
        let response = Response::from_file(File::open(found)?)
            .with_status_code(StatusCode(status))
            .with_header(header("Content-Type", kind))
            .with_header(header("Cache-Control", "no-store"))
            .with_header(header("X-Content-Type-Options", "nosniff"));
        request.respond(response)
    }

    /// A page of another site must not read this one under a name of its own (DNS rebinding).
    fn is_ours(&self, request: &Request) -> bool {
        let host =
            request.headers().iter().find(|header| header.field.equiv("Host")).map(|header| header.value.as_str());
        let ours = [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)];
        host.is_some_and(|host| ours.iter().any(|our| our == host))
    }
}

/// The file that an address means: itself, or the `index.html` of its folder.
fn file(folder: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path.trim_start_matches('/'));
    if relative.components().any(|part| !matches!(part, Component::Normal(_))) {
        return None;
    }
    let whole = folder.join(relative);
    let meta = fs::metadata(&whole).ok()?;
    let file = if meta.is_dir() { whole.join("index.html") } else { whole };
    file.is_file().then_some(file)
}

/// The nearest 404.html: that of the language, or the site's.
fn not_found(folder: &Path, path: &str) -> Option<PathBuf> {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    [folder.join(first).join("404.html"), folder.join("404.html")].into_iter().find(|file| file.is_file())
}

fn header(name: &str, value: &str) -> Header {
    // Names and values here are the program's own, or addresses that were decoded and encoded again.
    let ascii = percent_encoding::utf8_percent_encode(value, percent_encoding::CONTROLS).to_string();
    Header::from_bytes(name, ascii).expect("encoded text without control characters is a header")
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
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
