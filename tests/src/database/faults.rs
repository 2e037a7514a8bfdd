//! How a call goes wrong.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::{Answer, broken};
use super::pattern::{Pattern, Request};

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
    /// A transaction that a condition cancels also has a conflict among its reasons, in the place of its last refusal or,
    /// if it has only one, of an item without a reason. Every other call is not affected.
    ReasonsMixed,
}

impl Fault {
    /// What happens on the way to DynamoDB and back.
    pub const NETWORK: &[Fault] =
        &[Fault::Throttled, Fault::Internal, Fault::RequestLost, Fault::AnswerLost, Fault::AnswerTruncated];

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
            Fault::ShortPage | Fault::AnswerLost | Fault::AnswerTruncated | Fault::ReasonsMixed => None,
        }
    }

    /// The call that reaches DynamoDB.
    pub(super) fn forwarded(self, request: &Request) -> Bytes {
        if self != Fault::ShortPage || request.action != "Query" {
            return request.bytes.clone();
        }
        let mut body = request.body().clone();
        body["Limit"] = json!(body["Limit"].as_u64().unwrap_or(2).min(2));
        body.to_string().into()
    }

    /// What the function gets of DynamoDB's answer.
    pub(super) fn change(self, answer: Answer) -> Response {
        match self {
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
    let items = request.body()["TransactItems"].as_array().filter(|_| request.is_transaction())?;
    let mut reasons = vec![json!({"Code": "None"}); items.len()];
    *reasons.first_mut()? = json!({"Code": "TransactionConflict", "Message": "injected"});
    Some(Answer::cancelled(&reasons).into_response())
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

/// Which calls go wrong: those that a test chose, and shares of all. The same calls in every run, spread as if by chance.
#[derive(Clone, Default)]
pub(super) struct Faults {
    calls: Arc<AtomicU32>,
    shares: Arc<Mutex<Vec<Share>>>,
    chosen: Arc<Mutex<Vec<Chosen>>>,
    failed: Arc<AtomicU32>,
    /// The invocations of transactions that were carried out and whose answers were lost.
    unanswered: Arc<Mutex<HashSet<String>>>,
}

/// So many of a hundred calls go wrong, in one of these ways.
struct Share {
    percent: u32,
    faults: Vec<Fault>,
}

struct Chosen {
    pattern: Pattern,
    fault: Fault,
    left: Option<u32>,
}

impl Faults {
    pub(super) fn add_share(&self, percent: u32, faults: &[Fault]) {
        let share = Share { percent, faults: faults.to_vec() };
        self.shares.lock().unwrap_or_else(PoisonError::into_inner).push(share);
    }

    /// Lets the next `count` calls of that pattern go wrong; all of them without a count.
    pub(super) fn choose(&self, pattern: Pattern, fault: Fault, count: Option<u32>) {
        let chosen = Chosen { pattern, fault, left: count };
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).push(chosen);
    }

    /// Lets nothing go wrong from now on.
    pub(super) fn clear(&self) {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How this call goes wrong, if it does.
    pub(super) fn next(&self, request: &Request) -> Option<Fault> {
        let fault = self.next_chosen(request).or_else(|| self.next_by_chance());
        let fault = fault.filter(|fault| self.is_possible(*fault, request));
        self.failed.fetch_add(u32::from(fault.is_some()), Ordering::Relaxed);
        fault
    }

    pub(super) fn seed(&self, seed: u64) {
        self.calls.store(seed as u32, Ordering::Relaxed);
    }

    /// How many calls have gone wrong.
    pub(super) fn failed(&self) -> u32 {
        self.failed.load(Ordering::Relaxed)
    }

    /// A transaction that was carried out and is sent again with the same token succeeds without a conflict
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>).
    fn is_possible(&self, fault: Fault, request: &Request) -> bool {
        let mut unanswered = self.unanswered.lock().unwrap_or_else(PoisonError::into_inner);
        if [Fault::AnswerLost, Fault::AnswerTruncated].contains(&fault) && request.is_transaction() {
            unanswered.insert(request.invocation.clone());
        }
        fault != Fault::Conflict || !unanswered.contains(&request.invocation)
    }

    fn next_chosen(&self, request: &Request) -> Option<Fault> {
        let mut chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        let found = chosen.iter_mut().find(|chosen| chosen.left != Some(0) && chosen.pattern.matches(request))?;
        found.left = found.left.map(|left| left - 1);
        Some(found.fault)
    }

    fn next_by_chance(&self) -> Option<Fault> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        (0..).zip(shares.iter()).find_map(|(number, share)| share.fault_of(call + 1_000_003 * number))
    }
}

impl Share {
    fn fault_of(&self, call: u32) -> Option<Fault> {
        // Knuth's multiplicative hash.
        let chance = call.wrapping_mul(2_654_435_761) >> 8;
        let fault = self.faults.get((chance / 100) as usize % self.faults.len().max(1));
        fault.copied().filter(|_| chance % 100 < self.percent)
    }
}
