//! Markdown and directives to HTML.
