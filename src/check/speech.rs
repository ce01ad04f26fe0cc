//! Which language a text is in.

use std::sync::LazyLock;

use super::words::begins_letter;
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

/// The small words as [`packed`], each with whether it is English, at the place that [`place`] names or behind it.
static KNOWN: LazyLock<[(u64, bool); PLACES]> = LazyLock::new(|| {
    let mut known = [(0, false); PLACES];
    let words = ESTONIAN.iter().map(|word| (word, false)).chain(ENGLISH.iter().map(|word| (word, true)));
    for (word, english) in words {
        let word = packed(word);
        let mut at = place(word);
        while known[at].0 != 0 && known[at].0 != word {
            at = (at + 1) % PLACES;
        }
        known[at] = (word, english);
    }
    known
});
/// Far more than there are words, so that one look is mostly enough.
const PLACES: usize = 512;

/// Where a word is looked for first.
fn place(word: u64) -> usize {
    usize::try_from(word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 55).unwrap_or_default()
}

/// The letters of a short word as one number.
fn packed(word: &str) -> u64 {
    word.bytes().fold(0, |number, byte| number << 8 | u64::from(byte))
}

/// How much of a text is looked at, in bytes: its language shows in its beginning.
const ENOUGH: usize = 320;

/// How many small words of the expected language alone tell that it is this one.
const ENOUGH_WORDS: usize = 3;

/// Guesses the language by its letters and small words. Short texts and such with few small words are unsure: a
/// wrong guess costs more than none. What begins in the language that is `expected` is not read further.
pub(super) fn guess(text: &str, expected: Lang) -> Guess {
    let known = &*KNOWN;
    let text = &text[..text.floor_char_boundary(ENOUGH)];
    let (mut letters, mut cyrillic) = (0, 0);
    let (mut words, mut estonian, mut english) = (0, 0, 0);
    let (mut word, mut length) = (0_u64, 0);
    for byte in text.bytes().chain([b' ']) {
        let begins = begins_letter(byte);
        letters += usize::from(begins);
        cyrillic += usize::from(matches!(byte, 0xD0..=0xD3));
        if begins || length > 0 && matches!(byte, 0x80..=0xBF) {
            word = word << 8 | u64::from(byte.to_ascii_lowercase());
            length += 1;
        } else if length > 0 {
            words += 1;
            let mut at = place(word);
            while length <= 8 && known[at].0 != 0 {
                if known[at].0 == word {
                    let count = if known[at].1 { &mut english } else { &mut estonian };
                    *count += 1;
                    let (hits, others) = if expected == Lang::EN { (english, estonian) } else { (estonian, english) };
                    if hits == ENOUGH_WORDS && others == 0 && cyrillic == 0 && expected != Lang::RU {
                        return Guess::Language(expected);
                    }
                    break;
                }
                at = (at + 1) % PLACES;
            }
            (word, length) = (0, 0);
        }
    }
    let enough = |hits: usize| hits >= 3 && hits * 9 >= words;
    match () {
        () if letters < 25 => Guess::Unsure,
        () if cyrillic * 10 > letters * 7 => Guess::Language(Lang::RU),
        () if cyrillic * 3 > letters => Guess::Unsure,
        () if enough(english) && english > estonian * 3 => Guess::Language(Lang::EN),
        () if enough(estonian) && estonian > english * 2 => Guess::Language(Lang::ET),
        () => Guess::Unsure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart_and_names_are_not_guessed() {
        let is = |text: &str, lang| {
            for expected in [Lang::ET, Lang::EN, Lang::RU] {
                assert_eq!(guess(text, expected), lang, "{text}");
            }
        };
        is("Taotluse saab esitada kuni aasta lõpuni ja see on tasuta.", Guess::Language(Lang::ET));
        is("You can apply until the end of the year and it is free of charge.", Guess::Language(Lang::EN));
        is("Заявление можно подать до конца года, это бесплатно.", Guess::Language(Lang::RU));
        is("Toomas Jõekäär, Žanna Sirel, Helve Kullerkupp, Kaur Nurmenukk", Guess::Unsure);
        is("WCAG 2.2 AA, EN 301 549 v3.2.1, HTML, CSS, JavaScript", Guess::Unsure);
    }
}
