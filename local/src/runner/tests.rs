//! A whole library, with a function of the test behind a stream and on a schedule.

use std::sync::OnceLock;

use serde_json::json;

use std::time::Duration;

use super::*;
use crate::Handler;
use crate::database::Data;
use crate::folder::tests::Scratch;

/// Resources in addition to those of template.yaml.
const TEMPLATE: &str = "
Resources:
  ThingsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  EchoFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: echo}}
    Properties:
      Events:
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: '{\"task\": \"tick\"}'}}
  EchoStream:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt ThingsTable.StreamArn
      FunctionName: !Ref EchoFunction
      StartingPosition: TRIM_HORIZON
      MaximumRetryAttempts: 0
      DestinationConfig: {OnFailure: {Destination: queue}}
";

/// A library that reads its stream only when a test waits for it.
async fn start(data: Data, handler: Handler) -> Local {
    let mut template = Template::embedded().expect("the template is right").clone();
    let added = Template::read(TEMPLATE).expect("the template is right");
    template.tables.extend(added.tables);
    (template.mappings, template.schedules) = (added.mappings, added.schedules);
    let options = Options { data, poll_interval: Duration::from_secs(3600), ..Options::default() };
    let (secrets, clock) = (secrets(&Data::Memory).expect("they are generated"), options.clock.clone());
    let carrel = async |database: &Database, deployment: Deployment| {
        let mut carrel = Carrel::on(database.endpoint(), &secrets, deployment, clock).await?;
        carrel.handlers.insert("echo".to_owned(), handler);
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
    crate::http::client().get(url).send().await.expect("an answer").json().await.expect("it is JSON")
}

/// Sends a mail about each record, as a function behind a stream does. Meanwhile the gateway refuses clients.
async fn send_mails(mailbox: &str, event: Value) -> Result<Value, String> {
    let root = mailbox.trim_end_matches("/dev/mail");
    for record in event["Records"].as_array().into_iter().flatten() {
        let mail = json!({
            "FromEmailAddress": "library@localhost",
            "Destination": {"ToAddresses": ["jane@example.com"]},
            "Content": {"Simple": {"Subject": {"Data": "News"}, "Body": {"Text": {"Data": record["dynamodb"]["Keys"]["pk"]["S"]}}}},
        });
        let client = crate::http::client()
            .get(format!("{root}/v1/books"))
            .send()
            .await
            .map_err(|problem| problem.to_string())?;
        let call = crate::http::client().post(format!("{root}/dev/ses/v2/email/outbound-emails"));
        let sent = call.header("authorization", "AWS4-HMAC-SHA256 x").json(&mail).send().await;
        let sent = sent.map_err(|problem| problem.to_string())?;
        assert_eq!((client.status().as_u16(), sent.status().as_u16()), (503, 200));
    }
    Ok(Value::Null)
}

#[tokio::test]
async fn a_stop_first_handles_what_was_written_and_delivers_the_mail_that_follows_from_it() {
    let scratch = Scratch::new();
    let mailbox = Arc::new(OnceLock::new());
    let handler: Handler = {
        let mailbox: Arc<OnceLock<String>> = Arc::clone(&mailbox);
        Arc::new(move |event| {
            let mailbox = mailbox.get().cloned().unwrap_or_default();
            Box::pin(async move { send_mails(&mailbox, event).await })
        })
    };
    let local = start(Data::Folder(scratch.0.clone()), handler.clone()).await;
    mailbox.set(local.mailbox().to_owned()).expect("it is set once");
    // The consumer is idle before something is written.
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
async fn a_record_that_no_function_handles_is_listed_as_a_dead_letter() {
    let local = start(Data::Memory, Arc::new(|_| Box::pin(async { Err("no".to_owned()) }))).await;
    ["one", "two"].iter().for_each(|pk| put(&local, pk));
    local.drained().await;
    let letters = read(local.mailbox().replace("mail", "dead-letters")).await;
    let keys = |number: usize| letters["items"][number].pointer("/record/dynamodb/Keys/pk/S");
    assert_eq!((keys(0), keys(1)), (Some(&json!("two")), Some(&json!("one"))));
    assert_eq!((&letters["items"][0]["function"], &letters["items"][0]["reason"]), (&json!("echo"), &json!("no")));
}

#[tokio::test]
async fn a_test_can_run_a_schedule_at_any_time() {
    let local = start(Data::Memory, Arc::new(|event| Box::pin(async { Ok(event) }))).await;
    assert_eq!(local.run_schedule("echo").await, Ok(vec![json!({"task": "tick"})]));
    assert_eq!(local.run_schedule("books").await, Err("books has no schedule".to_owned()));
}

#[test]
fn the_registry_and_the_template_list_the_same_functions() {
    let mut template = Template::embedded().expect("the template is right").clone();
    functions::check(&template).expect("they are the same");
    template.functions.push("hello".to_owned());
    let problem = functions::check(&template).expect_err("no line has it").to_string();
    assert_eq!(problem, "template.yaml, hello: the function has no line in local/src/functions.rs");
    template.functions = vec!["auth".to_owned()];
    let problem = functions::check(&template).expect_err("some are missing").to_string();
    assert_eq!(problem, "template.yaml, users: the template has no such function");
}
