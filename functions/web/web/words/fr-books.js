// Français : la recherche et la page d’un livre.

/** @type {typeof import("./en-books.js").default} */
export default ({ count, number, name, date, day }) => ({
  booksFor: (q) => `Livres pour « ${name(q)} »`,
  noBookFor: (q) => `Aucun livre pour « ${name(q)} »`,
  allBooks: "Tous les livres",
  newestBooks: "Nouveautés",
  nothingFound: "Rien ne s’écrit ainsi, ni presque ainsi. Essayez avec moins de mots, ou une autre orthographe.",
  nothingWithFilters: "Rien ne s’écrit ainsi avec ces filtres. Sans eux, il y en a peut-être davantage.",
  isbnMistyped: "Cet ISBN contient une erreur : le dernier chiffre ne va pas avec les autres. Comparez-le à celui du livre.",
  withoutFilters: "Chercher sans filtres",
  corrected: (typed, searched) => `Aucun livre n’a « ${name(typed)} ». Ceux-ci ont <b>${searched}</b>.`,
  changeWords: "Changer les mots",
  leftOut: (word) => `Laissé de côté : <b>${word}</b>. Aucun livre ne l’a avec le reste.`,
  searchAlone: (word) => `Chercher seulement « ${name(word)} »`,
  suggestions: "Suggestions",
  suggested: (n) => count(n, { one: "Une suggestion", other: `${number(n)} suggestions` }),
  holdBarcode: "Tenez le code-barres entre les coins.",
  noIsbn: "Ce n’est pas un ISBN. C’est le code-barres qui commence par 978 ou 979.",
  cameraRefused:
    "Le navigateur ne peut pas utiliser la caméra. Autorisez-la dans ses réglages, ou tapez le numéro sous le code-barres.",
  cameraMissing: "Aucune caméra n’est utilisable ici. Tapez le numéro sous le code-barres.",
  typeInstead: "Plutôt le taper",
  close: "Fermer",
  seeAllBooks: "Voir tous les livres",
  searchOldBooks: "Voir parmi les livres anciens",
  filterAndSort: "Filtrer et trier",
  filtersOn: (n) => count(n, { one: `${number(n)} actif`, other: `${number(n)} actifs` }),
  narrow: "Montrer ceux-ci",
  byAuthor: "Auteur",
  yearHint: "Avant notre ère, avec un moins : −700",
  yearWrong: "Une année a un à quatre chiffres, comme 1813 ou −700.",
  sort: "Ordre",
  byTitle: "Par titre",
  newestFirst: "Les plus récents d’abord",
  showMore: "En voir plus",
  booksSoFar: (n) => count(n, { one: `${number(n)} livre pour l’instant`, other: `${number(n)} livres pour l’instant` }),
  thatWasAll: (n) => count(n, { one: "C’était le seul.", other: `C’étaient les ${number(n)}.` }),
  written: "Écrit en",
  language: "Langue",
  country: "Pays",
  pages: "Pages",
  isbn: "ISBN",
  editionOf: "Cette édition date du",
  onShelvesSince: "Chez nous depuis le",
  number,
  date,
  dayOf: date,
  moreBy: (author) => `Du même auteur : ${name(author)}`,
  copiesFree: (free, copies) =>
    count(free, {
      one: `${number(free)} exemplaire sur ${number(copies)} disponible`,
      other: `${number(free)} exemplaires sur ${number(copies)} disponibles`,
    }),
  allOut: (copies) =>
    count(copies, { one: "L’exemplaire est emprunté", other: `Les ${number(copies)} exemplaires sont empruntés` }),
  copiesUnknown: "Nous ne voyons pas le rayon en ce moment",
  waitsThreeDays: "Réservez-en un, et il vous attend trois jours au comptoir.",
  waitingNow: (n) =>
    n === 0
      ? "Personne n’attend. Prenez place dans la file, et le prochain exemplaire est à vous."
      : count(n, {
          one: "Une personne attend. Prenez place dans la file : nous vous écrivons quand le vôtre est prêt.",
          other: `${number(n)} personnes attendent. Prenez place dans la file : nous vous écrivons quand le vôtre est prêt.`,
        }),
  dueBack: (waiting, due) =>
    waiting === 0
      ? `Le premier doit revenir le ${day(due)} ; personne n’attend encore.`
      : count(waiting, {
          one: `Le premier doit revenir le ${day(due)} ; une personne attend.`,
          other: `Le premier doit revenir le ${day(due)} ; ${number(waiting)} personnes attendent.`,
        }),
  reserve: "Réserver",
  joinQueue: "Entrer dans la file",
  signInToReserve: "Se connecter pour réserver",
  save: "Garder",
  copyLink: "Copier le lien",
  copied: "Le lien est copié.",
  copyByHand: "Ce navigateur ne nous laisse pas copier. Voici le lien :",
  movedToOldBooks: "Ce livre a quitté les rayons. Sa fiche est parmi les livres anciens.",
  seeOldBook: "Voir sa fiche",
});
