//! The list of rules: what can be wrong, in words, in Estonian and English.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{Language, Severity};

/// The areas' files, in the order in which the reference page shows them.
const FILES: &[&str] = &[
    include_str!("catalog/source.toml"),
    include_str!("catalog/schema.toml"),
    include_str!("catalog/content.toml"),
    include_str!("catalog/markdown.toml"),
    include_str!("catalog/site.toml"),
    include_str!("catalog/theme.toml"),
    include_str!("catalog/render.toml"),
    include_str!("catalog/assets.toml"),
    include_str!("catalog/output.toml"),
    include_str!("catalog/search.toml"),
    include_str!("catalog/forms.toml"),
    include_str!("catalog/preview.toml"),
    include_str!("catalog/relay.toml"),
    include_str!("catalog/commands.toml"),
    include_str!("catalog/check.toml"),
    include_str!("catalog/privacy.toml"),
    include_str!("catalog/accessibility.toml"),
];

/// One rule: its code, how much it matters, and its words.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How much a breach matters, unless the place that finds it says otherwise.
    pub severity: Severity,
    et: String,
    en: String,
    help: Option<Words>,
    /// The law or standard behind it.
    pub standard: Option<String>,
    /// A text that breaks the rule.
    pub bad: Option<String>,
    /// The same text, mended.
    pub good: Option<String>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    et: String,
    en: String,
}

impl Rule {
    /// The sentence that says what is wrong, with `{names}` to be filled.
    #[must_use]
    pub fn message(&self, language: Language) -> &str {
        match language {
            Language::Estonian => &self.et,
            Language::English => &self.en,
        }
    }

    /// The sentence that says how to mend it.
    #[must_use]
    pub fn help(&self, language: Language) -> Option<&str> {
        self.help.as_ref().map(|help| match language {
            Language::Estonian => help.et.as_str(),
            Language::English => help.en.as_str(),
        })
    }
}

static RULES: LazyLock<BTreeMap<String, Rule>> = LazyLock::new(|| {
    // The files are part of the program; a test reads them all.
    FILES
        .iter()
        .flat_map(|file| toml::from_str::<BTreeMap<String, Rule>>(file).expect("the catalog is valid"))
        .collect()
});

/// All rules by code, in order.
#[must_use]
pub fn rules() -> &'static BTreeMap<String, Rule> {
    &RULES
}

pub(super) fn rule(code: &str) -> Option<&'static Rule> {
    RULES.get(code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(sentence: &str) -> BTreeSet<&str> {
        sentence.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        for (code, rule) in rules() {
            assert_eq!(names(&rule.et), names(&rule.en), "{code}");
            assert!(code.contains('.'), "{code} has no area");
        }
    }

    #[test]
    fn no_code_stands_in_two_files() {
        let listed: usize =
            FILES.iter().map(|file| toml::from_str::<BTreeMap<String, Rule>>(file).expect("valid").len()).sum();
        assert_eq!(listed, rules().len());
    }
}
