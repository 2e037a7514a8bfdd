//! Usernames (RFC 8265, UsernameCaseMapped; RFC 8264, IdentifierClass).

use std::collections::HashSet;
use std::str::FromStr;

use icu_properties::CodePointMapData;
use icu_properties::props::{BidiClass, CanonicalCombiningClass, GeneralCategory, HangulSyllableType, JoiningType};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_security::{MixedScript, skeleton};
use utoipa::ToSchema;

use super::characters::{digit, is_ignorable, is_stretch};
use super::fold::caseless;
use super::stored::Stored;

/// A name of 3 to 32 characters: letters of one script, the marks of its letters, digits, `.`, `_` or `-`. It keeps its
/// case, but two names that differ only in case are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = "username", min_length = 3, max_length = 32, example = "jane")]
pub struct Username(String);

impl Username {
    /// Returns the name in its user's spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name in the form in which names are compared.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }

    /// Returns the folded form of earlier versions, in which İ was not i. Old logins are stored in it.
    pub fn formerly_folded(&self) -> String {
        self.0.chars().flat_map(caseless).nfkc().collect()
    }

    /// Returns what the name looks like (UTS 39, 4). Names of two users should not look the same: `jose` and `јоѕе`.
    pub fn look(&self) -> String {
        skeleton(&self.folded()).collect()
    }

    /// Returns whether the name looks like a word, whatever signs it has beside.
    pub fn looks_like(&self, word: &str) -> bool {
        let letters = |text: &str| skeleton(text).filter(|letter| letter.is_alphanumeric()).collect::<String>();
        letters(&self.folded()) == letters(word)
    }

    /// Returns the name with which its user signs in. It is the folded name, also of names that only older rules
    /// accepted.
    ///
    /// # Errors
    /// If no rules could accept the name.
    pub fn sign_in_name(text: &str) -> Result<String, &'static str> {
        let name = if text.len() > 1_000 { String::new() } else { fold(&spelled(text)) };
        if name.is_empty() || name.contains('@') || name.len() > 500 { Err(LENGTH) } else { Ok(name) }
    }
}

const LENGTH: &str = "should have 3 to 32 characters";

/// Returns a name in Unicode's compatibility form (NFKC), in which a letter has one spelling, without invisible
/// characters and without what only stretches letters. The joiners stay where scripts need them.
fn spelled(text: &str) -> String {
    let text: String = text.nfkc().filter(|&letter| letter != '\u{34f}').collect();
    let letters: Vec<char> = text.trim().chars().filter(|&letter| is_joiner(letter) || !is_nothing(letter)).collect();
    let joins = |index: usize| {
        let before = index.checked_sub(1).map(|before| letters[before]);
        before.is_some_and(|before| joins(before, letters[index], letters.get(index + 1).copied()))
    };
    let kept = letters.iter().enumerate().filter(|&(index, &letter)| !is_joiner(letter) || joins(index));
    kept.map(|(_, &letter)| letter).nfkc().collect()
}

fn is_nothing(letter: char) -> bool {
    is_ignorable(letter) || is_stretch(letter)
}

/// Returns whether it is the zero width joiner or non-joiner.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// Returns whether a joiner has an effect between two letters (RFC 5892, A.1 and A.2): after a virama; and a non-joiner
/// between letters that would join, as in Persian.
fn joins(before: char, joiner: char, after: Option<char>) -> bool {
    if CodePointMapData::<CanonicalCombiningClass>::new().get(before) == CanonicalCombiningClass::Virama {
        return true;
    }
    let joining = |letter| CodePointMapData::<JoiningType>::new().get(letter);
    joiner == '\u{200c}'
        && [JoiningType::DualJoining, JoiningType::LeftJoining].contains(&joining(before))
        && after.is_some_and(|after| [JoiningType::DualJoining, JoiningType::RightJoining].contains(&joining(after)))
}

/// Returns a name without case, and without the joiners, which nobody sees. The dotless ı becomes an i, because it looks
/// like one; and so does the İ, whose lower case is an i with a dot above it. More dots above the same i go with it:
/// otherwise a second folding would remove the next one.
fn fold(name: &str) -> String {
    const DOTTED: &str = "i\u{307}";
    let mut folded: String = name.chars().filter(|&letter| !is_nothing(letter)).flat_map(caseless).nfkc().collect();
    while folded.contains(DOTTED) {
        folded = folded.replace(DOTTED, "i");
    }
    folded.nfkc().collect()
}

impl FromStr for Username {
    type Err = &'static str;

    /// Parses a name. All checks come after the last rewriting.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > 1_000 {
            return Err(LENGTH);
        }
        let name = spelled(text);
        if !(3..=32).contains(&name.chars().count()) {
            return Err(LENGTH);
        }
        let mut after_letter = false;
        for letter in name.chars() {
            match kind(letter) {
                Some(Kind::Letter) => after_letter = true,
                Some(Kind::Mark) if after_letter => {}
                Some(Kind::Mark) => return Err("should have a letter before each mark"),
                Some(Kind::Other) => after_letter = false,
                None => return Err("should have letters, digits, '.', '_' and '-' only"),
            }
        }
        if !name.chars().any(|letter| matches!(kind(letter), Some(Kind::Letter)) || letter.is_numeric()) {
            return Err("should have at least one letter or digit");
        }
        // Scripts that are written together, for example the three of Japanese, count as one (UTS 39).
        if !name.is_single_script() {
            return Err("should have letters of one script: those of two can be mistaken for each other");
        }
        // ۱ and ١ are both a one, and look the same.
        let zeros = name.chars().filter_map(|letter| Some(u32::from(letter) - digit(letter)?.to_digit(10)?));
        if zeros.collect::<HashSet<_>>().len() > 1 {
            return Err("should have digits of one script");
        }
        if !has_one_direction(&name) {
            return Err(
                "should begin with a letter and end with a letter or digit, because it is written from the right",
            );
        }
        // Rare characters change when they are rewritten a second time. A name that is stored must be read as it is.
        if spelled(&name) != name {
            return Err("should have no characters that change when they are copied");
        }
        Ok(Username(name))
    }
}

enum Kind {
    Letter,
    /// A mark, or a joiner, which belongs to the letter before it.
    Mark,
    /// A digit or a sign.
    Other,
}

/// Returns what a character of a name is; `None` if no name may have it.
fn kind(letter: char) -> Option<Kind> {
    use GeneralCategory::{
        DecimalNumber, LowercaseLetter, ModifierLetter, NonspacingMark, OtherLetter, SpacingMark, TitlecaseLetter,
        UppercaseLetter,
    };
    if letter.is_ascii() {
        return match letter {
            'a'..='z' | 'A'..='Z' => Some(Kind::Letter),
            '0'..='9' | '.' | '_' | '-' => Some(Kind::Other),
            _ => None,
        };
    }
    // The parts of which a syllable of Hangul is composed are no letters of their own (RFC 8264, 9.9).
    if CodePointMapData::<HangulSyllableType>::new().get(letter) != HangulSyllableType::NotApplicable
        && !('\u{ac00}'..='\u{d7a3}').contains(&letter)
    {
        return None;
    }
    match CodePointMapData::<GeneralCategory>::new().get(letter) {
        UppercaseLetter | LowercaseLetter | TitlecaseLetter | OtherLetter | ModifierLetter => Some(Kind::Letter),
        NonspacingMark | SpacingMark => Some(Kind::Mark),
        DecimalNumber => Some(Kind::Other),
        // The zero of Han is a number for Unicode, and part of names (RFC 5892, 2.6).
        _ if letter == '〇' => Some(Kind::Letter),
        _ if is_joiner(letter) => Some(Kind::Mark),
        _ => None,
    }
}

/// Returns whether a name is shown in one order everywhere (RFC 5893, 2). One that is written from the right begins with
/// a letter, and ends with a letter or digit. Otherwise its signs move to its other end.
fn has_one_direction(name: &str) -> bool {
    let class = |letter| CodePointMapData::<BidiClass>::new().get(letter);
    let is_from_right = |letter: char| [BidiClass::RightToLeft, BidiClass::ArabicLetter].contains(&class(letter));
    if !name.chars().any(|letter| is_from_right(letter) || class(letter) == BidiClass::ArabicNumber) {
        return true;
    }
    let last = name.chars().rev().find(|&letter| class(letter) != BidiClass::NonspacingMark);
    let ends =
        |letter| is_from_right(letter) || [BidiClass::EuropeanNumber, BidiClass::ArabicNumber].contains(&class(letter));
    name.starts_with(is_from_right) && last.is_some_and(ends)
}

impl TryFrom<String> for Username {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Stored for Username {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Some(Username(raw))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Username;
    use crate::values::characters::scalars;

    fn parse(text: &str) -> Result<Username, &'static str> {
        text.parse()
    }

    fn folded(text: &str) -> String {
        parse(text).unwrap_or_else(|reason| panic!("{text}: {reason}")).folded()
    }

    #[test]
    fn a_name_keeps_its_case_and_is_compared_without_it() {
        for (one, other) in [
            ("Jane.Doe", "jane.doe"),
            ("STRASSE", "straße"),
            ("STRAẞE", "straße"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ΙΛΙΆΣ", "ιλιάσ"),
            ("ＪＡＮＥ", "jane"),
            ("ﬁona", "FIONA"),
            ("rene\u{301}e", "RENÉE"),
            ("ΙΡΙΝΑ", "ιρινα"),
            ("ИРИНА", "ирина"),
            ("ıvan", "IVAN"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_eq!(serde_json::to_string(&parse(" Jane.Doe ").expect("a username")).expect("JSON"), "\"Jane.Doe\"");
        assert_ne!(folded("renée"), folded("renee"));
    }

    #[test]
    fn fl1_the_turkish_i_signs_in_as_i() {
        for spelling in ["İpek", "I\u{307}pek", "i\u{307}pek", "IPEK", "ıpek"] {
            assert_eq!(folded(spelling), "ipek", "{spelling}");
        }
    }

    #[test]
    fn can1_more_than_one_dot_above_an_i_is_removed_at_once() {
        stays("İ\u{307}.").expect("one form");
        stays("i\u{307}\u{307}\u{307}\u{301}").expect("one form");
    }

    #[test]
    fn can1_a_name_that_would_be_read_otherwise_again_is_refused() {
        // Without the invisible character, the virama moves before the accent: then the joiner has no effect.
        for between in ["\u{200b}", "\u{200d}"] {
            let name = format!("क\u{951}{between}\u{94d}\u{200d}ष");
            assert_eq!(parse(&name), Err("should have no characters that change when they are copied"), "{name:?}");
        }
    }

    #[test]
    fn fl4_names_of_all_scripts_are_accepted() {
        for name in [
            "jane",
            "007",
            "J_2.0",
            "ирина",
            "ελένη",
            "さくらサクラ桜",
            "スーパーマン",
            "김철수",
            "王小明",
            "דוד",
            "فاطمة",
            "राम",
            "முருகன்",
            "कृष्ण",
            "శ్రీనివాస్",
            "শ্রীকান্ত",
            "សុខា",
            "ọ́lá",
            "Olúfẹ́mi",
            "ශ්‍රීමත්",
            "สมชาย",
            "น้ำฝน",
            "မောင်မောင်",
            "བསྟན_འཛིན",
            "ქეთევან",
            "Նարեկ",
            "ሰላም",
            "ᏣᎳᎩ",
            "ދިވެހި",
            "علی\u{200c}رضا",
            "ניצָן",
            "佐々木",
            "oʼbrien",
            "Đặng",
            "ਹਰਪ੍ਰੀਤ",
            "ಕೃಷ್ಣ",
            "മോഹൻ",
            "ગુજરાતી",
        ] {
            let parsed = parse(name);
            assert!(parsed.is_ok(), "{name}: {parsed:?}");
        }
        assert_eq!(parse("ශ්‍රීමත්").expect("a name").as_str(), "ශ්‍රීමත්", "the joiner is shown");
        assert_eq!(folded("ශ්‍රීමත්"), folded("ශ්රීමත්"), "and not compared");
    }

    #[test]
    fn fl6_invisible_characters_are_no_part_of_a_name() {
        for name in
            ["\u{feff}jane", "ja\u{200b}ne", "jane\u{200e}", "ja\u{200d}ne", "\u{202e}jane", "ja\u{ad}ne\u{fe0f}"]
        {
            assert_eq!(parse(name).expect("a name").as_str(), "jane", "{name:?}");
        }
        assert_eq!(folded("كـريـم"), folded("كريم"));
    }

    #[test]
    fn letters_of_two_scripts_do_not_mix() {
        // Each has at least one letter of another script that looks like a letter of the first.
        for name in [
            "jаne",
            "аdmin",
            "Αdmin",
            "pаypal",
            "ирuна",
            "ελενη\u{430}",
            "jane김",
            "sakuraさ",
            "jane\u{9ea}",
            "jane\u{93e}",
        ] {
            assert!(parse(name).is_err_and(|reason| reason.contains("one script")), "{name}: {:?}", parse(name));
        }
    }

    #[test]
    fn fl4_marks_without_a_letter_are_refused() {
        for name in ["\u{301}\u{302}\u{303}", "\u{301}jane", "jane.\u{301}", "\u{93e}राम", "7\u{301}77"] {
            assert_eq!(parse(name), Err("should have a letter before each mark"), "{name:?}");
        }
    }

    #[test]
    fn fl4_a_name_from_the_right_is_shown_in_one_order() {
        for name in ["דוד_", "7דוד", "_דוד", "كريم."] {
            assert!(parse(name).is_err_and(|reason| reason.contains("from the right")), "{name}");
        }
        for name in ["דוד7", "דוד_לוי", "كريم٧"] {
            assert!(parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn nam1_names_that_look_the_same_have_one_look() {
        let look = |text: &str| parse(text).expect("a name").look();
        for (one, other) in
            [("jose", "јоѕе"), ("paypal", "раураӏ"), ("jane1", "janel"), ("scope", "ѕсоре"), ("Jose", "ȷose")]
        {
            assert_eq!(look(one), look(other), "{one} {other}");
        }
        assert_ne!(look("jane"), look("june"));
        assert_ne!(look("jose"), look("josé"));
    }

    #[test]
    fn an_invalid_name_is_refused() {
        let long = "a".repeat(33);
        for text in [
            "",
            "ab",
            "...",
            "-_-",
            "jane@example.com",
            "jane＠example.com",
            "jane doe",
            "jane\u{0}",
            "jane\ndoe",
            "jane/doe",
            "jane／doe",
            "login#x",
            "\u{3164}\u{3164}\u{3164}",
            "\u{115f}\u{1160}\u{ffa0}",
            "ㅋㅋㅋ",
            "ＡⅫ½",
            "سلام۱٢٣",
            "jane1१",
            "😀😀😀",
            &long,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"é".repeat(32)).is_ok());
    }

    fn stays(text: &str) -> Result<(), String> {
        let Ok(name) = parse(text) else { return Ok(()) };
        let (folded, sign_in) = (name.folded(), Username::sign_in_name(text));
        let again = parse(name.as_str());
        if again.as_ref() != Ok(&name) {
            return Err(format!("{text:?} is read as {name:?} and then as {again:?}"));
        }
        if super::fold(&folded) != folded || sign_in.as_ref() != Ok(&folded) {
            return Err(format!("{text:?} folds to {folded:?} and then to {:?}, {sign_in:?}", super::fold(&folded)));
        }
        Ok(())
    }

    #[test]
    fn can1_every_letter_of_a_name_that_is_accepted_is_accepted_again() {
        for letter in scalars() {
            for text in
                [letter.to_string().repeat(3), format!("a{letter}b"), format!("{letter}bc"), format!("กิน{letter}")]
            {
                stays(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
            }
        }
    }

    proptest! {
        #[test]
        fn can1_every_name_that_is_accepted_is_accepted_again(
            any in any::<String>(),
            latin in "[a-zA-Zıİßéǆﬁ\u{300}-\u{345}\u{200c}\u{200d}.1]{3,12}",
            indic in "[\u{900}-\u{97f}\u{200c}\u{200d}]{3,12}",
            accents in "क[कष\u{93c}\u{94d}\u{951}\u{952}\u{200b}\u{200d}]{3,9}",
            arabic in "[\u{620}-\u{6ff}\u{200c}\u{200d}\u{640}]{3,12}",
            hangul in "[\u{1100}-\u{11ff}\u{ac00}-\u{ac40}\u{3131}-\u{318e}]{3,12}",
        ) {
            for text in [any, latin, indic, accents, arabic, hangul] {
                stays(&text).map_err(TestCaseError::fail)?;
            }
        }
    }
}
