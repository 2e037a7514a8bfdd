//! Which event is whose doing, and what may have come before what: a request that was sent after another was answered
//! comes after it, and of two that were under way at once either may be first.

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use shared::tables::journal::events::Event;
use shared::values::{ReservationId, UserId};

use super::check::line;
use super::clients::{Operation, Outcome};
use super::model::Wish;

/// Pairs of the place of an operation and the place of its event. Every success has one, and everything that somebody had
/// to ask for was asked for.
pub(super) fn pairs(operations: &[Operation], events: &[Event]) -> Result<HashMap<usize, usize>, String> {
    let (asked, caused) = (by_cause(operations.iter().map(cause)), by_cause(events.iter().map(cause_of)));
    let mut pairs = HashMap::new();
    // First what can only be so.
    for (cause, operations) in &asked {
        if let ([operation], Some([event])) = (operations.as_slice(), caused.get(cause).map(Vec::as_slice)) {
            pairs.insert(*operation, *event);
        }
    }
    // Who renewed twice at once was first with the request that was answered first, as far as those of the others allow. Who
    // was told to come again may have been served at any time since, or never: they get what is left.
    let order = Order::new(operations, &pairs, events.len());
    for (cause, caused) in &caused {
        for event in caused.iter().filter(|event| !pairs.values().any(|paired| paired == *event)).collect::<Vec<_>>() {
            let nobodys = (cause.0, cause.1, None);
            let candidates = asked.get(cause).into_iter().chain(asked.get(&nobodys)).flatten();
            let fitting = candidates
                .filter(|place| !pairs.contains_key(*place) && order.events_of(&operations[**place]).contains(event));
            let first =
                fitting.min_by_key(|place| (is_unclear(&operations[**place]), operations[**place].answered)).copied();
            let operation =
                first.ok_or_else(|| format!("nobody asked for this just then: {}", line(&events[*event])))?;
            pairs.insert(operation, *event);
        }
    }
    let is_told = |place: &usize| matches!(operations[*place].outcome, Outcome::Done(_));
    match (0..operations.len()).filter(is_told).find(|place| !pairs.contains_key(place)) {
        Some(place) => {
            let of = operations[place].wish;
            let alike = operations.iter().filter(|operation| operation.wish == of).map(ToString::to_string);
            let left = events.iter().filter(|event| Wish::behind(event) == Some(of)).map(line);
            Err(format!(
                "one of these left no event:\n{}\n{}",
                alike.collect::<Vec<_>>().join("\n"),
                left.collect::<Vec<_>>().join("\n")
            ))
        }
        None => Ok(pairs),
    }
}

fn is_unclear(operation: &Operation) -> bool {
    matches!(operation.outcome, Outcome::Unclear(_))
}

/// What an operation and its event have in common.
type Cause = (UserId, Wish, Option<ReservationId>);

fn cause(operation: &Operation) -> Option<Cause> {
    let Operation { who, wish, outcome, .. } = operation;
    let id = match (outcome, wish) {
        (Outcome::Refused(_), _) => return None,
        (Outcome::Done(Some(shown)), _) => Some(shown.id),
        (Outcome::Done(None), Wish::Cancel(id)) => Some(*id),
        _ => None,
    };
    Some((*who, *wish, id))
}

fn cause_of(event: &Event) -> Option<Cause> {
    Wish::behind(event).map(|wish| (event.actor, wish, event.reservation))
}

fn by_cause(causes: impl Iterator<Item = Option<Cause>>) -> HashMap<Cause, Vec<usize>> {
    let mut places: HashMap<_, Vec<_>> = HashMap::new();
    for (place, cause) in causes.enumerate() {
        if let Some(cause) = cause {
            places.entry(cause).or_default().push(place);
        }
    }
    places
}

/// What the moments of sending and answering say of the order of events.
pub(super) struct Order {
    /// So many events had happened for sure by each moment.
    happened: Vec<usize>,
    /// Which event was the first that cannot have happened by each moment.
    to_come: Vec<usize>,
}

impl Order {
    pub(super) fn new(operations: &[Operation], pairs: &HashMap<usize, usize>, events: usize) -> Self {
        let moments = 2 * operations.len();
        let (mut happened, mut to_come) = (vec![0; moments + 1], vec![events; moments + 1]);
        for (operation, event) in pairs {
            let Operation { sent, answered, .. } = &operations[*operation];
            to_come[*sent] = *event;
            // Who is told to come again may still be served.
            if !is_unclear(&operations[*operation]) {
                happened[*answered] = event + 1;
            }
        }
        for moment in 0..moments {
            happened[moment + 1] = happened[moment + 1].max(happened[moment]);
        }
        for moment in (0..moments).rev() {
            to_come[moment] = to_come[moment].min(to_come[moment + 1]);
        }
        Order { happened, to_come }
    }

    /// The events that may be that operation's.
    pub(super) fn events_of(&self, operation: &Operation) -> Range<usize> {
        let over = if is_unclear(operation) { self.to_come.len() - 1 } else { operation.answered };
        let end = self.to_come[over];
        self.happened[operation.sent]..end
    }

    /// After how many events it may have been refused: it saw what had happened when it was sent, and nothing that was asked
    /// for only after the answer.
    pub(super) fn states_of(&self, operation: &Operation) -> RangeInclusive<usize> {
        self.happened[operation.sent]..=self.to_come[operation.answered]
    }
}
