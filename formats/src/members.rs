//! Members of a library: names, an email address, a card, a group. Roles and passwords are never read.

use crate::draft::Member;
use crate::problem::{Code, Problem};
use crate::table::Cells;
use crate::text::{Notes, is_visible};
use crate::{fields, isbn};

/// The fields, each with the names that columns have for it.
pub(crate) const FIELDS: &[(&str, &[&str])] = &[
    ("firstName", &["firstname", "first name", "given name", "vorname", "prénom", "nombre", "nome"]),
    ("lastName", &["lastname", "last name", "surname", "family name", "nachname", "nom", "apellido", "cognome"]),
    ("name", &["name", "full name"]),
    ("email", &["email", "e-mail", "mail", "email address"]),
    ("card", &["card", "card number", "cardnumber", "library card", "ausweis", "ausweisnummer", "carte"]),
    ("group", &["group", "category", "categorycode", "gruppe", "groupe"]),
    ("id", &["id", "member id", "borrowernumber"]),
];

pub(crate) fn member(notes: &mut Notes, cells: &Cells<'_>) -> Result<Member, Problem> {
    let (mut first, mut last) = (cells.get("firstName"), cells.get("lastName"));
    let whole = cells.get("name");
    if first.is_empty() && last.is_empty() && !whole.is_empty() {
        (last, first) = whole
            .split_once(',')
            .or_else(|| whole.rsplit_once(' ').map(|(first, last)| (last, first)))
            .unwrap_or((whole, ""));
    }
    let mut name =
        |pointer, text| notes.optional(pointer, 100, text).filter(|name| is_visible(name)).unwrap_or_default();
    let (first_name, last_name) = (name("/firstName", first), name("/lastName", last));
    if first_name.is_empty() && last_name.is_empty() {
        return Err(Problem::at("/firstName", Code::NameMissing, "there is no name"));
    }
    let card = card(cells.get("card"))?;
    let email = email(notes, cells.get("email"));
    let id = Some(cells.get("id")).filter(|id| !id.is_empty());
    if card.is_none() && email.is_none() && id.is_none() {
        let detail = "needs a card, an email address or an id: without them the next import would add the member again";
        return Err(Problem::new(Code::NothingIdentifies, detail));
    }
    Ok(Member {
        source: id.map(|id| format!("members#{id}")),
        first_name,
        last_name,
        email,
        card,
        group: group(cells.get("group"))?,
    })
}

/// Reads a card's number. It is text: a zero that a spreadsheet lost is not guessed.
fn card(text: &str) -> Result<Option<String>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    if isbn::is_scientific(text) {
        let detail = "a spreadsheet rounded this number: format the column as text";
        return Err(Problem::at("/card", Code::CardMangled, detail).of(text));
    }
    let wrong = || Problem::at("/card", Code::CardShort, "should be 4 to 32 letters and digits").of(text);
    fields::number_of(text).map(Some).ok_or_else(wrong)
}

/// Reads an email address. The library's own rules are stricter; what cannot be one is left out here.
fn email(notes: &mut Notes, text: &str) -> Option<String> {
    let address = text.trim().to_lowercase();
    if address.is_empty() {
        return None;
    }
    let parts = address.rsplit_once('@').filter(|(local, domain)| {
        let has_blanks = address.contains(|letter: char| letter.is_whitespace() || letter.is_control());
        let has_dot = domain.split_once('.').is_some_and(|(name, top)| !name.is_empty() && !top.is_empty());
        !local.is_empty() && !local.contains('@') && has_dot && !has_blanks && address.len() <= 254
    });
    if parts.is_none() {
        notes.add(Problem::at("/email", Code::EmailBad, "is no email address, and was left out").of(text));
        return None;
    }
    Some(address)
}

fn group(text: &str) -> Result<Option<String>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let group = text.to_lowercase().replace(' ', "-");
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if group.len() <= 20 && group.bytes().all(fits) {
        return Ok(Some(group));
    }
    Err(Problem::at("/group", Code::GroupUnknown, "should have 1 to 20 small letters, digits and hyphens").of(text))
}
