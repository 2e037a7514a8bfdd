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
      Cors: {AllowOrigin: !Sub [\"'${First}'\", {First: !Select [0, !Ref Origins]}]}
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
fn a_route_knows_its_function_its_binary_whether_it_wants_a_key_and_whether_it_streams() {
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
fn plans_come_in_the_order_of_the_file() {
    let zoo =
        Plan { name: "zoo".into(), rate: 5.0, burst: 9.0, quota: Some(Quota { limit: 7, period: Period::Month }) };
    let ant = Plan { name: "ant".into(), rate: 0.5, burst: 1.0, quota: None };
    assert_eq!(read(SMALL).plans, [zoo, ant]);
}

#[test]
fn a_resource_whose_condition_does_not_hold_is_not_there() {
    assert_eq!(read(SMALL).tables, []);
}

#[test]
fn the_gateways_answers_lose_their_quotes_and_a_header_outranks_the_templates_type() {
    let api = read(SMALL).api;
    assert_eq!(api.cors, Some(Cors(vec![("access-control-allow-origin", "https://a.example".into())])));
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
        ["carrel-accounts", "carrel-sessions", "carrel-library"]
    );
}

#[test]
fn the_first_website_is_the_one_that_preflights_name() {
    let origins = ["http://localhost:5173", "http://localhost:4173"].map(ToOwned::to_owned);
    let template = Template::for_origins(&origins).expect("the template is right");
    let cors = template.api.cors.expect("the API has CORS");
    assert!(cors.0.contains(&("access-control-allow-origin", origins[0].clone())), "{cors:?}");
    let (_, of_errors) = &template.api.answers["DEFAULT_4XX"]
        .headers
        .iter()
        .find(|(name, _)| name == "Access-Control-Allow-Origin")
        .expect("errors have it too");
    assert_eq!(*of_errors, origins[0]);
}
