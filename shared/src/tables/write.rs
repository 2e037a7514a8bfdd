//! Writes: of single items, or as parts of a [`Transaction`].

mod transaction;

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, DeleteRequest, Put, PutRequest, ReturnValue,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update, WriteRequest,
};
use serde::Serialize;

use super::fault::{Fault, Result};
use super::key::{Item, Key};
use super::retry::Retry;
use super::table::{Table, UNPROCESSED_FOR, to_item, to_value};

pub(crate) use transaction::{Committed, OWN, Part, Refusal, Transaction};

/// The most writes of a batch.
const MOST_WRITES: usize = 25;

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

    /// Deletes items, not as one transaction.
    pub(crate) async fn delete_batch(&self, keys: Vec<Item>) -> Result<()> {
        self.write_batch(Vec::new(), keys).await
    }

    /// Puts and deletes items, not as one transaction, and each at most once.
    ///
    /// DynamoDB may leave writes unprocessed. They must be sent again after a growing pause
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>).
    pub(crate) async fn write_batch(&self, puts: Vec<Item>, deletes: Vec<Item>) -> Result<()> {
        let put = |item| PutRequest::builder().set_item(Some(item)).build().expect("the item is set");
        let delete = |key| DeleteRequest::builder().set_key(Some(key)).build().expect("the key is set");
        let puts = puts.into_iter().map(|item| WriteRequest::builder().put_request(put(item)).build());
        let deletes = deletes.into_iter().map(|key| WriteRequest::builder().delete_request(delete(key)).build());
        let requests: Vec<_> = puts.chain(deletes).collect();
        for batch in requests.chunks(MOST_WRITES) {
            self.send_batch(batch.to_vec()).await?;
        }
        Ok(())
    }

    async fn send_batch(&self, mut requests: Vec<WriteRequest>) -> Result<()> {
        let mut retry = Retry::new(&self.random, UNPROCESSED_FOR);
        while !requests.is_empty() {
            let batch = self.client.batch_write_item().request_items(&*self.name, requests).send().await?;
            requests = batch.unprocessed_items.into_iter().flat_map(|tables| tables.into_values().flatten()).collect();
            if !requests.is_empty() && !retry.again().await {
                return Err(Fault::Busy("the database leaves writes unprocessed".into()));
            }
        }
        Ok(())
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

    /// Sets the expression of an update that was begun without one.
    pub(crate) fn updating(self, expression: String) -> Self {
        match self.action {
            Action::Update(key, _) => Write { action: Action::Update(key, expression), ..self },
            _ => unreachable!("only an update has an expression"),
        }
    }

    /// Sets the attribute of a placeholder: `("#hash", "hash")`.
    pub(crate) fn name(mut self, placeholder: impl Into<String>, attribute: impl ToString) -> Self {
        self.names.insert(placeholder.into(), attribute.to_string());
        self
    }

    /// Sets the value of a placeholder.
    pub(crate) fn value(self, placeholder: &str, value: impl Serialize) -> Self {
        self.attribute(placeholder, to_value(value))
    }

    /// Sets the value of a placeholder to one that serde does not know: a set.
    pub(crate) fn attribute(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
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

    /// Carries out the write alone. If a transaction is under way on the item, the write is retried.
    pub(crate) async fn send(self) -> Result<Written> {
        let mut retry = Retry::after_conflict(&self.table.random);
        loop {
            match self.clone().attempt().await? {
                Some(written) => return Ok(written),
                None => retry.again_or_busy().await?,
            }
        }
    }

    /// Carries out the write alone. `None` if a transaction is under way on the item.
    async fn attempt(self) -> Result<Option<Written>> {
        let (names, values) = (self.names(), self.values());
        let Write { table: Table { client, name, .. }, action, condition, on_refusal, .. } = self;
        match action {
            Action::Put(item) => {
                let put = client.put_item().table_name(&*name).set_item(Some(item)).set_condition_expression(condition);
                let put = put.set_expression_attribute_names(names).set_expression_attribute_values(values);
                match put.return_values_on_condition_check_failure(on_refusal).send().await {
                    Ok(_) => Ok(Some(Written::Done(Item::new()))),
                    Err(error) => refused(error),
                }
            }
            Action::Update(key, expression) => {
                let update = client.update_item().table_name(&*name).set_key(Some(key.0)).update_expression(expression);
                let update = update.set_condition_expression(condition).return_values(ReturnValue::AllNew);
                let update = update.set_expression_attribute_names(names).set_expression_attribute_values(values);
                match update.return_values_on_condition_check_failure(on_refusal).send().await {
                    Ok(done) => Ok(Some(Written::Done(done.attributes.unwrap_or_default()))),
                    Err(error) => refused(error),
                }
            }
            Action::Delete(key) => {
                let delete = client.delete_item().table_name(&*name).set_key(Some(key.0));
                let delete = delete.set_condition_expression(condition).return_values(ReturnValue::AllOld);
                let delete = delete.set_expression_attribute_names(names).set_expression_attribute_values(values);
                match delete.return_values_on_condition_check_failure(on_refusal).send().await {
                    Ok(done) => Ok(Some(Written::Done(done.attributes.unwrap_or_default()))),
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

/// Returns what the error of a single write means; `None` if a transaction is under way on the item. The SDK does not
/// retry this.
fn refused<E>(error: SdkError<E>) -> Result<Option<Written>>
where
    E: MayRefuse + ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let answer = error.as_service_error();
    if let Some(refusal) = answer.and_then(MayRefuse::refusal) {
        return Ok(Some(Written::Refused(refusal.item.clone())));
    }
    match answer.and_then(ProvideErrorMetadata::code) {
        Some("TransactionConflictException") => Ok(None),
        _ => Err(error.into()),
    }
}
