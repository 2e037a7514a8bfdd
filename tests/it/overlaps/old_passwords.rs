//! Sign-ins, refreshes and cookie sign-ins that are under way while an account changes: none of them survives it that may
//! not. Each round lets them race, with the database's transactions held at random.
//!
//! `EPO1_ROUNDS=200` tries each change two hundred times. The test run tries it a few times.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tests::{Answer, Library, PASSWORD, Person};

const NEW: &str = "a staple of new batteries";
const CHANGES: [&str; 5] = ["change", "reset", "disable", "delete", "role"];

fn rounds() -> usize {
    std::env::var("EPO1_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(3)
}

/// Returns what a browser sends after a cookie sign-in.
fn cookies(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    cookies.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// Signs in as an app or as a website, in two places each, and refreshes two sessions again and again: ten answers.
async fn everything_under_way(library: &Library, reader: &Person, sessions: [&Person; 2]) -> Vec<Answer> {
    let sign_in = |session: &str| {
        let credentials = json!({"email": reader.email, "password": PASSWORD, "session": session});
        library.stranger().post("/auth/login", credentials).into_future()
    };
    let refreshes = join_all(sessions.map(async |session| {
        let (mut session, mut answers) = (session.clone(), Vec::new());
        for _ in 0..3 {
            let answer = session.refreshes().await;
            if answer.status == 200 {
                session = session.with_tokens(&answer);
            }
            answers.push(answer);
        }
        answers
    }));
    let sign_ins = join_all(["token", "cookie", "token", "cookie"].map(sign_in));
    let (mut answers, refreshed) = tokio::join!(sign_ins, refreshes);
    answers.extend(refreshed.into_iter().flatten());
    answers
}

/// Returns the statuses that the tokens of an answer still get: of a request, and of a refresh.
async fn tried(library: &Library, answer: &Answer) -> [u16; 2] {
    let stranger = library.stranger();
    if answer.json()["tokenType"] == "Bearer" {
        let session = stranger.with_tokens(answer);
        return [session.get("/users/me").await.status, session.refreshes().await.status];
    }
    let cookie = cookies(answer);
    let refresh = stranger.ask(Method::POST, "/auth/refresh-token").header("cookie", &cookie);
    [stranger.get("/users/me").header("cookie", &cookie).await.status, refresh.await.status]
}

/// Changes the account. Returns whether sessions that began before survive it.
async fn change(library: &Library, admin: &Person, reader: &Person, what: &str, token: Option<String>) -> bool {
    let path = format!("/users/{}", reader.id);
    match what {
        "change" => {
            let change = json!({"currentPassword": PASSWORD, "newPassword": NEW});
            reader.put("/auth/password", change).await.expect(200);
        }
        "reset" => {
            let reset = json!({"resetToken": token, "newPassword": NEW});
            library.stranger().post("/auth/reset-password", reset).await.expect(200);
        }
        "disable" => {
            admin.patch(&path, json!({"disabled": true})).await.expect(200);
        }
        "delete" => {
            reader.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
        }
        _ => {
            admin.patch(&path, json!({"role": "member"})).await.expect(200);
        }
    }
    what == "role"
}

/// Returns the ids of the sessions in the table.
async fn stored_sessions(library: &Library, reader: &Person) -> Vec<String> {
    let key = json!({"TableName": "carrel-sessions", "Key": {"pk": {"S": format!("user#{}", reader.id)}}});
    let item = library.dynamodb().call("GetItem", &key).await;
    let sessions = item["Item"]["sessions"]["M"].as_object().map(|sessions| sessions.keys().cloned().collect());
    sessions.unwrap_or_default()
}

async fn one_round(library: &Library, admin: &Person, what: &str) -> usize {
    let reader = library.reader().await;
    let others = [0; 2].map(|_| library.signs_in(&reader));
    let others = join_all(others).await;
    if what == "role" {
        admin.patch(&format!("/users/{}", reader.id), json!({"role": "admin"})).await.expect(200);
    }
    let token = match what {
        "reset" => {
            library.stranger().post("/auth/reset-password-request", json!({"email": reader.email})).await.expect(202);
            Some(library.mailed_token(&reader.email, "reset-password").await)
        }
        _ => None,
    };
    let (answers, survive) = tokio::join!(
        everything_under_way(library, &reader, [&others[0], &others[1]]),
        change(library, admin, &reader, what, token)
    );
    if survive {
        // The sessions go on without the role.
        let people = answers.iter().filter(|answer| answer.json()["tokenType"] == "Bearer");
        let people = people.map(|answer| library.stranger().with_tokens(answer));
        return join_all(people.map(async |person| usize::from(person.get("/users").await.status == 200)))
            .await
            .into_iter()
            .sum();
    }
    let kept = stored_sessions(library, &reader).await.len();
    assert_eq!(kept, usize::from(what == "change"), "{what}: the sessions in the table");
    let mut survivors = 0;
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        survivors += usize::from(tried(library, answer).await != [401, 401]);
    }
    if what == "change" {
        reader.get("/users/me").await.expect(200);
        reader.refreshes().await.expect(200);
    }
    survivors
}

#[tokio::test]
async fn epo1_no_session_of_an_old_password_or_account_survives_a_race() {
    let library = Library::own().standing_clock().proxied().start().await;
    library.proxy().hold_at_random(40);
    for what in CHANGES {
        let (mut survivors, rounds) = (0, rounds());
        for _ in 0..rounds {
            // The sign-ins that fail must not throttle those of the next round.
            library.wait(600);
            survivors += one_round(&library, &library.admin().await, what).await;
        }
        eprintln!("{what}: {survivors} survivors of {rounds} races");
        assert_eq!(survivors, 0, "{what}");
    }
}
