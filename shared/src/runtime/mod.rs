//! What a function runs in: its state, its settings, AWS Lambda, the SDK's clients and the metrics.

pub mod app;
pub mod chance;
pub mod environment;
pub mod https;
pub mod lambda;
pub mod log;
pub mod metrics;
