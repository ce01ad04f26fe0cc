//! Reference numbers: what a citizen reads out on the phone.
//!
//! `TEABE-7KX2-9MWR-4HTC`: the form's prefix, eleven random characters of an alphabet without
//! look-alikes, and a check character. Every third character is a digit, so no words come about.
//! A reference is a name and not a key: nothing is shown to whoever knows only it.

/// No I, L, O, U, 0 and 1 (look-alikes), no vowels (words).
const LETTERS: &[u8] = b"BCDFGHJKMNPQRSTVWXYZ";
const DIGITS: &[u8] = b"23456789";
/// What check characters are of. Its size is a prime, so that the weighted sum finds every single
/// wrong character and every swap of neighbours; for that it has one vowel, at the end only.
const ALPHABET: &[u8] = b"23456789BCDFGHJKMNPQRSTVWXYZA";
const RANDOM_LENGTH: usize = 11;

/// A new reference; chance makes two alike about once in 10^13, and the store refuses the second.
pub(crate) fn new(prefix: &str) -> String {
    // One number for all characters: there are 20^8 * 8^3 of them, so few of its 64 bits that the rest is even.
    let mut random: u64 = rand::random();
    let body: [u8; RANDOM_LENGTH] = std::array::from_fn(|at| {
        let set = if at % 3 == 2 { DIGITS } else { LETTERS };
        let size = set.len() as u64;
        let character = set[usize::try_from(random % size).unwrap_or_default()];
        random /= size;
        character
    });
    let mut reference = String::with_capacity(prefix.len() + RANDOM_LENGTH + 4);
    reference.push_str(prefix);
    for (at, &byte) in body.iter().chain([&check_character(prefix, &body)]).enumerate() {
        if at % 4 == 0 && !reference.is_empty() {
            reference.push('-');
        }
        reference.push(char::from(byte));
    }
    reference
}

/// The reference as it is stored, from what a person typed: small letters, spaces and missing
/// dashes are accepted. `None` if the check character says that it was misread.
pub(crate) fn parse(typed: &str) -> Option<String> {
    let plain: String =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    if !plain.is_ascii() || plain.len() <= RANDOM_LENGTH {
        return None;
    }
    let (prefix, body) = plain.split_at(plain.len() - RANDOM_LENGTH - 1);
    let (random, check) = body.split_at(RANDOM_LENGTH);
    let valid = random.bytes().all(|byte| ALPHABET.contains(&byte))
        && check.as_bytes() == [check_character(prefix, random.as_bytes())];
    let dash = if prefix.is_empty() { "" } else { "-" };
    valid.then(|| format!("{prefix}{dash}{}-{}-{}", &body[..4], &body[4..8], &body[8..]))
}

fn check_character(prefix: &str, body: &[u8]) -> u8 {
    let size = ALPHABET.len();
    let value = |byte: u8| ALPHABET.iter().position(|&known| known == byte).unwrap_or(usize::from(byte) % size);
    let weigh = |sum: usize, (at, byte): (usize, u8)| (sum + value(byte) * (at % (size - 1) + 1)) % size;
    ALPHABET[prefix.bytes().chain(body.iter().copied()).enumerate().fold(0, weigh)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_no_look_alikes_and_can_be_read_back() {
        for _ in 0..500 {
            let reference = new("TEABE");
            let body = reference.strip_prefix("TEABE-").expect("prefix");
            assert_eq!(body.len(), 14);
            assert!(!body[..13].contains(['0', '1', 'I', 'L', 'O', 'U', 'A', 'E']), "{reference}");
            assert_eq!(parse(&reference).as_deref(), Some(reference.as_str()));
            assert_eq!(parse(&reference.to_lowercase().replace('-', " ")).as_deref(), Some(reference.as_str()));
        }
    }

    #[test]
    fn a_misread_character_and_a_swap_are_found() {
        for _ in 0..100 {
            let reference = new("M");
            let at = reference.len() - 3;
            for wrong in ALPHABET.iter().map(|&byte| byte as char) {
                let mut chars: Vec<char> = reference.chars().collect();
                if chars[at] != wrong {
                    chars[at] = wrong;
                    assert_eq!(parse(&chars.into_iter().collect::<String>()), None, "{reference} {wrong}");
                }
            }
            let mut chars: Vec<char> = reference.chars().collect();
            if chars[at] != chars[at + 1] {
                chars.swap(at, at + 1);
                assert_eq!(parse(&chars.into_iter().collect::<String>()), None, "{reference}");
            }
        }
    }

    #[test]
    fn other_text_is_no_reference() {
        for text in ["", "TEABE", "õõõõõõõõõõõõõõ", "0000-0000-0000", "\0"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
