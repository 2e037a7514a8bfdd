//! Answers of steps: each is remembered under the request's Idempotency-Key, in the transaction of the step.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{NotDone, NotReserved};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::Actor;
use crate::tables::library::Library;
use crate::tables::library::idempotency::{Earlier, Request};
use crate::tables::write::{Committed, Refusal, Transaction};

/// The Idempotency-Key was sent with another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyReused;

impl From<KeyReused> for NotDone {
    fn from(KeyReused: KeyReused) -> Self {
        NotDone::KeyReused
    }
}

impl From<KeyReused> for NotReserved {
    fn from(KeyReused: KeyReused) -> Self {
        NotReserved::KeyReused
    }
}

impl<R: From<KeyReused>> From<KeyReused> for Failure<R> {
    fn from(reused: KeyReused) -> Self {
        Failure::Refused(reused.into())
    }
}

/// The outcome of the transaction of a step.
pub(super) enum Finished<A> {
    /// It is done, or the same request was carried out before.
    Answered(Result<A, KeyReused>),
    /// Conditions failed, so nothing happened. The step may be retried.
    Refused(Refusal),
}

fn answer_of<A>(earlier: Earlier<A>) -> Result<A, KeyReused> {
    match earlier {
        Earlier::Same(answer) => Ok(answer),
        Earlier::Other => Err(KeyReused),
    }
}

impl Library {
    /// Refuses a step. If the same request was carried out before, returns its answer instead.
    pub(super) async fn refuse<A, R>(&self, why: R, request: Option<&Request>, actor: &Actor) -> Result<A, Failure<R>>
    where
        A: DeserializeOwned,
        R: From<KeyReused>,
    {
        match self.earlier_answer(request, actor.at).await? {
            Some(earlier) => Ok(answer_of(earlier)?),
            None => Err(Failure::Refused(why)),
        }
    }

    /// Commits the transaction of a step.
    pub(super) async fn finish<A: Serialize + DeserializeOwned>(
        &self,
        mut transaction: Transaction,
        request: Option<&Request>,
        answer: A,
        actor: &Actor,
    ) -> Result<Finished<A>> {
        let remembered = request.map(|request| transaction.add(self.remember(request, &answer, actor.at)));
        let refusal = match transaction.commit().await? {
            Committed::Done => return Ok(Finished::Answered(Ok(answer))),
            Committed::Refused(refusal) => refusal,
        };
        // A repeated request is also refused by what it has changed itself, so the earlier answer is looked at first.
        match (request, remembered.and_then(|part| refusal.item(part))) {
            (Some(request), Some(item)) => Ok(Finished::Answered(answer_of(request.earlier(item.clone())?))),
            _ => Ok(Finished::Refused(refusal)),
        }
    }
}
