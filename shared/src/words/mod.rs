//! How books are found by words: what the words of a text are, how a list of books is stored, and how a query is answered
//! from it. Code without a database; `tables/search` stores and reads.
//!
//! - `scripts`: which letters belong together
//! - `analysis`: the words of a text, and the further forms by which each is found
//! - `posting`: what the list of a word says about a book
//! - `query`: what a reader asks for, and whether a book has it
//! - `slips`: words that are one slip apart
//! - `frequency`: how many books have a word

/// The version of the words. Whoever changes which words a text has raises it, and the next start of the local runner, or
/// `cargo run -p local -- reindex`, writes the lists anew.
pub const WORDS_VERSION: u32 = 1;

mod analysis;
mod frequency;
mod posting;
mod query;
mod scripts;
mod slips;

pub use analysis::{Analysis, Joined, Word, analyse};
pub use frequency::{element, estimate};
pub use posting::{Posting, Source, Words, has_word, languages, of_language};
pub use query::{Clause, Filter, MOST_LETTERS, Query};
pub use scripts::is_syllabic;
pub use slips::{deletions, is_correctable, is_one_slip};
