//! MARC 21 as XML.

use std::time::{Duration, Instant};

use formats::{Code, Place, Wishes, rows};

use crate::{file, plan_of, read, refused, told};

#[test]
fn im51_prefixes_do_not_matter_and_a_part_needs_no_root() {
    assert_eq!(
        told(&read("marcxml-prefix.xml", "marcxml")),
        ["Prefixed One / Ann Ott / -", "Prefixed Two / Ann Ott / -"]
    );
    let bytes = file("marcxml-prefix.xml");
    let plan = plan_of(&bytes, &Wishes::default()).unwrap();
    let cut = String::from_utf8_lossy(&bytes).find("</marc:record>").unwrap() + "</marc:record>".len();
    let (first, place) = plan.part(Place { offset: 0, line: 1, rows: 0 }, &bytes[..cut], false).unwrap();
    let (second, _) = plan.part(place, &bytes[cut..], true).unwrap();
    assert_eq!(
        (told(&first), told(&second)),
        (vec!["Prefixed One / Ann Ott / -".into()], vec!["Prefixed Two / Ann Ott / -".into()])
    );
}

#[test]
fn im52_one_record_without_a_collection() {
    assert_eq!(told(&read("marcxml-no-namespace-one-record.xml", "marcxml")), ["Alone, no Namespace / Ann Ott / -"]);
}

#[test]
fn im53_comments_and_cdata_cut_nothing_and_htmls_entities_are_read() {
    assert_eq!(
        told(&read("marcxml-one-line-traps.xml", "marcxml")),
        [
            "Täler & Höhen / Ann Ott / -",
            "A </record> in CDATA & more / Ann Ott / -",
            "Café / Ann Ott / -",
            "After / Ann Ott / -"
        ]
    );
}

#[test]
fn im53_an_entity_that_nothing_declares_fails_its_record() {
    let text = String::from_utf8(file("marcxml-one-line-traps.xml")).unwrap().replace("&eacute;", "&nothing;");
    let plan = plan_of(text.as_bytes(), &Wishes::default()).unwrap();
    let rows: Vec<_> = rows(plan, text.as_bytes()).collect();
    assert_eq!(told(&rows)[2..], ["xml-entity  line 1".to_owned(), "After / Ann Ott / -".into()]);
    assert!(rows[2].read.as_ref().unwrap_err().detail.contains("nothing"));
}

#[test]
fn im54_wrappers_are_no_records() {
    assert_eq!(
        told(&read("marcxml-sru-wrapper.xml", "marcxml")),
        ["Wrapped One / Ann Ott / -", "Wrapped Two / Ann Ott / -"]
    );
}

#[test]
fn im55_after_bad_xml_reading_goes_on() {
    assert_eq!(
        told(&read("marcxml-bad-among-good.xml", "marcxml")),
        [
            "Short Leader / Ann Ott / -",
            "Control Reference / Ann Ott / - !control-removed",
            "Raw Control / Ann Ott / - !control-removed",
            "Odd Tag / Unknown / - !author-unknown",
            "xml-bad  line 1",
            "Good After / Ann Ott / -",
        ]
    );
}

#[test]
fn im56_the_declared_encoding_counts() {
    assert_eq!(told(&read("marcxml-latin1-declared.xml", "marcxml")), ["Déjà vu / Zoë Müller / -"]);
}

#[test]
fn im57_a_document_type_is_refused_before_anything_is_expanded() {
    let started = Instant::now();
    assert_eq!(refused("marcxml-doctype.xml").0, Code::XmlDoctype);
    // Without an expansion it is microseconds.
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn im57_a_document_type_within_the_file_expands_nothing() {
    let record = "<record><leader/><datafield tag=\"245\"><subfield code=\"a\">&a;</subfield></datafield></record>";
    let text = format!("<collection><!DOCTYPE c [<!ENTITY a \"aaaa\">]>{record}</collection>");
    let plan = plan_of(text.as_bytes(), &Wishes::default()).unwrap();
    assert_eq!(told(&rows(plan, text.as_bytes()).collect::<Vec<_>>()), ["xml-entity  line 1"]);
}

#[test]
fn im58_an_empty_collection_has_no_records() {
    assert_eq!(refused("marcxml-empty-collection.xml").0, Code::NoRecords);
}
