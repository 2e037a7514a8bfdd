//! The WebSockets of monitors: who may open one, and when it is closed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tests::{Library, PASSWORD, Person, Socket};
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::Message;

/// Registers another librarian.
async fn librarian(library: &Library, admin: &Person) -> Person {
    let reader = library.reader().await;
    admin.patch(&format!("/users/{}", reader.id), json!({"role": "admin"})).await.expect(200);
    reader
}

/// Returns the connections in the table.
async fn connections(library: &Library) -> Vec<String> {
    let query = json!({"TableName": "carrel-connections", "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "connections"}}});
    let found = library.dynamodb().call("Query", &query).await;
    let items = found["Items"].as_array().expect("items");
    items.iter().map(|item| item["sk"]["S"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Waits until the table has that number of connections. A function learns of a disconnect a moment later.
async fn connected(library: &Library, count: usize) {
    for _ in 0..2_000 {
        if connections(library).await.len() == count {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the connections are {:?}, but there should be {count}", connections(library).await);
}

/// Opens a socket. Returns the status of the refusal, if any.
async fn refused(url: &str) -> Option<u16> {
    Socket::open(url, None).await.err()
}

#[tokio::test]
async fn ws1_a_ticket_opens_one_socket_within_thirty_seconds() {
    let library = Library::own().standing_clock().start().await;
    let admin = library.admin().await;
    let url = admin.ticket().await;
    let _socket = Socket::open(&url, None).await.expect("the socket opens");
    assert_eq!(refused(&url).await, Some(401), "a second time");

    let [in_time, late] = [admin.ticket().await, admin.ticket().await];
    library.wait(29);
    let _socket = Socket::open(&in_time, None).await.expect("the socket opens");
    library.wait(1);
    assert_eq!(refused(&late).await, Some(401), "too late");
}

#[tokio::test]
async fn ws1_one_of_many_parallel_sockets_with_one_ticket_opens() {
    let library = Library::own().start().await;
    let url = library.admin().await.ticket().await;
    let sockets = join_all((0..20).map(|_| Socket::open(&url, None))).await;
    assert_eq!(sockets.iter().filter(|socket| socket.is_ok()).count(), 1);
    assert!(sockets.iter().all(|socket| socket.as_ref().err().is_none_or(|status| *status == 401)));
}

#[tokio::test]
async fn ws1_no_socket_opens_without_a_valid_ticket() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let url = admin.ticket().await;
    let (live, ticket) = url.split_once("?ticket=").expect("a ticket");
    let flipped = ticket.replace(|letter: char| letter.is_ascii_lowercase(), "A");
    let token = admin.access_token.clone().unwrap_or_default();
    let nothing = ["", "?", "?ticket=", "?ticket", "?token=x"].map(|query| format!("{live}{query}"));
    let forged = [&flipped, &ticket[1..], &format!("{ticket}A"), &token, "%00", "connections", &"A".repeat(3_000)]
        .map(|ticket| format!("{live}?ticket={ticket}"));
    for url in nothing.iter().chain(&forged) {
        assert_eq!(refused(url).await, Some(401), "{url}");
    }
    assert!(connections(&library).await.is_empty());
    let _socket = Socket::open(&url, None).await.expect("the valid ticket still opens a socket");
}

#[tokio::test]
async fn ws1_pages_of_foreign_origins_get_no_socket() {
    let site = |settings: &mut shared::runtime::app::Settings| {
        settings.allowed_origins = vec!["https://library.example".into()]
    };
    let library = Library::own().settings(site).start().await;
    let url = library.admin().await.ticket().await;
    for origin in [
        "https://evil.example",
        "null",
        "http://library.example",
        "https://library.example.evil.example",
        "https://evil.example/https://library.example",
        "https://library.example:8443",
        "https://library.example,https://evil.example",
    ] {
        assert_eq!(Socket::open(&url, Some(origin)).await.err(), Some(403), "{origin}");
    }
    let _socket = Socket::open(&url, Some("https://library.example")).await.expect("the socket opens");
}

#[tokio::test]
async fn ws1_a_ticket_is_refused_after_its_owner_loses_access() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let [out, demoted, disabled] =
        [librarian(&library, &admin).await, librarian(&library, &admin).await, librarian(&library, &admin).await];
    let tickets = [out.ticket().await, demoted.ticket().await, disabled.ticket().await];
    out.post("/auth/logout", json!({})).await.expect(200);
    admin.patch(&format!("/users/{}", demoted.id), json!({"role": "member"})).await.expect(200);
    admin.patch(&format!("/users/{}", disabled.id), json!({"disabled": true})).await.expect(200);
    for ticket in tickets {
        assert_eq!(refused(&ticket).await, Some(401));
    }
    assert!(connections(&library).await.is_empty());
}

/// Ends a librarian's session in the named way. `other` is another session of the same librarian.
async fn end_session(way: &str, admin: &Person, librarian: &Person, other: &Person) {
    let path = format!("/users/{}", librarian.id);
    match way {
        "signed out" => librarian.post("/auth/logout", json!({})).await.expect(200),
        "ended from elsewhere" => {
            let sessions = librarian.get("/auth/sessions").await.expect(200).json();
            let this =
                sessions["items"].as_array().and_then(|all| all.iter().find(|session| session["current"] == true));
            let id = this.and_then(|session| session["id"].as_str()).expect("the current one").to_owned();
            other.delete(&format!("/auth/sessions/{id}")).await.expect(204)
        }
        "all others signed out" => other.post("/auth/logout?scope=others", json!({})).await.expect(200),
        "all signed out" => other.post("/auth/logout?scope=all", json!({})).await.expect(200),
        "stolen" => {
            let second = librarian.with_tokens(&librarian.refreshes().await.expect(200));
            second.refreshes().await.expect(200);
            librarian.at("127.0.0.9").refreshes().await.expect(401)
        }
        "another password" => {
            let change = json!({"currentPassword": PASSWORD, "newPassword": "another horse battery"});
            other.put("/auth/password", change).await.expect(200)
        }
        "disabled" => admin.patch(&path, json!({"disabled": true})).await.expect(200),
        "demoted" => admin.patch(&path, json!({"role": "member"})).await.expect(200),
        "deleted" => librarian.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204),
        "deleted by a librarian" => admin.delete(&path).await.expect(204),
        other => panic!("{other}"),
    };
}

#[tokio::test]
async fn ws1_however_a_session_ends_its_socket_is_closed_and_gets_no_more_events() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut neighbour = admin.watches().await;
    for way in [
        "signed out",
        "ended from elsewhere",
        "all others signed out",
        "all signed out",
        "stolen",
        "another password",
        "disabled",
        "demoted",
        "deleted",
        "deleted by a librarian",
    ] {
        let librarian = librarian(&library, &admin).await;
        let other = library.signs_in(&librarian).await;
        let mut socket = librarian.watches().await;
        connected(&library, 2).await;
        end_session(way, &admin, &librarian, &other).await;
        library.local().drained().await;
        assert_eq!(connections(&library).await.len(), 1, "{way}");
        let book = admin.adds(way, "A").await;
        assert_eq!(socket.closed().await, 1000, "{way}");
        assert_eq!(neighbour.event().await["book"]["id"], book, "{way}");
    }
}

#[tokio::test]
async fn ws1_a_password_reset_closes_the_sockets() {
    let library = Library::own().start().await;
    let librarian = librarian(&library, &library.admin().await).await;
    let mut socket = librarian.watches().await;
    librarian.post("/auth/reset-password-request", json!({"email": librarian.email})).await.expect(202);
    let token = library.mailed_token(&librarian.email, "reset-password").await;
    let reset = json!({"resetToken": token, "newPassword": "another horse battery"});
    library.stranger().post("/auth/reset-password", reset).await.expect(200);
    assert_eq!(socket.closed().await, 1000);
}

#[tokio::test]
async fn ws1_the_end_of_one_session_leaves_the_sockets_of_other_sessions_open() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let other = library.signs_in(&admin).await;
    let (mut open, mut ended) = (admin.watches().await, other.watches().await);
    other.post("/auth/logout", json!({})).await.expect(200);
    assert_eq!(ended.closed().await, 1000);
    admin.adds("Kindred", "Octavia E. Butler").await;
    assert_eq!(open.event().await["type"], "book.added");
}

#[tokio::test]
async fn ws1_the_connection_of_a_vanished_socket_is_deleted() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut neighbour = admin.watches().await;
    let vanishing = admin.watches().await;
    connected(&library, 2).await;
    drop(vanishing);
    connected(&library, 1).await;

    // The end of this connection was never reported: its item is an hour older.
    let first = connections(&library).await;
    let database = library.dynamodb();
    let key = json!({"pk": {"S": "connections"}, "sk": {"S": first[0]}});
    let row = database.call("GetItem", &json!({"TableName": "carrel-connections", "Key": key})).await;
    let mut row = row["Item"].clone();
    let expires: i64 = row["expiresAt"]["N"].as_str().and_then(|text| text.parse().ok()).expect("a number");
    row["sk"] = json!({"S": "L0SM9cOFvHcCIhw="});
    row["expiresAt"] = json!({"N": (expires - 3_600).to_string()});
    database.call("PutItem", &json!({"TableName": "carrel-connections", "Item": row})).await;
    admin.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    assert_eq!(connections(&library).await, first);
    assert_eq!(neighbour.event().await["id"], 1);
}

#[tokio::test]
async fn fc3_a_monitor_misses_nothing_while_the_socket_api_is_busy_for_a_moment() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut socket = admin.watches().await;
    connected(&library, 1).await;
    library.socket_api().throttles(&connections(&library).await[0], 2);
    admin.adds("Kindred", "Octavia E. Butler").await;
    assert_eq!(socket.event().await["id"], 1);
}

#[tokio::test]
async fn fc3_a_message_whose_answer_is_late_is_not_sent_twice() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut socket = admin.watches().await;
    connected(&library, 1).await;
    library.socket_api().answers_late(Duration::from_millis(1_500));
    admin.adds("Kindred", "Octavia E. Butler").await;
    assert_eq!(socket.event().await["id"], 1);
    library.local().drained().await;
    admin.adds("Dawn", "Octavia E. Butler").await;
    assert_eq!(socket.event().await["id"], 2);
}

#[tokio::test]
async fn fc3_a_monitor_that_does_not_read_is_closed_and_delays_no_other() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut slow = admin.watches().await;
    connected(&library, 1).await;
    let its_id = connections(&library).await.remove(0);
    let mut neighbour = admin.watches().await;
    connected(&library, 2).await;
    library.socket_api().throttles(&its_id, u32::MAX);
    admin.adds("Kindred", "Octavia E. Butler").await;
    assert_eq!(neighbour.event().await["id"], 1);
    assert_eq!(slow.closed().await, 1000, "it would not learn that it has missed an event");
    library.local().drained().await;
    connected(&library, 1).await;
    assert_eq!(admin.get("/events?after=0").await.expect(200).json()["items"][0]["id"], 1);
}

#[tokio::test]
async fn fc2_a_connection_that_is_gone_without_a_reason_is_deleted_after_its_handshake() {
    let library = Library::own().standing_clock().start().await;
    let admin = library.admin().await;
    let _socket = admin.watches().await;
    connected(&library, 1).await;
    library.socket_api().forgets(&connections(&library).await[0]);
    admin.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    assert_eq!(connections(&library).await.len(), 1, "its handshake may be under way");
    library.wait(30);
    admin.adds("Dawn", "Octavia E. Butler").await;
    library.local().drained().await;
    assert_eq!(connections(&library).await.len(), 0);
}

#[tokio::test]
async fn fc2_a_monitor_that_is_gone_holds_up_no_row_and_no_other_monitor() {
    let library = Library::own().standing_clock().start().await;
    let admin = library.admin().await;
    let _gone = admin.watches().await;
    connected(&library, 1).await;
    let its_id = connections(&library).await.remove(0);
    let mut neighbour = admin.watches().await;
    connected(&library, 2).await;
    library.wait(30);
    library.socket_api().forgets(&its_id);
    admin.adds("Kindred", "Octavia E. Butler").await;
    assert_eq!(neighbour.event().await["id"], 1);
    library.local().drained().await;
    assert_eq!(connections(&library).await.len(), 1);
    assert!(!connections(&library).await.contains(&its_id));
    assert_eq!(library.parked().await, []);
    admin.adds("Dawn", "Octavia E. Butler").await;
    assert_eq!(neighbour.event().await["id"], 2, "once each");
}

#[tokio::test]
async fn ws1_a_message_from_a_client_has_no_effect_or_closes_its_socket() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut neighbour = admin.watches().await;
    let mut seen = 0;
    let text = |text: &str| Message::Text(text.into());
    for (said, end) in [
        (text("no JSON"), None),
        (text(""), None),
        (text(r#"{"action": "$connect", "ticket": "x"}"#), None),
        (text(r#"{"items": [{"id": 1}]}"#), None),
        (text(&"x".repeat(32 << 10)), None),
        (Message::Ping(vec![1].into()), None),
        (text(&"x".repeat((32 << 10) + 1)), Some(1009)),
        (Message::Binary(vec![0].into()), Some(1003)),
    ] {
        let mut socket = admin.watches().await;
        socket.says(said.clone()).await;
        if let Some(code) = end {
            assert_eq!(socket.closed().await, code, "{said:?}");
        }
        admin.adds("Kindred", "Octavia E. Butler").await;
        seen += 1;
        assert_eq!(neighbour.event().await["id"], seen, "after {said:?}");
        if end.is_none() {
            assert_eq!(socket.event().await["id"], seen, "after {said:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_sockets_get_every_event_in_order() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let sockets = admin.watches_through(100).await;
    let adding = async {
        for number in 0..50 {
            admin.adds(&format!("Volume {number}"), "A. N. Author").await;
        }
    };
    let watching = join_all(sockets.into_iter().map(async |mut socket| socket.events(50).await));
    let (all, ()) = tokio::join!(watching, adding);
    for seen in &all {
        let ids: Vec<_> = seen.iter().map(|event| event["id"].as_u64()).collect();
        assert_eq!(ids, (1..=50).map(Some).collect::<Vec<_>>());
        assert_eq!(seen, &all[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_opens_during_many_events_gets_all_later_events() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let happening = async {
        for number in 0..60 {
            admin.adds(&format!("Volume {number}"), "A. N. Author").await;
        }
    };
    let (sockets, ()) = tokio::join!(admin.watches_through(40), happening);
    library.local().drained().await;
    let last = admin.adds("The last one", "A. N. Author").await;
    join_all(sockets.into_iter().map(async |mut socket| {
        let mut before = 0;
        loop {
            let event = socket.event().await;
            let id = event["id"].as_u64().unwrap_or_default();
            assert!(before == 0 || id == before + 1, "{id} came after {before}");
            before = id;
            if event["book"]["id"] == last.as_str() {
                return;
            }
        }
    }))
    .await;
}

#[tokio::test]
async fn an_event_during_the_handshake_does_not_close_the_socket() {
    let gate = Arc::new(Semaphore::new(0));
    let library = Library::own().handshakes_wait_for(Arc::clone(&gate)).start().await;
    let admin = library.admin().await;
    let url = admin.ticket().await;
    let opening = tokio::spawn(async move { Socket::open(&url, None).await });
    connected(&library, 1).await;
    // The connection is listed but not open yet, so this event cannot be sent.
    admin.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    gate.add_permits(1);
    let mut socket = opening.await.expect("no panic").expect("the socket opens");
    admin.adds("Dawn", "Octavia E. Butler").await;
    assert_eq!(socket.event().await["id"], 2);
}

#[tokio::test]
async fn a_page_of_another_origin_gets_no_ticket() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut without_header = admin.clone();
    let token = without_header.access_token.take().unwrap_or_default();
    let request = without_header.ask(Method::POST, "/live/tickets").header("cookie", &format!("__Host-access={token}"));
    request.header("origin", "https://evil.example").await.problem(403, "forbidden");
}
