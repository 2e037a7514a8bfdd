//! Compares the history with the model: every event was possible at that moment, and every answer was true.

use std::collections::HashMap;
use std::fmt::Write;

use shared::tables::journal::events::Event;
use shared::values::{BookId, UserId};

use super::accounts::Accounts;
use super::answers::Outcome;
use super::clients::Operation;
use super::model::{Command, Model, Shown};
use super::order::{Order, forgetting, pairs};

/// How many events a report shows before and after the wrong one.
const AROUND: usize = 8;

/// Replays the events. Returns the model after the last one.
///
/// # Errors
/// A report of the first event or answer that is wrong.
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
    model.absences = accounts.absences();
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
        let standings = operation
            .map(|operation| accounts.behind(operation, about(&model, operation), &order, number))
            .unwrap_or_default();
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

/// Whether the answer says what the event did.
fn is_true(model: &Model, operation: &Operation, event: &Event) -> Result<(), String> {
    let shown_right = match &operation.outcome {
        Outcome::Done(Some(shown)) => model.is_as_shown(shown, event.time),
        _ => true,
    };
    if shown_right { Ok(()) } else { Err("somebody was told otherwise".into()) }
}

/// Returns the reader whom an operation at the desk is about.
fn about(model: &Model, operation: &Operation) -> Option<UserId> {
    match operation.command {
        Command::Lend { to, .. } => Some(to),
        Command::Undo(id) => model.cards.get(&id).map(|card| card.reader),
        _ => None,
    }
}

fn is_in_order(order: &Order, operation: Option<&Operation>, number: usize) -> Result<(), String> {
    match operation.map(|operation| order.events_of(operation)) {
        Some(range) if !range.contains(&number) => Err(format!("it can have been one of {range:?} only")),
        _ => Ok(()),
    }
}

/// The refused operations. Each had its reason at some moment between its request and its answer.
struct Refusals<'a> {
    /// Those whose moments have not begun, the last first.
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

    /// Returns a refusal whose moments are over after so many events, and which had its reason at none of them.
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
            let mut reasons = accounts
                .during(operation, about(model, operation))
                .into_iter()
                .filter_map(|pair| model.refusal(who, pair, command, at));
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
