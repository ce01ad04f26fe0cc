//! Addresses from titles.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longer addresses are cut at a word; file systems allow 255 bytes for a name.
const MAX_LENGTH: usize = 100;

/// The part of an address that stands for `text`: lower-case ASCII letters, digits and single hyphens.
///
/// Estonian letters are folded (õäöü → oaou, šž → sz), as the state's shared web platform (OVP) folds
/// them; Cyrillic is transliterated as English readers expect it (BGN/PCGN, simplified: `ё` is `e`,
/// since half of the texts write it so). Both Unicode normal forms of a text give the same address.
/// It is never empty: of a text without a letter it is made of a hash.
#[must_use]
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    if text.chars().all(is_whole) {
        fill(&mut slug, text.chars());
    } else {
        fill(&mut slug, text.nfc());
    }
    if slug.len() > MAX_LENGTH {
        slug.truncate(MAX_LENGTH);
        if let Some(word) = slug.rfind('-').filter(|at| *at > MAX_LENGTH / 2) {
            slug.truncate(word);
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    if slug.is_empty() {
        slug = format!("x-{}", &blake3::hash(text.nfc().collect::<String>().as_bytes()).to_hex()[..8]);
    }
    slug
}

/// Whether a text of such characters is in normal form C: Latin and Cyrillic letters, none that joins another.
/// Nearly all texts are, and to normalise takes ten times as long as all else.
fn is_whole(c: char) -> bool {
    c < '\u{300}' || matches!(c, '\u{400}'..='\u{482}' | '–' | '—' | '„' | '“' | '”' | '«' | '»' | '’')
}

fn fill(slug: &mut String, text: impl Iterator<Item = char>) {
    for c in text {
        if c.is_ascii() {
            push(slug, c.to_ascii_lowercase());
        } else {
            c.to_lowercase().for_each(|c| push(slug, c));
        }
        if slug.len() > MAX_LENGTH {
            break;
        }
    }
}

fn push(slug: &mut String, c: char) {
    if c.is_ascii_alphanumeric() {
        slug.push(c);
    } else if let Some(letters) = letters(c) {
        slug.push_str(letters);
    } else if !is_combining_mark(c) {
        let before = slug.len();
        if !c.is_ascii() {
            for part in std::iter::once(c).nfkd().flat_map(char::to_lowercase) {
                match letters(part) {
                    Some(letters) => slug.push_str(letters),
                    None if part.is_ascii_alphanumeric() => slug.push(part),
                    None => {}
                }
            }
        }
        if slug.len() == before && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
}

/// What stands for `c`, where that is not its letter without marks. Apostrophes and invisible
/// characters stand for nothing: they are inside words.
#[allow(clippy::match_same_arms)] // A table, read by alphabet.
fn letters(c: char) -> Option<&'static str> {
    Some(match c {
        '\'' | '’' | 'ʼ' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => "",
        'õ' | 'ö' => "o",
        'ä' => "a",
        'ü' => "u",
        'š' => "s",
        'ž' => "z",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ð' | 'đ' => "d",
        'þ' => "th",
        'ł' => "l",
        'ı' => "i",
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'є' => "ye",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' => "i",
        'ї' => "yi",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_become_addresses() {
        let cases = [
            ("Õppekäik Šveitsi: ööülikool & „Žürii“", "oppekaik-sveitsi-ooulikool-zurii"),
            ("  Jäätmevedu – 2026/2027. aasta  ", "jaatmevedu-2026-2027-aasta"),
            ("KOV'i volikogu", "kovi-volikogu"),
            ("50 m² ja ½ hinda", "50-m2-ja-12-hinda"),
            ("Ключевые слова", "klyuchevye-slova"),
            ("Объявления и съёмка", "obyavleniya-i-semka"),
            ("Straße, Ångström, Łódź", "strasse-angstrom-lodz"),
            ("ﬁnants\u{ad}plaan", "finantsplaan"),
        ];
        for (title, address) in cases {
            assert_eq!(slug(title), address, "{title}");
        }
    }

    #[test]
    fn a_text_without_letters_still_has_an_address() {
        insta::assert_snapshot!(slug("!?"), @"x-88258059");
        insta::assert_snapshot!(slug("你好"), @"x-3797e2a0");
        assert_ne!(slug("!?"), slug("?!"));
    }

    #[test]
    fn long_titles_end_at_a_word() {
        assert_eq!(slug(&"pikk pealkiri ".repeat(20)), ["pikk-pealkiri"; 7].join("-"));
        assert_eq!(slug(&"a".repeat(500)).len(), MAX_LENGTH);
    }

    proptest! {
        #[test]
        fn an_address_is_always_clean_and_the_same_for_both_normal_forms(text in any::<String>()) {
            let address = slug(&text);
            prop_assert!(!address.is_empty() && address.len() <= MAX_LENGTH);
            prop_assert!(address.bytes().all(|b| b == b'-' || b.is_ascii_lowercase() || b.is_ascii_digit()));
            prop_assert!(!address.starts_with('-') && !address.ends_with('-') && !address.contains("--"));
            prop_assert_eq!(&address, &slug(&text.nfd().collect::<String>()));
            prop_assert_eq!(&address, &slug(&address));
        }
    }
}
