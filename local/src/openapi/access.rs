//! Who may call an operation, for people: `x-access` is for programs.

use serde_json::Value;

/// Puts it at the beginning of the operation's description.
pub(super) fn tell(operation: &mut Value) {
    let who = match operation["x-access"].as_str() {
        Some("public") => "everybody.",
        Some("reader") => "everybody; in a library for members only, who is signed in.",
        Some("user") => "who is signed in.",
        Some("writer") => "who is signed in; where the library says so, librarians only.",
        Some("owner") => "whose it is, and librarians.",
        Some("private") => "whose it is, and librarians. For everybody else it is not there.",
        Some("admin") => "librarians.",
        // A test sees to it that there are no others.
        _ => return,
    };
    let rest = operation["description"].as_str().unwrap_or_default();
    operation["description"] = format!("**Who may call it:** {who}\n\n{rest}").trim_end().into();
}
