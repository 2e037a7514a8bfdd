// What was scanned or typed, told apart. It knows neither the page nor the library: a code may be a reader's card or a copy's own
// number, and only the API can say which.

/** @typedef {{ text: string, keys?: string, burst?: boolean }} Scan what arrived. `keys`: the same on an American keyboard. `burst`: too fast for fingers */
/** @typedef {{ kind: "book", code?: string, book?: string }} BookItem a book for certain: an ISBN, a number of the library's own labels, or the address on a label */
/** @typedef {{ kind: "code", code: string, others: string[], cuts: string[][] }} CodeItem a card or a copy's number. `others`: without the signs that some codes begin and end with. `cuts`: two or more codes that were read as one */
/** @typedef {{ kind: "text", text: string, code: string }} TextItem what a person typed. `code`: the same as a code, if it may be one */
/** @typedef {{ kind: "order", order: string, of?: string | number }} OrderItem `of`: what a pressed button belongs to */
/** @typedef {{ kind: "misread", text: string, digit?: string } | { kind: "link" | "layout", text: string }} OtherItem `digit`: what the last one should be */
/** @typedef {BookItem | CodeItem | TextItem | OrderItem | OtherItem} Item */

/** The orders of the counter sheet. They begin with a period, which no code has, and have no y and no z: keyboards exchange them. */
export const ORDERS = ["done", "undo", "renew", "print", "help", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

const BOOK = 13;

/** The check digit for the digits before it, counted from the right.
 * @param {string} digits */
function checkDigit(digits) {
  const sum = [...digits].reverse().reduce((total, digit, index) => total + Number(digit) * (index % 2 ? 1 : 3), 0);
  return String((10 - (sum % 10)) % 10);
}

/** Whether the last digit of a number fits the others, as EAN and UPC have it.
 * @param {string} digits */
const checks = (digits) => checkDigit(digits.slice(0, -1)) === digits.at(-1);

/** Whether a number is an ISBN-13, or one of the library's own labels: 29 is for copies only.
 * @param {string} code */
const isBookNumber = (code) => /^(97[89]|29\d)\d{10}$/.test(code) && checks(code);

/** Whether a code is on goods (12 or 13 digits, perhaps with 2 or 5 more) or is a price (5 digits): no library gives it to a reader.
 * @param {string} code */
export function isOfAShop(code) {
  if (!/^\d+$/.test(code)) return false;
  if (code.length === 5) return true;
  return [12, 13].some((length) => [0, 2, 5].some((extra) => code.length === length + extra && checks(code.slice(0, length))));
}

/** Reads what arrived. A scanner that runs two codes together gives two items.
 * @param {Scan} scan @returns {Item[]} */
export function read({ text, keys, burst = false }) {
  const items = readText(text, burst);
  if (!burst || keys === undefined || keys === text || items.every(isCode)) return items;
  // A scanner types as on an American keyboard. On another one, the same keys make other signs.
  const physical = readText(keys, burst);
  if (physical.length && physical.every(isCode)) return physical;
  return /[^\p{ASCII}]/u.test(text) ? [{ kind: "layout", text }] : items;
}

/** @param {Item} item */
const isCode = ({ kind }) => kind === "book" || kind === "code" || kind === "order";

/** @param {string} raw @param {boolean} burst @returns {Item[]} */
function readText(raw, burst) {
  const text = raw
    .replace(/\p{Cc}/gu, "")
    .trim()
    .replace(/^\][A-Za-z]\d/, "")
    .replace(/^\*(.+)\*$/, "$1")
    .trim();
  if (!text) return [];
  if (text.startsWith(".")) return [readOrder(text)];
  if (/^\w+:\/\//.test(text)) return [readAddress(text)];
  return readIsbn10(text) || readNumber(text) || [readCode(text, burst)];
}

/** @param {string} text @returns {Item} */
function readOrder(text) {
  const order = text.slice(1).toLowerCase();
  return ORDERS.includes(order) ? { kind: "order", order } : { kind: "misread", text };
}

/** The address on a label leads to a book's page. No other address is opened.
 * @param {string} text @returns {Item} */
function readAddress(text) {
  const book = /\/books\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i.exec(text);
  return book ? { kind: "book", book: book[1].toLowerCase() } : { kind: "link", text };
}

/** An ISBN-10 as it is printed in a book, with hyphens or an X. Ten digits alone may be a card.
 * @param {string} text @returns {Item[] | undefined} */
function readIsbn10(text) {
  const code = bare(text);
  if (!/^\d{9}[\dX]$/.test(code) || !/-|X$/i.test(text)) return undefined;
  const sum = [...code].reduce((total, sign, index) => total + (sign === "X" ? 10 : Number(sign)) * (10 - index), 0);
  const digits = `978${code.slice(0, 9)}`;
  return sum % 11 ? [{ kind: "misread", text }] : [{ kind: "book", code: digits + checkDigit(digits) }];
}

/** The numbers of books: alone, with a price behind it, or several in one.
 * @param {string} text @returns {Item[] | undefined} */
function readNumber(text) {
  const code = bare(text);
  const first = code.slice(0, BOOK);
  if (isBookNumber(code)) return [{ kind: "book", code }];
  if (/^97[89]\d+$/.test(code) && isBookNumber(first) && [2, 5].includes(code.length - BOOK))
    return [{ kind: "book", code: first }];
  const [books, ...more] = cutsOf(code).filter((pieces) => pieces.every(isBookNumber));
  if (books && !more.length) return books.map((piece) => ({ kind: "book", code: piece }));
  if (!/^97[89]\d{10,}$/.test(code) || cutsOf(code).length) return undefined;
  return [
    code.length === BOOK ? { kind: "misread", text: code, digit: checkDigit(code.slice(0, -1)) } : { kind: "misread", text: code },
  ];
}

/** @param {string} text @param {boolean} burst @returns {Item} */
function readCode(text, burst) {
  const code = bare(text);
  const fits = /^[A-Z\d]{4,32}$/.test(code);
  if (!burst) return { kind: "text", text, code: fits && /\d/.test(code) ? code : "" };
  const cuts = cutsOf(code);
  if (!fits && !cuts.length)
    return /^[\p{ASCII}]+$/u.test(text) && /\d{4}/.test(text) ? { kind: "misread", text } : { kind: "text", text, code: "" };
  const inner = /^[A-D](\d{4,})[A-D]$/.exec(code);
  return { kind: "code", code, others: inner ? [inner[1]] : [], cuts };
}

/** The ways to cut a text into numbers of books and at most one other code.
 * @param {string} code @param {boolean} [mayHaveOther] @returns {string[][]} */
export function cutsOf(code, mayHaveOther = true) {
  return pieces(code, mayHaveOther).filter((cut) => cut.length > 1 && cut.some(isBookNumber));
}

/** @param {string} code @param {boolean} mayHaveOther @returns {string[][]} */
function pieces(code, mayHaveOther) {
  if (!code) return [[]];
  /** @type {string[][]} */
  const found = [];
  if (isBookNumber(code.slice(0, BOOK)))
    for (const rest of pieces(code.slice(BOOK), mayHaveOther)) found.push([code.slice(0, BOOK), ...rest]);
  if (!mayHaveOther) return found;
  for (let length = 4; length <= Math.min(32, code.length); length += 1) {
    const other = code.slice(0, length);
    if (!/^[A-Z\d]+$/.test(other) || isBookNumber(other)) continue;
    for (const rest of pieces(code.slice(length), false)) found.push([other, ...rest]);
  }
  return found;
}

/** A code without what people put between its signs.
 * @param {string} text */
const bare = (text) => text.replace(/[\s-]/g, "").toUpperCase();
