// English: the words of search and of a book's page.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, date, day, plainDay }) => ({
  // Finding.
  booksFor: (/** @type {string} */ q) => `Books for “${name(q)}”`,
  booksBy: (/** @type {string} */ author) => `Books by ${name(author)}`,
  noBookFor: (/** @type {string} */ q) => `No book for “${name(q)}”`,
  allBooks: "All books",
  newestBooks: "New books",
  nothingSpeltSo: "No title begins so, and no author has exactly this name. Try fewer letters, or the author’s whole name.",
  searchEverywhere: "Search titles and authors",
  seeAllBooks: "See all books",
  searchOldBooks: "Look in the old books",
  filterAndSort: "Filter and sort",
  filtersOn: (/** @type {number} */ n) => `${number(n)} on`,
  searchIn: "Search in",
  inBoth: "Titles and authors",
  inTitles: "Titles",
  inAuthors: "Authors",
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
  dayOf: plainDay,
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
