//! Regular expressions that a whole text must fit, as HTML's `pattern` does.

use std::sync::Arc;

use regex::Regex;

/// A regular expression that a whole text must fit. Matching takes time in proportion to the text,
/// whatever the pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Box<str>,
    whole: Arc<Regex>,
}

impl Pattern {
    /// Compiles a pattern; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // On its own first: `a)(b` is no pattern, though it would be one between the brackets.
        Regex::new(text).ok()?;
        let whole = Regex::new(&format!("^(?:{text})$")).ok()?;
        Some(Self { text: text.into(), whole: Arc::new(whole) })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `text` fits.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_must_fit() {
        let slug = Pattern::parse("[a-z]+|x1").unwrap();
        assert!(slug.fits("abc") && slug.fits("x1"));
        assert!(!slug.fits("abc1") && !slug.fits("x12") && !slug.fits(""));
        assert_eq!(slug.as_str(), "[a-z]+|x1");
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        assert_eq!(Pattern::parse("("), None);
        assert_eq!(Pattern::parse("a)(b"), None);
    }
}
