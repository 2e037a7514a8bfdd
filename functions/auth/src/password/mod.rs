//! Passwords: their rules, and how they are kept.

mod common;
mod hasher;
mod rules;

pub(crate) use hasher::{Hasher, Place, Verified};
pub(crate) use rules::{NewPassword, Password};
