//! Answers a query: first as it was typed, then with a word corrected or left out.

use serde::{Deserialize, Serialize};
use shared::tables::Result;
use shared::tables::library::book::{Book, Store};
use shared::tables::search::source;
use shared::values::{BookId, Isbn};
use shared::words::{Clause, Filter, Query, analyse};

use crate::State;
use crate::lists::{Extent, Hits, Piece, Shown, Window, hits};
use crate::plan::Plan;
use crate::search::{Correction, Remarks};

/// Where a search goes on: what was corrected and left out stays so. Anybody who knows the code can make one, so it is checked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Position {
    /// Words that were replaced: their places in the query, and what is looked for.
    corrected: Vec<(u8, String)>,
    /// The places of the words that were left out.
    left_out: Vec<u8>,
    lists: Vec<Piece>,
    /// What was shown of these windows; nothing if they are the next ones.
    shown: Option<Shown>,
}

/// A page, and what its lists tell.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) found: Found,
    /// Whether the lists have no book at all.
    pub(crate) is_empty: bool,
    /// The place of the only word that a book of the lists lacks.
    pub(crate) lacked: Option<u8>,
    /// Whether a book answers that is shown already.
    pub(crate) is_shown: bool,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) books: Vec<Book>,
    pub(crate) remarks: Remarks,
    pub(crate) next: Option<Position>,
}

impl Position {
    /// Returns whether it is one of this query.
    pub(crate) fn fits(&self, text: &str) -> bool {
        let clauses = Clause::all(&Typed::read(text).words).len();
        let places = self.corrected.iter().map(|(place, _)| place).chain(&self.left_out);
        let words = self.corrected.iter().map(|(_, word)| word).chain(self.lists.iter().map(|(word, _)| word));
        let place_fits = |window: &Window| window.place().is_none_or(|place| place.len() == 17);
        // A window ends after its beginning.
        let end_fits = |(window, end): (&Window, &Window)| match (window, end) {
            (Window::After(window), Window::After(end)) => window < end,
            (Window::End, end) => *end == Window::End,
            (_, end) => *end != Window::Start,
        };
        let ends_fit = |Shown { ends, .. }: &Shown| {
            let windows = self.lists.iter().map(|(_, window)| window);
            ends.len() == self.lists.len() && ends.iter().all(place_fits) && windows.zip(ends).all(end_fits)
        };
        places.into_iter().all(|place| usize::from(*place) < clauses)
            && words.into_iter().all(|word| !word.is_empty() && word.len() <= 200)
            && !self.lists.is_empty()
            && self.lists.len() <= 8
            && self.lists.iter().all(|(_, window)| place_fits(window))
            && self.shown.as_ref().is_none_or(ends_fit)
    }
}

/// What a reader typed: ISBNs, and words.
pub(crate) struct Typed {
    isbns: Vec<Isbn>,
    pub(crate) words: String,
    /// What is wrong with what looks like an ISBN and nothing else.
    wrong: Option<String>,
}

impl Typed {
    pub(crate) fn read(text: &str) -> Self {
        match text.parse::<Isbn>() {
            Ok(isbn) => return Typed { isbns: vec![isbn], words: String::new(), wrong: None },
            Err(wrong) if wrong.contains("check digit") => {
                return Typed { isbns: Vec::new(), words: String::new(), wrong: Some(wrong) };
            }
            Err(_) => {}
        }
        let (isbns, words): (Vec<_>, Vec<_>) = text.split_whitespace().partition(|part| part.parse::<Isbn>().is_ok());
        let isbns = isbns.into_iter().filter_map(|isbn| isbn.parse().ok()).collect();
        Typed { isbns, words: words.join(" "), wrong: None }
    }
}

/// Returns the books that answer a text, from a position on; `None` if nothing in it can be looked for.
pub(crate) async fn find(
    state: &State,
    store: Store,
    text: &str,
    filter: Filter,
    limit: usize,
    after: Option<Position>,
) -> Result<Option<Found>> {
    let typed = Typed::read(text);
    let clauses = Clause::all(&typed.words);
    if let Some(wrong) = typed.wrong {
        return Ok(Some(Found { remarks: Remarks { isbn: Some(wrong), ..Remarks::default() }, ..Found::default() }));
    }
    if clauses.is_empty() && typed.isbns.is_empty() {
        return Ok(None);
    }
    let by_isbn = by_isbn(state, store, &typed.isbns, &filter).await?;
    let mut finder = Finder { state, store, query: Query { clauses, filter }, limit, without: Vec::new() };
    finder.without = by_isbn.iter().map(|book| book.id).collect();
    let mut found = match after {
        Some(position) => finder.go_on(position).await?,
        None => {
            finder.limit = limit.saturating_sub(by_isbn.len());
            let mut found = finder.begin().await?;
            found.books.splice(0..0, by_isbn);
            found
        }
    };
    found.books.truncate(limit);
    Ok(Some(found))
}

async fn by_isbn(state: &State, store: Store, isbns: &[Isbn], filter: &Filter) -> Result<Vec<Book>> {
    let query = Query { clauses: Vec::new(), filter: filter.clone() };
    let mut books: Vec<Book> = Vec::new();
    // A text of 400 letters has many; two calls are made for each.
    for isbn in isbns.iter().take(2) {
        let book = state.library.get_book_by_isbn(isbn, store).await?;
        books.extend(book.filter(|book| query.is_answered_by(&source(book))));
    }
    books.dedup_by_key(|book| book.id);
    Ok(books)
}

/// A query that is being answered.
pub(crate) struct Finder<'a> {
    pub(crate) state: &'a State,
    pub(crate) store: Store,
    /// As it was typed.
    pub(crate) query: Query,
    pub(crate) limit: usize,
    /// Books that are shown already.
    pub(crate) without: Vec<BookId>,
}

impl Finder<'_> {
    async fn begin(&self) -> Result<Found> {
        if self.query.clauses.is_empty() {
            return Ok(Found::default());
        }
        Plan::new(self).await?.carry_out().await
    }

    async fn go_on(&self, Position { corrected, left_out, lists, shown }: Position) -> Result<Found> {
        let extent = shown.map_or(Extent::Whole, Extent::Rest);
        Ok(self.page(&corrected, &left_out, &lists, extent).await?.found)
    }

    /// Returns a page of the books that answer the query, changed so.
    pub(crate) async fn page(
        &self,
        corrected: &[(u8, String)],
        left_out: &[u8],
        lists: &[Piece],
        extent: Extent,
    ) -> Result<Page> {
        let replaced = corrected.iter().map(|(place, word)| (*place, Clause::of([word])));
        let query = self.changed(replaced, left_out);
        let Hits { books: hits, ends, is_empty, lacked } =
            hits(self.state, self.store, &query, lists, &extent, self.limit).await?;
        let page = &hits[..hits.len().min(self.limit)];
        let ids: Vec<BookId> = page.iter().map(|(_, book)| *book).filter(|book| !self.without.contains(book)).collect();
        let is_shown = ids.len() < page.len();
        // The lists are hints: the book itself is true.
        let books = self.state.library.get_books(&ids, self.store).await?;
        let books: Vec<Book> = books.into_iter().filter(|book| query.is_answered_by(&source(book))).collect();
        let position =
            |lists, shown| Position { corrected: corrected.to_vec(), left_out: left_out.to_vec(), lists, shown };
        let next = if hits.len() > page.len() {
            let shown = page.last().map(|last| Shown { ends, last: *last });
            Some(position(lists.to_vec(), shown))
        } else if ends.iter().any(|end| *end != Window::End) {
            let words = lists.iter().map(|(word, _)| word.clone());
            Some(position(words.zip(ends).collect(), None))
        } else {
            None
        };
        let remarks = Remarks {
            corrected: corrected
                .iter()
                .filter_map(|(place, word)| self.correction(*place, word, books.first()))
                .collect(),
            left_out: left_out.iter().filter_map(|place| Some(self.clause(*place)?.text.clone())).collect(),
            isbn: None,
        };
        let lacked = lacked.and_then(|place| u8::try_from(place).ok());
        Ok(Page { found: Found { books, remarks, next }, is_empty, lacked, is_shown })
    }

    fn clause(&self, place: u8) -> Option<&Clause> {
        self.query.clauses.get(usize::from(place))
    }

    /// Returns the query with some words replaced, and without others.
    pub(crate) fn changed(&self, replaced: impl IntoIterator<Item = (u8, Clause)>, left_out: &[u8]) -> Query {
        let mut query = self.query.clone();
        for (place, other) in replaced {
            if let Some(clause) = query.clauses.get_mut(usize::from(place)) {
                *clause = other;
            }
        }
        let mut places = 0..=u8::MAX;
        query.clauses.retain(|_| places.next().is_none_or(|place| !left_out.contains(&place)));
        query
    }

    fn correction(&self, place: u8, word: &str, book: Option<&Book>) -> Option<Correction> {
        let searched = book.and_then(|book| as_written(book, word)).unwrap_or_else(|| word.to_owned());
        Some(Correction { typed: self.clause(place)?.text.clone(), searched })
    }
}

/// Returns a word as a book has it: `tolkien` → `Tolkien`.
fn as_written(book: &Book, word: &str) -> Option<String> {
    let texts = [book.details.title.as_str(), book.details.author.as_str()];
    let mut parts = texts.iter().flat_map(|text| text.split_whitespace());
    let has_it = |part: &&str| {
        analyse(part).words.iter().any(|found| found.main == word || found.also.iter().any(|also| also == word))
    };
    let part = parts.find(has_it)?;
    Some(part.trim_matches(|letter: char| !letter.is_alphanumeric()).to_owned())
}
