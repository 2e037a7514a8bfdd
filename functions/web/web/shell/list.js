// Books as a list. Lists grow: they are loaded page by page, and Back restores as many rows as there were.

import { words } from "./i18n.js";
import { entry, note, restoring } from "./router.js";
import { Author, addressOf, Button, Cover, faultWords, html, Icon, say, Title, useAction, useLoad, yearOf } from "./ui.js";

/** @typedef {import("./ui.js").Book} Book */
/** @typedef {import("./ui.js").Page} Page */

/** Loads a list page by page. Back restores as many rows as there were.
 * @param {(query: Record<string, unknown>, abort?: AbortSignal) => Promise<{ data: Page }>} load
 * @param {unknown[]} inputs */
export function useList(load, inputs) {
  const wanted = restoring()?.rows;
  const first = useLoad(async (abort) => loadRows(load, wanted || 20, abort), inputs);
  const more = useAction(async () => {
    const shown = /** @type {Page} */ (first.data);
    const { data } = await load({ cursor: shown.nextCursor }, undefined);
    const known = new Set(shown.items.map((book) => book.id));
    const added = data.items.filter((/** @type {Book} */ book) => !known.has(book.id));
    first.put({ ...shown, items: [...shown.items, ...added], nextCursor: data.nextCursor });
    note({ ...entry(), rows: shown.items.length + added.length });
    say(words.value.booksSoFar(shown.items.length + added.length));
  });
  return { ...first, more };
}

/** The most calls for the first rows, beyond those that full pages need. A page of a search may be short, or have nothing. */
const MORE_CALLS = 3;

/** @param {(query: Record<string, unknown>, abort?: AbortSignal) => Promise<{ data: Page }>} load @param {number} rows @param {AbortSignal} abort */
async function loadRows(load, rows, abort) {
  /** @type {Page} */
  let all = { items: [] };
  let calls = 0;
  do {
    calls += 1;
    const limit = Math.min(rows - all.items.length, 100);
    const { data } = await load({ cursor: all.nextCursor, limit: limit === 20 ? undefined : limit }, abort);
    all = { ...data, ...all, items: [...all.items, ...data.items], nextCursor: data.nextCursor };
  } while (all.nextCursor && all.items.length < rows && calls < rows / 100 + MORE_CALLS);
  return all;
}

/** The foot of a list: how many there are, and more of them.
 * @param {{ list: ReturnType<typeof useList> }} props */
export function More({ list }) {
  const t = words.value;
  const { data, more } = list;
  if (!data || !(data.items.length || data.nextCursor)) return null;
  const count = data.items.length;
  return html`<div class="more">
    ${data.nextCursor && html`<${Button} busy=${more.busy} onPress=${more.run}>${t.showMore}<//>`}
    <p>${data.nextCursor ? t.booksSoFar(count) : t.thatWasAll(count)}</p>
    ${more.problem && html`<p class="err" role="alert"><${Icon} name="warning" />${faultWords(more.problem)[1]}</p>`}
  </div>`;
}

/** Books as a list, words first.
 * @param {{ books: Book[], aside?: (book: Book) => unknown }} props */
export const BookList = ({ books, aside = Free }) =>
  html`<ul class="list">
    ${books.map(
      (book) =>
        html`<li key=${book.id}>
          <${Cover} book=${book} px=${96} />
          <h2><a href=${addressOf(book)}><${Title} book=${book} /></a></h2>
          <p class="by"><${Author} book=${book} /></p>
          <p class="facts">${[yearOf(book), book.language].filter(Boolean).join(" · ")}</p>
          ${aside(book)}
        </li>`,
    )}
  </ul>`;

/** How many copies are free, where the list says it.
 * @param {Book} book */
const Free = ({ free, copies }) =>
  free === undefined || copies === undefined
    ? null
    : html`<p class="avail"><i class=${free ? "on" : ""}></i>${words.value.freeOf(free, copies)}</p>`;

/** Blocks of the size of what is being loaded.
 * @param {{ count?: number }} props */
export const ListSkeleton = ({ count = 6 }) =>
  html`<ul class="list" aria-hidden="true">
    ${Array.from(
      { length: count },
      () =>
        html`<li><span class="cover"><span class="sk bk"></span></span><h2><span class="sk w7">·</span></h2><p class="by"><span class="sk w5">·</span></p><p class="facts"><span class="sk w3">·</span></p></li>`,
    )}
  </ul>`;
