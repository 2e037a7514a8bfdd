//! What a letter is about, and how it stands in the words: in a subject line, as text and as HTML.

use askama::filters::{Html, escape};

use super::titles;
use super::words::Words;

/// What the `{…}` of the words stand for, by name.
pub(super) type Facts = Vec<(&'static str, Fact)>;

/// A fact, by how it stands in the words.
pub(super) enum Fact {
    /// A book's title: in quotes in a text, in italics in HTML.
    Title(String),
    /// A name that a person has chosen, in any script.
    Name(String),
    /// A day, a number, an address.
    Plain(String),
}

impl Fact {
    fn text(&self) -> &str {
        match self {
            Fact::Title(text) | Fact::Name(text) | Fact::Plain(text) => text,
        }
    }
}

/// A piece of the words.
enum Piece<'a> {
    Words(&'a str),
    /// The first or the last end of what is most important.
    Mark,
    Fact(&'a Fact),
}

/// Returns the pieces of the words.
///
/// # Panics
/// If a fact has no value: the words are ours, and a test renders each letter.
fn pieces<'a>(words: &'a str, facts: &'a Facts) -> Vec<Piece<'a>> {
    let (mut pieces, mut rest) = (Vec::new(), words);
    while let Some(at) = rest.find(['{', '*']) {
        pieces.push(Piece::Words(&rest[..at]));
        if let Some(after) = rest[at..].strip_prefix('*') {
            pieces.push(Piece::Mark);
            rest = after;
        } else {
            let (name, after) = rest[at + 1..].split_once('}').expect("the name of a fact ends");
            let (_, fact) = facts.iter().find(|(known, _)| *known == name).expect("the letter has this fact");
            pieces.push(Piece::Fact(fact));
            rest = after;
        }
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// Returns the words as a subject line.
pub(super) fn as_line(_: &Words, words: &str, facts: &Facts) -> String {
    let line = |piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Mark => String::new(),
        Piece::Fact(Fact::Title(title)) => titles::beginning(title),
        Piece::Fact(fact) => fact.text().to_owned(),
    };
    pieces(words, facts).into_iter().map(line).collect()
}

/// Returns the words as text, with the quotes of the language. What is written from right to left is isolated, so that it does not turn the sentence around.
pub(super) fn as_text(language: &Words, words: &str, facts: &Facts) -> String {
    let [before, after] = language.quotes;
    let isolated = |text: &str| match titles::has_right_to_left(text) {
        true => format!("\u{2068}{text}\u{2069}"),
        false => text.to_owned(),
    };
    let text = |piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Mark => String::new(),
        Piece::Fact(Fact::Title(title)) => format!("{before}{}{after}", isolated(title)),
        Piece::Fact(fact) => isolated(fact.text()),
    };
    pieces(words, facts).into_iter().map(text).collect()
}

/// Returns the words as HTML. What people have chosen begins a line of its own, because a line of a mail has at most 998 bytes.
pub(super) fn as_html(_: &Words, words: &str, facts: &Facts) -> String {
    let mut is_marked = false;
    let html = |piece| match piece {
        Piece::Words(words) => escaped(words),
        Piece::Mark => {
            is_marked = !is_marked;
            if is_marked { "<b>" } else { "</b>" }.to_owned()
        }
        Piece::Fact(Fact::Title(title)) => format!("\n<cite><bdi>{}</bdi></cite>", escaped(title)),
        Piece::Fact(Fact::Name(name)) => format!("\n<bdi>{}</bdi>", escaped(name)),
        Piece::Fact(Fact::Plain(text)) => escaped(text),
    };
    pieces(words, facts).into_iter().map(html).collect()
}

fn escaped(text: &str) -> String {
    escape(text, Html).map(|text| text.to_string()).expect("a string can be escaped to a string")
}
