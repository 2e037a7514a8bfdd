//! Monitors that watch while things happen: how late they are told.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use tests::{Person, Socket};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::crowd::Crowd;

/// How long the last events may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);
/// A monitor that has all events waits so long for one that it should not get.
const TICK: Duration = Duration::from_millis(250);

/// What the monitors were told.
pub(super) struct Told {
    pub(super) events: usize,
    /// From when a request was to be sent to when a monitor had its event, in order.
    pub(super) times: Vec<Duration>,
    /// Events that a monitor did not get, or got twice.
    pub(super) wrong: usize,
}

impl Told {
    pub(super) fn within(&self, of_a_hundred: usize) -> Duration {
        let last = self.times.len().saturating_sub(1);
        self.times.get(last * of_a_hundred / 100).copied().unwrap_or_default()
    }
}

/// Has so many monitors watch while so many reservations a second are made, each a live event.
pub(super) async fn watch(crowd: &Arc<Crowd>, monitors: usize, rate: u32, time: Duration) -> Told {
    let admin = crowd.admin();
    let mut sockets = Vec::new();
    for _ in 0..monitors {
        sockets.push(opens(&admin).await);
    }
    let (all, of_all) = watch::channel(usize::MAX);
    let watching: Vec<_> = sockets.into_iter().map(|socket| tokio::spawn(listen(socket, of_all.clone()))).collect();

    let (begun, count) = (Instant::now(), (time.as_secs_f64() * f64::from(rate)) as u32);
    let (mut due, mut running) = (BTreeMap::new(), Vec::new());
    for number in 0..count {
        let at = begun + Duration::from_secs(1) * number / rate;
        sleep_until(at).await;
        let crowd = Arc::clone(crowd);
        running.push(tokio::spawn(async move {
            // Each reader another book, then each reader the next one.
            let answer = crowd.reader(number as usize).reserves(crowd.book(number as usize * 7 + 3)).await;
            (answer.status == 201 || answer.status == 202).then(|| (answer.string("id"), at))
        }));
    }
    for running in running {
        due.extend(running.await.ok().flatten());
    }
    all.send_replace(due.len());
    let (mut times, mut wrong) = (Vec::new(), 0);
    for watching in watching {
        let arrived = watching.await.unwrap_or_default();
        for (reservation, at) in &due {
            match arrived.get(reservation).map(Vec::as_slice) {
                Some([there]) => times.push(there.duration_since(*at)),
                _ => wrong += 1,
            }
        }
    }
    times.sort();
    Told { events: due.len(), times, wrong }
}

/// Opens a monitor. Right after an overload the library may refuse it at first.
async fn opens(admin: &Person) -> Socket {
    let begun = Instant::now();
    loop {
        let ticket = admin.ask(Method::POST, "/live/tickets").await;
        let refused = if ticket.status == 201 {
            match Socket::open(&ticket.string("url"), None).await {
                Ok(socket) => return socket,
                Err(status) => status,
            }
        } else {
            ticket.status
        };
        assert!(refused == 503 && begun.elapsed() < PATIENCE, "a monitor was refused with {refused}");
        sleep(Duration::from_millis(250)).await;
    }
}

/// Returns when each reservation was told of, once there are as many as `all` says.
async fn listen(mut socket: Socket, all: watch::Receiver<usize>) -> HashMap<String, Vec<Instant>> {
    let (mut arrived, mut last): (HashMap<String, Vec<Instant>>, _) = (HashMap::new(), Instant::now());
    loop {
        tokio::select! {
            event = socket.event() => {
                last = Instant::now();
                if event["type"] == "book.reserved" && let Some(id) = event["reservation"].as_str() {
                    arrived.entry(id.to_owned()).or_default().push(last);
                }
            }
            () = sleep(TICK) => {
                let is_complete = arrived.len() >= *all.borrow();
                if last.elapsed() > if is_complete { TICK } else { PATIENCE } {
                    return arrived;
                }
            }
        }
    }
}
