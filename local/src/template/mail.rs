//! What a function's role allows with SES.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::Result;

use super::section;

/// The statements about SES in the policies of the functions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MailPolicy(Vec<Statement>);

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: String,
    action: Many,
    resource: Many,
    #[serde(default)]
    condition: Map<String, Value>,
}

/// One text or several.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum Many {
    One(String),
    Several(Vec<String>),
}

impl Many {
    fn texts(&self) -> &[String] {
        match self {
            Many::One(text) => std::slice::from_ref(text),
            Many::Several(texts) => texts,
        }
    }
}

impl MailPolicy {
    /// Adds the statements of a function's policy that are about SES.
    pub(super) fn read(&mut self, id: &str, properties: &Value) -> Result<()> {
        for statement in properties["Policies"]["Statement"].as_array().into_iter().flatten() {
            if statement["Action"].to_string().contains("ses:") {
                self.0.push(section(id, statement.clone())?);
            }
        }
        Ok(())
    }

    /// Returns whether a mail may be sent from the address `from`, as far as the identity `identity` (an address or a domain)
    /// is concerned.
    pub(crate) fn allows(&self, identity: &str, from: &str) -> bool {
        let arn = format!("arn:aws:ses:local:123456789012:identity/{identity}");
        let applies = |statement: &&Statement| {
            let Statement { action, resource, condition, .. } = statement;
            action.texts().iter().any(|action| matches(action, "ses:SendEmail"))
                && resource.texts().iter().any(|resource| matches(resource, &arn))
                && condition.iter().all(|(operator, keys)| holds(operator, keys, from))
        };
        let mut effects = self.0.iter().filter(applies).map(|statement| statement.effect.as_str()).peekable();
        effects.peek().is_some() && effects.all(|effect| effect == "Allow")
    }
}

/// Whether a condition holds. One that the runner does not know does not.
fn holds(operator: &str, keys: &Value, from: &str) -> bool {
    let Some(keys) = keys.as_object() else { return false };
    keys.iter().all(|(key, wanted)| {
        let Ok(wanted) = serde_json::from_value::<Many>(wanted.clone()) else { return false };
        let mut wanted = wanted.texts().iter();
        match (key.as_str(), operator) {
            ("ses:FromAddress", "StringEquals") => wanted.any(|wanted| wanted == from),
            ("ses:FromAddress", "StringLike") => wanted.any(|wanted| matches(wanted, from)),
            _ => false,
        }
    })
}

/// Whether a text fits a pattern with `*` and `?`.
fn matches(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), _) if matches(&pattern[1..], text) => true,
        (Some('*'), Some(letter)) => matches(pattern, &text[letter.len_utf8()..]),
        (Some('?'), Some(letter)) => matches(&pattern[1..], &text[letter.len_utf8()..]),
        (Some(wanted), Some(letter)) if wanted == letter => {
            matches(&pattern[wanted.len_utf8()..], &text[letter.len_utf8()..])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(statements: Value) -> MailPolicy {
        let mut policy = MailPolicy::default();
        policy.read("it", &json!({"Policies": {"Statement": statements}})).expect("it is right");
        policy
    }

    fn identity(name: &str) -> String {
        format!("arn:aws:ses:local:123456789012:identity/{name}")
    }

    #[test]
    fn a_policy_allows_the_identities_and_the_sender_that_it_names() {
        let allow = json!({"Effect": "Allow", "Action": ["ses:SendEmail"], "Resource": [identity("a@x.example")]});
        assert!(policy(json!([allow])).allows("a@x.example", "a@x.example"));
        assert!(!policy(json!([allow])).allows("b@x.example", "a@x.example"));
        assert!(!policy(json!([])).allows("a@x.example", "a@x.example"));
        let condition = json!({"StringEquals": {"ses:FromAddress": "a@x.example"}});
        let any = json!({"Effect": "Allow", "Action": "ses:*", "Resource": identity("*"), "Condition": condition});
        assert!(policy(json!([any])).allows("b@x.example", "a@x.example"));
        assert!(!policy(json!([any])).allows("b@x.example", "c@x.example"));
        let deny = json!({"Effect": "Deny", "Action": "ses:SendEmail", "Resource": identity("b@*")});
        assert!(!policy(json!([any, deny])).allows("b@x.example", "a@x.example"));
        let unknown = json!({"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*", "Condition": {"Bool": {}}});
        assert!(policy(json!([unknown])).allows("b@x.example", "a@x.example"), "it has no keys");
        let unknown = json!({"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}}});
        assert!(!policy(json!([unknown])).allows("b@x.example", "a@x.example"));
    }
}
