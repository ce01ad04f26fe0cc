//! Open pages, each with a connection on which it is told when it changed (Server-Sent Events, HTML
//! standard §9.2).

use std::{io::Write, sync::Arc};

use serde_json::json;

use super::edition::Edition;
use crate::fingerprint::{Fingerprint, fingerprint};

/// Everybody who listens.
#[derive(Default)]
pub(super) struct Listeners {
    all: Vec<Listener>,
}

/// An open page.
pub(super) struct Listener {
    /// Its connection.
    pub(super) writer: Box<dyn Write + Send>,
    /// The page's address.
    pub(super) url: String,
    /// What the browser shows.
    pub(super) print: Fingerprint,
    /// The same as text, when it is known.
    pub(super) html: Option<Arc<[u8]>>,
}

impl Listeners {
    /// Takes in another, and tells it at once how its page stands.
    pub(super) fn add(&mut self, mut listener: Listener, edition: Option<&Edition>) {
        let started = edition.is_none_or(|edition| listener.hear(edition));
        if started {
            self.all.push(listener);
        }
    }

    /// Tells all how their pages stand; those who are gone are let go.
    pub(super) fn tell(&mut self, edition: &Edition) {
        self.all.retain_mut(|listener| listener.hear(edition));
    }

    /// Finds out who is gone.
    pub(super) fn ping(&mut self) {
        self.all.retain_mut(|listener| listener.write(":\n\n"));
    }
}

impl Listener {
    fn hear(&mut self, edition: &Edition) -> bool {
        let html = edition.shown(&self.url);
        let now = fingerprint(&html);
        let styles = match &self.html {
            Some(before) if now != self.print => restyled(before, &html),
            _ => None,
        };
        (self.print, self.html) = (now, Some(html));
        let event = json!({ "print": format!("{now:032x}"), "styles": styles });
        self.write(&format!("data: {event}\n\n"))
    }

    fn write(&mut self, text: &str) -> bool {
        self.writer.write_all(text.as_bytes()).and_then(|()| self.writer.flush()).is_ok()
    }
}

/// The style sheets to be put in the places of others, where two states of a page differ in nothing else:
/// the old address, the new one and its integrity.
fn restyled(before: &[u8], now: &[u8]) -> Option<Vec<[String; 3]>> {
    let (before, now) = (std::str::from_utf8(before).ok()?, std::str::from_utf8(now).ok()?);
    let (old, new) = (sheets(before), sheets(now));
    if old.len() != new.len() {
        return None;
    }
    let mut same = before.to_owned();
    let mut changed = Vec::new();
    for (old, new) in old.iter().zip(&new).filter(|(old, new)| old != new) {
        same = same.replace(old.0, new.0);
        if !old.1.is_empty() {
            same = same.replace(old.1, new.1);
        }
        changed.push([old.0.to_owned(), new.0.to_owned(), new.1.to_owned()]);
    }
    (same == now).then_some(changed)
}

/// The addresses of a page's style sheets, with their integrity.
fn sheets(html: &str) -> Vec<(&str, &str)> {
    let value = |tag: &'_ str, name: &str| -> Option<(usize, usize)> {
        let at = tag.find(name)? + name.len();
        let quoted = tag[at..].starts_with('"');
        let start = at + usize::from(quoted);
        let end = tag[start..].find(if quoted { '"' } else { ' ' }).unwrap_or(tag.len() - start);
        Some((start, start + end))
    };
    html.split("<link")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter(|tag| tag.contains("stylesheet"))
        .filter_map(|tag| {
            let (start, end) = value(tag, "href=")?;
            let integrity = value(tag, "integrity=").map_or("", |(start, end)| &tag[start..end]);
            Some((&tag[start..end], integrity))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_which_only_a_style_sheet_changed_need_not_be_loaded_again() {
        let page = |hash: &str, text: &str| {
            format!(
                "<link rel=\"stylesheet\" href=\"/assets/main.{hash}.css\" integrity=\"sha384-{hash}\"><p>{text}</p>"
            )
        };
        let changed = restyled(page("aa", "tere").as_bytes(), page("bb", "tere").as_bytes());
        assert_eq!(
            changed,
            Some(vec![["/assets/main.aa.css".into(), "/assets/main.bb.css".into(), "sha384-bb".into()]])
        );
        assert_eq!(restyled(page("aa", "tere").as_bytes(), page("bb", "head aega").as_bytes()), None);
    }
}
