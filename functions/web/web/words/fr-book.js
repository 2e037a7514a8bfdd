// Français : la page d’un livre.

/** @type {typeof import("./en-book.js").default} */
export default ({ count, number, name, date, day }) => ({
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
});
