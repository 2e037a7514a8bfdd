//! What a million requests cost, and a stack that nobody uses: the tables of docs/operations.md.
//!
//! Units and bytes are measured. The prices are those of us-east-1 in dollars, from AWS's pages of prices.

use serde_json::json;
use shared::runtime::metrics;
use tests::database::Call;
use tests::{Answer, Library, PASSWORD};
use yaml_serde::Value;

use crate::contract::read;

/// Units of DynamoDB, a million of each
/// (<https://aws.amazon.com/dynamodb/pricing/on-demand/>).
const READ_UNITS: f64 = 0.125;
const WRITE_UNITS: f64 = 0.625;
/// A million calls of a REST API (<https://aws.amazon.com/api-gateway/pricing/>).
const GATEWAY: f64 = 3.50;
/// A million calls of a function, and a GB for a second on arm64 (<https://aws.amazon.com/lambda/pricing/>).
const CALLS: f64 = 0.20;
const GB_SECOND: f64 = 0.000_013_333_4;
/// A GB of logs, an alarm's metric and a metric of our own for a month (<https://aws.amazon.com/cloudwatch/pricing/>).
const LOG_GB: f64 = 0.50;
const ALARM: f64 = 0.10;
const METRIC: f64 = 0.30;
/// A million traces. X-Ray takes one request in twenty.
const TRACES: f64 = 5.00;
const TRACED: f64 = 0.05;
/// A GB that leaves AWS.
const TRANSFER_GB: f64 = 0.09;
/// A secret for a month.
const SECRET: f64 = 0.40;

/// The log lines of a request: some 310 bytes of the gateway and 260 of the function, and what CloudWatch adds to each.
const LOGGED: f64 = 620.0;
/// The headers of an answer.
const HEADERS: f64 = 450.0;
/// The time that Lambda bills for a request of a small function, and for one with a password's hash, in seconds; and their memory.
const QUICK: Function = Function { seconds: 0.005, megabytes: 128.0 };
const HASHING: Function = Function { seconds: 0.030, megabytes: 1769.0 };
const DISPATCH: Function = Function { seconds: 0.010, megabytes: 256.0 };
const SEARCH: Function = Function { seconds: 0.020, megabytes: 512.0 };
const INDEXER: Function = Function { seconds: 0.050, megabytes: 256.0 };

/// What Lambda bills for a call.
struct Function {
    seconds: f64,
    megabytes: f64,
}

impl Function {
    fn of_a_million(&self) -> f64 {
        CALLS + self.seconds * self.megabytes / 1024.0 * GB_SECOND * 1e6
    }
}

/// The costs of a million requests.
struct Costs {
    name: &'static str,
    read: f64,
    write: f64,
    gateway: f64,
    function: f64,
    logs: f64,
    tracing: f64,
    transfer: f64,
}

impl Costs {
    /// Those of calls of DynamoDB by a function, and of the answer that a client got, if one waited.
    fn of(name: &'static str, calls: &[Call], function: &Function, answer: Option<&Answer>) -> Costs {
        Costs {
            name,
            read: calls.iter().map(|call| call.read).sum(),
            write: calls.iter().map(|call| call.write).sum(),
            gateway: if answer.is_some() { GATEWAY } else { 0.0 },
            function: function.of_a_million(),
            logs: LOGGED / 1e9 * 1e6 * LOG_GB,
            tracing: TRACES * TRACED,
            transfer: answer.map_or(0.0, |answer| (answer.bytes.len() as f64 + HEADERS) / 1e9 * 1e6 * TRANSFER_GB),
        }
    }

    fn row(&self) -> String {
        let database = self.read * READ_UNITS + self.write * WRITE_UNITS;
        // The length of an answer depends on its times: one without a fraction of a second is shorter.
        let transfer = (self.transfer * 10.0).round() / 10.0;
        let all = self.gateway + self.function + database + self.logs + self.tracing + transfer;
        let [gateway, function, database, logs, tracing, transfer, all] =
            [self.gateway, self.function, database, self.logs, self.tracing, transfer, all]
                .map(|it| format!("{it:.2}"));
        let (name, read, write) = (self.name, self.read, self.write);
        format!(
            "| {name} | {read}, {write} | {gateway} | {function} | {database} | {logs} | {tracing} | {transfer} | {all} |\n"
        )
    }
}

/// Asserts that docs/operations.md has these rows below a heading of a table.
fn documented(heading: &str, rows: &str) {
    let text = read("docs/operations.md");
    let (_, below) = text.split_once(heading).unwrap_or_else(|| panic!("docs/operations.md has no {heading}"));
    let there: String =
        below.lines().skip(2).take_while(|line| line.starts_with('|')).flat_map(|line| [line, "\n"]).collect();
    assert_eq!(there, rows, "docs/operations.md should have these rows:\n{rows}");
}

#[tokio::test]
async fn aw20_the_table_of_costs_is_what_the_units_cost() {
    let library = Library::own().standing_clock().metered().start().await;
    let (stranger, reader) = (library.stranger(), library.reader().await);
    let mut books = Vec::new();
    for number in 0..20 {
        let book = json!({"title": format!("Book {number}"), "author": "Octavia E. Butler", "publicationYear": 1979,
            "country": "United States", "language": "English", "pages": 264, "copies": 2});
        books.push(reader.post("/books", book).await.expect(201).string("id"));
        reader.post(&format!("/favorites/{}", books[number]), json!({})).await.expect(201);
    }
    library.local().drained().await;
    // A function reads the rules of the library once a minute, not with every request.
    reader.get("/reservations").await.expect(200);
    library.proxy().take();
    let mut rows = String::new();
    let mut add = |name, answer: &Answer, function| {
        let calls = library.proxy().take_of_requests();
        rows += &Costs::of(name, &calls, function, Some(answer)).row();
    };
    let one = format!("/books/{}", books[0]);
    add("`GET /books/{bookId}`", &stranger.get(&one).await.expect(200), &QUICK);
    add("`GET /books`, 20 of them", &stranger.get("/books").await.expect(200), &QUICK);
    add("`GET /favorites`, 20 of them", &reader.get("/favorites").await.expect(200), &QUICK);
    add("`POST /auth/login`", &library.login(&reader.email, PASSWORD).await.expect(200), &HASHING);
    library.local().drained().await;
    library.proxy().take();
    let reserved = reader.reserves(&books[0]).await.expect(201);
    library.local().drained().await;
    // What dispatch did about it, for which nobody waits.
    let (behind, request): (Vec<_>, Vec<_>) =
        library.proxy().take().into_iter().partition(|call| call.function == "dispatch");
    rows += &Costs::of("`POST /books/{bookId}/reservations`", &request, &QUICK, Some(&reserved)).row();
    rows += &Costs::of("what follows from a reservation", &behind, &DISPATCH, None).row();
    let book = json!({"title": "Book 7", "author": "Octavia E. Butler", "publicationYear": 1979,
        "country": "United States", "language": "English", "pages": 264});
    let added = reader.post("/books", book).await.expect(201);
    library.local().drained().await;
    let mut behind = library.proxy().take();
    let request: Vec<_> = behind.extract_if(.., |call| call.function == "books").collect();
    // A book adds to the count of a word or not, which depends on its id.
    behind.retain(|call| call.function == "indexer" && call.action != "UpdateItem");
    rows += &Costs::of("`POST /books`", &request, &QUICK, Some(&added)).row();
    rows += &Costs::of("what the index does with its five words, all known", &behind, &INDEXER, None).row();
    let found = stranger.get("/search?q=octavia%20butler").await.expect(200);
    let calls = library.proxy().take_of_requests();
    rows += &Costs::of("`GET /search`, 20 of them", &calls, &SEARCH, Some(&found)).row();
    documented("| a million times |", &rows);
}

#[test]
fn aw20_what_an_idle_stack_costs_is_counted_in_the_template() {
    let template: Value = yaml_serde::from_str(&read("template.yaml")).expect("YAML");
    let resources: Vec<&Value> = template["Resources"].as_mapping().expect("resources").values().collect();
    let count = |kind: &str| resources.iter().filter(|resource| resource["Type"] == kind).count();
    let (secrets, functions) = (count("AWS::SecretsManager::Secret"), count("AWS::Serverless::Function"));
    // Each function counts its cold starts; the others are counted by one function, or in the gateway's log.
    let metrics = functions + COUNTED.len() + count("AWS::Logs::MetricFilter");
    let mut rows = String::new();
    let mut all = 0.0;
    for (what, number, price) in [
        ("secrets", secrets, SECRET),
        ("metrics that alarms look at", alarms(&resources), ALARM),
        ("metrics of our own", metrics, METRIC),
    ] {
        all += number as f64 * price;
        rows += &format!("| {number} {what} | {price:.2} | {:.2} |\n", number as f64 * price);
    }
    rows += &format!("| in all | | {all:.2} |\n");
    documented("| a month |", &rows);
}

/// The metrics that one function counts each: `shared/src/runtime/metrics.rs`.
const COUNTED: [&str; 8] = [
    metrics::SWEEP_FAILURES,
    metrics::SIGN_INS,
    metrics::RESERVATIONS,
    metrics::LETTERS,
    metrics::LATE_LETTERS,
    metrics::FAILED_ROWS,
    metrics::BOOK_CHANGES,
    metrics::THROTTLED,
];

/// How many metrics the alarms of the template look at.
fn alarms(resources: &[&Value]) -> usize {
    let alarms = resources.iter().filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm");
    let looked_at = |alarm: &&Value| match alarm["Properties"].get("Metrics").and_then(Value::as_sequence) {
        Some(metrics) => metrics.iter().filter(|metric| metric.get("MetricStat").is_some()).count(),
        None => 1,
    };
    alarms.map(looked_at).sum()
}
