// Taking a book back, and putting it aside for the reader who waits for it.

import { Problem } from "../../shell/api.js";
import { whyNotRenew } from "../../shell/loans.js";
import { isUncertain, isUnknownBook, named } from "./codes.js";
import { isNoAnswer } from "./queue.js";

/** @typedef {import("./counter.js").Desk} Desk */
/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {import("./scan.js").BookItem} BookItem */
/** @typedef {import("./people.js").Person} Person */
/** @typedef {import("../../shell/ui.js").Book} Book */
/** @typedef {import("./counter.js").Outcome} Outcome */
/** @typedef {import("./counter.js").Answer} Answer */
/** @typedef {import("./counter.js").Loan} Loan */

/** A scan that waited for so long was kept because there was no answer. */
const LONG = 60_000;
/** Answers have one digit. */
const MOST_ANSWERS = 9;

/** @param {Desk} desk */
export function returning(desk) {
  const { call, withBooks, loans } = desk;

  /** @param {BookItem} item @param {Entry} entry @param {string} [from] the reader who brings it @returns {Promise<Outcome>} */
  const takeBack = async (item, entry, from) => {
    try {
      desk.mark(entry, { step: "back", from });
      // What had to wait says when it was scanned, and what time it is now: the clock of this computer may be wrong.
      const now = desk.now();
      const [scannedAt, sentAt] = [entry.at, now].map((at) => new Date(at).toISOString());
      const times = now - entry.at > LONG ? { scannedAt, sentAt } : {};
      const body = { ...named(item), reader: from, ...times };
      const { data } = await call("takeBookBack", { body, key: `${entry.key}-back` });
      return await returned(data);
    } catch (problem) {
      if (!(problem instanceof Problem) || isNoAnswer(problem)) throw problem;
      if (isUnknownBook(problem)) {
        if (isUncertain(item)) throw problem;
        return desk.unknownBook(item, "notBack");
      }
      const candidates = /** @type {{ reservation: Loan, person: Person }[]} */ (problem.more.candidates || []);
      if (!candidates.length) return desk.make("refused", "stop", { problem });
      const book = await desk.bookOf(item).catch(() => undefined);
      /** @param {Person} person @returns {Answer} */
      const answer = (person) => ({
        name: "broughtBy",
        facts: { person, due: duesOf(candidates, person) },
        run: (next) => takeBack(item, next, person.id),
      });
      return desk.make(
        "whoBrings",
        "ask",
        { title: book?.title || item.code, wrong: problem.code === "not-this-reader" },
        {
          book,
          answers: candidates.slice(0, MOST_ANSWERS).map(({ person }) => answer(person)),
          byCard: (id) => candidates.filter(({ person }) => person.id === id).map(({ person }) => answer(person))[0],
        },
      );
    }
  };

  /** @param {{ reservation: Loan, person: Person }[]} candidates @param {Person} person */
  const duesOf = (candidates, person) => candidates.find((one) => one.person.id === person.id)?.reservation.dueOn;

  /** @param {{ outcome: string, book: { id: string, title: string }, from?: Person, reservation?: Loan, daysLate?: number, promisedTo?: Person, ready?: Loan }} answer */
  const returned = async ({ outcome: how, book: card, from, reservation, daysLate = 0, promisedTo, ready }) => {
    const [{ shown: book }] = await withBooks([{ id: "", book: card }]);
    const held = loans.value.find(({ id }) => id === reservation?.id);
    if (reservation) loans.value = loans.value.filter(({ id }) => id !== reservation.id);
    const facts = {
      title: card.title,
      author: book.author,
      person: from,
      daysLate,
      promisedTo,
      until: ready?.readyUntil,
      shelfMark: book.shelfMark,
    };
    if (how === "was-not-out") return desk.make("notOut", "quiet", facts, { book });
    const isAside = how === "put-aside" || Boolean(promisedTo);
    const undoes = reservation || ready;
    const deed =
      undoes &&
      desk.note({ what: reservation ? "takenBack" : "putAside", book, person: from, daysLate, promisedTo, reservation: undoes.id });
    const answers = deed && held && !whyNotRenew(/** @type {any} */ (held)) ? [renewInstead(deed, held.id)] : [];
    if (!isAside) return desk.make("takenBack", "done", facts, { book, answers });
    const slip = ready && { ...ready, person: promisedTo, shown: book };
    return desk.make("putAside", "aside", facts, { book, slip, answers: slip ? asideAnswers(slip) : [] });
  };

  /** Who stands at the counter may have brought a book only to keep it for longer.
   * @param {number} deed @param {string} loan @returns {Answer} */
  const renewInstead = (deed, loan) => ({
    name: "renewInstead",
    run: async (entry) => {
      const undone = await desk.undo(deed);
      const again = loans.value.find(({ id }) => id === loan);
      return undone.kind === "done" && again ? desk.renewOne(again, entry) : undone;
    },
  });

  /** Puts a copy aside for the first reader that one is promised to and not yet aside.
   * @param {string} bookId @param {Partial<Book>} book @param {Entry} entry */
  const asideFor = async (bookId, book, entry) => {
    const { data } = await call("listReservationsOfBook", { path: { bookId } });
    const promised = data.items.find((/** @type {Loan} */ { status, asideAt }) => status === "ready" && !asideAt);
    if (!promised) return desk.make("nothingPromised", "quiet", { title: book.title }, { book });
    const path = { reservationId: promised.id };
    const { data: aside } = await call("putAside", { path, key: `${entry.key}-aside` });
    const slip = { ...promised, ...aside, person: promised.person, shown: book };
    desk.note({ what: "putAside", book, promisedTo: promised.person, reservation: promised.id });
    desk.print({ slip });
    return desk.make(
      "putAside",
      "aside",
      { title: book.title, promisedTo: promised.person, until: slip.readyUntil },
      { book, slip, answers: asideAnswers(slip) },
    );
  };

  /** @param {Loan} slip @returns {Answer[]} */
  const asideAnswers = (slip) => [
    { name: "holdSlip", main: true, run: async () => desk.print({ slip }) },
    { name: "undo", run: () => desk.undo() },
  ];

  return { takeBack, asideFor };
}
