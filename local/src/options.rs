//! How the runner runs.

use std::time::Duration;

use shared::runtime::app::{Clock, Settings};

use crate::database::Data;
use crate::deployment::default_settings;

/// How the runner runs. The defaults are for tests: in memory, on free ports, without limits and without a log.
#[derive(Clone)]
pub struct Options {
    /// The gateway's port; 0 takes a free one.
    pub port: u16,
    /// The embedded DynamoDB's port; 0 takes a free one.
    pub dynamodb_port: u16,
    /// Where the data lives.
    pub data: Data,
    /// Whether the template's usage plans apply.
    pub usage_plans: bool,
    /// How many calls of functions may run at once. Further requests are refused, as Lambda refuses them at an account's limit.
    pub most_calls: usize,
    /// Whether each request, and each failure, is a line on standard error.
    pub access_log: bool,
    /// The template's parameters. The defaults are the template's, without a website.
    pub settings: Settings,
    /// The addresses and domains that are verified in SES's sandbox. Outside it, mails go to every address.
    pub sandbox: Option<Vec<String>>,
    /// Whether the gateway answers at once, or after [`crate::Local::open`].
    pub opens_at_once: bool,
    /// The functions' clock. A test keeps a clone, to move it.
    pub clock: Clock,
    /// The pause between two reads of a stream that had nothing new.
    pub poll_interval: Duration,
    /// The shards of a stream. The embedded database has one; a table in the cloud gets more as it grows, each read by itself.
    pub shards: u64,
    /// The pause before a function is called again with records on which it failed. It doubles after each further failure.
    pub retry_pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            port: 0,
            dynamodb_port: 0,
            data: Data::Memory,
            usage_plans: false,
            most_calls: 1_000,
            access_log: false,
            settings: default_settings(),
            sandbox: None,
            opens_at_once: true,
            clock: Clock::system(),
            poll_interval: Duration::from_millis(50),
            shards: 1,
            retry_pause: Duration::from_millis(100),
        }
    }
}
