//! The documents: their links are not broken, and their lists agree with the code.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::contract::{read, root};
use crate::house;

/// Returns every document of the repository with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in ["", ".github", ".github/ISSUE_TEMPLATE", "docs", "docs/decisions"] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
        found.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found.sort();
    found.into_iter().map(|path| (path.clone(), read(path))).collect()
}

/// Returns the targets of Markdown's inline links and images, outside of code, and of `srcset` and `src` attributes.
fn targets(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2).flat_map(|prose| prose.split('`').step_by(2));
    let mut targets = Vec::new();
    for part in prose {
        targets.extend(part.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target));
        for attribute in ["src=\"", "srcset=\""] {
            targets.extend(part.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()));
        }
    }
    targets
}

/// Returns GitHub's anchor of each heading: in lower case, with hyphens instead of spaces, without punctuation.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.split("```").step_by(2).flat_map(str::lines).filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let letters = heading.trim_start_matches('#').trim().to_lowercase();
        let letters = letters.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        letters.collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_of_a_document_leads_to_a_file_and_a_heading_that_exist() {
    let (mut checked, mut broken) = (0, Vec::new());
    for (document, text) in documents() {
        for target in
            targets(&text).into_iter().filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        {
            checked += 1;
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { document.clone() } else { document.with_file_name(path) };
            let leads = file.exists() && (heading.is_empty() || anchors(&read(&file)).contains(heading));
            if !leads {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(checked > 30, "only {checked} links were found");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Returns the paths that a text names between backquotes, such as `tests/it/`.
fn named_paths(text: &str) -> Vec<&str> {
    let code = text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2));
    let folders = ["bench/", "docs/", "events/", "functions/", "local/", "shared/", "tests/"];
    let is_path = |code: &&str| {
        folders.iter().any(|folder| code.starts_with(folder)) && !code.contains(['<', '*', ' ', '{', ':'])
    };
    code.filter(is_path).collect()
}

#[test]
fn every_file_that_a_document_names_exists() {
    let (mut checked, mut missing) = (0, Vec::new());
    for (document, text) in documents() {
        // The recipe's own function, which the reader adds.
        for path in named_paths(&text).into_iter().filter(|path| !path.starts_with("functions/greeting/")) {
            checked += 1;
            if !root().join(path).exists() {
                missing.push(format!("{}: {path}", document.display()));
            }
        }
    }
    assert!(checked > 50, "only {checked} paths were found");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// A row of the map: the question, the word to search for, and the files that have the answer.
struct Row {
    question: String,
    word: String,
    files: Vec<String>,
}

/// Returns the rows of the map in CONTRIBUTING.md.
fn map() -> Vec<Row> {
    let text = read("CONTRIBUTING.md");
    let (_, rest) = text.split_once("| question | search for | files |").expect("CONTRIBUTING.md has the map");
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [question, word, files] = cells[..] else { panic!("three cells: {line}") };
        Row {
            question: question.to_owned(),
            word: word.trim_matches('`').to_owned(),
            files: targets(files).into_iter().map(ToOwned::to_owned).collect(),
        }
    })
    .collect()
}

/// Returns the files in which a newcomer would search: the Rust code without `tests/`, and the template.
fn sources() -> Vec<String> {
    let files = ["shared/src", "functions", "local/src"].into_iter().flat_map(|folder| house::sources(folder, "rs"));
    let paths = files.map(|(path, _)| path).chain([root().join("template.yaml")]);
    paths.map(|path| path.strip_prefix(root()).expect("in the workspace").display().to_string()).collect()
}

#[test]
fn the_map_answers_twelve_questions_by_one_search_each_in_at_most_three_files() {
    let (map, sources) = (map(), sources());
    assert_eq!(map.len(), 12);
    for Row { question, word, files } in map {
        assert!((1..=3).contains(&files.len()), "{question}: {files:?}");
        let shows: BTreeSet<_> = sources.iter().filter(|path| read(path).contains(&word)).cloned().collect();
        assert_eq!(shows, files.into_iter().collect(), "{question}: a search for {word:?} shows these files");
    }
}

#[test]
fn every_alarm_has_a_runbook_and_every_parameter_has_a_description() {
    let (template, operations) = (read("template.yaml"), read("docs/operations.md"));
    let template: yaml_serde::Value = yaml_serde::from_str(&template).expect("YAML");
    let alarms = template["Resources"].as_mapping().expect("resources").iter();
    let alarms = alarms.filter(|(_, resource)| resource["Type"] == "AWS::CloudWatch::Alarm");
    let alarms = alarms.map(|(name, _)| format!("\n### {}\n", name.as_str().expect("a name")));
    let parameters = template["Parameters"].as_mapping().expect("parameters").keys();
    let parameters = parameters.map(|name| format!("\n| `{}` | ", name.as_str().expect("a name")));
    let missing: Vec<_> = alarms.chain(parameters).filter(|text| !operations.contains(text.as_str())).collect();
    assert!(missing.is_empty(), "docs/operations.md lacks {missing:?}");
}
