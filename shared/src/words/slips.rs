//! Words that are one slip apart: a letter too many, too few, another, or two that changed places.
//!
//! Words are found by what remains of them without one letter, as SymSpell does it: two words that are one slip apart
//! have such a remainder in common. Only the first eight letters count for that, and a slip after them leaves them as they are.

use std::collections::BTreeSet;

use super::scripts::{Kind, clusters, kind};

/// How many letters of a word count.
const PREFIX: usize = 8;
/// Shorter words are not corrected: too many are one slip apart.
const SHORTEST: usize = 4;
/// A syllable of Hangul has two letters or three.
const SHORTEST_HANGUL: usize = 2;

/// Returns whether a slip in a word can be corrected. A digit is no slip.
pub fn is_correctable(word: &str) -> bool {
    let mut letters = word.chars();
    let Some(first) = letters.next() else { return false };
    let shortest = match kind(first, Kind::Gap) {
        Kind::Spaced => SHORTEST,
        Kind::Hangul => SHORTEST_HANGUL,
        Kind::Pairs | Kind::Clusters | Kind::Gap => return false,
    };
    word.chars().all(|letter| !letter.is_numeric() && !letter.is_ascii_punctuation())
        && clusters(word).len() >= shortest
}

/// Returns the remainders of a word by which it and its neighbours are found: its beginning, and that less each letter.
pub fn deletions(word: &str) -> Vec<String> {
    let letters: Vec<&str> = clusters(word).into_iter().take(PREFIX).collect();
    let less = |index: usize| letters[..index].concat() + &letters[index + 1..].concat();
    let all: BTreeSet<String> = (0..letters.len()).map(less).chain([letters.concat()]).collect();
    all.into_iter().filter(|remainder| !remainder.is_empty()).collect()
}

/// Returns whether two different words are one slip apart.
pub fn is_one_slip(one: &str, other: &str) -> bool {
    let (one, other) = (clusters(one), clusters(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let same = short.iter().zip(&long).take_while(|(one, other)| one == other).count();
    let (short, long) = (&short[same..], &long[same..]);
    match (short, long) {
        ([], [_]) => true,
        ([a, b, rest @ ..], [c, d, others @ ..]) if a == d && b == c && rest == others => true,
        ([_, rest @ ..], [_, others @ ..]) if rest == others => true,
        (rest, [_, others @ ..]) => rest == others,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{deletions, is_correctable, is_one_slip};

    #[test]
    fn se51_se52_se53_a_slip_is_one_letter_or_two_that_changed_places() {
        for (wrong, right) in [
            ("hobit", "hobbit"),
            ("hobbti", "hobbit"),
            ("silmarilion", "silmarillion"),
            ("tolkein", "tolkien"),
            ("dine", "dune"),
        ] {
            assert!(is_one_slip(wrong, right), "{wrong}");
        }
        assert!(!is_one_slip("hobbit", "hobbit") && !is_one_slip("hbit", "hobbit") && !is_one_slip("abcd", "badc"));
        assert!(is_correctable("dune") && !is_correctable("cat") && !is_correctable("1984") && !is_correctable("東京"));
        assert!(is_correctable("채식주의자") && is_one_slip("채식주이자", "채식주의자"));
    }

    proptest! {
        #[test]
        fn two_words_that_are_one_slip_apart_have_a_remainder_in_common(word in "[a-e]{4,14}", at in 0_usize..14, letter in "[a-f]", how in 0..4) {
            let mut letters: Vec<char> = word.chars().collect();
            let at = at % letters.len();
            let letter = letter.chars().next().expect("a letter");
            match how {
                0 => letters[at] = letter,
                1 => letters.insert(at, letter),
                2 => drop(letters.remove(at)),
                _ => if at + 1 < letters.len() { letters.swap(at, at + 1) },
            }
            let wrong: String = letters.into_iter().collect();
            prop_assume!(wrong != word);
            prop_assert!(is_one_slip(&wrong, &word), "{} {}", wrong, word);
            let ours = deletions(&word);
            prop_assert!(deletions(&wrong).iter().any(|one| ours.contains(one)), "{} {}", wrong, word);
        }
    }
}
