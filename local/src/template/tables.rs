//! The template's tables, as requests to create them.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// A DynamoDB table of the template.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The logical id: `AccountsTable`.
    pub logical_id: String,
    /// The name on a laptop: `carrel-accounts`.
    pub name: String,
    /// The body of its CreateTable call.
    pub create: Value,
    /// The attribute with the time at which an item expires.
    pub ttl_attribute: Option<String>,
}

/// The properties of a CloudFormation table that CreateTable accepts. The others (backups, encryption, deletion protection,
/// tags) have no meaning on a laptop.
const TAKEN: [&str; 5] =
    ["AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"];
const TAKEN_OF_INDEX: [&str; 3] = ["IndexName", "KeySchema", "Projection"];

impl Table {
    pub(super) fn read(logical_id: &str, properties: &Value) -> Result<Self> {
        let missing = |property: &str| Error::template(logical_id, format!("a table needs {property}"));
        let name = format!("carrel-{}", logical_id.trim_end_matches("Table").to_lowercase());
        let mut create = pick(properties, &TAKEN);
        for required in ["AttributeDefinitions", "KeySchema"] {
            create.get(required).and_then(Value::as_array).ok_or_else(|| missing(required))?;
        }
        for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
            if let Some(Value::Array(indexes)) = create.get_mut(indexes) {
                indexes.iter_mut().for_each(|index| *index = Value::Object(pick(index, &TAKEN_OF_INDEX)));
            }
        }
        if create.get("BillingMode").is_none_or(|mode| mode != "PAY_PER_REQUEST") {
            return Err(Error::template(logical_id, "BillingMode should be PAY_PER_REQUEST"));
        }
        if let Some(view) = properties.pointer("/StreamSpecification/StreamViewType") {
            create.insert("StreamSpecification".into(), json!({ "StreamEnabled": true, "StreamViewType": view }));
        }
        create.insert("TableName".into(), json!(name));
        Ok(Table {
            logical_id: logical_id.to_owned(),
            name,
            create: Value::Object(create),
            ttl_attribute: ttl_attribute(logical_id, properties)?,
        })
    }
}

fn ttl_attribute(logical_id: &str, properties: &Value) -> Result<Option<String>> {
    let Some(ttl) = properties.get("TimeToLiveSpecification") else { return Ok(None) };
    match (&ttl["Enabled"], ttl["AttributeName"].as_str()) {
        (Value::Bool(true), Some(attribute)) => Ok(Some(attribute.to_owned())),
        (Value::Bool(false), _) => Ok(None),
        _ => Err(Error::template(logical_id, "TimeToLiveSpecification needs Enabled and AttributeName")),
    }
}

fn pick(properties: &Value, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), properties.get(name)?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties() -> Value {
        json!({
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": true,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
            "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": true},
        })
    }

    #[test]
    fn a_table_keeps_only_the_properties_of_create_table() {
        let table = Table::read("LibraryTable", &properties()).expect("the table is right");
        assert_eq!(table.name, "carrel-library");
        assert_eq!(table.ttl_attribute.as_deref(), Some("expires"));
        assert_eq!(
            table.create,
            json!({
                "TableName": "carrel-library",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            })
        );
    }

    #[test]
    fn an_error_names_the_table_and_the_missing_property() {
        let mut wrong = properties();
        wrong["KeySchema"] = Value::Null;
        let error = Table::read("LibraryTable", &wrong).expect_err("it has no key");
        assert_eq!(error.to_string(), "template.yaml, LibraryTable: a table needs KeySchema");
    }
}
