//! A proxy between each function and DynamoDB. It counts calls, makes them fail, and holds them.
//!
//! - [`proxy`]: the proxies, one for each function
//! - [`pattern`]: which calls a test means
//! - [`meter`]: what each call was and what it cost
//! - [`faults`]: how a call goes wrong; `choice`: which does, chosen by a pattern or at random
//! - `delay`: calls that take long
//! - `stale`: eventually consistent reads that do not see the last write
//! - [`hold`]: calls that stop on their way until the test lets them go on
//! - `lag`: indexes that lag behind their table
//! - `record`: all calls in their order, for a second database
//! - [`client`]: DynamoDB without a proxy, to prepare what no function does and to read what no function shows

mod answer;
mod choice;
pub mod client;
mod delay;
pub mod faults;
pub mod hold;
mod lag;
pub mod meter;
pub mod pattern;
pub mod proxy;
mod record;
mod stale;

pub use client::Client;
pub use faults::Fault;
pub use hold::Hold;
pub use meter::Call;
pub use pattern::Pattern;
pub use proxy::Proxy;
pub(crate) use record::recorded;
