// The counter: who stands there, what each scan does, and what came of it. Nothing here is drawn.
//
// With a reader at the counter, what this reader has from before comes back and the rest is lent. Without one, a book comes back and a
// card opens a reader.

import { Problem } from "../../shell/api.js";
import { signal } from "../../vendor/preact-signals.js";
import { unlessUnknown } from "./codes.js";
import { finding } from "./finding.js";
import { lending } from "./lending.js";
import { logging } from "./log.js";
import { isNoAnswer } from "./queue.js";
import { returning } from "./returning.js";
import { isOfAShop } from "./scan.js";
import { visiting } from "./visit.js";

/** @typedef {import("./people.js").Person} Person */
/** @typedef {import("./scan.js").Item} Item */
/** @typedef {import("./scan.js").BookItem} BookItem */
/** @typedef {import("./scan.js").CodeItem} CodeItem */
/** @typedef {import("./scan.js").TextItem} TextItem */
/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {import("./tones.js").Kind} Kind */
/** @typedef {import("../../shell/ui.js").Book} Book */
/** @typedef {Omit<import("../../shell/loans.js").Reservation, "status"> & { status: string, reader: string, person?: Person, barcode?: string, reservedAt?: string, lentAt?: string, asideAt?: string, letters?: { step: number, at: string, by: string }[], shown?: Partial<Book> }} Loan a reservation or a loan, as the desk sees it */
/** @typedef {Person & { email?: string, emailVerified?: boolean, pendingEmail?: string, approved?: boolean, disabled?: boolean, group?: string, blocked?: { reason: string, until?: string }, role?: string, createdAt?: string, letters?: Record<string, boolean> }} Reader */
/** @typedef {{ name: string, facts?: Facts, main?: boolean, page?: string, run?: (entry: Entry) => Promise<Outcome | undefined> }} Answer what may be done about an outcome. `page`: the page that it leads to */
/** @typedef {Record<string, any>} Facts what the words of an outcome need */
/** @typedef {{ id: number, name: string, kind: Kind, facts: Facts, book?: Partial<Book>, due?: string, answers: Answer[], needs: boolean, slip?: Loan, byCard?: (reader: string) => Answer | undefined }} Outcome `needs`: it stays until somebody settles it. `byCard`: the answer that a card gives */
/** @typedef {{ id: number, at: number, what: "lent" | "handedOver" | "takenBack" | "putAside" | "renewed" | "approved", book: Partial<Book>, person?: Person, due?: string, daysLate?: number, promisedTo?: Person, reservation: string, undone: boolean, inVisit: boolean }} Deed */
/** @template T @typedef {import("../../vendor/preact-signals.js").Signal<T>} Signal */
/** @typedef {{ reader: Reader, loans: Loan[], back: string[] }} Receipt */
/** @typedef {{ slip?: Loan, receipt?: Receipt }} Sheet what is printed */
/** @typedef {{ call: typeof import("../../shell/api.js").call, withBooks: (loans: any[]) => Promise<any[]>, now: () => number, reader: Signal<Reader | null>, loans: Signal<Loan[]>, outcome: Signal<Outcome | null>, left: Signal<Outcome[]>, deeds: Signal<Deed[]>, paper: Signal<Sheet | null>, make: (name: string, kind: Kind, facts?: Facts, more?: Partial<Outcome>) => Outcome, settle: (outcome: Outcome) => void, print: (sheet: Sheet) => undefined, withBook: (item: BookItem, entry: Entry) => Promise<Outcome>, mark: (entry: Entry, change: Partial<Entry>) => void }} Core what the parts of the counter share */
/** @typedef {{
 *   lend: (item: BookItem, entry: Entry, how?: { despite?: string[], instead?: string }) => Promise<Outcome>,
 *   isFresh: (loan: Loan) => boolean,
 *   takeBack: (item: BookItem, entry: Entry, from?: string) => Promise<Outcome>,
 *   asideFor: (bookId: string, book: Partial<Book>, entry: Entry) => Promise<Outcome>,
 *   holderOf: (code: string) => Promise<Reader | undefined>,
 *   byCard: (code: string, entry: Entry) => Promise<Outcome | undefined>,
 *   open: (next: Reader, entry: Entry) => Promise<Outcome | undefined>,
 *   endVisit: () => void,
 *   reload: () => Promise<void>,
 *   finish: (sure?: boolean) => Outcome | undefined,
 *   receiptOf: (who: Reader) => Receipt,
 *   find: (item: TextItem, entry: Entry) => Promise<Outcome | undefined>,
 *   bookOf: (item: BookItem) => Promise<Partial<Book> | undefined>,
 *   unknownBook: (item: BookItem, kick: string) => Outcome,
 *   note: (deed: Omit<Deed, "id" | "at" | "undone" | "inVisit">) => number,
 *   canUndo: (deed: Deed) => boolean,
 *   undo: (id?: number) => Promise<Outcome>,
 *   renewOne: (loan: Loan, entry: Entry) => Promise<Outcome>,
 *   renewAll: (entry: Entry) => Promise<Outcome>,
 * }} Parts what the parts do */
/** @typedef {Core & Parts} Desk */

/** Who scans a book twice means it once. */
const TWICE = 1500;
/** So many outcomes wait to be settled, at most. */
const MOST_LEFT = 9;

/** Makes a counter. `withBooks` adds to loans the books that they name.
 * @param {{ call: typeof import("../../shell/api.js").call, withBooks: (loans: any[]) => Promise<any[]>, now?: () => number }} needs */
export function createCounter({ call, withBooks, now = Date.now }) {
  const reader = signal(/** @type {Reader | null} */ (null));
  /** What the reader at the counter has, and what waits. */
  const loans = signal(/** @type {Loan[]} */ ([]));
  const outcome = signal(/** @type {Outcome | null} */ (null));
  /** Outcomes that somebody still has to settle. */
  const left = signal(/** @type {Outcome[]} */ ([]));
  const deeds = signal(/** @type {Deed[]} */ ([]));
  /** What is to be printed. */
  const paper = signal(/** @type {Sheet | null} */ (null));
  /** The last scan, to know one that is read twice. @type {{ code: string, at: number, key: string } | undefined} */
  let last;
  /** Keeps what was asked of the library for a scan. @type {(entry: Entry, change: Partial<Entry>) => void} */
  let mark = () => {};
  let outcomesSoFar = 0;

  /** @param {Sheet} sheet @returns {undefined} */
  const print = (sheet) => {
    paper.value = sheet;
  };

  /** @param {string} name @param {Kind} kind @param {Facts} [facts] @param {Partial<Outcome>} [more] @returns {Outcome} */
  const make = (name, kind, facts = {}, more = {}) => {
    const answers = more.answers || [];
    outcomesSoFar += 1;
    return {
      id: outcomesSoFar,
      name,
      kind,
      facts,
      needs: (kind === "stop" || kind === "ask") && answers.length > 0,
      ...more,
      answers,
    };
  };

  /** Shows an outcome. One that somebody has to settle is not overwritten: it stays beside the new one.
   * @param {Outcome | undefined | null} next */
  const show = (next) => {
    if (!next) return;
    const before = outcome.value;
    if (before?.needs && before !== next) left.value = [...left.value, before].slice(-MOST_LEFT);
    left.value = left.value.filter((one) => one !== next);
    outcome.value = next;
  };

  /** Forgets an outcome, because it is settled. @param {Outcome} settled */
  const settle = (settled) => {
    left.value = left.value.filter((one) => one !== settled);
    if (outcome.value === settled) outcome.value = null;
  };

  // One scan.

  /** Does what a scan asks for. Throws a Problem only if there was no answer.
   * @param {Entry} entry @param {(change: Partial<Entry>) => void} [keep] keeps more about the scan */
  const act = async (entry, keep = () => {}) => {
    mark = (of, change) => of.key === entry.key && keep(change);
    try {
      show(await answered(entry));
    } catch (problem) {
      if (!(problem instanceof Problem)) {
        console.error(problem);
        show(make("failed", "stop", {}));
      } else if (isNoAnswer(problem)) throw problem;
      else show(make("refused", "stop", { problem }));
    }
    // Whoever reads that a scan failed scans again, as quickly as a scanner that reads twice.
    if (["failed", "refused"].includes(outcome.value?.name ?? "")) last = undefined;
  };

  /** Brings back who stood at the counter when a scan was first sent. Its answer was lost, or the page was loaded again.
   * @param {Entry} entry */
  const returnTo = async (entry) => {
    if (entry.reader === undefined || entry.reader === (reader.value?.id ?? "")) return;
    if (entry.reader) await desk.open((await call("getUser", { path: { userId: entry.reader } })).data, entry);
    else desk.endVisit();
  };

  /** @param {Entry} entry @returns {Promise<Outcome | undefined | null>} */
  const answered = async (entry) => {
    const { item } = entry;
    await returnTo(entry);
    if (item.kind === "order") {
      last = undefined;
      return ordered(item, entry);
    }
    if (item.kind === "text") return desk.find(item, entry);
    if (item.kind !== "book" && item.kind !== "code") return make(item.kind, "stop", { ...item });
    const code = ("book" in item && item.book) || item.code || "";
    const isTwice = Boolean(last && last.key !== entry.key && last.code === code && entry.at - last.at < TWICE);
    last = { code, at: entry.at, key: entry.key };
    if (isTwice) {
      const again = { name: "countAgain", run: (/** @type {Entry} */ next) => scanned(item, next) };
      return make("readTwice", "quiet", { code }, { answers: item.kind === "book" ? [again] : [] });
    }
    return scanned(item, entry);
  };

  /** @param {BookItem | CodeItem} item @param {Entry} entry */
  const scanned = (item, entry) => (item.kind === "book" ? withBook(item, entry) : withCode(item, entry));

  /** @param {BookItem} item @param {Entry} entry */
  const withBook = (item, entry) => {
    if (entry.step === "back") return desk.takeBack(item, entry, entry.from);
    return entry.step || reader.value ? desk.lend(item, entry) : desk.takeBack(item, entry);
  };

  /** A code may be a copy's number or a card. With a reader at the counter it is tried as a copy first, without one as a card.
   * @param {CodeItem} item @param {Entry} entry @returns {Promise<Outcome | undefined>} */
  const withCode = async (item, entry) => {
    for (const code of [item.code, ...item.others]) {
      const whole = { kind: /** @type {const} */ ("book"), code };
      if (code.length <= 32) {
        const tries = reader.value
          ? [() => withBook(whole, entry), () => desk.byCard(code, entry)]
          : [() => desk.byCard(code, entry), () => withBook(whole, entry)];
        for (const attempt of tries) {
          const found = await attempt().catch(unlessUnknown);
          if (found) return found;
        }
      }
    }
    const cuts = [];
    for (const cut of item.cuts) if (await isKnown(cut)) cuts.push(cut);
    if (cuts.length === 1) return inPieces(cuts[0], entry);
    if (item.cuts.length) return make("misread", "stop", { text: item.code });
    if (isOfAShop(item.code)) return make("price", "stop", { code: item.code });
    return make(
      "unknownCard",
      "ask",
      { code: item.code },
      { answers: [{ name: "newReader", main: true, page: `/readers/new?card=${item.code}` }] },
    );
  };

  /** Whether a card or another code of a cut is somebody's. The books of a cut are known by their check digits.
   * @param {string[]} cut */
  const isKnown = async (cut) => {
    for (const code of cut.filter((piece) => piece.length !== 13 || !/^(97[89]|29)/.test(piece)))
      if (!(await desk.holderOf(code)) && !(await desk.bookOf({ kind: "book", code }))) return false;
    return true;
  };

  /** Does what each piece of a scan asks for, in order. What the last one says is shown.
   * @param {string[]} codes @param {Entry} entry */
  const inPieces = async (codes, entry) => {
    /** @type {Outcome | undefined} */
    let said;
    for (const [index, code] of codes.entries()) {
      const part = { ...entry, key: `${entry.key}-${index}` };
      const isBook = code.length === 13 && /^(97[89]|29)/.test(code);
      if (said) show(said);
      said = await (isBook ? withBook({ kind: "book", code }, part) : withCode({ kind: "code", code, others: [], cuts: [] }, part));
    }
    return said;
  };

  // Orders and answers.

  /** @param {import("./scan.js").OrderItem} item @param {Entry} entry @returns {Promise<Outcome | undefined | null>} */
  const ordered = async ({ order, of }, entry) => {
    if (order === "done") return desk.finish();
    if (order === "undo") return desk.undo(typeof of === "number" ? of : undefined);
    if (order === "renew") return of ? withLoan(of, (loan) => desk.renewOne(loan, entry)) : desk.renewAll(entry);
    if (order === "back") return withLoan(of, (loan) => desk.takeBack(bookItem(loan), entry, reader.value?.id));
    if (order === "handOver") return withLoan(of, (loan) => desk.lend(bookItem(loan), entry));
    if (order === "open") return desk.open((await call("getUser", { path: { userId: String(of) } })).data, entry);
    if (order === "help") return putOff();
    if (order === "print") return printed();
    return choose(Number(order) - 1, entry, of);
  };

  /** @param {Loan} loan @returns {BookItem} */
  const bookItem = ({ book }) => ({ kind: "book", book: book.id });

  /** Does something with a loan of the reader at the counter.
   * @param {unknown} id @param {(loan: Loan) => Promise<Outcome>} act */
  const withLoan = (id, act) => {
    const loan = loans.value.find((one) => one.id === id);
    return loan ? act(loan) : Promise.resolve(make("nobodyHere", "quiet", {}));
  };

  /** Puts the question on the screen aside, for later. */
  const putOff = () => {
    const asked = outcome.value;
    if (!asked?.needs) return undefined;
    outcome.value = null;
    left.value = [...left.value.filter((one) => one !== asked), asked];
    return undefined;
  };

  /** Shows again what still has to be settled. */
  const comeBack = () => {
    const [next] = left.value.filter((one) => one !== outcome.value).slice(-1);
    if (next) show(next);
  };

  /** Gives an answer: to the outcome that is named, else to the one on the screen.
   * @param {number} index @param {Entry} entry @param {unknown} [of] */
  const choose = async (index, entry, of) => {
    const shown = outcome.value?.answers[index] ? outcome.value : left.value.at(-1);
    const asked = of ? [outcome.value, ...left.value].find((one) => one?.id === of) : shown;
    const answer = asked?.answers[index];
    if (!asked || !answer) return make("noQuestion", "quiet", {});
    if (answer.page) return void goTo(answer.page);
    const said = await answer.run?.(entry);
    settle(asked);
    return said;
  };

  /** What leads to another page. Set by the page. */
  let goTo = (/** @type {string} */ _page) => {};

  const printed = () => {
    if (outcome.value?.slip) paper.value = { slip: outcome.value.slip };
    else if (reader.value) paper.value = { receipt: desk.receiptOf(reader.value) };
    else return make("nothingToPrint", "quiet", {});
    return undefined;
  };

  const desk = /** @type {Desk} */ ({
    call,
    withBooks,
    now,
    reader,
    loans,
    outcome,
    left,
    deeds,
    paper,
    make,
    settle,
    print,
    withBook,
    mark: (/** @type {Entry} */ entry, /** @type {Partial<Entry>} */ change) => mark(entry, change),
  });
  Object.assign(desk, lending(desk), returning(desk), visiting(desk), finding(desk), logging(desk));

  return {
    reader,
    loans,
    outcome,
    left,
    deeds,
    paper,
    act,
    show,
    comeBack,
    finish: desk.finish,
    endVisit: desk.endVisit,
    reload: desk.reload,
    canUndo: desk.canUndo,
    /** Says how an answer leads to another page.
     * @param {(page: string) => void} go */
    leadsTo: (go) => {
      goTo = go;
    },
  };
}
