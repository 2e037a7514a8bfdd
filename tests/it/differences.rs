//! Compares two JSON documents.

use serde_json::Value;

/// Longer values are cut, because the place helps more than the value.
const MOST_CHARACTERS: usize = 160;

/// Lists the places where two documents differ: `-` what only the first has, `+` what only the second has. Each line begins
/// with the keys of the place, such as `paths › /books › get › summary`.
pub(crate) fn differences(first: &Value, second: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    compare(&mut Vec::new(), first, second, &mut lines);
    lines
}

fn compare(place: &mut Vec<String>, first: &Value, second: &Value, lines: &mut Vec<String>) {
    match (first, second) {
        (Value::Object(firsts), Value::Object(seconds)) => {
            let added = seconds.keys().filter(|key| !firsts.contains_key(*key));
            for key in firsts.keys().chain(added) {
                compare_at(place, key.clone(), firsts.get(key), seconds.get(key), lines);
            }
        }
        (Value::Array(firsts), Value::Array(seconds)) => {
            for index in 0..firsts.len().max(seconds.len()) {
                compare_at(place, index.to_string(), firsts.get(index), seconds.get(index), lines);
            }
        }
        (first, second) if first == second => {}
        (first, second) => {
            lines.push(line('-', place, first));
            lines.push(line('+', place, second));
        }
    }
}

fn compare_at(
    place: &mut Vec<String>,
    key: String,
    first: Option<&Value>,
    second: Option<&Value>,
    lines: &mut Vec<String>,
) {
    place.push(key);
    match (first, second) {
        (Some(first), Some(second)) => compare(place, first, second, lines),
        (Some(first), None) => lines.push(line('-', place, first)),
        (None, Some(second)) => lines.push(line('+', place, second)),
        (None, None) => {}
    }
    place.pop();
}

fn line(sign: char, place: &[String], value: &Value) -> String {
    let text = value.to_string();
    let cut: String = text.chars().take(MOST_CHARACTERS).collect();
    let end = if cut.len() < text.len() { "…" } else { "" };
    format!("{sign} {}: {cut}{end}", place.join(" › "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn equal_documents_have_no_differences() {
        let document = json!({"paths": {"/books": {"get": {"tags": ["books"]}}}});
        assert!(differences(&document, &document).is_empty());
    }

    #[test]
    fn each_different_place_is_listed_once() {
        let first = json!({"paths": {"/books": {"get": {"summary": "Lists books.", "tags": ["books", "old"]}}}});
        let second = json!({"paths": {"/books": {"get": {"summary": "Lists.", "tags": ["books"]}, "post": {}}}});
        assert_eq!(
            differences(&first, &second),
            [
                r#"- paths › /books › get › summary: "Lists books.""#,
                r#"+ paths › /books › get › summary: "Lists.""#,
                r#"- paths › /books › get › tags › 1: "old""#,
                "+ paths › /books › post: {}",
            ]
        );
    }

    #[test]
    fn a_long_value_is_cut() {
        let lines = differences(&json!({}), &json!({"description": "é".repeat(1_000)}));
        assert!(lines[0].ends_with("é…") && lines[0].chars().count() < 200, "{lines:?}");
    }
}
