// French: the words of what the desk prints. Letters are in their reader's language.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, date, day, shortDay, time }) => ({
  tag: "fr",
  // The page.
  what: "Quoi",
  kinds: {
    labels: "Étiquettes de livres",
    cards: "Cartes de lecteurs",
    slips: "Fiches de recherche",
    letters: "Lettres de retard",
    counter: "Feuille du comptoir",
  },
  sheet: "Planche",
  sheets: { "3x8": "A4, 3 × 8, 70 × 37 mm", "4x10": "A4, 4 × 10, 48,5 × 25,4 mm", "3x10": "Letter, 3 × 10, codes QR" },
  pages: { a4: "A4, dix cartes", letter: "Letter, huit cartes" },
  whichBooks: "Quels livres",
  whichBooksHint: "Scannez-les ou tapez un titre. Chacun va sur la liste.",
  addedToday: "Ajouter ceux arrivés aujourd’hui",
  labelsOf: (/** @type {string} */ title) => `Étiquettes de ${name(title)}`,
  noNumber: "Il n’a pas encore de numéro. La direction de la bibliothèque lui en donne un.",
  whichReaders: "Quels lecteurs",
  whichReadersHint: "Scannez une carte, ou tapez un nom ou un courriel.",
  noCard: "Pas encore de carte.",
  add: "Ajouter",
  added: (/** @type {string} */ what) => `${name(what)} est sur la liste.`,
  nothingFound: "Rien n’est trouvé.",
  chosen: (/** @type {number} */ n) => count(n, { one: `${number(n)} sur la liste`, other: `${number(n)} sur la liste` }),
  clear: "Vider la liste",
  takeOff: "Retirer de la liste :",
  firstFree: "Première étiquette libre",
  usedUp: (/** @type {number} */ n) =>
    count(n, { one: n ? "Une est déjà utilisée." : "La planche est neuve.", other: `${number(n)} sont déjà utilisées.` }),
  firstBetween: (/** @type {number} */ most) => `Un nombre de 1 à ${number(most)}.`,
  codeTooLong: "Un code est trop long pour cette étiquette",
  codeTooLongWhy: (/** @type {string} */ title, /** @type {string} */ code) =>
    `Les barres de ${code} sur ${name(title)} dépasseraient le bord. Rien n’est imprimé. Les codes QR ont la place.`,
  useSquares: "Prendre la planche aux codes QR",
  toFetch: (/** @type {number} */ n) =>
    count(n, {
      one: n ? "Un livre est à chercher en rayon." : "Rien n’est à chercher.",
      other: `${number(n)} livres sont à chercher en rayon.`,
    }),
  toWhom: "À qui",
  whom: { without: "Qui n’en reçoit pas d’e-mail", all: "Tous les retardataires" },
  lateReaders: (/** @type {number} */ n) =>
    count(n, {
      one: n ? "Un lecteur est en retard." : "Personne n’est en retard.",
      other: `${number(n)} lecteurs sont en retard.`,
    }),
  counterSheetIs: "Une page de codes pour le comptoir. Scannez-en un au lieu d’une touche.",
  printSheets: (/** @type {number} */ n) =>
    count(n, { one: n ? "Imprimer une feuille" : "Imprimer", other: `Imprimer ${number(n)} feuilles` }),
  howToPrint: "Dans la fenêtre d’impression : échelle 100 %, sans marges. Imprimez d’abord sur papier et comparez avec la planche.",

  // Call slips.
  fetchIt: "À chercher en rayon",
  forWhom: (/** @type {string} */ who) => `Pour ${name(who)}`,
  reservedAt: (/** @type {string} */ at) => `réservé le ${shortDay(at)}, ${time(at)}`,

  // Letters.
  cardOf: (/** @type {string} */ card) => `Carte ${card}`,
  dateOf: (/** @type {number} */ at) => date(at),
  lateTitle: (/** @type {number} */ n) => count(n, { one: "Un livre est en retard", other: `${number(n)} livres sont en retard` }),
  dear: (/** @type {string} */ who) => `Bonjour ${name(who)},`,
  lateLead: (/** @type {number} */ n) =>
    count(n, {
      one: "ce livre devait revenir. Quelqu’un d’autre voudrait peut-être le lire.",
      other: "ces livres devaient revenir. Quelqu’un d’autre voudrait peut-être les lire.",
    }),
  wasDue: (/** @type {string} */ on) => `Il était à rendre ${day(on)}.`,
  bringBack: (/** @type {number} */ n) =>
    count(n, {
      one: "Rapportez-le à votre prochain passage, s’il vous plaît.",
      other: "Rapportez-les à votre prochain passage, s’il vous plaît.",
    }),
  lostOne: "Si vous en avez perdu un, dites-le-nous, et nous trouverons une solution.",
  yourLibrary: "Votre bibliothèque",

  // The counter sheet.
  counterSheetOf: (/** @type {string} */ library) => `${name(library)} : feuille du comptoir`,
  scanThese: "Scannez-les comme un livre. Aucun clavier n’est nécessaire.",
  orders: {
    done: ["Terminer", "Cette personne a fini. La suivante, s’il vous plaît."],
    print: ["Reçu", "Ou la fiche, s’il y en a une à l’écran."],
    undo: ["Annuler", "La dernière chose faite."],
    renew: ["Tout prolonger", "Pour la personne au comptoir."],
    help: ["À régler", "Retour à ce qui attend une réponse."],
    1: ["Première réponse", "Quand l’écran demande."],
    2: ["Deuxième réponse", "Quand l’écran demande."],
    3: ["Troisième réponse", "Quand l’écran demande."],
  },
});
