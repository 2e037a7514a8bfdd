//! Faults: failed calls to DynamoDB, and writes whose caller may not do them any more.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use super::sessions::Denied;

/// Why a call was not carried out, for reasons that no operation handles itself. A refusal by the library's rules is not
/// a fault: see [`Failure`].
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database is throttling, slow or out of reach. The call is retryable.
    #[error("the database is busy")]
    Busy(#[source] Box<dyn StdError + Send + Sync>),
    /// The error is ours: a bad expression, a missing permission, an unreadable item.
    #[error("a call of the database failed")]
    Broken(#[source] Box<dyn StdError + Send + Sync>),
    /// The caller may not do this any more. Nothing was written.
    #[error("the caller may not do this any more")]
    Denied(#[source] Denied),
}

/// The result of a table function.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// Why an operation was not carried out: the rules of the library refuse it, for the reason `R`, or a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure<R> {
    /// The rules of the library refuse it. Nothing was written.
    #[error("refused")]
    Refused(R),
    /// A call of the database failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Returns a conversion of faults: a caller who has lost the role is refused as `why` says, like every other
/// reader.
pub(crate) fn as_a_reader<R>(why: R) -> impl FnOnce(Fault) -> Failure<R> {
    |fault| match fault {
        Fault::Denied(Denied::NotLibrarian | Denied::NotDesk) => Failure::Refused(why),
        fault => Failure::Fault(fault),
    }
}

impl<E> From<SdkError<E>> for Fault
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    fn from(error: SdkError<E>) -> Self {
        let busy = match &error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            SdkError::ServiceError(answer) => is_retryable(answer.raw().status().as_u16(), answer.err().code()),
            _ => false,
        };
        if busy { Fault::Busy(error.into()) } else { Fault::Broken(error.into()) }
    }
}

impl From<serde_dynamo::Error> for Fault {
    fn from(error: serde_dynamo::Error) -> Self {
        Fault::Broken(error.into())
    }
}

/// Returns whether a call is retryable after this answer. The status decides first: 5xx and 429 mean that the service is
/// busy, also if a proxy sends them with a page of HTML. Only DynamoDB answers 400 with a code
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>).
fn is_retryable(status: u16, code: Option<&str>) -> bool {
    let Some(code) = code.filter(|_| status < 500 && status != 429) else { return true };
    matches!(
        code,
        "ItemCollectionSizeLimitExceededException"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "ThrottlingException"
            | "ThrottlingError"
            | "TransactionConflictException"
            | "TransactionInProgressException"
    )
}

#[cfg(test)]
mod tests {
    use super::is_retryable;

    #[test]
    fn fc2_an_answer_is_sorted_by_its_status_and_then_by_its_code() {
        for (status, code) in [
            (500, Some("InternalServerError")),
            (500, Some("ValidationException")),
            (503, None),
            (429, None),
            (429, Some("SomethingNew")),
            (400, None),
            (400, Some("ThrottlingException")),
            (400, Some("TransactionInProgressException")),
        ] {
            assert!(is_retryable(status, code), "{status} {code:?}");
        }
        for code in ["ValidationException", "ResourceNotFoundException", "AccessDeniedException", "SomethingNew"] {
            assert!(!is_retryable(400, Some(code)), "{code}");
        }
    }
}
