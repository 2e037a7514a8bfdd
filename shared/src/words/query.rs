//! What a reader asks for, and whether a book has it.

use std::collections::HashSet;

use super::analysis::{AND, Analysis, analyse};
use super::posting::{Posting, SCALE, Source, Words, hash, languages, of_language};
use super::scripts::is_syllabic;

/// The most letters of a query.
pub const MOST_LETTERS: usize = 400;

/// `&` in a title is one of these in a query.
const ANDS: [&str; 6] = ["and", "und", "et", "y", "e", "i"];
/// They do not hinder that a query is the whole title.
const ARTICLES: [&str; 16] =
    ["the", "a", "an", "der", "die", "das", "ein", "eine", "le", "la", "les", "un", "une", "el", "los", "il"];

/// What a word of a query is worth where the book has another spelling of it.
const OTHER_SPELLING: f64 = 0.8;
/// The letters of a word that says little.
const SHORT: usize = 2;
/// Two words of the query are neighbours in the title.
const NEIGHBOURS: f64 = 0.3 * SCALE;
/// The title begins with the query: for each word of it. Who types the beginning of a title looks for that title.
const BEGINNING: f64 = SCALE;
/// The title is the query.
const WHOLE: f64 = SCALE;

/// A word of a query: one of several spellings, each of which may be several words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The word as it was typed, folded.
    pub text: String,
    /// The spellings, the typed one first. A book has the word if it has every form of one of them.
    pub spellings: Vec<Vec<String>>,
}

/// What a list may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The name of the language.
    pub language: Option<String>,
    /// The year of publication.
    pub year: Option<i32>,
    /// Words that the author has.
    pub author: Vec<Clause>,
}

/// The words that a book should have.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Each of them.
    pub clauses: Vec<Clause>,
    /// What it is narrowed to.
    pub filter: Filter,
}

impl Clause {
    /// Returns the clauses of a text.
    pub fn all(text: &str) -> Vec<Clause> {
        let Analysis { words, joined } = analyse(text);
        let mut clauses: Vec<Clause> = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let last = joined.iter().filter(|joined| joined.first == at).map(|joined| joined.last).max();
            let clause = match last {
                Some(last) => {
                    let parts: Vec<String> = words[at..=last].iter().map(|word| word.main.clone()).collect();
                    let whole = joined.iter().filter(|joined| (joined.first, joined.last) == (at, last));
                    let whole: Vec<_> = whole.map(|joined| vec![joined.form.clone()]).collect();
                    at = last;
                    Clause { text: parts.join(" "), spellings: [vec![parts], whole].concat() }
                }
                None => {
                    let mut spellings: Vec<Vec<String>> =
                        [&word.main].into_iter().chain(&word.also).map(|form| vec![form.clone()]).collect();
                    if ANDS.contains(&word.main.as_str()) {
                        spellings.push(vec![AND.to_owned()]);
                    }
                    Clause { text: word.main.clone(), spellings }
                }
            };
            at += 1;
            if clause.text != AND && !clauses.contains(&clause) {
                clauses.push(clause);
            }
        }
        clauses
    }

    /// Returns the forms of all spellings.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        self.spellings.iter().flatten().map(String::as_str)
    }

    /// Returns a clause that one of these words meets, and nothing else.
    pub fn of<'a>(words: impl IntoIterator<Item = &'a String>) -> Clause {
        let spellings: Vec<Vec<String>> = words.into_iter().map(|word| vec![word.clone()]).collect();
        Clause { text: spellings.concat().join(" "), spellings }
    }

    /// Returns whether it says little: it has one or two letters, in a script in which a word has more.
    pub fn is_short(&self) -> bool {
        self.text.chars().count() <= SHORT && !self.text.chars().any(is_syllabic)
    }

    /// Returns the spelling that a book has, by what a list says of it.
    pub fn spelling_in(&self, posting: &Posting<'_>) -> Option<usize> {
        self.spellings.iter().position(|forms| forms.iter().all(|form| posting.has(hash(form))))
    }

    fn is_met(&self, has: impl Fn(&str) -> bool) -> bool {
        self.spellings.iter().any(|forms| forms.iter().all(|form| has(form)))
    }
}

impl Filter {
    /// Returns whether it narrows nothing.
    pub fn is_empty(&self) -> bool {
        self.language.is_none() && self.year.is_none() && self.author.is_empty()
    }

    fn admits(&self, posting: &Posting<'_>) -> bool {
        let author = |clause: &Clause| clause.is_met(|form| posting.author_has(hash(form)));
        self.year.is_none_or(|year| posting.year == Some(year))
            && self.language.as_ref().is_none_or(|language| posting.language == of_language(language))
            && self.author.iter().all(author)
    }
}

/// Returns all forms by which a text is found.
fn forms(analyses: &[&Analysis]) -> HashSet<String> {
    let mut forms = HashSet::new();
    for analysis in analyses {
        let words = analysis.words.iter();
        forms.extend(words.flat_map(|word| [&word.main].into_iter().chain(&word.also).chain(&word.parts)).cloned());
        forms.extend(analysis.joined.iter().map(|joined| joined.form.clone()));
    }
    forms
}

impl Query {
    /// Returns how well a book answers the query, by what a list says of it; `None` if it does not.
    pub fn score(&self, posting: &Posting<'_>) -> Option<u32> {
        let (score, lacks) = self.score_but_one(posting)?;
        lacks.is_none().then_some(score)
    }

    /// Returns how well a book answers the query, and the place of the word that it lacks, if any; `None` if it lacks more
    /// than one.
    pub fn score_but_one(&self, posting: &Posting<'_>) -> Option<(u32, Option<usize>)> {
        if !self.filter.admits(posting) {
            return None;
        }
        let (mut score, mut lacks) = (0.0, None);
        for (place, clause) in self.clauses.iter().enumerate() {
            match clause.spelling_in(posting) {
                Some(spelling) => {
                    let worth: f64 = clause.spellings[spelling].iter().map(|form| posting.worth(hash(form))).sum();
                    score += worth * if spelling == 0 { 1.0 } else { OTHER_SPELLING };
                }
                None if lacks.is_some() => return None,
                None => lacks = Some(place),
            }
        }
        // The cast saturates.
        Some(((score + self.bonus(posting)) as u32, lacks))
    }

    /// Returns the query with one of several words in the place of each of these clauses: that which a book has.
    #[must_use]
    pub fn with_spellings(&self, of: &[Clause], chosen: &[usize]) -> Query {
        let mut query = self.clone();
        for (clause, spelling) in of.iter().zip(chosen) {
            for place in query.clauses.iter_mut().filter(|place| *place == clause) {
                *place = Clause::of(&clause.spellings[*spelling]);
            }
        }
        query
    }

    /// Returns what it is worth that the title has the words in the query's order.
    fn bonus(&self, posting: &Posting<'_>) -> f64 {
        let typed: Vec<u16> = self
            .clauses
            .iter()
            .filter_map(|clause| clause.spellings.first())
            .flatten()
            .map(|form| hash(form))
            .collect();
        let title: Vec<u16> = posting.title().filter(|&word| word != hash(AND)).collect();
        let are_neighbours = |two: &&[u16]| title.windows(2).any(|pair| pair == *two);
        let neighbours = typed.windows(2).filter(are_neighbours).count();
        let mut bonus = NEIGHBOURS * neighbours as f64;
        let (title, typed) = (without_article(&title), without_article(&typed));
        if title.starts_with(typed) {
            bonus += BEGINNING * typed.len() as f64;
        }
        if title == typed {
            bonus += WHOLE;
        }
        bonus
    }

    /// Returns whether a book answers the query: the list has only hashes.
    pub fn is_answered_by(&self, source: &Source) -> bool {
        let Words { title, author, subjects } = source.words();
        let of_author = forms(&[author]);
        let all: Vec<&Analysis> = [title, author].into_iter().chain(subjects).collect();
        let all = forms(&all);
        self.clauses.iter().all(|clause| clause.is_met(|form| all.contains(form)))
            && self.filter.author.iter().all(|clause| clause.is_met(|form| of_author.contains(form)))
            && self.filter.year.is_none_or(|wanted| source.year() == Some(wanted))
            && self
                .filter
                .language
                .as_ref()
                .is_none_or(|wanted| source.language().is_some_and(|name| languages(name, wanted)))
    }
}

fn without_article(words: &[u16]) -> &[u16] {
    match words {
        [first, rest @ ..] if !rest.is_empty() && ARTICLES.iter().any(|article| hash(article) == *first) => rest,
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Clause, Query};
    use crate::words::{Posting, Source};

    /// Returns how well a book answers a query, by its posting; the book itself must agree.
    fn score(query: &str, title: &str, author: &str) -> Option<u32> {
        let (source, query) =
            (Source::new(title, author, []), Query { clauses: Clause::all(query), ..Query::default() });
        let (_, bytes) = source.postings();
        let score = query.score(&Posting::read(&bytes).expect("a posting"));
        assert_eq!(score.is_some(), query.is_answered_by(&source));
        score
    }

    #[test]
    fn every_spelling_of_a_query_finds_its_book() {
        for (query, title, author) in [
            ("catch 22", "Catch-22", "Joseph Heller"),
            ("catch22", "Catch-22", "Joseph Heller"),
            ("spiderman blue", "Spider-Man: Blue", "Jeph Loeb"),
            ("20000 leagues", "20,000 Leagues", "Jules Verne"),
            ("l'etranger", "L’Étranger", "Albert Camus"),
            ("etranger camus", "L’Étranger", "Albert Camus"),
            ("pride and prejudice", "Pride & Prejudice", "Jane Austen"),
            ("pride & prejudice", "Pride and Prejudice", "Jane Austen"),
            ("j.r.r. tolkien", "The Fellowship of the Ring", "Tolkien, J. R. R."),
            ("jrr tolkien", "The Silmarillion", "J. R. R. Tolkien"),
            ("müller", "Wege", "Herta Mueller"),
            ("ueber die bruecke", "Über die Brücke", "Käthe Müller"),
            ("雪", "雪国", "川端康成"),
            ("python 入門", "Python入門", "山田太郎"),
            ("حيوان", "كتاب الحيوان", "الجاحظ"),
        ] {
            assert!(score(query, title, author).is_some(), "{query}");
        }
        for (query, title) in [("1984", "1985"), ("रम", "राम चरित"), ("cat", "Cars")] {
            assert_eq!(score(query, title, "Ann Ott"), None, "{query}");
        }
    }

    #[test]
    fn se71_a_whole_title_is_before_a_part_of_one() {
        let whole = score("dune", "Dune", "Frank Herbert");
        assert!(whole > score("dune", "Dune Messiah", "Frank Herbert"));
        assert!(score("hobbit the", "The Hobbit", "A") > score("hobbit the", "On the Hobbit Trail", "A"));
        assert!(score("the hobbit", "The Hobbit", "A") > score("the hobbit", "Hobbit, the Game", "A"));
    }

    proptest! {
        #[test]
        fn every_book_is_found_by_each_of_its_words(title in "[a-zA-Zéüß' \\-.,&東京雪ガ0-9]{1,60}", author in "[a-zA-Z. ]{1,30}") {
            let (impacts, bytes) = Source::new(&title, &author, []).postings();
            let posting = Posting::read(&bytes).expect("a posting");
            for (word, impact) in impacts {
                prop_assert!(posting.has(crate::words::posting::hash(&word)) && impact > 0, "{}", word);
            }
            if !Clause::all(&title).is_empty() {
                prop_assert!(score(&title, &title, &author).is_some(), "{}", title);
            }
        }

        #[test]
        fn no_bytes_make_a_posting_that_cannot_be_used(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Some(posting) = Posting::read(&bytes) {
                let query = Query { clauses: Clause::all("dune messiah"), ..Query::default() };
                let _ = query.score(&posting);
            }
        }
    }
}
