//! `_headers`, as Netlify and Cloudflare Pages read it; `_redirects` stands in `redirects.rs`.

use std::fmt::Write as _;

use super::{ASK, FOREVER, Hosting};

/// The whole file.
#[must_use]
pub fn headers(hosting: &Hosting) -> String {
    let mut out = String::from("/*\n");
    for (name, value) in &hosting.headers {
        let _ = writeln!(out, "  {name}: {value}");
    }
    let _ = writeln!(out, "  Cache-Control: {ASK}");
    for path in ["/assets/*", "/images/*"] {
        let _ = writeln!(out, "{path}\n  ! Cache-Control\n  Cache-Control: {FOREVER}");
    }
    for (ending, kind) in [("ics", "text/calendar"), ("jsonld", "application/ld+json"), ("ttl", "text/turtle")] {
        let _ = writeln!(out, "/*.{ending}\n  Content-Type: {kind}; charset=utf-8");
    }
    out
}
