// English: the words of the pages that bring books in and take them out.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, shortDay, time }) => ({
  booksInAndOut: "Books in and out",
  import: "Import",
  export: "Export",
  earlier: "Earlier",
  steps: ["File", "Trial run", "Import", "Result"],
  numberOf: (/** @type {number} */ n) => number(n),
  atTime: (/** @type {string} */ at) => `${shortDay(at)}, ${time(at)}`,
  reading: "One moment …",
  showMore: "Show more",

  // A file is chosen.
  dropHere: "Drop your list here",
  whichFiles: "Goodreads, StoryGraph, LibraryThing, Calibre, BookWyrm, MARC, any table. We find out which. It may be packed (.gz).",
  chooseFile: "Choose a file",
  trialFirst: "Nothing is written before you have seen a trial run.",
  aFile: "A file",
  anotherFile: "Another file",
  sameFileAgain: "Choose the same file again",
  goesOnAt: (/** @type {number} */ row) => `It goes on at row ${number(row)}. What is written stays.`,

  // It is sent.
  trialUnderWay: "Trial run: nothing is written.",
  importUnderWay: "The rows come in.",
  looksLike: (/** @type {string} */ format) => `Looks like <b>${format}</b>.`,
  rowsSoFar: (/** @type {number} */ rows, /** @type {number} */ share) =>
    `${count(rows, { one: "One row", other: `${number(rows)} rows` })}, ${number(Math.floor(share * 100))} % of the file.`,
  pace: (/** @type {number} */ rate, /** @type {number} */ seconds) =>
    seconds < 90
      ? `${number(Math.round(rate))} a second, about ${count(Math.ceil(seconds), { one: "one second", other: `${number(Math.ceil(seconds))} seconds` })} left.`
      : `${number(Math.round(rate))} a second, about ${number(Math.round(seconds / 60))} minutes left.`,
  mayClose: "You may close this page: what is written stays. It goes on when you come back with the same file.",
  pause: "Pause",
  goOn: "Go on",
  pausedAt: (/** @type {number} */ rows) => `Paused after row ${number(rows)}`,
  pausedWhy: "What is written stays.",
  noAnswerYet: "No answer yet",
  sendsAgain: "The same rows are sent again by themselves. Nothing comes twice.",
  lookingUp: (/** @type {number} */ n, /** @type {number} */ all) => `Looking up ${number(n)} of ${number(all)} …`,

  // What became of it.
  wouldBeAdded: "would be added",
  added: "added",
  skipped: "here already",
  updated: "updated",
  notAdded: "not added",
  failed: "failed",
  rowsIn: (/** @type {number} */ rows) => count(rows, { one: "One row.", other: `${number(rows)} rows.` }),
  trialDone: (/** @type {number} */ rows, /** @type {number} */ added, /** @type {number} */ failed) =>
    `Trial run: of ${number(rows)} rows, ${number(added)} would be added and ${number(failed)} fail.`,
  trialKnowsNot: "A trial run does not see what stands twice, far apart, in the file. The import does.",
  importThem: (/** @type {number} */ n) => count(n, { one: "Import one book", other: `Import ${number(n)} books` }),
  nothingWritten: "Nothing is written yet.",
  nothingToAdd: "There is nothing to add.",
  booksAreIn: (/** @type {number} */ n) =>
    count(n, { one: "One book is in", other: n ? `${number(n)} books are in` : "No book came in" }),
  booksAreChanged: (/** @type {number} */ n) => count(n, { one: "One book is changed", other: `${number(n)} books are changed` }),
  lookAtThem: "Look at them",
  toFavorites: "Add no book. Make favorites of those that the library has.",
  lookUpMissing: "Look up missing titles and authors",
  favoritesAreIn: (/** @type {number} */ n) =>
    count(n, { one: "One new favorite", other: n ? `${number(n)} new favorites` : "No new favorite" }),
  makeFavorites: (/** @type {number} */ n) => count(n, { one: "Make one favorite", other: `Make ${number(n)} favorites` }),
  booksHereAlready: "Books that are here already",
  onDuplicate: {
    skip: "Leave them as they are",
    fill: "Fill in what they lack",
    copies: "Give them as many copies as the file says",
  },
  updateThem: "Change these books",
  worthALook: "Worth a look",
  allOfThem: "All",
  failedOnly: (/** @type {number} */ n) => `Failed ${number(n)}`,
  skippedOnly: (/** @type {number} */ n) => `Here already ${number(n)}`,
  addedWithNote: "Added, with a remark",
  nothingToSay: "There is nothing to say about these rows.",
  row: "Row",
  onLine: (/** @type {number} */ line) => `line ${number(line)}`,
  wouldBe: "Would be",
  was: "Was",
  why: "Why",
  outcomes: { added: "Added", updated: "Changed", skipped: "Here already", failed: "Failed" },
  mend: "Mend it",
  bringIn: "Bring it in",
  seeIt: "See it",
  asCsv: "Download as CSV",
  csvColumns: ["row", "line", "outcome", "field", "problem", "value"],

  // It is undone.
  undo: "Take these books out again",
  undoAsk: (/** @type {number} */ n) =>
    count(n, { one: "Take this book out again?", other: `Take these ${number(n)} books out again?` }),
  undoKeeps: "Books that somebody has changed, reserved or borrowed since then stay. The same file can come in again.",
  undoNot: "Leave them in",
  undoGoOn: "Go on taking them out",
  undoSoFar: (/** @type {number} */ n) => `Out: ${number(n)}.`,
  areOut: (/** @type {number} */ n) =>
    count(n, { one: "One book is out again", other: n ? `${number(n)} books are out again` : "No book was taken out" }),
  restored: (/** @type {number} */ n) =>
    count(n, { one: "One book is as it was before.", other: `${number(n)} books are as they were before.` }),
  undoChanges: "Put these books back as they were",
  undoChangesAsk: "Put these books back as they were?",
  removeFavorites: "Remove these favorites again",
  favoritesAreOut: (/** @type {number} */ n) =>
    count(n, { one: "One favorite is removed", other: n ? `${number(n)} favorites are removed` : "No favorite was removed" }),
  undoFavorites: (/** @type {number} */ n) =>
    count(n, { one: "Remove this favorite again?", other: `Remove these ${number(n)} favorites again?` }),
  keptReserved: (/** @type {number} */ n) =>
    count(n, {
      one: "One stays: somebody has reserved or borrowed it.",
      other: `${number(n)} stay: somebody has reserved or borrowed them.`,
    }),
  keptChanged: (/** @type {number} */ n) =>
    count(n, { one: "One stays: somebody has changed it.", other: `${number(n)} stay: somebody has changed them.` }),

  // Of a table of readers, these words take the place of those of books.
  ofReaders: {
    importThem: (/** @type {number} */ n) => count(n, { one: "Bring in one reader", other: `Bring in ${number(n)} readers` }),
    booksAreIn: (/** @type {number} */ n) =>
      count(n, { one: "One reader is in", other: n ? `${number(n)} readers are in` : "No reader came in" }),
    undo: "Take these readers out again",
    undoAsk: (/** @type {number} */ n) =>
      count(n, { one: "Take this reader out again?", other: `Take these ${number(n)} readers out again?` }),
    undoKeeps: "Who has chosen a password, reserved or borrowed stays. The same file can come in again.",
    areOut: (/** @type {number} */ n) =>
      count(n, { one: "One reader is out again", other: n ? `${number(n)} readers are out again` : "No reader was taken out" }),
    keptReserved: (/** @type {number} */ n) =>
      count(n, {
        one: "One stays, who has chosen a password, reserved or borrowed.",
        other: `${number(n)} stay, who have chosen a password, reserved or borrowed.`,
      }),
  },
  lettersGo: "Whoever has an email address gets a letter to choose a password, once the import is finished.",
  firstRows: "The first rows",

  // Which column is which.
  whichColumn: "Which column is the title?",
  whichColumnWhy: "We cannot tell from their names.",
  fields: {
    title: "Title",
    author: "Author (optional)",
    isbn: "ISBN (optional)",
    publicationYear: "Year (optional)",
    language: "Language (optional)",
    pages: "Pages (optional)",
    copies: "Copies (optional)",
  },
  noColumn: "No column",
  titleNeeded: "A book needs a title.",
  tryThem: "Try it",
  readOtherwise: "Read it in another way",
  format: "The file is",
  encoding: "Its letters are in",
  guessed: "as guessed",

  // Earlier imports.
  file: "File",
  when: "When",
  state: "State",
  trialRun: "Trial run",
  states: { open: "not finished", finished: "finished", undoing: "being undone", undone: "undone" },
  noImports: "You have brought in no file yet.",
  keptFor: "This list goes back 90 days.",

  // The export.
  whatToExport: "What",
  whats: { all: "All books", old: "Old books", own: "What I added" },
  asWhat: "As",
  kinds: { csv: "CSV, for a spreadsheet", jsonl: "JSON lines, for programs", marc: "MARC 21", marcxml: "MARCXML" },
  exportHas: "All that the catalogue says of a book is in it, and it can be read in again. The numbers of single copies are not.",
  megabytes: (/** @type {number} */ bytes) => `${number(Math.max(Math.round(bytes / 1e5) / 10, 0.1))} MB`,
  exporting: (/** @type {number} */ pages, /** @type {string} */ size) =>
    `${count(pages, { one: "One page", other: `${number(pages)} pages` })}, ${size} so far. Keep this page open.`,
  exported: (/** @type {number} */ _pages, /** @type {string} */ size) => `The file is complete: ${size}.`,
  waitsABit: "The library is busy. It goes on by itself.",
  cancel: "Cancel",
  cancelled: "Cancelled. Nothing was saved.",

  // What a file may be.
  formats: /** @type {Record<string, string>} */ ({
    goodreads: "Goodreads",
    storygraph: "StoryGraph",
    librarything: "LibraryThing",
    calibre: "Calibre",
    bookwyrm: "BookWyrm",
    csv: "a table",
    isbn: "a list of ISBNs",
    members: "a table of readers",
    jsonl: "JSON lines",
    marc: "MARC 21",
    marcxml: "MARCXML",
  }),

  // What stops a file.
  cannotGoOn: "This file cannot go on",
  notTaken: "This file cannot be read in",
  notTakenWhy: "Nothing was written.",
  enoughToday: "A reader brings in up to 10,000 rows a day. Come back tomorrow with the same file: it goes on where it stopped.",
  fileProblems: /** @type {Record<string, string>} */ ({
    "record-too-long": "One record is longer than a megabyte. Perhaps a quotation mark was never closed.",
    "part-cuts-record": "One record is longer than a megabyte. Perhaps a quotation mark was never closed.",
    unreadable: "The file is damaged, or it was moved or changed. Choose it again.",
    "too-large": "Unpacked, the file has more than a gigabyte. Cut it into smaller ones.",
    "other-file": "This is not the file that you began with. Choose that one, or begin anew.",
    "not-written": "The file could not be written. Is there room for it?",
    "wrong-format": "This is no list of books that we can read.",
    "no-records": "The file has no books in it.",
    "xml-doctype": "A file that declares a document type is not read. Take out the line with DOCTYPE.",
  }),
  refusals: {
    "import-finished": "This import is finished. Begin a new one.",
    "import-undone": "This import was undone. Begin a new one.",
    "no-such-import": "This import is not here. After 90 days they are forgotten.",
    "part-ahead": "The library lacks an earlier part. Choose the same file again.",
  },

  // What is said about a row.
  sameAsRow: (/** @type {number} */ row) => `The same as row ${number(row)}.`,
  notes: {
    duplicate: "The library has this already.",
    "card-taken": "Somebody else has this card.",
    "card-short": "A card has 4 to 32 letters and digits.",
    "card-mangled": "A spreadsheet has shortened this card.",
    "email-bad": "This is no email address: left out.",
    "email-taken": "Somebody else has this email address: left out.",
    "group-unknown": "The library has no such group.",
    "name-missing": "There is no name.",
    "nothing-identifies": "There is no card, no email address and no id.",
    "duplicate-in-file": "It stands in the file twice.",
    "not-in-library": "The library has no book with this ISBN.",
    "looked-up": "What the row does not say was looked up.",
    "isbn-shared": "Another title has this ISBN, so this book came without.",
    "barcode-taken": "Something else has this barcode, so it was left out.",
    "author-cut": "The author was too long, so the last names were left out.",
    "author-unknown": "There is no author.",
    "author-unsure": "The author may not be right.",
    "bad-bytes": "Some letters cannot be read.",
    "bad-json": "This line is no JSON.",
    "barcode-bad": "A barcode has 4 to 32 letters and digits. This one was left out.",
    "control-removed": "Signs that nobody sees were taken out.",
    "copies-unsure": "The number of copies cannot be read, so it is one.",
    "date-unsure": "The date cannot be read, so it was left out.",
    eacc: "Text in an East Asian alphabet cannot be read here. Convert the file to UTF-8 first.",
    "isbn-bad": "This is no ISBN.",
    "isbn-check-digit": "ISBN left out: its last digit is wrong.",
    "isbn-mangled": "ISBN left out: a spreadsheet has shortened it.",
    "isbn-two": "There are two ISBNs. The first was taken.",
    "isbn-zero-added": "The ISBN lacked its first zero.",
    "language-several": "There are several languages. The first was taken.",
    "marc-bad": "This is no record of MARC 21.",
    "marc-directory": "The directory of the record is wrong. It was read all the same.",
    "marc-encoding": "The record is written in other letters than it says.",
    "marc-field": "A field lacks its marks.",
    "marc-length": "The length of the record is wrong. It was read all the same.",
    "not-an-object": "This line is no object of JSON.",
    "pages-unsure": "The number of pages cannot be read, so it was left out.",
    "quote-open": "A quotation mark is never closed.",
    "record-too-long": "The record is too long.",
    "series-removed": "The series was taken off the title.",
    "shelf-mark-bad": "The shelf mark has more than 20 letters, so it was left out.",
    "shelf-mark-several": "There are several shelf marks. The first was taken.",
    "subjects-cut": "A book has at most 20 subjects.",
    "text-cut": "A text was too long, so it was cut.",
    "title-cut": "The title was too long, so it was cut.",
    "title-missing": "There is no title.",
    "too-many-cells": "There are more cells than columns. A cell with a comma needs quotation marks.",
    unimarc: "This is UNIMARC. Export MARC 21.",
    "unknown-field": "A field is not known.",
    "wrong-type": "A value is of the wrong kind.",
    "xml-bad": "The record is no XML.",
    "xml-entity": "A character is written in a way that is not known.",
    "year-unsure": "The year cannot be read, so it was left out.",
  },
});
