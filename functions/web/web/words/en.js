// English: the words of the shell, and the start. Search also needs `en-search.js`, a book's page `en-book.js`, and readers' own pages all of them.
// A name in a sentence is wrapped by `name`, so that its direction of writing does not turn the sentence.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ number }) => ({
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
  didNotWork: "That did not work",
  noAnswer: "No answer came",
  noAnswerWhy: "The line may have dropped. Nothing of yours is lost: try again.",
  signedOutElsewhere: "You were signed out in another tab.",
  signedOutBecause: "You were signed out, because nobody was here for a while or the session was ended elsewhere.",
  notOnShelves: "This is not on our shelves",
  notOnShelvesWhy: "The page may have moved, or its address has a slip in it. The book you want may still be here.",

  // The start.
  home: "Home",
  welcome: "What would you like to read?",
  findWhat: "Title, author or ISBN",
  findHint: "Words of the title, the author or the subject, or the number under a barcode.",
  scanBarcode: "Scan a barcode",
  newOnShelves: "New on the shelves",
  allNewBooks: "All new books",
  shelvesEmpty: "Nothing stands on the shelves yet. Whoever has an account can add the first book.",

  // A book, wherever it is shown.
  freeOf: (/** @type {number} */ free, /** @type {number} */ copies) =>
    free ? `${number(free)} of ${number(copies)} free` : "All out",
  yearBefore: (/** @type {number} */ year) => `${year} BC`,
  written: "Written",
  language: "Language",
});
