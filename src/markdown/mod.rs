//! Markdown to HTML: a pure function of a text and of a host that knows the site.
//!
//! `CommonMark` by pulldown-cmark, with tables, footnotes, definition lists, task lists, heading ids,
//! strikethrough and alerts; generic directives (`:::name{}`, `::name{}`, `:name[]{}`) call the theme's
//! components; quotes and dashes follow the language. One pass over the parser's events writes the HTML,
//! without white space that nobody needs, and every finding has its exact place.
//!
//! Raw HTML is shown as text, but for `<br>` (a table's cell knows no other way) and the [`HARMLESS`]
//! elements that a site allows. A picture that only decorates is written `![](picture.jpg){.decorative}`.

mod blocks;
mod components;
mod directives;
mod escape;
mod inline;
mod raw;
mod text;
mod typography;
mod words;
mod writer;

pub use raw::HARMLESS;
pub use text::{plain_text, summary};
pub use words::is_vague;

use std::{ops::Range, sync::Arc};

use crate::{diagnostics::Diagnostic, language::Lang};

/// What a text is rendered for.
pub struct Options<'a> {
    /// The text's language: quotation marks, the titles of alerts.
    pub lang: Lang,
    /// The elements of [`HARMLESS`] that may be written as HTML.
    pub allowed_html: &'a [String],
    /// The level that `##` becomes, 2 on a page whose title is its `h1`.
    pub heading_base: u8,
    /// What ids begin with, where several texts come to stand on one page; else empty. Letters, digits, hyphens.
    pub id_prefix: &'a str,
    /// The file's path, for diagnostics.
    pub path: &'a Arc<str>,
    /// The whole file, for places.
    pub text: &'a str,
    /// Where in the file the Markdown is.
    pub body: Range<usize>,
}

/// A rendered text.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The HTML, safe to be put into a page as it is.
    pub html: String,
    /// The headings in their order.
    pub outline: Vec<Heading>,
    /// What is wrong with the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// A heading of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 2 to 6, as in the HTML.
    pub level: u8,
    /// The fragment of its address.
    pub id: String,
    /// Its text without marks.
    pub text: String,
}

/// The site, as far as a text needs it. Places are bytes of the whole file.
pub trait Host {
    /// Where a link leads. A dangerous address never comes here.
    fn link(&mut self, target: &str, at: Range<usize>) -> Link;
    /// The whole HTML of a picture (`<img>` or `<picture>`), allowed inside a sentence. `alt` is empty for a decoration.
    fn image(&mut self, target: &str, alt: &str, title: &str, at: Range<usize>) -> String;
    /// The HTML of a component; `body` is the HTML between a block's fences.
    fn component(&mut self, call: &Call, body: Option<String>) -> String;
}

/// A link's address, as the host knows it.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// The address; it is escaped when it is written.
    pub href: String,
    /// Where it leads.
    pub kind: LinkKind,
    /// Further attributes: name and value.
    pub attributes: Vec<(&'static str, String)>,
    /// What is added to the link's text in brackets: a file's kind and size.
    pub note: Option<String>,
}

/// Where a link leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkKind {
    /// To a page of the site.
    #[default]
    Internal,
    /// To another site: `class="external" rel="external"`.
    External,
    /// To a file: `class="file"`.
    File,
    /// To nothing: only the text is written. The host reports it.
    Broken,
}

/// The shape of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `:::name{}` … `:::`
    Block,
    /// `::name{}`
    Leaf,
    /// `:name[]{}`
    Inline,
}

/// A component's call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The component's name.
    pub name: String,
    /// Where the name stands.
    pub name_at: Range<usize>,
    /// How it is written.
    pub shape: Shape,
    /// The text between `[` and `]`, plain; empty when there is none.
    pub label: String,
    /// The attributes in their order.
    pub attributes: Vec<Attribute>,
    /// Where the call stands: a block's is its opening line.
    pub at: Range<usize>,
    /// The level that a heading of the component has here: one below the last heading of the text.
    pub level: u8,
}

/// One attribute of a call. `{#a}` is `id`, `{.a .b}` is `class`, a name alone has the value `true`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The value without its quotes.
    pub value: String,
    /// Where both stand.
    pub at: Range<usize>,
}

/// Renders a text.
pub fn render(options: &Options<'_>, host: &mut dyn Host) -> Rendered {
    writer::render(options, host)
}

fn extensions() -> pulldown_cmark::Options {
    use pulldown_cmark::Options as Extension;
    Extension::ENABLE_TABLES
        | Extension::ENABLE_FOOTNOTES
        | Extension::ENABLE_STRIKETHROUGH
        | Extension::ENABLE_TASKLISTS
        | Extension::ENABLE_HEADING_ATTRIBUTES
        | Extension::ENABLE_GFM
        | Extension::ENABLE_DEFINITION_LIST
}

#[cfg(test)]
mod tests;
