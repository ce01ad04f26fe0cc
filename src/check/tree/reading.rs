//! HTML as this program writes it: authors' HTML was taken apart and written anew by `markdown`, so that only a
//! template can leave something open. Where a browser mends that, so does this, as far as rules can see it; whatever
//! the bytes are, something comes of them. A parser that follows the whole standard takes ten times as long.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::{Data, Id, Name, Node, Repeated, Tree, key, keys};
use crate::{check::repeated::Parts, fingerprint::fingerprint};

/// How deep browsers nest elements. Of a page that goes deeper, what stands before that is read.
const DEEPEST: usize = 512;

/// Elements that have nothing inside.
const VOID: [u64; 14] = keys([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param",
]);
/// Elements in which a tag is text.
const RAW: [u64; 5] = keys(["script", "style", "textarea", "title", "iframe"]);
/// Elements that end an open paragraph.
const BLOCKS: [u64; 37] = keys([
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "ul",
    "center",
]);
/// Elements over whose borders no end tag and no open paragraph reaches.
const ROOMS: [u64; 10] = keys(["table", "caption", "td", "th", "template", "object", "button", "svg", "math", "html"]);
const HEADINGS: [u64; 6] = keys(["h1", "h2", "h3", "h4", "h5", "h6"]);
const LISTS: [u64; 4] = keys(["ul", "ol", "menu", "dl"]);
const CELLS: [u64; 2] = keys(["td", "th"]);
const ROW_GROUPS: [u64; 5] = keys(["tbody", "thead", "tfoot", "caption", "colgroup"]);
const NOT_READ: [u64; 4] = keys(["script", "style", "template", "svg"]);
const ONCE: [u64; 3] = keys(["html", "head", "body"]);
const TABLE: u64 = key("table");

impl<'h> Tree<'h> {
    /// Reads a page; those of its parts outside of `<main>` that are among `parts` are passed over.
    pub(in crate::check) fn parse(html: &'h str, parts: &Parts) -> Self {
        let tree = Tree { nodes: Vec::new(), attributes: Vec::new(), repeated: Vec::new() };
        // Without a `<main>` all is the page's own.
        let parts = memmem::find(html.as_bytes(), b"<main").map(|_| parts);
        let mut reader = Reader { html, parts, at: 0, open: vec![(0, 0)], tree };
        // A tag for every 40 bytes is usual.
        reader.tree.nodes.reserve(html.len() / 20);
        reader.put(Data::Document, 0, false);
        while reader.at < html.len() && reader.open.len() <= DEEPEST {
            reader.step();
        }
        reader.close_to(0);
        let count = reader.tree.nodes.len();
        reader.tree.nodes[0].end = count;
        reader.tree
    }
}

struct Reader<'h, 'p> {
    html: &'h str,
    parts: Option<&'p Parts>,
    at: usize,
    /// The open elements with the keys of their names, the outermost first; the document is the first of all.
    open: Vec<(Id, u64)>,
    tree: Tree<'h>,
}

impl<'h> Reader<'h, '_> {
    /// Reads up to the next tag, and the tag.
    fn step(&mut self) {
        let rest = &self.html[self.at..];
        let bytes = rest.as_bytes();
        let mut from = 0;
        while let Some(found) = memchr(b'<', &bytes[from..]) {
            let tag = from + found;
            let length = match bytes.get(tag + 1) {
                Some(b'a'..=b'z' | b'A'..=b'Z') => None,
                Some(b'/') if bytes.get(tag + 2).is_some_and(u8::is_ascii_alphabetic) => None,
                Some(b'!') if rest[tag..].starts_with("<!--") => Some(after(&bytes[tag..], b"-->")),
                Some(b'!' | b'?' | b'/') => Some(after(&bytes[tag..], b">")),
                _ => {
                    from = tag + 1;
                    continue;
                }
            };
            self.text(&rest[..tag]);
            self.at += tag;
            match length {
                Some(length) => self.at += length,
                None if bytes[tag + 1] == b'/' => self.end_tag(),
                None => self.start_tag(),
            }
            return;
        }
        self.text(rest);
        self.at = self.html.len();
    }

    fn text(&mut self, text: &'h str) {
        if !text.is_empty() {
            self.put(Data::Text(unescaped(text)), 0, false);
        }
    }

    fn put(&mut self, data: Data<'h>, name: u64, hides: bool) -> Id {
        let id = self.tree.nodes.len();
        let parent = self.open.last().map_or(0, |(id, _)| *id);
        let silent = hides || NOT_READ.contains(&name);
        let hidden = silent || self.tree.nodes.get(parent).is_some_and(|parent| parent.hidden);
        self.tree.nodes.push(Node { parent, end: id + 1, silent, hidden, data });
        id
    }

    /// Ends all open elements from the one at this place of the stack on.
    fn close_to(&mut self, place: usize) {
        let end = self.tree.nodes.len();
        for (id, _) in self.open.drain(place.max(1)..) {
            self.tree.nodes[id].end = end;
            if let Some(last) = self.tree.repeated.last_mut().filter(|last| last.id == id) {
                last.closed = last.ends == self.at;
            }
        }
    }

    /// Where the innermost open element of these names is on the stack, unless one of `borders` comes first.
    fn find(&self, names: &[u64], borders: &[u64]) -> Option<usize> {
        let stack = self.open.iter().enumerate().skip(1).rev();
        for (place, &(_, key)) in stack {
            if names.contains(&key) {
                return Some(place);
            }
            if borders.contains(&key) {
                return None;
            }
        }
        None
    }

    fn close(&mut self, names: &[u64], borders: &[u64]) {
        if let Some(place) = self.find(names, borders) {
            self.close_to(place);
        }
    }

    fn name(&mut self) -> Name<'h> {
        let rest = &self.html[self.at..];
        let length = rest.bytes().take_while(|byte| !byte.is_ascii_whitespace() && !b"/>".contains(byte)).count();
        self.at += length;
        let text = &rest[..length];
        let capitals = text.bytes().any(|byte| byte.is_ascii_uppercase());
        let text = if capitals { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) };
        Name { key: key(&text), text }
    }

    fn end_tag(&mut self) {
        self.at += 2;
        let Name { key, .. } = self.name();
        self.at += after(&self.html.as_bytes()[self.at..], b">");
        // What stands between two ends of a page belongs to its body all the same.
        if ONCE[0] == key || ONCE[2] == key {
            return;
        }
        let names: &[u64] = if HEADINGS.contains(&key) { &HEADINGS } else { &[key] };
        // An end of a part of a sentence does not reach over blocks.
        let inside_table = key == TABLE || ROW_GROUPS.contains(&key) || CELLS.contains(&key) || key == TR;
        let borders: &[u64] = match () {
            () if inside_table => &[TABLE],
            () if BLOCKS.contains(&key) || ROOMS.contains(&key) => &ROOMS,
            () => &BLOCKS_AND_ROOMS,
        };
        self.close(names, borders);
    }

    fn start_tag(&mut self) {
        let start = self.at;
        self.at += 1;
        let name = self.name();
        let key = name.key;
        let first = self.tree.attributes.len();
        let closed = self.attributes(first);
        let attributes = first..self.tree.attributes.len();
        if ONCE.contains(&key) && self.find(&[key], &[]).is_some() {
            return;
        }
        self.make_room(key);
        let hides = self.tree.attributes[first..].iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("hidden") || name.eq_ignore_ascii_case("aria-hidden") && value == "true"
        });
        let id = self.put(Data::Element(name, attributes), key, hides);
        if VOID.contains(&key) || closed && self.is_foreign(key) {
            return;
        }
        self.open.push((id, key));
        if RAW.contains(&key) && !self.is_foreign(key) {
            self.raw(key);
        }
        if key == NAV || key == FOOTER {
            self.repeated(id, start, if key == NAV { "</nav>" } else { "</footer>" });
        }
    }

    /// Passes over the inside of an element that began at `start`, where other pages had the same up to its end tag.
    fn repeated(&mut self, id: Id, start: usize, end_tag: &str) {
        let Some(parts) = self.parts else { return };
        // Elsewhere than between the blocks of a page it is not read as it stands.
        if !self.open[..self.open.len() - 1].iter().all(|(_, key)| *key == 0 || AROUND_REPEATED.contains(key)) {
            return;
        }
        let Some(length) = memmem::find(&self.html.as_bytes()[self.at..], end_tag.as_bytes()) else { return };
        let ends = self.at + length + end_tag.len();
        let print = fingerprint(&self.html.as_bytes()[start..ends]);
        let part = parts.get(print);
        if part.is_some() {
            self.at += length;
        }
        self.tree.repeated.push(Repeated { id, print, part, closed: false, ends });
    }

    /// Whether an element of this name belongs to a drawing or a formula, as things are open.
    fn is_foreign(&self, name: u64) -> bool {
        FOREIGN.contains(&name) || self.open.iter().any(|(_, key)| FOREIGN.contains(key))
    }

    /// Ends what the beginning of an element ends.
    fn make_room(&mut self, name: u64) {
        // Most blocks begin where no paragraph is open.
        if self.open.iter().any(|(_, key)| *key == P) && BLOCKS.contains(&name) {
            self.close(&[P], &ROOMS);
        }
        match name {
            BODY => self.close(&[HEAD], &[]),
            A if self.open.iter().any(|(_, key)| *key == A) => self.close(&[A], &ROOMS),
            LI => self.close(&[LI], &LISTS_AND_ROOMS),
            DT | DD => self.close(&[DT, DD], &LISTS_AND_ROOMS),
            OPTION => self.close(&[OPTION], &[SELECT, OPTGROUP]),
            OPTGROUP => {
                self.close(&[OPTION], &[SELECT, OPTGROUP]);
                self.close(&[OPTGROUP], &[SELECT]);
            }
            BUTTON => self.close(&[BUTTON], &[TABLE]),
            TR => self.close(&[TR, CAPTION, COLGROUP], &[TABLE]),
            name if CELLS.contains(&name) => self.close(&CELLS, &[TABLE]),
            name if ROW_GROUPS.contains(&name) => self.close(&ROW_GROUPS, &[TABLE]),
            name if HEADINGS.contains(&name) && self.open.last().is_some_and(|(_, key)| HEADINGS.contains(key)) => {
                self.close_to(self.open.len() - 1);
            }
            _ => {}
        }
    }

    /// Reads a tag's attributes up to its end, and tells whether it ends in `/>`. Of two attributes of a name the
    /// first counts.
    fn attributes(&mut self, first: usize) -> bool {
        let bytes = self.html.as_bytes();
        let is_space = |at: &usize| bytes.get(*at).is_some_and(u8::is_ascii_whitespace);
        let mut closed = false;
        loop {
            while is_space(&self.at) {
                self.at += 1;
            }
            match bytes.get(self.at) {
                None => return false,
                Some(b'>') => {
                    self.at += 1;
                    return closed;
                }
                Some(b'/') => {
                    self.at += 1;
                    closed = true;
                    continue;
                }
                Some(_) => closed = false,
            }
            let start = self.at;
            // A first `=` is part of the name.
            self.at += 1;
            self.at += until(&bytes[self.at..], |byte| byte.is_ascii_whitespace() || b"/>=".contains(&byte));
            let name = &self.html[start..self.at];
            while is_space(&self.at) {
                self.at += 1;
            }
            let value = if bytes.get(self.at) == Some(&b'=') { self.value() } else { "" };
            if !self.tree.attributes[first..].iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                self.tree.attributes.push((name, unescaped(value)));
            }
        }
    }

    /// Reads `="…"`.
    fn value(&mut self) -> &'h str {
        let bytes = self.html.as_bytes();
        self.at += 1;
        self.at += until(&bytes[self.at..], |byte| !byte.is_ascii_whitespace());
        if let Some(&quote @ (b'"' | b'\'')) = bytes.get(self.at) {
            let start = self.at + 1;
            let length = memchr(quote, &bytes[start..]).unwrap_or(bytes.len() - start);
            self.at = (start + length + 1).min(bytes.len());
            return &self.html[start..start + length];
        }
        let start = self.at;
        self.at += until(&bytes[start..], |byte| byte.is_ascii_whitespace() || byte == b'>');
        &self.html[start..self.at]
    }

    /// Reads the text of an element in which tags are text, and its end.
    fn raw(&mut self, name: u64) {
        let rest = &self.html[self.at..];
        let ends = |at: &usize| {
            let tag = &rest[at + 2..];
            let length = until(tag.as_bytes(), |byte| !byte.is_ascii_alphanumeric());
            key(&tag[..length].to_ascii_lowercase()) == name
        };
        let end = memmem::find_iter(rest.as_bytes(), b"</").find(ends).unwrap_or(rest.len());
        if end > 0 {
            let text = if NOT_READ.contains(&name) { Cow::Borrowed(&rest[..end]) } else { unescaped(&rest[..end]) };
            self.put(Data::Text(text), 0, false);
        }
        self.at += end;
        self.at += after(&self.html.as_bytes()[self.at..], b">");
        self.close_to(self.open.len() - 1);
    }
}

const A: u64 = key("a");
const P: u64 = key("p");
const LI: u64 = key("li");
const DT: u64 = key("dt");
const DD: u64 = key("dd");
const TR: u64 = key("tr");
const CAPTION: u64 = key("caption");
const COLGROUP: u64 = key("colgroup");
const HEAD: u64 = key("head");
const BODY: u64 = key("body");
const BUTTON: u64 = key("button");
const SELECT: u64 = key("select");
const OPTION: u64 = key("option");
const OPTGROUP: u64 = key("optgroup");
const NAV: u64 = key("nav");
const FOOTER: u64 = key("footer");
/// The elements around what pages have in common.
const AROUND_REPEATED: [u64; 7] = keys(["html", "body", "header", "footer", "div", "section", "aside"]);
const FOREIGN: [u64; 2] = keys(["svg", "math"]);
const BLOCKS_AND_ROOMS: [u64; BLOCKS.len() + ROOMS.len()] = both(BLOCKS, ROOMS);
const LISTS_AND_ROOMS: [u64; LISTS.len() + ROOMS.len()] = both(LISTS, ROOMS);

const fn both<const A: usize, const B: usize, const N: usize>(one: [u64; A], other: [u64; B]) -> [u64; N] {
    let (mut all, mut at) = ([0; N], 0);
    while at < N {
        all[at] = if at < A { one[at] } else { other[at - A] };
        at += 1;
    }
    all
}

/// Where what follows `mark` begins, or where all ends.
fn after(bytes: &[u8], mark: &[u8]) -> usize {
    memmem::find(bytes, mark).map_or(bytes.len(), |at| at + mark.len())
}

/// Where the first such byte is, or where all ends.
fn until(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| is(byte)).unwrap_or(bytes.len())
}

/// A text with its references replaced.
fn unescaped(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let meant = rest.find(';').filter(|end| *end <= 8).and_then(|end| Some((referred(&rest[..end])?, end + 1)));
        match meant {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that stands between `&` and `;`. The renderer writes letters as themselves; references by name are
/// for signs, and templates have few of them.
fn referred(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return char::from_u32(number.ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "shy" => '\u{ad}',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "bdquo" => '„',
        "ldquo" => '“',
        "rdquo" => '”',
        "laquo" => '«',
        "raquo" => '»',
        "lsquo" => '‘',
        "rsquo" => '’',
        "euro" => '€',
        "sect" => '§',
        "copy" => '©',
        "middot" => '·',
        "bull" => '•',
        "times" => '×',
        "larr" => '←',
        "rarr" => '→',
        _ => return None,
    })
}
