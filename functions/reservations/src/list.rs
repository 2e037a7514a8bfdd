//! `GET /reservations`.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::page::{Listing, Page, foreign_cursor};
use shared::edge::refusals::Forbidden;
use shared::tables::library::lending::Reservation;
use shared::tables::library::lending::desk::{DeskList, DeskPosition};
use shared::values::{Address, ReservationId, UserId};
use utoipa::{IntoParams, ToSchema};

use crate::Reservations;
use crate::desk_reservation::{DeskReservation, for_the_desk};

/// The lists of the desk: one of them, or none.
#[derive(Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// For the desk: what this user has reserved or borrowed.
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reader: Option<UserId>,
    /// For the desk: the copies that are ready for their readers.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ready: Option<True>,
    /// Goes with `ready`: `true` for those that are put aside, `false` for those that still stand on their shelf.
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    aside: Option<bool>,
    /// For the desk: copies on the shelf for collection that nobody waits for any more (`putBack`), or that have another
    /// reader now (`newSlip`).
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    put_back: Option<True>,
    /// For the desk: the loans whose due day has passed, the longest overdue first.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    overdue: Option<True>,
    /// For the desk: the loans that are due today.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<DueDay>,
}

#[derive(Deserialize, Serialize, ToSchema, Clone, Copy)]
pub(crate) enum True {
    /// It is asked for.
    #[serde(rename = "true")]
    True,
}

#[derive(Deserialize, Serialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "camelCase")]
enum DueDay {
    Today,
}

/// A position in one of the lists.
#[derive(Serialize, Deserialize)]
pub(crate) enum Position {
    Desk(DeskPosition),
    OfReader(ReservationId),
}

/// What a request lists.
enum Wanted {
    Own,
    Reader(UserId),
    Desk(DeskList),
}

impl Filter {
    fn wanted(&self) -> Result<Wanted> {
        let ready = match self.aside {
            None => DeskList::Ready,
            Some(true) => DeskList::Aside,
            Some(false) => DeskList::ToFetch,
        };
        let lists = [
            ("?reader", self.reader.map(Wanted::Reader)),
            ("?ready", self.ready.map(|_| Wanted::Desk(ready))),
            ("?putBack", self.put_back.map(|_| Wanted::Desk(DeskList::PutBack))),
            ("?overdue", self.overdue.map(|_| Wanted::Desk(DeskList::Overdue))),
            ("?due", self.due.map(|DueDay::Today| Wanted::Desk(DeskList::DueToday))),
        ];
        let mut wanted = lists.into_iter().filter_map(|(name, list)| Some((name, list?)));
        let (first, second) = (wanted.next(), wanted.next());
        match (first, second) {
            (_, Some((name, _))) => Err(Error::invalid(name, "goes without the parameters of another list")),
            _ if self.aside.is_some() && self.ready.is_none() => Err(Error::invalid("?aside", "goes with ready=true")),
            (Some((_, wanted)), None) => Ok(wanted),
            (None, None) => Ok(Wanted::Own),
        }
    }
}

/// Lists what the caller has reserved or borrowed, the last reserved first; or one of the desk's lists, with the readers'
/// names.
///
/// Looking at a reader's list is recorded in the activity log. A list of the desk may miss what has happened a moment ago, and a page of it may have fewer than `limit` items;
/// `nextCursor` tells whether there is more.
///
/// # Errors
/// 400 if a parameter is unknown or invalid, or of another list; 401 without a live session; 403 for a list of the desk, if
/// the caller is neither a librarian nor an assistant.
#[utoipa::path(get, path = "/reservations", tag = "reservations", operation_id = "listReservations",
    params(Listing<Filter, Position>),
    extensions(("x-access" = json!("user")), ("x-refusals" = json!([Forbidden::DeskOnly]))),
    responses((status = 200, description = "A page of reservations.", body = Page<DeskReservation>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list(
    State(reservations): State<Reservations>,
    caller: Caller,
    from: Address,
    listing: Listing<Filter, Position>,
) -> Result<Response> {
    let wanted = listing.filter.wanted()?;
    let (library, now) = (&reservations.library, reservations.app.now());
    match wanted {
        Wanted::Own => {
            let listing = listing.of(caller.id);
            let (items, next) = page(library.list_reservations(caller.id, now).await?, &listing)?;
            let mut shown = Vec::new();
            for item in items {
                shown.push(DeskReservation::from(reservations.to_its_reader(item, &caller).await?));
            }
            Ok(listing.page(shown, next))
        }
        Wanted::Reader(reader) => {
            caller.require_desk()?;
            if reader != caller.id {
                let app = &reservations.app;
                app.journal().looked(&caller.actor(app, from), reader).await?;
            }
            let (items, next) = page(library.list_reservations(reader, now).await?, &listing)?;
            Ok(listing.page(for_the_desk(&reservations, items).await?, next))
        }
        Wanted::Desk(list) => {
            caller.require_desk()?;
            let after = match listing.after()? {
                None => None,
                Some(Position::Desk(position)) if list.has(&position, &*library.rules(now).await?, now) => {
                    Some(position)
                }
                Some(_) => return Err(foreign_cursor()),
            };
            let found = library.desk_list(list, listing.limit, after, now).await?;
            let items = for_the_desk(&reservations, found.items).await?;
            Ok(listing.page(items, found.next.map(Position::Desk)))
        }
    }
}

/// Returns the page of a reader's whole list, and where it continues.
fn page(all: Vec<Reservation>, listing: &Listing<Filter, Position>) -> Result<(Vec<Reservation>, Option<Position>)> {
    let mut rest = match listing.after()? {
        None => all,
        Some(Position::OfReader(last)) => {
            all.into_iter().skip_while(|reservation| reservation.id != last).skip(1).collect()
        }
        Some(Position::Desk(_)) => return Err(foreign_cursor()),
    };
    let more = rest.len() > listing.limit;
    rest.truncate(listing.limit);
    let next = rest.last().filter(|_| more).map(|last| Position::OfReader(last.id));
    Ok((rest, next))
}
