//! The words of letters in French. A space before `:`, `;`, `?` and `!` and within quotes does not break.

use super::words::{Days, LetterWords, Letters, Words};

pub(super) const FRENCH: Words = Words {
    code: "fr",
    hello: "Bonjour,",
    hello_name: "Bonjour {name},",
    copy_the_address: "Ou copiez cette adresse dans votre navigateur\u{a0}:",
    signed: "L’équipe de {library}",
    quotes: ["«\u{a0}", "\u{a0}»"],
    colon: "\u{a0}:",
    by: "{title} de {author}",
    choose: "Les lettres que vous recevez\u{a0}:",
    late_book: "{title}\u{a0}: à rendre le {day}, {late}",
    letters: LETTERS,
    days: DAYS,
};

const LETTERS: Letters = Letters {
    welcome: LetterWords {
        subject: "Est-ce bien votre adresse\u{a0}?",
        first_line: "Un clic, et vous pouvez emprunter.",
        heading: "Est-ce bien votre adresse\u{a0}?",
        paragraphs: [
            "Vous vous êtes inscrit(e) à {library}. Confirmez-nous *sous sept jours* que les lettres envoyées à cette adresse vous \
             parviennent\u{a0}; vous pourrez alors emprunter des livres.",
            "Si ce n’était pas vous, ne faites rien. Sans votre réponse, aucune lettre au sujet de livres n’arrivera ici.",
        ],
        button: Some("Oui, c’est la mienne"),
    },
    added: LetterWords {
        subject: "Choisissez un mot de passe",
        first_line: "Votre compte est prêt.",
        heading: "Choisissez un mot de passe",
        paragraphs: [
            "Vous avez maintenant un compte à {library} et pouvez emprunter tout de suite. Choisissez un mot de passe *sous sept \
             jours*, et vous pourrez aussi réserver et prolonger sur le site. Nous saurons ainsi que les lettres envoyées à cette \
             adresse vous parviennent.",
            "Si cela vous surprend, ne faites rien. Sans votre réponse, aucune lettre au sujet de livres n’arrivera ici.",
        ],
        button: Some("Choisir un mot de passe"),
    },
    verification: LetterWords {
        subject: "Est-ce bien votre adresse\u{a0}?",
        first_line: "Un clic, et nous vous écrivons ici.",
        heading: "Est-ce bien votre adresse\u{a0}?",
        paragraphs: [
            "Quelqu’un, vous-même nous l’espérons, a demandé cette lettre pour un compte à {library}. Confirmez-nous *sous sept \
             jours* que les lettres envoyées à cette adresse vous parviennent.",
            "Si ce n’était pas vous, ne faites rien. Rien ne change.",
        ],
        button: Some("Oui, c’est la mienne"),
    },
    email_change_requested: LetterWords {
        subject: "Une autre adresse pour votre compte",
        first_line: "Rien n’a encore changé.",
        heading: "Une autre adresse pour votre compte",
        paragraphs: [
            "Quelqu’un, vous-même nous l’espérons, ou le comptoir de la bibliothèque pour vous, a demandé une autre adresse e-mail \
             pour votre compte. *Rien n’a encore changé\u{a0}:* la nouvelle adresse ne vaudra qu’une fois confirmée par sa propre \
             lettre.",
            "Ce n’était ni l’un ni l’autre\u{a0}? Alors quelqu’un connaît votre mot de passe. Choisissez-en un nouveau sans attendre.",
        ],
        button: Some("Ce n’était pas moi"),
    },
    email_changed: LetterWords {
        subject: "Votre adresse e-mail a été modifiée",
        first_line: "Désormais, les lettres vont à la nouvelle.",
        heading: "Votre adresse e-mail a été modifiée",
        paragraphs: [
            "Votre compte a une autre adresse e-mail depuis le *{when}*. C’est avec elle que vous vous connectez désormais, et c’est \
             là que vont nos lettres.",
            "Ce n’était pas vous\u{a0}? Prévenez la bibliothèque sans attendre.",
        ],
        button: Some("Demander à la bibliothèque"),
    },
    renamed: LetterWords {
        subject: "Votre nom d’utilisateur a été modifié",
        first_line: "L’adresse e-mail et le mot de passe restent les mêmes.",
        heading: "Votre nom d’utilisateur a été modifié",
        paragraphs: [
            "Votre compte a un autre nom d’utilisateur depuis le *{when}*. L’adresse e-mail et le mot de passe restent les mêmes.",
            "Ce n’était pas vous\u{a0}? Choisissez sans attendre un nouveau mot de passe, et prévenez la bibliothèque.",
        ],
        button: Some("Ce n’était pas moi"),
    },
    librarian: LetterWords {
        subject: "Vous êtes désormais bibliothécaire",
        first_line: "Le comptoir vous est ouvert.",
        heading: "Vous êtes désormais bibliothécaire",
        paragraphs: [
            "Votre compte est celui d’un bibliothécaire depuis le *{when}*. Vous pouvez remettre et reprendre des livres, et vous \
             occuper du catalogue et des lecteurs.",
            "Si cela vous surprend, prévenez la bibliothèque.",
        ],
        button: Some("Aller à la bibliothèque"),
    },
    assistant: LetterWords {
        subject: "Vous aidez désormais au comptoir",
        first_line: "Le comptoir vous est ouvert.",
        heading: "Vous aidez désormais au comptoir",
        paragraphs: [
            "Votre compte a ce rôle depuis le *{when}*. Vous pouvez remettre et reprendre des livres, et vous occuper des lecteurs.",
            "Si cela vous surprend, prévenez la bibliothèque.",
        ],
        button: Some("Aller à la bibliothèque"),
    },
    reader_again: LetterWords {
        subject: "Vous ne travaillez plus au comptoir",
        first_line: "Vos livres et vos réservations restent tels quels.",
        heading: "Vous ne travaillez plus au comptoir",
        paragraphs: [
            "Votre compte est de nouveau celui d’un lecteur depuis le *{when}*. Vos livres et vos réservations restent tels quels.",
            "Si cela vous surprend, prévenez la bibliothèque.",
        ],
        button: Some("Aller à la bibliothèque"),
    },
    new_device: LetterWords {
        subject: "Un nouvel appareil",
        first_line: "Était-ce vous\u{a0}?",
        heading: "Un nouvel appareil",
        paragraphs: [
            "Quelqu’un, vous-même nous l’espérons, s’est connecté à votre compte le *{when}*, depuis un appareil que nous n’avions \
             jamais vu. Son adresse réseau est {address}.",
            "Ce n’était pas vous\u{a0}? Choisissez sans attendre un nouveau mot de passe, et prévenez la bibliothèque.",
        ],
        button: Some("Ce n’était pas moi"),
    },
    session_stolen: LetterWords {
        subject: "Un appareil a été déconnecté",
        first_line: "Quelqu’un a peut-être une copie de sa clé.",
        heading: "Un appareil a été déconnecté",
        paragraphs: [
            "Le *{when}*, la clé d’un de vos appareils a servi encore une fois, alors que l’appareil en avait reçu une nouvelle. \
             Quelqu’un en a peut-être une copie\u{a0}: nous avons donc déconnecté l’appareil.",
            "Reconnectez-vous sur cet appareil. Si vous ne savez pas d’où cela vient, choisissez un nouveau mot de passe.",
        ],
        button: Some("Choisir un nouveau mot de passe"),
    },
    reset: LetterWords {
        subject: "Un nouveau mot de passe",
        first_line: "Le lien est valable dix minutes.",
        heading: "Un nouveau mot de passe",
        paragraphs: [
            "Quelqu’un, vous-même nous l’espérons, a demandé un nouveau mot de passe. Ce lien est valable *jusqu’à {until}*, pendant \
             dix minutes et une seule fois.",
            "Si ce n’était pas vous, ne faites rien. Votre mot de passe reste le même.",
        ],
        button: Some("Choisir un nouveau mot de passe"),
    },
    password_changed: LetterWords {
        subject: "Votre mot de passe a été modifié",
        first_line: "Tous les autres appareils sont déconnectés.",
        heading: "Votre mot de passe a été modifié",
        paragraphs: [
            "Il a été modifié le *{when}*. Tous les autres appareils sont déconnectés.",
            "Ce n’était pas vous\u{a0}? Choisissez sans attendre un nouveau mot de passe, et prévenez la bibliothèque.",
        ],
        button: Some("Ce n’était pas moi"),
    },
    data_fetched: LetterWords {
        subject: "Vos données ont été téléchargées",
        first_line: "Était-ce vous\u{a0}?",
        heading: "Vos données ont été téléchargées",
        paragraphs: [
            "Quelqu’un, vous-même nous l’espérons, a téléchargé le *{when}*, dans un fichier, tout ce que nous enregistrons \
             sur vous. L’adresse réseau où il est parti est {address}.",
            "Ce n’était pas vous\u{a0}? Alors quelqu’un connaît votre mot de passe, ou a un appareil sur lequel vous êtes \
             connecté. Choisissez sans attendre un nouveau mot de passe, et prévenez la bibliothèque.",
        ],
        button: Some("Ce n’était pas moi"),
    },
    farewell: LetterWords {
        subject: "Votre compte est supprimé",
        first_line: "Merci d’avoir lu avec nous.",
        heading: "Au revoir, et merci",
        paragraphs: [
            "Votre compte est supprimé, ainsi que vos favoris, vos places dans les files et votre image. Les livres que vous avez \
             ajoutés restent au catalogue, sans votre nom.",
            "Si vous avez encore des livres de chez nous, merci de les rapporter. Ceci est notre dernière lettre. Si vous repassez, \
             la porte est ouverte.",
        ],
        button: None,
    },
    ready: LetterWords {
        subject: "Prêt pour vous\u{a0}: {title}",
        first_line: "Au comptoir jusqu’au {until}.",
        heading: "Un livre vous attend",
        paragraphs: [
            "{book} vous attend au comptoir *jusqu’au {until}*. Il suffit de donner votre nom.",
            "Si vous n’en avez plus besoin, laissez-le, et la personne suivante l’aura plus tôt.",
        ],
        button: Some("Voir mes livres"),
    },
    displaced: LetterWords {
        subject: "Pas encore prêt, finalement\u{a0}: {title}",
        first_line: "C’est à vous ensuite.",
        heading: "Votre livre n’est finalement pas encore prêt",
        paragraphs: [
            "La bibliothèque a prêté à quelqu’un d’autre l’exemplaire de {book} qui vous attendait. Nous en sommes désolés. *C’est à \
             vous ensuite\u{a0}:* nous vous écrivons quand un exemplaire est là.",
            "Si vous l’avez trouvé ailleurs, laissez votre place, et la personne suivante avance.",
        ],
        button: Some("Voir ma place"),
    },
    next: LetterWords {
        subject: "C’est bientôt votre tour\u{a0}: {title}",
        first_line: "Nous vous écrivons quand un exemplaire est là.",
        heading: "C’est bientôt votre tour",
        paragraphs: [
            "Personne n’est avant vous pour {book}. Nous vous écrivons quand un exemplaire est là.",
            "Si vous l’avez trouvé ailleurs, laissez votre place, et la personne suivante avance.",
        ],
        button: Some("Voir ma place"),
    },
    queued: LetterWords {
        subject: "Vous êtes {place} dans la file\u{a0}: {title}",
        first_line: "Nous vous écrivons quand un exemplaire est là.",
        heading: "Vous êtes {place} dans la file",
        paragraphs: [
            "D’autres ont demandé {book} avant vous. Nous vous écrivons quand un exemplaire est là pour vous.",
            "Si vous l’avez trouvé ailleurs, laissez votre place, et la personne suivante avance.",
        ],
        button: Some("Voir ma place"),
    },
    due_soon: LetterWords {
        subject: "À rendre {weekday}\u{a0}: {title}",
        first_line: "Peut-être pouvez-vous le garder plus longtemps.",
        heading: "À rendre {weekday}",
        paragraphs: [
            "{book} est à rendre *le {day}*. Merci de le rapporter d’ici là.",
            "Si personne ne l’attend et que le règlement le permet, vous pouvez le garder plus longtemps\u{a0}: prolongez-le sur le \
             site.",
        ],
        button: Some("Voir mes livres"),
    },
    overdue: LetterWords {
        subject: "{late}\u{a0}: {title}",
        first_line: "Il était à rendre le {day}.",
        heading: "Un livre est en retard",
        paragraphs: [
            "{book} était à rendre *le {day}*. Merci de le rapporter.",
            "Si vous l’avez perdu, dites-le-nous, et nous trouverons une solution. Si vous l’avez rapporté entre-temps, merci\u{a0}: \
             vous n’avez rien à faire.",
        ],
        button: Some("Voir mes livres"),
    },
    several_overdue: LetterWords {
        subject: "{count} livres sont en retard",
        first_line: "Le premier était à rendre le {day}.",
        heading: "{count} livres sont en retard",
        paragraphs: [
            "Merci de rapporter ces livres\u{a0}:",
            "Si vous en avez perdu un, dites-le-nous, et nous trouverons une solution. Si vous les avez rapportés entre-temps, \
             merci\u{a0}: vous n’avez rien à faire.",
        ],
        button: Some("Voir mes livres"),
    },
};

const DAYS: Days = Days {
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    day: "{weekday} {date} {month}",
    first: "1er",
    moment: "{day} à {time}",
    closed: "{day} (jour de fermeture\u{a0}: c’est le {open} qui compte)",
    time: |hour, minute| format!("{hour}\u{a0}h\u{a0}{minute:02}"),
    // Nothing is singular too.
    late: |days| format!("{days} {} de retard", if days < 2 { "jour" } else { "jours" }),
    ordinal: |place| format!("{place}e"),
};
