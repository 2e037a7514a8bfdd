//! The test files of pymarc 5.3.1, which `formats/tests/pymarc.py` fetches: others' records, and what must come of each.

use std::fs;
use std::path::PathBuf;

use formats::{Code, Format, Plan, Row, Wishes, rows};

use crate::{book, plan_of};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/pymarc/pymarc-5.3.1/test")
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name))
        .unwrap_or_else(|problem| panic!("{name}: {problem}; python3 formats/tests/pymarc.py fetches it"))
}

fn read(name: &str, wishes: &Wishes) -> (Plan, Vec<Row>) {
    let bytes = bytes(name);
    let plan = plan_of(&bytes, wishes).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
    (plan.clone(), rows(plan, &bytes).collect())
}

/// Each file, the rows that are read, the codes of those that fail, and the title of the first.
const OUTCOMES: &[(&str, usize, &[&str], &str)] = &[
    (
        "1251.dat",
        6,
        &[],
        "Основы гидравлического расчета инженерных сетей: [учеб. пособие для вузов по специальностям <Теплогазоснабжение и вентиляция>, <Водоснабжение и водоотведение>]",
    ),
    ("alphatag.dat", 1, &[], "Chemistry experiments for children"),
    ("bad_eacc_encoding.dat", 1, &[], "Beikoku no tōchi no shikumi"),
    ("bad_indicator.dat", 1, &[], "Aristocrats of color: the Black elite, 1880-1920"),
    ("bad_marc8_escape.dat", 1, &[], "Bulletin de la Société linn�enne de Bordeaux"),
    ("bad_records.mrc", 7, &["marc-bad", "marc-bad"], "The pragmatic programmer: from journeyman to master"),
    ("bad_subfield_code.dat", 1, &[], "ActivePerl with ASP and ADO"),
    ("bad_tag.xml", 1, &[], "The Untamed"),
    ("batch.xml", 2, &[], "The Great Ray Charles"),
    ("diacritic.dat", 1, &[], "Amateur media: social, cultural and legal perspectives"),
    ("marc.dat", 20, &[], "The pragmatic programmer: from journeyman to master"),
    ("marc8-to-unicode.dat", 1, &[], "Escape from loneliness"),
    ("marc8.dat", 1, &[], "Escape from loneliness"),
    ("multi_isbn.dat", 1, &[], "The town scold"),
    ("one.dat", 1, &[], "ActivePerl with ASP and ADO"),
    (
        "regression45.dat",
        12,
        &[],
        "Pokrov, podarennyĭ Dimitrīem Ivanovichem Godunovym. [Ipatʹevskīĭ monastyrʹ, Kostroma]",
    ),
    ("test.dat", 10, &[], "ActivePerl with ASP and ADO"),
    ("testunimarc.dat", 0, &["unimarc"], ""),
    ("utf8.xml", 1, &[], "Zen Classics"),
    ("utf8_errors.dat", 1, &[], "[Imperial military middle school, Ṣanʻāʾ]"),
    ("utf8_invalid.mrc", 1, &[], "The coming revolution in teacher licensure: redefining teacher preparation"),
    ("utf8_with_leader_flag.dat", 1, &[], "Escape from loneliness"),
    ("utf8_without_leader_flag.dat", 1, &[], "Escape from loneliness"),
];

#[test]
#[ignore = "needs the files of formats/tests/pymarc.py"]
fn each_file_has_its_outcome() {
    let mut names: Vec<String> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| ["dat", "mrc", "xml"].iter().any(|end| name.ends_with(end)));
    names.sort();
    assert_eq!(names, OUTCOMES.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
    for (name, added, codes, first) in OUTCOMES {
        // Nothing in it says that it is in the encoding of Windows for Cyrillic.
        let encoding = (*name == "1251.dat").then(|| "windows-1251".to_owned());
        let (_, rows) = read(name, &Wishes { encoding, ..Wishes::default() });
        let failed: Vec<&str> =
            rows.iter().filter_map(|row| row.read.as_ref().err()).map(|problem| problem.code.word()).collect();
        let title = rows.iter().find_map(|row| row.read.as_ref().ok()?.book()).map_or("", |book| book.title.as_str());
        assert_eq!((rows.len() - failed.len(), failed.as_slice(), title), (*added, *codes, *first), "{name}");
    }
}

/// Returns a record with a title, as `position` 9 of its leader says.
fn record_of(title: &[u8], position: char) -> Vec<u8> {
    let title = [b"10\x1fa", title, b"\x1e"].concat();
    let base = 24 + 12 + 1;
    let leader = format!("{:05}nam {position}22{base:05}   4500245{:04}00000\x1e", base + title.len() + 1, title.len());
    [leader.as_bytes(), &title, b"\x1d"].concat()
}

fn only_row(bytes: &[u8]) -> Row {
    let wishes = Wishes { format: Some(Format::Marc), ..Wishes::default() };
    let plan = plan_of(bytes, &wishes).unwrap();
    rows(plan, bytes).next().unwrap()
}

#[test]
#[ignore = "needs the files of formats/tests/pymarc.py"]
fn lines_of_marc_8_are_right_and_those_in_the_east_asian_set_say_so() {
    let (marc8, utf8) = (bytes("test_marc8.txt"), bytes("test_utf8.txt"));
    let lines = marc8.split(|byte| *byte == b'\n').zip(utf8.split(|byte| *byte == b'\n'));
    let pairs: Vec<_> = lines.filter(|(line, _)| !line.is_empty()).collect();
    let (mut right, mut east_asian) = (0, 0);
    for (line, expected) in &pairs {
        // The halves of a mark above two letters are one mark between them.
        let expected = String::from_utf8_lossy(expected).replace('\u{fe20}', "\u{361}").replace('\u{fe22}', "\u{360}");
        let expected = expected.replace(['\u{fe21}', '\u{fe23}'], "");
        let row = only_row(&record_of(line, ' '));
        match &row.read {
            Err(problem) if problem.code == Code::Eacc => east_asian += 1,
            _ => {
                assert_eq!(book(&row).title, book(&only_row(&record_of(expected.as_bytes(), 'a'))).title, "{line:?}");
                right += 1;
            }
        }
    }
    assert_eq!((pairs.len(), right, east_asian), (1_515, 516, 999));
}
