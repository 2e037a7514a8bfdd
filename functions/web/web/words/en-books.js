// English: the words of search and of a book's page.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, date, day }) => ({
  // Finding.
  booksFor: (/** @type {string} */ q) => `Books for “${name(q)}”`,
  noBookFor: (/** @type {string} */ q) => `No book for “${name(q)}”`,
  allBooks: "All books",
  newestBooks: "New books",
  nothingFound: "Nothing is spelt like that, and nothing nearly so. Try fewer words, or another spelling.",
  nothingWithFilters: "Nothing is spelt like that with these filters. Without them there may be more.",
  isbnMistyped: "This ISBN has a slip: its last digit does not fit the others. Compare it with the one in the book.",
  withoutFilters: "Search without filters",
  corrected: (/** @type {string} */ typed, /** @type {string} */ searched) =>
    `No book has “${name(typed)}”. These have <b>${searched}</b>.`,
  changeWords: "Change the words",
  leftOut: (/** @type {string} */ word) => `Left out: <b>${word}</b>. No book has it together with the rest.`,
  searchAlone: (/** @type {string} */ word) => `Search for “${name(word)}” alone`,
  suggestions: "Suggestions",
  suggested: (/** @type {number} */ n) => count(n, { one: "One suggestion", other: `${number(n)} suggestions` }),
  holdBarcode: "Hold the barcode inside the corners.",
  noIsbn: "That is no ISBN. The barcode that begins with 978 or 979 is the one.",
  cameraRefused: "The browser may not use the camera. Allow it in the browser’s settings, or type the number under the barcode.",
  cameraMissing: "No camera can be used here. Type the number under the barcode.",
  typeInstead: "Type it instead",
  close: "Close",
  seeAllBooks: "See all books",
  searchOldBooks: "Look in the old books",
  filterAndSort: "Filter and sort",
  filtersOn: (/** @type {number} */ n) => `${number(n)} on`,
  narrow: "Show these",
  byAuthor: "Author",
  yearHint: "Before our era with a minus: −700",
  yearWrong: "A year has one to four digits, such as 1813 or −700.",
  sort: "Sort",
  byTitle: "By title",
  newestFirst: "Newest on our shelves",
  showMore: "Show more",
  booksSoFar: (/** @type {number} */ n) => count(n, { one: "One book so far", other: `${number(n)} books so far` }),
  thatWasAll: (/** @type {number} */ n) => count(n, { one: "That was the only one.", other: `That was all ${number(n)}.` }),

  // A book.
  written: "Written",
  language: "Language",
  country: "Country",
  pages: "Pages",
  isbn: "ISBN",
  editionOf: "This edition is of",
  onShelvesSince: "On our shelves since",
  number,
  date,
  dayOf: date,
  moreBy: (/** @type {string} */ author) => `More by ${name(author)}`,
  copiesFree: (/** @type {number} */ free, /** @type {number} */ copies) =>
    count(copies, {
      one: `${number(free)} of ${number(copies)} copy free`,
      other: `${number(free)} of ${number(copies)} copies free`,
    }),
  allOut: (/** @type {number} */ copies) =>
    count(copies, { one: "The copy is out", other: `All ${number(copies)} copies are out` }),
  copiesUnknown: "We cannot see the shelf just now",
  waitsThreeDays: "Reserve one now and it waits for you at the desk for three days.",
  waitingNow: (/** @type {number} */ n) =>
    count(n, {
      one: "One reader waits. Join the queue, and we write to you when yours is ready.",
      other: n
        ? `${number(n)} readers wait. Join the queue, and we write to you when yours is ready.`
        : "Nobody waits. Join the queue, and the next copy is yours.",
    }),
  dueBack: (/** @type {number} */ waiting, /** @type {string} */ due) =>
    count(waiting, {
      one: `The first is due back on ${day(due)}; one reader waits.`,
      other: waiting
        ? `The first is due back on ${day(due)}; ${number(waiting)} readers wait.`
        : `The first is due back on ${day(due)}; nobody waits yet.`,
    }),
  reserve: "Reserve a copy",
  joinQueue: "Join the queue",
  signInToReserve: "Sign in to reserve it",
  save: "Save",
  copyLink: "Copy link",
  copied: "The link is copied.",
  copyByHand: "This browser does not let us copy. Here is the link:",
  movedToOldBooks: "This book has left the shelves. Its card is in the old books.",
  seeOldBook: "See its card",
});
