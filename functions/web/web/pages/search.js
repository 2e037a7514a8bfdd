// Finding books by words. The address says everything: what is searched, and the filters.

import { call } from "../shell/api.js";
import { rich, words } from "../shell/i18n.js";
import { BookList, ListSkeleton, More, useList } from "../shell/list.js";
import { place, refine, to } from "../shell/router.js";
import { Asking, Fault, html, Icon, say, useTitle } from "../shell/ui.js";
import { useEffect, useRef, useSignal } from "../vendor/preact-signals.js";
import { Find } from "./find.js";

/** `sort` is for all books: what was found has the best first.
 * @typedef {{ q: string, language: string, year: string, author: string, sort: string }} Wanted */

/** @returns {any} */
export default function Search() {
  const t = words.value;
  const wanted = readAddress();
  const list = useList((query, abort) => find(wanted, query, abort), [JSON.stringify(wanted)]);
  const found = list.data && (list.data.items.length || list.data.nextCursor ? list.data.items.length : null);
  const heading = headingOf(wanted, found === null);
  useTitle(heading, Boolean(list.data || list.problem));
  useEffect(() => {
    if (found !== undefined) say(found ? t.booksSoFar(found) : heading);
  }, [list.data && JSON.stringify(wanted)]);
  return html`<div class="bar"><${Find} query=${{ ...wanted, q: "" }} /></div>
    <div class="results">
      <${Filters} wanted=${wanted} books=${list.data?.items} />
      <div>
        <div class="count"><h1>${heading}</h1><${Chips} wanted=${wanted} /></div>
        <${Results} list=${list} wanted=${wanted} />
      </div>
    </div>`;
}

/** @returns {Wanted} */
function readAddress() {
  const read = (/** @type {string} */ name) => (place.value.query.get(name) || "").trim();
  const q = read("q");
  if (!q) return { q, language: "", year: "", author: "", sort: read("sort") === "new" ? "new" : "" };
  return { q, language: read("language"), year: read("year"), author: read("author"), sort: "" };
}

/** @param {Wanted} wanted @param {Record<string, unknown>} query @param {AbortSignal} [abort] */
function find({ sort, ...wanted }, query, abort) {
  if (wanted.q) return call("search", { query: { ...wanted, ...query }, abort });
  return call("listBooks", { query: { sort: sort && "-createdAt", ...query }, abort });
}

/** @param {Wanted} wanted @param {boolean} isNothing */
function headingOf({ q, sort }, isNothing) {
  const t = words.value;
  if (!q) return sort ? t.newestBooks : t.allBooks;
  return isNothing ? t.noBookFor(q) : t.booksFor(q);
}

/** @param {Wanted} wanted */
const filtersOf = ({ language, year, author }) => Object.entries({ language, year, author }).filter((filter) => filter[1]);

/** @param {{ list: any, wanted: Wanted }} props */
function Results({ list, wanted }) {
  const t = words.value;
  const { q } = wanted;
  if (list.problem) return html`<${Fault} problem=${list.problem} again=${list.again} />`;
  if (list.asking) return html`<${Asking} />`;
  if (!list.data) return html`<${ListSkeleton} />`;
  const { items, nextCursor, isbn } = list.data;
  if (items.length || nextCursor) {
    return html`<${Remarks} of=${list.data} /><${BookList} books=${items} /><${More} list=${list} />`;
  }
  const isFiltered = filtersOf(wanted).length > 0;
  return html`<div class="empty"><p>${isbn ? t.isbnMistyped : !q ? t.shelvesEmpty : isFiltered ? t.nothingWithFilters : t.nothingFound}</p></div>
    <div class="row">
      ${isFiltered && html`<a class="btn" href=${to("/search", { q })}>${t.withoutFilters}</a>`}
      <a class="btn bare" href=${to("/search")}>${t.seeAllBooks}</a>
      <a class="btn bare" href=${to("/old-books", { q })}>${t.searchOldBooks}</a>
    </div>`;
}

/** What the search did otherwise than it was told, and the way back.
 * @param {{ of: { corrected?: { typed: string, searched: string }[], leftOut?: string[] } }} props */
export function Remarks({ of: { corrected = [], leftOut = [] } }) {
  const t = words.value;
  const bold = { b: (/** @type {string} */ text) => html`<b><bdi>${text}</bdi></b>` };
  const edit = () => {
    const field = document.querySelector(".find input");
    if (field instanceof HTMLInputElement) field.select();
  };
  return [
    ...corrected.map(
      ({ typed, searched }) =>
        html`<p class="said" role="status"><${Icon} name="about" /><span>${rich(t.corrected(typed, searched), bold)}${" "}<button type="button" onClick=${edit}>${t.changeWords}</button></span></p>`,
    ),
    ...leftOut.map(
      (word) =>
        html`<p class="said" role="status"><${Icon} name="about" /><span>${rich(t.leftOut(word), bold)}${" "}<a href=${to(place.value.path, { q: word })}>${t.searchAlone(word)}</a></span></p>`,
    ),
  ];
}

/** Each filter that is on, to take it off.
 * @param {{ wanted: Wanted }} props */
const Chips = ({ wanted }) =>
  html`<div class="row">
    ${filtersOf(wanted).map(
      ([name, value]) =>
        html`<a class="chip" href=${to("/search", { ...wanted, [name]: "" })}><bdi>${value}</bdi><${Icon} name="cross" /><span class="sr">, ${words.value.remove}</span></a>`,
    )}
  </div>`;

/** @param {{ wanted: Wanted, books?: import("../shell/ui.js").Book[] }} props */
function Filters({ wanted, books = [] }) {
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
  const on = filtersOf(wanted).length;
  return html`<details class="filter" ref=${box}>
    <summary><${Icon} name="filter" />${t.filterAndSort}${on > 0 && html`<span class="muted">${t.filtersOn(on)}</span>`}</summary>
    ${wanted.q ? html`<${Narrow} key=${JSON.stringify(wanted)} wanted=${wanted} books=${books} />` : html`<${Order} wanted=${wanted} />`}
  </details>`;
}

/** @param {{ wanted: Wanted, books: import("../shell/ui.js").Book[] }} props */
function Narrow({ wanted, books }) {
  const t = words.value;
  const isWrong = useSignal(false);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const typed = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const read = (/** @type {string} */ name) => String(typed.get(name)).trim();
    const year = read("year").replace("\u2212", "-");
    isWrong.value = year !== "" && !(/^-?\d{1,4}$/.test(year) && Number(year) >= -3000);
    if (isWrong.value) /** @type {HTMLFormElement} */ (event.target).year.focus();
    else refine(to("/search", { q: wanted.q, language: read("language"), year, author: read("author") }));
  };
  const languages = [...new Set(books.flatMap(({ language }) => language || []))].sort();
  return html`<form onSubmit=${submit} novalidate>
    <div class="field"><label for="f-language">${t.language}</label><input id="f-language" name="language" list="f-languages" maxlength="100" defaultValue=${wanted.language} autocomplete="off" /></div>
    <datalist id="f-languages">${languages.map((language) => html`<option value=${language}></option>`)}</datalist>
    <div class="field">
      <label for="f-year">${t.written}</label><input id="f-year" name="year" inputmode="numeric" defaultValue=${wanted.year} autocomplete="off" aria-describedby="f-hint" aria-invalid=${isWrong.value ? "true" : undefined} />
      <small id="f-hint" class=${isWrong.value ? "err" : "muted"}>${isWrong.value ? t.yearWrong : t.yearHint}</small>
    </div>
    <div class="field"><label for="f-author">${t.byAuthor}</label><input id="f-author" name="author" maxlength="200" defaultValue=${wanted.author} autocomplete="off" /></div>
    <button class="btn">${t.narrow}</button>
  </form>`;
}

/** @param {{ wanted: Wanted }} props */
function Order({ wanted }) {
  const t = words.value;
  const choice = (/** @type {string} */ value, /** @type {string} */ label) =>
    html`<label><input type="radio" name="sort" value=${value} checked=${wanted.sort === value} onChange=${() => refine(to("/search", { sort: value }))} /> ${label}</label>`;
  return html`<form>
    <fieldset>
      <legend>${t.sort}</legend>
      ${choice("", t.byTitle)}${choice("new", t.newestFirst)}
    </fieldset>
  </form>`;
}
