//! Finding a reader at the desk.

use serde_json::json;
use tests::{Library, PASSWORD, Person, unique};

async fn registers(library: &Library, first: &str, last: &str) -> String {
    let body = json!({"username": unique("reader"), "password": PASSWORD, "firstName": first, "lastName": last});
    let welcome = library.stranger().post("/auth/register", body).await.expect(201);
    welcome.json()["user"]["id"].as_str().unwrap_or_default().to_owned()
}

async fn found(desk: &Person, query: &str) -> Vec<String> {
    let url = reqwest::Url::parse_with_params("http://a/users", [("query", query)]).expect("a URL");
    desk.get(&format!("/users?{}", url.query().unwrap_or_default())).await.expect(200).each("id")
}

#[tokio::test]
async fn dk26_cards_usernames_and_emails_are_found_whole_and_signs_are_signs() {
    let library = Library::own().start().await;
    let (desk, ada) = (library.with_role("assistant").await, library.reader().await);
    desk.put(&format!("/users/{}/card", ada.id), json!({"card": "20410077"})).await.expect(200);
    let username = unique("ada");
    ada.put("/users/me/username", json!({"username": username})).await.expect(200);
    for whole in ["20410077", &username, &username.to_uppercase(), &ada.email, &ada.email.to_uppercase()] {
        assert_eq!(found(&desk, whole).await, std::slice::from_ref(&ada.id), "{whole}");
    }
    ada.patch("/users/me", json!({"firstName": "Ada", "lastName": "Lovelace"})).await.expect(200);
    let half_of_the_email = ada.email.split_once("example").map_or("", |(half, _)| half);
    for nobody in ["2041", "0410077", "*", "\"", "%", "ada*", "?", "' OR 1=1", "#", half_of_the_email, "word#ada"] {
        assert_eq!(found(&desk, nobody).await, [""; 0], "{nobody}");
    }
    assert_eq!(found(&desk, "ada").await, std::slice::from_ref(&ada.id));
    for wrong in ["", "%20", "%00"] {
        desk.get(&format!("/users?query={wrong}")).await.invalid("?query");
    }
    desk.get("/users?query=ada&limit=5").await.invalid("?limit");
    ada.get("/users?query=ada").await.refused(403, "desk-only");
    library.stranger().get("/users?query=ada").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn dk27_every_word_must_begin_a_name_in_any_order() {
    let library = Library::own().start().await;
    let desk = library.admin().await;
    let ada = registers(&library, "Ada", "Lovelace").await;
    let other = registers(&library, "Adam", "King").await;
    let brien = registers(&library, "Éamon", "O’Brien-Smith").await;
    let wang = registers(&library, "小明", "王").await;
    for query in ["Ada Lovelace", "lovelace ada", "Lovelace, Ada", "love", "ADÁ lov", "lovelace  lovelace"] {
        assert_eq!(found(&desk, query).await, *std::slice::from_ref(&ada), "{query}");
    }
    for query in ["Lovelace King", "ovelace", "lovelacex", "ada lovelace king"] {
        assert_eq!(found(&desk, query).await, [] as [String; 0], "{query}");
    }
    assert_eq!(found(&desk, "ADÁ").await, [other, ada.clone()], "in the order of their names");
    for query in ["obrien", "O'Brien", "smith eamon", "brien smith"] {
        let expected = if query == "brien smith" { vec![] } else { vec![brien.clone()] };
        assert_eq!(found(&desk, query).await, expected, "{query}");
    }
    assert_eq!(found(&desk, "王 小").await, [wang]);

    let profile = desk.get("/users?query=lovelace").await.expect(200).json();
    assert_eq!(profile["more"], false);
    assert_eq!(profile["items"][0]["role"], "member", "profiles are whole");
}

#[tokio::test]
async fn dk27_more_than_twenty_are_said_to_be_more() {
    let library = Library::own().start().await;
    let desk = library.admin().await;
    for number in 0..20 {
        registers(&library, "Anna", &format!("Schmidt{}", char::from(b'a' + number))).await;
    }
    for query in ["anna", "schmidt anna"] {
        let page = desk.get(&format!("/users?query={query}").replace(' ', "%20")).await.expect(200);
        assert_eq!((page.each("id").len(), &page.json()["more"]), (20, &json!(false)));
    }
    registers(&library, "Anna", "Schmidtz").await;
    for query in ["anna", "schmidt anna"] {
        let page = desk.get(&format!("/users?query={query}").replace(' ', "%20")).await.expect(200);
        assert_eq!((page.each("id").len(), &page.json()["more"]), (20, &json!(true)));
    }
}

#[tokio::test]
async fn a_user_is_found_by_the_names_that_they_have_now() {
    let library = Library::own().start().await;
    let (desk, reader) = (library.admin().await, library.reader().await);
    reader.patch("/users/me", json!({"firstName": "Ada", "lastName": "Byron"})).await.expect(200);
    reader.patch("/users/me", json!({"lastName": "Lovelace"})).await.expect(200);
    assert_eq!(found(&desk, "byron").await, [""; 0]);
    assert_eq!(found(&desk, "ada byron").await, [""; 0]);
    assert_eq!(found(&desk, "ada lovelace").await, std::slice::from_ref(&reader.id));
    let [old, new] = [unique("countess"), unique("analyst")];
    reader.put("/users/me/username", json!({"username": old})).await.expect(200);
    reader.put("/users/me/username", json!({"username": new})).await.expect(200);
    assert_eq!([found(&desk, "countess").await, found(&desk, "analyst ada").await], [vec![], vec![reader.id.clone()]]);
    reader.patch("/users/me", json!({"firstName": null, "lastName": null})).await.expect(200);
    assert_eq!(found(&desk, "ada").await, [""; 0]);
    desk.delete(&format!("/users/{}", reader.id)).await.expect(204);
    assert_eq!(found(&desk, "analyst").await, [""; 0]);
    let words = library.dynamodb().scan("carrel-accounts").await;
    assert!(words.iter().all(|item| !item["pk"]["S"].as_str().unwrap_or_default().starts_with("word#")), "{words:?}");
}

#[tokio::test]
async fn users_of_earlier_versions_are_found_after_their_items_are_brought_up_to_date() {
    let library = Library::own().start().await;
    let (desk, id) = (library.admin().await, registers(&library, "Ada", "Lovelace").await);
    for item in library.dynamodb().scan("carrel-accounts").await {
        let pk = item["pk"]["S"].as_str().unwrap_or_default();
        let key = json!({"TableName": "carrel-accounts", "Key": {"pk": item["pk"]}});
        if pk.starts_with("word#") || pk.starts_with("card#") {
            library.dynamodb().call("DeleteItem", &key).await;
        } else if pk.starts_with("user#") {
            let mut update = key;
            update["UpdateExpression"] = json!("REMOVE words");
            library.dynamodb().call("UpdateItem", &update).await;
        }
    }
    assert_eq!(found(&desk, "ada").await, [""; 0]);
    let database = library.dynamodb();
    let (endpoint, access_key) = (database.endpoint(), database.access_key());
    assert_eq!(local::refold_at(endpoint, access_key).await.expect("rewritten"), 2, "the words and the username");
    assert_eq!(local::refold_at(endpoint, access_key).await.expect("rewritten"), 0);
    assert_eq!(found(&desk, "ada").await, [id]);
}
