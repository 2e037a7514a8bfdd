// Lending a book to the reader at the counter, and what may be done where the library says no.

import { Problem } from "../../shell/api.js";
import { isUncertain, isUnknownBook, named } from "./codes.js";
import { nameOf } from "./people.js";
import { isNoAnswer } from "./queue.js";

/** @typedef {import("./counter.js").Desk} Desk */
/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {import("./scan.js").BookItem} BookItem */
/** @typedef {import("./people.js").Person} Person */
/** @typedef {import("../../shell/ui.js").Book} Book */
/** @typedef {import("./counter.js").Reader} Reader */
/** @typedef {import("./counter.js").Outcome} Outcome */
/** @typedef {import("./counter.js").Answer} Answer */
/** @typedef {import("./counter.js").Facts} Facts */
/** @typedef {import("./counter.js").Loan} Loan */

/** A loan as young as this is not taken back by scanning the book again with its reader at the counter. */
const A_MOMENT = 10 * 60_000;
/** Answers have one digit. */
const MOST_ANSWERS = 9;

/** What a librarian may do all the same. */
const OVERRULED = ["others-wait", "limit", "blocked", "not-approved"];

/** @param {Desk} desk */
export function lending(desk) {
  const { call, withBooks, now, reader, loans } = desk;

  /** The loan or reservation of the reader at the counter that a scan names, if the page knows it.
   * @param {BookItem} item */
  const ownOf = (item) =>
    loans.value.find(
      ({ book, shown, barcode }) => book.id === item.book || (item.code && (shown?.isbn === item.code || barcode === item.code)),
    );

  /** @param {Loan} loan */
  const isFresh = ({ lentAt }) => Boolean(lentAt) && now() - Date.parse(/** @type {string} */ (lentAt)) < A_MOMENT;

  /** @param {BookItem} item @param {Entry} entry @param {{ despite?: string[], instead?: string }} [how] @returns {Promise<Outcome>} */
  const lend = async (item, entry, { despite, instead } = {}) => {
    const who = /** @type {Reader} */ (reader.value);
    // What was asked before is asked again: the library knows what became of it.
    const own = entry.step ? undefined : ownOf(item);
    if (own?.status === "checkedOut" && !isFresh(own)) return desk.takeBack(item, entry, who.id);
    if (own?.status === "checkedOut")
      return desk.make("lentAlready", "quiet", { person: who, title: own.book.title }, { book: own.shown || own.book });
    try {
      desk.mark(entry, { step: "lend" });
      const { data } = await call("lendBook", {
        body: { reader: who.id, ...named(item), despite, instead },
        key: `${entry.key}-lend`,
      });
      return lent(data, who);
    } catch (problem) {
      if (!(problem instanceof Problem) || isNoAnswer(problem)) throw problem;
      return notLent(problem, item, entry, who, despite || []);
    }
  };

  /** @param {{ outcome: string, reservation: Loan, displaced?: Person }} answer @param {Reader} who */
  const lent = async ({ outcome: how, reservation, displaced }, who) => {
    const [loan] = await withBooks([reservation]);
    loans.value = [...loans.value.filter(({ id }) => id !== loan.id), loan];
    const what = how === "handed-over" ? "handedOver" : "lent";
    desk.note({ what, book: loan.shown || loan.book, person: who, due: loan.dueOn, reservation: loan.id });
    const facts = { person: who, title: loan.book.title, author: loan.shown?.author, displaced };
    return desk.make(what, "done", facts, { book: loan.shown || loan.book, due: loan.dueOn });
  };

  /** @param {Problem} problem @param {BookItem} item @param {Entry} entry @param {Reader} who @param {string[]} despite @returns {Promise<Outcome>} */
  const notLent = async (problem, item, entry, who, despite) => {
    const { code, more } = problem;
    const reasons = /** @type {{ code: string, detail?: string, readers?: Person[] }[]} */ (
      more.reasons || (OVERRULED.includes(code) ? [{ code, ...more }] : [])
    );
    if (code === "already-held" && more.reservation) {
      const [loan] = await withBooks([more.reservation]);
      if (loan.status === "checkedOut" && !isFresh(loan)) return desk.takeBack(item, entry, who.id);
      return desk.make("lentAlready", "quiet", { person: who, title: loan.book.title }, { book: loan.shown || loan.book });
    }
    if (isUnknownBook(problem)) {
      if (isUncertain(item)) throw problem;
      return desk.unknownBook(item, "notLent");
    }
    const book = await desk.bookOf(item).catch(() => undefined);
    const facts = { person: who, title: book?.title || item.code, author: book?.author, reasons };
    if (reasons.length) {
      const codes = [...new Set([...despite, ...reasons.map((reason) => reason.code)])];
      return desk.make(
        reasons.length === 1 && reasons[0].code === "not-approved" ? "notApproved" : "notLent",
        reasons.length === 1 && reasons[0].code === "not-approved" ? "ask" : "stop",
        facts,
        {
          book,
          answers: answersTo(reasons, codes, item, who, book),
        },
      );
    }
    if (code === "no-copy-free" || code === "all-aside") {
      const candidates = /** @type {{ reservation: Loan, person: Person }[]} */ (more.candidates || []);
      return noCopyFree(candidates, facts, item, who, book, despite);
    }
    if (code === "book-archived") return desk.make("archived", "stop", facts, { book });
    if (code === "reader-disabled") return desk.make("disabled", "stop", facts);
    return desk.make("refused", "stop", { ...facts, problem }, { book });
  };

  /** What may be done where the library says no.
   * @param {{ code: string, readers?: Person[] }[]} reasons @param {string[]} codes @param {BookItem} item @param {Reader} who @param {Partial<Book>} [book]
   * @returns {Answer[]} */
  const answersTo = (reasons, codes, item, who, book) => {
    const has = (/** @type {string} */ code) => reasons.some((reason) => reason.code === code);
    /** @type {Answer} */
    const anyway = { name: "lendAnyway", run: (entry) => toReader(who, entry, () => lend(item, entry, { despite: codes })) };
    if (reasons.length === 1 && has("not-approved"))
      return [
        { name: "approveAndLend", main: true, run: (entry) => toReader(who, entry, () => approveAndLend(who, item, entry)) },
        { name: "notNow", run: async () => undefined },
      ];
    /** @type {Answer[]} */
    const answers = [];
    if (has("others-wait") && book?.id)
      answers.push({ name: "putAsideSlip", main: true, run: (entry) => desk.asideFor(String(book.id), book, entry) });
    if (has("blocked") || has("not-approved")) answers.push({ name: "openRecord", page: `/readers/${who.id}` });
    answers.push({ ...anyway, main: !answers.length });
    return answers;
  };

  /** Does something for a reader, although another one may stand at the counter by now.
   * @param {Reader} who @param {Entry} entry @param {() => Promise<Outcome>} deed */
  const toReader = async (who, entry, deed) => {
    if (reader.value?.id !== who.id) await desk.open(who, entry);
    return deed();
  };

  /** @param {Reader} who @param {BookItem} item @param {Entry} entry */
  const approveAndLend = async (who, item, entry) => {
    if (!reader.value?.approved) {
      await call("changeUser", { path: { userId: who.id }, body: { approved: true } });
      reader.value = { ...who, approved: true };
      desk.note({ what: "approved", book: { title: nameOf(who) }, person: who, reservation: `approval of ${who.id}` });
    }
    return lend(item, entry);
  };

  /** @param {{ reservation: Loan, person: Person }[]} candidates @param {Facts} facts @param {BookItem} item @param {Reader} who @param {Partial<Book> | undefined} book @param {string[]} despite */
  const noCopyFree = (candidates, facts, item, who, book, despite) => {
    /** @param {Person} from @param {Entry} entry */
    const back = (from, entry) => desk.takeBack(item, entry, from.id);
    /** @param {Person} from @param {Entry} entry */
    const andLend = async (from, entry) => {
      const said = await back(from, entry);
      if (said.kind === "stop" || said.kind === "ask") return said;
      return toReader(who, entry, () => lend(item, entry));
    };
    const nothing = { name: "doNothing", run: async () => undefined };
    const aside = candidates.filter(({ reservation }) => reservation.status === "ready");
    if (aside.length) {
      const answers = aside.slice(0, MOST_ANSWERS - 1).map(({ reservation, person }) => ({
        name: "insteadOf",
        facts: { person },
        run: (/** @type {Entry} */ entry) => toReader(who, entry, () => lend(item, entry, { despite, instead: reservation.id })),
      }));
      return desk.make("allAside", "ask", facts, { book, answers: [...answers, nothing] });
    }
    const [only] = candidates;
    if (candidates.length === 1) {
      const answers = [
        {
          name: "backAndLend",
          facts: { person: who },
          main: true,
          run: (/** @type {Entry} */ entry) => andLend(only.person, entry),
        },
        { name: "onlyBack", run: (/** @type {Entry} */ entry) => back(only.person, entry) },
        nothing,
      ];
      return desk.make("noCopyFree", "ask", { ...facts, holder: only.person }, { book, answers });
    }
    const answers = candidates.slice(0, MOST_ANSWERS - 1).map(({ person, reservation }) => ({
      name: "backFrom",
      facts: { person, due: reservation.dueOn },
      run: (/** @type {Entry} */ entry) => andLend(person, entry),
    }));
    return desk.make("allOut", "ask", facts, { book, answers: answers.length ? [...answers, nothing] : [] });
  };

  return { lend, isFresh };
}
