//! YAML with CloudFormation's intrinsic functions, as plain JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use yaml_serde::Value as Yaml;

/// Converts YAML to JSON, with a short tag (`!Ref Api`) in its long form (`{"Ref": "Api"}`).
pub(super) fn json_from(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(*value),
        Yaml::Number(number) => serde_json::to_value(number).unwrap_or_default(),
        Yaml::String(text) => Value::String(text.clone()),
        Yaml::Sequence(items) => items.iter().map(json_from).collect(),
        Yaml::Mapping(entries) => {
            let text = |key: &Yaml| match json_from(key) {
                Value::String(text) => text,
                other => other.to_string(),
            };
            Value::Object(entries.iter().map(|(key, value)| (text(key), json_from(value))).collect())
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            match (tag.trim_start_matches('!'), json_from(&tagged.value)) {
                (name @ ("Ref" | "Condition"), value) => json!({ name: value }),
                ("GetAtt", Value::String(path)) => {
                    json!({ "Fn::GetAtt": path.splitn(2, '.').collect::<Vec<_>>() })
                }
                (name, value) => json!({ format!("Fn::{name}"): value }),
            }
        }
    }
}

/// The names that `Ref`, `Sub` and `If` can use.
pub(super) struct Scope {
    /// The parameters' defaults and AWS's pseudo parameters.
    pub(super) values: BTreeMap<String, Value>,
    /// The template's conditions, unresolved.
    pub(super) conditions: Map<String, Value>,
}

impl Scope {
    /// Returns `value` with its intrinsic functions evaluated. A reference to a resource becomes its logical id, an attribute
    /// `<logical id>.<attribute>`. An unknown function stays as it is; whoever needs the value reports it.
    pub(super) fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::Array(items) => {
                items.iter().map(|item| self.resolve(item)).filter(|item| !is_no_value(item)).collect()
            }
            Value::Object(entries) => match single(entries) {
                Some((name, argument)) if name == "Ref" || name == "Condition" || name.starts_with("Fn::") => {
                    self.call(name, argument).unwrap_or_else(|| value.clone())
                }
                _ => entries
                    .iter()
                    .map(|(name, entry)| (name.clone(), self.resolve(entry)))
                    .filter(|(_, entry)| !is_no_value(entry))
                    .collect(),
            },
            plain => plain.clone(),
        }
    }

    /// Returns whether the condition `name` is true with the parameters' defaults.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.conditions.get(name).is_some_and(|condition| self.resolve(condition) == json!(true))
    }

    fn call(&self, name: &str, argument: &Value) -> Option<Value> {
        if name == "Fn::If" {
            let [condition, yes, no] = argument.as_array()?.as_slice() else { return None };
            return Some(self.resolve(if self.holds(condition.as_str()?) { yes } else { no }));
        }
        let argument = self.resolve(argument);
        let items = || argument.as_array();
        match name {
            "Ref" => Some(self.values.get(argument.as_str()?).cloned().unwrap_or(argument)),
            "Condition" => Some(json!(self.holds(argument.as_str()?))),
            "Fn::GetAtt" => Some(json!(texts(items()?).join("."))),
            "Fn::Sub" => match &argument {
                Value::String(text) => Some(json!(self.substitute(text, &Map::new()))),
                Value::Array(both) => Some(json!(self.substitute(both.first()?.as_str()?, both.get(1)?.as_object()?))),
                _ => None,
            },
            "Fn::Join" => Some(json!(texts(items()?.get(1)?.as_array()?).join(items()?.first()?.as_str()?))),
            "Fn::Select" => {
                let index = items()?.first()?;
                let index = index.as_u64().or_else(|| index.as_str()?.parse().ok())?;
                items()?.get(1)?.as_array()?.get(usize::try_from(index).ok()?).cloned()
            }
            "Fn::Split" => {
                let parts = items()?.get(1)?.as_str()?.split(items()?.first()?.as_str()?);
                Some(parts.collect::<Vec<_>>().into())
            }
            "Fn::Equals" => Some(json!(items()?.first()? == items()?.get(1)?)),
            "Fn::Not" => Some(json!(items()?.first()? != &json!(true))),
            "Fn::And" => Some(json!(items()?.iter().all(|item| item == &json!(true)))),
            "Fn::Or" => Some(json!(items()?.iter().any(|item| item == &json!(true)))),
            _ => None,
        }
    }

    fn substitute(&self, text: &str, own: &Map<String, Value>) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match (name.strip_prefix('!'), own.get(name).or_else(|| self.values.get(name))) {
                (Some(literal), _) => result.push_str(&format!("${{{literal}}}")),
                (None, Some(Value::String(value))) => result.push_str(value),
                (None, Some(value)) => result.push_str(&value.to_string()),
                (None, None) => result.push_str(name),
            }
            rest = after;
        }
        result + rest
    }
}

fn single(entries: &Map<String, Value>) -> Option<(&String, &Value)> {
    entries.iter().next().filter(|_| entries.len() == 1)
}

fn is_no_value(value: &Value) -> bool {
    value == "AWS::NoValue"
}

fn texts(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(yaml: &str) -> Value {
        let scope = Scope {
            values: BTreeMap::from([("Stage".into(), json!("v1")), ("Limit".into(), json!(20))]),
            conditions: Map::from_iter([("Strict".into(), json!({"Fn::Equals": [{"Ref": "Stage"}, "v1"]}))]),
        };
        scope.resolve(&json_from(&yaml_serde::from_str(yaml).expect("it is YAML")))
    }

    #[test]
    fn a_reference_becomes_a_parameter_or_a_logical_id() {
        assert_eq!(
            resolved("[!Ref Stage, !Ref BooksTable, !GetAtt BooksTable.Arn]"),
            json!(["v1", "BooksTable", "BooksTable.Arn"])
        );
    }

    #[test]
    fn substitution_fills_in_known_names_and_leaves_escaped_ones() {
        assert_eq!(resolved("!Sub '/${Stage}/${Limit}/${!Literal}/${Api}'"), json!("/v1/20/${Literal}/Api"));
        assert_eq!(resolved("!Sub ['${Own}-${Stage}', {Own: mine}]"), json!("mine-v1"));
    }

    #[test]
    fn lists_are_joined_split_and_selected_from() {
        assert_eq!(resolved("!Join ['-', [a, !Ref Stage]]"), json!("a-v1"));
        assert_eq!(resolved("!Select [1, !Split [',', 'a,b']]"), json!("b"));
    }

    #[test]
    fn a_condition_chooses_and_no_value_removes() {
        assert_eq!(resolved("!If [Strict, yes-it-is, 'no']"), json!("yes-it-is"));
        assert_eq!(resolved("{kept: 1, gone: !If [Strict, !Ref 'AWS::NoValue', 2]}"), json!({"kept": 1}));
    }

    #[test]
    fn an_unknown_function_stays_as_it_is() {
        assert_eq!(resolved("!ImportValue x"), json!({"Fn::ImportValue": "x"}));
    }
}
