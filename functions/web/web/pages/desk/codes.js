// What is known of a code before and after the library was asked.

import { Problem } from "../../shell/api.js";

/** @typedef {import("./scan.js").BookItem} BookItem */

/** A book, as the API takes it.
 * @param {BookItem} item @returns {Record<string, string>} */
export const named = (item) => (item.book ? { book: item.book } : { code: item.code || "" });

/** @param {Problem} problem */
export const isUnknownBook = ({ code }) => code === "unknown-code" || code === "no-such-book" || code === "not-a-code";

/** Whether a code may be something else than a book.
 * @param {BookItem} item */
export const isUncertain = ({ code = "" }) => Boolean(code) && !/^(97[89]\d{10}|29\d{11})$/.test(code);

/** @param {unknown} problem */
export const unlessUnknown = (problem) => {
  if (problem instanceof Problem && (isUnknownBook(problem) || problem.status === 400)) return undefined;
  throw problem;
};
