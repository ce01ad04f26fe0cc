//! The words of a page, weighed: a pure function of what the page shows, so that a page which did not
//! change need not be read again.

use memchr::memmem;
use rustc_hash::FxHashMap;

use super::stem::fold_into;
use crate::fingerprint::{Fingerprint, fingerprint};

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
#[derive(Debug, Default)]
pub struct Reader {
    text: String,
    each: Vec<(u8, u8)>,
    /// Which of them a word is.
    known: FxHashMap<Fingerprint, usize>,
    word: String,
    length: u32,
}

impl Reader {
    /// Adds the words of a text.
    pub fn text(&mut self, text: &str, weight: Weight) {
        self.letters(text, weight);
        self.end(weight);
    }

    /// Adds the words that the main part of a page shows: what stands in `<main>` apart from navigation,
    /// scripts, pictures, controls and what is marked with `data-pagefind-ignore`.
    pub fn html(&mut self, html: &str) {
        let find = |text: &str, wanted: &str| memmem::find(text.as_bytes(), wanted.as_bytes());
        let main = find(html, "<main").map_or(html, |at| &html[at..]);
        let main = find(main, "</main>").map_or(main, |at| &main[..at]);
        let mut weight = Weight::Text;
        let mut rest = main;
        while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
            self.escaped(&rest[..at], weight);
            let Some(tag) = Tag::read(&rest[at..]) else { return };
            rest = &rest[at + tag.length..];
            match tag.name {
                "h1" | "h2" | "h3" | "h4" => {
                    self.end(weight);
                    weight = if tag.closes { Weight::Text } else { Weight::Heading };
                }
                "script" | "style" | "nav" | "svg" | "button" | "select" | "template" | "noscript" if !tag.closes => {
                    rest = after(rest, tag.name);
                }
                _ if tag.ignored && !tag.closes => rest = after(rest, tag.name),
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
        Words { text: self.text.into(), each: self.each.into(), length: self.length }
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
        let mut rest = text;
        while !rest.is_empty() {
            // Most letters are these, and need no looking at one by one.
            let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            let (run, after) = rest.split_at(rest.bytes().take_while(plain).count());
            self.word.push_str(run);
            let mut others = after.chars();
            if let Some(c) = others.next() {
                self.letter(c, weight);
            }
            rest = others.as_str();
        }
    }

    fn letter(&mut self, c: char, weight: Weight) {
        if c.is_alphanumeric() || c == '\u{ad}' {
            fold_into(&mut self.word, c);
        } else if !self.word.is_empty() && !is_mark(c) {
            self.end(weight);
        }
    }

    fn end(&mut self, weight: Weight) {
        // A letter alone says nothing; nobody looks for words that long.
        let length = u8::try_from(self.word.len()).unwrap_or(u8::MAX);
        if (2..=64).contains(&length) {
            self.length += 1;
            let at = *self.known.entry(fingerprint(self.word.as_bytes())).or_insert(self.each.len());
            if let Some((_, sum)) = self.each.get_mut(at) {
                *sum = sum.saturating_add(weight.value());
            } else {
                self.text.push_str(&self.word);
                self.each.push((length, weight.value()));
            }
        }
        self.word.clear();
    }
}

/// Marks that stand behind their letter.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

struct Tag<'h> {
    name: &'h str,
    closes: bool,
    ignored: bool,
    /// In bytes, from `<` to `>`.
    length: usize,
}

impl<'h> Tag<'h> {
    /// Reads the tag or comment at the beginning of `html`. Renderer and templates put quotes around
    /// attributes.
    fn read(html: &'h str) -> Option<Self> {
        if html.starts_with("<!--") {
            let length = html.find("-->")? + 3;
            return Some(Self { name: "", closes: true, ignored: false, length });
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
        let name = inside.split([' ', '\n', '\t', '/']).next().unwrap_or_default();
        let ignored = memmem::find(inside.as_bytes(), b"data-pagefind-ignore").is_some();
        Some(Self { name, closes, ignored, length: end + 1 })
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
        reader.html(html);
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
            reader.html(&html);
            let words = reader.finish();
            prop_assert!(words.each.len() <= words.length as usize);
            prop_assert_eq!(words.iter().count(), words.each.len());
        }
    }
}
