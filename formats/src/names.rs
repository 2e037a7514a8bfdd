//! Names of people: their natural order, and how several are one text.

use crate::problem::{Code, Problem};
use crate::text::{Notes, is_visible};

/// The longest author.
const MOST: usize = 200;
const POINTER: &str = "/author";

/// What stands behind a name and is no name.
const SUFFIXES: [&str; 10] = ["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "ph.d.", "m.d."];

fn is_suffix(part: &str) -> bool {
    SUFFIXES.contains(&part.trim().to_ascii_lowercase().as_str())
}

/// Returns an inverted name in natural order: `Gogh, Vincent van` → `Vincent van Gogh`. A name that is not inverted, or that
/// has more commas than a name has, stays.
pub(crate) fn natural(name: &str) -> String {
    let parts: Vec<&str> = name.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [last, first] if !is_suffix(first) => format!("{first} {last}"),
        [last, first, suffix] if is_suffix(suffix) && !is_suffix(first) => format!("{first} {last}, {suffix}"),
        [last, suffix, first] if is_suffix(suffix) => format!("{first} {last}, {suffix}"),
        _ => parts.join(", "),
    }
}

/// Returns the names of a list with commas. `Martin Fry, Jr.` is one.
pub(crate) fn listed(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match names.last_mut() {
            Some(name) if is_suffix(part) => name.extend([", ", part]),
            _ => names.push(part.to_owned()),
        }
    }
    names
}

/// The author of a book that names nobody.
pub const UNKNOWN: &str = "Unknown";

/// Returns the author of a book: its names, joined. Nobody is `Unknown`.
pub(crate) fn author(notes: &mut Notes, names: impl IntoIterator<Item = String>) -> String {
    let mut author = String::new();
    let mut kept: Vec<String> = Vec::new();
    let mut is_cut = false;
    for name in names {
        let is_own = notes.verbatim;
        let name = notes.line(POINTER, if is_own { &name } else { name.trim_matches([';', ' ']) });
        let is_nobody = !is_own && name.eq_ignore_ascii_case("unknown");
        if !is_visible(&name) || is_nobody || kept.contains(&name) {
            continue;
        }
        let joined = if kept.is_empty() { name.clone() } else { format!("{author}; {name}") };
        if joined.chars().count() <= MOST {
            author = joined;
        } else if kept.is_empty() {
            author = notes.fitting(POINTER, Code::AuthorCut, MOST, name.clone());
        } else {
            is_cut = true;
            break;
        }
        kept.push(name);
    }
    if is_cut {
        let detail = format!("was cut to {MOST} characters, after a whole name");
        notes.add(Problem::at(POINTER, Code::AuthorCut, detail).of(&author));
    }
    if kept.is_empty() {
        notes.add(Problem::at(POINTER, Code::AuthorUnknown, "no author is named"));
        return UNKNOWN.to_owned();
    }
    author
}

#[cfg(test)]
mod tests {
    use super::{author, listed, natural};
    use crate::text::Notes;

    #[test]
    fn an_inverted_name_is_turned_round() {
        for (inverted, name) in [
            ("Gogh, Vincent van", "Vincent van Gogh"),
            ("Homer", "Homer"),
            ("King, Martin Luther, Jr.", "Martin Luther King, Jr."),
            ("King, Jr., Martin Luther", "Martin Luther King, Jr."),
            ("Martin Fry, Jr.", "Martin Fry, Jr."),
            ("Ott, Ann,", "Ann Ott"),
            ("a, b, c, d", "a, b, c, d"),
        ] {
            assert_eq!(natural(inverted), name);
        }
    }

    #[test]
    fn a_list_keeps_what_belongs_to_a_name() {
        assert_eq!(listed("Nell Ames, Todd Burr, Jr., Mary Chen"), ["Nell Ames", "Todd Burr, Jr.", "Mary Chen"]);
    }

    #[test]
    fn nobody_is_unknown_and_nobody_is_named_twice() {
        let of = |names: &[&str]| author(&mut Notes::default(), names.iter().map(|name| (*name).to_owned()));
        assert_eq!(of(&[" ", ""]), "Unknown");
        assert_eq!(of(&["Ann Ott", "Bo  Low", "Ann Ott"]), "Ann Ott; Bo Low");
    }
}
