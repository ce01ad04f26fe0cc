//! What writers rely on: the HTML of what they write, and the words about what they got wrong.

mod hostile;
mod writing;

use std::{fmt::Write, ops::Range, sync::Arc};

use super::*;
use crate::diagnostics;

/// A host that knows no site: it shows what it was asked.
#[derive(Default)]
pub(super) struct Echo {
    pub(super) calls: Vec<Call>,
}

impl Host for Echo {
    fn link(&mut self, target: &str, _: Range<usize>) -> Link {
        let kind = match target {
            "puudub" => LinkKind::Broken,
            "kava.pdf" => LinkKind::File,
            other if other.starts_with("http") => LinkKind::External,
            _ => LinkKind::Internal,
        };
        let note = (kind == LinkKind::File).then(|| "PDF, 1,2 MB".to_owned());
        Link { href: target.to_owned(), kind, attributes: Vec::new(), note }
    }

    fn image(&mut self, target: &str, alt: &str, title: &str, _: Range<usize>) -> String {
        let mut html = String::from("<img src=\"");
        escape::push_address(&mut html, target);
        for (name, value) in [("alt", alt), ("title", title)] {
            let _ = write!(html, "\" {name}=\"");
            escape::push_attribute(&mut html, value);
        }
        html + "\">"
    }

    fn component(&mut self, call: &Call, body: Option<String>) -> String {
        self.calls.push(call.clone());
        let mut html = format!("<x-{}", call.name.to_lowercase());
        for Attribute { name, value, .. } in &call.attributes {
            let _ = write!(html, " data-{}=\"", name.to_lowercase());
            escape::push_attribute(&mut html, value);
            html.push('"');
        }
        html.push('>');
        escape::push_text(&mut html, &call.label);
        html.push_str(&body.unwrap_or_default());
        html + &format!("</x-{}>", call.name.to_lowercase())
    }
}

pub(super) fn rendered_in(lang: Lang, text: &str, allowed: &[&str]) -> (Rendered, Echo) {
    let allowed: Vec<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
    let path: Arc<str> = "leht.md".into();
    let mut host = Echo::default();
    let options = Options {
        lang,
        allowed_html: &allowed,
        heading_base: 2,
        id_prefix: "",
        path: &path,
        text,
        body: 0..text.len(),
    };
    (render(&options, &mut host), host)
}

/// The HTML of an Estonian text.
pub(super) fn html(text: &str) -> String {
    rendered_in(Lang::ET, text, &[]).0.html
}

/// The HTML, and below it a line for each finding.
pub(super) fn both(text: &str, allowed: &[&str]) -> String {
    let (rendered, _) = rendered_in(Lang::ET, text, allowed);
    let mut out = rendered.html;
    for finding in rendered.diagnostics {
        let place = finding.location.as_ref().map_or(String::new(), |at| {
            let meant: String = at.text.chars().skip(at.column as usize - 1).take(at.length as usize).collect();
            format!("{}:{} `{meant}`", at.line, at.column)
        });
        let _ = write!(out, "\n{place} {}", finding.message(diagnostics::Language::English));
    }
    out
}
