//! A user as others see them.

use jiff::Timestamp;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::runtime::app::App;
use shared::tables::accounts::User;
use shared::tables::sessions::UserSessions;
use shared::values::{Email, Name, Role, UserId, Username};
use utoipa::ToSchema;

use crate::Users;

/// A user. The email is for themselves and for librarians; the standing is for librarians.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    /// The user's id.
    id: UserId,
    /// The name they are known by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    username: Option<Username>,
    /// Their first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first_name: Option<Name>,
    /// Their last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_name: Option<Name>,
    /// Where their picture is.
    #[schema(example = "/v1/users/0192f3a4-5b6c-7d8e-9f01-23456789abcd/picture")]
    picture: String,
    /// When they registered.
    created_at: Timestamp,
    /// Their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<Email>,
    /// Whether they have proved that the address is theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email_verified: Option<bool>,
    /// What they may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    role: Option<Role>,
    /// Whether they may do nothing at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disabled: Option<bool>,
}

impl Profile {
    /// What everybody who is signed in may see.
    pub(crate) fn public(app: &App, user: User) -> Self {
        Profile {
            picture: app.url(&format!("/users/{}/picture", user.id)),
            id: user.id,
            username: user.username,
            first_name: user.first_name,
            last_name: user.last_name,
            created_at: user.created_at,
            email: None,
            email_verified: None,
            role: None,
            disabled: None,
        }
    }

    /// What the user themselves and librarians may see.
    pub(crate) fn whole(app: &App, user: User, standing: &UserSessions) -> Self {
        let (email, email_verified) = (user.email.clone(), user.email.as_ref().map(|_| user.email_verified));
        let (role, disabled) = (Some(standing.role), Some(standing.disabled));
        Profile { email, email_verified, role, disabled, ..Profile::public(app, user) }
    }

    /// What `caller` may see of `user`.
    pub(crate) async fn of(users: &Users, user: User, caller: &Caller) -> Result<Self> {
        if user.id == caller.id {
            return Ok(Profile::whole(&users.app, user, &caller.sessions));
        }
        let standing = if caller.is_admin() { users.app.sessions.get(user.id).await? } else { None };
        Ok(match standing {
            Some(standing) => Profile::whole(&users.app, user, &standing),
            None => Profile::public(&users.app, user),
        })
    }
}
