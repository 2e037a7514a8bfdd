// French: the words of the library's rules, which only librarians see.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, list }) => ({
  rules: "Règles",
  theRules: "les règles",
  open: "ouvert",
  closed: "fermé",
  asEveryWeek: "comme chaque semaine",
  numberBetween: (/** @type {number} */ least, /** @type {number} */ most) => `Un nombre de ${number(least)} à ${number(most)}.`,

  // The library.
  library: "La bibliothèque",
  libraryName: "Nom",
  libraryNameProblem: "Un nom de 1 à 60 lettres.",
  address: "Adresse",
  addressHow: "Au plus quatre lignes. Elle figure sur les lettres et sous « À propos ».",
  addressProblem: "Au plus quatre lignes de 80 lettres.",
  contactEmail: "Courriel pour les lecteurs",
  contactPhone: "Téléphone",
  phoneProblem: "Au plus 40 lettres.",
  on: "oui",
  off: "non",

  // When it is open.
  openingHours: "Horaires",
  hoursHow: "Sans heures, la bibliothèque est ouverte toute la journée.",
  opensOn: (/** @type {string} */ weekday) => `${weekday}, de`,
  closesOn: (/** @type {string} */ weekday) => `${weekday}, à`,
  bothHours: "Indiquez de quand à quand.",
  closesLater: "Plus tard que l’ouverture.",
  closedDates: "Jours de fermeture",
  closedDatesHow:
    "Appuyez sur un jour pour le fermer, ou pour l’ouvrir si la bibliothèque est fermée ce jour-là chaque semaine. Rien n’est à rendre un jour de fermeture.",
  tooManyDates: "Au plus 500 jours.",
  closedEveryWeek: "fermé chaque semaine",
  openedThisTime: "ouvert cette fois",
  isToday: "aujourd’hui",
  isDueDay: "échéance d’un livre prêté aujourd’hui",
  monthsBefore: "Mois précédents",
  monthsAfter: "Mois suivants",
  closeSeveral: "Fermer plusieurs jours",
  fromDay: "Du",
  toDay: "Au",
  closeThem: "Les fermer",
  daysClosed: (/** @type {number} */ n) => count(n, { one: `${number(n)} jour fermé.`, other: `${number(n)} jours fermés.` }),
  closedOn: "Fermé :",
  openedOn: "Ouvert un jour fermé chaque semaine :",
  andMore: (/** @type {number} */ n) => `et ${number(n)} de plus`,

  // What readers may borrow.
  groups: "Prêts par groupe",
  group: "Groupe",
  groupNamed: (/** @type {string} */ group) => `Groupe ${name(group)}`,
  groupName: "Un nom de 1 à 40 lettres.",
  limits: { loanDays: "Jours", loans: "Livres", renewals: "Prolongations", reservations: "Réservations" },
  limitOf: (/** @type {string} */ group, /** @type {string} */ limit) => `${name(group)} : ${limit}`,
  addGroup: "Ajouter un groupe",
  removeGroup: (/** @type {string} */ group) => `Retirer ${name(group)}`,
  usualGroup: (/** @type {string} */ group) => `Qui n’est dans aucun autre groupe est dans ${name(group)}.`,
  pickUp: "Un livre mis de côté attend",
  days: "jours",

  // Letters, languages and time.
  letters: "Lettres",
  letterKinds: { ready: "Prêt à retirer", dueSoon: "Bientôt à rendre", overdue: "En retard" },
  reminder: "Lettre avant l’échéance",
  daysBefore: "jours avant, 0 pour aucune",
  lettersAfter: "Après",
  letterAfter: (/** @type {number} */ step) => `Lettre ${number(step)} après, jours`,
  laterLetters: "Plus de jours que la lettre précédente.",
  lettersHow: "Les lecteurs peuvent les désactiver, mais pas les lettres sur leur mot de passe.",
  time: "Langue et heure",
  language: "Langue des lettres",
  languageHow: "Pour les lecteurs qui n’en ont pas choisi.",
  timeZone: "Fuseau horaire",
  timeZoneHow: "Un jour de la bibliothèque commence et finit selon lui, où que soient les lecteurs.",

  // What it means.
  meaning: "Ce que cela veut dire",
  mendFirst: "Corrigez d’abord ce qui est marqué.",
  lentToday: (/** @type {string} */ day) => `Un livre prêté <m>aujourd’hui</m> est à rendre <m>${day}</m>.`,
  lentTodayTo: (/** @type {string[]} */ groups, /** @type {string} */ day) =>
    `Prêté <m>aujourd’hui</m> à ${list(groups.map(name))}, il est à rendre <m>${day}</m>.`,
  dueMoved: (/** @type {number} */ days, /** @type {string} */ day, /** @type {string} */ then) =>
    `Dans ${count(days, { one: `${number(days)} jour`, other: `${number(days)} jours` })}, ce sera ${day}. Ce jour-là nous sommes fermés : il est à rendre <m>${then}</m>.`,
  waitsUntil: (/** @type {string} */ day) => `Un livre mis de côté aujourd’hui attend jusqu’au <m>${day}</m>.`,
  waitMoved: (/** @type {string} */ day) => `Nous sommes fermés ${day}.`,
  nothingMoves: "Ce que vous changez ici ne déplace aucune échéance. Cela vaut à partir du prochain prêt.",

  // Saving.
  takeBackChanges: "Annuler mes changements",
  changes: (/** @type {number} */ n, /** @type {string[]} */ what) =>
    `${count(n, { one: `${number(n)} changement`, other: `${number(n)} changements` })} : ${what.join(" ; ")}${n > what.length ? " …" : ""}`,
  conflictLead:
    "Quelqu’un d’autre a enregistré les règles pendant que vous écriviez. Rien de vous n’est perdu. Choisissez ce qui compte là où les deux diffèrent.",
  invalidRules: {
    name: "Un nom de 1 à 60 lettres.",
    "contact/email": "Aucune lettre ne peut atteindre cette adresse.",
    openingDays: "Sur une année entière, il n’y aurait aucun jour d’ouverture.",
    closedDates: "Pas avant aujourd’hui, et au plus dans trois ans.",
    openedDates: "Pas avant aujourd’hui, et au plus dans trois ans.",
    timeZone: "Personne ne connaît ce fuseau horaire.",
    groups: "Des lecteurs sont encore dans un groupe que vous retirez. Mettez-les d’abord dans un autre.",
  },
});
