//! Who a user is: the names and the card, so that lending never reads the profile.
//!
//! | question                | key      | call                       | units    |
//! |-------------------------|----------|----------------------------|----------|
//! | the names of some users | user#u … | BatchGetItem, eventual     | ½ R each |
//!
//! Whatever changes a name or a card in the profile writes this too, in its transaction. Items of earlier versions have
//! nobody until `refold` or the user's next change: such a person has only an id.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Sessions, UserSessions};
use crate::tables::fault::Result;
use crate::tables::table::Consistency::Eventual;
use crate::values::{Card, Name, UserId, Username, stored};

/// A person, as the desk sees them. Who has given no name has only an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The user's id.
    pub id: UserId,
    /// The first name.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub first_name: Option<Name>,
    /// The last name.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_name: Option<Name>,
    /// The username.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub username: Option<Username>,
    /// The number of the card.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub card: Option<Card>,
}

impl Person {
    /// Makes a person without names: a deleted user, or one of whom nothing else is known.
    pub fn nameless(id: UserId) -> Self {
        Person { id, first_name: None, last_name: None, username: None, card: None }
    }
}

impl UserSessions {
    /// Returns who the user is.
    pub fn person(&self) -> Person {
        self.person.clone().unwrap_or_else(|| Person::nameless(self.user()))
    }

    /// Returns whether the item says who the user is, which items of earlier versions do not.
    pub(crate) fn knows_person(&self) -> bool {
        self.person.is_some()
    }
}

impl Sessions {
    /// Reads who users are. Every user is in the answer, those who do not exist any more without names.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn people(&self, users: &[UserId]) -> Result<HashMap<UserId, Person>> {
        let mut people: HashMap<_, _> = users.iter().map(|user| (*user, Person::nameless(*user))).collect();
        people.extend(self.users(users).await?.iter().map(|(id, user)| (*id, user.person())));
        Ok(people)
    }

    /// Reads the items of users. Those who do not exist any more are left out.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn users(&self, users: &[UserId]) -> Result<HashMap<UserId, UserSessions>> {
        let ids: Vec<UserId> = users.iter().copied().collect::<HashSet<_>>().into_iter().collect();
        let mut found = HashMap::new();
        for some in ids.chunks(100) {
            found.extend(self.get_all(some, Eventual).await?);
        }
        Ok(found)
    }
}
