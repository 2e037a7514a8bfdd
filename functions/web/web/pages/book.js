// A book: its facts, whether a copy is free, and what the reader can do about it.

import { call, Problem } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { link, place, signInHere, to } from "../shell/router.js";
import { reader } from "../shell/session.js";
import {
  Asking,
  Button,
  Cover,
  Fault,
  html,
  ICONS,
  Icon,
  Shelf,
  say,
  showToast,
  Title,
  titleOf,
  useLoad,
  useTitle,
  yearOf,
} from "../shell/ui.js";
import { useEffect, useMemo, useRef, useSignal } from "../vendor/preact-signals.js";

/** @typedef {import("../shell/ui.js").Book} Book */
/** @typedef {import("../shell/loans.js").Reservation} Reservation */
/** @typedef {{ copies: number, free: number, waiting: number, nextDueOn?: string }} Availability */
/** @typedef {{ favorite: boolean, reservation?: Reservation }} Mine */

Object.assign(ICONS, {
  heart: [
    "M12 20C5 15.5 3 12 3 8.8 3 6.2 5 4.5 7.2 4.5c2 0 3.6 1.2 4.8 3 1.2-1.8 2.8-3 4.8-3C19 4.5 21 6.2 21 8.8c0 3.2-2 6.7-9 11.2z",
  ],
  link: ["M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2"],
});

const LONG_TITLE = 120;
const PERIOD = 60_000;
const PATIENCE = 15 * 60_000;

/** @returns {any} */
export default function BookPage() {
  const bookId = place.value.params.id;
  const book = useLoad(
    async (abort) => (await call("getBook", { path: { bookId }, abort })).data,
    [bookId],
    useMemo(() => inTheShell(bookId), [bookId]),
  );
  const isGone = book.problem instanceof Problem && (book.problem.status === 404 || book.problem.status === 400);
  useTitle(book.data ? titleOf(book.data) : words.value.didNotWork, Boolean(book.data || (book.problem && !isGone)));
  if (isGone) return html`<${Gone} bookId=${bookId} />`;
  if (book.problem) return html`<div class="narrow"><${Fault} problem=${book.problem} again=${book.again} level="h1" /></div>`;
  if (book.asking) return html`<div class="narrow"><${Asking} /></div>`;
  if (!book.data) return html`<${Skeleton} />`;
  return html`<${Whole} book=${book.data} />`;
}

/** The book that the server has put into the page. It saves the first call.
 * @type {Book | null} */
const sent = JSON.parse(document.getElementById("book")?.textContent || "null");
let isFresh = true;

/** Uses what the server has sent, once: later the book may have changed.
 * @param {string} bookId */
function inTheShell(bookId) {
  const book = isFresh && sent?.id === bookId ? sent : undefined;
  isFresh = false;
  return book;
}

/** What stands in the place of a book that is not there. It is loaded when it is needed.
 * @param {{ bookId: string }} props */
function Gone({ bookId }) {
  const part = useLoad(() => import("./gone.js"), []);
  if (part.problem) throw part.problem;
  const wait = html`<${Skeleton} />`;
  return part.data ? html`<${part.data.default} bookId=${bookId} wait=${wait} />` : wait;
}

const Skeleton = () =>
  html`<div class="book" aria-hidden="true">
    <figure><span class="cover"><span class="sk bk"></span></span></figure>
    <div>
      <h1><span class="sk w7">·</span></h1>
      <p class="byline"><span class="sk w5">·</span></p>
      <section class="have"><h2><span class="sk w7">·</span></h2><p><span class="sk w9">·</span></p><div class="row"><span class="sk btn big">·</span></div></section>
    </div>
  </div>`;

/** @param {{ book: Book }} props */
function Whole({ book }) {
  return html`<div class="book">
      <figure><${Cover} book=${book} px=${320} /></figure>
      <div>
        <h1 class=${book.title.length > LONG_TITLE ? "long" : ""}><${Title} book=${book} /></h1>
        <p class="byline"><a href=${to("/search", { q: book.author })}><bdi>${book.author}</bdi></a></p>
        <${Have} book=${book} />
        <${Card} book=${book} />
        <${Owner} book=${book} />
      </div>
    </div>
    <${MoreBy} book=${book} />`;
}

/** The facts, as a catalogue card.
 * @param {{ book: Book, since?: unknown }} props */
export function Card({ book }) {
  const t = words.value;
  const facts = [
    [t.written, yearOf(book)],
    [t.language, book.language],
    [t.country, book.country],
    [t.pages, book.pages && t.number(book.pages)],
    [t.isbn, book.isbn],
    [t.editionOf, book.releaseDate && t.dayOf(book.releaseDate)],
    [t.onShelvesSince, book.createdAt && t.date(book.createdAt)],
  ];
  return html`<dl class="card">
    ${facts.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`)}
  </dl>`;
}

/** @param {{ book: Book }} props */
function Owner({ book }) {
  const who = reader.value;
  if (!who || (who.role !== "admin" && who.id !== book.owner)) return null;
  return html`<p class="row"><a class="btn" href=${to(`/books/${book.id}/edit`)}>${words.value.edit}<span class="sr"> <bdi>${titleOf(book)}</bdi></span></a></p>`;
}

/** @param {{ book: Book }} props */
function MoreBy({ book }) {
  const list = useLoad(
    async (abort) => (await call("listBooks", { query: { author: book.author, limit: 7 }, abort })).data.items,
    [book.author],
  );
  const others = (list.data || []).filter((/** @type {Book} */ other) => other.id !== book.id).slice(0, 6);
  if (!others.length) return null;
  return html`<div class="head"><h2>${words.value.moreBy(book.author || "")}</h2></div><${Shelf} books=${others} />`;
}

/** The panel of the page: is a copy free, what is it to me, and one main button.
 * @param {{ book: Book }} props */
function Have({ book }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const availability = useAvailability(book.id);
  const mine = useMine(book.id);
  const { reservation, part } = mine;
  const changed = (/** @type {Reservation | undefined} */ next) => {
    mine.put({ reservation: next });
    availability.refresh();
    heading.current?.focus();
  };
  const heart = part ? html`<${part.Heart} book=${book} mine=${mine} refresh=${availability.refresh} />` : html`<${Heart} />`;
  const beside = html`<span class="pair">${heart}</span><${CopyLink} book=${book} />`;
  const { value, problem } = availability;
  // A sentence of the usual length keeps its place.
  const expected = !problem && html`<span class="sk text" aria-hidden="true">${words.value.waitsThreeDays}</span>`;
  const sentence = value ? sentenceOf(value) : expected;
  const label = value?.free === 0 ? words.value.joinQueue : words.value.reserve;
  const main = part
    ? html`<${part.Reserve} book=${book} label=${label} changed=${changed} />`
    : html`<${MainButton} label=${label} isMissing=${mine.isMissing} />`;
  return html`<section class="have" aria-labelledby="have">
    <h2 id="have" tabindex="-1" ref=${heading}>
      ${part && reservation ? part.headingOf(reservation, value) : html`<${Copies} of=${availability} />`}
    </h2>
    ${
      part && reservation
        ? html`<${part.Held} availability=${value} reservation=${reservation} changed=${changed} beside=${beside} />`
        : html`<p>${sentence}</p><div class="row">${main}${beside}</div>`
    }
  </section>`;
}

/** "2 of 3 copies free", in words and in dots.
 * @param {{ of: ReturnType<typeof useAvailability> }} props */
function Copies({ of }) {
  const t = words.value;
  if (!of.value) return of.problem ? t.copiesUnknown : html`<span class="sk w7">·</span>`;
  const { copies, free } = of.value;
  return html`<span>${free ? t.copiesFree(free, copies) : t.allOut(copies)}</span>
    ${copies <= 8 && html`<span class="dots" aria-hidden="true">${Array.from({ length: copies }, (_, index) => html`<i class=${index < free ? "on" : ""}></i>`)}</span>`}`;
}

/** The button of an anonymous visitor, and of a reader whose books are not known yet.
 * @param {{ label: string, isMissing?: boolean }} props */
function MainButton({ label, isMissing }) {
  const t = words.value;
  if (reader.value === null) return html`<a class="btn main big" href=${signInHere()}>${t.signInToReserve}</a>`;
  if (isMissing) return html`<${Button} class="main big" onPress=${() => location.reload()}>${t.loadAgain}<//>`;
  return html`<${Button} class="main big" off>${label}<//>`;
}

/** What a reservation would bring.
 * @param {Availability} availability */
function sentenceOf({ free, waiting, nextDueOn }) {
  const t = words.value;
  if (free) return t.waitsThreeDays;
  return nextDueOn ? t.dueBack(waiting, nextDueOn) : t.waitingNow(waiting);
}

/** The heart of an anonymous visitor, and of a reader whose books are not known yet. */
function Heart() {
  const inside = html`<${Icon} name="heart" />${words.value.save}`;
  return reader.value === null
    ? html`<a class="btn bare" href=${signInHere()}>${inside}</a>`
    : html`<${Button} class="bare" pressed=${false} off>${inside}<//>`;
}

/** Copies the page's address, or shows it where this browser refuses to copy.
 * @param {{ book: Book }} props */
export function CopyLink({ book }) {
  const t = words.value;
  const refused = useSignal(false);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const address = link(`${book.archived ? "/old-books" : "/books"}/${book.id}`);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      refused.value = false;
      showToast(t.copied);
    } catch {
      refused.value = true;
    }
  };
  useEffect(() => {
    if (refused.value) field.current?.select();
  }, [refused.value]);
  return html`<button type="button" class="btn bare" onClick=${copy}><${Icon} name="link" />${t.copyLink}</button>
    ${
      refused.value &&
      html`<div class="field copy"><label for="address">${t.copyByHand}</label><input id="address" ref=${field} readonly dir="ltr" value=${address} onFocus=${() => field.current?.select()} /></div>`
    }`;
}

/** What this book is to the reader. The part of the page that readers have is loaded with it.
 * @param {string} bookId */
function useMine(bookId) {
  const mine = useSignal(/** @type {Mine & { part?: any, isMissing?: boolean }} */ ({ favorite: false }));
  const id = reader.value?.id;
  useEffect(() => {
    const abort = new AbortController();
    const show = (/** @type {Partial<Mine> & { part?: any, isMissing?: boolean }} */ what) => {
      if (!abort.signal.aborted) mine.value = { favorite: false, ...what };
    };
    show({});
    if (!id) return;
    // Without an answer one can still reserve: the API refuses what the reader has already.
    const own = call("getOwnBook", { path: { bookId }, abort: abort.signal }).then(
      ({ data }) => data,
      () => ({}),
    );
    Promise.all([own, import("./book-mine.js")]).then(
      ([data, part]) => show({ ...data, part }),
      () => show({ isMissing: true }),
    );
    return () => abort.abort();
  }, [bookId, id]);
  return { ...mine.value, put: (/** @type {Partial<Mine>} */ change) => (mine.value = { ...mine.value, ...change }) };
}

/** How many copies are free. Asked again every minute while somebody looks at the page, without a word unless it has changed.
 * @param {string} bookId */
function useAvailability(bookId) {
  const state = useSignal(/** @type {{ value?: Availability, problem?: boolean }} */ ({}));
  const refresh = useRef(() => {});
  useEffect(() => {
    let version = /** @type {string | null} */ (null);
    let timer = 0;
    let asked = 0;
    let wait = 0;
    let under = false;
    let again = false;
    let touched = Date.now();
    const abort = new AbortController();
    const ask = async () => {
      again ||= under;
      if (under || abort.signal.aborted) return;
      under = true;
      asked = Date.now();
      wait = PERIOD;
      try {
        const answer = await call("getAvailability", { path: { bookId }, known: version, abort: abort.signal });
        if (answer.status !== 304) show(answer.data);
        version = answer.version;
      } catch (problem) {
        if (problem instanceof Problem)
          wait = Math.max(version || (problem.status && problem.status < 500) ? PERIOD : 2000, problem.wait * 1000);
        // Without a version, what is shown is from before something that the reader did.
        if (!version && !abort.signal.aborted) state.value = { problem: true };
      }
      under = false;
      if (again) refresh.current();
      else plan();
    };
    const show = (/** @type {Availability} */ value) => {
      const before = state.value.value;
      state.value = { value };
      if (before && before.free !== value.free) say(words.value.freeOf(value.free, value.copies));
    };
    const plan = () => {
      clearTimeout(timer);
      const idle = Date.now() - touched > PATIENCE;
      if (document.hidden || idle || abort.signal.aborted) return;
      timer = setTimeout(ask, Math.max(asked + wait - Date.now(), 0));
    };
    const touch = () => {
      const slept = Date.now() - touched > PATIENCE;
      touched = Date.now();
      if (slept) plan();
    };
    document.addEventListener("visibilitychange", touchAndPlan);
    function touchAndPlan() {
      if (!document.hidden) touched = Date.now();
      plan();
    }
    for (const event of ["pointerdown", "keydown", "scroll"])
      addEventListener(event, touch, { passive: true, signal: abort.signal });
    refresh.current = () => {
      again = false;
      version = null;
      ask();
    };
    ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", touchAndPlan);
    };
  }, [bookId]);
  return { ...state.value, refresh: () => refresh.current() };
}
