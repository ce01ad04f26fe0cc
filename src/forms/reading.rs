//! What a person typed, read into one written form; and that form in words.

use std::borrow::Cow;

use jiff::civil::{Date, Time};

use super::{Field, FileRules, Kind};
use crate::{
    language::{self, Lang},
    schema::{self, Problem, Value},
};

/// Why a text is no answer: the words' key, and the values to fill in.
pub(super) struct Wrong {
    pub(super) key: &'static str,
    pub(super) values: Vec<(&'static str, String)>,
}

impl Wrong {
    fn new(key: &'static str) -> Self {
        Self { key, values: Vec::new() }
    }

    fn with(key: &'static str, name: &'static str, value: String) -> Self {
        Self { key, values: vec![(name, value)] }
    }
}

/// Reads a text that was typed into its one written form, within the field's limits.
pub(super) fn read(field: &Field, text: &str, today: Date, lang: Lang) -> Result<String, Wrong> {
    let wrong = || Wrong::new(wrong_key(field.kind));
    let Some(kind) = shared(field.kind) else { return Ok(text.to_owned()) };
    let canonical = match Value::parse(kind, text) {
        Ok(value) => value.to_text(),
        Err(Problem::CheckDigit(_)) => return Err(Wrong::new("wrong.check-digit")),
        Err(_) => return Err(wrong()),
    };
    match field.kind {
        Kind::Number | Kind::Money => number_within(field, &canonical, lang)?,
        Kind::Date => date_within(field, canonical.parse().map_err(|_| wrong())?, today, lang)?,
        Kind::Time => time_within(field, canonical.parse().map_err(|_| wrong())?, lang)?,
        _ => {}
    }
    Ok(canonical)
}

/// The shared kind by which a text is read; none for kinds that take any text.
fn shared(kind: Kind) -> Option<schema::Kind> {
    match kind {
        Kind::Email => Some(schema::Kind::Email),
        Kind::Phone => Some(schema::Kind::Phone),
        Kind::Url => Some(schema::Kind::Url),
        Kind::Number => Some(schema::Kind::Number),
        Kind::Money => Some(schema::Kind::Money),
        Kind::Date => Some(schema::Kind::Date),
        Kind::Time => Some(schema::Kind::Time),
        Kind::PersonalCode => Some(schema::Kind::PersonalCode),
        Kind::RegistryCode => Some(schema::Kind::RegistryCode),
        Kind::Iban => Some(schema::Kind::Iban),
        Kind::ReferenceNumber => Some(schema::Kind::ReferenceNumber),
        _ => None,
    }
}

pub(super) fn wrong_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "wrong.email",
        Kind::Phone => "wrong.phone",
        Kind::Url => "wrong.url",
        Kind::Money => "wrong.money",
        Kind::Date => "wrong.date",
        Kind::Time => "wrong.time",
        Kind::PersonalCode => "wrong.personal-code",
        Kind::RegistryCode => "wrong.registry-code",
        Kind::Iban => "wrong.iban",
        Kind::ReferenceNumber => "wrong.reference-number",
        _ => "wrong.number",
    }
}

/// The rough shape of an answer, without spaces and hyphens and in any case, for scripts. Every answer that
/// [`read`] takes has it; not every answer that has it is taken.
pub(super) fn pattern(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Email => "[^@]+@[^@]+[.][^@]+",
        Kind::Phone => "[+]?[0-9()./–]{5,}",
        Kind::Url => ".+[.:].+",
        Kind::Number | Kind::Money => "[−+€]?[0-9.,]+(€|eur|eurot)?",
        Kind::Time => "[0-9].*",
        Kind::PersonalCode => "[0-9]{11}",
        Kind::RegistryCode => "[0-9]{8}",
        Kind::Iban => "[a-z]{2}[0-9]{2}[a-z0-9]{6,30}",
        Kind::ReferenceNumber => "[0-9]{2,20}",
        _ => return None,
    })
}

fn number_within(field: &Field, canonical: &str, lang: Lang) -> Result<(), Wrong> {
    let value: f64 = canonical.parse().map_err(|_| Wrong::new(wrong_key(field.kind)))?;
    if field.limits.whole && canonical.contains('.') {
        return Err(Wrong::new("wrong.whole"));
    }
    let bound = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<f64>().ok());
    let shown = |value: f64| language::number(lang, value) + if field.kind == Kind::Money { "\u{a0}€" } else { "" };
    match (bound(&field.limits.min), bound(&field.limits.max)) {
        (Some(min), _) if value < min => Err(Wrong::with("limit.min", "min", shown(min))),
        (_, Some(max)) if value > max => Err(Wrong::with("limit.max", "max", shown(max))),
        _ => Ok(()),
    }
}

fn date_within(field: &Field, date: Date, today: Date, lang: Lang) -> Result<(), Wrong> {
    let bound = |text: &Option<String>| text.as_ref().and_then(|text| date_limit(text, today));
    let shown = |date| language::date_long(lang, date);
    match (bound(&field.limits.min), bound(&field.limits.max)) {
        (Some(min), _) if date < min && min == today => Err(Wrong::new("limit.future")),
        (Some(min), _) if date < min => Err(Wrong::with("limit.earliest", "min", shown(min))),
        (_, Some(max)) if date > max && max == today => Err(Wrong::new("limit.past")),
        (_, Some(max)) if date > max => Err(Wrong::with("limit.latest", "max", shown(max))),
        _ => Ok(()),
    }
}

fn time_within(field: &Field, time: Time, lang: Lang) -> Result<(), Wrong> {
    let bound = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Time>().ok());
    let shown = |time| language::time(lang, time);
    match (bound(&field.limits.min), bound(&field.limits.max)) {
        (Some(min), _) if time < min => Err(Wrong::with("limit.earliest", "min", shown(min))),
        (_, Some(max)) if time > max => Err(Wrong::with("limit.latest", "max", shown(max))),
        _ => Ok(()),
    }
}

/// Whether a text is a limit for answers of this kind.
pub(super) fn is_limit(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Date => date_limit(text, jiff::civil::date(2026, 1, 1)).is_some(),
        Kind::Time => text.parse::<Time>().is_ok(),
        _ => text.parse::<f64>().is_ok_and(f64::is_finite),
    }
}

/// A limit of a date: `2026-01-31`, `today`, `today+10`, `today-365`.
pub(super) fn date_limit(text: &str, today: Date) -> Option<Date> {
    let Some(rest) = text.strip_prefix("today") else { return text.parse().ok() };
    let days: i32 = if rest.is_empty() { 0 } else { rest.parse().ok()? };
    today.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The date of three parts; a month may be named.
pub(super) fn date_of_parts(lang: Lang, day: &str, month: &str, year: &str) -> Option<String> {
    let month = month.trim_end_matches('.').to_lowercase();
    let named = |&number: &i8| {
        let name = language::month(lang, number.unsigned_abs()).to_lowercase();
        month.chars().count() >= 3 && name.starts_with(&month)
    };
    let month = month.parse().ok().or_else(|| (1..=12).find(named))?;
    let year: i16 = year.parse().ok().filter(|year| (1000..=9999).contains(year))?;
    let date = Date::new(year, month, day.trim_end_matches('.').parse().ok()?).ok()?;
    Some(date.to_string())
}

/// An answer in its written form as people of this language read it.
pub(super) fn in_words(kind: Kind, text: &str, lang: Lang) -> Cow<'_, str> {
    let words = match kind {
        Kind::Date => text.parse().ok().map(|date| language::date_long(lang, date)),
        Kind::Time => text.parse().ok().map(|time| language::time(lang, time)),
        Kind::Number if !text.is_empty() => Some(language::number(lang, text)),
        Kind::Money => cents(text).map(|cents| language::money(lang, cents)),
        Kind::Iban => Some(in_groups(text, 4)),
        _ => None,
    };
    words.map_or(Cow::Borrowed(text), Cow::Owned)
}

fn cents(text: &str) -> Option<i64> {
    let (euros, cents) = text.split_once('.').unwrap_or((text, "0"));
    format!("{euros}{cents:0<2}").parse().ok()
}

fn in_groups(text: &str, of: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(of).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The kinds of files that a question takes: `PDF, JPG, PNG`.
pub(super) fn types_in_words(_lang: Lang, rules: &FileRules) -> String {
    let endings = rules.accept.iter().flat_map(|kind| kind.extensions());
    endings.map(|ending| ending.to_uppercase()).collect::<Vec<_>>().join(", ")
}

impl Field {
    /// The most characters of an answer.
    pub fn max_length(&self) -> usize {
        self.limits.max_length.unwrap_or_else(|| self.kind.max_length())
    }

    /// The words' key for a missing answer.
    pub(super) fn missing_key(&self, lang: Lang) -> &'static str {
        let question = self.label.get(lang).is_some_and(|label| label.trim_end().ends_with('?'));
        match self.kind {
            Kind::Declaration => "missing.tick",
            Kind::File => "missing.file",
            _ if question => "missing.answer",
            Kind::Choice | Kind::Choices | Kind::YesNo => "missing.choose",
            _ => "missing.enter",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_taken_has_the_shape_that_scripts_look_for() {
        let texts = [
            "mari@example.org",
            "mari.mägi@õun.ee",
            "5123 4567",
            "+358 40 123 4567",
            "(+372) 512-3456",
            "https://a.ee/x-y",
            "www.asutus.ee",
            "12",
            "-12,5",
            "1 234.50",
            "120,50 €",
            "€ 12",
            "12 eurot",
            "14.30",
            "14:30",
            "9",
            "9.05",
            "50001029996",
            "500 0102 9996",
            "12345678",
            "10000018",
            "EE38 2200 2210 2014 5685",
            "ee382200221020145685",
            "12344",
            "1234 4",
        ];
        let mut taken = 0;
        for (_, kind) in Kind::ALL {
            let (Some(kind_read), Some(pattern)) = (shared(*kind), pattern(*kind)) else { continue };
            let shape = regex::RegexBuilder::new(&format!("^(?:{pattern})$")).case_insensitive(true).build().unwrap();
            for text in texts.iter().filter(|text| Value::parse(kind_read, text).is_ok()) {
                let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
                assert!(shape.is_match(&plain), "{} {text}", kind.name());
                taken += 1;
            }
        }
        assert!(taken > 20, "{taken}");
    }
}
