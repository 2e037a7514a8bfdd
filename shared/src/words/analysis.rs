//! The words of a text, and the further forms by which each is found.

use unicode_normalization::UnicodeNormalization;

use super::scripts::{Kind, clusters, is_han, kind};
use crate::values::fold;

/// The most words that are joined to one.
const MOST_JOINED: usize = 6;
/// The most bytes of a word. Longer words are cut, in books and in queries alike.
const LONGEST_WORD: usize = 96;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word, folded.
    pub main: String,
    /// Other spellings: whoever looks for one of them looks for the word. `muller`: `mueller`.
    pub also: Vec<String>,
    /// What the word is found by as well, although whoever looks for the word does not look for that. `wizards` (wizard's):
    /// `wizard`.
    pub parts: Vec<String>,
}

/// Neighbouring words that are one word in another spelling: Catch-22, J. R. R., 20,000.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The position of the first of them.
    pub first: usize,
    /// The position of the last.
    pub last: usize,
    /// All of them as one word: `catch22`.
    pub form: String,
}

/// The words of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysis {
    /// The words in their order.
    pub words: Vec<Word>,
    /// Which of them are one word in another spelling.
    pub joined: Vec<Joined>,
}

/// `&` stands for a word of the language.
pub(super) const AND: &str = "&";

/// Returns the words of a text.
pub fn analyse(text: &str) -> Analysis {
    let mut found = words_of(&comparable(fold(text)));
    let spelled: String =
        text.nfc().flat_map(|letter| spelling(letter).map_or(vec![letter], |two| two.chars().collect())).collect();
    if spelled != text.nfc().collect::<String>() {
        let other = words_of(&comparable(fold(&spelled)));
        for (word, other) in found.words.iter_mut().zip(&other.words) {
            if word.main != other.main {
                word.also.push(other.main.clone());
                word.parts.extend(other.parts.iter().cloned());
            }
        }
        let more = other.joined.into_iter().filter(|joined| !found.joined.contains(joined)).collect::<Vec<_>>();
        found.joined.extend(more);
    }
    found
}

/// Returns how a letter is written where the keyboard has it not.
fn spelling(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
        'ü' | 'Ü' => "ue",
        'å' | 'Å' => "aa",
        _ => return None,
    })
}

/// Returns a folded text without the differences of Arabic letters that many writers do not make. They stay in the order of
/// lists, so `fold` keeps them.
fn comparable(folded: String) -> String {
    if folded.contains(['ة', 'ٱ']) { folded.replace('ة', "ه").replace('ٱ', "ا") } else { folded }
}

/// A run of letters of one kind: a word, with apostrophes in it, or several words of a script without blanks.
struct Run<'a> {
    kind: Kind,
    text: &'a str,
    /// What stands between it and the run before it.
    gap: &'a str,
    /// What follows it directly, up to the next letter.
    after: &'a str,
}

fn runs(folded: &str) -> Vec<Run<'_>> {
    let letters: Vec<(usize, char)> = folded.char_indices().collect();
    let (mut spans, mut before): (Vec<(Kind, usize, usize)>, Kind) = (Vec::new(), Kind::Gap);
    for (index, &(at, letter)) in letters.iter().enumerate() {
        let end = at + letter.len_utf8();
        let mut here = kind(letter, before);
        if here == Kind::Gap && letter == '\'' && before == Kind::Spaced {
            let next = letters.get(index + 1).map_or(Kind::Gap, |&(_, next)| kind(next, Kind::Gap));
            here = if next == Kind::Spaced { Kind::Spaced } else { Kind::Gap };
        }
        match spans.last_mut() {
            Some((kind, _, last)) if here != Kind::Gap && *kind == here && *last == at => *last = end,
            _ if here != Kind::Gap => spans.push((here, at, end)),
            _ => {}
        }
        before = here;
    }
    let start_of = |index: usize| spans.get(index).map_or(folded.len(), |&(_, start, _)| start);
    let end_before = |index: usize| if index == 0 { 0 } else { spans[index - 1].2 };
    let run = |(index, &(kind, start, end)): (usize, &(Kind, usize, usize))| Run {
        kind,
        text: &folded[start..end],
        gap: &folded[end_before(index)..start],
        after: &folded[end..start_of(index + 1)],
    };
    spans.iter().enumerate().map(run).collect()
}

fn words_of(folded: &str) -> Analysis {
    let mut found = Analysis::default();
    // For each word of a run with blanks: its position, and whether the next run may continue it.
    let mut spans: Vec<(usize, &Run<'_>)> = Vec::new();
    let runs = runs(folded);
    for run in &runs {
        if run.gap.contains('&') && !found.words.is_empty() {
            found.words.push(Word { main: AND.into(), also: Vec::new(), parts: Vec::new() });
        }
        match run.kind {
            Kind::Spaced | Kind::Hangul => {
                spans.push((found.words.len(), run));
                found.words.push(spaced(run));
            }
            Kind::Pairs | Kind::Clusters => found.words.extend(unspaced(run)),
            Kind::Gap => {}
        }
    }
    let mut first = 0;
    for next in 1..=spans.len() {
        let continues_word = spans.get(next).is_some_and(|&(at, run)| {
            next - first < MOST_JOINED && at == spans[next - 1].0 + 1 && continues(&spans[first..next], run)
        });
        if !continues_word {
            if next - first > 1 {
                let parts = &spans[first..next];
                let form: String = parts.iter().map(|(at, _)| found.words[*at].main.as_str()).collect();
                found.joined.push(Joined { first: parts[0].0, last: parts[parts.len() - 1].0, form: cut(&form) });
            }
            first = next;
        }
    }
    found
}

/// Returns whether a run continues a joined word: after a hyphen, after a dot between single letters, or as the next three
/// digits of a number.
fn continues(before: &[(usize, &Run<'_>)], run: &Run<'_>) -> bool {
    let Some((_, last)) = before.last() else { return false };
    let is_letter = |run: &Run<'_>| run.text.chars().count() == 1 && run.text.chars().all(char::is_alphabetic);
    let is_digits = |run: &Run<'_>| run.text.bytes().all(|byte| byte.is_ascii_digit());
    match run.gap {
        "-" => true,
        "." | ". " if is_letter(last) => is_letter(run),
        "," | " " | "." => {
            let leads = before.iter().rev().take_while(|(_, run)| is_digits(run)).count() == before.len();
            let fits = before.iter().skip(1).all(|(_, run)| run.text.len() == 3);
            leads && fits && before[0].1.text.len() <= 3 && is_digits(run) && run.text.len() == 3
        }
        _ => false,
    }
}

/// Returns the word of a run between blanks.
fn spaced(run: &Run<'_>) -> Word {
    let main = cut(&run.text.replace('\'', ""));
    let (mut also, mut parts) = (Vec::new(), Vec::new());
    if let Some((before, after)) = run.text.split_once('\'') {
        let (letters_before, letters_after) = (before.chars().count(), after.chars().count());
        if letters_before <= 5 && letters_after >= 3 {
            // L'Étranger is looked for without its article as well.
            also.push(cut(&after.replace('\'', "")));
        } else if letters_before >= 3 && letters_after <= 2 {
            parts.push(cut(before));
        }
    }
    if let Some(bare) = main.strip_prefix("ال").filter(|bare| bare.chars().count() >= 3) {
        also.push(bare.to_owned());
    }
    // C++, C# and .NET are other words than C and net.
    let signs: String = run.after.chars().take_while(|sign| matches!(sign, '+' | '#')).collect();
    let is_dotted =
        run.gap.ends_with('.') && (run.gap.len() == 1 && run.text.starts_with("net") || run.gap.ends_with(" ."));
    if !signs.is_empty() && main.chars().count() <= 2 {
        return Word { parts: vec![main.clone()], main: format!("{main}{signs}"), also };
    }
    if is_dotted && main.chars().all(char::is_alphabetic) {
        return Word { parts: vec![main.clone()], main: format!(".{main}"), also };
    }
    Word { main, also, parts }
}

/// Returns the words of a run of a script without blanks: each two letters, and each letter of Han.
fn unspaced(run: &Run<'_>) -> Vec<Word> {
    let letters = clusters(run.text);
    let plain = |main: String, parts| Word { main, also: Vec::new(), parts };
    if let [only] = letters[..] {
        return vec![plain(only.to_owned(), Vec::new())];
    }
    let han = |letter: &str| letter.chars().all(is_han).then(|| letter.to_owned());
    let pairs = letters.windows(2).map(|pair| plain(pair.concat(), han(pair[0]).into_iter().collect()));
    let mut words: Vec<Word> = pairs.collect();
    if let (Some(word), Some(last)) = (words.last_mut(), letters.last()) {
        word.parts.extend(han(last));
    }
    words
}

fn cut(word: &str) -> String {
    word[..word.floor_char_boundary(LONGEST_WORD)].to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::analyse;

    fn mains(text: &str) -> Vec<String> {
        analyse(text).words.into_iter().map(|word| word.main).collect()
    }

    fn joined(text: &str) -> Vec<String> {
        analyse(text).joined.into_iter().map(|joined| joined.form).collect()
    }

    #[test]
    fn se8_se9_se16_se21_joined_spellings_are_one_word_as_well() {
        assert_eq!(
            (mains("Catch-22"), joined("Catch\u{2011}22")),
            (vec!["catch".into(), "22".into()], vec!["catch22".into()])
        );
        assert_eq!(joined("20,000 Leagues"), ["20000"]);
        assert_eq!(joined("20 000 Leagues"), ["20000"]);
        assert_eq!(joined("U.S.A."), ["usa"]);
        assert_eq!(joined("Tolkien, J. R. R."), ["jrr"]);
        assert_eq!(joined("J.R.R. Tolkien"), ["jrr"]);
        assert!(joined("The end. A start").is_empty() && joined("1984, 1985").is_empty());
    }

    #[test]
    fn se10_se12_a_word_with_an_apostrophe_is_found_without_its_article_or_its_end() {
        let word = &analyse("L’Étranger").words[0];
        assert_eq!((word.main.as_str(), word.also.as_slice()), ("letranger", &["etranger".to_owned()][..]));
        let word = &analyse("Wizard's").words[0];
        assert_eq!((word.main.as_str(), word.parts.as_slice()), ("wizards", &["wizard".to_owned()][..]));
        assert_eq!(mains("\"a\" 'n' rock'n'roll"), ["a", "n", "rocknroll"]);
    }

    #[test]
    fn se17_se18_signs_are_part_of_a_short_word() {
        assert_eq!(mains("The C++ Programming Language"), ["the", "c++", "programming", "language"]);
        assert_eq!(mains("C# in Depth"), ["c#", "in", "depth"]);
        assert_eq!(mains("Pro .NET Memory"), ["pro", ".net", "memory"]);
        assert_eq!(mains(".net"), [".net"]);
        assert_eq!(analyse("c++").words[0].parts, ["c"]);
    }

    #[test]
    fn se27_se28_umlauts_are_found_in_both_spellings() {
        let word = &analyse("Mu\u{308}ller").words[0];
        assert_eq!((word.main.as_str(), word.also.as_slice()), ("muller", &["mueller".to_owned()][..]));
        assert_eq!(mains("straße STRASSE"), ["strasse", "strasse"]);
    }

    #[test]
    fn se33_se34_se35_se36_se37_se38_se39_se40_scripts_without_blanks_are_cut_into_pairs() {
        assert_eq!(mains("源氏物語"), ["源氏", "氏物", "物語"]);
        assert_eq!(analyse("雪国").words[0].parts, ["雪", "国"]);
        assert_eq!(mains("ガラスの仮面"), mains("ｶﾞﾗｽの仮面"));
        assert_eq!(mains("Python入門"), ["python", "入門"]);
        assert_eq!(mains("채식주의자"), ["채식주의자"]);
        assert_eq!(mains("แม่"), ["แม่"]);
        let book = mains("กินข้าวกับแม่ที่บ้าน");
        assert!(mains("ข้าว").iter().chain(&mains("กินข้าว")).all(|word| book.contains(word)), "{book:?}");
        assert_eq!(mains("राम चरित"), ["राम", "चरित"]);
        assert_eq!(analyse("الحيوان").words[0].also, ["حيوان"]);
    }

    proptest! {
        #[test]
        fn every_text_has_words_and_every_word_is_a_word_of_itself(text in any::<String>()) {
            let found = analyse(&text);
            for joined in &found.joined {
                prop_assert!(joined.first < joined.last && joined.last < found.words.len());
            }
            for word in &found.words {
                prop_assert!(!word.main.is_empty() && word.main.len() <= super::LONGEST_WORD + 8);
            }
        }
    }
}
