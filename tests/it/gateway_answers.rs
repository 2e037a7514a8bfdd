//! The answers that API Gateway gives by itself, compared with the functions' own table of refusals.

use local::template::Template;
use serde_json::Value;
use shared::edge::refusals::ALL;
use tests::Library;
use tests::database::Pattern;

#[test]
fn each_answer_of_the_gateway_is_in_the_table_of_refusals() {
    let template = Template::embedded().unwrap_or_else(|error| panic!("{error}"));
    let mut compared = 0;
    for (kind, answer) in &template.api.answers {
        let body = answer.body.as_deref().unwrap_or_else(|| panic!("{kind} has no body"));
        let problem: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let refusal = ALL.iter().find(|refusal| problem["code"] == refusal.code);
        let refusal = refusal.unwrap_or_else(|| panic!("{kind}: the table has no {}", problem["code"]));
        assert_eq!(answer.status, Some(refusal.kind.status.as_u16()), "{kind}");
        assert_eq!(problem["status"], refusal.kind.status.as_u16(), "{kind}");
        assert_eq!(problem["type"], format!("/problems/{}", refusal.kind.slug), "{kind}");
        assert_eq!(problem["title"], refusal.kind.title, "{kind}");
        assert_eq!(problem["detail"], refusal.sentence, "{kind}");
        compared += 1;
    }
    assert!(compared >= 12, "{compared}");
}

#[tokio::test]
async fn fc14_an_unknown_route_is_a_404_with_a_bearer_token_as_well() {
    let library = Library::behind_gateway().await;
    let (reader, stranger) = (library.reader().await, library.stranger());
    for path in ["/nowhere", "/books/1/pages", "/auth"] {
        for person in [&reader, &stranger] {
            let answer = person.get(path).await.refused(404, "no-such-route");
            assert!(answer.string("detail").contains("the stage /v1 may be wrong"), "{}", answer.text);
        }
    }
    // A known path with another method is the same case.
    reader.ask(reqwest::Method::PUT, "/favorites").await.refused(404, "no-such-route");
}

#[tokio::test]
async fn an_unknown_key_is_said_to_be_unknown() {
    let library = Library::own().usage_plans().start().await;
    let answer = library.stranger().get("/books").header("x-api-key", "nobody").await.refused(403, "unknown-api-key");
    assert!(answer.string("detail").contains("is unknown"), "{}", answer.text);
}

#[tokio::test]
async fn more_calls_than_may_run_at_once_are_refused_for_a_moment() {
    let library = Library::own().most_calls(1).proxied().start().await;
    let (reader, other) = (library.reader().await, library.stranger());
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    let mut held = library.proxy().hold(Pattern::of("books").action("GetItem").naming(&book));
    let running = tokio::spawn({
        let request = other.get(&format!("/books/{book}"));
        async move { request.await }
    });
    held.arrived().await;
    let refused = reader.post("/books", serde_json::json!({"title": "Fledgling", "author": "Octavia E. Butler"})).await;
    let refused = refused.refused(503, "unavailable");
    assert_eq!(refused.headers["retry-after"], "1");
    held.release();
    running.await.expect("no panic").expect(200);
    let titles = reader.get("/books").await.expect(200).each("title");
    assert_eq!(titles, ["Kindred"], "what was refused is not there");
}
