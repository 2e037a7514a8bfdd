//! Which words find which books, and what is done with words that find none.

use serde_json::json;

use super::Catalogue;

#[tokio::test]
async fn se1_se2_se3_se4_se5_se6_se7_se44_short_words_frequent_words_and_numbers_are_words() {
    let catalogue = Catalogue::start().await;
    assert_eq!(catalogue.finds("it").await[..2], ["it", "itself"]);
    catalogue.finds_first("v", &["v", "V."]).await;
    catalogue.finds_first("s", &["s."]).await;
    catalogue.finds_first("we", &["we"]).await;
    catalogue.finds_first("tobe", &["to be or not to be"]).await;
    catalogue.finds_first("rye", &["the catcher in the rye"]).await;
    catalogue.finds_first("a", &["a", "\"a\""]).await;
    let found = catalogue.finds("1984").await;
    assert_eq!(found, ["1984", "1984b"]);
    let (found, answer) = catalogue.answer(&[("q", "1983")]).await;
    assert!(found.is_empty() && answer == json!({"items": []}), "{answer}");
    for year in ["2666", "2001", "2010"] {
        catalogue.finds_first(year, &[year]).await;
    }
    catalogue.finds_first("notw", &["not without laughter"]).await;
}

#[tokio::test]
async fn se20_se43_se45_se46_se47_se48_se49_se50_there_are_no_operators_and_what_is_no_word_is_left_alone() {
    let catalogue = Catalogue::start().await;
    for text in [
        "dune",
        "dun* dune",
        "dune~",
        "(dune",
        "dune)",
        "dune\\",
        "dune/",
        "?dune",
        "dune 🙂",
        "dune !!!",
        "dune\u{200b}",
        "dune dune dune",
    ] {
        if text.contains('*') {
            assert_eq!(catalogue.get("/search", &[("q", text)]).await.status, 200);
        } else {
            catalogue.finds_first("dune", &[text]).await;
        }
    }
    for text in [
        "dun*",
        "dune^2",
        "[dune TO june]",
        "title:dune",
        "<b>dune</b>",
        "\"pride and prejudice\"",
        "pride AND prejudice",
    ] {
        catalogue.get("/search", &[("q", text)]).await.expect(200);
    }
    assert_eq!(catalogue.finds("pride -prejudice").await, catalogue.finds("pride prejudice").await);
    catalogue.finds_first("dog", &["the curious incident of the dog in the night-time"]).await;
    catalogue.get("/search", &[("q", &"x".repeat(400))]).await.expect(200);
    let many_words: String = ('\u{4e00}'..).take(400).collect();
    catalogue.get("/search", &[("q", &many_words)]).await.expect(200);
    // The words that are known may not be among the first.
    let (found, answer) = catalogue.answer(&[("q", "新装版完全改訂版源氏物語")]).await;
    assert_eq!(found, ["genji"], "{answer}");
    for text in ["", " ", "!!!", "🙂", "\u{200b}", "???", "a\0", &"x".repeat(401), &"x".repeat(9_000)] {
        catalogue.get("/search", &[("q", text)]).await.invalid("?q");
    }
    catalogue.get("/search", &[]).await.invalid("?q");
    catalogue.library.stranger().get("/search?q=%FF").await.invalid("?q");
    catalogue.get("/search", &[("q", "dune"), ("author", "!!!")]).await.invalid("?author");
}

#[tokio::test]
async fn se51_se52_se53_se54_se55_se56_se57_one_slip_is_corrected_and_said() {
    let catalogue = Catalogue::start().await;
    for (text, book, typed, searched) in [
        ("hobit", "hobbit", "hobit", "Hobbit"),
        ("hobbti", "hobbit", "hobbti", "Hobbit"),
        ("silmarilion", "silm", "silmarilion", "Silmarillion"),
        ("tolkein hobbit", "hobbit", "tolkein", "Tolkien"),
        ("dune mesiah", "dune2", "mesiah", "Messiah"),
    ] {
        let (found, answer) = catalogue.answer(&[("q", text)]).await;
        assert_eq!(found.first().map(String::as_str), Some(book), "{text}: {answer}");
        let corrected = json!([{"typed": typed, "searched": searched.split('.').next_back()}]);
        assert_eq!((&answer["corrected"], &answer["leftOut"]), (&corrected, &json!(null)), "{text}");
    }
    assert_eq!(catalogue.finds("cat").await, ["cat"]);
    for text in ["bat", "xqzptk"] {
        assert_eq!(catalogue.answer(&[("q", text)]).await.1, json!({"items": []}), "{text}");
    }
    let (found, answer) = catalogue.answer(&[("q", "xqzptk dune")]).await;
    assert_eq!((found[0].as_str(), &answer["leftOut"]), ("dune", &json!(["xqzptk"])));
    // What can be corrected is corrected, and the rest left out.
    let (found, answer) = catalogue.answer(&[("q", "dune mesiah xqzptk")]).await;
    assert_eq!((found[0].as_str(), &answer["leftOut"]), ("dune2", &json!(["xqzptk"])));
    assert_eq!(answer["corrected"], json!([{"typed": "mesiah", "searched": "Messiah"}]));
    // Two words that no book has together.
    let (found, answer) = catalogue.answer(&[("q", "june herbert")]).await;
    assert_eq!((found[0].as_str(), &answer["leftOut"]), ("dune", &json!(null)));
    assert_eq!(answer["corrected"], json!([{"typed": "june", "searched": "Dune"}]));
    // A short word is left out, and not the one that tells.
    for text in ["hobbit v", "s hobbit"] {
        let (found, answer) = catalogue.answer(&[("q", text)]).await;
        assert_eq!(found, ["hobbit"], "{text}: {answer}");
    }
    // Of three words that one is left out which a book with the rarest lacks alone.
    let (found, answer) = catalogue.answer(&[("q", "silmarillion tolkien ann")]).await;
    assert_eq!((found[0].as_str(), &answer["leftOut"]), ("silm", &json!(["ann"])));
    // No word is replaced by one that is in the query already.
    let (found, answer) = catalogue.answer(&[("q", "june dune")]).await;
    assert_eq!((found.len(), &answer["corrected"]), (1, &json!(null)), "{answer}");
    // The second page keeps what was corrected.
    let (first, answer) = catalogue.answer(&[("q", "dune herbrt"), ("limit", "2")]).await;
    let cursor = answer["nextCursor"].as_str().expect("there is more");
    let (second, next) = catalogue.answer(&[("q", "dune herbrt"), ("limit", "2"), ("cursor", cursor)]).await;
    assert_eq!(next["corrected"], answer["corrected"]);
    assert_eq!((first.len(), second.len()), (2, 2));
    assert!(first.iter().all(|book| !second.contains(book)));
    catalogue.get("/search", &[("q", "dune"), ("cursor", cursor)]).await.invalid("?cursor");
}

#[tokio::test]
async fn se58_se59_se60_an_isbn_finds_its_book_in_every_spelling() {
    let catalogue = Catalogue::start().await;
    for text in [
        "9780441172719",
        "978-0-441-17271-9",
        "0441172717",
        "0-441-17271-7",
        "ISBN 0441172717",
        "ISBN-13: 978 0441172719",
        "9780441172719 (pbk.)",
    ] {
        assert_eq!(catalogue.finds(text).await, ["dune"], "{text}");
    }
    let (found, answer) = catalogue.answer(&[("q", "9780441172718")]).await;
    assert!(found.is_empty());
    assert_eq!(answer["isbn"], "the check digit should be 9");
    assert_eq!(catalogue.answer(&[("q", "9780000000002")]).await.1, json!({"items": []}));
    for text in ["dune 9780441172719", "herbert 0441172717"] {
        let found = catalogue.finds(text).await;
        assert_eq!(found[0], "dune", "{text}");
        assert_eq!(found.iter().filter(|book| *book == "dune").count(), 1, "{text}");
    }
    // The ISBN's book is the only one with these words: none of them is left out.
    for text in ["moby dick melville 9780142437247", "9780142437247 herman moby"] {
        assert_eq!(catalogue.finds(text).await, ["moby1"], "{text}");
    }
    assert_eq!(catalogue.finds("9780441172719").await, ["dune"]);
    assert!(catalogue.answer(&[("q", "9780441172719"), ("language", "French")]).await.0.is_empty());
}

#[tokio::test]
async fn se71_se72_se73_a_whole_title_comes_first() {
    let catalogue = Catalogue::start().await;
    assert_eq!(catalogue.finds("dune").await, ["dune", "dune2", "dune3", "dune4"]);
    assert_eq!(catalogue.finds("aesop").await, ["aesop"]);
    catalogue.finds_first("1984b", &["big brother and 1984"]).await;
}
