use jiff::Timestamp;
use serde_json::json;
use shared::crypto::letter_key::LetterKey;
use shared::crypto::secret::Secret;
use shared::tables::journal::letter::{Addressee, Letter, Subject};
use shared::tables::library::book::Book;
use shared::tables::library::lending::rules::Rules;
use shared::values::{Address, Role, UserId};
use uuid::Uuid;

use super::{House, Mail};

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
    House { key, site: site.to_owned() }
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
    }
}

fn book(title: &str, author: &str) -> Book {
    let (id, owner) = (Uuid::from_bytes([3; 16]), UserId::from([1; 16]));
    let book = json!({"id": id, "title": title, "author": author, "publicationYear": 1979, "copies": 1, "owner": owner,
        "createdAt": written_at(), "updatedAt": written_at(), "version": 1});
    serde_json::from_value(book).expect("a book")
}

/// Returns the mail of a letter to Jane, about a book by Octavia E. Butler.
fn mail(subject: Subject) -> Mail {
    let letter = Letter::to_reader(user(), subject);
    let title = match &letter.subject {
        Subject::Reserved { title, .. } | Subject::Ready { title, .. } => Some(title.as_str()),
        Subject::Queued { title, .. } | Subject::Displaced { title } | Subject::DueSoon { title, .. } => {
            Some(title.as_str())
        }
        _ => None,
    };
    let book = title.map(|title| book(title, "Octavia E. Butler"));
    house(SITE).render(&letter, &to(Some("Jane")), written_at(), book.as_ref(), &rules()).expect("a letter to send")
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
        Subject::Reserved { title: title(), until: then },
        Subject::Queued { title: title(), place: 3 },
        Subject::Queued { title: title(), place: 1 },
        Subject::Ready { title: title(), until: then },
        Subject::Displaced { title: title() },
        Subject::DueSoon { title: title(), due: then },
    ]
}

/// Returns the lines of a text that are an address.
fn links(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("http")).collect()
}

/// Returns the words of the HTML that a person sees and hears, with quotes for italics, as the text has them.
fn words_of(html: &str) -> Vec<String> {
    let (_, body) = html.split_once("<div class=\"sheet\"").expect("a sheet");
    let (before, rest) = body.split_once("<!--[if !mso]>").unwrap_or((body, ""));
    let after = rest.split_once("<!--<![endif]-->").map_or("", |(_, after)| after);
    let mut text = String::new();
    for piece in format!("<{before}{after}").split('<').skip(1) {
        let (tag, words) = piece.split_once('>').expect("a whole tag");
        text.push_str(match tag {
            "cite" => "“",
            "/cite" => "”",
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
    for subject in subjects("Kindred") {
        let mail = mail(subject);
        let html = words_of(&mail.html).join(" ").replace("Or copy this address into your browser: ", "");
        let text = mail.text.replace("--\n", "").replace(":\nhttp", "\nhttp");
        assert_eq!(html, text.split_whitespace().collect::<Vec<_>>().join(" "));
        assert!(mail.html.contains(&format!("<title>{}</title>", mail.subject)), "{}", mail.subject);
    }
}

#[test]
fn a_link_shows_where_it_leads_and_leads_to_the_website() {
    for subject in subjects("Kindred") {
        let is_farewell = subject == Subject::Farewell;
        let mail = mail(subject);
        let links = links(&mail.text);
        assert_eq!(links.len(), if is_farewell { 1 } else { 2 }, "{}", mail.text);
        for link in &links {
            assert!(link.starts_with(&format!("{SITE}/")), "{link}");
            assert!(mail.html.contains(&format!(">{link}</a>")), "{}", mail.html);
        }
        // The button, its address, and the home page. Nothing is loaded, and there are no other links.
        assert_eq!(mail.html.matches("href=").count(), 2 * links.len() - 1);
        assert_eq!(mail.html.matches("http").count(), 2 * links.len() + usize::from(!is_farewell));
        for loads in ["src=", "url(", "<img", "<script", "<link", "@import", "background=\""] {
            assert!(!mail.html.contains(loads), "{loads}");
        }
    }
}

#[test]
fn wb21_every_address_in_a_text_is_alone_on_its_line_and_its_token_has_letters_and_digits_alone() {
    let longest = format!("{}@{}.example", "a".repeat(64), ["b"; 3].map(|label| label.repeat(59)).join("."));
    let addressee = Addressee { email: longest.parse().expect("an address"), name: None, proved: true };
    for title in titles() {
        for subject in subjects(&title) {
            let about = subject.is_about_a_book().then(|| book(&title, "http://evil.example"));
            let letter = Letter::to_reader(user(), subject);
            let mail =
                house(DOOR).render(&letter, &addressee, written_at(), about.as_ref(), &rules()).expect("a letter");
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
        for subject in subjects(&title) {
            let about = subject.is_about_a_book().then(|| book(&title, &title));
            let letter = Letter::to_reader(user(), subject);
            let mail = house(DOOR)
                .render(&letter, &to(Some(&name)), written_at(), about.as_ref(), &rules())
                .expect("a letter");
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
    subjects(title).into_iter().filter(Subject::is_about_a_book).map(mail).collect()
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
    for subject in subjects("Kindred").into_iter().filter(Subject::is_about_a_book) {
        let letter = Letter::to_reader(user(), subject);
        let mail = house(SITE).render(&letter, &to(None), written_at(), None, &rules()).expect("a letter to send");
        assert!(mail.text.contains("“Kindred”") && !mail.text.contains(" by Octavia"), "{}", mail.text);
        assert!(!mail.html.contains("class=\"cover\"") && mail.html.contains("<bdi>Kindred</bdi>"), "{}", mail.html);
    }
}

#[test]
fn a_reader_without_a_name_is_greeted_too() {
    let letter = Letter::to_reader(user(), Subject::Farewell);
    let rendered =
        |name| house(SITE).render(&letter, &to(name), written_at(), None, &rules()).expect("a letter to send");
    assert!(rendered(None).text.starts_with("Goodbye, and thank you\n\nHello,\n\nYour account"));
    assert!(rendered(None).html.contains(">Hello,</p>"));
    assert!(rendered(Some("Anne O'Neill")).text.contains("\n\nHello Anne O'Neill,\n\n"));
    assert!(rendered(Some("Anne O'Neill")).html.contains("<bdi>Anne O&#39;Neill</bdi>,</p>"));
}

#[test]
fn the_subject_nothing_has_no_mail() {
    let letter = Letter::to_reader(user(), Subject::Nothing);
    assert!(house(SITE).render(&letter, &to(None), written_at(), None, &rules()).is_none());
}

#[test]
fn each_subject_has_its_subject_line() {
    let lines: Vec<_> = subjects("Kindred").into_iter().map(|subject| mail(subject).subject).collect();
    let expected = [
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
        "Ready for you: Kindred",
        "You are 3rd in the queue: Kindred",
        "You are next: Kindred",
        "Ready for you: Kindred",
        "Not ready after all: Kindred",
        "Due Monday: Kindred",
    ];
    assert_eq!(lines, expected);
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
                https://library.example/\n";
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
