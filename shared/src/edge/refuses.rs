//! The refusals of extractors: what may be refused before a handler runs.

use axum::extract::{Request, State};
use http::{HeaderMap, Method};

use crate::edge::refusals::Refusal;
use crate::values::Address;

/// The refusals of a handler's argument.
pub trait Refuses {
    /// Returns the refusals with which the extraction may fail.
    fn refusals() -> Vec<Refusal>;
}

impl<S> Refuses for State<S> {
    fn refusals() -> Vec<Refusal> {
        Vec::new()
    }
}

/// No refusals: the handler receives the error.
impl<T, E> Refuses for Result<T, E> {
    fn refusals() -> Vec<Refusal> {
        Vec::new()
    }
}

/// Declares types without refusals.
macro_rules! never {
    ($($type:ty),+) => {
        $(impl Refuses for $type {
            fn refusals() -> Vec<Refusal> {
                Vec::new()
            }
        })+
    };
}

never!(Request, HeaderMap, Method, Address);

/// Implements [`Refuses`] for the arguments of a handler. axum puts a type before them that says whether the last
/// argument consumes the body.
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
