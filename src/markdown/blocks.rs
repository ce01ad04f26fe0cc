//! Headings, tables, footnotes: blocks that need to know their whole content.

use std::{collections::HashMap, fmt::Write, ops::Range};

use pulldown_cmark::{Alignment, CowStr, HeadingLevel};

use super::{
    Heading,
    escape::push_attribute,
    writer::{Frame, Writer},
};
use crate::language::slug;

/// A heading whose end has not come.
pub(super) struct OpenHeading {
    level: u8,
    id: Option<String>,
    classes: Vec<String>,
    start: usize,
    plain: usize,
    at: Range<usize>,
}

/// The table that is being written; there is none inside another.
#[derive(Default)]
pub(super) struct Table {
    alignments: Vec<Alignment>,
    start: usize,
    at: Range<usize>,
    column: usize,
    in_head: bool,
    has_body: bool,
    headers: Vec<String>,
}

/// The footnotes of a text, numbered as they are first referred to.
#[derive(Default)]
pub(super) struct Footnotes {
    /// The labels, in the order of their numbers.
    order: Vec<String>,
    known: HashMap<String, Footnote>,
    defined: HashMap<String, (String, Range<usize>)>,
}

struct Footnote {
    number: usize,
    references: usize,
}

impl Footnotes {
    pub(super) fn define(&mut self, label: String, html: String, at: Range<usize>) {
        self.defined.entry(label).or_insert((html, at));
    }
}

impl Writer<'_> {
    pub(super) fn start_heading(
        &mut self,
        level: HeadingLevel,
        id: Option<CowStr<'_>>,
        classes: Vec<CowStr<'_>>,
        attributes: &[(CowStr<'_>, Option<CowStr<'_>>)],
        at: Range<usize>,
    ) -> Frame {
        let written = level as u8;
        let base = self.options.heading_base.clamp(1, 6);
        let level = (written + base).saturating_sub(2).clamp(base, 6);
        if written == 1 && base > 1 {
            self.report("markdown.heading-one", at.clone(), &[]);
        } else if level > self.outline.last().map_or(base, |last| last.level + 1).max(base) {
            self.report("markdown.heading-skipped", at.clone(), &[("level", &"#".repeat(written.into()))]);
        }
        for (name, _) in attributes {
            self.report("markdown.heading-attribute", at.clone(), &[("name", name)]);
        }
        self.typography.begin_block();
        Frame::Heading(OpenHeading {
            level,
            id: id.map(CowStr::into_string),
            classes: classes.into_iter().map(CowStr::into_string).collect(),
            start: self.out.len(),
            plain: self.capture(),
            at,
        })
    }

    pub(super) fn end_heading(&mut self, heading: OpenHeading) {
        let OpenHeading { level, id, classes, start, plain, at } = heading;
        let text = self.captured(plain);
        if text.is_empty() {
            self.report("markdown.heading-empty", at.clone(), &[]);
        }
        let id = format!("{}{}", self.options.id_prefix, self.heading_id(id, &text, at));
        let mut opening = format!("<h{level} id=\"{id}\"");
        if !classes.is_empty() {
            opening.push_str(" class=\"");
            push_attribute(&mut opening, &classes.join(" "));
            opening.push('"');
        }
        opening.push('>');
        self.out.insert_str(start, &opening);
        self.write(format_args!("</h{level}>"));
        self.outline.push(Heading { level, id, text });
    }

    /// The heading's own id, or one from its text; the second of the same name ends with -2.
    fn heading_id(&mut self, own: Option<String>, text: &str, at: Range<usize>) -> String {
        if let Some(own) = own {
            let valid = !own.is_empty() && own.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if !valid {
                self.report("markdown.heading-id", at.clone(), &[("id", &own)]);
            } else if self.ids.insert(own.clone()) {
                return own;
            } else {
                self.report("markdown.heading-id-taken", at.clone(), &[("id", &own)]);
            }
        }
        let base = slug(text);
        if self.ids.insert(base.clone()) {
            return base;
        }
        let next = self.next_number.entry(base.clone()).or_insert(2);
        loop {
            let id = format!("{base}-{next}");
            *next += 1;
            if self.ids.insert(id.clone()) {
                return id;
            }
        }
    }

    pub(super) fn start_table(&mut self, alignments: Vec<Alignment>, at: Range<usize>) -> Frame {
        self.table = Table { alignments, start: self.out.len(), at, ..Table::default() };
        self.table.in_head = true;
        Frame::Table
    }

    /// The name of the region that scrolls is made of the headers.
    pub(super) fn end_table_head(&mut self) {
        let headers = std::mem::take(&mut self.table.headers);
        let named: Vec<&str> = headers.iter().map(String::as_str).filter(|header| !header.is_empty()).collect();
        // The corner over a column of row names may be empty, but not more.
        if named.is_empty() || named.len() + 1 < headers.len() {
            self.report("markdown.table-header", self.table.at.clone(), &[]);
        }
        let mut opening = "<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"".to_owned();
        opening.push_str(self.words.table);
        if !named.is_empty() {
            opening.push_str(": ");
            push_attribute(&mut opening, &named.join(", "));
        }
        opening.push_str("\"><table><thead><tr>");
        self.out.insert_str(self.table.start, &opening);
        self.out.push_str("</tr></thead>");
        self.table.in_head = false;
    }

    pub(super) fn start_row(&mut self) -> Frame {
        self.out.push_str(if self.table.has_body { "<tr>" } else { "<tbody><tr>" });
        self.table.has_body = true;
        self.table.column = 0;
        Frame::Element("</tr>")
    }

    pub(super) fn start_cell(&mut self) -> Frame {
        self.typography.begin_block();
        let start = self.out.len();
        if self.table.in_head {
            return Frame::TableCell { start, plain: self.capture() };
        }
        self.out.push_str("<td");
        self.align();
        self.out.push('>');
        Frame::TableCell { start, plain: 0 }
    }

    /// The class of the next column; a style attribute would need a hole in the site's security policy.
    fn align(&mut self) {
        let class = self.class_of_next_column();
        self.out.push_str(class);
    }

    fn class_of_next_column(&mut self) -> &'static str {
        let alignment = self.table.alignments.get(self.table.column).copied().unwrap_or(Alignment::None);
        self.table.column += 1;
        match alignment {
            Alignment::None | Alignment::Left => "",
            Alignment::Center => " class=\"align-center\"",
            Alignment::Right => " class=\"align-right\"",
        }
    }

    pub(super) fn end_cell(&mut self, start: usize, plain: usize) {
        if !self.table.in_head {
            return self.out.push_str("</td>");
        }
        let text = self.captured(plain);
        let class = self.class_of_next_column();
        // A header without a text would be announced as one.
        let (opening, end) = if text.is_empty() && self.out.len() == start {
            (format!("<td{class}>"), "</td>")
        } else {
            (format!("<th scope=\"col\"{class}>"), "</th>")
        };
        self.out.insert_str(start, &opening);
        self.out.push_str(end);
        self.table.headers.push(text);
    }

    pub(super) fn end_table(&mut self) {
        self.out.push_str(if self.table.has_body { "</tbody></table></div>" } else { "</table></div>" });
    }

    pub(super) fn footnote_reference(&mut self, label: &str) {
        if self.pictures > 0 {
            return;
        }
        let notes = &mut self.footnotes;
        if !notes.known.contains_key(label) {
            notes.order.push(label.to_owned());
            notes.known.insert(label.to_owned(), Footnote { number: notes.order.len(), references: 0 });
        }
        let Some(note) = notes.known.get_mut(label) else { return };
        note.references += 1;
        let number = note.number;
        let word = self.words.footnote;
        // Headings' ids have no colon, so that the two never meet.
        let id = reference_id(number, note.references);
        let own = self.options.id_prefix;
        self.write(format_args!(
            "<sup class=\"footnote-ref\"><a href=\"#{own}fn:{number}\" id=\"{own}{id}\" aria-label=\"{word} {number}\">{number}</a></sup>"
        ));
        self.typography.pass("x");
    }

    pub(super) fn write_footnotes(&mut self) {
        let Footnotes { order, known, mut defined } = std::mem::take(&mut self.footnotes);
        if !order.is_empty() {
            self.write(format_args!("<section class=\"footnotes\" aria-label=\"{}\"><ol>", self.words.footnotes));
            for label in &order {
                let (html, _) = defined.remove(label).unwrap_or_default();
                if let Some(note) = known.get(label) {
                    self.write_footnote(note, &html);
                }
            }
            self.out.push_str("</ol></section>");
        }
        let mut unused: Vec<_> = defined.into_iter().map(|(label, (_, at))| (at.start, at, label)).collect();
        unused.sort_by_key(|(start, ..)| *start);
        for (_, at, label) in unused {
            self.report("markdown.footnote-unused", at, &[("label", &label)]);
        }
    }

    fn write_footnote(&mut self, note: &Footnote, html: &str) {
        let Footnote { number, references } = *note;
        let word = self.words.back;
        let own = self.options.id_prefix;
        let mut back = String::new();
        for reference in 1..=references {
            let id = reference_id(number, reference);
            let name = if reference == 1 { number.to_string() } else { format!("{number}-{reference}") };
            let _ = write!(back, " <a href=\"#{own}{id}\" class=\"footnote-back\" aria-label=\"{word} {name}\">↩</a>");
        }
        self.write(format_args!("<li id=\"{own}fn:{number}\">"));
        match html.strip_suffix("</p>") {
            Some(html) => {
                self.out.push_str(html);
                self.out.push_str(&back);
                self.out.push_str("</p>");
            }
            None => {
                self.out.push_str(html);
                self.out.push_str(&back);
            }
        }
        self.out.push_str("</li>");
    }
}

fn reference_id(number: usize, reference: usize) -> String {
    if reference == 1 { format!("fnref:{number}") } else { format!("fnref:{number}-{reference}") }
}
