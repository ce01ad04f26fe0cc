//! SARIF 2.1.0 (OASIS), read by code hosts and editors.

use serde_json::{Value, json};

use super::{Diagnostic, Language, Severity, formats::with_help, rules};

pub(super) fn sarif(diagnostics: &[Diagnostic], language: Language) -> Value {
    let used: std::collections::BTreeSet<&str> = diagnostics.iter().map(|d| d.code.as_str()).collect();
    let rule = |code: &&str| {
        let text = rules().get(*code).map_or(*code, |rule| rule.message(language));
        json!({ "id": code, "shortDescription": { "text": text } })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "raekoda",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": used.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|d| sarif_result(d, language)).collect::<Vec<_>>(),
        }],
    })
}

fn sarif_result(d: &Diagnostic, language: Language) -> Value {
    let level = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let place = |l: &super::Location| {
        let mut physical = json!({ "artifactLocation": { "uri": encode_path(&l.file) } });
        if l.line > 0 {
            physical["region"] =
                json!({ "startLine": l.line, "startColumn": l.column, "endColumn": l.column.saturating_add(l.length) });
        }
        json!({ "physicalLocation": physical })
    };
    json!({
        "ruleId": d.code,
        "level": level,
        "message": { "text": with_help(d, language) },
        "locations": d.location.iter().map(place).collect::<Vec<_>>(),
        "relatedLocations": d.related.iter().map(place).collect::<Vec<_>>(),
    })
}

/// SARIF's locations are URI references (RFC 3986): spaces and letters outside ASCII are encoded.
fn encode_path(path: &str) -> String {
    const KEEP: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(path, KEEP).to_string()
}
