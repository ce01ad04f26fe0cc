//! The words of a page, weighed: a pure function of what the page shows, so that a page which did not
//! change need not be read again.

use memchr::memmem;
use rustc_hash::FxHashMap;

use super::stem::fold_into;

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
    fn value(self) -> u16 {
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
    /// The words in the order in which they came, with a space between each two.
    text: Box<str>,
    weights: Box<[u8]>,
    /// How many words the page has in all.
    length: u32,
}

impl Words {
    /// Each word and its weight.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, u8)> {
        self.text.split(' ').zip(self.weights.iter().copied())
    }

    pub(super) fn length(&self) -> u32 {
        self.length
    }
}

/// Gathers the words of one page.
#[derive(Debug, Default)]
pub struct Reader {
    /// The words so far, with a space between each two.
    text: String,
    weights: Vec<u16>,
    /// Which of them a word is.
    known: FxHashMap<Box<str>, usize>,
    word: String,
    length: u32,
}

impl Reader {
    /// Adds the words of a text.
    pub fn text(&mut self, text: &str, weight: Weight) {
        for c in text.chars() {
            self.letter(c, weight);
        }
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
        while let Some(at) = rest.find('<') {
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
        let weights = self.weights.iter().map(|weight| u8::try_from(*weight).unwrap_or(u8::MAX)).collect();
        Words { text: self.text.into(), weights, length: self.length }
    }

    fn escaped(&mut self, text: &str, weight: Weight) {
        let mut rest = text;
        while let Some(at) = rest.find('&') {
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
        for c in text.chars() {
            self.letter(c, weight);
        }
    }

    fn letter(&mut self, c: char, weight: Weight) {
        match c {
            'a'..='z' | '0'..='9' => self.word.push(c),
            _ if c.is_alphanumeric() || c == '\u{ad}' => fold_into(&mut self.word, c),
            _ if !self.word.is_empty() && !is_mark(c) => self.end(weight),
            _ => {}
        }
    }

    fn end(&mut self, weight: Weight) {
        // A letter alone says nothing; nobody looks for words that long.
        if self.word.len() > 1 && self.word.len() <= 64 {
            self.length += 1;
            if let Some(&at) = self.known.get(self.word.as_str()) {
                self.weights[at] = self.weights[at].saturating_add(weight.value());
            } else {
                if !self.weights.is_empty() {
                    self.text.push(' ');
                }
                self.text.push_str(&self.word);
                self.known.insert(self.word.as_str().into(), self.weights.len());
                self.weights.push(weight.value());
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
            prop_assert!(words.weights.len() <= words.length as usize);
        }
    }
}
