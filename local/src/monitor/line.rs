//! An event as a line of plain text.

use jiff::Zoned;

use crate::client::plain;

use super::feed::Event;

/// The longest part of a title that is shown.
const TITLE: usize = 36;
/// The longest part of a name that is shown.
const NAME: usize = 30;

/// Returns a line like `12:03:04  book.reserved  "Kindred"  by Jane Doe  (3rd in the queue)`, in the time zone of `now`. An
/// event of another day has its date instead of the time. The type has a colour on a terminal.
pub(super) fn line(event: &Event, now: &Zoned, in_colour: bool) -> String {
    let time = event.time.to_zoned(now.time_zone().clone());
    let format = if time.date() == now.date() { "%H:%M:%S" } else { "%b %d" };
    let time = time.strftime(format).to_string();
    let title = event.book.as_ref().map(|book| format!("\"{}\"", short(&plain(&book.title), TITLE)));
    let title = title.unwrap_or_default();
    let actor = name(event, &event.actor);
    let reader = event.reader.as_ref().filter(|reader| **reader != event.actor);
    let reader = reader.map(|reader| format!("  for {}", name(event, reader))).unwrap_or_default();
    let place = event.place.map(|place| format!("  ({} in the queue)", ordinal(place))).unwrap_or_default();
    let kind = format!("{:<22}", plain(&event.kind));
    let kind = if in_colour { format!("\x1b[{}m{kind}\x1b[0m", colour(&event.kind)) } else { kind };
    format!("{time:<8}  {kind}  {title:<width$}  by {actor}{reader}{place}", width = TITLE + 2)
}

/// Returns the terminal's colour for a type: green for what comes back or becomes ready, blue for what goes out, red for what
/// somebody should look at, grey for the catalogue.
fn colour(kind: &str) -> u8 {
    match kind {
        "book.returned" | "reservation.ready" | "book.putAside" | "book.putBack" => 32,
        "book.lent" | "book.checkedOut" | "book.reserved" | "reservation.renewed" => 34,
        "book.overdue" | "book.lost" | "reservation.lapsed" | "reservation.displaced" => 31,
        "book.dueSoon"
        | "reservation.cancelled"
        | "loan.undone"
        | "return.undone"
        | "renewal.undone"
        | "putAside.undone" => 33,
        _ => 90,
    }
}

/// Returns the name of a user of the event: first and last name, or the username, or the beginning of the id.
fn name(event: &Event, id: &str) -> String {
    let person = event.people.iter().find(|person| person.id == id);
    let names =
        person.map(|person| [&person.first_name, &person.last_name].map(|name| name.as_deref().unwrap_or_default()));
    let names = names.map(|names| names.join(" ").trim().to_owned()).filter(|names| !names.is_empty());
    let username = person.and_then(|person| person.username.clone());
    match names.or(username) {
        Some(name) => short(&plain(&name), NAME),
        None => short(&plain(id), 9),
    }
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
    use super::super::feed::{Book, Person};
    use super::*;

    fn reserved(title: &str) -> Event {
        Event {
            id: 17,
            kind: "book.reserved".to_owned(),
            time: "2026-11-20T12:03:04.567Z".parse().expect("it is a time"),
            actor: "01928f3a-7d2b-7000-8000-000000000000".to_owned(),
            reader: None,
            people: Vec::new(),
            book: Some(Book { title: title.to_owned() }),
            place: Some(3),
        }
    }

    fn shown(event: &Event) -> String {
        line(event, &"2026-11-20T23:00:00+00:00[UTC]".parse().expect("it is a time"), false)
    }

    fn person(id: &str, first_name: Option<&str>, username: Option<&str>) -> Person {
        let [first_name, username] = [first_name, username].map(|name| name.map(str::to_owned));
        Person { id: id.to_owned(), first_name, last_name: None, username }
    }

    #[test]
    fn a_line_names_the_actor_and_the_reader() {
        let people = vec![person("l", Some("Jane"), Some("jd")), person("r", None, Some("ada"))];
        let (actor, reader) = ("l".to_owned(), Some("r".to_owned()));
        let lent = Event { actor, reader, people, place: None, ..reserved("Kindred") };
        assert!(shown(&lent).ends_with("  by Jane  for ada"), "{}", shown(&lent));
        let own = Event { reader: Some("l".to_owned()), ..lent.clone() };
        assert!(shown(&own).ends_with("  by Jane"), "{}", shown(&own));
        let coloured = line(&lent, &"2026-11-20T23:00:00+00:00[UTC]".parse().expect("it is a time"), true);
        assert!(coloured.contains("\x1b[34mbook.reserved"), "{coloured:?}");
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
