//! What forms say to people, in Estonian, English and Russian: `words.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::language::Lang;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    et: String,
    en: String,
    ru: String,
}

static WORDS: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    // The file is part of the program; a test reads it all.
    toml::from_str(include_str!("words.toml")).expect("the words are valid")
});

/// The words under `key`. A language that the program does not speak gets English.
pub(super) fn say(lang: Lang, key: &str) -> &'static str {
    debug_assert!(WORDS.contains_key(key), "no words for `{key}`");
    WORDS.get(key).map_or("", |words| match lang.as_str() {
        "et" => &words.et,
        "ru" => &words.ru,
        _ => &words.en,
    })
}

/// The words under `key` with `{names}` filled in, in one pass: what is filled in is never read again.
pub(super) fn fill(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = say(lang, key);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        out.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    out + rest
}

/// A label as it stands within a sentence: without its last mark, and in Estonian and English with a
/// small letter, unless it begins with an abbreviation.
pub(super) fn within_sentence(lang: Lang, label: &str) -> String {
    let label = label.trim_end_matches([':', '.', ' ']);
    let mut letters = label.chars();
    let (first, second) = (letters.next(), letters.next());
    let name = second.is_some_and(|c| c.is_uppercase() || c.is_numeric());
    match first {
        Some(first) if lang != Lang::RU && !name => first.to_lowercase().chain(label.chars().skip(1)).collect(),
        _ => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_languages_fill_in_the_same_names() {
        let names = |text: &str| -> std::collections::BTreeSet<String> {
            text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect()
        };
        for (key, words) in WORDS.iter() {
            assert_eq!(names(&words.et), names(&words.en), "{key}");
            assert_eq!(names(&words.et), names(&words.ru), "{key}");
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test may look")]
    fn nothing_is_listed_that_is_never_said() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/forms");
        let files =
            ["", "/html"].into_iter().flat_map(|sub| std::fs::read_dir(format!("{folder}{sub}")).expect("read"));
        let paths =
            files.map(|file| file.expect("a file").path()).filter(|path| path.extension().is_some_and(|e| e == "rs"));
        let source: String = paths.map(|path| std::fs::read_to_string(path).expect("read")).collect();
        // The parts of a date are said by their names.
        let said = |key: &str| {
            source.contains(&format!("\"{key}\"")) || ["form.day", "form.month", "form.year"].contains(&key)
        };
        let unsaid: Vec<_> = WORDS.keys().filter(|key| !said(key)).collect();
        assert!(unsaid.is_empty(), "{unsaid:?}");
    }

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        assert_eq!(fill(Lang::EN, "missing.enter", &[("label", "{max} {label}")]), "Enter {max} {label}");
    }

    #[test]
    fn labels_fit_into_sentences() {
        assert_eq!(within_sentence(Lang::ET, "Eesnimi"), "eesnimi");
        assert_eq!(within_sentence(Lang::ET, "IBAN"), "IBAN");
        assert_eq!(within_sentence(Lang::EN, "E-mail address"), "e-mail address");
        assert_eq!(within_sentence(Lang::RU, "Имя:"), "Имя");
    }
}
