//! The most common passwords.
//!
//! `common_passwords.txt` has ten thousand of them, sorted and in lower case. They are facts, compiled from public
//! frequency counts of leaked passwords in npm `zxcvbn`, npm `@zxcvbn-ts/language-common` and PyPI `Django`. Each
//! password has the best of its three ranks among those of 8 characters or more (shorter ones are refused anyway).
//! Passwords that look like an address, or have characters other than printable ASCII, were left out.

const LIST: &str = include_str!("../common_passwords.txt");

/// Returns whether `password`, in lower case, is in the list. The search is binary and in place, so that a cold start
/// does not parse the list.
pub(super) fn is_common(password: &str) -> bool {
    let list = LIST.as_bytes();
    // Both are always at the beginning of a line.
    let (mut from, mut to) = (0, list.len());
    while from < to {
        let middle = from.midpoint(to);
        let begin = list[..middle].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let end = list[middle..].iter().position(|&byte| byte == b'\n').map_or(list.len(), |ahead| middle + ahead);
        match list[begin..end].cmp(password.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = begin,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{LIST, is_common};

    #[test]
    fn the_list_is_sorted_and_in_lower_case() {
        assert!(LIST.lines().is_sorted_by(|one, next| one < next));
        assert_eq!(LIST.lines().count(), 10_000);
        for line in LIST.lines() {
            assert!(line.len() >= 8 && line.bytes().all(|byte| byte.is_ascii_graphic()), "{line}");
            assert_eq!(line, line.to_lowercase());
        }
    }

    #[test]
    fn every_line_is_found() {
        for line in LIST.lines() {
            assert!(is_common(line), "{line}");
        }
        for known in ["password", "12345678", "qwertyuiop", "iloveyou", "passw0rd", "1q2w3e4r", "11111111"] {
            assert!(is_common(known), "{known}");
        }
    }

    #[test]
    fn a_text_between_two_lines_is_not_found() {
        for line in LIST.lines() {
            assert!(!is_common(&format!("{line}\u{1}")), "{line}");
            assert!(!is_common(&format!("{line}\n")), "{line}");
        }
        for rare in ["", "\n", "!", "~~~~~~~~~~~~", "passwor", "correct horse battery", "ωωωωωωωω"] {
            assert!(!is_common(rare), "{rare}");
        }
    }
}
