//! Cursors, changed as text, and with other positions under a seal of the library's own: anybody who knows the code can make one.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use fuzzer::{Target, changed_bytes, fuzz};
use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};
use shared::edge::page::{cursor, position};

use super::world::{Told, World};

/// How many bytes of a cursor are its seal.
const SEAL: usize = 16;

/// The bytes of a position, as they are.
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = serializer.serialize_tuple(self.0.len())?;
        for byte in self.0 {
            bytes.serialize_element(byte)?;
        }
        bytes.end()
    }
}

#[test]
fn fuzz_cursors() {
    const LIST: &str = "/v1/books?sort=title";
    type Position = (String, Vec<u8>, Option<u32>);
    let positions: [Position; 3] =
        [("kindred".into(), vec![1; 16], Some(7)), (String::new(), Vec::new(), None), ("雪国".into(), vec![255], None)];
    let cursors: Vec<Vec<u8>> = positions.iter().map(|position| cursor(LIST, position).into_bytes()).collect();
    let mut seeds = cursors.clone();
    seeds.push(cursor("/v1/archive/books", &positions[0]).into_bytes());
    fuzz(&Target { name: "cursors", cases: 10_000, change: changed_bytes, seeds }, |input| {
        let text = String::from_utf8_lossy(input);
        let opened = position::<Position>(LIST, &text).ok();
        if let Some(opened) = &opened {
            assert!(cursors.iter().any(|cursor| cursor == input), "a changed cursor was accepted");
            assert_eq!(cursor(LIST, opened), text, "it reads back as another");
        }
        opened.is_some()
    });
}

/// A list of the library: its function, its address, and whether its cursors are the librarian's own.
const LISTS: [(&str, &str, bool); 14] = [
    ("books", "/books", false),
    ("books", "/books?sort=-createdAt", false),
    ("books", "/books?titlePrefix=d", false),
    ("books", "/books?author=octavia+e.+butler", false),
    ("books", "/books?owner=me", true),
    ("books", "/archive/books", false),
    ("search", "/search?q=butler", false),
    ("search", "/search?q=octavia+butler", false),
    ("users", "/users", false),
    ("favorites", "/favorites", true),
    ("reservations", "/reservations", true),
    ("live", "/activity", false),
    ("imports", "/imports", true),
    ("imports", "/exports/books?format=csv", false),
];

/// Returns the address of a list with further parameters.
fn with(uri: &str, more: &str) -> String {
    format!("{uri}{}{more}", if uri.contains('?') { '&' } else { '?' })
}

/// Returns what the cursors of a list are bound to.
fn name(world: &World, (_, uri, is_own): &(&str, &str, bool)) -> String {
    if *is_own { format!("/v1{uri} of {}", world.admin.id) } else { format!("/v1{uri}") }
}

/// Returns the positions after the first item of each list, each after the number of its list.
fn seeds(world: &World) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, list @ (function, uri, _)) in (0..).zip(LISTS) {
        let ((status, told), page, headers) = world.get(function, &with(uri, "limit=1"));
        assert_eq!(status, 200, "{uri}: {told}");
        let link = headers.get("link").and_then(|link| link.to_str().ok()).unwrap_or_default();
        let found = page["nextCursor"].as_str().or(link.split(['=', '>']).rev().nth(2)).unwrap_or_default();
        let bytes = BASE64.decode(found).unwrap_or_default();
        let payload = &bytes[..bytes.len().checked_sub(SEAL).unwrap_or_else(|| panic!("{uri} has no cursor: {page}"))];
        assert_eq!(cursor(&name(world, &list), &Raw(payload)), found, "{uri} has another name");
        seeds.push([&[number], payload].concat());
    }
    seeds
}

#[test]
fn fuzz_positions() {
    let mut world = World::start();
    world.runtime.block_on(world.library.local().drained());
    let seeds = seeds(&world);
    fuzz(
        &Target { name: "positions", cases: 400, change: changed_bytes, seeds },
        |input| -> Option<(u8, usize, Told)> {
            if world.is_old() {
                world = World::start();
            }
            let (number, payload) = input.split_first()?;
            let list @ (function, uri, _) = LISTS.get(usize::from(*number))?;
            let cursor = cursor(&name(&world, list), &Raw(payload));
            let (told, page, _) = world.get(function, &with(uri, &format!("limit=2&cursor={cursor}")));
            assert!(told.0 == 200 || told.1 == "invalid-input ?cursor", "{uri}: {told:?}");
            // A page leads on, or ends.
            Some((*number, page["items"].as_array().map_or(0, Vec::len), told))
        },
    );
}
