//! Writes: of single items, or as parts of a transaction.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{
    CancellationReason, ConditionCheck, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use serde::Serialize;

use super::fault::{Fault, Result};
use super::key::{Item, Key};
use super::retry::Retry;
use super::sessions::{Denied, Verdict};
use super::table::{Table, to_item, to_value};

/// A write of one item, with an optional condition.
#[must_use]
#[derive(Clone)]
pub(crate) struct Write {
    table: Table,
    action: Action,
    condition: Option<String>,
    names: HashMap<String, String>,
    values: Item,
    on_refusal: ReturnValuesOnConditionCheckFailure,
}

#[derive(Clone)]
enum Action {
    Put(Item),
    Update(Key, String),
    Delete(Key),
    Check(Key),
}

/// The changes of an update, clause by clause.
#[derive(Default)]
pub(crate) struct Changes {
    sets: Vec<String>,
    removes: Vec<String>,
}

impl Changes {
    /// Sets an attribute: `"version = :version"`.
    pub(crate) fn set(&mut self, clause: impl Into<String>) {
        self.sets.push(clause.into());
    }

    /// Removes an attribute.
    pub(crate) fn remove(&mut self, path: impl Into<String>) {
        self.removes.push(path.into());
    }
}

impl From<Changes> for String {
    fn from(Changes { sets, removes }: Changes) -> String {
        let clauses = [("SET", sets), ("REMOVE", removes)].into_iter().filter(|(_, parts)| !parts.is_empty());
        clauses.map(|(word, parts)| format!("{word} {} ", parts.join(", "))).collect()
    }
}

/// The outcome of a write.
pub(crate) enum Written {
    /// It is done. The item is the new one after an update, the old one after a deletion, and empty otherwise.
    Done(Item),
    /// Its condition failed. The item is present if it exists and [`Write::showing_item`] was called.
    Refused(Option<Item>),
}

impl Table {
    /// Writes a whole item.
    pub(crate) fn put(&self, record: &impl Serialize) -> Write {
        self.write(Action::Put(to_item(record)))
    }

    /// Writes a whole item that has DynamoDB's form.
    pub(crate) fn put_item(&self, item: Item) -> Write {
        self.write(Action::Put(item))
    }

    /// Changes attributes of an item: `"SET version = version + :one"`.
    pub(crate) fn update(&self, key: Key, expression: impl Into<String>) -> Write {
        self.write(Action::Update(key, expression.into()))
    }

    /// Deletes an item.
    pub(crate) fn delete(&self, key: Key) -> Write {
        self.write(Action::Delete(key))
    }

    /// Writes nothing, and refuses the transaction if the condition fails.
    pub(crate) fn check(&self, key: Key) -> Write {
        self.write(Action::Check(key))
    }

    fn write(&self, action: Action) -> Write {
        let (names, values) = (HashMap::new(), Item::new());
        let on_refusal = ReturnValuesOnConditionCheckFailure::None;
        Write { table: self.clone(), action, condition: None, names, values, on_refusal }
    }
}

impl Write {
    /// Adds a condition. All conditions must hold.
    pub(crate) fn when(self, condition: impl Into<String>) -> Self {
        let condition = condition.into();
        let condition = match self.condition {
            Some(first) => format!("{first} AND {condition}"),
            None => condition,
        };
        Write { condition: Some(condition), ..self }
    }

    /// Adds the condition that the item does not exist.
    pub(crate) fn if_new(self) -> Self {
        self.when("attribute_not_exists(pk)")
    }

    /// Adds the condition that the item exists.
    pub(crate) fn if_exists(self) -> Self {
        self.when("attribute_exists(pk)")
    }

    /// Adds the condition that the item has that version.
    pub(crate) fn if_version(self, version: u64) -> Self {
        self.when("version = :version").value(":version", version)
    }

    /// Sets the attribute of a placeholder: `("#hash", "hash")`.
    pub(crate) fn name(mut self, placeholder: impl Into<String>, attribute: impl ToString) -> Self {
        self.names.insert(placeholder.into(), attribute.to_string());
        self
    }

    /// Sets the value of a placeholder.
    pub(crate) fn value(mut self, placeholder: &str, value: impl Serialize) -> Self {
        self.values.insert(placeholder.to_owned(), to_value(value));
        self
    }

    /// Includes the current item in a refusal.
    pub(crate) fn showing_item(self) -> Self {
        Write { on_refusal: ReturnValuesOnConditionCheckFailure::AllOld, ..self }
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        Some(self.names.clone()).filter(|names| !names.is_empty())
    }

    fn values(&self) -> Option<Item> {
        Some(self.values.clone()).filter(|values| !values.is_empty())
    }

    /// Carries out an update alone, and once. Its expression ends with a `SET` clause.
    ///
    /// If an answer is lost, the SDK sends the write again. The item knows its last write, so that the repetition has no
    /// effect. A transaction needs no such thing, because DynamoDB recognises its token.
    pub(crate) async fn send_once(mut self) -> Result<Written> {
        let id = to_value(uuid::Uuid::from_bytes(self.table.random.bytes()));
        if let Action::Update(_, expression) = &mut self.action {
            expression.push_str(", lastWrite = :write");
        }
        self.values.insert(":write".to_owned(), id.clone());
        let update = self.when("(attribute_not_exists(lastWrite) OR lastWrite <> :write)").showing_item();
        match update.send().await? {
            Written::Refused(Some(item)) if item.get("lastWrite") == Some(&id) => Ok(Written::Done(item)),
            written => Ok(written),
        }
    }

    /// Carries out the write alone.
    pub(crate) async fn send(self) -> Result<Written> {
        let (names, values) = (self.names(), self.values());
        let Write { table: Table { client, name, .. }, action, condition, on_refusal, .. } = self;
        match action {
            Action::Put(item) => {
                let put = client.put_item().table_name(&*name).set_item(Some(item)).set_condition_expression(condition);
                let put = put.set_expression_attribute_names(names).set_expression_attribute_values(values);
                match put.return_values_on_condition_check_failure(on_refusal).send().await {
                    Ok(_) => Ok(Written::Done(Item::new())),
                    Err(error) => refused(error),
                }
            }
            Action::Update(key, expression) => {
                let update = client.update_item().table_name(&*name).set_key(Some(key.0)).update_expression(expression);
                let update = update.set_condition_expression(condition).return_values(ReturnValue::AllNew);
                let update = update.set_expression_attribute_names(names).set_expression_attribute_values(values);
                match update.return_values_on_condition_check_failure(on_refusal).send().await {
                    Ok(done) => Ok(Written::Done(done.attributes.unwrap_or_default())),
                    Err(error) => refused(error),
                }
            }
            Action::Delete(key) => {
                let delete = client.delete_item().table_name(&*name).set_key(Some(key.0));
                let delete = delete.set_condition_expression(condition).return_values(ReturnValue::AllOld);
                let delete = delete.set_expression_attribute_names(names).set_expression_attribute_values(values);
                match delete.return_values_on_condition_check_failure(on_refusal).send().await {
                    Ok(done) => Ok(Written::Done(done.attributes.unwrap_or_default())),
                    Err(error) => refused(error),
                }
            }
            Action::Check(_) => unreachable!("a check is always part of a transaction"),
        }
    }

    fn part(self) -> TransactWriteItem {
        let (names, values) = (self.names(), self.values());
        let Write { table: Table { name, .. }, action, condition, on_refusal, .. } = self;
        let item = TransactWriteItem::builder();
        const COMPLETE: &str = "table, key and expression are set";
        match action {
            Action::Put(record) => {
                let put = Put::builder().table_name(&*name).set_item(Some(record)).set_condition_expression(condition);
                let put = put.set_expression_attribute_names(names).set_expression_attribute_values(values);
                item.put(put.return_values_on_condition_check_failure(on_refusal).build().expect(COMPLETE))
            }
            Action::Update(key, expression) => {
                let update = Update::builder().table_name(&*name).set_key(Some(key.0)).update_expression(expression);
                let update = update.set_condition_expression(condition).set_expression_attribute_names(names);
                let update = update.set_expression_attribute_values(values);
                item.update(update.return_values_on_condition_check_failure(on_refusal).build().expect(COMPLETE))
            }
            Action::Delete(key) => {
                let delete = Delete::builder().table_name(&*name).set_key(Some(key.0));
                let delete = delete.set_condition_expression(condition).set_expression_attribute_names(names);
                let delete = delete.set_expression_attribute_values(values);
                item.delete(delete.return_values_on_condition_check_failure(on_refusal).build().expect(COMPLETE))
            }
            Action::Check(key) => {
                let check = ConditionCheck::builder().table_name(&*name).set_key(Some(key.0));
                let check = check.set_condition_expression(condition).set_expression_attribute_names(names);
                let check = check.set_expression_attribute_values(values);
                item.condition_check(
                    check.return_values_on_condition_check_failure(on_refusal).build().expect(COMPLETE),
                )
            }
        }
        .build()
    }
}

/// An error of a single write, which may be a failed condition.
trait MayRefuse {
    fn refusal(&self) -> Option<&ConditionalCheckFailedException>;
}

macro_rules! may_refuse {
    ($($error:ident),+) => {$(
        impl MayRefuse for $error {
            fn refusal(&self) -> Option<&ConditionalCheckFailedException> {
                match self {
                    $error::ConditionalCheckFailedException(refusal) => Some(refusal),
                    _ => None,
                }
            }
        }
    )+};
}

may_refuse!(PutItemError, UpdateItemError, DeleteItemError);

fn refused<E: MayRefuse, R>(error: SdkError<E, R>) -> Result<Written>
where
    Fault: From<SdkError<E, R>>,
{
    match error.as_service_error().and_then(MayRefuse::refusal) {
        Some(refusal) => Ok(Written::Refused(refusal.item.clone())),
        None => Err(error.into()),
    }
}

/// Writes that happen all together or not at all.
#[derive(Default)]
pub(crate) struct Transaction {
    parts: Vec<Write>,
    /// The verdict that the first part carries.
    verdict: Option<Verdict>,
}

/// Names a part of a transaction. [`Refusal`] says whether it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part(usize);

/// The outcome of a transaction.
pub(crate) enum Committed {
    /// All of it happened.
    Done,
    /// A condition failed, so nothing happened.
    Refused(Refusal),
}

/// Which parts of a transaction were refused.
pub(crate) struct Refusal(Vec<Option<Item>>);

impl Refusal {
    /// Returns whether the condition of that part failed.
    pub(crate) fn is_at(&self, part: Part) -> bool {
        self.item(part).is_some()
    }

    /// Returns the item that did not meet the condition of that part. It is empty if it did not exist, or if
    /// [`Write::showing_item`] was not called; `None` if the condition held.
    pub(crate) fn item(&self, part: Part) -> Option<&Item> {
        self.0.get(part.0)?.as_ref()
    }
}

impl Transaction {
    /// Makes a transaction of parts without names.
    pub(crate) fn of(parts: impl IntoIterator<Item = Write>) -> Self {
        Transaction { parts: parts.into_iter().collect(), verdict: None }
    }

    /// Makes a transaction whose first part carries a verdict on the caller.
    pub(crate) fn under(verdict: Verdict, first: Write) -> Self {
        Transaction { parts: vec![first], verdict: Some(verdict) }
    }

    /// Adds parts without names.
    pub(crate) fn add_all(&mut self, parts: impl IntoIterator<Item = Write>) {
        self.parts.extend(parts);
    }

    /// Adds a part and returns its name.
    pub(crate) fn add(&mut self, write: Write) -> Part {
        self.parts.push(write);
        Part(self.parts.len() - 1)
    }

    /// Carries out the transaction.
    ///
    /// After a conflict with another transaction it is retried up to three times, after growing random pauses. The SDK
    /// does not retry this.
    ///
    /// # Errors
    /// [`Fault::Denied`] if the caller may not do this any more, whatever else is refused; another fault.
    pub(crate) async fn commit(&self) -> Result<Committed> {
        let Some(Table { client, random, .. }) = self.parts.first().map(|part| &part.table) else {
            return Ok(Committed::Done);
        };
        let items: Vec<_> = self.parts.iter().map(|part| part.clone().part()).collect();
        let mut retry = Retry::times(random, 3, Duration::from_millis(40));
        loop {
            let sent = client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .customize()
                .config_override(aws_sdk_dynamodb::config::Builder::new().timeout_config(timeouts()))
                .send()
                .await;
            let error = match sent {
                Ok(_) => return Ok(Committed::Done),
                Err(error) => error,
            };
            let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
            else {
                return Err(error.into());
            };
            let reasons = cancelled.cancellation_reasons();
            if reasons.iter().any(is_refusal) {
                let refusal = Refusal(reasons.iter().map(refused_item).collect());
                return match self.denied(&refusal) {
                    Some(why) => Err(Fault::Denied(why)),
                    None => Ok(Committed::Refused(refusal)),
                };
            }
            if !reasons.iter().all(is_retryable) {
                return Err(Fault::Broken(error.into()));
            }
            if !retry.again().await {
                return Err(Fault::Busy(error.into()));
            }
        }
    }
}

impl Transaction {
    fn denied(&self, refusal: &Refusal) -> Option<Denied> {
        self.verdict?.denied(refusal.item(Part(0))?)
    }
}

/// A transaction takes several round trips inside DynamoDB.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(2_500))
        .operation_timeout(Duration::from_millis(7_500))
        .build()
}

fn is_refusal(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}

fn refused_item(reason: &CancellationReason) -> Option<Item> {
    is_refusal(reason).then(|| reason.item().cloned().unwrap_or_default())
}

fn is_retryable(reason: &CancellationReason) -> bool {
    let retryable = ["None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
    reason.code().is_none_or(|code| retryable.contains(&code))
}
