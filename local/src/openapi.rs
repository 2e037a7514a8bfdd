//! The contract (OpenAPI 3.1): the operations from the functions' code, what the gateway adds to each, and the texts and
//! examples of the documentation page.

mod access;
mod bodies;
mod examples;
mod problems;
mod prose;

use serde_json::{Value, json};
use shared::edge::caller::ACCESS_COOKIE;
use shared::edge::problem::Problem;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::error::{Error, Result};
use crate::functions::FUNCTIONS;
use crate::template::{Route, Template};

#[derive(OpenApi)]
#[openapi(
    info(title = "Carrel"),
    // Relative to where the contract was read: `/v1/openapi.json` of a laptop or of the cloud.
    servers((url = "/v1", description = "The library that serves this contract.")),
    components(schemas(Problem)),
    tags(
        (name = "auth", description = "Registration, sign-in, sessions, passwords."),
        (name = "users", description = "Profiles, pictures, and the administration of users."),
        (name = "books", description = "The catalogue."),
        (name = "search", description = "Books found by words, whatever their spelling."),
        (name = "archive", description = "Archived books: they have their own list, and are not lent."),
        (name = "favorites", description = "Books that a reader bookmarks."),
        (name = "reservations", description = "Lending: reservations, queues, loans."),
        (name = "desk", description = "The desk: loans and returns of whoever stands there."),
        (name = "rules", description = "The library's own rules: when it is open, and what readers may borrow."),
        (name = "files", description = "Books as files: into the library, and out of it."),
        (name = "live", description = "Live events and the activity log, for librarians."),
        (name = "site", description = "The contract and the health of the library."),
    )
)]
struct Document;

/// What pages call the tags, in their order. It is the order in which a reader meets them.
const TITLES: [&str; 12] = [
    "Signing in",
    "Readers",
    "Books",
    "Search",
    "Old books",
    "Favorites",
    "Lending",
    "The desk",
    "The rules",
    "Files",
    "Live",
    "The site",
];

/// Returns the contract.
///
/// # Errors
/// If the template cannot be read, or has a route that the code does not have.
pub fn openapi() -> Result<Value> {
    let mut contract = serde_json::to_value(of_the_code()).map_err(|error| Error::template("openapi.json", error))?;
    // A HEAD is its GET without the content, and is not described again.
    let is_page = |path: &str| FUNCTIONS.iter().any(|function| function.pages.contains(&path));
    let routes = Template::embedded()?.routes.iter().filter(|route| !is_page(&route.path));
    for route in routes.filter(|route| route.method != "HEAD") {
        let operation = &mut contract["paths"][&route.path][route.method.to_lowercase()];
        if operation.is_null() {
            let problem = format!("its code has no operation {} {}", route.method, route.path);
            return Err(Error::template(&route.function, problem));
        }
        add_the_gateway(operation, route);
        prose::make_readable(operation);
        access::describe(operation);
    }
    for (tag, title) in contract["tags"].as_array_mut().into_iter().flatten().zip(TITLES) {
        tag["x-displayName"] = title.into();
    }
    contract["info"]["description"] = prose::unwrapped(include_str!("openapi/introduction.md")).into();
    bodies::refine(&mut contract);
    examples::add(&mut contract);
    problems::add(&mut contract);
    Ok(contract)
}

fn of_the_code() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    FUNCTIONS.iter().filter_map(|function| function.routes).for_each(|routes| document.merge(routes()));
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let bearer = bearer.description(Some("The `accessToken` of a sign-in.")).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description(
        ACCESS_COOKIE,
        "The access token of a website: a sign-in with `\"session\": \"cookie\"` sets it. A page cannot read or set it.",
    );
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let key = ApiKeyValue::with_description("X-Api-Key", "The frontend's key. It selects the usage plan.");
    components.add_security_scheme("apiKey", SecurityScheme::ApiKey(ApiKey::Header(key)));
    document
}

/// The description of a 403 that the operation itself never answers.
const UNKNOWN_KEY: &str = "The API key is unknown.";

/// Adds the answers of API Gateway itself, and the API key.
fn add_the_gateway(operation: &mut Value, route: &Route) {
    let refusals = [
        ("400", "The request is not valid; `errors` names what."),
        ("403", UNKNOWN_KEY),
        ("429", "Too many requests; `Retry-After` says how long to wait."),
        ("500", "An error of the server."),
        ("503", "Temporarily unavailable; `Retry-After` says how long to wait."),
        ("504", "Timeout; `Retry-After` says how long to wait."),
    ];
    for (status, description) in refusals {
        if operation["responses"][status].is_null() && (status != "403" || route.key_required) {
            operation["responses"][status] = json!({
                "description": description,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            });
        }
    }
    if let (true, Some(alternatives)) = (route.key_required, operation["security"].as_array_mut()) {
        for alternative in alternatives {
            alternative["apiKey"] = json!([]);
        }
    }
}

#[cfg(test)]
mod tests;
