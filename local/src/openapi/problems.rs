//! An example of each error: the problem document of the functions' own error type.

use serde_json::{Map, Value, json};
use shared::edge::error::Error;
use shared::edge::problem::Problem;
use shared::edge::refusals::TooLarge;

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
fn example(status: &str, response: &Value, operation: &Value) -> Option<(&'static str, Problem)> {
    let nothing = || Box::from("an example has no cause");
    let (name, error) = match status {
        // An unknown property of the body or, without a body, an unknown parameter.
        "400" if operation["requestBody"]["content"]["application/json"].is_object() => {
            ("invalid-body", Error::invalid("/surprise", "is not known here"))
        }
        "400" => ("invalid-parameter", Error::invalid("?surprise", "is not known here")),
        "401" => ("unauthenticated", Error::Unauthenticated("Send an access token: Authorization: Bearer <token>.")),
        "403" if response["description"] == UNKNOWN_KEY => {
            ("unknown-key", Error::Forbidden("Send your frontend's API key in the X-Api-Key header."))
        }
        "403" => forbidden(operation),
        "404" => missing(operation),
        "409" => conflict(operation),
        "412" => ("stale", Error::Stale),
        "413" => ("too-large", TooLarge::Body.into()),
        "415" => ("unsupported-media-type", Error::UnsupportedMediaType("application/json")),
        "422" => ("key-reused", Error::KeyReused),
        "429" => ("too-many-requests", Error::TooMany { retry_after: 1 }),
        "500" => ("internal", Error::Internal(nothing())),
        "503" => ("unavailable", Error::Unavailable(nothing())),
        "504" => ("too-slow", Error::Unavailable(nothing())),
        _ => return None,
    };
    let mut problem = error.problem();
    // The gateway has statuses that the functions' errors do not have.
    problem.status = status.parse().unwrap_or(problem.status);
    "/v1/books".clone_into(&mut problem.instance);
    "c6af9ac6-7b61-11e6-9a41-93e8deadbeef".clone_into(&mut problem.request_id);
    Some((name, problem))
}

fn forbidden(operation: &Value) -> (&'static str, Error) {
    match (operation["x-access"].as_str(), operation["operationId"].as_str()) {
        (Some("admin"), _) => ("for-librarians", Error::Forbidden("This is for librarians.")),
        (Some("owner"), _) => {
            ("not-yours", Error::Forbidden("Only its owner and the librarians may do this to a book."))
        }
        (_, Some("changePassword" | "deleteAccount")) => ("wrong-password", Error::Forbidden("The password is wrong.")),
        (_, Some("createBook")) => ("no-new-books", Error::Forbidden("Only librarians add books here.")),
        _ => ("foreign-page", Error::Forbidden("Pages of this origin may not do this.")),
    }
}

fn missing(operation: &Value) -> (&'static str, Error) {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let in_path = parameters.filter(|one| one["in"] == "path").find_map(|one| one["name"].as_str());
    match in_path {
        Some("userId" | "username") => ("no-such-user", Error::NotFound("user")),
        Some("reservationId") => ("no-such-reservation", Error::NotFound("reservation")),
        Some("sessionId") => ("no-such-session", Error::NotFound("session of yours")),
        Some("file") => ("no-such-file", Error::NotFound("file")),
        _ => ("no-such-book", Error::NotFound("book")),
    }
}

fn conflict(operation: &Value) -> (&'static str, Error) {
    match (operation["tags"][0].as_str(), operation["operationId"].as_str()) {
        (_, Some("register" | "registerAlias" | "changeUsername")) => {
            ("name-taken", Error::Conflict("Somebody has this username."))
        }
        (_, Some("changeUser" | "deleteUser")) => {
            ("about-oneself", Error::Conflict("Another librarian has to do this to you."))
        }
        (_, Some("deleteBook" | "archiveBook")) => {
            ("book-in-use", Error::Conflict("Copies of this book are reserved or out."))
        }
        (_, Some("deleteBookByTitle")) => {
            ("several-books", Error::Conflict("Several of your books have this title: delete by id."))
        }
        (Some("books"), _) => ("isbn-taken", Error::Conflict("Another book has this ISBN.")),
        (Some("reservations"), _) => ("others-wait", Error::Conflict("Others wait for this book.")),
        _ => ("changed-in-between", Error::Conflict("The account was changed in between. Try again.")),
    }
}
