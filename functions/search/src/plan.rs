//! Decides which lists are read, and what is tried where no book has all words.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use shared::tables::Result;
use shared::words::Clause;

use crate::find::{Finder, Found};
use crate::lists::{Piece, lists};

/// The most forms of a query whose frequencies are read.
const MOST_FORMS: usize = 16;
/// How many words that are not known are corrected.
const MOST_CORRECTED: usize = 2;
/// How many corrections are tried.
const MOST_TRIES: usize = 4;
/// Shorter words are left out before others.
const SHORT: usize = 2;

/// The words of a query, each with the lists of its books.
pub(crate) struct Plan<'a, 'b> {
    finder: &'a Finder<'b>,
    /// For each word: about how many books have it, and where they are. `None` if it is not known.
    known: Vec<Option<(u32, Vec<Piece>)>>,
}

impl<'a, 'b> Plan<'a, 'b> {
    pub(crate) async fn new(finder: &'a Finder<'b>) -> Result<Self> {
        let choices = finder.query.choices(MOST_FORMS);
        let forms = choices.iter().flat_map(|clause| clause.forms());
        let frequencies = finder.state.search.frequencies(forms).await?;
        // A word that is not asked about may have books, and chooses no list.
        let known = |clause: &Clause| match choices.contains(&clause) {
            true => lists(clause, &frequencies),
            false => Some((u32::MAX, Vec::new())),
        };
        let known = finder.query.clauses.iter().map(known).collect();
        Ok(Plan { finder, known })
    }

    pub(crate) async fn carry_out(mut self) -> Result<Found> {
        if self.unknown().is_empty() {
            let Some((driver, _)) = self.rarest(&[]) else { return Ok(Found::default()) };
            let (found, is_empty) = self.try_with(&[], &[]).await?;
            // A filter that no book meets is no reason to look for other words.
            if is_found(&found) || (!is_empty && !self.finder.query.filter.is_empty()) {
                return Ok(found);
            }
            if !is_empty {
                return self.leave_one_out(found).await;
            }
            // The dictionary keeps words whose last book is gone.
            self.known[usize::from(driver)] = None;
        }
        let unknown = self.unknown();
        if let Some(found) = self.correct(&unknown).await? {
            return Ok(found);
        }
        if unknown.len() == self.known.len() {
            return Ok(Found::default());
        }
        Ok(self.try_with(&[], &unknown).await?.0)
    }

    /// Returns the places of the words that are not known.
    fn unknown(&self) -> Vec<u8> {
        let places = (0..).zip(&self.known).filter(|(_, known)| known.is_none());
        places.map(|(place, _)| place).collect()
    }

    /// Returns the rarest word but those, and its lists.
    fn rarest(&self, without: &[u8]) -> Option<(u8, &[Piece])> {
        let known = (0..).zip(&self.known).filter_map(|(place, known)| Some((place, known.as_ref()?)));
        let known = known.filter(|(place, (_, lists))| !without.contains(place) && !lists.is_empty());
        let (place, (_, lists)) = known.min_by_key(|(_, (count, _))| *count)?;
        Some((place, lists))
    }

    async fn try_with(&self, corrected: &[(u8, String)], left_out: &[u8]) -> Result<(Found, bool)> {
        let Some((_, lists)) = self.rarest(left_out) else { return Ok((Found::default(), true)) };
        self.finder.page(corrected, left_out, lists, None).await
    }

    /// No book has all words: leaves out one, a short one if there is one, else the rarest.
    async fn leave_one_out(&self, nothing: Found) -> Result<Found> {
        let clauses = &self.finder.query.clauses;
        if clauses.len() < 2 {
            return Ok(nothing);
        }
        let short = clauses.iter().position(|clause| clause.text.chars().count() <= SHORT);
        let place = match short.and_then(|place| u8::try_from(place).ok()) {
            Some(place) => place,
            None => match self.rarest(&[]) {
                Some((place, _)) => place,
                None => return Ok(nothing),
            },
        };
        let (found, _) = self.try_with(&[], &[place]).await?;
        Ok(if is_found(&found) { found } else { nothing })
    }

    /// Replaces the words that are not known by known ones that are one slip apart.
    async fn correct(&self, unknown: &[u8]) -> Result<Option<Found>> {
        if unknown.is_empty() || unknown.len() > MOST_CORRECTED {
            return Ok(None);
        }
        let (finder, search) = (self.finder, &self.finder.state.search);
        let words = unknown.iter().map(|place| finder.query.clauses[usize::from(*place)].text.as_str());
        let neighbours = try_join_all(words.map(|word| search.neighbours(word))).await?;
        if neighbours.iter().any(Vec::is_empty) {
            return Ok(None);
        }
        let all = neighbours.iter().flatten().map(String::as_str).take(MOST_FORMS);
        let frequencies: HashMap<String, u32> = search.frequencies(all).await?;
        let mut ranked = Vec::new();
        for (words, place) in neighbours.iter().zip(unknown) {
            // A slip of the first letter is rare.
            let first = finder.query.clauses[usize::from(*place)].text.chars().next();
            let mut words: Vec<&String> = words.iter().filter(|word| frequencies.contains_key(*word)).collect();
            words.sort_by_key(|word| (word.chars().next() != first, std::cmp::Reverse(frequencies[*word])));
            ranked.push(words);
        }
        for attempt in 0..MOST_TRIES {
            let word = |(words, place): (&Vec<&String>, &u8)| {
                Some((*place, (*words.get(attempt).or_else(|| words.last().filter(|_| unknown.len() > 1))?).clone()))
            };
            let Some(corrected) = ranked.iter().zip(unknown).map(word).collect::<Option<Vec<(u8, String)>>>() else {
                break;
            };
            let mut plan = Plan { finder, known: self.known.clone() };
            for (place, word) in &corrected {
                let clause = finder.query.clauses[usize::from(*place)].corrected(word);
                plan.known[usize::from(*place)] = lists(&clause, &frequencies);
            }
            let (found, _) = plan.try_with(&corrected, &[]).await?;
            // A page that has no place left for a book reads none.
            if !found.books.is_empty() || (finder.limit == 0 && is_found(&found)) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

fn is_found(found: &Found) -> bool {
    !found.books.is_empty() || found.next.is_some()
}
