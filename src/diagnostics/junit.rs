//! JUnit XML: one test suite for each file, one failed test case for each finding.

use std::fmt::Write as _;

use super::{Diagnostic, Language, Severity, formats::with_help};

/// A report in which errors and warnings are failures and notes are passed tests with a remark.
pub(super) fn render(diagnostics: &[Diagnostic], language: Language) -> String {
    let failures = |found: &[&Diagnostic]| found.iter().filter(|d| d.severity != Severity::Note).count();
    let all: Vec<&Diagnostic> = diagnostics.iter().collect();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"raekoda\" tests=\"{}\" failures=\"{}\">\n",
        all.len(),
        failures(&all)
    );
    for (file, found) in by_file(diagnostics) {
        let name = if file.is_empty() { "site" } else { file };
        let _ = writeln!(
            out,
            " <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">",
            escape(name),
            found.len(),
            failures(&found)
        );
        for diagnostic in found {
            case(&mut out, name, diagnostic, language);
        }
        out.push_str(" </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(out: &mut String, file: &str, diagnostic: &Diagnostic, language: Language) {
    let place = diagnostic.location.as_ref().map_or_else(|| file.to_owned(), ToString::to_string);
    let message = escape(&diagnostic.message(language));
    let text = escape(&format!("{place}\n{}", with_help(diagnostic, language)));
    let _ = writeln!(out, "  <testcase classname=\"{}\" name=\"{}\">", escape(file), escape(&diagnostic.code));
    let _ = match diagnostic.severity {
        Severity::Note => writeln!(out, "   <system-out>{text}</system-out>"),
        Severity::Warning => writeln!(out, "   <failure type=\"warning\" message=\"{message}\">{text}</failure>"),
        Severity::Error => writeln!(out, "   <failure type=\"error\" message=\"{message}\">{text}</failure>"),
    };
    out.push_str("  </testcase>\n");
}

/// Diagnostics by the file they are about, in their order; those of no file come under an empty name.
pub(super) fn by_file(diagnostics: &[Diagnostic]) -> Vec<(&str, Vec<&Diagnostic>)> {
    let mut groups: Vec<(&str, Vec<&Diagnostic>)> = Vec::new();
    for diagnostic in diagnostics {
        let file = diagnostic.location.as_ref().map_or("", |place| &*place.file);
        match groups.last_mut() {
            Some((last, found)) if *last == file => found.push(diagnostic),
            _ => groups.push((file, vec![diagnostic])),
        }
    }
    groups
}

/// Text for XML and HTML; characters that XML does not allow are left out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
