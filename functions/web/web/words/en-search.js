// English: the words of search.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name }) => ({
  booksFor: (/** @type {string} */ q) => `Books for “${name(q)}”`,
  noBookFor: (/** @type {string} */ q) => `No book for “${name(q)}”`,
  allBooks: "All books",
  newestBooks: "New books",
  nothingFound: "Nothing is spelt like that, and nothing nearly so. Try fewer words, or another spelling.",
  nothingWithFilters: "Nothing is spelt like that with these filters. Without them there may be more.",
  isbnMistyped: "This ISBN has a slip: its last digit does not fit the others. Compare it with the one in the book.",
  withoutFilters: "Search without filters",
  corrected: (/** @type {string} */ typed, /** @type {string} */ searched) =>
    `As typed, nothing is found. These have <b>${searched}</b> instead of “${name(typed)}”.`,
  changeWords: "Change the words",
  leftOut: (/** @type {string} */ word) => `Left out: <b>${word}</b>. No book has it together with the rest.`,
  searchAlone: (/** @type {string} */ word) => `Search for “${name(word)}” alone`,
  suggestions: "Suggestions",
  suggested: (/** @type {number} */ n) => count(n, { one: "One suggestion", other: `${number(n)} suggestions` }),
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
});
