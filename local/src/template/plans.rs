//! The template's usage plans.

use serde::Deserialize;
use serde_json::Value;

use super::section;
use crate::error::{Error, Result};

/// How many calls one kind of frontend may make.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The kind of frontend: `website`, from the logical id `WebsitePlan`.
    pub name: String,
    /// Calls per second on average.
    pub rate: f64,
    /// Calls at once.
    pub burst: f64,
    /// Calls per period.
    pub quota: Option<Quota>,
}

/// A number of calls per calendar period, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Quota {
    /// Calls.
    pub limit: u64,
    /// Per what.
    pub period: Period,
}

/// When a quota starts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Period {
    /// At midnight.
    Day,
    /// On Sundays.
    Week,
    /// On the first of the month.
    Month,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    throttle: Throttle,
    quota: Option<Quota>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Throttle {
    rate_limit: f64,
    burst_limit: f64,
}

impl Plan {
    pub(super) fn read(id: &str, properties: Value) -> Result<Self> {
        let Properties { throttle, quota } = section(id, properties)?;
        if throttle.rate_limit <= 0.0 || throttle.burst_limit < 1.0 {
            return Err(Error::template(id, "its Throttle allows no call"));
        }
        let name = id.trim_end_matches("Plan").trim_end_matches("Usage").to_lowercase();
        Ok(Plan { name, rate: throttle.rate_limit, burst: throttle.burst_limit, quota })
    }
}
