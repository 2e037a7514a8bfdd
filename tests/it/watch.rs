//! The settings of `cargo lambda watch`, in the root Cargo.toml and in .env.example, agree with the template.

use std::collections::BTreeSet;

use local::cloud::environment;
use local::watch;

use crate::contract::read;

#[test]
fn the_router_table_of_cargo_lambda_watch_is_generated_from_the_template() {
    let manifest = read("Cargo.toml");
    let updated = watch::updated(&manifest).unwrap_or_else(|error| panic!("{error}"));
    assert!(manifest == updated, "Cargo.toml is out of date: cargo run -p local -- watch-router");
}

#[test]
fn the_example_environment_is_what_the_database_prints() {
    let printed = environment("http://127.0.0.1:8000", "http://127.0.0.1:8001", "as-printed");
    let printed: Vec<_> = printed.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let example = read(".env.example");
    let lines: Vec<_> = example.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(lines, printed);
}

#[test]
fn the_environment_has_exactly_the_variables_of_the_template() {
    let printed: BTreeSet<_> = environment("", "", "").into_iter().map(|(name, _)| name.to_owned()).collect();
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
    assert!(missing.is_empty(), "local/src/cloud/environment.rs lacks {missing:?}");
    // Lambda's own variables begin with AWS_.
    let unknown: Vec<_> = printed.difference(&declared).filter(|name| !name.starts_with("AWS_")).collect();
    assert!(unknown.is_empty(), "the template does not declare {unknown:?}");
}
