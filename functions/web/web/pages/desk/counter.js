// The counter: who stands there, what each scan does, and what came of it. Nothing here is drawn.
//
// With a reader at the counter, what this reader has from before comes back and the rest is lent. Without one, a book comes back and a
// card opens a reader.

import { Problem } from "../../shell/api.js";
import { signal } from "../../vendor/preact-signals-htm.js";
import { isNoAnswer } from "./queue.js";
import { isOfAShop } from "./scan.js";

/** @typedef {import("./people.js").Person} Person */
/** @typedef {import("./scan.js").Item} Item */
/** @typedef {import("./scan.js").BookItem} BookItem */
/** @typedef {import("./scan.js").CodeItem} CodeItem */
/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {import("./tones.js").Kind} Kind */
/** @typedef {import("../../shell/ui.js").Book} Book */
/** @typedef {Omit<import("../../shell/loans.js").Reservation, "status"> & { status: string, reader: string, person?: Person, barcode?: string, reservedAt?: string, lentAt?: string, asideAt?: string, dueOn?: string, shown?: Partial<Book> }} Loan a reservation or a loan, as the desk sees it */
/** @typedef {Person & { email?: string, emailVerified?: boolean, approved?: boolean, disabled?: boolean, group?: string, blocked?: { reason: string, until?: string }, role?: string, createdAt?: string }} Reader */
/** @typedef {{ name: string, facts?: Facts, main?: boolean, page?: string, run?: (entry: Entry) => Promise<Outcome | undefined> }} Answer what may be done about an outcome. `page`: the page that it leads to */
/** @typedef {Record<string, any>} Facts what the words of an outcome need */
/** @typedef {{ id: number, name: string, kind: Kind, facts: Facts, book?: Partial<Book>, due?: string, answers: Answer[], needs: boolean, slip?: Loan, byCard?: (reader: string) => Answer | undefined }} Outcome `needs`: it stays until somebody settles it. `byCard`: the answer that a card gives */
/** @typedef {{ id: number, at: number, what: "lent" | "handedOver" | "takenBack" | "putAside" | "renewed", book: Partial<Book>, person?: Person, due?: string, daysLate?: number, promisedTo?: Person, reservation: string, undone: boolean, inVisit: boolean }} Deed */

/** Who scans a book twice means it once. */
const TWICE = 1500;
/** A loan as young as this is not taken back by scanning the book again with its reader at the counter. */
const A_MOMENT = 10 * 60_000;
const LONGEST_LOG = 100;
const MOST_FOUND = 9;

/** What a librarian may do all the same. */
const OVERRULED = ["others-wait", "limit", "blocked", "not-approved"];

/**
 * @param {{ call: typeof import("../../shell/api.js").call, withBooks: (loans: any[]) => Promise<any[]>, now?: () => number }} needs */
export function createCounter({ call, withBooks, now = Date.now }) {
  const reader = signal(/** @type {Reader | null} */ (null));
  /** What the reader at the counter has, and what waits. */
  const loans = signal(/** @type {Loan[]} */ ([]));
  const outcome = signal(/** @type {Outcome | null} */ (null));
  /** Outcomes that somebody still has to settle. */
  const left = signal(/** @type {Outcome[]} */ ([]));
  const deeds = signal(/** @type {Deed[]} */ ([]));
  /** What is to be printed. @type {import("../../vendor/preact-signals-htm.js").Signal<{ slip?: Loan, receipt?: Receipt } | null>} */
  const paper = signal(null);
  /** The last scan, to know one that is read twice. @type {{ code: string, at: number } | undefined} */
  let last;
  let deedsSoFar = 0;
  let outcomesSoFar = 0;

  /** @typedef {{ reader: Reader, loans: Loan[], back: string[] }} Receipt */

  /** @param {{ slip?: Loan, receipt?: Receipt }} sheet @returns {undefined} */
  const putToPrint = (sheet) => {
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
    if (before?.needs && before !== next) left.value = [...left.value, before].slice(-MOST_FOUND);
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
   * @param {Entry} entry */
  const act = async (entry) => {
    try {
      show(await answered(entry));
    } catch (problem) {
      if (!(problem instanceof Problem)) {
        console.error(problem);
        show(make("failed", "stop", {}));
      } else if (isNoAnswer(problem)) throw problem;
      else show(make("refused", "stop", { problem }));
    }
  };

  /** @param {Entry} entry @returns {Promise<Outcome | undefined | null>} */
  const answered = async (entry) => {
    const { item } = entry;
    if (item.kind === "order") return ordered(item, entry);
    if (item.kind === "text") return find(item, entry);
    if (item.kind !== "book" && item.kind !== "code") return make(item.kind, "stop", { ...item });
    const code = ("book" in item && item.book) || item.code || "";
    const isTwice = Boolean(last && last.code === code && entry.at - last.at < TWICE);
    last = { code, at: entry.at };
    if (isTwice) {
      const again = { name: "countAgain", run: (/** @type {Entry} */ next) => scanned(item, next) };
      return make("readTwice", "quiet", { code }, { answers: item.kind === "book" ? [again] : [] });
    }
    return scanned(item, entry);
  };

  /** @param {BookItem | CodeItem} item @param {Entry} entry */
  const scanned = (item, entry) => (item.kind === "book" ? withBook(item, entry) : withCode(item, entry));

  /** @param {BookItem} item @param {Entry} entry */
  const withBook = (item, entry) => (reader.value ? lend(item, entry) : takeBack(item, entry));

  /** A code may be a copy's number or a card. With a reader at the counter it is tried as a copy first, without one as a card.
   * @param {CodeItem} item @param {Entry} entry @returns {Promise<Outcome | undefined>} */
  const withCode = async (item, entry) => {
    for (const code of [item.code, ...item.others]) {
      const whole = { kind: /** @type {const} */ ("book"), code };
      if (code.length <= 32) {
        const tries = reader.value
          ? [() => withBook(whole, entry), () => byCard(code, entry)]
          : [() => byCard(code, entry), () => withBook(whole, entry)];
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
      if (!(await holderOf(code)) && !(await bookOf({ kind: "book", code }))) return false;
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

  // Readers.

  /** @param {string} code @returns {Promise<Reader | undefined>} */
  const holderOf = async (code) => {
    const { data } = await call("listUsers", { query: { query: code } });
    return data.items.find((/** @type {Reader} */ { card }) => card === code);
  };

  /** @param {string} code @param {Entry} entry */
  const byCard = async (code, entry) => {
    const holder = await holderOf(code);
    return holder && open(holder, entry);
  };

  /** Brings a reader to the counter. The one before is finished.
   * @param {Reader} next @param {Entry} entry @returns {Promise<Outcome | undefined>} */
  const open = async (next, entry) => {
    const asked = [outcome.value, ...left.value].find((one) => one?.byCard?.(next.id));
    const answer = asked?.byCard?.(next.id);
    if (asked && answer?.run) {
      settle(asked);
      return answer.run(entry);
    }
    if (next.disabled) return make("disabled", "stop", { person: next });
    const isSame = reader.value?.id === next.id;
    const listed = await call("listReservations", { query: { reader: next.id, limit: 100 } });
    if (!isSame) endVisit();
    reader.value = next;
    loans.value = await withBooks(listed.data.items);
    return make(isSame ? "stillHere" : "atCounter", "quiet", { person: next });
  };

  const endVisit = () => {
    reader.value = null;
    loans.value = [];
    deeds.value = deeds.value.map((deed) => ({ ...deed, inVisit: false }));
  };

  /** Loads what the reader has again, after a step of another page or a lost answer. */
  const reload = async () => {
    const here = reader.value;
    if (!here) return;
    const [{ data: profile }, { data }] = await Promise.all([
      call("getUser", { path: { userId: here.id } }),
      call("listReservations", { query: { reader: here.id, limit: 100 } }),
    ]);
    const shown = await withBooks(data.items);
    if (reader.value?.id !== here.id) return;
    reader.value = profile;
    loans.value = shown;
  };

  /** Finishes the visit. What is not settled is asked about, once.
   * @param {boolean} [sure] @returns {Outcome | undefined} */
  const finish = (sure = false) => {
    const who = reader.value;
    if (!who) return undefined;
    const unsettled = [...left.value, outcome.value].filter((one) => one?.needs);
    if (!sure && unsettled.length) {
      const all = { name: "finishAnyway", main: true, run: async () => finish(true) };
      return make(
        "unsettled",
        "ask",
        { count: unsettled.length, title: unsettled[0]?.facts.title },
        { answers: [all], needs: false },
      );
    }
    const receipt = receiptOf(who);
    const lines = deeds.value.filter((deed) => deed.inVisit && !deed.undone);
    const counts = { lent: lines.filter(isLending).length, back: lines.filter(isReturning).length };
    endVisit();
    const answers = [
      { name: "receipt", run: async () => putToPrint({ receipt }) },
      { name: "bringBack", facts: { person: who }, run: async (/** @type {Entry} */ entry) => open(who, entry) },
    ];
    return make("finished", "quiet", { person: who, ...counts }, { answers });
  };

  /** @param {Reader} who */
  const receiptOf = (who) => ({
    reader: who,
    loans: loans.value,
    back: deeds.value.filter((deed) => deed.inVisit && !deed.undone && isReturning(deed)).map(({ book }) => book.title || ""),
  });

  // Lending.

  /** @param {BookItem} item @returns {Record<string, string>} */
  const named = (item) => (item.book ? { book: item.book } : { code: item.code || "" });

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
    const own = ownOf(item);
    if (own?.status === "checkedOut" && !isFresh(own)) return takeBack(item, entry, who.id);
    if (own?.status === "checkedOut")
      return make("lentAlready", "quiet", { person: who, title: own.book.title }, { book: own.shown || own.book });
    try {
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
    note({ what, book: loan.shown || loan.book, person: who, due: loan.dueAt, reservation: loan.id });
    const facts = { person: who, title: loan.book.title, author: loan.shown?.author, displaced };
    return make(what, "done", facts, { book: loan.shown || loan.book, due: loan.dueAt });
  };

  /** @param {Problem} problem @param {BookItem} item @param {Entry} entry @param {Reader} who @param {string[]} despite @returns {Promise<Outcome>} */
  const notLent = async (problem, item, entry, who, despite) => {
    const { code, more } = problem;
    const reasons = /** @type {{ code: string, detail?: string, readers?: Person[] }[]} */ (
      more.reasons || (OVERRULED.includes(code) ? [{ code, ...more }] : [])
    );
    if (code === "already-held" && more.reservation) {
      const [loan] = await withBooks([more.reservation]);
      if (loan.status === "checkedOut" && !isFresh(loan)) return takeBack(item, entry, who.id);
      return make("lentAlready", "quiet", { person: who, title: loan.book.title }, { book: loan.shown || loan.book });
    }
    if (isUnknownBook(problem)) {
      if (isUncertain(item)) throw problem;
      return unknownBook(item, "notLent");
    }
    const book = await bookOf(item).catch(() => undefined);
    const facts = { person: who, title: book?.title || item.code, author: book?.author, reasons };
    if (reasons.length) {
      const codes = [...new Set([...despite, ...reasons.map((reason) => reason.code)])];
      return make(
        reasons.length === 1 && reasons[0].code === "not-approved" ? "notApproved" : "notLent",
        reasons.length === 1 && reasons[0].code === "not-approved" ? "ask" : "stop",
        facts,
        {
          book,
          answers: answersTo(reasons, codes, item, who, book),
        },
      );
    }
    if (code === "no-copy-free") {
      const candidates = /** @type {{ reservation: Loan, person: Person }[]} */ (more.candidates || []);
      return noCopyFree(candidates, facts, item, who, book, despite);
    }
    if (code === "book-archived") return make("archived", "stop", facts, { book });
    if (code === "reader-disabled") return make("disabled", "stop", facts);
    return make("refused", "stop", { ...facts, problem }, { book });
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
      answers.push({ name: "putAsideSlip", main: true, run: (entry) => asideFor(String(book.id), book, entry) });
    if (has("blocked") || has("not-approved")) answers.push({ name: "openRecord", page: `/readers/${who.id}` });
    answers.push({ ...anyway, main: !answers.length });
    return answers;
  };

  /** Does something for a reader, although another one may stand at the counter by now.
   * @param {Reader} who @param {Entry} entry @param {() => Promise<Outcome>} deed */
  const toReader = async (who, entry, deed) => {
    if (reader.value?.id !== who.id) await open(who, entry);
    return deed();
  };

  /** @param {Reader} who @param {BookItem} item @param {Entry} entry */
  const approveAndLend = async (who, item, entry) => {
    await call("changeUser", { path: { userId: who.id }, body: { approved: true } });
    reader.value = { ...who, approved: true };
    return lend(item, entry);
  };

  /** Puts a copy aside for the first reader that one is promised to and not yet aside.
   * @param {string} bookId @param {Partial<Book>} book @param {Entry} entry */
  const asideFor = async (bookId, book, entry) => {
    const { data } = await call("listBookReservations", { path: { bookId } });
    const promised = data.items.find((/** @type {Loan} */ { status, asideAt }) => status === "ready" && !asideAt);
    if (!promised) return make("nothingPromised", "quiet", { title: book.title }, { book });
    const path = { reservationId: promised.id };
    const { data: aside } = await call("putAside", { path, key: `${entry.key}-aside` });
    const slip = { ...promised, ...aside, person: promised.person, shown: book };
    note({ what: "putAside", book, promisedTo: promised.person, reservation: promised.id });
    paper.value = { slip };
    return make(
      "putAside",
      "aside",
      { title: book.title, promisedTo: promised.person, until: slip.readyUntil },
      { book, slip, answers: asideAnswers(slip) },
    );
  };

  /** @param {Loan} slip @returns {Answer[]} */
  const asideAnswers = (slip) => [
    { name: "holdSlip", main: true, run: async () => putToPrint({ slip }) },
    { name: "undo", run: () => undo() },
  ];

  /** @param {{ reservation: Loan, person: Person }[]} candidates @param {Facts} facts @param {BookItem} item @param {Reader} who @param {Partial<Book> | undefined} book @param {string[]} despite */
  const noCopyFree = (candidates, facts, item, who, book, despite) => {
    /** @param {Person} from @param {Entry} entry */
    const back = (from, entry) => takeBack(item, entry, from.id);
    /** @param {Person} from @param {Entry} entry */
    const andLend = async (from, entry) => {
      const said = await back(from, entry);
      if (said.kind === "stop" || said.kind === "ask") return said;
      return toReader(who, entry, () => lend(item, entry));
    };
    const nothing = { name: "doNothing", run: async () => undefined };
    const aside = candidates.filter(({ reservation }) => reservation.status === "ready");
    if (aside.length) {
      const answers = aside.slice(0, MOST_FOUND - 1).map(({ reservation, person }) => ({
        name: "insteadOf",
        facts: { person },
        run: (/** @type {Entry} */ entry) => toReader(who, entry, () => lend(item, entry, { despite, instead: reservation.id })),
      }));
      return make("allAside", "ask", facts, { book, answers: [...answers, nothing] });
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
      return make("noCopyFree", "ask", { ...facts, holder: only.person }, { book, answers });
    }
    const answers = candidates.slice(0, MOST_FOUND - 1).map(({ person, reservation }) => ({
      name: "backFrom",
      facts: { person, due: reservation.dueAt },
      run: (/** @type {Entry} */ entry) => andLend(person, entry),
    }));
    return make("allOut", "ask", facts, { book, answers: answers.length ? [...answers, nothing] : [] });
  };

  // Taking back.

  /** @param {BookItem} item @param {Entry} entry @param {string} [from] the reader who brings it @returns {Promise<Outcome>} */
  const takeBack = async (item, entry, from) => {
    try {
      const body = { ...named(item), reader: from, scannedAt: new Date(entry.at).toISOString() };
      const { data } = await call("returnBook", { body, key: `${entry.key}-back` });
      return await returned(data);
    } catch (problem) {
      if (!(problem instanceof Problem) || isNoAnswer(problem)) throw problem;
      if (isUnknownBook(problem)) {
        if (isUncertain(item)) throw problem;
        return unknownBook(item, "notBack");
      }
      const candidates = /** @type {{ reservation: Loan, person: Person }[]} */ (problem.more.candidates || []);
      if (!candidates.length) return make("refused", "stop", { problem });
      const book = await bookOf(item).catch(() => undefined);
      /** @param {Person} person @returns {Answer} */
      const answer = (person) => ({
        name: "broughtBy",
        facts: { person, due: duesOf(candidates, person) },
        run: (next) => takeBack(item, next, person.id),
      });
      return make(
        "whoBrings",
        "ask",
        { title: book?.title || item.code, wrong: problem.code === "not-this-reader" },
        {
          book,
          answers: candidates.slice(0, MOST_FOUND).map(({ person }) => answer(person)),
          byCard: (id) => candidates.filter(({ person }) => person.id === id).map(({ person }) => answer(person))[0],
        },
      );
    }
  };

  /** @param {{ reservation: Loan, person: Person }[]} candidates @param {Person} person */
  const duesOf = (candidates, person) => candidates.find((one) => one.person.id === person.id)?.reservation.dueAt;

  /** @param {{ outcome: string, book: { id: string, title: string }, from?: Person, reservation?: Loan, daysLate?: number, promisedTo?: Person, ready?: Loan }} answer */
  const returned = async ({ outcome: how, book: named, from, reservation, daysLate = 0, promisedTo, ready }) => {
    const [{ shown: book }] = await withBooks([{ id: "", book: named }]);
    if (reservation) loans.value = loans.value.filter(({ id }) => id !== reservation.id);
    const facts = {
      title: named.title,
      author: book.author,
      person: from,
      daysLate,
      promisedTo,
      until: ready?.readyUntil,
      shelfMark: book.shelfMark,
    };
    if (how === "was-not-out") return make("notOut", "quiet", facts, { book });
    const isAside = how === "put-aside";
    const undoes = reservation || ready;
    if (undoes)
      note({ what: reservation ? "takenBack" : "putAside", book, person: from, daysLate, promisedTo, reservation: undoes.id });
    if (!isAside) return make("takenBack", "done", facts, { book });
    const slip = ready && { ...ready, person: promisedTo, shown: book };
    return make("putAside", "aside", facts, { book, slip, answers: slip ? asideAnswers(slip) : [] });
  };

  // What is not known.

  /** @param {Problem} problem */
  const isUnknownBook = ({ code }) => code === "unknown-code" || code === "no-such-book" || code === "not-a-code";

  /** Whether a code may be something else than a book.
   * @param {BookItem} item */
  const isUncertain = ({ code = "" }) => Boolean(code) && !/^(97[89]\d{10}|29\d{11})$/.test(code);

  /** @param {unknown} problem */
  const unlessUnknown = (problem) => {
    if (problem instanceof Problem && (isUnknownBook(problem) || problem.status === 400)) return undefined;
    throw problem;
  };

  /** @param {BookItem} item @param {string} kick */
  const unknownBook = (item, kick) => {
    const isIsbn = /^97[89]/.test(item.code || "");
    /** @type {Answer[]} */
    const answers = isIsbn ? [{ name: "addBook", main: true, page: `/books/new?isbn=${item.code}` }] : [];
    return make("unknownBook", "stop", { code: item.code || item.book, kick, isIsbn }, { answers });
  };

  /** The book that a scan names.
   * @param {BookItem} item @returns {Promise<Partial<Book> | undefined>} */
  const bookOf = async ({ book, code = "" }) => {
    if (book) return (await call("getBook", { path: { bookId: book } })).data;
    const query = /^97[89]\d{10}$/.test(code) ? { isbn: code } : { barcode: code };
    return (await call("listBooks", { query })).data.items[0];
  };

  // What is typed.

  /** Finds readers and books for what was typed. Only a whole card, email or username opens a reader by itself.
   * @param {import("./scan.js").TextItem} item @param {Entry} entry @returns {Promise<Outcome | undefined>} */
  const find = async ({ text, code }, entry) => {
    const [people, titles, copy] = await Promise.all([
      call("listUsers", { query: { query: text } }).then(({ data }) => data, unlessUnknown),
      call("listBooks", { query: { titlePrefix: text, limit: 5 } }).then(({ data }) => data, unlessUnknown),
      code ? bookOf({ kind: "book", code }).catch(unlessUnknown) : undefined,
    ]);
    const readers = /** @type {Reader[]} */ (people?.items || []);
    const whole = readers.find(
      ({ card, email, username }) =>
        (code && card === code) || [email, username].some((name) => name?.toLowerCase() === text.toLowerCase()),
    );
    if (whole) return open(whole, entry);
    if (copy) return withBook({ kind: "book", code }, entry);
    const books = /** @type {Book[]} */ (titles?.items || []);
    const answers = [
      ...readers
        .slice(0, MOST_FOUND - Math.min(books.length, 4))
        .map((one) => ({ name: "aReaderFound", facts: { person: one }, run: (/** @type {Entry} */ next) => open(one, next) })),
      ...books.map((book) => ({
        name: "aBookFound",
        facts: { book },
        run: (/** @type {Entry} */ next) => withBook({ kind: "book", book: book.id }, next),
      })),
    ].slice(0, MOST_FOUND);
    if (answers.length)
      return make(
        "found",
        "ask",
        { text, more: Boolean(people?.more || people?.nextCursor) || readers.length + books.length > answers.length },
        { answers, needs: false },
      );
    if (code)
      return make(
        isOfAShop(code) ? "price" : "unknownCard",
        isOfAShop(code) ? "stop" : "ask",
        { code },
        { answers: isOfAShop(code) ? [] : [{ name: "newReader", main: true, page: `/readers/new?card=${code}` }], needs: false },
      );
    return make("nothingFound", "ask", { text }, { answers: [{ name: "newReader", page: "/readers/new" }], needs: false });
  };

  // Orders and answers.

  /** @param {import("./scan.js").OrderItem} item @param {Entry} entry @returns {Promise<Outcome | undefined | null>} */
  const ordered = async ({ order, of }, entry) => {
    if (order === "done") return finish();
    if (order === "undo") return undo(typeof of === "number" ? of : undefined);
    if (order === "renew") return of ? withLoan(of, (loan) => renewOne(loan, entry)) : renewAll(entry);
    if (order === "back") return withLoan(of, (loan) => takeBack(bookItem(loan), entry, reader.value?.id));
    if (order === "handOver") return withLoan(of, (loan) => lend(bookItem(loan), entry));
    if (order === "open") return open((await call("getUser", { path: { userId: String(of) } })).data, entry);
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
    else if (reader.value) paper.value = { receipt: receiptOf(reader.value) };
    else return make("nothingToPrint", "quiet", {});
    return undefined;
  };

  // The log.

  /** @param {Omit<Deed, "id" | "at" | "undone" | "inVisit">} deed */
  const note = (deed) => {
    deedsSoFar += 1;
    const inVisit = Boolean(reader.value);
    deeds.value = [{ ...deed, id: deedsSoFar, at: now(), undone: false, inVisit }, ...deeds.value].slice(0, LONGEST_LOG);
  };

  /** Undoes a deed: the last one, if none is named.
   * @param {number} [id] @returns {Promise<Outcome>} */
  const undo = async (id) => {
    const deed = deeds.value.find((one) => (id === undefined ? !one.undone : one.id === id));
    if (!deed) return make("nothingToUndo", "quiet", {});
    const facts = { title: deed.book.title, what: deed.what, person: deed.person, promisedTo: deed.promisedTo };
    try {
      await call("undoStep", {
        path: { reservationId: deed.reservation },
        key: `undo-${deed.reservation.slice(0, 20)}-${deed.at}-${deed.id}`,
      });
    } catch (problem) {
      if (!(problem instanceof Problem) || isNoAnswer(problem)) throw problem;
      return make("notUndone", "stop", { ...facts, problem }, { book: deed.book });
    }
    deeds.value = deeds.value.map((one) => (one.id === deed.id ? { ...one, undone: true } : one));
    if (deed.inVisit) await reload();
    return make("undone", "done", facts, { book: deed.book });
  };

  /** @param {Loan} loan @param {Entry} entry */
  const renew = async (loan, entry) => {
    const { data } = await call("renewLoan", { path: { reservationId: loan.id }, key: `${entry.key}-${loan.id.slice(0, 12)}` });
    const renewed = { ...loan, ...data };
    loans.value = loans.value.map((one) => (one.id === loan.id ? renewed : one));
    note({
      what: "renewed",
      book: loan.shown || loan.book,
      person: reader.value || loan.person,
      due: renewed.dueAt,
      reservation: loan.id,
    });
    return renewed;
  };

  /** @param {Loan} loan @param {Entry} entry */
  const renewOne = async (loan, entry) => {
    const renewed = await renew(loan, entry);
    const facts = { person: reader.value, title: loan.book.title, before: loan.dueAt, renewals: renewed.renewals };
    return make("renewed", "done", facts, { book: loan.shown || loan.book, due: renewed.dueAt });
  };

  /** @param {Entry} entry */
  const renewAll = async (entry) => {
    if (!reader.value) return make("nobodyHere", "quiet", {});
    let [done, refused] = [0, 0];
    for (const loan of loans.value.filter(({ status }) => status === "checkedOut")) {
      if (loan.mayRenew === false || isFresh(loan)) refused += loan.mayRenew === false ? 1 : 0;
      else
        await renew(loan, entry).then(
          () => (done += 1),
          (problem) => {
            if (!(problem instanceof Problem) || isNoAnswer(problem)) throw problem;
            refused += 1;
          },
        );
    }
    return make("renewedAll", done ? "done" : "quiet", { person: reader.value, done, refused });
  };

  return {
    reader,
    loans,
    outcome,
    left,
    deeds,
    paper,
    act,
    show,
    finish,
    endVisit,
    reload,
    comeBack,
    /** Says how an answer leads to another page.
     * @param {(page: string) => void} go */
    leadsTo: (go) => {
      goTo = go;
    },
  };
}

/** @param {Deed} deed */
export const isLending = ({ what }) => what === "lent" || what === "handedOver";

/** @param {Deed} deed */
export const isReturning = ({ what, person }) => what === "takenBack" || (what === "putAside" && Boolean(person));
