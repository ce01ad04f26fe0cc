//! What depends on the language of a text: dates, numbers, plural forms, order, addresses.
//!
//! ICU4X (Unicode's CLDR data) does the work for every language there is; only what it does not know
//! is written here: Estonian's point between hours and minutes, ranges of dates, addresses. Its
//! formatters are dear to make and cheap to use, so each thread makes one set for each language.

mod dates;
mod numbers;
mod order;
mod slug;

pub use dates::{date_long, date_range, date_short, month, month_of_day, month_year, time, weekday};
pub use numbers::{money, number, plural, size};
pub use order::Collator;
pub use slug::slug;

use std::{cell::RefCell, fmt, rc::Rc, str::FromStr};

use icu_locale_core::{
    Locale,
    subtags::{Language, language, region},
};

/// A language, by its BCP 47 primary subtag: `et`, `en`, `ru`, `uk`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang(Language);

impl Lang {
    /// Estonian.
    pub const ET: Self = Self(language!("et"));
    /// English, as Europe writes it.
    pub const EN: Self = Self(language!("en"));
    /// Russian.
    pub const RU: Self = Self(language!("ru"));

    /// Reads a primary subtag; `None` when `tag` is none, or is not in lower case.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let language = Language::try_from_str(tag).ok().filter(|language| !language.is_unknown())?;
        (language.as_str() == tag).then_some(Self(language))
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The locale whose conventions texts in this language follow; `en` alone would be American.
    fn locale(self) -> Locale {
        let mut locale = Locale::from(self.0);
        if self == Self::EN {
            locale.id.region = Some(region!("GB"));
        }
        locale
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Lang {
    type Err = NotALanguage;

    fn from_str(tag: &str) -> Result<Self, NotALanguage> {
        Self::parse(tag).ok_or_else(|| NotALanguage(tag.to_owned()))
    }
}

/// A text that is no language tag.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a language tag")]
pub struct NotALanguage(String);

impl serde::Serialize for Lang {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Lang {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A thread's formatters of one kind, one for each language it has met.
struct PerLanguage<T>(RefCell<Vec<(Lang, Rc<T>)>>);

impl<T> PerLanguage<T> {
    const fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    fn get(&self, lang: Lang, make: impl FnOnce(Locale) -> T) -> Rc<T> {
        let mut known = self.0.borrow_mut();
        if let Some((_, found)) = known.iter().find(|(language, _)| *language == lang) {
            return Rc::clone(found);
        }
        let fresh = Rc::new(make(lang.locale()));
        known.push((lang, Rc::clone(&fresh)));
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_and_written() {
        assert_eq!(Lang::parse("et"), Some(Lang::ET));
        assert_eq!(Lang::parse("vro").map(|lang| lang.to_string()).as_deref(), Some("vro"));
        for wrong in ["", "e", "ET", "eesti keel", "et-EE", "uudised", "01", "und"] {
            assert_eq!(Lang::parse(wrong), None, "{wrong}");
        }
    }
}
