//! What a page says about its book without a script: to search engines, to programs that preview links, and to readers whose
//! browser runs none.

use serde_json::{Value, json};
use shared::tables::library::book::{Book, Details};

/// The facts of a book's page.
pub(crate) struct Head {
    /// The title of the book.
    pub(crate) title: String,
    pub(crate) author: String,
    /// A sentence about the book.
    pub(crate) description: String,
    /// What else is known of it: names and values.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// The book for search engines, as schema.org has it, in JSON.
    pub(crate) schema: String,
    /// The book for the page's script, as the API answers it, in JSON.
    pub(crate) json: String,
}

impl Head {
    /// Returns the facts of a book, whose page has that URL.
    pub(crate) fn of(book: &Book, url: &str) -> Self {
        let Details { title, author, isbn, publication_year, country, language, pages, .. } = &book.details;
        let year = publication_year.as_ref().map(|year| written(year.get()));
        let facts = [
            ("Written", year.clone()),
            ("Language", language.as_ref().map(|name| name.as_str().to_owned())),
            ("Country", country.as_ref().map(|name| name.as_str().to_owned())),
            ("Pages", pages.as_ref().map(|pages| pages.get().to_string())),
            ("ISBN", isbn.as_ref().map(|isbn| isbn.as_str().to_owned())),
        ];
        let written = year.map_or_else(String::new, |year| format!(", written {year}"));
        let mut schema = json!({
            "@context": "https://schema.org",
            "@type": "Book",
            "name": title,
            "author": {"@type": "Person", "name": author},
            "url": url,
        });
        let more = [
            ("isbn", json!(isbn)),
            ("numberOfPages", json!(pages)),
            ("inLanguage", json!(language.as_ref().map(|name| json!({"@type": "Language", "name": name})))),
            // ISO 8601 counts years before our era in another way.
            (
                "datePublished",
                json!(
                    publication_year.map(|year| year.get()).filter(|year| *year > 0).map(|year| format!("{year:04}"))
                ),
            ),
        ];
        for (name, value) in more.into_iter().filter(|(_, value)| !value.is_null()) {
            schema[name] = value;
        }
        Head {
            title: title.as_str().to_owned(),
            author: author.as_str().to_owned(),
            description: format!("A book by {}{written}.", author.as_str()),
            facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
            schema: in_script(&schema),
            json: in_script(&serde_json::to_value(book).unwrap_or_default()),
        }
    }
}

/// Returns a year as people write it: there was no year 0, and none was called −750.
fn written(year: i32) -> String {
    if year < 0 { format!("{} BC", year.unsigned_abs()) } else { year.to_string() }
}

/// Returns JSON that can stand in a `<script>`: no title ends the script, or begins a comment in it (HTML Standard, "Restrictions
/// for contents of script elements").
fn in_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::{in_script, written};

    #[test]
    fn wb47_json_does_not_end_its_script() {
        let title = "</script><!-- <script>";
        let json = in_script(&serde_json::json!({ "title": title }));
        assert!(!json.contains('<'), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).expect("JSON")["title"], title);
    }

    #[test]
    fn a_year_before_our_era_has_no_sign() {
        assert_eq!([-750, 1979].map(written), ["750 BC", "1979"]);
    }
}
