// The API: a table of calls, and one function that makes them. Here are the calls of every visitor; `own-calls.js`,
// `desk-calls.js` and `file-calls.js` add theirs. A test compares the tables with openapi.json.

/** @typedef {{ pointer: string, detail: string }} Invalid an invalid part of a request */
/** @typedef {{ path?: Record<string, string>, query?: Record<string, unknown>, body?: unknown, version?: string | null, known?: string | null, key?: string, abort?: AbortSignal, lasting?: boolean, asFile?: boolean }} Request */
/** @typedef {{ status: number, data: any, version: string | null, link: string | null }} Answer */

/** @type {Record<string, [method: string, path: string]>} */
export const CALLS = {
  listBooks: ["GET", "/books"],
  getBook: ["GET", "/books/{bookId}"],
  getAvailability: ["GET", "/books/{bookId}/availability"],
  listArchivedBooks: ["GET", "/archive/books"],
  getArchivedBook: ["GET", "/archive/books/{bookId}"],
  search: ["GET", "/search"],
  searchArchive: ["GET", "/archive/search"],
  suggest: ["GET", "/search/suggest"],
  getOwnBook: ["GET", "/users/me/books/{bookId}"],
  getMe: ["GET", "/users/me"],
  refreshToken: ["POST", "/auth/refresh-token"],
  health: ["GET", "/health"],
};

/** @param {string} name */
export const meta = (name) => document.querySelector(`meta[name=carrel-${name}]`)?.getAttribute("content") ?? "";

const API = meta("api") || "/v1";
const KEY = meta("key");

/** A call that failed. `status` is 0 if no answer came. */
export class Problem extends Error {
  /** @param {number} status @param {any} [document] @param {number} [wait] seconds to wait before the next try */
  constructor(status, document = {}, wait = 0) {
    super(document.detail || `status ${status}`);
    this.status = status;
    this.wait = wait;
    /** @type {string} */ this.code = document.code || "";
    /** @type {string} */ this.detail = document.detail || "";
    /** @type {string} */ this.requestId = document.requestId || "";
    /** @type {Invalid[]} */ this.errors = document.errors || [];
    /** What some problems say besides. @type {Record<string, any>} */ this.more = document;
  }
}

/** Makes a call of the table. A session that has run out is refreshed once.
 * @param {keyof typeof CALLS} name
 * @param {Request} [request]
 * @returns {Promise<Answer>} */
export async function call(name, request = {}) {
  try {
    return await send(name, request);
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 401 || !renews(name, problem)) throw problem;
    if (!(await refreshed())) {
      ended();
      throw problem;
    }
    return send(name, request);
  }
}

/** Whether a 401 may mean that only the access token has run out. A wrong password is a 401, too.
 * @param {string} name @param {Problem} problem */
const renews = (name, problem) => name !== "login" && name !== "refreshToken" && problem.code !== "wrong-credentials";

/** Makes a call, once.
 * @param {keyof typeof CALLS} name
 * @param {Request} request
 * @returns {Promise<Answer>} */
export async function send(name, { path = {}, query = {}, body, version, known, key, abort, lasting, asFile }) {
  const [method, pattern] = CALLS[name];
  const headers = new Headers({ "X-Api-Key": KEY });
  if (version) headers.set("If-Match", version);
  if (known) headers.set("If-None-Match", known);
  if (key) headers.set("Idempotency-Key", key);
  if (body !== undefined) headers.set("Content-Type", body instanceof Blob ? body.type : "application/json");
  let answer;
  let text;
  try {
    answer = await fetch(address(pattern, path, query), {
      method,
      headers,
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
      signal: abort,
      keepalive: lasting,
      cache: "no-store",
    });
    // An answer that breaks off, or is given up while it is read, is no answer.
    text = await (asFile && answer.ok ? answer.blob() : answer.text());
  } catch (error) {
    if (abort?.aborted) throw error;
    throw new Problem(0);
  }
  const data = text instanceof Blob ? text : parsed(text);
  if (!answer.ok && answer.status !== 304) throw new Problem(answer.status, data, Number(answer.headers.get("Retry-After")) || 0);
  // Something in between has answered, or has cut the answer short.
  if (text && !data) throw new Problem(0);
  return { status: answer.status, data, version: answer.headers.get("ETag"), link: answer.headers.get("Link") };
}

/** The address of a book's cover. Another cover has another address.
 * @param {Partial<import("./ui.js").Book>} book */
export const coverAddress = ({ id, cover }) => `${API}/books/${id}/cover?version=${cover}`;

/** @param {string} pattern @param {Record<string, string>} path @param {Record<string, unknown>} query */
function address(pattern, path, query) {
  const filled = pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return API + filled + (search && `?${search}`);
}

/** @param {string} text */
function parsed(text) {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** A new Idempotency-Key. `crypto.randomUUID` is missing where the page is not secure. */
export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Refreshing. All tabs share one session, and a refresh token can be used once: one tab asks, the others wait.

let ended = () => {};

/** Says what to do when the session has ended.
 * @param {() => void} act */
export const whenEnded = (act) => {
  ended = act;
};

/** @type {Promise<boolean> | undefined} */
let refreshing;

/** Whether the session lives on, after a refresh by this tab or another one. */
function refreshed() {
  refreshing ??= inTurn().finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

/** @returns {Promise<boolean>} */
const inTurn = async () => (navigator.locks ? navigator.locks.request("carrel-refresh", refresh) : refreshAlone());

/** Refreshes the session, unless another tab has just done so: then its cookies are good for this tab, too. */
const refresh = async () => (await succeeds("getMe")) || succeeds("refreshToken", { lasting: true });

/** Without locks, tabs may ask at once. A random wait makes that rare, and a second try finds the cookies of the first tab. */
async function refreshAlone() {
  await pause(Math.random() * 200);
  if (await refresh()) return true;
  await pause(300);
  return refresh();
}

/** Makes a call, and returns whether there is a session for it.
 * @param {keyof typeof CALLS} name @param {Request} [request] */
async function succeeds(name, request = {}) {
  try {
    await send(name, request);
    return true;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) return false;
    throw problem;
  }
}

/** @param {number} milliseconds */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Reads what this browser remembers. Nothing, where storage is blocked.
 * @param {string} name */
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string | null} value */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // It is remembered for as long as the page is open.
  }
}
