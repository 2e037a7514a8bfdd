//! `cargo run -p local -- copy-table`: copies items of a restored table back into the live one. It works with the cloud and with
//! the runner.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use shared::runtime::app::sdk_config;
use shared::runtime::log::chain;

use crate::deployment::config;

/// How many items are read at once. Each read has a second.
const PAGE: i32 = 200;
/// How many items are written at the same time.
const WRITES: usize = 16;

/// What is copied where. Region and credentials of AWS are those of the environment.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The restored table.
    #[arg(long, value_name = "TABLE")]
    pub from: String,

    /// The live table.
    #[arg(long, value_name = "TABLE")]
    pub to: String,

    /// Copy only items whose `pk` begins with this: `user#0192…`. All without it.
    #[arg(long, value_name = "BEGINNING", default_value = "")]
    pub keys: String,

    /// Copy also items that the live table has, over what it has.
    #[arg(long)]
    pub overwrite: bool,

    /// Count, and copy nothing.
    #[arg(long)]
    pub dry_run: bool,

    /// The URL of another DynamoDB than AWS's, such as http://127.0.0.1:8000.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,

    /// The access key of that DynamoDB, as the runner prints it.
    #[arg(long, value_name = "KEY", default_value = "local")]
    pub access_key: String,
}

/// How many items were copied, and how many the live table had already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Items that were copied, or would be.
    pub copied: usize,
    /// Items that were left alone.
    pub there: usize,
}

type Item = HashMap<String, AttributeValue>;

/// Copies the items.
///
/// # Errors
/// A line that says which call failed. Running it again goes on: what was copied is there.
pub async fn copy(options: &Options) -> Result<Copied, String> {
    let config = match &options.endpoint {
        Some(endpoint) => config(endpoint, &options.access_key).await,
        None => sdk_config(None).await,
    };
    let client = Client::new(&config);
    let mut copied = Copied::default();
    let mut pages = client.scan().table_name(&options.from).limit(PAGE).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| format!("{} cannot be read: {}", options.from, chain(&error)))?;
        let items = page.items.unwrap_or_default().into_iter().filter(|item| begins(item, &options.keys));
        let writes = stream::iter(items.map(|item| put(&client, options, item)));
        let written: Vec<bool> = writes.buffer_unordered(WRITES).try_collect().await?;
        let new = written.iter().filter(|is_new| **is_new).count();
        copied.copied += new;
        copied.there += written.len() - new;
    }
    Ok(copied)
}

fn begins(item: &Item, keys: &str) -> bool {
    matches!(item.get("pk"), Some(AttributeValue::S(key)) if key.starts_with(keys))
}

/// Copies an item, unless the live table has it. Returns whether it was copied.
async fn put(client: &Client, options: &Options, item: Item) -> Result<bool, String> {
    if options.dry_run {
        return if options.overwrite { Ok(true) } else { is_missing(client, options, &item).await };
    }
    let put = client.put_item().table_name(&options.to).set_item(Some(item));
    let put = if options.overwrite { put } else { put.condition_expression("attribute_not_exists(pk)") };
    match put.send().await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.as_service_error(), Some(PutItemError::ConditionalCheckFailedException(_))) => {
            Ok(false)
        }
        Err(error) => Err(format!("{} cannot be written: {}", options.to, chain(&error))),
    }
}

async fn is_missing(client: &Client, options: &Options, item: &Item) -> Result<bool, String> {
    let key = item.iter().filter(|(name, _)| ["pk", "sk"].contains(&name.as_str()));
    let key = key.map(|(name, value)| (name.clone(), value.clone())).collect();
    let found = client.get_item().table_name(&options.to).set_key(Some(key)).consistent_read(true).send().await;
    let found = found.map_err(|error| format!("{} cannot be read: {}", options.to, chain(&error)))?;
    Ok(found.item.is_none())
}
