//! Texts and addresses made safe for HTML.

use std::fmt::Write;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Writes `text` between tags.
pub(super) fn push_text(out: &mut String, text: &str) {
    push(out, text, memchr::memchr3_iter(b'&', b'<', b'>', text.as_bytes()));
}

/// Writes `text` between an attribute's double quotes.
pub(super) fn push_attribute(out: &mut String, text: &str) {
    push(out, text, text.bytes().enumerate().filter(|(_, b)| b"&<>\"".contains(b)).map(|(at, _)| at));
}

/// Writes `text` with entities for the characters at `places`.
fn push(out: &mut String, text: &str, places: impl Iterator<Item = usize>) {
    let mut done = 0;
    for at in places {
        out.push_str(&text[done..at]);
        out.push_str(match text.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

/// Writes an address between an attribute's double quotes: what RFC 3986 does not allow is percent-encoded.
pub(super) fn push_address(out: &mut String, address: &str) {
    const ENCODED: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    if address.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._#:?=%@~+".contains(&b)) {
        out.push_str(address);
        return;
    }
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "{}",
        utf8_percent_encode(address, ENCODED).to_string().replace('&', "&amp;").replace('\'', "&#39;")
    );
}

/// The schemes that a link may have. Everything else – `javascript:`, `data:`, whatever a browser
/// learns tomorrow – is refused.
const SCHEMES: &[&str] = &["http", "https", "mailto", "tel", "sms", "geo"];

/// The scheme of `address` that a page must not have, if it has one. Browsers drop control characters and
/// white space when they look for a scheme (WHATWG URL), and so does this.
pub(super) fn refused_scheme(address: &str) -> Option<String> {
    let end = address.find([':', '/', '?', '#'])?;
    if !address[end..].starts_with(':') {
        return None;
    }
    let scheme: String = address[..end]
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    (!SCHEMES.contains(&scheme.as_str())).then_some(scheme)
}
