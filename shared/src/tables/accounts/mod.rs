//! The Accounts table: who there is and how they prove it. Only auth and users may read it.
//!
//! Each file has its access patterns on top. [`user`] holds profiles and the names to sign in with, [`logins`] what
//! proves a user, [`resets`] lost passwords, [`pictures`] pictures, [`removal`] the end of an account.

pub mod logins;
pub mod pictures;
pub mod removal;
pub mod resets;
pub mod user;

pub use user::User;
