//! What EventBridge does: functions that the template wants called every so often.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::function::{Handler, call};
use crate::streams::tell;
use crate::template::Schedule;

/// The schedules at work. Dropped, they end.
pub(crate) struct Schedules {
    timers: Vec<Arc<Timer>>,
    tasks: JoinSet<()>,
    stop: watch::Sender<()>,
}

struct Timer {
    schedule: Schedule,
    handler: Handler,
    log: bool,
}

impl Schedules {
    /// Sets them to work. Each waits for its time first.
    pub(crate) fn start(schedules: &[Schedule], handlers: &HashMap<String, Handler>, log: bool) -> Result<Self> {
        let (stop, stopped) = watch::channel(());
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
            tasks.spawn(Arc::clone(timer).run(stopped.clone()));
        }
        Ok(Schedules { timers, tasks, stop })
    }

    /// Calls a function as its schedules would, at once. It says what the function answered each of them.
    pub(crate) async fn run(&self, binary: &str) -> Result<Vec<Value>, String> {
        let mut answers = Vec::new();
        for timer in self.timers.iter().filter(|timer| timer.schedule.binary == binary) {
            answers.push(timer.call().await?);
        }
        if answers.is_empty() { Err(format!("{binary} has no schedule")) } else { Ok(answers) }
    }

    /// Ends after the calls that are being answered.
    pub(crate) async fn stop(self) {
        let Schedules { mut tasks, stop, .. } = self;
        drop(stop);
        while tasks.join_next().await.is_some() {}
    }
}

impl Timer {
    async fn run(self: Arc<Self>, mut stop: watch::Receiver<()>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.schedule.every) => {}
                _ = stop.changed() => return,
            }
            if let Err(problem) = self.call().await {
                tell(self.log, format_args!("{} failed on its schedule: {problem}", self.schedule.binary));
            }
        }
    }

    async fn call(&self) -> Result<Value, String> {
        let event = self.schedule.input.clone().unwrap_or_else(|| made_up(&self.schedule.name));
        call(&self.handler, event, self.schedule.timeout).await
    }
}

/// What a function is told that is to be told nothing in particular.
fn made_up(name: &str) -> Value {
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

    /// Never, as far as a test is concerned.
    const HOUR: Duration = Duration::from_secs(3600);

    /// Schedules of a function that tells what it was told, and fails the first time.
    fn start(schedules: &[Schedule]) -> (Schedules, mpsc::UnboundedReceiver<Value>) {
        let (told, hears) = mpsc::unbounded_channel();
        let calls = AtomicUsize::new(0);
        let handler: Handler = Arc::new(move |event| {
            told.send(event).expect("somebody listens");
            let first = calls.fetch_add(1, Ordering::Relaxed) == 0;
            Box::pin(async move { if first { Err("not yet".to_owned()) } else { Ok(json!("swept")) } })
        });
        let handlers = HashMap::from([("dispatch".to_owned(), handler)]);
        (Schedules::start(schedules, &handlers, false).expect("it is known"), hears)
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
        assert_eq!(hears.recv().await.expect("it was told")["source"], "aws.events");
        assert!(schedules.run("books").await.is_err());
    }
}
