//! Generic directives: the components' calls in a text, found before the Markdown parser sees it.
//!
//! A call is replaced by a piece of HTML of the same length, which the parser passes through as one event:
//! every byte keeps its place, and the parser itself decides what is code, a quote or a list item. Where
//! it turns out that a call stands in code, its own text is put back.

use std::ops::Range;

use super::{Attribute, Call, Shape};

/// A label or a list of attributes longer than this is none: the search for its end stays short.
const MAX_BRACKET: usize = 1_000;

/// No more problems than a page shows are collected.
const MAX_PROBLEMS: usize = 200;

/// A call, or the end of one, at its place in the body.
pub(super) struct Found {
    pub(super) at: Range<usize>,
    pub(super) what: What,
}

pub(super) enum What {
    /// `:::name` opens a block.
    Open { colons: usize, call: Call },
    /// `:::` closes one.
    Close { colons: usize },
    /// `::name{}` on a line of its own.
    Leaf(Call),
    /// `:name[]{}` in a sentence.
    Inline(Call),
}

/// Something wrong in a call: the rule's code, the place, the text in question.
pub(super) struct Problem {
    pub(super) code: &'static str,
    pub(super) at: Range<usize>,
    pub(super) text: String,
}

/// All calls of a body.
#[derive(Default)]
pub(super) struct Scan {
    /// In the order of their places.
    pub(super) found: Vec<Found>,
    pub(super) problems: Vec<Problem>,
}

impl Scan {
    /// Finds the calls in `body`.
    pub(super) fn of(body: &str) -> Self {
        let mut scan = Self::default();
        let mut at = 0;
        while let Some(offset) = body[at..].find(':') {
            let start = at + offset;
            let colons = body[start..].bytes().take_while(|&b| b == b':').count();
            let found = match colons {
                1 => scan.inline(body, start),
                _ if !begins_line(body, start) => None,
                2 => scan.leaf(body, start),
                _ => scan.block(body, start, colons),
            };
            at = found.as_ref().map_or(start + colons, |found| found.at.end);
            scan.found.extend(found);
        }
        scan
    }

    /// The body with each call replaced, for the parser.
    pub(super) fn mask(&self, body: &str) -> String {
        let mut masked = String::with_capacity(body.len());
        for found in &self.found {
            masked.push_str(&body[masked.len()..found.at.start]);
            let fill = |masked: &mut String, with: char, until: usize| {
                while masked.len() < until {
                    masked.push(with);
                }
            };
            match &found.what {
                // A tag that stands alone on a line would begin an HTML block; an address does not.
                What::Inline(_) if begins_line(body, found.at.start) && ends_line(body, found.at.end) => {
                    masked.push_str("<xx:");
                    fill(&mut masked, 'x', found.at.end - 1);
                    masked.push('>');
                }
                What::Inline(_) => {
                    masked.push('<');
                    fill(&mut masked, 'x', found.at.end - 1);
                    masked.push('>');
                }
                // A processing instruction is an HTML block of one line, anywhere but in code.
                _ if found.at.len() == 3 => masked.push_str("<?>"),
                _ => {
                    masked.push_str("<?");
                    fill(&mut masked, ' ', found.at.end - 2);
                    masked.push_str("?>");
                }
            }
        }
        masked.push_str(&body[masked.len()..]);
        masked
    }

    fn block(&mut self, body: &str, start: usize, colons: usize) -> Option<Found> {
        let end = line_end(body, start);
        let line = &body[start + colons..end];
        if line.trim().is_empty() {
            return Some(Found { at: start..end, what: What::Close { colons } });
        }
        let name = end - line.trim_start().len();
        let (call, rest) = self.call(body, start, name, end, Shape::Block)?;
        self.nothing_after(body, rest..end);
        Some(Found { at: start..end, what: What::Open { colons, call } })
    }

    fn leaf(&mut self, body: &str, start: usize) -> Option<Found> {
        let end = line_end(body, start);
        let name = name_at(&body[start + 2..end])?;
        let after = body[start + 2 + name.len()..end].trim_end();
        // `::name and more words` is a sentence.
        if !(after.is_empty() || after.starts_with(['[', '{'])) {
            return None;
        }
        let (call, rest) = self.call(body, start, start + 2, end, Shape::Leaf)?;
        self.nothing_after(body, rest..end);
        Some(Found { at: start..end, what: What::Leaf(call) })
    }

    fn inline(&mut self, body: &str, start: usize) -> Option<Found> {
        let before = body[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '\\' | '/' | '=' | ':')) {
            return None;
        }
        let rest = &body.as_bytes()[start + 1..];
        let name = rest.iter().take_while(|&&b| is_name(b)).count();
        if name < 2 || !rest[0].is_ascii_alphabetic() || !matches!(rest.get(name), Some(b'[' | b'{')) {
            return None;
        }
        let window = body.floor_char_boundary((start + name + 2 * MAX_BRACKET).min(body.len()));
        let end = line_end(&body[..window], start);
        let (call, end) = self.call(body, start, start + 1, end, Shape::Inline)?;
        // Without an end of its brackets it is a sentence, with a problem already noted.
        (end > start + 1 + name).then_some(Found { at: start..end, what: What::Inline(call) })
    }

    /// Reads `name[label]{attributes}` at `name`; gives the call and where it ends.
    fn call(&mut self, body: &str, start: usize, name: usize, end: usize, shape: Shape) -> Option<(Call, usize)> {
        let word = name_at(&body[name..end])?;
        let mut at = name + word.len();
        let mut call = Call {
            name: word.to_owned(),
            name_at: name..at,
            shape,
            label: String::new(),
            attributes: Vec::new(),
            at: start..end,
            level: 0,
        };
        if body[at..end].starts_with('[') {
            if let Some(length) = label_length(&body[at..end]) {
                call.label = unescape(&body[at + 1..at + length - 1]);
                at += length;
            } else {
                self.problem("markdown.directive-brackets", body, at..end);
                at = if shape == Shape::Inline { at } else { end };
            }
        }
        let gap = if shape == Shape::Inline { 0 } else { leading_spaces(&body[at..end]) };
        if body[at + gap..end].starts_with('{') {
            let braces = at + gap;
            match self.attributes(body, braces..end, shape) {
                Some((attributes, after)) => {
                    call.attributes = attributes;
                    at = after;
                }
                None if shape == Shape::Inline => {}
                None => at = end,
            }
        }
        call.at.end = if shape == Shape::Inline { at } else { end };
        Some((call, at))
    }

    /// Reads `{#id .class key=value key="value" flag}`; gives the attributes and where the braces end.
    fn attributes(&mut self, body: &str, within: Range<usize>, shape: Shape) -> Option<(Vec<Attribute>, usize)> {
        let limit = body.floor_char_boundary(within.end.min(within.start + MAX_BRACKET));
        if shape == Shape::Inline && !body[within.start..limit].contains('}') {
            self.problem("markdown.directive-braces", body, within.start..limit);
            return None;
        }
        let mut attributes: Vec<Attribute> = Vec::new();
        let mut at = within.start + 1;
        loop {
            at += leading_spaces(&body[at..limit]);
            let rest = &body[at..limit];
            match rest.chars().next() {
                None => {
                    self.problem("markdown.directive-braces", body, within);
                    return None;
                }
                Some('}') => return Some((attributes, at + 1)),
                Some(_) => {}
            }
            let Some((name, value, length)) = attribute(rest) else {
                // The rest of the word cannot be read: say so, and go on after it.
                let length = rest.find([' ', '\t', '}']).unwrap_or(rest.len()).max(1);
                self.problem("markdown.directive-attribute", body, at..at + length);
                at += length;
                // In a sentence it may be no call at all.
                if shape == Shape::Inline {
                    return None;
                }
                continue;
            };
            let place = at..at + length;
            at += length;
            match attributes.iter_mut().find(|known| known.name == name) {
                Some(class) if name == "class" => {
                    class.value.push(' ');
                    class.value.push_str(&value);
                }
                Some(_) => self.problem("markdown.directive-duplicate", body, place),
                None => attributes.push(Attribute { name, value, at: place }),
            }
        }
    }

    fn nothing_after(&mut self, body: &str, rest: Range<usize>) {
        let text = &body[rest.clone()];
        if !text.trim().is_empty() {
            let start = rest.end - text.trim_start().len();
            self.problem("markdown.directive-trailing", body, start..rest.start + text.trim_end().len());
        }
    }

    fn problem(&mut self, code: &'static str, body: &str, at: Range<usize>) {
        if self.problems.len() < MAX_PROBLEMS {
            let text = body[at.clone()].chars().take(60).collect();
            self.problems.push(Problem { code, at, text });
        }
    }
}

/// One attribute at the beginning of `text`: name, value, length.
fn attribute(text: &str) -> Option<(String, String, usize)> {
    if let Some(short) = text.strip_prefix(['#', '.']) {
        let length = short.bytes().take_while(|&b| is_name(b)).count();
        let name = if text.starts_with('#') { "id" } else { "class" };
        return (length > 0 && ends_word(&short[length..]))
            .then(|| (name.to_owned(), short[..length].to_owned(), length + 1));
    }
    let name = name_at(text)?;
    let Some(value) = text[name.len()..].strip_prefix('=') else {
        return ends_word(&text[name.len()..]).then(|| (name.to_owned(), "true".to_owned(), name.len()));
    };
    let (value, length) = match value.chars().next()? {
        quote @ ('"' | '\'') => {
            let length = quoted_length(value, quote)?;
            ends_word(&value[length..]).then(|| (unescape(&value[1..length - 1]), length))?
        }
        // Typographic quotes come from word processors; taking them for a part of the value would hide it.
        '„' | '“' | '”' | '«' | '»' | '‘' | '’' => return None,
        _ => {
            let length = value.find([' ', '\t', '}']).unwrap_or(value.len());
            (length > 0 && !value[..length].contains(['"', '\''])).then(|| (value[..length].to_owned(), length))?
        }
    };
    Some((name.to_owned(), value, name.len() + 1 + length))
}

/// The length of a quoted text with its quotes.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The length of `[…]` with its brackets.
fn label_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, b) in text.bytes().enumerate().take(MAX_BRACKET) {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => depth += 1,
            b']' if depth == 1 => return Some(at + 1),
            b']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Takes away the backslashes before punctuation.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out
}

/// The name at the beginning of `text`: a letter, then letters, digits, hyphens.
fn name_at(text: &str) -> Option<&str> {
    let length = text.bytes().take_while(|&b| is_name(b)).count();
    text.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| &text[..length])
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'-' || b == b'_'
}

fn ends_word(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '\t', '}'])
}

fn leading_spaces(text: &str) -> usize {
    text.bytes().take_while(|&b| b == b' ' || b == b'\t').count()
}

/// The end of the line at `at`, without its line break.
fn line_end(body: &str, at: usize) -> usize {
    let end = body[at..].find('\n').map_or(body.len(), |length| at + length);
    end - usize::from(body[at..end].ends_with('\r'))
}

/// Whether only the marks of quotes and lists stand before `at` on its line.
fn begins_line(body: &str, at: usize) -> bool {
    let before = body[..at].bytes().rev();
    let mut marks =
        before.skip_while(|b| matches!(b, b' ' | b'\t' | b'>' | b'-' | b'*' | b'+' | b'.' | b')' | b'0'..=b'9'));
    marks.next().is_none_or(|b| b == b'\n')
}

fn ends_line(body: &str, at: usize) -> bool {
    body[at..line_end(body, at)].trim().is_empty()
}
