//! Which failures are waited out, and for how long.

use std::time::Duration;

use axum::http::StatusCode;
use indicatif::ProgressBar;
use tokio::time::sleep;

use super::{Answer, Call, Client, Trouble};

/// The pauses before each further try, if the library names none.
const PAUSES: [u64; 10] = [1, 2, 4, 8, 15, 30, 30, 30, 30, 30];
/// Nobody waits longer before a terminal.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    /// The user, who signs in.
    User,
    /// Nobody in particular; the user if the library wants to know.
    Anybody,
}

/// Says on standard error why a request is sent again, and when.
pub(crate) fn tell_pause(bar: &ProgressBar, problem: &str, pause: Duration) {
    bar.suspend(|| eprintln!("-- {} Next try in {} s.", sentence(problem), pause.as_secs()));
}

fn sentence(problem: &str) -> String {
    format!("{}.", problem.trim_end_matches('.'))
}

impl Client {
    /// Sends a request until it is answered: a connection that is lost, a library that is busy and one that wants a pause are
    /// waited out, for some three minutes. `tell` is called with each pause. The answer is a success, or is not retryable.
    ///
    /// # Errors
    /// A line that says why there is no answer.
    pub(crate) async fn ask_patiently(
        &mut self,
        sender: Sender,
        call: &Call,
        tell: &mut impl FnMut(&str, Duration),
    ) -> Result<Answer, String> {
        let mut pauses = PAUSES.into_iter().map(Duration::from_secs);
        loop {
            let (problem, wanted) = match self.ask_once(sender, call).await {
                Ok(answer) if !answer.is_retryable() => return Ok(answer),
                Ok(answer) => (self.refusal(&answer).into_line(), answer.retry_after()),
                Err(Trouble::Passing(problem, wanted)) => (problem, wanted),
                Err(Trouble::Final(problem)) => return Err(problem),
            };
            let Some(pause) = pauses.next() else { return Err(problem) };
            let pause = wanted.unwrap_or(pause);
            if pause > LONGEST {
                let minutes = pause.as_secs().div_ceil(60);
                return Err(format!("{} It takes more in {minutes} minutes.", sentence(&problem)));
            }
            tell(&problem, pause);
            sleep(pause).await;
        }
    }

    async fn ask_once(&mut self, sender: Sender, call: &Call) -> Result<Answer, Trouble> {
        if sender == Sender::User || self.tokens.is_some() {
            return self.ask(call).await;
        }
        let answer = self.send(call).await?;
        if answer.status == StatusCode::UNAUTHORIZED { self.ask(call).await } else { Ok(answer) }
    }
}
