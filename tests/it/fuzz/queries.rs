//! What readers search for, changed at random: as words, and as requests whose calls of the database are counted.

use std::sync::LazyLock;

use fuzzer::{Target, changed_bytes, fuzz};
use shared::words::{Analysis, Clause, MOST_LETTERS, Posting, Query, Source, analyse};
use tokio::runtime::Runtime;

use crate::search::Catalogue;
use tests::Library;

/// What people look for, and what has been hard to find.
const QUERIES: &str = "kindred butler\ncatch 22\nspiderman blue\n20000 leagues\nl'etranger\npride & prejudice\nj.r.r. tolkien\n\
    ueber die bruecke\n雪国 川端\npython 入門\nحيوان\n9780807083697\n0-8070-8369-0\nthe a an der\nkindrd\nwizard's\nC++\n1984\nмастер и маргарита\n\
    ガラスの城\n한강\nनमस्ते\nAT&T";

static SEEDS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| QUERIES.lines().map(|line| line.trim().as_bytes().to_vec()).collect());

/// Returns the text of an input, no longer than a query may be.
fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).chars().take(MOST_LETTERS).collect()
}

#[test]
fn fuzz_words() {
    fuzz(&Target { name: "words", cases: 3_000, change: changed_bytes, seeds: SEEDS.clone() }, |input| {
        let text = text(input);
        let clauses = Clause::all(&text);
        assert!(clauses.len() <= text.chars().count().max(1), "more words than letters");
        for form in clauses.iter().flat_map(Clause::forms) {
            // A cursor takes no longer ones.
            assert!(!form.is_empty() && form.len() <= 200, "{form:?}");
        }
        let spellings = clauses.iter().map(|clause| clause.spellings.len()).max().unwrap_or_default();
        assert!(spellings <= 8, "more lists than a page reads");
        // A book is found by its title, by its lists and by itself.
        let source = Source::new(&text, "Octavia E. Butler", []);
        let (impacts, bytes) = source.postings();
        assert!(impacts.keys().all(|word| !word.is_empty()));
        let posting = Posting::read(&bytes).expect("a posting");
        let query = Query { clauses, ..Query::default() };
        if is_whole_in_lists(&analyse(&text)) {
            assert_eq!(query.score(&posting).is_some(), query.is_answered_by(&source), "{text:?}");
        }
        assert!(query.clauses.is_empty() || query.is_answered_by(&source), "{text:?} does not find its own title");
        (query.clauses.len(), spellings, query.clauses.iter().map(|clause| clause.forms().count()).max())
    });
}

/// Returns whether the lists say all words of a title: they say sixty, and sixty further forms.
fn is_whole_in_lists(title: &Analysis) -> bool {
    let further: usize = title.words.iter().map(|word| word.also.len() + word.parts.len()).sum();
    title.words.len() <= 60 && further + title.joined.len() <= 60
}

/// The most read units of a search: docs/search.md has them. The words twice, a list, two corrections with their
/// candidates and tries, two lists where a word is left out, the books of a page, and those of two ISBNs.
const MOST_UNITS: f64 = 2.0 * 8.0 * 0.5 + 14.0 + 2.0 * 4.5 + 8.0 * 0.5 + 3.0 * 4.0 + 14.0 + 4.0 + 20.0 * 0.5 + 2.0;
/// The most calls.
const MOST_CALLS: usize = 48;

#[test]
fn fuzz_queries() {
    let runtime = Runtime::new().expect("a runtime");
    let catalogue = runtime.block_on(Catalogue::start_with(Library::own().metered()));
    fuzz(&Target { name: "queries", cases: 60, change: changed_bytes, seeds: SEEDS.clone() }, |input| {
        runtime.block_on(async {
            let text = text(input);
            let proxy = catalogue.library.proxy();
            proxy.take();
            let query = [("limit", "1"), ("q", text.as_str())];
            let answer = catalogue.get("/search", &query).await;
            let calls = proxy.take_of_requests();
            let units: f64 = calls.iter().map(|call| call.read).sum();
            assert!(calls.len() <= MOST_CALLS && units <= MOST_UNITS, "{text:?}: {} calls, {units}", calls.len());
            let json = answer.json();
            if answer.status != 200 {
                answer.invalid("?q");
            } else if let Some(next) = json["nextCursor"].as_str() {
                catalogue.get("/search", &[query[0], query[1], ("cursor", next)]).await.expect(200);
            }
            let count = |field: &str| json[field].as_array().map_or(0, Vec::len);
            let suggested = catalogue.get("/search/suggest", &[query[1]]).await;
            assert!([200, 400].contains(&suggested.status), "{text:?}: {}", suggested.text);
            (calls.len(), count("items"), count("corrected"), count("leftOut"), json["isbn"].is_string())
        })
    });
}
