//! What must hold between the fields of an entry: `[[rule]]` in a content type.

use jiff::{ToSpan, civil::Date};
use toml::de::DeTable;

use super::{ContentType, Fields, Kind, Localized, Schema, Table, TomlText, Value, content_type::no_field};
use crate::diagnostics::{Diagnostic, Location, Severity};

/// A rule between fields.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What must hold.
    pub check: Check,
    /// Where it holds only for some entries.
    pub when: Option<When>,
    /// How much a breach matters.
    pub severity: Severity,
    /// The law behind it.
    pub law: Option<Box<str>>,
    /// Why, for people.
    pub why: Localized,
}

/// What must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The values of these fields never go down (`kind = "order"`).
    Order(Vec<Box<str>>),
    /// One of these fields has a value (`any-of`).
    AnyOf(Vec<Box<str>>),
    /// The fields have values (`required-when`).
    Required(Vec<Box<str>>),
    /// The day in `field` is at least `days` after the day in `after` (`after`).
    After {
        /// The later field.
        field: Box<str>,
        /// The earlier field.
        after: Box<str>,
        /// How many days must lie between.
        days: usize,
    },
    /// A link in `field` (or `field.inner`) that leads to `host` has `text` in it (`link-contains`).
    LinkContains {
        /// The field, or a field of a list's groups after a dot.
        field: Box<str>,
        /// The host, with or without `www.`.
        host: Box<str>,
        /// The text.
        text: Box<str>,
    },
    /// The day in `field` is at most `days` before the day of the build (`recent`).
    Recent {
        /// The field.
        field: Box<str>,
        /// How many days it may lie back.
        days: usize,
    },
}

/// The entries for which a rule holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// A field.
    pub field: Box<str>,
    /// The values of the field with which the rule holds.
    pub values: Vec<Box<str>>,
}

/// Reads the rules of a content type.
pub(super) fn read(table: &Table<'_, '_>, schema: &Schema) -> Vec<Rule> {
    let read = |inner: Table<'_, '_>| {
        let rule = read_rule(&inner, schema);
        inner.finish();
        rule
    };
    table.list("rule").into_iter().filter_map(read).collect()
}

const KINDS: [&str; 6] = ["order", "any-of", "required-when", "after", "link-contains", "recent"];

fn read_rule(table: &Table<'_, '_>, schema: &Schema) -> Option<Rule> {
    let one = |key: &'static str| -> Box<str> {
        if let Some((name, place)) = table.placed_text(key) {
            known(table, schema, &name, place);
            name.into()
        } else {
            table.required_text(key);
            Box::default()
        }
    };
    let several = || -> Vec<Box<str>> {
        let named = |(name, place): (String, Location)| {
            known(table, schema, &name, place);
            name.into()
        };
        table.texts("fields").into_iter().map(named).collect()
    };
    let days = || table.count("days").unwrap_or(0);
    let name = table.required_text("kind");
    let check = match name.as_str() {
        "order" => Check::Order(several()),
        "any-of" => Check::AnyOf(several()),
        "required-when" => Check::Required(several()),
        "after" => Check::After { field: one("field"), after: one("after"), days: days() },
        "link-contains" => Check::LinkContains {
            field: one("field"),
            host: table.required_text("host").into(),
            text: table.required_text("text").into(),
        },
        "recent" => Check::Recent { field: one("field"), days: days() },
        _ => {
            table.report(Diagnostic::new("schema.rule-kind").arg("kind", &name).suggest(&name, KINDS).at(table.here()));
            return None;
        }
    };
    Some(Rule {
        check,
        when: table.table("when").map(|when| read_when(when, schema)),
        severity: severity(table),
        law: table.text("law").map(Into::into),
        why: table.localized("why").into(),
    })
}

fn read_when(table: Table<'_, '_>, schema: &Schema) -> When {
    let field = table.required_text("field");
    known(&table, schema, &field, table.here());
    let values = table.texts("values");
    if let Some(field) = schema.field(&field).filter(|field| field.kind == Kind::Choice) {
        for (value, place) in &values {
            if let Some(problem) = field.check(&Value::from(value.as_str())) {
                table.report(problem.diagnostic(&field.name, value).at(place.clone()));
            }
        }
    }
    table.finish();
    When { field: field.into(), values: values.into_iter().map(|(value, _)| value.into()).collect() }
}

fn severity(table: &Table<'_, '_>) -> Severity {
    match table.placed_text("severity") {
        None => Severity::Error,
        Some((word, place)) => match word.as_str() {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            "note" => Severity::Note,
            _ => {
                let problem = Diagnostic::new("schema.severity").arg("word", &word);
                table.report(problem.suggest(&word, ["error", "warning", "note"]).at(place));
                Severity::Error
            }
        },
    }
}

/// Reports a field that is not there; `list.inner` names a field of a list's groups.
fn known(table: &Table<'_, '_>, schema: &Schema, path: &str, place: Location) {
    let (first, inner) = path.split_once('.').map_or((path, None), |(first, inner)| (first, Some(inner)));
    let Some(field) = schema.field(first) else {
        table.report(no_field(path, schema.fields().iter().map(|field| &*field.name)).at(place));
        return;
    };
    let fields = field.item().unwrap_or(field).fields();
    if let Some(inner) = inner
        && !fields.iter().any(|field| &*field.name == inner)
    {
        table.report(no_field(inner, fields.iter().map(|field| &*field.name)).at(place));
    }
}

impl ContentType {
    /// Checks what must hold between the fields of an entry, except for what depends on the day of the
    /// build. `table` is the TOML table in `toml` that the fields were read from; what a translation has
    /// from its original is placed at the table's beginning. Rules are for entries, not for the pages of
    /// sections.
    pub fn check_rules(&self, fields: &Fields, toml: &TomlText<'_>, table: &DeTable<'_>, out: &mut Vec<Diagnostic>) {
        Checker { schema: &self.schema, fields, toml, table, today: None, out }.all(&self.rules);
    }

    /// Checks the rules that depend on the day of the build, and only those.
    pub fn check_age(
        &self,
        fields: &Fields,
        today: Date,
        toml: &TomlText<'_>,
        table: &DeTable<'_>,
        out: &mut Vec<Diagnostic>,
    ) {
        Checker { schema: &self.schema, fields, toml, table, today: Some(today), out }.all(&self.rules);
    }
}

struct Checker<'a> {
    schema: &'a Schema,
    fields: &'a Fields,
    toml: &'a TomlText<'a>,
    table: &'a DeTable<'a>,
    today: Option<Date>,
    out: &'a mut Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn all(&mut self, rules: &[Rule]) {
        for rule in rules {
            let of_the_day = matches!(rule.check, Check::Recent { .. });
            if of_the_day == self.today.is_some() && rule.when.as_ref().is_none_or(|when| self.holds(when)) {
                self.rule(rule);
            }
        }
    }

    /// The value of a field, or the default that is meant without one.
    fn value(&self, name: &str) -> Option<&'a Value> {
        let default = || self.schema.field(name).and_then(|field| field.default.as_ref());
        self.fields.get(name).or_else(default).filter(|value| !value.is_empty())
    }

    fn holds(&self, when: &When) -> bool {
        self.value(&when.field).is_some_and(|value| {
            let told = value.to_text();
            value.texts().chain([told.as_str()]).any(|text| when.values.iter().any(|wanted| &**wanted == text))
        })
    }

    fn rule(&mut self, rule: &Rule) {
        match &rule.check {
            Check::Order(names) => self.order(rule, names),
            Check::AnyOf(names) => {
                if names.iter().all(|name| self.value(name).is_none()) {
                    self.report(rule, "", Diagnostic::new("schema.rule-any-of").arg("fields", names.join(", ")));
                }
            }
            Check::Required(names) => {
                for name in names {
                    if self.value(name).is_none() {
                        self.report(rule, "", Diagnostic::new("schema.rule-required").arg("field", name));
                    }
                }
            }
            Check::After { field, after, days } => self.after(rule, field, after, *days),
            Check::LinkContains { field, host, text } => self.link(rule, field, host, text),
            Check::Recent { field, days } => self.recent(rule, field, *days),
        }
    }

    fn order(&mut self, rule: &Rule, names: &[Box<str>]) {
        let given: Vec<(&str, &Value)> = names.iter().filter_map(|name| Some((&**name, self.value(name)?))).collect();
        for pair in given.windows(2) {
            let [(earlier, first), (later, second)] = pair else { continue };
            if is_after(first, second) {
                let problem = Diagnostic::new("schema.rule-order").arg("later", later).arg("earlier", earlier);
                self.report(rule, later, problem.arg("second", second.to_text()).arg("first", first.to_text()));
            }
        }
    }

    fn after(&mut self, rule: &Rule, field: &str, after: &str, days: usize) {
        let day = |name: &str| self.value(name).and_then(Value::as_date);
        let (Some(later), Some(earlier)) = (day(field), day(after)) else { return };
        let span = i32::try_from(days).unwrap_or(i32::MAX).min(100_000).days();
        if earlier.checked_add(span).is_ok_and(|least| later < least) {
            let problem = Diagnostic::new("schema.rule-after").arg("later", field).arg("earlier", after);
            self.report(rule, field, problem.arg("days", days));
        }
    }

    fn link(&mut self, rule: &Rule, path: &str, host: &str, text: &str) {
        let (first, inner) = path.split_once('.').map_or((path, None), |(first, inner)| (first, Some(inner)));
        let Some(value) = self.value(first) else { return };
        let links: Vec<&str> = match inner {
            None => value.texts().collect(),
            Some(inner) => {
                let groups = value.as_list().iter().chain([value]).filter_map(Value::as_group);
                groups.filter_map(|group| group.text(inner)).collect()
            }
        };
        for link in links.into_iter().filter(|link| leads_to(link, host) && !link.contains(text)) {
            let place = self.place_of_text(first, link);
            let problem = Diagnostic::new("schema.rule-link").arg("link", link).arg("text", text);
            self.push(rule, problem.at(place));
        }
    }

    fn recent(&mut self, rule: &Rule, field: &str, days: usize) {
        let (Some(day), Some(today)) = (self.value(field).and_then(Value::as_date), self.today) else { return };
        let span = i32::try_from(days).unwrap_or(i32::MAX).min(100_000).days();
        if day.checked_add(span).is_ok_and(|last| last < today) {
            let problem = Diagnostic::new("schema.rule-recent").arg("field", field).arg("days", days);
            self.report(rule, field, problem);
        }
    }

    fn report(&mut self, rule: &Rule, field: &str, problem: Diagnostic) {
        let span = self.table.get(field).map_or(0..0, toml::Spanned::span);
        let place = self.toml.place(span);
        self.push(rule, problem.at(place));
    }

    fn push(&mut self, rule: &Rule, problem: Diagnostic) {
        let law = rule.law.as_deref().map_or_else(String::new, |law| format!(" ({law})"));
        let why = |tag: &str| format!("{}{law}", rule.why.exact(tag).unwrap_or_default()).trim().to_owned();
        self.out.push(problem.with_severity(rule.severity).arg("why_et", why("et")).arg("why_en", why("en")));
    }

    /// The place of a text within a field's value; the value's own where it stands otherwise.
    fn place_of_text(&self, field: &str, text: &str) -> Location {
        let span = self.table.get(field).map_or(0..0, toml::Spanned::span);
        let start = self.toml.range.start;
        let written = self.toml.text.get(start + span.start..start + span.end);
        // A list of tables reports the place of its first header alone.
        let rest =
            written.filter(|written| written.contains(text)).or_else(|| self.toml.text.get(start + span.start..));
        match rest.and_then(|rest| rest.find(text)) {
            Some(at) => self.toml.place(span.start + at..span.start + at + text.len()),
            None => self.toml.place(span),
        }
    }
}

/// Whether `first` lies after `second`; a day alone and a time on that day are together.
fn is_after(first: &Value, second: &Value) -> bool {
    let whole_day = matches!(first, Value::Date(_)) || matches!(second, Value::Date(_));
    match (first.as_date(), second.as_date()) {
        (Some(first), Some(second)) if whole_day => first > second,
        _ => match (first.as_sort_number(), second.as_sort_number()) {
            (Some(first), Some(second)) => first > second,
            _ => false,
        },
    }
}

/// Whether `link` leads to `host`, with or without `www.`.
fn leads_to(link: &str, host: &str) -> bool {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://")).unwrap_or("");
    let name = rest.split(['/', '?', '#', ':']).next().unwrap_or("").to_lowercase();
    name.strip_prefix("www.").unwrap_or(&name) == host
}
