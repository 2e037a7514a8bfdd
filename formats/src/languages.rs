//! Names of languages by their codes (ISO 639).

use std::collections::HashMap;
use std::sync::LazyLock;

/// A line a language: its English name, and its codes of two and three letters. The names are those of Unicode's CLDR.
const TABLE: &str = include_str!("languages.txt");

fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter_map(|line| line.split_once('='))
}

static NAMES: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| lines().flat_map(|(name, codes)| codes.split(' ').map(move |code| (code, name))).collect());
static CODES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    // MARC takes the bibliographic code where there are two; it is the one that the name begins with, or the last.
    lines().filter_map(|(name, codes)| Some((name, bibliographic(codes)?))).collect()
});

/// The codes that ISO 639-2 has twice, in the form that libraries use.
const TWICE: [&str; 20] = [
    "alb", "arm", "baq", "bur", "chi", "cze", "dut", "fre", "geo", "ger", "gre", "ice", "mac", "mao", "may", "per",
    "rum", "slo", "tib", "wel",
];

fn bibliographic(codes: &'static str) -> Option<&'static str> {
    let threes = || codes.split(' ').filter(|code| code.len() == 3);
    threes().find(|code| TWICE.contains(code)).or_else(|| threes().next())
}

/// Returns the name of a language by its code. `und`, `mul` and `zxx` are none.
pub(crate) fn name(code: &str) -> Option<&'static str> {
    let code = code.trim();
    (code.len() <= 3).then(|| NAMES.get(code.to_ascii_lowercase().as_str()).copied()).flatten()
}

/// Returns the code that MARC has for a language.
pub(crate) fn code(name: &str) -> Option<&'static str> {
    CODES.get(name).copied()
}

/// Returns whether a code says that there is no language, or many.
pub(crate) fn is_none(code: &str) -> bool {
    ["und", "mul", "zxx", "mis", "|||", ""].contains(&code.trim())
}

#[cfg(test)]
mod tests {
    use super::{code, name};

    #[test]
    fn both_codes_of_a_language_are_known() {
        for twins in [["ger", "deu"], ["fre", "fra"], ["dut", "nl"], ["en", "eng"], ["ENG", "eng"]] {
            assert_eq!(name(twins[0]), name(twins[1]));
        }
        assert_eq!((name("ger"), name("eng"), name("und"), name("xyz")), (Some("German"), Some("English"), None, None));
        assert_eq!((code("German"), code("English"), code("Klingonish")), (Some("ger"), Some("eng"), None));
    }
}
