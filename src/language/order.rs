//! Alphabetical order.

use std::cmp::Ordering;

use icu_collator::{
    CollatorBorrowed, CollatorPreferences, options::CollatorOptions, preferences::CollationNumericOrdering,
};

use super::Lang;

/// The alphabetical order of a language: in Estonian z and ž stand after š, and õ ä ö ü before x.
/// Digits count by their value, so that *10. klass* follows *9. klass*.
///
/// Make one for a list, not one for a comparison.
pub struct Collator(Option<CollatorBorrowed<'static>>);

impl Collator {
    /// The order of `lang`.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        let mut preferences = CollatorPreferences::from(lang.locale());
        preferences.numeric_ordering = Some(CollationNumericOrdering::True);
        Self(CollatorBorrowed::try_new(preferences, CollatorOptions::default()).ok())
    }

    /// Which of the two stands first.
    #[must_use]
    pub fn compare(&self, a: &str, b: &str) -> Ordering {
        self.0.as_ref().map_or_else(|| a.cmp(b), |collator| collator.compare(a, b))
    }

    /// A key whose bytes are in the order of the texts; for sorting long lists and grouping.
    #[must_use]
    pub fn key(&self, text: &str) -> Vec<u8> {
        let mut key = Vec::with_capacity(text.len() * 2);
        match &self.0 {
            Some(collator) => {
                let Ok(()) = collator.write_sort_key_to(text, &mut key);
            }
            None => key.extend_from_slice(text.as_bytes()),
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(lang: Lang, words: &str) -> String {
        let collator = Collator::new(lang);
        let mut words: Vec<&str> = words.split(' ').collect();
        words.sort_by_key(|word| collator.key(word));
        words.join(" ")
    }

    #[test]
    fn the_estonian_alphabet_is_in_its_order() {
        let alphabet = "a b c d e f g h i j k l m n o p q r s š z ž t u v w õ ä ö ü x y";
        let mut letters: Vec<&str> = alphabet.split(' ').collect();
        letters.reverse();
        assert_eq!(sorted(Lang::ET, &letters.join(" ")), alphabet);
        assert_eq!(
            sorted(Lang::ET, "Ääsmäe Žanna Tallinn Zoja Õnne Saue Šveits Xenia"),
            "Saue Šveits Zoja Žanna Tallinn Õnne Ääsmäe Xenia"
        );
    }

    #[test]
    fn case_and_numbers_sort_as_people_expect() {
        assert_eq!(sorted(Lang::ET, "k10 K2 k2 k9"), "k2 K2 k9 k10");
        assert_eq!(sorted(Lang::RU, "ёлка ель жук еда"), "еда ёлка ель жук");
    }

    proptest! {
        #[test]
        fn keys_and_comparisons_agree(a in ".{0,12}", b in ".{0,12}") {
            let collator = Collator::new(Lang::ET);
            prop_assert_eq!(collator.compare(&a, &b), collator.key(&a).cmp(&collator.key(&b)));
        }
    }
}
