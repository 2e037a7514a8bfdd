//! Examples of bodies and parameters. Without them the documentation page would suggest to add the book "string" by "string".

use serde_json::{Map, Value, json};

/// Examples by schema, by operation (for a body without a schema of its own), and by parameter.
const EXAMPLES: &str = include_str!("examples.json");

/// Adds examples, and the descriptions of parameters that only their types have.
pub(super) fn add(contract: &mut Value) {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    if let Some(schemas) = contract["components"]["schemas"].as_object_mut() {
        schemas.iter_mut().for_each(|(name, schema)| add_to_schema(name, schema, &examples["schemas"]));
    }
    let schemas = contract["components"]["schemas"].clone();
    let paths = contract["paths"].as_object_mut().into_iter().flatten();
    for operation in paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten().map(|(_, one)| one)) {
        let id = operation["operationId"].as_str().unwrap_or_default().trim_end_matches("Alias");
        if let Some(body) = examples["bodies"].get(id) {
            operation["requestBody"]["content"]["application/json"]["example"] = body.clone();
        }
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            explain(parameter, &schemas, &examples["parameters"]);
        }
    }
}

fn add_to_schema(name: &str, schema: &mut Value, examples: &Value) {
    let example = match name.strip_prefix("Page_") {
        None => examples.get(name).cloned(),
        Some(item) => examples.get(item).map(|item| json!({"items": [item]})),
    };
    if let Some(example) = example {
        schema["examples"] = json!([example]);
    }
}

/// Describes a parameter, and adds an example only if it is required: the documentation page sends every example as the value,
/// and would ask for the books with the example ISBN instead of all books.
fn explain(parameter: &mut Value, schemas: &Value, examples: &Value) {
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    let kind = parameter["schema"]["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let kind = kind.and_then(|kind| schemas[kind].as_object()).cloned();
    if parameter["description"].is_null()
        && let Some(description) = kind.as_ref().and_then(|kind| kind.get("description"))
    {
        parameter["description"] = description.clone();
    }
    match (parameter["required"] == true, kind) {
        (true, _) => {
            if let Some(example) = examples.get(&name) {
                parameter["example"] = example.clone();
            }
        }
        (false, Some(kind)) => parameter["schema"] = without_example(kind),
        (false, None) => {}
    }
}

fn without_example(mut schema: Map<String, Value>) -> Value {
    schema.retain(|key, _| !["example", "examples", "description"].contains(&key.as_str()));
    schema.into()
}
