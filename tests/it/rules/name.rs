//! What the library is called, on its pages and in its letters.

use reqwest::Client;
use serde_json::json;
use tests::Library;

use super::rule;

#[tokio::test]
async fn pages_and_letters_name_the_library_as_its_rules_do() {
    let library = Library::own().standing_clock().start().await;
    let page = async || {
        let answer = Client::new().get(library.local().site()).send().await.expect("an answer");
        answer.text().await.expect("text")
    };
    let before = page().await;
    assert!(before.contains("<title>Carrel</title>") && before.contains(r#"carrel-zone" content="UTC""#), "{before}");
    let name = "Müller's \"Haus\" & more";
    rule(&library, &library.admin().await, &json!({"name": name, "timeZone": "Europe/Berlin"})).await;
    let after = page().await;
    assert!(after.contains("<title>Müller&#39;s &#34;Haus&#34; &#38; more</title>"), "{after}");
    assert!(after.contains(r#"carrel-zone" content="Europe/Berlin""#), "{after}");
    let reader = library.newcomer().await;
    let letters = library.mails(&reader.email).await;
    let letter = letters.last().expect("a letter");
    assert!(letter.text.contains(&format!("The people at {name}\n")), "{}", letter.text);
    let escaped = "Müller&#39;s &#34;Haus&#34; &#38; more";
    assert!(letter.html.contains(escaped) && !letter.html.contains(name), "{}", letter.html);
}

#[tokio::test]
async fn the_rules_keep_what_the_library_says_of_itself() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let about = json!({"name": " Linden Street Library ", "address": ["12 Linden Street", "10969 Springfield"],
        "contact": {"email": "Library@Example.com", "phone": "+49 30 1234567"}, "language": "de-AT",
        "letters": {"ready": true, "dueSoon": false, "overdue": true}, "overdueDays": [7, 14]});
    rule(&library, &admin, &about).await;
    let shown = library.stranger().get("/rules").await.expect(200).json();
    let expected = json!({"name": "Linden Street Library", "address": ["12 Linden Street", "10969 Springfield"],
        "contact": {"email": "library@example.com", "phone": "+49 30 1234567"}, "language": "de",
        "letters": {"ready": true, "dueSoon": false, "overdue": true}, "overdueDays": [7, 14]});
    for (field, value) in expected.as_object().into_iter().flatten() {
        assert_eq!(shown[field], *value, "{field}");
    }
}
