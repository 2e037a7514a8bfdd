// The sheets of paper: labels, readers' cards, call slips, letters and the counter sheet. Their measures are in print.css.

import { meta } from "../../shell/api.js";
import { Mark } from "../../shell/frame.js";
import { link } from "../../shell/router.js";
import { html, titleOf } from "../../shell/ui.js";
import { Bars, BarsOrSquares, fits, Squares } from "./codes-drawn.js";
import { paperWords } from "./paper-words.js";
import { nameOf, slipNameOf } from "./people.js";

/** @typedef {import("../../shell/ui.js").Book} Book */
/** @typedef {import("./people.js").Person} Person */
/** @typedef {import("./counter.js").Loan} Loan */
/** @typedef {{ book: Partial<Book> & { id: string }, code: string }} Label */
/** @typedef {{ reader: Person & { address?: string[] }, loans: Loan[] }} Late */

const LIBRARY = meta("library") || "Carrel";

/** The sheets of labels. `room`: how long bars may be, in millimetres.
 * @type {Record<string, { page: string, count: number, kind: any, module: number, room: number, square?: boolean }>} */
export const LABELS = {
  "3x8": { page: "a4", count: 24, kind: SpineLabel, module: 0.32, room: 51 },
  "4x10": { page: "a4", count: 40, kind: SmallLabel, module: 0.3, room: 48.5 },
  "3x10": { page: "letter", count: 30, kind: SquareLabel, module: 0, room: 0, square: true },
};

/** The labels whose code is too long for a sheet.
 * @param {Label[]} labels @param {string} sheet */
export const tooLong = (labels, sheet) =>
  LABELS[sheet].square ? [] : labels.filter(({ code }) => code && !fits(code, LABELS[sheet]));

/** Lays things on pages. The first page begins at a place that is still free.
 * @template T @param {T[]} things @param {number} count on a page @param {number} [first] from 1 on
 * @returns {(T | null)[][]} */
export function onPages(things, count, first = 1) {
  const places = [...Array.from({ length: first - 1 }, () => null), ...things];
  return Array.from({ length: Math.ceil(places.length / count) }, (_, page) => places.slice(page * count, (page + 1) * count));
}

/** @param {{ labels: Label[], sheet: string, first: number }} props */
export function Labels({ labels, sheet, first }) {
  const { page, count, kind: Kind } = LABELS[sheet];
  return onPages(labels, count, first).map(
    (places) => html`<section class=${`page ${page}`}><div class=${`g${sheet}`}>
      ${places.map((label) => html`<div class="lab">${label && html`<${Kind} ...${label} />`}</div>`)}
    </div></section>`,
  );
}

/** Where the book stands: as the library says, or by author and title.
 * @param {Partial<Book>} book @returns {string[]} */
export function markOf({ shelfMark, author, title }) {
  if (shelfMark) return shelfMark.split(/\s+/).filter(Boolean).slice(0, 4);
  const letters = (/** @type {string} */ text) => [...text.replace(/[^\p{L}\p{N}]/gu, "")].slice(0, 3).join("").toUpperCase();
  const last = (author || "").split(/[,;]/)[0].trim().split(/\s+/).at(-1) || "";
  const word = (title || "").replace(/^(the|an?|der|die|das|le|la|les|l’|l'|el|los|las)\s+/i, "");
  return [letters(last), letters(word)].filter(Boolean);
}

/** @param {Label} props */
function SpineLabel({ book, code }) {
  return html`<div class="spine">${markOf(book).map((part) => html`<b><bdi>${part}</bdi></b>`)}</div>
    <div class="cd">
      <p class="lt"><bdi>${titleOf(book)}</bdi></p>
      <p class="la"><bdi>${book.author}</bdi></p>
      <div class="cc"><${Bars} code=${code} module=${LABELS["3x8"].module} height=${10} /></div>
    </div>`;
}

/** @param {Label} props */
function SmallLabel({ book, code }) {
  return html`<p class="lt"><b><bdi>${markOf(book).join(" ")}</bdi></b> <bdi>${titleOf(book)}</bdi></p>
    <div class="cc"><${Bars} code=${code} module=${LABELS["4x10"].module} height=${9} /></div>`;
}

/** @param {Label} props */
function SquareLabel({ book }) {
  return html`<${Squares} text=${link(`/books/${book.id}`)} size=${19} />
    <div>
      <p class="lt"><bdi>${titleOf(book)}</bdi></p>
      <p class="la"><bdi>${book.author}</bdi></p>
      <p class="call"><bdi>${markOf(book).join(" ")}</bdi></p>
      <p class="ln"><bdi>${LIBRARY}</bdi></p>
    </div>`;
}

/** How many cards are on a page. @type {Record<string, number>} */
export const CARDS = { a4: 10, letter: 8 };
const LONG_NAME = 22;

/** @param {{ readers: Person[], page: string }} props */
export const Cards = ({ readers, page }) =>
  onPages(readers, CARDS[page]).map(
    (places) =>
      html`<section class=${`page ${page}`}><div class="gc">${places.map((reader) => reader && html`<${ReaderCard} reader=${reader} />`)}</div></section>`,
  );

/** @param {{ reader: Person }} props */
function ReaderCard({ reader }) {
  const { card = "" } = reader;
  const name = nameOf(reader);
  // A longer number has narrower bars, as narrow as a scanner reads well.
  const module = fits(card, { module: 0.5, room: 85 }) ? 0.5 : 0.33;
  return html`<div class="rcard">
    <p class="rl"><${Mark} /><bdi>${LIBRARY}</bdi></p>
    <p class=${name.length > LONG_NAME ? "rn long" : "rn"}><bdi>${name}</bdi></p>
    <div class="rb"><${BarsOrSquares} code=${card} module=${module} height=${12} room=${85} instead=${card} size=${19} /></div>
  </div>`;
}

/** @param {{ loans: Loan[] }} props */
export const CallSlips = ({ loans }) =>
  onPages(loans, 4).map(
    (places) =>
      html`<section class="page a4"><div class="g4">${places.map((loan) => loan && html`<${CallSlip} loan=${loan} />`)}</div></section>`,
  );

/** @param {{ loan: Loan }} props */
function CallSlip({ loan }) {
  const p = paperWords.value;
  const book = { ...loan.shown, ...loan.book };
  const code = loan.barcode || loan.shown?.isbn;
  const { card } = loan.person || {};
  return html`<div class="call1">
    <p class="k">${p.fetchIt}</p>
    <p class="sig"><bdi>${markOf(book).join(" ")}</bdi></p>
    <p class="bt"><bdi>${titleOf(book)}</bdi></p>
    <p class="ba"><bdi>${book.author}</bdi></p>
    ${code && html`<${BarsOrSquares} code=${code} module=${0.33} height=${10} room=${85} instead=${link(`/books/${book.id}`)} size=${25} />`}
    <hr />
    <p>${p.forWhom([slipNameOf(loan.person), card && `…${card.slice(-4)}`].filter(Boolean).join(" "))}${loan.reservedAt ? `, ${p.reservedAt(loan.reservedAt)}` : ""}</p>
  </div>`;
}

/** @param {{ letters: { late: Late, words: import("./paper-words.js").PaperWords }[] }} props each letter has the words of its reader's language */
export const Letters = ({ letters }) =>
  letters.map(({ late: { reader, loans }, words: p }) => {
    const name = nameOf(reader);
    return html`<section class="page a4" lang=${p.tag}><div class="letter1">
      <p class="from"><bdi>${LIBRARY}</bdi></p>
      <p class="addr"><bdi>${name}</bdi>${(reader.address || []).map((line) => html`<br /><bdi>${line}</bdi>`)}${reader.card && html`<br />${p.cardOf(reader.card)}`}</p>
      <p class="date">${p.dateOf(Date.now())}</p>
      <h2>${p.lateTitle(loans.length)}</h2>
      <p>${p.dear(name)}</p>
      <p>${p.lateLead(loans.length)}</p>
      <ul>${loans.map((loan) => html`<li><b><bdi>${titleOf(loan.shown || loan.book)}</bdi></b><span><bdi>${loan.shown?.author}</bdi></span><span>${p.wasDue(loan.dueOn || "")}</span></li>`)}</ul>
      <p>${p.bringBack(loans.length)}</p>
      <p>${p.lostOne}</p>
      <p>${p.yourLibrary}<br /><bdi>${LIBRARY}</bdi></p>
    </div></section>`;
  });

const ORDERS = /** @type {const} */ (["done", "print", "undo", "renew", "help", "1", "2", "3"]);

/** @param {{}} _ */
export function CounterSheet(_) {
  const p = paperWords.value;
  return html`<section class="page a4"><div class="counter">
    <h2>${p.counterSheetOf(LIBRARY)}</h2>
    <p>${p.scanThese}</p>
    <div class="gcm">
      ${ORDERS.map((order) => html`<div class="cmd"><b>${p.orders[order][0]}</b><p>${p.orders[order][1]}</p><${Bars} code=${`.${order}`} module=${0.5} height=${16} /></div>`)}
    </div>
  </div></section>`;
}
