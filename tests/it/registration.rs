//! Registration: names, conflicts and invalid input.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Library, PASSWORD, unique, unique_email};

#[tokio::test]
async fn a_reader_registers_with_an_email_a_username_or_both() {
    let library = Library::start().await;
    for names in [
        json!({"email": unique_email()}),
        json!({"username": unique("Jane.")}),
        json!({"email": unique_email(), "username": unique("Zoë_"), "firstName": "Zoë", "lastName": "O’Brien-Ñandú"}),
    ] {
        let mut registration = names.clone();
        registration["password"] = json!(PASSWORD);
        let welcome = library.stranger().post("/auth/register", registration).await.expect(201);

        let mut body = welcome.json();
        let fields: Vec<_> = body.as_object().into_iter().flat_map(|body| body.keys().cloned()).collect();
        assert_eq!(fields, ["accessToken", "expiresIn", "refreshToken", "tokenType", "user"]);
        assert_eq!((&body["expiresIn"], &body["tokenType"]), (&json!(600), &json!("Bearer")));
        let user = body["user"].as_object_mut().expect("a user");
        let id = user.remove("id").expect("the user has an id");
        assert_eq!(welcome.header("location"), format!("/v1/users/{}", id.as_str().unwrap_or_default()));
        assert!(user.remove("createdAt").is_some_and(|time| time.as_str().is_some_and(|time| time.ends_with('Z'))));
        assert!(user.remove("updatedAt").is_some());
        assert_eq!(user.remove("emailVerified"), Some(json!(false)));
        assert_eq!(body["user"], names, "what was sent, and nothing else");
        assert!(!welcome.text.contains(PASSWORD) && !welcome.text.to_lowercase().contains("argon2"));

        library.stranger().with_tokens(&welcome).get("/favorites").await.expect(200);
    }
}

#[tokio::test]
async fn names_are_stored_trimmed_and_the_email_in_lower_case() {
    let library = Library::start().await;
    let (email, username) = (unique_email(), unique("Jane"));
    let registration = json!({
        "email": format!(" {} ", email.to_uppercase()), "username": format!(" {username} "), "password": PASSWORD,
        "firstName": " Jane ", "lastName": null,
    });
    let user = library.stranger().post("/auth/register", registration).await.expect(201).json()["user"].clone();
    assert_eq!(
        (&user["email"], &user["username"], &user["firstName"]),
        (&json!(email), &json!(username), &json!("Jane"))
    );
    assert_eq!(user.get("lastName"), None);
}

#[tokio::test]
async fn a_name_is_taken_in_every_spelling() {
    let library = Library::start().await;
    let register = |mut names: Value| {
        names["password"] = json!(PASSWORD);
        library.stranger().post("/auth/register", names)
    };
    let (word, username) = (unique("cafe"), unique("Café."));
    register(json!({"email": format!("{word}@bücher.example"), "username": username})).await.expect(201);
    for email in [
        format!("{word}@bücher.example"),
        format!(" {word}@bücher.example "),
        format!("{}@BÜCHER.Example", word.to_uppercase()),
        format!("{word}@xn--bcher-kva.example"),
        format!("\u{feff}{word}@bu\u{308}cher.example"),
    ] {
        register(json!({"email": email})).await.refused(409, "email-taken");
    }
    for taken in [
        username.clone(),
        username.to_uppercase(),
        username.to_lowercase(),
        username.replace('é', "e\u{301}"),
        username.replace('C', "\u{ff23}"),
    ] {
        register(json!({"username": taken})).await.refused(409, "username-taken");
    }
}

#[tokio::test]
async fn a_refused_registration_takes_no_name() {
    let library = Library::start().await;
    let (email, username) = (unique_email(), unique("jane"));
    let register = |email: &str, username: &str| {
        library.stranger().post("/auth/register", json!({"email": email, "username": username, "password": PASSWORD}))
    };
    register(&email, &username).await.expect(201);
    let (free_email, free_username) = (unique_email(), unique("jane"));
    register(&email, &free_username).await.refused(409, "email-taken");
    register(&free_email, &username).await.refused(409, "username-taken");
    register(&email, &username).await.refused(409, "email-taken");
    register(&free_email, &free_username).await.expect(201);
}

#[tokio::test]
async fn exactly_one_of_twenty_parallel_registrations_of_an_email_succeeds() {
    let library = Library::start().await;
    let email = unique_email();
    let answers = join_all((0..20).map(|number| {
        let email = if number % 2 == 0 { email.clone() } else { email.to_uppercase() };
        let registration =
            json!({"email": email, "username": unique("jane"), "password": format!("{PASSWORD} {number}")});
        library.stranger().post("/auth/register", registration).into_future()
    }));
    let answers = answers.await;
    let winners: Vec<_> = (0..20).filter(|number| answers[*number].status == 201).collect();
    assert_eq!(winners.len(), 1, "{answers:#?}");
    let mut losers = Vec::new();
    for (number, answer) in answers.into_iter().enumerate().filter(|(number, _)| !winners.contains(number)) {
        answer.refused(409, "email-taken");
        losers.push(number);
    }
    let with = |number: usize| format!("{PASSWORD} {number}");
    library.login(&email, &with(losers[0])).await.problem(401, "unauthenticated");
    library.login(&email, &with(losers[18])).await.problem(401, "unauthenticated");
    library.login(&email, &with(winners[0])).await.expect(200);
}

#[tokio::test]
async fn the_refusal_of_a_registration_names_the_invalid_field() {
    let library = Library::start().await;
    let complete = json!({"email": unique_email(), "username": unique("jane"), "password": PASSWORD});
    let with = |field: &str, value: Value| {
        let mut registration = complete.clone();
        registration[field] = value;
        registration
    };
    let mut refused = vec![
        ("/email", json!({"password": PASSWORD})),
        ("/email", json!({"email": null, "username": null, "password": PASSWORD})),
        ("/password", json!({"email": unique_email()})),
        ("/password", json!({})),
        ("", json!([unique_email(), unique("jane"), PASSWORD, "Jane", "Doe"])),
        ("", json!("jane")),
        ("", json!(7)),
        ("", Value::Null),
    ];
    let long = |letters: usize| json!("a".repeat(letters));
    for email in [
        "",
        " ",
        "jane",
        "jane@",
        "@example.com",
        "a b@example.com",
        "jane@localhost",
        "a@b@example.com",
        "jane@example.com\n.x",
    ] {
        refused.push(("/email", with("email", json!(email))));
    }
    for username in ["", "ab", "jane doe", "jane@example.com", "jane/doe", "jane\u{0}doe", "\u{301}jane", "jаne"] {
        refused.push(("/username", with("username", json!(username))));
    }
    for (pointer, value) in [
        ("/email", json!(format!("{}@example.com", "a".repeat(300)))),
        ("/username", long(33)),
        ("/password", json!("seven77")),
        ("/password", long(129)),
        ("/password", json!("")),
        ("/firstName", json!("")),
        ("/firstName", json!("  ")),
        ("/firstName", long(101)),
        ("/lastName", json!("Doe\r\nBcc: everyone@example.com")),
        ("/lastName", json!("Doe\u{0}")),
    ] {
        refused.push((pointer, with(&pointer[1..], value)));
    }
    for pointer in ["/email", "/username", "/password", "/firstName", "/lastName"] {
        for value in [json!(7), json!(true), json!([PASSWORD]), json!({"is": PASSWORD})] {
            refused.push((pointer, with(&pointer[1..], value)));
        }
    }
    refused.push(("/password", with("password", Value::Null)));
    // Fields that only the library sets.
    for field in ["/role", "/id", "/version", "/passwordHash", "/createdAt", "/isAdmin", "/first_name"] {
        refused.push((field, with(&field[1..], json!("admin"))));
    }
    for (pointer, registration) in refused {
        library.stranger().post("/auth/register", registration).await.invalid(pointer);
    }
    library.stranger().post("/auth/register", complete).await.expect(201);
}

#[tokio::test]
async fn a_refusal_does_not_repeat_the_invalid_value() {
    let library = Library::start().await;
    for password in [json!(2_718_281_828_u64), json!({"2718281828": 1}), json!(["2718281828"]), json!("2718281")] {
        for path in ["/auth/register", "/auth/login"] {
            let answer = library.stranger().post(path, json!({"email": unique_email(), "password": password})).await;
            assert!((400..500).contains(&answer.status), "{answer:?}");
            assert!(!answer.text.contains("2718281"), "{}", answer.text);
        }
    }
    let typed = library.stranger().post("/auth/register", json!({"password": 7})).await.invalid("/password");
    assert_eq!(typed.json()["errors"][0]["detail"], "should be a string");
}
