use jiff::Timestamp;
use serde_json::json;
use shared::crypto::letter_key::LetterKey;
use shared::crypto::secret::Secret;
use shared::tables::journal::letter::{Addressee, LateBook, Letter, Subject};
use shared::tables::library::book::Book;
use shared::tables::library::lending::rules::Rules;
use shared::values::{Address, Calendar, Day, Language, Role, Title, UserId};
use uuid::Uuid;

use super::words::Words;
use super::{House, Mail, Sending};

const SITE: &str = "https://library.example";
const LIBRARY: &str = "Springfield <Library>";
/// The longest address that a website without a domain has.
const DOOR: &str = "https://abcdefghij.execute-api.eu-central-1.amazonaws.com/v1/web";

/// Titles that people or the ill-meaning have.
fn titles() -> Vec<String> {
    let long = ["é", "龍", "😀", "\u{fdfa}", "<", "W"].map(|letter| letter.repeat(500));
    let words = "word ".repeat(99);
    let odd = [
        "Kindred",
        "كليلة ودمنة",
        "One\u{2028}https://two.example",
        "{book} *now* {",
        "www.evil.example",
        "A\u{202e}B",
    ];
    let scripts = ["<script>alert(\"1\")</script> & 'more'", "--\u{2028}https://evil.example"];
    odd.iter().chain(&scripts).map(ToString::to_string).chain(long).chain([words]).collect()
}

fn house(site: &str) -> House {
    let key = LetterKey::from_secret(&Secret::new([7; 32]).expect("32 bytes"));
    House { key, site: site.to_owned(), api: format!("{site}/v1") }
}

fn rules() -> Rules {
    Rules { name: LIBRARY.parse().expect("a name"), ..Rules::default() }
}

fn user() -> UserId {
    [1; 16].into()
}

fn written_at() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

fn to(name: Option<&str>) -> Addressee {
    Addressee {
        email: "jane@example.com".parse().expect("an address"),
        name: name.map(ToOwned::to_owned),
        proved: true,
        language: None,
    }
}

fn book(title: &str, author: &str) -> Book {
    let (id, owner) = (Uuid::from_bytes([3; 16]), UserId::from([1; 16]));
    let book = json!({"id": id, "title": title, "author": author, "publicationYear": 1979, "copies": 1, "owner": owner,
        "createdAt": written_at(), "updatedAt": written_at(), "version": 1});
    serde_json::from_value(book).expect("a book")
}

fn day(day: &str) -> Day {
    day.to_owned().try_into().expect("a day")
}

/// Returns what the website at that address has rendered of a letter, on the day after it was written.
fn rendered(site: &str, subject: Subject, to: &Addressee, book: Option<&Book>, rules: &Rules) -> Option<Mail> {
    let letter = Letter::to_reader(user(), subject);
    let now = "2026-11-26T10:00:00Z".parse().expect("a time");
    house(site).render(&Sending { letter: &letter, to, written_at: written_at(), now, book, rules })
}

/// Returns whether a letter is about one book alone.
fn is_about_one(subject: &Subject) -> bool {
    subject.is_about_a_book() && !matches!(subject, Subject::Overdue { books } if books.len() > 1)
}

/// Returns the mail of a letter to Jane in a language, about a book by Octavia E. Butler.
fn mail_in(language: Language, subject: Subject, title: &str) -> Mail {
    let book = is_about_one(&subject).then(|| book(title, "Octavia E. Butler"));
    let to = to(Some("Jane")).reading(Some(language));
    rendered(SITE, subject, &to, book.as_ref(), &rules()).expect("a letter to send")
}

/// Returns the mail of a letter to Jane, about Kindred if it is about a book.
fn mail(subject: Subject) -> Mail {
    mail_in(Language::English, subject, "Kindred")
}

/// Returns the mails of every letter in every language.
fn every_mail(title: &str) -> Vec<(&'static Words, Subject, Mail)> {
    let of = |language| {
        subjects(title).into_iter().map(move |subject| {
            let mail = mail_in(language, subject.clone(), title);
            (Words::of(language), subject, mail)
        })
    };
    Language::ALL.into_iter().flat_map(of).collect()
}

/// Returns every subject that has a letter, with a book of that title.
fn subjects(title: &str) -> Vec<Subject> {
    let title = || title.parse().expect("a title");
    let then = "2026-11-23T14:00:00Z".parse().expect("a time");
    vec![
        Subject::Welcome,
        Subject::Reset { nonce: Uuid::from_bytes([2; 16]) },
        Subject::Added { nonce: Uuid::from_bytes([2; 16]) },
        Subject::PasswordChanged,
        Subject::Farewell,
        Subject::Verification,
        Subject::EmailChangeRequested,
        Subject::EmailChanged,
        Subject::Renamed,
        Subject::RoleChanged { role: Role::Admin },
        Subject::RoleChanged { role: Role::Assistant },
        Subject::RoleChanged { role: Role::Member },
        Subject::NewDevice { from: Address::new("203.0.113.7") },
        Subject::SessionStolen,
        Subject::DataFetched { from: Address::new("203.0.113.7") },
        Subject::Reserved { title: title(), until: then },
        Subject::Queued { title: title(), place: 3 },
        Subject::Queued { title: title(), place: 1 },
        Subject::Ready { title: title(), until: then },
        Subject::Displaced { title: title() },
        Subject::DueSoon { title: title(), due: then, on: Some(day("2026-11-23")) },
        Subject::Overdue { books: vec![late(title(), "2026-11-23")] },
        Subject::Overdue { books: vec![late(title(), "2026-11-16"), late(title(), "2026-11-23")] },
    ]
}

fn late(title: Title, on: &str) -> LateBook {
    LateBook { book: [3; 16].into(), title, on: day(on) }
}

/// Returns the lines of a text that are an address.
fn links(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("http")).collect()
}

/// Returns the words of the HTML that a person sees and hears, with quotes for italics, as the text has them.
fn words_of(html: &str, [before_title, after_title]: [&str; 2]) -> Vec<String> {
    let (_, body) = html.split_once("<div class=\"sheet\"").expect("a sheet");
    let (before, rest) = body.split_once("<!--[if !mso]>").unwrap_or((body, ""));
    let after = rest.split_once("<!--<![endif]-->").map_or("", |(_, after)| after);
    let mut text = String::new();
    for piece in format!("<{before}{after}").split('<').skip(1) {
        let (tag, words) = piece.split_once('>').expect("a whole tag");
        text.push_str(match tag {
            "cite" => before_title,
            "/cite" => after_title,
            "bdi" | "/bdi" | "b" | "/b" => "",
            _ => " ",
        });
        text.push_str(words);
    }
    let text = text.replace("&#60;", "<").replace("&#62;", ">").replace("&#39;", "'");
    text.split_whitespace().map(ToOwned::to_owned).collect()
}

#[test]
fn a_letter_has_the_same_words_as_text_and_as_html() {
    for (words, subject, mail) in every_mail("Kindred") {
        let html = words_of(&mail.html, words.quotes).join(" ");
        let copy = words.copy_the_address.split_whitespace().collect::<Vec<_>>().join(" ");
        let html = html.replace(&format!("{copy} "), "");
        let text = mail.text.replace("--\n", "");
        let text = match words.letter(&subject).and_then(|letter| letter.button) {
            Some(button) => text.replace(&format!("{button}{}\n", words.colon), &format!("{button}\n")),
            None => text,
        };
        assert_eq!(html, text.split_whitespace().collect::<Vec<_>>().join(" "));
        assert!(mail.html.contains(&format!("<title>{}</title>", mail.subject)), "{}", mail.subject);
        assert!(mail.html.contains(&format!("<html lang=\"{}\" ", words.code)), "{}", words.code);
    }
}

#[test]
fn a_link_shows_where_it_leads_and_leads_to_the_website() {
    for (_, subject, mail) in every_mail("Kindred") {
        let is_farewell = subject == Subject::Farewell;
        let links = links(&mail.text);
        // Letters that can be switched off say where.
        let is_choice = subject.choice().is_some();
        assert_eq!(links.contains(&"https://library.example/account#letters"), is_choice, "{}", mail.text);
        assert_eq!(links.len(), if is_farewell { 1 } else { 2 + usize::from(is_choice) }, "{}", mail.text);
        for link in &links {
            assert!(link.starts_with(&format!("{SITE}/")), "{link}");
            assert!(mail.html.contains(&format!(">{link}</a>")), "{}", mail.html);
        }
        // The button, its address, the home page and the choice. Nothing is loaded, and there are no other links.
        assert_eq!(mail.html.matches("href=").count(), links.len() + usize::from(!is_farewell));
        assert_eq!(mail.html.matches("http").count(), 2 * links.len() + usize::from(!is_farewell));
        for loads in ["src=", "url(", "<img", "<script", "<link", "@import", "background=\""] {
            assert!(!mail.html.contains(loads), "{loads}");
        }
    }
}

#[test]
fn wb21_every_address_in_a_text_is_alone_on_its_line_and_its_token_has_letters_and_digits_alone() {
    let longest = format!("{}@{}.example", "a".repeat(64), ["b"; 3].map(|label| label.repeat(59)).join("."));
    let addressee = Addressee { email: longest.parse().expect("an address"), ..to(None) };
    for title in titles() {
        for subject in subjects(&title) {
            let about = is_about_one(&subject).then(|| book(&title, "http://evil.example"));
            let mail = rendered(DOOR, subject, &addressee, about.as_ref(), &rules()).expect("a letter");
            let lines: Vec<_> =
                mail.text.lines().filter(|line| line.contains("://") || line.contains("www.")).collect();
            assert_eq!(lines, links(&mail.text));
            assert!(!lines.is_empty() && mail.text.ends_with('\n'), "{}", mail.text);
            for line in lines {
                let path = line.strip_prefix(DOOR).expect("it leads to the website");
                let (page, token) = path.split_once("?token=").unwrap_or((path, "none"));
                assert!(page.bytes().all(|letter| letter.is_ascii_lowercase() || b"/-#".contains(&letter)), "{page}");
                assert!(token.bytes().all(|letter| letter.is_ascii_alphanumeric()), "{token}");
            }
        }
    }
}

#[test]
fn a_letter_is_short_enough_for_every_mail_program() {
    let name = "மு".repeat(20);
    for title in titles() {
        let each = Language::ALL
            .into_iter()
            .flat_map(|language| subjects(&title).into_iter().map(move |subject| (language, subject)));
        for (language, subject) in each {
            let about = is_about_one(&subject).then(|| book(&title, &title));
            let to = to(Some(&name)).reading(Some(language));
            let mail = rendered(DOOR, subject, &to, about.as_ref(), &rules()).expect("a letter");
            // Gmail hides what follows 102 kB.
            assert!(mail.html.len() < 16_000, "{}", mail.html.len());
            assert!(mail.subject.len() <= 870 && !mail.subject.chars().any(char::is_control), "{}", mail.subject);
            // RFC 5322, 2.1.1.
            for line in mail.text.lines().chain(mail.html.lines()) {
                assert!(line.len() <= 998, "{}: {line}", line.len());
            }
        }
    }
}

#[test]
fn links_contain_the_tokens_that_auth_opens() {
    let token = |subject| {
        let mail = mail(subject);
        links(&mail.text)[0].split_once("?token=").expect("a token").1.to_owned()
    };
    let key = house(SITE).key;
    let welcome = key.open_verification(&token(Subject::Welcome), written_at());
    assert_eq!(welcome, Some((user(), to(None).email)));
    let again = key.open_verification(&token(Subject::Verification), written_at());
    assert_eq!(again, welcome);
    let nonce = Uuid::from_bytes([2; 16]);
    assert_eq!(key.open_reset(&token(Subject::Reset { nonce })), Some((user(), nonce)));
}

/// Returns the mails about a book of that title.
fn about(title: &str) -> Vec<Mail> {
    let one = subjects(title).into_iter().filter(is_about_one);
    one.map(|subject| mail_in(Language::English, subject, title)).collect()
}

#[test]
fn a_title_is_shown_as_text_only() {
    let title = "<script>alert(\"1\")</script> & 'more'";
    for mail in about(title) {
        assert!(mail.text.contains(&format!("“{title}” by Octavia E. Butler")), "{}", mail.text);
        assert!(mail.subject.ends_with(": <script>alert(\"1\")</script> & 'more'"), "{}", mail.subject);
        assert!(!mail.html.contains("<script") && !mail.html.contains("'more'"), "{}", mail.html);
        assert!(mail.html.contains("&#60;script&#62;alert(&#34;1&#34;)"), "{}", mail.html);
    }
    for mail in about("{book} *now* {") {
        assert!(mail.text.contains("“{book} *now* {” by"), "{}", mail.text);
        assert!(mail.html.contains("<bdi>{book} *now* {</bdi>"), "{}", mail.html);
    }
}

#[test]
fn a_title_from_right_to_left_does_not_turn_the_sentence_around() {
    for mail in about("كليلة ودمنة") {
        assert!(mail.text.contains("“\u{2068}كليلة ودمنة\u{2069}” by"), "{}", mail.text);
        assert!(mail.html.contains("<cite><bdi>كليلة ودمنة</bdi></cite>"), "{}", mail.html);
        assert!(mail.html.contains("border-right:6px solid"), "{}", mail.html);
    }
}

#[test]
fn a_letter_about_a_book_that_cannot_be_read_has_its_title_alone() {
    for subject in subjects("Kindred").into_iter().filter(is_about_one) {
        let mail = rendered(SITE, subject, &to(None), None, &rules()).expect("a letter to send");
        assert!(mail.text.contains("“Kindred”") && !mail.text.contains(" by Octavia"), "{}", mail.text);
        assert!(!mail.html.contains("class=\"cover\"") && mail.html.contains("<bdi>Kindred</bdi>"), "{}", mail.html);
    }
}

#[test]
fn a_reader_without_a_name_is_greeted_too() {
    let rendered = |name| rendered(SITE, Subject::Farewell, &to(name), None, &rules()).expect("a letter to send");
    assert!(rendered(None).text.starts_with("Goodbye, and thank you\n\nHello,\n\nYour account"));
    assert!(rendered(None).html.contains(">Hello,</p>"));
    assert!(rendered(Some("Anne O'Neill")).text.contains("\n\nHello Anne O'Neill,\n\n"));
    assert!(rendered(Some("Anne O'Neill")).html.contains("<bdi>Anne O&#39;Neill</bdi>,</p>"));
}

#[test]
fn the_subject_nothing_has_no_mail() {
    assert!(rendered(SITE, Subject::Nothing, &to(None), None, &rules()).is_none());
}

#[test]
fn each_subject_has_its_subject_line_in_every_language() {
    let lines = |language| {
        let lines = subjects("Kindred").into_iter().map(|subject| mail_in(language, subject, "Kindred").subject);
        lines.collect::<Vec<_>>()
    };
    let english = [
        "Is this your address?",
        "A new password",
        "Choose a password",
        "Your password was changed",
        "Your account is gone",
        "Is this your address?",
        "Another address for your account",
        "Your email address was changed",
        "Your username was changed",
        "You are a librarian now",
        "You are an assistant now",
        "You do not work at the desk any more",
        "A new device",
        "A device was signed out",
        "Your data were fetched",
        "Ready for you: Kindred",
        "You are 3rd in the queue: Kindred",
        "You are next: Kindred",
        "Ready for you: Kindred",
        "Not ready after all: Kindred",
        "Due Monday: Kindred",
        "3 days late: Kindred",
        "2 books are late",
    ];
    assert_eq!(lines(Language::English), english);
    let about_books = |language| lines(language).split_off(15);
    let german = [
        "Für Sie bereit: Kindred",
        "Sie sind an 3. Stelle: Kindred",
        "Sie sind als Nächstes an der Reihe: Kindred",
        "Für Sie bereit: Kindred",
        "Doch noch nicht bereit: Kindred",
        "Fällig am Montag: Kindred",
        "3 Tage überfällig: Kindred",
        "2 Bücher sind überfällig",
    ];
    assert_eq!(about_books(Language::German), german);
    let french = [
        "Prêt pour vous\u{a0}: Kindred",
        "Vous êtes 3e dans la file\u{a0}: Kindred",
        "C’est bientôt votre tour\u{a0}: Kindred",
        "Prêt pour vous\u{a0}: Kindred",
        "Pas encore prêt, finalement\u{a0}: Kindred",
        "À rendre lundi\u{a0}: Kindred",
        "3 jours de retard\u{a0}: Kindred",
        "2 livres sont en retard",
    ];
    assert_eq!(about_books(Language::French), french);
    let spanish = [
        "Listo para usted: Kindred",
        "Su lugar en la cola es el 3.º: Kindred",
        "El próximo turno es suyo: Kindred",
        "Listo para usted: Kindred",
        "Al final no está listo: Kindred",
        "Vence el lunes: Kindred",
        "3 días de retraso: Kindred",
        "2 libros van con retraso",
    ];
    assert_eq!(about_books(Language::Spanish), spanish);
}

#[test]
fn dk60_every_language_has_every_letter_with_every_field_and_its_facts() {
    for subject in subjects("Kindred") {
        let facts = |words: &Words| {
            let letter = words.letter(&subject).expect("a letter");
            let parts = [letter.subject, letter.first_line, letter.heading];
            let all = parts.into_iter().chain(letter.paragraphs).chain(letter.button);
            let all: Vec<_> = all.inspect(|part| assert!(!part.trim().is_empty(), "{}", words.code)).collect();
            assert!(letter.paragraphs.iter().all(|words| words.matches('*').count() % 2 == 0), "{}", words.code);
            assert_eq!(letter.button.is_none(), subject == Subject::Farewell, "{}", words.code);
            let text = all.join(" ");
            let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            let mut names: Vec<_> = names.map(|(name, _)| name.to_owned()).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        let english = facts(Words::of(Language::English));
        for language in Language::ALL {
            assert_eq!(facts(Words::of(language)), english, "{}: {subject:?}", language.code());
        }
    }
    for language in Language::ALL {
        let words = Words::of(language);
        assert_eq!(words.code, language.code());
        assert!(words.hello_name.contains("{name}") && words.signed.contains("{library}"), "{}", words.code);
        assert!(words.by.contains("{title}") && words.by.contains("{author}"), "{}", words.code);
        let line = ["{title}", "{day}", "{late}"];
        assert!(line.iter().all(|fact| words.late_book.contains(fact)), "{}", words.code);
    }
}

#[test]
fn dk60_what_people_have_chosen_is_literal_in_the_text_and_escaped_once_in_the_html() {
    let (title, library) = ("Q & A: 'Don't' <now>", "Müller's \"Haus\"");
    let rules = Rules { name: library.parse().expect("a name"), ..rules() };
    for language in Language::ALL {
        for subject in subjects(title).into_iter().filter(is_about_one) {
            let to = to(None).reading(Some(language));
            let mail = rendered(SITE, subject, &to, None, &rules).expect("a letter to send");
            assert!(mail.subject.ends_with(title), "{}", mail.subject);
            assert!(mail.text.contains(title) && mail.text.contains(library), "{}", mail.text);
            let escaped = ["Q &#38; A: &#39;Don&#39;t&#39; &#60;now&#62;", "Müller&#39;s &#34;Haus&#34;"];
            assert!(escaped.iter().all(|text| mail.html.contains(text)), "{}", mail.html);
            assert!(!mail.html.contains("&#38;#"), "{}", mail.html);
        }
    }
}

#[test]
fn dk61_a_letter_is_in_the_language_of_its_reader_or_else_of_the_library_as_a_whole() {
    let of_the_library = |language| Rules { language, ..rules() };
    let heading = |own, language| {
        let mail = rendered(SITE, Subject::PasswordChanged, &to(None).reading(own), None, &of_the_library(language));
        mail.expect("a letter to send").text.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(heading(Some(Language::French), Language::German), "Votre mot de passe a été modifié");
    assert_eq!(heading(None, Language::German), "Ihr Passwort wurde geändert");
    assert_eq!(heading(None, Language::Spanish), "Su contraseña ha cambiado");
    assert_eq!(heading(Some(Language::English), Language::Spanish), "Your password was changed");
}

#[test]
fn dk62_a_letter_has_the_days_and_the_times_of_its_language() {
    let until = "2027-03-01T00:00:00Z".parse().expect("a time");
    let subject = Subject::Ready { title: "Kindred".parse().expect("a title"), until };
    let days = [
        (Language::English, "until Monday, 1 March, 00:00 UTC."),
        (Language::German, "bis Montag, 1. März, 0:00 Uhr UTC am Tresen"),
        (Language::French, "jusqu’au lundi 1er mars à 0\u{a0}h\u{a0}00 UTC."),
        (Language::Spanish, "hasta el lunes 1 de marzo, 0:00\u{a0}h UTC."),
    ];
    for (language, words) in days {
        let mail = mail_in(language, subject.clone(), "Kindred");
        assert!(mail.text.contains(words), "{words}: {}", mail.text);
    }
}

#[test]
fn a_letter_about_a_day_on_which_the_library_is_closed_names_the_day_that_counts() {
    let closed = [day("2026-11-23"), day("2026-11-24")].into();
    let rules = Rules { calendar: Calendar { closed, ..Calendar::default() }, ..rules() };
    let title: Title = "Kindred".parse().expect("a title");
    let due = "2026-11-23T23:59:59.999Z".parse().expect("a time");
    let soon = Subject::DueSoon { title: title.clone(), due, on: Some(day("2026-11-23")) };
    let mail = rendered(SITE, soon, &to(None), None, &rules).expect("a letter to send");
    let both = "Monday, 23 November (a closed day, so Wednesday, 25 November counts)";
    assert!(mail.text.contains(&format!("is due on {both}.")), "{}", mail.text);
    assert_eq!(mail.subject, "Due Wednesday: Kindred");
    let late = Subject::Overdue { books: vec![late(title, "2026-11-23")] };
    let mail = rendered(SITE, late, &to(None), None, &rules).expect("a letter to send");
    assert!(mail.text.contains(&format!("was due on {both}.")), "{}", mail.text);
    assert_eq!(mail.subject, "1 day late: Kindred");
}

#[test]
fn a_letter_about_several_overdue_books_lists_each_with_its_day() {
    let books = [("Kindred", "2026-11-16"), ("Dawn", "2026-11-23")];
    let books = books.map(|(title, on)| late(title.parse().expect("a title"), on)).into();
    let mail = mail_in(Language::English, Subject::Overdue { books }, "");
    let lines = "Please bring these books back:\n\n\
                 “Kindred”: due on Monday, 16 November, 10 days late\n\
                 “Dawn”: due on Monday, 23 November, 3 days late\n\n\
                 If you have lost one";
    assert!(mail.text.contains(lines), "{}", mail.text);
    let most = (0..45).map(|_| late("\u{fdfa}".repeat(500).parse().expect("a title"), "2026-11-16")).collect();
    let mail = mail_in(Language::French, Subject::Overdue { books: most }, "");
    assert!(mail.html.len() < 100_000, "{}", mail.html.len());
    assert!(mail.text.lines().chain(mail.html.lines()).all(|line| line.len() <= 998));
}

#[test]
fn a_letter_that_can_be_switched_off_has_a_link_for_its_kind_and_no_other_letter_has_one() {
    let label = "x".repeat(63);
    let longest = format!("{label}x@{label}.{label}.{}.de", &label[..58]);
    let long = Addressee { email: longest.parse().expect("254 characters"), ..to(None) };
    for subject in subjects("Kindred") {
        for to in [to(None), long.clone()] {
            let choice = subject.choice();
            let mail = rendered(SITE, subject.clone(), &to, None, &rules()).expect("a letter to send");
            let token =
                mail.unsubscribe.as_deref().and_then(|url| url.strip_prefix("https://library.example/v1/letters/"));
            let opened = token.and_then(|token| house(SITE).key.open_switch(token));
            assert_eq!(opened, choice.map(|kind| (user(), kind, to.email.clone())), "{subject:?}");
            // The most that SES takes of a header, with the name.
            assert!(mail.unsubscribe.is_none_or(|url| url.len() + "List-Unsubscribe<>".len() <= 996));
        }
    }
}

#[test]
fn a_letter_is_complete() {
    let mail = mail(Subject::Ready {
        title: "Kindred".parse().expect("a title"),
        until: "2026-11-23T14:00:00Z".parse().expect("a time"),
    });
    assert_eq!(mail.to, "jane@example.com");
    let text = "A book is ready for you\n\n\
                Hello Jane,\n\n\
                “Kindred” by Octavia E. Butler waits for you at the desk until Monday, 23 November, 14:00 UTC. Just say your \
                name.\n\n\
                If you do not need it any more, give it up, and the next reader has it sooner.\n\n\
                See my books:\n\
                https://library.example/me#ready\n\n\
                The people at Springfield <Library>\n\n\
                --\n\
                Springfield <Library>\n\
                https://library.example/\n\n\
                Which letters you get:\n\
                https://library.example/account#letters\n";
    assert_eq!(mail.text, text);
    let first_line = ">At the desk until Monday, 23 November, 14:00 UTC.</div>";
    assert!(
        mail.html.starts_with("<!doctype html>\n<html lang=\"en\" dir=\"ltr\">\n") && mail.html.contains(first_line)
    );
    let sentence = "\n<cite><bdi>Kindred</bdi></cite> by \n<bdi>Octavia E. Butler</bdi> waits for you at the desk <b>until \
                    Monday, 23 November, 14:00 UTC</b>. Just say your name.</p>";
    assert!(mail.html.contains(sentence), "{}", mail.html);
    assert!(mail.html.contains("The people at \n<bdi>Springfield &#60;Library&#62;</bdi>"), "{}", mail.html);
}
