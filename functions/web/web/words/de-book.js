// Deutsch: die Seite eines Buches.

/** @type {typeof import("./en-book.js").default} */
export default ({ count, number, name, date, day }) => ({
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
});
