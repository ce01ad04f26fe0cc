//! What a shard says of a stem: the pages that have it, by what that is worth, in printable letters.
//!
//! A list is runs, the best first, with a point between them: a letter for the level, then the pages'
//! numbers in order, each as its distance from the one before. A number is written with five bits in a
//! letter, the lowest first; a letter of the second half of the alphabet says that more follow. The
//! browser finds a line by searching text and reads it letter by letter: nothing is parsed as a whole.

/// 64 letters that JSON and HTTP leave alone; their order is that of their codes' use in `search.js`.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Steps in which a level's worth doubles.
const STEPS: f32 = 6.0;
/// The worth of level 0.
const LEAST: f32 = 0.05;

/// The level of a score: its logarithm, in steps of an eighth or so.
pub(super) fn level(score: f32) -> u8 {
    let level = ((score / LEAST).max(1.0).log2() * STEPS).round();
    // Rust's cast keeps to the range; `min` keeps to the alphabet.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let level = level as u8;
    level.min(63)
}

/// Writes a list; `pages` are `(page, level)` in order of the pages.
pub(super) fn write(text: &mut String, pages: &[(u32, u8)]) {
    let mut by_level: [Vec<u32>; LETTERS.len()] = [const { Vec::new() }; LETTERS.len()];
    for (page, level) in pages {
        by_level[usize::from(*level) % LETTERS.len()].push(*page);
    }
    let runs = (0..64).zip(&by_level).rev().filter(|(_, pages)| !pages.is_empty());
    for (run, (level, pages)) in runs.enumerate() {
        if run > 0 {
            text.push('.');
        }
        letter(text, level);
        let mut before = 0;
        for page in pages {
            number(text, page - before);
            before = *page;
        }
    }
}

/// Writes a number with five bits in a letter.
pub(super) fn number(text: &mut String, number: u32) {
    let mut rest = number;
    while rest >= 32 {
        letter(text, 32 + rest % 32);
        rest /= 32;
    }
    letter(text, rest);
}

fn letter(text: &mut String, value: u32) {
    text.push(char::from(LETTERS[value as usize % 64]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_come_first() {
        let mut text = String::new();
        write(&mut text, &[(0, 3), (2, 10), (40, 3), (1100, 3)]);
        // Level 10 (K): page 2 (C). Level 3 (D): 0 (A), 40 (oB), 1060 further (kBB).
        assert_eq!(text, "KC.DAoBkhB");
    }

    #[test]
    fn levels_grow_with_the_score() {
        assert_eq!(level(0.0), 0);
        assert_eq!(level(LEAST * 2.0), 6);
        assert!(level(25.0) < 63);
        assert_eq!(level(f32::INFINITY), 63);
    }
}
