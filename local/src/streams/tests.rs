//! A table, its stream, and a function of the test that handles its records.

use std::net::TcpListener;
use std::sync::Mutex;

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::*;
use crate::database::{Data, Database};
use crate::folder::tests::Scratch;
use crate::records::List;
use crate::template::Template;

const TEMPLATE: &str = r#"
Resources:
  ThingsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  DispatchFunction: {Type: AWS::Serverless::Function, Metadata: {BuildProperties: {Binary: dispatch}}}
  DispatchStream:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt ThingsTable.StreamArn
      FunctionName: !Ref DispatchFunction
      StartingPosition: TRIM_HORIZON
      BatchSize: 8
      BisectBatchOnFunctionError: true
      MaximumRetryAttempts: 2
      MaximumRecordAgeInSeconds: 86400
      FunctionResponseTypes: [ReportBatchItemFailures]
      DestinationConfig: {OnFailure: {Destination: queue}}
      FilterCriteria: {Filters: [{Pattern: '{"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "thing"}]}}}}'}]}
"#;

/// A database whose stream is followed.
struct World {
    database: Database,
    mapping: Mapping,
    records: Arc<Records>,
}

impl World {
    fn new(data: Data) -> Self {
        let template = Template::read(TEMPLATE).expect("the template is right");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let database = Database::start(listener, &data, &template.tables).expect("it starts");
        let records = Records::open(data.folder()).expect("the records open");
        World { database, mapping: template.mappings[0].clone(), records: Arc::new(records) }
    }

    fn in_memory() -> Self {
        World::new(Data::Memory)
    }

    fn put(&self, pk: &str) {
        let request = json!({"TableName": "carrel-things", "Item": {"pk": {"S": pk}, "many": {"NS": ["1", "2"]}}});
        let request = serde_json::from_value(request).expect("it is a request");
        self.database.engine().database.put_item(request).expect("it is put");
    }

    fn put_all(&self, numbers: std::ops::Range<u32>) {
        numbers.for_each(|number| self.put(&format!("thing {number}")));
    }

    fn follow(&self, handler: Handler) -> Streams {
        self.try_follow(HashMap::from([("dispatch".to_owned(), handler)])).expect("the function is known")
    }

    fn try_follow(&self, handlers: HashMap<String, Handler>) -> Result<Streams> {
        // Only `drained` makes them read again.
        self.follow_at(Duration::from_secs(3600), &handlers)
    }

    fn follow_at(&self, poll_interval: Duration, handlers: &HashMap<String, Handler>) -> Result<Streams> {
        self.follow_with(Pace { poll_interval, retry_pause: Duration::ZERO, shards: 1 }, handlers)
    }

    fn follow_with(&self, pace: Pace, handlers: &HashMap<String, Handler>) -> Result<Streams> {
        let (mappings, records) = (std::slice::from_ref(&self.mapping), Arc::clone(&self.records));
        Streams::start(mappings, self.database.engine(), handlers, records, pace, Log { on: false })
    }

    fn dead_letters(&self) -> Vec<dead_letters::DeadLetter> {
        self.records.newest_first(List::DeadLetters).expect("they are read")
    }

    /// The keys and the reasons of the records that were given up, the oldest first.
    fn given_up(&self) -> Vec<(String, String)> {
        self.dead_letters().into_iter().rev().map(|letter| (key(&letter.record), letter.reason)).collect()
    }
}

type Calls = Arc<Mutex<Vec<Vec<String>>>>;

/// A function that answers as `answer` does, and the keys of every batch on which it did not panic.
fn function(answer: impl Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static) -> (Handler, Calls) {
    let calls = Calls::default();
    let answer = Arc::new(answer);
    let handler: Handler = {
        let calls = Arc::clone(&calls);
        Arc::new(move |event| {
            let (calls, answer) = (Arc::clone(&calls), Arc::clone(&answer));
            Box::pin(async move {
                let records = event["Records"].as_array().cloned().expect("an event has records");
                let answer = answer(&records);
                calls.lock().expect("no thread panics with it").push(records.iter().map(key).collect());
                answer
            })
        })
    };
    (handler, calls)
}

fn key(record: &Value) -> String {
    record["dynamodb"]["Keys"]["pk"]["S"].as_str().expect("a record has keys").to_owned()
}

fn has(records: &[Value], pk: &str) -> bool {
    records.iter().any(|record| key(record) == pk)
}

/// Reports that the records of that key have failed.
fn reported(records: &[Value], pk: &str) -> Value {
    let failed = records.iter().filter(|record| key(record) == pk);
    let failed = failed.map(|record| json!({"itemIdentifier": record["dynamodb"]["SequenceNumber"]}));
    json!({"batchItemFailures": failed.collect::<Vec<_>>()})
}

fn things(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("thing {number}")).collect()
}

fn taken(calls: &Calls) -> Vec<Vec<String>> {
    std::mem::take(&mut calls.lock().expect("no thread panics with it"))
}

#[tokio::test]
async fn records_come_in_order_and_in_batches_also_those_from_before_the_start() {
    let world = World::in_memory();
    world.put_all(0..10);
    let (handler, calls) = function(|_| Ok(Value::Null));
    let streams = world.follow(handler);
    streams.drained().await;
    assert_eq!(taken(&calls), [things(0..8), things(8..10)]);
    world.put_all(10..12);
    streams.drained().await;
    assert_eq!(taken(&calls).concat(), things(10..12));
    // Nothing is new.
    streams.drained().await;
    assert_eq!(taken(&calls).len(), 0);
}

#[tokio::test]
async fn each_shard_has_its_own_records_in_order_and_is_read_while_others_wait() {
    let world = World::in_memory();
    world.put_all(0..40);
    let (release, gate) = watch::channel(false);
    let (handler, calls) = function(|_| Ok(Value::Null));
    // The function is slow for the shard of the first record.
    let slow: Handler = Arc::new(move |event| {
        let (done, mut gate) = (handler(event.clone()), gate.clone());
        Box::pin(async move {
            if event["Records"].as_array().is_some_and(|records| has(records, "thing 0")) {
                gate.wait_for(|is_open| *is_open).await.map_err(|error| error.to_string())?;
            }
            done.await
        })
    });
    let pace = Pace { poll_interval: Duration::from_secs(3600), retry_pause: Duration::ZERO, shards: 4 };
    let streams = world.follow_with(pace, &HashMap::from([("dispatch".to_owned(), slow)])).expect("it is known");
    // The three others handle what they have.
    let mut handled: Vec<Vec<String>> = Vec::new();
    while handled.concat().len() < 20 {
        handled.extend(taken(&calls));
        tokio::task::yield_now().await;
    }
    assert!(!handled.concat().contains(&"thing 0".to_owned()));
    release.send_replace(true);
    streams.drained().await;
    let number = |key: &String| key.rsplit(' ').next().and_then(|digits| digits.parse::<u32>().ok()).expect("a number");
    handled.extend(taken(&calls));
    assert!(handled.iter().all(|batch| batch.is_sorted_by_key(number)), "{handled:?}");
    let mut all = handled.concat();
    all.sort_by_key(number);
    assert_eq!(all, things(0..40));
}

#[tokio::test]
async fn a_record_is_as_dynamodb_sends_it() {
    let world = World::in_memory();
    let seen = Arc::new(Mutex::new(Value::Null));
    let (handler, _) = {
        let seen = Arc::clone(&seen);
        function(move |records| {
            *seen.lock().expect("no thread panics with it") = records[0].clone();
            Ok(json!({"batchItemFailures": []}))
        })
    };
    world.put("thing");
    world.follow(handler).drained().await;
    let mut record = seen.lock().expect("no thread panics with it").take();
    let arn = record["eventSourceARN"].as_str().expect("it has an ARN").to_owned();
    assert!(arn.starts_with("arn:aws:dynamodb:") && arn.contains(":table/carrel-things/stream/"), "{arn}");
    let sequence = record["dynamodb"]["SequenceNumber"].as_str().expect("it has a number").to_owned();
    assert!(sequence.len() == 21 && sequence.bytes().all(|digit| digit.is_ascii_digit()), "{sequence}");
    let now = jiff::Timestamp::now().as_second();
    let created = record["dynamodb"]["ApproximateCreationDateTime"].as_i64().expect("it has whole seconds");
    assert!((now - created).abs() < 60);
    assert!(record["eventID"].as_str().is_some_and(|id| !id.is_empty()));
    assert!(record["dynamodb"]["SizeBytes"].as_u64().is_some_and(|bytes| bytes > 0));
    for (place, fields) in [("", &["eventID"][..]), ("/dynamodb", &["ApproximateCreationDateTime", "SizeBytes"])] {
        let object = record.pointer_mut(place).and_then(Value::as_object_mut).expect("it is an object");
        fields.iter().for_each(|field| drop(object.remove(*field)));
    }
    let expected = json!({
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "dynoxide",
        "eventSourceARN": arn,
        "dynamodb": {
            "Keys": {"pk": {"S": "thing"}},
            "NewImage": {"pk": {"S": "thing"}, "many": {"NS": record["dynamodb"]["NewImage"]["many"]["NS"]}},
            "SequenceNumber": sequence,
            "StreamViewType": "NEW_IMAGE",
        },
    });
    assert_eq!(record, expected);
}

#[tokio::test]
async fn a_record_that_the_filter_drops_is_skipped() {
    let world = World::in_memory();
    // An item that is there already is modified: no INSERT.
    ["thing 0", "counter", "thing 0", "thing 1", "counter"].iter().for_each(|pk| world.put(pk));
    let (handler, calls) = function(|_| Ok(Value::Null));
    let streams = world.follow(handler);
    streams.drained().await;
    assert_eq!(taken(&calls), [things(0..2)]);
    world.put("counter");
    streams.drained().await;
    assert_eq!(taken(&calls).len(), 0);
}

#[tokio::test]
async fn the_first_failed_record_and_all_after_it_are_retried() {
    let world = World::in_memory();
    world.put_all(0..6);
    let tries = Mutex::new(0);
    let (handler, calls) = function(move |records| {
        let mut tries = tries.lock().expect("no thread panics with it");
        *tries += 1;
        Ok(if *tries < 3 { reported(records, "thing 4") } else { Value::Null })
    });
    world.follow(handler).drained().await;
    assert_eq!(taken(&calls), [things(0..6), things(4..6), things(4..6)]);
    assert_eq!(world.given_up(), []);
}

#[tokio::test]
async fn a_record_that_panics_the_function_is_given_up_and_its_neighbours_are_handled_once() {
    let world = World::in_memory();
    world.put_all(0..20);
    let panics = Arc::new(Mutex::new(0));
    let (handler, calls) = {
        let panics = Arc::clone(&panics);
        function(move |records| {
            if has(records, "thing 5") {
                *panics.lock().expect("no thread panics with it") += 1;
                panic!("on purpose");
            }
            Ok(Value::Null)
        })
    };
    world.follow(handler).drained().await;
    assert_eq!(taken(&calls).concat(), things((0..20).filter(|number| *number != 5)));
    assert_eq!(world.given_up(), [("thing 5".to_owned(), "it panicked: on purpose".to_owned())]);
    // In batches of 8, 4 and 2; alone once and twice again.
    assert_eq!(*panics.lock().expect("no thread panics with it"), 3 + 1 + 2);
}

#[tokio::test]
async fn fc7_when_a_reported_record_is_given_up_so_is_what_came_after_it_in_its_batch() {
    let world = World::in_memory();
    world.put_all(0..12);
    let (handler, calls) = function(|records| Ok(reported(records, "thing 2")));
    world.follow(handler).drained().await;
    assert_eq!(taken(&calls), [things(0..8), things(2..8), things(2..8), things(8..12)], "one try and two more");
    assert_eq!(
        world.given_up(),
        things(2..8).into_iter().map(|thing| (thing, "it reports a failure".to_owned())).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_batch_that_is_not_bisected_is_given_up_as_a_whole() {
    let mut world = World::in_memory();
    world.mapping.bisects = false;
    world.put_all(0..10);
    let (handler, calls) =
        function(|records| if has(records, "thing 1") { Err("no".to_owned()) } else { Ok(Value::Null) });
    world.follow(handler).drained().await;
    assert_eq!(taken(&calls), [things(0..8), things(0..8), things(0..8), things(8..10)]);
    assert_eq!(world.given_up().len(), 8);
}

#[tokio::test]
async fn without_a_limit_a_record_is_retried_until_it_is_handled() {
    let mut world = World::in_memory();
    world.mapping.retries = None;
    world.put("thing");
    let left = Mutex::new(50);
    let (handler, calls) = function(move |_| {
        let mut left = left.lock().expect("no thread panics with it");
        *left -= 1;
        if *left > 0 { Err("not yet".to_owned()) } else { Ok(Value::Null) }
    });
    world.follow(handler).drained().await;
    assert_eq!(taken(&calls).len(), 50);
    assert_eq!(world.given_up(), []);
}

#[tokio::test]
async fn a_function_that_takes_too_long_has_failed() {
    let mut world = World::in_memory();
    world.mapping.timeout = Duration::from_millis(1);
    world.put("thing");
    world.follow(Arc::new(|_| Box::pin(std::future::pending()))).drained().await;
    assert_eq!(world.given_up(), [("thing".to_owned(), "it took longer than 0.001 seconds".to_owned())]);
}

#[tokio::test]
async fn a_record_that_is_too_old_becomes_a_dead_letter_without_a_try() {
    let scratch = Scratch::new();
    let world = World::new(Data::Folder(scratch.0.clone()));
    world.put_all(0..3);
    let file = rusqlite::Connection::open(scratch.0.join("dynamodb.sqlite")).expect("it opens");
    file.execute("UPDATE _stream_records SET created_at = created_at - 86401 WHERE id <= 2", []).expect("they age");
    let (handler, calls) = function(|_| Ok(Value::Null));
    world.follow(handler).drained().await;
    assert_eq!(taken(&calls), [things(2..3)]);
    let reason = "it is older than 86400 seconds".to_owned();
    assert_eq!(world.given_up(), [("thing 0".to_owned(), reason.clone()), ("thing 1".to_owned(), reason)]);
}

#[tokio::test]
async fn a_dead_letter_names_its_function_and_its_record() {
    let mut world = World::in_memory();
    world.mapping.retries = Some(0);
    world.put("thing");
    let (handler, _) = function(|_| Err("the mail is down".to_owned()));
    world.follow(handler).drained().await;
    let letter = serde_json::to_value(world.dead_letters()).expect("it is JSON")[0].take();
    assert_eq!(letter["function"], "dispatch");
    assert_eq!(letter["reason"], "the mail is down");
    assert_eq!(letter["sequenceNumber"], letter["record"]["dynamodb"]["SequenceNumber"]);
    for field in ["shardId", "approximateArrival"] {
        assert!(letter[field].as_str().is_some_and(|text| !text.is_empty()), "{letter}");
    }
}

#[tokio::test]
async fn after_a_restart_no_handled_record_comes_again() {
    let scratch = Scratch::new();
    for numbers in [0..3, 3..5] {
        let world = World::new(Data::Folder(scratch.0.clone()));
        world.put_all(numbers.clone());
        let (handler, calls) = function(|_| Ok(Value::Null));
        let streams = world.follow(handler);
        streams.drained().await;
        assert_eq!(taken(&calls).concat(), things(numbers));
        streams.stop().await;
        world.database.stop();
    }
}

#[tokio::test]
async fn after_a_kill_within_a_batch_no_record_is_skipped() {
    let scratch = Scratch::new();
    let begun = Arc::new(Notify::new());
    let handler: Handler = {
        let begun = Arc::clone(&begun);
        Arc::new(move |_| {
            begun.notify_one();
            Box::pin(std::future::pending())
        })
    };
    let world = World::new(Data::Folder(scratch.0.clone()));
    world.put_all(0..3);
    let streams = world.follow(handler);
    begun.notified().await;
    drop(streams);
    world.put_all(3..4);
    let (handler, calls) = function(|_| Ok(Value::Null));
    world.follow(handler).drained().await;
    assert_eq!(taken(&calls).concat(), things(0..4));
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_record_that_fails_and_the_next_start_retries_it() {
    let scratch = Scratch::new();
    let mut world = World::new(Data::Folder(scratch.0.clone()));
    world.mapping.retries = None;
    world.put_all(0..3);
    let begun = Arc::new(Notify::new());
    let (handler, _) = {
        let begun = Arc::clone(&begun);
        function(move |records| {
            begun.notify_one();
            Ok(reported(records, "thing 1"))
        })
    };
    let streams = world.follow(handler);
    begun.notified().await;
    streams.stop().await;
    let (handler, calls) = function(|_| Ok(Value::Null));
    world.follow(handler).drained().await;
    assert_eq!(taken(&calls).concat(), things(1..3));
}

#[tokio::test]
async fn a_mapping_to_an_unknown_function_is_refused() {
    let problem = World::in_memory().try_follow(HashMap::new()).err().expect("it is not there").to_string();
    assert_eq!(problem, "template.yaml, DispatchStream: the runner does not know the function dispatch");
}

#[tokio::test]
async fn a_change_is_handled_without_a_call_of_drained() {
    let world = World::in_memory();
    let came = Arc::new(Notify::new());
    let handler: Handler = {
        let came = Arc::clone(&came);
        Arc::new(move |_| {
            came.notify_one();
            Box::pin(async { Ok(Value::Null) })
        })
    };
    let handlers = HashMap::from([("dispatch".to_owned(), handler)]);
    let _streams = world.follow_at(Duration::from_millis(1), &handlers).expect("the function is known");
    for number in 0..3 {
        world.put(&format!("thing {number}"));
        came.notified().await;
    }
}
