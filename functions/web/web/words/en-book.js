// English: the words of a book's page.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, date, day }) => ({
  country: "Country",
  pages: "Pages",
  isbn: "ISBN",
  editionOf: "This edition is of",
  onShelvesSince: "On our shelves since",
  number,
  date,
  dayOf: date,
  moreBy: (/** @type {string} */ author) => `More by ${name(author)}`,
  copiesFree: (/** @type {number} */ free, /** @type {number} */ copies) =>
    count(copies, {
      one: `${number(free)} of ${number(copies)} copy free`,
      other: `${number(free)} of ${number(copies)} copies free`,
    }),
  allOut: (/** @type {number} */ copies) =>
    count(copies, { one: "The copy is out", other: `All ${number(copies)} copies are out` }),
  copiesUnknown: "We cannot see the shelf just now",
  waitsThreeDays: "Reserve one now and it waits for you at the desk for three days.",
  waitingNow: (/** @type {number} */ n) =>
    count(n, {
      one: "One reader waits. Join the queue, and we write to you when yours is ready.",
      other: n
        ? `${number(n)} readers wait. Join the queue, and we write to you when yours is ready.`
        : "Nobody waits. Join the queue, and the next copy is yours.",
    }),
  dueBack: (/** @type {number} */ waiting, /** @type {string} */ due) =>
    count(waiting, {
      one: `The first is due back on ${day(due)}; one reader waits.`,
      other: waiting
        ? `The first is due back on ${day(due)}; ${number(waiting)} readers wait.`
        : `The first is due back on ${day(due)}; nobody waits yet.`,
    }),
  reserve: "Reserve a copy",
  joinQueue: "Join the queue",
  signInToReserve: "Sign in to reserve it",
  save: "Save",
  copyLink: "Copy link",
  copied: "The link is copied.",
  copyByHand: "This browser does not let us copy. Here is the link:",
});
