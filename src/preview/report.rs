//! What the preview says of a page besides showing it: for its panel, as JSON.

use serde_json::{Value, json};

use super::{Preview, edition::Edition, page_list::states};
use crate::diagnostics::{self, Diagnostic, Language, Severity};

/// How the preview speaks.
#[derive(Clone, Debug)]
pub struct Words {
    /// The language of messages.
    pub language: Language,
    /// The site's folder, for the paths of sources.
    pub root: String,
    /// The address that opens a file in the editor, with `{path}` and `{line}`.
    pub editor: String,
}

impl Preview {
    /// How the page at an address stands.
    pub(super) fn report(&self, url: &str) -> Value {
        let Some(edition) = self.edition() else {
            return json!({ "problems": self.list(&self.problems(), None), "findings": [], "states": [] });
        };
        let mut report = self.source(&edition, url);
        let wanted = self.wanted();
        report["at"] = edition.site().moment.at.date().to_string().into();
        report["why"] = edition.why(url).into();
        report["fixed"] = wanted.at.is_some().into();
        report["drafts"] = wanted.drafts.into();
        let shown = edition.page(url);
        let made = shown.as_ref().map_or(&[][..], |shown| &shown.made.rendered.diagnostics);
        let mut problems = self.list(&self.problems(), Some(Severity::Error));
        problems.extend(self.list(made, Some(Severity::Error)));
        let mut findings: Vec<Diagnostic> = made.iter().filter(|d| d.severity != Severity::Error).cloned().collect();
        findings.extend(shown.iter().flat_map(|shown| edition.findings(url, shown)));
        diagnostics::sort(&mut findings);
        findings.dedup();
        report["problems"] = problems.into();
        report["findings"] = self.list(&findings, None).into();
        report
    }

    /// Where the page comes from.
    fn source(&self, edition: &Edition, url: &str) -> Value {
        let site = edition.site();
        let estonian = self.words.language == Language::Estonian;
        let language = if estonian { "et" } else { "en" };
        let Some(ix) = site.page_at(url).and_then(|page| page.entry()) else {
            return json!({ "language": language, "states": [] });
        };
        let entry = &site.entries[ix];
        json!({
            "language": language,
            "path": entry.path(),
            "absolute": self.absolute(entry.path()),
            "editor": self.editor(entry.path(), 1),
            "title": entry.title(),
            "states": states(site, ix, estonian),
        })
    }

    fn list(&self, found: &[Diagnostic], severity: Option<Severity>) -> Vec<Value> {
        let found = found.iter().filter(|found| severity.is_none_or(|severity| found.severity == severity));
        found.map(|found| self.problem(found)).collect()
    }

    fn problem(&self, found: &Diagnostic) -> Value {
        let place = found.location.as_ref();
        json!({
            "code": found.code,
            "severity": found.severity,
            "message": found.message(self.words.language),
            "help": found.help(self.words.language),
            "place": place.map(ToString::to_string),
            "line": place.map(|place| place.text.as_str()),
            "editor": place.map(|place| self.editor(&place.file, place.line.max(1))),
        })
    }

    fn absolute(&self, path: &str) -> String {
        format!("{}/{path}", self.words.root.trim_end_matches('/'))
    }

    fn editor(&self, path: &str, line: u32) -> String {
        let path = percent_encoding::utf8_percent_encode(&self.absolute(path), PATH).to_string();
        self.words.editor.replace("{path}", &path).replace("{line}", &line.to_string())
    }
}

/// What stands for itself in the path of an address.
const PATH: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
