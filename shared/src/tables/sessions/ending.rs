//! Sessions that end, and users who may do less or more from now on.
//!
//! | question                     | key    | call                       | units   |
//! |------------------------------|--------|----------------------------|---------|
//! | end some sessions, or all    | user#u | one write of a transaction | 2–4 W   |
//! | change role or standing      | user#u | one write of a transaction | 2–4 W   |
//! | forget a user                | user#u | one write of a transaction | 2–4 W   |

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem, Update};

use super::{Session, key};
use crate::tables::table::{Result, Table, Transacted, string, transact};
use crate::values::{Role, SessionId, UserId};

/// Which sessions end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// These.
    These(Vec<SessionId>),
    /// All.
    All,
}

/// Ends sessions, by the user's own wish or because a token was stolen. Ending one twice ends it once.
///
/// `note` goes with it, in one transaction.
///
/// # Errors
/// When the tables cannot be written.
pub async fn end(table: &Table, user: UserId, ending: &Ending, note: TransactWriteItem) -> Result<()> {
    if *ending == Ending::These(Vec::new()) {
        return Ok(());
    }
    // Refused, there is no such user any more, and so no session.
    transact(&table.client, vec![write(table, user, ending, false)?, note]).await?;
    Ok(())
}

/// The write that ends sessions. `forgive` forgets failed sign-ins too: who they are has just been proven.
pub(crate) fn write(table: &Table, user: UserId, ending: &Ending, forgive: bool) -> Result<TransactWriteItem> {
    let mut update = Update::builder().table_name(&*table.name).key("pk", string(key(user)));
    update = update.condition_expression("attribute_exists(sessions)");
    let mut removals = if forgive { vec!["failures".to_owned(), "retryAt".to_owned()] } else { Vec::new() };
    let mut expression = String::new();
    match ending {
        Ending::All => {
            expression.push_str("SET sessions = :none ");
            let none = serde_dynamo::to_attribute_value(HashMap::<String, Session>::new())?;
            update = update.expression_attribute_values(":none", none);
        }
        Ending::These(ids) => {
            removals.extend((0..ids.len()).map(|at| format!("sessions.#id{at}")));
            for (at, id) in ids.iter().enumerate() {
                update = update.expression_attribute_names(format!("#id{at}"), id.to_string());
            }
        }
    }
    if !removals.is_empty() {
        expression.push_str(&format!("REMOVE {}", removals.join(", ")));
    }
    Ok(TransactWriteItem::builder().update(update.update_expression(expression).build()?).build())
}

/// Changes what a user may do. Disabling ends every session. False where there is no such user.
///
/// `note` goes with it, in one transaction.
///
/// # Errors
/// When the tables cannot be written.
pub async fn set_standing(
    table: &Table,
    user: UserId,
    role: Option<Role>,
    disabled: Option<bool>,
    note: TransactWriteItem,
) -> Result<bool> {
    let mut update = Update::builder().table_name(&*table.name).key("pk", string(key(user)));
    let (mut sets, mut removes) = (Vec::new(), Vec::new());
    if let Some(role) = role {
        sets.push("#role = :role");
        update = update.expression_attribute_names("#role", "role");
        update = update.expression_attribute_values(":role", serde_dynamo::to_attribute_value(role)?);
    }
    match disabled {
        Some(true) => {
            sets.extend(["disabled = :disabled", "sessions = :none"]);
            update = update.expression_attribute_values(":disabled", AttributeValue::Bool(true));
            update = update.expression_attribute_values(
                ":none",
                serde_dynamo::to_attribute_value(HashMap::<String, Session>::new())?,
            );
        }
        Some(false) => removes.push("disabled"),
        None => {}
    }
    let set = if sets.is_empty() { String::new() } else { format!("SET {} ", sets.join(", ")) };
    let remove = if removes.is_empty() { String::new() } else { format!("REMOVE {}", removes.join(", ")) };
    let update = update
        .update_expression(format!("{set}{remove}"))
        .condition_expression("attribute_exists(sessions)")
        .build()?;
    let items = vec![TransactWriteItem::builder().update(update).build(), note];
    Ok(matches!(transact(&table.client, items).await?, Transacted::Done))
}

/// The write that forgets a user.
pub(crate) fn removal(table: &Table, user: UserId) -> Result<TransactWriteItem> {
    let delete = Delete::builder().table_name(&*table.name).key("pk", string(key(user))).build()?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}
