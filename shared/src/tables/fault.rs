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

impl<E, R> From<SdkError<E, R>> for Fault
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let busy = match &error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            SdkError::ServiceError(answer) => answer.err().code().is_some_and(is_retryable),
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

/// The error codes that DynamoDB's documentation calls retryable
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>).
fn is_retryable(code: &str) -> bool {
    matches!(
        code,
        "InternalServerError"
            | "ItemCollectionSizeLimitExceededException"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "ServiceUnavailable"
            | "ThrottlingException"
            | "ThrottlingError"
            | "TransactionConflictException"
            | "TransactionInProgressException"
    )
}
