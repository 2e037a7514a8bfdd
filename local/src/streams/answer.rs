//! What a function's answer means for the records that it was handed.

use serde_json::Value;

use super::source::Record;

/// What became of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// The function says that this one failed and all before it did not.
    FailedFrom(usize),
    /// Nobody knows how far it came.
    Failed(String),
}

impl Outcome {
    /// Reads an answer as Lambda does: what says nothing of failures says that there were none, and what names a record
    /// that is not in the batch has failed as a whole. A function that does not report failures may answer anything.
    pub(super) fn of(answer: Result<Value, String>, records: &[Record], reports_failures: bool) -> Self {
        let failures = match answer {
            Err(reason) => return Outcome::Failed(reason),
            Ok(_) if !reports_failures => return Outcome::Done,
            Ok(mut answer) => answer.get_mut("batchItemFailures").map(Value::take).unwrap_or_default(),
        };
        let failures = match failures {
            Value::Null => return Outcome::Done,
            Value::Array(failures) => failures,
            other => return Outcome::Failed(format!("its batchItemFailures are no list: {other}")),
        };
        let mut first = None;
        for failure in failures {
            let place = records.iter().position(|record| failure["itemIdentifier"] == record.sequence.as_str());
            let Some(place) = place else {
                return Outcome::Failed(format!("it reports a failure of what it was not handed: {failure}"));
            };
            first = Some(first.map_or(place, |first: usize| first.min(place)));
        }
        first.map_or(Outcome::Done, Outcome::FailedFrom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use serde_json::json;

    fn outcome(answer: Value) -> Outcome {
        let records = ["10", "11", "12"].map(|number| Record {
            sequence: number.to_owned(),
            arrival: Timestamp::UNIX_EPOCH,
            event: Value::Null,
        });
        Outcome::of(Ok(answer), &records, true)
    }

    #[test]
    fn what_says_nothing_of_failures_says_that_there_were_none() {
        for answer in [json!(null), json!("ok"), json!({}), json!({"batchItemFailures": null})] {
            assert_eq!(outcome(answer), Outcome::Done);
        }
        assert_eq!(outcome(json!({"batchItemFailures": []})), Outcome::Done);
    }

    #[test]
    fn the_lowest_of_those_that_failed_counts() {
        let failures = json!([{"itemIdentifier": "12"}, {"itemIdentifier": "11"}]);
        assert_eq!(outcome(json!({ "batchItemFailures": failures })), Outcome::FailedFrom(1));
    }

    #[test]
    fn an_answer_that_cannot_be_right_is_a_failure_of_all() {
        for failures in [json!([{"itemIdentifier": ""}]), json!([{"itemIdentifier": null}]), json!([{}]), json!("11")] {
            assert!(matches!(outcome(json!({ "batchItemFailures": failures })), Outcome::Failed(_)));
        }
    }

    #[test]
    fn who_does_not_report_failures_may_answer_anything() {
        assert_eq!(Outcome::of(Ok(json!({"batchItemFailures": "all"})), &[], false), Outcome::Done);
        assert_eq!(Outcome::of(Err("no".into()), &[], false), Outcome::Failed("no".into()));
    }
}
