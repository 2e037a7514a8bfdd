//! The template's schedules: the events of type `Schedule` and `ScheduleV2` of its functions.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::routes::Function;
use super::section;
use crate::error::{Error, Result};

/// A function that is called at a rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The name of the event: `Sweep`.
    pub name: String,
    /// The crate and binary of the function: `dispatch`.
    pub binary: String,
    /// The timeout of the function.
    pub timeout: Duration,
    /// The time between two calls.
    pub every: Duration,
    /// The event; `None` is AWS's default event.
    pub input: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    /// The name in `Schedule`, and its name in `ScheduleV2`.
    #[serde(alias = "ScheduleExpression")]
    schedule: String,
    input: Option<String>,
    enabled: Option<bool>,
    state: Option<String>,
}

impl Function<'_> {
    /// Returns the enabled schedules of the function.
    pub(super) fn schedules(&self) -> Result<Vec<Schedule>> {
        let mut schedules = Vec::new();
        for (name, event) in self.events(&["Schedule", "ScheduleV2"]) {
            let place = format!("{}, the event {name}", self.id);
            let Event { schedule, input, enabled, state } = section(&place, event["Properties"].clone())?;
            if enabled == Some(false) || state.as_deref() == Some("DISABLED") {
                continue;
            }
            let every = rate(&schedule)
                .ok_or_else(|| Error::template(&place, format!("the runner does not know the schedule {schedule}")))?;
            let input = input.as_deref().map(serde_json::from_str).transpose();
            schedules.push(Schedule {
                name,
                binary: self.binary("a function with a schedule")?,
                timeout: self.timeout(),
                every,
                input: input.map_err(|problem| Error::template(&place, format!("Input should be JSON: {problem}")))?,
            });
        }
        Ok(schedules)
    }
}

/// Parses `rate(5 minutes)`.
fn rate(expression: &str) -> Option<Duration> {
    let (value, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let seconds = match unit.trim().trim_end_matches('s') {
        "minute" => 60,
        "hour" => 60 * 60,
        "day" => 24 * 60 * 60,
        _ => return None,
    };
    value.parse::<u64>().ok().filter(|value| *value > 0)?.checked_mul(seconds).map(Duration::from_secs)
}
