//! Rules that make no sense: each is refused with its field, and nothing changes.

use serde_json::{Value, json};
use tests::{Library, Person};

use super::{DAY, defaults, later, with};

/// Asserts that rules with these fields are refused for these parts.
async fn are_refused(admin: &Person, fields: Value, pointers: &[&str]) {
    for request in [admin.put("/rules", with(&fields)), admin.post("/rules/preview", with(&fields))] {
        let answer = request.await;
        assert_eq!(answer.status, 400, "{fields}: {}", answer.text);
        let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
        let mut found: Vec<_> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, pointers, "{}", answer.text);
    }
    assert_eq!(admin.get("/rules").await.expect(200).json(), defaults());
}

/// Returns the default groups after a change of the first.
fn groups(field: &str, value: Value) -> Value {
    let mut groups = defaults()["groups"].clone();
    groups[0][field] = value;
    json!({"groups": groups})
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused_with_every_field() {
    let library = Library::own().clock_at("2026-11-27T10:00:00Z").start().await;
    let admin = library.admin().await;
    let day = |opens: &str, closes: &str| json!({"monday": {"opens": opens, "closes": closes}});
    let all = defaults()["groups"].as_array().cloned().expect("groups");
    let (others, twice) = (&all[1..], [&all[..], &all[1..2]].concat());
    for (fields, pointers) in [
        (json!({"timeZone": "Europe/Springfield"}), &["/timeZone"][..]),
        (json!({"timeZone": "CET "}), &["/timeZone"]),
        (json!({"openingDays": day("18:00", "10:00")}), &["/openingDays/monday/closes"]),
        (json!({"openingDays": day("18:00", "18:00")}), &["/openingDays/monday/closes"]),
        (json!({"openingDays": {"monday": {"opens": "10:00"}}}), &["/openingDays/monday/closes"]),
        (json!({"openingDays": {"monday": {"closes": "10:00"}}}), &["/openingDays/monday/opens"]),
        (json!({"openingDays": day("9:00", "24:00")}), &["/openingDays/monday/closes", "/openingDays/monday/opens"]),
        (json!({"openingDays": {"moonday": {}}}), &["/openingDays/moonday"]),
        (json!({"closedDates": ["2026-11-26"]}), &["/closedDates/0"]),
        (json!({"closedDates": ["2026-12-24", "2030-01-01"]}), &["/closedDates/1"]),
        (json!({"closedDates": ["2026-02-30"]}), &["/closedDates/0"]),
        (json!({"openedDates": ["2026-11-26"]}), &["/openedDates/0"]),
        (json!({"closedDates": ["2026-12-24"], "openedDates": ["2026-12-24"]}), &["/openedDates/0"]),
        (groups("loanDays", json!(0)), &["/groups/0/loanDays"]),
        (groups("loans", json!(-1)), &["/groups/0/loans"]),
        (groups("id", json!("Adults")), &["/groups/0/id"]),
        (json!({"groups": []}), &["/groups", "/groups"]),
        (json!({"groups": others}), &["/groups"]),
        (json!({"groups": twice}), &["/groups/3/id"]),
        (json!({"pickUpDays": 0}), &["/pickUpDays"]),
        (json!({"pickUpDays": null, "reminderDays": 31}), &["/pickUpDays", "/reminderDays"]),
        (json!({"closed": []}), &["/closed"]),
        (json!({"name": ""}), &["/name"]),
        (json!({"name": "x".repeat(61)}), &["/name"]),
        (json!({"name": "One\nTwo"}), &["/name"]),
        (json!({"address": ["a", "b", "c", "d", "e"]}), &["/address"]),
        (json!({"address": ["12 Linden Street", " "]}), &["/address/1"]),
        (json!({"contact": {"email": "library"}}), &["/contact/email"]),
        (json!({"contact": {"phone": "1".repeat(41), "fax": "1"}}), &["/contact/fax", "/contact/phone"]),
        (json!({"language": "pl"}), &["/language"]),
        (json!({"language": null}), &["/language"]),
        (json!({"letters": {"ready": true, "dueSoon": true}}), &["/letters/overdue"]),
        (json!({"letters": {"ready": true, "dueSoon": true, "overdue": true, "reset": false}}), &["/letters/reset"]),
        (json!({"overdueDays": []}), &["/overdueDays"]),
        (json!({"overdueDays": [1, 2, 3, 4]}), &["/overdueDays"]),
        (json!({"overdueDays": [3, 3, 21]}), &["/overdueDays/1"]),
        (json!({"overdueDays": [3, 10, 366]}), &["/overdueDays/2"]),
        (json!({"overdueDays": [0]}), &["/overdueDays/0"]),
        (json!({"timeZone": "x", "closedDates": ["2020-01-01"]}), &["/closedDates/0", "/timeZone"]),
    ] {
        are_refused(&admin, fields, pointers).await;
    }
}

#[tokio::test]
async fn ten_thousand_closed_days_are_refused_by_their_number() {
    let library = Library::own().clock_at("2026-11-27T10:00:00Z").start().await;
    let admin = library.admin().await;
    let days = vec!["2026-12-24"; 10_000];
    are_refused(&admin, json!({"closedDates": days}), &["/closedDates"]).await;
}

#[tokio::test]
async fn dk48_rules_without_an_open_day_are_refused_at_once() {
    let library = Library::own().clock_at("2026-11-27T10:00:00Z").start().await;
    let admin = library.admin().await;
    for fields in [
        json!({"openingDays": {}}),
        json!({"openingDays": {}, "closedDates": ["2026-12-24"]}),
        json!({"openingDays": {}, "openedDates": ["2026-12-20"]}),
    ] {
        are_refused(&admin, fields, &["/openingDays"]).await;
    }
    // Open on one day of the week, and every one of these is closed for a year.
    let first: jiff::civil::Date = "2026-11-30".parse().expect("a day");
    let mondays: Vec<_> = (0..60).map(|week| first.saturating_add(jiff::Span::new().weeks(week)).to_string()).collect();
    are_refused(&admin, json!({"openingDays": {"monday": {}}, "closedDates": mondays}), &["/openingDays"]).await;
}

#[tokio::test]
async fn dk47_a_closed_day_that_has_passed_does_not_keep_the_rules_from_being_saved() {
    let library = Library::own().clock_at("2026-12-20T10:00:00Z").start().await;
    let mut admin = library.admin().await;
    admin.put("/rules", with(&json!({"closedDates": ["2026-12-26", "2027-12-26"]}))).await.expect(200);
    later(&library, 30, &mut [&mut admin]).await;
    let mut rules = admin.get("/rules").await.expect(200).json();
    rules["pickUpDays"] = json!(7);
    let saved = admin.put("/rules", rules.clone()).await.expect(200).json();
    assert_eq!(saved["closedDates"], json!(["2026-12-26", "2027-12-26"]));
    rules["closedDates"] = json!(["2026-12-26", "2026-12-31"]);
    admin.put("/rules", rules).await.invalid("/closedDates/1");
    // After a year it is left out.
    library.wait(370 * DAY);
    let admin = library.signs_in(&admin).await;
    let mut rules = admin.get("/rules").await.expect(200).json();
    rules["pickUpDays"] = json!(8);
    assert_eq!(admin.put("/rules", rules).await.expect(200).json()["closedDates"], json!(["2027-12-26"]));
}
