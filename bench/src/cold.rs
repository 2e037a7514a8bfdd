//! What a reader waits for a function that starts: `cargo run -p bench -- cold`. Linux only, as root.
//!
//! Each function gets the share of a core that Lambda gives it, and reaches the embedded services by TLS, below a root that a feature of
//! the build lets it trust. No release has that feature.

use std::fs;
use std::time::Duration;

use clap::Args;

use crate::bootstrap::{Bootstrap, Failure};
use crate::build::Built;
use crate::fixture::{self, Fixture, Measured};
use crate::quota::Quota;
use crate::tls::Doors;

/// How many times as long as hello a function may take until its first answer.
const GOAL: f64 = 2.2;

/// Measures the time from the start of a function until its first answer, with the share of a core that Lambda gives.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How often each function starts.
    #[arg(long, default_value_t = 30)]
    starts: usize,
    /// How many megabytes a function has. Lambda gives its share of a core by that.
    #[arg(long, default_value_t = 128.0)]
    memory: f64,
}

/// How long a function took.
struct Cold {
    /// With its share from the start.
    share: Duration,
    /// With a whole core until it asks for its first event, as Lambda does, and with its share from then on.
    core_first: Duration,
}

/// Returns whether the goal is met.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let built = Built::that_trust_a_test_root()?;
    let root = std::env::temp_dir().join(format!("carrel-bench-{}.der", std::process::id()));
    let mut doors = Doors::below_a_new_root(&root)?;
    let fixture = Fixture::start(&built, &[("TEST_ROOT", root.display().to_string())]).await?;
    let mut environment = Vec::new();
    for (name, value) in fixture.environment() {
        let is_endpoint = name.starts_with("AWS_ENDPOINT_URL");
        environment.push((*name, if is_endpoint { doors.before(value).await? } else { value.clone() }));
    }

    let quota = Quota::of_memory(arguments.memory)?;
    let functions = fixture::functions()?;
    let mut colds: Vec<Vec<Cold>> = functions.iter().map(|_| Vec::new()).collect();
    for _ in 0..arguments.starts {
        for (measured, colds) in functions.iter().zip(&mut colds) {
            let event = fixture.event(&measured.event)?;
            let cold = cold(&built, &environment, &quota, measured, &event).await;
            colds.push(cold.map_err(|failure| format!("{}: {failure}", measured.function))?);
        }
    }
    fs::remove_file(&root)?;
    println!("| function | start to first answer | ÷ | with a core until the first event | ÷ |\n|---|--:|--:|--:|--:|");
    let (mut hello, mut is_met) = (None, true);
    for (measured, colds) in functions.iter().zip(&colds) {
        let own = [median(colds, |cold| cold.share), median(colds, |cold| cold.core_first)];
        let [share, core_first] = own;
        let of = hello.get_or_insert(own);
        let ratio = |number: usize| own[number].as_secs_f64() / of[number].as_secs_f64();
        println!("| {} | {share:.1?} | {:.2} | {core_first:.1?} | {:.2} |", measured.function, ratio(0), ratio(1));
        is_met &= ratio(0) <= GOAL;
    }
    println!("Each at most {GOAL} times hello's, with its share from the start: {}", crate::load::met(is_met));
    Ok(is_met)
}

async fn cold(
    built: &Built,
    environment: &[(&str, String)],
    quota: &Quota,
    measured: &Measured,
    event: &str,
) -> Result<Cold, Failure> {
    let file = built.bootstrap(&measured.function);
    let (mut bootstrap, init) = Bootstrap::start_within(quota, &file, environment).await?;
    let (answer, first) = bootstrap.answer(event).await?;
    measured.expect(&answer)?;
    let share = init.time + first.time;
    bootstrap.end().await?;

    let (mut bootstrap, init) = Bootstrap::start(&file, environment).await?;
    bootstrap.share(quota)?;
    let (answer, first) = bootstrap.answer(event).await?;
    measured.expect(&answer)?;
    let core_first = init.time + first.time;
    bootstrap.end().await?;
    Ok(Cold { share, core_first })
}

fn median(colds: &[Cold], part: fn(&Cold) -> Duration) -> Duration {
    let mut times: Vec<_> = colds.iter().map(part).collect();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
