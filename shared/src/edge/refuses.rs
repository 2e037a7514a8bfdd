//! What a handler refuses before it begins: its extractors say so.

use axum::extract::{Request, State};
use http::HeaderMap;

use crate::edge::refusals::Refusal;
use crate::values::Address;

/// What may be refused where a handler has an argument of this type.
pub trait Refuses {
    /// Returns the refusals.
    fn refusals() -> Vec<Refusal>;
}

impl<S> Refuses for State<S> {
    fn refusals() -> Vec<Refusal> {
        Vec::new()
    }
}

/// The handler decides what becomes of an error.
impl<T, E> Refuses for Result<T, E> {
    fn refusals() -> Vec<Refusal> {
        Vec::new()
    }
}

/// Declares types that refuse nothing.
macro_rules! never {
    ($($type:ty),+) => {
        $(impl Refuses for $type {
            fn refusals() -> Vec<Refusal> {
                Vec::new()
            }
        })+
    };
}

never!(Request, HeaderMap, Address);

/// The arguments of a handler, as axum has them: behind a type that says whether the last one takes the body.
macro_rules! arguments {
    ($($argument:ident)*) => {
        impl<Via, $($argument: Refuses),*> Refuses for (Via, $($argument,)*) {
            fn refusals() -> Vec<Refusal> {
                let each: &[fn() -> Vec<Refusal>] = &[$($argument::refusals),*];
                each.iter().flat_map(|refusals| refusals()).collect()
            }
        }
    };
}

arguments!();
arguments!(A);
arguments!(A B);
arguments!(A B C);
arguments!(A B C D);
arguments!(A B C D E);
arguments!(A B C D E F);
arguments!(A B C D E F G);
