//! Decides which lists are read, and what is tried where no book has all words.

use std::cmp::Reverse;
use std::collections::HashMap;

use futures_util::future::try_join_all;
use shared::tables::Result;
use shared::words::{Clause, is_correctable};

use crate::find::{Finder, Found};
use crate::lists::{Extent, Piece, lists};

/// The most forms of words whose frequencies are read at once.
const MOST_FORMS: usize = 8;
/// How many words that are not known are corrected.
const MOST_CORRECTED: usize = 2;
/// How many corrections are tried.
const MOST_TRIES: usize = 3;
/// Shorter words are left out before others.
const SHORT: usize = 2;

/// What is known of a word: about how many books have it, and where they are.
#[derive(Clone)]
enum Known {
    Nothing,
    /// No book has it.
    Missing,
    Lists(u32, Vec<Piece>),
}

/// The words of a query, each with what is known of it.
#[derive(Clone)]
pub(crate) struct Plan<'a, 'b> {
    finder: &'a Finder<'b>,
    known: Vec<Known>,
}

impl<'a, 'b> Plan<'a, 'b> {
    pub(crate) async fn new(finder: &'a Finder<'b>) -> Result<Self> {
        let mut plan = Plan { finder, known: vec![Known::Nothing; finder.query.clauses.len()] };
        plan.ask().await?;
        Ok(plan)
    }

    /// Asks how frequent the longest words are of which nothing is known. They tell most, and cost no more.
    async fn ask(&mut self) -> Result<()> {
        let clauses = &self.finder.query.clauses;
        let mut asked: Vec<usize> = (0..clauses.len()).filter(|&at| matches!(self.known[at], Known::Nothing)).collect();
        asked.sort_by_key(|&at| Reverse(clauses[at].text.chars().count()));
        let mut left = MOST_FORMS;
        asked.retain(|&at| {
            let rest = left.checked_sub(clauses[at].forms().count());
            left = rest.unwrap_or(left);
            rest.is_some()
        });
        let forms = asked.iter().flat_map(|&at| clauses[at].forms());
        let frequencies = self.finder.state.search.frequencies(forms).await?;
        for at in asked {
            self.known[at] = Known::of(&clauses[at], &frequencies);
        }
        Ok(())
    }

    fn has_more_to_ask(&self) -> bool {
        self.known.iter().any(|known| matches!(known, Known::Nothing))
    }

    pub(crate) async fn carry_out(mut self) -> Result<Found> {
        if self.unknown().is_empty() {
            let Some((driver, _)) = self.rarest(&[]) else { return Ok(Found::default()) };
            // One of the other words may be wrong, which is found out if no book has all.
            let extent = if self.has_more_to_ask() { Extent::Beginning } else { Extent::Whole };
            let (found, is_empty) = self.try_with(&[], &[], extent).await?;
            // A filter that no book meets is no reason to look for other words.
            if !found.books.is_empty() || (!is_empty && !self.finder.query.filter.is_empty()) {
                return Ok(found);
            }
            if is_empty {
                // The dictionary keeps words whose last book is gone.
                self.known[usize::from(driver)] = Known::Missing;
            } else if self.has_more_to_ask() {
                self.ask().await?;
            }
            if self.unknown().is_empty() {
                return if is_found(&found) { Ok(found) } else { self.leave_out(found).await };
            }
        }
        let unknown = self.unknown();
        if let Some(found) = self.correct(&unknown).await? {
            return Ok(found);
        }
        if unknown.len() == self.known.len() {
            return Ok(Found::default());
        }
        Ok(self.try_with(&[], &unknown, Extent::Beginning).await?.0)
    }

    /// Returns the places of the words that no book has.
    fn unknown(&self) -> Vec<u8> {
        let places = (0..).zip(&self.known).filter(|(_, known)| matches!(known, Known::Missing));
        places.map(|(place, _)| place).collect()
    }

    /// Returns the rarest word but those, and its lists.
    fn rarest(&self, without: &[u8]) -> Option<(u8, &[Piece])> {
        let known = (0..).zip(&self.known).filter(|(place, _)| !without.contains(place));
        let counted = known.filter_map(|(place, known)| match known {
            Known::Lists(count, lists) => Some((*count, place, lists.as_slice())),
            Known::Nothing | Known::Missing => None,
        });
        let (_, place, lists) = counted.min_by_key(|(count, place, _)| (*count, *place))?;
        Some((place, lists))
    }

    async fn try_with(&self, corrected: &[(u8, String)], left_out: &[u8], extent: Extent) -> Result<(Found, bool)> {
        let Some((_, lists)) = self.rarest(left_out) else { return Ok((Found::default(), true)) };
        self.finder.page(corrected, left_out, lists, extent).await
    }

    /// Leaves out words, because no book has all of them. Short words go first: the rarest one, then all of them. If the query
    /// has no short word, the rarest word goes, then the next rarest.
    async fn leave_out(&self, nothing: Found) -> Result<Found> {
        let clauses = &self.finder.query.clauses;
        let mut places: Vec<u8> = Vec::new();
        while let Some((place, _)) = self.rarest(&places) {
            places.push(place);
        }
        let is_short = |place: &u8| clauses[usize::from(*place)].text.chars().count() <= SHORT;
        let short: Vec<u8> = places.iter().copied().filter(is_short).collect();
        let one = |place: Option<&u8>| place.map(|place| vec![*place]);
        let attempts = match short.first() {
            Some(rarest) => [one(Some(rarest)), (short.len() > 1).then_some(short)],
            None => [one(places.first()), one(places.get(1))],
        };
        for (left_out, extent) in attempts.into_iter().flatten().zip([Extent::Whole, Extent::Beginning]) {
            if left_out.len() < clauses.len() {
                let (found, _) = self.try_with(&[], &left_out, extent).await?;
                if is_found(&found) {
                    return Ok(found);
                }
            }
        }
        Ok(nothing)
    }

    /// Replaces words that are not known by known ones that are one slip apart. The others that are not known are left out.
    async fn correct(&self, unknown: &[u8]) -> Result<Option<Found>> {
        let (finder, search) = (self.finder, &self.finder.state.search);
        let typed = |place: u8| finder.query.clauses[usize::from(place)].text.as_str();
        let places = unknown.iter().copied().filter(|place| is_correctable(typed(*place))).take(MOST_CORRECTED);
        let places: Vec<u8> = places.collect();
        let neighbours = try_join_all(places.iter().map(|place| search.neighbours(typed(*place)))).await?;
        let all = neighbours.iter().flatten().map(String::as_str).take(MOST_FORMS);
        let frequencies: HashMap<String, u32> = search.frequencies(all).await?;
        let mut ranked: Vec<(u8, Vec<String>)> = Vec::new();
        for (place, mut words) in places.into_iter().zip(neighbours) {
            // A slip of the first letter is rare.
            let first = typed(place).chars().next();
            words.retain(|word| frequencies.contains_key(word));
            words.sort_by_key(|word| (word.chars().next() != first, Reverse(frequencies[word])));
            ranked.extend((!words.is_empty()).then_some((place, words)));
        }
        let left_out: Vec<u8> =
            unknown.iter().copied().filter(|place| ranked.iter().all(|(other, _)| other != place)).collect();
        let most = ranked.iter().map(|(_, words)| words.len()).max().unwrap_or_default();
        for attempt in 0..most.min(MOST_TRIES) {
            let word = |(place, words): &(u8, Vec<String>)| (*place, words[attempt.min(words.len() - 1)].clone());
            let corrected: Vec<(u8, String)> = ranked.iter().map(word).collect();
            let mut plan = self.clone();
            for (place, word) in &corrected {
                let clause = finder.query.clauses[usize::from(*place)].corrected(word);
                plan.known[usize::from(*place)] = Known::of(&clause, &frequencies);
            }
            let (found, _) = plan.try_with(&corrected, &left_out, Extent::Beginning).await?;
            // A page that has no place left for a book reads none.
            if !found.books.is_empty() || (finder.limit == 0 && is_found(&found)) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

impl Known {
    fn of(clause: &Clause, frequencies: &HashMap<String, u32>) -> Known {
        lists(clause, frequencies).map_or(Known::Missing, |(count, lists)| Known::Lists(count, lists))
    }
}

fn is_found(found: &Found) -> bool {
    !found.books.is_empty() || found.next.is_some()
}
