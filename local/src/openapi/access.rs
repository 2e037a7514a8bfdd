//! Describes in words who may call an operation. `x-access` says it to programs.

use serde_json::Value;

/// Adds it to the beginning of the description.
pub(super) fn describe(operation: &mut Value) {
    let who = match operation["x-access"].as_str() {
        Some("public") => "everybody.",
        Some("reader") => "everybody; in a library for members only, signed-in users.",
        Some("user") => "signed-in users.",
        Some("writer") => "signed-in users; depending on the library's settings, only librarians.",
        Some("owner") => "the owner and librarians.",
        Some("private") => "the owner, librarians and assistants. Everybody else gets 404.",
        Some("desk") => "librarians and assistants.",
        Some("admin") => "librarians.",
        // A test checks that there is no other value.
        _ => return,
    };
    let rest = operation["description"].as_str().unwrap_or_default();
    operation["description"] = format!("**Who may call it:** {who}\n\n{rest}").trim_end().into();
}
