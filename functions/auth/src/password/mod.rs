//! Passwords: their rules, and their hashes.

mod common;
mod hasher;
mod rules;

pub(crate) use hasher::{Hasher, Slot, Verified};
pub(crate) use rules::{Known, NewPassword, Password};
