//! Transactions: writes that happen all together or not at all.

use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};

use super::Write;
use crate::tables::fault::{Fault, Result};
use crate::tables::key::Item;
use crate::tables::retry::Retry;
use crate::tables::sessions::{Denied, Verdict};
use crate::tables::table::Table;

/// Writes that happen all together or not at all.
#[derive(Default)]
pub(crate) struct Transaction {
    parts: Vec<Write>,
    /// The verdict that the first part carries.
    verdict: Option<Verdict>,
}

/// Names a part of a transaction. [`Refusal`] says whether it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part(usize);

/// The first part of a transaction. Where it is about the actor's own item, this is it.
pub(crate) const OWN: Part = Part(0);

/// The outcome of a transaction.
pub(crate) enum Committed {
    /// All of it happened.
    Done,
    /// A condition failed, so nothing happened.
    Refused(Refusal),
}

/// Which parts of a transaction were refused.
pub(crate) struct Refusal(Vec<Option<Item>>);

impl Refusal {
    /// Returns whether the condition of that part failed.
    pub(crate) fn is_at(&self, part: Part) -> bool {
        self.item(part).is_some()
    }

    /// Returns the item that did not meet the condition of that part. It is empty if it did not exist, or if
    /// [`Write::showing_item`] was not called; `None` if the condition held.
    pub(crate) fn item(&self, part: Part) -> Option<&Item> {
        self.0.get(part.0)?.as_ref()
    }
}

impl Transaction {
    /// Makes a transaction of parts without names.
    pub(crate) fn of(parts: impl IntoIterator<Item = Write>) -> Self {
        Transaction { parts: parts.into_iter().collect(), verdict: None }
    }

    /// Makes a transaction whose first part carries a verdict on the caller.
    pub(crate) fn under(verdict: Verdict, first: Write) -> Self {
        Transaction { parts: vec![first], verdict: Some(verdict) }
    }

    /// Adds parts without names.
    pub(crate) fn add_all(&mut self, parts: impl IntoIterator<Item = Write>) {
        self.parts.extend(parts);
    }

    /// Adds a part and returns its name.
    pub(crate) fn add(&mut self, write: Write) -> Part {
        self.parts.push(write);
        Part(self.parts.len() - 1)
    }

    /// Carries out the transaction.
    ///
    /// It is retried up to three times if another transaction is under way on one of its items. The SDK does not retry
    /// this. Such a conflict hides whether the condition of its item holds, so nothing is judged before the retries.
    ///
    /// # Errors
    /// [`Fault::Denied`] if the caller may not do this any more, whatever else is refused; another fault.
    pub(crate) async fn commit(&self) -> Result<Committed> {
        let Some(Table { client, random, .. }) = self.parts.first().map(|part| &part.table) else {
            return Ok(Committed::Done);
        };
        let items: Vec<TransactWriteItem> = self.parts.iter().map(|part| part.clone().part()).collect();
        let mut retry = Retry::after_conflict(random);
        loop {
            let sent = client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .customize()
                .config_override(aws_sdk_dynamodb::config::Builder::new().timeout_config(timeouts()))
                .send()
                .await;
            let error = match sent {
                Ok(_) => return Ok(Committed::Done),
                Err(error) => error,
            };
            let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
            else {
                return Err(error.into());
            };
            let reasons = cancelled.cancellation_reasons();
            match Cause::of(reasons) {
                Cause::Refused => {
                    let refusal = Refusal(reasons.iter().map(refused_item).collect());
                    return match self.denied(&refusal) {
                        Some(why) => Err(Fault::Denied(why)),
                        None => Ok(Committed::Refused(refusal)),
                    };
                }
                Cause::Broken => return Err(Fault::Broken(error.into())),
                Cause::Undecided if retry.again().await => {}
                Cause::Undecided => return Err(Fault::Busy(error.into())),
            }
        }
    }
}

impl Transaction {
    fn denied(&self, refusal: &Refusal) -> Option<Denied> {
        self.verdict?.denied(refusal.item(OWN)?)
    }
}

/// A transaction takes several round trips inside DynamoDB.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(2_500))
        .operation_timeout(Duration::from_millis(7_500))
        .build()
}

/// Why a transaction was cancelled: the sum of its reasons. There is one for each of its items
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>).
#[derive(Debug, PartialEq, Eq)]
enum Cause {
    /// Conditions failed, and all other items could be written.
    Refused,
    /// It was not decided whether all conditions hold. The transaction is retryable.
    Undecided,
    /// DynamoDB can never carry out the transaction.
    Broken,
}

impl Cause {
    fn of(reasons: &[CancellationReason]) -> Cause {
        let mut cause = Cause::Undecided;
        let mut is_decided = true;
        for reason in reasons {
            match reason.code() {
                None | Some("None") => {}
                Some("ConditionalCheckFailed") => cause = Cause::Refused,
                Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded") => is_decided = false,
                Some(_) => return Cause::Broken,
            }
        }
        if is_decided { cause } else { Cause::Undecided }
    }
}

fn refused_item(reason: &CancellationReason) -> Option<Item> {
    let is_refusal = reason.code() == Some("ConditionalCheckFailed");
    is_refusal.then(|| reason.item().cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause<const N: usize>(codes: [&str; N]) -> Cause {
        Cause::of(&codes.map(|code| CancellationReason::builder().code(code).build()))
    }

    #[test]
    fn rac8_nothing_is_judged_while_a_conflict_is_among_the_reasons() {
        assert_eq!(cause(["None", "ConditionalCheckFailed"]), Cause::Refused);
        for conflict in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
            assert_eq!(cause(["ConditionalCheckFailed", conflict]), Cause::Undecided);
            assert_eq!(cause([conflict, "None"]), Cause::Undecided);
        }
        for for_good in ["ValidationError", "ItemCollectionSizeLimitExceeded", "a code of the future"] {
            assert_eq!(cause([for_good, "TransactionConflict", "ConditionalCheckFailed"]), Cause::Broken);
        }
    }
}
