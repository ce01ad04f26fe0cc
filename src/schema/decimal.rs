//! Exact decimal numbers, as people write them.

use std::{cmp::Ordering, fmt};

/// A decimal number: `digits` divided by ten `scale` times. It is kept in lowest terms, so that equal
/// numbers are equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    digits: i64,
    scale: u8,
}

impl Decimal {
    /// The most digits behind the point.
    const SCALE: usize = 9;

    /// Reads `-12`, `12.5`, `12,5`, `1 234,5`, `1.234,5`, `1,234.5`: spaces group, the last mark is the
    /// decimal mark. `None` for anything else, and for numbers of more than 18 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let mark = text.rfind([',', '.']);
        let (whole, fraction) = mark.map_or((text, ""), |at| (&text[..at], &text[at + 1..]));
        let other = mark.map(|at| if text.as_bytes()[at] == b',' { '.' } else { ',' });
        let whole = ungrouped(whole, other)?;
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > Self::SCALE || !fraction.bytes().all(|b| b.is_ascii_digit()) || mark == Some(text.len() - 1)
        {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        let digits: i64 = if digits.len() > 18 { None } else { digits.parse().ok() }?;
        let scale = u8::try_from(fraction.len()).ok()?;
        Some(Self { digits: if negative { -digits } else { digits }, scale })
    }

    /// The number times ten `places` times, if that is whole.
    #[must_use]
    pub fn shifted(self, places: u8) -> Option<i64> {
        let up = places.checked_sub(self.scale)?;
        10_i64.checked_pow(u32::from(up)).and_then(|factor| self.digits.checked_mul(factor))
    }

    /// The number, if it is whole.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        self.shifted(0)
    }

    /// The number as near as a floating point number comes.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }
}

/// The digits of a whole number without the spaces, apostrophes or marks that group them.
fn ungrouped(whole: &str, group: Option<char>) -> Option<String> {
    let is_group = |c: char| c.is_whitespace() || c == '\'' || Some(c) == group;
    let mut parts = whole.split(is_group);
    let first = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    let grouped = rest.iter().all(|part| part.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    let digits: String = whole.chars().filter(|c| !is_group(*c)).collect();
    (grouped && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

impl From<i64> for Decimal {
    fn from(digits: i64) -> Self {
        Self { digits, scale: 0 }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.digits < 0 { "-" } else { "" };
        let mark = if scale == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{mark}{fraction}")
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let widened = |n: &Self, scale: u8| i128::from(n.digits) * 10_i128.pow(u32::from(scale - n.scale));
        let scale = self.scale.max(other.scale);
        widened(self, scale).cmp(&widened(other, scale))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Option<String> {
        Decimal::parse(text).map(|number| number.to_string())
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("12", "12"),
            ("12,50", "12.5"),
            ("1 234,5", "1234.5"),
            ("1\u{a0}234", "1234"),
            ("1.234,5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("−3", "-3"),
            ("0,05", "0.05"),
        ] {
            assert_eq!(written(text).as_deref(), Some(number), "{text}");
        }
        for text in ["", "12,", ",", "1 23", "12e3", "1..2", "kaks", "12345678901234567890"] {
            assert_eq!(written(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_compare_across_scales() {
        let number = |text| Decimal::parse(text).unwrap();
        assert!(number("0,1") < number("0,11"));
        assert!(number("-2") < number("1,5"));
        assert_eq!(number("2,50"), number("2.5"));
        assert_eq!(number("12.5").shifted(2), Some(1250));
        assert_eq!(number("12.555").shifted(2), None);
    }
}
