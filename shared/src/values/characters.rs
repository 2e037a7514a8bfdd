//! Kinds of characters, by Unicode's properties: no list of ours says which characters are marks, dashes or digits.

use icu_properties::props::{Dash, DefaultIgnorableCodePoint, GeneralCategory, JoiningType, QuotationMark, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Returns whether a character is invisible and counts for nothing in comparisons: a byte order mark, a zero-width
/// space, a direction mark, a filler.
pub(super) fn is_ignorable(letter: char) -> bool {
    !letter.is_ascii() && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
}

/// Returns whether a reader sees something where the character stands.
pub(super) fn is_visible(letter: char) -> bool {
    // The blank braille pattern is a symbol without dots.
    !letter.is_whitespace() && !letter.is_control() && !is_ignorable(letter) && letter != '\u{2800}'
}

/// Returns whether a character is a hyphen or dash of any script.
pub(super) fn is_dash(letter: char) -> bool {
    CodePointSetData::new::<Dash>().contains(letter)
}

/// Returns whether a character only stretches the letter before it, as the tatweel of Arabic does.
pub(super) fn is_stretch(letter: char) -> bool {
    CodePointMapData::<JoiningType>::new().get(letter) == JoiningType::JoinCausing
}

/// Returns whether a character is a quotation mark, an apostrophe or a prime. Unicode has a property for quotation
/// marks only. So the others are punctuation, symbols and modifier letters that look like one in ASCII.
pub(super) fn is_quote(letter: char) -> bool {
    use GeneralCategory::{ModifierLetter, ModifierSymbol, OtherPunctuation, OtherSymbol};
    if letter.is_ascii() {
        return matches!(letter, '\'' | '"' | '`');
    }
    let looks_like_one = || {
        let plain = deunicode::deunicode_char(letter).unwrap_or_default();
        !plain.is_empty() && plain.bytes().all(|byte| matches!(byte, b'\'' | b'"' | b'`'))
    };
    let stands_apart = || match CodePointMapData::<GeneralCategory>::new().get(letter) {
        OtherPunctuation | ModifierSymbol | OtherSymbol => true,
        // Those of one script are letters of it; but the two of N'Ko are apostrophes by their names.
        ModifierLetter => matches!(CodePointMapData::<Script>::new().get(letter), Script::Common | Script::Nko),
        _ => false,
    };
    CodePointSetData::new::<QuotationMark>().contains(letter) || (looks_like_one() && stands_apart())
}

/// Returns a decimal digit of any script as the digit of ASCII.
pub(super) fn digit(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return Some(letter).filter(char::is_ascii_digit);
    }
    let is_digit =
        |point: u32| CodePointMapData::<GeneralCategory>::new().get32(point) == GeneralCategory::DecimalNumber;
    let point = u32::from(letter);
    // Unicode has the digits of a script in their order, from zero to nine (Unicode Standard, 4.6).
    is_digit(point).then(|| {
        let before = (0..point).rev().take_while(|&earlier| is_digit(earlier)).count();
        char::from(b"0123456789"[before % 10])
    })
}

/// Returns all scalar values for the tests. Of those that have the same properties as all their neighbours (not
/// assigned, private, letters of Han, syllables of Hangul) these are samples.
#[cfg(test)]
pub(crate) fn scalars() -> impl Iterator<Item = char> {
    let category = CodePointMapData::<GeneralCategory>::new();
    let alike = move |letter: char| match category.get(letter) {
        GeneralCategory::Unassigned | GeneralCategory::PrivateUse => !is_ignorable(letter),
        GeneralCategory::OtherLetter => {
            matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{2f7ff}' | '\u{30000}'..)
        }
        _ => false,
    };
    ('\0'..=char::MAX).filter(move |&letter| u32::from(letter).is_multiple_of(61) || !alike(letter))
}

#[cfg(test)]
mod tests {
    use super::{digit, is_dash, is_ignorable, is_quote, is_stretch, is_visible};

    #[test]
    fn fl6_what_cannot_be_seen_is_not_visible() {
        for letter in
            "\u{feff}\u{200b}\u{200e}\u{200d}\u{ad}\u{3164}\u{115f}\u{fe0f}\u{e0041} \u{a0}\u{3000}\t\n\u{2800}".chars()
        {
            assert!(!is_visible(letter), "{letter:?}");
        }
        assert!("a٣字\u{301}!-😀".chars().all(is_visible));
        assert!(!is_ignorable('a') && !is_ignorable('é') && is_ignorable('\u{200c}'));
    }

    #[test]
    fn fl7_dashes_and_quotation_marks_of_all_scripts_are_known() {
        assert!("-‐‑‒–—―−⁓⸺〜־֊﹘－︱".chars().all(is_dash));
        for quote in "'\"`´‘’‚‛“”„‟«»‹›「」『』〝〞〟＇＂′″‴ʹʺʻʼʽʾʿˈ՚׳״ߴߵ❛❜❝❞".chars()
        {
            assert!(is_quote(quote), "{quote} {:?}", deunicode::deunicode_char(quote));
        }
        for letter in "ー々ыьъקאعءอᑊlI,;!?_~字aé".chars() {
            assert!(!is_dash(letter) && !is_quote(letter), "{letter}");
        }
    }

    #[test]
    fn fl22_digits_of_all_scripts_have_their_value() {
        for digits in [
            "0123456789",
            "٠١٢٣٤٥٦٧٨٩",
            "۰۱۲۳۴۵۶۷۸۹",
            "०१२३४५६७८९",
            "๐๑๒๓๔๕๖๗๘๙",
            "０１２３４５６７８９",
            "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟘𝟙",
        ] {
            let ascii: String = digits.chars().filter_map(digit).collect();
            assert!("012345678901".starts_with(&ascii) && ascii.len() >= 10, "{digits}: {ascii}");
        }
        assert!("a²½Ⅷ五,".chars().all(|letter| digit(letter).is_none()));
        assert!(is_stretch('ـ') && !is_stretch('ب'));
    }
}
