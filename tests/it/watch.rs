//! What `cargo lambda watch` is told, in the root Cargo.toml and in .env.example, is what the template says.

use std::collections::{BTreeMap, BTreeSet};

use local::cloud::environment;
use local::template::Template;
use serde_json::Value;

use crate::contract::{read, root};

/// `[workspace.metadata.lambda.watch]`.
fn watch() -> Value {
    let metadata = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    metadata["metadata"]["lambda"]["watch"].clone()
}

#[test]
fn the_router_table_sends_every_route_to_its_function_and_nothing_else_anywhere() {
    let template = Template::embedded().unwrap_or_else(|error| panic!("{error}"));
    let mut routed: BTreeMap<String, BTreeMap<&str, &str>> = BTreeMap::new();
    for route in &template.routes {
        let path = format!("/{}{}", template.api.stage, route.path);
        routed.entry(path).or_default().insert(&route.method, &route.binary);
    }
    let watch = watch();
    let table = watch["router"].as_object().expect("a table");
    for (path, methods) in &routed {
        let functions: BTreeSet<_> = methods.values().copied().collect();
        let told = table.get(path).unwrap_or_else(|| panic!("Cargo.toml has no route {path}"));
        // A function that has a path to itself gets every method, and refuses those it does not know.
        if let Some(function) = told.as_str() {
            assert_eq!(functions, BTreeSet::from([function]), "{path}");
        } else {
            let of = |route: &'static str| move |one: &Value| one[route].as_str().unwrap_or_default().to_owned();
            let listed = told.as_array().into_iter().flatten();
            let listed: BTreeMap<_, _> = listed.map(|one| (of("method")(one), of("function")(one))).collect();
            let methods = methods.iter().map(|(method, function)| ((*method).to_owned(), (*function).to_owned()));
            assert_eq!(listed, methods.collect(), "{path}");
            assert!(functions.len() > 1, "{path} is all of one function: name it alone");
        }
    }
    for path in table.keys() {
        assert!(routed.contains_key(path), "the template has no route {path}");
    }
}

#[test]
fn the_example_of_an_environment_is_what_the_database_prints() {
    let printed = environment("http://127.0.0.1:8000", "http://127.0.0.1:8001");
    let printed: Vec<_> = printed.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let example = read(".env.example");
    let lines: Vec<_> = example.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(lines, printed);
}

#[test]
fn the_environment_is_what_the_template_declares() {
    let printed: BTreeSet<_> = environment("", "").into_iter().map(|(name, _)| name.to_owned()).collect();
    let template: yaml_serde::Value = yaml_serde::from_str(&read("template.yaml")).expect("YAML");
    let mut declared = BTreeSet::new();
    let functions = template["Resources"]
        .as_mapping()
        .expect("resources")
        .values()
        .filter(|resource| resource["Type"].as_str() == Some("AWS::Serverless::Function"));
    let properties = functions.map(|function| &function["Properties"]);
    for properties in properties.chain([&template["Globals"]["Function"]]) {
        let variables = properties.get("Environment").and_then(|environment| environment["Variables"].as_mapping());
        let names = variables.into_iter().flat_map(yaml_serde::Mapping::keys);
        declared.extend(names.filter_map(|name| name.as_str()).map(ToOwned::to_owned));
    }
    let missing: Vec<_> = declared.difference(&printed).collect();
    assert!(missing.is_empty(), "local/src/cloud/environment.rs has no {missing:?}");
    // Lambda's own begin with AWS_.
    let unknown: Vec<_> = printed.difference(&declared).filter(|name| !name.starts_with("AWS_")).collect();
    assert!(unknown.is_empty(), "the template declares no {unknown:?}");
}
