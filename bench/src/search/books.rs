//! The books, and what readers type who look for one of them.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use fastrand::Rng;
use serde::Deserialize;
use shared::values::fold;
use shared::words::{Source, analyse, is_correctable};

use crate::bootstrap::Failure;

/// A book.
#[derive(Clone, Deserialize)]
pub(crate) struct Book {
    pub(crate) title: String,
    pub(crate) author: String,
    #[serde(default)]
    pub(super) subjects: Vec<String>,
    pub(super) year: Option<i32>,
    pub(super) language: Option<String>,
}

impl Book {
    /// Returns what it is found by.
    pub(super) fn source(&self) -> Source {
        let subjects = self.subjects.iter().map(String::as_str);
        Source::new(&self.title, &self.author, subjects).with(self.year, self.language.as_deref())
    }
}

/// Reads `count` books, spread over the whole file.
pub(crate) fn read(file: &Path, count: usize) -> Result<Vec<Book>, Failure> {
    let lines: Vec<String> = BufReader::new(File::open(file)?).lines().collect::<Result<_, _>>()?;
    let step = lines.len() as f64 / count.min(lines.len()) as f64;
    let chosen = (0..count.min(lines.len())).map(|number| &lines[(number as f64 * step) as usize]);
    Ok(chosen.map(|line| serde_json::from_str(line)).collect::<Result<_, _>>()?)
}

/// Makes up books: their words are as unevenly frequent as those of real ones.
pub(crate) fn made_up(count: usize) -> Vec<Book> {
    let mut random = Rng::with_seed(1);
    let syllables =
        ["ka", "to", "mi", "ra", "ne", "so", "lu", "ve", "di", "pa", "zo", "gri", "sta", "bel", "qui", "fen"];
    let mut name = |syllables_of_it: usize| -> String {
        (0..syllables_of_it).map(|_| syllables[random.usize(..syllables.len())]).collect()
    };
    let vocabulary: Vec<String> = (0..count.max(400)).map(|number| name(1 + number % 4)).collect();
    let mut random = Rng::with_seed(2);
    let mut words = |most: usize| -> String {
        let number = random.usize(1..=most);
        // Zipf's law: the word of rank r is 1/r as frequent as the first.
        let mut word = || vocabulary[(vocabulary.len() as f64).powf(random.f64()) as usize - 1].clone();
        (0..number).map(|_| word()).collect::<Vec<_>>().join(" ")
    };
    (0..count)
        .map(|number| Book {
            title: words(8),
            author: words(3),
            subjects: vec![words(3)],
            year: Some(1900 + i32::try_from(number % 120).unwrap_or_default()),
            language: None,
        })
        .collect()
}

/// A kind of query.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Whether other books may have the same query.
    pub(super) is_shared: bool,
    /// What a reader types who looks for the book; `None` if the book has no such words.
    pub(super) query: fn(&Book, &mut Rng) -> Option<String>,
}

/// The ways in which readers look for a book that they know.
pub(super) const KINDS: [Kind; 6] = [
    Kind { name: "whole title", is_shared: false, query: |book, _| Some(book.title.clone()) },
    Kind { name: "title word + surname", is_shared: true, query: word_and_surname },
    Kind { name: "first three words", is_shared: true, query: three_words },
    Kind {
        name: "whole title, a slip",
        is_shared: false,
        query: |book, random| with_slip(&chunks(&book.title), random),
    },
    Kind {
        name: "title word with a slip + surname",
        is_shared: false,
        query: |book, random| Some(format!("{} {}", with_slip(&[telling(book)?], random)?, surname(book)?)),
    },
    Kind {
        name: "title word + surname with a slip",
        is_shared: false,
        query: |book, random| Some(format!("{} {}", telling(book)?, with_slip(&[surname(book)?], random)?)),
    },
];

fn words(text: &str) -> Vec<String> {
    analyse(text).words.into_iter().map(|word| word.main).collect()
}

/// What stands between blanks, as it is written.
fn chunks(text: &str) -> Vec<String> {
    text.split_whitespace().map(ToOwned::to_owned).collect()
}

/// The longest word of the title: the one that a reader remembers.
fn telling(book: &Book) -> Option<String> {
    words(&book.title).into_iter().filter(|word| is_correctable(word)).max_by_key(|word| word.chars().count())
}

fn surname(book: &Book) -> Option<String> {
    let first = analyse(&book.author).words.into_iter().next()?.main;
    Some(first).filter(|name| is_correctable(name) && book.author != "Unknown")
}

fn word_and_surname(book: &Book, _: &mut Rng) -> Option<String> {
    Some(format!("{} {}", telling(book)?, surname(book)?))
}

fn three_words(book: &Book, _: &mut Rng) -> Option<String> {
    let words = words(&book.title);
    (words.len() > 3).then(|| words[..3].join(" "))
}

/// Makes one slip in one of the words that are long enough.
fn with_slip(words: &[String], random: &mut Rng) -> Option<String> {
    let is_word = |word: &String| word.chars().all(char::is_alphabetic) && is_correctable(&fold(word));
    let long: Vec<usize> = (0..words.len()).filter(|&index| is_word(&words[index])).collect();
    let chosen = *long.get(random.usize(..long.len().max(1)))?;
    let mut letters: Vec<char> = words[chosen].chars().collect();
    let at = random.usize(..letters.len());
    let letter = random.lowercase();
    match random.u8(..4) {
        0 => letters[at] = letter,
        1 => letters.insert(at, letter),
        2 => drop(letters.remove(at)),
        _ if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => letters.swap(at, at - 1),
    }
    let slipped: String = letters.into_iter().collect();
    let mut words = words.to_vec();
    (slipped != words[chosen]).then(|| {
        words[chosen] = slipped;
        words.join(" ")
    })
}
