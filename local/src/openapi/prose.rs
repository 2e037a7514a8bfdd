//! Doc comments as text for a page.

use serde_json::Value;

/// Makes the summary one sentence, because a page shows it in one line with the path. The rest begins the description. The
/// errors become a paragraph.
pub(super) fn make_readable(operation: &mut Value) {
    let summary = unwrapped(operation["summary"].as_str().unwrap_or_default());
    let (first, more) = match summary.split_once(". ") {
        Some((first, more)) => (format!("{first}."), more),
        None => (summary.clone(), ""),
    };
    let description = unwrapped(operation["description"].as_str().unwrap_or_default());
    let description = description.replace("# Errors ", "**Errors:** ");
    // A summary is not Markdown.
    operation["summary"] = first.replace('`', "").into();
    operation["description"] = format!("{more}\n\n{description}").trim().into();
}

/// Joins the lines of each paragraph: some pages show every line break.
pub(super) fn unwrapped(text: &str) -> String {
    let paragraphs = text.trim().split("\n\n").map(|paragraph| paragraph.split('\n').collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
