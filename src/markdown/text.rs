//! A text's words without its marks.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::directives::Scan;

/// No first paragraph is longer; what follows need not be parsed.
const MAX_PARAGRAPH: usize = 4_000;

/// The first paragraph as plain text, cut at a word after at most `max_chars` characters.
///
/// Only that paragraph is parsed, so that it costs little for a page of any length.
#[must_use]
pub fn summary(body: &str, max_chars: usize) -> String {
    let mut rest = body;
    while let Some((paragraph, after)) = next_paragraph(rest) {
        let text = words(paragraph, false);
        if !text.is_empty() {
            return shorten(&text, max_chars);
        }
        rest = after;
    }
    String::new()
}

/// All words of a text: without marks, addresses, components, code blocks and HTML.
#[must_use]
pub fn plain_text(body: &str) -> String {
    words(body, true)
}

fn words(body: &str, with_pictures: bool) -> String {
    let scan = Scan::of(body);
    let masked = if scan.found.is_empty() { None } else { Some(scan.mask(body)) };
    let mut text = String::with_capacity(body.len());
    // Inside how many elements whose text is not wanted.
    let mut hidden = 0_usize;
    for (event, at) in Parser::new_ext(masked.as_deref().unwrap_or(body), super::extensions()).into_offset_iter() {
        let is_mask = || masked.is_some() && body.get(at.clone()).is_some_and(|original| original.starts_with(':'));
        match event {
            Event::Start(Tag::CodeBlock(_)) => hidden += 1,
            Event::End(TagEnd::CodeBlock) => hidden = hidden.saturating_sub(1),
            Event::Start(Tag::Image { .. }) if !with_pictures => hidden += 1,
            Event::End(TagEnd::Image) if !with_pictures => hidden = hidden.saturating_sub(1),
            Event::Start(Tag::Link { .. }) if is_mask() => hidden += 1,
            Event::End(TagEnd::Link) if is_mask() => hidden = hidden.saturating_sub(1),
            Event::Code(_) if hidden == 0 && masked.is_some() => {
                text.push_str(body.get(at.clone()).unwrap_or("").trim_matches('`'));
            }
            Event::Text(words) | Event::Code(words) if hidden == 0 => text.push_str(&words),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image) => {}
            Event::SoftBreak | Event::HardBreak | Event::End(_) => text.push(' '),
            _ => {}
        }
    }
    let text = text.replace("{.decorative}", " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The next lines that look like a paragraph, and what follows them.
fn next_paragraph(text: &str) -> Option<(&str, &str)> {
    let mut start = None;
    let mut fence: Option<&str> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let is_fence = words.starts_with("```") || words.starts_with("~~~");
        let is_text = fence.is_none() && !is_fence && is_prose(line);
        match (start, is_text) {
            (None, true) => start = Some(at),
            (Some(start), false) => return Some((&text[start..at], &text[at..])),
            (Some(start), true) if at - start > MAX_PARAGRAPH => return Some((&text[start..at], &text[at..])),
            _ => {}
        }
        if is_fence {
            fence = match fence {
                None => Some(&words[..3]),
                Some(open) if words.starts_with(open) => None,
                open => open,
            };
        }
        at += line.len();
    }
    start.map(|start| (&text[start..], ""))
}

fn is_prose(line: &str) -> bool {
    let words = line.trim();
    let is_item = words.starts_with(['-', '*', '+']) && words[1..].starts_with([' ', '\t']);
    let is_block = words.starts_with(['#', '|', '>', '<']) || words.starts_with("::") || words.starts_with("[^");
    let is_rule = !words.is_empty() && words.bytes().all(|b| matches!(b, b'-' | b'=' | b'*' | b'_' | b' '));
    !(words.is_empty() || is_item || is_block || is_rule || line.starts_with("    ") || line.starts_with('\t'))
}

/// Cuts at the last word that fits, with an ellipsis.
fn shorten(text: &str, max_chars: usize) -> String {
    let Some((limit, _)) = text.char_indices().nth(max_chars) else { return text.to_owned() };
    // Room for the ellipsis.
    let limit = text[..limit].char_indices().next_back().map_or(0, |(last, _)| last);
    let cut = if text[limit..].starts_with(' ') { limit } else { text[..limit].rfind(' ').unwrap_or(limit) };
    format!(
        "{}…",
        text[..cut].trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '“' | '”' | '»' | '"' | '%'))
    )
}
