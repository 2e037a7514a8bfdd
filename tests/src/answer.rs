//! Answers of the API.

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde_json::Value;
use shared::edge::refusals::ALL;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The request, for the message of a failed assertion.
    pub(crate) asked: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// Asserts that the answer has that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered {}", self.asked, self.text);
        self
    }

    /// Asserts that the answer is a complete problem document of that status and kind (`invalid-input`).
    #[track_caller]
    pub fn problem(self, status: u16, kind: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.asked);
        let problem = answer.json();
        assert_eq!(problem["type"], format!("/problems/{kind}"), "{} answered {problem}", answer.asked);
        assert_eq!(problem["status"], status);
        for field in ["code", "title", "detail", "instance", "requestId"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} is missing in {problem}");
        }
        answer
    }

    /// Asserts that the answer is a complete problem document of that status and with that code (`others-wait`).
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let kind = ALL.iter().find(|refusal| refusal.code == code).map(|refusal| refusal.kind.slug);
        let answer = self.problem(status, kind.unwrap_or_else(|| panic!("there is no refusal {code}")));
        assert_eq!(answer.string("code"), code, "{} answered {}", answer.asked, answer.text);
        answer
    }

    /// Asserts that the answer is a 400 that names `pointer`.
    #[track_caller]
    pub fn invalid(self, pointer: &str) -> Self {
        let answer = self.problem(400, "invalid-input");
        let problem = answer.json();
        let named =
            problem["errors"].as_array().is_some_and(|errors| errors.iter().any(|error| error["pointer"] == pointer));
        assert!(named, "{} should name {pointer:?}, but answered {problem}", answer.asked);
        answer
    }

    /// Returns the body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{} answered no JSON, {error}: {}", self.asked, self.text))
    }

    /// Returns a string field of the body.
    #[track_caller]
    pub fn string(&self, field: &str) -> String {
        let json = self.json();
        json[field].as_str().unwrap_or_else(|| panic!("{} answered no {field}: {json}", self.asked)).to_owned()
    }

    /// Returns a header; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns one string field of every item of a list.
    #[track_caller]
    pub fn each(&self, field: &str) -> Vec<String> {
        let json = self.json();
        let items = json["items"].as_array().unwrap_or_else(|| panic!("{} answered no list: {json}", self.asked));
        items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// Asserts that all times in an answer have three digits after the second (FL16).
pub(crate) fn assert_milliseconds(asked: &str, json: &Value) {
    match json {
        Value::String(text) if text.ends_with('Z') && text.parse::<Timestamp>().is_ok() => {
            assert_eq!(text.len(), "2024-05-31T12:00:00.000Z".len(), "{asked} answered {text}");
        }
        Value::Array(items) => items.iter().for_each(|item| assert_milliseconds(asked, item)),
        Value::Object(fields) => fields.values().for_each(|field| assert_milliseconds(asked, field)),
        _ => {}
    }
}

/// Returns the time in a field of an answer.
pub fn time(field: &Value) -> Timestamp {
    field.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("should be a time: {field}"))
}
