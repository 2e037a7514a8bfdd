// Deutsch: die Suche und die Seite eines Buches.

/** @type {typeof import("./en-books.js").default} */
export default ({ count, number, name, date, day }) => ({
  booksFor: (q) => `Bücher zu „${name(q)}“`,
  noBookFor: (q) => `Kein Buch zu „${name(q)}“`,
  allBooks: "Alle Bücher",
  newestBooks: "Neue Bücher",
  nothingFound:
    "So schreibt sich nichts, und auch fast so nichts. Versuchen Sie es mit weniger Wörtern oder einer anderen Schreibweise.",
  nothingWithFilters: "Mit diesen Filtern schreibt sich nichts so. Ohne sie gibt es vielleicht mehr.",
  isbnMistyped: "Diese ISBN hat einen Fehler: Die letzte Ziffer passt nicht zu den anderen. Vergleichen Sie sie mit der im Buch.",
  withoutFilters: "Ohne Filter suchen",
  corrected: (typed, searched) => `„${name(typed)}“ steht in keinem Buch. Diese haben <b>${searched}</b>.`,
  changeWords: "Wörter ändern",
  leftOut: (word) => `Weggelassen: <b>${word}</b>. Kein Buch hat es zusammen mit dem Rest.`,
  searchAlone: (word) => `Nur nach „${name(word)}“ suchen`,
  suggestions: "Vorschläge",
  suggested: (n) => count(n, { one: "Ein Vorschlag", other: `${number(n)} Vorschläge` }),
  holdBarcode: "Halten Sie den Strichcode zwischen die Ecken.",
  noIsbn: "Das ist keine ISBN. Gemeint ist der Strichcode, der mit 978 oder 979 beginnt.",
  cameraRefused:
    "Der Browser darf die Kamera nicht benutzen. Erlauben Sie es in seinen Einstellungen, oder tippen Sie die Nummer unter dem Strichcode.",
  cameraMissing: "Hier lässt sich keine Kamera benutzen. Tippen Sie die Nummer unter dem Strichcode.",
  typeInstead: "Lieber tippen",
  close: "Schließen",
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
  written: "Geschrieben",
  language: "Sprache",
  country: "Land",
  pages: "Seiten",
  isbn: "ISBN",
  editionOf: "Diese Ausgabe vom",
  onShelvesSince: "Bei uns seit",
  number,
  date,
  dayOf: date,
  moreBy: (author) => `Mehr von ${name(author)}`,
  copiesFree: (free, copies) =>
    count(copies, {
      one: `${number(free)} von ${number(copies)} Exemplar frei`,
      other: `${number(free)} von ${number(copies)} Exemplaren frei`,
    }),
  allOut: (copies) =>
    count(copies, { one: "Das Exemplar ist verliehen", other: `Alle ${number(copies)} Exemplare sind verliehen` }),
  copiesUnknown: "Wir können gerade nicht ins Regal sehen",
  waitsThreeDays: "Merken Sie jetzt eines vor, dann liegt es drei Tage am Tresen für Sie bereit.",
  waitingNow: (n) =>
    count(n, {
      one: "Eine Person wartet. Stellen Sie sich an, wir schreiben Ihnen, wenn Ihr Exemplar bereitliegt.",
      other: n
        ? `${number(n)} Personen warten. Stellen Sie sich an, wir schreiben Ihnen, wenn Ihr Exemplar bereitliegt.`
        : "Niemand wartet. Stellen Sie sich an, das nächste Exemplar ist Ihres.",
    }),
  dueBack: (waiting, due) =>
    count(waiting, {
      one: `Das erste soll am ${day(due)} zurück sein; eine Person wartet.`,
      other: waiting
        ? `Das erste soll am ${day(due)} zurück sein; ${number(waiting)} Personen warten.`
        : `Das erste soll am ${day(due)} zurück sein; noch wartet niemand.`,
    }),
  reserve: "Vormerken",
  joinQueue: "Anstellen",
  signInToReserve: "Zum Vormerken anmelden",
  save: "Merken",
  copyLink: "Link kopieren",
  copied: "Der Link ist kopiert.",
  copyByHand: "Dieser Browser lässt uns nicht kopieren. Hier ist der Link:",
  movedToOldBooks: "Dieses Buch steht nicht mehr im Regal. Seine Karte ist bei den alten Büchern.",
  seeOldBook: "Karte ansehen",
});
