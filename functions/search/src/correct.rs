//! Corrects slips: looks for words that are one slip apart, and for the books that have one of them beside all other words.

use std::cmp::Reverse;
use std::collections::HashMap;

use futures_util::future::try_join_all;
use shared::tables::Result;
use shared::words::{Clause, is_correctable};

use crate::find::Found;
use crate::lists::{Extent, spellings};
use crate::plan::{Known, Plan, is_found};

/// How many words are corrected at once.
const MOST_CORRECTED: usize = 2;
/// Of how many words in their place it is asked how frequent they are.
const MOST_CANDIDATES: usize = 8;

impl Plan<'_, '_> {
    /// Replaces words by others that are one slip apart, and leaves out those that cannot be replaced. `None` if none can be, or no
    /// book has the others.
    pub(crate) async fn correct(&self, wrong: &[u8]) -> Result<Option<Found>> {
        let (finder, search) = (self.finder, &self.finder.state.search);
        let typed = |place: u8| finder.query.clauses[usize::from(place)].text.as_str();
        let places = wrong.iter().copied().filter(|place| is_correctable(typed(*place))).take(MOST_CORRECTED);
        let places: Vec<u8> = places.collect();
        let mut neighbours = try_join_all(places.iter().map(|place| search.neighbours(typed(*place)))).await?;
        // With a word that is in the query already, the book would have one word less.
        let is_typed = |word: &String| finder.query.clauses.iter().flat_map(Clause::forms).any(|form| form == word);
        neighbours.iter_mut().for_each(|words| words.retain(|word| !is_typed(word)));
        // A short list of another word tells which of them its books have.
        let is_told = self.is_short_without(wrong);
        let most = if is_told { 0 } else { MOST_CANDIDATES / places.len().max(1) };
        let asked = neighbours.iter().flat_map(|words| words.iter().take(most)).map(String::as_str);
        let frequencies: HashMap<String, u32> = search.frequencies(asked).await?;
        let mut ranked: Vec<(u8, Vec<String>)> = Vec::new();
        for (place, mut words) in places.into_iter().zip(neighbours) {
            // A slip of the first letter is rare.
            let first = typed(place).chars().next();
            words.retain(|word| is_told || frequencies.contains_key(word));
            words.sort_by_key(|word| (word.chars().next() != first, Reverse(frequencies.get(word))));
            ranked.extend((!words.is_empty()).then_some((place, words)));
        }
        if ranked.is_empty() {
            return Ok(None);
        }
        let left_out: Vec<u8> =
            wrong.iter().copied().filter(|place| ranked.iter().all(|(other, _)| other != place)).collect();

        let mut plan = self.clone();
        let clauses: Vec<Clause> = ranked.iter().map(|(_, words)| Clause::of(words)).collect();
        for ((place, _), clause) in ranked.iter().zip(&clauses) {
            plan.known[usize::from(*place)] = Known::of(clause, &frequencies);
        }
        let replaced = ranked.iter().zip(&clauses).map(|((place, _), clause)| (*place, clause.clone()));
        let query = finder.changed(replaced, &left_out);
        let chosen = match plan.rarest(&left_out) {
            Some(_) if ranked.iter().all(|(_, words)| words.len() == 1) => Some(vec![0; ranked.len()]),
            Some((_, lists)) => spellings(finder.state, finder.store, &query, lists, &clauses).await?,
            None => None,
        };
        let Some(chosen) = chosen else { return Ok(None) };

        let mut corrected: Vec<(u8, String)> = Vec::new();
        for ((place, words), spelling) in ranked.into_iter().zip(chosen) {
            plan.known[usize::from(place)] = Known::of(&Clause::of([&words[spelling]]), &frequencies);
            corrected.push((place, words[spelling].clone()));
        }
        let found = plan.try_with(&corrected, &left_out, Extent::Beginning).await?.found;
        // A page that has no place left for a book reads none.
        Ok(Some(found).filter(|found| !found.books.is_empty() || (finder.limit == 0 && is_found(found))))
    }
}
