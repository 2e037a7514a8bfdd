// English: the words of the shell, the start, search and a book's page. The other ones are in `en-more.js`.
// A name in a sentence is wrapped by `name`, so that its direction of writing does not turn the sentence.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, date, day, plainDay }) => ({
  // The shell.
  skip: "Skip to the page",
  mainMenu: "Main",
  search: "Search",
  myBooks: "My books",
  about: "About",
  account: "Account",
  yourAccount: "your account",
  addBook: "Add a book",
  signIn: "Sign in",
  signOut: "Sign out",
  aboutLibrary: "About the library",
  oldBooks: "Old books",
  catalogueBy: "Catalogue by Carrel, with an <a>API for programs</a>",
  siteLanguage: "Language of this site",
  lightOrDark: "Light or dark",
  light: "Light",
  dark: "Dark",
  auto: "Auto",
  noTitle: "No title",
  remove: "remove",
  backToStart: "Back to the start",

  // What may go wrong.
  offline: "You are offline.",
  offlineWhy: "What you see stays. Searching, reserving and saving wait until you are back.",
  halfMissing: "Half of this page is missing",
  halfMissingWhy: "A part of the site did not arrive, perhaps because the line dropped.",
  loadAgain: "Load it again",
  tryAgain: "Try again",
  tryAgainIn: (/** @type {number} */ seconds) => `Try again in ${number(seconds)} s`,
  timeLeft: "Time until the next try",
  numberHelps: "If you ask the library about it, this number helps:",
  didNotWork: "That did not work",
  noAnswer: "No answer came",
  noAnswerWhy: "The line may have dropped. Nothing of yours is lost: try again.",
  signInFirst: "Sign in first",
  signInFirstWhy: "Sign in, and you come back to this page.",
  signedOutElsewhere: "You were signed out in another tab.",
  signedOutBecause: "You were signed out, because nobody was here for a while or the session was ended elsewhere.",
  notAllowed: "This is not for you to do",
  notAllowedWhy: "Only the reader who added a book, and librarians, may do this.",
  notHere: "This is not here",
  notHereWhy: "It may have been removed a moment ago.",
  slower: "A little slower, please",
  slowerWhy: "Many questions came from here within a short time. We go on by ourselves in a moment.",
  waitFor: (/** @type {number} */ seconds) =>
    seconds < 90
      ? count(seconds, { one: "Please try again in one second.", other: `Please try again in ${number(seconds)} seconds.` })
      : count(Math.ceil(seconds / 60), {
          one: "Please try again in one minute.",
          other: `Please try again in ${number(Math.ceil(seconds / 60))} minutes.`,
        }),
  busy: "Busy just now",
  busyWhy: "We asked twice and got no answer. It is not your doing.",
  askingAgain: "We are asking once more by ourselves.",
  ourFault: "This went wrong on our side",
  ourFaultWhy: "It is not your doing; the rest of the site works.",
  notOnShelves: "This is not on our shelves",
  notOnShelvesWhy: "The page may have moved, or its address has a slip in it. The book you want may still be here.",

  // The start.
  home: "Home",
  welcome: "What would you like to read?",
  findWhat: "Title, author or ISBN",
  findHint: "The first words of a title, an author’s whole name, or the number under a barcode.",
  newOnShelves: "New on the shelves",
  allNewBooks: "All new books",
  shelvesEmpty: "Nothing stands on the shelves yet. Whoever has an account can add the first book.",

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
  freeOf: (/** @type {number} */ free, /** @type {number} */ copies) =>
    free ? `${number(free)} of ${number(copies)} free` : "All out",

  // A book.
  written: "Written",
  yearBefore: (/** @type {number} */ year) => `${year} BC`,
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
