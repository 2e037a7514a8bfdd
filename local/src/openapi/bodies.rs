//! Details of bodies that no Rust type expresses.

use serde_json::{Value, json};

/// Requires an email or a username, and removes `null` from bodies that are optional.
pub(super) fn refine(contract: &mut Value) {
    let schemas = &mut contract["components"]["schemas"];
    schemas["Credentials"]["oneOf"] = either("email", "username");
    schemas["Registration"]["anyOf"] = either("email", "username");
    let paths = contract["paths"].as_object_mut().into_iter().flatten();
    for operation in paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten().map(|(_, one)| one)) {
        if let Some(body) = operation.pointer_mut("/requestBody/content/application~1json/schema")
            && body["oneOf"][1]["type"] == "null"
        {
            *body = body["oneOf"][0].take();
        }
    }
}

/// Requires one of two properties, which is not `null`.
fn either(one: &str, other: &str) -> Value {
    json!([one, other].map(|name| json!({"required": [name], "properties": {name: {"type": "string"}}})))
}
