//! What bodies are, where no Rust type says it.

use serde_json::{Value, json};

/// Says by which names people register and sign in, and that a body that may be left out is not `null` instead.
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

/// One of the two is there, and is no `null`.
fn either(one: &str, other: &str) -> Value {
    json!([one, other].map(|name| json!({"required": [name], "properties": {name: {"type": "string"}}})))
}
