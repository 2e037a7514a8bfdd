// Finding readers and books for what was typed, and saying what nobody knows.

import { unlessUnknown } from "./codes.js";
import { isOfAShop } from "./scan.js";

/** @typedef {import("./counter.js").Desk} Desk */
/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {import("./scan.js").BookItem} BookItem */
/** @typedef {import("../../shell/ui.js").Book} Book */
/** @typedef {import("./counter.js").Reader} Reader */
/** @typedef {import("./counter.js").Outcome} Outcome */
/** @typedef {import("./counter.js").Answer} Answer */

/** Answers have one digit. */
const MOST_FOUND = 9;

/** @param {Desk} desk */
export function finding(desk) {
  const { call } = desk;

  /** @param {BookItem} item @param {string} kick */
  const unknownBook = (item, kick) => {
    const isIsbn = /^97[89]/.test(item.code || "");
    /** @type {Answer[]} */
    const answers = isIsbn ? [{ name: "addBook", main: true, page: `/books/new?isbn=${item.code}` }] : [];
    return desk.make("unknownBook", "stop", { code: item.code || item.book, kick, isIsbn }, { answers });
  };

  /** The book that a scan names.
   * @param {BookItem} item @returns {Promise<Partial<Book> | undefined>} */
  const bookOf = async ({ book, code = "" }) => {
    if (book) return (await call("getBook", { path: { bookId: book } })).data;
    const query = /^97[89]\d{10}$/.test(code) ? { isbn: code } : { barcode: code };
    return (await call("listBooks", { query })).data.items[0];
  };

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
    if (whole) return desk.open(whole, entry);
    if (copy) return desk.withBook({ kind: "book", code }, entry);
    const books = /** @type {Book[]} */ (titles?.items || []);
    const answers = [
      ...readers
        .slice(0, MOST_FOUND - Math.min(books.length, 4))
        .map((one) => ({ name: "aReaderFound", facts: { person: one }, run: (/** @type {Entry} */ next) => desk.open(one, next) })),
      ...books.map((book) => ({
        name: "aBookFound",
        facts: { book },
        run: (/** @type {Entry} */ next) => desk.withBook({ kind: "book", book: book.id }, next),
      })),
    ].slice(0, MOST_FOUND);
    if (answers.length)
      return desk.make(
        "found",
        "ask",
        { text, more: Boolean(people?.more || people?.nextCursor) || readers.length + books.length > answers.length },
        { answers, needs: false },
      );
    if (code)
      return desk.make(
        isOfAShop(code) ? "price" : "unknownCard",
        isOfAShop(code) ? "stop" : "ask",
        { code },
        { answers: isOfAShop(code) ? [] : [{ name: "newReader", main: true, page: `/readers/new?card=${code}` }], needs: false },
      );
    return desk.make("nothingFound", "ask", { text }, { answers: [{ name: "newReader", page: "/readers/new" }], needs: false });
  };

  return { find, bookOf, unknownBook };
}
