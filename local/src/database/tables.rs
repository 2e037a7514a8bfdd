//! The template's tables: created at the first start, compared at every other.

use std::collections::BTreeSet;
use std::path::Path;

use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::describe_time_to_live::DescribeTimeToLiveRequest;
use dynoxide::actions::update_time_to_live::{TimeToLiveSpecification, UpdateTimeToLiveRequest};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::template::Table;

/// Creates the tables that are missing. An error names `folder` if it has a table with other properties.
pub(super) fn create(engine: &dynoxide::Database, tables: &[Table], folder: Option<&Path>) -> Result<()> {
    for table in tables {
        let exists = engine.get_table_metadata(&table.name).map_err(Error::database)?.is_some();
        if exists && let Some(folder) = folder {
            compare(engine, table, folder)?;
        }
        if !exists {
            let request = serde_json::from_value(table.create.clone()).map_err(|problem| wrong(table, problem))?;
            engine.create_table(request).map_err(|problem| wrong(table, problem))?;
        }
        enable_ttl(engine, table)?;
    }
    Ok(())
}

fn wrong(table: &Table, problem: impl std::fmt::Display) -> Error {
    Error::template(&table.logical_id, problem)
}

/// Refuses a table of an older template: its properties cannot be changed.
fn compare(engine: &dynoxide::Database, table: &Table, folder: &Path) -> Result<()> {
    let known = DescribeTableRequest { table_name: table.name.clone() };
    let known =
        serde_json::to_value(engine.describe_table(known).map_err(Error::database)?).map_err(Error::database)?;
    match difference(&table.create, &known["Table"]) {
        Some(property) => Err(Error::FolderOutdated { folder: folder.to_owned(), table: table.name.clone(), property }),
        None => Ok(()),
    }
}

/// Enables TTL. This is a call of its own, so a start that was killed may have left it out.
fn enable_ttl(engine: &dynoxide::Database, table: &Table) -> Result<()> {
    let Some(attribute) = &table.ttl_attribute else { return Ok(()) };
    let table_name = table.name.clone();
    let known = engine
        .describe_time_to_live(DescribeTimeToLiveRequest { table_name: table_name.clone() })
        .map_err(Error::database)?;
    let known = serde_json::to_value(known).map_err(Error::database)?;
    if known["TimeToLiveDescription"]["AttributeName"] != *attribute {
        let enabled = TimeToLiveSpecification { attribute_name: attribute.clone(), enabled: true };
        let request = UpdateTimeToLiveRequest { table_name, time_to_live_specification: enabled };
        engine.update_time_to_live(request).map_err(|problem| wrong(table, problem))?;
    }
    Ok(())
}

/// Returns the first property in which a table differs from the template.
fn difference(wanted: &Value, known: &Value) -> Option<&'static str> {
    let properties =
        ["KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "StreamSpecification"];
    properties.into_iter().find(|property| comparable(&wanted[property]) != comparable(&known[property]))
}

/// Returns the value of a property without its order, and without what a description adds to an index.
fn comparable(value: &Value) -> BTreeSet<String> {
    let items = value.as_array().cloned().unwrap_or_else(|| if value.is_null() { vec![] } else { vec![value.clone()] });
    let essence = |item: Value| match item.get("IndexName") {
        Some(name) => json!([name, item["KeySchema"], item["Projection"]]),
        None => item,
    };
    items.into_iter().map(|item| essence(item).to_string()).collect()
}
