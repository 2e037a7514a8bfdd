//! Events of the WebSocket API, of the journal's stream, and of schedules: the example events, changed.

use std::collections::BTreeSet;

use fuzzer::{Target, changed_json, fuzz};
use serde_json::{Value, json};

use super::world::World;
use crate::contract::{example_events, read};

/// Returns the example events of a function that are no requests, each with the function's name.
fn seeds(functions: &[&str]) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (file, event) in example_events() {
        let function = file.parent().and_then(|folder| folder.file_name()?.to_str()).unwrap_or_default();
        if functions.contains(&function) && event["httpMethod"].is_null() {
            seeds.push(json!({"function": function, "event": event}).to_string().into_bytes());
        }
    }
    assert!(!seeds.is_empty());
    seeds
}

/// Returns an input's function and its event, in the words of this world.
fn case(world: &World, input: &[u8], functions: &[&str]) -> Option<(String, Value)> {
    let mut case: Value = serde_json::from_str(&world.of_this_world(input)).ok()?;
    let function = case["function"].as_str().filter(|function| functions.contains(function))?.to_owned();
    let event = case["event"].take();
    event.is_object().then_some((function, event))
}

fn call(world: &World, function: &str, event: Value) -> Result<Value, String> {
    world.runtime.block_on(world.library.local().call(function, event))
}

/// The ticket of the example.
const TICKET: &str = "WuzQkVH1ZS9S0UAof3eK7NCqX5ntQGL5JZQ84gITujM";

#[test]
fn fuzz_sockets() {
    let mut world = World::start();
    let mut count = 0;
    let target = Target { name: "sockets", cases: 200, change: changed_json, seeds: seeds(&["live"]) };
    fuzz(&target, |input| {
        if world.is_old() {
            world = World::start();
        }
        let (_, mut event) = case(&world, input, &["live"])?;
        count += 1;
        let ticket = event.pointer_mut("/queryStringParameters/ticket").filter(|ticket| **ticket == TICKET);
        let has_ticket = ticket.is_some() && count % 4 == 0;
        if let (true, Some(ticket)) = (has_ticket, ticket) {
            let made = world.runtime.block_on(async { world.admin.post("/live/tickets", json!({})).await.expect(201) });
            *ticket = made.json()["ticket"].clone();
        }
        let (is_readable, is_handshake) = (is_of_a_socket(&event), event["requestContext"]["eventType"] == "CONNECT");
        let answer = call(&world, "live", event);
        let status = answer.as_ref().ok().and_then(|answer| answer["statusCode"].as_u64());
        if is_readable {
            let status = status.unwrap_or_else(|| panic!("no status: {answer:?}"));
            assert!([200, 401, 403].contains(&status), "{status}");
            assert!(!is_handshake || has_ticket || status != 200, "a handshake without a ticket was accepted");
        }
        Some((is_handshake, status, is_readable))
    });
}

/// Returns whether the WebSocket API could have made an event: the gateway itself sets its context.
fn is_of_a_socket(event: &Value) -> bool {
    let context = &event["requestContext"];
    let is_map = |value: &Value| value.is_null() || value.is_object();
    ["CONNECT", "DISCONNECT", "MESSAGE"].map(|kind| context["eventType"] == kind).contains(&true)
        && context["connectionId"].as_str().is_some_and(|id| (1..128).contains(&id.len()))
        && (context.get("requestId").is_none() || context["requestId"].is_string())
        && is_map(&event["headers"])
        && is_map(&event["queryStringParameters"])
}

/// Returns a row of each action, which names all that a row may name, so that the action is carried out; and the tasks that have no
/// example.
fn rows() -> Vec<Vec<u8>> {
    let source = read("shared/src/tables/journal/entry.rs");
    let actions: BTreeSet<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("#[serde(rename = \"")?.strip_suffix("\")]"))
        .collect();
    assert!(actions.len() > 20, "{actions:?}");
    let example: Value = serde_json::from_str(&read("events/dispatch/journal.json")).expect("JSON");
    let row = |(number, action): (usize, &str)| {
        let mut event = example.clone();
        let image = &mut event["Records"][0]["dynamodb"]["NewImage"];
        image["what"] = json!({"S": action});
        image["whom"] = json!({"S": "0192f3a4-77aa-7c3d-8b21-56789abcdef0"});
        image["import"] = json!({"S": "0192f3a4-7b1c-7d8e-9f01-23456789abcd"});
        image["pk"] = json!({"S": format!("entry#019cebb1-6414-73c6-9629-0393a72e{number:04x}")});
        ["dispatch", "indexer"].map(|function| json!({"function": function, "event": event}).to_string().into_bytes())
    };
    let tasks = [
        json!({"function": "dispatch", "event": {"task": "redrive", "rows": ["entry#019cebb1-6414-73c6-9629-0393a72e44bc"]}}),
        json!({"function": "indexer", "event": {"task": "reindex"}}),
    ];
    (0..).zip(actions).flat_map(row).chain(tasks.map(|task| task.to_string().into_bytes())).collect()
}

#[test]
fn fuzz_streams() {
    const FUNCTIONS: [&str; 2] = ["dispatch", "indexer"];
    let mut world = World::start();
    let mut count = 0;
    let seeds = [seeds(&FUNCTIONS), rows()].concat();
    fuzz(&Target { name: "streams", cases: 150, change: changed_json, seeds }, |input| {
        count += 1;
        if count % 1_000 == 0 || world.is_old() {
            world = World::start();
        }
        let (function, event) = case(&world, input, &FUNCTIONS)?;
        let (is_stream, is_task) = (is_of_a_stream(&event), is_task(&function, &event));
        let answer = call(&world, &function, event);
        if is_stream || is_task {
            let answer = answer.as_ref().unwrap_or_else(|error| panic!("{function}: {error}"));
            // A row comes again only if the database failed. One that is unreadable would hold up all others for a day.
            assert!(is_task || answer["batchItemFailures"] == json!([]), "{function}: {answer}");
        }
        Some((function, is_stream, is_task, answer.is_ok()))
    });
}

/// Returns whether DynamoDB could have made an event: it has records, a record has a number, and a row's key has 1 to 2,048 bytes.
fn is_of_a_stream(event: &Value) -> bool {
    let is_record = |record: &Value| {
        let change = &record["dynamodb"];
        let has_key = change["NewImage"]["pk"]["S"].as_str().is_some_and(|key| (1..=2_000).contains(&key.len()));
        change["SequenceNumber"].is_string() && has_key
    };
    event["Records"].as_array().is_some_and(|records| !records.is_empty() && records.iter().all(is_record))
}

/// Returns whether an event is a task of a function, with rows that have keys.
fn is_task(function: &str, event: &Value) -> bool {
    let tasks: &[&str] = if function == "dispatch" { &["sweep", "retry", "redrive"] } else { &["reindex"] };
    let is_key = |key: &Value| key.as_str().is_some_and(|key| (1..=2_000).contains(&key.len()));
    let has_rows = event.get("rows").is_none_or(|rows| rows.as_array().is_some_and(|rows| rows.iter().all(is_key)));
    event["Records"].is_null() && tasks.iter().any(|task| event["task"] == *task) && (function == "indexer" || has_rows)
}
