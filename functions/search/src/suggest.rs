//! `GET /search/suggest`.

use axum::{Json, extract};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use shared::edge::caller::CatalogReader;
use shared::edge::error::Result;
use shared::edge::extract::Query;
use shared::tables::library::book::Store;
use shared::words::{Clause, Posting, Query as Words, analyse, has_word};
use utoipa::{IntoParams, ToSchema};

use crate::State;
use crate::lists::lists;
use crate::search::Typed;

/// How many words are offered at most.
const MOST: usize = 8;
/// How many books of the other words' list are read.
const FIRST: usize = 200;
/// How many forms of the other words are asked about.
const MOST_FORMS: usize = 4;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Beginning {
    /// What has been typed so far. Its last word is the beginning of one.
    #[param(inline)]
    q: Typed,
}

/// What may be meant.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({"items": ["christmas carol", "christmas carols"]})))]
pub(crate) struct Suggestions {
    /// What was typed with its last word completed, in small letters and without accents: at most eight, the most frequent first.
    items: Vec<String>,
}

/// Completes the last word of what has been typed so far.
///
/// Each suggestion finds at least one book of the catalogue.
///
/// # Errors
/// 400 if `q` is missing or invalid.
#[utoipa::path(get, path = "/search/suggest", tag = "search", operation_id = "suggest",
    params(Beginning), extensions(("x-access" = json!("reader"))),
    responses((status = 200, description = "The suggestions.", body = Suggestions)))]
pub(crate) async fn suggest(
    extract::State(state): extract::State<State>,
    _: CatalogReader,
    Query(Beginning { q }): Query<Beginning>,
) -> Result<Json<Suggestions>> {
    let text = q.as_str();
    let analysis = analyse(text);
    let Some(last) = analysis.words.last() else { return Ok(Json(Suggestions { items: Vec::new() })) };
    let joined = analysis.joined.iter().filter(|joined| joined.last + 1 == analysis.words.len());
    let joined: Vec<&String> = joined.map(|joined| &joined.form).collect();
    let beginnings = if joined.is_empty() { [&last.main].into_iter().chain(&last.also).collect() } else { joined };
    let words = try_join_all(beginnings.iter().take(2).map(|word| state.search.beginnings(word))).await?;
    let mut words: Vec<String> = words.into_iter().flatten().collect();
    words.dedup();

    let mut others = Clause::all(text);
    others.pop();
    let mut offered = Vec::new();
    if others.is_empty() {
        words.truncate(MOST);
        let used = words.iter().map(|word| state.search.is_in_use(Store::Books, word));
        let used = try_join_all(used).await?;
        offered.extend(words.into_iter().zip(used).filter(|(_, is_used)| *is_used).map(|(word, _)| word));
    } else {
        offered.extend(with_others(&state, words, others).await?);
    }
    let head = head(text, &last.main);
    Ok(Json(Suggestions { items: offered.into_iter().map(|word| format!("{head}{word}")).collect() }))
}

/// Returns those of the words that a book has together with all other words.
async fn with_others(state: &State, words: Vec<String>, others: Vec<Clause>) -> Result<Vec<String>> {
    let forms = others.iter().flat_map(Clause::forms).take(MOST_FORMS);
    let frequencies = state.search.frequencies(forms).await?;
    let rarest = others.iter().filter_map(|clause| lists(clause, &frequencies)).min_by_key(|(count, _)| *count);
    let Some((_, pieces)) = rarest else { return Ok(Vec::new()) };
    let Some((word, _)) = pieces.first() else { return Ok(Vec::new()) };
    let list = state.search.list(Store::Books, word, None, None, FIRST).await?;
    let query = Words { clauses: others, ..Words::default() };
    let postings = list.entries.iter().filter_map(|entry| Posting::read(entry.posting()));
    let postings: Vec<Posting<'_>> = postings.filter(|posting| query.score(posting).is_some()).collect();
    let has_both = |word: &String| postings.iter().any(|posting| has_word(posting, word));
    Ok(words.into_iter().filter(has_both).take(MOST).collect())
}

/// Returns what stands before the word that is completed.
fn head<'a>(text: &'a str, last: &str) -> &'a str {
    let chunk = text.rfind(char::is_whitespace).map_or(0, |at| text.ceil_char_boundary(at + 1));
    // In scripts without blanks the last word is the end of a chunk.
    let end =
        text.strip_suffix(last).filter(|head| head.len() > chunk && head.ends_with(|letter: char| !letter.is_ascii()));
    end.unwrap_or(&text[..chunk])
}
