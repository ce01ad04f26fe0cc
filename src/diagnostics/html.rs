//! One HTML file for people who do not use a terminal: findings by file, with the mend.

use std::fmt::Write as _;

use super::{
    Diagnostic, Language, Severity, catalog,
    junit::{by_file, escape},
};

/// The report needs nothing but itself: it is mailed and opened from a disk.
const STYLE: &str = include_str!("html.css");

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
    let groups = by_file(diagnostics);
    let named = |file: &str| match (file, language) {
        ("", Language::Estonian) => "Kogu sait".to_owned(),
        ("", Language::English) => "The whole site".to_owned(),
        _ => escape(file),
    };
    if groups.len() > 1 {
        let label = if language == Language::Estonian { "Failid" } else { "Files" };
        let _ = writeln!(out, "<nav aria-label=\"{label}\"><ul>");
        for (number, (file, found)) in groups.iter().enumerate() {
            let _ = writeln!(out, "<li><a href=\"#f{number}\">{}</a> {}</li>", named(file), found.len());
        }
        out.push_str("</ul></nav>\n");
    }
    for (number, (file, found)) in groups.iter().enumerate() {
        let _ = writeln!(out, "<section><h2 id=\"f{number}\">{}</h2><ul>", named(file));
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
        "<li class=\"{class}\"><p><strong>{word}.</strong> {}</p>",
        with_code(&diagnostic.message(language))
    );
    if let Some(place) = diagnostic.location.as_ref().filter(|place| place.line > 0) {
        let line = if language == Language::Estonian { "Rida" } else { "Line" };
        let (before, meant, after) = around(&place.text, place.column, place.length);
        let _ = write!(
            out,
            "<p class=\"place\">{line} {}: <code>{}<mark>{}</mark>{}</code></p>",
            place.line,
            escape(before),
            escape(meant),
            escape(after)
        );
    }
    if let Some(help) = diagnostic.help(language) {
        let _ = write!(out, "<p>{}</p>", with_code(&help));
    }
    let standard = catalog::rule(&diagnostic.code).and_then(|rule| rule.standard.as_deref());
    let standard = standard.map(|standard| format!("{} · ", escape(standard))).unwrap_or_default();
    let _ = writeln!(out, "<p class=\"rule\">{standard}<code>{}</code></p></li>", escape(&diagnostic.code));
}

/// What is meant on a line, with what stands before and after it; `column` counts characters from 1.
fn around(line: &str, column: u32, length: u32) -> (&str, &str, &str) {
    let at =
        |text: &str, characters: u32| text.char_indices().nth(characters as usize).map_or(text.len(), |(at, _)| at);
    let (before, rest) = line.split_at(at(line, column.saturating_sub(1)));
    let (meant, after) = rest.split_at(at(rest, length));
    (before, meant, after)
}

/// Text for HTML, in which what stands between grave accents is code.
fn with_code(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('`').peekable();
    while let Some(part) = parts.next() {
        out.push_str(&escape(part));
        let _ = match (parts.next(), parts.peek()) {
            (Some(code), Some(_)) => write!(out, "<code>{}</code>", escape(code)),
            (Some(rest), None) => write!(out, "`{}", escape(rest)),
            (None, _) => Ok(()),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_marked() {
        assert_eq!(around("Vaata [siia](/x).", 7, 10), ("Vaata ", "[siia](/x)", "."));
        assert_eq!(around("õ", 9, 3), ("õ", "", ""));
    }

    #[test]
    fn words_between_accents_are_code() {
        assert_eq!(with_code("Kirjutage `## A & B`."), "Kirjutage <code>## A &amp; B</code>.");
        assert_eq!(with_code("`a` ja `b"), "<code>a</code> ja `b");
        assert_eq!(with_code(""), "");
    }
}
