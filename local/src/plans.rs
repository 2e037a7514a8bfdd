//! Usage plans: how many calls each kind of frontend may make, counted as API Gateway does.
//!
//! Every key has a bucket of `burst` calls that refills at `rate` calls per second, and a number of calls per
//! calendar period. The counts are lost when the process ends.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::template::{Period, Plan};

/// The usage plans of the template, with one key each, and one for calls without a key.
#[derive(Debug)]
pub struct Plans {
    keys: HashMap<String, Meter>,
    keyless: Option<Meter>,
}

/// Whether a call is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It goes to its function.
    Allowed,
    /// No plan has this key.
    UnknownKey,
    /// Too many calls at once.
    Throttled {
        /// The time until the bucket has a call again.
        retry_after: Duration,
    },
    /// No calls are left in this period.
    QuotaExceeded {
        /// The time until the next period begins.
        retry_after: Duration,
    },
}

impl Plans {
    /// Creates one local key per plan (see [`local_key`]). Calls without a key share a key of the first plan, so that a
    /// newcomer's curl works.
    pub fn new(plans: &[Plan]) -> Self {
        Plans {
            keys: plans.iter().map(|plan| (local_key(plan), Meter::new(plan))).collect(),
            keyless: plans.first().map(Meter::new),
        }
    }

    /// Counts a call with this key, or without one.
    pub fn check(&self, key: Option<&str>) -> Verdict {
        self.check_at(key, Instant::now(), Timestamp::now())
    }

    fn check_at(&self, key: Option<&str>, now: Instant, date: Timestamp) -> Verdict {
        match key {
            None => self.keyless.as_ref().map_or(Verdict::Allowed, |meter| meter.check(now, date)),
            Some(key) => self.keys.get(key).map_or(Verdict::UnknownKey, |meter| meter.check(now, date)),
        }
    }
}

/// Returns the key of a plan on a laptop: `local-website`.
pub fn local_key(plan: &Plan) -> String {
    format!("local-{}", plan.name)
}

#[derive(Debug)]
struct Meter {
    plan: Plan,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    /// Calls in the bucket, and when they were counted. `None` is a full bucket, before the first call.
    bucket: Option<(f64, Instant)>,
    /// The first day of the current period, and the calls in it.
    period: (Date, u64),
}

impl Meter {
    fn new(plan: &Plan) -> Self {
        Meter { plan: plan.clone(), counts: Mutex::new(Counts { bucket: None, period: (Date::ZERO, 0) }) }
    }

    fn check(&self, now: Instant, date: Timestamp) -> Verdict {
        // A panic in another thread leaves usable counts.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (calls, since) = counts.bucket.unwrap_or((self.plan.burst, now));
        let refilled = now.saturating_duration_since(since).as_secs_f64() * self.plan.rate;
        let calls = (calls + refilled).min(self.plan.burst);
        counts.bucket = Some((calls, now));
        if calls < 1.0 {
            return Verdict::Throttled { retry_after: Duration::from_secs_f64((1.0 - calls) / self.plan.rate) };
        }
        if let Some(quota) = self.plan.quota {
            let (first, next) = bounds(quota.period, date.to_zoned(TimeZone::UTC).date());
            if counts.period.0 != first {
                counts.period = (first, 0);
            }
            if counts.period.1 >= quota.limit {
                return Verdict::QuotaExceeded { retry_after: until(date, next) };
            }
            counts.period.1 += 1;
        }
        counts.bucket = Some((calls - 1.0, now));
        Verdict::Allowed
    }
}

/// Returns the first day of the period that `day` is in, and of the next one.
fn bounds(period: Period, day: Date) -> (Date, Date) {
    let first = match period {
        Period::Day => day,
        Period::Week => day.saturating_sub(i64::from(day.weekday().since(Weekday::Sunday)).days()),
        Period::Month => day.first_of_month(),
    };
    let length = match period {
        Period::Day => 1.day(),
        Period::Week => 1.week(),
        Period::Month => 1.month(),
    };
    (first, first.saturating_add(length))
}

fn until(now: Timestamp, day: Date) -> Duration {
    let midnight = day.to_zoned(TimeZone::UTC).map(|midnight| midnight.timestamp()).unwrap_or(now);
    Duration::try_from(midnight.duration_since(now)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Quota;

    fn plan(name: &str, rate: f64, burst: f64) -> Plan {
        Plan { name: name.into(), rate, burst, quota: None }
    }

    fn noon(date: &str) -> Timestamp {
        format!("{date}T12:00:00Z").parse().expect("it is a date")
    }

    #[test]
    fn a_burst_is_allowed_and_the_bucket_refills_at_the_rate() {
        let plans = Plans::new(&[plan("website", 2.0, 3.0)]);
        let start = Instant::now();
        let call =
            |millis| plans.check_at(Some("local-website"), start + Duration::from_millis(millis), noon("2026-05-01"));
        assert_eq!([call(0), call(0), call(0)], [Verdict::Allowed; 3]);
        assert_eq!(call(0), Verdict::Throttled { retry_after: Duration::from_millis(500) });
        assert_eq!(call(400), Verdict::Throttled { retry_after: Duration::from_millis(100) });
        assert_eq!(call(500), Verdict::Allowed);
        assert!(matches!(call(500), Verdict::Throttled { .. }));
    }

    #[test]
    fn a_bucket_never_has_more_than_its_burst() {
        let plans = Plans::new(&[plan("website", 100.0, 1.0)]);
        let later = Instant::now() + Duration::from_secs(3600);
        let call = |now| plans.check_at(None, now, noon("2026-05-01"));
        assert_eq!(call(Instant::now()), Verdict::Allowed);
        assert_eq!(call(later), Verdict::Allowed);
        assert!(matches!(call(later), Verdict::Throttled { .. }));
    }

    #[test]
    fn each_frontend_has_its_own_limits() {
        let plans = Plans::new(&[plan("website", 1.0, 1.0), plan("mobile", 1.0, 1.0)]);
        let now = Instant::now();
        let call = |key| plans.check_at(key, now, noon("2026-05-01"));
        assert_eq!(call(Some("local-website")), Verdict::Allowed);
        assert!(matches!(call(Some("local-website")), Verdict::Throttled { .. }));
        assert_eq!(call(Some("local-mobile")), Verdict::Allowed);
        assert_eq!(call(None), Verdict::Allowed);
        assert_eq!(call(Some("local-nobody")), Verdict::UnknownKey);
    }

    #[test]
    fn a_quota_starts_again_with_its_period() {
        let quota = Some(Quota { limit: 1, period: Period::Month });
        let plans = Plans::new(&[Plan { quota, ..plan("website", 100.0, 100.0) }]);
        let call = |date| plans.check_at(None, Instant::now(), noon(date));
        assert_eq!(call("2026-05-30"), Verdict::Allowed);
        assert_eq!(call("2026-05-31"), Verdict::QuotaExceeded { retry_after: Duration::from_secs(12 * 3600) });
        assert_eq!(call("2026-06-01"), Verdict::Allowed);
        assert!(matches!(call("2026-06-30"), Verdict::QuotaExceeded { .. }));
    }

    #[test]
    fn periods_begin_on_their_first_day() {
        let day = noon("2026-05-20").to_zoned(TimeZone::UTC).date();
        let dates = |period| bounds(period, day).0.to_string() + " " + &bounds(period, day).1.to_string();
        assert_eq!(dates(Period::Day), "2026-05-20 2026-05-21");
        assert_eq!(dates(Period::Week), "2026-05-17 2026-05-24");
        assert_eq!(dates(Period::Month), "2026-05-01 2026-06-01");
    }
}
