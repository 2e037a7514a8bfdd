//! The exports of Goodreads, StoryGraph, LibraryThing, Calibre and BookWyrm.

use formats::Code;

use crate::{book, read, told, warned};

#[test]
fn im1_an_isbn_in_a_formula_is_read() {
    let rows = read("goodreads-isbn-formula.csv", "goodreads");
    assert_eq!(
        told(&rows),
        [
            "The Lamp Room / Ada Fenwick / 9780000010001",
            "Salt and Wire / Ada Fenwick / 9780000010018",
            "A Field of Clocks / Ben Oyelaran / -",
            "Low Water / Ben Oyelaran / 9780000010094",
            "High Water / Ben Oyelaran / 9780000010124",
            "Slack Water / Ben Oyelaran / -",
            "Neap Tide / Ben Oyelaran / 9780000010032 !isbn-check-digit",
        ]
    );
}

#[test]
fn im2_columns_are_found_by_name() {
    let rows = read("goodreads-31-columns-reordered.csv", "goodreads");
    assert_eq!(told(&rows), ["Orchard Street / Cleo Marsh / 9780000010049", "Orchard Lane / Cleo Marsh / -"]);
    assert_eq!((book(&rows[0]).pages, book(&rows[0]).publication_year), (Some(212), Some(1987)));
}

#[test]
fn im3_a_row_is_named_by_the_line_on_which_it_begins() {
    let rows = read("goodreads-review-over-lines.csv", "goodreads");
    assert_eq!(
        told(&rows),
        [
            "Six Bells / Dora Pym / 9780000010056",
            "title-missing /title line 6",
            "Eight Bells / Dora Pym / 9780000010070"
        ]
    );
}

#[test]
fn im4_a_byte_order_mark_is_no_part_of_the_first_column() {
    let rows = read("goodreads-bom.csv", "goodreads");
    assert_eq!(book(&rows[0]).source.as_deref(), Some("goodreads#900031"));
}

#[test]
fn im5_editions_keep_their_ids_and_an_isbn_of_ten_digits_is_one_of_thirteen() {
    let rows = read("goodreads-editions.csv", "goodreads");
    let ids: Vec<_> = rows.iter().map(|row| book(row).source.clone().unwrap()).collect();
    assert_eq!(ids, ["900041", "900042", "900041", "900043", "900044"].map(|id| format!("goodreads#{id}")));
    assert_eq!(book(&rows[3]).isbn, book(&rows[4]).isbn);
}

#[test]
fn im6_a_series_is_removed_from_the_title() {
    let rows = read("goodreads-series-in-title.csv", "goodreads");
    let titles: Vec<_> = rows.iter().map(|row| book(row).title.as_str()).collect();
    assert_eq!(
        titles,
        ["Ash and Ember", "Ember and Frost", "The Kiln Omnibus", "Kiln (Everyman Edition)", "Ash", "(#1) Fan"]
    );
    assert_eq!(warned(&rows[0], Code::SeriesRemoved).value.as_deref(), Some("The Kiln Cycle, #1"));
    assert!(rows[3].warnings.is_empty() && rows[5].warnings.is_empty());
}

#[test]
fn im7_a_bad_number_loses_no_book() {
    let rows = read("goodreads-years.csv", "goodreads");
    let years: Vec<_> = rows.iter().map(|row| book(row).publication_year).collect();
    assert_eq!(years, [Some(-362), None, Some(2014), None, None, None]);
    assert!(rows[1].warnings.is_empty());
    warned(&rows[3], Code::YearUnsure);
    warned(&rows[4], Code::YearUnsure);
    assert_eq!((book(&rows[5]).pages, rows[5].warnings.len()), (None, 0));
}

#[test]
fn im8_names_are_joined_and_entities_are_read_once() {
    assert_eq!(
        told(&read("goodreads-names.csv", "goodreads")),
        [
            "The Tall Grass / Ursula K. Venn; Todd Hale; Mara Iqbal / -",
            "Salt & Pepper: A Café Story / J. \"Jo\" Pell / -",
            "Solo / Suharti / -",
            "Nobody / Unknown / - !author-unknown",
        ]
    );
}

#[test]
fn im9_storygraphs_own_ids_are_no_isbns() {
    let rows = read("storygraph-ids-and-authors.csv", "storygraph");
    assert_eq!(
        told(&rows),
        [
            "Coming Rain / Nell Ames; Todd Burr; Mary Chen / 9780000010131",
            "No Number / Ann Dole / -",
            "Own Id / Ann Dole / -",
            "Kindled / Ann Dole / -",
            "Ten Digits / Martin Fry, Jr. / 9780000010148",
        ]
    );
    assert_eq!(book(&rows[2]).source.as_deref(), Some("storygraph#3f2a9c0e-51d7-4b7a-8a55-1c1d9e9b7f10"));
    assert_eq!(book(&rows[3]).source.as_deref(), Some("storygraph#B08XYZ1234"));
}

#[test]
fn im10_storygraphs_older_columns_are_known() {
    assert_eq!(told(&read("storygraph-older-header.csv", "storygraph")), ["Older Rain / Nell Ames / 9780000010155"]);
}

#[test]
fn im11_librarythings_quotation_marks_are_data() {
    let rows = read("librarything-quotes-are-data.tsv", "librarything");
    assert_eq!(
        told(&rows),
        [
            "\"Open at the Start / Ida Moss / 9780000010162",
            "Six \"Inner\" Quotes / Ida Moss / -",
            "Whole \" / Ida Moss / 9780000010261",
        ]
    );
    assert_eq!(rows.iter().map(|row| book(row).copies).collect::<Vec<_>>(), [Some(1), Some(2), Some(1)]);
    assert_eq!((book(&rows[0]).pages, book(&rows[0]).publication_year), (Some(590), Some(1979)));
    assert_eq!(book(&rows[2]).language.as_deref(), Some("French"));
}

#[test]
fn im12_a_bad_byte_in_a_column_that_is_not_read_changes_nothing() {
    let told = told(&read("librarything-one-bad-byte.tsv", "librarything"));
    assert_eq!(told, ["Été indien / Élise Cortès / 9780000010179", "Noël à Dakar / Élise Cortès / -"]);
}

#[test]
fn im12_a_bad_byte_in_a_column_that_is_read_is_told() {
    let bytes = b"title,author\n\xc3\x89t\xc3\xa9 \xe8,Ann Ott\n";
    let plan = crate::plan_of(bytes, &Default::default()).unwrap();
    assert_eq!(told(&formats::rows(plan, bytes).collect::<Vec<_>>()), ["Été \u{fffd} / Ann Ott / - !bad-bytes"]);
}

#[test]
fn im13_names_of_librarything_are_turned_round_and_others_are_no_authors() {
    assert_eq!(
        told(&read("librarything-names.tsv", "librarything")),
        [
            "Names One / Vincent van Gogh / -",
            "Names Two / Homer / -",
            "Names Three / Martin Luther King, Jr. / -",
            "Names Four / Jane Doe / -",
            "Names Five / Rick Roe / -",
            "Review here / Jane Doe / -",
        ]
    );
}

#[test]
fn im14_calibres_identifiers_dates_and_languages() {
    let rows = read("calibre.csv", "calibre");
    assert_eq!(
        told(&rows),
        [
            "Twin Fires / Rae Odum; Kit Ames / 9780000010216",
            "No Date / Rae Odum / - !language-several",
            "No Author / Unknown / - !author-unknown",
            "Both Numbers / Rae Odum / 9780000010223 !isbn-two",
            "Twin Fires again / Rae Odum / 9780000010216",
        ]
    );
    let years: Vec<_> = rows.iter().map(|row| book(row).publication_year).collect();
    assert_eq!(years, [Some(2019), None, None, None, None]);
    assert_eq!(
        (book(&rows[0]).language.as_deref(), book(&rows[1]).language.as_deref()),
        (Some("English"), Some("French"))
    );
    assert_eq!(warned(&rows[1], Code::LanguageSeveral).detail, "French was taken; German left out");
    assert_eq!(warned(&rows[3], Code::IsbnTwo).value.as_deref(), Some("9780000010230"));
    assert_eq!(book(&rows[0]).subjects, ["Magic", "Romance"]);
}

#[test]
fn im15_bookwyrm_names_each_edition() {
    let rows = read("bookwyrm.csv", "bookwyrm");
    assert_eq!(
        told(&rows),
        ["Perimeter Road / Dave Lunn; Eva Moor / 9780000010247", "No Ids / Dave Lunn / -", "No Ids / Dave Lunn / -"]
    );
    assert_ne!(book(&rows[1]).source, book(&rows[2]).source);
}
