//! Which letters belong together: some scripts have no blanks between words.

use icu_properties::CodePointMapData;
use icu_properties::props::Script;
use unicode_normalization::char::is_combining_mark;

/// How a run of letters is cut into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters and digits between blanks are a word.
    Spaced,
    /// Hangul: words as well, but a syllable is worth more than a letter.
    Hangul,
    /// Han and Kana have no blanks: every two letters are a word.
    Pairs,
    /// Thai, Lao, Khmer and Myanmar have none either: every two clusters of a letter and its marks are a word.
    Clusters,
    /// No letter.
    Gap,
}

/// Returns the kind of a folded letter. A mark goes with the letter before it, whose kind is `before`.
pub(super) fn kind(letter: char, before: Kind) -> Kind {
    if letter.is_ascii() {
        return if letter.is_ascii_alphanumeric() { Kind::Spaced } else { Kind::Gap };
    }
    if is_combining_mark(letter) && before != Kind::Gap {
        return before;
    }
    // It lengthens the vowel of Kana, and belongs to no script by itself.
    if letter == 'ー' {
        return Kind::Pairs;
    }
    if !letter.is_alphanumeric() && !is_combining_mark(letter) {
        return Kind::Gap;
    }
    match CodePointMapData::<Script>::new().get(letter) {
        Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo => Kind::Pairs,
        Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar => Kind::Clusters,
        Script::Hangul => Kind::Hangul,
        _ => Kind::Spaced,
    }
}

/// Returns whether a letter is one of thousands, so that one says as much as two of Latin.
pub fn is_syllabic(letter: char) -> bool {
    !matches!(kind(letter, Kind::Gap), Kind::Spaced | Kind::Gap)
}

/// Returns whether a letter is of Han, where one letter is a word.
pub(super) fn is_han(letter: char) -> bool {
    !letter.is_ascii() && CodePointMapData::<Script>::new().get(letter) == Script::Han
}

/// Returns the letters of a run, each with its marks.
pub(super) fn clusters(run: &str) -> Vec<&str> {
    let mut starts: Vec<usize> =
        run.char_indices().filter(|(_, letter)| !is_combining_mark(*letter)).map(|(at, _)| at).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([run.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &run[start..end]).collect()
}
