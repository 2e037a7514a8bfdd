//! A small template, and the workspace's own.

use std::time::Duration;

use super::*;

const SMALL: &str = "
Parameters: {Origins: {Type: CommaDelimitedList, Default: 'https://a.example, https://b.example'}}
Conditions: {Never: !Equals [a, b]}
Globals: {Function: {Timeout: 10}}
Resources:
  PingFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: ping}}
    Properties:
      Events:
        Ping: {Type: Api, Properties: {Path: '/ping/{id}', Method: get}}
        Free: {Type: Api, Properties: {Path: /free, Method: get, Auth: {ApiKeyRequired: false}, ResponseTransferMode: RESPONSE_STREAM}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
  GhostTable: {Type: AWS::DynamoDB::Table, Condition: Never}
  ZooPlan: {Type: AWS::ApiGateway::UsagePlan, Properties: {Throttle: {RateLimit: 5, BurstLimit: 9}, Quota: {Limit: 7, Period: MONTH}}}
  AntUsagePlan: {Type: AWS::ApiGateway::UsagePlan, Properties: {Throttle: {RateLimit: 0.5, BurstLimit: 1}}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Auth: {ApiKeyRequired: true}
      GatewayResponses:
        THROTTLED:
          StatusCode: 429
          ResponseParameters: {Headers: {Retry-After: \"'1'\", content-type: \"'application/problem+json'\"}}
          ResponseTemplates: {application/json: '{}'}
";

fn read(text: &str) -> Template {
    Template::read(text).expect("the template is right")
}

#[test]
fn a_route_has_its_function_binary_key_requirement_and_transfer_mode() {
    let routes = read(SMALL).routes;
    let route = |method: &str, path: &str, key_required, streamed| Route {
        method: method.into(),
        path: path.into(),
        function: "PingFunction".into(),
        binary: "ping".into(),
        key_required,
        timeout: Duration::from_secs(10),
        streamed,
    };
    assert_eq!(routes, [route("GET", "/free", false, true), route("GET", "/ping/{id}", true, false)]);
}

#[test]
fn plans_are_in_the_order_of_the_file() {
    let zoo =
        Plan { name: "zoo".into(), rate: 5.0, burst: 9.0, quota: Some(Quota { limit: 7, period: Period::Month }) };
    let ant = Plan { name: "ant".into(), rate: 0.5, burst: 1.0, quota: None };
    assert_eq!(read(SMALL).plans, [zoo, ant]);
}

#[test]
fn a_resource_whose_condition_is_false_is_left_out() {
    assert_eq!(read(SMALL).tables, []);
}

#[test]
fn gateway_responses_lose_their_quotes_and_a_header_overrides_the_content_type() {
    let api = read(SMALL).api;
    assert_eq!(api.preflight, None);
    let headers = [("Retry-After", "1"), ("content-type", "application/problem+json")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    assert_eq!(api.answers["THROTTLED"], Answer { status: Some(429), headers, body: Some("{}".into()) });
}

#[test]
fn an_error_names_the_resource_that_is_wrong() {
    let broken = |from: &str, to: &str| Template::read(&SMALL.replace(from, to)).expect_err("it is broken").to_string();
    assert_eq!(
        broken("Metadata: {BuildProperties: {Binary: ping}}", "Metadata: {}"),
        "template.yaml, PingFunction: a function with routes needs Metadata.BuildProperties.Binary"
    );
    assert_eq!(broken("Path: /free, ", ""), "template.yaml, PingFunction, the event Free: missing field `Path`");
    assert_eq!(broken("RateLimit: 5, ", ""), "template.yaml, ZooPlan: missing field `RateLimit`");
    assert_eq!(broken("\"'1'\"", "1x"), "template.yaml, Api, THROTTLED: the header Retry-After should be quoted");
}

#[test]
fn the_workspaces_own_template_can_be_read() {
    let template = Template::embedded().expect("template.yaml is right");
    assert_eq!(template.api.stage, "v1");
    assert!(template.routes.iter().any(|route| route.path == "/books/{bookId}" && route.binary == "books"));
    assert_eq!(
        template.plans.iter().map(|plan| plan.name.as_str()).collect::<Vec<_>>(),
        ["website", "mobile", "partner"]
    );
    assert_eq!(
        template.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(),
        [
            "carrel-accounts",
            "carrel-sessions",
            "carrel-library",
            "carrel-journal",
            "carrel-connections",
            "carrel-search"
        ]
    );
}

#[test]
fn aw5_preflights_permit_every_website_and_errors_the_first() {
    let origins = ["https://a.example", "http://localhost:4173", "http://localhost:*"].map(ToOwned::to_owned);
    let template = Template::for_origins(&origins).expect("the template is right");
    let preflight = template.api.preflight.as_ref().expect("the API has preflights");
    assert_eq!(preflight.origins, origins);
    let (_, of_errors) = &template.api.answers["DEFAULT_4XX"]
        .headers
        .iter()
        .find(|(name, _)| name == "Access-Control-Allow-Origin")
        .expect("errors have it too");
    assert_eq!(*of_errors, origins[0]);
}

const STREAMED: &str = r#"
Resources:
  # The mapping stands before what it names.
  DispatchStream:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt JournalTable.StreamArn
      FunctionName: !Ref DispatchFunction
      StartingPosition: TRIM_HORIZON
      BatchSize: 10
      MaximumBatchingWindowInSeconds: 0
      BisectBatchOnFunctionError: true
      MaximumRetryAttempts: 5
      MaximumRecordAgeInSeconds: 86400
      FunctionResponseTypes: [ReportBatchItemFailures]
      DestinationConfig: {OnFailure: {Destination: !GetAtt DeadLetterQueue.Arn}}
      FilterCriteria: {Filters: [{Pattern: '{"eventName": ["INSERT"]}'}]}
  JournalTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  DispatchFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: dispatch}}
    Properties:
      Timeout: 30
      Events:
        Sweep: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(5 minutes), Input: '{"task": "sweep"}'}}
        Old: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
        Off: {Type: Schedule, Properties: {Schedule: cron(0 10 * * ? *), Enabled: false}}
"#;

#[test]
fn a_mapping_has_its_stream_its_function_and_its_retries() {
    let [mapping] = <[Mapping; 1]>::try_from(read(STREAMED).mappings).expect("there is one");
    assert!(mapping.filter.passes(&json!({"eventName": "INSERT"})));
    assert!(!mapping.filter.passes(&json!({"eventName": "REMOVE"})));
    let expected = Mapping {
        logical_id: "DispatchStream".into(),
        table: "carrel-journal".into(),
        binary: "dispatch".into(),
        timeout: Duration::from_secs(30),
        batch_size: 10,
        bisects: true,
        retries: Some(5),
        maximum_age: Some(Duration::from_secs(86400)),
        reports_failures: true,
        filter: mapping.filter.clone(),
    };
    assert_eq!(mapping, expected);
}

#[test]
fn a_mapping_has_the_defaults_of_aws() {
    let text = STREAMED.lines().filter(|line| {
        let left_out = ["BatchSize", "Bisect", "MaximumRe", "FunctionResponse", "FilterCriteria", "BatchingWindow"];
        !left_out.iter().any(|property| line.contains(property))
    });
    let mapping = read(&text.collect::<Vec<_>>().join("\n")).mappings.remove(0);
    assert_eq!((mapping.batch_size, mapping.bisects, mapping.reports_failures), (100, false, false));
    assert_eq!((mapping.retries, mapping.maximum_age), (None, None));
    assert!(mapping.filter.passes(&json!({})));
}

#[test]
fn a_disabled_mapping_is_left_out() {
    assert_eq!(read(&STREAMED.replace("BatchSize: 10", "Enabled: false")).mappings, []);
}

#[test]
fn an_error_names_the_unsupported_property_of_a_mapping() {
    for (from, to, named) in [
        ("TRIM_HORIZON", "LATEST", "LATEST"),
        ("BatchSize: 10", "TumblingWindowInSeconds: 5", "TumblingWindowInSeconds"),
        ("BatchSize: 10", "ParallelizationFactor: 2", "ParallelizationFactor"),
        ("InSeconds: 0", "InSeconds: 5", "MaximumBatchingWindowInSeconds"),
        ("[ReportBatchItemFailures]", "[Other]", "Other"),
        ("DestinationConfig: {OnFailure: {Destination: !GetAtt DeadLetterQueue.Arn}}", "", "DestinationConfig"),
        (r#"["INSERT"]"#, r#"[{"anything-but": "REMOVE"}]"#, "anything-but"),
        ("!GetAtt JournalTable.StreamArn", "!GetAtt Queue.Arn", "Queue.Arn"),
        ("StreamSpecification: {StreamViewType: NEW_IMAGE}", "", "JournalTable needs a StreamSpecification"),
        ("!Ref DispatchFunction", "!Ref NoFunction", "NoFunction"),
    ] {
        let problem = Template::read(&STREAMED.replace(from, to)).expect_err(named).to_string();
        assert!(problem.starts_with("template.yaml, DispatchStream: ") && problem.contains(named), "{problem}");
    }
}

#[test]
fn a_schedule_has_its_function_its_rate_and_its_input() {
    let schedule = |name: &str, seconds, input| Schedule {
        name: name.into(),
        binary: "dispatch".into(),
        timeout: Duration::from_secs(30),
        every: Duration::from_secs(seconds),
        input,
    };
    let sweep = schedule("Sweep", 300, Some(json!({"task": "sweep"})));
    assert_eq!(read(STREAMED).schedules, [schedule("Old", 3600, None), sweep]);
}

#[test]
fn an_error_names_the_unsupported_property_of_a_schedule() {
    for (from, to, named) in [
        ("rate(5 minutes)", "cron(0 10 * * ? *)", "cron(0 10 * * ? *)"),
        ("rate(5 minutes)", "rate(0 minutes)", "rate(0 minutes)"),
        (r#"'{"task": "sweep"}'"#, "sweep", "Input should be JSON"),
        ("ScheduleExpression: rate(5 minutes), ", "", "schedule"),
    ] {
        let problem = Template::read(&STREAMED.replace(from, to)).expect_err(named).to_string();
        assert!(problem.starts_with("template.yaml, DispatchFunction, the event Sweep: "), "{problem}");
        assert!(problem.to_lowercase().contains(&named.to_lowercase()), "{problem}");
    }
}

const SOCKETS: &str = "
Globals: {Function: {Timeout: 10}, WebSocketApi: {RouteSelectionExpression: $request.body.action}}
Resources:
  LiveFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: live}}
    Properties: {}
  LiveApi:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: v1
      Routes:
        $connect: {FunctionArn: !GetAtt LiveFunction.Arn}
        $default: {FunctionArn: !GetAtt LiveFunction.Arn, IntegrationTimeout: 2000}
";

#[test]
fn a_socket_route_has_its_function_its_binary_and_the_shorter_timeout() {
    let api = read(SOCKETS).sockets.expect("it is there");
    let route = |seconds| SocketRoute {
        function: "LiveFunction".into(),
        binary: "live".into(),
        timeout: Duration::from_secs(seconds),
    };
    let routes = [("$connect".into(), route(10)), ("$default".into(), route(2))].into();
    let (id, stage, selection) = ("LiveApi".into(), "v1".into(), vec!["action".into()]);
    assert_eq!(api, WebSocketApi { id, stage, selection, routes });
    let braces = read(&SOCKETS.replace("$request.body.action", "'${request.body.a.b}'")).sockets;
    assert_eq!(braces.expect("it is there").selection, ["a", "b"]);
}

#[test]
fn a_template_without_a_websocket_api_has_none() {
    assert_eq!(read(SMALL).sockets, None);
}

#[test]
fn an_error_names_the_socket_route_that_is_wrong() {
    let broken =
        |from: &str, to: &str| Template::read(&SOCKETS.replace(from, to)).expect_err("it is broken").to_string();
    assert_eq!(
        broken("$connect: {FunctionArn: !GetAtt LiveFunction.Arn}", "$connect: {FunctionArn: !GetAtt Nobody.Arn}"),
        "template.yaml, LiveApi, $connect: its FunctionArn should be !GetAtt <a function of the template>.Arn"
    );
    assert_eq!(
        broken("$request.body.action", "$request.header.x"),
        "template.yaml, LiveApi: the runner supports a RouteSelectionExpression like $request.body.action, no other"
    );
    assert_eq!(
        broken("Metadata: {BuildProperties: {Binary: live}}", "Metadata: {}"),
        "template.yaml, LiveFunction: a function with socket routes needs Metadata.BuildProperties.Binary"
    );
}
