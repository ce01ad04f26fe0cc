//! Which language a text is in.

use std::{collections::HashMap, sync::LazyLock};

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

/// Each small word: whether Estonian has it, and whether English.
static KNOWN: LazyLock<HashMap<&str, (usize, usize)>> = LazyLock::new(|| {
    let mut known: HashMap<&str, (usize, usize)> = HashMap::new();
    for word in ESTONIAN {
        known.entry(word).or_default().0 = 1;
    }
    for word in ENGLISH {
        known.entry(word).or_default().1 = 1;
    }
    known
});

/// Guesses the language by its letters and small words. Short texts and such with few small words are unsure: a
/// wrong guess costs more than none.
pub(super) fn guess(text: &str) -> Guess {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let cyrillic = text.chars().filter(|c| matches!(c, '\u{400}'..='\u{4ff}')).count();
    if letters < 25 {
        return Guess::Unsure;
    }
    if cyrillic * 10 > letters * 7 {
        return Guess::Language(Lang::RU);
    }
    let (mut words, mut estonian, mut english) = (0, 0, 0);
    let mut lower = String::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        // The longest small word has seven bytes or so.
        if word.len() <= 8 {
            lower.clear();
            lower.extend(word.chars().flat_map(char::to_lowercase));
            let (one, other) = KNOWN.get(lower.as_str()).copied().unwrap_or_default();
            estonian += one;
            english += other;
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
