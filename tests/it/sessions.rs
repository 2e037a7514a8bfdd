//! A reader's sessions: the list, and how one or all of them are ended.

use reqwest::Method;
use serde_json::json;
use tests::{Library, PASSWORD, Person, time};

/// Signs a reader in on a device.
async fn signs_in(library: &Library, reader: &Person, device: &str) -> Person {
    let credentials = json!({"email": reader.email, "password": PASSWORD});
    let answer = library.stranger().post("/auth/login", credentials).header("user-agent", device).await.expect(200);
    reader.with_tokens(&answer)
}

#[tokio::test]
async fn a_reader_lists_their_sessions_and_ends_one() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    library.wait(60);
    let phone = signs_in(&library, &reader, "Phone/1.0").await;
    library.wait(60);
    let laptop = signs_in(&library, &reader, "Laptop/2.0").await;
    let list = laptop.get("/auth/sessions").await.expect(200);
    let json = list.json();
    let items = json["items"].as_array().expect("a list");
    assert_eq!(items.len(), 3);
    assert_eq!((items[0]["device"].clone(), items[0]["current"].clone()), (json!("Laptop/2.0"), json!(true)));
    assert_eq!((items[1]["device"].clone(), items[1]["current"].clone()), (json!("Phone/1.0"), json!(false)));
    assert!(time(&items[1]["createdAt"]) < time(&items[0]["createdAt"]));

    let phones = items[1]["id"].as_str().expect("an id");
    // Another reader's session is not found.
    let other = library.reader().await;
    other.delete(&format!("/auth/sessions/{phones}")).await.problem(404, "not-found");
    phone.get("/users/me").await.expect(200);
    laptop.delete(&format!("/auth/sessions/{phones}")).await.expect(204);
    phone.get("/users/me").await.problem(401, "unauthenticated");
    phone.refreshes().await.problem(401, "unauthenticated");
    laptop.delete(&format!("/auth/sessions/{phones}")).await.problem(404, "not-found");
    laptop.delete("/auth/sessions/phone").await.invalid("{sessionId}");
}

#[tokio::test]
async fn signing_out_ends_this_session_the_others_or_all() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [one, two, three] = [
        signs_in(&library, &reader, "one").await,
        signs_in(&library, &reader, "two").await,
        signs_in(&library, &reader, "three").await,
    ];
    let live = async |people: [&Person; 4]| {
        let mut statuses = Vec::new();
        for person in people {
            statuses.push(person.get("/users/me").await.status);
        }
        statuses
    };
    one.ask(Method::POST, "/auth/logout?scope=this").await.expect(200);
    assert_eq!(live([&reader, &one, &two, &three]).await, [200, 401, 200, 200]);
    two.ask(Method::POST, "/auth/logout?scope=others").await.expect(200);
    assert_eq!(live([&reader, &one, &two, &three]).await, [401, 401, 200, 401]);
    let four = signs_in(&library, &reader, "four").await;
    two.ask(Method::POST, "/logout?scope=all").await.expect(200);
    assert_eq!(live([&reader, &one, &two, &four]).await, [401, 401, 401, 401]);
    four.refreshes().await.problem(401, "unauthenticated");
    let five = signs_in(&library, &reader, "five").await;
    five.ask(Method::POST, "/auth/logout?scope=everything").await.invalid("?scope");
    five.get("/users/me").await.expect(200);
}
