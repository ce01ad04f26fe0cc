//! Smaller HTML, without any change of what people see.
//!
//! White space is what costs most in HTML written by people, and nearly all of it shows nothing. [`lean`]
//! takes it out of a theme's templates once, when they are loaded, so that pages cost nothing. `full`
//! runs minify-html over finished pages.

mod scan;

use scan::{Scanner, Space};

/// A template with the white space of its literal text collapsed: each run becomes one space or line
/// break, and goes where a block of text begins or ends. Not changed are template tags, attribute values,
/// and the content of `pre`, `textarea`, `script`, `style` and raw blocks. HTML and template comments go.
///
/// What it relies on: blocks (`p`, `div`, `section`, headings, lists, tables…) are not laid out inline
/// with a space between them, and `white-space: pre` is not set from a style sheet for other elements
/// than `pre`. A `pre` that begins in one template and ends in another is not seen as one.
///
/// Lines move: to show an error in a template at its place, parse the text as its author wrote it.
#[must_use]
pub fn lean(template: &str) -> String {
    Scanner::new(template, true, Space::AsItIs).collapse()
}

/// The smallest HTML that shows the same, by minify-html with what keeps it valid: closing tags, `html`
/// and `head` tags, `type=text`.
///
/// minify-html drops white space between inline elements in layout elements (`<nav><a>1</a> <a>2</a>`),
/// so that people would read 12. Here white space that shows is replaced by a mark before, and put back
/// after.
#[cfg(feature = "minify")]
#[must_use]
pub fn full(html: &str) -> String {
    /// From Unicode's private use area: no page says it, and minify-html does not know it as a space.
    const MARK: char = '\u{E0FF}';
    if html.contains(MARK) {
        return Scanner::new(html, false, Space::AsItIs).collapse();
    }
    let settings = minify_html::Cfg {
        keep_closing_tags: true,
        keep_html_and_head_opening_tags: true,
        keep_input_type_text_attr: true,
        ..minify_html::Cfg::new()
    };
    let marked = Scanner::new(html, false, Space::Mark(MARK)).collapse();
    let small = minify_html::minify(marked.as_bytes(), &settings);
    // It only takes bytes away at boundaries of characters; if it ever does not, the page stays whole.
    String::from_utf8(small).map_or(marked, |small| small).replace(MARK, " ")
}

#[cfg(test)]
mod tests;
