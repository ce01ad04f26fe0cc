//! `raekoda check --spelling`: words that the Hunspell dictionaries of this computer do not know.

use std::{
    collections::{BTreeSet, HashSet},
    io::Write as _,
    process::Command,
};

use crate::{
    content::Origin,
    diagnostics::{Diagnostic, Location},
    language::Lang,
    markdown,
    site::Site,
};

/// The dictionary of each language, as Hunspell names it.
const DICTIONARIES: [(Lang, &str); 3] = [(Lang::ET, "et_EE"), (Lang::EN, "en_GB"), (Lang::RU, "ru_RU")];

/// Words of pages that no dictionary and not `known` has, at their first place in each page; or the language whose
/// dictionary is missing. Names, which begin with a capital, and short words are left alone.
pub(super) fn check(site: &Site, known: &[String]) -> (Vec<Diagnostic>, Vec<Lang>) {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (lang, dictionary) in DICTIONARIES {
        let pages: Vec<_> = site
            .entries
            .iter()
            .filter(|entry| entry.lang == lang)
            .filter_map(|entry| match &entry.origin {
                Origin::Page { file, body, .. } => Some((file, body, file.text().ok()?)),
                Origin::Row { .. } => None,
            })
            .collect();
        let all: BTreeSet<String> = pages
            .iter()
            .flat_map(|(_, body, text)| words(&markdown::plain_text(text.get((*body).clone()).unwrap_or_default())))
            .filter(|word| !known.contains(word))
            .collect();
        if all.is_empty() {
            continue;
        }
        let Some(unknown) = ask(dictionary, &all) else {
            missing.push(lang);
            continue;
        };
        for (file, body, text) in &pages {
            let plain = markdown::plain_text(text.get((*body).clone()).unwrap_or_default());
            let mut told = HashSet::new();
            for word in words(&plain).into_iter().filter(|word| unknown.contains(word)) {
                if told.insert(word.clone()) {
                    let at = text[body.start..].find(&word).map(|at| body.start + at);
                    let place = at.map(|at| Location::in_text(file.path.clone(), text, at..at + word.len()));
                    let place = place.unwrap_or_else(|| Location::file(file.path.clone()));
                    found.push(Diagnostic::new("wording.spelling").arg("word", &word).at(place));
                }
            }
        }
    }
    (found, missing)
}

fn words(text: &str) -> Vec<String> {
    let word = |word: &str| word.trim_matches('-').to_owned();
    text.split(|c: char| !c.is_alphabetic() && c != '-')
        .map(word)
        .filter(|word| word.chars().count() >= 4 && word.chars().all(|c| c.is_lowercase() || c == '-'))
        .collect()
}

/// The words that the dictionary does not know; nothing when there is no Hunspell or no such dictionary.
fn ask(dictionary: &str, words: &BTreeSet<String>) -> Option<HashSet<String>> {
    let mut list = tempfile::NamedTempFile::new().ok()?;
    words.iter().try_for_each(|word| writeln!(list, "{word}")).ok()?;
    let answer =
        Command::new("hunspell").args(["-l", "-i", "utf-8", "-d", dictionary]).arg(list.path()).output().ok()?;
    let text = String::from_utf8(answer.stdout).ok().filter(|_| answer.status.success())?;
    Some(text.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_short_words_are_left_alone() {
        assert_eq!(
            words("Kadaka vald avab e-vormi, palju-palju! WCAG 2.2"),
            ["vald", "avab", "e-vormi", "palju-palju"]
        );
    }
}
