//! A text in several languages.
use crate::language::Lang;
use std::collections::BTreeMap;
/// A text in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Localized(pub BTreeMap<String, String>);
impl Localized {
    /// The text.
    pub fn get(&self, lang: Lang) -> Option<&str> {
        self.0.get(lang.as_str()).or_else(|| self.0.get("et")).or_else(|| self.0.values().next()).map(String::as_str)
    }
}
