//! The contract (OpenAPI 3.1): what the functions' code says of itself, what the gateway adds to every operation, and what
//! else a stranger needs who reads it on the documentation's page.

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
use crate::template::{Route, Template};

#[derive(OpenApi)]
#[openapi(
    info(title = "Carrel"),
    // Relative to wherever the contract was got from: `/v1/openapi.json` of a laptop, or of the cloud.
    servers((url = "/v1", description = "The library that this contract is from.")),
    components(schemas(Problem)),
    tags(
        (name = "auth", description = "Registering, signing in and out, passwords."),
        (name = "users", description = "Profiles and pictures, and what librarians do about users."),
        (name = "books", description = "The catalogue."),
        (name = "archive", description = "The old books: listed apart, and not lent."),
        (name = "favorites", description = "The books a reader wants to keep at hand."),
        (name = "reservations", description = "Lending: reservations, queues, loans."),
        (name = "live", description = "What librarians watch: live events, and the activity log."),
        (name = "site", description = "What a library tells everybody about itself."),
    )
)]
struct Document;

/// The contract, as `openapi.json` has it.
///
/// # Errors
/// Where the template cannot be read, or names what is not in the code.
pub fn openapi() -> Result<Value> {
    let mut contract = serde_json::to_value(of_the_code()).map_err(|error| Error::template("openapi.json", error))?;
    for route in &Template::embedded()?.routes {
        let operation = &mut contract["paths"][&route.path][route.method.to_lowercase()];
        if operation.is_null() {
            let problem = format!("{} {} is no operation of its code", route.method, route.path);
            return Err(Error::template(&route.function, problem));
        }
        add_the_gateway(operation, route);
        prose::make_readable(operation);
        access::tell(operation);
    }
    contract["info"]["description"] = prose::unwrapped(include_str!("openapi/introduction.md")).into();
    bodies::refine(&mut contract);
    examples::add(&mut contract);
    problems::add(&mut contract);
    Ok(contract)
}

fn of_the_code() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    let functions = [
        auth::routes().openapi(),
        users::routes().openapi(),
        books::routes().openapi(),
        favorites::routes().openapi(),
        reservations::routes().openapi(),
        live::routes().openapi(),
        site::routes().openapi(),
    ];
    functions.into_iter().for_each(|function| document.merge(function));
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let bearer = bearer.description(Some("The `accessToken` of signing in.")).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description(
        ACCESS_COOKIE,
        "The same for websites: signing in with `\"session\": \"cookie\"` sets it. No page can, and none needs to.",
    );
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let key = ApiKeyValue::with_description("X-Api-Key", "Names the frontend, and its usage plan.");
    components.add_security_scheme("apiKey", SecurityScheme::ApiKey(ApiKey::Header(key)));
    document
}

/// What a 403 is where the operation itself answers none.
const UNKNOWN_KEY: &str = "The API key is unknown.";

/// Adds what API Gateway itself may answer, and the key that it asks for.
fn add_the_gateway(operation: &mut Value, route: &Route) {
    let refusals = [
        ("400", "The request is not valid; `errors` names what."),
        ("403", UNKNOWN_KEY),
        ("429", "Too many requests; `Retry-After` says how long to wait."),
        ("500", "Something went wrong on our side."),
        ("503", "Temporarily unavailable; `Retry-After` says how long to wait."),
        ("504", "It took too long; `Retry-After` says how long to wait."),
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
