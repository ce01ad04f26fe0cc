//! `[check]` in `site.toml`: how much each rule matters to this site, and what is let through for now.

use std::{cell::RefCell, collections::BTreeMap};

use jiff::civil::Date;
use toml::de::DeValue;

use crate::{
    diagnostics::{Diagnostic, Location, Severity, rules},
    schema::{Table, TomlText},
};

/// The areas of rules that only the check knows; of all others a build decides.
pub(super) const AREAS: &[&str] =
    &["accessibility", "care", "documents", "law", "links", "privacy", "weight", "wording"];

/// What `[check]` says.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The municipality's own domains beside that of the site: addresses there are no private ones.
    pub domains: Vec<String>,
    /// Other sites from which pages may load something.
    pub origins: Vec<String>,
    /// Words that are right, whatever the spelling dictionary says.
    pub words: Vec<String>,
    /// How large things may be.
    pub weight: Weight,
    /// After how many days without a change pages of a type are to be looked at, and where that was written; 0 for
    /// never. What is not named keeps its usual time.
    pub(super) review: Vec<(String, i32, Location)>,
    severities: BTreeMap<String, Option<Severity>>,
    exceptions: Vec<Exception>,
}

/// How large things may be, in kB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// A page's HTML.
    pub page: usize,
    /// A picture that is published as it is.
    pub picture: usize,
    /// A document.
    pub document: usize,
}

impl Default for Weight {
    fn default() -> Self {
        Self { page: 250, picture: 1_000, document: 15_000 }
    }
}

/// Something that is let through until a day, for a reason.
#[derive(Clone, Debug)]
struct Exception {
    rule: String,
    file: Option<String>,
    value: Option<String>,
    until: Date,
    place: Location,
}

impl Settings {
    /// Reads `[check]` of `site.toml`; whatever does not fit is reported.
    pub fn read(file: &TomlText<'_>, out: &mut Vec<Diagnostic>) -> Self {
        let root = file.parse(&mut Vec::new());
        let found = RefCell::new(Vec::new());
        let mut settings = Self::default();
        let table = Table::new(file, &root, &found);
        if let Some(check) = table.table("check") {
            let texts = |key: &'static str| check.texts(key).into_iter().map(|(text, _)| text.to_lowercase()).collect();
            settings.domains = texts("domains");
            settings.origins = texts("origins");
            settings.words = texts("words");
            settings.weight = check.table("weight").map(weight).unwrap_or_default();
            settings.review = check.table("review").map(|table| reviews(&table)).unwrap_or_default();
            settings.severities = check.table("severity").map(|table| severities(&table)).unwrap_or_default();
            let read = |table: Table<'_, '_>| {
                let exception = exception(&table);
                table.finish();
                exception
            };
            settings.exceptions = check.list("exception").into_iter().filter_map(read).collect();
            check.finish();
        }
        drop(table);
        out.append(&mut found.into_inner());
        settings
    }

    /// Gives every finding the severity that the site wants, and leaves out what it lets through on `today`.
    /// Exceptions that no longer hold, or that nothing needs, are findings themselves.
    #[must_use]
    pub fn judge(&self, found: Vec<Diagnostic>, today: Date) -> Vec<Diagnostic> {
        let mut used = vec![false; self.exceptions.len()];
        let mut judged: Vec<Diagnostic> = found
            .into_iter()
            .filter_map(|finding| self.severity(finding))
            .filter(|finding| {
                let excused = self.exceptions.iter().position(|one| one.until >= today && one.covers(finding));
                excused.inspect(|&at| used[at] = true).is_none()
            })
            .collect();
        for (exception, used) in self.exceptions.iter().zip(used) {
            let about = |code| Diagnostic::new(code).arg("rule", &exception.rule).at(exception.place.clone());
            if exception.until < today {
                judged.push(about("check.exception-expired").arg("until", exception.until));
            } else if !used {
                judged.push(about("check.exception-unused"));
            }
        }
        judged
    }

    /// The finding as the site weighs it; nothing where the rule is off.
    fn severity(&self, finding: Diagnostic) -> Option<Diagnostic> {
        let (area, _) = finding.code.split_once('.')?;
        match self.severities.get(&finding.code).or_else(|| self.severities.get(area)) {
            None => Some(finding),
            Some(_) if finding.severity == Severity::Error && !AREAS.contains(&area) => Some(finding),
            Some(wanted) => wanted.map(|severity| finding.with_severity(severity)),
        }
    }
}

impl Exception {
    fn covers(&self, finding: &Diagnostic) -> bool {
        let named = |file: &str| self.file.as_deref().is_none_or(|pattern| matches(pattern, file));
        (finding.code == self.rule || finding.code.split_once('.').is_some_and(|(area, _)| area == self.rule))
            && finding.location.as_ref().map_or(self.file.is_none(), |place| named(&place.file))
            && self.value.as_ref().is_none_or(|value| finding.arguments.iter().any(|(_, given)| given == value))
    }
}

/// Whether `text` fits `pattern`, in which `*` stands for anything.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

fn weight(table: Table<'_, '_>) -> Weight {
    let standard = Weight::default();
    let weight = Weight {
        page: table.count("page").unwrap_or(standard.page),
        picture: table.count("picture").unwrap_or(standard.picture),
        document: table.count("document").unwrap_or(standard.document),
    };
    table.finish();
    weight
}

fn reviews(table: &Table<'_, '_>) -> Vec<(String, i32, Location)> {
    let mut reviews = Vec::new();
    for (kind, value) in table.entries() {
        let place = table.place(value.span());
        let days = value.get_ref().as_integer().and_then(|days| days.as_str().parse::<i32>().ok());
        match days.filter(|days| (0..=36_500).contains(days)) {
            Some(days) => reviews.push((kind.to_owned(), days, place)),
            None => table.report(Diagnostic::new("check.review-days").arg("type", kind).at(place)),
        }
    }
    reviews
}

fn severities(table: &Table<'_, '_>) -> BTreeMap<String, Option<Severity>> {
    let mut severities = BTreeMap::new();
    for (rule, value) in table.entries() {
        let place = table.place(value.span());
        if !is_rule(table, rule, &place) {
            continue;
        }
        let word = value.get_ref().as_str().unwrap_or_default();
        let severity = match word {
            "error" => Some(Severity::Error),
            "warning" => Some(Severity::Warning),
            "note" => Some(Severity::Note),
            "off" => None,
            _ => {
                let problem = Diagnostic::new("check.severity").arg("word", word);
                table.report(problem.suggest(word, ["error", "warning", "note", "off"]).at(place));
                continue;
            }
        };
        let fixed = rules().get(rule).is_some_and(|known| known.severity == Severity::Error)
            && !AREAS.iter().any(|area| rule.starts_with(&format!("{area}.")));
        if fixed {
            table.report(Diagnostic::new("check.severity-fixed").arg("rule", rule).at(place));
        } else {
            severities.insert(rule.to_owned(), severity);
        }
    }
    severities
}

/// Whether there is such a rule or area; if not, that is reported. The check's rules about itself are none:
/// an exception from them would let all exceptions through.
fn is_rule(table: &Table<'_, '_>, name: &str, place: &Location) -> bool {
    if name == "check" || name.starts_with("check.") {
        table.report(Diagnostic::new("check.own-rule").arg("rule", name).at(place.clone()));
        return false;
    }
    let known = rules().contains_key(name) || AREAS.contains(&name);
    if !known {
        let problem = Diagnostic::new("check.unknown-rule").arg("rule", name);
        let names = rules().keys().map(String::as_str).chain(AREAS.iter().copied());
        table.report(problem.suggest(name, names).at(place.clone()));
    }
    known
}

fn exception(table: &Table<'_, '_>) -> Option<Exception> {
    let rule = table.placed_text("rule");
    let (file, value) = (table.text("file"), table.text("value"));
    let reason = table.text("reason").filter(|reason| !reason.trim().is_empty());
    let until = table.get("until").and_then(|value| match value.get_ref() {
        DeValue::Datetime(day) => day.to_string().parse::<Date>().ok(),
        DeValue::String(text) => text.parse::<Date>().ok(),
        _ => None,
    });
    let place = table.here();
    let (Some((rule, rule_place)), Some(_), Some(until)) = (rule, reason, until) else {
        table.report(Diagnostic::new("check.exception-incomplete").at(place));
        return None;
    };
    is_rule(table, &rule, &rule_place).then_some(Exception { rule, file, value, until, place })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(text: &str) -> (Settings, Vec<String>) {
        let mut out = Vec::new();
        let settings = Settings::read(&TomlText::whole("site.toml", text), &mut out);
        (settings, out.into_iter().map(|problem| problem.code).collect())
    }

    fn finding() -> Diagnostic {
        Diagnostic::new("privacy.email").arg("value", "mari@gmail.example").at(Location::file("content/a.md"))
    }

    #[test]
    fn patterns_have_stars() {
        assert!(matches("content/*.md", "content/a/b.md") && matches("*", "") && matches("a.md", "a.md"));
        assert!(!matches("content/*.md", "content/a.txt") && !matches("a.md", "a.mdx") && !matches("b*", "ab"));
    }

    #[test]
    fn an_exception_holds_for_what_it_names_and_until_its_day() {
        let text = "[[check.exception]]\nrule = \"privacy.email\"\nvalue = \"mari@gmail.example\"\nreason = \"nõus\"\nuntil = 2027-01-01\n";
        let (settings, wrong) = read(text);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert!(settings.judge(vec![finding()], date(2026, 11, 22)).is_empty());
        let late: Vec<_> = settings.judge(vec![finding()], date(2027, 1, 2)).into_iter().map(|d| d.code).collect();
        assert_eq!(late, ["privacy.email", "check.exception-expired"]);
        let unused = settings.judge(Vec::new(), date(2026, 11, 22));
        assert_eq!(unused[0].code, "check.exception-unused");
    }

    #[test]
    fn exceptions_of_exceptions_and_unknown_rules_are_refused() {
        let one = |rule: &str| format!("[[check.exception]]\nrule = \"{rule}\"\nreason = \"x\"\nuntil = 2027-01-01\n");
        assert_eq!(read(&one("check.exception-expired")).1, ["check.own-rule"]);
        assert_eq!(read(&one("check")).1, ["check.own-rule"]);
        assert_eq!(read(&one("privacy.emial")).1, ["check.unknown-rule"]);
        assert_eq!(read("[[check.exception]]\nrule = \"privacy\"\n").1, ["check.exception-incomplete"]);
    }

    #[test]
    fn a_site_says_how_often_pages_are_looked_at() {
        let (settings, wrong) = read("[check.review]\nservice = 365\nfaq = \"kord aastas\"\npage = -1\n");
        assert_eq!(wrong, ["check.review-days", "check.review-days"]);
        assert_eq!((settings.review[0].0.as_str(), settings.review[0].1), ("service", 365));
    }

    #[test]
    fn a_site_weighs_rules_itself_but_not_what_a_build_refuses() {
        let (settings, wrong) =
            read("[check.severity]\nprivacy = \"note\"\n\"schema.required\" = \"off\"\nwording = \"quiet\"\n");
        assert_eq!(wrong, ["check.severity-fixed", "check.severity"]);
        assert_eq!(settings.judge(vec![finding()], date(2026, 1, 1))[0].severity, Severity::Note);
    }
}
