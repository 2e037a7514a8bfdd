//! How text compares: without case, accents or extra spaces.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `text` as it is looked for and sorted: `"  Éloge de l’Ombre"` → `"eloge de l'ombre"`.
///
/// Latin letters lose what stands on or through them, and typographic marks become plain ones; other scripts
/// keep their letters: writing 東京 in Latin would make different titles equal.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|&letter| !is_accent(letter)) {
        match letter {
            // Sigma as it ends a word has the same upper case as any other.
            'ς' => folded.push('σ'),
            // Latin beyond ASCII (ø, ł, ß, æ) and general punctuation (’, –, …) have an accepted plain spelling.
            '\u{80}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2010}'..='\u{203f}' => {
                folded.push_str(&deunicode::deunicode_char(letter).unwrap_or_default().to_lowercase());
            }
            _ => folded.extend(letter.to_lowercase()),
        }
    }
    // Once more: lower case can put a mark on a letter (İ).
    folded.retain(|letter| !is_accent(letter));
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a mark leaves the word what it is: those of Latin, Greek, Cyrillic, Hebrew and Arabic, and those of any
/// script. Elsewhere marks are vowels (राम is not रम) or make other letters (が is not か).
fn is_accent(letter: char) -> bool {
    is_combining_mark(letter)
        && matches!(letter,
            '\u{300}'..='\u{6ff}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_accents_and_spaces_make_no_difference() {
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
    }
}
