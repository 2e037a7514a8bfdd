//! The code that all Carrel functions share, and the only code that uses DynamoDB.
//!
//! - [`edge`]: HTTP: routes, extractors, problem documents, pages and cursors, cookies and origins
//! - [`tables`]: DynamoDB: a module for each table
//! - [`runtime`]: what a function runs in: its state, its settings, AWS Lambda, the SDK's clients, metrics
//! - [`crypto`]: secrets, keys and tokens
//! - [`words`]: how books are found by words
//! - [`values`]: values that are valid by construction
//!
//! `edge` may use all others, `tables` uses `crypto`, `runtime`, `words` and `values`, `words` uses `values`, and `values` uses
//! none of them.

pub mod crypto;
pub mod edge;
pub mod runtime;
pub mod tables;
pub mod values;
pub mod words;
