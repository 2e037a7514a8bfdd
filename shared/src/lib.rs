//! What every Carrel function needs, and the only code that knows DynamoDB.
//!
//! - [`app`]: the state that a function is born with: tables, keys, settings, the clock
//! - [`lambda`]: runs a function's router on AWS Lambda
//! - [`https`]: how the SDK reaches AWS
//! - [`http`]: the edge around every router: logging, security headers, problem documents
//! - [`routes`]: a function's route table, and what is made of it
//! - [`metrics`]: what is counted for CloudWatch
//! - [`error`]: what a request may end in, and how the client is told
//! - [`caller`], [`extract`]: what a handler may ask of a request, parsed once: [`caller::Caller`],
//!   [`extract::Json`], …
//! - [`token`], [`ed25519`]: access tokens and the public keys that verify them
//! - [`secret`], [`seal`]: secrets from Secrets Manager, and the tokens of letters
//! - [`types`], [`isbn`], [`fold`]: values that are valid by construction, and how text compares
//! - [`page`]: lists, limits and cursors
//! - [`table`]: one DynamoDB table: faults, transactions, conditions
//! - [`accounts`], [`sessions`], [`library`], [`journal`]: a module a table; inside, a file an entity, its keys and
//!   access patterns on top

pub mod accounts;
pub mod app;
pub mod browser;
pub mod caller;
pub mod connections;
pub mod ed25519;
pub mod error;
pub mod extract;
pub mod fold;
pub mod http;
pub mod https;
pub mod isbn;
pub mod journal;
pub mod lambda;
pub mod library;
pub mod metrics;
pub mod page;
pub mod routes;
pub mod seal;
pub mod secret;
pub mod sessions;
pub mod table;
pub mod token;
pub mod types;
