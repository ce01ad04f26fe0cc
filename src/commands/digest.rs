//! `raekoda check --digest`: a letter to each owner with what is new on their pages since the last.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io,
    path::Path,
};

use super::Voice;
use crate::{
    check::sheet::owner,
    diagnostics::{Diagnostic, Language},
    site::Site,
};

/// What was told before lies here, beside the letters.
const TOLD: &str = ".told.json";

/// Writes the letters into `folder`: mail files (RFC 5322) that a mail program opens and sends. Says how many.
///
/// # Errors
/// Of the disk.
#[expect(clippy::disallowed_methods, reason = "letters are written where the command is told to")]
pub(super) fn write(folder: &Path, site: &Site, found: &[Diagnostic], voice: Voice) -> io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let memory = folder.join(TOLD);
    let told: BTreeSet<String> =
        std::fs::read(&memory).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let owners: BTreeMap<&str, (String, Option<String>)> =
        site.entries.iter().enumerate().filter_map(|(ix, entry)| Some((&**entry.path(), owner(site, ix)?))).collect();
    let mut letters: BTreeMap<(String, Option<String>), Vec<&Diagnostic>> = BTreeMap::new();
    for finding in found.iter().filter(|finding| !told.contains(&finding.fingerprint())) {
        let of = finding.location.as_ref().and_then(|place| owners.get(&*place.file)).cloned();
        let nobody = || (voice.say("Vastutajata", "No owner"), None);
        letters.entry(of.unwrap_or_else(nobody)).or_default().push(finding);
    }
    for ((name, email), findings) in &letters {
        let slug = crate::language::slug(name);
        // A letter that was not sent yet stays.
        let later = (2..).map(|number| folder.join(format!("{slug}-{number}.eml")));
        let mut paths = std::iter::once(folder.join(format!("{slug}.eml"))).chain(later);
        let Some(path) = paths.find(|path| !path.exists()) else { continue };
        std::fs::write(path, letter(site, name, email.as_deref(), findings, voice.language))?;
    }
    let all: BTreeSet<String> = found.iter().map(Diagnostic::fingerprint).collect();
    std::fs::write(memory, serde_json::to_vec(&all)?)?;
    Ok(letters.len())
}

/// A header's text in encoded words of no more than 75 letters (RFC 2047, section 2).
fn encoded(text: &str) -> String {
    let mut words = vec![String::new()];
    for c in text.chars() {
        match words.last_mut() {
            Some(word) if word.len() + c.len_utf8() <= 45 => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let words = words.iter().map(|word| format!("=?utf-8?B?{}?=", base64(word.as_bytes())));
    words.collect::<Vec<_>>().join("\r\n ")
}

fn letter(site: &Site, name: &str, email: Option<&str>, found: &[&Diagnostic], language: Language) -> String {
    let subject = match language {
        Language::Estonian => format!("{}: {} uut leidu teie lehtedel", site.settings.name, found.len()),
        Language::English => format!("{}: {} new findings on your pages", site.settings.name, found.len()),
    };
    let line = |text: &str| text.replace(['\r', '\n'], " ");
    let mut out = String::new();
    // Nobody's letter has no such line: an empty one is against RFC 5322.
    if let Some(email) = email {
        let _ = write!(out, "To: {}\r\n", line(email));
    }
    let _ = write!(out, "Subject: {}\r\n", encoded(&line(&subject)));
    out.push_str(
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
    );
    let _ = write!(out, "{}\r\n", line(name));
    let mut file = "";
    for finding in found {
        let place = finding.location.as_ref();
        let of = place.map_or("", |place| &*place.file);
        if of != file {
            file = of;
            let _ = write!(out, "\r\n{}\r\n", line(of));
        }
        let number = place.filter(|place| place.line > 0).map(|place| format!("{}: ", place.line)).unwrap_or_default();
        let _ = write!(out, "- {number}{}\r\n", line(&finding.message(language)));
        if let Some(help) = finding.help(language) {
            let _ = write!(out, "  {}\r\n", line(&help));
        }
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
