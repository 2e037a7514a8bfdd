//! One DynamoDB table: reads.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::{Fault, Result};
use super::key::{Item, Key};
use super::retry::Retry;
use crate::runtime::chance::Chance;

/// A table: the client that reaches it, and its name.
#[derive(Clone)]
pub(crate) struct Table {
    pub(super) client: Client,
    pub(super) name: Arc<str>,
    pub(super) chance: Chance,
}

/// Which writes a read sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// All that were answered before it. Costs twice the units.
    Strong,
    /// All but those of the last moments.
    Eventual,
}

use Consistency::Strong;

impl Table {
    /// The table of that name. `chance` spreads its retries.
    pub(crate) fn new(client: Client, name: &str, chance: Chance) -> Self {
        Table { client, name: name.into(), chance }
    }

    /// Reads the item with that key.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: Key, consistency: Consistency) -> Result<Option<T>> {
        self.get_item(key, consistency).await?.map(from_item).transpose()
    }

    /// The same as DynamoDB stores it.
    pub(crate) async fn get_item(&self, key: Key, consistency: Consistency) -> Result<Option<Item>> {
        let get = self.client.get_item().table_name(&*self.name).set_key(Some(key.0));
        Ok(get.consistent_read(consistency == Strong).send().await?.item)
    }

    /// Reads the items of up to 100 keys that exist, in no particular order.
    ///
    /// DynamoDB may leave keys unprocessed. It says to ask for them again after a growing pause
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>).
    pub(crate) async fn get_batch(&self, keys: Vec<Key>, consistency: Consistency) -> Result<Vec<Item>> {
        let mut keys: Vec<Item> = keys.into_iter().map(|key| key.0).collect();
        let mut found = Vec::new();
        let mut retry = Retry::new(&self.chance, Duration::from_secs(2));
        while !keys.is_empty() {
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(consistency == Strong);
            let wanted = wanted.build().expect("keys are set");
            let batch = self.client.batch_get_item().request_items(&*self.name, wanted).send().await?;
            found.extend(batch.responses.into_iter().flat_map(|tables| tables.into_values().flatten()));
            let unprocessed = batch.unprocessed_keys.into_iter().flat_map(|tables| tables.into_values());
            keys = unprocessed.flat_map(|left| left.keys).collect();
            if !keys.is_empty() && !retry.again().await {
                return Err(Fault::Busy("the database leaves keys unprocessed".into()));
            }
        }
        Ok(found)
    }

    /// Asks for the items of a partition: `"pk = :book"`.
    pub(crate) fn query(&self, condition: impl Into<String>) -> Query {
        Query(self.client.query().table_name(&*self.name).key_condition_expression(condition))
    }
}

/// A Query: the items of one partition, of the table or of an index, in the order of their sort keys.
#[must_use]
pub(crate) struct Query(QueryFluentBuilder);

/// A page of a list.
#[derive(Debug)]
pub struct Page<T, P> {
    /// The items.
    pub items: Vec<T>,
    /// Where the list continues. `None` at its end.
    pub next: Option<P>,
}

impl Query {
    /// Reads this index. Indexes are eventually consistent, but for local ones.
    pub(crate) fn index(self, name: &str) -> Self {
        Query(self.0.index_name(name))
    }

    /// Gives a placeholder of the expressions its attribute: `("#day", "day")`.
    pub(crate) fn name(self, placeholder: &str, attribute: &str) -> Self {
        Query(self.0.expression_attribute_names(placeholder, attribute))
    }

    /// Gives a placeholder of the expressions its value: `(":book", BookKey(id))`.
    pub(crate) fn value(self, placeholder: &str, value: impl Serialize) -> Self {
        Query(self.0.expression_attribute_values(placeholder, to_value(value)))
    }

    /// Leaves out what does not meet the condition. It is read and paid for all the same.
    pub(crate) fn filter(self, condition: &str) -> Self {
        Query(self.0.filter_expression(condition))
    }

    /// Reads these attributes only: `"pk, sk"`.
    pub(crate) fn only(self, attributes: &str) -> Self {
        Query(self.0.projection_expression(attributes))
    }

    /// Reads from the end.
    pub(crate) fn backwards(self) -> Self {
        Query(self.0.scan_index_forward(false))
    }

    /// Sees all writes that were answered before.
    pub(crate) fn strong(self) -> Self {
        Query(self.0.consistent_read(true))
    }

    /// Begins after the item with that key, which has the key attributes of the index too.
    pub(crate) fn after(self, key: Option<Item>) -> Self {
        Query(self.0.set_exclusive_start_key(key))
    }

    /// Reads the first item.
    pub(crate) async fn first<T: DeserializeOwned>(self) -> Result<Option<T>> {
        let found = self.0.limit(1).send().await?;
        found.items.and_then(|mut items| items.pop()).map(from_item).transpose()
    }

    /// Reads up to `limit` items with one call, and the key where the list continues.
    pub(crate) async fn items(self, limit: usize) -> Result<Page<Item, Item>> {
        let answer = self.0.limit(i32::try_from(limit).unwrap_or(i32::MAX)).send().await?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok(Page { items: answer.items.unwrap_or_default(), next })
    }

    /// Reads all items, however many calls it takes.
    pub(crate) async fn all<T: DeserializeOwned>(self) -> Result<Vec<T>> {
        let mut found = Vec::new();
        let mut items = self.0.into_paginator().items().send();
        while let Some(item) = items.next().await {
            found.extend(readable(item?));
        }
        Ok(found)
    }

    /// Reads a page of up to `limit` items. It may have fewer and continue nevertheless: the list ends where `next` is
    /// missing, and nowhere else. A position `P` is read from the attributes of an item.
    ///
    /// One item more than asked for is read. It tells whether there is more, so that no page is empty.
    pub(crate) async fn page<T: DeserializeOwned, P: DeserializeOwned>(self, limit: usize) -> Result<Page<T, P>> {
        let found = self.items(limit + 1).await?;
        cut(found, limit)
    }
}

/// The first `limit` of the items that were found, and the position of the last of them if there are more.
pub(crate) fn cut<T: DeserializeOwned, P: DeserializeOwned>(
    found: Page<Item, Item>,
    limit: usize,
) -> Result<Page<T, P>> {
    let Page { mut items, next } = found;
    let last = if items.len() > limit { items.get(limit - 1).cloned() } else { next };
    items.truncate(limit);
    let next = last.map(from_item).transpose()?;
    Ok(Page { items: items.into_iter().filter_map(readable).collect(), next })
}

/// The record in an item; `None` if it cannot be read. That is logged with the item's key: one unreadable item must not
/// hide its neighbours.
pub(crate) fn readable<T: DeserializeOwned>(item: Item) -> Option<T> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    let (pk, sk) = (text("pk"), text("sk"));
    match from_item(item) {
        Ok(record) => Some(record),
        Err(error) => {
            tracing::error!(pk, sk, error = %crate::runtime::log::chain(&error), "an item cannot be read");
            None
        }
    }
}

/// Whether that is the sort key of an item.
pub(crate) fn is_at(item: &Item, sk: &str) -> bool {
    item.get("sk").and_then(|key| key.as_s().ok()).is_some_and(|key| key == sk)
}

/// The item of `record`, to be written.
pub(crate) fn to_item(record: &impl Serialize) -> Item {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(record).expect("a record serialises to an item")
}

/// The record in `item`, as read.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T> {
    Ok(serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?)
}

/// `value` as an attribute.
pub(crate) fn to_value(value: impl Serialize) -> AttributeValue {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value).expect("a value serialises to an attribute")
}
