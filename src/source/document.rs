//! A document is front matter (TOML between two lines of `+++`) and a body.

use std::ops::Range;

/// Where the parts of a document lie in its text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The TOML between the fences, if there is any.
    pub front_matter: Option<Range<usize>>,
    /// The Markdown after it.
    pub body: Range<usize>,
    /// The front matter was opened and never closed.
    pub unclosed: bool,
}

const FENCE: &str = "+++";

/// Splits front matter from body. A document without front matter is all body.
pub fn split(text: &str) -> Split {
    let whole = Split { front_matter: None, body: 0..text.len(), unclosed: false };
    let Some(first) = text.split_inclusive('\n').next() else { return whole };
    if first.trim_end() != FENCE {
        return whole;
    }
    let mut at = first.len();
    for line in text[at..].split_inclusive('\n') {
        let next = at + line.len();
        if line.trim_end() == FENCE {
            return Split { front_matter: Some(first.len()..at), body: next..text.len(), unclosed: false };
        }
        at = next;
    }
    Split { front_matter: Some(first.len()..text.len()), body: text.len()..text.len(), unclosed: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<&str>, &str) {
        let split = split(text);
        (split.front_matter.map(|range| &text[range]), &text[split.body])
    }

    #[test]
    fn front_matter_and_body_are_told_apart() {
        assert_eq!(parts("+++\ntitle = \"a\"\n+++\nTekst\n"), (Some("title = \"a\"\n"), "Tekst\n"));
        assert_eq!(parts("+++\r\ntitle = \"a\"\r\n+++\r\nTekst"), (Some("title = \"a\"\r\n"), "Tekst"));
        assert_eq!(parts("Tekst\n+++\n"), (None, "Tekst\n+++\n"));
        assert_eq!(parts(""), (None, ""));
    }

    #[test]
    fn an_open_fence_is_noticed() {
        assert!(split("+++\ntitle = 1\n").unclosed);
    }
}
