//! The embedded database, through its own interface.

use std::fs;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;
use crate::folder::tests::Scratch;
use crate::template::Template;

/// A table with indexes, a stream and TTL.
fn table() -> Table {
    let text = "
Resources:
  ThingsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: other, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - {IndexName: by-other, KeySchema: [{AttributeName: other, KeyType: HASH}], Projection: {ProjectionType: ALL}}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      TimeToLiveSpecification: {AttributeName: expiresAt, Enabled: true}";
    Template::read(text).expect("the template is right").tables.remove(0)
}

fn start(folder: &Path) -> Result<Database> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::io("a port"))?;
    Database::start(listener, &Data::Folder(folder.to_owned()), &[table()])
}

fn engine(file: &Path) -> dynoxide::Database {
    dynoxide::Database::new(&file.to_string_lossy()).expect("it is a database")
}

/// The year 2100. A running database sweeps expired items.
const NOT_SOON: i64 = 4_102_444_800;

fn put(engine: &dynoxide::Database, pk: &str, expires_at: i64) {
    let item = json!({"pk": {"S": pk}, "expiresAt": {"N": expires_at.to_string()}});
    let request = json!({"TableName": "carrel-things", "Item": item});
    engine.put_item(serde_json::from_value(request).expect("it is a request")).expect("it is put");
}

fn has(engine: &dynoxide::Database, pk: &str) -> bool {
    let request = json!({"TableName": "carrel-things", "Key": {"pk": {"S": pk}}});
    let found = engine.get_item(serde_json::from_value(request).expect("it is a request")).expect("it is read");
    serde_json::to_value(found).expect("it is JSON").get("Item").is_some_and(Value::is_object)
}

#[test]
fn a_second_start_on_the_same_folder_fails_until_the_first_has_stopped() {
    let scratch = Scratch::new();
    let first = start(&scratch.0).expect("the folder is free");
    assert!(matches!(start(&scratch.0), Err(Error::FolderInUse(folder)) if folder == scratch.0));
    first.stop();
    start(&scratch.0).expect("the folder is free again").stop();
}

#[test]
fn a_written_item_is_there_after_a_kill() {
    let (scratch, killed) = (Scratch::new(), Scratch::new());
    start(&scratch.0).expect("the folder is free").stop();
    let engine = engine(&scratch.0.join("dynamodb.sqlite"));
    put(&engine, "a", NOT_SOON);
    // A killed process leaves its files as they are while it still has them open, the write-ahead log among them.
    fs::create_dir(&killed.0).expect("the folder is new");
    for file in fs::read_dir(&scratch.0).expect("the folder is there") {
        let file = file.expect("the file is there");
        fs::copy(file.path(), killed.0.join(file.file_name())).expect("it can be copied");
    }
    start(&killed.0).expect("nothing is damaged").stop();
    assert!(has(&self::engine(&killed.0.join("dynamodb.sqlite")), "a"));
}

#[test]
fn a_folder_with_other_tables_is_refused_by_name() {
    let scratch = Scratch::new();
    start(&scratch.0).expect("the folder is free").stop();
    let refused = |change: fn(&mut Value)| {
        let mut table = table();
        change(&mut table.create);
        let engine = engine(&scratch.0.join("dynamodb.sqlite"));
        tables::create(&engine, &[table], Some(&scratch.0)).err().map(|error| error.to_string())
    };
    assert_eq!(refused(|_| {}), None);
    let told =
        refused(|create| create["GlobalSecondaryIndexes"][0]["Projection"]["ProjectionType"] = json!("KEYS_ONLY"));
    let expected = format!(
        "{} was made by an older version: the GlobalSecondaryIndexes of the table carrel-things has changed since. \
         Remove the folder to start anew, or choose another with --data <DIR>",
        scratch.0.display()
    );
    assert_eq!(told, Some(expected));
    assert!(refused(|create| create["KeySchema"][0]["AttributeName"] = json!("other")).is_some());
    assert!(refused(|create| create["StreamSpecification"]["StreamViewType"] = json!("KEYS_ONLY")).is_some());
}

#[test]
fn expired_items_are_swept() {
    let engine = Engine::open(&Data::Memory).expect("it is made");
    tables::create(&engine.database, &[table()], None).expect("the table is made");
    let now = jiff::Timestamp::now().as_second();
    put(&engine.database, "old", now - 60);
    put(&engine.database, "new", now + 3600);
    engine.sweep().expect("it is swept");
    assert!(!has(&engine.database, "old") && has(&engine.database, "new"));
}

/// The indexes and the trimming depend on a private table of dynoxide. If this fails after an upgrade, compare
/// `next_stream_sequence_number` in its `storage.rs` with `database/streams.rs`.
#[test]
fn the_stream_table_of_dynoxide_has_not_changed() {
    let scratch = Scratch::new();
    start(&scratch.0).expect("the folder is free").stop();
    let file = scratch.0.join("dynamodb.sqlite");
    let engine = engine(&file);
    put(&engine, "a", NOT_SOON);

    let connection = rusqlite::Connection::open(&file).expect("it opens");
    let columns = "SELECT group_concat(name || ' ' || type, ', ') FROM pragma_table_info('_stream_records')";
    let columns: String = connection.query_row(columns, [], |row| row.get(0)).expect("the table is there");
    assert_eq!(
        columns,
        "id INTEGER, table_name TEXT, event_name TEXT, keys_json TEXT, new_image TEXT, old_image TEXT, \
         sequence_number TEXT, shard_id TEXT, created_at INTEGER, user_identity TEXT, event_id TEXT"
    );
    let record = "SELECT count(*), max(created_at) FROM _stream_records WHERE table_name = 'carrel-things'";
    let (records, created): (i64, i64) =
        connection.query_row(record, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("a record");
    assert_eq!(records, 1);
    assert!((jiff::Timestamp::now().as_second() - created).abs() < 60, "the time is in seconds");

    let plans_use_the_indexes_of = |connection: &rusqlite::Connection| {
        let next = "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1
                    FROM _stream_records WHERE table_name = 'carrel-things'";
        let read = "SELECT event_name FROM _stream_records
                    WHERE table_name = 'carrel-things' AND shard_id = 'shard' AND CAST(sequence_number AS INTEGER) > 1
                    ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 100";
        for (query, index) in [(next, "carrel_stream_by_table"), (read, "carrel_stream_by_shard")] {
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).expect("it is a query");
            let steps = plan.query_map([], |row| row.get(3)).expect("it has a plan");
            let steps: Vec<String> = steps.collect::<Result<_, _>>().expect("a plan is text");
            assert!(steps.len() == 1 && steps[0].contains(index), "{steps:?}");
        }
    };
    plans_use_the_indexes_of(&connection);

    let memory = "file:carrel-of-a-test?mode=memory&cache=shared";
    let _engine = dynoxide::Database::new(memory).expect("it is made");
    streams::prepare(Path::new(memory)).expect("it can be reached");
    plans_use_the_indexes_of(&rusqlite::Connection::open(memory).expect("it opens"));
}

#[test]
fn databases_in_memory_are_separate() {
    let start = || {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        Database::start(listener, &Data::Memory, &[table()]).expect("it starts")
    };
    let (one, other) = (start(), start());
    put(&one.engine().database, "a", NOT_SOON);
    assert!(has(&one.engine().database, "a") && !has(&other.engine().database, "a"));
    one.stop();
    other.stop();
    assert!(!Path::new("file:").exists());
}

#[test]
fn old_stream_records_are_removed_and_new_ones_stay() {
    let scratch = Scratch::new();
    start(&scratch.0).expect("the folder is free").stop();
    let file = scratch.0.join("dynamodb.sqlite");
    let engine = engine(&file);
    (0..5).for_each(|number| put(&engine, &number.to_string(), NOT_SOON));
    let connection = rusqlite::Connection::open(&file).expect("it opens");
    connection
        .execute("UPDATE _stream_records SET created_at = created_at - 90000 WHERE id <= 3", [])
        .expect("they age");
    streams::trim(&file).expect("it is trimmed");
    let left = || -> i64 {
        connection.query_row("SELECT count(*) FROM _stream_records", [], |row| row.get(0)).expect("a number")
    };
    assert_eq!(left(), 2);
    // The newest stays at any age: the next sequence number is counted from it.
    connection.execute("UPDATE _stream_records SET created_at = created_at - 90000", []).expect("they age");
    streams::trim(&file).expect("it is trimmed");
    assert_eq!(left(), 1);
}

/// Calls an operation as the SDK does. The signature is not checked.
async fn call(router: &Router, operation: &str, request: Value) -> (StatusCode, Value) {
    let request = Request::post("/")
        .header("host", "127.0.0.1")
        .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
        .header("authorization", "AWS4-HMAC-SHA256 Credential=the-key/20260101/eu-central-1/dynamodb/aws4_request")
        .body(Body::from(request.to_string()))
        .expect("it is a request");
    let answer = router.clone().oneshot(request).await.expect("it answers");
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.expect("it has a body");
    (status, serde_json::from_slice(&body).expect("it is JSON"))
}

fn served(folder: &Path) -> Router {
    let engine = Engine::open(&Data::Folder(folder.to_owned())).expect("the folder is free");
    tables::create(&engine.database, &[table()], None).expect("the table is made");
    server::router(engine, "the-key".into()).expect("it can be read")
}

#[tokio::test]
async fn who_reads_does_not_wait_for_who_writes() {
    let scratch = Scratch::new();
    let router = served(&scratch.0);
    let item = |pk: &str| json!({"TableName": "carrel-things", "Item": {"pk": {"S": pk}}});
    let key = |pk: &str| json!({"TableName": "carrel-things", "Key": {"pk": {"S": pk}}});
    assert_eq!(call(&router, "PutItem", item("there")).await.0, StatusCode::OK);

    // Somebody else writes, for as long as this is open.
    let other = rusqlite::Connection::open(scratch.0.join("dynamodb.sqlite")).expect("it opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
    let writer = router.clone();
    let writing = tokio::spawn(async move { call(&writer, "PutItem", item("new")).await });
    tokio::task::yield_now().await;
    let (status, found) = call(&router, "GetItem", key("there")).await;
    assert_eq!((status, &found["Item"]["pk"]["S"]), (StatusCode::OK, &json!("there")));
    assert_eq!(call(&router, "GetItem", key("new")).await, (StatusCode::OK, json!({})));
    assert!(!writing.is_finished());

    other.execute_batch("COMMIT").expect("it ends");
    assert_eq!(writing.await.expect("it does not panic").0, StatusCode::OK);
    assert_eq!(call(&router, "GetItem", key("new")).await.1["Item"]["pk"]["S"], json!("new"));
}

#[tokio::test]
async fn who_reads_sees_that_a_table_was_made_anew() {
    let scratch = Scratch::new();
    let router = served(&scratch.0);
    let other_key = json!({"TableName": "carrel-things", "Key": {"other": {"S": "a"}}});
    assert_eq!(call(&router, "GetItem", other_key.clone()).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(call(&router, "DeleteTable", json!({"TableName": "carrel-things"})).await.0, StatusCode::OK);
    let table = json!({
        "TableName": "carrel-things",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "other", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
    });
    assert_eq!(call(&router, "CreateTable", table).await.0, StatusCode::OK);
    assert_eq!(call(&router, "GetItem", other_key).await.0, StatusCode::OK);
}
