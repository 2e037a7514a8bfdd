//! Spellings of the same words: marks, joined words, names, scripts.

use super::Catalogue;

#[tokio::test]
async fn se8_se9_se10_se11_se12_se13_se14_se15_se16_se17_se18_se19_apostrophes_hyphens_and_signs_stand_in_nobodys_way()
{
    let catalogue = Catalogue::start().await;
    catalogue.finds_first("c22", &["catch 22", "catch-22", "catch22", "Catch\u{2011}22"]).await;
    catalogue.finds_first("leagues", &["20000 leagues", "20,000 leagues", "20 000 leagues"]).await;
    catalogue.finds_first("etranger", &["etranger", "Étranger Camus", "l'etranger", "letranger"]).await;
    catalogue.finds_first("amica", &["amica geniale", "l’amica geniale"]).await;
    catalogue.finds_first("wizard", &["wizards first rule", "wizard's", "wizard’s first rule"]).await;
    catalogue.finds_first("evil", &["dont be evil", "don't be evil"]).await;
    for (text, book) in [("l etranger", "etranger"), ("wizard s first rule", "wizard"), ("don t be evil", "evil")] {
        let (found, answer) = catalogue.answer(&[("q", text)]).await;
        assert_eq!(found.first().map(String::as_str), Some(book), "{text}: {answer}");
    }
    catalogue.finds_first("spider", &["spiderman blue", "spider man blue", "spider-man"]).await;
    catalogue.finds_first("moby1", &["moby dick", "mobydick", "Moby–Dick"]).await;
    catalogue.finds_first("usa", &["usa dos passos", "u.s.a.", "u s a"]).await;
    catalogue.finds_first("cpp", &["c++"]).await;
    catalogue.finds_first("csharp", &["c#"]).await;
    catalogue.finds_first("net", &[".net"]).await;
    for text in ["pride & prejudice", "pride and prejudice", "pride prejudice"] {
        let mut found = catalogue.finds(text).await;
        found.sort();
        assert_eq!(found, ["pp1", "pp2"], "{text}");
    }
}

#[tokio::test]
async fn se21_se22_se23_se24_se25_se26_names_are_found_in_every_order() {
    let catalogue = Catalogue::start().await;
    for text in ["tolkien", "j.r.r. tolkien", "j. r. r. tolkien", "jrr tolkien", "tolkien, j.r.r."] {
        let mut found = catalogue.finds(text).await;
        found.sort();
        assert_eq!(found, ["hobbit", "ring", "silm"], "{text}");
    }
    catalogue.finds_first("hobbit", &["jrr tolkien hobbit", "hobbit tolkien", "hobbit, the"]).await;
    catalogue.finds_first("gogh", &["van gogh", "gogh vincent van"]).await;
    catalogue.finds_first("sexe", &["de beauvoir", "beauvoir"]).await;
    catalogue.finds_first("rihla", &["ibn battuta"]).await;
    let texts = [
        "riofrancos extraction",
        "thea riofrancos extraction",
        "frontiers of green capitalism",
        "extraction the frontiers of green capitalism",
        "Extraction : the frontiers",
    ];
    catalogue.finds_first("extraction", &texts).await;
}

#[tokio::test]
async fn se27_se28_se29_se30_se31_se33_se34_se35_se36_se37_se38_se39_se40_se41_se42_letters_of_all_scripts_are_found() {
    let catalogue = Catalogue::start().await;
    catalogue.finds_first("brucke", &["uber die brucke", "über die brücke", "ueber die bruecke", "Über"]).await;
    for text in ["müller", "mueller"] {
        let mut found = catalogue.finds(text).await;
        found.sort();
        assert_eq!(found, ["brucke", "mueller"], "{text}");
    }
    catalogue.finds_first("strasse", &["strasse", "straße", "STRASSE"]).await;
    catalogue.finds_first("oeuvres", &["oeuvres completes", "œuvres"]).await;
    catalogue.finds_first("aesop", &["aesop", "æsop fables"]).await;
    catalogue.finds_first("istanbul", &["istanbul", "ISTANBUL", "İSTANBUL"]).await;
    catalogue.finds_first("isik", &["isik", "ISIK", "ışık"]).await;
    let (found, _) = catalogue.answer(&[("q", "dampfschifffahrt")]).await;
    assert!(found.is_empty());
    catalogue.finds_first("genji", &["源氏", "物語", "源氏物語 紫式部", "源氏物語\u{3000}紫式部"]).await;
    catalogue.finds_first("yuki", &["雪国", "雪"]).await;
    catalogue.finds_first("glass", &["ガラスの仮面", "仮面", "ｶﾞﾗｽ", "カ\u{3099}ラス"]).await;
    catalogue.finds_first("pynyu", &["python入門", "python 入門", "入門", "python"]).await;
    catalogue.finds_first("veg", &["채식주의자", "한강"]).await;
    catalogue.finds_first("thai", &["กินข้าว", "แม่", "ข้าว"]).await;
    catalogue.finds_first("ram", &["राम चरित"]).await;
    assert!(catalogue.answer(&[("q", "रम")]).await.0.is_empty());
    catalogue.finds_first("hayawan", &["كتاب الحيوان", "حيوان", "الحيوان"]).await;
    catalogue.finds_first("maktaba", &["احمد", "أحمد"]).await;
    catalogue.finds_first("dat", &["dat rung", "Đất rừng", "ĐẤT RỪNG"]).await;
    catalogue.finds_first("voina", &["война", "ВОЙНА", "воина"]).await;
    catalogue.finds_first("elka", &["ёлка", "елка"]).await;
}

#[tokio::test]
async fn se32_se68_se69_se70_a_beginning_is_completed() {
    let catalogue = Catalogue::start().await;
    for (text, word) in [
        ("donaudampf", "donaudampfschifffahrt"),
        ("du", "dune"),
        ("dun", "dune"),
        ("it", "it"),
        ("we", "we"),
        ("v", "v"),
        ("源", "源氏"),
        ("雪", "雪国"),
        ("채", "채식주의자"),
        ("กิน", "กิน"),
        ("etr", "etranger"),
        ("l'etr", "letranger"),
        ("catch-2", "catch22"),
        ("j.r.r. tol", "j.r.r. tolkien"),
        ("Frank Herb", "Frank herbert"),
    ] {
        let suggested = catalogue.suggested(text).await;
        assert!(suggested.contains(&word.to_owned()) && suggested.len() <= 8, "{text}: {suggested:?}");
    }
    assert!(catalogue.suggested("tolkien dun").await.is_empty(), "no book has both");
    assert!(catalogue.suggested("!").await.is_empty() && catalogue.suggested("xqz").await.is_empty());
    catalogue.get("/search/suggest", &[]).await.invalid("?q");
}
