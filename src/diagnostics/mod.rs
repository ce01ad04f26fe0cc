//! One type for everything that is wrong: a code, a place, the words in two languages.
//!
//! The words live in `catalog/*.toml`, one file an area, so that a sentence is written once in each
//! language and the reference page in the docs comes from the same list. A stage collects
//! diagnostics and goes on: a bad page never hides the next.

mod catalog;
mod formats;
mod html;
mod human;
mod junit;
mod nearest;
mod sarif;

pub use catalog::{Rule, rules};
pub use formats::{Format, write};
pub use nearest::nearest;

use std::{fmt, ops::Range, sync::Arc};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know; never fails a build.
    Note,
    /// Should be mended; fails a build with `--strict`.
    Warning,
    /// Fails the build; the last good site stays.
    Error,
}

/// The language of messages, not of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// Estonian, the communicators' language.
    Estonian,
    /// English, the default where the system says nothing of Estonian.
    #[default]
    English,
}

/// A place in a file, with the line's own text so that it can be shown without reading the file again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Location {
    /// The path from the site's root, with forward slashes.
    pub file: Arc<str>,
    /// The line, from 1; 0 when the whole file is meant.
    pub line: u32,
    /// The column in characters, from 1; 0 when the whole file is meant.
    pub column: u32,
    /// How many characters on that line are meant; at least 1.
    pub length: u32,
    /// The line's text; empty when the whole file is meant.
    pub text: String,
}

impl Location {
    /// The file as a whole.
    #[must_use]
    pub fn file(file: impl Into<Arc<str>>) -> Self {
        Self { file: file.into(), line: 0, column: 0, length: 1, text: String::new() }
    }

    /// The place of byte `range` in `text`, which is the whole text of `file`. A range that does not
    /// fall on character boundaries, or lies outside, is moved to the nearest place that does.
    #[must_use]
    pub fn in_text(file: impl Into<Arc<str>>, text: &str, range: Range<usize>) -> Self {
        let start = floor_boundary(text, range.start);
        let end = floor_boundary(text, range.end.max(start));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let count = |s: &str| u32::try_from(s.chars().count()).unwrap_or(u32::MAX);
        Self {
            file: file.into(),
            line: count_lines(&text[..line_start]) + 1,
            column: count(&text[line_start..start]) + 1,
            length: count(&text[start..end.min(line_end)]).max(1),
            text: text[line_start..line_end].trim_end_matches('\r').to_owned(),
        }
    }

    /// The same, but without a place in the file if the text is not at hand.
    #[must_use]
    pub fn at_line(file: impl Into<Arc<str>>, line: u32) -> Self {
        Self { file: file.into(), line, column: 1, length: 1, text: String::new() }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.file),
            line => write!(f, "{}:{line}:{}", self.file, self.column),
        }
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

fn count_lines(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|&b| b == b'\n').count()).unwrap_or(u32::MAX)
}

/// Something that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Diagnostic {
    /// The rule's code, `area.name`.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// Where, if it has a place.
    pub location: Option<Location>,
    /// Further places that belong to it, for example the other of two equal addresses.
    pub related: Vec<Location>,
    /// The values for the sentence's `{names}`.
    pub arguments: Vec<(String, String)>,
    /// What was probably meant.
    pub suggestion: Option<String>,
    /// A change of the file in [`location`](Self::location) that mends it.
    #[serde(default)]
    pub fix: Option<Fix>,
}

/// A change of a file: other text in the place of a part of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fix {
    /// Which bytes of the file's text are replaced.
    pub range: Range<usize>,
    /// By what.
    pub text: String,
}

impl Diagnostic {
    /// A diagnostic of the rule `code`, with the rule's own severity.
    ///
    /// A code that is not in the catalog is a mistake of the program's; it is shown as it is, and
    /// a test finds it.
    #[must_use]
    pub fn new(code: &str) -> Self {
        let severity = catalog::rule(code).map_or(Severity::Error, |rule| rule.severity);
        debug_assert!(catalog::rule(code).is_some(), "no rule `{code}` in the catalog");
        Self {
            code: code.to_owned(),
            severity,
            location: None,
            related: Vec::new(),
            arguments: Vec::new(),
            suggestion: None,
            fix: None,
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Names a further place.
    #[must_use]
    pub fn related(mut self, location: Location) -> Self {
        self.related.push(location);
        self
    }

    /// Fills `{name}` in the sentence.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.arguments.push((name.to_owned(), value.to_string()));
        self
    }

    /// Says which of `candidates` was probably meant, if one is near.
    #[must_use]
    pub fn suggest<'a>(mut self, wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        self.suggestion = nearest(wrong, candidates).map(ToOwned::to_owned);
        self
    }

    /// Says how the program can mend it: by writing `text` in the place of the bytes `range` of the file.
    #[must_use]
    pub fn fix(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { range, text: text.into() });
        self
    }

    /// Changes how much it matters.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The sentence that says what is wrong.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match catalog::rule(&self.code) {
            Some(rule) => self.fill(rule.message(language)),
            None => self.code.clone(),
        }
    }

    /// The sentence that says how to mend it.
    #[must_use]
    pub fn help(&self, language: Language) -> Option<String> {
        let help = catalog::rule(&self.code).and_then(|rule| rule.help(language)).map(|help| self.fill(help));
        let meant = self.suggestion.as_ref().map(|name| match language {
            Language::Estonian => format!("Kas mõtlesite `{name}`?"),
            Language::English => format!("Did you mean `{name}`?"),
        });
        match (meant, help) {
            (Some(meant), Some(help)) => Some(format!("{meant} {help}")),
            (meant, help) => meant.or(help),
        }
    }

    /// What stays the same when a finding only moves: by it findings of two runs are compared.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // The line's number is left out: a finding that only moved is the same finding.
        let (file, text) = self.location.as_ref().map_or(("", ""), |place| (&*place.file, place.text.as_str()));
        let key = format!("{}\n{file}\n{text}\n{:?}", self.code, self.arguments);
        blake3::hash(key.as_bytes()).to_hex().to_string()
    }

    fn fill(&self, sentence: &str) -> String {
        let mut out = String::with_capacity(sentence.len() + 32);
        let mut rest = sentence;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            let Some(close) = rest.find('}') else { break };
            match self.arguments.iter().find(|(name, _)| name == &rest[1..close]) {
                Some((_, value)) => out.push_str(&printable(value)),
                None => out.push_str(&rest[..=close]),
            }
            rest = &rest[close + 1..];
        }
        out.push_str(rest);
        out
    }

    /// The key by which diagnostics are put in order: by file and place, then by code.
    #[must_use]
    pub fn order(&self) -> impl Ord + use<> {
        (self.location.clone(), self.code.clone(), self.arguments.clone())
    }
}

/// Control characters (a file name or a text may hold escape sequences) are shown, not obeyed.
fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}

/// Sorts diagnostics by place, so that the order never depends on threads.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_cached_key(Diagnostic::order);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters() {
        let text = "esimene\nõäöü vale rida\r\nlõpp";
        let at = text.find("vale").expect("in the text");
        let location = Location::in_text("a.md", text, at..at + 4);
        assert_eq!((location.line, location.column, location.length), (2, 6, 4));
        assert_eq!(location.text, "õäöü vale rida");
        assert_eq!(location.to_string(), "a.md:2:6");
    }

    #[test]
    fn a_place_outside_the_text_is_no_panic() {
        let location = Location::in_text("a.md", "õ", 1..90);
        assert_eq!((location.line, location.column), (1, 1));
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(printable("a\u{1b}[31m"), "a\\u{1b}[31m");
    }
}
