//! Readers who come in from files.

use reqwest::Method;
use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Library, PASSWORD, Person};

use crate::imports::{begin, file, send, totals, word, words};
use crate::overlaps::overtaken;

/// Returns rows of members: a card and an address each.
fn rows(from: u32, many: u32) -> String {
    (from..from + many).map(|number| format!("Member,M{number:04},m{number:04}@example.org\n")).collect()
}

const HEADER: &str = "first name,card,email\n";

/// Returns how many were taken out, and how many stay because they have borrowed, or have chosen a password.
fn out(import: &Value) -> [u64; 3] {
    let undo = &import["undo"];
    [&undo["removed"], &undo["kept"]["reserved"], &undo["kept"]["signedIn"]].map(|n| n.as_u64().expect("a number"))
}

/// Begins an import of members and sends a whole file. Returns the import and the answer.
async fn brings(librarian: &Person, bytes: impl Into<Vec<u8>>) -> (String, Value) {
    let import = begin(librarian, json!({"format": "members"})).await;
    let answer = send(librarian, &import, 1, bytes, "?last=true").await.expect(200).json();
    (import, answer)
}

async fn finished(librarian: &Person, import: &str) {
    let done = librarian.post(&format!("{import}/finish"), json!({})).await.expect(200).json();
    assert_eq!(done["state"], "finished");
}

/// Returns how many letters the library has written. The rows of letters are rows that follow from a row.
async fn written(library: &Library) -> usize {
    library.local().drained().await;
    library.every_mail().await.len()
}

/// Returns a reader by a card, an email address or a name.
async fn found(librarian: &Person, query: &str) -> Value {
    let found = librarian.get(&format!("/users?query={query}")).await.expect(200).json();
    found["items"].as_array().and_then(|items| items.first()).cloned().unwrap_or_default()
}

/// Adds the groups of the file to those of the library.
async fn with_groups(librarian: &Person) {
    let mut rules = librarian.get("/rules").await.expect(200).json();
    let groups = rules["groups"].as_array_mut().expect("groups");
    for id in ["adult", "child"] {
        let mut group = groups[0].clone();
        group["id"] = id.into();
        group["name"] = id.into();
        groups.push(group);
    }
    librarian.put("/rules", rules).await.expect(200);
}

/// For the test of the policies: every call that an import of members makes.
pub(crate) async fn bring_members_and_take_them_out(library: &Library) {
    let librarian = library.admin().await;
    let rows =
        "first name,email,card,id,group\nAda,ada@example.org,A0001,1,pupils\nBo,ada@example.org,A0002,2,\nEd,,,3,\n";
    let (import, answer) = brings(&librarian, rows).await;
    assert_eq!(totals(&answer), [3, 3, 0, 0], "{answer}");
    finished(&librarian, &import).await;
    library.local().drained().await;
    librarian.delete(&import).await.expect(200);
    library.local().drained().await;
}

#[tokio::test]
async fn im60_members_come_in_with_cards_as_text_and_each_row_that_does_not_says_why() {
    let library = Library::own().start().await;
    let librarian = library.admin().await;
    with_groups(&librarian).await;
    let (import, answer) = brings(&librarian, file("members.csv")).await;
    assert_eq!(totals(&answer), [11, 6, 1, 4], "{answer}");
    let expected = [
        word(3, "added", &["email-taken"]),
        word(6, "failed", &["name-missing"]),
        word(7, "skipped", &["duplicate-in-file"]),
        word(8, "added", &["email-bad"]),
        word(9, "failed", &["card-taken"]),
        word(10, "failed", &["card-short"]),
        word(11, "failed", &["group-unknown"]),
    ];
    assert_eq!(words(&answer), expected, "{answer}");
    let detail = |at: usize| answer["problems"][at]["problems"][0]["detail"].as_str().expect("words").to_owned();
    assert!(detail(0).contains("row 2"), "{}", detail(0));
    assert!(detail(2).contains("row 1") && detail(2).contains("00128"), "{}", detail(2));
    assert!(detail(4).contains("row 1"), "{}", detail(4));
    assert_eq!(answer["problems"][0]["line"], 4);
    let anna = found(&librarian, "00123").await;
    let fields = ["firstName", "lastName", "email", "card", "group", "role", "approved", "emailVerified"];
    let expected = ["Anna", "Berg", "anna@example.org", "00123", "adult", "member"].map(Value::from);
    assert_eq!(fields[..6].iter().map(|name| anna[*name].clone()).collect::<Vec<_>>(), expected, "{anna}");
    assert_eq!((&anna["approved"], &anna["emailVerified"]), (&json!(true), &json!(false)), "{anna}");
    let bea = found(&librarian, "00125").await;
    assert_eq!((&bea["firstName"], &bea["email"]), (&json!("Bea"), &Value::Null), "{bea}");
    assert_eq!(found(&librarian, "chu@example.org").await["group"], "adults");
    assert_eq!(found(&librarian, "suharto").await["card"], "00126");
    for nobody in ["00128", "AB1234", "eve", "fay"] {
        assert_eq!(found(&librarian, nobody).await, Value::Null, "{nobody}");
    }
    // Everything has an owner, a row and a line, also later.
    let state = librarian.get(&import).await.expect(200).json();
    assert_eq!((totals(&state), &state["format"]), ([11, 6, 1, 4], &json!("members")));
    assert_eq!(librarian.get(&format!("{import}/problems")).await.expect(200).json()["items"], answer["problems"]);
    // The same file again adds nobody.
    let (_, again) = brings(&librarian, file("members.csv")).await;
    assert_eq!(totals(&again), [11, 0, 7, 4], "{again}");
    let skipped = words(&again).into_iter().filter(|(_, outcome, _)| outcome == "skipped");
    assert!(skipped.clone().all(|(_, _, codes)| codes[0] == "duplicate"), "{again}");
    assert_eq!(skipped.count(), 7);
}

#[tokio::test]
async fn im61_three_cards_are_three_readers_and_one_without_anything_is_none() {
    let library = Library::own().start().await;
    let librarian = library.admin().await;
    let (_, answer) = brings(&librarian, file("members-twins.csv")).await;
    assert_eq!((totals(&answer), words(&answer)), ([4, 3, 0, 1], vec![word(4, "failed", &["nothing-identifies"])]));
    // An address that is another's identifies nobody.
    let (_, answer) = brings(&librarian, "first name,email\nMia,m@example.org\nMax,m@example.org\n").await;
    assert_eq!((totals(&answer), words(&answer)), ([2, 1, 0, 1], vec![word(2, "failed", &["email-taken"])]));
}

#[tokio::test]
async fn im62_a_zero_that_was_lost_is_not_guessed() {
    let library = Library::own().start().await;
    let (_, answer) = brings(&library.admin().await, file("members-excel-zeros-lost.csv")).await;
    let expected = [word(1, "failed", &["card-short"]), word(2, "failed", &["card-mangled"])];
    assert_eq!((totals(&answer), words(&answer)), ([2, 0, 0, 2], expected.to_vec()));
}

#[tokio::test]
async fn only_librarians_bring_members_in_and_a_file_of_members_is_known_by_its_columns() {
    let library = Library::own().start().await;
    let (reader, assistant) = (library.reader().await, library.with_role("assistant").await);
    let librarian = library.with_role("admin").await;
    for person in [&reader, &assistant] {
        person.post("/imports", json!({"format": "members"})).await.refused(403, "librarians-only");
        // The first part says what the file is.
        let import = begin(person, json!({})).await;
        send(person, &import, 1, file("members.csv"), "?last=true").await.refused(403, "librarians-only");
        // Nothing of it is noted: a file of books may still come.
        let books = send(person, &import, 1, "title,author\nA,B\n", "?last=true").await.expect(200).json();
        assert_eq!(totals(&books)[0], 1);
    }
    let import = begin(&librarian, json!({})).await;
    let answer = send(&librarian, &import, 1, file("members-twins.csv"), "?last=true").await.expect(200).json();
    assert_eq!(totals(&answer), [4, 3, 0, 1]);
    assert_eq!(librarian.get(&import).await.expect(200).json()["format"], "members");
    // Whoever is no librarian any more brings nobody in, and takes nobody out.
    let import = begin(&librarian, json!({"format": "members"})).await;
    send(&librarian, &import, 1, "first name,card\nAda,A0001\n", "").await.expect(200);
    let other = library.admin().await;
    other.patch(&format!("/users/{}", librarian.id), json!({"role": "member"})).await.expect(200);
    let former = library.signs_in(&librarian).await;
    send(&former, &import, 2, "Bo,A0002\n", "?last=true").await.refused(403, "librarians-only");
    former.post(&format!("{import}/finish"), json!({})).await.refused(403, "librarians-only");
    former.delete(&import).await.refused(403, "librarians-only");
    assert_eq!(found(&other, "A0001").await["firstName"], "Ada");
}

#[tokio::test]
async fn readers_whom_the_library_has_are_known_by_card_then_email_then_id() {
    let library = Library::own().start().await;
    let librarian = library.admin().await;
    let desk = json!({"firstName": "Jo", "lastName": "March", "email": "jo@example.org", "card": "J0001"});
    let jo = librarian.post("/users", desk).await.expect(201).string("id");
    let rows = "first name,last name,email,card,id,group\n\
        JO,March,other@example.org,j-0001,,\n\
        Jo,Marsh,jo@example.org,J0001,,\n\
        Jo,March,jo@example.org,J0002,,\n\
        Amy,March,jo@example.org,J0003,,\n\
        Amy,Marsh,,J0001,,\n\
        Beth,March,,,7,nobody\n\
        Beth,March,,,7,\n\
        Elizabeth,March,,,7,\n";
    let (_, answer) = brings(&librarian, rows).await;
    let expected = [
        word(1, "skipped", &["duplicate"]),
        word(2, "skipped", &["duplicate"]),
        word(3, "skipped", &["duplicate"]),
        word(4, "added", &["email-taken"]),
        word(5, "failed", &["card-taken"]),
        word(6, "failed", &["group-unknown"]),
        word(8, "skipped", &["duplicate-in-file"]),
    ];
    assert_eq!((totals(&answer), words(&answer)), ([8, 2, 4, 2], expected.to_vec()), "{answer}");
    assert!(answer["problems"][0]["problems"][0]["detail"].as_str().expect("words").contains(&jo), "{answer}");
    // An id is free again with its reader, and so is a card of a reader who goes at once.
    let beth = found(&librarian, "beth").await["id"].as_str().expect("an id").to_owned();
    librarian.delete(&format!("/users/{beth}")).await.expect(204);
    let (_, answer) = brings(&librarian, "first name,last name,id\nBeth,March,7\n").await;
    assert_eq!(totals(&answer), [1, 1, 0, 0], "{answer}");
    // A copy's number is no card.
    let book = librarian.adds("Little Women", "Louisa May Alcott").await;
    librarian.ask(Method::PUT, &format!("/books/{book}/barcodes/B0001")).await.expect(204);
    // A username reads as a card.
    let named = json!({"username": "k0001", "password": PASSWORD});
    library.stranger().post("/auth/register", named).await.expect(201);
    let (_, answer) = brings(&librarian, "first name,card\nMeg,B0001\nMeg,K0001\nMeg,9780306406157\n").await;
    let expected =
        [word(1, "failed", &["card-taken"]), word(2, "failed", &["card-taken"]), word(3, "failed", &["invalid"])];
    assert_eq!((totals(&answer), words(&answer)), ([3, 0, 0, 3], expected.to_vec()), "{answer}");
}

#[tokio::test]
async fn a_dry_run_of_members_adds_nobody_and_writes_no_letter() {
    let library = Library::own().start().await;
    let librarian = library.admin().await;
    with_groups(&librarian).await;
    let import = begin(&librarian, json!({"format": "members", "dryRun": true})).await;
    let answer = send(&librarian, &import, 1, file("members.csv"), "?last=true").await.expect(200).json();
    assert_eq!(totals(&answer), [11, 6, 1, 4], "{answer}");
    finished(&librarian, &import).await;
    library.local().drained().await;
    assert_eq!(found(&librarian, "00123").await, Value::Null);
    assert!(library.letters("anna@example.org").await.is_empty());
    library.finished().await;
}

#[tokio::test]
async fn a_part_of_members_that_is_sent_again_doubles_nobody_and_gets_the_same_answer() {
    let library = Library::own().proxied().start().await;
    let librarian = library.admin().await;
    let import = begin(&librarian, json!({"format": "members"})).await;
    // Two share an address, and one has an address alone.
    let part = format!("{HEADER}{}Other,M9001,m0002@example.org\nLast,,last@example.org\n", rows(0, 30));
    library.proxy().fail_always(Pattern::transaction_of("imports").naming("m0020@example.org"), Fault::Denied);
    for _ in 0..2 {
        send(&librarian, &import, 1, part.clone(), "").await.problem(500, "internal");
    }
    library.proxy().recover();
    assert_eq!(found(&librarian, "M0019").await["email"], "m0019@example.org");
    let answer = send(&librarian, &import, 1, part.clone(), "").await.expect(200);
    assert_eq!(totals(&answer.json()), [32, 32, 0, 0], "{}", answer.text);
    assert_eq!(words(&answer.json()), [word(31, "added", &["email-taken"])]);
    assert!(answer.text.contains("row 3 of this file"), "{}", answer.text);
    assert_eq!(send(&librarian, &import, 1, part, "").await.expect(200).text, answer.text);
    let all = librarian.get("/users?limit=100").await.expect(200).each("id");
    // The library's own account is one of them.
    assert_eq!(all.len(), 32 + 1, "{all:?}");
}

#[tokio::test]
async fn two_imports_of_members_at_once_add_each_once() {
    let library = Library::own().start().await;
    let librarian = library.admin().await;
    let part = format!("{HEADER}{}", rows(0, 40));
    let ((_, one), (_, other)) = tokio::join!(brings(&librarian, part.clone()), brings(&librarian, part.clone()));
    let (one, other) = (totals(&one), totals(&other));
    assert_eq!((one[1] + other[1], one[2] + other[2]), (40, 40), "{one:?} {other:?}");
    // One import in two tabs.
    let import = begin(&librarian, json!({"format": "members"})).await;
    let part = format!("{HEADER}{}", rows(100, 40));
    let tab = || send(&librarian, &import, 1, part.clone(), "?last=true").into_future();
    let (one, other) = tokio::join!(tab(), tab());
    for answer in [one.expect(200), other.expect(200)] {
        assert_eq!(totals(&answer.json())[3], 0, "{}", answer.text);
    }
    let all = librarian.get("/users?limit=100").await.expect(200).each("id");
    assert_eq!(all.len(), 80 + 1);
}

#[tokio::test]
async fn a_card_that_is_given_away_between_the_look_and_the_write_fails_its_row() {
    let library = Library::own().proxied().start().await;
    let librarian = library.admin().await;
    let import = begin(&librarian, json!({"format": "members"})).await;
    let part = send(&librarian, &import, 1, format!("{HEADER}Ada,A0001,ada@example.org\n"), "?last=true");
    let held = Pattern::transaction_of("imports").naming("ada@example.org");
    let meanwhile = async {
        let bo = json!({"firstName": "Bo", "lastName": "B", "card": "A0001"});
        librarian.post("/users", bo).await.expect(201);
    };
    let (answer, ()) = overtaken(&library, held, part, meanwhile).await;
    assert_eq!(words(&answer.expect(200).json()), [word(1, "failed", &["card-taken"])]);
}

#[tokio::test]
async fn members_get_one_letter_after_the_import_is_finished_and_choose_a_password_with_it() {
    let library = Library::own().standing_clock().every_row_twice().start().await;
    let librarian = library.admin().await;
    let import = begin(&librarian, json!({"format": "members"})).await;
    let part = format!("{HEADER}{}", rows(0, 120));
    send(&librarian, &import, 1, part.clone(), "").await.expect(200);
    send(&librarian, &import, 1, part, "").await.expect(200);
    send(&librarian, &import, 2, "Nomail,N0001,\n", "?last=true").await.expect(200);
    assert!(library.every_mail().await.is_empty(), "none before the end");
    for _ in 0..2 {
        finished(&librarian, &import).await;
    }
    // Fifty a minute.
    assert_eq!(written(&library).await, 50);
    for letters in [100, 120, 120] {
        library.wait(60);
        library.local().run_schedule("dispatch").await.expect("the schedule runs");
        assert_eq!(written(&library).await, letters);
    }
    library.finished().await;
    assert_eq!(library.letters("m0119@example.org").await.len(), 1);
    let token = library.mailed_token("m0007@example.org", "reset-password").await;
    let body = json!({"resetToken": token, "newPassword": PASSWORD});
    library.stranger().post("/auth/reset-password", body).await.expect(200);
    library.login("m0007@example.org", PASSWORD).await.expect(200);
    let reader = found(&librarian, "M0007").await;
    assert_eq!(reader["emailVerified"], true);
    // What happened to a reader is in the log.
    let log = librarian.get("/activity?limit=100").await.expect(200).each("type");
    assert!(log.contains(&"user.invited".to_owned()), "{log:?}");
}

#[tokio::test]
async fn an_undo_takes_members_out_who_have_neither_chosen_a_password_nor_borrowed() {
    let library = Library::own().standing_clock().start().await;
    let librarian = library.admin().await;
    let part = format!(
        "first name,card,email,id,group\n{}",
        (0..70).map(|number| format!("M,M{number:04},m{number:04}@example.org,{number},pupils\n")).collect::<String>()
    );
    let import = begin(&librarian, json!({"format": "members"})).await;
    send(&librarian, &import, 1, part.clone(), "?last=true").await.expect(200);
    finished(&librarian, &import).await;
    assert_eq!(written(&library).await, 50);
    let token = library.mailed_token("m0003@example.org", "reset-password").await;
    let body = json!({"resetToken": token, "newPassword": PASSWORD});
    library.stranger().post("/auth/reset-password", body).await.expect(200);
    let unused = library.mailed_token("m0004@example.org", "reset-password").await;
    let book = librarian.adds("Kindred", "Octavia E. Butler").await;
    let borrower = found(&librarian, "M0005").await["id"].as_str().expect("an id").to_owned();
    librarian.post("/loans", json!({"reader": borrower, "book": book})).await.expect(201);
    librarian.post("/returns", json!({"book": book})).await.expect(200);
    // The library's list of its librarians has her, although she has not chosen a password.
    let promoted = found(&librarian, "M0006").await["id"].as_str().expect("an id").to_owned();
    librarian.patch(&format!("/users/{promoted}"), json!({"role": "admin"})).await.expect(200);
    // Long after: a card that nobody has used is free at once all the same.
    library.wait(3_600);
    let librarian = library.admin().await;
    let undone = librarian.delete(&import).await.expect(200).json();
    assert_eq!((undone["state"].as_str(), out(&undone)), (Some("undone"), [67, 1, 2]), "{undone}");
    assert_eq!(out(&librarian.delete(&import).await.expect(200).json()), [67, 1, 2]);
    assert_eq!(found(&librarian, "M0006").await["role"], "admin");
    assert_eq!(found(&librarian, "M0004").await, Value::Null);
    let body = json!({"resetToken": unused, "newPassword": PASSWORD});
    library.stranger().post("/auth/reset-password", body).await.invalid("/resetToken");
    // The letters that were not written stay unwritten.
    library.wait(60);
    library.local().run_schedule("dispatch").await.expect("the schedule runs");
    library.finished().await;
    assert!(library.letters("m0060@example.org").await.is_empty());
    // Nobody is left in the group but the three, and the same file comes in again.
    let (_, again) = brings(&librarian, part).await;
    assert_eq!(totals(&again), [70, 67, 3, 0], "{again}");
}

#[tokio::test]
async fn members_of_a_first_part_that_was_cut_off_are_invited_and_taken_out() {
    let library = Library::own().standing_clock().proxied().start().await;
    let librarian = library.admin().await;
    for (first, is_undone) in [(100, true), (200, false)] {
        // The file says that it has members, and the client does not.
        let import = begin(&librarian, json!({})).await;
        library.proxy().fail_always(Pattern::of("imports").naming("SET report"), Fault::Denied);
        let part = format!("{HEADER}{}", rows(first, 3));
        send(&librarian, &import, 1, part, "?last=true").await.problem(500, "internal");
        library.proxy().recover();
        let one = format!("M0{}", first + 1);
        assert_ne!(found(&librarian, &one).await, Value::Null);
        // The request may have been on its way.
        library.wait(61);
        if is_undone {
            assert_eq!(out(&librarian.delete(&import).await.expect(200).json()), [3, 0, 0]);
            assert_eq!(found(&librarian, &one).await, Value::Null);
        } else {
            finished(&librarian, &import).await;
            assert_eq!(written(&library).await, 3);
        }
    }
}

#[tokio::test]
async fn an_undo_of_members_is_taken_up_where_it_was_and_two_count_once() {
    let library = Library::own().proxied().start().await;
    let librarian = library.admin().await;
    let (import, answer) = brings(&librarian, format!("{HEADER}{}", rows(0, 60))).await;
    assert_eq!(totals(&answer), [60, 60, 0, 0]);
    // The third of them is mended, lent to and lost meanwhile; another request takes others out.
    let id = found(&librarian, "M0002").await["id"].as_str().expect("an id").to_owned();
    let book = librarian.adds("Kindred", "Octavia E. Butler").await;
    let held = Pattern::transaction_of("imports").naming(&id);
    let meanwhile = async {
        librarian.patch(&format!("/users/{id}"), json!({"firstName": "Mended"})).await.expect(200);
        librarian.post("/loans", json!({"reader": id, "book": book})).await.expect(201);
    };
    let (answer, ()) = overtaken(&library, held, librarian.delete(&import), meanwhile).await;
    assert_eq!(out(&answer.expect(200).json()), [59, 1, 0]);
    let (import, _) = brings(&librarian, format!("{HEADER}{}", rows(100, 60))).await;
    let undo = || librarian.delete(&import).into_future();
    let (one, other) = tokio::join!(undo(), undo());
    for answer in [one, other] {
        assert!([200, 202].contains(&answer.status), "{}", answer.text);
    }
    let mut last = librarian.delete(&import).await;
    while last.status == 202 {
        last = librarian.delete(&import).await;
    }
    assert_eq!(out(&last.expect(200).json()), [60, 0, 0]);
}

#[tokio::test]
async fn a_member_costs_twenty_five_units_and_one_who_is_there_two_reads_and_a_half() {
    let library = Library::own().standing_clock().metered().start().await;
    let librarian = library.admin().await;
    let part = |with: &str| {
        format!(
            "first name,last name,card,email,id\n{}",
            (0..40).map(|n| format!("Jane,Doe{n},M{n:04}{with},m{n}@example.org,{n}\n")).collect::<String>()
        )
    };
    let mut units = Vec::new();
    for expected in [[40, 40, 0, 0], [40, 0, 40, 0]] {
        let import = begin(&librarian, json!({"format": "members"})).await;
        library.local().drained().await;
        library.proxy().take();
        let answer = send(&librarian, &import, 1, part(""), "?last=true").await.expect(200).json();
        assert_eq!(totals(&answer), expected);
        let calls = library.proxy().take_of_requests();
        let of = |call: &&tests::database::Call| call.tables.iter().any(|table| table.contains("accounts"));
        let written: f64 = calls.iter().filter(of).map(|call| call.write).sum();
        units.push((written, calls.iter().map(|call| call.read).sum::<f64>()));
    }
    eprintln!("40 members: written, read: {units:?}");
    assert!(units[0].0 <= 40.0 * 25.0, "{units:?}");
    assert!(units[1].0 == 0.0 && units[1].1 <= 40.0 * 2.5 + 5.0, "{units:?}");
}
