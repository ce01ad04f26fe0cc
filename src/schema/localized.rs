//! A text in several languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::language::Lang;

/// A text in several languages, by their tags. A text under the empty tag serves every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Localized(BTreeMap<String, String>);

impl Localized {
    /// The text in `lang`; else in Estonian, else in any language; `None` when there is no text at all.
    #[must_use]
    pub fn get(&self, lang: Lang) -> Option<&str> {
        self.exact(lang.as_str()).or_else(|| self.exact("et")).or_else(|| self.0.values().next().map(String::as_str))
    }

    /// The text in the language `tag` and no other.
    #[must_use]
    pub fn exact(&self, tag: &str) -> Option<&str> {
        self.0.get(tag).or_else(|| self.0.get("")).map(String::as_str)
    }

    /// Whether there is no text in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The texts with their languages, in order of the tags.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str()))
    }
}

impl From<BTreeMap<String, String>> for Localized {
    fn from(texts: BTreeMap<String, String>) -> Self {
        Self(texts)
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Localized {
    fn from(texts: [(&str, &str); N]) -> Self {
        Self(texts.into_iter().map(|(tag, text)| (tag.to_owned(), text.to_owned())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_language_falls_back_to_estonian_and_then_to_any() {
        let name = Localized::from([("et", "Teenus"), ("en", "Service")]);
        assert_eq!(name.get(Lang::EN), Some("Service"));
        assert_eq!(name.get(Lang::RU), Some("Teenus"));
        assert_eq!(Localized::from([("ru", "Услуга")]).get(Lang::EN), Some("Услуга"));
        assert_eq!(Localized::from([("", "112")]).get(Lang::RU), Some("112"));
        assert_eq!(Localized::default().get(Lang::ET), None);
    }
}
