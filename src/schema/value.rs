//! A checked value of a field.

use jiff::civil::{Date, DateTime, Time};

use super::{Decimal, Fields};

/// A checked value. Which variant it is follows from the field's [`Kind`](super::Kind):
///
/// | kind | variant |
/// | --- | --- |
/// | `number` | `Number` |
/// | `money` | `Money` |
/// | `boolean` | `Boolean` |
/// | `date` | `Date` |
/// | `datetime` | `Datetime`, or `Date` where only the day was given: the whole day is meant |
/// | `time` | `Time` |
/// | `choices`, `list` | `List` |
/// | `group`, `image`, `file`, `address` | `Group` |
/// | every other | `Text` |
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text, without white space around it, in Unicode normal form C.
    Text(Box<str>),
    /// A number.
    Number(Decimal),
    /// An amount of money in cents.
    Money(i64),
    /// Yes or no.
    Boolean(bool),
    /// A day.
    Date(Date),
    /// A day and time as the clocks in Estonia show it.
    Datetime(DateTime),
    /// A time of day.
    Time(Time),
    /// Several values.
    List(Vec<Value>),
    /// Fields of their own.
    Group(Box<Fields>),
}

impl Value {
    /// The text, of a value that is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Yes or no.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub fn as_number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The whole number.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        self.as_number().and_then(Decimal::as_i64)
    }

    /// The amount in cents.
    #[must_use]
    pub fn as_cents(&self) -> Option<i64> {
        match self {
            Self::Money(cents) => Some(*cents),
            _ => None,
        }
    }

    /// The day, of a day or a day and time.
    #[must_use]
    pub fn as_date(&self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Datetime(datetime) => Some(datetime.date()),
            _ => None,
        }
    }

    /// The day and time; `None` for a day alone, whose time depends on what is asked: see
    /// [`Value::begins`] and [`Value::ends`].
    #[must_use]
    pub fn as_datetime(&self) -> Option<DateTime> {
        match self {
            Self::Datetime(datetime) => Some(*datetime),
            _ => None,
        }
    }

    /// The moment at which it begins: of a day, its first.
    #[must_use]
    pub fn begins(&self) -> Option<DateTime> {
        self.as_datetime().or_else(|| self.as_date().map(|date| date.at(0, 0, 0, 0)))
    }

    /// The moment from which it is over: the time itself, or the first moment after the day.
    #[must_use]
    pub fn ends(&self) -> Option<DateTime> {
        let after = |date: Date| date.tomorrow().ok().map(|next| next.at(0, 0, 0, 0));
        self.as_datetime().or_else(|| self.as_date().and_then(after))
    }

    /// The time of day.
    #[must_use]
    pub fn as_time(&self) -> Option<Time> {
        match self {
            Self::Time(time) => Some(*time),
            _ => None,
        }
    }

    /// The values of a list; nothing for any other value.
    #[must_use]
    pub fn as_list(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The fields of a group.
    #[must_use]
    pub fn as_group(&self) -> Option<&Fields> {
        match self {
            Self::Group(fields) => Some(fields),
            _ => None,
        }
    }

    /// The texts in it: one of a text, all of a list of texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.as_str().into_iter().chain(self.as_list().iter().filter_map(Self::as_str))
    }

    /// Whether nothing is in it: an empty text, list or group.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Group(fields) => fields.is_empty(),
            _ => false,
        }
    }

    /// A number by which values of one field can be put in order; `None` for texts, lists and groups.
    #[must_use]
    pub fn as_sort_number(&self) -> Option<i64> {
        /// Numbers are ordered to this many decimal places.
        const PLACES: i32 = 6;
        match self {
            #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
            Self::Number(number) => {
                Some(number.shifted(6).unwrap_or_else(|| (number.as_f64() * 10_f64.powi(PLACES)) as i64))
            }
            Self::Money(cents) => Some(*cents),
            Self::Boolean(value) => Some(i64::from(*value)),
            Self::Date(_) | Self::Datetime(_) => self.begins().map(seconds),
            Self::Time(time) => Some(seconds(time.on(1970, 1, 1))),
            Self::Text(_) | Self::List(_) | Self::Group(_) => None,
        }
    }

    /// The value's one written form: `2026-11-22`, `2026-11-22T14:30:00`, `14:30`, `12.5`, `12.50` for
    /// money, `true`. Lists are joined by `; `; a group gives its first value.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Money(cents) => {
                let sign = if *cents < 0 { "-" } else { "" };
                let cents = cents.unsigned_abs();
                format!("{sign}{}.{:02}", cents / 100, cents % 100)
            }
            Self::Boolean(value) => value.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Datetime(datetime) => datetime.to_string(),
            Self::Time(time) if time.second() == 0 => format!("{:02}:{:02}", time.hour(), time.minute()),
            Self::Time(time) => time.to_string(),
            Self::List(items) => items.iter().map(Self::to_text).collect::<Vec<_>>().join("; "),
            Self::Group(fields) => fields.iter().next().map_or_else(String::new, |(_, value)| value.to_text()),
        }
    }

    /// The value for templates and open data: dates and times as ISO 8601 texts, money as whole cents,
    /// lists and groups as they are.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_ref().into(),
            Self::Number(number) => number.as_i64().map_or_else(|| number.as_f64().into(), Into::into),
            Self::Money(cents) => (*cents).into(),
            Self::Boolean(value) => (*value).into(),
            Self::Date(_) | Self::Datetime(_) | Self::Time(_) => self.to_text().into(),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Group(fields) => fields.to_json(),
        }
    }

    /// Adds to `bytes` what stands for the value; for different values different bytes, on every machine the same.
    pub fn feed(&self, bytes: &mut Vec<u8>) {
        let tag = |bytes: &mut Vec<u8>, tag: u8, text: &str| {
            bytes.push(tag);
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        };
        match self {
            Self::Text(text) => tag(bytes, 0, text),
            Self::Number(_) => tag(bytes, 1, &self.to_text()),
            Self::Money(_) => tag(bytes, 2, &self.to_text()),
            Self::Boolean(_) => tag(bytes, 3, &self.to_text()),
            Self::Date(_) => tag(bytes, 4, &self.to_text()),
            Self::Datetime(_) => tag(bytes, 5, &self.to_text()),
            Self::Time(_) => tag(bytes, 6, &self.to_text()),
            Self::List(items) => {
                bytes.push(7);
                bytes.extend((items.len() as u64).to_le_bytes());
                for item in items {
                    item.feed(bytes);
                }
            }
            Self::Group(fields) => {
                bytes.push(8);
                fields.feed(bytes);
            }
        }
    }
}

/// Seconds since 1970, without regard to the time zone.
fn seconds(at: DateTime) -> i64 {
    let days = i64::from(at.date().since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days()));
    days * 86_400 + i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60 + i64::from(at.second())
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}
