//! The contract agrees with the code, and functions depend only on what they may.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use local::functions::FUNCTIONS;
use local::openapi::openapi;
use local::template::Template;
use serde_json::Value;

use crate::differences::differences;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn contract() -> Value {
    openapi().unwrap_or_else(|error| panic!("{error}"))
}

/// Returns every operation of the contract, by method and path: `("GET", "/books")`.
pub(crate) fn operations(contract: &Value) -> BTreeMap<(String, String), Value> {
    let mut operations = BTreeMap::new();
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            operations.insert((method.to_uppercase(), path.clone()), operation.clone());
        }
    }
    operations
}

#[test]
fn openapi_json_is_what_the_code_generates() {
    let committed: Value = serde_json::from_str(&read("openapi.json")).expect("JSON");
    let differences = differences(&committed, &contract());
    assert!(
        differences.is_empty(),
        "openapi.json is out of date (- in the file, + in the code; {} places):\n{}\nTo bring it up to date: cargo run -p local -- openapi > openapi.json",
        differences.len(),
        differences.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn the_template_streams_the_same_routes_as_the_code() {
    let template = Template::embedded().unwrap_or_else(|error| panic!("{error}"));
    let streamed = template.routes.iter().filter(|route| route.streamed);
    let streamed: BTreeSet<_> =
        streamed.map(|route| (route.binary.as_str(), route.method.as_str(), route.path.as_str())).collect();
    let code = FUNCTIONS
        .iter()
        .flat_map(|function| function.streamed.iter().map(|(method, path)| (function.binary, *method, *path)));
    assert_eq!(streamed, code.collect());
}

#[test]
fn every_operation_has_an_access_and_the_security_that_goes_with_it() {
    for ((method, path), operation) in operations(&contract()) {
        let access = operation["x-access"].as_str().unwrap_or_default();
        assert!(
            ["public", "reader", "user", "writer", "owner", "private", "desk", "admin"].contains(&access),
            "{method} {path}: {access:?}"
        );
        let security = operation["security"].as_array().unwrap_or_else(|| panic!("{method} {path} has no security"));
        let takes = |scheme: &str| security.iter().any(|alternative| !alternative[scheme].is_null());
        let anonymous =
            security.iter().any(|alternative| alternative["bearer"].is_null() && alternative["cookie"].is_null());
        assert_eq!(anonymous, ["public", "reader"].contains(&access), "{method} {path}: {security:?}");
        // An operation that takes a token in a header takes it in a cookie as well.
        assert_eq!([takes("bearer"), takes("cookie")], [access != "public"; 2], "{method} {path}: {security:?}");
    }
}

#[test]
fn every_operation_has_an_id_a_summary_and_its_errors_as_problem_documents() {
    let (contract, mut ids) = (contract(), BTreeSet::new());
    for ((method, path), operation) in operations(&contract) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(ids.insert(id.to_owned()), "{method} {path}: another operation has the id {id:?}");
        assert!(operation["summary"].as_str().is_some_and(|summary| summary.ends_with('.')), "{method} {path}");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            if status.as_str() >= "400" {
                let shared = response["$ref"].as_str().and_then(|path| contract.pointer(path.trim_start_matches('#')));
                let problem = &shared.unwrap_or(response)["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{method} {path} {status}");
            }
        }
    }
}

/// Returns every example event with its file.
pub(crate) fn example_events() -> Vec<(PathBuf, Value)> {
    let mut events = Vec::new();
    for folder in std::fs::read_dir(root().join("events")).expect("events").flatten() {
        for file in std::fs::read_dir(folder.path()).expect("a folder for each function").flatten() {
            let event = serde_json::from_str(&read(file.path()))
                .unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
            events.push((file.path(), event));
        }
    }
    assert!(!events.is_empty());
    events.sort_by_key(|(file, _)| file.clone());
    events
}

#[test]
fn no_function_depends_on_the_embedded_database() {
    for function in functions().chain(["shared"]) {
        let tree = std::process::Command::new(env!("CARGO"))
            .args([
                "tree",
                "--locked",
                "--offline",
                "--prefix",
                "none",
                "--edges",
                "normal,build",
                "--package",
                function,
            ])
            .current_dir(root())
            .output()
            .expect("cargo");
        assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
        let tree = String::from_utf8_lossy(&tree.stdout);
        let crates: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(crates.contains("shared"), "{function}: {tree}");
        for banned in ["dynoxide-rs", "rusqlite", "aws-lc-rs", "local"] {
            assert!(!crates.contains(banned), "{function} depends on {banned}");
        }
    }
}

/// Returns the binary of every function of the template.
fn functions() -> impl Iterator<Item = &'static str> {
    let template = Template::embedded().unwrap_or_else(|error| panic!("{error}"));
    template.functions.iter().map(String::as_str)
}

#[test]
fn no_function_ships_the_code_that_generates_the_contract() {
    for function in functions() {
        let tree = std::process::Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--offline", "--edges", "normal,features", "--package", function])
            .current_dir(root())
            .output()
            .expect("cargo");
        let tree = String::from_utf8_lossy(&tree.stdout);
        assert!(tree.contains("shared feature") || tree.contains("shared v"), "{function}: {tree}");
        assert!(!tree.contains("shared feature \"contract\""), "{function}: {tree}");
    }
}

#[test]
fn functions_depend_neither_on_each_other_nor_on_the_database_sdk() {
    for function in functions() {
        let manifest: Vec<_> =
            read(format!("functions/{function}/Cargo.toml")).lines().map(ToOwned::to_owned).collect();
        for banned in functions().chain(["local", "aws-sdk-dynamodb", "serde_dynamo"]) {
            let depends = manifest
                .iter()
                .any(|line| line.starts_with(&format!("{banned}.")) || line.starts_with(&format!("{banned} ")));
            assert!(!depends, "{function} depends on {banned}");
        }
    }
}

#[test]
fn no_code_scans_a_table() {
    let mut sources = vec![root().join("shared/src"), root().join("functions")];
    while let Some(path) = sources.pop() {
        if path.is_dir() {
            sources.extend(std::fs::read_dir(path).expect("a folder").flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            assert!(!read(&path).contains(".scan("), "{} scans", path.display());
        }
    }
}
