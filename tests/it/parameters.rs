//! The template's parameters: what CloudFormation lets through, the functions can read.

use std::process::Command;

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use shared::runtime::app::Settings;
use shared::runtime::environment as names;
use shared::values::{Email, Network};
use yaml_serde::Value;

use crate::contract::read;

/// Random values that a parameter lets through.
struct Values {
    strategy: BoxedStrategy<String>,
    longest: usize,
}

impl Values {
    fn of(parameter: &Value) -> Values {
        let pattern = parameter["AllowedPattern"].as_str().expect("a pattern");
        let short = with_few_repetitions(pattern.trim_matches(['^', '$']));
        let strategy = string_regex(&short).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        let longest = parameter["MaxLength"].as_u64().unwrap_or(4096);
        Values { strategy: strategy.boxed(), longest: usize::try_from(longest).expect("a length") }
    }

    fn next(&self, runner: &mut TestRunner) -> String {
        loop {
            let value = self.strategy.new_tree(runner).expect("a value").current();
            if value.len() <= self.longest {
                return value;
            }
        }
    }
}

/// Bounds the repetitions of a pattern: unbounded ones in one another make values of thousands of characters.
fn with_few_repetitions(pattern: &str) -> String {
    let (mut bounded, mut in_class) = (String::new(), false);
    for letter in pattern.chars() {
        in_class = letter == '[' || in_class && letter != ']';
        match letter {
            '*' if !in_class => bounded.push_str("{0,2}"),
            '+' if !in_class => bounded.push_str("{1,3}"),
            _ => bounded.push(letter),
        }
    }
    bounded
}

/// The parameters that have a pattern, with their values.
fn patterns() -> Vec<(String, Values)> {
    let template: Value = yaml_serde::from_str(&read("template.yaml")).expect("YAML");
    let parameters = template["Parameters"].as_mapping().expect("parameters").iter();
    let patterned = parameters.filter(|(_, parameter)| parameter.get("AllowedPattern").is_some());
    patterned.map(|(name, parameter)| (name.as_str().expect("a name").to_owned(), Values::of(parameter))).collect()
}

/// Why the code cannot read this value of a parameter.
fn fault(parameter: &str, value: &str) -> Option<String> {
    let uri = || value.parse::<axum::http::Uri>().map_err(|error| error.to_string());
    let read = match parameter {
        "AdminEmail" | "LibraryAddresses" | "MetadataSources" if value.is_empty() => Ok(()),
        "LibraryAddresses" => value.parse::<Network>().map(drop).map_err(ToOwned::to_owned),
        "MetadataSources" => metadata::source(value).map(drop).map_err(|error| error.to_string()),
        "AdminEmail" | "MailSender" => value.parse::<Email>().map(drop).map_err(ToOwned::to_owned),
        "SiteUrl" | "SiteDomain" if value.is_empty() => Ok(()),
        "SiteUrl" if value.ends_with('/') => Err("a slash at the end".to_owned()),
        "SiteUrl" => uri().map(drop),
        "SiteDomain" => {
            format!("https://{value}").parse::<axum::http::Uri>().map(drop).map_err(|error| error.to_string())
        }
        // A page sends its origin so: lower case, and no path.
        "AllowedOrigins" => uri().and_then(|uri| match uri.authority() {
            Some(authority) if format!("https://{authority}") == value && uri.port_u16() != Some(443) => Ok(()),
            _ => Err("no origin".to_owned()),
        }),
        "WafRate" => match value.parse::<u32>() {
            Ok(0 | 10..) => Ok(()),
            _ => Err("no rate".to_owned()),
        },
        // No function reads it.
        "AlarmTopic" | "SiteCertificate" => Ok(()),
        _ => Err("this test does not know it".to_owned()),
    };
    read.err().map(|error| format!("{parameter} {value:?}: {error}"))
}

#[test]
fn aw8_what_a_parameter_lets_through_the_code_can_read() {
    let (mut runner, mut faults) = (TestRunner::deterministic(), Vec::new());
    for (parameter, values) in patterns() {
        faults.extend((0..1000).filter_map(|_| fault(&parameter, &values.next(&mut runner))).take(5));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The librarian's address that another process should read.
const EXPECTED: &str = "EXPECTED_ADMIN_EMAIL";

/// Has another process read its settings from these variables, and expect this address of the librarian. Returns whether it
/// did, and what it printed.
fn read_by_another_process(admin: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "parameters::settings_are_read_from_the_environment", "--ignored", "--nocapture"]);
    let required = [(names::TOKEN_ISSUER, "carrel"), (names::ACTIVITY_DAYS, "90")];
    command
        .env(EXPECTED, admin)
        .envs(required.map(|(name, value)| (name.name(), value)))
        .envs(variables.iter().copied());
    let output = command.output().expect("it runs");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
#[ignore = "another test runs it in a process of its own, whose environment it sets"]
fn settings_are_read_from_the_environment() {
    shared::runtime::lambda::log_to(std::io::stdout);
    let admin = Settings::from_env().admin_email.map(|email| email.as_str().to_owned());
    assert_eq!(admin.unwrap_or_default(), std::env::var(EXPECTED).unwrap_or_default());
}

#[test]
fn aw8_a_bad_optional_setting_is_logged_and_ignored() {
    let (read, printed) = read_by_another_process("", &[(names::ADMIN_EMAIL.name(), "root@localhost")]);
    assert!(read && printed.contains("ADMIN_EMAIL is ignored"), "{printed}");
    assert!(!printed.contains("root@localhost"), "{printed}");
    let wrong = "192.0.2.0/24,192.0.2.0/33";
    let (read, printed) = read_by_another_process("", &[(names::LIBRARY_ADDRESSES.name(), wrong)]);
    assert!(read && printed.contains("a network in LIBRARY_ADDRESSES is ignored"), "{printed}");
    assert!(!printed.contains("192.0.2.0"), "{printed}");
    let (read, printed) =
        read_by_another_process("jane@library.example", &[(names::ADMIN_EMAIL.name(), "Jane@library.example")]);
    assert!(read, "{printed}");
}

#[test]
fn aw8_random_settings_that_the_template_lets_through_are_read_from_the_environment() {
    let mut runner = TestRunner::deterministic();
    let variables = [
        ("AdminEmail", names::ADMIN_EMAIL),
        ("SiteUrl", names::SITE_URL),
        ("AllowedOrigins", names::ALLOWED_ORIGINS),
        ("LibraryAddresses", names::LIBRARY_ADDRESSES),
    ];
    for _ in 0..8 {
        let patterns = patterns();
        let of = |parameter: &str| patterns.iter().find(|(name, _)| name == parameter).expect("it has a pattern");
        let values = variables.map(|(parameter, variable)| (variable.name(), of(parameter).1.next(&mut runner)));
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (read, printed) = read_by_another_process(&values[0].1.to_lowercase(), &values);
        assert!(read && !printed.contains("is ignored"), "{values:?}: {printed}");
    }
}
