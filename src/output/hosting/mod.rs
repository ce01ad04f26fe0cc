//! How the site is to be served, from one model, in the words of each host: addresses without a slash,
//! old addresses, the page for what is not found, how long files are kept, and what browsers may load.

mod apache;
mod caddy;
mod nginx;
mod static_hosts;

pub use apache::{apache, htaccess};
pub use caddy::caddy;
pub use nginx::nginx;
pub use static_hosts::headers;

use std::collections::{BTreeMap, BTreeSet};

use crate::{schema::Value, site::Site};

/// A rule for an old address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// The old address, from the root, with its query if it has one.
    pub from: String,
    /// Where it leads; empty for what is gone.
    pub to: String,
    /// 301, 302, 307, 308 or 410.
    pub status: u16,
}

/// Everything that a host has to know.
#[derive(Clone, Debug)]
pub struct Hosting {
    /// The host's name, from the site's address.
    pub host: String,
    /// The site is served by HTTPS.
    pub secure: bool,
    /// Languages besides the one at the root.
    pub languages: Vec<String>,
    /// The language at the root.
    pub language: String,
    /// Old addresses, one by one.
    pub moved: Vec<Moved>,
    /// Pages by the last part of their address or an alias, as the former platforms (`asset_publisher`,
    /// blogs) named them.
    pub slugs: BTreeMap<String, String>,
    /// The folders of these pages, each ending in a slash; where two have a page of one name, the first is meant.
    pub folders: Vec<String>,
    /// Pages and files by the number or UUID that the former site gave them.
    pub ids: BTreeMap<String, String>,
    /// The headers that every answer has.
    pub headers: Vec<(&'static str, String)>,
}

/// Fingerprinted files never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Pages are asked for again each time, and mostly answered with 304.
const ASK: &str = "no-cache";
/// Documents and feeds.
const HOUR: &str = "public, max-age=3600";

impl Hosting {
    /// Gathers what the site says; `frames` are the sites that its pages show in frames.
    pub fn of(site: &Site, frames: &BTreeSet<String>) -> Self {
        let base = &site.settings.base_url;
        let host = base.split("://").nth(1).unwrap_or("localhost").split('/').next().unwrap_or("localhost");
        let moved = site.redirects.iter().map(|redirect| Moved {
            from: redirect.from.clone(),
            to: redirect.to.clone(),
            status: redirect.status,
        });
        let (mut slugs, mut ids) = (BTreeMap::new(), BTreeMap::new());
        let (mut folders, mut others) = (Vec::new(), Vec::new());
        for (ix, entry) in site.entries.iter().enumerate() {
            let url = site.urls[ix].to_string();
            if site.kind(ix).page && !entry.section {
                let slug = url.rsplit('/').next().unwrap_or_default().to_owned();
                let folder = url[..url.len() - slug.len()].to_owned();
                // A news item is what the old addresses mean most.
                let news = &*site.kind(ix).name == "news";
                let list = if news { &mut folders } else { &mut others };
                if !list.contains(&folder) {
                    list.push(folder);
                }
                if news || !slugs.contains_key(&slug) {
                    slugs.insert(slug, url.clone());
                }
            }
            for id in entry.fields.get("legacy_ids").into_iter().flat_map(Value::texts) {
                let id = id.rsplit(['/', '=', ':']).next().unwrap_or(id);
                if !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                    ids.entry(id.to_owned()).or_insert_with(|| url.clone());
                }
            }
        }
        others.retain(|folder| !folders.contains(folder));
        folders.append(&mut others);
        let default = site.settings.default_language();
        Self {
            host: host.to_owned(),
            secure: base.starts_with("https://"),
            languages: site
                .settings
                .languages
                .iter()
                .filter(|&&lang| lang != default)
                .map(ToString::to_string)
                .collect(),
            language: default.to_string(),
            moved: moved.collect(),
            slugs,
            folders,
            ids,
            headers: security(base.starts_with("https://"), site.settings.relay_url.as_deref(), frames),
        }
    }
}

/// The headers of every answer. Scripts, styles and pictures come from the site alone, frames from `frames`;
/// forms go to it and to its relay.
pub fn security(secure: bool, relay: Option<&str>, frames: &BTreeSet<String>) -> Vec<(&'static str, String)> {
    let relay = relay.and_then(origin).map(|origin| format!(" {origin}")).unwrap_or_default();
    let origins: Vec<&str> = frames.iter().map(String::as_str).collect();
    let frames = if origins.is_empty() { String::new() } else { format!("frame-src {}; ", origins.join(" ")) };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         media-src 'self'; manifest-src 'self'; connect-src 'self'{relay}; {frames}form-action 'self'{relay}; \
         frame-ancestors 'self'; base-uri 'none'"
    );
    let mut headers = vec![
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("Referrer-Policy", "strict-origin-when-cross-origin".to_owned()),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()".to_owned()),
        ("Cross-Origin-Opener-Policy", "same-origin".to_owned()),
    ];
    if secure {
        headers.push(("Strict-Transport-Security", "max-age=31536000; includeSubDomains".to_owned()));
    }
    headers
}

/// The scheme and host of an address.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    Some(format!("{scheme}://{}", rest.split(['/', '?', '#']).next().unwrap_or_default()))
}

/// The sites that a page shows in frames once the reader asks for it: those of its `data-frame` attributes.
pub fn frames(html: &[u8]) -> impl Iterator<Item = String> {
    const MARK: &[u8] = b" data-frame=";
    memchr::memmem::find_iter(html, MARK).filter_map(|at| {
        let value = &html[at + MARK.len()..];
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let end = value.iter().position(|b| b"\"'<> ".contains(b))?;
        let url = std::str::from_utf8(&value[..end]).ok()?.strip_prefix("https://")?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".-:".contains(&b);
        let host = url.split(['/', '?', '#']).next().filter(|host| host.bytes().all(plain) && !host.is_empty())?;
        Some(format!("https://{host}"))
    })
}

/// Percent-encodes what would end a word or a text in a server's configuration.
fn encode(address: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const SPECIAL: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'{').add(b'}').add(b'$').add(b'`').add(b'\'');
    utf8_percent_encode(address, SPECIAL).to_string()
}

/// Decoded, as servers compare paths; a path that cannot be written safely is left out.
fn plain(path: &str) -> Option<String> {
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    (!path.contains(['"', '\\', '\n', '\r', '$', '{', '}', '`'])).then(|| path.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_pages_need_may_be_framed() {
        let none = BTreeSet::new();
        assert!(!security(true, None, &none)[0].1.contains("frame-src"));
        let page = br#"<div class=map data-frame="https://b.example/x?y=1"></div><div data-frame=https://a.example/z>
            <p data-frame="http://c.example/"><p data-frame="https://d.example;%20*/"><p>data-frame="https://e.example/"</p>"#;
        let found: BTreeSet<String> = frames(page).collect();
        let policy = &security(true, Some("https://vorm.example/a"), &found)[0].1;
        assert!(policy.contains("; frame-src https://a.example https://b.example; "), "{policy}");
        assert!(policy.contains("form-action 'self' https://vorm.example;"), "{policy}");
    }
}
