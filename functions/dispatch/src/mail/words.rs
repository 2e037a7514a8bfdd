//! Formats days, positions and titles for a letter.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared::values::Title;

/// Returns the day of a moment, in UTC: `Monday, 23 November 2026`.
pub(super) fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%A, %-d %B %Y").to_string()
}

/// Returns the day and the time of a moment, in UTC: `Monday, 23 November 2026, 14:05 UTC`.
pub(super) fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%A, %-d %B %Y, %H:%M UTC").to_string()
}

/// Returns the ordinal of a position: `1st`, `2nd`, `3rd`, `4th`, …, `11th`, …, `21st`.
pub(super) fn ordinal(place: u32) -> String {
    let ending = match (place % 100, place % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}

/// Returns a title that is safe in a sentence. Any user can choose a title: it must not contain line separators, or
/// characters that reverse the direction of the text after it.
pub(super) fn one_line(title: &Title) -> String {
    let changes_direction = |letter: &char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words: String = title.as_str().chars().filter(|letter| !changes_direction(letter)).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a title for a subject line: its first 40 characters, without what reads as a link. Any user can choose a title, and
/// a subject line is shown where nothing else of the letter is.
pub(super) fn beginning(title: &str) -> String {
    let words: Vec<_> = title.split_whitespace().map(without_link).filter(|word| !word.is_empty()).collect();
    let title = words.join(" ");
    match title.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", title[..end].trim_end()),
        None => title,
    }
}

/// Returns a word without the marks that make it a link or an address: `https://evil.example/now` becomes `evil example now`.
/// A dot counts if at least two letters follow it at once, as in no abbreviation (`J. R. R.`, `Ph.D.`, `2.0`).
fn without_link(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let is_letter = |place: usize| letters.get(place).is_some_and(|letter| letter.is_alphanumeric());
    let reads_as_dot = |letter: char| matches!(letter, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}');
    let joins = |place: usize| {
        let letter = letters[place];
        let begins_a_domain =
            letters.get(place + 1).is_some_and(|letter| letter.is_alphabetic()) && is_letter(place + 2);
        (reads_as_dot(letter) && place > 0 && is_letter(place - 1) && begins_a_domain) || "@\\".contains(letter)
    };
    let is_link = word.contains("://") || word.contains("//") || (0..letters.len()).any(joins);
    if !is_link {
        return word.to_owned();
    }
    let word = word.split_once("://").map_or(word, |(_, rest)| rest);
    let parts = word.split(|letter: char| reads_as_dot(letter) || "/@:\\?#".contains(letter));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{beginning, day, moment, one_line, ordinal};

    #[test]
    fn a_day_is_formatted_in_utc() {
        assert_eq!(day("2026-11-23T23:59:59Z".parse().expect("a time")), "Monday, 23 November 2026");
        assert_eq!(day("2027-01-01T00:00:00Z".parse().expect("a time")), "Friday, 1 January 2027");
    }

    #[test]
    fn a_moment_has_the_time_to_the_minute() {
        assert_eq!(moment("2026-11-23T04:05:59Z".parse().expect("a time")), "Monday, 23 November 2026, 04:05 UTC");
    }

    #[test]
    fn a_position_becomes_an_english_ordinal() {
        let said = [1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 23, 101, 111, 112, 1000].map(ordinal).join(" ");
        assert_eq!(said, "1st 2nd 3rd 4th 10th 11th 12th 13th 21st 22nd 23rd 101st 111th 112th 1000th");
    }

    #[test]
    fn a_title_is_one_line_without_changes_of_direction() {
        let title = "A\u{2028}B \u{a0}C\u{202e}D\u{2066}".parse().expect("a title");
        assert_eq!(one_line(&title), "A B CD");
    }

    #[test]
    fn abu1_a_title_is_short_and_has_no_link_in_a_subject_line() {
        assert_eq!(beginning("Kindred"), "Kindred");
        assert_eq!(beginning(&"é".repeat(40)), "é".repeat(40));
        assert_eq!(beginning(&format!("{} {}", "é".repeat(39), "z".repeat(9))), format!("{}…", "é".repeat(39)));
        for (title, shown) in [
            ("Win at https://evil.example/now?a=b", "Win at evil example now a=b"),
            ("Win at evil.example", "Win at evil example"),
            ("www.evil.example", "www evil example"),
            ("evil\u{3002}example", "evil example"),
            ("call me@evil.example", "call me evil example"),
            ("//evil.example", "evil example"),
            ("evil.example.", "evil example"),
            ("St. John's Ph.D., J.R.R. and R.U.R. 2.0", "St. John's Ph.D., J.R.R. and R.U.R. 2.0"),
            ("Either/Or", "Either/Or"),
            ("", ""),
        ] {
            assert_eq!(beginning(title), shown);
        }
    }
}
