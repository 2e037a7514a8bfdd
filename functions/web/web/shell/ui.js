// Parts that several pages show, and the two ways a page talks to the API: it loads, or it acts.

import { html, signal, useEffect, useLayoutEffect, useRef, useSignal } from "../vendor/preact-signals.js";
import { coverAddress, newKey, Problem, pause } from "./api.js";
import { cover } from "./covers.js";
import { learn, tagOf, words } from "./i18n.js";
import { arrive, place, signInHere, to } from "./router.js";
import { askingToSignIn } from "./session.js";

export { html };

/** @typedef {{ id: string, title: string, author?: string, publicationYear?: number, language?: string, country?: string, isbn?: string, pages?: number, releaseDate?: string, copies?: number, shelfMark?: string, cover?: string, free?: number, owner?: string, archived?: boolean, createdAt?: string, updatedAt?: string }} Book */
/** @typedef {{ items: Book[], nextCursor?: string }} Page */

// Drawings.

/** The drawings that every page needs. Modules add their own. @type {Record<string, string[]>} */
export const ICONS = {
  search: ["M4.5 11a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0", "m16 16 4.5 4.5"],
  books: ["M5 4.5h10.5A3.5 3.5 0 0 1 19 8v11.5H8a3 3 0 0 1-3-3zM5 16.5a3 3 0 0 1 3-3h11"],
  about: ["M3.5 12a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0", "M12 11v5M12 8v.1"],
  reader: ["M8.5 8.5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0", "M5 20c.6-4 3.4-6 7-6s6.4 2 7 6"],
  warning: ["M12 4 2.8 19.5h18.4zM12 10v4M12 16.8v.1"],
  cross: ["M6 6l12 12M18 6L6 18"],
  filter: ["M4 7h16M7 12h10M10 17h4"],
  barcode: ["M4 8V5h3M17 5h3v3M20 16v3h-3M7 19H4v-3M8 9v6M11 9v6M13.5 9v6M16 9v6"],
};

/** @param {{ name: string }} props */
export const Icon = ({ name }) =>
  html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true">${ICONS[name].map((d) => html`<path d=${d} />`)}</svg>`;

/** The covers that wait to be drawn. A frame draws some of them, so that a wall of covers never blocks typing.
 * @type {Map<Element, () => void>} */
const undrawn = new Map();
const FRAME_BUDGET = 8;

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) drawSoon(target);
  },
  { rootMargin: "300px" },
);

/** @type {Element[]} */
const queue = [];

/** @param {Element} target */
function drawSoon(target) {
  seen.unobserve(target);
  if (queue.push(target) === 1) requestAnimationFrame(drawSome);
}

function drawSome() {
  const began = performance.now();
  while (queue.length && performance.now() - began < FRAME_BUDGET) {
    const target = /** @type {Element} */ (queue[0]);
    undrawn.get(target)?.();
    undrawn.delete(target);
    queue.shift();
  }
  if (queue.length) requestAnimationFrame(drawSome);
}

/** A picture in the place of a cover; the drawing, if it does not come.
 * @param {string} address @param {() => Element} draw */
export function pictured(address, draw) {
  const image = new Image();
  image.className = "cv";
  image.onerror = () => image.replaceWith(draw());
  image.src = address;
  return image;
}

/** A book's cover, shown or drawn when it comes into view.
 * @param {{ book: Partial<Book>, px: number, small?: boolean }} props */
export function Cover({ book, px, small }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const { id, title, author, publicationYear } = book;
  useEffect(() => {
    const target = /** @type {HTMLElement} */ (box.current);
    undrawn.set(target, () => {
      const wrap = document.createElement("span");
      wrap.className = "wrap";
      const draw = () => cover({ ...book, title: titleOf(book), lang: tagOf(book.language) }, target.clientWidth || px);
      wrap.append(book.cover ? pictured(coverAddress(book), draw) : draw());
      target.replaceChildren(wrap);
    });
    seen.observe(target);
    return () => {
      seen.unobserve(target);
      undrawn.delete(target);
    };
  }, [id, title, author, publicationYear, book.cover]);
  return html`<span class=${small ? "cover s" : "cover"} ref=${box} aria-hidden="true"></span>`;
}

// Books.

/** Whether a text shows anything at all.
 * @param {string} [text] */
const visible = (text) => /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text || "");

/** A book's title. Some titles are invisible; they get a stand-in.
 * @param {Partial<Book>} book */
export const titleOf = ({ title }) => (title && visible(title) ? title : words.value.noTitle);

/** A book's title in its own language and direction.
 * @param {{ book: Partial<Book> }} props */
export const Title = ({ book }) => html`<bdi lang=${tagOf(book.language)}>${titleOf(book)}</bdi>`;

/** @param {{ book: Partial<Book> }} props */
export const Author = ({ book }) => (visible(book.author) ? html`<bdi>${book.author}</bdi>` : null);

/** @param {Partial<Book>} book */
export const yearOf = ({ publicationYear: year }) =>
  year === undefined ? "" : year < 0 ? words.value.yearBefore(-year) : String(year);

/** A page's address of a book.
 * @param {Book} book */
export const addressOf = (book) => to(`${book.archived ? "/old-books" : "/books"}/${book.id}`);

/** Books on a shelf, covers first.
 * @param {{ books: Book[] }} props */
export const Shelf = ({ books }) =>
  html`<ul class="shelf">
    ${books.map(
      (book) =>
        html`<li key=${book.id}>
          <a href=${addressOf(book)}>
            <${Cover} book=${book} px=${160} />
            <b><${Title} book=${book} /></b> <small><${Author} book=${book} /></small>
          </a>
        </li>`,
    )}
  </ul>`;

// Talking.

/** A word at the foot of the page, with one thing to do about it. */
export const toast = signal(/** @type {{ text: string, label?: string, act?: () => void } | null} */ (null));

/** What a screen reader is to say, once. */
export const announced = signal("");

/** @param {string} text */
export const say = (text) => {
  announced.value = text;
};

/** @param {string} text @param {string} [label] @param {() => void} [act] */
export const showToast = (text, label, act) => {
  toast.value = { text, label, act };
};

/** Gives the page its title, and finishes the move to it once its content is there.
 * @param {string} title @param {boolean} [ready] */
export function useTitle(title, ready = true) {
  useLayoutEffect(() => {
    if (ready) arrive(`${title} · ${document.querySelector("meta[name=carrel-library]")?.getAttribute("content") || "Carrel"}`);
  }, [title, ready, place.value]);
}

/** @template T @typedef {{ data?: T, problem?: unknown, asking?: boolean }} Loaded */

/** Loads what a page shows, again whenever `inputs` change. A busy library is asked once more.
 * @template T
 * @param {(abort: AbortSignal) => Promise<T>} load @param {unknown[]} inputs
 * @param {T} [first] what is there already */
export function useLoad(load, inputs, first) {
  const state = useSignal(/** @type {Loaded<T>} */ (first === undefined ? {} : { data: first }));
  const tries = useSignal(0);
  const skip = useRef(first !== undefined);
  useEffect(() => {
    if (skip.current) {
      skip.current = false;
      return;
    }
    const abort = new AbortController();
    const set = (/** @type {Loaded<T>} */ value) => {
      if (!abort.signal.aborted) state.value = value;
    };
    set({ data: undefined });
    load(abort.signal)
      .catch(async (problem) => {
        await learnAbout(problem);
        if (!(problem instanceof Problem) || (problem.status !== 503 && problem.status !== 504)) throw problem;
        set({ asking: true });
        await pause(Math.min(problem.wait || 2, 5) * 1000);
        return load(abort.signal);
      })
      .then(
        (data) => set({ data }),
        (problem) => set({ problem }),
      );
    return () => abort.abort();
  }, [...inputs, tries.value]);
  return {
    ...state.value,
    /** Puts a newer answer in the place of the one that is shown. */
    put: (/** @type {T} */ data) => {
      state.value = { data };
    },
    again: () => {
      tries.value += 1;
    },
  };
}

/** Does one thing at a press, and only once however often it is pressed. A 401 asks to sign in over the page, whose words stay.
 * A press after a lost answer repeats the same Idempotency-Key.
 * @param {(key: string) => Promise<unknown>} act */
export function useAction(act) {
  const busy = useSignal(false);
  const problem = useSignal(/** @type {Problem | undefined} */ (undefined));
  const running = useRef(false);
  const key = useRef("");
  const run = async () => {
    if (running.current) return;
    running.current = true;
    busy.value = true;
    problem.value = undefined;
    key.current ||= newKey();
    try {
      await sentOnceMore(act, key.current);
      key.current = "";
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // Until there is an answer, the work may have been done: a 5xx does not say, and a 429 says nothing of the try before.
      // A 422 says that the key was used, for other words.
      if (error.status === 422) key.current = "";
      await learnAbout(error);
      problem.value = error;
      if (error.status === 401 && error.code !== "wrong-credentials") askingToSignIn.value = true;
    } finally {
      running.current = false;
      busy.value = false;
    }
  };
  return { run, busy: busy.value, problem: problem.value, forget: () => (problem.value = undefined) };
}

/** @param {(key: string) => Promise<unknown>} act @param {string} key */
async function sentOnceMore(act, key) {
  try {
    await act(key);
  } catch (error) {
    // Only a call that sends the key may be repeated without asking.
    if (!(error instanceof Problem) || error.status !== 503 || !act.length) throw error;
    await pause(Math.min(error.wait || 1, 5) * 1000);
    await act(key);
  }
}

/** A button that stays pressed while its work is under way.
 * @param {{ class?: string, busy?: boolean, off?: boolean, onPress?: () => void, pressed?: boolean, children?: unknown, about?: string }} props */
export const Button = ({ class: kind = "", busy, off, onPress, pressed, children, about }) =>
  html`<button type=${onPress ? "button" : "submit"} class=${`btn ${kind}`} aria-busy=${busy ? "true" : undefined} aria-pressed=${pressed === undefined ? undefined : String(pressed)} disabled=${off || !online.value} onClick=${onPress}>
    ${children}${about && html`<span class="sr"> <bdi>${about}</bdi></span>`}
  </button>`;

/** Asks a question over the page. The safe answer has the focus.
 * @param {HTMLDialogElement | null} dialog */
export function ask(dialog) {
  dialog?.showModal();
  const safe = dialog?.querySelector("[data-safe]");
  if (safe instanceof HTMLElement) safe.focus();
}

/** Whether this device is on a network. */
export const online = signal(navigator.onLine);
addEventListener("online", () => (online.value = true));
addEventListener("offline", () => (online.value = false));

/** What went wrong, in the place of what could not be loaded.
 * @param {{ problem: unknown, again: () => void, level?: string }} props */
export function Fault({ problem, again, level = "h2" }) {
  const t = words.value;
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 429 && t.slower) return html`<${Slower} wait=${problem.wait || 30} again=${again} level=${level} />`;
  const [title, sentence] = faultWords(problem);
  return html`<section class="fault" role="alert">
    <${level}>${title}<//>
    <p>${sentence}</p>
    ${
      problem.status === 401
        ? html`<a class="btn main" href=${signInHere()}>${t.signIn}</a>`
        : html`<button type="button" class="btn main" onClick=${again}>${t.tryAgain}</button>`
    }
    ${problem.requestId && html`<p class="small"><span class="muted">${t.numberHelps}</span> <code>${problem.requestId}</code></p>`}
  </section>`;
}

/** Learns the words of a problem that the library has answered with: a first view has none but those for no answer. Whoever waits
 * for an answer waits no longer for its words.
 * @param {unknown} problem */
const learnAbout = (problem) =>
  problem instanceof Problem && problem.status > 0 && Promise.race([learn("more").catch(() => {}), pause(2000)]);

/** The title and the sentence of a problem, in the reader's language.
 * @param {Problem} problem @returns {[title: string, sentence: string]} */
export function faultWords(problem) {
  const t = words.value;
  const known = /** @type {Record<string, string>} */ (/** @type {unknown} */ (t.refusals || {}));
  if (problem.code in known) return [t.didNotWork, known[problem.code]];
  if (problem.status === 0) return [t.noAnswer, t.noAnswerWhy];
  // The words of other problems may not have arrived.
  if (!t.ourFault) return [t.didNotWork, problem.message];
  if (problem.status === 401) return [t.signInFirst, t.signInFirstWhy];
  if (problem.status === 403) return [t.notAllowed, t.notAllowedWhy];
  if (problem.status === 404) return [t.notHere, t.notHereWhy];
  if (problem.status === 429) return [t.slower, t.waitFor(problem.wait || 30)];
  if (problem.status === 503 || problem.status === 504) return [t.busy, t.busyWhy];
  if (problem.status >= 500) return [t.ourFault, t.ourFaultWhy];
  return [t.didNotWork, problem.detail || t.ourFaultWhy];
}

/** Counts down, and then goes on by itself.
 * @param {{ wait: number, again: () => void, level: string }} props */
function Slower({ wait, again, level }) {
  const t = words.value;
  const left = useSignal(wait);
  useEffect(() => {
    const timer = setInterval(() => {
      left.value -= 1;
      if (left.value <= 0) {
        clearInterval(timer);
        again();
      }
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return html`<section class="fault">
    <${level} role="alert">${t.slower}<//>
    <p>${t.slowerWhy}</p>
    <progress max=${wait} value=${wait - left.value} aria-label=${t.timeLeft}></progress>
    <button type="button" class="btn" disabled>${t.tryAgainIn(Math.max(left.value, 0))}</button>
  </section>`;
}

/** Said while a busy library is asked once more.
 * @param {{}} _ */
export const Asking = (_) =>
  html`<p class="note wait" role="status"><b>${words.value.busy || words.value.noAnswer}</b>${words.value.askingAgain}</p>`;
