// A reader's reservations and loans, in words.

import { call } from "./api.js";
import { daysUntil, learn, words } from "./i18n.js";

// Whoever shows a loan needs the words for it.
await learn();

/** @typedef {import("./ui.js").Book} Book */
/** @typedef {{ id: string, book: { id: string, title: string }, status: "waiting" | "ready" | "checkedOut" | "returned" | "cancelled" | "lapsed", place?: number, readyUntil?: string, dueOn?: string, renewals?: number, mayRenew?: boolean, renewalRefusal?: string }} Reservation */
/** @typedef {Reservation & { shown: Partial<Book> }} Shown a reservation and the whole book, for its cover */

const SOON = 3;

/** The order in which they matter: ready, then what is due first, then the queue.
 * @param {Reservation} one @param {Reservation} other */
export const byUrgency = (one, other) => rank(one) - rank(other) || moment(one).localeCompare(moment(other));

const RANKS = { ready: 0, checkedOut: 1, waiting: 2, returned: 3, cancelled: 3, lapsed: 3 };
const rank = (/** @type {Reservation} */ { status }) => RANKS[status];
const moment = (/** @type {Reservation} */ { readyUntil, dueOn }) => readyUntil || dueOn || "";

/** What a reservation is now: one word, then the day. `kind` is `now`, `soon`, `late` or empty.
 * @param {Reservation} reservation
 * @returns {{ kind: string, word: string, rest: string }} */
export function stateOf({ status, place = 0, readyUntil = "", dueOn = "", renewals = 0 }) {
  const t = words.value;
  if (status === "ready") return { kind: "now", word: t.readyForYou, rest: t.atDeskUntil(readyUntil) };
  if (status === "waiting") return { kind: "", word: place <= 1 ? t.youAreNext : t.placeInQueue(place), rest: t.weWrite };
  const days = daysUntil(dueOn);
  if (days < 0) return { kind: "late", word: t.daysLate(-days), rest: t.wasDue(dueOn) };
  return {
    kind: days <= SOON ? "soon" : "",
    word: t.due(dueOn, days),
    rest: renewals ? `${t.inDays(days)} · ${t.renewedTimes(renewals)}` : t.inDays(days),
  };
}

/** Why a loan cannot be renewed. Empty if it can.
 * @param {Reservation} reservation */
export function whyNotRenew({ status, mayRenew, renewalRefusal }) {
  if (status !== "checkedOut" || mayRenew !== false) return "";
  const known = /** @type {Record<string, string>} */ (words.value.refusals);
  return known[renewalRefusal || ""] || words.value.cannotRenew;
}

/** @type {Map<string, Promise<Partial<Book>>>} */
const fetched = new Map();

/** The books of reservations, which name only the title. Each is asked for once.
 * @param {Reservation[]} reservations @returns {Promise<Shown[]>} */
export const withBooks = (reservations) =>
  Promise.all(reservations.map(async (reservation) => ({ ...reservation, shown: await bookOf(reservation) })));

/** @param {Reservation} reservation */
function bookOf({ book }) {
  if ("author" in book) return Promise.resolve(book);
  const asked = fetched.get(book.id) || call("getBook", { path: { bookId: book.id } }).then(({ data }) => data);
  fetched.set(book.id, asked);
  return asked.catch(() => {
    fetched.delete(book.id);
    return book;
  });
}
