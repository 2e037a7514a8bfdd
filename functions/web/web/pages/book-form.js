// Adding a book, and changing one: the form, two editors at once, and taking the book off the shelf.

import { call, Problem } from "../shell/api.js";
import { Field, Summary, said, useForm } from "../shell/form.js";
import { words } from "../shell/i18n.js";
import { go, place, to } from "../shell/router.js";
import { reader } from "../shell/session.js";
import { Button, Fault, html, showToast, titleOf, useLoad, useTitle } from "../shell/ui.js";
import { useSignal } from "../vendor/preact-signals.js";
import { Conflict } from "./conflict.js";
import { CoverChoice, useCover } from "./cover-choice.js";
import { canLookUp, useLookUp } from "./look-up.js";
import { Private } from "./sign-in.js";
import { TakeOff } from "./take-off.js";
import "../shell/own-calls.js";

/** @typedef {import("../shell/ui.js").Book} Book */
/** @typedef {Record<string, string>} Values */

export const FIELDS = ["isbn", "title", "author", "publicationYear", "copies", "language", "country", "pages", "releaseDate"];
const NUMBERS = ["copies", "pages"];

/** @returns {any} */
export default function BookForm() {
  const bookId = place.value.params.id;
  const t = words.value;
  return html`<${Private} title=${bookId ? t.edit : t.addBook}>${bookId ? html`<${Edit} bookId=${bookId} />` : html`<${Add} />`}<//>`;
}

function Add() {
  const t = words.value;
  useTitle(t.addBook);
  // The desk leads here with a number that nobody has entered yet.
  const isbn = place.value.query.get("isbn") || "";
  const choice = useCover();
  const form = useBookForm({
    name: `book-new${isbn}`,
    first: valuesOf({ copies: 1, isbn }),
    send: async (values, key) => {
      const { data } = await call("createBook", { body: bodyOf(values), key });
      form.left();
      try {
        await choice.send(data.id);
        showToast(t.onTheShelf(titleOf(data)));
        go(to(`/books/${data.id}`), { replace: true });
      } catch {
        showToast(t.onTheShelfBare(titleOf(data)));
        go(to(`/books/${data.id}/edit`), { replace: true });
      }
    },
  });
  return html`<div class="pagehead"><h1>${t.addBook}</h1></div>
    <div class="writing"><${Fields} form=${form} choice=${choice} label=${t.putOnShelf} /></div>`;
}

/** @param {{ bookId: string }} props */
function Edit({ bookId }) {
  const t = words.value;
  const book = useLoad((abort) => call("getBook", { path: { bookId }, abort }), [bookId]);
  useTitle(book.data ? t.editTitle(titleOf(book.data.data)) : t.edit, Boolean(book.data || book.problem));
  if (book.problem) return html`<div class="narrow"><${Fault} problem=${book.problem} again=${book.again} level="h1" /></div>`;
  if (!book.data) return null;
  const who = reader.value;
  if (who?.role !== "admin" && who?.id !== book.data.data.owner) {
    return html`<div class="narrow"><h1>${t.notAllowed}</h1><p>${t.refusals["not-your-book"]}</p><p><a class="btn" href=${to(`/books/${bookId}`)}>${t.backToBook}</a></p></div>`;
  }
  return html`<${Editor} key=${book.data.version} book=${book.data.data} version=${book.data.version} />`;
}

/** @param {{ book: Book, version: string | null }} props */
function Editor({ book, version }) {
  const t = words.value;
  const theirs = useSignal(/** @type {import("../shell/api.js").Answer | null} */ (null));
  const choice = useCover(book.cover);
  const current = useSignal(version);
  const first = valuesOf(book);
  const path = { bookId: book.id };
  // The cover is sent first, and makes another version. If the fields are refused then, the next try goes on from there.
  const save = async (/** @type {Values} */ values, /** @type {Values} */ base, /** @type {string | null} */ against) => {
    const changes = changesOf(base, values);
    current.value = against;
    try {
      const covered = await choice.send(book.id, current.value);
      if (covered) current.value = covered.version;
      if (Object.keys(changes).length) await call("updateBook", { path, body: changes, version: current.value });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 412) throw problem;
      const found = await call("getBook", { path });
      const fields = valuesOf(found.data);
      // Only its cover is another one, or the answer about it was lost.
      if (!Object.keys(changesOf(base, fields)).length) return save(values, base, found.version);
      // If all is as we wanted it, the answer to our own was lost.
      if (Object.keys(changesOf(fields, values)).length) {
        theirs.value = found;
        return;
      }
    }
    showToast(t.savedIt);
    form.left();
    go(to(`/books/${book.id}`), { replace: true });
  };
  const form = useBookForm({ name: `book-${book.id}-${version}`, first, send: (values) => save(values, first, current.value) });
  if (theirs.value) {
    const { data, version: newer } = theirs.value;
    const fields = valuesOf(data);
    return html`<${Conflict}
      key=${newer}
      title=${titleOf(book)}
      base=${first}
      mine=${form.values}
      theirs=${fields}
      savedAt=${data.updatedAt}
      labels=${labelsOf()}
      save=${(/** @type {Values} */ chosen) => save(chosen, fields, newer)}
    />`;
  }
  return html`<div class="pagehead"><h1>${t.editTitle(titleOf(book))}</h1></div>
    <div class="writing"><${Fields} form=${form} choice=${choice} id=${book.id} label=${t.saveIt} back=${to(`/books/${book.id}`)}><${TakeOff} book=${book} version=${current.value} /><//></div>`;
}

/** @param {{ name: string, first: Values, send: (values: Values, key: string) => Promise<unknown> }} how */
function useBookForm(how) {
  const sent = useSignal(false);
  const form = useForm({
    ...how,
    fields: { "isbn-taken": "isbn", "isbn-archived": "isbn" },
    check: problemsOf,
    done: () => sent.value,
  });
  return { ...form, left: () => (sent.value = true) };
}

/** @param {Values} values */
function problemsOf({ title, author, isbn, publicationYear, copies, pages, releaseDate }) {
  const t = words.value;
  return said({
    isbn: isbn.trim() && isbnProblem(isbn),
    title: !title.trim() && t.titleMissing,
    author: !author.trim() && t.authorMissing,
    publicationYear: publicationYear.trim() && yearFrom(publicationYear) === undefined && t.yearUnclear,
    copies: !isNumber(copies) && t.invalid.copies,
    pages: pages.trim() && !isNumber(pages) && t.invalid.pages,
    releaseDate: releaseDate && !/^\d{4}-\d\d-\d\d$/.test(releaseDate) && t.invalid.releaseDate,
  });
}

/** @param {string} isbn */
function isbnProblem(isbn) {
  const t = words.value;
  const digits = isbn.replace(/[\s-]/g, "").length;
  return isIsbn(isbn) ? undefined : digits === 10 || digits === 13 ? t.invalid.isbn : t.isbnDigits(digits);
}

const isNumber = (/** @type {string} */ text) => /^\d{1,6}$/.test(text.trim()) && Number(text) > 0;

const BEFORE = /^(\d{1,4})\s*(bce?|b\.c\.|v\.\s?chr\.?|av\.?\s?j\.?-?c\.?|a\.\s?c\.?)$/i;

/** A year as people write it: `1983`, `750 BC`, `-750`. Undefined if it is none.
 * @param {string} text */
export function yearFrom(text) {
  const before = BEFORE.exec(text.trim());
  if (before) return -Number(before[1]);
  return /^[-−]?\d{1,4}$/.test(text.trim()) ? Number(text.trim().replace("−", "-")) : undefined;
}

/** A book as the form shows it.
 * @param {Partial<Book>} book @returns {Values} */
export function valuesOf(book) {
  const shown = {
    ...book,
    publicationYear:
      book.publicationYear === undefined
        ? ""
        : book.publicationYear < 0
          ? words.value.yearBefore(-book.publicationYear)
          : book.publicationYear,
  };
  return Object.fromEntries(FIELDS.map((field) => [field, String(/** @type {any} */ (shown)[field] ?? "")]));
}

/** What was typed, as the API takes it. An empty field is left out.
 * @param {Values} values */
function bodyOf(values) {
  const typed = FIELDS.map((field) => [field, typedValue(field, values[field])]);
  return Object.fromEntries(typed.filter(([, value]) => value !== null));
}

/** @param {string} field @param {string} text @returns {string | number | null | undefined} */
function typedValue(field, text) {
  const trimmed = text.trim();
  if (!trimmed) return null;
  if (field === "publicationYear") return yearFrom(trimmed);
  if (field === "isbn") return trimmed.replace(/[\s-]/g, "");
  return NUMBERS.includes(field) ? Number(trimmed) : trimmed;
}

/** The fields that differ. `null` removes one.
 * @param {Values} before @param {Values} after */
const changesOf = (before, after) =>
  Object.fromEntries(
    FIELDS.filter((field) => typedValue(field, before[field]) !== typedValue(field, after[field])).map((field) => [
      field,
      typedValue(field, after[field]),
    ]),
  );

/** @returns {Values} */
function labelsOf() {
  const t = words.value;
  return {
    isbn: t.isbn,
    title: t.titleOfBook,
    author: t.author,
    publicationYear: t.writtenIn,
    copies: t.copies,
    language: t.language,
    country: t.country,
    pages: t.pages,
    releaseDate: t.editionOf,
  };
}

/** @param {{ form: any, choice: import("./cover-choice.js").Choice, id?: string, label: string, back?: string, children?: unknown }} props */
function Fields({ form, choice, id = "draft", label, back = `${to("/me")}#mine`, children }) {
  const t = words.value;
  const labels = labelsOf();
  const { title, author, publicationYear } = form.values;
  const draft = {
    id,
    title: title || t.titleOfBook,
    author,
    publicationYear: publicationYear.trim() ? yearFrom(publicationYear) : undefined,
  };
  const lookUp = useLookUp({ form, valuesOf, problemOf: isbnProblem });
  const field = (/** @type {string} */ name, /** @type {Record<string, unknown>} */ rest = {}) =>
    html`<${Field} form=${form} name=${name} label=${labels[name]} autocomplete="off" ...${rest} />`;
  return html`<div class="write">
    <${CoverChoice} draft=${draft} choice=${choice} />
    <div>
      <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
        <${Summary} form=${form} labels=${labels} />
        ${field("isbn", { optional: true, inputmode: "numeric", hint: canLookUp ? t.isbnFills : t.isbnHint, joined: canLookUp && lookUp.button })}
        ${canLookUp && lookUp.outcome}
        ${field("title")} ${field("author")}
        <div class="pairs">${field("publicationYear", { optional: true, hint: t.yearHint })} ${field("copies", { inputmode: "numeric" })}</div>
        <div class="pairs">${field("language", { optional: true })} ${field("country", { optional: true })}</div>
        <div class="pairs">${field("pages", { optional: true, inputmode: "numeric" })} ${field("releaseDate", { optional: true, type: "date" })}</div>
        <div class="row"><${Button} class="main big" busy=${form.busy}>${label}<//><a class="btn bare" href=${back}>${t.cancel}</a></div>
      </form>
      ${children}
    </div>
  </div>`;
}

/** Whether a text is an ISBN, with a right check digit.
 * @param {string} text */
export function isIsbn(text) {
  const digits = text.replace(/[\s-]/g, "").toUpperCase();
  if (/^\d{9}[\dX]$/.test(digits)) return sumOf(digits, (index) => 10 - index) % 11 === 0;
  return /^97[89]\d{10}$/.test(digits) && sumOf(digits, (index) => (index % 2 ? 3 : 1)) % 10 === 0;
}

/** @param {string} digits @param {(index: number) => number} weight */
const sumOf = (digits, weight) =>
  [...digits].reduce((sum, digit, index) => sum + weight(index) * (digit === "X" ? 10 : Number(digit)), 0);
