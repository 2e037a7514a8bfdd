//! What every Carrel function needs, and the only code that knows DynamoDB.
//!
//! - [`edge`]: HTTP: routes, what a handler may ask of a request, problem documents, cookies and origins
//! - [`tables`]: DynamoDB: a module for each table
//! - [`runtime`]: what a function runs in: its state, its settings, AWS Lambda, the SDK's clients, metrics
//! - [`crypto`]: secrets, keys and tokens
//! - [`values`]: values that are valid by construction
//!
//! `edge` may use all others, `tables` uses `crypto`, `runtime` and `values`, and `values` uses nothing of this crate.

pub mod crypto;
pub mod edge;
pub mod runtime;
pub mod tables;
pub mod values;
