use std::collections::BTreeSet;

use serde_json::Value;

use super::openapi;

fn contract() -> Value {
    openapi().unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the schema that a `$ref` names, or the schema itself.
fn resolved<'a>(contract: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
        Some(pointer) => contract.pointer(pointer).unwrap_or_else(|| panic!("there is no {pointer}")),
        None => schema,
    }
}

/// Returns the first of the schemas that are a choice, or the schema itself.
fn first_choice<'a>(contract: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = resolved(contract, schema);
    if schema["oneOf"].is_array() { resolved(contract, &schema["oneOf"][0]) } else { schema }
}

/// Returns the names of a schema's properties, or of its required ones. Of a choice, they are those of the first one.
fn names(contract: &Value, schema: &Value, required: bool) -> BTreeSet<String> {
    let schema = first_choice(contract, schema);
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let mut names: BTreeSet<_> = parts.flat_map(|part| names(contract, part, required)).collect();
    if required {
        names.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    } else {
        names.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    }
    names
}

fn operations(contract: &Value) -> Vec<&Value> {
    let items = contract["paths"].as_object().into_iter().flatten();
    items.flat_map(|(_, item)| item.as_object().into_iter().flatten()).map(|(_, operation)| operation).collect()
}

#[test]
fn every_body_has_an_example_with_all_required_and_no_unknown_properties() {
    let contract = contract();
    for operation in operations(&contract) {
        let id = &operation["operationId"];
        let answers = operation["responses"].as_object().into_iter().flatten();
        let answers = answers.filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer);
        for body in answers.chain([&operation["requestBody"]]) {
            let json = &body["content"]["application/json"];
            if json.is_null() || id == "contract" || id == "health" {
                continue;
            }
            let schema = &json["schema"];
            let of_schemas = [resolved(&contract, schema), first_choice(&contract, schema)];
            let examples = [&json["example"]].into_iter().chain(of_schemas.map(|schema| &schema["examples"][0]));
            let example = examples.into_iter().find(|example| !example.is_null()).unwrap_or(&Value::Null);
            let given: BTreeSet<_> = example.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
            assert!(!given.is_empty(), "{id}: {schema} has no example");
            assert!(given.is_subset(&names(&contract, schema, false)), "{id}: {example}");
            assert!(given.is_superset(&names(&contract, schema, true)), "{id}: {example}");
        }
    }
}

#[test]
fn every_error_has_an_example_with_its_status() {
    let contract = contract();
    for operation in operations(&contract) {
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            if status.as_str() < "400" {
                continue;
            }
            let problem = &resolved(&contract, response)["content"]["application/problem+json"];
            assert_eq!(problem["example"]["status"].to_string(), *status, "{}", operation["operationId"]);
        }
    }
}

#[test]
fn every_operation_and_parameter_is_described_and_optional_parameters_have_no_example() {
    let contract = contract();
    for operation in operations(&contract) {
        let id = &operation["operationId"];
        let description = operation["description"].as_str().unwrap_or_default();
        assert!(description.starts_with("**Who may call it:** "), "{id}: {description}");
        assert!(description.contains("**Errors:** "), "{id}: {description}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{id}: {parameter}");
            let schema = resolved(&contract, &parameter["schema"]);
            let said = [&parameter["example"], &schema["example"], &schema["examples"], &schema["enum"]];
            let has_example = said[..3].iter().any(|example| !example.is_null());
            if parameter["required"] == true {
                assert!(said.iter().any(|example| !example.is_null()), "{id}: {parameter}");
            } else {
                assert!(!has_example, "{id}: {parameter}");
            }
        }
    }
}

#[test]
fn a_list_with_a_next_page_has_a_parameter_for_its_position() {
    let contract = contract();
    for operation in operations(&contract) {
        if operation["responses"]["200"]["headers"]["Link"].is_object() {
            let mut parameters = operation["parameters"].as_array().into_iter().flatten();
            let position = parameters.find(|one| one["name"] == "cursor" || one["name"] == "after");
            assert!(position.is_some(), "{}", operation["operationId"]);
        }
    }
}

/// Calls `visit` with every schema inside of a value, and with the value itself.
fn each_schema<'a>(schema: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    visit(schema);
    match schema {
        Value::Object(parts) => parts.values().for_each(|part| each_schema(part, visit)),
        Value::Array(parts) => parts.iter().for_each(|part| each_schema(part, visit)),
        _ => {}
    }
}

#[test]
fn a_choice_stands_alone_and_lists_refer_to_their_items() {
    let contract = contract();
    each_schema(&contract, &mut |schema| {
        if schema["oneOf"].is_array() || schema["anyOf"].is_array() {
            assert!(
                schema["properties"].is_null(),
                "generators of clients ignore the properties beside a choice: {schema}"
            );
        }
    });
    let schemas = contract["components"]["schemas"].as_object().into_iter().flatten();
    let pages: Vec<_> = schemas.filter(|(name, _)| name.starts_with("Page_")).collect();
    assert!(pages.len() > 5, "{pages:?}");
    for (name, page) in pages {
        assert!(page["properties"]["items"]["items"]["$ref"].is_string(), "{name}");
        assert_eq!(page["properties"]["nextCursor"]["type"], "string", "{name}: it is absent rather than null");
    }
}

#[test]
fn the_kind_of_a_session_says_whether_it_has_tokens() {
    let contract = contract();
    let with_tokens = |id: &str| {
        let operation = operations(&contract).into_iter().find(|operation| operation["operationId"] == id);
        let responses = operation.expect("an operation")["responses"].as_object().into_iter().flatten();
        let (_, response) = responses.into_iter().next().expect("a response");
        let choices = response["content"]["application/json"]["schema"]["oneOf"].as_array().into_iter().flatten();
        let required: Vec<_> = choices.map(|choice| names(&contract, choice, true).contains("accessToken")).collect();
        required
    };
    for id in ["login", "register", "refreshToken"] {
        assert_eq!(with_tokens(id), [true, false], "{id}: tokens, or cookies");
    }
}
