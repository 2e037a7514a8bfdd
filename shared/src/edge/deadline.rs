//! The end of a function's time. Lambda ends a function that is late, and its caller gets an error of the gateway, which does not
//! say that the same request may succeed in a moment.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lambda_http::RequestExt;

use crate::edge::error::Error;

/// How long before its end a function answers: the answer needs time, too.
const RESERVE: Duration = Duration::from_millis(500);

/// Answers with a 503 a moment before Lambda would end the function. What was on its way is broken off, as it would be then: each
/// call of the database has a time limit, but several late ones add up.
pub(super) async fn answer_in_time(request: Request, next: Next) -> Response {
    let Some(left) = left(&request) else { return next.run(request).await };
    let answer = tokio::time::timeout(left, next.run(request)).await;
    answer.unwrap_or_else(|_| Error::Unavailable("the time of the function is over".into()).into_response())
}

/// Returns how long the function may take. Lambda counts by the clock of its own machine, so this is no time of the library's.
fn left(request: &Request) -> Option<Duration> {
    let end = request.lambda_context_ref()?.deadline;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(Duration::from_millis(end).saturating_sub(now).saturating_sub(RESERVE))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use http::StatusCode;
    use lambda_http::Context;
    use tower::ServiceExt;

    use super::*;

    async fn status(path: &str, milliseconds: u64) -> StatusCode {
        let never = get(async || std::future::pending::<()>().await);
        let router = Router::new().route("/never", never).route("/at-once", get(async || ()));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let mut context = Context::default();
        context.deadline = u64::try_from(now.as_millis()).expect("small") + milliseconds;
        let request = Request::get(path).body(Body::empty()).expect("a request").with_lambda_context(context);
        router.layer(from_fn(answer_in_time)).oneshot(request).await.expect("an answer").status()
    }

    #[tokio::test]
    async fn tmo1_a_function_that_is_late_says_so_before_its_time_is_over() {
        assert_eq!(status("/never", 550).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status("/at-once", 10_000).await, StatusCode::OK);
    }
}
