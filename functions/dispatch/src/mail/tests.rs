use jiff::Timestamp;
use shared::crypto::letter_key::LetterKey;
use shared::crypto::secret::Secret;
use shared::tables::journal::letter::{Addressee, Letter, Subject};
use shared::values::{Address, Role, UserId};
use uuid::Uuid;

use super::{Mail, render};

const SITE: &str = "https://library.example";
const LIBRARY: &str = "Springfield <Library>";

fn key() -> LetterKey {
    LetterKey::from_secret(&Secret::new([7; 32]).expect("32 bytes"))
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

fn mail(subject: Subject) -> Mail {
    let letter = Letter::to_reader(user(), subject);
    render(&letter, &to(Some("Jane")), written_at(), &key(), SITE, LIBRARY).expect("a letter to send")
}

/// Returns every subject that has a letter, with a book of that title.
fn subjects(title: &str) -> Vec<Subject> {
    let title = || title.parse().expect("a title");
    let then = "2026-11-23T14:00:00Z".parse().expect("a time");
    vec![
        Subject::Welcome,
        Subject::Reset { nonce: Uuid::from_bytes([2; 16]) },
        Subject::PasswordChanged,
        Subject::Farewell,
        Subject::Verification,
        Subject::EmailChangeRequested,
        Subject::EmailChanged,
        Subject::Renamed,
        Subject::RoleChanged { role: Role::Admin },
        Subject::NewDevice { from: Address::new("203.0.113.7") },
        Subject::SessionStolen,
        Subject::Reserved { title: title(), until: then },
        Subject::Queued { title: title(), place: 3 },
        Subject::Ready { title: title(), until: then },
        Subject::DueSoon { title: title(), due: then },
    ]
}

/// The number of subjects before those about a book.
const BEFORE_BOOKS: usize = 11;

/// Returns the links in a text.
fn links(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| word.starts_with("http")).collect()
}

/// Returns the text of the HTML's sheet without its tags, a paragraph a line. The library's name stands above it.
fn visible_text(html: &str) -> String {
    let (_, body) = html.split_once("<div class=\"sheet\"").expect("a sheet");
    let body = body.replace("Springfield &#60;Library&#62;", "Springfield ≪Library≫");
    let body = format!("<div{body}");
    let mut text_of_body = String::new();
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a whole tag");
        // A title is in quotes in plain text, and in italics in HTML.
        text_of_body.push_str(match tag {
            "cite" => "“",
            "/cite" => "”",
            _ => "",
        });
        text_of_body.push_str(text);
    }
    text_of_body.replace('≪', "<").replace('≫', ">")
}

#[test]
fn a_letter_has_the_same_words_as_text_and_as_html() {
    for subject in subjects("Kindred") {
        let mail = mail(subject);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&visible_text(&mail.html)), words(&mail.text));
        assert!(mail.html.contains(&format!("<title>{}</title>", mail.subject)), "{}", mail.subject);
    }
}

#[test]
fn a_link_shows_where_it_leads_and_leads_to_the_website() {
    for subject in subjects("Kindred") {
        let has_link = !matches!(subject, Subject::Farewell | Subject::RoleChanged { .. });
        let mail = mail(subject);
        let links = links(&mail.text);
        assert_eq!(links.len(), usize::from(has_link), "{}", mail.text);
        for link in &links {
            assert!(link.starts_with(&format!("{SITE}/")), "{link}");
            assert!(mail.html.contains(&format!("<a href=\"{link}\">{link}</a>")), "{}", mail.html);
        }
        // Nothing is loaded, and there are no other links.
        assert_eq!(mail.html.matches("http").count(), 2 * links.len());
        assert!(!mail.html.contains("src=") && !mail.html.contains("url("));
    }
}

#[test]
fn links_contain_the_tokens_that_auth_opens() {
    let token = |subject| {
        let mail = mail(subject);
        links(&mail.text)[0].split_once("?token=").expect("a token").1.to_owned()
    };
    let welcome = key().open_verification(&token(Subject::Welcome), written_at());
    assert_eq!(welcome, Some((user(), to(None).email)));
    let again = key().open_verification(&token(Subject::Verification), written_at());
    assert_eq!(again, welcome);
    let nonce = Uuid::from_bytes([2; 16]);
    assert_eq!(key().open_reset(&token(Subject::Reset { nonce })), Some((user(), nonce)));
}

#[test]
fn a_title_is_shown_as_text_only() {
    let title = "<script>alert(\"1\")</script> & 'more'";
    for subject in subjects(title).split_off(BEFORE_BOOKS) {
        let mail = mail(subject);
        assert!(mail.text.contains(&format!("“{title}”")), "{}", mail.text);
        assert!(mail.subject.ends_with(": <script>alert(\"1\")</script> & 'more'"), "{}", mail.subject);
        assert!(!mail.html.contains("<script") && !mail.html.contains("'more'"), "{}", mail.html);
        assert!(mail.html.contains("&#60;script&#62;alert(&#34;1&#34;)"), "{}", mail.html);
    }
    for subject in subjects("One\u{2028}https://two.example").split_off(BEFORE_BOOKS) {
        assert_eq!(links(&mail(subject).text).len(), 1 + 1, "the link in the title and the letter's own");
    }
}

#[test]
fn a_reader_without_a_name_is_greeted_too() {
    let letter = Letter::to_reader(user(), Subject::Farewell);
    let rendered = |name| render(&letter, &to(name), written_at(), &key(), SITE, LIBRARY).expect("a letter to send");
    assert!(rendered(None).text.starts_with("Hello,\n\nyour account"));
    assert!(rendered(None).html.contains("<p>Hello,</p>"));
    assert!(rendered(Some("Anne O'Neill")).text.starts_with("Hello Anne O'Neill,\n\n"));
    assert!(rendered(Some("Anne O'Neill")).html.contains("<p>Hello Anne O&#39;Neill,</p>"));
}

#[test]
fn the_subject_nothing_has_no_mail() {
    let letter = Letter::to_reader(user(), Subject::Nothing);
    assert!(render(&letter, &to(None), written_at(), &key(), SITE, LIBRARY).is_none());
}

#[test]
fn each_subject_has_its_subject_line() {
    let lines: Vec<_> = subjects("Kindred").into_iter().map(|subject| mail(subject).subject).collect();
    let expected = [
        "Welcome to the library",
        "A new password",
        "Your password has been changed",
        "Your account is gone",
        "Confirm your address",
        "Another address for your account",
        "Your email address has been changed",
        "Your username has been changed",
        "Your role has been changed",
        "A new device",
        "A session was ended",
        "A copy waits for you: Kindred",
        "You are 3rd in the queue: Kindred",
        "It is your turn: Kindred",
        "Due on Monday, 23 November 2026: Kindred",
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
    let text = "Hello Jane,\n\n\
                it is your turn: a copy of “Kindred” waits for you.\n\n\
                Collect it by Monday, 23 November 2026, 14:00 UTC. After that, it goes to the next reader.\n\n\
                If you do not need it any more, please cancel the reservation:\n\n\
                https://library.example/me\n\n\
                The people at Springfield <Library>\n";
    assert_eq!(mail.text, text);
    let sheet = "<p>Hello Jane,</p>\n\
                 <p>it is your turn: a copy of <cite><bdi>Kindred</bdi></cite> waits for you.</p>\n\
                 <p>Collect it by Monday, 23 November 2026, 14:00 UTC. After that, it goes to the next reader.</p>\n\
                 <p>If you do not need it any more, please cancel the reservation:</p>\n\
                 <p><a href=\"https://library.example/me\">https://library.example/me</a></p>\n\
                 <p>The people at <bdi>Springfield &#60;Library&#62;</bdi></p>\n\
                 </div>\n</div>\n</div>\n</body>\n</html>\n";
    assert!(mail.html.ends_with(sheet), "{}", mail.html);
}
