//! How many mails SES's sandbox sends (<https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>). Its other
//! limit, one mail a second, is not kept here: each walk through the documents would wait for it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::Refusal;

/// The most mails of a day in the sandbox.
const MOST_A_DAY: usize = 200;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The times of the last day's mails, the oldest first.
#[derive(Default)]
pub(super) struct Quota(Mutex<VecDeque<Timestamp>>);

impl Quota {
    /// Counts a mail, unless there have been too many within a day.
    pub(super) fn count(&self, now: Timestamp) -> Result<(), Refusal> {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.retain(|earlier| now.duration_since(*earlier) < DAY);
        if sent.len() >= MOST_A_DAY {
            let problem = "Daily message quota exceeded.".to_owned();
            return Err(Refusal(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException", problem));
        }
        sent.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fc3_the_sandbox_sends_two_hundred_mails_within_any_day() {
        let (quota, start) = (Quota::default(), Timestamp::UNIX_EPOCH);
        let minute = |number: i32| start + SignedDuration::from_mins(number.into());
        assert!((0..200).all(|number| quota.count(minute(number)).is_ok()));
        let Err(Refusal(status, ..)) = quota.count(minute(1439)) else { panic!("it is one too many") };
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        // A day after the first of them.
        assert!(quota.count(minute(1440)).is_ok());
        assert!(quota.count(minute(1440)).is_err());
    }
}
