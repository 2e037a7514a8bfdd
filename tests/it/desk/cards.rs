//! Readers' cards: names to sign in with, and codes of the desk.

use std::future::IntoFuture;

use serde_json::{Value, json};
use tests::{Answer, Library, PASSWORD, Person, Request, unique};

const YEAR: i64 = 365 * 24 * 60 * 60;

fn gives(desk: &Person, user: &str, card: &str) -> Request {
    desk.put(&format!("/users/{user}/card"), json!({"card": card}))
}

async fn signs_in(library: &Library, name: &str) -> Answer {
    library.stranger().post("/auth/login", json!({"username": name, "password": PASSWORD})).await
}

async fn registers(library: &Library, username: &str) -> Answer {
    library.stranger().post("/auth/register", json!({"username": username, "password": PASSWORD})).await
}

/// Returns the ids of those whom the desk finds.
async fn found(desk: &Person, query: &str) -> Vec<String> {
    desk.get(&format!("/users?query={}", query.replace(' ', "%20"))).await.expect(200).each("id")
}

#[tokio::test]
async fn dk22_a_card_and_a_username_never_read_the_same() {
    let library = Library::own().start().await;
    let (desk, ada) = (library.with_role("assistant").await, library.reader().await);
    registers(&library, "bob20410077").await.expect(201);
    gives(&desk, &ada.id, "BOB20410077").await.refused(409, "card-taken");
    gives(&desk, &ada.id, "bob-2041 0077").await.refused(409, "card-taken");
    gives(&desk, &ada.id, "A20410078").await.expect(200);
    for name in ["a20410078", "A2041-0078", "a-20410078"] {
        registers(&library, name).await.refused(409, "username-taken");
        ada.put("/users/me/username", json!({"username": name})).await.refused(409, "username-taken");
    }
    registers(&library, "20410079").await.invalid("/username");
    // A username that is given up can be a card.
    let welcome = registers(&library, "carl7777").await.expect(201);
    let carl = library.stranger().with_tokens(&welcome);
    carl.put("/users/me/username", json!({"username": "carl"})).await.expect(200);
    gives(&desk, &ada.id, "CARL7777").await.expect(200);
    assert_eq!(found(&desk, "carl7777").await, std::slice::from_ref(&ada.id));
}

#[tokio::test]
async fn dk22_a_number_that_older_rules_took_for_a_username_is_no_card() {
    let library = Library::own().start().await;
    let (desk, ada) = (library.admin().await, library.reader().await);
    registers(&library, "x20410077").await.expect(201);
    let items = library.dynamodb().scan("carrel-accounts").await;
    let mut login = items.into_iter().find(|item| item["pk"]["S"] == "login#x20410077").expect("a login");
    login["pk"] = json!({"S": "login#20410077"});
    library.dynamodb().call("PutItem", &json!({"TableName": "carrel-accounts", "Item": login})).await;
    signs_in(&library, "20410077").await.expect(200);
    gives(&desk, &ada.id, "20410077").await.refused(409, "card-taken");
}

#[tokio::test]
async fn dk22_a_card_and_a_username_at_once_are_one() {
    let library = Library::own().start().await;
    let (desk, ada) = (library.admin().await, library.reader().await);
    for number in 0..10 {
        let name = format!("grace{number}");
        let give = gives(&desk, &ada.id, &name).into_future();
        let (given, registered) = tokio::join!(give, registers(&library, &name));
        let mut statuses = [given.status, registered.status];
        statuses.sort_unstable();
        let is_given = given.status == 200;
        assert_eq!(statuses, if is_given { [200, 409] } else { [201, 409] }, "{given:?} {registered:?}");
    }
}

#[tokio::test]
async fn dk23_a_card_and_a_barcode_are_never_the_same() {
    let library = Library::own().start().await;
    let (desk, ada) = (library.admin().await, library.reader().await);
    let book = desk.adds("Kindred", "Octavia E. Butler").await;
    desk.ask(reqwest::Method::PUT, &format!("/books/{book}/barcodes/123456")).await.expect(204);
    gives(&desk, &ada.id, "123456").await.refused(409, "barcode-taken");
    gives(&desk, &ada.id, "123457").await.expect(200);
    let barcode = |code: &str| desk.ask(reqwest::Method::PUT, &format!("/books/{book}/barcodes/{code}"));
    barcode("123457").await.refused(409, "card-taken");
    for number in ["9780807083697", "978-0-8070-8369-7", "2900000000018"] {
        gives(&desk, &ada.id, number).await.invalid("/card");
    }
    for number in 20..25 {
        let code = format!("5000{number}");
        let (given, labelled) = tokio::join!(gives(&desk, &ada.id, &code).into_future(), barcode(&code).into_future());
        assert_eq!([given.status, labelled.status].iter().filter(|status| **status == 409).count(), 1, "{code}");
    }
}

#[tokio::test]
async fn dk24_an_old_card_opens_nothing_and_its_number_rests_for_a_year() {
    let library = Library::own().standing_clock().start().await;
    let (desk, ada, bob) = (library.admin().await, library.reader().await, library.reader().await);
    let book = desk.adds("Kindred", "Octavia E. Butler").await;
    gives(&desk, &ada.id, "20410077").await.expect(200);
    let loan = ada.reserves(&book).await.expect(201).string("id");
    desk.steps(&loan, "checkout").await.expect(200);
    library.wait(24 * 60 * 60);
    let (desk, ada) = (library.signs_in(&desk).await, library.signs_in(&ada).await);
    assert_eq!(found(&desk, "20410077").await, std::slice::from_ref(&ada.id));
    gives(&desk, &ada.id, "20410078").await.expect(200);
    // At once: what is out stays the person's, and the old number is nobody's.
    assert_eq!(found(&desk, "20410077").await, [""; 0]);
    assert_eq!(found(&desk, "20410078").await, std::slice::from_ref(&ada.id));
    signs_in(&library, "20410077").await.refused(401, "wrong-credentials");
    signs_in(&library, "20410078").await.expect(200);
    assert_eq!(ada.get("/reservations").await.expect(200).each("id"), [loan]);
    let barcode = desk.ask(reqwest::Method::PUT, &format!("/books/{book}/barcodes/20410077"));
    barcode.await.refused(409, "card-taken");
    gives(&desk, &bob.id, "20410077").await.refused(409, "card-taken");
    registers(&library, "x20410077").await.expect(201);
    library.wait(24 * 60 * 60);
    let desk = library.signs_in(&desk).await;
    desk.delete(&format!("/users/{}/card", ada.id)).await.expect(204);
    desk.delete(&format!("/users/{}/card", ada.id)).await.expect(204);
    signs_in(&library, "20410078").await.refused(401, "wrong-credentials");
    assert!(desk.get(&format!("/users/{}", ada.id)).await.expect(200).json().get("card").is_none());
    library.wait(YEAR);
    let desk = library.signs_in(&desk).await;
    gives(&desk, &bob.id, "20410077").await.expect(200);
}

#[tokio::test]
async fn dk24_a_slip_at_the_desk_is_mended_at_once() {
    let library = Library::own().start().await;
    let (desk, ada, bob) = (library.admin().await, library.reader().await, library.reader().await);
    gives(&desk, &ada.id, "20410078").await.expect(200);
    gives(&desk, &bob.id, "20410078").await.refused(409, "card-taken");
    gives(&desk, &ada.id, "20410077").await.expect(200);
    gives(&desk, &bob.id, "20410078").await.expect(200);
    assert_eq!([found(&desk, "20410077").await, found(&desk, "20410078").await], [[ada.id], [bob.id]]);
}

#[tokio::test]
async fn dk25_a_card_is_text_in_every_spelling() {
    let library = Library::own().start().await;
    let (desk, ada) = (library.admin().await, library.reader().await);
    for wrong in
        [json!(41), json!("41"), json!(null), json!(""), json!("card"), json!("2041/77"), json!("1".repeat(33))]
    {
        desk.put(&format!("/users/{}/card", ada.id), json!({"card": wrong})).await.invalid("/card");
    }
    for (given, stored, typed) in [
        ("2041 0077", "20410077", ["2041 0077", "2041-0077", "20410077 "]),
        ("0041", "0041", ["0041", " 0041", "00-41"]),
        ("a20x7", "A20X7", ["A20X7", "a20x7", "A 20X7 "]),
    ] {
        let changed = gives(&desk, &ada.id, given).await.expect(200);
        assert_eq!(changed.string("card"), stored);
        assert_eq!(
            gives(&desk, &ada.id, typed[1]).await.expect(200).json(),
            changed.json(),
            "the same card changes nothing"
        );
        for typed in typed {
            signs_in(&library, typed).await.expect(200);
            assert_eq!(found(&desk, typed).await, std::slice::from_ref(&ada.id), "{typed}");
        }
    }
    signs_in(&library, "41").await.refused(401, "wrong-credentials");
    assert_eq!(ada.get("/users/me").await.expect(200).string("card"), "A20X7");
    let other = library.reader().await;
    assert!(other.get(&format!("/users/{}", ada.id)).await.expect(200).json().get("card").is_none());
    gives(&other, &ada.id, "5555").await.refused(403, "desk-only");
    gives(&desk, "0192f3a4-5b6c-7d8e-9f01-23456789abcd", "5555").await.refused(404, "no-such-user");
}

#[tokio::test]
async fn a_card_leads_to_its_reader_whatever_their_names_become() {
    let library = Library::own().start().await;
    let desk = library.admin().await;
    let welcome = registers(&library, &unique("ada")).await.expect(201);
    let id = welcome.json()["user"]["id"].as_str().unwrap_or_default().to_owned();
    let ada = library.stranger().with_tokens(&welcome);
    gives(&desk, &id, "20410077").await.expect(200);
    signs_in(&library, "20410077").await.expect(200);
    ada.put("/users/me/username", json!({"username": unique("augusta")})).await.expect(200);
    signs_in(&library, "20410077").await.expect(200);
    let new = "another horse battery";
    ada.put("/auth/password", json!({"currentPassword": PASSWORD, "newPassword": new})).await.expect(200);
    signs_in(&library, "20410077").await.refused(401, "wrong-credentials");
    let login = json!({"username": "20410077", "password": new});
    library.stranger().post("/auth/login", login.clone()).await.expect(200);
    // A librarian gives themselves a card as well.
    let own = desk.get("/users/me").await.expect(200).string("id");
    gives(&desk, &own, "77777777").await.expect(200);
    desk.patch(&format!("/users/{own}"), json!({"approved": true, "group": "staff"})).await.expect(200);
    // Who is gone has no card, and leaves nothing behind but the number.
    desk.delete(&format!("/users/{id}")).await.expect(204);
    library.stranger().post("/auth/login", login).await.refused(401, "wrong-credentials");
    for table in ["carrel-accounts", "carrel-sessions", "carrel-library"] {
        let left: Vec<Value> = library.dynamodb().scan(table).await;
        let left: Vec<_> = left.into_iter().filter(|item| item.to_string().contains(&id)).collect();
        assert_eq!(left, [json!(null); 0]);
    }
}

#[tokio::test]
async fn guesses_at_a_card_wait_as_guesses_at_its_name_do() {
    let library = Library::own().standing_clock().start().await;
    let (desk, ada) = (library.admin().await, library.reader().await);
    gives(&desk, &ada.id, "20410077").await.expect(200);
    let guess = |name: &str| {
        library.stranger().at("127.0.0.9").post("/auth/login", json!({"username": name, "password": "a wrong one"}))
    };
    for (known, unknown) in [("20410077", "30410077"), ("2041-0077", "3041-0077"), ("2041 0077", "3041 0077")] {
        for _ in 0..2 {
            assert_eq!(guess(known).await.status, guess(unknown).await.status);
        }
    }
    assert_eq!([guess("2041007 7").await.status, guess("3041007 7").await.status], [429, 429]);
}
