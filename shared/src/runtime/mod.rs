//! The environment of a function: its state, its settings, AWS Lambda, its streams, the SDK's clients, the log and the metrics.

pub mod app;
pub mod environment;
pub mod https;
pub mod lambda;
pub mod log;
pub mod metrics;
pub mod random;
pub mod stream;
