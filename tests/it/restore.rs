//! The runbook for a restore: docs/operations.md.

use local::copy_table::{Copied, Options, copy};
use serde_json::{Value, json};
use tests::{Library, PASSWORD};

/// Restores a table beside the live one, as DynamoDB does from a backup: without indexes, stream and TTL.
async fn restored(library: &Library, table: &str) {
    let database = library.dynamodb();
    let described = database.call("DescribeTable", &json!({"TableName": table})).await;
    let keys = described["Table"]["KeySchema"].clone();
    let names = keys.as_array().into_iter().flatten().map(|key| key["AttributeName"].clone());
    let attributes: Vec<Value> = names.map(|name| json!({"AttributeName": name, "AttributeType": "S"})).collect();
    let target = format!("{table}-restored");
    let create = json!({"TableName": target, "KeySchema": keys, "AttributeDefinitions": attributes,
        "BillingMode": "PAY_PER_REQUEST"});
    database.call("CreateTable", &create).await;
    for item in database.scan(table).await {
        database.call("PutItem", &json!({"TableName": target, "Item": item})).await;
    }
}

/// Runs the runbook's command for a table.
async fn copied_back(library: &Library, table: &str, change: impl Fn(&mut Options)) -> Copied {
    let mut options = Options {
        from: format!("{table}-restored"),
        to: table.to_owned(),
        keys: String::new(),
        overwrite: false,
        dry_run: false,
        endpoint: Some(library.dynamodb().endpoint().to_owned()),
        access_key: library.dynamodb().access_key().to_owned(),
    };
    change(&mut options);
    copy(&options).await.unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn aw14_what_was_lost_comes_back_from_a_restored_table_and_nothing_else_changes() {
    let library = Library::own().start().await;
    let (owner, stranger) = (library.reader().await, library.stranger());
    let (lost, kept) =
        (owner.adds("Kindred", "Octavia E. Butler").await, owner.adds("Fledgling", "Octavia E. Butler").await);
    restored(&library, "carrel-library").await;
    owner.delete(&format!("/books/{lost}")).await.expect(204);
    owner.patch(&format!("/books/{kept}"), json!({"pages": 310})).await.expect(200);

    let counted = copied_back(&library, "carrel-library", |options| options.dry_run = true).await;
    stranger.get(&format!("/books/{lost}")).await.expect(404);
    assert_eq!(copied_back(&library, "carrel-library", |_| ()).await, counted);
    stranger.get(&format!("/books/{lost}")).await.expect(200);
    assert_eq!(stranger.get("/books?title=kindred").await.expect(200).each("id"), [lost.as_str()]);
    assert_eq!(stranger.get(&format!("/books/{kept}")).await.expect(200).json()["pages"], 310);

    // Once more changes nothing; over what is there only on request, and only these keys.
    assert_eq!(copied_back(&library, "carrel-library", |_| ()).await.copied, 0);
    let only = |options: &mut Options| {
        options.overwrite = true;
        options.keys = format!("book#{kept}");
    };
    assert_eq!(copied_back(&library, "carrel-library", only).await, Copied { copied: 1, there: 0 });
    assert_eq!(stranger.get(&format!("/books/{kept}")).await.expect(200).json()["pages"], Value::Null);
}

#[tokio::test]
async fn aw14_a_deleted_account_comes_back_from_tables_of_the_same_second() {
    let library = Library::own().start().await;
    let (owner, reader) = (library.reader().await, library.reader().await);
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    reader.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    library.local().drained().await;
    let tables = ["carrel-accounts", "carrel-sessions", "carrel-library"];
    for table in tables {
        restored(&library, table).await;
    }
    reader.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    library.local().drained().await;
    library.login(&reader.email, PASSWORD).await.expect(401);

    for table in tables {
        copied_back(&library, table, |_| ()).await;
    }
    let reader = library.signs_in(&reader).await;
    assert_eq!(reader.get("/favorites").await.expect(200).each("id"), [book]);
}
