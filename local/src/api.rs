//! A client of the library's own API, for what the runner adds at its first start.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::gateway::Gateway;

/// The size limit of an answer; a hundred books have about 50 KB.
const ANSWER_LIMIT: usize = 1 << 20;

/// A signed-in user.
pub(crate) struct Api<'a> {
    gateway: &'a Gateway,
    token: String,
}

impl<'a> Api<'a> {
    /// Returns a client that is not signed in.
    pub(crate) fn stranger(gateway: &'a Gateway) -> Self {
        Api { gateway, token: String::new() }
    }

    /// Signs in.
    pub(crate) async fn sign_in(gateway: &'a Gateway, email: &str, password: &str) -> Result<Self> {
        let mut api = Api::stranger(gateway);
        let who = json!({ "email": email, "password": password });
        let (status, tokens) = api.send(Method::POST, "/auth/login", Some(&who)).await?;
        match tokens["accessToken"].as_str() {
            Some(token) if status == StatusCode::OK => api.token = format!("Bearer {token}"),
            _ => return Err(Error::first_start(format!("{email} cannot sign in: {tokens}"))),
        }
        Ok(api)
    }

    /// Sends a request that must succeed, and returns the body of the answer.
    pub(crate) async fn done(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        match self.send(method.clone(), path, body).await? {
            (status, answer) if status.is_success() => Ok(answer),
            (status, problem) => Err(Error::first_start(format!("{method} {path}: {status} {problem}"))),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(StatusCode, Value)> {
        let uri = format!("/{}{path}", self.gateway.stage());
        let request = Request::builder().method(method).uri(uri).header(header::CONTENT_TYPE, "application/json");
        let request = match self.token.as_str() {
            "" => request,
            token => request.header(header::AUTHORIZATION, token),
        };
        let request = request
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .map_err(Error::first_start)?;
        let response = self.gateway.send(request).await;
        let status = response.status();
        let body = to_bytes(response.into_body(), ANSWER_LIMIT).await.map_err(Error::first_start)?;
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}
