//! Which language a text is in.

use std::sync::LazyLock;

use crate::language::Lang;

/// What a text seems to be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    /// This language.
    Language(Lang),
    /// Too little to tell, or names and numbers.
    Unsure,
}

/// Small words that nearly every sentence of a language has and those of the others have not.
const ESTONIAN: &[&str] = &[
    "ja", "on", "ei", "et", "kui", "see", "ning", "või", "ka", "oma", "mis", "kes", "saab", "tuleb", "peab", "seda",
    "selle", "kuni", "aga", "nii", "siis", "teie", "meie", "üle", "alates", "eest", "järgi", "kohta", "juures",
    "pärast", "enne", "kõik", "ole", "olla", "oli", "mille", "mida", "kuidas", "palun", "vald", "valla", "valda",
    "koos", "ning", "jaoks", "vastu", "väga",
];
const ENGLISH: &[&str] = &[
    "the", "and", "of", "to", "is", "are", "for", "you", "your", "with", "that", "this", "from", "be", "or", "by",
    "at", "not", "have", "has", "will", "can", "must", "if", "which", "an", "it", "was", "were", "when", "who",
    "please", "we", "our", "their",
];

/// The small words as [`packed`], in order, and whether each is English.
static KNOWN: LazyLock<Vec<(u64, bool)>> = LazyLock::new(|| {
    let mut known: Vec<(u64, bool)> = ESTONIAN.iter().map(|word| (packed(word), false)).collect();
    known.extend(ENGLISH.iter().map(|word| (packed(word), true)));
    known.sort_unstable();
    known.dedup();
    known
});

/// The letters of a short word, in lower case, as one number; longer words have none.
fn packed(word: &str) -> u64 {
    let mut number = 0;
    if word.len() > 8 {
        return number;
    }
    for byte in word.bytes() {
        number = number << 8 | u64::from(byte.to_ascii_lowercase());
    }
    number
}

/// Guesses the language by its letters and small words. Short texts and such with few small words are unsure: a
/// wrong guess costs more than none.
pub(super) fn guess(text: &str) -> Guess {
    let (mut letters, mut cyrillic) = (0, 0);
    for c in text.chars() {
        letters += usize::from(c.is_alphabetic());
        cyrillic += usize::from(matches!(c, '\u{400}'..='\u{4ff}'));
    }
    if letters < 25 {
        return Guess::Unsure;
    }
    if cyrillic * 10 > letters * 7 {
        return Guess::Language(Lang::RU);
    }
    let (mut words, mut estonian, mut english) = (0, 0, 0);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        let word = packed(word);
        if let Ok(at) = KNOWN.binary_search_by_key(&word, |(known, _)| *known) {
            if KNOWN[at].1 {
                english += 1;
            } else {
                estonian += 1;
            }
        }
    }
    let enough = |hits: usize| hits >= 3 && hits * 9 >= words;
    if cyrillic * 3 > letters {
        Guess::Unsure
    } else if enough(english) && english > estonian * 3 {
        Guess::Language(Lang::EN)
    } else if enough(estonian) && estonian > english * 2 {
        Guess::Language(Lang::ET)
    } else {
        Guess::Unsure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart_and_names_are_not_guessed() {
        let is = |text: &str, lang| assert_eq!(guess(text), lang, "{text}");
        is("Taotluse saab esitada kuni aasta lõpuni ja see on tasuta.", Guess::Language(Lang::ET));
        is("You can apply until the end of the year and it is free of charge.", Guess::Language(Lang::EN));
        is("Заявление можно подать до конца года, это бесплатно.", Guess::Language(Lang::RU));
        is("Toomas Jõekäär, Žanna Sirel, Helve Kullerkupp, Kaur Nurmenukk", Guess::Unsure);
        is("WCAG 2.2 AA, EN 301 549 v3.2.1, HTML, CSS, JavaScript", Guess::Unsure);
    }
}
