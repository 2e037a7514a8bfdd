//! `PATCH /users/me`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Body, Precondition};
use shared::edge::refusals::Unauthenticated;
use shared::edge::with_etag;
use shared::tables::accounts::User;
use shared::values::{Address, Language, Letters, Name, Patch, required};
use utoipa::ToSchema;

use crate::Users;
use crate::profile::Profile;

/// A change of the caller's names and choices (JSON Merge Patch, RFC 7396).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Names {
    /// The first name.
    #[serde(default)]
    #[schema(value_type = Option<Name>, required = false)]
    first_name: Patch<Name>,
    /// The last name.
    #[serde(default)]
    #[schema(value_type = Option<Name>, required = false)]
    last_name: Patch<Name>,
    /// Whether the library keeps what the caller borrows from now on, for the caller alone. `false` deletes what was kept.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false)]
    keep_history: Option<bool>,
    /// The language of the caller's letters. `null` is the library's.
    #[serde(default)]
    #[schema(value_type = Option<Language>, required = false)]
    language: Patch<Language>,
    /// Which letters the caller wants of those that the library writes. What is left out stays. `null` is all of them. Letters
    /// about passwords, addresses and devices always come.
    #[serde(default)]
    #[schema(value_type = Option<LetterChoices>, required = false)]
    letters: Patch<LetterChoices>,
}

/// A change of the letters that a reader wants.
#[derive(Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LetterChoices {
    /// Whether a copy is ready, or the reader's place has changed.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false)]
    ready: Option<bool>,
    /// Whether a book is due soon.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false)]
    due_soon: Option<bool>,
    /// Whether a book is overdue.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false)]
    overdue: Option<bool>,
}

impl LetterChoices {
    /// Returns the letters that a reader wants after the change.
    fn instead_of(self, letters: Letters) -> Letters {
        Letters {
            ready: self.ready.unwrap_or(letters.ready),
            due_soon: self.due_soon.unwrap_or(letters.due_soon),
            overdue: self.overdue.unwrap_or(letters.overdue),
        }
    }
}

/// Changes the caller's names, their letters, and whether past loans are kept. `null` removes a name or a choice.
///
/// # Errors
/// 401 without a live session; 412 if the profile is not at the version in `If-Match`.
#[utoipa::path(patch, path = "/users/me", tag = "users", operation_id = "changeMe", params(Precondition), request_body = Names,
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone]))),
    responses(
        (status = 200, description = "The changed profile.", body = Profile, headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn change_me(
    State(users): State<Users>,
    caller: Caller,
    precondition: Precondition,
    from: Address,
    Body(names): Body<Names>,
) -> Result<Response> {
    let today = users.today().await?;
    let change = |user: &mut User| {
        names.first_name.clone().apply(&mut user.first_name);
        names.last_name.clone().apply(&mut user.last_name);
        names.language.apply(&mut user.language);
        match names.letters {
            Patch::Keep => {}
            Patch::Remove => user.letters = None,
            Patch::Set(choices) => user.letters = Some(choices.instead_of(user.letters.unwrap_or_default())),
        }
    };
    let allows = |version| precondition.allows(version);
    let (actor, mut own) = (caller.actor(&users.app, from), caller.sessions);
    let history = match (own.keeps_history_since(), names.keep_history) {
        (None, Some(true)) => Patch::Set(actor.at),
        (Some(_), Some(false)) => Patch::Remove,
        _ => Patch::Keep,
    };
    let user = users.accounts.change_user(allows, change, history, &actor).await?;
    if history != Patch::Keep {
        let since = names.keep_history.and_then(|keeps| keeps.then_some(actor.at));
        own = own.keeping_history(since);
    }
    let version = user.version;
    Ok(with_etag(Json(Profile::whole(&users.app, user, &own, today)), version, None))
}
