//! Writes the lists and the words that queries read, and only those, as they would be in a library of a million books.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use shared::values::BookId;
use shared::words::{Clause, Posting, Query, deletions, element, is_correctable, is_one_slip, is_syllabic};
use tests::Library;

use super::books::Book;
use super::stock::{Indexed, books, id, index_these, put};

/// How many books of a list are written: more than a query reads.
const LONGEST: usize = 2_500;
/// How many books of a list a query reads, and how many of the best it shows on its first page.
const READ: usize = 1_820;
const SHOWN: usize = 20;

/// What is going to be read.
pub(super) struct Read {
    pub(super) queries: Vec<String>,
    /// Beginnings of words.
    pub(super) beginnings: Vec<String>,
    /// Books that are going to be added: what the dictionary says of their words is written.
    pub(super) added: Vec<Book>,
}

/// What is needed of a word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// How many books have it.
    Count,
    /// The first book as well.
    Head,
    /// The list.
    List,
}

/// A list in memory: the places, each with the number of its book among those that there are.
type List = Vec<(Vec<u8>, usize)>;

/// For remainders that are asked for, the words that leave them.
type Remainders<'a> = BTreeMap<String, BTreeSet<&'a str>>;

/// Returns the remainders of the words that may be corrected, with the words one slip apart: of words that no book has, and of
/// the words of queries of two, which no book may have together.
fn remainders<'a>(words: &HashSet<&'a str>, clauses: &[Vec<Clause>]) -> Remainders<'a> {
    let mut wanted: HashSet<String> = HashSet::new();
    for clauses in clauses {
        let forms = clauses.iter().flat_map(Clause::forms).filter(|form| is_correctable(form));
        wanted.extend(forms.filter(|form| clauses.len() == 2 || !words.contains(form)).flat_map(deletions));
    }
    let mut remainders = Remainders::new();
    for word in words.iter().filter(|word| is_correctable(word)) {
        for remainder in deletions(word).into_iter().filter(|remainder| wanted.contains(remainder)) {
            remainders.entry(remainder).or_default().insert(word);
        }
    }
    remainders
}

/// Writes what is asked for, as if the library had every book `copies` times; and the books that stand first.
pub(super) async fn write(library: &Library, model: &Value, all: &[Book], copies: usize, read: &Read) {
    let sources: Vec<(BTreeMap<String, u8>, Vec<u8>)> = all.iter().map(|book| book.source().postings()).collect();
    let clauses: Vec<Vec<Clause>> = read.queries.iter().map(|query| Clause::all(query)).collect();
    let words: HashSet<&str> = sources.iter().flat_map(|(impacts, _)| impacts.keys().map(String::as_str)).collect();
    let remainders = remainders(&words, &clauses);
    let begins = |word: &&str| {
        let beginning: String = word.chars().take(4).collect();
        read.beginnings.contains(&beginning)
    };
    let mut needs: HashMap<&str, Need> = HashMap::new();
    let forms = clauses.iter().flatten().flat_map(Clause::forms).filter_map(|form| words.get(form).copied());
    let added: Vec<String> = read.added.iter().flat_map(|book| book.source().postings().0.into_keys()).collect();
    let added = added.iter().filter_map(|word| words.get(word.as_str()).copied());
    let lists = forms.chain(remainders.values().flatten().copied()).map(|word| (word, Need::List));
    let heads = words.iter().copied().filter(begins).map(|word| (word, Need::Head));
    for (word, need) in lists.chain(heads).chain(added.map(|word| (word, Need::Count))) {
        needs.entry(word).and_modify(|known| *known = need.max(*known)).or_insert(need);
    }

    let mut lists: BTreeMap<&str, List> = BTreeMap::new();
    let mut counts: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for (number, (impacts, _)) in sources.iter().enumerate() {
        for (word, impact) in impacts {
            let Some((word, need)) = needs.get_key_value(word.as_str()) else { continue };
            for copy in 0..copies {
                let book = id(number + copy * all.len());
                counts.entry(word).or_default().insert(element(book));
                if *need > Need::Count {
                    let place = [&[u8::MAX - impact], &book.as_bytes()[..]].concat();
                    lists.entry(word).or_default().push((place, number));
                }
            }
        }
    }
    for (word, list) in &mut lists {
        list.sort();
        list.truncate(if needs[word] == Need::List { LONGEST } else { 1 });
    }
    eprintln!("{} lists, {} words, {} remainders", lists.len(), counts.len(), remainders.len());
    let postings: Vec<&[u8]> = sources.iter().map(|(_, posting)| posting.as_slice()).collect();
    let queries: Vec<Query> = clauses.iter().flat_map(|clauses| variants(clauses, &lists, &remainders)).collect();
    books(library, model, first(&lists, &postings, &queries).into_iter().map(|(id, number)| (id, &all[number]))).await;
    put(library, "carrel-search", counts.into_iter().map(|(word, numbers)| known(word, &numbers))).await;
    let slip = |(remainder, word): (&String, &&str)| json!({"pk": {"S": format!("d#{remainder}")}, "sk": {"B": BASE64_STANDARD.encode(word)}});
    put(
        library,
        "carrel-search",
        remainders.iter().flat_map(|(remainder, words)| words.iter().map(move |word| slip((remainder, word)))),
    )
    .await;
    let posting = |word: &str, (place, number): &(Vec<u8>, usize)| {
        json!({"pk": {"S": format!("w#{word}")}, "sk": {"B": BASE64_STANDARD.encode(place)},
            "x": {"B": BASE64_STANDARD.encode(postings[*number])}})
    };
    put(library, "carrel-search", lists.iter().flat_map(|(word, list)| list.iter().map(move |one| posting(word, one))))
        .await;
}

/// Returns the item of a word.
fn known(word: &str, numbers: &BTreeSet<u32>) -> Value {
    let letters = if word.chars().next().is_some_and(is_syllabic) { 1 } else { 2 };
    let beginning: String = word.chars().take(letters).collect();
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    json!({"pk": {"S": format!("p#{beginning}")}, "sk": {"B": BASE64_STANDARD.encode(word)}, "books": {"NS": numbers}})
}

/// Returns a query as it may be changed: each word corrected that no book has, or a word left out.
fn variants(clauses: &[Clause], lists: &BTreeMap<&str, List>, remainders: &Remainders<'_>) -> Vec<Query> {
    let is_known = |clause: &Clause| clause.forms().any(|form| lists.contains_key(form));
    let known: Vec<Clause> = clauses.iter().filter(|clause| is_known(clause)).cloned().collect();
    let unknown: Vec<&Clause> = clauses.iter().filter(|clause| !is_known(clause)).collect();
    let query = |clauses| Query { clauses, ..Query::default() };
    let less = |index: usize| query([&known[..index], &known[index + 1..]].concat());
    let mut variants: Vec<Query> = (0..known.len()).map(less).chain([query(known.clone())]).collect();
    let slips: Vec<&Clause> = if clauses.len() == 2 { clauses.iter().collect() } else { unknown };
    for slip in slips.into_iter().take(2) {
        let near = deletions(&slip.text).into_iter().filter_map(|remainder| remainders.get(&remainder)).flatten();
        let words: BTreeSet<&&str> = near.filter(|word| is_one_slip(&slip.text, word)).collect();
        variants.extend(words.into_iter().map(|word| {
            let corrected =
                |clause: &Clause| if clause == slip { Clause::of([&(**word).to_owned()]) } else { clause.clone() };
            query(clauses.iter().map(corrected).collect())
        }));
    }
    variants
}

/// Returns the books that stand first, whichever of the rarest lists is read for a query.
fn first(lists: &BTreeMap<&str, List>, postings: &[&[u8]], queries: &[Query]) -> HashMap<BookId, usize> {
    let mut shown = HashMap::new();
    for query in queries {
        let of_query: Vec<&List> =
            query.clauses.iter().flat_map(Clause::forms).filter_map(|form| lists.get(form)).collect();
        let shortest = of_query.iter().map(|list| list.len()).min().unwrap_or_default();
        // How many books have a word is known to a quarter.
        for list in of_query.into_iter().filter(|list| list.len() <= 2 * shortest) {
            let score = |number: usize| query.score(&Posting::read(postings[number])?);
            let mut hits: Vec<_> =
                list.iter().take(READ).filter_map(|(place, number)| Some((score(*number)?, place, *number))).collect();
            hits.sort_by(|one, other| (other.0, one.1).cmp(&(one.0, other.1)));
            let book = |place: &[u8]| Some(BookId::from(<[u8; 16]>::try_from(place.get(1..)?).ok()?));
            let hits = hits.into_iter().take(SHOWN);
            shown.extend(hits.filter_map(|(_, place, number)| Some((book(place)?, number))));
        }
    }
    shown
}

/// Adds books, and returns what the index costs of them.
pub(super) async fn add(library: &Library, model: &Value, added: &[Book]) -> Indexed {
    // Numbers that no other book has.
    let ids: Vec<BookId> = (0..added.len()).map(|number| id(usize::MAX / 2 + number)).collect();
    books(library, model, ids.iter().copied().zip(added)).await;
    index_these(library, &ids).await
}
