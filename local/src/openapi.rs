//! The contract (OpenAPI 3.1): what the functions' code says of itself, and what the gateway adds to every operation.

use serde_json::{Value, json};
use shared::caller::ACCESS_COOKIE;
use shared::error::Problem;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::error::{Error, Result};
use crate::template::Template;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Carrel",
        description = "A library's back end: readers register and sign in, find books, keep favorites. \
            `x-access` says who may call an operation: `public` everybody; `reader` everybody, or who is signed in where \
            the library says so; `user` who is signed in; `writer` the same, or librarians where the library says so; \
            `owner` whose the thing is, and librarians; `admin` librarians.",
    ),
    servers((url = "/v1")),
    components(schemas(Problem)),
    tags(
        (name = "auth", description = "Registering, signing in and out, passwords."),
        (name = "users", description = "Profiles, and what librarians do about users."),
        (name = "books", description = "The catalogue."),
        (name = "archive", description = "The old books."),
        (name = "favorites", description = "The books a reader wants to keep at hand."),
    )
)]
struct Document;

/// What API Gateway itself may answer to any call.
const OF_THE_GATEWAY: [(&str, &str); 5] = [
    ("403", "The API key is unknown, or the operation is not for you."),
    ("429", "Too many requests; `Retry-After` says how long to wait."),
    ("500", "Something went wrong on our side."),
    ("503", "Temporarily unavailable; `Retry-After` says how long to wait."),
    ("504", "It took too long."),
];

/// The contract, as `openapi.json` has it.
///
/// # Errors
/// Where the template cannot be read.
pub fn openapi() -> Result<Value> {
    let mut document = Document::openapi();
    let functions = [
        auth::routes().into_openapi(),
        users::routes().into_openapi(),
        books::routes().into_openapi(),
        favorites::routes().into_openapi(),
    ];
    functions.into_iter().for_each(|function| document.merge(function));
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let bearer = bearer.description(Some("The `accessToken` of signing in.")).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description(
        ACCESS_COOKIE,
        "The same for websites: signing in with `session: cookie` sets it.",
    );
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let key = ApiKeyValue::with_description("X-Api-Key", "Names the frontend, and its usage plan.");
    components.add_security_scheme("apiKey", SecurityScheme::ApiKey(ApiKey::Header(key)));

    let mut contract = serde_json::to_value(document).map_err(|error| Error::template("openapi.json", error))?;
    for route in &Template::embedded()?.routes {
        let operation = &mut contract["paths"][&route.path][route.method.to_lowercase()];
        if operation.is_null() {
            return Err(Error::template(
                &route.function,
                format!("{} {} is no operation of its code", route.method, route.path),
            ));
        }
        add_the_gateway(operation, route.key_required);
    }
    Ok(contract)
}

fn add_the_gateway(operation: &mut Value, key_required: bool) {
    for (status, description) in OF_THE_GATEWAY {
        if operation["responses"][status].is_null() {
            operation["responses"][status] = json!({
                "description": description,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            });
        }
    }
    if let (true, Some(alternatives)) = (key_required, operation["security"].as_array_mut()) {
        for alternative in alternatives {
            alternative["apiKey"] = json!([]);
        }
    }
}
