//! Titles and authors in a letter. Any user can choose them, so they must be safe in a sentence and in a subject line.

/// The most characters of a title and of an author in a letter. A line of a mail has at most 998 bytes (RFC 5322, 2.1.1).
const LONGEST_TITLE: usize = 100;
const LONGEST_AUTHOR: usize = 50;

/// Returns a title for a sentence: on one line, without an address that a mail program would make a link, and not too long.
pub(super) fn title(title: &str) -> String {
    shortened(&plain(title), LONGEST_TITLE)
}

/// Likewise for an author.
pub(super) fn author(author: &str) -> String {
    shortened(&plain(author), LONGEST_AUTHOR)
}

/// Returns a text on one line, without an address that a mail program would make a link, and without characters that reverse
/// the direction of the text after it.
fn plain(text: &str) -> String {
    let changes_direction = |letter: &char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words: String = text.chars().filter(|letter| !changes_direction(letter)).collect();
    let is_address = |word: &str| word.contains("://") || word.to_lowercase().starts_with("www.");
    let words =
        words.split_whitespace().map(|word| if is_address(word) { without_link(word) } else { word.to_owned() });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns a title for a subject line: its first 40 characters, without what reads as a link. A subject line is shown where
/// nothing else of the letter is.
pub(super) fn beginning(title: &str) -> String {
    let words: Vec<_> = title.split_whitespace().map(without_link).filter(|word| !word.is_empty()).collect();
    let title = words.join(" ");
    match title.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", title[..end].trim_end()),
        None => title,
    }
}

/// Returns the first characters of a text, up to the end of a word if one ends in the second half of them.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let middle = text.char_indices().nth(most / 2).map_or(0, |(middle, _)| middle);
    let cut = &text[..end];
    let end = cut.rfind(' ').filter(|space| *space >= middle).unwrap_or(end);
    format!("{}…", cut[..end].trim_end_matches(|letter: char| !letter.is_alphanumeric() && !")]”’»!?".contains(letter)))
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

/// Returns whether a text has letters that are written from right to left.
pub(super) fn has_right_to_left(text: &str) -> bool {
    text.chars().any(is_right_to_left)
}

/// Returns whether the first letter of a text is written from right to left.
pub(super) fn begins_right_to_left(text: &str) -> bool {
    text.chars().find(|letter| letter.is_alphabetic()).is_some_and(is_right_to_left)
}

/// Returns whether a letter is Hebrew, Arabic or of a script beside them.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::{beginning, begins_right_to_left, has_right_to_left, shortened, title};

    #[test]
    fn a_title_is_one_line_without_changes_of_direction() {
        assert_eq!(title("A\u{2028}B \u{a0}C\u{202e}D\u{2066}"), "A B CD");
    }

    #[test]
    fn abu1_a_title_has_no_address_that_becomes_a_link() {
        assert_eq!(title("Win at https://evil.example/now"), "Win at evil example now");
        assert_eq!(title("WWW.evil.example or Node.js"), "WWW evil example or Node.js");
        assert_eq!(title("https://"), "");
    }

    #[test]
    fn a_long_title_ends_at_a_word() {
        assert_eq!(shortened("Kindred", 7), "Kindred");
        assert_eq!(shortened("The Life, and Strange Adventures", 12), "The Life…");
        assert_eq!(shortened("A Pneumonoultramicroscopic", 10), "A Pneumono…");
        assert_eq!(shortened(&"龍".repeat(500), 100), format!("{}…", "龍".repeat(100)));
    }

    #[test]
    fn a_direction_is_that_of_the_letters() {
        for (text, has, begins) in
            [("Kindred", false, false), ("«كليلة» B", true, true), ("A כ", true, false), ("12", false, false)]
        {
            assert_eq!((has_right_to_left(text), begins_right_to_left(text)), (has, begins), "{text}");
        }
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
