//! Texts: how they are cleaned, and how they are cut where they do not fit.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use quick_xml::escape::resolve_html5_entity;
use unicode_normalization::UnicodeNormalization;

use crate::problem::{Code, Problem};

/// The most problems of a record that are told.
const MOST_PROBLEMS: usize = 20;

/// What was noticed while a record was read.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    problems: Vec<Problem>,
    /// Why there is no title.
    no_title: Option<Problem>,
    /// Whether the blanks of a text stay as they are, because the library wrote it.
    pub(crate) verbatim: bool,
}

impl Notes {
    pub(crate) fn add(&mut self, problem: Problem) {
        // A record of a megabyte can have as many problems as it has bytes.
        if self.problems.len() < MOST_PROBLEMS && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Notes that there is no title. What else the record says is read on: the title can be looked up.
    pub(crate) fn without_title(&mut self, why: Problem) {
        self.no_title.get_or_insert(why);
    }

    /// Returns why there is no title, and what was odd.
    pub(crate) fn into_problems(self) -> (Option<Problem>, Vec<Problem>) {
        (self.no_title, self.problems)
    }

    /// Returns a text of one line, in Unicode's composed form: blanks of any kind are one space, and other control
    /// characters are gone.
    pub(crate) fn line(&mut self, pointer: &'static str, text: &str) -> String {
        let mut removed = false;
        let plain = text.chars().filter_map(|letter| match letter {
            '\t' | '\n' | '\r' | '\u{85}' => Some(' '),
            // The marks around an article that is not sorted (ISO 6630), and a byte order mark.
            _ if self.verbatim && !letter.is_control() => Some(letter),
            '\u{88}' | '\u{89}' | '\u{98}' | '\u{9c}' | '\u{feff}' => None,
            _ if letter.is_control() => {
                removed = true;
                None
            }
            _ => Some(letter),
        });
        let composed: String = plain.nfc().collect();
        let line = if self.verbatim {
            composed.trim().to_owned()
        } else {
            composed.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        if removed {
            self.add(Problem::at(pointer, Code::ControlRemoved, "control characters were removed"));
        }
        if line.contains('\u{fffd}') {
            let detail = "some bytes are not valid in the encoding of the file";
            self.add(Problem::at(pointer, Code::BadBytes, detail).of(&line));
        }
        line
    }

    /// Returns a text that has at most so many characters, cut at a word if it has more.
    pub(crate) fn fitting(&mut self, pointer: &'static str, code: Code, most: usize, text: String) -> String {
        let Some((end, _)) = text.char_indices().nth(most) else { return text };
        let (start, rest) = text.split_at(end);
        let is_whole = rest.starts_with(' ');
        let cut = if is_whole { start } else { start.rsplit_once(' ').map_or(start, |(words, _)| words) };
        self.add(Problem::at(pointer, code, format!("was cut to {most} characters")).of(&text));
        cut.trim_end().to_owned()
    }

    /// Returns an optional text of one line.
    pub(crate) fn optional(&mut self, pointer: &'static str, most: usize, text: &str) -> Option<String> {
        let line = self.line(pointer, text);
        is_visible(&line).then(|| self.fitting(pointer, Code::TextCut, most, line))
    }
}

/// Returns whether a reader sees anything of a text.
pub(crate) fn is_visible(text: &str) -> bool {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    text.chars().any(|letter| {
        letter.is_ascii_graphic()
            || !(letter.is_whitespace() || letter.is_control() || letter == '\u{2800}' || ignorable.contains(letter))
    })
}

/// Returns a text whose HTML entities are characters: `Salt &amp; Pepper`. Each is read once. What is no entity stays.
pub(crate) fn without_entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = name_before_semicolon(after);
        match entity.and_then(|(name, tail)| Some((character(name)?, tail))) {
            Some((letters, tail)) => {
                plain.push_str(&letters);
                rest = tail;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Splits an entity's name off. None is longer than that of &CounterClockwiseContourIntegral;
pub(crate) fn name_before_semicolon(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take(33).position(|byte| byte == b';')?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// Returns the character of an entity's name or number: `amp`, `#228`, `#xE4`.
pub(crate) fn character(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else { return resolve_html5_entity(name).map(str::to_owned) };
    let number = match number.strip_prefix(['x', 'X']) {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => u32::from_str_radix(digits, 16),
        None if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse(),
        _ => return None,
    };
    char::from_u32(number.ok()?).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::{Notes, is_visible, without_entities};
    use crate::problem::Code;

    #[test]
    fn entities_are_read_once_and_what_is_none_stays() {
        assert_eq!(without_entities("Salt &amp; Pepper: A Caf&eacute; &#228;&#xE4;"), "Salt & Pepper: A Café ää");
        for text in ["&amp", "&", "&;", "&#;", "&#x;", "&#xD800;", "&#99999999999;", "&nothing;", "& and ; too", "&+1;"]
        {
            assert_eq!(without_entities(text), text);
        }
        assert_eq!(without_entities("&amp;eacute;"), "&eacute;");
    }

    #[test]
    fn a_text_is_cut_at_a_word_where_it_has_one() {
        let cut = |text: &str| Notes::default().fitting("/title", Code::TitleCut, 5, text.into());
        for (text, short) in
            [("four", "four"), ("fives", "fives"), ("fives and", "fives"), ("a bcdef", "a"), ("abcdefg", "abcde")]
        {
            assert_eq!(cut(text), short);
        }
        assert_eq!(cut("ééééé é"), "ééééé");
    }

    #[test]
    fn what_cannot_be_seen_is_not_visible() {
        assert!(!is_visible("\u{200b}\u{feff} \u{2800}\u{ad}") && is_visible("?") && is_visible("源"));
    }
}
