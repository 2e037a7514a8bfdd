//! Measures what a query takes of the function as Lambda runs it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tests::Library;

use crate::bootstrap::{Bootstrap, Failure};
use crate::build::root;

/// The part of a core that Lambda gives a function of 512 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>: 1,769 MB are a core).
const SHARE: f64 = 512.0 / 1769.0;

/// Sends the queries to a bootstrap of the function, and prints the CPU time of each.
pub(super) async fn measure(library: &Library, file: &Path, texts: &[&String]) -> Result<(), Failure> {
    let database = library.local().database();
    // It calls no other service than the database.
    let mut environment = local::cloud::environment(database.endpoint(), "http://127.0.0.1:9", database.access_key());
    let of_lambda = [
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_FUNCTION_NAME", "search"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ];
    environment.extend(of_lambda.map(|(name, value)| (name, value.to_owned())));
    let mut event: Value = serde_json::from_str(&fs::read_to_string(root().join("events/search/search.json"))?)?;
    let (mut bootstrap, init) = Bootstrap::start(file, &environment).await?;
    let mut used: Vec<Duration> = Vec::new();
    for text in texts {
        event["queryStringParameters"] = json!({"q": text});
        event["multiValueQueryStringParameters"] = json!({"q": [text]});
        let (answer, usage) = bootstrap.answer(&event.to_string()).await?;
        if answer["statusCode"] != 200 {
            return Err(format!("{text} was answered with {answer}").into());
        }
        used.push(usage.cpu);
    }
    used.sort();
    let milli = |time: Duration| time.as_secs_f64() * 1000.0;
    let at = |percent: usize| milli(used[(used.len() * percent / 100).min(used.len() - 1)]);
    println!(
        "\nThe function starts with {:.1} ms of CPU time. A query takes {:.1} ms (p50), {:.1} ms (p99), at most {:.1} ms of {}: at 512 MB {:.0} ms (p99). Memory: {:.1} MB.",
        milli(init.cpu),
        at(50),
        at(99),
        at(100),
        used.len(),
        at(99) / SHARE,
        bootstrap.memory()? as f64 / 1e6,
    );
    Ok(())
}
