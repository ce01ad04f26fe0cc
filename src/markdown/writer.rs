//! The parser's events become HTML: the state, the frames, and what is simple.

use std::{
    collections::{HashMap, HashSet},
    fmt::{self, Write},
    ops::Range,
};

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, LinkType, Parser, Tag, TagEnd};

use super::{
    Call, Heading, Host, Options, Rendered,
    blocks::{Footnotes, Table},
    directives::{Found, Scan},
    escape::{push_attribute, push_text},
    inline::OpenLink,
    typography::Typography,
    words::{Words, words},
};
use crate::diagnostics::{Diagnostic, Location};

/// Deeper quotes, lists and components are flattened: nobody can read them, and browsers cut at 512.
pub(super) const MAX_DEPTH: usize = 100;

/// A text with more findings than these has one cause; finding the place of each takes time.
const MAX_DIAGNOSTICS: usize = 100;

pub(super) fn render(options: &Options<'_>, host: &mut dyn Host) -> Rendered {
    let source = options.text.get(options.body.clone()).unwrap_or("");
    let scan = Scan::of(source);
    let masked = if scan.found.is_empty() { None } else { Some(scan.mask(source)) };
    let mut writer = Writer::new(options, host, source, scan.found);
    for problem in scan.problems {
        writer.report(problem.code, problem.at, &[("text", &problem.text)]);
    }
    let text = masked.as_deref().unwrap_or(source);
    for (event, at) in Parser::new_ext(text, super::extensions()).into_offset_iter() {
        writer.event(event, at);
    }
    writer.finish()
}

/// What is open, and what its end needs.
pub(super) enum Frame {
    /// An element whose end is this text.
    Element(&'static str),
    Paragraph {
        at: Range<usize>,
    },
    Code,
    Heading(super::blocks::OpenHeading),
    Table,
    TableHead,
    TableCell {
        start: usize,
        plain: usize,
    },
    Footnote {
        label: String,
        start: usize,
        at: Range<usize>,
    },
    Link(OpenLink),
    /// An address that stands for an inline component.
    Mask,
    Image(super::inline::OpenImage),
    /// A block component: its HTML begins at `start`.
    Component {
        colons: usize,
        call: Call,
        start: usize,
        at: Range<usize>,
    },
    /// An element written as HTML.
    Raw {
        name: &'static str,
        at: Range<usize>,
    },
}

impl Frame {
    /// Whether the parser knows of it: these it closes itself.
    pub(super) fn is_parsers(&self) -> bool {
        !matches!(self, Self::Component { .. } | Self::Raw { .. })
    }
}

pub(super) struct Writer<'a> {
    pub(super) options: &'a Options<'a>,
    pub(super) host: &'a mut dyn Host,
    /// The Markdown as it was written.
    pub(super) source: &'a str,
    pub(super) words: &'static Words,
    pub(super) found: Vec<Found>,
    pub(super) out: String,
    pub(super) frames: Vec<Frame>,
    /// How many components are open.
    pub(super) components: usize,
    pub(super) typography: Typography,
    /// The plain text since the outermost element that wants it began.
    pub(super) plain: String,
    pub(super) captures: usize,
    /// How many pictures are open: inside, only plain text is wanted.
    pub(super) pictures: usize,
    /// The rest of `{.decorative}` that is still to be left out of the text.
    pub(super) skip: &'static str,
    pub(super) html: String,
    pub(super) html_at: Range<usize>,
    pub(super) in_comment: bool,
    pub(super) table: Table,
    pub(super) footnotes: Footnotes,
    pub(super) outline: Vec<Heading>,
    pub(super) ids: HashSet<String>,
    pub(super) next_number: HashMap<String, usize>,
    diagnostics: Vec<Diagnostic>,
    too_deep: bool,
}

impl<'a> Writer<'a> {
    fn new(options: &'a Options<'a>, host: &'a mut dyn Host, source: &'a str, found: Vec<Found>) -> Self {
        Self {
            options,
            host,
            source,
            words: words(options.lang),
            found,
            out: String::with_capacity(source.len() + source.len() / 4),
            frames: Vec::new(),
            components: 0,
            typography: Typography::new(options.lang),
            plain: String::new(),
            captures: 0,
            pictures: 0,
            skip: "",
            html: String::new(),
            html_at: 0..0,
            in_comment: false,
            table: Table::default(),
            footnotes: Footnotes::default(),
            outline: Vec::new(),
            ids: HashSet::new(),
            next_number: HashMap::new(),
            diagnostics: Vec::new(),
            too_deep: false,
        }
    }

    /// Notes that something is wrong at `at` in the body.
    pub(super) fn report(&mut self, code: &str, at: Range<usize>, arguments: &[(&str, &str)]) {
        match self.diagnostics.len() {
            ..MAX_DIAGNOSTICS => {
                let mut diagnostic = Diagnostic::new(code).at(self.place(at));
                for (name, value) in arguments {
                    diagnostic = diagnostic.arg(name, value);
                }
                self.diagnostics.push(diagnostic);
            }
            MAX_DIAGNOSTICS => {
                let diagnostic = Diagnostic::new("markdown.too-many").at(self.place(at)).arg("limit", MAX_DIAGNOSTICS);
                self.diagnostics.push(diagnostic);
            }
            _ => {}
        }
    }

    fn place(&self, at: Range<usize>) -> Location {
        Location::in_text(self.options.path.clone(), self.options.text, self.in_file(at))
    }

    /// A place in the body as a place in the file.
    pub(super) fn in_file(&self, at: Range<usize>) -> Range<usize> {
        let base = self.options.body.start;
        base + at.start..base + at.end
    }

    fn event(&mut self, event: Event<'_>, at: Range<usize>) {
        match event {
            // No frame for these: what begins in a block of HTML may end in another.
            Event::Start(Tag::HtmlBlock) => self.html_at = at.start..at.start,
            Event::End(TagEnd::HtmlBlock) => self.flush_html(),
            Event::Start(tag) => self.start(tag, at),
            Event::End(_) => self.end(),
            // The parser's mathematics is not switched on.
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text, at),
            Event::Code(code) => self.code(&code, at),
            Event::Html(html) => self.block_html(&html, at),
            Event::InlineHtml(html) => self.inline_html(&html, at),
            Event::FootnoteReference(label) => self.footnote_reference(&label),
            Event::SoftBreak => self.line_break("\n"),
            Event::HardBreak => self.line_break("<br>"),
            Event::Rule => self.out.push_str("<hr>"),
            Event::TaskListMarker(done) => {
                let (mark, word) = if done { ('☑', self.words.done) } else { ('☐', self.words.to_do) };
                self.write(format_args!("<span class=\"task\" role=\"img\" aria-label=\"{word}\">{mark}</span> "));
                self.typography.pass(" ");
            }
        }
    }

    /// Writes HTML, but not inside a picture's description.
    pub(super) fn push(&mut self, html: &str) {
        if self.pictures == 0 {
            self.out.push_str(html);
        }
    }

    /// Writes HTML with values that need no escaping.
    pub(super) fn write(&mut self, html: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(html);
    }

    fn line_break(&mut self, html: &str) {
        self.push(html);
        if self.captures > 0 {
            self.plain.push(' ');
        }
        self.typography.pass(" ");
    }

    /// Writes text that is shown as it is.
    pub(super) fn literal(&mut self, text: &str) {
        if self.captures > 0 {
            self.plain.push_str(text);
        }
        if self.pictures == 0 {
            push_text(&mut self.out, text);
        }
    }

    fn text(&mut self, text: &str, at: Range<usize>) {
        match self.frames.last() {
            Some(Frame::Code) => {
                // A call that was taken for one stands in code: the writer's own text comes back.
                let original = self.found_in(&at).and_then(|_| self.source.get(at));
                return push_text(&mut self.out, original.unwrap_or(text));
            }
            Some(Frame::Mask) => return,
            Some(Frame::Link(link)) if link.is_address => {
                self.typography.pass(text);
                return self.literal(text);
            }
            _ => {}
        }
        let text =
            if self.skip.is_empty() { text } else { text.strip_prefix(std::mem::take(&mut self.skip)).unwrap_or(text) };
        let before = at.start.checked_sub(1).and_then(|last| self.source.as_bytes().get(last));
        let after = self.source.as_bytes().get(at.end);
        if text.starts_with('^') && before == Some(&b'[') && after == Some(&b']') {
            self.report("markdown.footnote-undefined", at.start - 1..at.end + 1, &[("label", &text[1..])]);
        }
        if text == "]" && after == Some(&b'(') {
            self.unfinished_link(at.end);
        }
        // `\"` and `&quot;` are the writer's own choice.
        let chosen = before == Some(&b'\\') || self.source.as_bytes().get(at.start) == Some(&b'&');
        let length = if chosen { text.chars().next().map_or(0, char::len_utf8) } else { 0 };
        let (own, rest) = text.split_at(length);
        self.typography.pass(own);
        self.literal(own);
        let rest = self.typography.apply(rest);
        self.literal(&rest);
    }

    fn code(&mut self, code: &str, at: Range<usize>) {
        let original;
        let code = match self.found_in(&at).and_then(|_| self.source.get(at)) {
            Some(whole) => {
                original = whole.trim_matches('`').trim().replace(['\r', '\n'], " ");
                &original
            }
            None => code,
        };
        self.push("<code>");
        self.literal(code);
        self.push("</code>");
        self.typography.pass("x");
    }

    fn start(&mut self, tag: Tag<'_>, at: Range<usize>) {
        if self.frames.len() >= MAX_DEPTH {
            if !self.too_deep {
                self.too_deep = true;
                self.report("markdown.nesting", at, &[("limit", &MAX_DEPTH.to_string())]);
            }
            self.frames.push(Frame::Element(""));
            return;
        }
        let frame = match tag {
            Tag::Paragraph => {
                self.typography.begin_block();
                self.out.push_str("<p>");
                Frame::Paragraph { at }
            }
            Tag::Heading { level, id, classes, attrs } => self.start_heading(level, id, classes, &attrs, at),
            Tag::BlockQuote(None) => self.open("<blockquote>", "</blockquote>"),
            Tag::BlockQuote(Some(kind)) => self.start_alert(kind),
            Tag::CodeBlock(kind) => self.start_code(&kind),
            Tag::List(None) => self.open("<ul>", "</ul>"),
            Tag::List(Some(1)) => self.open("<ol>", "</ol>"),
            Tag::List(Some(first)) => {
                self.write(format_args!("<ol start=\"{first}\">"));
                Frame::Element("</ol>")
            }
            Tag::Item => self.open("<li>", "</li>"),
            Tag::DefinitionList => self.open("<dl>", "</dl>"),
            Tag::DefinitionListTitle => self.open("<dt>", "</dt>"),
            Tag::DefinitionListDefinition => self.open("<dd>", "</dd>"),
            Tag::FootnoteDefinition(label) => Frame::Footnote { label: label.into_string(), start: self.out.len(), at },
            Tag::Table(alignments) => self.start_table(alignments, at),
            Tag::TableHead => Frame::TableHead,
            Tag::TableRow => self.start_row(),
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => self.open_inline("<em>", "</em>"),
            Tag::Strong => self.open_inline("<strong>", "</strong>"),
            Tag::Strikethrough => self.open_inline("<del>", "</del>"),
            Tag::Superscript => self.open_inline("<sup>", "</sup>"),
            Tag::Subscript => self.open_inline("<sub>", "</sub>"),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link_or_call(link_type, &dest_url, &title, at),
            Tag::Image { dest_url, title, .. } => self.start_image(&dest_url, &title, at),
            Tag::HtmlBlock | Tag::MetadataBlock(_) => Frame::Element(""),
        };
        self.frames.push(frame);
    }

    fn open(&mut self, start: &str, end: &'static str) -> Frame {
        self.typography.begin_block();
        self.out.push_str(start);
        Frame::Element(end)
    }

    fn open_inline(&mut self, start: &str, end: &'static str) -> Frame {
        self.push(start);
        Frame::Element(if self.pictures == 0 { end } else { "" })
    }

    fn start_alert(&mut self, kind: BlockQuoteKind) -> Frame {
        let (class, title) = match kind {
            BlockQuoteKind::Note => ("note", self.words.note),
            BlockQuoteKind::Tip => ("tip", self.words.tip),
            BlockQuoteKind::Important => ("important", self.words.important),
            BlockQuoteKind::Warning => ("warning", self.words.warning),
            BlockQuoteKind::Caution => ("caution", self.words.caution),
        };
        self.typography.begin_block();
        self.write(format_args!(
            "<div class=\"alert alert-{class}\" role=\"note\"><p class=\"alert-title\">{title}</p>"
        ));
        Frame::Element("</div>")
    }

    fn start_code(&mut self, kind: &CodeBlockKind<'_>) -> Frame {
        // It scrolls when its lines are long: the keyboard must reach it.
        self.out.push_str("<pre tabindex=\"0\"><code");
        if let CodeBlockKind::Fenced(info) = kind
            && let Some(language) = info.split([' ', ',', '\t', '{']).next().filter(|language| !language.is_empty())
        {
            self.out.push_str(" class=\"language-");
            push_attribute(&mut self.out, language);
            self.out.push('"');
        }
        self.out.push('>');
        Frame::Code
    }

    fn start_link_or_call(&mut self, kind: LinkType, target: &CowStr<'_>, title: &str, at: Range<usize>) -> Frame {
        let masked = kind == LinkType::Autolink;
        if let Some(index) = self.found_in(&at).filter(|index| masked && self.found[*index].at == at) {
            self.call(index);
            return Frame::Mask;
        }
        self.start_link(kind, target, title, at)
    }

    /// The parser closes what it opened last; what components and raw HTML left open inside is closed before.
    fn end(&mut self) {
        while self.frames.last().is_some_and(|frame| !frame.is_parsers()) {
            self.close_unfinished();
        }
        let Some(frame) = self.frames.pop() else { return };
        match frame {
            Frame::Element(end) => self.out.push_str(end),
            Frame::Paragraph { .. } => self.out.push_str("</p>"),
            Frame::Code => self.out.push_str("</code></pre>"),
            Frame::Heading(heading) => self.end_heading(heading),
            Frame::Table => self.end_table(),
            Frame::TableHead => self.end_table_head(),
            Frame::TableCell { start, plain } => self.end_cell(start, plain),
            Frame::Footnote { label, start, at } => {
                let html = self.out.split_off(start);
                self.footnotes.define(label, html, at);
            }
            Frame::Link(link) => self.end_link(link),
            Frame::Image(image) => self.end_image(image),
            Frame::Mask | Frame::Component { .. } | Frame::Raw { .. } => {}
        }
    }

    /// Closes the last frame, which has no end of its own in the text.
    pub(super) fn close_unfinished(&mut self) {
        match self.frames.pop() {
            Some(Frame::Component { call, start, at, colons }) => {
                let fence = ":".repeat(colons);
                self.report("markdown.directive-unclosed", at, &[("name", &call.name), ("fence", &fence)]);
                self.end_component(&call, start);
            }
            Some(Frame::Raw { name, at }) => {
                self.report("markdown.html-unclosed", at, &[("element", name)]);
                self.close_raw(name);
            }
            Some(other) => self.frames.push(other),
            None => {}
        }
    }

    /// Begins to collect plain text; gives where it begins.
    pub(super) fn capture(&mut self) -> usize {
        if self.captures == 0 {
            self.plain.clear();
        }
        self.captures += 1;
        self.plain.len()
    }

    /// Ends a collection and gives its text.
    pub(super) fn captured(&mut self, from: usize) -> String {
        self.captures = self.captures.saturating_sub(1);
        let text = self.plain.get(from..).unwrap_or("").trim();
        let mut captured = String::with_capacity(text.len());
        for word in text.split_whitespace() {
            if !captured.is_empty() {
                captured.push(' ');
            }
            captured.push_str(word);
        }
        captured
    }

    fn finish(mut self) -> Rendered {
        while !self.frames.is_empty() {
            if self.frames.last().is_some_and(|frame| !frame.is_parsers()) {
                self.close_unfinished();
            } else {
                self.end();
            }
        }
        self.write_footnotes();
        Rendered { html: self.out, outline: self.outline, diagnostics: self.diagnostics }
    }
}
