// English: the words of what the desk prints. Letters are in their reader's language.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, date, day, shortDay, time }) => ({
  tag: "en",
  // The page.
  what: "What",
  kinds: {
    labels: "Labels for books",
    cards: "Readers’ cards",
    slips: "Call slips",
    letters: "Overdue letters",
    counter: "Counter sheet",
  },
  sheet: "Sheet",
  sheets: { "3x8": "A4, 3 × 8, 70 × 37 mm", "4x10": "A4, 4 × 10, 48.5 × 25.4 mm", "3x10": "Letter, 3 × 10, square codes" },
  pages: { a4: "A4, ten cards", letter: "Letter, eight cards" },
  whichBooks: "Which books",
  whichBooksHint: "Scan them, or type a title. Each goes on the list.",
  addedToday: "Add all that came today",
  labelsOf: (/** @type {string} */ title) => `Labels for ${name(title)}`,
  noNumber: "It has no number yet. A librarian gives it one.",
  whichReaders: "Which readers",
  whichReadersHint: "Scan a card, or type a name or an email.",
  noCard: "This reader has no card yet.",
  add: "Add",
  added: (/** @type {string} */ what) => `${name(what)} is on the list.`,
  nothingFound: "Nothing is found.",
  chosen: (/** @type {number} */ n) => count(n, { one: "One on the list", other: `${number(n)} on the list` }),
  clear: "Empty the list",
  takeOff: "Take off the list:",
  firstFree: "First free label",
  usedUp: (/** @type {number} */ n) =>
    count(n, { one: "One is used up already.", other: n ? `${number(n)} are used up already.` : "The sheet is new." }),
  firstBetween: (/** @type {number} */ most) => `A number from 1 to ${number(most)}.`,
  codeTooLong: "A code is too long for this label",
  codeTooLongWhy: (/** @type {string} */ title, /** @type {string} */ code) =>
    `The bars of ${code} on ${name(title)} would run over its edge. Nothing is printed. Square codes have room for it.`,
  useSquares: "Use the sheet with square codes",
  toFetch: (/** @type {number} */ n) =>
    count(n, {
      one: "One book is to be fetched from its shelf.",
      other: n ? `${number(n)} books are to be fetched from their shelves.` : "Nothing is to be fetched.",
    }),
  toWhom: "To whom",
  whom: { without: "Readers whom no email about it reaches", all: "All who are late" },
  lateReaders: (/** @type {number} */ n) =>
    count(n, { one: "One reader is late.", other: n ? `${number(n)} readers are late.` : "Nobody is late." }),
  counterSheetIs: "A page of codes for the counter. Scan one instead of pressing a key.",
  printSheets: (/** @type {number} */ n) => count(n, { one: "Print one sheet", other: n ? `Print ${number(n)} sheets` : "Print" }),
  howToPrint: "In the print window: scale 100 %, margins none. Print one on plain paper first and hold it against the sheet.",

  // Call slips.
  fetchIt: "Fetch from the shelf",
  forWhom: (/** @type {string} */ who) => `For ${name(who)}`,
  reservedAt: (/** @type {string} */ at) => `reserved on ${shortDay(at)}, ${time(at)}`,

  // Letters.
  cardOf: (/** @type {string} */ card) => `Card ${card}`,
  dateOf: (/** @type {number} */ at) => date(at),
  lateTitle: (/** @type {number} */ n) => count(n, { one: "One book is late", other: `${number(n)} books are late` }),
  dear: (/** @type {string} */ who) => `Dear ${name(who)},`,
  lateLead: (/** @type {number} */ n) =>
    count(n, {
      one: "this book was to come back. Somebody else may want to read it.",
      other: "these books were to come back. Somebody else may want to read them.",
    }),
  wasDue: (/** @type {string} */ on) => `It was due on ${day(on)}.`,
  bringBack: (/** @type {number} */ n) =>
    count(n, { one: "Please bring it back when you next pass.", other: "Please bring them back when you next pass." }),
  lostOne: "If you have lost one, tell us, and we find a way.",
  yourLibrary: "Your library",

  // The counter sheet.
  counterSheetOf: (/** @type {string} */ library) => `${name(library)}: counter sheet`,
  scanThese: "Scan these as you scan a book. No keyboard is needed.",
  orders: {
    done: ["Finish", "The reader is done. Next, please."],
    print: ["Receipt", "Or the hold slip, if one is on the screen."],
    undo: ["Undo", "The last thing that happened."],
    renew: ["Renew all", "Of the reader at the counter."],
    help: ["Needs me", "Back to what waits for an answer."],
    1: ["First answer", "When the screen asks."],
    2: ["Second answer", "When the screen asks."],
    3: ["Third answer", "When the screen asks."],
  },
});
