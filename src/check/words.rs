//! Patterns of words.

use regex::{Match, Regex};

pub(super) fn pattern(text: &str) -> Regex {
    // The patterns are part of the program; the tests use them all.
    Regex::new(text).expect("a valid pattern")
}

/// A pattern with bounds of words (`\b`). Those cost ten times as much beside letters outside ASCII, so a line is
/// first looked at without them: most have nothing like it.
pub(super) struct Words {
    rough: Regex,
    exact: Regex,
}

impl Words {
    pub(super) fn new(text: &str) -> Self {
        Self { rough: any([text].into_iter()), exact: pattern(text) }
    }

    /// Whether any line of a text may have it: one look at the text instead of one at each line.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        self.rough.is_match(text)
    }

    pub(super) fn as_str(&self) -> &str {
        self.exact.as_str()
    }

    pub(super) fn find<'t>(&self, line: &'t str) -> Option<Match<'t>> {
        self.rough.is_match(line).then(|| self.exact.find(line))?
    }
}

/// Whether any of some patterns may be in a line of a text: one look instead of many.
pub(super) fn any<'a>(patterns: impl Iterator<Item = &'a str>) -> Regex {
    let all: Vec<String> = patterns.map(|text| format!("(?m:{})", text.replace(r"\b", ""))).collect();
    pattern(&all.join("|"))
}

/// Whether a letter begins with this byte, in the languages of the rules: other signs outside ASCII begin with 0xC2,
/// 0xE2 or 0xF0 in their texts. To look at bytes takes a tenth of what it takes to look letters up.
pub(super) const fn begins_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, 0xC3..=0xE1)
}
