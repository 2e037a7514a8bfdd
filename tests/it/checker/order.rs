//! Which operation caused which event, and what may have come before what: a request that was sent after another was
//! answered comes after it, and of two that were under way at once either may be first.

use std::collections::{HashMap, HashSet};
use std::ops::{Range, RangeInclusive};

use jiff::Timestamp;
use shared::tables::journal::Action;
use shared::tables::journal::events::Event;
use shared::tables::library::lending::Status;
use shared::values::{ReservationId, UserId};

use super::accounts::Accounts;
use super::answers::Outcome;
use super::check::line;
use super::clients::Operation;
use super::model::Command;

/// The events with which the library ends the reservations of deleted accounts, and the moment before which each cannot
/// have happened. Nobody asked for them; or a request did whose answer was unclear.
pub(super) fn forgetting(operations: &[Operation], events: &[Event], accounts: &Accounts) -> HashMap<usize, usize> {
    let mut forgotten = HashMap::new();
    for (place, event) in events.iter().enumerate().filter(|(_, event)| event.kind == Action::ReservationCancelled) {
        let Some(deletion) = accounts.deletion(event.actor, event.time) else { continue };
        let command = Command::behind(event);
        let is_alike = |operation: &&Operation| {
            (operation.who, Some(operation.command), operation.at) == (event.actor, command, event.time)
        };
        let alike: Vec<_> = operations.iter().filter(is_alike).collect();
        if !alike.iter().any(|operation| is_told(operation)) {
            let unclear = alike.iter().filter(|operation| operation.is_unclear()).map(|operation| operation.sent);
            forgotten.insert(place, unclear.fold(deletion.sent, usize::min));
        }
    }
    forgotten
}

/// Pairs operations with their events, by their places. Every success has an event, and every event of a client has an
/// operation. `forgotten` are the events that nobody asked for.
///
/// # Errors
/// A report of an operation or an event that has no partner.
pub(super) fn pairs(
    operations: &[Operation],
    events: &[Event],
    forgotten: &HashMap<usize, usize>,
    moments: usize,
) -> Result<HashMap<usize, usize>, String> {
    let cause_of = |(place, event)| if forgotten.contains_key(&place) { None } else { cause_of(event) };
    let (asked, caused) = (by_cause(operations.iter().map(cause)), by_cause(events.iter().enumerate().map(cause_of)));
    let mut pairs = HashMap::new();
    // First those that have only one possible partner.
    for (cause, operations) in &asked {
        if let ([operation], Some([event])) = (operations.as_slice(), caused.get(cause).map(Vec::as_slice)) {
            pairs.insert(*operation, *event);
        }
    }
    // Of two alike at once, such as renewals, the one that was answered first gets the first event that the others allow. An
    // unclear operation may have happened at any time since, or never: it gets what is left.
    let order = Order::new(operations, &pairs, events.len(), moments);
    let paired: HashSet<usize> = pairs.values().copied().collect();
    for (cause, caused) in &caused {
        for event in caused.iter().filter(|event| !paired.contains(event)) {
            let nobodys = (cause.0, cause.1, None, cause.3);
            let handed_in =
                asked.iter().filter(|(other, _)| may_have_taken_back(other, cause)).map(|(_, places)| places);
            let candidates = asked.get(cause).into_iter().chain(asked.get(&nobodys)).chain(handed_in).flatten();
            let fitting = candidates
                .filter(|place| !pairs.contains_key(*place) && order.events_of(&operations[**place]).contains(event));
            let first =
                fitting.min_by_key(|place| (operations[**place].is_unclear(), operations[**place].answered)).copied();
            let operation =
                first.ok_or_else(|| format!("nobody asked for this just then: {}", line(&events[*event])))?;
            pairs.insert(operation, *event);
        }
    }
    let is_told = |place: &usize| is_told(&operations[*place]);
    match (0..operations.len()).filter(is_told).find(|place| !pairs.contains_key(place)) {
        Some(place) => {
            let of = operations[place].command;
            let alike = operations.iter().filter(|operation| operation.command == of).map(ToString::to_string);
            let left = events.iter().filter(|event| Command::behind(event) == Some(of)).map(line);
            Err(format!(
                "one of these left no event:\n{}\n{}",
                alike.collect::<Vec<_>>().join("\n"),
                left.collect::<Vec<_>>().join("\n")
            ))
        }
        None => Ok(pairs),
    }
}

fn is_told(operation: &Operation) -> bool {
    matches!(operation.outcome, Outcome::Done(_))
}

/// What an operation and its event have in common. Without a reservation it fits any.
type Cause = (UserId, Command, Option<ReservationId>, Timestamp);

fn cause(operation: &Operation) -> Option<Cause> {
    let Operation { who, command, outcome, at, .. } = operation;
    let id = match (outcome, command) {
        (Outcome::Refused(_), _) => return None,
        (Outcome::Done(Some(shown)), _) => Some(shown.id),
        (Outcome::Done(None), Command::Cancel(id)) => Some(*id),
        _ => None,
    };
    let command = match (command, outcome) {
        (Command::Lend { book, to, .. }, _) => Command::Lend { book: *book, to: *to, despite: false },
        (Command::TakeBack { .. }, Outcome::Done(Some(shown))) if shown.status == Status::Returned => {
            Command::Return(shown.id)
        }
        (Command::TakeBack { .. }, Outcome::Done(Some(shown))) => Command::PutAside(shown.id),
        _ => *command,
    };
    Some((*who, command, id, *at))
}

fn cause_of(event: &Event) -> Option<Cause> {
    let command = match Command::behind(event)? {
        Command::Lend { book, to, .. } => Command::Lend { book, to, despite: false },
        command => command,
    };
    Some((event.actor, command, event.reservation, event.time))
}

/// Whether an operation whose answer was unclear may have taken back what the event says.
fn may_have_taken_back((who, command, id, at): &Cause, of: &Cause) -> bool {
    let book = match of.1 {
        Command::Return(id) | Command::PutAside(id) => id.book,
        _ => return false,
    };
    let is_return = matches!(command, Command::TakeBack { book: theirs, .. } if *theirs == book);
    is_return && id.is_none() && (*who, *at) == (of.0, of.3)
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

/// What the moments of requests and answers say about the order of events.
pub(super) struct Order {
    /// For each moment, how many events had certainly happened.
    happened: Vec<usize>,
    /// For each moment, the first event that had certainly not happened.
    to_come: Vec<usize>,
}

impl Order {
    pub(super) fn new(operations: &[Operation], pairs: &HashMap<usize, usize>, events: usize, moments: usize) -> Self {
        let (mut happened, mut to_come) = (vec![0; moments + 1], vec![events; moments + 1]);
        for (operation, event) in pairs {
            let Operation { sent, answered, .. } = &operations[*operation];
            to_come[*sent] = *event;
            // An unclear operation may still happen after its answer.
            if !operations[*operation].is_unclear() {
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

    /// Returns how many events had certainly happened by that moment.
    pub(super) fn happened(&self, moment: usize) -> usize {
        self.happened[moment]
    }

    /// Returns the first event that had certainly not happened by that moment.
    pub(super) fn to_come(&self, moment: usize) -> usize {
        self.to_come[moment]
    }

    /// Returns the events that the operation may have caused.
    pub(super) fn events_of(&self, operation: &Operation) -> Range<usize> {
        let over = if operation.is_unclear() { self.to_come.len() - 1 } else { operation.answered };
        let end = self.to_come[over];
        self.happened[operation.sent]..end
    }

    /// Returns after how many events the operation may have been refused: it saw what had happened when it was sent, and
    /// nothing that was asked for only after its answer.
    pub(super) fn states_of(&self, operation: &Operation) -> RangeInclusive<usize> {
        self.happened[operation.sent]..=self.to_come[operation.answered]
    }
}
