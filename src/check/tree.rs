//! A page's HTML in one flat list in the order of the document.

mod reading;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, ops::Range, sync::Arc};

use memchr::memchr_iter;

use super::repeated::Part;
use crate::fingerprint::Fingerprint;

/// A node's index.
pub(super) type Id = usize;

/// A document. Node 0 is the document itself.
pub(super) struct Tree<'h> {
    nodes: Vec<Node<'h>>,
    attributes: Vec<(&'h str, Cow<'h, str>)>,
    repeated: Vec<Repeated>,
}

/// An element that other pages may have as it is, to the byte.
pub(super) struct Repeated {
    pub(super) id: Id,
    pub(super) print: Fingerprint,
    /// What is known of it; then nothing is inside of it here.
    pub(super) part: Option<Arc<Part>>,
    /// Its own end tag ended it.
    pub(super) closed: bool,
    /// Where it ends in the HTML.
    ends: usize,
}

struct Node<'h> {
    parent: Id,
    /// The first index behind all that is inside.
    end: Id,
    /// Neither shown nor read aloud.
    silent: bool,
    /// The same, or inside of what is.
    hidden: bool,
    data: Data<'h>,
}

enum Data<'h> {
    Document,
    Element(Name<'h>, Range<usize>),
    Text(Cow<'h, str>),
}

/// An element's name in lower case, and a number for it: to compare numbers is quicker than to compare texts.
struct Name<'h> {
    text: Cow<'h, str>,
    key: u64,
}

/// FNV-1a of a name.
const fn key(name: &str) -> u64 {
    let (bytes, mut hash, mut at) = (name.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// The [`key`]s of names.
const fn keys<const N: usize>(names: [&str; N]) -> [u64; N] {
    let (mut keys, mut at) = ([0; N], 0);
    while at < N {
        keys[at] = key(names[at]);
        at += 1;
    }
    keys
}

impl<'h> Tree<'h> {
    /// The elements that other pages may have as they are, in order.
    pub(super) fn repeated(&self) -> &[Repeated] {
        &self.repeated
    }

    /// All elements inside `root`, in order.
    pub(super) fn elements(&self, root: Id) -> impl Iterator<Item = Id> {
        (root + 1..self.nodes[root].end).filter(|&id| matches!(self.nodes[id].data, Data::Element(..)))
    }

    /// All elements of these names inside `root`, in order.
    pub(super) fn named<const N: usize>(
        &self,
        root: Id,
        names: [&str; N],
    ) -> impl Iterator<Item = Id> + use<'_, 'h, N> {
        let keys = keys(names);
        (root + 1..self.nodes[root].end)
            .filter(move |&id| matches!(&self.nodes[id].data, Data::Element(name, _) if keys.contains(&name.key)))
    }

    /// An element's name in lower case; empty for text.
    pub(super) fn name(&self, id: Id) -> &str {
        match &self.nodes[id].data {
            Data::Element(name, _) => &name.text,
            _ => "",
        }
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, id: Id, name: &str) -> Option<&str> {
        let Data::Element(_, attributes) = &self.nodes[id].data else { return None };
        let mut attributes = self.attributes[attributes.clone()].iter();
        attributes.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// The elements around `id`, the nearest first.
    pub(super) fn around(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(Some(self.nodes[id].parent), |&at| (at > 0).then(|| self.nodes[at].parent))
    }

    /// Whether `id` lies inside an element of one of these names.
    pub(super) fn is_within(&self, id: Id, names: &[&str]) -> bool {
        self.around(id).any(|at| names.contains(&self.name(at)))
    }

    /// Whether `id` lies inside `root`.
    pub(super) fn is_inside(&self, id: Id, root: Id) -> bool {
        (root..self.nodes[root].end).contains(&id)
    }

    /// The elements directly inside `id`.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let mut next = id + 1;
        let end = self.nodes[id].end;
        std::iter::from_fn(move || {
            while next < end {
                let at = next;
                next = self.nodes[at].end;
                if matches!(self.nodes[at].data, Data::Element(..)) {
                    return Some(at);
                }
            }
            None
        })
    }

    /// What is read aloud of an element: its text and its pictures' alternative texts, without what is hidden,
    /// with white space collapsed.
    pub(super) fn text(&self, id: Id) -> Cow<'_, str> {
        let end = self.nodes[id].end;
        // Most that is read holds one text as it is to be read.
        if end == id + 2
            && let Data::Text(words) = &self.nodes[id + 1].data
            && self.attribute(id, "alt").is_none()
            && is_collapsed(words)
        {
            return Cow::Borrowed(words.trim_matches(' '));
        }
        let length = |node: &Node<'_>| if let Data::Text(words) = &node.data { words.len() } else { 1 };
        // One space between words, none around them.
        let mut text = String::with_capacity(self.nodes[id..end].iter().map(length).sum());
        let mut at = id;
        while at < end {
            let node = &self.nodes[at];
            match &node.data {
                Data::Text(words) => push_collapsed(&mut text, words),
                Data::Element(..) if at != id && node.silent => {
                    push_collapsed(&mut text, " ");
                    at = node.end;
                    continue;
                }
                Data::Element(name, _) => {
                    if !INLINE.contains(&name.key) {
                        push_collapsed(&mut text, " ");
                    }
                    if let Some(alt) = self.attribute(at, "alt") {
                        push_collapsed(&mut text, alt);
                    }
                }
                Data::Document => {}
            }
            at += 1;
        }
        text.truncate(text.trim_end().len());
        Cow::Owned(text)
    }

    /// The name of a link or a control: `aria-label`, or what it says.
    pub(super) fn label(&self, id: Id) -> Cow<'_, str> {
        match self.attribute(id, "aria-label").map(str::trim).filter(|label| !label.is_empty()) {
            Some(label) => label.into(),
            None => {
                let text = self.text(id);
                if text.is_empty() { self.attribute(id, "title").unwrap_or_default().trim().into() } else { text }
            }
        }
    }

    /// Whether [`Self::label`] is empty: told without putting it together.
    pub(super) fn is_unnamed(&self, id: Id) -> bool {
        let says = |name| self.attribute(id, name).is_some_and(|label| !label.trim().is_empty());
        !says("aria-label") && !says("title") && !self.has_words(id)
    }

    /// Whether [`Self::text`] has anything.
    fn has_words(&self, id: Id) -> bool {
        let mut at = id;
        let end = self.nodes[id].end;
        while at < end {
            let node = &self.nodes[at];
            match &node.data {
                Data::Element(..) if at != id && node.silent => at = node.end,
                Data::Text(words) if !words.trim().is_empty() => return true,
                Data::Element(..) if self.attribute(at, "alt").is_some_and(|alt| !alt.trim().is_empty()) => {
                    return true;
                }
                _ => at += 1,
            }
        }
        false
    }

    /// Whether the element, or one around it, is hidden from readers.
    pub(super) fn is_hidden(&self, id: Id) -> bool {
        self.nodes[id].hidden
    }

    /// The language in which an element is written.
    pub(super) fn language(&self, id: Id) -> Option<&str> {
        std::iter::once(id).chain(self.around(id)).find_map(|at| self.attribute(at, "lang"))
    }
}

/// Elements that do not part words.
const INLINE: [u64; 20] = keys([
    "a", "abbr", "b", "bdi", "cite", "code", "em", "i", "img", "kbd", "mark", "q", "s", "small", "span", "strong",
    "sub", "sup", "time", "u",
]);

/// Bytes that a text may not keep as they are: white space, and what begins one outside ASCII.
const NOT_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte <= 0x20 || matches!(byte, 0xC2 | 0xE1..=0xE3);
        byte += 1;
    }
    table
};

/// Whether a text has no white space but single spaces, told of many bytes at once: most have not.
fn is_collapsed(text: &str) -> bool {
    let bytes = text.as_bytes();
    let next = bytes.get(1..).unwrap_or_default();
    let spaces = |(one, other): (&u8, &u8)| *one <= b' ' && *other <= b' ';
    let signs = |one: &u8| *one < b' ' || matches!(*one, 0xC2 | 0xE1 | 0xE3);
    // General punctuation: spaces, and the ends of lines and paragraphs.
    let wide = |at: usize| match bytes[at..] {
        [_, 0x80, last, ..] => matches!(last, 0x80..=0x8A | 0xA8 | 0xA9 | 0xAF),
        [_, 0x81, ..] => true,
        _ => false,
    };
    !(bytes.iter().fold(false, |found, one| found | signs(one))
        | bytes.iter().zip(next).fold(false, |found, pair| found | spaces(pair))
        || memchr_iter(0xE2, bytes).any(wide))
}

/// Adds words; white space becomes one space, and none at the beginning.
fn push_collapsed(text: &mut String, words: &str) {
    if is_collapsed(words) {
        let has_space = text.is_empty() || text.ends_with(' ');
        text.push_str(if has_space { words.trim_start_matches(' ') } else { words });
        return;
    }
    let is_plain = |byte: &u8| !NOT_PLAIN[usize::from(*byte)];
    let mut rest = words;
    loop {
        let bytes = rest.as_bytes();
        // Words with one space between them stay as they are.
        let mut at = 0;
        while let Some(byte) = bytes.get(at)
            && (is_plain(byte) || *byte == b' ' && at > 0 && bytes.get(at + 1).is_some_and(is_plain))
        {
            at += 1;
        }
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let Some(c) = from.chars().next() else { return };
        if !c.is_whitespace() {
            text.push(c);
        } else if !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
        rest = &from[c.len_utf8()..];
    }
}
