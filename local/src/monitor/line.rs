//! An event as a line of plain text.

use jiff::Zoned;

use super::feed::Event;

/// The longest part of a title that is shown.
const TITLE: usize = 36;

/// Returns a line like `12:03:04  book.reserved  "Kindred"  by 01928f3a…  (3rd in the queue)`, in the time zone of `now`. An
/// event of another day has its date instead of the time.
pub(super) fn line(event: &Event, now: &Zoned) -> String {
    let time = event.time.to_zoned(now.time_zone().clone());
    let format = if time.date() == now.date() { "%H:%M:%S" } else { "%b %d" };
    let time = time.strftime(format).to_string();
    let title = event.book.as_ref().map(|book| format!("\"{}\"", short(&plain(&book.title), TITLE)));
    let title = title.unwrap_or_default();
    let actor = short(&plain(&event.actor), 9);
    let place = event.place.map(|place| format!("  ({} in the queue)", ordinal(place))).unwrap_or_default();
    format!("{time:<8}  {:<22}  {title:<width$}  by {actor}{place}", plain(&event.kind), width = TITLE + 2)
}

/// Replaces characters that control a terminal or the writing direction, or are invisible. Any user can choose the title of a
/// book.
pub(super) fn plain(text: &str) -> String {
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    text.chars().map(|letter| if hidden(letter) { '\u{fffd}' } else { letter }).collect()
}

fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

fn ordinal(number: u64) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::super::feed::Book;
    use super::*;

    fn reserved(title: &str) -> Event {
        Event {
            id: 17,
            kind: "book.reserved".to_owned(),
            time: "2026-11-20T12:03:04.567Z".parse().expect("it is a time"),
            actor: "01928f3a-7d2b-7000-8000-000000000000".to_owned(),
            book: Some(Book { title: title.to_owned() }),
            place: Some(3),
        }
    }

    fn shown(event: &Event) -> String {
        line(event, &"2026-11-20T23:00:00+00:00[UTC]".parse().expect("it is a time"))
    }

    #[test]
    fn a_line_has_time_type_book_actor_and_queue_position() {
        assert_eq!(
            shown(&reserved("Kindred")),
            "12:03:04  book.reserved           \"Kindred\"                               by 01928f3a…  (3rd in the queue)"
        );
        let lone = Event { book: None, place: None, ..reserved("") };
        assert_eq!(
            shown(&lone),
            "12:03:04  book.reserved                                                   by 01928f3a…"
        );
    }

    #[test]
    fn lines_are_aligned_for_every_title() {
        let column = |title: &str| shown(&reserved(title)).split("  by ").next().map(|start| start.chars().count());
        assert_eq!(column("Émile"), column("Kindred"));
        assert_eq!(column(&"Long ".repeat(50)), column("Kindred"));
    }

    #[test]
    fn an_event_of_another_day_has_its_date() {
        let event = Event { time: "2026-11-03T12:03:04Z".parse().expect("it is a time"), ..reserved("Kindred") };
        assert!(shown(&event).starts_with("Nov 03    book.reserved "), "{}", shown(&event));
    }

    #[test]
    fn no_text_of_an_event_controls_the_terminal() {
        let nasty = "a\u{1b}]0;owned\u{7}\u{9b}31m\r\n\u{202e}b";
        let event =
            Event { kind: nasty.to_owned(), actor: "\u{1b}[2J".to_owned(), ..reserved(&nasty.replace("owned", "")) };
        let line = shown(&event);
        assert!(!line.chars().any(|letter| letter.is_control() || letter == '\u{202e}'), "{line:?}");
        assert!(line.contains("\u{fffd}]0;"), "{line}");
    }

    #[test]
    fn queue_positions_are_ordinal_numbers() {
        let said: Vec<_> = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111].map(ordinal).to_vec();
        assert_eq!(
            said,
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "101st", "111th"]
        );
    }
}
