//! Members of a library.

use crate::{read, told};

#[test]
fn im60_members_are_read_and_what_is_wrong_is_told() {
    assert_eq!(
        told(&read("members.csv", "members")),
        [
            "Anna Berg / anna@example.org / 00123 / adult",
            "Ben Berg / parent@example.org / 00124 / child",
            "Bea Berg / parent@example.org / 00125 / child",
            " Suharto / - / 00126 / adult",
            "Chu  / chu@example.org / - / -",
            "name-missing /firstName line 7",
            "Anna Berg / anna@example.org / 00128 / adult",
            "Dan Low / - / 00129 / adult !email-bad",
            "Eve Low / eve@example.org / 00123 / adult",
            "card-short /card line 11",
            "Gus Low / gus@example.org / AB1234 / admin",
        ]
    );
}

#[test]
fn im61_a_member_needs_something_that_identifies() {
    let rows = read("members-twins.csv", "members");
    assert_eq!(told(&rows)[3], "nothing-identifies  line 5");
    assert_eq!(told(&rows)[0], "Max Frey / - / 30001 / -");
}

#[test]
fn im61_what_is_not_kept_is_named() {
    let plan = crate::plan_of(&crate::file("members-twins.csv"), &Default::default()).unwrap();
    assert_eq!(plan.unread, ["birthday"]);
}

#[test]
fn im62_a_lost_zero_is_not_guessed() {
    assert_eq!(
        told(&read("members-excel-zeros-lost.csv", "members")),
        ["card-short /card line 2", "card-mangled /card line 3"]
    );
}
