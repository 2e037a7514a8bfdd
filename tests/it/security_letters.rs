//! Letters that tell the owner of an account what has happened to it.

use serde_json::json;
use tests::{Library, PASSWORD, Person, unique};

use crate::activity::admin;

/// Returns the subject and the text of the newest letter to a reader.
async fn newest(library: &Library, reader: &Person) -> (String, String) {
    library.finished().await;
    library.letters(&reader.email).await.remove(0)
}

#[tokio::test]
async fn ntf1_a_letter_tells_of_a_new_device_and_of_no_known_one() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let credentials = json!({"email": reader.email, "password": PASSWORD});
    library.login(&reader.email, PASSWORD).await.expect(200);
    assert_eq!(newest(&library, &reader).await.0, "Is this your address?");
    let elsewhere = library.stranger().at("127.0.0.9");
    elsewhere.post("/auth/login", credentials.clone()).header("user-agent", "Thief/1.0").await.expect(200);
    let (subject, text) = newest(&library, &reader).await;
    assert_eq!(subject, "A new device");
    assert!(text.contains("127.0.0.9") && !text.contains("Thief"), "{text}");
    // The address is known from now on.
    elsewhere.post("/auth/login", credentials).header("user-agent", "Thief/1.0").await.expect(200);
    library.finished().await;
    assert_eq!(library.letters(&reader.email).await.len(), 2);
}

#[tokio::test]
async fn ntf1_letters_tell_of_another_username_another_role_and_a_stolen_session() {
    let library = Library::own().start().await;
    let (admin, reader) = (admin(&library).await, library.reader().await);
    reader.put("/users/me/username", json!({"username": unique("jane")})).await.expect(200);
    assert_eq!(newest(&library, &reader).await.0, "Your username was changed");
    let path = format!("/users/{}", reader.id);
    for (role, says) in [
        ("admin", "You are a librarian now"),
        ("assistant", "You are an assistant now"),
        ("member", "You do not work at the desk any more"),
    ] {
        admin.patch(&path, json!({"role": role})).await.expect(200);
        let (subject, text) = newest(&library, &reader).await;
        assert_eq!(subject, says);
        assert!(text.starts_with(says), "{text}");
    }
    // Approval is no role.
    admin.patch(&path, json!({"approved": true})).await.expect(200);
    assert_eq!(library.letters(&reader.email).await.len(), 5);
    reader.refreshes().await.expect(200);
    reader.at("127.0.0.9").refreshes().await.expect(401);
    assert_eq!(newest(&library, &reader).await.0, "A device was signed out");
    let kinds = admin.get("/activity?limit=100").await.expect(200).each("type");
    for kind in ["user.renamed", "user.roleChanged", "user.sessionStolen"] {
        assert!(kinds.iter().any(|logged| logged == kind), "{kind} is not in the log: {kinds:?}");
    }
}

#[tokio::test]
async fn ntf1_no_such_letter_goes_to_an_address_that_nobody_has_confirmed() {
    let library = Library::own().start().await;
    let newcomer = library.newcomer().await;
    newcomer.put("/users/me/username", json!({"username": unique("jane")})).await.expect(200);
    library.finished().await;
    let letters = library.letters(&newcomer.email).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
}
