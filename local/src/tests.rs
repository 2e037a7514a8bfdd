//! A whole library, with a function of the test's own behind a stream and on a schedule.

use std::sync::OnceLock;

use serde_json::json;

use super::*;
use crate::folder::tests::Scratch;

/// What the test adds to the workspace's own template.
const TEMPLATE: &str = "
Resources:
  ThingsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  PostFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: post}}
    Properties:
      Events:
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: '{\"task\": \"tick\"}'}}
  PostStream:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt ThingsTable.StreamArn
      FunctionName: !Ref PostFunction
      StartingPosition: TRIM_HORIZON
      MaximumRetryAttempts: 0
      DestinationConfig: {OnFailure: {Destination: queue}}
";

/// A library whose stream nobody looks at but who is asked to.
async fn start(data: Data, handler: Handler) -> Local {
    let mut template = Template::embedded().expect("the template is right").clone();
    let added = Template::read(TEMPLATE).expect("the template is right");
    template.tables.extend(added.tables);
    (template.mappings, template.schedules) = (added.mappings, added.schedules);
    let options = Options { data, poll_interval: Duration::from_secs(3600), ..Options::default() };
    let (secrets, clock) = (secrets(&Data::Memory).expect("they are made up"), options.clock.clone());
    let carrel = async |database: &Database, place: Place| {
        let mut carrel = Carrel::on(database.endpoint(), &secrets, place, clock).await?;
        carrel.handlers.insert("post".to_owned(), handler);
        Ok(carrel)
    };
    Local::start_from(&template, options, carrel).await.expect("it starts")
}

fn put(local: &Local, pk: &str) {
    let request = json!({"TableName": "carrel-things", "Item": {"pk": {"S": pk}}});
    let request = serde_json::from_value(request).expect("it is a request");
    local.database().engine().database.put_item(request).expect("it is put");
}

async fn read(url: String) -> Value {
    reqwest::get(url).await.expect("an answer").json().await.expect("it is JSON")
}

/// Sends a mail about each record, as a function does that consumes a stream, and says how a client is answered.
async fn post(mailbox: &str, event: Value) -> Result<Value, String> {
    let root = mailbox.trim_end_matches("/dev/mail");
    for record in event["Records"].as_array().into_iter().flatten() {
        let mail = json!({
            "FromEmailAddress": "library@example.com",
            "Destination": {"ToAddresses": ["jane@example.com"]},
            "Content": {"Simple": {"Subject": {"Data": "News"}, "Body": {"Text": {"Data": record["dynamodb"]["Keys"]["pk"]["S"]}}}},
        });
        let client = reqwest::get(format!("{root}/v1/books")).await.map_err(|problem| problem.to_string())?;
        let call = reqwest::Client::new().post(format!("{root}/dev/ses/v2/email/outbound-emails"));
        let sent = call.header("authorization", "AWS4-HMAC-SHA256 x").json(&mail).send().await;
        let sent = sent.map_err(|problem| problem.to_string())?;
        assert_eq!((client.status().as_u16(), sent.status().as_u16()), (503, 200));
    }
    Ok(Value::Null)
}

#[tokio::test]
async fn what_was_written_is_handed_over_before_the_end_and_what_that_sends_arrives() {
    let scratch = Scratch::new();
    let mailbox = Arc::new(OnceLock::new());
    let handler: Handler = {
        let mailbox: Arc<OnceLock<String>> = Arc::clone(&mailbox);
        Arc::new(move |event| {
            let mailbox = mailbox.get().cloned().unwrap_or_default();
            Box::pin(async move { post(&mailbox, event).await })
        })
    };
    let local = start(Data::Folder(scratch.0.clone()), handler.clone()).await;
    mailbox.set(local.mailbox().to_owned()).expect("it is set once");
    // So that it is at rest before something is written.
    local.drained().await;
    put(&local, "the last thing");
    local.stop().await;
    assert!(!scratch.0.join("dynamodb.sqlite-wal").exists(), "the database is closed");

    let local = start(Data::Folder(scratch.0.clone()), handler).await;
    let mails = read(local.mailbox().to_owned()).await;
    let texts: Vec<_> = mails["items"].as_array().into_iter().flatten().map(|mail| &mail["text"]).collect();
    assert_eq!(texts, ["the last thing"]);
    assert_eq!(read(local.mailbox().replace("mail", "dead-letters")).await, json!({"items": []}));
    local.stop().await;
}

#[tokio::test]
async fn what_no_function_takes_is_listed() {
    let local = start(Data::Memory, Arc::new(|_| Box::pin(async { Err("no".to_owned()) }))).await;
    ["one", "two"].iter().for_each(|pk| put(&local, pk));
    local.drained().await;
    let letters = read(local.mailbox().replace("mail", "dead-letters")).await;
    let keys = |number: usize| letters["items"][number].pointer("/record/dynamodb/Keys/pk/S");
    assert_eq!((keys(0), keys(1)), (Some(&json!("two")), Some(&json!("one"))));
    assert_eq!((&letters["items"][0]["function"], &letters["items"][0]["reason"]), (&json!("post"), &json!("no")));
}

#[tokio::test]
async fn a_schedule_can_be_run_when_a_story_wants_it() {
    let local = start(Data::Memory, Arc::new(|event| Box::pin(async { Ok(event) }))).await;
    assert_eq!(local.run_schedule("post").await, Ok(vec![json!({"task": "tick"})]));
    assert_eq!(local.run_schedule("books").await, Err("books has no schedule".to_owned()));
}
