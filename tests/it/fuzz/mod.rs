//! What comes from outside, changed at random: [docs/reliability.md](../../../docs/reliability.md#fuzzing).
//!
//! Each target is a test with `fuzz` in its name: a short one here, and a long one with `FUZZ_SECONDS`. What must be true of
//! every answer stands beside what is changed.

mod cursors;
mod events;
mod queries;
mod requests;
mod tokens;
mod world;
