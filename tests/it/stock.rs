//! Large libraries: whether they are filled as an import fills them, and whether their lists can be walked while they change.

use std::collections::{BTreeMap, HashMap};

use reqwest::Method;
use serde_json::{Value, json};
use tests::{BookRow, Library, Person, Stock};

use crate::imports::{begin, send, totals};

/// How many books are compared, and how many a part of a file has.
const COMPARED: usize = 3_000;
const OF_A_PART: usize = 500;

/// Returns what an import or a stock has written, by title for books and by key for markers, without what differs from run to run:
/// ids, and the time.
async fn written(library: &Library) -> BTreeMap<String, Value> {
    let items = library.dynamodb().scan("carrel-library").await;
    let title_of = |item: &Value| item["title"]["S"].as_str().unwrap_or_default().to_owned();
    let titles: HashMap<String, String> = items
        .iter()
        .filter(|item| item["sk"]["S"] == "book")
        .map(|item| (item["pk"]["S"].as_str().unwrap_or_default().replace("book#", ""), title_of(item)))
        .collect();
    let mut written = BTreeMap::new();
    for mut item in items {
        let key = match item["sk"]["S"].as_str().unwrap_or_default() {
            "book" => {
                let (title, id) = (title_of(&item), item["pk"]["S"].as_str().unwrap_or_default().replace("book#", ""));
                item["pk"]["S"] = json!(format!("book of {title}"));
                item["titleKey"]["S"] = json!(item["titleKey"]["S"].as_str().unwrap_or_default().replace(&id, "id"));
                let owner = item["owner"]["S"].as_str().unwrap_or_default().to_owned();
                item["ownerShelf"]["S"] =
                    json!(item["ownerShelf"]["S"].as_str().unwrap_or_default().replace(&owner, "owner"));
                item["owner"]["S"] = json!("owner");
                assert!(item["updatedAt"]["N"].take().is_string(), "{item}");
                title
            }
            "isbn" | "source" => {
                item["book"]["S"] = json!(titles[item["book"]["S"].as_str().unwrap_or_default()]);
                assert!(item["import"]["S"].take().is_string(), "{item}");
                item["pk"]["S"].as_str().unwrap_or_default().to_owned()
            }
            _ => continue,
        };
        assert!(written.insert(key, item).is_none());
    }
    written
}

#[tokio::test]
async fn a_stock_is_written_as_an_import_writes_it() {
    let (imported, stocked) = (Library::own().start().await, Library::own().start().await);
    let admin = imported.admin().await;
    let import = begin(&admin, json!({})).await;
    let rows: Vec<BookRow> = (0..COMPARED).map(BookRow::of).collect();
    for (number, part) in rows.chunks(OF_A_PART).enumerate() {
        let lines: String = part.iter().map(BookRow::line).collect();
        let done = send(&admin, &import, number as u32 + 1, lines, "?last=true").await.expect(200).json();
        assert_eq!(totals(&done), [OF_A_PART as u64, OF_A_PART as u64, 0, 0], "{done}");
    }
    let admin = stocked.admin().await;
    Stock::of(stocked.dynamodb(), &admin).await.fill(rows).await;
    let (imported, stocked) = (written(&imported).await, written(&stocked).await);
    assert_eq!(imported.len(), 2 * COMPARED);
    for (key, item) in &imported {
        assert_eq!(Some(item), stocked.get(key), "{key}");
    }
    assert_eq!(imported.len(), stocked.len());
}

/// Walks through a list, page by page. Between two pages books come, go, change, and leave for the archive, among them the last one
/// of the page, which the cursor names. Checks that the walk sees once which of the books `stay` stay.
async fn walk(owner: &Person, list: &str, stay: &[String]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut query = format!("/books?{list}&limit=40");
    let mut gone = Vec::new();
    for round in 0.. {
        let page = owner.get(&query).await.expect(200);
        let ids = page.each("id");
        ids.iter().for_each(|id| *seen.entry(id.clone()).or_default() += 1);
        let Some(cursor) = page.json()["nextCursor"].as_str().map(str::to_owned) else { break };
        // The one that the cursor names, and one in the middle of the page.
        for (id, is_archived) in [(&ids[ids.len() - 1], round % 2 == 0), (&ids[ids.len() / 2], round % 2 > 0)] {
            let path = format!("/books/{id}");
            if is_archived {
                owner.ask(Method::POST, &format!("{path}/archive")).await.expect(200);
            } else {
                owner.delete(&path).await.expect(204);
            }
            gone.push(id.clone());
        }
        owner.patch(&format!("/books/{}", ids[0]), json!({"pages": 100 + round})).await.expect(200);
        for title in ["A new one", "Middle of the list", "Zz, the last one"] {
            owner.adds(&format!("{title} {round}"), "Anew").await;
        }
        query = format!("/books?{list}&limit=40&cursor={cursor}");
    }
    for id in stay.iter().filter(|id| !gone.contains(id)) {
        assert_eq!(seen.get(id), Some(&1), "{id} in {list}");
    }
    let twice: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{twice:?} in {list}");
    assert!(gone.len() > 20, "{} of {} are gone", gone.len(), stay.len());
}

#[tokio::test]
async fn a_walk_through_a_list_that_changes_sees_each_book_that_stays_once() {
    for list in ["sort=title", "sort=-createdAt", "owner=me"] {
        let library = Library::own().start().await;
        let admin = library.admin().await;
        Stock::of(library.dynamodb(), &admin).await.fill((0..1_000).map(BookRow::of)).await;
        let stay: Vec<String> = (0..1_000).map(Stock::id).collect();
        walk(&admin, list, &stay).await;
    }
}
