//! Values that are valid by construction: code that has one does not check it again.

mod address;
mod bounded;
mod card;
mod characters;
mod code;
mod day;
mod email;
mod fold;
mod group;
mod ids;
mod isbn;
mod patch;
mod role;
pub(crate) mod stored;
mod subjects;
mod text;
mod time;
mod username;

pub use address::{Address, Network};
pub use bounded::{Bounded, Copies, Pages, Year};
pub use card::Card;
pub use code::{Barcode, Code};
pub use day::Day;
pub use email::Email;
pub use fold::{FOLD_VERSION, fold};
pub use group::Group;
pub use ids::{BookId, ReservationId, SessionId, UserId};
pub use isbn::Isbn;
pub use patch::{Patch, required};
pub use role::Role;
pub use subjects::{Subject, Subjects};
pub use text::{Author, Name, Reason, ShelfMark, Text, Title};
pub use time::milliseconds;
pub use username::Username;
