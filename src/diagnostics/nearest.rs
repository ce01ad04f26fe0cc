//! "Did you mean": the known name that was probably meant.

use std::borrow::Cow;

/// More letters than these are no slip of the hand.
const MOST: usize = 8;

/// How often each letter comes; letters that share a place count as one.
type Letters = [u8; 64];

/// The one of `candidates` that `wrong` was probably meant to be.
///
/// A site has ten thousands of candidates, and a folder that was renamed thousands of wrong names: nearly all are set
/// aside by their letters, before their order is looked at.
#[must_use]
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = lower(wrong);
    let (letters, length) = letters(&wanted);
    let mut best: Option<(usize, &str)> = None;
    for name in candidates {
        let folded = lower(name);
        let (theirs, theirs_length) = self::letters(&folded);
        let most = (length.max(theirs_length) / 3).clamp(1, MOST);
        let most = best.map_or(most, |(distance, _)| distance.min(most));
        if length.abs_diff(theirs_length) > most || least(&letters, &theirs) > most {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&wanted, &folded);
        if distance <= most && best.is_none_or(|best| (distance, name) < best) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.to_lowercase())
    }
}

/// The letters of a name, and how many there are.
fn letters(name: &str) -> (Letters, usize) {
    let mut letters = [0; 64];
    let mut length = 0;
    for c in name.chars() {
        let count: &mut u8 = &mut letters[c as usize % 64];
        *count = count.saturating_add(1);
        length += 1;
    }
    (letters, length)
}

/// The fewest letters that have to be put in, taken out or replaced.
fn least(a: &Letters, b: &Letters) -> usize {
    let more = |a: &Letters, b: &Letters| a.iter().zip(b).map(|(a, b)| usize::from(a.saturating_sub(*b))).sum();
    usize::max(more(a, b), more(b, a))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("pubished", ["published", "updated"]), Some("published"));
        assert_eq!(nearest("Published", ["updated", "published"]), Some("published"));
        assert_eq!(nearest("xyz", ["published", "updated"]), None);
        assert_eq!(nearest("vald/ajalgu", ["uudised/talv", "vald/ajalugu"]), Some("vald/ajalugu"));
    }

    proptest! {
        #[test]
        fn no_near_name_is_set_aside_by_its_letters(a in "[a-cõü]{0,12}", b in "[a-cõü]{0,12}") {
            let (left, right) = (letters(&a).0, letters(&b).0);
            prop_assert!(least(&left, &right) <= strsim::damerau_levenshtein(&a, &b));
        }
    }
}
