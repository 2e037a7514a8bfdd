//! How a call goes wrong.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::{Answer, broken};
use super::pattern::Request;

/// One way for a call to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// DynamoDB refuses it because there are too many.
    Throttled,
    /// DynamoDB refuses it because of a fault of its own.
    Internal,
    /// DynamoDB refuses it, and would refuse it again: the function's role does not allow it.
    Denied,
    /// Something before DynamoDB answers 503 with a page of HTML.
    PageOfHtml,
    /// Something before DynamoDB answers 429 without a body.
    EmptyTooMany,
    /// DynamoDB answers 500 with an unknown error code.
    UnknownCode,
    /// DynamoDB processes nothing of a batch, and says so. Every other call is not affected.
    Unprocessed,
    /// DynamoDB processes about half of a batch. Every other call is not affected.
    HalfUnprocessed,
    /// DynamoDB ends the page of a Query after two items, although there are more. Every other call is not affected.
    ShortPage,
    /// It does not reach DynamoDB, and the connection breaks.
    RequestLost,
    /// DynamoDB carries it out, and the connection breaks before the answer.
    AnswerLost,
    /// DynamoDB carries it out, and the connection breaks in the middle of the answer.
    AnswerTruncated,
    /// A write is refused because a transaction is under way on its item. Reads are not affected.
    Conflict,
    /// A transaction is cancelled because one of its items gets too many calls. Every other call is not affected.
    CancelledByThrottling,
    /// A transaction that a condition cancels also has a conflict among its reasons, in the place of its last refusal or,
    /// if it has only one, of an item without a reason. Every other call is not affected.
    ReasonsMixed,
}

impl Fault {
    /// What happens on the way to DynamoDB and back.
    pub const NETWORK: &[Fault] =
        &[Fault::Throttled, Fault::Internal, Fault::RequestLost, Fault::AnswerLost, Fault::AnswerTruncated];

    /// All that happens to calls in the cloud, and passes.
    pub const PASSING: &[Fault] = &[
        Fault::Throttled,
        Fault::Internal,
        Fault::RequestLost,
        Fault::AnswerLost,
        Fault::AnswerTruncated,
        Fault::Conflict,
        Fault::CancelledByThrottling,
        Fault::Unprocessed,
        Fault::HalfUnprocessed,
        Fault::PageOfHtml,
        Fault::EmptyTooMany,
        Fault::UnknownCode,
    ];

    /// Whether the fault changes anything about such a call.
    pub(super) fn concerns(self, request: &Request) -> bool {
        match self {
            Fault::Unprocessed | Fault::HalfUnprocessed => request.action.starts_with("Batch"),
            Fault::ShortPage => request.action == "Query",
            Fault::Conflict => request.is_transaction() || request.is_single_write(),
            Fault::CancelledByThrottling | Fault::ReasonsMixed => request.is_transaction(),
            _ => true,
        }
    }

    /// The answer to a call that does not reach DynamoDB; `None` if it does.
    pub(super) fn instead(self, request: &Request) -> Option<Response> {
        match self {
            Fault::Throttled => Some(Answer::error(StatusCode::BAD_REQUEST, "ThrottlingException").into_response()),
            Fault::Internal => {
                Some(Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError").into_response())
            }
            Fault::Denied => Some(Answer::error(StatusCode::BAD_REQUEST, "AccessDeniedException").into_response()),
            Fault::RequestLost => Some(broken(Bytes::from_static(b"{\"It"))),
            Fault::PageOfHtml => {
                Some(Answer::text(StatusCode::SERVICE_UNAVAILABLE, "<html>busy</html>").into_response())
            }
            Fault::EmptyTooMany => Some(Answer::text(StatusCode::TOO_MANY_REQUESTS, "").into_response()),
            Fault::UnknownCode => {
                Some(Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "SomethingNewException").into_response())
            }
            Fault::Unprocessed => unprocessed(request),
            Fault::Conflict => conflict(request),
            Fault::CancelledByThrottling => cancelled(request, "ThrottlingError"),
            Fault::HalfUnprocessed
            | Fault::ShortPage
            | Fault::AnswerLost
            | Fault::AnswerTruncated
            | Fault::ReasonsMixed => None,
        }
    }

    /// The call that reaches DynamoDB.
    pub(super) fn forwarded(self, request: &Request) -> Bytes {
        if !self.concerns(request) || ![Fault::ShortPage, Fault::HalfUnprocessed].contains(&self) {
            return request.bytes.clone();
        }
        let mut body = request.body().clone();
        if self == Fault::HalfUnprocessed {
            body["RequestItems"] = halves(request).0;
            return body.to_string().into();
        }
        body["Limit"] = json!(body["Limit"].as_u64().unwrap_or(2).min(2));
        body.to_string().into()
    }

    /// What the function gets of DynamoDB's answer.
    pub(super) fn change(self, request: &Request, answer: Answer) -> Response {
        match self {
            Fault::HalfUnprocessed => with_the_other_half(request, answer).into_response(),
            Fault::AnswerLost => answer.broken_after(0),
            Fault::AnswerTruncated => answer.broken_after(answer.bytes.len() / 2),
            Fault::ReasonsMixed => with_a_conflict(answer).into_response(),
            _ => answer.into_response(),
        }
    }
}

fn unprocessed(request: &Request) -> Option<Response> {
    let body = match request.action.as_str() {
        "BatchGetItem" => json!({"Responses": {}, "UnprocessedKeys": request.body()["RequestItems"]}),
        "BatchWriteItem" => json!({"UnprocessedItems": request.body()["RequestItems"]}),
        _ => return None,
    };
    Some(Answer::json(StatusCode::OK, &body).into_response())
}

fn conflict(request: &Request) -> Option<Response> {
    if request.is_single_write() {
        let refused = Answer::error(StatusCode::BAD_REQUEST, "TransactionConflictException");
        return Some(refused.into_response());
    }
    cancelled(request, "TransactionConflict")
}

/// A transaction that is cancelled for this reason.
fn cancelled(request: &Request, code: &str) -> Option<Response> {
    let items = request.body()["TransactItems"].as_array().filter(|_| request.is_transaction())?;
    let mut reasons = vec![json!({"Code": "None"}); items.len()];
    *reasons.first_mut()? = json!({"Code": code, "Message": "injected"});
    Some(Answer::cancelled(&reasons).into_response())
}

/// What DynamoDB processes of a batch, and what it leaves.
fn halves(request: &Request) -> (Value, Value) {
    let (mut some, mut others) = (request.body()["RequestItems"].clone(), request.body()["RequestItems"].clone());
    let tables: Vec<String> = some.as_object().into_iter().flat_map(|tables| tables.keys().cloned()).collect();
    for table in tables {
        let list = |items: &Value| if items[&table].is_array() { "" } else { "/Keys" };
        let path = format!("/{table}{}", list(&some));
        let of = |items: &mut Value| items.pointer_mut(&path).and_then(Value::as_array_mut).map(std::mem::take);
        let Some(mut first) = of(&mut some) else { continue };
        // At least one: a batch of nothing is not valid.
        let second = first.split_off(first.len().div_ceil(2));
        some.pointer_mut(&path).expect("the same place").clone_from(&first.into());
        if second.is_empty() {
            others.as_object_mut().expect("tables").remove(&table);
        } else {
            others.pointer_mut(&path).expect("the same place").clone_from(&second.into());
        }
    }
    (some, others)
}

fn with_the_other_half(request: &Request, mut answer: Answer) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.bytes) else { return answer };
    let name = if request.action == "BatchGetItem" { "UnprocessedKeys" } else { "UnprocessedItems" };
    if answer.status.is_success() && request.action.starts_with("Batch") {
        body[name] = halves(request).1;
        answer = Answer::json(answer.status, &body);
    }
    answer
}

/// The same cancellation with a conflict among its reasons.
fn with_a_conflict(answer: Answer) -> Answer {
    let mut reasons = answer.cancellation_reasons();
    let is_refusal = |reason: &Value| reason["Code"] == "ConditionalCheckFailed";
    let place = match reasons.iter().filter(|reason| is_refusal(reason)).count() {
        0 => None,
        1 => reasons.iter().rposition(|reason| !is_refusal(reason)),
        _ => reasons.iter().rposition(is_refusal),
    };
    let Some(place) = place else { return answer };
    reasons[place] = json!({"Code": "TransactionConflict", "Message": "injected"});
    Answer::cancelled(&reasons)
}
