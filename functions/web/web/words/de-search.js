// Deutsch: die Suche.

/** @type {typeof import("./en-search.js").default} */
export default ({ count, number, name }) => ({
  booksFor: (q) => `Bücher zu „${name(q)}“`,
  noBookFor: (q) => `Kein Buch zu „${name(q)}“`,
  allBooks: "Alle Bücher",
  newestBooks: "Neue Bücher",
  nothingFound:
    "So schreibt sich nichts, und auch fast so nichts. Versuchen Sie es mit weniger Wörtern oder einer anderen Schreibweise.",
  nothingWithFilters: "Mit diesen Filtern schreibt sich nichts so. Ohne sie gibt es vielleicht mehr.",
  isbnMistyped: "Diese ISBN hat einen Fehler: Die letzte Ziffer passt nicht zu den anderen. Vergleichen Sie sie mit der im Buch.",
  withoutFilters: "Ohne Filter suchen",
  corrected: (typed, searched) => `So ist nichts zu finden. Diese haben <b>${searched}</b> statt „${name(typed)}“.`,
  changeWords: "Wörter ändern",
  leftOut: (word) => `Weggelassen: <b>${word}</b>. Kein Buch hat es zusammen mit dem Rest.`,
  searchAlone: (word) => `Nur nach „${name(word)}“ suchen`,
  suggestions: "Vorschläge",
  suggested: (n) => count(n, { one: "Ein Vorschlag", other: `${number(n)} Vorschläge` }),
  seeAllBooks: "Alle Bücher ansehen",
  searchOldBooks: "Bei den alten Büchern nachsehen",
  filterAndSort: "Filtern und ordnen",
  filtersOn: (n) => `${number(n)} aktiv`,
  narrow: "Diese zeigen",
  byAuthor: "Autor",
  yearHint: "Vor unserer Zeit mit Minus: −700",
  yearWrong: "Ein Jahr hat ein bis vier Ziffern, zum Beispiel 1813 oder −700.",
  sort: "Reihenfolge",
  byTitle: "Nach Titel",
  newestFirst: "Neueste zuerst",
  showMore: "Mehr zeigen",
  booksSoFar: (n) => count(n, { one: "Ein Buch bisher", other: `${number(n)} Bücher bisher` }),
  thatWasAll: (n) => count(n, { one: "Das war das einzige.", other: `Das waren alle ${number(n)}.` }),
});
