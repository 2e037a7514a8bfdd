//! Changes of JSON. Changed bytes are hardly ever JSON, and would be refused before anything looks at them.

use serde_json::{Map, Value, json};

use crate::bytes;
use crate::random::Random;

/// Returns one of the inputs, changed in one to four of its values. An input that is no JSON, and each sixteenth, is changed as
/// bytes are.
///
/// # Panics
/// If there is no input.
pub fn changed(random: &mut Random, inputs: &[Vec<u8>]) -> Vec<u8> {
    let one = random.one_of(inputs);
    let (Ok(mut value), Ok(other)) = (
        serde_json::from_slice::<Value>(one),
        serde_json::from_slice::<Value>(random.one_of::<Vec<u8>>(inputs).as_slice()),
    ) else {
        return bytes::changed(random, inputs);
    };
    if random.below(16) == 0 {
        return bytes::changed(random, std::slice::from_ref(one));
    }
    for _ in 0..=random.below(4) {
        change(random, &mut value, &other);
    }
    value.to_string().into_bytes()
}

/// Changes one value within another.
fn change(random: &mut Random, whole: &mut Value, other: &Value) {
    let path = path(random, whole);
    let donor = within(random, other).clone();
    let Some(value) = whole.pointer_mut(&path) else { return };
    match random.below(8) {
        0 => *value = odd(random),
        1 => *value = donor,
        2 => match value {
            Value::Object(fields) => remove(random, fields),
            Value::Array(items) if !items.is_empty() => drop(items.remove(random.below(items.len()))),
            _ => *value = Value::Null,
        },
        3 => match value {
            Value::Object(fields) => drop(fields.insert(name(random, other), donor)),
            Value::Array(items) => items.insert(random.below(items.len() + 1), donor),
            _ => *value = json!([value.take()]),
        },
        4 => match value {
            Value::Array(items) if (1..100).contains(&items.len()) => {
                let item = random.one_of(items).clone();
                items.push(item);
            }
            Value::Number(number) => *value = changed_number(random, number.as_f64().unwrap_or_default()),
            _ => change_text(random, value),
        },
        _ => change_text(random, value),
    }
}

/// Changes a text: as JSON, if it is some, or as bytes.
fn change_text(random: &mut Random, value: &mut Value) {
    let Value::String(text) = value else { return };
    if text.starts_with(['{', '['])
        && random.below(4) > 0
        && let Ok(mut inner) = serde_json::from_str::<Value>(text)
    {
        let other = inner.clone();
        change(random, &mut inner, &other);
        *text = inner.to_string();
        return;
    }
    let changed = bytes::changed(random, &[std::mem::take(text).into_bytes()]);
    *text = String::from_utf8_lossy(&changed).into_owned();
}

/// Returns the path (RFC 6901) of a random value: down to a leaf in most cases.
fn path(random: &mut Random, whole: &Value) -> String {
    let (mut path, mut value) = (String::new(), whole);
    while random.below(8) > 0 {
        let key = match value {
            Value::Object(fields) if !fields.is_empty() => {
                fields.keys().nth(random.below(fields.len())).expect("it has so many").clone()
            }
            Value::Array(items) if !items.is_empty() => random.below(items.len()).to_string(),
            _ => break,
        };
        path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
        value = whole.pointer(&path).expect("it is there");
    }
    path
}

fn within<'a>(random: &mut Random, whole: &'a Value) -> &'a Value {
    whole.pointer(&path(random, whole)).unwrap_or(whole)
}

/// Returns the name of a field of a random object.
fn name(random: &mut Random, whole: &Value) -> String {
    match within(random, whole) {
        Value::Object(fields) if !fields.is_empty() => {
            fields.keys().nth(random.below(fields.len())).expect("it has so many").clone()
        }
        Value::String(text) => text.chars().take(40).collect(),
        _ => "constructor".to_owned(),
    }
}

fn remove(random: &mut Random, fields: &mut Map<String, Value>) {
    let name = fields.keys().nth(random.below(fields.len())).cloned();
    if let Some(name) = name {
        fields.remove(&name);
    }
}

fn changed_number(random: &mut Random, number: f64) -> Value {
    json!(*random.one_of(&[number + 1.0, number - 1.0, -number, number * 1e6, number + 0.5, 0.0, 1e18, -1e18]))
}

/// Returns a value that few expect.
fn odd(random: &mut Random) -> Value {
    match random.below(12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(u64::MAX),
        5 => json!(1e308),
        6 => json!(""),
        7 => json!([]),
        8 => json!({}),
        9 => json!("x".repeat(random.below(6_000))),
        10 => json!("\0\u{202e}\u{feff}\r\n"),
        _ => (0..random.below(40)).fold(json!(7), |inner, _| json!([inner])),
    }
}
