// German: the words of what the desk prints. Letters are in their reader's language.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, date, day, shortDay, time }) => ({
  tag: "de",
  // The page.
  what: "Was",
  kinds: { labels: "Buchetiketten", cards: "Leseausweise", slips: "Suchzettel", letters: "Mahnungen", counter: "Thekenblatt" },
  sheet: "Bogen",
  sheets: { "3x8": "A4, 3 × 8, 70 × 37 mm", "4x10": "A4, 4 × 10, 48,5 × 25,4 mm", "3x10": "Letter, 3 × 10, QR-Codes" },
  pages: { a4: "A4, zehn Ausweise", letter: "Letter, acht Ausweise" },
  whichBooks: "Welche Bücher",
  whichBooksHint: "Scannen oder einen Titel eingeben. Jedes kommt auf die Liste.",
  addedToday: "Alle, die heute kamen",
  labelsOf: (/** @type {string} */ title) => `Etiketten für ${name(title)}`,
  noNumber: "Es hat noch keine Nummer. Die Bibliotheksleitung vergibt sie.",
  whichReaders: "Welche Leser",
  whichReadersHint: "Einen Ausweis scannen, oder Namen oder E-Mail eingeben.",
  noCard: "Noch ohne Ausweis.",
  add: "Hinzufügen",
  added: (/** @type {string} */ what) => `${name(what)} ist auf der Liste.`,
  nothingFound: "Nichts gefunden.",
  chosen: (/** @type {number} */ n) => count(n, { one: "Eins auf der Liste", other: `${number(n)} auf der Liste` }),
  clear: "Liste leeren",
  takeOff: "Von der Liste nehmen:",
  firstFree: "Erstes freies Etikett",
  usedUp: (/** @type {number} */ n) =>
    count(n, { one: "Eines ist schon verbraucht.", other: n ? `${number(n)} sind schon verbraucht.` : "Der Bogen ist neu." }),
  firstBetween: (/** @type {number} */ most) => `Eine Zahl von 1 bis ${number(most)}.`,
  codeTooLong: "Ein Code ist zu lang für dieses Etikett",
  codeTooLongWhy: (/** @type {string} */ title, /** @type {string} */ code) =>
    `Die Striche von ${code} auf ${name(title)} würden über den Rand laufen. Es wird nichts gedruckt. QR-Codes haben Platz dafür.`,
  useSquares: "Den Bogen mit QR-Codes nehmen",
  toFetch: (/** @type {number} */ n) =>
    count(n, {
      one: "Ein Buch ist aus dem Regal zu holen.",
      other: n ? `${number(n)} Bücher sind aus dem Regal zu holen.` : "Nichts ist zu holen.",
    }),
  toWhom: "An wen",
  whom: { without: "Wer darüber keine E-Mail bekommt", all: "Alle Säumigen" },
  lateReaders: (/** @type {number} */ n) =>
    count(n, { one: "Eine Person ist säumig.", other: n ? `${number(n)} Personen sind säumig.` : "Niemand ist säumig." }),
  counterSheetIs: "Eine Seite mit Codes für die Theke. Ein Scan ersetzt eine Taste.",
  printSheets: (/** @type {number} */ n) =>
    count(n, { one: "Einen Bogen drucken", other: n ? `${number(n)} Bogen drucken` : "Drucken" }),
  howToPrint: "Im Druckfenster: Skalierung 100 %, keine Ränder. Zuerst auf Papier drucken und an den Bogen halten.",

  // Call slips.
  fetchIt: "Aus dem Regal holen",
  forWhom: (/** @type {string} */ who) => `Für ${name(who)}`,
  reservedAt: (/** @type {string} */ at) => `vorgemerkt am ${shortDay(at)}, ${time(at)}`,

  // Letters.
  cardOf: (/** @type {string} */ card) => `Ausweis ${card}`,
  dateOf: (/** @type {number} */ at) => date(at),
  lateTitle: (/** @type {number} */ n) =>
    count(n, { one: "Ein Buch ist überfällig", other: `${number(n)} Bücher sind überfällig` }),
  dear: (/** @type {string} */ who) => `Guten Tag ${name(who)},`,
  lateLead: (/** @type {number} */ n) =>
    count(n, {
      one: "dieses Buch sollte zurück sein. Vielleicht möchte es jemand anders lesen.",
      other: "diese Bücher sollten zurück sein. Vielleicht möchte sie jemand anders lesen.",
    }),
  wasDue: (/** @type {string} */ on) => `Fällig war es am ${day(on)}.`,
  bringBack: (/** @type {number} */ n) =>
    count(n, { one: "Bitte bringen Sie es beim nächsten Mal mit.", other: "Bitte bringen Sie sie beim nächsten Mal mit." }),
  lostOne: "Ist eines verloren, sagen Sie es uns, und wir finden einen Weg.",
  yourLibrary: "Ihre Bibliothek",

  // The counter sheet.
  counterSheetOf: (/** @type {string} */ library) => `${name(library)}: Thekenblatt`,
  scanThese: "Wie ein Buch scannen. Eine Tastatur ist nicht nötig.",
  orders: {
    done: ["Fertig", "Diese Person ist fertig. Die nächste, bitte."],
    print: ["Quittung", "Oder der Zettel, wenn einer auf dem Bildschirm ist."],
    undo: ["Rückgängig", "Was zuletzt geschah."],
    renew: ["Alle verlängern", "Für die Person an der Theke."],
    help: ["Braucht mich", "Zurück zu dem, was auf eine Antwort wartet."],
    1: ["Erste Antwort", "Wenn der Bildschirm fragt."],
    2: ["Zweite Antwort", "Wenn der Bildschirm fragt."],
    3: ["Dritte Antwort", "Wenn der Bildschirm fragt."],
  },
});
