//! Rows of a file that become readers.

use formats::Row;
use formats::draft::{Draft, Member};
use shared::edge::error::Result;
use shared::tables::accounts::imported::{Holder, NewMember, NotTaken, Outcome, PartOfMembers};
use shared::tables::journal::Actor;
use shared::values::{Email, Name};

use crate::Imports;
use crate::draft::fitting;
use crate::report::{Fate, Note, PartReport, ReportedRow};

/// A row that could become a reader, its line, and what was odd about it.
type Read = (NewMember, Option<u64>, Vec<Note>);

/// Makes readers of rows. Returns what became of each.
///
/// # Errors
/// A fault of the tables. Some of the rows may be readers then.
pub(crate) async fn bring(imports: &Imports, part: PartOfMembers, rows: Vec<Row>, actor: &Actor) -> Result<PartReport> {
    let mut report = PartReport { rows: rows.len() as u64, ..PartReport::default() };
    let mut members: Vec<Read> = Vec::new();
    for Row { row, line, read, warnings, .. } in rows {
        let mut notes: Vec<Note> = warnings.iter().map(Note::of).collect();
        let read = match read {
            Ok(Draft::Member(member)) => new_member(row, member, &mut notes),
            Ok(Draft::Book(_)) => continue,
            Err(problem) => Err(Note::of(&problem)),
        };
        match read {
            Ok(new) => members.push((new, line, notes)),
            Err(why) => report.fails(row, line, why, notes),
        }
    }
    let new: Vec<NewMember> = members.iter().map(|(new, ..)| new.clone()).collect();
    let outcomes = imports.accounts.import_members(part, &new, actor).await?;
    for ((new, line, notes), outcome) in members.into_iter().zip(outcomes) {
        report.tell_member(&new, line, notes, outcome);
    }
    report.problems.sort_by_key(|row| row.row);
    Ok(report)
}

/// Parses a member as the library does. An email address that the library does not take is left out, if something else identifies the
/// reader.
fn new_member(row: u64, member: Member, notes: &mut Vec<Note>) -> Result<NewMember, Note> {
    let Member { source, first_name, last_name, email, card, group } = member;
    let invalid = |pointer: &'static str| move |detail: String| Note::new("invalid", pointer, detail);
    let name = |text: String, pointer| match text.as_str() {
        "" => Ok(None),
        text => text.parse::<Name>().map(Some).map_err(invalid(pointer)),
    };
    let email = email.and_then(|text| {
        let parsed = text.parse::<Email>().map_err(|detail| Note {
            value: Some(text.clone()),
            ..Note::new("email-bad", "/email", format!("{detail}; it was left out"))
        });
        parsed.map_err(|note| notes.push(note)).ok()
    });
    let card = card.map(|text| text.parse().map_err(invalid("/card"))).transpose()?;
    if email.is_none() && card.is_none() && source.is_none() {
        let detail = "needs a card, an email address or an id: without them the next import would add the member again";
        return Err(Note::new("nothing-identifies", "", detail.to_owned()));
    }
    let group =
        group.map(|text| text.parse().map_err(|detail: &str| invalid("/group")(detail.to_owned()))).transpose()?;
    Ok(NewMember {
        row,
        first_name: name(first_name, "/firstName")?,
        last_name: name(last_name, "/lastName")?,
        email,
        card,
        group: group.unwrap_or_default(),
        source: source.map(|source| fitting(&source, "members#long#")),
    })
}

/// Says who has something already.
fn named(holder: Holder) -> String {
    match holder {
        Holder::Row(row) => format!("row {row} of this file"),
        Holder::Reader(reader) => format!("the reader {reader}"),
    }
}

impl PartReport {
    /// Adds what became of a row of a reader.
    fn tell_member(&mut self, new: &NewMember, line: Option<u64>, mut problems: Vec<Note>, outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Added { email_of } => {
                self.added += 1;
                problems.extend(email_of.map(|holder| {
                    let detail =
                        format!("{} has this address under another name; this reader came without", named(holder));
                    Note::new("email-taken", "/email", detail)
                }));
                Fate::Added
            }
            Outcome::There { holder, other_card } => {
                self.skipped += 1;
                let code = if let Holder::Row(_) = holder { "duplicate-in-file" } else { "duplicate" };
                let card = new.card.as_ref().filter(|_| other_card).map(|card| card.as_str());
                let card = card.map(|card| format!("; its card {card} was not taken")).unwrap_or_default();
                problems.insert(0, Note::new(code, "", format!("the same as {}{card}", named(holder))));
                Fate::Skipped
            }
            Outcome::Refused(why) => {
                let note = match why {
                    NotTaken::CardTaken(Some(holder)) => {
                        Note::new("card-taken", "/card", format!("{} has this card, under another name", named(holder)))
                    }
                    NotTaken::CardTaken(None) => {
                        let detail = "is an old card, a username, or on a copy of a book";
                        Note::new("card-taken", "/card", detail.to_owned())
                    }
                    NotTaken::NoSuchGroup => {
                        let detail = format!("the library's rules have no group {}", new.group);
                        Note::new("group-unknown", "/group", detail)
                    }
                    NotTaken::OnlyEmail(holder) => {
                        let detail = format!(
                            "{} has this address under another name, and the row has no card and no id",
                            named(holder)
                        );
                        Note::new("email-taken", "/email", detail)
                    }
                };
                return self.fails(new.row, line, note, problems);
            }
        };
        if !problems.is_empty() {
            self.problems.push(ReportedRow { row: new.row, line, outcome, problems });
        }
    }
}
