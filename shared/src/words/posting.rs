//! What the list of a word says about a book: all words of the book, so that no other list has to be read.
//!
//! | bytes | what |
//! |------:|------|
//! | 3     | how many words the title, the author and the subjects have |
//! | 2, 2  | the year; the hash of the language |
//! | 1, 1  | how many further forms the title has; how many forms the author has |
//! | 2 each | the hashes of the title's words in their order, of its further forms, of the author's forms and of the subjects' |

use std::collections::BTreeMap;

use super::analysis::{Analysis, analyse};
use crate::values::fold;

/// The most words of a field that are found, and the most further forms.
const MOST_TITLE: usize = 60;
const MOST_AUTHOR: usize = 30;
const MOST_SUBJECTS: usize = 40;
/// No year.
const NO_YEAR: i16 = i16::MIN;
/// The steps of an impact.
pub(super) const SCALE: f64 = 60.0;

/// A field of a book: what a word in it is worth, and how many words it usually has.
struct Field {
    weight: f64,
    usual: f64,
}

const TITLE: Field = Field { weight: 1.0, usual: 8.5 };
const AUTHOR: Field = Field { weight: 0.8, usual: 4.0 };
const SUBJECTS: Field = Field { weight: 0.25, usual: 6.0 };

impl Field {
    /// Returns what a word is worth in a field with so many words: BM25F, where a word counts once.
    fn worth(&self, words: u8) -> f64 {
        self.weight / (0.4 + 0.6 * f64::from(words) / self.usual) * SCALE
    }
}

/// Returns the hash of a word in a posting. Another word has the same once in 65,536; the book itself decides.
pub(super) fn hash(word: &str) -> u16 {
    let hash = word.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 16) as u16 ^ hash as u16
}

/// Returns whether a book has a word, by what a list says of it.
pub fn has_word(posting: &Posting<'_>, word: &str) -> bool {
    posting.has(hash(word))
}

/// Returns what a posting says of a language.
pub fn of_language(language: &str) -> u16 {
    hash(&fold(language)).max(1)
}

/// Returns whether two languages have the same name.
pub fn languages(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

/// The words of a book, field by field.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Those of the title.
    pub title: Analysis,
    /// Those of the author.
    pub author: Analysis,
    /// Those of each subject.
    pub subjects: Vec<Analysis>,
}

/// The words and values of a book from which its postings are made.
#[derive(Debug, Clone)]
pub struct Source {
    words: Words,
    year: Option<i32>,
    language: Option<String>,
}

/// Returns the words, and the further forms, of an analysis.
fn forms(analysis: &Analysis) -> (Vec<&str>, Vec<&str>) {
    let mains = analysis.words.iter().map(|word| word.main.as_str());
    let further = analysis.words.iter().flat_map(|word| word.also.iter().chain(&word.parts));
    let further = further.chain(analysis.joined.iter().map(|joined| &joined.form)).map(String::as_str);
    (mains.collect(), further.collect())
}

/// Adds those of `more` that are not there, up to `most`.
fn add<'a>(kept: &mut Vec<&'a str>, more: impl IntoIterator<Item = &'a str>, most: usize) {
    for form in more {
        if kept.len() < most && !kept.contains(&form) {
            kept.push(form);
        }
    }
}

fn count(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

impl Source {
    /// Returns the words of a book's title, author and subjects.
    pub fn new<'a>(title: &str, author: &str, subjects: impl IntoIterator<Item = &'a str>) -> Self {
        let (title, author) = (analyse(title), analyse(author));
        let words = Words { title, author, subjects: subjects.into_iter().map(analyse).collect() };
        Source { words, year: None, language: None }
    }

    /// Adds the year and the language.
    #[must_use]
    pub fn with(self, year: Option<i32>, language: Option<&str>) -> Self {
        Source { year, language: language.map(ToOwned::to_owned), ..self }
    }

    /// Returns the year.
    pub fn year(&self) -> Option<i32> {
        self.year
    }

    /// Returns the name of the language.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// Returns the words.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// Returns the words by which the book is found, each with its impact, and what every list says of the book.
    pub fn postings(&self) -> (BTreeMap<String, u8>, Vec<u8>) {
        let Words { title, author, subjects } = &self.words;
        let (mut in_order, further) = forms(title);
        let (title_count, author_count) = (count(in_order.len()), count(author.words.len()));
        let subject_count = count(subjects.iter().map(|subject| subject.words.len()).sum());
        in_order.truncate(MOST_TITLE);
        let mut more = Vec::new();
        add(&mut more, further.into_iter().filter(|form| !in_order.contains(form)), MOST_TITLE);
        let (mains, further) = forms(author);
        let (mut of_author, mut of_subjects) = (Vec::new(), Vec::new());
        add(&mut of_author, mains.into_iter().chain(further), MOST_AUTHOR);
        for subject in subjects {
            let (mains, further) = forms(subject);
            add(&mut of_subjects, mains.into_iter().chain(further), MOST_SUBJECTS);
        }

        let year = self.year.and_then(|year| i16::try_from(year).ok()).unwrap_or(NO_YEAR);
        let language = self.language.as_deref().map_or(0, of_language);
        let mut bytes = vec![title_count, author_count, subject_count];
        bytes.extend(year.to_be_bytes());
        bytes.extend(language.to_be_bytes());
        bytes.extend([count(more.len()), count(of_author.len())]);
        let all = in_order.iter().chain(&more).chain(&of_author).chain(&of_subjects);
        bytes.extend(all.clone().flat_map(|form| hash(form).to_be_bytes()));
        let Some(posting) = Posting::read(&bytes) else { return (BTreeMap::new(), bytes) };
        let impacts = all.map(|form| ((*form).to_owned(), posting.worth(hash(form)).clamp(1.0, 255.0) as u8));
        (impacts.collect(), bytes)
    }
}

/// What a list says of a book, in its stored form.
#[derive(Debug, Clone, Copy)]
pub struct Posting<'a> {
    counts: [u8; 3],
    /// The year, if there is one.
    pub year: Option<i32>,
    /// A number for the language; 0 if the book has no language.
    pub language: u16,
    title: &'a [[u8; 2]],
    further: &'a [[u8; 2]],
    author: &'a [[u8; 2]],
    subjects: &'a [[u8; 2]],
}

fn has(hashes: &[[u8; 2]], hash: u16) -> bool {
    hashes.contains(&hash.to_be_bytes())
}

impl<'a> Posting<'a> {
    /// Reads a posting; `None` if the bytes are no posting.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (&[titles, authors, subjects, y1, y2, l1, l2, further, author], rest) = bytes.split_first_chunk::<9>()?;
        let (hashes, odd) = rest.as_chunks::<2>();
        let (title, hashes) = hashes.split_at_checked(usize::from(titles).min(MOST_TITLE))?;
        let (further, hashes) = hashes.split_at_checked(usize::from(further))?;
        let (author, of_subjects) = hashes.split_at_checked(usize::from(author))?;
        let year = i16::from_be_bytes([y1, y2]);
        odd.is_empty().then(|| Posting {
            counts: [titles, authors, subjects],
            year: (year != NO_YEAR).then_some(i32::from(year)),
            language: u16::from_be_bytes([l1, l2]),
            title,
            further,
            author,
            subjects: of_subjects,
        })
    }

    /// Returns whether the book has a word.
    pub fn has(&self, word: u16) -> bool {
        [self.title, self.further, self.author, self.subjects].iter().any(|field| has(field, word))
    }

    /// Returns whether the author has a word.
    pub fn author_has(&self, word: u16) -> bool {
        has(self.author, word)
    }

    /// Returns what a word is worth as a description of the book.
    pub fn worth(&self, word: u16) -> f64 {
        let [titles, authors, subjects] = self.counts;
        let mut worth = 0.0;
        if has(self.title, word) || has(self.further, word) {
            worth += TITLE.worth(titles);
        }
        if has(self.author, word) {
            worth += AUTHOR.worth(authors);
        }
        if has(self.subjects, word) {
            worth += SUBJECTS.worth(subjects);
        }
        worth
    }

    /// Returns the words of the title in their order.
    pub fn title(&self) -> impl Iterator<Item = u16> + Clone + 'a {
        self.title.iter().map(|&hash| u16::from_be_bytes(hash))
    }
}
