//! What a function's answer means for the records of the call.

use serde_json::Value;

use super::source::Record;
use crate::function::Failure;

/// The outcome of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// The function reports that this record failed. Those before it are done.
    FailedFrom(usize),
    /// All records may have failed.
    Failed(String),
}

impl Outcome {
    /// Reads an answer as Lambda does. An answer without `batchItemFailures` reports no failure; one that names a record that
    /// is not in the batch is a failure of all. A function that does not report failures may answer anything.
    pub(super) fn of(answer: Result<Value, Failure>, records: &[Record], reports_failures: bool) -> Self {
        let failures = match answer {
            Err(failure) => return Outcome::Failed(failure.to_string()),
            Ok(_) if !reports_failures => return Outcome::Done,
            Ok(mut answer) => answer.get_mut("batchItemFailures").map(Value::take).unwrap_or_default(),
        };
        let failures = match failures {
            Value::Null => return Outcome::Done,
            Value::Array(failures) => failures,
            other => return Outcome::Failed(format!("its batchItemFailures are not a list: {other}")),
        };
        let mut first = None;
        for failure in failures {
            let place = records.iter().position(|record| failure["itemIdentifier"] == record.sequence.as_str());
            let Some(place) = place else {
                return Outcome::Failed(format!(
                    "it reports the failure of a record that is not in the batch: {failure}"
                ));
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
    fn an_answer_without_failures_reports_none() {
        for answer in [json!(null), json!("ok"), json!({}), json!({"batchItemFailures": null})] {
            assert_eq!(outcome(answer), Outcome::Done);
        }
        assert_eq!(outcome(json!({"batchItemFailures": []})), Outcome::Done);
    }

    #[test]
    fn the_first_failed_record_counts() {
        let failures = json!([{"itemIdentifier": "12"}, {"itemIdentifier": "11"}]);
        assert_eq!(outcome(json!({ "batchItemFailures": failures })), Outcome::FailedFrom(1));
    }

    #[test]
    fn an_invalid_answer_is_a_failure_of_all() {
        for failures in [json!([{"itemIdentifier": ""}]), json!([{"itemIdentifier": null}]), json!([{}]), json!("11")] {
            assert!(matches!(outcome(json!({ "batchItemFailures": failures })), Outcome::Failed(_)));
        }
    }

    #[test]
    fn a_function_that_does_not_report_failures_may_answer_anything() {
        assert_eq!(Outcome::of(Ok(json!({"batchItemFailures": "all"})), &[], false), Outcome::Done);
        assert_eq!(Outcome::of(Err(Failure::Failed("no".into())), &[], false), Outcome::Failed("no".into()));
    }
}
