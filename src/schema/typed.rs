//! Texts as people type them, read into values.

use std::sync::LazyLock;

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{CodeError, Decimal, Fields, Kind, Problem, Value, address, builtin, codes};

impl Value {
    /// Reads a text as a person types it, or an editor writes it, into a value of this kind: `22.11.2026`,
    /// `14.30`, `1 234,50 €`, `jah`, `EE38 2200 …`. Limits are the [`Field`](super::Field)'s to check.
    ///
    /// A list is split at `;` or line ends; an image, a file or an address gets its first field.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, Problem> {
        let no = Problem::Not(kind);
        let code = |code: Result<String, CodeError>| match code {
            Ok(code) => Ok(Self::Text(code.into())),
            Err(CodeError::Form) => Err(Problem::Not(kind)),
            Err(CodeError::CheckDigit) => Err(Problem::CheckDigit(kind)),
        };
        let told = |text: Option<String>| text.map(|text| Self::Text(text.into())).ok_or(Problem::Not(kind));
        match kind {
            Kind::Text | Kind::Markdown | Kind::Ref | Kind::Choice => Ok(Self::Text(clean(text))),
            Kind::Number => Decimal::parse(text).map(Self::Number).ok_or(no),
            Kind::Money => money(text).map(Self::Money).ok_or(no),
            Kind::Boolean => boolean(text).map(Self::Boolean).ok_or(no),
            Kind::Date => date(text).map(Self::Date),
            Kind::Datetime => datetime(text),
            Kind::Time => time(text.trim()).map(Self::Time).ok_or(no),
            Kind::Email => told(address::email(text)),
            Kind::Phone => told(address::phone(text)),
            Kind::Url => told(address::url(text)),
            Kind::Link => told(address::link(text).map(|link| clean(&link).into())),
            Kind::PersonalCode => code(codes::personal_code(text)),
            Kind::RegistryCode => code(codes::registry_code(text)),
            Kind::Iban => code(codes::iban(text)),
            Kind::ReferenceNumber => code(codes::reference_number(text)),
            Kind::Choices | Kind::List => Ok(Self::List(split(text).map(|item| Self::Text(clean(item))).collect())),
            Kind::Image | Kind::File | Kind::Address => {
                let first = builtin(kind).first().map(|field| (field.name.clone(), Self::Text(clean(text))));
                Ok(Self::Group(Box::new(Fields::from_iter(first))))
            }
            Kind::Group => Err(no),
        }
    }
}

/// The items of a list that stands in one text.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '\n']).map(str::trim).filter(|item| !item.is_empty())
}

/// A text without white space around it, in Unicode normal form C.
pub(super) fn clean(text: &str) -> Box<str> {
    let text = text.trim();
    if is_nfc(text) { text.into() } else { text.nfc().collect::<String>().into() }
}

fn money(text: &str) -> Option<i64> {
    let text = text.trim();
    let text = text.strip_suffix('€').or_else(|| text.strip_suffix("EUR")).unwrap_or(text);
    let text = text.strip_prefix('€').unwrap_or(text);
    Decimal::parse(text)?.shifted(2)
}

fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "jah" | "да" | "on" | "1" => Some(true),
        "false" | "no" | "ei" | "нет" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A day: `2026-11-22`, `22.11.2026`, `22/11/2026`, or the day of an ISO 8601 time.
fn date(text: &str) -> Result<Date, Problem> {
    let text = text.trim();
    if text.contains(['T', ':']) {
        return datetime(text).and_then(|value| value.as_date().ok_or(Problem::Not(Kind::Date)));
    }
    let mark = text.chars().find(|c| matches!(c, '-' | '.' | '/')).ok_or(Problem::Not(Kind::Date))?;
    let parts: Vec<&str> = text.trim_end_matches('.').split(mark).map(str::trim).collect();
    let [first, month, last] = parts[..] else { return Err(Problem::Not(Kind::Date)) };
    let (year, day) = if mark == '-' { (first, last) } else { (last, first) };
    let number = |text: &str, most: usize| -> Result<i16, Problem> {
        let digits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().map_err(|_| Problem::Not(Kind::Date)) } else { Err(Problem::Not(Kind::Date)) }
    };
    if year.len() != 4 {
        return Err(Problem::Not(Kind::Date));
    }
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let (month, day) = (i8::try_from(month), i8::try_from(day));
    let (Ok(month), Ok(day)) = (month, day) else { return Err(Problem::NoSuchDay) };
    Date::new(year, month, day).map_err(|_| Problem::NoSuchDay)
}

/// A time of day: `14:30`, `14.30`, `14:30:15`.
fn time(text: &str) -> Option<Time> {
    let parts: Vec<&str> = text.split([':', '.']).take(4).collect();
    let part = |text: &str| -> Option<i8> {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    };
    match parts[..] {
        [hour, minute] if minute.len() == 2 => Time::new(part(hour)?, part(minute)?, 0, 0).ok(),
        [hour, minute, second] if minute.len() == 2 => Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok(),
        _ => None,
    }
}

/// A day and time as ISO 8601 writes it, or `22.11.2026 14.30`; a day alone stays a day.
fn datetime(text: &str) -> Result<Value, Problem> {
    let no = || Problem::Not(Kind::Datetime);
    let text = text.trim();
    let text = text.replace(" kell ", " ");
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Value::Datetime(to_seconds(in_estonia(at))));
    }
    if let Some((day, clock)) = text.split_once(['T', ' ']) {
        let day = date_part(day)?;
        let clock =
            clock.split_once('.').filter(|(before, _)| before.contains(':')).map_or(clock, |(before, _)| before);
        return time(clock.trim()).map(|time| Value::Datetime(day.to_datetime(time))).ok_or_else(no);
    }
    date_part(&text).map(Value::Date)
}

fn date_part(text: &str) -> Result<Date, Problem> {
    if text.contains(['T', ':']) {
        return Err(Problem::Not(Kind::Datetime));
    }
    date(text).map_err(|problem| match problem {
        Problem::Not(_) => Problem::Not(Kind::Datetime),
        other => other,
    })
}

/// The time on Estonian clocks: two hours ahead of UTC, three in summer (directive 2000/84/EC). The
/// rule is written out so that it does not hang on the machine's time zone files.
pub(super) fn in_estonia(at: Timestamp) -> DateTime {
    static ZONE: LazyLock<TimeZone> =
        LazyLock::new(|| TimeZone::posix("EET-2EEST,M3.5.0/3,M10.5.0/4").unwrap_or(TimeZone::UTC));
    at.to_zoned(ZONE.clone()).datetime()
}

fn to_seconds(at: DateTime) -> DateTime {
    at.date().at(at.hour(), at.minute(), at.second(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: Kind, text: &str) -> Result<String, Problem> {
        Value::parse(kind, text).map(|value| value.to_text())
    }

    #[test]
    fn dates_are_read_as_people_and_editors_write_them() {
        for text in ["2026-11-22", "22.11.2026", " 22/11/2026 ", "22. 11. 2026", "2026-11-21T22:30:00.000Z"] {
            assert_eq!(written(Kind::Date, text).as_deref(), Ok("2026-11-22"), "{text}");
        }
        assert_eq!(written(Kind::Date, "31.11.2026"), Err(Problem::NoSuchDay));
        assert_eq!(written(Kind::Date, "2026-02-30"), Err(Problem::NoSuchDay));
        for text in ["", "homme", "22.11", "22.11.26", "2026-11", "1.2.3.4"] {
            assert_eq!(written(Kind::Date, text), Err(Problem::Not(Kind::Date)), "{text}");
        }
    }

    #[test]
    fn times_with_an_offset_become_estonian_clock_times() {
        for (text, time) in [
            ("2026-11-22T14:30:00", "2026-11-22T14:30:00"),
            ("2026-11-22 14:30", "2026-11-22T14:30:00"),
            ("22.11.2026 14.30", "2026-11-22T14:30:00"),
            ("22.11.2026 kell 14:30", "2026-11-22T14:30:00"),
            ("2026-11-22T12:30:00Z", "2026-11-22T14:30:00"),
            ("2026-07-22T12:30:00.123Z", "2026-07-22T15:30:00"),
            ("2026-11-22T14:30:00+02:00", "2026-11-22T14:30:00"),
            ("2026-11-22T14:30:00.5", "2026-11-22T14:30:00"),
            ("22.11.2026", "2026-11-22"),
        ] {
            assert_eq!(written(Kind::Datetime, text).as_deref(), Ok(time), "{text}");
        }
        assert_eq!(written(Kind::Datetime, "22.11.2026 25.00"), Err(Problem::Not(Kind::Datetime)));
    }

    #[test]
    fn money_times_and_answers() {
        assert_eq!(Value::parse(Kind::Money, "1 234,5 €"), Ok(Value::Money(123_450)));
        assert_eq!(written(Kind::Money, "0,05").as_deref(), Ok("0.05"));
        assert_eq!(written(Kind::Money, "1,234"), Err(Problem::Not(Kind::Money)));
        assert_eq!(written(Kind::Time, "9.05").as_deref(), Ok("09:05"));
        assert_eq!(written(Kind::Time, "24:00"), Err(Problem::Not(Kind::Time)));
        assert_eq!(Value::parse(Kind::Boolean, "Jah"), Ok(Value::Boolean(true)));
        assert_eq!(written(Kind::List, "üks; kaks;;").as_deref(), Ok("üks; kaks"));
    }

    #[test]
    fn texts_are_cleaned() {
        assert_eq!(Value::parse(Kind::Text, "  o\u{303}hk "), Ok(Value::from("õhk")));
    }
}
