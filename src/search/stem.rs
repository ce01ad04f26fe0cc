//! Words as the index knows them: folded, then brought to the stem of their language.

use pagefind_stem::{Algorithm, Stemmer as Snowball};
use unicode_normalization::UnicodeNormalization as _;

use super::estonian;
use crate::language::Lang;

/// Brings the forms of a word together.
pub(super) enum Stemmer {
    Estonian,
    Snowball(Snowball),
    /// No rules are known for the language: each form stands for itself.
    None,
}

impl Stemmer {
    pub(super) fn of(lang: Lang) -> Self {
        match lang.as_str() {
            "et" => Self::Estonian,
            "en" => Self::Snowball(Snowball::create(Algorithm::English)),
            "ru" => Self::Snowball(Snowball::create(Algorithm::Russian)),
            _ => Self::None,
        }
    }

    /// The stem of a folded word.
    pub(super) fn stem(&self, word: &str) -> String {
        match self {
            Self::Estonian => estonian::stem(word),
            Self::Snowball(snowball) => snowball.stem(word).into_owned(),
            Self::None => word.to_owned(),
        }
    }
}

/// Gives the folded letters of `c` to `put`: lower case, Latin letters without their marks, `ё` as
/// `е`; nothing of what only says where a word may break. `й` keeps its mark, for endings need it.
pub(super) fn fold(c: char, mut put: impl FnMut(char)) {
    match c {
        'a'..='z' | '0'..='9' => put(c),
        'A'..='Z' => put(c.to_ascii_lowercase()),
        'õ' | 'ö' | 'Õ' | 'Ö' => put('o'),
        'ä' | 'Ä' => put('a'),
        'ü' | 'Ü' => put('u'),
        '\u{ad}' => {}
        _ => {
            for c in c.to_lowercase() {
                match c {
                    'ё' => put('е'),
                    '\u{c0}'..='\u{24f}' => put(c.nfd().next().unwrap_or(c)),
                    _ => put(c),
                }
            }
        }
    }
}

/// The folded words of a text.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.nfc() {
        if c.is_alphanumeric() || c == '\u{ad}' {
            if let Some(word) = words.last_mut() {
                fold(c, |c| word.push(c));
            }
        } else if words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Words that say nothing of what a page is about.
pub(super) fn stop_words(lang: Lang) -> &'static str {
    match lang.as_str() {
        "et" => {
            "ja ning voi ega ei on oli ole olla oled olen kui et see selle seda need neid nende mis mida mille kes keda \
             kelle kus kust kuhu kuidas miks millal milline kas ka siis aga kuid sest nii nagu ma mina me meie te teie \
             ta tema nad saab saan saada pean peab vaja voib koik iga oma palju mul minu"
        }
        "en" => {
            "the a an and or of to in on at for from by with is are was be it its this that do does how what where when who i my you your we our can"
        }
        "ru" => {
            "и в во на с со к ко о об от до по за из у не что как это где когда кто я мы вы он она они для или а но же ли"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_case_do_not_matter() {
        assert_eq!(
            words("Õppetöö, ŠOKOLAAD – žürii; e-post 2026. Ёлка й"),
            ["oppetoo", "sokolaad", "zurii", "e", "post", "2026", "елка", "й"]
        );
        assert_eq!(words("lume\u{ad}tõrje o\u{303}u"), ["lumetorje", "ou"]);
    }

    #[test]
    fn each_language_has_its_stems() {
        assert_eq!(Stemmer::of(Lang::EN).stem("services"), "servic");
        assert_eq!(Stemmer::of(Lang::RU).stem("услугами"), "услуг");
        assert_eq!(Stemmer::of(Lang::ET).stem("teenustele"), Stemmer::of(Lang::ET).stem("teenus"));
    }
}
