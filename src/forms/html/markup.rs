//! HTML as text: everything that comes from outside goes through [`escape`].

use std::fmt::Write;

/// A text as the content of an element or of a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What a parser would take as an error, or as the end of the text.
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// An element that is being written: attributes first, then its content.
pub(super) struct Element {
    name: &'static str,
    out: String,
}

impl Element {
    /// `<name`
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, out: format!("<{name}") }
    }

    /// ` name="value"`
    pub(super) fn attr(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.out, " {name}=\"");
        push_escaped(&mut self.out, value);
        self.out.push('"');
        self
    }

    /// ` name="value"` when there is a value.
    pub(super) fn attr_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// ` name` when it holds.
    pub(super) fn flag(mut self, name: &str, holds: bool) -> Self {
        if holds {
            let _ = write!(self.out, " {name}");
        }
        self
    }

    /// The end of an element that has no content.
    pub(super) fn void(self) -> String {
        self.out + ">"
    }

    /// The element with this text in it.
    pub(super) fn text(mut self, text: &str) -> String {
        self.out.push('>');
        push_escaped(&mut self.out, text);
        let _ = write!(self.out, "</{}>", self.name);
        self.out
    }

    /// The element with this HTML in it, which was made by this module.
    pub(super) fn html(mut self, html: &str) -> String {
        let _ = write!(self.out, ">{html}</{}>", self.name);
        self.out
    }
}

/// `<name class="class">`, the form of most elements.
pub(super) fn element(name: &'static str, class: &str) -> Element {
    Element::new(name).attr("class", class)
}

/// The paragraphs of a text, split at empty lines; a single line break stays one.
pub(super) fn paragraphs(class: &str, text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let parts = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| element("p", class).html(&lines(part))).collect()
}

/// A text whose line breaks are kept.
pub(super) fn lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("<br>")
}
