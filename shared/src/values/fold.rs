//! Folded text, for searching and sorting: without case, accents, invisible characters or extra spaces.

use icu_properties::CodePointMapData;
use icu_properties::props::Script;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::characters::{digit, is_dash, is_ignorable, is_quote, is_stretch};

/// The version of [`fold`]. Keys of stored texts are folded: whoever changes what `fold` returns raises the version, and
/// the next start of the local runner, or `cargo run -p local -- refold`, rewrites the keys.
pub const FOLD_VERSION: u32 = 2;

/// Returns text in folded form: `"  Éloge de l’Ombre"` → `"eloge de l'ombre"`.
///
/// Latin letters lose their accents and strokes; dashes, quotation marks and digits become those of ASCII. Other
/// scripts keep their letters, because 東京 in Latin letters would equal other titles.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Before the decomposition, which makes spaces of some apostrophes (´).
    let marks = text.chars().map(|letter| if is_quote(letter) { '\'' } else { letter });
    for letter in marks.nfkd().filter(|&letter| !is_ignorable(letter) && !is_stretch(letter)) {
        for letter in caseless(letter).filter(|&letter| !is_accent(letter)) {
            push_plain(letter, &mut folded);
        }
    }
    let words = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    words.nfc().collect()
}

/// Returns a letter without case: letters with the same upper case become equal (ß and ss, ς and σ, ı and i). The first
/// step is lower case, because ẞ has no other upper case.
pub(super) fn caseless(letter: char) -> impl Iterator<Item = char> {
    letter.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// Adds a letter in its plain spelling.
fn push_plain(letter: char, folded: &mut String) {
    match letter {
        _ if letter.is_ascii() => folded.push(if is_quote(letter) { '\'' } else { letter }),
        _ if is_quote(letter) => folded.push('\''),
        _ if is_dash(letter) => folded.push('-'),
        // Arabic and Persian write the same letter with two characters.
        'ى' | 'ی' => folded.push('ي'),
        'ک' => folded.push('ك'),
        // Latin letters have a plain form: ø, ł, ß, æ.
        _ if letter.is_alphabetic() && CodePointMapData::<Script>::new().get(letter) == Script::Latin => {
            match deunicode::deunicode_char(letter) {
                Some(plain) if plain.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                    folded.push_str(&plain.to_ascii_lowercase());
                }
                Some("'" | "`") => folded.push('\''),
                _ => folded.push(letter),
            }
        }
        // Signs that have a common form in ASCII: ¿, ©, ….
        '\u{80}'..='\u{bf}' | '×' | '÷' | '\u{2010}'..='\u{203f}' => {
            folded.push_str(&deunicode::deunicode_char(letter).unwrap_or_default().to_ascii_lowercase());
        }
        _ => folded.push(digit(letter).unwrap_or(letter)),
    }
}

/// Returns whether a mark can be removed without changing the word: marks of Latin, Greek, Cyrillic, Hebrew and Arabic,
/// and marks of no particular script. In other scripts marks are vowels (राम is not रम) or make other letters (が is not
/// か).
fn is_accent(letter: char) -> bool {
    is_combining_mark(letter)
        && matches!(letter,
            '\u{300}'..='\u{6ff}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::{FOLD_VERSION, fold};
    use crate::values::characters::scalars;

    #[test]
    fn case_accents_and_extra_spaces_are_removed() {
        assert_eq!(fold("Les  Misérables "), "les miserables");
        assert_eq!(fold("LES MISE\u{301}RABLES"), "les miserables");
        assert_eq!(fold("Søren Kierkegaard"), "soren kierkegaard");
        assert_eq!(fold("Stanisław Lem"), "stanislaw lem");
        assert_eq!(fold("Alice’s – Adventures"), "alice's - adventures");
        assert_eq!(fold("İstanbul"), "istanbul");
    }

    #[test]
    fn other_scripts_keep_their_letters() {
        assert_eq!(fold("源氏物語"), "源氏物語");
        assert_eq!(fold("ΙΛΙΆΣ"), fold("ιλιάς"));
        assert_ne!(fold("東京"), fold("凍狂"));
        assert_ne!(fold("राम"), fold("रम"));
        assert_ne!(fold("กิน"), fold("กน"));
        assert_ne!(fold("が"), fold("か"));
        assert!(!fold("がく").starts_with(&fold("か")));
    }

    #[test]
    fn fl5_every_cased_letter_is_found_in_its_other_case() {
        for letter in scalars() {
            let (lower, upper) = (letter.to_lowercase().to_string(), letter.to_uppercase().to_string());
            let folded = fold(&letter.to_string());
            assert_eq!(fold(&lower), folded, "{letter} and {lower}");
            assert_eq!(fold(&upper), folded, "{letter} and {upper}");
        }
        assert_eq!(fold("Əli və Nino"), fold("ƏLİ VƏ NINO"));
        assert_eq!(fold("Əli və Nino"), fold("əli və nino"));
    }

    #[test]
    fn fl6_invisible_characters_count_for_nothing() {
        for title in
            ["\u{feff}Dune", "Du\u{200b}ne", "Dune\u{200e}", "D\u{ad}une", "\u{202b}Dune\u{202c}", "Dune\u{fe0f}"]
        {
            assert_eq!(fold(title), "dune", "{title:?}");
        }
        assert_eq!(fold("می\u{200c}خواهم"), fold("میخواهم"));
        assert_eq!(fold("\u{200b}\u{feff}"), "");
    }

    #[test]
    fn fl7_dashes_and_quotation_marks_are_those_of_ascii() {
        for dash in "‐‑‒–—―−－".chars() {
            assert_eq!(fold(&format!("Dracula {dash} A Mystery Story")), "dracula - a mystery story", "{dash}");
        }
        for quote in "'\"`´‘’‚‛“”„‟«»‹›′ʻʼʾʿ＇".chars() {
            assert_eq!(fold(&format!("rock {quote}n{quote} roll")), "rock 'n' roll", "{quote}");
        }
    }

    #[test]
    fn fl22_arabic_persian_and_other_digits_are_one_title() {
        assert_eq!(fold("كتاب علي"), fold("کتاب علی"));
        assert_eq!(fold("كتـــاب"), fold("كتاب"));
        for year in ["۱۹۸۴", "١٩٨٤", "१९८४", "１９８４"] {
            assert_eq!(fold(year), "1984", "{year}");
        }
    }

    #[test]
    fn can1_every_letter_folded_twice_is_folded_once() {
        for letter in scalars() {
            // Alone, in the middle and repeated: what stands in one word does not change another.
            let folded = fold(&format!("{letter} a{letter}b {letter}{letter}"));
            assert_eq!(fold(&folded), folded, "{letter:?}");
        }
    }

    proptest! {
        #[test]
        fn can1_every_text_folded_twice_is_folded_once(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }
    }

    /// Changes of the code and of Unicode's data change the result. Then raise FOLD_VERSION with the hash.
    #[test]
    fn the_version_belongs_to_what_fold_returns() {
        let mut hash = Sha256::new();
        for letter in scalars() {
            hash.update(fold(&letter.to_string()));
            hash.update("\n");
        }
        let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((FOLD_VERSION, hash.as_str()), (2, "75401bc9108eedbd"));
    }
}
