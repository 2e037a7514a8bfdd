//! Strangers who guess do not lock out the devices and network addresses that have signed in before (SECURITY.md: LCK1).

use std::ops::RangeInclusive;

use serde_json::{Value, json};
use tests::{Answer, Library, PASSWORD, Person};

/// Where the owner is, and where a stranger guesses. The owner has signed in at the first one only.
const HOME: &str = "127.0.0.1";
const STRANGER: &str = "127.0.0.66";
const WRONG: &str = "not the password";
const DAY: i64 = 24 * 60 * 60;

/// Has somebody guess until they are throttled.
async fn guesses(somebody: &Person, email: &str) {
    for _ in 0..5 {
        somebody.logs_in(email, WRONG).await.problem(401, "unauthenticated");
    }
    somebody.logs_in(email, WRONG).await.problem(429, "too-many-requests");
}

/// Signs in as the website does, with these cookies.
async fn website_signs_in(somebody: &Person, email: &str, password: &str, cookies: &str) -> Answer {
    let credentials = json!({"email": email, "password": password, "session": "cookie"});
    somebody.post("/auth/login", credentials).header("cookie", cookies).await
}

/// Returns the cookie `name=value` that an answer sets.
fn cookie(answer: &Answer, name: &str) -> String {
    let set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs = set.filter_map(|cookie| cookie.split(';').next()).filter(|pair| pair.starts_with(name));
    pairs.next().unwrap_or_else(|| panic!("no cookie {name}")).to_owned()
}

/// Signs in as an app does, which sends the last refresh token that it got.
async fn app_signs_in(somebody: &Person, email: &str, password: &str, last: &Option<String>) -> Answer {
    somebody.post("/auth/login", json!({"email": email, "password": password, "refreshToken": last})).await
}

/// Returns the devices and addresses that the library remembers for a user.
async fn known(library: &Library, user: &Person) -> Value {
    let key = json!({"pk": {"S": format!("user#{}", user.id)}});
    let found = library.dynamodb().call("GetItem", &json!({"TableName": "carrel-sessions", "Key": key})).await;
    found["Item"]["known"]["M"].clone()
}

/// Signs in from so many further addresses.
async fn signs_in_everywhere(library: &Library, owner: &Person, numbers: RangeInclusive<u8>) {
    for number in numbers {
        library.wait(1);
        let somewhere = library.stranger().at(&format!("127.0.1.{number}"));
        somewhere.logs_in(&owner.email, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn lck1_a_stranger_who_guesses_does_not_lock_out_the_address_that_signed_in_before() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    let stranger = library.stranger().at(STRANGER);
    guesses(&stranger, &owner.email).await;
    for _ in 0..12 {
        stranger.logs_in(&owner.email, WRONG).await.problem(429, "too-many-requests");
        library.stranger().at(HOME).logs_in(&owner.email, PASSWORD).await.expect(200);
    }
    // The owner's sign-ins do not let the stranger guess again, not even the right password.
    stranger.logs_in(&owner.email, PASSWORD).await.problem(429, "too-many-requests");
}

#[tokio::test]
async fn lck1_a_browser_that_signed_in_before_is_known_by_its_cookie_at_any_address() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    let before = website_signs_in(&library.stranger(), &owner.email, PASSWORD, "").await.expect(200);
    let device = cookie(&before, "__Host-device");
    // Signing out leaves this cookie.
    let session = format!("{}; {device}", cookie(&before, "__Host-access"));
    let out =
        library.stranger().ask(reqwest::Method::POST, "/auth/logout").header("cookie", &session).await.expect(200);
    assert!(!out.headers.get_all("set-cookie").iter().any(|value| value.as_bytes().starts_with(b"__Host-device")));
    // The owner is in the same network as the stranger.
    let here = library.stranger().at(STRANGER);
    guesses(&here, &owner.email).await;
    website_signs_in(&here, &owner.email, PASSWORD, "").await.problem(429, "too-many-requests");
    let after = website_signs_in(&here, &owner.email, PASSWORD, &device).await.expect(200);
    // The session of the old mark has ended, so the new one takes its place.
    website_signs_in(&here, &owner.email, PASSWORD, &cookie(&after, "__Host-device")).await.expect(200);
}

#[tokio::test]
async fn lck1_an_app_that_signed_in_before_is_known_by_its_last_refresh_token_at_any_address() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    let here = library.stranger().at(STRANGER);
    guesses(&here, &owner.email).await;
    app_signs_in(&here, &owner.email, PASSWORD, &None).await.problem(429, "too-many-requests");
    app_signs_in(&here, &owner.email, PASSWORD, &owner.refresh_token).await.expect(200);
    // A token whose session has ended tells it as well, and so does one that was spent.
    owner.refreshes().await.expect(200);
    owner.ask(reqwest::Method::POST, "/auth/logout").await.expect(200);
    let again = app_signs_in(&here, &owner.email, PASSWORD, &owner.refresh_token).await.expect(200);
    app_signs_in(&here, &owner.email, PASSWORD, &Some(again.string("refreshToken"))).await.expect(200);
    // What is no token is no reason to refuse a password.
    app_signs_in(&library.stranger(), &owner.email, PASSWORD, &Some("no token".to_owned())).await.expect(200);
}

#[tokio::test]
async fn lck1_a_known_device_has_a_limit_of_its_own() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    let thief = library.stranger().at(STRANGER);
    for _ in 0..5 {
        app_signs_in(&thief, &owner.email, WRONG, &owner.refresh_token).await.problem(401, "unauthenticated");
    }
    for pause in [1, 2, 4] {
        let refused = app_signs_in(&thief, &owner.email, PASSWORD, &owner.refresh_token).await;
        assert_eq!(refused.problem(429, "too-many-requests").header("retry-after"), pause.to_string());
        library.wait(pause);
        app_signs_in(&thief, &owner.email, WRONG, &owner.refresh_token).await.problem(401, "unauthenticated");
    }
    // Neither the owner's address nor strangers wait for it.
    library.stranger().at("127.0.0.67").logs_in(&owner.email, WRONG).await.problem(401, "unauthenticated");
    library.login(&owner.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn lck1_a_device_is_known_to_its_own_account_alone() {
    let library = Library::own().standing_clock().start().await;
    let (owner, other) = (library.reader().await, library.reader().await);
    let stranger = library.stranger().at(STRANGER);
    guesses(&stranger, &owner.email).await;
    let device =
        cookie(&website_signs_in(&library.stranger(), &other.email, PASSWORD, "").await.expect(200), "__Host-device");
    app_signs_in(&stranger, &owner.email, WRONG, &other.refresh_token).await.problem(429, "too-many-requests");
    website_signs_in(&stranger, &owner.email, WRONG, &device).await.problem(429, "too-many-requests");
    for wrong in
        ["__Host-device=", "__Host-device=AAAA", &device.replace(['A', 'B'], "C"), &format!("{device}; {device}")]
    {
        website_signs_in(&stranger, &owner.email, WRONG, wrong).await.problem(429, "too-many-requests");
    }
}

#[tokio::test]
async fn lck1_a_known_device_does_not_wait_for_other_peoples_failures_at_its_address() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    let network = library.stranger().at(STRANGER);
    for number in 0..60 {
        network.logs_in(&format!("nobody{number}@example.com"), WRONG).await;
    }
    network.logs_in(&owner.email, PASSWORD).await.problem(429, "too-many-requests");
    app_signs_in(&network, &owner.email, PASSWORD, &owner.refresh_token).await.expect(200);
}

#[tokio::test]
async fn lck1_a_stranger_who_guesses_does_not_keep_the_owner_from_a_new_password() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    guesses(&library.stranger().at(STRANGER), &owner.email).await;
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another horse battery"});
    // At the stranger's address, too: the session tells the device.
    owner.at(STRANGER).put("/auth/password", change).await.expect(200);
    owner
        .ask(reqwest::Method::DELETE, "/users/me")
        .json(&json!({"password": "another horse battery"}))
        .await
        .expect(204);
}

#[tokio::test]
async fn lck1_a_stranger_who_requests_resets_does_not_use_up_the_owners() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    let request =
        async |somebody: &Person| somebody.post("/auth/reset-password-request", json!({"email": owner.email})).await;
    let stranger = library.stranger().at(STRANGER);
    for _ in 0..5 {
        request(&stranger).await.expect(202);
    }
    request(&stranger).await.problem(429, "too-many-requests");
    request(&library.stranger()).await.expect(202);
    let token = library.mailed_token(&owner.email, "reset-password").await;
    let reset = json!({"resetToken": token, "newPassword": "staple of the horse"});
    library.stranger().post("/auth/reset-password", reset).await.expect(200);
}

#[tokio::test]
async fn lck1_a_reset_lets_its_address_in_and_the_stranger_stays_throttled() {
    let library = Library::own().standing_clock().start().await;
    let (owner, new) = (library.reader().await, "staple of the horse");
    let (stranger, elsewhere) = (library.stranger().at(STRANGER), library.stranger().at("127.0.0.5"));
    guesses(&stranger, &owner.email).await;
    elsewhere.logs_in(&owner.email, PASSWORD).await.problem(429, "too-many-requests");
    // The owner's device and address have failed, too.
    for _ in 0..5 {
        app_signs_in(&elsewhere, &owner.email, WRONG, &owner.refresh_token).await.problem(401, "unauthenticated");
        library.login(&owner.email, WRONG).await.problem(401, "unauthenticated");
    }
    elsewhere.post("/auth/reset-password-request", json!({"email": owner.email})).await.expect(202);
    let token = library.mailed_token(&owner.email, "reset-password").await;
    let reset = json!({"resetToken": token, "newPassword": new, "refreshToken": owner.refresh_token});
    elsewhere.post("/auth/reset-password", reset).await.expect(200);
    elsewhere.logs_in(&owner.email, new).await.expect(200);
    app_signs_in(&library.stranger().at("127.0.0.67"), &owner.email, new, &owner.refresh_token).await.expect(200);
    stranger.logs_in(&owner.email, new).await.problem(429, "too-many-requests");
    // Where the reset was not made, what was counted stays.
    library.login(&owner.email, new).await.problem(429, "too-many-requests");
}

#[tokio::test]
async fn lck1_the_library_remembers_a_bounded_number_of_devices_and_no_address_by_itself() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    signs_in_everywhere(&library, &owner, 1..=40).await;
    let known = known(&library, &owner).await;
    assert_eq!(known.as_object().map(serde_json::Map::len), Some(20), "{known}");
    assert!(!known.to_string().contains("127.0"), "{known}");
    // The last ones are known, the first one is not any more.
    guesses(&library.stranger().at(STRANGER), &owner.email).await;
    library.stranger().at("127.0.1.40").logs_in(&owner.email, PASSWORD).await.expect(200);
    library.login(&owner.email, PASSWORD).await.problem(429, "too-many-requests");
}

#[tokio::test]
async fn lck1_a_device_that_has_not_signed_in_for_ninety_days_is_a_stranger() {
    let library = Library::own().standing_clock().start().await;
    let owner = library.reader().await;
    library.wait(80 * DAY);
    signs_in_everywhere(&library, &owner, 1..=1).await;
    library.wait(11 * DAY);
    guesses(&library.stranger().at(STRANGER), &owner.email).await;
    library.login(&owner.email, PASSWORD).await.problem(429, "too-many-requests");
    app_signs_in(&library.stranger(), &owner.email, PASSWORD, &owner.refresh_token)
        .await
        .problem(429, "too-many-requests");
    signs_in_everywhere(&library, &owner, 1..=1).await;
    // What is too old goes with the next sign-in: the session of today and its address, and the session of 11 days ago.
    let known = known(&library, &owner).await;
    assert_eq!(known.as_object().map(serde_json::Map::len), Some(3), "{known}");
}
