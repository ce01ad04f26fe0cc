//! A light stemmer for Estonian: all forms of a word come to one stem, which need not be a word.
//!
//! It takes folded words (`oauo` for `õäüö`): half of what people type into a search field has no
//! marks. It strips one case ending, one ending of plural or person, the vowels at the end and what
//! is left of a suffix, and makes the gradation of the last consonants even (`linn`, `linna`; `vald`,
//! `valla`). What genitives hide (`luba`, `loa`) is a table. The table is published with the index and
//! `search.js` of the theme follows the same steps; `tests/search` holds the two together.

use std::{collections::BTreeMap, sync::LazyLock};

/// The table as it is published.
pub(super) const TABLE: &str = include_str!("estonian.json");

#[derive(serde::Deserialize)]
struct Table {
    cases: Vec<String>,
    long: Vec<String>,
    kept: Vec<String>,
    tails: BTreeMap<String, String>,
    words: BTreeMap<String, String>,
}

static RULES: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(TABLE).unwrap_or_else(|_| unreachable!()));

/// The stem of a folded word.
pub(super) fn stem(word: &str) -> String {
    let rules = &*RULES;
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    if let Some(known) = rules.irregular(word) {
        return known;
    }
    if word.len() < 4 || rules.kept.iter().any(|end| word.ends_with(end.as_str())) {
        return even(word);
    }
    let (mut rest, cased) = match rules.case(word) {
        Case::Known(stem) => return stem,
        Case::Stripped(rest) => (rest, true),
        Case::None => (word, false),
    };
    rest = rules.number(rest, cased);
    if let Some(known) = rules.irregular(rest) {
        return known;
    }
    rest = bare(rest);
    if rest.len() >= 5 && rest.ends_with(['s', 'n']) && ends_in_vowel(chop(rest, 1)) && !is_long(chop(rest, 1)) {
        rest = bare(chop(rest, 1));
    }
    // Verbal nouns: `kaasamine`, `kaasama`.
    if rest.len() >= 6 && rest.ends_with('m') && ends_in(chop(rest, 1), "aeiu") && !ends_in_vowel(chop(rest, 2)) {
        rest = chop(rest, 2);
    }
    let stem = even(rest);
    rules.irregular(&stem).unwrap_or(stem)
}

/// A word of three letters that stands in compounds: `maa`, `vee`, `loa`.
pub(super) fn is_short_word(word: &str) -> bool {
    let rules = &*RULES;
    rules.long.iter().any(|long| long == word) || rules.tails.contains_key(word) || rules.words.contains_key(word)
}

enum Case<'w> {
    Known(String),
    Stripped(&'w str),
    None,
}

impl Table {
    /// The stem of a word whose forms no rule joins, also at the end of a compound.
    fn irregular(&self, word: &str) -> Option<String> {
        if let Some(stem) = self.words.get(word) {
            return Some(stem.clone());
        }
        self.tails.iter().find_map(|(tail, stem)| {
            let before = word.strip_suffix(tail.as_str())?;
            (before.is_empty() || before.len() >= 3).then(|| format!("{before}{stem}"))
        })
    }

    /// Strips an ending of a case from a genitive, which ends with a vowel.
    fn case<'w>(&self, word: &'w str) -> Case<'w> {
        if word.ends_with("us") || word.ends_with("is") {
            return Case::None;
        }
        for ending in &self.cases {
            let Some(rest) = word.strip_suffix(ending.as_str()) else { continue };
            if !ends_in_vowel(rest) {
                continue;
            }
            if let Some(stem) = self.irregular(rest) {
                return Case::Known(stem);
            }
            let short = ending.len() == 1;
            let fits = if is_long(rest) { !short || self.is_long_word(rest) } else { !short || rest.len() >= 4 };
            if rest.len() >= 3 && fits {
                return Case::Stripped(rest);
            }
        }
        Case::None
    }

    /// Strips an ending of the plural, of the partitive or of a verb.
    fn number<'w>(&self, word: &'w str, cased: bool) -> &'w str {
        let strip = |ending: &str| word.strip_suffix(ending).filter(|rest| rest.len() >= 3);
        let vowel = |ending: &str| strip(ending).filter(|rest| ends_in_vowel(rest));
        if let Some(rest) = strip("ide") {
            return rest;
        }
        if let Some(rest) = vowel("de").filter(|rest| rest.len() > 3 || cased || self.is_long_word(rest)) {
            return rest;
        }
        if let Some(rest) = strip("te").filter(|rest| ends_in(rest, "aeioulrs") && (cased || rest.len() > 4)) {
            return rest;
        }
        if cased {
            return word;
        }
        let long = |ending: &str| vowel(ending).filter(|rest| rest.len() >= 4);
        if let Some(rest) = vowel("sid").or_else(|| long("takse")).or_else(|| long("dakse")).or_else(|| long("vad")) {
            return rest;
        }
        if let Some(rest) = long("tud").or_else(|| long("da")).or_else(|| vowel("d")).or_else(|| vowel("b")) {
            return rest;
        }
        let partitive =
            |rest: &&str| (ends_in(rest, "aeious") && rest.len() > 3 && !is_long(rest)) || rest.ends_with("ii");
        strip("t").filter(partitive).unwrap_or(word)
    }

    /// One of the few genitives that end with a long vowel, alone or at the end of a compound.
    fn is_long_word(&self, word: &str) -> bool {
        self.long
            .iter()
            .any(|long| word.strip_suffix(long.as_str()).is_some_and(|rest| rest.is_empty() || rest.len() > 2))
    }
}

fn chop(word: &str, letters: usize) -> &str {
    &word[..word.len().saturating_sub(letters)]
}

fn ends_in(word: &str, letters: &str) -> bool {
    word.chars().next_back().is_some_and(|last| letters.contains(last))
}

fn ends_in_vowel(word: &str) -> bool {
    ends_in(word, "aeiou")
}

/// The word ends with a long vowel.
fn is_long(word: &str) -> bool {
    ["aa", "ee", "ii", "oo", "uu"].iter().any(|vowel| word.ends_with(vowel))
}

/// Without the vowels at the end; three letters stay.
fn bare(word: &str) -> &str {
    let mut rest = word;
    while rest.len() > 3 && ends_in_vowel(rest) {
        rest = chop(rest, 1);
    }
    rest
}

/// Makes the grades of the last consonants even: `linn` and `lin`, `vald` and `val`, `number` and `numbr`.
fn even(word: &str) -> String {
    let mut stem = word.to_owned();
    let last = |stem: &str, back: usize| stem.as_bytes().get(stem.len().wrapping_sub(back)).copied().unwrap_or(b' ');
    let is_vowel = |letter: u8| b"aeiou".contains(&letter);
    if last(&stem, 1) == last(&stem, 2) && !is_vowel(last(&stem, 1)) {
        stem.pop();
    }
    if [&b"ld"[..], b"lt", b"nd", b"nt", b"mb", b"rd", b"rt"].iter().any(|pair| stem.as_bytes().ends_with(pair)) {
        stem.pop();
    }
    let syllable = last(&stem, 2) == b'e' && b"rl".contains(&last(&stem, 1));
    if syllable && last(&stem, 3).is_ascii_alphabetic() && !is_vowel(last(&stem, 3)) {
        stem.remove(stem.len() - 2);
    }
    let hard = match last(&stem, 1) {
        b'b' => 'p',
        b'd' => 't',
        b'g' => 'k',
        _ => return stem,
    };
    stem.pop();
    stem.push(hard);
    stem
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            "lasteaed lasteaia lasteaeda lasteaias lasteaiast lasteaiad lasteaedade lasteaedadesse",
            "lasteaiakoht lasteaiakoha lasteaiakohta lasteaiakohad lasteaiakohtade",
            "toetus toetuse toetust toetused toetuste toetusi toetustega",
            "luba loa loaga load lubade",
            "vald valla valda vallas vallad valdade",
            "taotlema taotlen taotlus taotluse taotluste",
            "registreerima registreerimine registreerida registreeritud registreerib",
            "number numbri numbrit numbrid numbrite",
            "teenus teenuse teenust teenused teenuste teenustele",
        ] {
            let stems: Vec<String> = forms.split(' ').map(stem).collect();
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{forms}: {stems:?}");
        }
    }

    /// The words of the example municipality; the theme's script is tested on the same table.
    #[test]
    fn the_table_of_forms_holds() {
        for line in include_str!("../../tests/search/forms.et.tsv").lines() {
            let (word, wanted) = line.split_once('\t').unwrap();
            assert_eq!(stem(word), wanted, "{word}");
        }
    }

    #[test]
    fn words_that_are_not_estonian_letters_stay() {
        assert_eq!(stem("2026"), "2026");
        assert_eq!(stem("волость"), "волость");
    }

    proptest! {
        #[test]
        fn any_word_has_a_stem(word in "\\PC{0,24}") {
            prop_assert_eq!(stem(&word).is_empty(), word.is_empty());
        }
    }
}
