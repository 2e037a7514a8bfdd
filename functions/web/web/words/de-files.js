// Deutsch: die Wörter der Seiten, die Bücher hereinbringen und ausgeben.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, shortDay, time }) => ({
  booksInAndOut: "Bücher herein und hinaus",
  import: "Import",
  export: "Export",
  earlier: "Früher",
  steps: ["Datei", "Probelauf", "Import", "Ergebnis"],
  numberOf: (/** @type {number} */ n) => number(n),
  atTime: (/** @type {string} */ at) => `${shortDay(at)}, ${time(at)}`,
  reading: "Einen Moment …",
  showMore: "Mehr zeigen",

  // A file is chosen.
  dropHere: "Ihre Liste hierher ziehen",
  whichFiles:
    "Goodreads, StoryGraph, LibraryThing, Calibre, BookWyrm, MARC, jede Tabelle. Wir finden heraus, was es ist. Sie darf gepackt sein (.gz).",
  chooseFile: "Datei wählen",
  trialFirst: "Geschrieben wird erst, wenn Sie einen Probelauf gesehen haben.",
  aFile: "Eine Datei",
  anotherFile: "Andere Datei",
  sameFileAgain: "Dieselbe Datei noch einmal wählen",
  goesOnAt: (/** @type {number} */ row) => `Es geht bei Zeile ${number(row)} weiter. Was geschrieben ist, bleibt.`,

  // It is sent.
  trialUnderWay: "Probelauf: Es wird nichts geschrieben.",
  importUnderWay: "Die Zeilen kommen herein.",
  looksLike: (/** @type {string} */ format) => `Das sieht aus wie <b>${format}</b>.`,
  rowsSoFar: (/** @type {number} */ rows, /** @type {number} */ share) =>
    `${count(rows, { one: "Eine Zeile", other: `${number(rows)} Zeilen` })}, ${number(Math.floor(share * 100))} % der Datei.`,
  pace: (/** @type {number} */ rate, /** @type {number} */ seconds) =>
    seconds < 90
      ? `${number(Math.round(rate))} in der Sekunde, noch etwa ${count(Math.ceil(seconds), { one: "eine Sekunde", other: `${number(Math.ceil(seconds))} Sekunden` })}.`
      : `${number(Math.round(rate))} in der Sekunde, noch etwa ${number(Math.round(seconds / 60))} Minuten.`,
  mayClose:
    "Sie können diese Seite schließen: Was geschrieben ist, bleibt. Es geht weiter, wenn Sie mit derselben Datei wiederkommen.",
  pause: "Anhalten",
  goOn: "Weiter",
  pausedAt: (/** @type {number} */ rows) => `Nach Zeile ${number(rows)} angehalten`,
  pausedWhy: "Was geschrieben ist, bleibt.",
  noAnswerYet: "Noch keine Antwort",
  sendsAgain: "Dieselben Zeilen werden von selbst noch einmal gesendet. Nichts kommt zweimal.",
  lookingUp: (/** @type {number} */ n, /** @type {number} */ all) => `${number(n)} von ${number(all)} wird nachgeschlagen …`,

  // What became of it.
  wouldBeAdded: "kämen dazu",
  added: "dazugekommen",
  skipped: "schon da",
  updated: "geändert",
  notAdded: "nicht dabei",
  failed: "misslungen",
  rowsIn: (/** @type {number} */ rows) => count(rows, { one: "Eine Zeile.", other: `${number(rows)} Zeilen.` }),
  trialDone: (/** @type {number} */ rows, /** @type {number} */ added, /** @type {number} */ failed) =>
    `Probelauf: Von ${number(rows)} Zeilen kämen ${number(added)} dazu, und ${number(failed)} misslingen.`,
  trialKnowsNot: "Ein Probelauf sieht nicht, was an zwei entfernten Stellen der Datei steht. Der Import sieht es.",
  importThem: (/** @type {number} */ n) => count(n, { one: "Ein Buch importieren", other: `${number(n)} Bücher importieren` }),
  nothingWritten: "Noch ist nichts geschrieben.",
  nothingToAdd: "Es kommt nichts dazu.",
  booksAreIn: (/** @type {number} */ n) =>
    count(n, { one: "Ein Buch ist da", other: n ? `${number(n)} Bücher sind da` : "Kein Buch kam herein" }),
  booksAreChanged: (/** @type {number} */ n) =>
    count(n, { one: "Ein Buch ist geändert", other: `${number(n)} Bücher sind geändert` }),
  lookAtThem: "Ansehen",
  toFavorites: "Kein Buch hinzufügen: was die Bibliothek schon hat, wird zum Favoriten.",
  lookUpMissing: "Fehlende Titel und Verfasser nachschlagen",
  favoritesAreIn: (/** @type {number} */ n) =>
    count(n, { one: "Ein neuer Favorit", other: n ? `${number(n)} neue Favoriten` : "Kein neuer Favorit" }),
  makeFavorites: (/** @type {number} */ n) => count(n, { one: "Einen Favoriten anlegen", other: `${number(n)} Favoriten anlegen` }),
  booksHereAlready: "Bücher, die schon da sind",
  onDuplicate: {
    skip: "So lassen, wie sie sind",
    fill: "Ergänzen, was ihnen fehlt",
    copies: "So viele Exemplare, wie die Datei sagt",
  },
  updateThem: "Diese Bücher ändern",
  worthALook: "Einen Blick wert",
  allOfThem: "Alle",
  failedOnly: (/** @type {number} */ n) => `Misslungen ${number(n)}`,
  skippedOnly: (/** @type {number} */ n) => `Schon da ${number(n)}`,
  addedWithNote: "Dazugekommen, mit Hinweis",
  nothingToSay: "Zu diesen Zeilen gibt es nichts zu sagen.",
  row: "Zeile",
  onLine: (/** @type {number} */ line) => `in Textzeile ${number(line)}`,
  wouldBe: "Ergebnis wäre",
  was: "Ergebnis",
  why: "Warum",
  outcomes: { added: "Dazugekommen", updated: "Geändert", skipped: "Schon da", failed: "Misslungen" },
  mend: "Verbessern",
  bringIn: "Hereinholen",
  seeIt: "Ansehen",
  asCsv: "Als CSV herunterladen",
  csvColumns: ["Zeile", "Textzeile", "Ergebnis", "Feld", "Problem", "Wert"],

  // It is undone.
  undo: "Diese Bücher wieder herausnehmen",
  undoAsk: (/** @type {number} */ n) =>
    count(n, { one: "Dieses Buch wieder herausnehmen?", other: `Diese ${number(n)} Bücher wieder herausnehmen?` }),
  undoKeeps:
    "Bücher, die seitdem jemand geändert, vorgemerkt oder ausgeliehen hat, bleiben. Dieselbe Datei kann noch einmal eingelesen werden.",
  undoNot: "Bücher behalten",
  undoGoOn: "Weiter herausnehmen",
  undoSoFar: (/** @type {number} */ n) => `Heraus: ${number(n)}.`,
  areOut: (/** @type {number} */ n) =>
    count(n, {
      one: "Ein Buch ist wieder heraus",
      other: n ? `${number(n)} Bücher sind wieder heraus` : "Es wurde kein Buch herausgenommen",
    }),
  restored: (/** @type {number} */ n) =>
    count(n, { one: "Ein Buch ist wieder wie zuvor.", other: `${number(n)} Bücher sind wieder wie zuvor.` }),
  undoChanges: "Diese Bücher wieder wie zuvor",
  undoChangesAsk: "Sollen diese Bücher wieder wie zuvor sein?",
  removeFavorites: "Diese Favoriten wieder entfernen",
  favoritesAreOut: (/** @type {number} */ n) =>
    count(n, {
      one: "Ein Favorit ist entfernt",
      other: n ? `${number(n)} Favoriten sind entfernt` : "Kein Favorit wurde entfernt",
    }),
  undoFavorites: (/** @type {number} */ n) =>
    count(n, { one: "Diesen Favoriten wieder entfernen?", other: `Diese ${number(n)} Favoriten wieder entfernen?` }),
  keptReserved: (/** @type {number} */ n) =>
    count(n, {
      one: "Eines bleibt: Jemand hat es vorgemerkt oder ausgeliehen.",
      other: `${number(n)} bleiben: Jemand hat sie vorgemerkt oder ausgeliehen.`,
    }),
  keptChanged: (/** @type {number} */ n) =>
    count(n, { one: "Eines bleibt: Jemand hat es geändert.", other: `${number(n)} bleiben: Jemand hat sie geändert.` }),

  // Of a table of readers, these words take the place of those of books.
  ofReaders: {
    importThem: (/** @type {number} */ n) => count(n, { one: "Einen Leser aufnehmen", other: `${number(n)} Leser aufnehmen` }),
    booksAreIn: (/** @type {number} */ n) =>
      count(n, { one: "Ein Leser ist da", other: n ? `${number(n)} Leser sind da` : "Kein Leser kam herein" }),
    undo: "Diese Leser wieder herausnehmen",
    undoAsk: (/** @type {number} */ n) =>
      count(n, { one: "Diesen Leser wieder herausnehmen?", other: `Diese ${number(n)} Leser wieder herausnehmen?` }),
    undoKeeps:
      "Wer ein Passwort gewählt, vorgemerkt oder ausgeliehen hat, bleibt. Dieselbe Datei kann noch einmal eingelesen werden.",
    areOut: (/** @type {number} */ n) =>
      count(n, {
        one: "Ein Leser ist wieder heraus",
        other: n ? `${number(n)} Leser sind wieder heraus` : "Es wurde kein Leser herausgenommen",
      }),
    keptReserved: (/** @type {number} */ n) =>
      count(n, {
        one: "Einer bleibt: Er hat ein Passwort gewählt, vorgemerkt oder ausgeliehen.",
        other: `${number(n)} bleiben: Sie haben ein Passwort gewählt, vorgemerkt oder ausgeliehen.`,
      }),
  },
  lettersGo: "Wer eine E-Mail-Adresse hat, bekommt nach dem Import einen Brief, mit dem er sein Passwort wählt.",
  firstRows: "Die ersten Zeilen",

  // Which column is which.
  whichColumn: "In welcher Spalte steht der Titel?",
  whichColumnWhy: "Die Namen der Spalten sagen es uns nicht.",
  fields: {
    title: "Titel",
    author: "Autor (freiwillig)",
    isbn: "ISBN (freiwillig)",
    publicationYear: "Jahr (freiwillig)",
    language: "Sprache (freiwillig)",
    pages: "Seiten (freiwillig)",
    copies: "Exemplare (freiwillig)",
  },
  noColumn: "Keine Spalte",
  titleNeeded: "Ein Buch braucht einen Titel.",
  tryThem: "Versuchen",
  readOtherwise: "Anders lesen",
  format: "Die Datei ist",
  encoding: "Ihre Zeichen sind in",
  guessed: "wie vermutet",

  // Earlier imports.
  file: "Datei",
  when: "Wann",
  state: "Stand",
  trialRun: "Probelauf",
  states: { open: "nicht fertig", finished: "fertig", undoing: "wird zurückgenommen", undone: "zurückgenommen" },
  noImports: "Sie haben noch keine Datei hereingebracht.",
  keptFor: "Diese Liste reicht 90 Tage zurück.",

  // The export.
  whatToExport: "Was",
  whats: { all: "Alle Bücher", old: "Alte Bücher", own: "Was ich hinzugefügt habe" },
  asWhat: "Als",
  kinds: { csv: "CSV, für eine Tabelle", jsonl: "JSON-Zeilen, für Programme", marc: "MARC 21", marcxml: "MARCXML" },
  exportHas:
    "Alles, was der Katalog von einem Buch sagt, steht darin und lässt sich wieder einlesen. Die Nummern einzelner Exemplare nicht.",
  megabytes: (/** @type {number} */ bytes) => `${number(Math.max(Math.round(bytes / 1e5) / 10, 0.1))} MB`,
  exporting: (/** @type {number} */ pages, /** @type {string} */ size) =>
    `${count(pages, { one: "Eine Seite", other: `${number(pages)} Seiten` })}, bisher ${size}. Lassen Sie diese Seite offen.`,
  exported: (/** @type {number} */ _pages, /** @type {string} */ size) => `Die Datei ist vollständig: ${size}.`,
  waitsABit: "Die Bibliothek ist beschäftigt. Es geht von selbst weiter.",
  cancel: "Abbrechen",
  cancelled: "Abgebrochen. Es wurde nichts gespeichert.",

  // What a file may be.
  formats: /** @type {Record<string, string>} */ ({
    goodreads: "Goodreads",
    storygraph: "StoryGraph",
    librarything: "LibraryThing",
    calibre: "Calibre",
    bookwyrm: "BookWyrm",
    csv: "eine Tabelle",
    isbn: "eine Liste von ISBNs",
    members: "eine Tabelle von Lesern",
    jsonl: "JSON-Zeilen",
    marc: "MARC 21",
    marcxml: "MARCXML",
  }),

  // What stops a file.
  cannotGoOn: "Mit dieser Datei geht es nicht weiter",
  notTaken: "Diese Datei lässt sich nicht einlesen",
  notTakenWhy: "Es wurde nichts geschrieben.",
  enoughToday:
    "Ein Leser bringt am Tag bis zu 10.000 Zeilen herein. Kommen Sie morgen mit derselben Datei wieder: Es geht da weiter, wo es aufgehört hat.",
  fileProblems: /** @type {Record<string, string>} */ ({
    "record-too-long": "Ein Datensatz ist länger als ein Megabyte. Vielleicht fehlt ein schließendes Anführungszeichen.",
    "part-cuts-record": "Ein Datensatz ist länger als ein Megabyte. Vielleicht fehlt ein schließendes Anführungszeichen.",
    unreadable: "Die Datei ist beschädigt, oder sie wurde verschoben oder geändert. Wählen Sie sie noch einmal.",
    "too-large": "Ausgepackt hat die Datei mehr als ein Gigabyte. Teilen Sie sie.",
    "other-file": "Das ist nicht die Datei, mit der Sie begonnen haben. Wählen Sie jene, oder beginnen Sie neu.",
    "not-written": "Die Datei ließ sich nicht schreiben. Ist Platz für sie?",
    "wrong-format": "Das ist keine Liste von Büchern, die wir lesen können.",
    "no-records": "In der Datei sind keine Bücher.",
    "xml-doctype": "Eine Datei mit einem Dokumenttyp wird nicht gelesen. Entfernen Sie die Zeile mit DOCTYPE.",
  }),
  refusals: {
    "import-finished": "Dieser Import ist fertig. Beginnen Sie einen neuen.",
    "import-undone": "Dieser Import wurde zurückgenommen. Beginnen Sie einen neuen.",
    "no-such-import": "Diesen Import gibt es nicht. Nach 90 Tagen werden sie vergessen.",
    "part-ahead": "Der Bibliothek fehlt ein früherer Teil. Wählen Sie dieselbe Datei noch einmal.",
  },

  // What is said about a row.
  sameAsRow: (/** @type {number} */ row) => `Dasselbe wie Zeile ${number(row)}.`,
  notes: {
    duplicate: "Die Bibliothek hat das schon.",
    "card-taken": "Jemand anders hat diese Karte.",
    "card-short": "Eine Karte hat 4 bis 32 Buchstaben und Ziffern.",
    "card-mangled": "Eine Tabelle hat diese Karte gekürzt.",
    "email-bad": "Das ist keine E-Mail-Adresse: weggelassen.",
    "email-taken": "Jemand anders hat diese E-Mail-Adresse: weggelassen.",
    "group-unknown": "Die Bibliothek hat keine solche Gruppe.",
    "name-missing": "Es fehlt ein Name.",
    "nothing-identifies": "Es gibt weder Karte noch E-Mail-Adresse noch Nummer.",
    "duplicate-in-file": "Es steht zweimal in der Datei.",
    "not-in-library": "Die Bibliothek hat kein Buch mit dieser ISBN.",
    "looked-up": "Was in der Zeile fehlt, wurde nachgeschlagen.",
    "isbn-shared": "Ein anderer Titel hat diese ISBN, darum kam dieses Buch ohne.",
    "barcode-taken": "Etwas anderes hat diesen Strichcode, darum fiel er weg.",
    "author-cut": "Der Autor war zu lang, darum fielen die letzten Namen weg.",
    "author-unknown": "Es steht kein Autor da.",
    "author-unsure": "Der Autor stimmt vielleicht nicht.",
    "bad-bytes": "Manche Buchstaben lassen sich nicht lesen.",
    "bad-json": "Diese Zeile ist kein JSON.",
    "barcode-bad": "Ein Strichcode hat 4 bis 32 Buchstaben und Ziffern. Dieser fiel weg.",
    "control-removed": "Unsichtbare Zeichen fielen weg.",
    "copies-unsure": "Die Zahl der Exemplare lässt sich nicht lesen, also ist es eines.",
    "date-unsure": "Das Datum lässt sich nicht lesen und fiel weg.",
    eacc: "Text in einer ostasiatischen Schrift lässt sich so nicht lesen. Wandeln Sie die Datei zuerst in UTF-8 um.",
    "isbn-bad": "Das ist keine ISBN.",
    "isbn-check-digit": "Die ISBN fiel weg: Ihre letzte Ziffer ist falsch.",
    "isbn-mangled": "Die ISBN fiel weg: Eine Tabellenkalkulation hat sie gekürzt.",
    "isbn-two": "Es gibt zwei ISBNs. Die erste gilt.",
    "isbn-zero-added": "Der ISBN fehlte die erste Null.",
    "language-several": "Es gibt mehrere Sprachen. Die erste gilt.",
    "marc-bad": "Das ist kein Datensatz von MARC 21.",
    "marc-directory": "Das Verzeichnis des Datensatzes ist falsch. Er wurde trotzdem gelesen.",
    "marc-encoding": "Der Datensatz ist anders geschrieben, als er sagt.",
    "marc-field": "Einem Feld fehlen seine Zeichen.",
    "marc-length": "Die Länge des Datensatzes ist falsch. Er wurde trotzdem gelesen.",
    "not-an-object": "Diese Zeile ist kein Objekt von JSON.",
    "pages-unsure": "Die Seitenzahl lässt sich nicht lesen und fiel weg.",
    "quote-open": "Ein Anführungszeichen wird nie geschlossen.",
    "record-too-long": "Der Datensatz ist zu lang.",
    "series-removed": "Die Reihe wurde vom Titel genommen.",
    "shelf-mark-bad": "Die Signatur hat mehr als 20 Buchstaben und fiel weg.",
    "shelf-mark-several": "Es gibt mehrere Signaturen. Die erste gilt.",
    "subjects-cut": "Ein Buch hat höchstens 20 Schlagwörter.",
    "text-cut": "Ein Text war zu lang und wurde gekürzt.",
    "title-cut": "Der Titel war zu lang und wurde gekürzt.",
    "title-missing": "Es steht kein Titel da.",
    "too-many-cells": "Es gibt mehr Zellen als Spalten. Eine Zelle mit Komma braucht Anführungszeichen.",
    unimarc: "Das ist UNIMARC. Exportieren Sie MARC 21.",
    "unknown-field": "Ein Feld ist nicht bekannt.",
    "wrong-type": "Ein Wert ist von falscher Art.",
    "xml-bad": "Der Datensatz ist kein XML.",
    "xml-entity": "Ein Zeichen ist auf unbekannte Art geschrieben.",
    "year-unsure": "Das Jahr lässt sich nicht lesen und fiel weg.",
  },
});
