//! Sockets in front of a function of the test, with a real client and the real SDK.

use std::time::Duration;

use super::sockets::Limits;
use super::*;
use crate::wire::{Peer, Strict};
use aws_credential_types::Credentials;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::{BehaviorVersion, Region};
use aws_sdk_apigatewaymanagement::primitives::Blob;
use futures_util::future::join_all;
use futures_util::{FutureExt, SinkExt, StreamExt};
use lambda_http::aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Handler;
use crate::log::Log;
use crate::template::Template;

const TEMPLATE: &str = "
Resources:
  LiveFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: live}}
    Properties: {Timeout: 5}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: v1}}
  LiveApi:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: v1
      RouteSelectionExpression: $request.body.action
      Routes:
        $connect: {FunctionArn: !GetAtt LiveFunction.Arn}
        $disconnect: {FunctionArn: !GetAtt LiveFunction.Arn}
        $default: {FunctionArn: !GetAtt LiveFunction.Arn}
        wave: {FunctionArn: !GetAtt LiveFunction.Arn}
";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A gateway of sockets, and the events that its function has got.
struct Gateway {
    address: SocketAddr,
    sockets: Arc<Sockets>,
    told: mpsc::UnboundedReceiver<Value>,
}

impl Gateway {
    /// A gateway whose function admits every client.
    async fn start() -> Self {
        Self::of(Limits::default(), |_| async { Ok(json!({"statusCode": 200})) }.boxed()).await
    }

    async fn with_limits(change: impl FnOnce(&mut Limits)) -> Self {
        let mut limits = Limits::default();
        change(&mut limits);
        Self::of(limits, |_| async { Ok(json!({"statusCode": 200})) }.boxed()).await
    }

    async fn of(
        limits: Limits,
        function: impl Fn(Value) -> futures_util::future::BoxFuture<'static, Result<Value, String>> + Send + Sync + 'static,
    ) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let handler: Handler = Arc::new(move |event: Value| {
            let _ = tell.send(event.clone());
            function(event)
        });
        let mut api = Template::read(TEMPLATE).expect("the template is right").sockets.expect("it has sockets");
        // Short, for the test of a function that hangs.
        api.routes.get_mut("$connect").expect("it is there").timeout = Duration::from_millis(500);
        let sockets = Sockets::with_limits(&api, &[("live".to_owned(), handler)].into(), Log { on: false }, limits);
        let sockets = sockets.expect("the function is there");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let service = router(Arc::clone(&sockets)).into_make_service_with_connect_info::<Peer>();
        tokio::spawn(async move { axum::serve(Strict(listener), service).await });
        Gateway { address, sockets, told }
    }

    async fn try_connect(&self) -> Result<(Socket, Response), Error> {
        connect_async(format!("ws://{}/socket?ticket=t&a=%26&a=b", self.address)).await
    }

    /// Opens a socket. Returns it with its id.
    async fn connect(&mut self) -> (Socket, String) {
        let (socket, _) = self.try_connect().await.expect("it is admitted");
        let id =
            self.next("CONNECT").await["requestContext"]["connectionId"].as_str().expect("it has an id").to_owned();
        (socket, id)
    }

    /// Returns the next event, which has that type.
    async fn next(&mut self, event_type: &str) -> Value {
        let event = self.told.recv().await.expect("the function lives");
        assert_eq!(event["requestContext"]["eventType"], event_type, "{event}");
        serde_json::from_value::<ApiGatewayWebsocketProxyRequest>(event.clone())
            .expect("Lambda's own type can read it");
        event
    }

    /// Returns the code and the reason in the event of a closed socket.
    async fn end(&mut self) -> (u64, String) {
        let event = self.next("DISCONNECT").await;
        let context = &event["requestContext"];
        let (code, reason) = (context["disconnectStatusCode"].as_u64(), context["disconnectReason"].as_str());
        (code.expect("a code"), reason.expect("a reason").to_owned())
    }

    fn sdk(&self) -> Client {
        let config = aws_sdk_apigatewaymanagement::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .http_client(shared::runtime::https::client(usize::MAX))
            .endpoint_url(format!("http://{}/socket", self.address));
        Client::from_conf(config.build())
    }
}

async fn text(socket: &mut Socket) -> String {
    match socket.next().await {
        Some(Ok(Message::Text(text))) => text.to_string(),
        other => panic!("it should be text: {other:?}"),
    }
}

async fn close_code(socket: &mut Socket) -> u16 {
    loop {
        match socket.next().await {
            Some(Ok(Message::Close(Some(CloseFrame { code, .. })))) => return code.into(),
            Some(Ok(_)) => {}
            other => panic!("it should be closed: {other:?}"),
        }
    }
}

#[tokio::test]
async fn the_event_of_a_handshake_is_api_gateways() {
    let mut gateway = Gateway::start().await;
    let mut request = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(format!(
        "ws://{}/socket?ticket=t&a=%26&a=b",
        gateway.address
    ))
    .expect("it is a request");
    request.headers_mut().insert("origin", "https://a.example".parse().expect("it is a header"));
    request.headers_mut().insert("user-agent", "monitor/1".parse().expect("it is a header"));
    let (_socket, answer) = connect_async(request).await.expect("it is admitted");
    assert_eq!(answer.status(), 101);

    let event = gateway.next("CONNECT").await;
    let context = event["requestContext"].as_object().expect("it has a context");
    let mut names: Vec<_> = context.keys().map(String::as_str).collect();
    names.sort_unstable();
    #[rustfmt::skip]
    assert_eq!(names, [
        "apiId", "connectedAt", "connectionId", "domainName", "eventType", "extendedRequestId", "identity",
        "messageDirection", "requestId", "requestTime", "requestTimeEpoch", "routeKey", "stage",
    ]);
    assert_eq!((&context["routeKey"], &context["stage"]), (&json!("$connect"), &json!("v1")));
    assert_eq!(context["domainName"], gateway.address.to_string());
    assert_eq!(context["identity"], json!({"sourceIp": "127.0.0.1", "userAgent": "monitor/1"}));
    let id = context["connectionId"].as_str().expect("it is text");
    assert!(id.len() == 16 && id.ends_with('=') && !id.ends_with("=="), "{id}");
    assert_eq!(event["headers"]["Origin"], "https://a.example");
    assert_eq!(event["headers"]["Sec-WebSocket-Version"], "13");
    assert_eq!(event["headers"]["X-Forwarded-For"], "127.0.0.1");
    assert_eq!(event["multiValueHeaders"]["User-Agent"], json!(["monitor/1"]));
    assert_eq!(event["queryStringParameters"], json!({"ticket": "t", "a": "b"}));
    assert_eq!(event["multiValueQueryStringParameters"], json!({"ticket": ["t"], "a": ["&", "b"]}));
    assert_eq!(event["isBase64Encoded"], false);
    assert!(event.get("body").is_none());
}

#[tokio::test]
async fn a_handshake_is_answered_as_the_function_says() {
    let refused = async |function: fn() -> Result<Value, String>| {
        let gateway = Gateway::of(Limits::default(), move |_| async move { function() }.boxed()).await;
        match gateway.try_connect().await {
            Err(Error::Http(answer)) => answer.status().as_u16(),
            other => panic!("it should be refused: {other:?}"),
        }
    };
    assert_eq!(refused(|| Ok(json!({"statusCode": 401}))).await, 401);
    assert_eq!(refused(|| Ok(json!({"statusCode": 403, "body": "no"}))).await, 403);
    assert_eq!(refused(|| Ok(json!({"statusCode": 500}))).await, 500);
    assert_eq!(refused(|| Ok(json!({"statusCode": 302}))).await, 502);
    assert_eq!(refused(|| Ok(json!({"status": 200}))).await, 502);
    assert_eq!(refused(|| Err("no database".to_owned())).await, 502);
    assert_eq!(refused(|| panic!("on purpose")).await, 502);
    let mut slow = Gateway::of(Limits::default(), |_| std::future::pending().boxed()).await;
    assert!(matches!(slow.try_connect().await, Err(Error::Http(answer)) if answer.status() == 502));
    slow.next("CONNECT").await;
    assert!(slow.told.is_empty(), "a client that was not admitted does not disconnect");
}

#[tokio::test]
async fn a_plain_request_is_asked_to_upgrade() {
    let gateway = Gateway::start().await;
    let answer =
        crate::http::client().get(format!("http://{}/socket", gateway.address)).send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), &answer.headers()["upgrade"]), (426, &"websocket".parse().expect("a value")));
    assert!(gateway.told.is_empty());
}

#[tokio::test]
async fn a_message_goes_to_the_route_that_it_names_or_to_the_default_route() {
    let mut gateway = Gateway::start().await;
    let (mut socket, id) = gateway.connect().await;
    for (message, route) in [
        (r#"{"action": "wave"}"#, "wave"),
        (r#"{"action": "unknown"}"#, "$default"),
        (r#"{"action": "$connect"}"#, "$default"),
        (r#"{"action": 7}"#, "$default"),
        ("[1]", "$default"),
        ("not JSON", "$default"),
        ("", "$default"),
    ] {
        socket.send(message.into()).await.expect("it is sent");
        let event = gateway.next("MESSAGE").await;
        assert_eq!((&event["requestContext"]["routeKey"], &event["body"]), (&json!(route), &json!(message)));
        assert_eq!(event["requestContext"]["connectionId"], id);
        assert!(event["requestContext"]["messageId"].is_string() && event.get("headers").is_none());
    }
}

#[tokio::test]
async fn a_client_learns_that_its_message_could_not_be_handled() {
    let function = |event: Value| {
        async move {
            assert_ne!(event["body"], "crash", "on purpose");
            if event["body"] == "fail" { Err("no database".to_owned()) } else { Ok(json!({"statusCode": 200})) }
        }
        .boxed()
    };
    let mut gateway = Gateway::of(Limits::default(), function).await;
    let (mut socket, id) = gateway.connect().await;
    for message in ["crash", "fail"] {
        socket.send(message.into()).await.expect("it is sent");
        let request = gateway.next("MESSAGE").await["requestContext"]["requestId"].clone();
        let frame: Value = serde_json::from_str(&text(&mut socket).await).expect("it is JSON");
        assert_eq!(frame, json!({"message": "Internal server error", "connectionId": id, "requestId": request}));
    }
    socket.send("fine".into()).await.expect("it is sent");
    gateway.next("MESSAGE").await;
}

#[tokio::test]
async fn a_message_that_is_too_large_closes_only_its_own_socket() {
    let mut gateway = Gateway::start().await;
    let (mut neighbour, neighbours) = gateway.connect().await;
    let frame = |size: usize| Message::text("x".repeat(size));
    let (mut socket, _) = gateway.connect().await;
    socket.send(frame(32 << 10)).await.expect("it is sent");
    gateway.next("MESSAGE").await;
    socket.send(frame((32 << 10) + 1)).await.expect("it is sent");
    assert_eq!(close_code(&mut socket).await, 1009);
    assert_eq!(gateway.end().await, (1009, "Message too long".to_owned()));

    // A message in frames, each of which is small enough.
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
    for (frames, end) in [(4, None), (5, Some(1009))] {
        let (mut socket, _) = gateway.connect().await;
        for number in 1..=frames {
            let code = OpCode::Data(if number == 1 { Data::Text } else { Data::Continue });
            let frame = Frame::message(vec![b'x'; 32 << 10], code, number == frames);
            // The last of too many may find the socket closed already.
            let _ = socket.send(Message::Frame(frame)).await;
        }
        match end {
            None => {
                assert_eq!(gateway.next("MESSAGE").await["body"].as_str().map(str::len), Some(128 << 10));
                socket.close(None).await.expect("it is closed");
            }
            Some(code) => assert_eq!(close_code(&mut socket).await, code),
        }
        gateway.end().await;
    }

    let sent = gateway.sdk().post_to_connection().connection_id(neighbours).data(Blob::new("hello")).send().await;
    sent.expect("it is sent");
    assert_eq!(text(&mut neighbour).await, "hello");
}

#[tokio::test]
async fn binary_frames_are_not_supported() {
    let mut gateway = Gateway::start().await;
    let (mut socket, _) = gateway.connect().await;
    socket.send(Message::binary(vec![1, 2, 3])).await.expect("it is sent");
    assert_eq!(close_code(&mut socket).await, 1003);
    assert_eq!(gateway.end().await.0, 1003);
}

#[tokio::test]
async fn the_function_hears_once_of_a_closed_socket_whatever_closed_it() {
    let mut gateway = Gateway::start().await;

    let (mut socket, _) = gateway.connect().await;
    let frame = CloseFrame { code: 4000.into(), reason: "enough".into() };
    socket.close(Some(frame)).await.expect("it is closed");
    assert_eq!(close_code(&mut socket).await, 4000, "a close is answered");
    assert_eq!(gateway.end().await, (4000, "enough".to_owned()));

    let (mut socket, _) = gateway.connect().await;
    socket.close(None).await.expect("it is closed");
    assert_eq!(gateway.end().await, (1005, "Client-side close frame status not set".to_owned()));

    let (socket, _) = gateway.connect().await;
    drop(socket);
    assert_eq!(gateway.end().await.0, 1006);

    let (mut socket, id) = gateway.connect().await;
    let delete = || gateway.sdk().delete_connection().connection_id(&id).send();
    delete().await.expect("it is closed");
    assert!(delete().await.is_err_and(|error| error.into_service_error().is_gone_exception()));
    assert_eq!(close_code(&mut socket).await, 1000);
    assert_eq!(gateway.end().await, (1000, "Connection Closed Normally".to_owned()));

    let (mut socket, _) = gateway.connect().await;
    if let MaybeTlsStream::Plain(stream) = socket.get_mut() {
        // A frame with reserved bits.
        stream.write_all(&[0xF1, 0x80, 0, 0, 0, 0]).await.expect("it is sent");
    }
    assert_eq!(close_code(&mut socket).await, 1002);
    assert_eq!(gateway.end().await.0, 1002);

    assert!(gateway.told.is_empty());
}

#[tokio::test]
async fn the_function_also_hears_of_a_client_that_leaves_during_the_handshake() {
    let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let function = {
        let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
        move |event: Value| {
            let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
            async move {
                if event["requestContext"]["eventType"] == "CONNECT" {
                    asked.notify_one();
                    answer.notified().await;
                }
                Ok(json!({"statusCode": 200}))
            }
            .boxed()
        }
    };
    let mut gateway = Gateway::of(Limits::default(), function).await;
    let mut client = TcpStream::connect(gateway.address).await.expect("it listens");
    let request = "GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    client.write_all(request.as_bytes()).await.expect("it is sent");
    asked.notified().await;
    drop(client);
    answer.notify_one();
    gateway.next("CONNECT").await;
    assert_eq!(gateway.end().await.0, 1006);
}

#[tokio::test]
async fn an_idle_socket_and_an_old_socket_are_closed() {
    for change in
        [(|limits: &mut Limits| limits.idle = Duration::from_millis(1)) as fn(&mut Limits), |limits: &mut Limits| {
            limits.age = Duration::from_millis(1)
        }]
    {
        let mut gateway = Gateway::with_limits(change).await;
        let (mut socket, _) = gateway.connect().await;
        assert_eq!(close_code(&mut socket).await, 1001);
        assert_eq!(gateway.end().await, (1001, "Going away".to_owned()));
    }
}

/// Moves the clock. It stands only meanwhile: a clock that stands jumps ahead of messages that are under way.
async fn advance(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// The time that a socket stays open, if its client sends a frame every five minutes.
async fn lifetime(frame: Message) -> (Duration, u16) {
    let mut gateway = Gateway::start().await;
    let (mut socket, _) = gateway.connect().await;
    for number in 1.. {
        advance(Duration::from_secs(5 * 60)).await;
        // A socket that is closed meanwhile does not take it.
        let _ = socket.send(frame.clone()).await;
        loop {
            tokio::select! {
                Some(event) = gateway.told.recv() => {
                    if event["requestContext"]["eventType"] == "MESSAGE" {
                        break;
                    }
                }
                answer = socket.next() => match answer {
                    Some(Ok(Message::Close(Some(end)))) => return (Duration::from_secs(number * 5 * 60), end.code.into()),
                    Some(Ok(Message::Pong(_))) => break,
                    other => panic!("{other:?}"),
                },
            }
        }
    }
    unreachable!("it counts without an end")
}

#[tokio::test]
async fn aw17_messages_keep_a_socket_open_for_two_hours_and_pings_do_not() {
    let (lived, code) = lifetime(Message::Text("ping".into())).await;
    assert!((7_200..=7_500).contains(&lived.as_secs()), "{lived:?}");
    assert_eq!(code, 1001);
}

#[tokio::test]
async fn aw17_a_socket_without_messages_is_closed_after_ten_minutes() {
    let (lived, code) = lifetime(Message::Ping("".into())).await;
    assert!((600..=900).contains(&lived.as_secs()), "{lived:?}");
    assert_eq!(code, 1001);
}

#[tokio::test]
async fn a_ping_is_answered() {
    let mut gateway = Gateway::start().await;
    let (mut socket, _) = gateway.connect().await;
    socket.send(Message::Ping("are you there?".into())).await.expect("it is sent");
    let answer = socket.next().await.expect("it is open").expect("it is a frame");
    assert_eq!(answer, Message::Pong("are you there?".into()));
}

#[tokio::test]
async fn fc3_a_client_that_does_not_read_is_sent_no_more_and_delays_nobody() {
    let mut gateway = Gateway::with_limits(|limits| limits.queue = 4).await;
    let (lazy, lazys) = gateway.connect().await;
    let (mut eager, eagers) = gateway.connect().await;
    let sdk = gateway.sdk();
    let large = "x".repeat(128 << 10);
    let send = |id: &str| sdk.post_to_connection().connection_id(id).data(Blob::new(large.as_str())).send();
    let mut sent = 0;
    while send(&lazys).await.is_ok() {
        sent += 1;
        send(&eagers).await.expect("it keeps up");
        assert_eq!(text(&mut eager).await.len(), large.len());
    }
    assert!(sent >= 4, "the queue and the system's buffers take some");
    let refused = send(&lazys).await.expect_err("it does not read");
    assert_eq!(refused.raw_response().map(|answer| answer.status().as_u16()), Some(429));
    assert!(refused.into_service_error().is_limit_exceeded_exception());
    send(&eagers).await.expect("it is still there");
    sdk.delete_connection().connection_id(&lazys).send().await.expect("it is closed");
    assert_eq!(gateway.end().await.0, 1000);
    drop(lazy);
}

#[tokio::test]
async fn the_sdk_sends_looks_up_and_closes() {
    let mut gateway = Gateway::start().await;
    let (mut socket, id) = gateway.connect().await;
    let sdk = gateway.sdk();
    let post = |id: &str, text: &str| sdk.post_to_connection().connection_id(id).data(Blob::new(text)).send();
    post(&id, "{\"items\":[]} ü").await.expect("it is sent");
    assert_eq!(text(&mut socket).await, "{\"items\":[]} ü");
    let most = "x".repeat(128 << 10);
    post(&id, &most).await.expect("it is sent");
    assert_eq!(text(&mut socket).await, most);

    let status = sdk.get_connection().connection_id(&id).send().await.expect("it is known");
    let identity = status.identity().expect("it has one");
    assert_eq!((identity.source_ip(), identity.user_agent()), (Some("127.0.0.1"), Some("")));
    assert!(status.connected_at() <= status.last_active_at() && status.connected_at().is_some());

    let too_large = post(&id, &(most + "x")).await.expect_err("it is too large").into_service_error();
    assert!(too_large.is_payload_too_large_exception(), "{too_large:?}");
    let gone = post("L0SM9cOFvHcCIhw=", "hello").await.expect_err("it never was").into_service_error();
    assert!(gone.is_gone_exception(), "{gone:?}");
    let invalid = post("nobody", "hello").await.expect_err("it is no id");
    assert_eq!(invalid.raw_response().map(|answer| answer.status().as_u16()), Some(400));
    let gone = sdk.get_connection().connection_id("L0SM9cOFvHcCIhw=").send().await.expect_err("it never was");
    assert!(gone.into_service_error().is_gone_exception());

    sdk.delete_connection().connection_id(&id).send().await.expect("it is closed");
    assert!(post(&id, "hello").await.is_err_and(|error| error.into_service_error().is_gone_exception()));
}

#[tokio::test]
async fn a_message_that_was_sent_before_the_close_arrives() {
    let mut gateway = Gateway::start().await;
    for _ in 0..20 {
        let (mut socket, id) = gateway.connect().await;
        for number in 0..10 {
            let connection = gateway.sockets.find(&id).expect("it is there");
            connection.send(number.to_string().into()).expect("it keeps up");
        }
        gateway.sdk().delete_connection().connection_id(&id).send().await.expect("it is closed");
        for number in 0..10 {
            assert_eq!(text(&mut socket).await, number.to_string());
        }
        assert_eq!(close_code(&mut socket).await, 1000);
        assert_eq!(gateway.end().await.0, 1000);
    }
}

#[tokio::test]
async fn the_management_api_refuses_requests_without_a_signature() {
    let mut gateway = Gateway::start().await;
    let (_socket, id) = gateway.connect().await;
    let http = crate::http::client();
    for path in ["@connections", "%40connections"] {
        let url = format!("http://{}/socket/{path}/{}", gateway.address, id.replace('=', "%3D"));
        for authorization in ["", "Bearer x", "AWS4-HMAC-SHA256"] {
            let answer = http.get(&url).header("authorization", authorization).send().await.expect("an answer");
            assert_eq!(answer.status(), 403, "{authorization}");
        }
        let answer = http.get(&url).header("authorization", "AWS4-HMAC-SHA256 Credential=x").send().await;
        assert_eq!(answer.expect("an answer").status(), 200);
    }
}

#[tokio::test]
async fn a_stop_closes_every_socket_and_admits_no_more() {
    let mut gateway = Gateway::start().await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        sockets.push(gateway.connect().await.0);
    }
    let codes = join_all(sockets.iter_mut().map(close_code));
    let (codes, ()) = tokio::join!(codes, gateway.sockets.close_all());
    assert_eq!(codes, [1001; 5]);
    let told: Vec<_> = std::iter::from_fn(|| gateway.told.try_recv().ok()).collect();
    assert_eq!(told.len(), 5, "when it returns, the function has heard of every socket");
    assert!(told.iter().all(|event| event["requestContext"]["disconnectStatusCode"] == 1001));
    assert!(matches!(gateway.try_connect().await, Err(Error::Http(answer)) if answer.status() == 503));
}

#[tokio::test]
async fn a_function_that_hangs_does_not_delay_the_stop() {
    let function = |event: Value| match event["requestContext"]["eventType"].as_str() {
        Some("CONNECT") => async { Ok(json!({"statusCode": 200})) }.boxed(),
        _ => std::future::pending().boxed(),
    };
    let limits = Limits { grace: Duration::from_millis(10), ..Limits::default() };
    let mut gateway = Gateway::of(limits, function).await;
    let (_socket, _) = gateway.connect().await;
    gateway.sockets.close_all().await;
}

/// The size of a busy library: a hundred monitors, each of which gets everything, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_sockets_get_every_message_in_order() {
    let mut gateway = Gateway::start().await;
    let mut sockets = Vec::new();
    for _ in 0..100 {
        sockets.push(gateway.connect().await);
    }
    let (http, address) = (crate::http::client(), gateway.address);
    let readers = sockets.into_iter().map(|(mut socket, id)| {
        let url = format!("http://{address}/socket/@connections/{}", id.replace('=', "%3D"));
        let http = http.clone();
        tokio::spawn(async move {
            for number in 0..20 {
                let post = http.post(&url).header("authorization", "AWS4-HMAC-SHA256 x").body(number.to_string());
                assert_eq!(post.send().await.expect("an answer").status(), 200);
            }
            for number in 0..20 {
                assert_eq!(text(&mut socket).await, number.to_string());
            }
        })
    });
    join_all(readers).await.into_iter().for_each(|read| read.expect("it gets them all"));
}

#[tokio::test]
async fn a_template_that_names_an_unknown_function_is_refused() {
    let api = Template::read(TEMPLATE).expect("the template is right").sockets.expect("it has sockets");
    let error = Sockets::new(&api, &[].into(), Log { on: false }).err().expect("live is not there");
    assert_eq!(error.to_string(), "template.yaml, LiveFunction: the runner does not know live, which sockets call");
}

/// Whatever bytes come, the gateway lives.
#[tokio::test]
async fn no_malformed_frame_crashes_a_socket() {
    let mut gateway = Gateway::start().await;
    for first in 0..=255_u8 {
        let (mut socket, _) = gateway.connect().await;
        if let MaybeTlsStream::Plain(stream) = socket.get_mut() {
            stream.write_all(&[first, 0x85, 1, 2, 3, 4, first, 0xFF, 0, 9, 7]).await.expect("it is sent");
            stream.shutdown().await.expect("it is shut down");
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
        while gateway.told.recv().await.expect("the function lives")["requestContext"]["eventType"] != "DISCONNECT" {}
    }
}
