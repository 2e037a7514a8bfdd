//! Decides which lists are read, and what is tried where no book has all words.

use std::cmp::Reverse;
use std::collections::HashMap;

use shared::tables::Result;
use shared::words::Clause;

use crate::find::{Finder, Found, Page};
use crate::lists::{Extent, Piece, lists};

/// The most forms of words whose frequencies are read at once.
const MOST_FORMS: usize = 8;
/// A list with so many books is read whole at once. How many there are is known to a quarter.
const SHORT_LIST: u32 = 300;

/// What is known of a word: about how many books have it, and where they are.
#[derive(Clone)]
pub(crate) enum Known {
    Nothing,
    /// No book has it.
    Missing,
    Lists(u32, Vec<Piece>),
}

/// The words of a query, each with what is known of it.
#[derive(Clone)]
pub(crate) struct Plan<'a, 'b> {
    pub(crate) finder: &'a Finder<'b>,
    pub(crate) known: Vec<Known>,
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
        if !self.unknown().is_empty() && self.has_more_to_ask() {
            self.ask().await?;
        }
        if self.unknown().is_empty() {
            let Some((driver, _)) = self.rarest(&[]) else { return Ok(Found::default()) };
            // One of the other words may be wrong, which is found out if no book has all.
            let extent = if self.has_more_to_ask() { Extent::Beginning } else { Extent::Whole };
            let Page { found, is_empty, lacked, is_shown } = self.try_with(&[], &[], extent).await?;
            // A filter that no book meets is no reason to look for other words.
            if is_shown || !found.books.is_empty() || (!is_empty && !self.finder.query.filter.is_empty()) {
                return Ok(found);
            }
            if is_empty {
                // The dictionary keeps words whose last book is gone.
                self.known[usize::from(driver)] = Known::Missing;
            } else if self.has_more_to_ask() {
                self.ask().await?;
            }
            if self.unknown().is_empty() {
                return if is_found(&found) { Ok(found) } else { self.without_one(driver, lacked, found).await };
            }
        }
        let unknown = self.unknown();
        if let Some(found) = self.correct(&unknown).await? {
            return Ok(found);
        }
        if unknown.len() == self.known.len() {
            return Ok(Found::default());
        }
        Ok(self.try_with(&[], &unknown, Extent::Beginning).await?.found)
    }

    /// Returns the places of the words that no book has.
    fn unknown(&self) -> Vec<u8> {
        let places = (0..=u8::MAX).zip(&self.known).filter(|(_, known)| matches!(known, Known::Missing));
        places.map(|(place, _)| place).collect()
    }

    /// Returns the rarest word but those, and its lists.
    pub(crate) fn rarest(&self, without: &[u8]) -> Option<(u8, &[Piece])> {
        let known = (0..=u8::MAX).zip(&self.known).filter(|(place, _)| !without.contains(place));
        let counted = known.filter_map(|(place, known)| match known {
            Known::Lists(count, lists) => Some((*count, place, lists.as_slice())),
            Known::Nothing | Known::Missing => None,
        });
        let (_, place, lists) = counted.min_by_key(|(count, place, _)| (*count, *place))?;
        Some((place, lists))
    }

    pub(crate) async fn try_with(&self, corrected: &[(u8, String)], left_out: &[u8], extent: Extent) -> Result<Page> {
        let Some((_, lists)) = self.rarest(left_out) else { return Ok(Page { is_empty: true, ..Page::default() }) };
        self.finder.page(corrected, left_out, lists, extent).await
    }

    /// Returns whether the rarest word but those has so few books that its lists are read whole at once.
    pub(crate) fn is_short_without(&self, without: &[u8]) -> bool {
        let rarest = self.rarest(without).map(|(place, _)| &self.known[usize::from(place)]);
        matches!(rarest, Some(Known::Lists(count, _)) if *count <= SHORT_LIST)
    }

    /// Corrects or leaves out a word, because no book has all of them. Of two words one is corrected, unless one is short: without
    /// it little would be left of the question. Else one is left out: of two the short one, or the only one that a book with the
    /// rarest word lacks, or the rarest, or all short ones.
    async fn without_one(&self, rarest: u8, lacked: Option<u8>, nothing: Found) -> Result<Found> {
        let clauses = &self.finder.query.clauses;
        if clauses.len() == 2 && !clauses.iter().any(Clause::is_short) {
            // A list that is not short costs too much to be read for the other, too.
            let other = Some(1 - rarest).filter(|_| self.is_short_without(&[]));
            for place in [rarest].into_iter().chain(other) {
                if let Some(found) = self.correct(&[place]).await? {
                    return Ok(found);
                }
            }
        }
        let short =
            (0..=u8::MAX).zip(clauses).filter(|(_, clause)| clause.is_short()).map(|(place, _)| place).collect();
        let mut attempts: Vec<Vec<u8>> = vec![Vec::from_iter(lacked), vec![rarest], short];
        if clauses.len() == 2 {
            attempts.rotate_right(1);
        }
        attempts.dedup();
        for left_out in attempts {
            if !left_out.is_empty() && left_out.len() < clauses.len() {
                let found = self.try_with(&[], &left_out, Extent::Beginning).await?.found;
                if is_found(&found) {
                    return Ok(found);
                }
            }
        }
        Ok(nothing)
    }
}

impl Known {
    pub(crate) fn of(clause: &Clause, frequencies: &HashMap<String, u32>) -> Known {
        lists(clause, frequencies).map_or(Known::Missing, |(count, lists)| Known::Lists(count, lists))
    }
}

pub(crate) fn is_found(found: &Found) -> bool {
    !found.books.is_empty() || found.next.is_some()
}
