//! Details of bodies that no Rust type expresses.

use serde_json::{Value, json};

/// Requires an email or a username, and removes `null` from bodies that are optional.
pub(super) fn refine(contract: &mut Value) {
    let schemas = &mut contract["components"]["schemas"];
    choose(schemas, "Credentials", [("email", &["username"]), ("username", &["email"])]);
    choose(schemas, "Registration", [("email", &[]), ("username", &["email"])]);
    let paths = contract["paths"].as_object_mut().into_iter().flatten();
    for operation in paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten().map(|(_, one)| one)) {
        if let Some(body) = operation.pointer_mut("/requestBody/content/application~1json/schema") {
            forbid_null(body);
        }
    }
}

/// Makes a choice of two whole bodies out of one: the first or the second name is required, and the body goes without some
/// properties. Conditions beside the properties would be shorter, but generators of clients do not understand them.
fn choose(schemas: &mut Value, name: &str, choices: [(&str, &[&str]); 2]) {
    let whole = schemas[name].take();
    let mut references = Vec::new();
    for (required, without) in choices {
        let mut body = whole.clone();
        body["description"] = format!("With the {required}.").into();
        forbid_null(&mut body["properties"][required]);
        body["required"].as_array_mut().into_iter().for_each(|names| names.push(required.into()));
        if let Some(properties) = body["properties"].as_object_mut() {
            properties.retain(|property, _| !without.contains(&property.as_str()));
        }
        let initial = required[..1].to_uppercase();
        let choice = format!("{initial}{}{name}", &required[1..]);
        references.push(json!({"$ref": format!("#/components/schemas/{choice}")}));
        schemas[choice] = body;
    }
    schemas[name] = json!({"description": whole["description"], "oneOf": references});
}

/// Removes the alternative `null` from a schema.
fn forbid_null(schema: &mut Value) {
    if schema["oneOf"][1]["type"] == "null" {
        *schema = schema["oneOf"][0].take();
    } else if schema["type"][1] == "null" {
        schema["type"] = schema["type"][0].take();
    }
}
