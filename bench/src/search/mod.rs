//! Measures the search: what is found, where it stands, and what it costs: `cargo run -p bench -- search`.
//!
//! Readers look for books that they know, with and without a slip, and SQLite's FTS5 finds them in the same books. The search
//! function runs as the local runner runs it; a proxy counts what DynamoDB says a query consumes.
//!
//! - [`books`]: the books, and the queries
//! - [`stock`]: puts them into a library
//! - [`lists`]: puts only those lists into it that are read, as they would be with a million books
//! - [`yardstick`]: FTS5 over the same books
//! - [`cpu`]: what a query takes of the function as Lambda runs it

pub(crate) mod books;
mod cpu;
mod lists;
pub(crate) mod stock;
mod yardstick;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Instant;

use books::{Book, KINDS};
use clap::Args;
use fastrand::Rng;
use serde_json::Value;
use shared::words::analyse;
use tests::database::Call;
use tests::{Library, Person};
use yardstick::Yardstick;

use crate::bootstrap::Failure;

/// The books of a page.
const PAGE: usize = 20;
/// The most read units of a query, its books excluded; and of one in which a word was corrected.
const MOST: f64 = 20.5;
const MOST_CORRECTED: f64 = 41.0;
/// By how much the ranking may be worse than that of FTS5.
const WORSE_BY: f64 = 0.02;

/// The most queries of which all pages are read.
const MOST_WHOLE: usize = 300;

/// About how many books are added to a library of which only lists are written.
const ADDED: usize = 200;

/// Measures the search.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file with a book a line, as `bench/loc_records.py` writes it. Without it the books are made up.
    #[arg(long)]
    books: Option<PathBuf>,
    /// How many books the library has.
    #[arg(long, default_value_t = 1_000)]
    size: usize,
    /// How many queries of each kind are asked; 0 for none.
    #[arg(long, default_value_t = 100)]
    queries: usize,
    /// Writes only the lists that the queries read, as if the library had every book so often.
    #[arg(long)]
    copies: Option<usize>,
    /// Has an index made, and another by a run that is killed so often, and compares.
    #[arg(long, default_value_t = 0)]
    kills: u32,
    /// Sends the queries to this bootstrap of the function as well, and measures its CPU time: `target/release/search`.
    #[arg(long)]
    function: Option<PathBuf>,
    /// Fails if a limit is exceeded, or FTS5 finds what the search does not.
    #[arg(long)]
    check: bool,
}

/// A query, and what came of it.
struct Asked {
    /// The place of the book that was looked for, on the first page and with FTS5.
    place: Option<usize>,
    yardstick: Option<usize>,
    /// The read units, the books excluded.
    units: f64,
    is_changed: bool,
    /// Whether nothing was found, whatever was tried.
    is_empty: bool,
}

/// Queries of one kind, each with the number of the book that is looked for.
type Queries = Vec<(usize, String)>;

/// Returns whether every limit was kept.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let Arguments { books: file, size, queries, copies, kills, function, check } = arguments;
    let mut all = match file {
        Some(file) => books::read(file, *size)?,
        None => books::made_up(*size),
    };
    let mut is_kept = true;
    if *kills > 0 {
        let (items, differ) = stock::index_killed(&all, *kills).await;
        println!(
            "{} books: by a run that is killed {kills} times, {differ} of {items} items of the index differ.",
            all.len()
        );
        is_kept = differ == 0;
    }
    if *queries == 0 {
        return Ok(is_kept || !check);
    }
    let added = if copies.is_some() { held_back(&mut all) } else { Vec::new() };
    let yardstick = Yardstick::with(&all)?;
    let library = Library::own().metered().standing_clock().start().await;
    let mut random = Rng::with_seed(7);
    let asked: Vec<(&str, Queries)> =
        KINDS.iter().map(|kind| (kind.name, queries_of(kind, &all, *queries, &mut random))).collect();
    let common = common_words(&all, *queries, &mut random);
    let beginnings = beginnings(&all, *queries, &mut random);
    let model = stock::model(&library, &library.reader().await).await;
    match copies {
        None => {
            stock::books(&library, &model, all.iter().enumerate().map(|(number, book)| (stock::id(number), book)))
                .await;
            let indexing = Instant::now();
            let done = stock::index(&library).await;
            println!("{} books were indexed in {:.0?}: {done}", done.books, indexing.elapsed());
        }
        Some(copies) => {
            let begun = Instant::now();
            let texts = asked.iter().flat_map(|(_, asked)| asked).map(|(_, text)| text);
            let read = lists::Read {
                queries: texts.chain(&common).cloned().collect(),
                beginnings: beginnings.iter().map(|(beginning, _)| beginning.clone()).collect(),
                added,
            };
            lists::write(&library, &model, &all, *copies, &read).await;
            println!(
                "Of {} books the lists that are read were written in {:.0?}.",
                all.len() * copies,
                begun.elapsed()
            );
            let done = lists::add(&library, &model, &read.added).await;
            println!("{} more are added: {done}", done.books);
        }
    }
    if let Some(function) = function {
        let texts: Vec<&String> =
            asked.iter().flat_map(|(_, asked)| asked).map(|(_, text)| text).chain(&common).collect();
        cpu::measure(&library, function, &texts).await?;
    }
    let reader = library.stranger();
    println!(
        "\n| {} books | n | first | in five | MRR | FTS5 | p50 | p99 | most as typed | most | nothing |",
        all.len() * copies.unwrap_or(1)
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (name, asked) in &asked {
        let mut results = Vec::new();
        for (book, text) in asked {
            results.push(ask(&library, &reader, &yardstick, (all.len(), copies.unwrap_or(1)), *book, text).await?);
        }
        is_kept &= report(name, &results, copies.is_none());
    }
    for (kind, (name, asked)) in KINDS.iter().zip(&asked).filter(|(kind, _)| kind.is_shared) {
        println!(
            "\nOther books have the same {name}: any order finds at most {:.1} % first, and {:.1} % in the first five.",
            most_within(1, kind, asked, &all),
            most_within(5, kind, asked, &all)
        );
    }
    is_kept &= ask_common(&library, &reader, &yardstick, &common).await?;
    is_kept &= suggestions(&library, &reader, &beginnings).await;
    if copies.is_none() {
        is_kept &= whole_answers(&reader, &yardstick, &all, (*queries).min(MOST_WHOLE), &mut random).await?;
    }
    Ok(is_kept || !check)
}

/// Takes some of the books out: those that are added later.
fn held_back(all: &mut Vec<Book>) -> Vec<Book> {
    let step = 1 + all.len() / ADDED;
    let (back, kept) =
        std::mem::take(all).into_iter().enumerate().partition::<Vec<_>, _>(|(number, _)| number % step == 0);
    *all = kept.into_iter().map(|(_, book)| book).collect();
    back.into_iter().map(|(_, book)| book).collect()
}

/// Makes up queries, each with the number of the book that is looked for.
fn queries_of(kind: &books::Kind, all: &[Book], count: usize, random: &mut Rng) -> Vec<(usize, String)> {
    let mut asked = Vec::new();
    for _ in 0..count * 20 {
        let number = random.usize(..all.len());
        if let Some(text) = (kind.query)(&all[number], random).filter(|text| text.chars().count() <= 400) {
            asked.push((number, text));
        }
        if asked.len() == count {
            break;
        }
    }
    asked
}

async fn found(reader: &Person, path: &str, text: &str, more: &str) -> Value {
    let query: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    reader.get(&format!("{path}?q={query}{more}")).await.expect(200).json()
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().into_iter().flatten().filter_map(|book| book["id"].as_str()).collect()
}

/// Returns the ids of a page's books: of copies, if there are any, at the place of the first.
fn works(page: &Value, copies: usize) -> Vec<Vec<&str>> {
    let mut works: Vec<(String, Vec<&str>)> = Vec::new();
    for book in page["items"].as_array().into_iter().flatten() {
        let id = book["id"].as_str().unwrap_or_default();
        let work = if copies == 1 {
            id.to_owned()
        } else {
            ["title", "author", "subjects", "publicationYear"].map(|name| book[name].to_string()).concat()
        };
        match works.iter_mut().find(|(other, _)| *other == work) {
            Some((_, ids)) => ids.push(id),
            None => works.push((work, vec![id])),
        }
    }
    works.into_iter().map(|(_, ids)| ids).collect()
}

/// The read units of the lists and of the dictionary.
fn units(calls: Vec<Call>) -> f64 {
    let of_search = calls.into_iter().filter(|call| call.tables == ["carrel-search"]);
    of_search.map(|call| call.read).sum()
}

async fn ask(
    library: &Library,
    reader: &Person,
    yardstick: &Yardstick,
    (count, copies): (usize, usize),
    book: usize,
    text: &str,
) -> Result<Asked, Failure> {
    library.proxy().take();
    let page = found(reader, "/search", text, &format!("&limit={PAGE}")).await;
    let calls = library.proxy().take();
    let found = works(&page, copies);
    if found.is_empty() {
        eprintln!("nothing is found by {text:?}");
    }
    let wanted: HashSet<String> = (0..copies).map(|copy| stock::id(book + copy * count).to_string()).collect();
    Ok(Asked {
        place: found.iter().position(|ids| ids.iter().any(|id| wanted.contains(*id))),
        yardstick: yardstick.find(text, PAGE)?.iter().position(|number| *number == book),
        units: units(calls),
        is_changed: !page["corrected"].is_null() || !page["leftOut"].is_null(),
        is_empty: found.is_empty(),
    })
}

/// Returns how many of a hundred books any order can have among the first so many, on average: readers type the same for several
/// books.
fn most_within(places: usize, kind: &books::Kind, asked: &Queries, all: &[Book]) -> f64 {
    let mut titles: HashMap<String, HashSet<&str>> = HashMap::new();
    for book in all {
        // Such a query is not random.
        if let Some(text) = (kind.query)(book, &mut Rng::with_seed(0)) {
            titles.entry(text).or_default().insert(&book.title);
        }
    }
    let share = |(_, text): &(usize, String)| {
        let others = titles.get(text).map_or(1, HashSet::len);
        f64::min(1.0, places as f64 / others as f64)
    };
    100.0 * asked.iter().map(share).sum::<f64>() / asked.len().max(1) as f64
}

fn percentile(units: &[f64], of_a_hundred: usize) -> f64 {
    units[(units.len() * of_a_hundred / 100).min(units.len() - 1)]
}

/// Prints a line. Returns whether the limits were kept.
fn report(name: &str, results: &[Asked], is_whole: bool) -> bool {
    if results.is_empty() {
        println!("| {name} | 0 |");
        return true;
    }
    let number = results.len() as f64;
    let share = |of: &dyn Fn(&Asked) -> bool| 100.0 * results.iter().filter(|it| of(it)).count() as f64 / number;
    let mean = |place: &dyn Fn(&Asked) -> Option<usize>| {
        results.iter().filter_map(place).fold(0.0, |sum, place| sum + 1.0 / (place as f64 + 1.0)) / number
    };
    let (ours, theirs) = (mean(&|it| it.place), mean(&|it| it.yardstick));
    let as_typed = results.iter().filter(|it| !it.is_changed && !it.is_empty);
    let mut units: Vec<f64> = results.iter().map(|it| it.units).collect();
    units.sort_by(f64::total_cmp);
    println!(
        "| {name} | {number} | {:.1} % | {:.1} % | {ours:.3} | {theirs:.3} | {} | {} | {} | {} | {:.1} % |",
        share(&|it| it.place == Some(0)),
        share(&|it| it.place.is_some_and(|place| place < 5)),
        percentile(&units, 50),
        percentile(&units, 99),
        as_typed.map(|it| it.units).fold(0.0, f64::max),
        percentile(&units, 100),
        share(&|it| it.is_empty),
    );
    let is_bounded =
        results.iter().all(|it| it.units <= if it.is_changed || it.is_empty { MOST_CORRECTED } else { MOST });
    is_bounded && (!is_whole || ours >= theirs - WORSE_BY)
}

/// Draws words of titles, each with its first four letters.
fn beginnings(all: &[Book], count: usize, random: &mut Rng) -> Vec<(String, String)> {
    let mut drawn = Vec::new();
    for _ in 0..count * 20 {
        let words = analyse(&all[random.usize(..all.len())].title).words;
        let words: Vec<String> =
            words.into_iter().map(|word| word.main).filter(|word| word.chars().count() > 4).collect();
        let Some(word) = words.get(random.usize(..words.len().max(1))) else { continue };
        drawn.push((word.chars().take(4).collect(), word.clone()));
        if drawn.len() == count {
            break;
        }
    }
    drawn
}

/// How often a word is among the suggestions for its first four letters, and what they cost.
async fn suggestions(library: &Library, reader: &Person, drawn: &[(String, String)]) -> bool {
    let (mut units_of_all, mut offered) = (Vec::new(), 0_u32);
    for (beginning, word) in drawn {
        library.proxy().take();
        let page = found(reader, "/search/suggest", beginning, "").await;
        units_of_all.push(units(library.proxy().take()));
        offered += u32::from(page["items"].as_array().is_some_and(|items| items.iter().any(|item| item == word)));
    }
    units_of_all.sort_by(f64::total_cmp);
    let most = percentile(&units_of_all, 100);
    println!(
        "\nAfter four letters the wanted word is offered in {:.1} % of {} cases, for {} read units (p99 {}, at most {most}).",
        100.0 * f64::from(offered) / drawn.len() as f64,
        drawn.len(),
        percentile(&units_of_all, 50),
        percentile(&units_of_all, 99)
    );
    most <= 6.0
}

/// Draws three very common words at a time: of the ranks 21 to 300.
fn common_words(all: &[Book], count: usize, random: &mut Rng) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for book in all {
        let words = analyse(&format!("{} {}", book.title, book.author)).words.into_iter().map(|word| word.main);
        words.filter(|word| word.len() > 2).for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let mut ranked: Vec<(usize, String)> = counts.into_iter().map(|(word, count)| (count, word)).collect();
    ranked.sort_by(|one, other| other.cmp(one));
    let common: Vec<&str> = ranked.iter().skip(20).take(280).map(|(_, word)| word.as_str()).collect();
    let three = |_| (0..3).map(|_| common[random.usize(..common.len())]).collect::<Vec<_>>().join(" ");
    (0..count * 4).map(three).collect()
}

/// What three very common words find, of which some book has all.
async fn ask_common(
    library: &Library,
    reader: &Person,
    yardstick: &Yardstick,
    common: &[String],
) -> Result<bool, Failure> {
    let (mut units_of_all, mut nothing, mut first, mut all, mut left_out) = (Vec::new(), 0, 0, 0, 0);
    for text in common {
        let best = yardstick.find(text, 1)?;
        if best.is_empty() {
            continue;
        }
        library.proxy().take();
        let page = found(reader, "/search", text, &format!("&limit={PAGE}")).await;
        let calls = library.proxy().take();
        if !page["leftOut"].is_null() {
            left_out += 1;
            continue;
        }
        units_of_all.push(units(calls));
        all += 1;
        nothing += usize::from(ids(&page).is_empty());
        first += usize::from(page["nextCursor"].is_null());
    }
    if all == 0 {
        return Ok(true);
    }
    units_of_all.sort_by(f64::total_cmp);
    let (mean, most) = (units_of_all.iter().sum::<f64>() / f64::from(all), percentile(&units_of_all, 100));
    println!(
        "\nThree very common words, of which some book has all, {all} times ({left_out} more times one was left out): nothing on the first page in {:.1} %, all books on it in {:.1} %; {mean:.1} read units, p50 {}, at most {most}.",
        100.0 * nothing as f64 / f64::from(all),
        100.0 * first as f64 / f64::from(all),
        percentile(&units_of_all, 50),
    );
    Ok(most <= MOST)
}

/// Whether all pages together have every book that FTS5 finds with all words, and no other.
async fn whole_answers(
    reader: &Person,
    yardstick: &Yardstick,
    all: &[Book],
    count: usize,
    random: &mut Rng,
) -> Result<bool, Failure> {
    let (mut missing, mut more, mut asked, mut books, mut pages) = (0, 0, 0, 0, 0);
    for _ in 0..count {
        let book = &all[random.usize(..all.len())];
        let mut words: Vec<String> =
            analyse(&format!("{} {}", book.title, book.author)).words.into_iter().map(|it| it.main).collect();
        // Shorter parts of words with an apostrophe or a half mark are words of FTS5 only.
        words.retain(|word| word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase()));
        random.shuffle(&mut words);
        words.truncate(random.usize(1..=3));
        if words.is_empty() {
            continue;
        }
        let text = words.join(" ");
        let expected: HashSet<String> =
            yardstick.find(&text, all.len())?.into_iter().map(|number| stock::id(number).to_string()).collect();
        let (mut got, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = found(reader, "/search", &text, &format!("&limit=100{cursor}")).await;
            if page["corrected"].is_null() && page["leftOut"].is_null() {
                got.extend(ids(&page).into_iter().map(ToOwned::to_owned));
            }
            pages += 1;
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let unique: HashSet<String> = got.iter().cloned().collect();
        assert_eq!(unique.len(), got.len(), "{text}: a book is shown twice");
        let lacking = expected.difference(&unique).count();
        if lacking > 0 {
            println!("{text}: {lacking} of {} are missing", expected.len());
        }
        missing += lacking;
        more += unique.difference(&expected).count();
        books += expected.len();
        asked += 1;
    }
    println!(
        "Of {books} books that FTS5 finds for {asked} queries, all {pages} pages together lack {missing}, and have {more} more."
    );
    Ok(missing == 0)
}
