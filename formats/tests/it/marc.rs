//! MARC 21 (ISO 2709).

use formats::Code;

use crate::{book, read, refused, told, warned};

#[test]
fn im34_bytes_that_are_utf_8_are_read_so_whatever_the_leader_says() {
    assert_eq!(
        told(&read("marc-leader-says-marc8-bytes-are-utf8.mrc", "marc")),
        ["Élégies à Żaneta / Jörg Müller / - !marc-encoding", "澄迈县志 / Unknown / - !marc-encoding !author-unknown"]
    );
}

#[test]
fn im35_bytes_that_are_marc_8_are_read_so_whatever_the_leader_says() {
    assert_eq!(
        told(&read("marc-leader-says-utf8-bytes-are-marc8.mrc", "marc")),
        ["Élégies / Jörg Müller / - !marc-encoding", "Søren / Jan Strauß / - !marc-encoding"]
    );
}

#[test]
fn im36_marks_and_escapes_of_marc_8() {
    assert_eq!(
        told(&read("marc8-marks-and-escapes.mrc", "marc")),
        [
            "Pậ double mark / Üml Du\u{327}ong / -",
            "CO₂ and H₂O / A. Low / -",
            "Ends low CO₂ / B. After / -",
            "i\u{361}a ili i\u{361}u and ng\u{360} / C. Ligature / -",
            "Книга = Book / D. Иван / -",
            "αβγ and ΑΒ / E. Greek / -",
            "Lost 中文 here / Fß Euro € / -",
            "The Skipped Article / G. Nonsort / -",
            "Bad \u{fffd} escape / H. Escape / - !bad-bytes",
            "Mark at the end / I. End / -",
        ]
    );
}

#[test]
fn im37_the_terminator_ends_a_record_and_the_leaders_length_is_a_hint() {
    let rows = read("marc-record-lengths-wrong.mrc", "marc");
    assert_eq!(
        told(&rows),
        [
            "One Byte Short / A. Len / - !marc-length",
            "Nought / B. Len / - !marc-length",
            "Too Long / C. Len / - !marc-length",
            "Right / D. Len / -",
        ]
    );
}

#[test]
fn im38_a_directory_that_counts_letters_is_not_followed() {
    let rows = read("marc-directory-counts-letters.mrc", "marc");
    let titles: Vec<_> = rows.iter().map(|row| book(row).title.as_str()).collect();
    assert_eq!(titles, ["Žluťoučký kůň úpěl", "שלום עולם", "Plain"]);
    assert_eq!((book(&rows[0]).author.as_str(), book(&rows[0]).pages), ("Jiří Čapek", Some(264)));
    warned(&rows[0], Code::MarcDirectory);
    warned(&rows[1], Code::MarcDirectory);
    assert!(rows[2].warnings.is_empty());
}

#[test]
fn im39_what_stands_between_records_is_nothing() {
    let rows = read("marc-things-between-records.mrc", "marc");
    assert_eq!(
        told(&rows),
        ["After a Bom / A. Gap / -", "After Blank Lines / B. Gap / -", "After a Newline / C. Gap / -"]
    );
}

#[test]
fn im40_cancelled_isbns_never_count() {
    let rows = read("marc-020-kinds.mrc", "marc");
    let isbns: Vec<_> = rows.iter().map(|row| book(row).isbn.as_deref()).collect();
    assert_eq!(
        isbns,
        [
            Some("9780000010605"),
            None,
            Some("9780000010636"),
            Some("9780000010643"),
            Some("9780000010667"),
            None,
            None,
            None
        ]
    );
    assert_eq!(warned(&rows[3], Code::IsbnTwo).value.as_deref(), Some("9780000010650"));
    warned(&rows[6], Code::IsbnCheckDigit);
    assert!(rows[1].warnings.is_empty() && rows[5].warnings.is_empty());
}

#[test]
fn im41_a_title_has_its_parts() {
    let rows = read("marc-245-kinds.mrc", "marc");
    assert_eq!(
        told(&rows),
        [
            "only a remainder / by Ann Ott / - !author-unsure",
            "Guide to open work. Booklet no. 7, Motor engines: a start / Ann Ott / -",
            "The quiet sea: tides / edited by Bo Low ... [et al.] / - !author-unsure",
            "title-missing /title",
            "??? / Unknown / - !author-unknown",
            "A varying title / Unknown / - !author-unknown",
            "First title / Unknown / - !author-unknown",
            "What is C++? = Was ist C++? / Unknown / - !author-unknown",
        ]
    );
}

#[test]
fn im42_names_have_no_dates_and_no_roles() {
    let rows = read("marc-names.mrc", "marc");
    let authors: Vec<_> = rows.iter().map(|row| book(row).author.as_str()).collect();
    assert_eq!(
        authors,
        [
            "J. R. R. Tolkin",
            "Aristos",
            "Hieronymos, Saint",
            "Testland. Ministry of Clocks",
            "Eve Editor; Sam Second",
            "Unknown",
            "Ludwig van Beethov",
            "Fenwick family",
        ]
    );
}

#[test]
fn im43_years_of_catalogues() {
    let rows = read("marc-years.mrc", "marc");
    let years: Vec<_> = rows.iter().map(|row| book(row).publication_year).collect();
    assert_eq!(years, [None, None, Some(2003), Some(1998), Some(1980), Some(1858), Some(1998), None]);
}

#[test]
fn im44_titles_in_their_original_script_are_found() {
    let rows = read("marc-880-original-script.mrc", "marc");
    assert_eq!(
        (book(&rows[0]).title.as_str(), book(&rows[0]).subjects.as_slice()),
        ("Yuki no hon", &["雪の本".to_owned()][..])
    );
    assert_eq!(book(&rows[1]).title, "كتاب الماء");
}

#[test]
fn im45_the_east_asian_set_fails_only_where_it_is_needed() {
    let rows = read("marc-eacc-in-880-only.mrc", "marc");
    assert_eq!(told(&rows), ["Yuki no hon / Hanako Yamada / - !eacc", "eacc /title"]);
    assert!(warned(&rows[0], Code::Eacc).detail.starts_with("880 "));
    assert!(rows[1].read.as_ref().unwrap_err().detail.contains("convert the file to UTF-8 first"));
}

#[test]
fn im46_a_bad_record_between_good_ones_fails_alone() {
    let rows = read("marc-bad-record-between-good.mrc", "marc");
    assert_eq!(
        told(&rows),
        [
            "Good Before / A. Bad / -",
            "marc-bad ",
            "Good After / C. Bad / -",
            "marc-bad ",
            "Good at the End / D. Bad / -"
        ]
    );
    assert_eq!((rows[1].offset, rows[3].row), (172, 4));
}

#[test]
fn im47_delimiters_in_data() {
    let rows = read("marc-delimiters-in-data.mrc", "marc");
    let titles: Vec<_> = rows.iter().map(|row| book(row).title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "Unit Separator in 008",
            "Ends with a Delimiter",
            "No Delimiter at All",
            "One Indicator Missing",
            "Blank Code",
            "Double Dollar $b is text",
        ]
    );
    assert_eq!(book(&rows[0]).publication_year, Some(1987));
    warned(&rows[2], Code::MarcField);
    assert!(book(&rows[5]).isbn.is_none());
}

#[test]
fn im48_unimarc_has_a_code_of_its_own() {
    assert_eq!(told(&read("unimarc.mrc", "marc")), ["unimarc "]);
}

#[test]
fn im49_marc_as_text_is_refused_with_what_to_do() {
    let (code, detail) = refused("marc-as-text.mrc");
    assert!(code == Code::WrongFormat && detail.contains(".mrk") && detail.contains("save as .mrc"), "{detail}");
}

#[test]
fn im50_marks_around_articles_are_gone_and_texts_are_composed() {
    let rows = read("marc-nonsort-utf8.mrc", "marc");
    assert_eq!(told(&rows), ["Der Vorgang / Franz Käfer / -", "Größe über Flüsse / Jörg Möller / -"]);
    assert_eq!(book(&rows[1]).source.as_deref(), Some("marc#XX-Test#ours0100"));
}

#[test]
fn copies_of_a_catalogue_bring_barcodes_and_a_shelf_mark() {
    let record = |fields: &[(&str, &str)]| {
        let mut directory = String::new();
        let mut data = String::new();
        for (tag, text) in fields {
            directory.push_str(&format!("{tag}{:04}{:05}", text.len() + 1, data.len()));
            data.push_str(&format!("{text}\u{1e}"));
        }
        let base = 25 + directory.len();
        format!("{:05}nam a22{base:05} a 4500{directory}\u{1e}{data}\u{1d}", base + data.len() + 1)
    };
    let title = ("245", "10\u{1f}aCopied");
    let koha = record(&[
        title,
        ("852", "8 \u{1f}hElse"),
        ("952", "  \u{1f}oSF BUT\u{1f}p2041-0077"),
        ("952", "  \u{1f}oSF BUT 2\u{1f}p20410078"),
    ]);
    let others = record(&[
        title,
        ("852", "0 \u{1f}hPS3552\u{1f}i.U8\u{1f}p30001"),
        ("876", "  \u{1f}p30002"),
        ("876", "  \u{1f}p3"),
    ]);
    let file = koha + &others;
    let plan = crate::plan_of(file.as_bytes(), &Default::default()).unwrap();
    let rows: Vec<_> = formats::rows(plan, file.as_bytes()).collect();
    let [first, second] = [book(&rows[0]), book(&rows[1])];
    assert_eq!((first.copies, first.shelf_mark.as_deref()), (Some(2), Some("SF BUT")));
    assert_eq!(first.barcodes, ["20410077", "20410078"]);
    warned(&rows[0], Code::ShelfMarkSeveral);
    assert_eq!((second.copies, second.shelf_mark.as_deref()), (Some(2), Some("PS3552 .U8")));
    assert_eq!(second.barcodes, ["30001", "30002"]);
    warned(&rows[1], Code::BarcodeBad);
}
