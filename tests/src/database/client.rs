//! DynamoDB as the proxies and the tests reach it.

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, HOST};
use serde_json::Value;

use super::answer::Answer;

/// A DynamoDB at an address.
#[derive(Clone)]
pub struct Client {
    endpoint: String,
    access_key: String,
    http: reqwest::Client,
}

impl Client {
    /// A client of the runner's DynamoDB.
    pub fn of(database: &local::Database) -> Client {
        Client::at(database.endpoint(), database.access_key())
    }

    /// Makes a client of the DynamoDB at that address, which knows this key.
    pub fn at(endpoint: &str, access_key: &str) -> Client {
        let (endpoint, access_key) = (endpoint.to_owned(), access_key.to_owned());
        Client { endpoint, access_key, http: crate::http::client(None) }
    }

    /// The same client of the same DynamoDB, at another address.
    pub(super) fn elsewhere(&self, endpoint: &str) -> Client {
        Client { endpoint: endpoint.to_owned(), ..self.clone() }
    }

    /// Returns the address: `http://127.0.0.1:8000`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the access key.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// Calls DynamoDB. The call is neither counted nor held.
    ///
    /// # Panics
    /// If DynamoDB refuses the call.
    pub async fn call(&self, action: &str, request: &Value) -> Value {
        // The database requires a signature of the right form and does not verify it.
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential={}/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
            self.access_key
        );
        let call = self.http.post(&self.endpoint).header("authorization", signature);
        let call = call.header("x-amz-date", "20260101T000000Z");
        let call = call.header("x-amz-target", format!("DynamoDB_20120810.{action}"));
        let call = call.header("content-type", "application/x-amz-json-1.0").body(request.to_string());
        let answer = call.send().await.expect("the database answers");
        assert!(answer.status().is_success(), "{action}: {:?}", answer.text().await);
        answer.json().await.expect("JSON")
    }

    /// Returns all items of a table.
    pub async fn scan(&self, table: &str) -> Vec<Value> {
        let mut request = serde_json::json!({"TableName": table, "ConsistentRead": true});
        let mut items = Vec::new();
        loop {
            let mut page = self.call("Scan", &request).await;
            items.extend(page["Items"].as_array().expect("a list").iter().cloned());
            match page["LastEvaluatedKey"].take() {
                Value::Null => return items,
                last => request["ExclusiveStartKey"] = last,
            }
        }
    }

    /// Makes the address of a user count as verified, without a letter.
    pub async fn verify(&self, user: &str) {
        for (table, attribute) in [("carrel-accounts", "emailVerified"), ("carrel-sessions", "verified")] {
            let update = serde_json::json!({"TableName": table, "Key": {"pk": {"S": format!("user#{user}")}},
                "UpdateExpression": format!("SET {attribute} = :yes"),
                "ExpressionAttributeValues": {":yes": {"BOOL": true}}});
            self.call("UpdateItem", &update).await;
        }
    }

    /// Forwards a function's call with its own headers and another body.
    pub(super) async fn forward(&self, mut headers: HeaderMap, body: impl Into<reqwest::Body>) -> Answer {
        headers.remove(HOST);
        headers.remove(CONTENT_LENGTH);
        let answer = self.http.post(&self.endpoint).headers(headers).body(body).send().await;
        let answer = answer.expect("the database answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        Answer { status, headers, bytes: answer.bytes().await.expect("whole") }
    }
}
