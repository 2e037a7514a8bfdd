//! Doc comments, as a page should show them.

use serde_json::Value;

/// Makes the summary one sentence, as it stands in a line with the path, and what follows it the description's beginning;
/// and the errors a paragraph among the others.
pub(super) fn make_readable(operation: &mut Value) {
    let summary = unwrapped(operation["summary"].as_str().unwrap_or_default());
    let (first, more) = match summary.split_once(". ") {
        Some((first, more)) => (format!("{first}."), more),
        None => (summary.clone(), ""),
    };
    let description = unwrapped(operation["description"].as_str().unwrap_or_default());
    let description = description.replace("# Errors ", "**Errors:** ");
    // Summaries are no Markdown.
    operation["summary"] = first.replace('`', "").into();
    operation["description"] = format!("{more}\n\n{description}").trim().into();
}

/// The text with a line a paragraph: some pages take each end of a line for one of the text.
pub(super) fn unwrapped(text: &str) -> String {
    let paragraphs = text.trim().split("\n\n").map(|paragraph| paragraph.split('\n').collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
