//! After the last race: what comes to rest though nobody asks for anything, and rows are lost.

use std::collections::BTreeSet;

use serde_json::json;
use tests::{Library, StreamFaults};

use super::chance::Chance;
use super::clients::Operation;
use super::days::{a_new_day_begins, each_book_gets_more_copies, some_days_pass};
use super::desk::Desk;
use super::model::Model;
use super::tables;

/// Each book gets more copies, and no row says so: the schedule alone gives them to the readers who wait. Then the lost rows
/// are processed.
pub(super) async fn copies_go_to_those_who_wait(
    library: &Library,
    desk: &mut Desk,
    model: &mut Model,
    chance: &mut Chance,
) -> Vec<Operation> {
    library.stream().recover();
    library.stream().fail(StreamFaults { lost: 100, ..StreamFaults::default() });
    let operations = a_new_day_begins(library, desk, model, chance).await;
    each_book_gets_more_copies(desk, model).await;
    // Who was signed out that morning may have been passed over for the day.
    some_days_pass(library, desk, 1).await;
    everything_is_done(library).await;
    tables::no_copy_is_free_while_somebody_waits(library).await;
    library.stream().recover();
    are_redriven(library, &library.stream().take_lost()).await;
    operations
}

/// Has the rows processed that Lambda gave up, as an operator does.
async fn are_redriven(library: &Library, lost: &BTreeSet<String>) {
    eprintln!("{} rows were lost", lost.len());
    let redriven = library.local().call("dispatch", json!({"task": "redrive", "rows": lost})).await;
    assert_eq!(redriven, Ok(json!({"done": lost.len()})));
    everything_is_done(library).await;
}

/// Weeks pass until every loan is due soon. The index that tells the schedule so lags.
pub(super) async fn loans_fall_due(library: &Library, desk: &mut Desk) {
    for _ in 0..2 {
        some_days_pass(library, desk, 9).await;
        library.proxy().lag(40);
        for _ in 0..4 {
            library.local().run_schedule("dispatch").await.unwrap_or_else(|problem| panic!("{problem}"));
        }
        library.proxy().recover();
        everything_is_done(library).await;
    }
}

/// Repeats the scheduled run until it finds nothing to do, and waits for `dispatch`.
async fn everything_is_done(library: &Library) {
    library.local().drained().await;
    for _ in 0..20 {
        let done = library.local().run_schedule("dispatch").await.unwrap_or_else(|problem| panic!("{problem}"));
        if done.iter().all(|answer| answer["done"] == 0) {
            return library.local().drained().await;
        }
    }
    panic!("the scheduled run always finds something to do");
}
