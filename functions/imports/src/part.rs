//! `PUT /imports/{importId}/parts/{part}`.

use std::str::FromStr;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use formats::draft::{Book, Draft};
use formats::{Format, HEAD, Place, Plan, Problem, Row};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::{Path, Query, whole_body};
use shared::edge::headers::media_type;
use shared::edge::refusals::{Conflict, Forbidden, NotFound, Refusal, TooLarge, TooMany, UnsupportedMediaType};
use shared::edge::refuses::Refuses;
use shared::tables::accounts::imported::PartOfMembers;
use shared::tables::library::books::Versions;
use shared::tables::library::imports::duplicates::OnDuplicate;
use shared::tables::library::imports::parts::{Claim, Claimed, Done, Totals};
use shared::tables::library::imports::rows::{Holder, Importing, NewRow, Outcome};
use shared::tables::library::imports::{Import, Open, Shelf, State as ImportState, Wishes};
use shared::values::{Address, AttemptId, ImportId, Isbn};
use utoipa::{IntoParams, ToSchema};

use crate::Imports;
use crate::begin::importer;
use crate::draft;
use crate::enrich::{self, Known};
use crate::get::open;
use crate::members;
use crate::report::{Fate, Note, PartReport, ReportedRow};

/// The most bytes of a part.
pub(crate) const MOST_BYTES: usize = 1 << 20;

/// The most rows of a part.
const MOST_ROWS: usize = 500;

/// The number of a part, in a path.
#[derive(Clone, Copy)]
pub(crate) struct Number(u32);

impl FromStr for Number {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.parse().ok().filter(|number| (1..=999_999).contains(number) && !text.starts_with(['+', '0']));
        number.map(Number).ok_or("should be a whole number from 1 to 999999")
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// `true`: the last row has no end of its own. The file ends, a quotation mark is never closed, or a CR ends the line.
    #[param(nullable = false)]
    last: Option<bool>,
    /// `true`: the ISBNs that the part named were looked up. Rows that still have no title fail.
    #[param(nullable = false)]
    looked_up: Option<bool>,
}

/// What has to be looked up before a part can be taken.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LookUps {
    /// The ISBNs of rows that lack a title or an author.
    #[schema(min_items = 1, max_items = 500)]
    look_up: Vec<Isbn>,
}

/// The bytes of a part.
pub(crate) struct Part(Bytes);

impl<S: Send + Sync> FromRequest<S> for Part {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        match media_type(request.headers()).as_deref() {
            Some("application/octet-stream") => Ok(Part(whole_body(request, state).await?)),
            _ => Err(UnsupportedMediaType::Bytes.into()),
        }
    }
}

impl Refuses for Part {
    fn refusals() -> Vec<Refusal> {
        vec![TooLarge::Body.refusal(), UnsupportedMediaType::Bytes.refusal(), UnsupportedMediaType::Encoded.refusal()]
    }
}

/// Bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct FileBytes(#[expect(dead_code, reason = "it stands for its schema")] Vec<u8>);

/// Sends the next part of a file, and answers when its rows are books, or readers.
///
/// A part has at most 500 rows and 1 MiB, and ends between two records: at a line end outside quotes, after 0x1D, or after the end
/// tag of a record. Parts come in their order. **A part that is sent again changes nothing, and gets the same answer**, so after
/// a lost answer send it again; `GET /imports/{importId}` says which part is next.
///
/// **Readers** come from a file of members, whom librarians bring in. They get an account without a password, which their first letter
/// lets them choose. It is written after the import is finished. A reader is known by the card, else by the email address, else by the
/// id in the file. Roles and passwords are never read.
///
/// **Look-ups.** Of an import with `enrich`, rows that lack a title or an author are filled with what catalogues say about their ISBN. A part
/// with ISBNs that were not looked up in the last days is answered with 202, and nothing of it is taken. Send `GET /metadata/{isbn}` for
/// each of `lookUp`, and then the part again with `lookedUp=true`.
///
/// A row never fails its part. A row that the library has is skipped: by its ISBN if the titles agree or one begins with the other,
/// else by what names it where it comes from, else by title and first author. `onDuplicate` says what else becomes of it. Each word about a row has a code:
/// docs/files.md lists them.
///
/// # Errors
/// 400 if the part cannot be read, ends within a record, or has too many rows: then nothing of it is written, and `detail` begins
/// with a code; 401 without a live session; 403 if only librarians may add books in this library, or bring in readers; 404 if the caller has no such
/// import; 409 if an earlier part is missing, if the part was sent before with other bytes, or if the import is finished; 413 above
/// 1 MiB; 415 if it is not `application/octet-stream`; 429 after 10,000 rows of a reader in a day.
#[utoipa::path(put, path = "/imports/{importId}/parts/{part}", tag = "files", operation_id = "sendPart",
    params(("importId" = ImportId, Path), ("part" = u32, Path, description = "The number of the part, from 1.", minimum = 1, maximum = 999_999), Parameters),
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "The bytes."),
    extensions(("x-access" = json!("writer")),
        ("x-refusals" = json!([Forbidden::LibrariansAddBooks, Forbidden::LibrariansOnly, NotFound::Import, Conflict::PartAhead, Conflict::PartDiffers,
            Conflict::ImportFinished, Conflict::ImportUndone, Conflict::PartTriedTooOften, TooMany::Requests]))),
    responses((status = 200, description = "What became of its rows.", body = PartReport),
        (status = 202, description = "Nothing was taken: these ISBNs are to be looked up first.", body = LookUps)))]
pub(crate) async fn part(
    State(imports): State<Imports>,
    caller: Caller,
    from: Address,
    Path(id): Path<ImportId>,
    Path(Number(number)): Path<Number, 1>,
    Query(parameters): Query<Parameters>,
    Part(bytes): Part,
) -> Result<Response> {
    let is_last = parameters.last.unwrap_or(false);
    let import = open(&imports, &caller, id).await?;
    let actor = importer(&imports, &caller, from.clone(), import.import.shelf)?;
    let digest = digest(&bytes, is_last);
    if let Some(report) = earlier(&imports, &import, number, &digest).await? {
        return Ok(Json(report).into_response());
    }

    let now = imports.app.now();
    let plan = plan(&imports, &caller, &import, &bytes, is_last).await?;
    let place = Place { offset: import.import.bytes, line: import.line, rows: import.import.rows };
    let (rows, next) = plan.part(place, &bytes, is_last).map_err(|problem| wrong_file(&problem))?;
    if rows.len() > MOST_ROWS {
        return Err(Error::invalid("", format!("too-many-rows: a part has at most {MOST_ROWS} rows")));
    }
    let mut known = Known::new();
    if import.import.enrich {
        let isbns = enrich::lacking(&rows);
        known = imports.records.find_all(&isbns, now).await?;
        let look_up: Vec<Isbn> = isbns.into_iter().filter(|isbn| !known.contains_key(isbn)).collect();
        if !look_up.is_empty() && !parameters.looked_up.unwrap_or(false) {
            return Ok((StatusCode::ACCEPTED, Json(LookUps { look_up })).into_response());
        }
    }
    let attempt = AttemptId::new(now, imports.app.random());
    let claim = Claim { part: number, digest: &digest, before: import.import.rows, rows: rows.len() as u64, attempt };
    let counted = (!caller.is_admin()).then_some(caller.id);
    match imports.library.claim_part(caller.id, id, claim, counted, now).await? {
        Claimed::Yes => {}
        Claimed::ForOtherBytes => return Err(Conflict::PartDiffers.into()),
        Claimed::TooLate => return as_done(&imports, &caller, id, number, &digest).await,
        Claimed::TooOften => return Err(Conflict::PartTriedTooOften.into()),
    }
    let Import { dry_run, on_duplicate, shelf, .. } = import.import;
    let report = if plan.format == Format::Members {
        let actor = caller.librarian(&imports.app, from)?;
        members::bring(&imports, PartOfMembers { import: id, part: number, attempt, dry_run }, rows, &actor).await?
    } else {
        let (books, mut report) = judged(rows, shelf, import.import.enrich.then_some(&known));
        let new: Vec<NewRow> = books.iter().map(|(new, ..)| new.clone()).collect();
        let edit = caller.edit(Versions::Any, &actor);
        let importing = Importing { import: id, attempt, on_duplicate, dry_run, edit };
        let outcomes = match shelf {
            None => imports.library.import_rows(&importing, &new).await?,
            Some(Shelf::Favorites) => imports.library.import_favorites(&importing, &new).await?,
        };
        for ((new, line, warnings), outcome) in books.into_iter().zip(outcomes) {
            report.tell(new.row, line, warnings, outcome);
        }
        report.problems.sort_by_key(|row| row.row);
        report
    };

    let PartReport { rows, added, updated, skipped, failed, .. } = report;
    let totals = Totals { rows, added, updated, skipped, failed };
    let done = Done {
        part: number,
        digest: &digest,
        attempt,
        report: report.pack()?,
        has_problems: !report.problems.is_empty(),
        format: plan.format.word(),
        totals,
        bytes: next.offset,
        line: next.line,
    };
    if !imports.library.part_is_done(caller.id, id, done).await? {
        return as_done(&imports, &caller, id, number, &digest).await;
    }
    Ok(Json(report.answer()).into_response())
}

/// Answers a part that another request has done meanwhile, or whose import has ended.
async fn as_done(imports: &Imports, caller: &Caller, id: ImportId, number: u32, digest: &str) -> Result<Response> {
    let import = open(imports, caller, id).await?;
    let earlier = earlier(imports, &import, number, digest).await?;
    Ok(Json(earlier.ok_or(Conflict::PartDiffers)?).into_response())
}

/// Returns the answer that a part got before.
///
/// # Errors
/// 409 if it was another part, or its turn has not come.
async fn earlier(imports: &Imports, open: &Open, number: u32, digest: &str) -> Result<Option<PartReport>> {
    let import = &open.import;
    if [ImportState::Undoing, ImportState::Undone].contains(&import.state) {
        return Err(Conflict::ImportUndone.into());
    }
    if number < import.next_part {
        let report = imports.library.get_part(import.id, number).await?.ok_or(NotFound::Import)?;
        if report.digest != digest {
            return Err(Conflict::PartDiffers.into());
        }
        return PartReport::unpack(&report.packed).map(|report| Some(report.answer()));
    }
    if import.state == ImportState::Finished {
        return Err(Conflict::ImportFinished.into());
    }
    if number > import.next_part {
        return Err(Conflict::PartAhead.into());
    }
    Ok(None)
}

/// Finds how the file is read: the first part says it, and the others follow.
async fn plan(imports: &Imports, caller: &Caller, open: &Open, bytes: &[u8], is_last: bool) -> Result<Plan> {
    let id = open.import.id;
    if open.import.next_part > 1 {
        let kept = imports.library.get_plan(id).await?;
        let plan = kept.as_deref().and_then(Plan::kept);
        let plan = plan.ok_or_else(|| Error::Internal("the plan of an import is missing".into()))?;
        return allowed(caller, plan);
    }
    let Wishes { format, encoding, columns } = open.wishes.clone();
    let wishes = formats::Wishes {
        format: format.as_deref().and_then(|word| word.parse().ok()),
        encoding,
        columns: columns.into_iter().collect(),
    };
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let is_whole = is_last && head.len() == bytes.len();
    let plan = Plan::guess(head, is_whole, &wishes).map_err(|problem| wrong_file(&problem))?;
    let plan = allowed(caller, plan)?;
    let Import { shelf, enrich, on_duplicate, .. } = open.import;
    if plan.format == Format::Members && (shelf.is_some() || enrich || on_duplicate != OnDuplicate::Skip) {
        return Err(Error::invalid("", "wrong-format: shelf, enrich and onDuplicate are for books, not for members"));
    }
    let Some(kept) = plan.keep() else {
        return Err(Error::invalid("", "wrong-format: this is UTF-16; make it UTF-8 before it is cut into parts"));
    };
    imports.library.put_plan(id, &kept).await?;
    Ok(plan)
}

/// Refuses a file of readers to callers who may not bring them in.
fn allowed(caller: &Caller, plan: Plan) -> Result<Plan> {
    if plan.format == Format::Members {
        caller.require_admin()?;
    }
    Ok(plan)
}

/// Says why nothing of a part was taken.
fn wrong_file(problem: &Problem) -> Error {
    Error::invalid("", format!("{}: {}", problem.code.word(), problem.detail))
}

/// Identifies a part.
fn digest(bytes: &[u8], is_last: bool) -> String {
    let hash = Sha256::new().chain_update([u8::from(is_last)]).chain_update(bytes).finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A row that could become a book, its line, and what was odd about it.
type Read = (NewRow, Option<u64>, Vec<Note>);

/// Parses the rows as the library does. Returns those that could become books, and the report of the others.
///
/// `known` is what was looked up for them, and absent if nothing was asked for. A favorite needs no title.
fn judged(rows: Vec<Row>, shelf: Option<Shelf>, known: Option<&Known>) -> (Vec<Read>, PartReport) {
    let mut report = PartReport { rows: rows.len() as u64, ..PartReport::default() };
    let mut books = Vec::new();
    for mut row in rows {
        let mut looked_up = None;
        if let Some(known) = known {
            (row, looked_up) = enrich::fill(row, known);
        }
        if shelf.is_some()
            && let Some(book) = row.untitled.take()
        {
            row.read = Ok(Draft::Book(Box::new(Book { title: book.isbn.clone().unwrap_or_default(), ..*book })));
        }
        let Row { row: number, line, read, warnings, .. } = row;
        let notes: Vec<Note> = looked_up.into_iter().chain(warnings.iter().map(Note::of)).collect();
        let read = match read {
            Ok(Draft::Book(book)) => draft::row(number, *book).map_err(|detail| Note::new("invalid", "", detail)),
            Ok(Draft::Member(_)) => continue,
            Err(problem) => Err(Note::of(&problem)),
        };
        match read {
            Ok(new) => books.push((new, line, notes)),
            Err(why) => report.fails(number, line, why, notes),
        }
    }
    (books, report)
}

/// Says what has something already.
fn named(holder: Holder) -> String {
    match holder {
        Holder::Row { row, .. } => format!("row {row} of this file"),
        Holder::Book(book) => format!("the book {book}"),
        Holder::Archived(book) => format!("the book {book} of the archive"),
    }
}

impl PartReport {
    /// Adds what became of a row.
    fn tell(&mut self, row: u64, line: Option<u64>, mut problems: Vec<Note>, outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Added { isbn_of, taken, .. } => {
                self.added += 1;
                if let Some(holder) = isbn_of {
                    let detail = format!("{} has this ISBN under another title; this book came without", named(holder));
                    problems.push(Note::new("isbn-shared", "/isbn", detail));
                }
                for barcode in taken {
                    let detail = format!("{barcode} is on something else, and was left out");
                    problems.push(Note::new("barcode-taken", "/barcodes", detail));
                }
                Fate::Added
            }
            Outcome::Updated(_) => {
                self.updated += 1;
                Fate::Updated
            }
            Outcome::There(holder) => {
                self.skipped += 1;
                let code = if let Holder::Row { .. } = holder { "duplicate-in-file" } else { "duplicate" };
                problems.insert(0, Note::new(code, "", format!("the same as {}", named(holder))));
                Fate::Skipped
            }
            Outcome::Favorite(_) => {
                self.added += 1;
                Fate::Added
            }
            Outcome::Unknown => {
                self.skipped += 1;
                let detail = "the library has no book with this ISBN".to_owned();
                problems.insert(0, Note::new("not-in-library", "/isbn", detail));
                Fate::Skipped
            }
            Outcome::NotYours(holder) => {
                self.skipped += 1;
                let detail = format!("the same as {}, which is somebody else's", named(holder));
                problems.insert(0, Note::new("duplicate", "", detail));
                Fate::Skipped
            }
        };
        if !problems.is_empty() {
            self.problems.push(ReportedRow { row, line, outcome, problems });
        }
    }
}
