//! One DynamoDB table: reads.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::fault::{Fault, Result};
use super::key::{Item, Key};
use super::retry::Retry;
use crate::runtime::log::chain;
use crate::runtime::random::Random;

/// A table: the client that reaches it, and its name.
#[derive(Clone)]
pub(crate) struct Table {
    pub(super) client: Client,
    pub(super) name: Arc<str>,
    pub(super) random: Random,
}

/// Which writes a read sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// All writes that were answered before the read. Costs twice the units.
    Strong,
    /// All writes except the most recent ones.
    Eventual,
}

use Consistency::Strong;

/// How long a batch is sent again while DynamoDB leaves parts of it unprocessed.
pub(super) const UNPROCESSED_FOR: Duration = Duration::from_secs(2);

impl Table {
    /// Makes a table. `random` sets the pauses of its retries.
    pub(crate) fn new(client: Client, name: &str, random: Random) -> Self {
        Table { client, name: name.into(), random }
    }

    /// Reads the item with that key.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: Key, consistency: Consistency) -> Result<Option<T>> {
        self.get_item(key, consistency).await?.map(from_item).transpose()
    }

    /// Reads the item with that key in DynamoDB's form.
    pub(crate) async fn get_item(&self, key: Key, consistency: Consistency) -> Result<Option<Item>> {
        let get = self.client.get_item().table_name(&*self.name).set_key(Some(key.0));
        Ok(get.consistent_read(consistency == Strong).send().await?.item)
    }

    /// Reads the items of keys that exist, in no particular order: up to 100 in a call.
    pub(crate) async fn get_batch(&self, keys: Vec<Key>, consistency: Consistency) -> Result<Vec<Item>> {
        let mut found = Vec::new();
        for some in keys.chunks(100) {
            let mut batch = self.get_batches([(self, some.to_vec(), &[])], consistency).await?;
            found.append(&mut batch.remove(&*self.name).unwrap_or_default());
        }
        Ok(found)
    }

    /// Reads the items of up to 100 keys of two tables in one call: those of this one, and those of the other.
    pub(crate) async fn get_batch_with(
        &self,
        keys: Vec<Key>,
        other: &Table,
        others: Vec<Key>,
        consistency: Consistency,
    ) -> Result<(Vec<Item>, Vec<Item>)> {
        let mut found = self.get_batches([(self, keys, &[]), (other, others, &[])], consistency).await?;
        let mut of = |table: &Table| found.remove(&*table.name).unwrap_or_default();
        Ok((of(self), of(other)))
    }

    /// Reads some attributes of up to 100 items.
    pub(crate) async fn get_batch_of(
        &self,
        keys: Vec<Key>,
        attributes: &'static [&'static str],
        consistency: Consistency,
    ) -> Result<Vec<Item>> {
        let mut found = self.get_batches([(self, keys, attributes)], consistency).await?;
        Ok(found.remove(&*self.name).unwrap_or_default())
    }

    /// Reads items of some tables by their keys, with all attributes unless some are named.
    ///
    /// DynamoDB may leave keys unprocessed. They must be read again after a growing pause
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>).
    async fn get_batches<const N: usize>(
        &self,
        keys: [(&Table, Vec<Key>, &'static [&'static str]); N],
        consistency: Consistency,
    ) -> Result<HashMap<String, Vec<Item>>> {
        let wanted = |(table, keys, attributes): (&Table, Vec<Key>, &[&str])| {
            let keys = keys.into_iter().map(|key| key.0).collect::<Vec<_>>();
            let mut wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(consistency == Strong);
            if !attributes.is_empty() {
                let places: Vec<String> = (0..attributes.len()).map(|at| format!("#a{at}")).collect();
                let names = places.iter().cloned().zip(attributes.iter().map(|name| (*name).to_owned())).collect();
                wanted = wanted.set_expression_attribute_names(Some(names)).projection_expression(places.join(", "));
            }
            (table.name.to_string(), wanted.build().expect("keys are set"))
        };
        let mut left: HashMap<_, _> = keys.into_iter().filter(|(_, keys, _)| !keys.is_empty()).map(wanted).collect();
        let mut found: HashMap<String, Vec<Item>> = HashMap::new();
        let mut retry = Retry::new(&self.random, UNPROCESSED_FOR);
        while !left.is_empty() {
            let batch = self.client.batch_get_item().set_request_items(Some(left)).send().await?;
            for (table, items) in batch.responses.into_iter().flatten() {
                found.entry(table).or_default().extend(items);
            }
            left = batch.unprocessed_keys.unwrap_or_default();
            if !left.is_empty() && !retry.again().await {
                return Err(Fault::Busy("the database leaves keys unprocessed".into()));
            }
        }
        Ok(found)
    }

    /// Starts a Query with a key condition: `"pk = :book"`.
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
    /// The position where the list continues. `None` at its end.
    pub next: Option<P>,
}

impl Query {
    /// Reads an index. Only local indexes can be read strongly.
    pub(crate) fn index(self, name: &str) -> Self {
        Query(self.0.index_name(name))
    }

    /// Sets the attribute of a placeholder: `("#day", "day")`.
    pub(crate) fn name(self, placeholder: &str, attribute: &str) -> Self {
        Query(self.0.expression_attribute_names(placeholder, attribute))
    }

    /// Sets the value of a placeholder: `(":book", BookKey(id))`.
    pub(crate) fn value(self, placeholder: &str, value: impl Serialize) -> Self {
        Query(self.0.expression_attribute_values(placeholder, to_value(value)))
    }

    /// Sets the value of a placeholder to one that serde does not know: bytes.
    pub(crate) fn attribute(self, placeholder: &str, value: AttributeValue) -> Self {
        Query(self.0.expression_attribute_values(placeholder, value))
    }

    /// Leaves out items that do not meet the condition. They cost read units nevertheless.
    pub(crate) fn filter(self, condition: &str) -> Self {
        Query(self.0.filter_expression(condition))
    }

    /// Returns only these attributes: `"pk, sk"`.
    pub(crate) fn only(self, attributes: &str) -> Self {
        Query(self.0.projection_expression(attributes))
    }

    /// Reads in descending order.
    pub(crate) fn backwards(self) -> Self {
        Query(self.0.scan_index_forward(false))
    }

    /// Reads with strong consistency.
    pub(crate) fn strong(self) -> Self {
        Query(self.0.consistent_read(true))
    }

    /// Begins after the item with that key. It must include the key attributes of the index.
    pub(crate) fn after(self, key: Option<Item>) -> Self {
        Query(self.0.set_exclusive_start_key(key))
    }

    /// Reads the first item.
    pub(crate) async fn first<T: DeserializeOwned>(self) -> Result<Option<T>> {
        self.items(1).await?.items.pop().map(from_item).transpose()
    }

    /// Reads up to `limit` items, and returns them with the key where the list continues.
    ///
    /// DynamoDB may return a short page although the list continues. The list ends where no key is returned
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html>).
    pub(crate) async fn items(self, limit: usize) -> Result<Page<Item, Item>> {
        self.items_within(limit, usize::MAX).await
    }

    /// Does the same with at most `calls` calls, for a Query with a filter. The page may have fewer items then.
    pub(crate) async fn items_within(self, limit: usize, calls: usize) -> Result<Page<Item, Item>> {
        let (mut items, mut next) = (Vec::new(), self.0.get_exclusive_start_key().clone());
        for _ in 0..calls {
            let wanted = i32::try_from(limit - items.len()).unwrap_or(i32::MAX);
            let answer = self.0.clone().limit(wanted).set_exclusive_start_key(next.take()).send().await?;
            items.extend(answer.items.unwrap_or_default());
            next = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if next.is_none() || items.len() >= limit {
                break;
            }
        }
        Ok(Page { items, next })
    }

    /// Reads all items, with as many calls as needed.
    pub(crate) async fn all<T: DeserializeOwned>(self) -> Result<Vec<T>> {
        let mut found = Vec::new();
        let mut items = self.0.into_paginator().items().send();
        while let Some(item) = items.next().await {
            found.extend(readable(item?));
        }
        Ok(found)
    }

    /// Reads a page of up to `limit` items. A page may have fewer items although the list continues: only a missing
    /// `next` means the end. A position `P` consists of attributes of the last item.
    ///
    /// The Query reads one item more, to find out whether the list continues. So the last page is not empty.
    pub(crate) async fn page<T: DeserializeOwned, P: DeserializeOwned>(self, limit: usize) -> Result<Page<T, P>> {
        let found = self.items(limit + 1).await?;
        cut(found, limit)
    }
}

/// Returns the first `limit` of the found items and, if there are more, the position of the last of them.
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

/// Returns the record in an item; `None` if it cannot be read, which is logged. One unreadable item must not make a list
/// fail.
pub(crate) fn readable<T: DeserializeOwned>(item: Item) -> Option<T> {
    let record = from_item(item);
    if let Err(unreadable) = &record {
        tracing::error!(error = chain(unreadable), "reading an item failed");
    }
    record.ok()
}

/// Returns whether an item has that sort key.
pub(crate) fn is_at(item: &Item, sk: &str) -> bool {
    item.get("sk").and_then(|key| key.as_s().ok()).is_some_and(|key| key == sk)
}

/// Converts a record to an item.
pub(crate) fn to_item(record: &impl Serialize) -> Item {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(record).expect("a record serialises to an item")
}

/// Converts an item to a record. The fault of an item that cannot be read names its key.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T> {
    let name = name(&item);
    let record = serde_dynamo::aws_sdk_dynamodb_1::from_item(item);
    record.map_err(|error| Fault::Broken(format!("the item {name} cannot be read: {error}").into()))
}

/// Returns the key of an item, for the log. What follows a prefix is left out unless it is an id: it may be a user's email.
fn name(item: &Item) -> String {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str);
    let pk = match text("pk").split_once('#') {
        Some((kind, id)) if Uuid::try_parse(id).is_err() => format!("{kind}#…"),
        _ => text("pk").to_owned(),
    };
    format!("{pk} {}", text("sk"))
}

/// Converts a value to an attribute.
pub(crate) fn to_value(value: impl Serialize) -> AttributeValue {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value).expect("a value serialises to an attribute")
}
