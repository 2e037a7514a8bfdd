// Spanish: the words of what the desk prints. Letters are in their reader's language.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, date, day, shortDay, time }) => ({
  tag: "es",
  // The page.
  what: "Qué",
  kinds: {
    labels: "Etiquetas de libros",
    cards: "Carnés",
    slips: "Fichas de búsqueda",
    letters: "Cartas de retraso",
    counter: "Hoja del mostrador",
  },
  sheet: "Hoja",
  sheets: { "3x8": "A4, 3 × 8, 70 × 37 mm", "4x10": "A4, 4 × 10, 48,5 × 25,4 mm", "3x10": "Carta, 3 × 10, códigos QR" },
  pages: { a4: "A4, diez carnés", letter: "Carta, ocho carnés" },
  whichBooks: "Qué libros",
  whichBooksHint: "Escanéalos o escribe un título. Cada uno va a la lista.",
  addedToday: "Añadir los que llegaron hoy",
  labelsOf: (/** @type {string} */ title) => `Etiquetas de ${name(title)}`,
  noNumber: "Aún no tiene número. Se lo da la dirección de la biblioteca.",
  whichReaders: "Qué lectores",
  whichReadersHint: "Escanea un carné o escribe un nombre o un correo.",
  noCard: "Aún no tiene carné.",
  add: "Añadir",
  added: (/** @type {string} */ what) => `${name(what)} está en la lista.`,
  nothingFound: "No se encuentra nada.",
  chosen: (/** @type {number} */ n) => count(n, { one: "Uno en la lista", other: `${number(n)} en la lista` }),
  clear: "Vaciar la lista",
  takeOff: "Quitar de la lista:",
  firstFree: "Primera etiqueta libre",
  usedUp: (/** @type {number} */ n) =>
    count(n, { one: "Una ya está usada.", other: n ? `${number(n)} ya están usadas.` : "La hoja es nueva." }),
  firstBetween: (/** @type {number} */ most) => `Un número de 1 a ${number(most)}.`,
  codeTooLong: "Un código es demasiado largo para esta etiqueta",
  codeTooLongWhy: (/** @type {string} */ title, /** @type {string} */ code) =>
    `Las barras de ${code} en ${name(title)} se saldrían del borde. No se imprime nada. En los códigos QR cabe.`,
  useSquares: "Usar la hoja con códigos QR",
  toFetch: (/** @type {number} */ n) =>
    count(n, {
      one: "Hay que buscar un libro en su estante.",
      other: n ? `Hay que buscar ${number(n)} libros en sus estantes.` : "No hay nada que buscar.",
    }),
  toWhom: "A quién",
  whom: { without: "Quien no recibe un correo sobre ello", all: "Todos los que van con retraso" },
  lateReaders: (/** @type {number} */ n) =>
    count(n, { one: "Un lector va con retraso.", other: n ? `${number(n)} lectores van con retraso.` : "Nadie va con retraso." }),
  counterSheetIs: "Una página de códigos para el mostrador. Escanea uno en vez de pulsar una tecla.",
  printSheets: (/** @type {number} */ n) =>
    count(n, { one: "Imprimir una hoja", other: n ? `Imprimir ${number(n)} hojas` : "Imprimir" }),
  howToPrint: "En la ventana de impresión: escala 100 %, sin márgenes. Imprime primero en papel normal y compáralo con la hoja.",

  // Call slips.
  fetchIt: "Buscar en el estante",
  forWhom: (/** @type {string} */ who) => `Para ${name(who)}`,
  reservedAt: (/** @type {string} */ at) => `reservado el ${shortDay(at)}, ${time(at)}`,

  // Letters.
  cardOf: (/** @type {string} */ card) => `Carné ${card}`,
  dateOf: (/** @type {number} */ at) => date(at),
  lateTitle: (/** @type {number} */ n) =>
    count(n, { one: "Un libro va con retraso", other: `${number(n)} libros van con retraso` }),
  dear: (/** @type {string} */ who) => `Hola, ${name(who)}:`,
  lateLead: (/** @type {number} */ n) =>
    count(n, {
      one: "Este libro tenía que volver. Quizá otra persona quiera leerlo.",
      other: "Estos libros tenían que volver. Quizá otra persona quiera leerlos.",
    }),
  wasDue: (/** @type {string} */ on) => `Vencía el ${day(on)}.`,
  bringBack: (/** @type {number} */ n) =>
    count(n, { one: "Tráelo cuando pases, por favor.", other: "Tráelos cuando pases, por favor." }),
  lostOne: "Si has perdido alguno, dínoslo y buscamos una solución.",
  yourLibrary: "Tu biblioteca",

  // The counter sheet.
  counterSheetOf: (/** @type {string} */ library) => `${name(library)}: hoja del mostrador`,
  scanThese: "Escanéalos como un libro. No hace falta teclado.",
  orders: {
    done: ["Terminar", "Esta persona ha terminado. La siguiente, por favor."],
    print: ["Recibo", "O la ficha, si hay una en la pantalla."],
    undo: ["Deshacer", "Lo último que pasó."],
    renew: ["Renovar todo", "De quien está en el mostrador."],
    help: ["Me necesita", "Vuelve a lo que espera respuesta."],
    1: ["Primera respuesta", "Cuando la pantalla pregunta."],
    2: ["Segunda respuesta", "Cuando la pantalla pregunta."],
    3: ["Tercera respuesta", "Cuando la pantalla pregunta."],
  },
});
