//! `GET /activity`: the activity log, as librarians read it.

use serde_json::{Value, json};
use shared::runtime::app::Settings;
use tests::{Library, Person};

/// Returns the whole log as a librarian reads it, oldest row first.
pub(crate) async fn log(admin: &Person, filter: &str) -> Vec<Value> {
    let (mut path, mut rows) = (format!("/activity?limit=100{filter}"), Vec::new());
    loop {
        let page = admin.get(&path).await.expect(200);
        rows.extend(page.json()["items"].as_array().expect("a list").iter().cloned());
        let Some(cursor) = page.json()["nextCursor"].as_str().map(ToOwned::to_owned) else { break };
        path = format!("/activity?limit=100{filter}&cursor={cursor}");
    }
    rows.reverse();
    rows
}

fn types(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["type"].as_str().unwrap_or_default()).collect()
}

/// Signs in as the administrator, and fills in the id.
pub(crate) async fn admin(library: &Library) -> Person {
    let mut admin = library.admin().await;
    admin.id = admin.get("/users/me").await.expect(200).string("id");
    admin
}

#[tokio::test]
async fn reads_are_not_logged() {
    let library = Library::own().start().await;
    let admin = admin(&library).await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    let before = log(&admin, "").await;
    for path in [
        "/books",
        &format!("/books/{book}"),
        "/favorites",
        "/reservations",
        "/users",
        "/users/me",
        "/events",
        "/activity",
    ] {
        admin.get(path).await.expect(200);
    }
    library.stranger().get("/books").await.expect(200);
    library.stranger().get("/users/me").await.problem(401, "unauthenticated");
    library.local().drained().await;
    assert_eq!(log(&admin, "").await, before);
}

#[tokio::test]
async fn librarians_read_the_log_by_user_and_by_time_in_pages() {
    let library = Library::own().standing_clock().start().await;
    let admin = admin(&library).await;
    let [one, other] = [library.reader().await, library.reader().await];
    for number in 0..12 {
        library.wait(1);
        one.adds(&format!("Volume {number}"), "A").await;
        other.adds(&format!("Volume {number}"), "A").await;
    }
    library.local().drained().await;
    let all = log(&admin, "").await;
    assert_eq!(all.len(), 2 + 2 + 24, "{:?}", types(&all));
    let ones = log(&admin, &format!("&user={}", one.id)).await;
    assert!(ones.len() == 13 && ones.iter().all(|row| row["actor"] == one.id.as_str()), "{ones:?}");

    let after = ones[6]["time"].as_str().unwrap_or_default();
    let later = log(&admin, &format!("&after={after}")).await;
    assert_eq!(later.len(), 12, "the rows after it, without itself");
    assert_eq!(log(&admin, &format!("&user={}&after={after}", one.id)).await, ones[7..]);
    assert!(log(&admin, "&after=2100-01-01T00:00:00Z").await.is_empty());
    assert_eq!(log(&admin, "&after=1970-01-01T00:00:00Z").await, all);
    let of_unknown_user = log(&admin, "&user=0192f3a4-5b6c-7d8e-9f01-23456789abcd").await;
    assert!(of_unknown_user.is_empty());

    for filter in [String::new(), format!("&user={}", one.id), format!("&after={after}")] {
        let whole = log(&admin, &filter).await;
        let (mut path, mut rows) = (format!("/activity?limit=5{filter}"), Vec::new());
        loop {
            let page = admin.get(&path).await.expect(200);
            rows.extend(page.json()["items"].as_array().expect("a list").iter().cloned());
            let Some(cursor) = page.json()["nextCursor"].as_str().map(ToOwned::to_owned) else { break };
            let (start, rest) = page.header("link").split_once(">;").expect("a link");
            assert!(rest == " rel=\"next\"" && start.ends_with(&format!("cursor={cursor}")), "{start}");
            path = start.trim_start_matches("</v1").to_owned();
        }
        rows.reverse();
        assert_eq!(rows, whole, "{filter}");
    }
}

#[tokio::test]
async fn in2_a_cursor_of_the_log_is_valid_only_with_its_filter() {
    let library = Library::own().start().await;
    let admin = admin(&library).await;
    let reader = library.reader().await;
    reader.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    let cursor = admin.get("/activity?limit=1").await.expect(200).string("nextCursor");
    let of_user = admin.get(&format!("/activity?limit=1&user={}", reader.id)).await.expect(200).string("nextCursor");
    admin.get(&format!("/activity?limit=2&cursor={cursor}")).await.expect(200);
    for foreign in [
        format!("/activity?user={}&cursor={cursor}", reader.id),
        format!("/activity?after=2026-01-01T00:00:00Z&cursor={cursor}"),
        format!("/activity?cursor={of_user}"),
        format!("/activity?user={}&cursor={of_user}", admin.id),
        format!("/favorites?cursor={cursor}"),
    ] {
        admin.get(&foreign).await.invalid("?cursor");
    }
    for at in 0..cursor.len() {
        let mut changed = cursor.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        admin.get(&format!("/activity?cursor={changed}")).await.invalid("?cursor");
    }
}

#[tokio::test]
async fn only_librarians_read_the_log_and_invalid_queries_are_refused() {
    let library = Library::start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    reader.get("/activity").await.problem(403, "forbidden");
    reader.get(&format!("/activity?user={}", reader.id)).await.problem(403, "forbidden");
    library.stranger().get("/activity").await.problem(401, "unauthenticated");
    for (query, pointer) in [
        ("user=jane", "?user"),
        ("user=", "?user"),
        ("after=yesterday", "?after"),
        ("after=2026-11-20", "?after"),
        ("after=17", "?after"),
        ("limit=0", "?limit"),
        ("limit=101", "?limit"),
        ("cursor=x", "?cursor"),
        ("before=2026-11-20T00:00:00Z", "?before"),
    ] {
        admin.get(&format!("/activity?{query}")).await.invalid(pointer);
    }
}

#[tokio::test]
async fn a_row_leaves_the_log_after_the_time_in_the_settings() {
    const HOUR: i64 = 60 * 60;
    let two_days = |settings: &mut Settings| settings.activity_retention = jiff::SignedDuration::from_hours(48);
    let library = Library::own().standing_clock().settings(two_days).start().await;
    let reader = library.reader().await;
    library.wait(24 * HOUR);
    let reader = library.signs_in(&reader).await;
    library.wait(1);
    reader.patch("/users/me", json!({"firstName": "Jane"})).await.expect(200);
    let seen = async || {
        library.local().drained().await;
        let admin = library.admin().await;
        let rows = log(&admin, &format!("&user={}", reader.id)).await;
        let all =
            log(&admin, "").await.into_iter().filter(|row| row["actor"] == reader.id.as_str()).collect::<Vec<_>>();
        assert_eq!(rows, all);
        types(&rows).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    library.wait(24 * HOUR - 2);
    assert_eq!(seen().await, ["user.registered", "user.signedIn", "user.changed"]);
    library.wait(1);
    assert_eq!(seen().await, ["user.signedIn", "user.changed"]);
    library.wait(24 * HOUR + 1);
    assert_eq!(seen().await, [""; 0]);
}

#[tokio::test]
async fn the_log_spans_several_months() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    for _ in 0..3 {
        library.wait(20 * 24 * 60 * 60);
        library.signs_in(&reader).await;
    }
    library.local().drained().await;
    let admin = library.admin().await;
    let rows = log(&admin, "").await;
    let readers: Vec<_> = rows.into_iter().filter(|row| row["actor"] == reader.id.as_str()).collect();
    assert_eq!(types(&readers), ["user.registered", "user.signedIn", "user.signedIn", "user.signedIn"]);
    let mut cursor = String::new();
    let mut pages = Vec::new();
    loop {
        let page = admin.get(&format!("/activity?limit=1{cursor}")).await.expect(200);
        pages.extend(page.each("id"));
        let Some(next) = page.json()["nextCursor"].as_str().map(ToOwned::to_owned) else { break };
        cursor = format!("&cursor={next}");
    }
    pages.dedup();
    assert!(pages.len() >= 5, "one row a page, over three months: {pages:?}");
    assert!(readers.iter().all(|row| pages.contains(&row["id"].as_str().unwrap_or_default().to_owned())));
}
