// What was done at this desk, undoing it, and renewing.

import { Problem } from "../../shell/api.js";
import { isNoAnswer } from "./queue.js";

/** @typedef {import("./counter.js").Desk} Desk */
/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {import("./counter.js").Outcome} Outcome */
/** @typedef {import("./counter.js").Deed} Deed */
/** @typedef {import("./counter.js").Loan} Loan */

const LONGEST = 100;

/** @param {Desk} desk */
export function logging(desk) {
  const { call, now, reader, loans, deeds } = desk;
  let deedsSoFar = 0;

  /** @param {Omit<Deed, "id" | "at" | "undone" | "inVisit">} deed */
  const note = (deed) => {
    deedsSoFar += 1;
    const inVisit = Boolean(reader.value);
    deeds.value = [{ ...deed, id: deedsSoFar, at: now(), undone: false, inVisit }, ...deeds.value].slice(0, LONGEST);
    return deedsSoFar;
  };

  /** Whether a deed can be undone: the library undoes the last step of a loan.
   * @param {Deed} deed */
  const canUndo = (deed) => !deed.undone && deeds.value.find(({ reservation }) => reservation === deed.reservation)?.id === deed.id;

  /** Undoes a deed: the last one, if none is named.
   * @param {number} [id] @returns {Promise<Outcome>} */
  const undo = async (id) => {
    const deed = deeds.value.find((one) => canUndo(one) && (id === undefined || one.id === id));
    if (!deed) return desk.make("nothingToUndo", "quiet", {});
    const facts = { title: deed.book.title, what: deed.what, person: deed.person, promisedTo: deed.promisedTo };
    try {
      if (deed.what === "approved")
        await call("changeUser", { path: { userId: String(deed.person?.id) }, body: { approved: false } });
      else
        await call("undoStep", {
          path: { reservationId: deed.reservation },
          key: `undo-${deed.reservation.slice(0, 20)}-${deed.at}-${deed.id}`,
        });
    } catch (problem) {
      if (!(problem instanceof Problem) || isNoAnswer(problem)) throw problem;
      return desk.make("notUndone", "stop", { ...facts, problem }, { book: deed.book });
    }
    deeds.value = deeds.value.map((one) => (one.id === deed.id ? { ...one, undone: true } : one));
    if (deed.inVisit) await desk.reload();
    return desk.make("undone", "done", facts, { book: deed.book });
  };

  /** @param {Loan} loan @param {Entry} entry @param {string[]} [despite] */
  const renew = async (loan, entry, despite) => {
    const { data } = await call("renewLoan", {
      path: { reservationId: loan.id },
      body: despite && { despite },
      key: `${entry.key}-${loan.id.slice(0, 12)}`,
    });
    const renewed = { ...loan, ...data };
    loans.value = loans.value.map((one) => (one.id === loan.id ? renewed : one));
    note({
      what: "renewed",
      book: loan.shown || loan.book,
      person: reader.value || loan.person,
      due: renewed.dueOn,
      reservation: loan.id,
    });
    return renewed;
  };

  /** Renews a loan. Where the library says no, the desk may say yes.
   * @param {Loan} loan @param {Entry} entry @param {string[]} [despite] @returns {Promise<Outcome>} */
  const renewOne = async (loan, entry, despite) => {
    /** @type {Loan} */
    let renewed;
    try {
      renewed = await renew(loan, entry, despite);
    } catch (problem) {
      if (!(problem instanceof Problem) || isNoAnswer(problem) || !problem.more.reasons) throw problem;
      const { reasons } = problem.more;
      const codes = reasons.map((/** @type {{ code: string }} */ { code }) => code);
      const anyway = { name: "renewAnyway", main: true, run: (/** @type {Entry} */ next) => renewOne(loan, next, codes) };
      const facts = { person: reader.value || loan.person, title: loan.book.title, reasons };
      return desk.make("notRenewed", "stop", facts, {
        book: loan.shown || loan.book,
        answers: codes.includes("too-early") ? [] : [anyway],
      });
    }
    const facts = { person: reader.value, title: loan.book.title, before: loan.dueOn, renewals: renewed.renewals };
    return desk.make("renewed", "done", facts, { book: loan.shown || loan.book, due: renewed.dueOn });
  };

  /** @param {Entry} entry */
  const renewAll = async (entry) => {
    if (!reader.value) return desk.make("nobodyHere", "quiet", {});
    let [done, refused] = [0, 0];
    for (const loan of loans.value.filter(({ status }) => status === "checkedOut")) {
      if (loan.mayRenew === false || desk.isFresh(loan)) refused += loan.mayRenew === false ? 1 : 0;
      else
        await renew(loan, entry).then(
          () => (done += 1),
          (problem) => {
            if (!(problem instanceof Problem) || isNoAnswer(problem)) throw problem;
            refused += 1;
          },
        );
    }
    return desk.make("renewedAll", done ? "done" : "quiet", { person: reader.value, done, refused });
  };

  return { note, canUndo, undo, renewOne, renewAll };
}
