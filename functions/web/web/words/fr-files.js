// Français : les mots des pages qui font entrer et sortir des livres.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, shortDay, time }) => ({
  booksInAndOut: "Entrée et sortie de livres",
  import: "Importer",
  export: "Exporter",
  earlier: "Précédents",
  steps: ["Fichier", "Essai", "Import", "Résultat"],
  numberOf: (/** @type {number} */ n) => number(n),
  atTime: (/** @type {string} */ at) => `${shortDay(at)}, ${time(at)}`,
  reading: "Un instant…",
  showMore: "Afficher plus",

  // A file is chosen.
  dropHere: "Déposez votre liste ici",
  whichFiles:
    "Goodreads, StoryGraph, LibraryThing, Calibre, BookWyrm, MARC, tout tableau. Nous trouvons lequel. Elle peut être compressée (.gz).",
  chooseFile: "Choisir un fichier",
  trialFirst: "Rien n’est écrit avant que vous ayez vu un essai.",
  aFile: "Un fichier",
  anotherFile: "Un autre fichier",
  sameFileAgain: "Choisissez de nouveau le même fichier",
  goesOnAt: (/** @type {number} */ row) => `L’import reprend à la ligne ${number(row)}. Ce qui est écrit reste.`,

  // It is sent.
  trialUnderWay: "Essai : rien n’est écrit.",
  importUnderWay: "Les lignes entrent.",
  looksLike: (/** @type {string} */ format) => `On dirait <b>${format}</b>.`,
  rowsSoFar: (/** @type {number} */ rows, /** @type {number} */ share) =>
    `${count(rows, { one: `${number(rows)} ligne`, other: `${number(rows)} lignes` })}, ${number(Math.floor(share * 100))} % du fichier.`,
  pace: (/** @type {number} */ rate, /** @type {number} */ seconds) =>
    seconds < 90
      ? `${number(Math.round(rate))} par seconde, encore ${count(Math.ceil(seconds), { one: "une seconde", other: `${number(Math.ceil(seconds))} secondes` })} environ.`
      : `${number(Math.round(rate))} par seconde, encore ${number(Math.round(seconds / 60))} minutes environ.`,
  mayClose: "Vous pouvez fermer cette page : ce qui est écrit reste. L’import reprend quand vous revenez avec le même fichier.",
  pause: "Pause",
  goOn: "Continuer",
  pausedAt: (/** @type {number} */ rows) => `En pause après la ligne ${number(rows)}`,
  pausedWhy: "Ce qui est écrit reste.",
  noAnswerYet: "Pas encore de réponse",
  sendsAgain: "Les mêmes lignes sont renvoyées d’elles-mêmes. Rien n’entre deux fois.",
  lookingUp: (/** @type {number} */ n, /** @type {number} */ all) => `Recherche de ${number(n)} sur ${number(all)} …`,

  // What became of it.
  wouldBeAdded: "seraient ajoutés",
  added: "ajoutés",
  skipped: "déjà là",
  updated: "modifiés",
  notAdded: "pas ajoutés",
  failed: "en échec",
  rowsIn: (/** @type {number} */ rows) => count(rows, { one: `${number(rows)} ligne.`, other: `${number(rows)} lignes.` }),
  trialDone: (/** @type {number} */ rows, /** @type {number} */ added, /** @type {number} */ failed) =>
    `Essai : sur ${number(rows)} lignes, ${number(added)} seraient ajoutées et ${number(failed)} échouent.`,
  trialKnowsNot: "Un essai ne voit pas ce qui figure à deux endroits éloignés du fichier. L’import le voit.",
  importThem: (/** @type {number} */ n) => count(n, { one: `Importer ${number(n)} livre`, other: `Importer ${number(n)} livres` }),
  nothingWritten: "Rien n’est encore écrit.",
  nothingToAdd: "Il n’y a rien à ajouter.",
  booksAreIn: (/** @type {number} */ n) =>
    n ? count(n, { one: `${number(n)} livre est entré`, other: `${number(n)} livres sont entrés` }) : "Aucun livre n’est entré",
  booksAreChanged: (/** @type {number} */ n) =>
    count(n, { one: "Un livre est modifié", other: `${number(n)} livres sont modifiés` }),
  lookAtThem: "Les voir",
  toFavorites: "N’ajouter aucun livre : ceux que la bibliothèque possède deviennent des favoris.",
  lookUpMissing: "Chercher les titres et auteurs manquants",
  favoritesAreIn: (/** @type {number} */ n) =>
    count(n, { one: "Un nouveau favori", other: n ? `${number(n)} nouveaux favoris` : "Aucun nouveau favori" }),
  makeFavorites: (/** @type {number} */ n) => count(n, { one: "Ajouter un favori", other: `Ajouter ${number(n)} favoris` }),
  booksHereAlready: "Les livres déjà là",
  onDuplicate: {
    skip: "Les laisser comme ils sont",
    fill: "Compléter ce qui leur manque",
    copies: "Leur donner autant d’exemplaires que le fichier",
  },
  updateThem: "Modifier ces livres",
  worthALook: "À regarder",
  allOfThem: "Toutes",
  failedOnly: (/** @type {number} */ n) => `En échec ${number(n)}`,
  skippedOnly: (/** @type {number} */ n) => `Déjà là ${number(n)}`,
  addedWithNote: "Ajoutées, avec une remarque",
  nothingToSay: "Il n’y a rien à dire de ces lignes.",
  row: "Ligne",
  onLine: (/** @type {number} */ line) => `ligne ${number(line)} du texte`,
  wouldBe: "Serait",
  was: "Résultat",
  why: "Pourquoi",
  outcomes: { added: "Ajouté", updated: "Modifié", skipped: "Déjà là", failed: "En échec" },
  mend: "Corriger",
  bringIn: "L’importer",
  seeIt: "Le voir",
  asCsv: "Télécharger en CSV",
  csvColumns: ["ligne", "ligne du texte", "résultat", "champ", "problème", "valeur"],

  // It is undone.
  undo: "Retirer ces livres",
  undoAsk: (/** @type {number} */ n) => count(n, { one: "Retirer ce livre ?", other: `Retirer ces ${number(n)} livres ?` }),
  undoKeeps:
    "Les livres que quelqu’un a modifiés, réservés ou empruntés depuis restent. Le même fichier peut être importé de nouveau.",
  undoNot: "Les laisser",
  undoGoOn: "Continuer à les retirer",
  undoSoFar: (/** @type {number} */ n) => `Retirés : ${number(n)}.`,
  areOut: (/** @type {number} */ n) =>
    n ? count(n, { one: "Un livre est retiré", other: `${number(n)} livres sont retirés` }) : "Aucun livre n’a été retiré",
  restored: (/** @type {number} */ n) =>
    count(n, { one: "Un livre est comme avant.", other: `${number(n)} livres sont comme avant.` }),
  undoChanges: "Remettre ces livres comme avant",
  undoChangesAsk: "Remettre ces livres comme avant ?",
  removeFavorites: "Retirer ces favoris",
  favoritesAreOut: (/** @type {number} */ n) =>
    count(n, { one: "Un favori est retiré", other: n ? `${number(n)} favoris sont retirés` : "Aucun favori n’a été retiré" }),
  undoFavorites: (/** @type {number} */ n) => count(n, { one: "Retirer ce favori ?", other: `Retirer ces ${number(n)} favoris ?` }),
  keptReserved: (/** @type {number} */ n) =>
    count(n, {
      one: "Un livre reste : quelqu’un l’a réservé ou emprunté.",
      other: `${number(n)} restent : quelqu’un les a réservés ou empruntés.`,
    }),
  keptChanged: (/** @type {number} */ n) =>
    count(n, { one: "Un livre reste : quelqu’un l’a modifié.", other: `${number(n)} restent : quelqu’un les a modifiés.` }),

  // Of a table of readers, these words take the place of those of books.
  ofReaders: {
    importThem: (/** @type {number} */ n) =>
      count(n, { one: `Ajouter ${number(n)} lecteur`, other: `Ajouter ${number(n)} lecteurs` }),
    booksAreIn: (/** @type {number} */ n) =>
      n
        ? count(n, { one: `${number(n)} lecteur est entré`, other: `${number(n)} lecteurs sont entrés` })
        : "Aucun lecteur n’est entré",
    undo: "Retirer ces lecteurs",
    undoAsk: (/** @type {number} */ n) => count(n, { one: "Retirer ce lecteur ?", other: `Retirer ces ${number(n)} lecteurs ?` }),
    undoKeeps: "Qui a choisi un mot de passe, réservé ou emprunté reste. Le même fichier peut être importé de nouveau.",
    areOut: (/** @type {number} */ n) =>
      n ? count(n, { one: "Un lecteur est retiré", other: `${number(n)} lecteurs sont retirés` }) : "Aucun lecteur n’a été retiré",
    keptReserved: (/** @type {number} */ n) =>
      count(n, {
        one: "Un reste : il a choisi un mot de passe, réservé ou emprunté.",
        other: `${number(n)} restent : ils ont choisi un mot de passe, réservé ou emprunté.`,
      }),
  },
  lettersGo: "Qui a une adresse e-mail reçoit, une fois l’import terminé, une lettre pour choisir un mot de passe.",
  firstRows: "Les premières lignes",

  // Which column is which.
  whichColumn: "Quelle colonne contient le titre ?",
  whichColumnWhy: "Les noms des colonnes ne nous le disent pas.",
  fields: {
    title: "Titre",
    author: "Auteur (facultatif)",
    isbn: "ISBN (facultatif)",
    publicationYear: "Année (facultatif)",
    language: "Langue (facultatif)",
    pages: "Pages (facultatif)",
    copies: "Exemplaires (facultatif)",
  },
  noColumn: "Aucune colonne",
  titleNeeded: "Un livre a besoin d’un titre.",
  tryThem: "Essayer",
  readOtherwise: "Le lire autrement",
  format: "Le fichier est",
  encoding: "Ses lettres sont en",
  guessed: "comme deviné",

  // Earlier imports.
  file: "Fichier",
  when: "Quand",
  state: "État",
  trialRun: "Essai",
  states: { open: "non terminé", finished: "terminé", undoing: "en cours d’annulation", undone: "annulé" },
  noImports: "Vous n’avez encore apporté aucun fichier.",
  keptFor: "Cette liste remonte à 90 jours.",

  // The export.
  whatToExport: "Quoi",
  whats: { all: "Tous les livres", old: "Livres anciens", own: "Ce que j’ai ajouté" },
  asWhat: "En",
  kinds: { csv: "CSV, pour un tableur", jsonl: "Lignes JSON, pour des programmes", marc: "MARC 21", marcxml: "MARCXML" },
  exportHas: "Tout ce que le catalogue dit d’un livre y est, et peut être relu. Les numéros des exemplaires n’y sont pas.",
  megabytes: (/** @type {number} */ bytes) => `${number(Math.max(Math.round(bytes / 1e5) / 10, 0.1))} Mo`,
  exporting: (/** @type {number} */ pages, /** @type {string} */ size) =>
    `${count(pages, { one: `${number(pages)} page`, other: `${number(pages)} pages` })}, ${size} pour l’instant. Laissez cette page ouverte.`,
  exported: (/** @type {number} */ _pages, /** @type {string} */ size) => `Le fichier est complet : ${size}.`,
  waitsABit: "La bibliothèque est occupée. L’export continue de lui-même.",
  cancel: "Annuler",
  cancelled: "Annulé. Rien n’a été enregistré.",

  // What a file may be.
  formats: /** @type {Record<string, string>} */ ({
    goodreads: "Goodreads",
    storygraph: "StoryGraph",
    librarything: "LibraryThing",
    calibre: "Calibre",
    bookwyrm: "BookWyrm",
    csv: "un tableau",
    isbn: "une liste d’ISBN",
    members: "un tableau de lecteurs",
    jsonl: "des lignes JSON",
    marc: "MARC 21",
    marcxml: "MARCXML",
  }),

  // What stops a file.
  cannotGoOn: "Ce fichier ne peut pas continuer",
  notTaken: "Ce fichier ne peut pas être lu",
  notTakenWhy: "Rien n’a été écrit.",
  enoughToday:
    "Un lecteur apporte jusqu’à 10 000 lignes par jour. Revenez demain avec le même fichier : l’import reprend où il s’est arrêté.",
  fileProblems: /** @type {Record<string, string>} */ ({
    "record-too-long": "Une notice dépasse un mégaoctet. Peut-être un guillemet n’est-il jamais fermé.",
    "part-cuts-record": "Une notice dépasse un mégaoctet. Peut-être un guillemet n’est-il jamais fermé.",
    unreadable: "Le fichier est abîmé, ou il a été déplacé ou modifié. Choisissez-le de nouveau.",
    "too-large": "Décompressé, le fichier dépasse un gigaoctet. Divisez-le.",
    "other-file": "Ce n’est pas le fichier avec lequel vous avez commencé. Choisissez celui-là, ou recommencez.",
    "not-written": "Le fichier n’a pas pu être écrit. Y a-t-il de la place ?",
    "wrong-format": "Ce n’est pas une liste de livres que nous savons lire.",
    "no-records": "Le fichier ne contient aucun livre.",
    "xml-doctype": "Un fichier qui déclare un type de document n’est pas lu. Retirez la ligne avec DOCTYPE.",
  }),
  refusals: {
    "import-finished": "Cet import est terminé. Commencez-en un nouveau.",
    "import-undone": "Cet import a été annulé. Commencez-en un nouveau.",
    "no-such-import": "Cet import n’est pas ici. Ils sont oubliés après 90 jours.",
    "part-ahead": "Il manque à la bibliothèque une partie précédente. Choisissez de nouveau le même fichier.",
  },

  // What is said about a row.
  sameAsRow: (/** @type {number} */ row) => `Identique à la ligne ${number(row)}.`,
  notes: {
    duplicate: "La bibliothèque l’a déjà.",
    "card-taken": "Quelqu’un d’autre a cette carte.",
    "card-short": "Une carte a de 4 à 32 lettres et chiffres.",
    "card-mangled": "Un tableur a raccourci cette carte.",
    "email-bad": "Ce n’est pas une adresse e-mail : omise.",
    "email-taken": "Quelqu’un d’autre a cette adresse e-mail : omise.",
    "group-unknown": "La bibliothèque n’a pas ce groupe.",
    "name-missing": "Il n’y a pas de nom.",
    "nothing-identifies": "Il n’y a ni carte, ni adresse e-mail, ni numéro.",
    "duplicate-in-file": "Il figure deux fois dans le fichier.",
    "not-in-library": "La bibliothèque n’a aucun livre avec cet ISBN.",
    "looked-up": "Ce que la ligne ne dit pas a été recherché.",
    "isbn-shared": "Un autre titre a cet ISBN ; ce livre est entré sans.",
    "barcode-taken": "Autre chose a ce code-barres ; il a été omis.",
    "author-cut": "L’auteur était trop long ; les derniers noms ont été omis.",
    "author-unknown": "Il n’y a pas d’auteur.",
    "author-unsure": "L’auteur n’est peut-être pas juste.",
    "bad-bytes": "Certaines lettres sont illisibles.",
    "bad-json": "Cette ligne n’est pas du JSON.",
    "barcode-bad": "Un code-barres a de 4 à 32 lettres et chiffres. Celui-ci a été omis.",
    "control-removed": "Des signes invisibles ont été retirés.",
    "copies-unsure": "Le nombre d’exemplaires est illisible ; il y en a donc un.",
    "date-unsure": "La date est illisible ; elle a été omise.",
    eacc: "Un texte en écriture d’Asie orientale ne peut pas être lu ainsi. Convertissez d’abord le fichier en UTF-8.",
    "isbn-bad": "Ce n’est pas un ISBN.",
    "isbn-check-digit": "ISBN omis : son dernier chiffre est faux.",
    "isbn-mangled": "ISBN omis : un tableur l’a raccourci.",
    "isbn-two": "Il y a deux ISBN. Le premier a été pris.",
    "isbn-zero-added": "Il manquait à l’ISBN son premier zéro.",
    "language-several": "Il y a plusieurs langues. La première a été prise.",
    "marc-bad": "Ce n’est pas une notice MARC 21.",
    "marc-directory": "Le répertoire de la notice est faux. Elle a été lue quand même.",
    "marc-encoding": "La notice est écrite autrement qu’elle ne le dit.",
    "marc-field": "Il manque à un champ ses marques.",
    "marc-length": "La longueur de la notice est fausse. Elle a été lue quand même.",
    "not-an-object": "Cette ligne n’est pas un objet JSON.",
    "pages-unsure": "Le nombre de pages est illisible ; il a été omis.",
    "quote-open": "Un guillemet n’est jamais fermé.",
    "record-too-long": "La notice est trop longue.",
    "series-removed": "La série a été retirée du titre.",
    "shelf-mark-bad": "La cote a plus de 20 lettres ; elle a été omise.",
    "shelf-mark-several": "Il y a plusieurs cotes. La première a été prise.",
    "subjects-cut": "Un livre a au plus 20 sujets.",
    "text-cut": "Un texte était trop long ; il a été coupé.",
    "title-cut": "Le titre était trop long ; il a été coupé.",
    "title-missing": "Il n’y a pas de titre.",
    "too-many-cells": "Il y a plus de cellules que de colonnes. Une cellule avec une virgule demande des guillemets.",
    unimarc: "C’est de l’UNIMARC. Exportez du MARC 21.",
    "unknown-field": "Un champ est inconnu.",
    "wrong-type": "Une valeur est du mauvais genre.",
    "xml-bad": "La notice n’est pas du XML.",
    "xml-entity": "Un caractère est écrit d’une façon inconnue.",
    "year-unsure": "L’année est illisible ; elle a été omise.",
  },
});
