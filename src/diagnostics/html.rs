//! One HTML file for people who do not use a terminal: findings by file, with the mend.

use std::fmt::Write as _;

use super::{
    Diagnostic, Language, Severity, catalog,
    junit::{by_file, escape},
};

/// The report needs nothing but itself: it is mailed and opened from a disk.
const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1b1f;\
background:#fff}h2{font-size:1.1rem;margin:2rem 0 .5rem;overflow-wrap:anywhere}li{margin:.75rem 0}\
pre{margin:.25rem 0;padding:.5rem;background:#f0f0f2;overflow-x:auto}code{overflow-wrap:anywhere}\
mark{background:#fff0cf;color:inherit}.error{color:#ac3232}.warning{color:#664807}.note{color:#004277}\
@media(prefers-color-scheme:dark){body{color:#f0f0f2;background:#151926}pre{background:#262b3b}\
mark{background:#664807}.error{color:#ff9d9d}.warning{color:#ffcf6b}.note{color:#99bdda}a{color:#99bdda}}";

/// The whole report.
pub(super) fn render(diagnostics: &[Diagnostic], language: Language) -> String {
    let (tag, title) = match language {
        Language::Estonian => ("et", "Raekoja kontroll"),
        Language::English => ("en", "Raekoda check"),
    };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <style>{STYLE}</style></head>\n<body><main><h1>{title}</h1>\n<p>{}</p>\n",
        counts(diagnostics, language)
    );
    for (file, found) in by_file(diagnostics) {
        let whole = match language {
            Language::Estonian => "Kogu sait",
            Language::English => "The whole site",
        };
        let _ = writeln!(out, "<section><h2>{}</h2><ul>", escape(if file.is_empty() { whole } else { file }));
        found.iter().for_each(|diagnostic| item(&mut out, diagnostic, language));
        out.push_str("</ul></section>\n");
    }
    out.push_str("</main></body></html>\n");
    out
}

/// How many findings there are of each severity.
pub(super) fn counts(diagnostics: &[Diagnostic], language: Language) -> String {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings, notes) = (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
    match language {
        Language::Estonian => format!("Vigu {errors}, hoiatusi {warnings}, märkusi {notes}."),
        Language::English => format!("Errors: {errors}, warnings: {warnings}, notes: {notes}."),
    }
}

fn item(out: &mut String, diagnostic: &Diagnostic, language: Language) {
    let (class, word) = match (diagnostic.severity, language) {
        (Severity::Error, Language::Estonian) => ("error", "Viga"),
        (Severity::Error, Language::English) => ("error", "Error"),
        (Severity::Warning, Language::Estonian) => ("warning", "Hoiatus"),
        (Severity::Warning, Language::English) => ("warning", "Warning"),
        (Severity::Note, Language::Estonian) => ("note", "Märkus"),
        (Severity::Note, Language::English) => ("note", "Note"),
    };
    let _ = write!(
        out,
        "<li><strong class=\"{class}\">{word}</strong> {} <code>{}</code>",
        escape(&diagnostic.message(language)),
        escape(&diagnostic.code)
    );
    if let Some(place) = diagnostic.location.as_ref().filter(|place| place.line > 0) {
        let _ = write!(out, "<pre>{}: {}</pre>", place.line, escape(&place.text));
    }
    if let Some(help) = diagnostic.help(language) {
        let _ = write!(out, "<br>{}", escape(&help));
    }
    if let Some(standard) = catalog::rule(&diagnostic.code).and_then(|rule| rule.standard.as_deref()) {
        let _ = write!(out, " <small>{}</small>", escape(standard));
    }
    out.push_str("</li>\n");
}
