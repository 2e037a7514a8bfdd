//! The legend of test ids in SECURITY.md, and the tests and checks that hold them.

use std::collections::BTreeSet;

use crate::contract::read;
use crate::house::sources;

/// The ids that no test holds yet. An id leaves this list with its first test.
const NOT_HELD_YET: &[&str] = &[];

/// Returns the ids of the legend.
fn legend() -> BTreeSet<String> {
    let security = read("SECURITY.md");
    let (_, rows) = security.split_once("| id | what must hold |").expect("SECURITY.md has the legend");
    let rows = rows.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    cells.flat_map(|cell| cell.split(',')).flat_map(|ids| range(ids.trim())).collect()
}

/// Returns the ids from the first to the last of a range such as `THR1–THR3`, or one id.
fn range(ids: &str) -> Vec<String> {
    let (first, last) = ids.split_once('–').unwrap_or((ids, ids));
    let family = |id: &str| id.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_owned();
    let number = |id: &str| id[family(id).len()..].parse::<u8>().unwrap_or_else(|_| panic!("{id} is no id"));
    assert_eq!(family(first), family(last), "{ids} is no range");
    (number(first)..=number(last)).map(|number| format!("{}{number}", family(first))).collect()
}

/// Returns the ids of all tests and checks, in Rust and in Python.
fn held() -> BTreeSet<String> {
    let rust =
        ["tests", "formats", "functions", "local", "shared"].into_iter().flat_map(|folder| sources(folder, "rs"));
    let files = rust.chain(sources("tests", "py"));
    files.flat_map(|(_, text)| text.lines().flat_map(ids_of_a_test).collect::<Vec<_>>()).collect()
}

/// Returns the ids at the start of a name: of a test (`fn ses3_…`, `fn fc1_fl2_…`), of a check (`def aw6_…`), or of a wrong
/// edit, which a check must find (`("aw6: …`).
fn ids_of_a_test(line: &str) -> Vec<String> {
    let line = line.trim_start();
    let line = line.strip_prefix("async ").unwrap_or(line);
    let name = match line.strip_prefix("fn ").or(line.strip_prefix("def ")) {
        Some(function) => function.rsplit_once('_').map(|(words, _)| words.split('_').collect()),
        None => line.strip_prefix("(\"").and_then(|name| name.split_once(": ")).map(|(id, _)| vec![id]),
    };
    let words: Vec<&str> = name.unwrap_or_default();
    words.into_iter().take_while(|word| is_id(word)).map(str::to_uppercase).collect()
}

fn is_id(word: &str) -> bool {
    let letters = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
    (2..=4).contains(&letters.len())
        && letters.len() < word.len()
        && letters.bytes().all(|letter| letter.is_ascii_lowercase())
}

#[test]
fn each_id_of_the_legend_has_a_test_and_each_test_stands_in_the_legend() {
    let (legend, held) = (legend(), held());
    let not_yet: BTreeSet<_> = NOT_HELD_YET.iter().map(|id| (*id).to_owned()).collect();
    assert!(legend.len() > 100 && held.len() > 50, "{} and {} were found", legend.len(), held.len());
    let unexplained: Vec<_> = held.difference(&legend).collect();
    assert!(unexplained.is_empty(), "SECURITY.md does not explain {unexplained:?}, with which names of tests begin");
    let not_held: BTreeSet<_> = legend.difference(&held).cloned().collect();
    let (missing, more): (Vec<_>, Vec<_>) =
        (not_held.difference(&not_yet).collect(), not_yet.difference(&not_held).collect());
    assert!(missing.is_empty(), "no name of a test begins with {missing:?}");
    assert!(more.is_empty(), "{more:?} have a test now: take them off NOT_HELD_YET");
}

#[test]
fn the_legend_is_read_with_its_ranges_and_each_kind_of_name() {
    assert_eq!(range("THR1–THR3"), ["THR1", "THR2", "THR3"]);
    assert_eq!(range("AW20"), ["AW20"]);
    let id = |line| ids_of_a_test(line).join(" ");
    assert_eq!(id("    async fn fc1_a_header_is_read() {"), "FC1");
    assert_eq!(id("async fn fc1_fl2_a_cookie_is_read() {"), "FC1 FL2");
    assert_eq!(id("fn ses3_a_token_is_used_again() {"), "SES3");
    assert_eq!(id("def aw6_a_deployment_is_checked_first(workflow):"), "AW6");
    assert_eq!(id("    (\"aw12: a secret that stays\", \"DeletionPolicy\"),"), "AW12");
    assert_eq!(id("fn sha256(text: &str) -> String {"), "");
    assert_eq!(id("fn an_id_stands_first_rac1() {"), "");
}
