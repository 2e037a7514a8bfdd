//! The words of letters in German.

use super::words::{Days, LetterWords, Letters, Words};

pub(super) const GERMAN: Words = Words {
    code: "de",
    hello: "Guten Tag!",
    hello_name: "Guten Tag, {name}!",
    copy_the_address: "Oder kopieren Sie diese Adresse in Ihren Browser:",
    signed: "Freundliche Grüße von {library}",
    quotes: ["„", "“"],
    colon: ":",
    by: "{title} von {author}",
    choose: "Welche Briefe Sie bekommen:",
    late_book: "{title}: fällig am {day}, {late}",
    letters: LETTERS,
    days: DAYS,
};

const LETTERS: Letters = Letters {
    welcome: LetterWords {
        subject: "Ist das Ihre Adresse?",
        first_line: "Ein Klick, und Sie können ausleihen.",
        heading: "Ist das Ihre Adresse?",
        paragraphs: [
            "Sie haben sich bei {library} angemeldet. Bestätigen Sie uns bitte *innerhalb von sieben Tagen*, dass Briefe an diese \
             Adresse bei Ihnen ankommen. Dann können Sie Bücher ausleihen.",
            "Wenn Sie das nicht waren, brauchen Sie nichts zu tun. Ohne Ihre Antwort kommen hierher keine Briefe über Bücher.",
        ],
        button: Some("Ja, das ist meine"),
    },
    added: LetterWords {
        subject: "Wählen Sie ein Passwort",
        first_line: "Ihr Konto ist eingerichtet.",
        heading: "Wählen Sie ein Passwort",
        paragraphs: [
            "Sie haben jetzt ein Konto bei {library} und können sofort ausleihen. Wählen Sie *innerhalb von sieben Tagen* ein \
             Passwort, dann können Sie auch auf der Website vormerken und verlängern. So wissen wir auch, dass Briefe an diese \
             Adresse bei Ihnen ankommen.",
            "Wenn Sie das überrascht, brauchen Sie nichts zu tun. Ohne Ihre Antwort kommen hierher keine Briefe über Bücher.",
        ],
        button: Some("Ein Passwort wählen"),
    },
    verification: LetterWords {
        subject: "Ist das Ihre Adresse?",
        first_line: "Ein Klick, und wir schreiben Ihnen hierher.",
        heading: "Ist das Ihre Adresse?",
        paragraphs: [
            "Jemand, hoffentlich Sie selbst, hat diesen Brief für ein Konto bei {library} angefordert. Bestätigen Sie uns bitte \
             *innerhalb von sieben Tagen*, dass Briefe an diese Adresse bei Ihnen ankommen.",
            "Wenn Sie das nicht waren, brauchen Sie nichts zu tun. Es ändert sich nichts.",
        ],
        button: Some("Ja, das ist meine"),
    },
    email_change_requested: LetterWords {
        subject: "Eine andere Adresse für Ihr Konto",
        first_line: "Noch hat sich nichts geändert.",
        heading: "Eine andere Adresse für Ihr Konto",
        paragraphs: [
            "Jemand, hoffentlich Sie selbst oder der Tresen der Bücherei in Ihrem Auftrag, möchte für Ihr Konto eine andere \
             E-Mail-Adresse eintragen. *Noch hat sich nichts geändert:* Die neue Adresse gilt erst, wenn sie mit ihrem eigenen \
             Brief bestätigt ist.",
            "Es war weder das eine noch das andere? Dann kennt jemand Ihr Passwort. Wählen Sie sofort ein neues.",
        ],
        button: Some("Das war ich nicht"),
    },
    email_changed: LetterWords {
        subject: "Ihre E-Mail-Adresse wurde geändert",
        first_line: "Von jetzt an gehen Briefe an die neue.",
        heading: "Ihre E-Mail-Adresse wurde geändert",
        paragraphs: [
            "Ihr Konto hat eine andere E-Mail-Adresse, seit *{when}*. Mit ihr melden Sie sich jetzt an, und dorthin gehen unsere \
             Briefe.",
            "Das waren Sie nicht? Sagen Sie sofort der Bücherei Bescheid.",
        ],
        button: Some("Die Bücherei fragen"),
    },
    renamed: LetterWords {
        subject: "Ihr Benutzername wurde geändert",
        first_line: "E-Mail-Adresse und Passwort sind wie zuvor.",
        heading: "Ihr Benutzername wurde geändert",
        paragraphs: [
            "Ihr Konto hat einen anderen Benutzernamen, seit *{when}*. E-Mail-Adresse und Passwort sind wie zuvor.",
            "Das waren Sie nicht? Wählen Sie sofort ein neues Passwort, und sagen Sie der Bücherei Bescheid.",
        ],
        button: Some("Das war ich nicht"),
    },
    librarian: LetterWords {
        subject: "Ihr Konto gehört jetzt zur Leitung der Bücherei",
        first_line: "Der Tresen steht Ihnen offen.",
        heading: "Ihr Konto gehört jetzt zur Leitung der Bücherei",
        paragraphs: [
            "Das gilt seit *{when}*. Sie können Bücher ausgeben und zurücknehmen und sich um den Katalog und die Konten der \
             Leserinnen und Leser kümmern.",
            "Wenn Sie das überrascht, sagen Sie der Bücherei Bescheid.",
        ],
        button: Some("Zur Bücherei"),
    },
    assistant: LetterWords {
        subject: "Sie helfen jetzt am Tresen",
        first_line: "Der Tresen steht Ihnen offen.",
        heading: "Sie helfen jetzt am Tresen",
        paragraphs: [
            "Das gilt seit *{when}*. Sie können Bücher ausgeben und zurücknehmen und sich um die Konten der Leserinnen und Leser \
             kümmern.",
            "Wenn Sie das überrascht, sagen Sie der Bücherei Bescheid.",
        ],
        button: Some("Zur Bücherei"),
    },
    reader_again: LetterWords {
        subject: "Sie arbeiten nicht mehr am Tresen",
        first_line: "Ihre Bücher und Vormerkungen bleiben, wie sie sind.",
        heading: "Sie arbeiten nicht mehr am Tresen",
        paragraphs: [
            "Seit *{when}* ist Ihr Konto wieder wie das aller Leserinnen und Leser. Ihre Bücher und Vormerkungen bleiben, wie sie \
             sind.",
            "Wenn Sie das überrascht, sagen Sie der Bücherei Bescheid.",
        ],
        button: Some("Zur Bücherei"),
    },
    new_device: LetterWords {
        subject: "Ein neues Gerät",
        first_line: "Waren Sie das?",
        heading: "Ein neues Gerät",
        paragraphs: [
            "Jemand, hoffentlich Sie selbst, hat sich am *{when}* in Ihrem Konto angemeldet, mit einem Gerät, das wir noch nicht \
             kannten. Seine Netzadresse ist {address}.",
            "Das waren Sie nicht? Wählen Sie sofort ein neues Passwort, und sagen Sie der Bücherei Bescheid.",
        ],
        button: Some("Das war ich nicht"),
    },
    session_stolen: LetterWords {
        subject: "Ein Gerät wurde abgemeldet",
        first_line: "Vielleicht hat jemand eine Kopie seines Schlüssels.",
        heading: "Ein Gerät wurde abgemeldet",
        paragraphs: [
            "Am *{when}* wurde der Schlüssel eines Ihrer Geräte noch einmal benutzt, obwohl das Gerät schon einen neuen hatte. \
             Vielleicht hat jemand eine Kopie. Deshalb haben wir das Gerät abgemeldet.",
            "Melden Sie sich dort neu an. Wenn Sie nicht wissen, wie das kam, wählen Sie ein neues Passwort.",
        ],
        button: Some("Ein neues Passwort wählen"),
    },
    reset: LetterWords {
        subject: "Ein neues Passwort",
        first_line: "Der Link gilt zehn Minuten.",
        heading: "Ein neues Passwort",
        paragraphs: [
            "Jemand, hoffentlich Sie selbst, möchte ein neues Passwort. Dieser Link gilt *bis {until}*, zehn Minuten lang und für \
             ein einziges Mal.",
            "Wenn Sie das nicht waren, brauchen Sie nichts zu tun. Ihr Passwort bleibt, wie es ist.",
        ],
        button: Some("Ein neues Passwort wählen"),
    },
    password_changed: LetterWords {
        subject: "Ihr Passwort wurde geändert",
        first_line: "Alle anderen Geräte sind abgemeldet.",
        heading: "Ihr Passwort wurde geändert",
        paragraphs: [
            "Das war am *{when}*. Alle anderen Geräte sind abgemeldet.",
            "Das waren Sie nicht? Wählen Sie sofort ein neues Passwort, und sagen Sie der Bücherei Bescheid.",
        ],
        button: Some("Das war ich nicht"),
    },
    data_fetched: LetterWords {
        subject: "Ihre Daten wurden abgeholt",
        first_line: "Waren Sie das?",
        heading: "Ihre Daten wurden abgeholt",
        paragraphs: [
            "Jemand, hoffentlich Sie selbst, hat am *{when}* alles als Datei abgeholt, was wir über Sie gespeichert haben. \
             Die Netzadresse, an die sie ging, ist {address}.",
            "Das waren Sie nicht? Dann kennt jemand Ihr Passwort oder hat ein Gerät, auf dem Sie angemeldet sind. Wählen Sie \
             sofort ein neues Passwort, und sagen Sie der Bücherei Bescheid.",
        ],
        button: Some("Das war ich nicht"),
    },
    farewell: LetterWords {
        subject: "Ihr Konto ist gelöscht",
        first_line: "Danke, dass Sie bei uns gelesen haben.",
        heading: "Auf Wiedersehen, und danke",
        paragraphs: [
            "Ihr Konto ist gelöscht, und mit ihm Ihre Favoriten, Ihre Vormerkungen und Ihr Bild. Bücher, die Sie eingetragen haben, \
             bleiben ohne Ihren Namen im Katalog.",
            "Wenn Sie noch Bücher von uns haben, bringen Sie sie bitte zurück. Das ist unser letzter Brief. Wenn Sie wieder \
             vorbeikommen, steht Ihnen die Tür offen.",
        ],
        button: None,
    },
    ready: LetterWords {
        subject: "Für Sie bereit: {title}",
        first_line: "Am Tresen bis {until}.",
        heading: "Ein Buch liegt für Sie bereit",
        paragraphs: [
            "{book} liegt *bis {until}* am Tresen für Sie bereit. Nennen Sie einfach Ihren Namen.",
            "Wenn Sie es nicht mehr brauchen, geben Sie es bitte frei. Dann ist die nächste Person früher an der Reihe.",
        ],
        button: Some("Meine Bücher ansehen"),
    },
    displaced: LetterWords {
        subject: "Doch noch nicht bereit: {title}",
        first_line: "Sie bekommen es als Nächstes.",
        heading: "Ihr Buch ist doch noch nicht bereit",
        paragraphs: [
            "Die Bücherei hat das Exemplar von {book}, das für Sie bereitlag, jemand anderem ausgeliehen. Das tut uns leid. *Sie \
             sind als Nächstes an der Reihe:* Wir schreiben Ihnen, wenn ein Exemplar da ist.",
            "Wenn Sie es anderswo gefunden haben, geben Sie Ihren Platz bitte frei. Dann rückt die nächste Person auf.",
        ],
        button: Some("Meinen Platz ansehen"),
    },
    next: LetterWords {
        subject: "Sie sind als Nächstes an der Reihe: {title}",
        first_line: "Wir schreiben Ihnen, wenn ein Exemplar da ist.",
        heading: "Sie sind als Nächstes an der Reihe",
        paragraphs: [
            "Niemand wartet vor Ihnen auf {book}. Wir schreiben Ihnen, wenn ein Exemplar da ist.",
            "Wenn Sie es anderswo gefunden haben, geben Sie Ihren Platz bitte frei. Dann rückt die nächste Person auf.",
        ],
        button: Some("Meinen Platz ansehen"),
    },
    queued: LetterWords {
        subject: "Sie sind an {place} Stelle: {title}",
        first_line: "Wir schreiben Ihnen, wenn ein Exemplar da ist.",
        heading: "Sie sind an {place} Stelle",
        paragraphs: [
            "Andere haben {book} vor Ihnen vorgemerkt. Wir schreiben Ihnen, wenn ein Exemplar für Sie da ist.",
            "Wenn Sie es anderswo gefunden haben, geben Sie Ihren Platz bitte frei. Dann rückt die nächste Person auf.",
        ],
        button: Some("Meinen Platz ansehen"),
    },
    due_soon: LetterWords {
        subject: "Fällig am {weekday}: {title}",
        first_line: "Vielleicht können Sie es länger behalten.",
        heading: "Fällig am {weekday}",
        paragraphs: [
            "{book} ist *am {day}* fällig. Bitte bringen Sie es bis dahin zurück.",
            "Wenn niemand darauf wartet und die Regeln es erlauben, können Sie es länger behalten: Verlängern Sie es auf der \
             Website.",
        ],
        button: Some("Meine Bücher ansehen"),
    },
    overdue: LetterWords {
        subject: "{late}: {title}",
        first_line: "Fällig war es am {day}.",
        heading: "Ein Buch ist überfällig",
        paragraphs: [
            "{book} war *am {day}* fällig. Bitte bringen Sie es zurück.",
            "Wenn Sie es verloren haben, sagen Sie es uns, und wir finden einen Weg. Wenn Sie es inzwischen zurückgebracht haben, \
             danken wir Ihnen: Dann brauchen Sie nichts zu tun.",
        ],
        button: Some("Meine Bücher ansehen"),
    },
    several_overdue: LetterWords {
        subject: "{count} Bücher sind überfällig",
        first_line: "Das erste war am {day} fällig.",
        heading: "{count} Bücher sind überfällig",
        paragraphs: [
            "Bitte bringen Sie diese Bücher zurück:",
            "Wenn Sie eines verloren haben, sagen Sie es uns, und wir finden einen Weg. Wenn Sie sie inzwischen zurückgebracht \
             haben, danken wir Ihnen: Dann brauchen Sie nichts zu tun.",
        ],
        button: Some("Meine Bücher ansehen"),
    },
};

const DAYS: Days = Days {
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    day: "{weekday}, {date}. {month}",
    first: "1",
    moment: "{day}, {time}",
    closed: "{day} (dann ist geschlossen; es gilt {open})",
    time: |hour, minute| format!("{hour}:{minute:02} Uhr"),
    late: |days| format!("{days} {} überfällig", if days == 1 { "Tag" } else { "Tage" }),
    ordinal: |place| format!("{place}."),
};
