//! `accessibility.toml` becomes the accessibility statement (Commission Implementing Decision (EU) 2018/1523): what
//! was assessed, how and when, what is not accessible and why, and whom to tell.

use std::{cell::RefCell, fmt::Write as _};

use toml::de::DeValue;

use crate::{
    diagnostics::{Diagnostic, Severity},
    language::Lang,
    schema::{Localized, Table, TomlText},
};

/// What `accessibility.toml` says.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    prepared: String,
    reviewed: String,
    method: String,
    standard: String,
    contact: String,
    email: String,
    phone: String,
    reply_days: usize,
    issues: Vec<Issue>,
    audits: Vec<Audit>,
}

#[derive(Clone, Debug)]
struct Issue {
    what: Localized,
    reason: String,
    clause: Option<String>,
    until: Option<String>,
}

#[derive(Clone, Debug)]
struct Audit {
    date: String,
    by: String,
    result: Localized,
}

impl Statement {
    /// Reads `accessibility.toml`; whatever does not fit is reported.
    pub fn read(file: &TomlText<'_>, out: &mut Vec<Diagnostic>) -> Self {
        let root = file.parse(out);
        let found = RefCell::new(Vec::new());
        let table = Table::new(file, &root, &found);
        let issue = |inner: Table<'_, '_>| {
            let issue = Issue {
                what: Localized::from(inner.localized("what")),
                reason: inner.required_text("reason"),
                clause: inner.text("clause"),
                until: date(&inner, "until"),
            };
            inner.finish();
            issue
        };
        let audit = |inner: Table<'_, '_>| {
            let audit = Audit {
                date: date(&inner, "date").unwrap_or_default(),
                by: inner.required_text("by"),
                result: Localized::from(inner.localized("result")),
            };
            inner.finish();
            audit
        };
        let statement = Self {
            prepared: date(&table, "prepared").unwrap_or_default(),
            reviewed: date(&table, "reviewed").unwrap_or_default(),
            method: table.text("method").unwrap_or_else(|| "self-assessment".to_owned()),
            standard: table.text("standard").unwrap_or_else(|| "EN 301 549 v3.2.1 (WCAG 2.1 AA)".to_owned()),
            contact: table.required_text("contact"),
            email: table.required_text("email"),
            phone: table.required_text("phone"),
            reply_days: table.count("reply_days").unwrap_or(5),
            issues: table.list("issue").into_iter().map(issue).collect(),
            audits: table.list("audit").into_iter().map(audit).collect(),
        };
        table.finish();
        out.append(&mut found.into_inner());
        statement
    }

    /// The statement's page in a language. `found` is what the check has found: accessibility that lacks is named,
    /// counted by rule.
    #[must_use]
    pub fn page(&self, site_name: &str, lang: Lang, found: &[Diagnostic]) -> String {
        let estonian = lang == Lang::ET;
        let pick = |et: &str, en: &str| if estonian { et.to_owned() } else { en.to_owned() };
        let issues = self.exceptions(lang, found);
        let mut out = format!(
            "+++\ntitle = {}\nsummary = {}\ntype = \"statement\"\nkind = \"accessibility\"\n",
            quoted(&pick("Ligipääsetavuse teatis", "Accessibility statement")),
            quoted(&pick(
                "Mis on saidil ligipääsetav, mis ei ole ja kellele puudustest teatada.",
                "What of the site is accessible, what is not, and whom to tell."
            )),
        );
        let _ = write!(
            out,
            "prepared = {}\nreviewed = {}\nupdated = {}\nmethod = {}\nstatus = \"{}\"\nstandard = {}\ncontact = {}\n",
            self.prepared,
            self.reviewed,
            self.reviewed,
            quoted(&self.method),
            if issues.is_empty() { "full" } else { "partial" },
            quoted(&self.standard),
            quoted(&self.contact),
        );
        if !issues.is_empty() {
            let _ = write!(out, "exceptions = [\n{}]\n", issues.concat());
        }
        out.push_str("+++\n\n");
        self.body(site_name, estonian, lang, &mut out);
        out
    }

    fn exceptions(&self, lang: Lang, found: &[Diagnostic]) -> Vec<String> {
        let known = self.issues.iter().filter_map(|issue| {
            let clause =
                issue.clause.as_ref().map(|clause| format!(", clause = {}", quoted(clause))).unwrap_or_default();
            let until = issue.until.as_ref().map(|until| format!(", until = {until}")).unwrap_or_default();
            let what = quoted(issue.what.get(lang)?);
            Some(format!("  {{ what = {what}, reason = {}{clause}{until} }},\n", quoted(&issue.reason)))
        });
        let rules = crate::diagnostics::rules();
        let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for finding in found.iter().filter(|finding| finding.severity >= Severity::Warning) {
            if finding.code.starts_with("accessibility.") || finding.code.starts_with("documents.") {
                *counts.entry(&finding.code).or_default() += 1;
            }
        }
        let checked = counts.into_iter().map(|(code, count)| {
            let standard = rules.get(code).and_then(|rule| rule.standard.as_deref()).unwrap_or_default();
            let clause = clause(standard).map(|clause| format!(", clause = \"{clause}\"")).unwrap_or_default();
            let what = match lang {
                Lang::ET => format!("Automaatkontroll leidis {count} kohta, mis ei vasta nõudele {standard}"),
                _ => format!("The automatic check found {count} places that do not meet {standard}"),
            };
            format!("  {{ what = {}, reason = \"nonconformance\"{clause} }},\n", quoted(what.trim_end()))
        });
        known.chain(checked).collect()
    }

    fn body(&self, name: &str, estonian: bool, lang: Lang, out: &mut String) {
        let (email, phone, days) = (&self.email, &self.phone, self.reply_days);
        let tel: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        let _ = if estonian {
            write!(
                out,
                "See teatis on koostatud saidi „{name}“ kohta.\n\n## Kuidas saiti kasutada\n\n\
                 Lehel saab liikuda klaviatuuriga. Esimene link viib otse sisu juurde. Tekst on loetav ka siis, kui seda suurendada 400 protsendini.\n\n\
                 ## Kui midagi ei toimi\n\n\
                 Kirjutage [{email}](mailto:{email}) või helistage [{phone}](tel:{tel}). Vastame {days} tööpäeva jooksul.\n\n\
                 Kui vastus teid ei rahulda, pöörduge Tarbijakaitse ja Tehnilise Järelevalve Ameti poole: [ttja.ee](https://ttja.ee), info@ttja.ee, +372 667 2000.\n",
            )
        } else {
            write!(
                out,
                "This statement is about the site “{name}”.\n\n## Using the site\n\n\
                 Everything can be reached with the keyboard. The first link leads straight to the content. The text stays readable when enlarged to 400 per cent.\n\n\
                 ## When something does not work\n\n\
                 Write to [{email}](mailto:{email}) or call [{phone}](tel:{tel}). We answer within {days} working days.\n\n\
                 If the answer does not satisfy you, turn to the Consumer Protection and Technical Regulatory Authority: [ttja.ee](https://ttja.ee), info@ttja.ee, +372 667 2000.\n",
            )
        };
        if !self.audits.is_empty() {
            out.push_str(if estonian { "\n## Hindamised\n\n" } else { "\n## Assessments\n\n" });
            for audit in &self.audits {
                let result = audit.result.get(lang).unwrap_or_default();
                let _ = writeln!(out, "- {}, {}: {result}", audit.date, audit.by);
            }
        }
    }
}

/// The clause of EN 301 549: the number at the end of the standard's name; WCAG's are those of clause 9.
fn clause(standard: &str) -> Option<String> {
    let number = standard.rsplit(' ').next()?;
    let is_number = number.contains('.') && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_number.then(|| if standard.starts_with("WCAG") { format!("9.{number}") } else { number.to_owned() })
}

fn date(table: &Table<'_, '_>, key: &'static str) -> Option<String> {
    match table.get(key)?.get_ref() {
        DeValue::Datetime(day) => Some(day.to_string()),
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
prepared = 2024-06-17
reviewed = 2026-10-05
contact = "triin-leevike"
email = "ligipaas@kadakavald.example"
phone = "+372 5555 0105"
[[issue]]
what = { et = "Vanad \"PDF-failid\"", en = "Old PDF files" }
reason = "burden"
clause = "10.1.3.1"
until = 2027-06-30
"#;

    #[test]
    fn a_statement_says_what_is_known_and_what_was_found() {
        let mut out = Vec::new();
        let statement = Statement::read(&TomlText::whole("accessibility.toml", FILE), &mut out);
        assert!(out.is_empty(), "{out:?}");
        let found = vec![Diagnostic::new("accessibility.fake-list"), Diagnostic::new("wording.hard")];
        let page = statement.page("Kadaka vald", Lang::ET, &found);
        let front: toml::Table = page.split("+++").nth(1).expect("front matter").parse().expect("TOML");
        assert_eq!(front["status"].as_str(), Some("partial"));
        let exceptions = front["exceptions"].as_array().expect("a list");
        assert_eq!(exceptions.len(), 2);
        assert_eq!(exceptions[0]["what"].as_str(), Some("Vanad \"PDF-failid\""));
        assert_eq!(exceptions[1]["clause"].as_str(), Some("9.1.3.1"));
        assert!(page.contains("[ttja.ee](https://ttja.ee)") && page.contains("Vastame 5 tööpäeva"));
        let sparse = Statement { issues: Vec::new(), ..statement }.page("Kadaka", Lang::EN, &[]);
        assert!(sparse.contains("status = \"full\"") && !sparse.contains("exceptions"));
    }
}
