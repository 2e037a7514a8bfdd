// Finding books. The address says everything: what is searched, where, and the order.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { More, useList } from "../shell/list.js";
import { place, refine, to } from "../shell/router.js";
import { Asking, BookList, Fault, Find, html, Icon, ListSkeleton, say, useTitle } from "../shell/ui.js";
import { useEffect, useRef } from "../vendor/preact-signals-htm.js";

/** @typedef {{ q: string, by: string, sort: string }} Wanted */

/** @returns {any} */
export default function Search() {
  const t = words.value;
  const wanted = readAddress();
  const list = useList((query, abort) => find(wanted, query, abort), [wanted.q, wanted.by, wanted.sort]);
  const found = list.data?.items.length;
  const heading = headingOf(wanted, found);
  useTitle(heading, Boolean(list.data || list.problem));
  useEffect(() => {
    if (found !== undefined) say(found ? t.booksSoFar(found) : heading);
  }, [list.data && wanted.q + wanted.by + wanted.sort]);
  return html`<div class="bar"><${Find} query=${{ in: wanted.by, sort: wanted.sort }} /></div>
    <div class="results">
      <${Filters} wanted=${wanted} />
      <div>
        <div class="count"><h1>${heading}</h1><${Chips} wanted=${wanted} /></div>
        <${Results} list=${list} wanted=${wanted} />
      </div>
    </div>`;
}

/** @returns {Wanted} */
function readAddress() {
  const { query } = place.value;
  const by = query.get("in") || "";
  return {
    q: (query.get("q") || "").trim(),
    by: ["title", "author"].includes(by) ? by : "",
    sort: query.get("sort") === "new" ? "new" : "",
  };
}

/** Finds books by what was typed: an ISBN, the beginning of a title, else an author.
 * @param {Wanted} wanted @param {Record<string, unknown>} query @param {AbortSignal} [abort] */
async function find({ q, by, sort }, query, abort) {
  const ask = (/** @type {Record<string, unknown>} */ filter) => call("listBooks", { query: { ...filter, ...query }, abort });
  if (!q) return ask({ sort: sort === "new" ? "-createdAt" : undefined });
  if (by === "author") return ask({ author: q, sort: sort === "new" ? "-createdAt" : undefined });
  if (!by && isIsbn(q)) return ask({ isbn: q.replace(/[\s-]/g, "") });
  const titles = await ask(titleFilter(q));
  if (by === "title" || titles.data.items.length || query.cursor) return titles;
  return ask({ author: q });
}

/** The API's prefixes have at least one letter or digit and at most 100 characters. Other texts are whole titles.
 * @param {string} q */
const titleFilter = (q) => (/[\p{L}\p{N}]/u.test(q) && q.length <= 100 ? { titlePrefix: q } : { title: q });

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

/** @param {Wanted} wanted @param {number} [found] */
function headingOf({ q, by, sort }, found) {
  const t = words.value;
  if (!q) return sort === "new" ? t.newestBooks : t.allBooks;
  if (found === 0) return t.noBookFor(q);
  return by === "author" ? t.booksBy(q) : t.booksFor(q);
}

/** @param {{ list: any, wanted: Wanted }} props */
function Results({ list, wanted }) {
  const t = words.value;
  if (list.problem) return html`<${Fault} problem=${list.problem} again=${list.again} />`;
  if (list.asking) return html`<${Asking} />`;
  if (!list.data) return html`<${ListSkeleton} />`;
  if (!list.data.items.length) {
    return html`<div class="empty"><p>${wanted.q ? t.nothingSpeltSo : t.shelvesEmpty}</p></div>
      <div class="row">
        ${wanted.by && html`<a class="btn" href=${to("/search", { q: wanted.q })}>${t.searchEverywhere}</a>`}
        <a class="btn bare" href=${to("/search")}>${t.seeAllBooks}</a>
        <a class="btn bare" href=${to("/old-books", { q: wanted.q })}>${t.searchOldBooks}</a>
      </div>`;
  }
  return html`<${BookList} books=${list.data.items} /><${More} list=${list} />`;
}

/** Each filter that is on, to take it off.
 * @param {{ wanted: Wanted }} props */
function Chips({ wanted: { q, by, sort } }) {
  const t = words.value;
  const chips = [];
  if (by) chips.push({ text: by === "author" ? t.inAuthors : t.inTitles, href: to("/search", { q, sort }) });
  if (sort && q) chips.push({ text: t.newestFirst, href: to("/search", { q, in: by }) });
  return html`<div class="row">
    ${chips.map((chip) => html`<a class="chip" href=${chip.href}>${chip.text}<${Icon} name="cross" /><span class="sr">, ${t.remove}</span></a>`)}
  </div>`;
}

/** @param {{ wanted: Wanted }} props */
function Filters({ wanted }) {
  const t = words.value;
  const box = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => {
    const wide = matchMedia("(min-width: 64rem)");
    const follow = () => {
      if (box.current) box.current.open = wide.matches;
    };
    follow();
    wide.addEventListener("change", follow);
    return () => wide.removeEventListener("change", follow);
  }, []);
  const choose = (/** @type {Partial<Wanted>} */ change) => {
    const { q, by, sort } = { ...wanted, ...change };
    refine(to("/search", { q, in: by, sort }));
  };
  const choice = (
    /** @type {string} */ name,
    /** @type {string} */ value,
    /** @type {string} */ now,
    /** @type {string} */ label,
    /** @type {() => void} */ act,
    off = false,
  ) =>
    html`<label><input type="radio" name=${name} value=${value} checked=${now === value} disabled=${off} onChange=${act} /> ${label}</label>`;
  const on = (wanted.by ? 1 : 0) + (wanted.sort && wanted.q ? 1 : 0);
  const titlesOnly = Boolean(wanted.q) && wanted.by !== "author";
  return html`<details class="filter" ref=${box}>
    <summary><${Icon} name="filter" />${t.filterAndSort}${on > 0 && html`<span class="muted">${t.filtersOn(on)}</span>`}</summary>
    <form>
      <fieldset>
        <legend>${t.searchIn}</legend>
        ${choice("in", "", wanted.by, t.inBoth, () => choose({ by: "" }))}
        ${choice("in", "title", wanted.by, t.inTitles, () => choose({ by: "title" }))}
        ${choice("in", "author", wanted.by, t.inAuthors, () => choose({ by: "author" }))}
      </fieldset>
      <fieldset>
        <legend>${t.sort}</legend>
        ${choice("sort", "", titlesOnly ? "" : wanted.sort, t.byTitle, () => choose({ sort: "" }))}
        ${choice("sort", "new", titlesOnly ? "" : wanted.sort, t.newestFirst, () => choose({ sort: "new" }), titlesOnly)}
      </fieldset>
    </form>
  </details>`;
}
