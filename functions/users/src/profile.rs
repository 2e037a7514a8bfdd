//! Profiles: what a caller may see of a user.

use jiff::Timestamp;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::runtime::app::App;
use shared::tables::accounts::User;
use shared::tables::sessions::UserSessions;
use shared::tables::sessions::borrowing::Block;
use shared::values::{Address, Card, Day, Email, Group, Language, Letters, Name, Role, UserId, Username, milliseconds};
use utoipa::ToSchema;

use crate::Users;

/// A user. Emails, card, role and what decides on loans are for the user and for the desk only.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    /// The user's id.
    id: UserId,
    /// The username.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    username: Option<Username>,
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first_name: Option<Name>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_name: Option<Name>,
    /// The URL of the picture.
    #[schema(example = "/v1/users/0192f3a4-5b6c-7d8e-9f01-23456789abcd/picture")]
    picture: String,
    /// The time of the registration.
    #[serde(serialize_with = "milliseconds")]
    created_at: Timestamp,
    /// When the account was last changed.
    #[serde(serialize_with = "milliseconds")]
    updated_at: Timestamp,
    /// The email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<Email>,
    /// Whether the user has confirmed the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email_verified: Option<bool>,
    /// The address that takes its place when the user confirms it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pending_email: Option<Email>,
    /// The number of the card.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    card: Option<Card>,
    /// The role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    role: Option<Role>,
    /// Whether the user is disabled and cannot sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disabled: Option<bool>,
    /// Whether a librarian lets the user borrow without a confirmed email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    approved: Option<bool>,
    /// The group, which decides on the lending rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    group: Option<Group>,
    /// The block that is in force: the user may not borrow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    blocked: Option<Block>,
    /// Whether the library keeps the user's past loans, for the user alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    keep_history: Option<bool>,
    /// The language of the user's letters, if the user has chosen one. Otherwise it is the library's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    language: Option<Language>,
    /// Which letters the user wants of those that the library writes, if the user has chosen. Otherwise all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    letters: Option<Letters>,
}

impl Profile {
    /// Returns what every signed-in user may see.
    pub(crate) fn public(app: &App, user: User) -> Self {
        Profile {
            picture: app.settings.url(&format!("/users/{}/picture", user.id)),
            id: user.id,
            username: user.username,
            first_name: user.first_name,
            last_name: user.last_name,
            created_at: user.created_at,
            updated_at: user.updated_at,
            email: None,
            email_verified: None,
            pending_email: None,
            card: None,
            role: None,
            disabled: None,
            approved: None,
            group: None,
            blocked: None,
            keep_history: None,
            language: None,
            letters: None,
        }
    }

    /// Returns what the user and the desk may see.
    pub(crate) fn whole(app: &App, user: User, standing: &UserSessions, today: Day) -> Self {
        let (email, email_verified) = (user.email.clone(), user.email.as_ref().map(|_| user.email_verified));
        let (role, disabled, approved) = (Some(standing.role), Some(standing.disabled), Some(standing.approved));
        let pending_email = user.pending_email.clone();
        let (group, blocked) = (Some(standing.group.clone()), standing.blocked_on(today).cloned());
        let keep_history = Some(standing.keeps_history_since().is_some());
        let (card, language, letters) = (user.card.clone(), user.language, user.letters);
        let public = Profile::public(app, user);
        Profile {
            email,
            email_verified,
            pending_email,
            card,
            role,
            disabled,
            approved,
            group,
            blocked,
            keep_history,
            language,
            letters,
            ..public
        }
    }

    /// Returns what `caller` may see of `user`. A look by the desk is recorded.
    pub(crate) async fn of(users: &Users, user: User, caller: &Caller, from: Address) -> Result<Self> {
        if user.id == caller.id {
            return Ok(Profile::whole(&users.app, user, &caller.sessions, users.today().await?));
        }
        if caller.is_desk() {
            users.app.journal().looked(&caller.actor(&users.app, from), user.id).await?;
        }
        let standing = if caller.is_desk() { users.app.sessions.get(user.id).await? } else { None };
        Ok(match standing {
            Some(standing) => Profile::whole(&users.app, user, &standing, users.today().await?),
            None => Profile::public(&users.app, user),
        })
    }
}
