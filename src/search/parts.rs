//! Compounds: `prügiveograafik` is found by `prügi`, `vedu` and `graafik`, when the site itself has these.

use rustc_hash::FxHashSet;

use super::{estonian, stem::Stemmer};

/// What the first part of a compound is worth, measured by the whole word.
const MODIFIER: f32 = 0.35;
/// What the last part is worth: it says what the thing is.
const HEAD: f32 = 0.5;
/// The shortest first part, in letters; the last may be as short when it is a known word of three.
const SHORTEST: usize = 3;

/// The stems of a folded word's parts, with what each is worth. Empty for a word that is no compound.
pub(super) fn parts(word: &str, stemmer: &Stemmer, known: &FxHashSet<String>) -> Vec<(String, f32)> {
    if !matches!(stemmer, Stemmer::Estonian) || word.len() < 7 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some((before, head)) = split(rest, known) {
        let worth = if parts.is_empty() { HEAD } else { MODIFIER };
        parts.push((head, worth));
        rest = before;
    }
    if !parts.is_empty() {
        parts.push((estonian::stem(rest), MODIFIER));
    }
    parts
}

/// Cuts off the last part, the longest that the site knows, when it knows what is left as well.
fn split<'w>(word: &'w str, known: &FxHashSet<String>) -> Option<(&'w str, String)> {
    (SHORTEST..=word.len().checked_sub(SHORTEST)?).find_map(|at| {
        let (before, last) = word.split_at(at);
        if last.len() < 4 && !estonian::is_short_word(last) {
            return None;
        }
        if before.len() < 4 && !estonian::is_short_word(before) && !known.contains(before) {
            return None;
        }
        let head = estonian::stem(last);
        let knows_rest = || known.contains(&estonian::stem(before)) || split(before, known).is_some();
        (known.contains(&head) && knows_rest()).then_some((before, head))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Lang;

    #[test]
    fn a_compound_is_cut_where_the_site_knows_both_sides() {
        let known =
            ["lasteaed", "koht", "prugi", "vedu", "graafik", "toetus"].map(estonian::stem).into_iter().collect();
        let of = |word: &str| -> Vec<String> {
            parts(word, &Stemmer::of(Lang::ET), &known).into_iter().map(|(stem, _)| stem).collect()
        };
        assert_eq!(of("lasteaiakohtadele"), [estonian::stem("koht"), estonian::stem("lasteaed")]);
        assert_eq!(of("prugiveograafik"), ["graafik", "vedu", "prugi"].map(estonian::stem));
        assert!(of("toetustega").is_empty());
    }
}
