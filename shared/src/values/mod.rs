//! Values that are valid by construction: code that holds one need not check it again.

mod address;
mod bounded;
mod day;
mod email;
mod fold;
mod ids;
mod isbn;
mod patch;
mod role;
mod text;
mod username;

pub use address::Address;
pub use bounded::Bounded;
pub use day::Day;
pub use email::Email;
pub use fold::fold;
pub use ids::{BookId, ReservationId, SessionId, UserId};
pub use isbn::Isbn;
pub use patch::{removable, required};
pub use role::Role;
pub use text::{Name, Text};
pub use username::Username;
