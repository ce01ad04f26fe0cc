//! Diagnostics for people and for machines: text, JSON, SARIF 2.1.0, GitLab code quality, GitHub.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Diagnostic, Language, Severity, html, human, junit, sarif::sarif};

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Text with the line in question, for a terminal.
    #[default]
    Human,
    /// One JSON array.
    Json,
    /// SARIF 2.1.0 (OASIS), read by code hosts and editors.
    Sarif,
    /// GitLab's code quality report.
    Gitlab,
    /// GitHub's workflow commands, one a line.
    Github,
    /// JUnit XML, read by nearly every CI.
    Junit,
    /// One HTML file to be read in a browser and passed on.
    Html,
}

/// Writes all `diagnostics` to `out`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    format: Format,
    language: Language,
    colour: bool,
) -> io::Result<()> {
    match format {
        Format::Human => {
            diagnostics.iter().try_for_each(|d| out.write_all(human::render(d, language, colour).as_bytes()))
        }
        Format::Json => document(out, &diagnostics.iter().map(|d| plain(d, language)).collect::<Value>()),
        Format::Sarif => document(out, &sarif(diagnostics, language)),
        Format::Gitlab => document(out, &diagnostics.iter().map(|d| gitlab(d, language)).collect::<Value>()),
        Format::Junit => out.write_all(junit::render(diagnostics, language).as_bytes()),
        Format::Html => out.write_all(html::render(diagnostics, language).as_bytes()),
        Format::Github => diagnostics.iter().try_for_each(|d| writeln!(out, "{}", github(d, language))),
    }
}

fn document(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

fn plain(d: &Diagnostic, language: Language) -> Value {
    let place = |l: &super::Location| json!({ "file": l.file, "line": l.line, "column": l.column, "length": l.length });
    json!({
        "code": d.code,
        "severity": d.severity,
        "message": d.message(language),
        "help": d.help(language),
        "standard": super::catalog::rule(&d.code).and_then(|rule| rule.standard.as_deref()),
        "fingerprint": d.fingerprint(),
        "location": d.location.as_ref().map(place),
        "related": d.related.iter().map(place).collect::<Vec<_>>(),
    })
}

pub(super) fn with_help(d: &Diagnostic, language: Language) -> String {
    match d.help(language) {
        Some(help) => format!("{} {help}", d.message(language)),
        None => d.message(language),
    }
}

fn gitlab(d: &Diagnostic, language: Language) -> Value {
    let (path, line) = d.location.as_ref().map_or(("site.toml", 1), |l| (&*l.file, l.line.max(1)));
    let severity = match d.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    json!({
        "description": with_help(d, language),
        "check_name": d.code,
        "fingerprint": d.fingerprint(),
        "severity": severity,
        "location": { "path": path, "lines": { "begin": line } },
    })
}

fn github(d: &Diagnostic, language: Language) -> String {
    let kind = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let place = d.location.as_ref().map_or_else(String::new, |l| {
        format!(" file={},line={},col={}", property(&l.file), l.line.max(1), l.column.max(1))
    });
    let comma = if place.is_empty() { " " } else { "," };
    format!("::{kind}{place}{comma}title={}::{}", property(&d.code), data(&with_help(d, language)))
}

/// The escapes of GitHub's workflow commands.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
