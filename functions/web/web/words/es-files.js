// Español: las palabras de las páginas que traen libros y los sacan.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, shortDay, time }) => ({
  booksInAndOut: "Traer y sacar libros",
  import: "Importar",
  export: "Exportar",
  earlier: "Anteriores",
  steps: ["Archivo", "Prueba", "Importación", "Resultado"],
  numberOf: (/** @type {number} */ n) => number(n),
  atTime: (/** @type {string} */ at) => `${shortDay(at)}, ${time(at)}`,
  reading: "Un momento…",
  showMore: "Mostrar más",

  // A file is chosen.
  dropHere: "Suelte aquí su lista",
  whichFiles:
    "Goodreads, StoryGraph, LibraryThing, Calibre, BookWyrm, MARC o cualquier tabla. Averiguamos cuál es. Puede estar comprimida (.gz).",
  chooseFile: "Elegir un archivo",
  trialFirst: "No se escribe nada antes de que usted haya visto una prueba.",
  aFile: "Un archivo",
  anotherFile: "Otro archivo",
  sameFileAgain: "Elija otra vez el mismo archivo",
  goesOnAt: (/** @type {number} */ row) => `Sigue en la fila ${number(row)}. Lo escrito queda.`,

  // It is sent.
  trialUnderWay: "Prueba: no se escribe nada.",
  importUnderWay: "Las filas están entrando.",
  looksLike: (/** @type {string} */ format) => `Parece <b>${format}</b>.`,
  rowsSoFar: (/** @type {number} */ rows, /** @type {number} */ share) =>
    `${count(rows, { one: "Una fila", other: `${number(rows)} filas` })}, ${number(Math.floor(share * 100))} % del archivo.`,
  pace: (/** @type {number} */ rate, /** @type {number} */ seconds) =>
    seconds < 90
      ? `${number(Math.round(rate))} por segundo; faltan unos ${count(Math.ceil(seconds), { one: "un segundo", other: `${number(Math.ceil(seconds))} segundos` })}.`
      : `${number(Math.round(rate))} por segundo; faltan unos ${number(Math.round(seconds / 60))} minutos.`,
  mayClose: "Puede cerrar esta página: lo escrito queda. Sigue cuando vuelva con el mismo archivo.",
  pause: "Pausa",
  goOn: "Seguir",
  pausedAt: (/** @type {number} */ rows) => `En pausa tras la fila ${number(rows)}`,
  pausedWhy: "Lo escrito queda.",
  noAnswerYet: "Aún no hay respuesta",
  sendsAgain: "Las mismas filas se envían otra vez por sí solas. Nada entra dos veces.",
  lookingUp: (/** @type {number} */ n, /** @type {number} */ all) => `Se busca ${number(n)} de ${number(all)} …`,

  // What became of it.
  wouldBeAdded: "se añadirían",
  added: "añadidos",
  skipped: "ya están",
  updated: "cambiados",
  notAdded: "no añadidos",
  failed: "fallidos",
  rowsIn: (/** @type {number} */ rows) => count(rows, { one: "Una fila.", other: `${number(rows)} filas.` }),
  trialDone: (/** @type {number} */ rows, /** @type {number} */ added, /** @type {number} */ failed) =>
    `Prueba: de ${number(rows)} filas se añadirían ${number(added)} y fallan ${number(failed)}.`,
  trialKnowsNot: "Una prueba no ve lo que está en dos lugares alejados del archivo. La importación sí.",
  importThem: (/** @type {number} */ n) => count(n, { one: "Importar un libro", other: `Importar ${number(n)} libros` }),
  nothingWritten: "Aún no se ha escrito nada.",
  nothingToAdd: "No hay nada que añadir.",
  booksAreIn: (/** @type {number} */ n) =>
    count(n, { one: "Un libro está dentro", other: n ? `${number(n)} libros están dentro` : "No entró ningún libro" }),
  booksAreChanged: (/** @type {number} */ n) =>
    count(n, { one: "Se ha cambiado un libro", other: `Se han cambiado ${number(n)} libros` }),
  lookAtThem: "Verlos",
  toFavorites: "No añadir libros: los que la biblioteca tiene pasan a ser favoritos.",
  lookUpMissing: "Buscar los títulos y autores que faltan",
  favoritesAreIn: (/** @type {number} */ n) =>
    count(n, { one: "Un favorito nuevo", other: n ? `${number(n)} favoritos nuevos` : "Ningún favorito nuevo" }),
  makeFavorites: (/** @type {number} */ n) => count(n, { one: "Añadir un favorito", other: `Añadir ${number(n)} favoritos` }),
  booksHereAlready: "Los libros que ya están",
  onDuplicate: {
    skip: "Dejarlos como están",
    fill: "Completar lo que les falta",
    copies: "Darles tantos ejemplares como dice el archivo",
  },
  updateThem: "Cambiar estos libros",
  worthALook: "Vale la pena mirar",
  allOfThem: "Todas",
  failedOnly: (/** @type {number} */ n) => `Fallidas ${number(n)}`,
  skippedOnly: (/** @type {number} */ n) => `Ya están ${number(n)}`,
  addedWithNote: "Añadidas, con una nota",
  nothingToSay: "No hay nada que decir de estas filas.",
  row: "Fila",
  onLine: (/** @type {number} */ line) => `línea ${number(line)}`,
  wouldBe: "Sería",
  was: "Resultado",
  why: "Por qué",
  outcomes: { added: "Añadido", updated: "Cambiado", skipped: "Ya está", failed: "Fallido" },
  mend: "Corregir",
  bringIn: "Importarla",
  seeIt: "Verlo",
  asCsv: "Descargar como CSV",
  csvColumns: ["fila", "línea", "resultado", "campo", "problema", "valor"],

  // It is undone.
  undo: "Retirar estos libros",
  undoAsk: (/** @type {number} */ n) => count(n, { one: "¿Retirar este libro?", other: `¿Retirar estos ${number(n)} libros?` }),
  undoKeeps:
    "Los libros que alguien ha modificado, reservado o tomado en préstamo desde entonces se quedan. El mismo archivo puede importarse otra vez.",
  undoNot: "Dejarlos",
  undoGoOn: "Seguir retirándolos",
  undoSoFar: (/** @type {number} */ n) => `Retirados: ${number(n)}.`,
  areOut: (/** @type {number} */ n) =>
    count(n, {
      one: "Se ha retirado un libro",
      other: n ? `Se han retirado ${number(n)} libros` : "No se ha retirado ningún libro",
    }),
  restored: (/** @type {number} */ n) =>
    count(n, { one: "Un libro está como antes.", other: `${number(n)} libros están como antes.` }),
  undoChanges: "Dejar estos libros como antes",
  undoChangesAsk: "¿Dejar estos libros como antes?",
  removeFavorites: "Quitar estos favoritos",
  favoritesAreOut: (/** @type {number} */ n) =>
    count(n, {
      one: "Se ha quitado un favorito",
      other: n ? `Se han quitado ${number(n)} favoritos` : "No se ha quitado ningún favorito",
    }),
  undoFavorites: (/** @type {number} */ n) =>
    count(n, { one: "¿Quitar este favorito?", other: `¿Quitar estos ${number(n)} favoritos?` }),
  keptReserved: (/** @type {number} */ n) =>
    count(n, {
      one: "Uno se queda: alguien lo ha reservado o tomado en préstamo.",
      other: `${number(n)} se quedan: alguien los ha reservado o tomado en préstamo.`,
    }),
  keptChanged: (/** @type {number} */ n) =>
    count(n, { one: "Uno se queda: alguien lo ha modificado.", other: `${number(n)} se quedan: alguien los ha modificado.` }),

  // Of a table of readers, these words take the place of those of books.
  ofReaders: {
    importThem: (/** @type {number} */ n) => count(n, { one: "Añadir un lector", other: `Añadir ${number(n)} lectores` }),
    booksAreIn: (/** @type {number} */ n) =>
      count(n, { one: "Un lector está dentro", other: n ? `${number(n)} lectores están dentro` : "No entró ningún lector" }),
    undo: "Retirar a estos lectores",
    undoAsk: (/** @type {number} */ n) =>
      count(n, { one: "¿Retirar a este lector?", other: `¿Retirar a estos ${number(n)} lectores?` }),
    undoKeeps:
      "Quien ha elegido una contraseña, reservado o tomado en préstamo se queda. El mismo archivo puede importarse otra vez.",
    areOut: (/** @type {number} */ n) =>
      count(n, {
        one: "Se ha retirado a un lector",
        other: n ? `Se ha retirado a ${number(n)} lectores` : "No se ha retirado a ningún lector",
      }),
    keptReserved: (/** @type {number} */ n) =>
      count(n, {
        one: "Uno se queda: ha elegido una contraseña, reservado o tomado en préstamo.",
        other: `${number(n)} se quedan: han elegido una contraseña, reservado o tomado en préstamo.`,
      }),
  },
  lettersGo: "Quien tiene correo electrónico recibe, al terminar la importación, una carta para elegir una contraseña.",
  firstRows: "Las primeras filas",

  // Which column is which.
  whichColumn: "¿En qué columna está el título?",
  whichColumnWhy: "Los nombres de las columnas no nos lo dicen.",
  fields: {
    title: "Título",
    author: "Autor (opcional)",
    isbn: "ISBN (opcional)",
    publicationYear: "Año (opcional)",
    language: "Idioma (opcional)",
    pages: "Páginas (opcional)",
    copies: "Ejemplares (opcional)",
  },
  noColumn: "Ninguna columna",
  titleNeeded: "Un libro necesita un título.",
  tryThem: "Probar",
  readOtherwise: "Leerlo de otra manera",
  format: "El archivo es",
  encoding: "Sus letras están en",
  guessed: "como se supone",

  // Earlier imports.
  file: "Archivo",
  when: "Cuándo",
  state: "Estado",
  trialRun: "Prueba",
  states: { open: "sin terminar", finished: "terminada", undoing: "se está deshaciendo", undone: "deshecha" },
  noImports: "Aún no ha traído ningún archivo.",
  keptFor: "Esta lista abarca 90 días.",

  // The export.
  whatToExport: "Qué",
  whats: { all: "Todos los libros", old: "Libros antiguos", own: "Lo que añadí" },
  asWhat: "Como",
  kinds: { csv: "CSV, para una hoja de cálculo", jsonl: "Líneas JSON, para programas", marc: "MARC 21", marcxml: "MARCXML" },
  exportHas:
    "Contiene todo lo que el catálogo dice de un libro, y se puede volver a leer. No contiene los números de cada ejemplar.",
  megabytes: (/** @type {number} */ bytes) => `${number(Math.max(Math.round(bytes / 1e5) / 10, 0.1))} MB`,
  exporting: (/** @type {number} */ pages, /** @type {string} */ size) =>
    `${count(pages, { one: "Una página", other: `${number(pages)} páginas` })}, ${size} por ahora. Deje abierta esta página.`,
  exported: (/** @type {number} */ _pages, /** @type {string} */ size) => `El archivo está completo: ${size}.`,
  waitsABit: "La biblioteca está ocupada. Sigue por sí sola.",
  cancel: "Cancelar",
  cancelled: "Cancelado. No se guardó nada.",

  // What a file may be.
  formats: /** @type {Record<string, string>} */ ({
    goodreads: "Goodreads",
    storygraph: "StoryGraph",
    librarything: "LibraryThing",
    calibre: "Calibre",
    bookwyrm: "BookWyrm",
    csv: "una tabla",
    isbn: "una lista de ISBN",
    members: "una tabla de lectores",
    jsonl: "líneas JSON",
    marc: "MARC 21",
    marcxml: "MARCXML",
  }),

  // What stops a file.
  cannotGoOn: "Este archivo no puede seguir",
  notTaken: "Este archivo no se puede leer",
  notTakenWhy: "No se escribió nada.",
  enoughToday: "Un lector trae hasta 10.000 filas al día. Vuelva mañana con el mismo archivo: sigue donde se quedó.",
  fileProblems: /** @type {Record<string, string>} */ ({
    "record-too-long": "Un registro ocupa más de un megabyte. Quizá falta cerrar unas comillas.",
    "part-cuts-record": "Un registro ocupa más de un megabyte. Quizá falta cerrar unas comillas.",
    unreadable: "El archivo está dañado, o se movió o cambió. Elíjalo otra vez.",
    "too-large": "Descomprimido, el archivo ocupa más de un gigabyte. Divídalo.",
    "other-file": "Este no es el archivo con el que empezó. Elija aquel, o empiece de nuevo.",
    "not-written": "No se pudo escribir el archivo. ¿Hay sitio para él?",
    "wrong-format": "Esto no es una lista de libros que podamos leer.",
    "no-records": "El archivo no tiene libros.",
    "xml-doctype": "No se lee un archivo que declara un tipo de documento. Quite la línea con DOCTYPE.",
  }),
  refusals: {
    "import-finished": "Esta importación está terminada. Empiece otra.",
    "import-undone": "Esta importación se ha deshecho. Empiece otra.",
    "no-such-import": "Esta importación no está aquí. Se olvidan a los 90 días.",
    "part-ahead": "A la biblioteca le falta una parte anterior. Elija otra vez el mismo archivo.",
  },

  // What is said about a row.
  sameAsRow: (/** @type {number} */ row) => `Lo mismo que la fila ${number(row)}.`,
  notes: {
    duplicate: "La biblioteca ya lo tiene.",
    "card-taken": "Otra persona tiene este carné.",
    "card-short": "Un carné tiene de 4 a 32 letras y cifras.",
    "card-mangled": "Una hoja de cálculo ha acortado este carné.",
    "email-bad": "Esto no es un correo electrónico: omitido.",
    "email-taken": "Otra persona tiene este correo: omitido.",
    "group-unknown": "La biblioteca no tiene ese grupo.",
    "name-missing": "No hay nombre.",
    "nothing-identifies": "No hay carné, ni correo, ni número.",
    "duplicate-in-file": "Está dos veces en el archivo.",
    "not-in-library": "La biblioteca no tiene ningún libro con este ISBN.",
    "looked-up": "Lo que falta en la fila se ha buscado.",
    "isbn-shared": "Otro título tiene este ISBN; este libro entró sin él.",
    "barcode-taken": "Otra cosa tiene este código de barras, y se omitió.",
    "author-cut": "El autor era demasiado largo; se omitieron los últimos nombres.",
    "author-unknown": "No hay autor.",
    "author-unsure": "Quizá el autor no es correcto.",
    "bad-bytes": "Algunas letras no se pueden leer.",
    "bad-json": "Esta línea no es JSON.",
    "barcode-bad": "Un código de barras tiene de 4 a 32 letras y cifras. Este se omitió.",
    "control-removed": "Se quitaron signos que nadie ve.",
    "copies-unsure": "El número de ejemplares no se puede leer; es uno.",
    "date-unsure": "La fecha no se puede leer, y se omitió.",
    eacc: "El texto en una escritura de Asia oriental no se puede leer así. Convierta antes el archivo a UTF-8.",
    "isbn-bad": "Esto no es un ISBN.",
    "isbn-check-digit": "ISBN omitido: su última cifra está mal.",
    "isbn-mangled": "ISBN omitido: una hoja de cálculo lo acortó.",
    "isbn-two": "Hay dos ISBN. Se tomó el primero.",
    "isbn-zero-added": "Al ISBN le faltaba el primer cero.",
    "language-several": "Hay varios idiomas. Se tomó el primero.",
    "marc-bad": "Esto no es un registro de MARC 21.",
    "marc-directory": "El directorio del registro está mal. Se leyó de todos modos.",
    "marc-encoding": "El registro está escrito de otro modo del que dice.",
    "marc-field": "A un campo le faltan sus signos.",
    "marc-length": "La longitud del registro está mal. Se leyó de todos modos.",
    "not-an-object": "Esta línea no es un objeto de JSON.",
    "pages-unsure": "El número de páginas no se puede leer, y se omitió.",
    "quote-open": "Unas comillas no se cierran.",
    "record-too-long": "El registro es demasiado largo.",
    "series-removed": "Se quitó la serie del título.",
    "shelf-mark-bad": "La signatura tiene más de 20 letras, y se omitió.",
    "shelf-mark-several": "Hay varias signaturas. Se tomó la primera.",
    "subjects-cut": "Un libro tiene como mucho 20 materias.",
    "text-cut": "Un texto era demasiado largo y se cortó.",
    "title-cut": "El título era demasiado largo y se cortó.",
    "title-missing": "No hay título.",
    "too-many-cells": "Hay más celdas que columnas. Una celda con coma necesita comillas.",
    unimarc: "Esto es UNIMARC. Exporte MARC 21.",
    "unknown-field": "Un campo no se conoce.",
    "wrong-type": "Un valor es de otra clase.",
    "xml-bad": "El registro no es XML.",
    "xml-entity": "Un signo está escrito de un modo que no se conoce.",
    "year-unsure": "El año no se puede leer, y se omitió.",
  },
});
