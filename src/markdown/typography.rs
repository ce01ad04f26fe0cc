//! Quotation marks, dashes and ellipses as the language wants them.
//!
//! Only what a keyboard cannot type is replaced: straight quotes, hyphens that stand for dashes, three
//! points. What the writer typed on purpose – typographic characters, or a backslash before one – stays.

use std::borrow::Cow;

use crate::language::Lang;

/// The marks of a language.
struct Marks {
    double: (char, char),
    single: (char, char),
    dash: char,
}

const ET: Marks = Marks { double: ('„', '“'), single: ('‚', '‘'), dash: '–' };
const EN: Marks = Marks { double: ('“', '”'), single: ('‘', '’'), dash: '–' };
const RU: Marks = Marks { double: ('«', '»'), single: ('„', '“'), dash: '—' };

const APOSTROPHE: char = '’';

/// Goes through a block's text, piece by piece.
pub(super) struct Typography {
    marks: &'static Marks,
    /// The last character of the block so far.
    previous: Option<char>,
    /// Whether a single quotation mark waits for its end.
    single_open: bool,
}

impl Typography {
    pub(super) fn new(lang: Lang) -> Self {
        let marks = match lang {
            Lang::ET => &ET,
            Lang::RU => &RU,
            _ => &EN,
        };
        Self { marks, previous: None, single_open: false }
    }

    /// A new block begins: nothing stands before its first word.
    pub(super) fn begin_block(&mut self) {
        self.previous = None;
        self.single_open = false;
    }

    /// Notes text that is left as it is: code, an address, a line break.
    pub(super) fn pass(&mut self, text: &str) {
        self.previous = text.chars().next_back().or(self.previous);
    }

    /// The text with its marks replaced.
    pub(super) fn apply<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let mut out = String::new();
        let mut done = 0;
        let mut at = 0;
        while let Some(mark) = next_mark(text.as_bytes(), at) {
            at = mark;
            let run = text[at..].bytes().take_while(|&b| b == text.as_bytes()[at]).count();
            let before = text[..at].chars().next_back().or(self.previous);
            let after = text[at + run..].chars().next();
            let mark = match text.as_bytes()[at] {
                b'.' => (run == 3).then_some('…'),
                b'-' => self.dash(text, at, run, before, after),
                _ if run > 1 => None,
                b'"' => Some(if opens(before) { self.marks.double.0 } else { self.marks.double.1 }),
                _ => Some(self.single(before, after)),
            };
            if let Some(mark) = mark {
                out.push_str(&text[done..at]);
                out.push(mark);
                done = at + run;
            }
            at += run;
        }
        self.pass(text);
        if done == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(&text[done..]);
        Cow::Owned(out)
    }

    fn single(&mut self, before: Option<char>, after: Option<char>) -> char {
        let within_word = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        if !within_word && opens(before) && after.is_some_and(char::is_alphabetic) {
            self.single_open = true;
            return self.marks.single.0;
        }
        if !within_word && self.single_open {
            self.single_open = false;
            return self.marks.single.1;
        }
        APOSTROPHE
    }

    fn dash(&self, text: &str, at: usize, run: usize, before: Option<char>, after: Option<char>) -> Option<char> {
        let space = |c: Option<char>| c.is_some_and(char::is_whitespace);
        match run {
            1..=3 if space(before) && space(after) => Some(if run == 3 { '—' } else { self.marks.dash }),
            1 if is_range(text, at, self.previous) => Some('–'),
            _ => None,
        }
    }
}

/// Where the next character lies that may have to be replaced. A single point, the commonest, is none.
fn next_mark(text: &[u8], from: usize) -> Option<usize> {
    let rest = &text[from..];
    let mark = memchr::memchr3(b'"', b'\'', b'-', rest);
    let mut points = memchr::memchr_iter(b'.', &rest[..mark.unwrap_or(rest.len())]);
    points.find(|at| rest.get(at + 1) == Some(&b'.')).or(mark).map(|at| from + at)
}

/// Whether a quotation mark after `before` is an opening one.
fn opens(before: Option<char>) -> bool {
    before.is_none_or(|c| {
        c.is_whitespace() || matches!(c, '(' | '[' | '{' | '/' | '=' | '-' | '–' | '—' | '„' | '“' | '‚' | '«')
    })
}

/// No number in a range is longer with its points; the search for its ends stays short.
const MAX_NUMBER: usize = 16;

/// Whether the hyphen at `at` stands between the ends of a range: `10-20`, `8.30-16.00`, `2024-2026`.
/// Dates (2026-11-22), telephone and reference numbers (512-3456, nr 12-34, 7-1/45) are none.
fn is_range(text: &str, at: usize, previous: Option<char>) -> bool {
    let window = text.floor_char_boundary(at.saturating_sub(MAX_NUMBER));
    let ends = |c: char| c.is_whitespace() || matches!(c, '(' | '"' | '„' | '«');
    let before = &text[window..at];
    let (head, left) = match before.rfind(ends) {
        Some(end) => {
            let word = end + before[end..].chars().next().map_or(0, char::len_utf8);
            let head = text.floor_char_boundary((window + word).saturating_sub(MAX_NUMBER));
            (&text[head..window + word], &before[word..])
        }
        // The number begins with this piece of text: what stood before it must not belong to it.
        None if window == 0 && previous.is_none_or(ends) => ("", before),
        None => return false,
    };
    let window = text.floor_char_boundary((at + 1 + MAX_NUMBER).min(text.len()));
    let after = &text[at + 1..window];
    let right = &after[..after.find(char::is_whitespace).unwrap_or(after.len())];
    let right = right.trim_end_matches(|c: char| !c.is_alphanumeric());
    let word = head.split_whitespace().next_back().unwrap_or("");
    if ["nr", "nr.", "no.", "№", "viit", "tel", "tel."].iter().any(|number| word.eq_ignore_ascii_case(number)) {
        return false;
    }
    match (Number::read(left), Number::read(right)) {
        (Some(Number::Whole(left)), Some(Number::Whole(right))) => left < right && (right < 1000 || left >= 1000),
        (Some(_), Some(_)) => true,
        _ => false,
    }
}

/// One end of a range.
enum Number {
    Whole(u32),
    /// A time, a date, a decimal: with points, colons or commas between digits.
    Parts,
}

impl Number {
    fn read(text: &str) -> Option<Self> {
        let text = text.strip_suffix('.').unwrap_or(text);
        let groups = || text.split(['.', ':', ',']);
        if !groups().all(|group| (1..=4).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_digit())) {
            return None;
        }
        if groups().count() == 1 { text.parse().ok().map(Self::Whole) } else { Some(Self::Parts) }
    }
}
