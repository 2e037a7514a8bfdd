//! Years and days.

use jiff::civil::Date;

/// The latest year that is believed. 9999 means "none" in many catalogues.
const LATEST: i32 = 2100;

/// Returns a year that stands alone: `1999`, `-380`, `1999.0`.
pub(crate) fn year(text: &str) -> Option<i32> {
    let text = text.trim().trim_start_matches('\'');
    let text = text.strip_suffix(".0").unwrap_or(text);
    let year: i32 = text.replacen('\u{2212}', "-", 1).parse().ok()?;
    (-9999..=LATEST).contains(&year).then_some(year).filter(|year| *year != 0)
}

/// Returns the first year of four digits in a text: `c2003`, `[1998?]`, `昭和55 [1980]`.
pub(crate) fn year_within(text: &str) -> Option<i32> {
    let runs = text.split(|letter: char| !letter.is_ascii_digit());
    runs.filter(|run| run.len() == 4).find_map(|run| run.parse().ok().filter(|year| (1000..=LATEST).contains(year)))
}

/// Returns the numbers of a date with slashes, whose order the text does not say.
fn numbers(text: &str) -> Option<(i8, i8, i16)> {
    let mut parts = text.trim().split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && year.len() == 4).then_some(())?;
    Some((first.parse().ok()?, second.parse().ok()?, year.parse().ok()?))
}

/// Returns whether the day comes first in a column of dates. `None`: the column does not say, or says both.
pub(crate) fn day_first<'a>(column: impl Iterator<Item = &'a str>) -> Option<bool> {
    let mut orders = column.filter_map(numbers).filter_map(|(first, second, _)| match (first > 12, second > 12) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    });
    let order = orders.next()?;
    orders.all(|other| other == order).then_some(order)
}

/// Returns the day of a date: `2020-02-14`, `2020/2/14`, `14.02.2020`; and `13/2/2020` in the order of its column.
pub(crate) fn day(text: &str, day_first: Option<bool>) -> Option<String> {
    let text = text.trim();
    // What follows the day is a time.
    let text = text.split(['T', ' ']).next().unwrap_or(text);
    let iso = |text: &str, by: char| {
        let mut parts = text.split(by);
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        (parts.next().is_none() && year.len() == 4).then_some(())?;
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let dotted = || {
        let mut parts = text.split('.');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        (parts.next().is_none() && year.len() == 4).then_some(())?;
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let slashed = || {
        let (first, second, year) = numbers(text)?;
        let order = if first == second { Some(true) } else { day_first };
        let (day, month) = if order? { (first, second) } else { (second, first) };
        Date::new(year, month, day).ok()
    };
    let date = iso(text, '-').or_else(|| iso(text, '/')).or_else(dotted).or_else(slashed)?;
    (date.year() > 0).then(|| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::{day, day_first, year, year_within};

    #[test]
    fn a_year_is_a_year_or_none() {
        for (text, expected) in [
            ("1999", Some(1999)),
            ("-380", Some(-380)),
            ("0", None),
            ("20145", None),
            ("9999", None),
            ("x", None),
            (" 1990 ", Some(1990)),
        ] {
            assert_eq!(year(text), expected, "{text}");
        }
        for (text, expected) in [("c2003", 2003), ("[1998?]", 1998), ("昭和55 [1980]", 1980), ("12345 1990", 1990)] {
            assert_eq!(year_within(text), Some(expected), "{text}");
        }
        assert_eq!(year_within("19uu, 9999"), None);
    }

    #[test]
    fn the_column_says_which_number_is_the_day() {
        assert_eq!(day_first(["1/2/2020", "13/2/2020"].into_iter()), Some(true));
        assert_eq!(day_first(["1/2/2020", "2/13/2020"].into_iter()), Some(false));
        assert_eq!(day_first(["13/2/2020", "2/13/2020"].into_iter()), None);
        assert_eq!(day_first(["1/2/2020"].into_iter()), None);
        assert_eq!(day("1/2/2020", None), None);
        assert_eq!(day("2/2/2020", None).as_deref(), Some("2020-02-02"));
        assert_eq!(day("1/2/2020", Some(true)).as_deref(), Some("2020-02-01"));
        assert_eq!(day("31/2/2020", Some(true)), None);
        for text in ["2020-02-14", "2020/2/14", "14.02.2020", "2020-02-14T01:00:00+01:00"] {
            assert_eq!(day(text, None).as_deref(), Some("2020-02-14"), "{text}");
        }
    }
}
