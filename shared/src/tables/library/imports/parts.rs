//! The parts of an import's file.
//!
//! | question                        | key                          | call                          | units                      |
//! |---------------------------------|------------------------------|-------------------------------|----------------------------|
//! | a part is claimed for its bytes | import#id / part#n, imports#u / id, limit#import#u#w | one transaction | 4 W, and 2 for a reader |
//! | … by one more request           | import#id / part#n, imports#u / id | one transaction         | 4 W                        |
//! | what became of a part           | import#id / part#n           | UpdateItem, GetItem           | 1 W for 1 KB, 1 R for 4 KB |
//! | a part is done                  | imports#u / id               | UpdateItem, conditional       | 1 W                        |
//!
//! A part is claimed before its rows become books. The claim says which bytes the part has, which rows, and which requests make books
//! of them: the attempts. The id of a book follows from its attempt and its row, so [`super::undo`] finds the books of an import
//! although no list of them is stored, and although a request may end at any point.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{State, ends, import_key};
use crate::tables::accounts::limits::{Limit, Reached};
use crate::tables::fault::{Failure, Result};
use crate::tables::key::{Item, Key};
use crate::tables::library::Library;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{Page, from_item, to_item};
use crate::tables::write::{Committed, Transaction, Write, Written};
use crate::values::{AttemptId, ImportId, UserId};

/// The rows that a user sends in a day who is no librarian.
const ROWS: Limit = Limit::new("import", 10_000, 86_400);

/// A part before its rows become books.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The number of the part.
    pub part: u32,
    /// What identifies its bytes.
    pub digest: &'a str,
    /// How many rows the file has before it.
    pub before: u64,
    /// How many rows it has.
    pub rows: u64,
    /// The request that makes books of them.
    pub attempt: AttemptId,
}

/// The outcome of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// The rows of the part may become books.
    Yes,
    /// The number is claimed for other bytes.
    ForOtherBytes,
    /// The part has been done meanwhile, or the import has ended.
    TooLate,
    /// Too many requests have tried it, and none came to its end.
    TooOften,
}

/// The most requests that try a part. An undo reads the books of each of them in one call.
const MOST_ATTEMPTS: u32 = 40;

/// What became of a part, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Its rows.
    pub rows: u64,
    /// Those that became books.
    pub added: u64,
    /// Those that changed a book.
    pub updated: u64,
    /// Those that were there already.
    pub skipped: u64,
    /// Those that could not be taken.
    pub failed: u64,
}

/// A part that is done: its answer, and where the next one begins.
pub struct Done<'a> {
    /// The number of the part.
    pub part: u32,
    /// What identifies its bytes.
    pub digest: &'a str,
    /// The request that has done it.
    pub attempt: AttemptId,
    /// Its answer and all its problems, packed by the function.
    pub report: Vec<u8>,
    /// Whether a row has a problem.
    pub has_problems: bool,
    /// The format.
    pub format: &'a str,
    /// The numbers.
    pub totals: Totals,
    /// The bytes before the next part.
    pub bytes: u64,
    /// The line on which it begins.
    pub line: u64,
}

/// What became of a part that was done before.
#[derive(Debug, Clone)]
pub struct Report {
    /// The number of the part.
    pub part: u32,
    /// What identifies its bytes.
    pub digest: String,
    /// What the function packed.
    pub packed: Vec<u8>,
}

/// A claimed part as stored. Its report is read by [`report`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    pk: String,
    sk: String,
    digest: String,
    #[serde(default)]
    pub(super) before: u64,
    #[serde(default)]
    pub(super) rows: u64,
    /// The requests that made, or make, books of its rows: a set of ids, as those that have ended are.
    #[serde(default, skip_serializing)]
    attempts: Vec<String>,
    #[serde(default, skip_serializing)]
    ended: Vec<String>,
    expires_at: i64,
}

impl Part {
    /// Returns the attempts of which it is recorded, or is not, that they came to their end.
    fn attempts_that(&self, have_ended: bool) -> impl Iterator<Item = AttemptId> {
        let wanted = self.attempts.iter().filter(move |attempt| self.ended.contains(attempt) == have_ended);
        wanted.filter_map(|attempt| attempt.parse().ok())
    }

    /// Returns the attempts that may not have come to their end.
    pub(super) fn going(&self) -> impl Iterator<Item = AttemptId> {
        self.attempts_that(false)
    }

    /// Returns the numbers of its rows in the file.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> + use<> {
        self.before + 1..=self.before + self.rows
    }

    /// Returns all attempts.
    pub(crate) fn attempts(&self) -> impl Iterator<Item = AttemptId> {
        self.attempts_that(true).chain(self.going())
    }
}

pub(super) fn partition(id: ImportId) -> String {
    format!("import#{id}")
}

pub(super) fn part_key(id: ImportId, part: u32) -> Key {
    Key::of(partition(id)).and(format!("part#{part:06}"))
}

/// Returns a set of one attempt. serde writes no sets.
fn only(attempt: AttemptId) -> AttributeValue {
    AttributeValue::Ss(vec![attempt.to_string()])
}

impl Library {
    /// Claims the number of a part for its bytes, and counts its rows if they are `counted` for a user: of two parts with one number,
    /// one comes in, and its rows are counted once.
    ///
    /// # Errors
    /// [`Reached`] if the user has sent too many rows today; a fault of the table.
    pub async fn claim_part(
        &self,
        owner: UserId,
        id: ImportId,
        claim: Claim<'_>,
        counted: Option<UserId>,
        now: Timestamp,
    ) -> Result<Claimed, Failure<Reached>> {
        let Claim { part, digest, before, rows, attempt } = claim;
        let open = || {
            let check = self.table.check(import_key(owner, id)).when("#state = :open AND nextPart = :part");
            check.name("#state", "state").value(":open", State::Open).value(":part", part)
        };
        let key = part_key(id, part);
        let mut item = to_item(&Part {
            pk: partition(id),
            sk: format!("part#{part:06}"),
            digest: digest.to_owned(),
            before,
            rows,
            attempts: Vec::new(),
            ended: Vec::new(),
            expires_at: ends(id),
        });
        item.insert("attempts".into(), only(attempt));
        let mut first = Transaction::default();
        let may_come = first.add(open());
        let is_new = first.add(self.table.put_item(item).if_new().showing_item());
        if let Some(user) = counted {
            first.add(self.count_rows(user, rows, now));
        }
        let Committed::Refused(refusal) = first.commit().await? else { return Ok(Claimed::Yes) };
        if refusal.is_at(may_come) {
            return Ok(Claimed::TooLate);
        }
        let Some(there) = refusal.item(is_new) else { return Err(Failure::Refused(ROWS.reached(now))) };
        if from_item::<Part>(there.clone())?.digest != digest {
            return Ok(Claimed::ForOtherBytes);
        }
        // It was sent before, and its answer was lost or is not there yet.
        let again = self.table.update(key, "ADD attempts :attempt").if_exists().when("size(attempts) < :most");
        let again = again.attribute(":attempt", only(attempt)).value(":most", MOST_ATTEMPTS);
        let mut second = Transaction::default();
        let may_come = second.add(open());
        second.add(again);
        Ok(match second.commit().await? {
            Committed::Done => Claimed::Yes,
            Committed::Refused(refusal) if refusal.is_at(may_come) => Claimed::TooLate,
            Committed::Refused(_) => Claimed::TooOften,
        })
    }

    /// Returns the write that counts rows of a user.
    fn count_rows(&self, user: UserId, rows: u64, now: Timestamp) -> Write {
        let key = ROWS.key(&user.to_string(), now).and("limit");
        ROWS.count_some(&self.table, key, u32::try_from(rows).unwrap_or(u32::MAX), now)
    }

    /// Records that a claimed part is done. Returns false if another request has recorded it, or the import has ended.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn part_is_done(&self, owner: UserId, id: ImportId, done: Done<'_>) -> Result<bool> {
        // Before the import says so: a part that it counts has its answer.
        let problems = if done.has_problems { ", problems = :true" } else { "" };
        let report = format!("SET report = :report{problems} ADD ended :attempt");
        let mut claimed = self.table.update(part_key(id, done.part), report).when("digest = :digest");
        if done.has_problems {
            claimed = claimed.value(":true", true);
        }
        let claimed = claimed.value(":digest", done.digest).attribute(":attempt", only(done.attempt));
        let claimed = claimed.attribute(":report", AttributeValue::B(Blob::new(done.report)));
        if let Written::Refused(_) = claimed.send().await? {
            return Ok(false);
        }
        let totals = "SET nextPart = :next, #format = :format, #bytes = :bytes, line = :line, #rows = #rows + :rows, \
            added = added + :added, updated = if_not_exists(updated, :none) + :updated, skipped = skipped + :skipped, failed = failed + :failed";
        let update = self.table.update(import_key(owner, id), totals).when("nextPart = :part AND #state = :open");
        let update =
            update.name("#format", "format").name("#bytes", "bytes").name("#rows", "rows").name("#state", "state");
        let update = update.value(":next", done.part + 1).value(":part", done.part).value(":open", State::Open);
        let update = update.value(":format", done.format).value(":bytes", done.bytes).value(":line", done.line);
        let Totals { rows, added, updated, skipped, failed } = done.totals;
        let update = update.value(":none", 0).value(":updated", updated);
        let update = update.value(":rows", rows).value(":added", added).value(":skipped", skipped);
        Ok(matches!(update.value(":failed", failed).send().await?, Written::Done(_)))
    }

    /// Reads what became of a part.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_part(&self, id: ImportId, part: u32) -> Result<Option<Report>> {
        Ok(self.table.get_item(part_key(id, part), Strong).await?.and_then(|item| report(&item)))
    }

    /// Reads up to `limit` parts of an import after one that have problems.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_parts(&self, id: ImportId, limit: usize, after: u32) -> Result<Page<Report, u32>> {
        let query = self.table.query("pk = :import AND begins_with(sk, :part)").value(":import", partition(id));
        let start = (after > 0).then(|| part_key(id, after).into_item());
        let page = query.value(":part", "part#").after(start).items(limit).await?;
        let last = page.items.last().and_then(report).map(|report| report.part);
        let has_problems = |item: &&Item| item.contains_key("problems");
        let items = page.items.iter().filter(has_problems).filter_map(report).collect();
        Ok(Page { items, next: last.filter(|_| page.next.is_some()) })
    }
}

fn report(part: &Item) -> Option<Report> {
    let number = part.get("sk")?.as_s().ok()?.strip_prefix("part#")?.parse().ok()?;
    let digest = part.get("digest")?.as_s().ok()?.clone();
    let packed = part.get("report")?.as_b().ok()?.as_ref().to_vec();
    Some(Report { part: number, digest, packed })
}
