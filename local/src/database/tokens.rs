//! Transactions that are asked for again. For ten minutes, a second request with the same token gets the answer of the first and changes
//! nothing (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>).
//!
//! dynoxide does the same, but looks at every token of the last ten minutes at each transaction, and each transaction of the SDK has one:
//! the longer a library is busy, the slower it becomes. So tokens end here. The second answer has the units of the first; DynamoDB's has
//! those of a read.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use dynoxide::actions::transact_write_items::{
    TransactWriteItem, TransactWriteItemsRequest as Request, TransactWriteItemsResponse as Response,
};
use dynoxide::{DynoxideError, Result};

use super::server::internal;

/// How long a token is valid.
const VALID: Duration = Duration::from_secs(600);

/// The longest token.
const LENGTH: usize = 36;

/// The transactions of the last ten minutes that succeeded.
#[derive(Default)]
pub(super) struct Tokens {
    answered: HashMap<String, Answered>,
    /// Their tokens, the oldest first.
    in_order: VecDeque<(Instant, String)>,
}

/// A transaction that succeeded.
struct Answered {
    /// A hash of what was asked for.
    asked: u64,
    answer: Response,
}

impl Tokens {
    /// Runs a transaction with `execute`, unless it has been run.
    ///
    /// # Errors
    /// Those of `execute`, or if its token belongs to another transaction.
    pub(super) fn run(
        &mut self,
        mut request: Request,
        now: Instant,
        execute: impl FnOnce(Request) -> Result<Response>,
    ) -> Result<Response> {
        // `execute` refuses any other token.
        let is_valid = |token: &mut String| (1..=LENGTH).contains(&token.len());
        let Some(token) = request.client_request_token.take_if(is_valid) else { return execute(request) };
        self.forget_before(now);
        let asked = hash(&request.transact_items)?;
        match self.answered.get(&token) {
            Some(answered) if answered.asked == asked => Ok(answered.answer.clone()),
            Some(_) => {
                Err(DynoxideError::IdempotentParameterMismatchException("The token is another request's.".into()))
            }
            None => {
                let answer = execute(request)?;
                self.in_order.push_back((now, token.clone()));
                self.answered.insert(token, Answered { asked, answer: answer.clone() });
                Ok(answer)
            }
        }
    }

    fn forget_before(&mut self, now: Instant) {
        while let Some((_, token)) = self.in_order.pop_front_if(|(at, _)| now.duration_since(*at) >= VALID) {
            self.answered.remove(&token);
        }
    }
}

/// Hashes what a transaction asks for. The names of a JSON object are sorted: a client may send them in another order.
fn hash(items: &[TransactWriteItem]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    serde_json::to_value(items).map_err(internal)?.hash(&mut hasher);
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(token: &str, pk: &str) -> Request {
        let put = json!({"Put": {"TableName": "carrel-things", "Item": {"pk": {"S": pk}, "more": {"S": "a"}}}});
        serde_json::from_value(json!({"ClientRequestToken": token, "TransactItems": [put]})).expect("it is a request")
    }

    #[test]
    fn a_transaction_is_run_once_within_ten_minutes() {
        let (mut tokens, begun, mut runs) = (Tokens::default(), Instant::now(), 0);
        for (seconds, expected) in [(0, 1), (1, 1), (599, 1), (600, 2), (1_199, 2), (1_200, 3)] {
            let answer = tokens.run(request("token", "a"), begun + Duration::from_secs(seconds), |request| {
                runs += 1;
                assert_eq!(request.client_request_token, None);
                Ok(Response::default())
            });
            assert!(answer.is_ok());
            assert_eq!(runs, expected, "after {seconds} s");
        }
        assert_eq!((tokens.answered.len(), tokens.in_order.len()), (1, 1), "old tokens are forgotten");
    }

    #[test]
    fn a_token_belongs_to_one_transaction_and_only_to_one_that_succeeded() {
        let (mut tokens, now) = (Tokens::default(), Instant::now());
        let fails = |_| Err(DynoxideError::InternalServerError("busy".into()));
        assert!(tokens.run(request("token", "a"), now, fails).is_err());
        assert!(tokens.run(request("token", "a"), now, |_| Ok(Response::default())).is_ok());
        let other = tokens.run(request("token", "b"), now, |_| panic!("it is not run"));
        assert!(matches!(other, Err(DynoxideError::IdempotentParameterMismatchException(_))));
        assert!(tokens.run(request("other", "b"), now, |_| Ok(Response::default())).is_ok());
    }

    #[test]
    fn a_token_that_is_too_long_is_for_the_database_to_refuse() {
        let token = "t".repeat(LENGTH + 1);
        let _ = Tokens::default().run(request(&token, "a"), Instant::now(), |request| {
            assert_eq!(request.client_request_token.as_ref(), Some(&token));
            Ok(Response::default())
        });
    }
}
