//! Reads the lists of the rarest word of a query, a bounded piece of each.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use shared::tables::Result;
use shared::tables::library::book::Store;
use shared::tables::search::{Entry, List};
use shared::values::BookId;
use shared::words::{Clause, Posting, Query, has_word};

use crate::State;

/// How many books of a list are read at first, which is about four read units.
const FIRST: usize = 450;
/// How many bytes are read at most: 13 read units.
const MOST_BYTES: usize = 13 * 8192;
/// The most books that are read at once.
const MOST_BOOKS: usize = 1_480;

/// How much of a list earlier pages have shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Window {
    /// Nothing.
    Start,
    /// Everything up to this place.
    After(Vec<u8>),
    /// Everything.
    End,
}

impl Window {
    /// Returns the place that it names.
    pub(crate) fn place(&self) -> Option<&[u8]> {
        match self {
            Window::After(place) => Some(place),
            Window::Start | Window::End => None,
        }
    }
}

/// A list: its word, and where the window begins.
pub(crate) type Piece = (String, Window);

/// How much of a window earlier pages have shown. They have read it whole, and ranked all its books.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// Where the window ends in each list.
    pub(crate) ends: Vec<Window>,
    /// The last book that was shown.
    pub(crate) last: (u32, BookId),
}

/// How much of the lists a page reads.
pub(crate) enum Extent {
    /// A window: four read units of a list, or 13 if the books of four do not fill the page.
    Whole,
    /// A window of four read units: something else may have to be tried.
    Beginning,
    /// What is left of a window that earlier pages have shown in part.
    Rest(Shown),
}

/// The books of a window that answer a query.
pub(crate) struct Hits {
    /// The books, the best first.
    pub(crate) books: Vec<(u32, BookId)>,
    /// Where the windows end, and the next ones begin.
    pub(crate) ends: Vec<Window>,
    /// Whether the lists have no book at all.
    pub(crate) is_empty: bool,
    /// The place of the only word that a book of the lists lacks: of a short one, or else of the book that answers the others best.
    pub(crate) lacked: Option<usize>,
}

/// Returns about how many books have a word of a query, and the lists in which they are: for each spelling that occurs, that
/// of its rarest form. `None` if no spelling occurs.
pub(crate) fn lists(clause: &Clause, frequencies: &HashMap<String, u32>) -> Option<(u32, Vec<Piece>)> {
    let mut found: Vec<(u32, Piece)> = Vec::new();
    for forms in &clause.spellings {
        let counted: Option<Vec<_>> = forms.iter().map(|form| Some((*frequencies.get(form)?, form))).collect();
        if let Some((count, rarest)) = counted.and_then(|counted| counted.into_iter().min()) {
            found.push((count, (rarest.clone(), Window::Start)));
        }
    }
    let count = found.iter().map(|(count, _)| count).sum();
    (!found.is_empty()).then(|| (count, found.into_iter().map(|(_, piece)| piece).collect()))
}

/// Reads the windows, and returns the books that answer the query and were not shown yet.
pub(crate) async fn hits(
    state: &State,
    store: Store,
    query: &Query,
    pieces: &[Piece],
    extent: &Extent,
    wanted: usize,
) -> Result<Hits> {
    let shown = if let Extent::Rest(shown) = extent { Some(shown) } else { None };
    let begun: Vec<Window> = pieces.iter().map(|(_, window)| window.clone()).collect();
    let mut hits = Hits { books: Vec::new(), ends: begun, is_empty: true, lacked: None };
    let (mut read, mut count, mut nearest) = (0, 0, None);
    for is_first in [true, false] {
        for (index, (word, _)) in pieces.iter().enumerate() {
            let limit = if shown.is_some() {
                MOST_BOOKS.saturating_sub(count)
            } else if is_first {
                FIRST / pieces.len()
            } else {
                let size = read / usize::max(count, 1);
                (MOST_BYTES.saturating_sub(read) / usize::max(size, 1)).min(MOST_BOOKS.saturating_sub(count))
            };
            if hits.ends[index] == Window::End || limit == 0 {
                continue;
            }
            let end = shown.map_or(&Window::End, |shown| &shown.ends[index]);
            let (after, until) = (hits.ends[index].place(), end.place());
            let List { entries, next, size } = state.search.list(store, word, after, until, limit).await?;
            (read, count) = (read + size, count + entries.len());
            hits.is_empty &= entries.is_empty();
            // A book of two lists is in the first.
            let earlier = &pieces[..index];
            for entry in &entries {
                match score(entry, query, earlier) {
                    Some((score, None)) => {
                        hits.books.extend(Some((score, entry.book)).filter(|hit| follows(*hit, shown)))
                    }
                    Some((score, Some(lacks))) => {
                        nearest = nearest.max(Some((query.clauses[lacks].is_short(), score, lacks)));
                    }
                    None => {}
                }
            }
            hits.ends[index] = next.map_or_else(|| end.clone(), Window::After);
        }
        // What earlier pages have not read comes after all that they have, however it ranks.
        if !matches!(extent, Extent::Whole) || hits.books.len() > wanted {
            break;
        }
    }
    hits.lacked = nearest.map(|(.., place)| place);
    hits.books.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.as_bytes().cmp(other.1.as_bytes())));
    Ok(hits)
}

/// Returns which spelling of each of these words the book has that answers the query best. Reads four units of the lists.
pub(crate) async fn spellings(
    state: &State,
    store: Store,
    query: &Query,
    pieces: &[Piece],
    of: &[Clause],
) -> Result<Option<Vec<usize>>> {
    let mut found: Vec<(u32, Vec<usize>)> = Vec::new();
    for (word, _) in pieces {
        let list = state.search.list(store, word, None, None, FIRST / pieces.len()).await?;
        let postings = list.entries.iter().filter_map(|entry| Posting::read(entry.posting()));
        for posting in postings.filter(|posting| query.score(posting).is_some()) {
            let spellings: Option<Vec<usize>> = of.iter().map(|clause| clause.spelling_in(&posting)).collect();
            let Some(spellings) = spellings else { continue };
            let score = query.with_spellings(of, &spellings).score(&posting);
            found.extend(score.map(|score| (score, spellings)));
        }
    }
    let best = found.into_iter().max_by_key(|(score, spellings)| (*score, Reverse(spellings.clone())));
    Ok(best.map(|(_, spellings)| spellings))
}

fn score(entry: &Entry, query: &Query, earlier: &[Piece]) -> Option<(u32, Option<usize>)> {
    let posting = Posting::read(entry.posting())?;
    if earlier.iter().any(|(word, _)| has_word(&posting, word)) {
        return None;
    }
    query.score_but_one(&posting)
}

fn follows((score, book): (u32, BookId), shown: Option<&Shown>) -> bool {
    shown.is_none_or(|Shown { last: (last_score, last), .. }| {
        score < *last_score || (score == *last_score && book.as_bytes() > last.as_bytes())
    })
}
