//! Rules about the source: which part may name which types.

use std::fs;
use std::path::{Path, PathBuf};

use crate::contract::root;

/// Returns every file of a language below a folder of the repository, with its text. The language is a file extension.
pub(crate) fn sources(folder: &str, language: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, language: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            match entry.extension().and_then(|extension| extension.to_str()) {
                Some(extension) if extension == language => found.push(entry),
                None if entry.is_dir() => walk(&entry, language, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), language, &mut found);
    assert!(!found.is_empty(), "no {language} in {folder}");
    found.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("text"))).collect()
}

/// Asserts that no line of code below a folder contains one of the words.
#[track_caller]
fn assert_none_names(folder: &str, words: &[&str]) {
    for (path, text) in sources(folder, "rs") {
        for (number, line) in text.lines().enumerate() {
            let is_code = !line.trim_start().starts_with("//");
            if let Some(word) = words.iter().find(|word| is_code && line.contains(**word)) {
                panic!("{}:{} names {word}: {line}", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn the_tables_name_no_http_type() {
    assert_none_names("shared/src/tables", &["axum", "http::", "StatusCode", "crate::edge", "lambda_http"]);
}

#[test]
fn no_other_part_names_the_edge() {
    for folder in ["shared/src/runtime", "shared/src/crypto", "shared/src/values"] {
        assert_none_names(folder, &["crate::edge"]);
    }
}

#[test]
fn only_the_tables_and_the_runtime_name_dynamodb() {
    for folder in ["shared/src/edge", "shared/src/crypto", "shared/src/values", "functions"] {
        assert_none_names(folder, &["aws_sdk_dynamodb", "serde_dynamo", "AttributeValue", "TransactWriteItem"]);
    }
}

/// A feature of `shared` has functions trust the root of a certificate that the bench makes.
#[test]
fn only_the_bench_has_functions_trust_another_root() {
    let feature = "test-root";
    let read = |file: &str| fs::read_to_string(root().join(file)).expect("text");
    let shared = read("shared/Cargo.toml");
    assert!(shared.contains("test-root = []") && !shared.contains("default ="), "nothing else has the feature");
    assert_eq!(shared.matches(feature).count(), 1);
    for file in ["Cargo.toml", "template.yaml", "samconfig.toml", "local/Cargo.toml", "tests/Cargo.toml"] {
        assert!(!read(file).contains(feature), "{file} has {feature}");
    }
    for (path, text) in sources("functions", "toml") {
        assert!(!text.contains(feature), "{} has {feature}", path.display());
    }
}
