// Printing: labels for books, readers' cards, slips for books that are to be fetched, letters, and the counter sheet.

import { call, newKey, Problem } from "../../shell/api.js";
import { daysUntil, language } from "../../shell/i18n.js";
import { withBooks } from "../../shell/loans.js";
import { Button, faultWords, html, titleOf, useAction, useLoad, useTitle } from "../../shell/ui.js";
import { useSignal } from "../../vendor/preact-signals.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { usePrinter } from "./paper.js";
import { paperWords, paperWordsIn } from "./paper-words.js";
import { nameOf } from "./people.js";
import { Chosen, Picker } from "./picker.js";
import { CARDS, CallSlips, Cards, CounterSheet, LABELS, Labels, Letters, tooLong } from "./sheets.js";
import { isLibrarian, Side } from "./side.js";

/** @typedef {import("../../shell/ui.js").Book} Book */
/** @typedef {import("./counter.js").Loan} Loan */
/** @typedef {import("./picker.js").Found & { book: Book, codes: string[], count: number, key: string }} BookToPrint `key`: of the request that gives the book a barcode */
/** @typedef {import("./picker.js").Found & { reader: import("./counter.js").Reader }} ReaderToPrint */

const MOST_LABELS = 99;

/** @returns {any} */
export default function PrintPage() {
  return html`<${Side} title=${deskWords.value.print}><${PrintSheets} /><//>`;
}

const KINDS = /** @type {const} */ (["labels", "cards", "slips", "letters", "counter"]);

function PrintSheets() {
  const [d, p] = [deskWords.value, paperWords.value];
  const kind = useSignal(/** @type {typeof KINDS[number]} */ ("labels"));
  const printed = useSignal(/** @type {unknown} */ (null));
  useTitle(d.print);
  usePrinter(printed);
  const print = (/** @type {unknown} */ sheets) => (printed.value = sheets);
  const Kind = { labels: OfLabels, cards: OfCards, slips: OfSlips, letters: OfLetters, counter: OfCounter }[kind.value];
  return html`<h1 class="page">${d.print}</h1>
    <div class="form printing">
      <${Choice} legend=${p.what} name="what" of=${KINDS} names=${p.kinds} value=${kind.value} choose=${(/** @type {any} */ value) => (kind.value = value)} />
      <${Kind} print=${print} key=${kind.value} />
      <p class="muted">${p.howToPrint}</p>
    </div>
    ${printed.value && html`<div class="sheet">${printed.value}</div>`}`;
}

/** @param {{ legend: string, name: string, of: readonly string[], names: Record<string, string>, value: string, choose: (value: string) => void }} props */
const Choice = ({ legend, name, of, names, value, choose }) =>
  html`<fieldset class="choice">
    <legend>${legend}</legend>
    ${of.map((one) => html`<label><input type="radio" name=${name} value=${one} checked=${value === one} onChange=${() => choose(one)} /> ${names[one]}</label>`)}
  </fieldset>`;

/** @param {{ sheets: number, problem?: Problem, busy?: boolean, off?: boolean, onPress: () => void }} props */
function PrintButton({ sheets, problem, busy, off, onPress }) {
  return html`${problem && html`<p class="err" role="alert">${faultWords(problem)[1]}</p>`}
    <div class="row"><${Button} class="main big" busy=${busy} off=${off || !sheets} onPress=${onPress}><${DeskIcon} name="print" />${paperWords.value.printSheets(sheets)}<//></div>`;
}

/** @typedef {{ print: (sheets: unknown) => void }} Props */

/** @param {Props} props */
function OfLabels({ print }) {
  const p = paperWords.value;
  const chosen = useSignal(/** @type {BookToPrint[]} */ ([]));
  const sheet = useSignal("3x8");
  const first = useSignal("1");
  const { count: most } = LABELS[sheet.value];
  const start = /^\d+$/.test(first.value) && Number(first.value) >= 1 && Number(first.value) <= most ? Number(first.value) : 0;
  const labels = chosen.value.flatMap(labelsFor);
  const long = tooLong(labels, sheet.value);
  const sheets = start && labels.length ? Math.ceil((start - 1 + labels.length) / most) : 0;
  const today = useAction(async () => {
    const { data } = await call("listBooks", { query: { sort: "-createdAt", limit: 100 } });
    const fresh = data.items.filter((/** @type {Book} */ { createdAt }) => daysUntil(createdAt || "") === 0);
    const known = new Set(chosen.value.map(({ id }) => id));
    const added = await Promise.all(fresh.filter((/** @type {Book} */ { id }) => !known.has(id)).map(toPrint));
    chosen.value = [...chosen.value, ...added];
  });
  const run = useAction(async () => {
    // A book without a number gets one of the library's own.
    const coded = await Promise.all(chosen.value.map(withCode));
    chosen.value = coded;
    print(html`<${Labels} labels=${coded.flatMap(labelsFor)} sheet=${sheet.value} first=${start} />`);
  });
  const add = (/** @type {BookToPrint} */ one) => {
    if (!chosen.value.some(({ id }) => id === one.id)) chosen.value = [...chosen.value, one];
  };
  const count = (/** @type {BookToPrint} */ one) =>
    one.codes.length
      ? null
      : html`<input class="cell num" type="number" min="1" max=${MOST_LABELS} aria-label=${p.labelsOf(one.text)} value=${one.count} onInput=${(
          /** @type {any} */ event,
        ) => {
          const many = Math.min(MOST_LABELS, Math.max(1, Number(event.target.value) || 1));
          chosen.value = chosen.value.map((other) => (other.id === one.id ? { ...other, count: many } : other));
        }} />`;
  return html`<${Picker} label=${p.whichBooks} hint=${p.whichBooksHint} find=${findBooks} add=${add} />
    <div class="row"><${Button} busy=${today.busy} onPress=${today.run}>${p.addedToday}<//></div>
    ${today.problem && html`<p class="err" role="alert">${faultWords(today.problem)[1]}</p>`}
    <${Chosen} chosen=${chosen.value} set=${(/** @type {BookToPrint[]} */ those) => (chosen.value = those)} beside=${count} />
    <${Choice} legend=${p.sheet} name="sheet" of=${Object.keys(LABELS)} names=${p.sheets} value=${sheet.value} choose=${(/** @type {string} */ value) => (sheet.value = value)} />
    <div class="field">
      <label for="first">${p.firstFree}</label>
      <input class="cell num" id="first" inputmode="numeric" maxlength="2" value=${first.value} aria-invalid=${start ? undefined : "true"} aria-describedby="first-hint" onInput=${(/** @type {any} */ event) => (first.value = event.target.value)} />
      <small id="first-hint" class=${start ? undefined : "err"}>${start ? p.usedUp(start - 1) : p.firstBetween(most)}</small>
    </div>
    ${
      long.length > 0 &&
      html`<div class="note" role="alert"><b>${p.codeTooLong}</b>
      <p>${p.codeTooLongWhy(titleOf(long[0].book), long[0].code)}</p>
      <p><button type="button" class="btn" onClick=${() => (sheet.value = "3x10")}>${p.useSquares}</button></p></div>`
    }
    <${PrintButton} sheets=${sheets} problem=${run.problem} busy=${run.busy} off=${long.length > 0} onPress=${run.run} />`;
}

/** A label for each copy that has a barcode of its own, else as many as one wishes.
 * @param {BookToPrint} chosen @returns {import("./sheets.js").Label[]} */
const labelsFor = ({ book, codes, count }) =>
  codes.length ? codes.map((code) => ({ book, code })) : Array.from({ length: count }, () => ({ book, code: book.isbn || "" }));

/** @param {Book} book @returns {Promise<BookToPrint>} */
async function toPrint(book) {
  const codes = isLibrarian() ? await call("listBarcodes", { path: { bookId: book.id } }) : undefined;
  return {
    id: book.id,
    text: titleOf(book),
    note: book.author,
    unfit: !book.isbn && !codes ? paperWords.value.noNumber : undefined,
    book,
    codes: (codes?.data.items || []).map((/** @type {{ barcode: string }} */ { barcode }) => barcode),
    count: Math.min(book.copies || 1, MOST_LABELS),
    key: newKey(),
  };
}

/** @param {BookToPrint} chosen @returns {Promise<BookToPrint>} */
async function withCode(chosen) {
  if (chosen.codes.length || chosen.book.isbn) return chosen;
  const { data } = await call("createBarcode", { path: { bookId: chosen.book.id }, key: chosen.key });
  return { ...chosen, codes: [data.barcode] };
}

/** The books that a scan or a title means.
 * @param {string} text @returns {Promise<BookToPrint[]>} */
async function findBooks(text) {
  const bare = text.replace(/[\s-]/g, "");
  const id = /\/books\/([0-9a-f-]{36})\/?$/i.exec(text)?.[1];
  const of = async (/** @type {Record<string, unknown>} */ query) => (await call("listBooks", { query })).data.items;
  /** @type {Book[]} */
  let books = [];
  if (id) books = [(await call("getBook", { path: { bookId: id } })).data];
  else if (/^97[89]\d{10}$/.test(bare)) books = await of({ isbn: bare });
  else if (/^(?=.*\d)[a-z\d]{4,32}$/i.test(bare)) books = await of({ barcode: bare });
  if (!books.length && !id) books = await of({ titlePrefix: text, limit: 10 });
  return Promise.all(books.map(toPrint));
}

/** @param {Props} props */
function OfCards({ print }) {
  const p = paperWords.value;
  const chosen = useSignal(/** @type {ReaderToPrint[]} */ ([]));
  const page = useSignal("a4");
  const find = async (/** @type {string} */ text) => {
    const { data } = await call("listUsers", { query: { query: text } });
    return data.items.map((/** @type {import("./counter.js").Reader} */ reader) => ({
      id: reader.id,
      text: nameOf(reader),
      note: reader.card && deskWords.value.cardNumber(reader.card),
      unfit: reader.card ? undefined : p.noCard,
      reader,
    }));
  };
  const add = (/** @type {ReaderToPrint} */ one) => {
    if (!chosen.value.some(({ id }) => id === one.id)) chosen.value = [...chosen.value, one];
  };
  return html`<${Picker} label=${p.whichReaders} hint=${p.whichReadersHint} find=${find} add=${add} />
    <${Chosen} chosen=${chosen.value} set=${(/** @type {ReaderToPrint[]} */ those) => (chosen.value = those)} />
    <${Choice} legend=${p.sheet} name="page" of=${Object.keys(CARDS)} names=${p.pages} value=${page.value} choose=${(/** @type {string} */ value) => (page.value = value)} />
    <${PrintButton} sheets=${Math.ceil(chosen.value.length / CARDS[page.value])} onPress=${() => print(html`<${Cards} readers=${chosen.value.map(({ reader }) => reader)} page=${page.value} />`)} />`;
}

/** All of a list of the desk, with the books.
 * @param {Record<string, unknown>} query @param {AbortSignal} abort @returns {Promise<Loan[]>} */
async function allOf(query, abort) {
  const items = [];
  let cursor;
  do {
    const { data } = await call("listReservations", { query: { ...query, limit: 100, cursor }, abort });
    items.push(...data.items);
    cursor = data.nextCursor;
  } while (cursor);
  return /** @type {Promise<Loan[]>} */ (/** @type {unknown} */ (withBooks(items)));
}

/** @param {Props} props */
function OfSlips({ print }) {
  const p = paperWords.value;
  const list = useLoad((abort) => allOf({ ready: true, aside: false }, abort), []);
  const loans = list.data || [];
  return html`<p role="status">${list.problem ? html`<span class="err">${faultWords(/** @type {any} */ (list.problem))[1]}</span>` : list.data && p.toFetch(loans.length)}</p>
    <${PrintButton} sheets=${Math.ceil(loans.length / 4)} onPress=${() => print(html`<${CallSlips} loans=${loans} />`)} />`;
}

/** Whether letters about overdue books reach a reader by email.
 * @param {import("./counter.js").Reader} reader */
const getsLetters = ({ email, emailVerified, letters }) => email && emailVerified && letters?.overdue !== false;

/** @param {Props} props */
function OfLetters({ print }) {
  const p = paperWords.value;
  const onlyWithout = useSignal("without");
  const list = useLoad(async (abort) => {
    const loans = await allOf({ overdue: true }, abort);
    const ids = [...new Set(loans.map(({ reader }) => reader || ""))];
    return Promise.all(
      ids.map(async (userId) => ({
        reader: (await call("getUser", { path: { userId }, abort })).data,
        loans: loans.filter(({ reader }) => reader === userId),
      })),
    );
  }, []);
  const all = list.data || [];
  const chosen = onlyWithout.value === "without" ? all.filter(({ reader }) => !getsLetters(reader)) : all;
  const run = useAction(async () => {
    const letters = await Promise.all(
      chosen.map(async (late) => ({ late, words: await paperWordsIn(late.reader.language || language.value, language.value) })),
    );
    print(html`<${Letters} letters=${letters} />`);
    // Who gets one on paper gets no email about it. One after the other: there may be hundreds.
    for (const { id } of chosen.flatMap(({ loans }) => loans)) {
      await call("noteLetter", { path: { reservationId: id } }).catch((problem) => {
        // A book that has come back meanwhile hides no other.
        if (!(problem instanceof Problem) || problem.status !== 409) throw problem;
      });
    }
  });
  return html`<${Choice} legend=${p.toWhom} name="whom" of=${["without", "all"]} names=${p.whom} value=${onlyWithout.value} choose=${(/** @type {string} */ value) => (onlyWithout.value = value)} />
    <p role="status">${list.problem ? html`<span class="err">${faultWords(/** @type {any} */ (list.problem))[1]}</span>` : list.data && p.lateReaders(chosen.length)}</p>
    <${PrintButton} sheets=${chosen.length} problem=${run.problem} busy=${run.busy} onPress=${run.run} />`;
}

/** @param {Props} props */
const OfCounter = ({ print }) =>
  html`<p>${paperWords.value.counterSheetIs}</p>
    <${PrintButton} sheets=${1} onPress=${() => print(html`<${CounterSheet} />`)} />`;
