//! Tells the parts of HTML and of templates apart, just far enough to know which white space shows.

/// Elements that begin and end a line of their own: white space beside their tags shows nothing. Not
/// here are those that themes lay out inline: `li`, `dt`, `dd`, `button`, `label`, `option`.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "col",
    "colgroup",
    "details",
    "dialog",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "main",
    "nav",
    "ol",
    "optgroup",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

/// Elements that show nothing: white space before them is before what comes after them.
const UNSEEN: &[&str] = &["base", "link", "meta", "script", "style"];

/// Elements whose content is left as it is.
const VERBATIM: &[&str] = &["pre", "textarea", "script", "style"];

/// What a run of white space that shows becomes.
#[derive(Clone, Copy)]
pub(super) enum Space {
    /// Its first line break, or else one space.
    AsItIs,
    /// This character.
    #[cfg_attr(not(feature = "minify"), expect(dead_code, reason = "only `full` marks"))]
    Mark(char),
}

/// What comes before the place that is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Something that white space keeps its distance from.
    Ink,
    /// White space that was written, or the border of a block.
    Nothing,
}

pub(super) struct Scanner<'a> {
    rest: &'a str,
    /// Whether `{{ }}`, `{% %}` and `{# #}` are more than text.
    template: bool,
    space: Space,
    before: Before,
    /// Whether the last template tag eats the white space after it.
    eats: bool,
    out: String,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, template: bool, space: Space) -> Self {
        // What a template is put into is not known: white space at its beginning stays.
        let before = if template { Before::Ink } else { Before::Nothing };
        Self { rest: text, template, space, before, eats: false, out: String::with_capacity(text.len()) }
    }

    pub(super) fn collapse(mut self) -> String {
        while let Some(first) = self.rest.bytes().next() {
            if is_space(first) {
                self.white_space();
            } else if let Some(length) = self.template_tag() {
                self.template_part(length);
            } else if self.rest.starts_with("<!--") {
                self.comment();
            } else if first == b'<' && self.begins_a_tag() {
                self.tag();
            } else {
                self.text();
            }
        }
        self.out
    }

    /// A run of white space in text. It is written unless a block begins after it.
    fn white_space(&mut self) {
        let run = self.take(self.rest.bytes().take_while(|&b| is_space(b)).count());
        let eaten = std::mem::take(&mut self.eats);
        if eaten || (self.before == Before::Ink && !self.block_follows()) {
            match self.space {
                Space::AsItIs => self.out.push(if run.contains('\n') { '\n' } else { ' ' }),
                Space::Mark(mark) => self.out.push(mark),
            }
        }
        if !eaten {
            self.before = Before::Nothing;
        }
    }

    fn block_follows(&self) -> bool {
        if self.rest.is_empty() {
            // What comes after a template is not known.
            return !self.template;
        }
        self.rest.strip_prefix('<').is_some_and(|tag| is_one_of(name(tag.strip_prefix('/').unwrap_or(tag)), BLOCKS))
    }

    /// Text up to the next white space or anything that may be special.
    fn text(&mut self) {
        self.eats = false;
        let first = self.rest.chars().next().map_or(1, char::len_utf8);
        let more = self.rest[first..].bytes().take_while(|&b| !is_space(b) && b != b'<' && b != b'{').count();
        let text = self.take(first + more);
        self.out.push_str(text);
        self.before = Before::Ink;
    }

    /// The length of the template tag that begins here, if one does.
    fn template_tag(&self) -> Option<usize> {
        if !self.template {
            return None;
        }
        let close = match self.rest.get(..2)? {
            "{{" => "}}",
            "{%" => "%}",
            "{#" => return Some(self.rest.find("#}").map_or(self.rest.len(), |at| at + 2)),
            _ => return None,
        };
        let mut quote = None;
        for (at, c) in self.rest.char_indices().skip(2) {
            match quote {
                Some(open) if c == open => quote = None,
                None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
                None if self.rest[at..].starts_with(close) => return Some(at + 2),
                _ => {}
            }
        }
        Some(self.rest.len())
    }

    /// A template tag in text.
    fn template_part(&mut self, length: usize) {
        let tag = self.take(length);
        // The signs that eat white space are obeyed here as well, so that none is counted that will not
        // be there. A comment stays as an empty one, since it ends what such a sign of its neighbour eats.
        if tag[2..].starts_with('-') {
            self.out.truncate(self.out.trim_end().len());
            self.before = Before::Ink;
        }
        let eats = ["-}}", "-%}", "-#}"].iter().any(|end| tag.ends_with(end));
        if tag.starts_with("{#") {
            self.eats |= eats;
            self.out.push_str(match (tag.starts_with("{#-"), eats) {
                (false, false) => "{##}",
                (true, false) => "{#-#}",
                (false, true) => "{# -#}",
                (true, true) => "{#- -#}",
            });
            return;
        }
        self.eats = eats;
        self.out.push_str(tag);
        let statement = statement(tag);
        // These write nothing, and what follows them always follows what was before. What others write,
        // or what was written before `else`, is not known.
        let writes_nothing = statement == "if" || (statement == "set" && tag.contains('='));
        if !writes_nothing {
            self.before = Before::Ink;
        }
        if statement == "raw" {
            let end = raw_end(self.rest);
            let raw = self.take(end);
            self.out.push_str(raw);
        }
    }

    /// A comment goes, unless it says something to a template or to old browsers. In a template an empty
    /// text is left of it, so that the signs of its neighbours eat no more than they would have.
    fn comment(&mut self) {
        let length = self.rest.find("-->").map_or(self.rest.len(), |at| at + 3);
        let comment = self.take(length);
        let kept = comment.starts_with("<!--[if") || (self.template && comment.contains(['{', '}']));
        if kept {
            self.out.push_str(comment);
        } else if self.template {
            self.out.push_str("{{\"\"}}");
        }
        self.eats = false;
    }

    fn begins_a_tag(&self) -> bool {
        let after = self.rest[1..].strip_prefix('/').unwrap_or(&self.rest[1..]);
        after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!') || (self.template && after.starts_with("{{"))
    }

    /// A tag, and for an element whose content stays as it is, that content.
    fn tag(&mut self) {
        self.eats = false;
        let closes = self.rest.starts_with("</");
        let name = name(self.rest[1..].strip_prefix('/').unwrap_or(&self.rest[1..]));
        self.inside_of_tag();
        if is_one_of(name, BLOCKS) {
            self.before = Before::Nothing;
        } else if !is_one_of(name, UNSEEN) {
            self.before = Before::Ink;
        }
        if !closes && is_one_of(name, VERBATIM) {
            let end = end_of(name, self.rest);
            let content = self.take(end);
            self.out.push_str(content);
        }
    }

    /// From `<` to `>`: white space between attributes becomes one space, their values stay.
    fn inside_of_tag(&mut self) {
        let mut quote = None;
        while let Some(c) = self.rest.chars().next() {
            if let Some(length) = self.template_tag() {
                let tag = self.take(length);
                if !tag.starts_with("{#") {
                    self.out.push_str(tag);
                }
                continue;
            }
            if quote.is_none() && c.is_ascii_whitespace() {
                self.take(self.rest.bytes().take_while(|&b| is_space(b)).count());
                self.out.push(' ');
                continue;
            }
            self.take(c.len_utf8());
            self.out.push(c);
            match quote {
                Some(open) if c == open => quote = None,
                None if matches!(c, '"' | '\'') => quote = Some(c),
                None if c == '>' => return,
                _ => {}
            }
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

/// HTML's white space, which is not Unicode's: a no-break space shows.
fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

fn name(tag: &str) -> &str {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(tag.len());
    // In `<h{{ level }}>` the name goes on.
    if tag[end..].starts_with('{') { "" } else { &tag[..end] }
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// Where the content of the element `name`, which begins `text`, ends.
fn end_of(name: &str, text: &str) -> usize {
    let closes = |at: &usize| {
        let tag = text.as_bytes()[at + 2..].get(..name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    };
    text.match_indices("</").map(|(at, _)| at).find(closes).unwrap_or(text.len())
}

/// The first word of a template statement: `if` of `{%- if x %}`.
fn statement(tag: &str) -> &str {
    tag.strip_prefix("{%")
        .unwrap_or("")
        .trim_start_matches('-')
        .trim_start()
        .split([' ', '-', '%'])
        .next()
        .unwrap_or("")
}

/// Where the statement that ends a raw block begins.
fn raw_end(text: &str) -> usize {
    text.match_indices("{%").map(|(at, _)| at).find(|&at| statement(&text[at..]) == "endraw").unwrap_or(text.len())
}
