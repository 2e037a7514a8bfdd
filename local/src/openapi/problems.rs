//! An example of each error: the problem document of the functions' own error type.

use serde_json::{Map, Value, json};
use shared::edge::error::Error;
use shared::edge::problem::Problem;
use shared::edge::refusals::{ALL, Forbidden, Refusal, TooLarge};

use super::UNKNOWN_KEY;

/// Adds an example to every error of every operation, and `Retry-After` to those that have it. Each error is in the contract
/// once, among the components, and operations refer to it.
pub(super) fn add(contract: &mut Value) {
    let mut shared = Map::new();
    let paths = contract["paths"].as_object_mut().into_iter().flatten();
    for operation in paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten().map(|(_, one)| one)) {
        let about = operation.clone();
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            let Some((name, problem)) = example(status, response, &about) else { continue };
            response["content"]["application/problem+json"]["example"] = json!(problem);
            if ["429", "503", "504"].contains(&status.as_str()) {
                let seconds = json!({"description": "Seconds.", "schema": {"type": "integer", "example": 1}});
                response["headers"]["Retry-After"] = seconds;
            }
            shared.insert(name.to_owned(), response.take());
            *response = json!({"$ref": format!("#/components/responses/{name}")});
        }
    }
    contract["components"]["responses"] = shared.into();
}

/// Returns an error of an operation with that status, and the name of its component.
fn example(status: &str, response: &Value, operation: &Value) -> Option<(String, Problem)> {
    let nothing = || Box::from("an example has no cause");
    let (name, error) = match status {
        // An unknown property of the body or, without a body, an unknown parameter.
        "400" if operation["requestBody"]["content"]["application/json"].is_object() => {
            ("invalid-body", Error::invalid("/surprise", "is not known here"))
        }
        "400" => ("invalid-parameter", Error::invalid("?surprise", "is not known here")),
        "403" if response["description"] == UNKNOWN_KEY => named(Forbidden::UnknownApiKey.refusal()),
        "413" => named(TooLarge::Body.refusal()),
        "429" => ("too-many-requests", Error::TooMany { retry_after: 1 }),
        "500" => ("internal", Error::Internal(nothing())),
        "503" => ("unavailable", Error::Unavailable(nothing())),
        "504" => ("too-slow", Error::Unavailable(nothing())),
        _ => named(of_operation(status, operation)?),
    };
    let mut problem = error.problem();
    // The gateway has statuses that the functions' errors do not have.
    problem.status = status.parse().unwrap_or(problem.status);
    "/v1/books".clone_into(&mut problem.instance);
    "c6af9ac6-7b61-11e6-9a41-93e8deadbeef".clone_into(&mut problem.request_id);
    Some((name.to_owned(), problem))
}

fn named(refusal: Refusal) -> (&'static str, Error) {
    (refusal.code, Error::Refused(refusal))
}

/// Returns one of the refusals of an operation with that status: the last of its codes.
fn of_operation(status: &str, operation: &Value) -> Option<Refusal> {
    let codes = operation["x-codes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut refusals = codes.filter_map(|code| ALL.iter().find(|refusal| refusal.code == code));
    refusals.rfind(|refusal| refusal.kind.status.as_str() == status).copied()
}
