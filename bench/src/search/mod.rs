//! Measures the search: what is found, where it stands, and what it costs: `cargo run -p bench -- search`.
//!
//! Readers look for books that they know, with and without a slip, and SQLite's FTS5 finds them in the same books. The search
//! function runs as the local runner runs it; a proxy counts what DynamoDB says a query consumes.
//!
//! - [`books`]: the books, and the queries
//! - [`stock`]: puts them into a library
//! - [`yardstick`]: FTS5 over the same books

mod books;
mod stock;
mod yardstick;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

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

/// Measures the search.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file with a book a line, as `bench/loc_records.py` writes it. Without it the books are made up.
    #[arg(long)]
    books: Option<PathBuf>,
    /// How many books the library has.
    #[arg(long, default_value_t = 1_000)]
    size: usize,
    /// How many queries of each kind are asked.
    #[arg(long, default_value_t = 100)]
    queries: usize,
    /// Writes only the lists that the queries read, as if the library had every book so often.
    #[arg(long)]
    copies: Option<usize>,
    /// Has the index made anew at last, by a run that is killed so often, and compares.
    #[arg(long, default_value_t = 0)]
    kills: u32,
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

/// Returns whether every limit was kept.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let Arguments { books: file, size, queries, copies, kills, check } = arguments;
    let all = match file {
        Some(file) => books::read(file, *size)?,
        None => books::made_up(*size),
    };
    let yardstick = Yardstick::with(&all)?;
    let library = Library::own().metered().standing_clock().start().await;
    let mut random = Rng::with_seed(7);
    let kinds: Vec<_> = KINDS.iter().filter(|kind| copies.is_none() || !kind.has_slip).collect();
    let asked: Vec<(&str, Vec<(usize, String)>)> =
        kinds.iter().map(|kind| (kind.name, queries_of(kind, &all, *queries, &mut random))).collect();
    let (started, mut took) = (Instant::now(), Duration::ZERO);
    match copies {
        None => {
            stock::books(&library, all.iter().enumerate().map(|(number, book)| (stock::id(number), book))).await;
            let indexing = Instant::now();
            let done = stock::index(&library).await;
            took = indexing.elapsed();
            let each = |what: f64| what / done.books;
            println!(
                "{} books were indexed in {:.0?}: {:.1} calls, {:.1} read units and {:.1} write units a book; of the last tenth {:.1}.",
                done.books,
                took,
                each(done.calls),
                each(done.read),
                each(done.write),
                done.last
            );
        }
        Some(copies) => {
            let texts: Vec<String> = asked.iter().flat_map(|(_, asked)| asked).map(|(_, text)| text.clone()).collect();
            stock::lists(&library, &all, *copies, &texts).await;
            println!(
                "{} books, of which the lists were written that are read, in {:.0?}.",
                all.len() * copies,
                started.elapsed()
            );
        }
    }
    let reader = library.stranger();
    let mut is_kept = true;
    println!(
        "\n| {} books | n | first | in five | MRR | FTS5 | p50 | p99 | most | nothing |",
        all.len() * copies.unwrap_or(1)
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (name, asked) in asked {
        let mut results = Vec::new();
        for (book, text) in &asked {
            results.push(ask(&library, &reader, &yardstick, all.len(), *book, text).await?);
        }
        is_kept &= report(name, &results, copies.is_none());
    }
    if copies.is_none() {
        is_kept &= suggestions(&library, &reader, &all, *queries, &mut random).await?;
        is_kept &= whole_answers(&reader, &yardstick, &all, *queries, &mut random).await?;
    }
    if *kills > 0 {
        let (items, differ) = stock::index_killed(&library, *kills, took / (kills + 2)).await;
        println!("Killed {kills} times, it was made anew: {items} items, of which {differ} differ.");
        is_kept &= differ == 0;
    }
    Ok(is_kept || !check)
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

/// The read units of the lists and of the dictionary.
fn units(calls: Vec<Call>) -> f64 {
    let of_search = calls.into_iter().filter(|call| call.tables == ["carrel-search"]);
    of_search.map(|call| call.read).sum()
}

async fn ask(
    library: &Library,
    reader: &Person,
    yardstick: &Yardstick,
    count: usize,
    book: usize,
    text: &str,
) -> Result<Asked, Failure> {
    library.proxy().take();
    let page = found(reader, "/search", text, &format!("&limit={PAGE}")).await;
    let calls = library.proxy().take();
    let found = ids(&page);
    if found.is_empty() {
        eprintln!("nothing is found by {text:?}");
    }
    let wanted: HashSet<String> = (0..4).map(|copy| stock::id(book + copy * count).to_string()).collect();
    Ok(Asked {
        place: found.iter().position(|id| wanted.contains(*id)),
        yardstick: yardstick.find(text, PAGE)?.iter().position(|number| *number == book),
        units: units(calls),
        is_changed: !page["corrected"].is_null() || !page["leftOut"].is_null(),
        is_empty: found.is_empty(),
    })
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
        results.iter().filter_map(place).map(|place| 1.0 / (place as f64 + 1.0)).sum::<f64>().max(0.0) / number
    };
    let (ours, theirs) = (mean(&|it| it.place), mean(&|it| it.yardstick));
    let mut units: Vec<f64> = results.iter().map(|it| it.units).collect();
    units.sort_by(f64::total_cmp);
    println!(
        "| {name} | {number} | {:.1} % | {:.1} % | {ours:.3} | {theirs:.3} | {} | {} | {} | {:.1} % |",
        share(&|it| it.place == Some(0)),
        share(&|it| it.place.is_some_and(|place| place < 5)),
        percentile(&units, 50),
        percentile(&units, 99),
        percentile(&units, 100),
        share(&|it| it.is_empty),
    );
    let is_bounded =
        results.iter().all(|it| it.units <= if it.is_changed || it.is_empty { MOST_CORRECTED } else { MOST });
    is_bounded && (!is_whole || ours >= theirs - WORSE_BY)
}

/// How often a word of a title is among the suggestions for its first four letters, and what they cost.
async fn suggestions(
    library: &Library,
    reader: &Person,
    all: &[Book],
    count: usize,
    random: &mut Rng,
) -> Result<bool, Failure> {
    let (mut units_of_all, mut offered, mut asked) = (Vec::new(), 0_u32, 0_u32);
    for _ in 0..count * 20 {
        let words = analyse(&all[random.usize(..all.len())].title).words;
        let words: Vec<String> =
            words.into_iter().map(|word| word.main).filter(|word| word.chars().count() > 4).collect();
        let Some(word) = words.get(random.usize(..words.len().max(1))) else { continue };
        let beginning: String = word.chars().take(4).collect();
        library.proxy().take();
        let page = found(reader, "/search/suggest", &beginning, "").await;
        units_of_all.push(units(library.proxy().take()));
        asked += 1;
        offered += u32::from(page["items"].as_array().is_some_and(|items| items.iter().any(|item| item == word)));
        if asked as usize == count {
            break;
        }
    }
    units_of_all.sort_by(f64::total_cmp);
    let most = percentile(&units_of_all, 100);
    println!(
        "\nAfter four letters the wanted word is offered in {:.1} % of {asked} cases, for {} read units (p99 {}, at most {most}).",
        100.0 * f64::from(offered) / f64::from(asked),
        percentile(&units_of_all, 50),
        percentile(&units_of_all, 99)
    );
    Ok(most <= 6.0)
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
