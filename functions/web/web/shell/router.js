// Addresses: which page an address means, how one moves between pages, and what Back restores.
// Every place is an ordinary link, so the browser's own ways of opening one work.

import { signal } from "../vendor/preact-signals.js";
import { meta } from "./api.js";

/** The site's addresses. The server answers every other one with 404. */
export const PATTERNS = [
  "/",
  "/search",
  "/books/new",
  "/books/:id",
  "/books/:id/edit",
  "/sign-in",
  "/sign-up",
  "/reset-password",
  "/verify-email",
  "/letters",
  "/me",
  "/account",
  "/old-books",
  "/old-books/:id",
  "/about",
  "/desk",
  "/readers",
  "/readers/new",
  "/readers/:id",
  "/lists/ready",
  "/lists/overdue",
  "/lists/today",
  "/live",
  "/activity",
  "/print",
  "/rules",
  "/import",
  "/import/earlier",
  "/export",
];

/** Pages that one does not come back to after signing in. */
export const DOORS = ["/sign-in", "/sign-up", "/reset-password", "/verify-email"];

/** Where the site lies: empty, or `/v1/web`. */
export const BASE = meta("base");

/** @typedef {{ pattern: string, params: Record<string, string>, path: string, query: URLSearchParams, hash: string }} Place */
/** @typedef {{ scroll?: number, focus?: string | null, rows?: number, inside?: boolean, reloadedAt?: number }} Entry what the browser keeps for each step of its history */

/** Reads an address.
 * @param {URL} url @returns {Place} */
export function placeOf(url) {
  const path = decoded(url.pathname.slice(BASE.length)).replace(/(.)\/$/, "$1") || "/";
  for (const pattern of PATTERNS) {
    const params = matched(pattern, path);
    if (params) return { pattern, params, path, query: url.searchParams, hash: url.hash };
  }
  return { pattern: "", params: {}, path, query: url.searchParams, hash: url.hash };
}

/** The parts of a path that a pattern names, if it matches.
 * @param {string} pattern @param {string} path */
function matched(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(":") && given[index]) params[part.slice(1)] = given[index];
    else if (part !== given[index]) return undefined;
  }
  return params;
}

/** @param {string} path */
function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The place that is shown. */
export const place = signal(placeOf(new URL(location.href)));

/** The address of a page of this site.
 * @param {string} path @param {Record<string, string | undefined | null>} [query] */
export function to(path, query = {}) {
  const given = Object.entries(query).filter((pair) => pair[1]);
  const search = new URLSearchParams(/** @type {[string, string][]} */ (given)).toString();
  return BASE + path + (search && `?${search}`);
}

/** The whole address of a page of this site, to be given to others.
 * @param {string} path */
export const link = (path) => location.origin + to(path);

/** The address of the sign-in page that leads back here. */
export const signInHere = () => {
  const here = location.pathname + location.search;
  return to("/sign-in", DOORS.includes(place.value.pattern) ? {} : { next: here });
};

// Moving.

/** @returns {Entry} */
export const entry = () => history.state || {};

/** Changes what the browser keeps for this step of its history.
 * @param {Entry} change */
export const note = (change) => history.replaceState({ ...entry(), ...change }, "");

/** What the page has to do once its heading is there: a new page is focused, one that Back shows is scrolled.
 * @type {"opened" | "loaded" | Entry} */
let arrival = "loaded";

/** Prepares a page before it is shown. Set by the shell, which loads its module.
 * @type {(place: Place) => Promise<unknown>} */
let prepare = async () => undefined;

/** When the reader last typed or pressed, and when the page last changed. Who types already keeps the focus. */
let touchedAt = 0;
let movedAt = 0;

/** Starts to follow links.
 * @param {(place: Place) => Promise<unknown>} load */
export function startRouter(load) {
  prepare = load;
  history.scrollRestoration = "manual";
  if (entry().inside) arrival = entry();
  document.addEventListener("click", follow);
  addEventListener("popstate", () => show(location.href, entry()));
  addEventListener("scroll", noteScroll, { passive: true });
  for (const event of ["input", "keydown", "pointerdown"])
    addEventListener(event, () => (touchedAt = performance.now()), { capture: true, passive: true });
  return prepare(place.value);
}

/** Follows a click on a link of this site, if it is an ordinary one.
 * @param {MouseEvent} event */
function follow(event) {
  const target = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(target instanceof HTMLAnchorElement) || event.defaultPrevented) return;
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (target.target || target.hasAttribute("download") || target.origin !== location.origin) return;
  const url = new URL(target.href);
  if (!placeOf(url).pattern) return;
  if (url.hash && url.pathname + url.search === location.pathname + location.search) {
    event.preventDefault();
    return goToFragment(url.hash);
  }
  event.preventDefault();
  note({ scroll: scrollY, focus: target.closest("main") ? target.getAttribute("href") : null });
  go(url.pathname + url.search + url.hash);
}

/** Goes to another page of this site.
 * @param {string} address @param {{ replace?: boolean }} [how] */
export async function go(address, { replace = false } = {}) {
  if (replace || address === location.pathname + location.search + location.hash)
    history.replaceState({ inside: true }, "", address);
  else history.pushState({ inside: true }, "", address);
  await show(location.href, "opened");
}

/** Changes the address of this page without moving: its search and filters.
 * @param {string} address */
export async function refine(address) {
  history.pushState({ inside: true }, "", address);
  place.value = placeOf(new URL(location.href));
}

/** @param {string} href @param {"opened" | Entry} how */
async function show(href, how) {
  const next = placeOf(new URL(href));
  await prepare(next);
  if (href !== location.href) return;
  arrival = how;
  movedAt = performance.now();
  if (how === "opened") scrollTo(0, 0);
  place.value = next;
}

let scrollTimer = 0;

function noteScroll() {
  clearTimeout(scrollTimer);
  scrollTimer = setTimeout(() => note({ scroll: scrollY, inside: true }), 150);
}

/** Finishes a move when the page's heading and content are there: title first, then focus or scroll.
 * @param {string} title */
export function arrive(title) {
  document.title = title;
  const how = arrival;
  arrival = "loaded";
  if (place.value.hash && how === "opened") goToFragment(place.value.hash);
  else if (how === "opened") focusHeading();
  else if (how === "loaded") place.value.hash && goToFragment(place.value.hash);
  else restore(how);
}

function focusHeading() {
  const heading = document.querySelector("main h1");
  if (!(heading instanceof HTMLElement) || touchedAt > movedAt) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** @param {Entry} kept */
function restore(kept) {
  scrollTo({ top: kept.scroll || 0, behavior: "instant" });
  const row = kept.focus && document.querySelector(`main a[href="${CSS.escape(kept.focus)}"]`);
  if (row instanceof HTMLElement) row.focus({ preventScroll: true });
  else focusHeading();
}

/** Scrolls to a section of this page and focuses it.
 * @param {string} hash */
export function goToFragment(hash) {
  const section = document.getElementById(decoded(hash.slice(1)));
  if (!section) return;
  if (hash !== location.hash) history.replaceState(entry(), "", hash);
  if (!section.hasAttribute("tabindex") && section.tabIndex < 0) section.tabIndex = -1;
  section.scrollIntoView({ behavior: "instant" });
  section.focus({ preventScroll: true });
}

/** Whether the page still waits for its first content: it is being restored, or was opened. */
export const restoring = () => (typeof arrival === "object" ? arrival : undefined);
