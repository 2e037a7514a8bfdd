//! The history against the model: everything that happened could happen then, and everybody was told the truth.

use std::collections::HashMap;
use std::fmt::Write;

use shared::tables::journal::events::Event;
use shared::values::BookId;

use super::accounts::Accounts;
use super::answers::Outcome;
use super::clients::Operation;
use super::model::{Model, Shown};
use super::order::{Order, forgetting, pairs};

/// Events that are shown before and after the one where it went wrong.
const AROUND: usize = 8;

/// Replays what happened, and gives what it comes to. Fails with what is wrong, and what led to it.
pub(super) fn replay(
    mut model: Model,
    operations: &[Operation],
    events: &[Event],
    accounts: &Accounts,
    moments: usize,
) -> Result<Model, String> {
    if let Some((number, event)) = (1..).zip(events).find(|(number, event)| event.id != *number) {
        return Err(format!("event {number} is missing before {event:?}"));
    }
    let forgotten = forgetting(operations, events, accounts);
    let pairs = pairs(operations, events, &forgotten, moments)?;
    let order = Order::new(operations, &pairs, events.len(), moments);
    let causes: HashMap<_, _> = pairs.iter().map(|(operation, event)| (*event, &operations[*operation])).collect();
    let mut refused = Refusals::of(operations, &order);
    for number in 0..=events.len() {
        if let Some(operation) = refused.without_a_reason(&model, &order, accounts, number) {
            let what = format!("no reason for this answer at any time between: {operation}");
            let book = operation.command.book();
            return Err(report(&what, &Shown(&model, book).to_string(), book, events, number));
        }
        let Some(event) = events.get(number) else { break };
        let before = Shown(&model, event.book.id).to_string();
        let operation = causes.get(&number);
        let standings = operation.map(|operation| accounts.behind(operation, &order, number)).unwrap_or_default();
        let told = match forgotten.get(&number) {
            Some(moment) if number < order.happened(*moment) => Err("the account was deleted only later".into()),
            Some(_) => model.forget(event),
            None => model.apply(event, &standings),
        };
        let told = told.and_then(|()| operation.map_or(Ok(()), |told| is_true(&model, told, event)));
        let told = told.and_then(|()| is_in_order(&order, operation.copied(), number));
        if let Err(what) = told {
            let told = operation.map(|told| format!("\n{told}")).unwrap_or_default();
            let what = format!("{what}\n{}{told}", line(event));
            return Err(report(&what, &before, event.book.id, events, number));
        }
    }
    Ok(model)
}

/// What somebody was told is what happened, and when.
fn is_true(model: &Model, operation: &Operation, event: &Event) -> Result<(), String> {
    let shown_right = match &operation.outcome {
        Outcome::Done(Some(shown)) => model.is_as_shown(shown, event.time),
        _ => true,
    };
    if shown_right { Ok(()) } else { Err("somebody was told otherwise".into()) }
}

fn is_in_order(order: &Order, operation: Option<&Operation>, number: usize) -> Result<(), String> {
    match operation.map(|operation| order.events_of(operation)) {
        Some(range) if !range.contains(&number) => Err(format!("it can have been one of {range:?} only")),
        _ => Ok(()),
    }
}

/// What was refused: each for a reason that there was at some moment before the answer and after the question.
struct Refusals<'a> {
    /// Those of the latest moments first.
    to_come: Vec<&'a Operation>,
    open: Vec<&'a Operation>,
}

impl<'a> Refusals<'a> {
    fn of(operations: &'a [Operation], order: &Order) -> Self {
        let is_refused = |operation: &&Operation| matches!(operation.outcome, Outcome::Refused(_));
        let mut to_come: Vec<_> = operations.iter().filter(is_refused).collect();
        to_come.sort_by_key(|operation| std::cmp::Reverse(*order.states_of(operation).start()));
        Refusals { to_come, open: Vec::new() }
    }

    /// A refusal that has found no reason by now, after so many events, and finds none any more.
    fn without_a_reason(
        &mut self,
        model: &Model,
        order: &Order,
        accounts: &Accounts,
        number: usize,
    ) -> Option<&'a Operation> {
        while let Some(next) = self.to_come.pop_if(|next| *order.states_of(next).start() <= number) {
            self.open.push(next);
        }
        self.open.retain(|operation| {
            let Operation { who, command, at, .. } = **operation;
            let mut reasons =
                accounts.during(operation).into_iter().filter_map(|standing| model.refusal(who, standing, command, at));
            !matches!(&operation.outcome, Outcome::Refused(told) if reasons.any(|reason| reason == *told))
        });
        self.open.iter().copied().find(|operation| *order.states_of(operation).end() <= number)
    }
}

fn report(what: &str, before: &str, book: BookId, events: &[Event], number: usize) -> String {
    let mut report = format!("{what}\n\nBefore event {} the book was: {before}\n", number + 1);
    let of_the_book = events.iter().filter(|event| event.book.id == book).collect::<Vec<_>>();
    let at = of_the_book.partition_point(|event| event.id <= number as u64);
    let first = at.saturating_sub(AROUND);
    for event in of_the_book.iter().skip(first).take(2 * AROUND) {
        let _ = writeln!(report, "{}", line(event));
    }
    report
}

pub(super) fn line(event: &Event) -> String {
    let Event { id, kind, time, actor, place, .. } = event;
    let reservation = event.reservation.map(|id| id.to_string()).unwrap_or_default();
    let place = place.map(|place| format!(", place {place}")).unwrap_or_default();
    format!("{id:5} {time} {kind:?} {reservation} by {actor}{place}")
}
