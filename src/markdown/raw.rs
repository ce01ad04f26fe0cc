//! HTML that a writer typed: shown as text, but for harmless elements that the site allows.

use std::ops::Range;

use super::{
    escape::{push_attribute, push_text},
    writer::{Frame, MAX_DEPTH, Writer},
};

/// The elements that a site may allow. Nothing that loads, runs, submits or changes the rest of the page
/// is among them, nor anything that needs a certain parent.
pub const HARMLESS: &[&str] = &[
    "abbr",
    "b",
    "bdi",
    "bdo",
    "br",
    "cite",
    "code",
    "del",
    "details",
    "dfn",
    "div",
    "em",
    "figcaption",
    "figure",
    "i",
    "ins",
    "kbd",
    "mark",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "time",
    "u",
    "var",
    "wbr",
];

/// Of these, the ones that may not stand in a sentence.
const BLOCKS: &[&str] = &["details", "div", "figcaption", "figure", "section", "summary"];

/// Of these, the ones without an end.
const VOID: &[&str] = &["br", "wbr"];

/// The attributes that an allowed element keeps.
const ATTRIBUTES: &[&str] = &["class", "datetime", "dir", "lang", "open", "title"];

/// A piece of HTML.
enum Piece<'t> {
    Text(&'t str),
    Comment,
    Start { name: &'t str, attributes: Vec<(&'t str, &'t str)>, source: &'t str },
    End { name: &'t str, source: &'t str },
}

/// Cuts HTML into pieces. What is not well formed is text.
struct Pieces<'t>(&'t str);

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let text = self.0;
        if text.is_empty() {
            return None;
        }
        let (piece, length) = if let Some(comment) = text.strip_prefix("<!--") {
            (Piece::Comment, comment.find("-->").map_or(text.len(), |end| end + 7))
        } else if let Some((piece, length)) = tag(text) {
            (piece, length)
        } else {
            let length = text.char_indices().skip(1).find(|(_, c)| *c == '<').map_or(text.len(), |(next, _)| next);
            (Piece::Text(&text[..length]), length)
        };
        self.0 = &text[length..];
        Some(piece)
    }
}

fn tag(text: &str) -> Option<(Piece<'_>, usize)> {
    let rest = text.strip_prefix('<')?;
    let (rest, is_end) = rest.strip_prefix('/').map_or((rest, false), |rest| (rest, true));
    let length = rest.bytes().take_while(|&b| b.is_ascii_alphanumeric() || b == b'-').count();
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (name, mut rest) = rest.split_at(length);
    let mut attributes = Vec::new();
    loop {
        let spaced = rest.starts_with(|c: char| c.is_ascii_whitespace());
        rest = rest.trim_ascii_start();
        if let Some(after) = rest.strip_prefix('>').or_else(|| rest.strip_prefix("/>")) {
            let length = text.len() - after.len();
            let source = &text[..length];
            let piece = if is_end { Piece::End { name, source } } else { Piece::Start { name, attributes, source } };
            return Some((piece, length));
        }
        let (attribute, after) = spaced.then(|| attribute(rest))??;
        attributes.push(attribute);
        rest = after;
    }
}

fn attribute(text: &str) -> Option<((&str, &str), &str)> {
    let length = text.bytes().take_while(|&b| b.is_ascii_alphanumeric() || b"_:.-@".contains(&b)).count();
    let (name, rest) = text.split_at_checked(length).filter(|(name, _)| !name.is_empty())?;
    let Some(value) = rest.trim_ascii_start().strip_prefix('=') else { return Some(((name, ""), rest)) };
    let value = value.trim_ascii_start();
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let end = value[1..].find(quote)?;
        return Some(((name, &value[1..=end]), &value[end + 2..]));
    }
    let end = value.find(|c: char| c.is_ascii_whitespace() || "\"'=<>`".contains(c)).filter(|end| *end > 0)?;
    Some(((name, &value[..end]), &value[end..]))
}

impl Writer<'_> {
    /// A line of a block of HTML; components' fences come as such.
    pub(super) fn block_html(&mut self, html: &str, at: Range<usize>) {
        if self.html_at.is_empty() {
            self.html_at = at.clone();
        }
        match self.found_in(&at).filter(|_| !self.in_comment) {
            Some(index) if !self.is_inline(index) => {
                self.flush_html();
                self.block_call(index);
                self.html_at = at.end..at.end;
            }
            found => {
                let original = found.and_then(|_| self.source.get(at)).unwrap_or(html);
                self.in_comment = match (original.rfind("<!--"), original.rfind("-->")) {
                    (Some(begin), Some(end)) => begin > end,
                    (begin, end) => begin.is_some() || (self.in_comment && end.is_none()),
                };
                self.html.push_str(original);
            }
        }
    }

    /// Writes the block of HTML that has been collected.
    pub(super) fn flush_html(&mut self) {
        self.in_comment = false;
        if self.html.trim().is_empty() {
            return self.html.clear();
        }
        let html = std::mem::take(&mut self.html);
        let at = self.html_at.clone();
        let depth = self.frames.len();
        let start = self.out.len();
        self.typography.begin_block();
        let mut refused = None;
        let mut allowed = false;
        for piece in Pieces(html.trim()) {
            match self.piece(&piece, &at, true) {
                Ok(()) => allowed |= matches!(piece, Piece::Start { .. } | Piece::End { .. }),
                Err(name) => refused = refused.or(name),
            }
        }
        // Only blocks go on into the next block of the text.
        while self.frames.len() > depth
            && matches!(self.frames.last(), Some(Frame::Raw { name, .. }) if !BLOCKS.contains(name))
        {
            self.close_unfinished();
        }
        if let Some(name) = refused {
            self.report("markdown.html", at, &[("element", &name)]);
        }
        if !allowed && self.out.len() > start {
            self.out.insert_str(start, "<p>");
            self.out.push_str("</p>");
        }
    }

    /// A tag in a sentence, or the mask of an inline component.
    pub(super) fn inline_html(&mut self, html: &str, at: Range<usize>) {
        let mut html = html;
        if let Some(index) = self.found_in(&at) {
            if self.is_inline(index) && self.call_at(index) == at {
                return self.call(index);
            }
            // A fence that the parser found inside a paragraph is none, nor is a call within a tag.
            html = self.source.get(at.clone()).unwrap_or(html);
        }
        if self.pictures > 0 {
            return;
        }
        for piece in Pieces(html) {
            if let Err(Some(name)) = self.piece(&piece, &at, false) {
                self.report("markdown.html", at.clone(), &[("element", &name)]);
            }
        }
        self.typography.pass("x");
    }

    /// Writes a piece. An element that is not allowed is written as text; the error names it, if it is
    /// not just the end of one already named.
    fn piece(&mut self, piece: &Piece<'_>, at: &Range<usize>, is_block: bool) -> Result<(), Option<String>> {
        match piece {
            Piece::Comment => {}
            Piece::Text(text) => {
                self.literal(text);
                // A processing instruction, a declaration: something was meant by it.
                if text.starts_with("<?") || text.starts_with("<!") {
                    return Err(Some(text.chars().take(12).collect()));
                }
            }
            Piece::Start { name, attributes, source } => match self.allowed(name, is_block) {
                Some(name) => self.open_raw(name, attributes, at),
                None => {
                    self.literal(source);
                    return Err(Some((*name).to_owned()));
                }
            },
            Piece::End { name, source } => match self.allowed(name, is_block) {
                Some(name) => self.end_raw(name, at),
                None => {
                    self.literal(source);
                    return Err(None);
                }
            },
        }
        Ok(())
    }

    fn allowed(&self, name: &str, is_block: bool) -> Option<&'static str> {
        let name = HARMLESS.iter().copied().find(|harmless| harmless.eq_ignore_ascii_case(name))?;
        let listed = name == "br" || self.options.allowed_html.iter().any(|allowed| allowed == name);
        let fits = is_block || !BLOCKS.contains(&name);
        (listed && fits && self.frames.len() < MAX_DEPTH).then_some(name)
    }

    fn open_raw(&mut self, name: &'static str, attributes: &[(&str, &str)], at: &Range<usize>) {
        self.out.push('<');
        self.out.push_str(name);
        for (index, (attribute, value)) in attributes.iter().enumerate() {
            let Some(known) = ATTRIBUTES.iter().find(|known| known.eq_ignore_ascii_case(attribute)) else {
                self.report("markdown.html-attribute", at.clone(), &[("attribute", attribute), ("element", name)]);
                continue;
            };
            if attributes[..index].iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(known)) {
                continue;
            }
            self.out.push(' ');
            self.out.push_str(known);
            self.out.push_str("=\"");
            push_attribute(&mut self.out, value);
            self.out.push('"');
        }
        self.out.push('>');
        if !VOID.contains(&name) {
            self.frames.push(Frame::Raw { name, at: at.clone() });
        }
    }

    fn end_raw(&mut self, name: &'static str, at: &Range<usize>) {
        if matches!(self.frames.last(), Some(Frame::Raw { name: open, .. }) if *open == name) {
            self.frames.pop();
            self.close_raw(name);
        } else {
            self.report("markdown.html-stray", at.clone(), &[("element", name)]);
        }
    }

    pub(super) fn close_raw(&mut self, name: &str) {
        self.out.push_str("</");
        push_text(&mut self.out, name);
        self.out.push('>');
    }
}
