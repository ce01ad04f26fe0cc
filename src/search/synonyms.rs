//! Words of one meaning: those that Estonian towns and parishes use for the same thing, and the site's own.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::stem::{Stemmer, words};
use crate::language::Lang;

/// Groups that come with the program, a line each.
fn shipped(lang: Lang) -> &'static str {
    match lang.as_str() {
        "et" => include_str!("synonyms.et.txt"),
        "en" => include_str!("synonyms.en.txt"),
        "ru" => include_str!("synonyms.ru.txt"),
        _ => "",
    }
}

/// For each stem its synonyms' stems, as far as the site has them.
pub(super) fn of_site(
    lang: Lang,
    own: &[Vec<String>],
    stemmer: &Stemmer,
    known: &HashSet<&str>,
) -> BTreeMap<String, Vec<String>> {
    let lines = shipped(lang).lines().filter(|line| !line.starts_with('#'));
    let lines = lines.map(|line| line.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>());
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for group in lines.chain(own.iter().cloned()) {
        let stems: BTreeSet<String> =
            group.iter().flat_map(|word| words(word)).map(|word| stemmer.stem(&word)).collect();
        for stem in &stems {
            let others = stems.iter().filter(|other| *other != stem && known.contains(other.as_str()));
            all.entry(stem.clone()).or_default().extend(others.cloned());
        }
    }
    all.into_iter()
        .filter(|(_, others)| !others.is_empty())
        .map(|(stem, all)| (stem, all.into_iter().collect()))
        .collect()
}

/// A group in which no two words differ as the search sees them says nothing: `laps, lapsed`.
pub fn says_nothing(lang: Lang, group: &[String]) -> bool {
    let stemmer = Stemmer::of(lang);
    let stems: BTreeSet<String> = group.iter().flat_map(|word| words(word)).map(|word| stemmer.stem(&word)).collect();
    stems.len() < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_site_has_is_a_synonym() {
        let stemmer = Stemmer::of(Lang::ET);
        let waste = stemmer.stem("jaatmed");
        let known = HashSet::from([waste.as_str()]);
        let all = of_site(Lang::ET, &[vec!["sodi".into(), "jäätmed".into()]], &stemmer, &known);
        assert_eq!(all.get(&stemmer.stem("sodi")), Some(&vec![waste.clone()]));
        assert_eq!(all.get(&stemmer.stem("prugi")), Some(&vec![waste]));
    }

    /// A synonym of a synonym is none, so that groups that lead to each other in a circle lead nowhere further.
    #[test]
    fn groups_may_form_a_circle() {
        let stemmer = Stemmer::of(Lang::EN);
        let known = HashSet::from(["a1", "b1", "c1"]);
        let groups = [["a1", "b1"], ["b1", "c1"], ["c1", "a1"]].map(|group| group.map(ToOwned::to_owned).to_vec());
        let all = of_site(Lang::EN, &groups, &stemmer, &known);
        for (word, others) in [("a1", ["b1", "c1"]), ("b1", ["a1", "c1"]), ("c1", ["a1", "b1"])] {
            assert_eq!(all.get(word).unwrap(), &others);
        }
        let chain = of_site(Lang::EN, &groups[..2], &stemmer, &known);
        assert_eq!(chain.get("a1").unwrap(), &["b1"]);
    }

    #[test]
    fn shipped_groups_say_something() {
        for lang in [Lang::ET, Lang::EN, Lang::RU] {
            for line in shipped(lang).lines().filter(|line| !line.starts_with('#')) {
                let group: Vec<String> = line.split_whitespace().map(ToOwned::to_owned).collect();
                assert!(!says_nothing(lang, &group), "{line}");
            }
        }
    }
}
