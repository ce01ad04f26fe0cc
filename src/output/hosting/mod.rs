//! How the site is to be served, from one model, in the words of each host: addresses without a slash,
//! old addresses, the page for what is not found, how long files are kept, and what browsers may load.

mod apache;
mod caddy;
mod nginx;
mod static_hosts;

pub use apache::apache;
pub use caddy::caddy;
pub use nginx::nginx;
pub use static_hosts::headers;

use std::collections::BTreeMap;

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
    /// Gathers what the site says.
    pub fn of(site: &Site) -> Self {
        let base = &site.settings.base_url;
        let host = base.split("://").nth(1).unwrap_or("localhost").split('/').next().unwrap_or("localhost");
        let moved = site.redirects.iter().map(|redirect| Moved {
            from: redirect.from.clone(),
            to: redirect.to.clone(),
            status: redirect.status,
        });
        let (mut slugs, mut ids) = (BTreeMap::new(), BTreeMap::new());
        for (ix, entry) in site.entries.iter().enumerate() {
            let url = site.urls[ix].to_string();
            if site.kind(ix).page && !entry.section {
                let slug = url.rsplit('/').next().unwrap_or_default().to_owned();
                // A news item is what the old addresses mean most.
                let news = &*site.kind(ix).name == "news";
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
            ids,
            headers: security(base.starts_with("https://"), site.settings.relay_url.as_deref()),
        }
    }
}

/// The headers of every answer. Scripts, styles and pictures come from the site alone; forms go to it
/// and to its relay.
pub fn security(secure: bool, relay: Option<&str>) -> Vec<(&'static str, String)> {
    let relay = relay.and_then(|url| url.split("://").nth(1).map(|rest| (url, rest))).map(|(url, rest)| {
        let scheme = url.split("://").next().unwrap_or("https");
        format!(" {scheme}://{}", rest.split('/').next().unwrap_or_default())
    });
    let relay = relay.unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         media-src 'self'; manifest-src 'self'; connect-src 'self'{relay}; form-action 'self'{relay}; \
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
