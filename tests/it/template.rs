//! Compares the template with the code and the example events. Each wrong edit of the template must be reported.
//!
//! `tests/template/` has the checks that need AWS's own tools.

use std::collections::{BTreeMap, BTreeSet};

use local::functions::FUNCTIONS;
use local::template::Template;
use serde_json::json;
use yaml_serde::Value;

use crate::contract::{read, root};
use crate::policies::allowed;

/// Method and path of each operation, by function.
type Routes = BTreeMap<String, BTreeSet<(String, String)>>;

/// Returns the operations that each function answers, from its route table.
fn answered() -> Routes {
    let of = |routes: utoipa::openapi::OpenApi| {
        let contract = serde_json::to_value(routes).expect("JSON");
        crate::contract::operations(&contract).into_keys().flat_map(with_head).collect()
    };
    // The router answers a HEAD where it answers a GET (RFC 9110, 9.3.2).
    fn with_head((method, path): (String, String)) -> impl Iterator<Item = (String, String)> {
        let head = (method == "GET").then(|| ("HEAD".to_owned(), path.clone()));
        [(method, path)].into_iter().chain(head)
    }
    let mut routes = Routes::new();
    for function in FUNCTIONS {
        let mut answered: BTreeSet<_> = function.routes.map(|routes| of(routes())).unwrap_or_default();
        answered.extend(function.pages.iter().flat_map(|page| with_head(("GET".to_owned(), (*page).to_owned()))));
        if !answered.is_empty() {
            routes.insert(function.binary.to_owned(), answered);
        }
    }
    routes
}

/// Lists what the runner cannot read in a template, and the routes that only the template or only the code has.
fn route_faults(template: &str) -> Vec<String> {
    let template = match Template::read(template) {
        Ok(template) => template,
        Err(error) => return vec![error.to_string()],
    };
    let (mut routed, mut faults) = (Routes::new(), Vec::new());
    let preflights = template.api.preflight.unwrap_or_default().paths;
    let paths: BTreeSet<_> = template.routes.iter().map(|route| route.path.clone()).collect();
    faults.extend(paths.difference(&preflights).map(|path| format!("the template's Api has no OPTIONS for {path}")));
    faults.extend(preflights.difference(&paths).map(|path| format!("the template's Api has OPTIONS for {path} alone")));
    for route in template.routes {
        let [method, path] = [&route.method, &route.path];
        if !routed.entry(route.binary.clone()).or_default().insert((method.clone(), path.clone())) {
            faults.push(format!("template.yaml has {method} {path} of {} twice", route.binary));
        }
    }
    let answered = answered();
    for (only, first, second) in [("template.yaml", &routed, &answered), ("the code", &answered, &routed)] {
        for (function, routes) in first {
            let others = second.get(function);
            let alone = routes.iter().filter(|route| !others.is_some_and(|others| others.contains(*route)));
            faults.extend(alone.map(|(method, path)| format!("{function}: only {only} has {method} {path}")));
        }
    }
    faults
}

/// Returns the value of `!Ref x` and `!GetAtt x.Arn`, and of plain text.
fn text(value: &Value) -> &str {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str(),
        value => value.as_str(),
    }
    .unwrap_or_default()
}

/// Converts a name such as `ListActivity` to the name of a file: `list-activity`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}

/// Returns the file of each example event that a template needs, with the method and path that it must have, if any.
fn wanted_examples(template: &str) -> BTreeMap<String, serde_json::Value> {
    let template: Value = yaml_serde::from_str(template).expect("YAML");
    let resources = template["Resources"].as_mapping().expect("resources");
    let binary = |function: &str| text(&template["Resources"][function]["Metadata"]["BuildProperties"]["Binary"]);
    let mut wanted = BTreeMap::new();
    for (id, resource) in resources {
        let (id, properties) = (text(id), &resource["Properties"]);
        match text(&resource["Type"]) {
            "AWS::Serverless::Function" => {
                for (event, it) in properties["Events"].as_mapping().into_iter().flatten() {
                    let call = match text(&it["Type"]) {
                        // The example of the GET stands for its HEAD.
                        "Api" if text(&it["Properties"]["Method"]) == "HEAD" => continue,
                        "Api" => json!([text(&it["Properties"]["Method"]), text(&it["Properties"]["Path"])]),
                        _ => json!(null),
                    };
                    wanted.insert(format!("{}/{}.json", binary(id), kebab(text(event))), call);
                }
            }
            "AWS::Lambda::EventSourceMapping" => {
                let function = text(&properties["FunctionName"]);
                let event = id.strip_prefix(function).unwrap_or(id);
                wanted.insert(format!("{}/{}.json", binary(function), kebab(event)), json!(null));
            }
            "AWS::Serverless::WebSocketApi" => {
                for (route, it) in properties["Routes"].as_mapping().into_iter().flatten() {
                    let function = text(&it["FunctionArn"]).trim_end_matches(".Arn");
                    let event = text(route).trim_start_matches('$');
                    wanted.insert(format!("{}/{event}.json", binary(function)), json!(null));
                }
            }
            _ => {}
        }
    }
    wanted
}

/// Lists events without an example, and examples without an event.
fn example_faults(template: &str) -> Vec<String> {
    let (wanted, mut there) = (wanted_examples(template), BTreeMap::new());
    for (file, event) in crate::contract::example_events() {
        let file = file.strip_prefix(root().join("events")).expect("in events").display().to_string();
        let call = match &event["httpMethod"] {
            serde_json::Value::String(method) => json!([method, event["resource"]]),
            _ => json!(null),
        };
        there.insert(file, call);
    }
    let missing = wanted.keys().filter(|file| !there.contains_key(*file));
    let mut faults: Vec<_> = missing.map(|file| format!("the example events/{file} is missing")).collect();
    for (file, call) in there {
        match wanted.get(&file) {
            None => faults.push(format!("events/{file} is not an event of the template")),
            Some(wanted) if *wanted != call => faults.push(format!("events/{file} is {call} and should be {wanted}")),
            Some(_) => {}
        }
    }
    faults
}

/// Lists what an edit adds to or removes from the permissions of the functions in DynamoDB. `policies.rs` checks that the
/// unedited template allows exactly what the code does.
fn policy_faults(template: &str) -> Vec<String> {
    let (mine, edited) = (allowed(&read("template.yaml")), allowed(template));
    let mut faults = Vec::new();
    for (verb, first, second) in [("may also", &edited, &mine), ("may no longer", &mine, &edited)] {
        for (function, permissions) in first {
            let more = permissions.iter().filter(|it| !second.get(function).is_some_and(|others| others.contains(*it)));
            faults.extend(more.map(|permission| format!("{function} {verb} {permission}")));
        }
    }
    faults
}

fn faults(template: &str) -> Vec<String> {
    [route_faults(template), example_faults(template), policy_faults(template)].concat()
}

#[test]
fn the_template_routes_exactly_what_each_function_answers() {
    assert_eq!(route_faults(&read("template.yaml")), [""; 0]);
}

#[test]
fn every_event_has_an_example_and_every_example_an_event() {
    assert_eq!(example_faults(&read("template.yaml")), [""; 0]);
}

#[test]
fn each_wrong_edit_of_the_template_is_reported() {
    let template = read("template.yaml");
    for (what, old, new, said) in [
        (
            "a path",
            "Method: GET, Path: /favorites}",
            "Method: GET, Path: /favourites}",
            "favorites: only template.yaml has GET /favourites",
        ),
        (
            "a missing OPTIONS",
            "          /favorites: {options: *preflight}\n",
            "",
            "the template's Api has no OPTIONS for /favorites",
        ),
        (
            "a missing HEAD",
            "        HeadGetMe:     {Type",
            "        # HeadGetMe: {Type",
            "only the code has HEAD /users/me",
        ),
        (
            "braces",
            "Path: \"/books/{bookId}/archive\"",
            "Path: \"/books/{bookId/archive\"",
            "only template.yaml has POST /books/{bookId/",
        ),
        (
            "a method",
            "Method: PATCH, Path: /users/me}",
            "Method: PUT, Path: /users/me}",
            "only the code has PATCH /users/me",
        ),
        (
            "a missing route",
            "        Renew:    {Type",
            "        # Renew: {Type",
            "only the code has POST /reservations/{res",
        ),
        (
            "a route twice",
            "Method: GET, Path: /favorites}",
            "Method: POST, Path: \"/favorites/{bookId}\"}",
            "template.yaml has POST /favorites/{bookId} of favorites twice",
        ),
        (
            "a route of another function",
            "Binary: favorites}",
            "Binary: books}",
            "books: only template.yaml has GET /favorites",
        ),
        (
            "an event's name",
            "        ListActivity: {",
            "        ShowActivity: {",
            "events/live/show-activity.json is missing",
        ),
        (
            "a schedule's name",
            "        Sweep: {Type",
            "        Cleanup: {Type",
            "events/dispatch/cleanup.json is missing",
        ),
        (
            "a socket's route",
            "        $disconnect: {",
            "        $disconected: {",
            "events/live/disconected.json is missing",
        ),
        ("a quota's period", "{Limit: 500000, Period: MONTH}", "{Limit: 500000, Period: MONTHLY}", "PartnerPlan"),
        ("a filter that is no JSON", "[{\"exists\":true}]}}}}'", "[{\"exists\":true}]}}}'", "DispatchFunctionJournal"),
        (
            "a stream's start",
            "Ref DispatchFunction\n      EventSourceArn: !GetAtt JournalTable.StreamArn\n      StartingPosition: TRIM_HORIZON\n",
            "Ref DispatchFunction\n      EventSourceArn: !GetAtt JournalTable.StreamArn\n",
            "DispatchFunctionJournal",
        ),
        (
            "all indexes in a policy",
            "\"${LibraryTable.Arn}/index/reader-newest\"",
            "\"${LibraryTable.Arn}/index/*\"",
            "favorites may also Query carrel-library/index/*",
        ),
        (
            "an index in a policy",
            "${LibraryTable.Arn}/index/deadlines",
            "${LibraryTable.Arn}/index/deadline",
            "dispatch may no longer Query carrel-library/index/deadlines",
        ),
        (
            "another table in a policy",
            "!GetAtt ConnectionsTable.Arn]\n          # The indexes",
            "!GetAtt SocketsTable.Arn]\n          # The indexes",
            "live may also PutItem carrel-sockets",
        ),
    ] {
        assert_eq!(template.matches(old).count(), 1, "{what}: {old:?} should occur once");
        let faults = faults(&template.replace(old, new));
        assert!(faults.iter().any(|fault| fault.contains(said)), "{what}: {said:?} is not among {faults:#?}");
    }
}

#[test]
fn aw9_no_log_level_drops_the_metrics() {
    let template: Value = yaml_serde::from_str(include_str!("../../template.yaml")).expect("YAML");
    let levels = &template["Parameters"]["ApplicationLogLevel"]["AllowedValues"];
    let levels: Vec<_> = levels.as_sequence().expect("a list").iter().map(text).collect();
    // A metric's line has no level, so Lambda takes it for INFO
    // (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
    assert_eq!(levels, ["DEBUG", "INFO"]);
    for function in template["Resources"].as_mapping().expect("resources").values() {
        let own = &function["Properties"]["LoggingConfig"]["ApplicationLogLevel"];
        assert!(own.is_null(), "a function has a level of its own: {own:?}");
    }
}
