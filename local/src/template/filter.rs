//! `FilterCriteria`: which records of a stream reach a function.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The patterns of a mapping. Without a pattern every record passes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    any_of: Vec<Pattern>,
}

#[derive(Debug, Clone, PartialEq)]
enum Pattern {
    /// Every field matches its own pattern.
    Fields(Vec<(String, Pattern)>),
    /// One of the rules matches.
    Leaf(Vec<Rule>),
}

#[derive(Debug, Clone, PartialEq)]
enum Rule {
    Is(Value),
    Exists(bool),
    Prefix(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Criteria {
    filters: Vec<Written>,
}

/// A pattern is JSON in a string.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Written {
    pattern: String,
}

impl Filter {
    /// Reads `FilterCriteria`.
    pub(super) fn read(criteria: Value) -> Result<Self, String> {
        let Criteria { filters } =
            serde_json::from_value(criteria).map_err(|problem| format!("FilterCriteria: {problem}"))?;
        let any_of = filters.iter().map(|Written { pattern }| {
            let json = serde_json::from_str(pattern).map_err(|problem| format!("the filter {pattern}: {problem}"))?;
            Pattern::read(&json).map_err(|problem| format!("the filter {pattern}: {problem}"))
        });
        Ok(Filter { any_of: any_of.collect::<Result<_, _>>()? })
    }

    /// Returns whether `record` goes to the function.
    pub fn passes(&self, record: &Value) -> bool {
        self.any_of.is_empty() || self.any_of.iter().any(|pattern| pattern.matches(Some(record)))
    }
}

impl Pattern {
    fn read(json: &Value) -> Result<Self, String> {
        match json {
            Value::Object(fields) => {
                let field = |(name, pattern): (&String, &Value)| match name.strip_prefix('$') {
                    Some(_) => Err(unknown(name)),
                    None => Ok((name.clone(), Pattern::read(pattern)?)),
                };
                Ok(Pattern::Fields(fields.iter().map(field).collect::<Result<_, _>>()?))
            }
            Value::Array(rules) if !rules.is_empty() => {
                Ok(Pattern::Leaf(rules.iter().map(Rule::read).collect::<Result<_, _>>()?))
            }
            other => Err(format!("{other} should be an object or a list of rules")),
        }
    }

    fn matches(&self, value: Option<&Value>) -> bool {
        match self {
            Pattern::Fields(fields) => {
                fields.iter().all(|(name, pattern)| pattern.matches(value.and_then(|value| value.get(name))))
            }
            Pattern::Leaf(rules) => rules.iter().any(|rule| rule.matches(value)),
        }
    }
}

impl Rule {
    fn read(json: &Value) -> Result<Self, String> {
        match json {
            Value::Object(operator) => Rule::operator(operator),
            Value::Array(_) => Err(format!("{json} is not a rule")),
            value => Ok(Rule::Is(value.clone())),
        }
    }

    fn operator(operator: &Map<String, Value>) -> Result<Self, String> {
        match operator.iter().next().filter(|_| operator.len() == 1) {
            Some((name, Value::Bool(exists))) if name == "exists" => Ok(Rule::Exists(*exists)),
            Some((name, Value::String(prefix))) if name == "prefix" => Ok(Rule::Prefix(prefix.clone())),
            Some((name, _)) => Err(unknown(name)),
            None => Err("a rule should have one operator".to_owned()),
        }
    }

    fn matches(&self, value: Option<&Value>) -> bool {
        // One matching item of a list is enough. Rules apply to leaves, and an object is not a leaf.
        let leaves = match value {
            Some(Value::Array(items)) => items.as_slice(),
            Some(leaf) if !leaf.is_object() => std::slice::from_ref(leaf),
            _ => &[],
        };
        match self {
            Rule::Is(wanted) => leaves.contains(wanted),
            Rule::Exists(wanted) => leaves.is_empty() != *wanted,
            Rule::Prefix(prefix) => {
                leaves.iter().any(|leaf| leaf.as_str().is_some_and(|text| text.starts_with(prefix.as_str())))
            }
        }
    }
}

fn unknown(operator: &str) -> String {
    format!("the runner does not know the operator {operator} with this value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filter(patterns: &[&str]) -> Filter {
        let filters: Vec<_> = patterns.iter().map(|pattern| json!({ "Pattern": pattern })).collect();
        Filter::read(json!({ "Filters": filters })).expect("the filter is right")
    }

    fn inserted(image: Value) -> Value {
        json!({"eventName": "INSERT", "dynamodb": {"NewImage": image}})
    }

    #[test]
    fn without_a_pattern_everything_passes() {
        assert!(Filter::default().passes(&inserted(json!({}))));
        assert!(filter(&[]).passes(&json!(null)));
    }

    #[test]
    fn every_field_must_match_one_of_its_rules() {
        let filter = filter(&[
            r#"{"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"what": {"S": [{"exists": true}]}}}}"#,
        ]);
        assert!(filter.passes(&inserted(json!({"what": {"S": "book.added"}}))));
        assert!(!filter.passes(&inserted(json!({"pk": {"S": "counter#events"}}))));
        assert!(!filter.passes(&inserted(json!({"what": {"N": "1"}}))));
        assert!(!filter.passes(&json!({"eventName": "REMOVE", "dynamodb": {}})));
    }

    #[test]
    fn one_pattern_of_several_is_enough() {
        let filter = filter(&[r#"{"eventName": ["REMOVE"]}"#, r#"{"dynamodb": {"Keys": {"pk": {"S": ["a"]}}}}"#]);
        assert!(filter.passes(&json!({"eventName": "REMOVE"})));
        assert!(filter.passes(&json!({"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "a"}}}})));
        assert!(!filter.passes(&json!({"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "ab"}}}})));
    }

    #[test]
    fn a_pattern_can_require_absence_and_a_prefix() {
        let filter = filter(&[
            r#"{"dynamodb": {"NewImage": {"mail": {"S": [{"exists": false}]}, "pk": {"S": [{"prefix": "entry#"}]}}}}"#,
        ]);
        assert!(filter.passes(&inserted(json!({"pk": {"S": "entry#1"}}))));
        assert!(!filter.passes(&inserted(json!({"pk": {"S": "entry#1"}, "mail": {"S": "sent"}}))));
        assert!(!filter.passes(&inserted(json!({"pk": {"S": "counter#1"}}))));
    }

    #[test]
    fn an_error_names_the_unknown_operator() {
        for (pattern, named) in [
            (r#"{"a": [{"anything-but": ["b"]}]}"#, "anything-but"),
            (r#"{"$or": [{"a": ["b"]}]}"#, "$or"),
            (r#"{"a": [{"prefix": {"equals-ignore-case": "b"}}]}"#, "prefix"),
            (r#"{"a": "b"}"#, "\"b\""),
            (r#"{"a": []}"#, "[]"),
            ("{", "EOF"),
        ] {
            let problem = Filter::read(json!({"Filters": [{ "Pattern": pattern }]})).expect_err("it is not known");
            assert!(problem.contains(named), "{problem}");
        }
    }
}
