//! What a record of MARC 21 says about a book.

use crate::draft::Book;
use crate::marc::{Field, Record};
use crate::problem::{Code, Problem};
use crate::text::{Notes, is_visible};
use crate::{dates, fields, isbn, languages, names};

/// What control field 003 says in the library's own records. Their texts are taken as they stand.
pub(crate) const OWN: &str = "Carrel";

/// Reads a book.
///
/// # Errors
/// If it has no title that can be read.
pub(crate) fn book(notes: &mut Notes, record: &Record) -> Result<Book, Problem> {
    if record.control("003") == OWN {
        return own(notes, record);
    }
    let title = title(notes, record)?;
    let authors = authors(notes, record)?;
    let author = names::author(notes, authors);
    let eacc: Vec<&str> = record.fields.iter().filter(|field| field.has_eacc).map(|field| field.tag.as_str()).collect();
    if !eacc.is_empty() {
        notes
            .add(Problem::new(Code::Eacc, format!("{} in the East Asian set of MARC-8 was not read", eacc.join(", "))));
    }
    let shelf_mark = shelf_mark(notes, record);
    let mut book = Book {
        source: source(record),
        title,
        author,
        isbn: isbn::first(notes, record.all("020").flat_map(|field| field.all('a'))),
        publication_year: year(record),
        language: language(notes, record),
        pages: record.all("300").find_map(|field| fields::pages(field.first('a'))),
        shelf_mark,
        subjects: subjects(notes, record),
        ..Book::default()
    };
    copies(notes, record, &mut book);
    Ok(book)
}

/// A number is unique only within the catalogue that field 003 names.
fn source(record: &Record) -> Option<String> {
    let [catalogue, number] = ["003", "001"].map(|tag| record.control(tag).trim());
    (!catalogue.is_empty() && !number.is_empty()).then(|| format!("marc#{catalogue}#{number}"))
}

/// Returns the fields for a tag in their original script, which field 880 holds.
fn original<'a>(record: &'a Record, tag: &'a str) -> impl Iterator<Item = &'a Field> {
    record.all("880").filter(move |field| field.first('6').starts_with(tag))
}

fn title(notes: &mut Notes, record: &Record) -> Result<String, Problem> {
    let proper = || record.all("245");
    let fields = proper().chain(record.all("246").take(1)).chain(original(record, "245"));
    let field = fields.into_iter().find(|field| is_visible(&title_of(field)));
    let Some(field) = field else {
        let is_unimarc = record.all("200").any(|field| !field.first('a').is_empty()) && proper().next().is_none();
        if is_unimarc {
            return Err(Problem::new(Code::Unimarc, "is UNIMARC: export MARC 21"));
        }
        notes.without_title(Problem::at("/title", Code::TitleMissing, "there is no title in 245"));
        return Ok(String::new());
    };
    if field.has_eacc {
        return Err(eacc("/title"));
    }
    Ok(fields::title(notes, &title_of(field)))
}

fn eacc(pointer: &'static str) -> Problem {
    Problem::at(pointer, Code::Eacc, "is in the East Asian set of MARC-8: convert the file to UTF-8 first")
}

/// Joins a title and its parts. The mark at the end of a part (ISBD) says how the next is joined.
fn title_of(field: &Field) -> String {
    let mut title = String::new();
    let mut joint = "";
    for (code, text) in &field.subfields {
        let text = text.trim();
        // What says that it is a sound recording carries the mark of what it stands after.
        if !matches!(code, 'a' | 'b' | 'n' | 'p' | 'h') || text.is_empty() {
            continue;
        }
        let (body, mark) = without_mark(text);
        if *code != 'h' && !body.is_empty() {
            let default = match code {
                'b' => ": ",
                _ if title.ends_with(['.', ',']) => " ",
                _ => ". ",
            };
            if !title.is_empty() {
                title.push_str(if joint.is_empty() { default } else { joint });
            }
            title.push_str(body);
            joint = if body.ends_with(['.', ',']) { " " } else { "" };
        }
        joint = match mark {
            Some(':') => ": ",
            Some('=') => " = ",
            Some(';') => "; ",
            _ => joint,
        };
    }
    let (body, _) = without_mark(&title);
    without_full_stop(body.trim_end_matches(',')).to_owned()
}

/// Splits the mark off that stands at the end of a part: ` /`, ` :`, ` ;`, ` =`.
fn without_mark(text: &str) -> (&str, Option<char>) {
    let text = text.trim_end();
    match text.chars().next_back() {
        Some(mark @ ('/' | ':' | ';' | '=')) => (text.strip_suffix(mark).unwrap_or(text).trim_end(), Some(mark)),
        _ => (text, None),
    }
}

/// Removes the full stop at the end of a title, but not that of an abbreviation or of an ellipsis.
fn without_full_stop(text: &str) -> &str {
    without_stop_after(text, 4)
}

/// Removes the full stop at the end of a name, but not that of an initial or of what stands behind a name.
fn without_stop_of_name(text: &str) -> &str {
    const SHORT: [&str; 8] = ["jr", "sr", "inc", "ltd", "co", "corp", "dr", "st"];
    let word = text.trim_end_matches('.').rsplit([' ', ',']).next().unwrap_or_default().to_ascii_lowercase();
    if SHORT.contains(&word.as_str()) { text } else { without_stop_after(text, 2) }
}

fn without_stop_after(text: &str, letters: usize) -> &str {
    let Some(body) = text.strip_suffix('.') else { return text };
    let word = body.rsplit(|letter: char| letter.is_whitespace()).next().unwrap_or(body);
    let is_closed = word.ends_with([']', ')']);
    let is_short = word.chars().filter(|letter| letter.is_alphanumeric()).count() < letters;
    if !is_closed && (is_short || word.contains('.')) { text } else { body }
}

/// What people do who are not the authors of a book.
const OTHER_ROLES: [&str; 22] = [
    "translator",
    "trl",
    "illustrator",
    "ill",
    "narrator",
    "nrt",
    "photographer",
    "pht",
    "printer",
    "prt",
    "publisher",
    "pbl",
    "former owner",
    "fmo",
    "issuing body",
    "isb",
    "host institution",
    "his",
    "writer of introduction",
    "win",
    "aui",
    "donor",
];

fn has_role(field: &Field, roles: &[&str]) -> bool {
    let word = |text: &str| text.trim().trim_matches(['.', ',']).to_ascii_lowercase();
    field.all('e').chain(field.all('4')).any(|role| roles.contains(&word(role).as_str()))
}

/// The main entry, and who shares its role; without one, those who are named else and have no other role; then the
/// statement of responsibility, as it stands.
fn authors(notes: &mut Notes, record: &Record) -> Result<Vec<String>, Problem> {
    let tagged =
        |tags: &'static [&'static str]| record.fields.iter().filter(|field| tags.contains(&field.tag.as_str()));
    let main: Vec<&Field> = tagged(&["100", "110", "111"]).take(1).collect();
    let added = tagged(&["700", "710", "711"]).filter(|field| field.first('t').is_empty());
    let mut named: Vec<&Field> = if main.is_empty() {
        added.filter(|field| !has_role(field, &OTHER_ROLES)).collect()
    } else {
        let authors = added.filter(|field| has_role(field, &["author", "aut"]));
        main.into_iter().chain(authors).collect()
    };
    if named.is_empty() {
        named = ["100", "110", "111"].into_iter().flat_map(|tag| original(record, tag)).collect();
    }
    if named.iter().any(|field| field.has_eacc) {
        return Err(eacc("/author"));
    }
    let mut names: Vec<String> = named.into_iter().map(name).filter(|name| is_visible(name)).collect();
    if names.is_empty() {
        let statement = record.all("245").map(|field| field.first('c')).find(|statement| is_visible(statement));
        if let Some(statement) = statement {
            names.push(without_stop_of_name(statement.trim()).to_owned());
            let detail = "is the statement of the title page, because no name is given";
            notes.add(Problem::at("/author", Code::AuthorUnsure, detail).of(statement));
        }
    }
    Ok(names)
}

/// Returns the name of a person, a family or a body.
fn name(field: &Field) -> String {
    let plain = |text: &str| without_stop_of_name(text.trim().trim_end_matches([',', ';', ':']).trim_end()).to_owned();
    let is_person = field.tag.ends_with("00") || field.first('6').starts_with("100");
    if !is_person {
        let parts: Vec<String> =
            field.all('a').chain(field.all('b')).map(plain).filter(|part| !part.is_empty()).collect();
        return parts.join(". ");
    }
    let whole = plain(field.first('a'));
    // A forename or a family is not inverted.
    let mut name = if matches!(field.indicators[0], '0' | '3') { whole } else { names::natural(&whole) };
    let number = plain(field.first('b'));
    if !number.is_empty() {
        name = format!("{name} {number}");
    }
    field.all('c').map(plain).filter(|part| !part.is_empty()).for_each(|part| name.extend([", ", part.as_str()]));
    name
}

/// The year of the original, else of this edition.
fn year(record: &Record) -> Option<i32> {
    if let Some(year) = record.all("534").find_map(|field| dates::year_within(field.first('c'))) {
        return Some(year);
    }
    let dates: Vec<char> = record.control("008").chars().skip(6).take(9).collect();
    let part = |range: std::ops::Range<usize>| dates.get(range).map(|digits| digits.iter().collect::<String>());
    let believed = |text: Option<String>| text.as_deref().filter(|text| text.len() == 4).and_then(dates::year_within);
    let coded = match dates.first() {
        // Reprints, and what was published again: the second date is the original's.
        Some('r' | 't' | 'p') => believed(part(5..9)).or_else(|| believed(part(1..5))),
        // Between two dates.
        Some('q') => None,
        _ => believed(part(1..5)),
    };
    let published = || record.all("264").filter(|field| field.indicators[1] == '1');
    let stated = published().chain(record.all("260")).chain(record.all("264"));
    coded.or_else(|| stated.into_iter().find_map(|field| dates::year_within(field.first('c'))))
}

fn language(notes: &mut Notes, record: &Record) -> Option<String> {
    let coded: String = record.control("008").chars().skip(35).take(3).collect();
    let stated = record.all("041").flat_map(|field| field.all('a'));
    let code = [coded.as_str()].into_iter().chain(stated).find(|code| languages::name(code).is_some())?;
    fields::language(notes, code)
}

fn subjects(notes: &mut Notes, record: &Record) -> Vec<String> {
    const TAGS: [&str; 8] = ["600", "610", "611", "630", "650", "651", "653", "655"];
    let plain = |text: &str| without_full_stop(text.trim().trim_end_matches([',', ';'])).to_owned();
    let headings = record.fields.iter().filter(|field| TAGS.contains(&field.tag.as_str())).map(|field| {
        let parts = field.subfields.iter().filter(|(code, _)| matches!(code, 'a' | 't' | 'x' | 'y' | 'z' | 'v'));
        let parts: Vec<String> = parts.map(|(_, text)| plain(text)).filter(|part| !part.is_empty()).collect();
        parts.join(" -- ")
    });
    // A title in its original script is found as a subject is, beside the one in Latin letters.
    let is_original =
        |field: &&Field| field.first('a').chars().any(|letter| letter > '\u{24f}' && letter.is_alphabetic());
    let has_title = record.all("245").next().is_some();
    let originals = original(record, "245").filter(is_original).filter(|_| has_title).map(title_of);
    let all: Vec<String> = originals.chain(headings).filter(|subject| is_visible(subject)).collect();
    fields::subjects(notes, all.iter().map(String::as_str))
}

/// Koha keeps copies in 952, others in 852 or 876.
fn copies(notes: &mut Notes, record: &Record, book: &mut Book) {
    let of = |tag: &'static str| record.all(tag).filter(|field| !field.subfields.is_empty());
    let koha = of("952").count();
    let others = of("852").count().max(of("876").count());
    let copies = if koha > 0 { koha } else { others };
    book.copies = u32::try_from(copies).ok().filter(|copies| (1..=10_000).contains(copies));
    let tags: &[&'static str] = if koha > 0 { &["952"] } else { &["852", "876"] };
    let mut barcodes = fields::Barcodes::default();
    for field in tags.iter().flat_map(|tag| of(tag)) {
        field.all('p').for_each(|text| barcodes.add(notes, text));
    }
    book.barcodes = barcodes.into_list();
}

fn shelf_mark(notes: &mut Notes, record: &Record) -> Option<String> {
    let koha = record.all("952").map(|field| field.first('o').to_owned());
    let others = record.all("852").map(|field| match field.first('j') {
        "" => [field.first('h'), field.first('i')].join(" "),
        mark => mark.to_owned(),
    });
    let mut marks: Vec<String> =
        koha.chain(others).map(|mark| mark.trim().to_owned()).filter(|mark| !mark.is_empty()).collect();
    marks.dedup();
    let first = marks.first()?.clone();
    if marks.iter().any(|mark| *mark != first) {
        let detail = "a book has one shelf mark: the first copy's was taken";
        notes.add(Problem::at("/shelfMark", Code::ShelfMarkSeveral, detail).of(&marks.join("; ")));
    }
    fields::shelf_mark(notes, &first)
}

/// Reads a record that [`crate::write`] wrote: nothing of it is interpreted.
fn own(notes: &mut Notes, record: &Record) -> Result<Book, Problem> {
    notes.verbatim = true;
    let first = |tag: &'static str, code: char| {
        record.all(tag).map(|field| field.first(code)).find(|text| !text.is_empty()).unwrap_or("")
    };
    let all =
        |tag: &'static str, code: char| record.all(tag).flat_map(move |field| field.all(code)).collect::<Vec<_>>();
    let number = |text: &str| text.parse().ok();
    let subjects = all("653", 'a');
    Ok(Book {
        source: Some(record.control("001")).filter(|id| !id.is_empty()).map(|id| format!("carrel#{id}")),
        title: fields::title(notes, first("245", 'a')),
        author: names::author(notes, [first("245", 'c').to_owned()]),
        isbn: isbn::first(notes, [first("020", 'a')]),
        publication_year: dates::year(first("046", 'k')),
        country: notes.optional("/country", 100, first("370", 'g')),
        language: notes.optional("/language", 100, first("546", 'a')),
        pages: number(first("300", 'a').split(' ').next().unwrap_or_default()),
        release_date: dates::day(first("264", 'c'), None),
        shelf_mark: fields::shelf_mark(notes, first("990", 's')),
        subjects: fields::subjects(notes, subjects),
        copies: number(first("990", 'c')),
        barcodes: fields::barcodes(notes, &all("852", 'p').join(";")),
    })
}
