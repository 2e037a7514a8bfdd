//! The words of letters in Spanish.

use super::words::{Days, LetterWords, Letters, Words};

pub(super) const SPANISH: Words = Words {
    code: "es",
    hello: "Hola:",
    hello_name: "Hola, {name}:",
    copy_the_address: "O copie esta dirección en su navegador:",
    signed: "El equipo de {library}",
    quotes: ["«", "»"],
    colon: ":",
    by: "{title} de {author}",
    choose: "Qué cartas recibe:",
    late_book: "{title}: vencía el {day}, {late}",
    letters: LETTERS,
    days: DAYS,
};

const LETTERS: Letters = Letters {
    welcome: LetterWords {
        subject: "¿Es esta su dirección?",
        first_line: "Un clic, y podrá tomar libros prestados.",
        heading: "¿Es esta su dirección?",
        paragraphs: [
            "Se ha registrado en {library}. Confírmenos *en un plazo de siete días* que las cartas a esta dirección le llegan; \
             entonces podrá tomar libros prestados.",
            "Si no fue usted, no haga nada. Sin su respuesta no llegarán aquí cartas sobre libros.",
        ],
        button: Some("Sí, es la mía"),
    },
    added: LetterWords {
        subject: "Elija una contraseña",
        first_line: "Su cuenta está lista.",
        heading: "Elija una contraseña",
        paragraphs: [
            "Ya tiene una cuenta en {library} y puede tomar libros prestados ahora mismo. Elija una contraseña *en un plazo de siete \
             días*, y podrá también reservar y renovar en el sitio web. Así sabremos que las cartas a esta dirección le llegan.",
            "Si esto le sorprende, no haga nada. Sin su respuesta no llegarán aquí cartas sobre libros.",
        ],
        button: Some("Elegir una contraseña"),
    },
    verification: LetterWords {
        subject: "¿Es esta su dirección?",
        first_line: "Un clic, y le escribiremos aquí.",
        heading: "¿Es esta su dirección?",
        paragraphs: [
            "Alguien, esperamos que usted, pidió esta carta para una cuenta en {library}. Confírmenos *en un plazo de siete días* \
             que las cartas a esta dirección le llegan.",
            "Si no fue usted, no haga nada. No cambia nada.",
        ],
        button: Some("Sí, es la mía"),
    },
    email_change_requested: LetterWords {
        subject: "Otra dirección para su cuenta",
        first_line: "Todavía no ha cambiado nada.",
        heading: "Otra dirección para su cuenta",
        paragraphs: [
            "Alguien, esperamos que usted o el mostrador de la biblioteca en su nombre, pidió otra dirección de correo para su \
             cuenta. *Todavía no ha cambiado nada:* la nueva dirección valdrá cuando se confirme con su propia carta.",
            "¿No fue ni lo uno ni lo otro? Entonces alguien conoce su contraseña. Elija otra cuanto antes.",
        ],
        button: Some("No fui yo"),
    },
    email_changed: LetterWords {
        subject: "Su dirección de correo ha cambiado",
        first_line: "Desde ahora las cartas van a la nueva.",
        heading: "Su dirección de correo ha cambiado",
        paragraphs: [
            "Su cuenta tiene otra dirección de correo desde el *{when}*. Con ella entra ahora, y allí van nuestras cartas.",
            "¿No fue usted? Avise a la biblioteca cuanto antes.",
        ],
        button: Some("Preguntar a la biblioteca"),
    },
    renamed: LetterWords {
        subject: "Su nombre de usuario ha cambiado",
        first_line: "La dirección de correo y la contraseña son las de antes.",
        heading: "Su nombre de usuario ha cambiado",
        paragraphs: [
            "Su cuenta tiene otro nombre de usuario desde el *{when}*. La dirección de correo y la contraseña son las de antes.",
            "¿No fue usted? Elija cuanto antes otra contraseña, y avise a la biblioteca.",
        ],
        button: Some("No fui yo"),
    },
    librarian: LetterWords {
        subject: "Ahora dirige la biblioteca",
        first_line: "El mostrador también es suyo.",
        heading: "Ahora dirige la biblioteca",
        paragraphs: [
            "Su cuenta tiene esa función desde el *{when}*. Puede entregar y recibir libros, y ocuparse del catálogo y de los \
             lectores.",
            "Si esto le sorprende, avise a la biblioteca.",
        ],
        button: Some("Ir a la biblioteca"),
    },
    assistant: LetterWords {
        subject: "Ahora ayuda en el mostrador",
        first_line: "El mostrador también es suyo.",
        heading: "Ahora ayuda en el mostrador",
        paragraphs: [
            "Su cuenta tiene esa función desde el *{when}*. Puede entregar y recibir libros, y ocuparse de los lectores.",
            "Si esto le sorprende, avise a la biblioteca.",
        ],
        button: Some("Ir a la biblioteca"),
    },
    reader_again: LetterWords {
        subject: "Ya no trabaja en el mostrador",
        first_line: "Sus libros y reservas siguen como están.",
        heading: "Ya no trabaja en el mostrador",
        paragraphs: [
            "Su cuenta es otra vez como la de los demás lectores desde el *{when}*. Sus libros y reservas siguen como están.",
            "Si esto le sorprende, avise a la biblioteca.",
        ],
        button: Some("Ir a la biblioteca"),
    },
    new_device: LetterWords {
        subject: "Un dispositivo nuevo",
        first_line: "¿Fue usted?",
        heading: "Un dispositivo nuevo",
        paragraphs: [
            "Alguien, esperamos que usted, entró en su cuenta el *{when}* desde un dispositivo que no conocíamos. Su dirección de red \
             es {address}.",
            "¿No fue usted? Elija cuanto antes otra contraseña, y avise a la biblioteca.",
        ],
        button: Some("No fui yo"),
    },
    session_stolen: LetterWords {
        subject: "Se ha cerrado la sesión de un dispositivo",
        first_line: "Quizá alguien tenga una copia de su clave.",
        heading: "Se ha cerrado la sesión de un dispositivo",
        paragraphs: [
            "El *{when}* se usó otra vez la clave de uno de sus dispositivos, cuando el dispositivo ya tenía otra nueva. Quizá \
             alguien tenga una copia, así que hemos cerrado la sesión de ese dispositivo.",
            "Entre de nuevo en él. Si no sabe cómo ha ocurrido, elija otra contraseña.",
        ],
        button: Some("Elegir otra contraseña"),
    },
    reset: LetterWords {
        subject: "Una contraseña nueva",
        first_line: "El enlace vale diez minutos.",
        heading: "Una contraseña nueva",
        paragraphs: [
            "Alguien, esperamos que usted, pidió una contraseña nueva. Este enlace vale *hasta las {until}*, durante diez minutos y \
             una sola vez.",
            "Si no fue usted, no haga nada. Su contraseña sigue como está.",
        ],
        button: Some("Elegir otra contraseña"),
    },
    password_changed: LetterWords {
        subject: "Su contraseña ha cambiado",
        first_line: "Se ha cerrado la sesión en los demás dispositivos.",
        heading: "Su contraseña ha cambiado",
        paragraphs: [
            "Cambió el *{when}*. Se ha cerrado la sesión en los demás dispositivos.",
            "¿No fue usted? Elija cuanto antes otra contraseña, y avise a la biblioteca.",
        ],
        button: Some("No fui yo"),
    },
    data_fetched: LetterWords {
        subject: "Se han descargado sus datos",
        first_line: "¿Fue usted?",
        heading: "Se han descargado sus datos",
        paragraphs: [
            "Alguien, esperamos que usted, descargó el *{when}*, en un archivo, todo lo que guardamos sobre usted. La \
             dirección de red a la que fue es {address}.",
            "¿No fue usted? Entonces alguien conoce su contraseña o tiene un dispositivo en el que su sesión está abierta. \
             Elija cuanto antes otra contraseña, y avise a la biblioteca.",
        ],
        button: Some("No fui yo"),
    },
    farewell: LetterWords {
        subject: "Su cuenta se ha eliminado",
        first_line: "Gracias por leer con nosotros.",
        heading: "Adiós, y gracias",
        paragraphs: [
            "Su cuenta se ha eliminado, y con ella sus favoritos, sus lugares en las colas y su imagen. Los libros que añadió siguen \
             en el catálogo, sin su nombre.",
            "Si todavía tiene libros nuestros, devuélvalos, por favor. Esta es nuestra última carta. Si vuelve por aquí, la puerta \
             está abierta.",
        ],
        button: None,
    },
    ready: LetterWords {
        subject: "Listo para usted: {title}",
        first_line: "En el mostrador hasta el {until}.",
        heading: "Un libro le espera",
        paragraphs: [
            "{book} le espera en el mostrador *hasta el {until}*. Basta con decir su nombre.",
            "Si ya no lo necesita, déjelo, y la siguiente persona lo tendrá antes.",
        ],
        button: Some("Ver mis libros"),
    },
    displaced: LetterWords {
        subject: "Al final no está listo: {title}",
        first_line: "El próximo ejemplar es para usted.",
        heading: "Al final su libro no está listo",
        paragraphs: [
            "La biblioteca ha prestado a otra persona el ejemplar de {book} que le esperaba. Lo sentimos. *El próximo es para usted:* \
             le escribiremos cuando haya un ejemplar.",
            "Si lo ha encontrado en otro sitio, deje su lugar, y la siguiente persona avanza.",
        ],
        button: Some("Ver mi lugar"),
    },
    next: LetterWords {
        subject: "El próximo turno es suyo: {title}",
        first_line: "Le escribiremos cuando haya un ejemplar.",
        heading: "El próximo turno es suyo",
        paragraphs: [
            "Nadie espera antes que usted por {book}. Le escribiremos cuando haya un ejemplar.",
            "Si lo ha encontrado en otro sitio, deje su lugar, y la siguiente persona avanza.",
        ],
        button: Some("Ver mi lugar"),
    },
    queued: LetterWords {
        subject: "Su lugar en la cola es el {place}: {title}",
        first_line: "Le escribiremos cuando haya un ejemplar.",
        heading: "Su lugar en la cola es el {place}",
        paragraphs: [
            "Otros pidieron {book} antes que usted. Le escribiremos cuando haya un ejemplar para usted.",
            "Si lo ha encontrado en otro sitio, deje su lugar, y la siguiente persona avanza.",
        ],
        button: Some("Ver mi lugar"),
    },
    due_soon: LetterWords {
        subject: "Vence el {weekday}: {title}",
        first_line: "Quizá pueda quedárselo más tiempo.",
        heading: "Vence el {weekday}",
        paragraphs: [
            "{book} vence *el {day}*. Devuélvalo, por favor, hasta entonces.",
            "Si nadie lo espera y las normas lo permiten, puede quedárselo más tiempo: renuévelo en el sitio web.",
        ],
        button: Some("Ver mis libros"),
    },
    overdue: LetterWords {
        subject: "{late}: {title}",
        first_line: "Vencía el {day}.",
        heading: "Un libro va con retraso",
        paragraphs: [
            "{book} vencía *el {day}*. Devuélvalo, por favor.",
            "Si lo ha perdido, díganoslo, y encontraremos una solución. Si ya lo ha devuelto, gracias: no tiene que hacer nada.",
        ],
        button: Some("Ver mis libros"),
    },
    several_overdue: LetterWords {
        subject: "{count} libros van con retraso",
        first_line: "El primero vencía el {day}.",
        heading: "{count} libros van con retraso",
        paragraphs: [
            "Devuelva, por favor, estos libros:",
            "Si ha perdido alguno, díganoslo, y encontraremos una solución. Si ya los ha devuelto, gracias: no tiene que hacer nada.",
        ],
        button: Some("Ver mis libros"),
    },
};

const DAYS: Days = Days {
    weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    day: "{weekday} {date} de {month}",
    first: "1",
    moment: "{day}, {time}",
    closed: "{day} (día de cierre: cuenta el {open})",
    time: |hour, minute| format!("{hour}:{minute:02}\u{a0}h"),
    late: |days| format!("{days} {} de retraso", if days == 1 { "día" } else { "días" }),
    ordinal: |place| format!("{place}.º"),
};
