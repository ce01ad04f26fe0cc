//! The words of a page, weighed: a pure function of what the page shows, so that a page which did not
//! change need not be read again.

use std::hash::BuildHasher as _;

use memchr::memmem;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::stem::fold;

/// How much a word counts in the places where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// In the title.
    Title,
    /// Among the keywords.
    Keyword,
    /// In the summary or a heading.
    Heading,
    /// In the text.
    Text,
}

impl Weight {
    fn value(self) -> u8 {
        match self {
            Self::Title => 12,
            Self::Keyword => 7,
            Self::Heading => 4,
            Self::Text => 1,
        }
    }
}

/// The folded words of a page and how much each counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Words {
    /// The words in the order in which they came, with nothing between them.
    text: Box<str>,
    /// The length of each in bytes, and its weight.
    each: Box<[(u8, u8)]>,
    /// How many words the page has in all.
    length: u32,
}

impl Words {
    /// Each word and its weight.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, u8)> {
        let mut rest = &*self.text;
        self.each.iter().map_while(move |(length, weight)| {
            let (word, after) = rest.split_at_checked(usize::from(*length))?;
            rest = after;
            Some((word, *weight))
        })
    }

    pub(super) fn length(&self) -> u32 {
        self.length
    }
}

/// Gathers the words of one page.
#[derive(Debug)]
pub struct Reader {
    text: Vec<u8>,
    each: Vec<(u8, u8)>,
    /// Which of them a word is, by a hash of 64 bits: on one page no two words share one.
    known: FxHashMap<u64, usize>,
    /// The folded letters of the word that is being read, and their number.
    word: [u8; ROOM],
    letters: usize,
    length: u32,
}

/// The longest word in bytes; nobody looks for longer ones.
const LONGEST: usize = 64;
/// The longest word, a letter that tells that it is too long, and space for all bytes of that letter.
const ROOM: usize = LONGEST + 8;

impl Default for Reader {
    fn default() -> Self {
        // As many as a page of middle length has: to grow step by step takes longer than to read.
        Self {
            text: Vec::with_capacity(4096),
            each: Vec::with_capacity(512),
            known: FxHashMap::with_capacity_and_hasher(448, FxBuildHasher),
            word: [0; ROOM],
            letters: 0,
            length: 0,
        }
    }
}

impl Reader {
    /// Adds the words of a text.
    pub fn text(&mut self, text: &str, weight: Weight) {
        self.letters(text, weight);
        self.end(weight);
    }

    /// Adds the words that the main part of a page shows: what stands in `<main>` apart from navigation,
    /// scripts, pictures, controls and what is marked with `data-pagefind-ignore`.
    pub fn html(&mut self, html: &[u8]) {
        let main = memmem::find(html, b"<main").map_or(html, |at| &html[at..]);
        let main = memmem::find(main, b"</main>").map_or(main, |at| &main[..at]);
        let Ok(main) = simdutf8::basic::from_utf8(main) else { return };
        let mut left_out = memmem::find_iter(main.as_bytes(), LEFT_OUT).peekable();
        let mut weight = Weight::Text;
        let mut rest = main;
        while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
            self.escaped(&rest[..at], weight);
            let Some(tag) = Tag::read(&rest[at..]) else { return };
            rest = &rest[at + tag.length..];
            let end = main.len() - rest.len();
            while left_out.next_if(|mark| *mark < end - tag.length).is_some() {}
            let is_marked = left_out.peek().is_some_and(|mark| *mark < end);
            match tag.name {
                "h1" | "h2" | "h3" | "h4" => {
                    self.end(weight);
                    weight = if tag.closes { Weight::Text } else { Weight::Heading };
                }
                "script" | "style" | "nav" | "svg" | "button" | "select" | "template" | "noscript" if !tag.closes => {
                    rest = after(rest, tag.name);
                }
                _ if is_marked && !tag.closes => rest = after(rest, tag.name),
                // A word goes on behind the end of an emphasis.
                "b" | "i" | "em" | "strong" | "wbr" | "span" | "mark" => {}
                _ => self.end(weight),
            }
        }
        self.escaped(rest, weight);
        self.end(weight);
    }

    /// What was gathered.
    pub fn finish(self) -> Words {
        let text = String::from_utf8(self.text).unwrap_or_default();
        Words { text: text.into(), each: self.each.into(), length: self.length }
    }

    fn escaped(&mut self, text: &str, weight: Weight) {
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
            self.letters(&rest[..at], weight);
            let Some(end) = rest[at..].find(';').filter(|end| *end < 10) else {
                self.end(weight);
                rest = &rest[at + 1..];
                continue;
            };
            // The renderer writes letters as themselves; references are for signs.
            if &rest[at..=at + end] != "&shy;" {
                self.end(weight);
            }
            rest = &rest[at + end + 1..];
        }
        self.letters(rest, weight);
    }

    fn letters(&mut self, text: &str, weight: Weight) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let letter = FOLDED[usize::from(*byte)];
            at += 1;
            if letter != 0 {
                self.push(letter);
            } else if byte.is_ascii() {
                self.end(weight);
            } else if let Some(letter) = bytes.get(at).and_then(|next| estonian_letter(*byte, *next)) {
                self.push(letter);
                at += 1;
            } else {
                let Some(c) = text[at - 1..].chars().next() else { return };
                at += c.len_utf8() - 1;
                self.letter(c, weight);
            }
        }
    }

    fn letter(&mut self, c: char, weight: Weight) {
        // Dashes and quotation marks come often, and the tables of all letters are large.
        let is_sign = ('\u{2000}'..='\u{206f}').contains(&c);
        if !is_sign && (c.is_alphanumeric() || c == '\u{ad}') {
            fold(c, |c| c.encode_utf8(&mut [0; 4]).bytes().for_each(|letter| self.push(letter)));
        } else if !is_mark(c) {
            self.end(weight);
        }
    }

    fn push(&mut self, letter: u8) {
        // Of a word that is too long only that is kept.
        if let Some(place) = self.word.get_mut(self.letters) {
            *place = letter;
            self.letters += 1;
        }
    }

    /// Ends the word that is being read and adds it.
    fn end(&mut self, weight: Weight) {
        let letters = std::mem::take(&mut self.letters);
        // A letter alone says nothing.
        if !(2..=LONGEST).contains(&letters) {
            return;
        }
        let word = &self.word[..letters];
        self.length += 1;
        let at = *self.known.entry(self.hash(letters)).or_insert(self.each.len());
        if let Some((_, sum)) = self.each.get_mut(at) {
            *sum = sum.saturating_add(weight.value());
        } else {
            self.text.extend_from_slice(word);
            self.each.push((u8::try_from(letters).unwrap_or(u8::MAX), weight.value()));
        }
    }

    /// A hash of the first `letters` of the word. All but the longest take the same few steps, so that nothing depends on
    /// a length that the processor cannot foresee.
    fn hash(&self, letters: usize) -> u64 {
        let (eights, _) = self.word.as_chunks::<8>();
        match eights {
            [first, second, ..] if letters <= 16 => {
                let part = |bytes: &[u8; 8], count: usize| u64::from_le_bytes(*bytes) & FIRST[count.min(8)];
                FxBuildHasher.hash_one((part(first, letters), part(second, letters.saturating_sub(8))))
            }
            _ => FxBuildHasher.hash_one(&self.word[..letters]),
        }
    }
}

/// The first so many bytes of eight.
const FIRST: [u64; 9] =
    [0, 0xff, 0xffff, 0xff_ffff, 0xffff_ffff, 0xff_ffff_ffff, 0xffff_ffff_ffff, 0xff_ffff_ffff_ffff, u64::MAX];

/// The folded letter of a byte; 0 for what is no letter of ASCII.
static FOLDED: [u8; 256] = {
    let mut folded = [0; 256];
    let mut byte: u8 = 0;
    while byte.is_ascii() {
        if byte.is_ascii_alphanumeric() {
            folded[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

/// What [`fold`] makes of `õäöü`, which half of all words have, by their two bytes.
fn estonian_letter(first: u8, second: u8) -> Option<u8> {
    match (first, second) {
        (0xc3, 0xb5 | 0xb6 | 0x95 | 0x96) => Some(b'o'),
        (0xc3, 0xa4 | 0x84) => Some(b'a'),
        (0xc3, 0xbc | 0x9c) => Some(b'u'),
        _ => None,
    }
}

/// Marks an element whose words are none of the page's.
const LEFT_OUT: &str = "data-pagefind-ignore";

/// Marks that stand behind their letter.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

struct Tag<'h> {
    name: &'h str,
    closes: bool,
    /// In bytes, from `<` to `>`.
    length: usize,
}

impl<'h> Tag<'h> {
    /// Reads the tag or comment at the beginning of `html`. Renderer and templates put quotes around
    /// attributes.
    fn read(html: &'h str) -> Option<Self> {
        if html.starts_with("<!--") {
            let length = html.find("-->")? + 3;
            return Some(Self { name: "", closes: true, length });
        }
        let bytes = html.as_bytes();
        let mut end = 0;
        loop {
            end += memchr::memchr3(b'>', b'"', b'\'', &bytes[end..])?;
            if bytes[end] == b'>' {
                break;
            }
            end += memchr::memchr(bytes[end], &bytes[end + 1..])? + 2;
        }
        let inside = &html[1..end];
        let closes = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let end_of_name = inside.bytes().position(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'/'));
        let name = end_of_name.map_or(inside, |end| &inside[..end]);
        Some(Self { name, closes, length: end + 1 })
    }
}

/// What follows the end of the element `name`, whose beginning has been read.
fn after<'h>(html: &'h str, name: &str) -> &'h str {
    let mut depth = 1;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let Some(tag) = Tag::read(&rest[at..]) else { break };
        let own = tag.name == name && !rest[at..at + tag.length].ends_with("/>");
        rest = &rest[at + tag.length..];
        if own {
            if tag.closes {
                depth -= 1;
            } else {
                depth += 1;
            }
            if depth == 0 {
                return rest;
            }
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(html: &str) -> Vec<(String, u8)> {
        let mut reader = Reader::default();
        reader.html(html.as_bytes());
        reader.finish().iter().map(|(word, weight)| (word.to_owned(), weight)).collect()
    }

    #[test]
    fn only_what_the_page_itself_shows_counts() {
        let html = r#"<nav>Menüü</nav><main id="m"><h1>Prügi</h1><nav><a href="/">Üles</a></nav>
            <p title="a > b">Prügi<b>vedu</b> &amp; <i>jäät</i>mejaam<br>lahti</p><script>var peidus;</script>
            <div data-pagefind-ignore><div>kordus</div> veel</div><svg><title>pilt</title></svg></main><footer>Jalus</footer>"#;
        let mut found = words(html);
        found.sort();
        let found: Vec<(&str, u8)> = found.iter().map(|(word, weight)| (word.as_str(), *weight)).collect();
        assert_eq!(found, [("jaatmejaam", 1), ("lahti", 1), ("prugi", 4), ("prugivedu", 1)]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(html in "(<main>|<nav|>|</nav>|&amp|;|õ|[a-z ]|\"|<!--|-->|\\PC){0,40}") {
            let mut reader = Reader::default();
            reader.html(html.as_bytes());
            let words = reader.finish();
            prop_assert!(words.each.len() <= words.length as usize);
            prop_assert_eq!(words.iter().count(), words.each.len());
        }
    }
}
