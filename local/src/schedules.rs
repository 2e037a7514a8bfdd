//! EventBridge: calls functions at the rates of the template.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::function::{Failure, Handler, call};
use crate::log::Log;
use crate::template::Schedule;

/// The schedules at work. Dropped, they end at once.
pub(crate) struct Schedules {
    timers: Vec<Arc<Timer>>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

struct Timer {
    schedule: Schedule,
    handler: Handler,
    log: Log,
}

impl Schedules {
    /// Starts them. The first call of each comes after its first interval.
    pub(crate) fn start(schedules: &[Schedule], handlers: &HashMap<String, Handler>, log: Log) -> Result<Self> {
        let stop = CancellationToken::new();
        let mut timers = Vec::new();
        for schedule in schedules {
            let handler = handlers.get(&schedule.binary).cloned().ok_or_else(|| {
                let problem = format!("the runner does not know the function {}", schedule.binary);
                Error::template(&schedule.name, problem)
            })?;
            timers.push(Arc::new(Timer { schedule: schedule.clone(), handler, log }));
        }
        let mut tasks = JoinSet::new();
        for timer in &timers {
            tasks.spawn(Arc::clone(timer).run(stop.clone()));
        }
        Ok(Schedules { timers, tasks, stop })
    }

    /// Calls a function now, once for each of its schedules, and returns its answers.
    pub(crate) async fn run(&self, binary: &str) -> Result<Vec<Value>, String> {
        let mut answers = Vec::new();
        for timer in self.timers.iter().filter(|timer| timer.schedule.binary == binary) {
            answers.push(timer.call(timer.event()).await.map_err(|failure| failure.to_string())?);
        }
        if answers.is_empty() { Err(format!("{binary} has no schedule")) } else { Ok(answers) }
    }

    /// Ends after the running calls.
    pub(crate) async fn stop(self) {
        let Schedules { mut tasks, stop, .. } = self;
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    }
}

impl Timer {
    async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.schedule.every) => {}
                () = stop.cancelled() => return,
            }
            if let Err(failure) = self.call(self.event()).await {
                let Schedule { binary, name, .. } = &self.schedule;
                self.log.line(format_args!("{binary} failed on its schedule {name}: {failure}"));
            }
        }
    }

    fn event(&self) -> Value {
        self.schedule.input.clone().unwrap_or_else(|| default_event(&self.schedule.name))
    }

    async fn call(&self, event: Value) -> Result<Value, Failure> {
        call(&self.handler, event, self.schedule.timeout).await
    }
}

/// Returns the event of a schedule without an `Input`.
fn default_event(name: &str) -> Value {
    json!({
        "version": "0",
        "id": Uuid::new_v4(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": "local",
        "resources": [format!("arn:aws:events:local:123456789012:rule/{name}")],
        "detail": {},
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::sync::mpsc;

    use super::*;

    fn schedule(every: Duration, input: Option<Value>) -> Schedule {
        Schedule { name: "Sweep".into(), binary: "dispatch".into(), timeout: Duration::from_secs(10), every, input }
    }

    /// Longer than any test.
    const HOUR: Duration = Duration::from_secs(3600);

    /// Schedules of a function that passes its events on, and fails the first time.
    fn start(schedules: &[Schedule]) -> (Schedules, mpsc::UnboundedReceiver<Value>) {
        let (told, hears) = mpsc::unbounded_channel();
        let calls = AtomicUsize::new(0);
        let handler: Handler = Arc::new(move |event| {
            told.send(event).expect("the test receives");
            let first = calls.fetch_add(1, Ordering::Relaxed) == 0;
            Box::pin(async move { if first { Err("not yet".to_owned()) } else { Ok(json!("swept")) } })
        });
        let handlers = HashMap::from([("dispatch".to_owned(), handler)]);
        (Schedules::start(schedules, &handlers, Log { on: false }).expect("it is known"), hears)
    }

    #[tokio::test]
    async fn a_function_is_called_at_its_rate_whatever_it_answered_before() {
        let sweep = json!({"task": "sweep"});
        let (schedules, mut hears) = start(&[schedule(Duration::from_millis(1), Some(sweep.clone()))]);
        for _ in 0..3 {
            assert_eq!(hears.recv().await, Some(sweep.clone()));
        }
        schedules.stop().await;
        while hears.recv().await.is_some() {}
    }

    #[tokio::test]
    async fn a_schedule_can_be_run_at_once() {
        let (schedules, mut hears) = start(&[schedule(HOUR, None), schedule(HOUR, Some(json!(1)))]);
        assert_eq!(schedules.run("dispatch").await, Err("not yet".to_owned()));
        assert_eq!(schedules.run("dispatch").await, Ok(vec![json!("swept"), json!("swept")]));
        assert_eq!(hears.recv().await.expect("it was called")["source"], "aws.events");
        assert!(schedules.run("books").await.is_err());
    }
}
