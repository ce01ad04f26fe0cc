//! Links and pictures.

use std::ops::Range;

use pulldown_cmark::LinkType;

use super::{
    LinkKind,
    escape::{push_address, push_attribute, push_text, refused_scheme},
    typography::Typography,
    words::is_vague,
    writer::{Frame, Writer},
};

/// Where a broken link's address should have ended; the search stays short.
const MAX_ADDRESS: usize = 500;

const DECORATIVE: &str = "{.decorative}";

/// A link whose end has not come.
pub(super) struct OpenLink {
    /// The link's text is its address: `<https://…>`.
    pub(super) is_address: bool,
    /// What ends it; nothing where there is no link to end.
    end: &'static str,
    note: Option<String>,
    start: usize,
    plain: usize,
    at: Range<usize>,
}

/// A picture whose end has not come.
pub(super) struct OpenImage {
    target: String,
    title: String,
    plain: usize,
    at: Range<usize>,
}

impl Writer<'_> {
    pub(super) fn start_link(&mut self, kind: LinkType, target: &str, title: &str, at: Range<usize>) -> Frame {
        let is_address = matches!(kind, LinkType::Autolink | LinkType::Email);
        let plain = self.capture();
        let mut open = OpenLink { is_address, end: "", note: None, start: self.out.len(), plain, at: at.clone() };
        if self.pictures > 0 {
            return Frame::Link(open);
        }
        let email;
        let target = if kind == LinkType::Email {
            email = format!("mailto:{target}");
            &email
        } else {
            target
        };
        if let Some(scheme) = refused_scheme(target) {
            self.report("markdown.scheme", at, &[("scheme", &scheme)]);
            return Frame::Link(open);
        }
        let place = self.in_file(at);
        let link = self.host.link(target, place);
        if link.kind != LinkKind::Broken {
            self.write_link(&link, title);
            open.end = "</a>";
            open.note = link.note;
        }
        open.start = self.out.len();
        Frame::Link(open)
    }

    fn write_link(&mut self, link: &super::Link, title: &str) {
        let out = &mut self.out;
        out.push_str("<a href=\"");
        push_address(out, &link.href);
        out.push_str(match link.kind {
            LinkKind::External => "\" class=\"external\" rel=\"external\"",
            LinkKind::File => "\" class=\"file\"",
            LinkKind::Internal | LinkKind::Broken => "\"",
        });
        let title = (!title.is_empty()).then_some(("title", title));
        for (name, value) in link.attributes.iter().map(|(name, value)| (*name, value.as_str())).chain(title) {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            push_attribute(out, value);
            out.push('"');
        }
        out.push('>');
    }

    pub(super) fn end_link(&mut self, link: OpenLink) {
        let text = self.captured(link.plain);
        if !link.end.is_empty() {
            // A picture, or an icon's component, may be all there is; its text is its own matter.
            if self.out.len() == link.start {
                self.report("markdown.link-empty", link.at, &[]);
            } else if is_vague(&text) {
                self.report("markdown.link-text", link.at, &[("text", &text)]);
            }
        }
        if let Some(note) = link.note {
            self.out.push_str(" <span class=\"link-note\">(");
            push_text(&mut self.out, &note);
            self.out.push_str(")</span>");
        }
        self.push(link.end);
    }

    /// `[text](an address)` is no link: spaces in an address need `<…>` around it.
    pub(super) fn unfinished_link(&mut self, start: usize) {
        let rest = self.source.get(start + 1..).unwrap_or("");
        let Some(length) = rest.bytes().take(MAX_ADDRESS).position(|b| matches!(b, b')' | b'\n')) else { return };
        let address = rest[..length].trim();
        if rest.as_bytes()[length] == b')' && address.contains(' ') && address.contains(['/', '.']) {
            self.report("markdown.link-spaces", start..start + length + 2, &[("address", address)]);
        }
    }

    pub(super) fn start_image(&mut self, target: &str, title: &str, at: Range<usize>) -> Frame {
        let plain = self.capture();
        self.pictures += 1;
        Frame::Image(OpenImage { target: target.to_owned(), title: title.to_owned(), plain, at })
    }

    pub(super) fn end_image(&mut self, image: OpenImage) {
        let OpenImage { target, title, plain, at } = image;
        let alt = self.captured(plain);
        self.pictures -= 1;
        if self.pictures > 0 {
            return;
        }
        let decorative = self.source.get(at.end..).is_some_and(|after| after.starts_with(DECORATIVE));
        if decorative {
            self.skip = DECORATIVE;
        } else if alt.is_empty() {
            self.report("markdown.image-alt", at.clone(), &[("target", &target)]);
        }
        let alt = if decorative { "" } else { alt.as_str() };
        if let Some(scheme) = refused_scheme(&target) {
            self.report("markdown.scheme", at, &[("scheme", &scheme)]);
            return push_text(&mut self.out, alt);
        }
        let figure = !title.is_empty() && self.stands_alone(&at);
        let place = self.in_file(at);
        let html = self.host.image(&target, alt, if figure { "" } else { &title }, place);
        self.typography.pass("x");
        if !figure {
            return self.out.push_str(&html);
        }
        // The paragraph that holds nothing else becomes a figure, and the title its caption.
        self.out.truncate(self.out.len() - "<p>".len());
        self.out.push_str("<figure>");
        self.out.push_str(&html);
        self.out.push_str("<figcaption>");
        let caption = Typography::new(self.options.lang).apply(&title).into_owned();
        push_text(&mut self.out, &caption);
        self.out.push_str("</figcaption>");
        self.frames.pop();
        self.frames.push(Frame::Element("</figure>"));
    }

    /// Whether the picture is all that its paragraph holds.
    fn stands_alone(&self, at: &Range<usize>) -> bool {
        let Some(Frame::Paragraph { at: paragraph }) = self.frames.last() else { return false };
        let before = self.source.get(paragraph.start..at.start).unwrap_or("");
        let after = self.source.get(at.end..paragraph.end).unwrap_or("");
        let after = after.strip_prefix(DECORATIVE).unwrap_or(after);
        before.trim().is_empty() && after.trim().is_empty() && self.out.ends_with("<p>")
    }
}
