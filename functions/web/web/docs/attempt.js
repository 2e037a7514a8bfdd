// Trying an operation out: what one would send, as a command and as a form, and what came back.

import { saved } from "../pages/files/saving.js";
import { meta } from "../shell/api.js";
import { loadReader, reader } from "../shell/session.js";
import { Button, html } from "../shell/ui.js";
import { useEffect, useRef, useSignal } from "../vendor/preact-signals.js";
import { asJson, Lines } from "./text.js";

/** @typedef {import("./contract.js").Operation} Operation */
/** @typedef {{ values: import("../vendor/preact-signals.js").Signal<Record<string, string>>, text: import("../vendor/preact-signals.js").Signal<string>, file: import("../vendor/preact-signals.js").Signal<File | null> }} Wishes what one would send */
/** @typedef {{ status: number, title: string, took: number, text: string, picture: string }} Got */

const API = meta("api") || "/v1";
const KEY = meta("key");

/** @param {Operation} operation @returns {Wishes} */
export const useWishes = ({ inputs, body }) => ({
  values: useSignal(Object.fromEntries(inputs.map(({ name, example }) => [name, example]))),
  text: useSignal(isJson(body) ? asJson(body?.example ?? {}) : ""),
  file: useSignal(/** @type {File | null} */ (null)),
});

/** @param {Operation["body"]} body */
const isJson = (body) => body?.types[0] === "application/json";

/** Whether any file will do, whatever it says that it is.
 * @param {Operation["body"]} body */
const isBytes = (body) => body?.types[0] === "application/octet-stream";

/** The address and the headers of a request.
 * @param {Operation} operation @param {Wishes} wishes */
function requestOf({ path, inputs, body }, { values, file }) {
  const given = inputs.filter(({ name }) => values.value[name] !== "");
  const at = (/** @type {string} */ name) => values.value[name] || `{${name}}`;
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => (values.value[name] ? encodeURIComponent(at(name)) : at(name)));
  const query = new URLSearchParams(given.filter(({ where }) => where === "query").map(({ name }) => [name, at(name)])).toString();
  /** @type {Record<string, string>} */
  const headers = { "X-Api-Key": KEY };
  for (const { name } of given.filter(({ where }) => where === "header")) headers[name] = at(name);
  if (body) headers["Content-Type"] = isJson(body) || isBytes(body) ? body.types[0] : file.value?.type || body.types[0];
  return { url: API + filled + (query && `?${query}`), headers };
}

/** The request as a command of a shell.
 * @param {{ operation: Operation, wishes: Wishes }} props */
export function Curl({ operation, wishes }) {
  const copied = useSignal(false);
  const { url, headers } = requestOf(operation, wishes);
  if (operation.access !== "everybody") headers.Authorization = "Bearer $TOKEN";
  const lines = [
    `curl ${operation.method === "GET" ? "" : `-X ${operation.method} `}${quoted(location.origin + url)}`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    ...(isJson(operation.body) ? [`  -d ${quoted(wishes.text.value.replace(/\n\s*/g, " "))}`] : []),
    ...(operation.body && !isJson(operation.body)
      ? [`  --data-binary @${wishes.file.value?.name || (isBytes(operation.body) ? "books.csv" : "picture.jpg")}`]
      : []),
  ];
  const command = lines.join(" \\\n");
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    copied.value = true;
  };
  return html`<div class="with-copy">
      <h3>Ask</h3>
      ${
        // A page without HTTPS may not write there.
        navigator.clipboard &&
        html`<button type="button" class="btn bare" onClick=${copy}>${copied.value ? "Copied" : "Copy"}<span class="sr"> the command</span></button>`
      }
    </div>
    <pre tabindex="0" role="region" aria-label=${`Example request of ${operation.id}`}><code><span class="k">curl</span>${command.slice(4)}</code></pre>`;
}

/** A word of a shell. Of variables, only the token is meant.
 * @param {string} word */
const quoted = (word) => (word.includes("$TOKEN") ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`);

/** @param {{ operation: Operation, wishes: Wishes }} props */
export function Attempt({ operation, wishes }) {
  const open = useSignal(false);
  const first = useRef(/** @type {HTMLFormElement | null} */ (null));
  const begin = async () => {
    wishes.values.value = { ...wishes.values.value, ...(await proposed(operation)) };
    open.value = true;
  };
  useEffect(() => {
    const control = open.value && first.current?.querySelector("input, textarea, select, button");
    if (control instanceof HTMLElement) control.focus();
  }, [open.value]);
  if (open.value) return html`<${Sending} operation=${operation} wishes=${wishes} element=${first} />`;
  return html`<div class="row">
    <button type="button" class="btn main" onClick=${begin}>Try it here</button>
    <span class="small muted"><${As} /></span>
  </div>`;
}

/** Who asks.
 * @param {{}} _ */
const As = (_) => (reader.value ? html`as <bdi>${reader.value.email || reader.value.username}</bdi>` : "as nobody");

/** Where this library has something that a path can name.
 * @type {Record<string, (operation: Operation) => Promise<string | undefined>>} */
const NAMED = {
  bookId: async ({ path }) => {
    if (path.startsWith("/archive")) return (await first("/archive/books?limit=1"))?.id;
    const favorite = path.startsWith("/favorites") && (await first("/favorites?limit=1"));
    return (favorite || (await first("/books?limit=1")))?.id;
  },
  importId: async () => (await first("/imports"))?.id,
  reservationId: async () => (await first("/reservations"))?.id,
  sessionId: async () => (await first("/auth/sessions"))?.id,
  userId: async () => reader.value?.id,
  username: async () => reader.value?.username,
};

/** The first item of a list, if there is one for this reader.
 * @param {string} path @returns {Promise<any>} */
async function first(path) {
  const answer = await fetch(API + path, { headers: { "X-Api-Key": KEY } }).catch(() => undefined);
  return answer?.ok ? (await answer.json()).items[0] : undefined;
}

/** Values for the path that this library knows. Where it has none, the contract's examples stay.
 * @param {Operation} operation */
async function proposed(operation) {
  if (operation.inputs.some(({ where }) => where === "path") && reader.value) await loadReader();
  const known = operation.inputs.filter(({ name, where }) => where === "path" && NAMED[name]);
  const values = await Promise.all(known.map(async ({ name }) => [name, await NAMED[name](operation)]));
  return Object.fromEntries(values.filter(([, value]) => value));
}

/** @param {{ operation: Operation, wishes: Wishes, element: any }} props */
function Sending({ operation, wishes, element }) {
  const got = useSignal(/** @type {Got | null} */ (null));
  const busy = useSignal(false);
  const { inputs, body } = operation;
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    got.value = null;
    got.value = await answered(operation, wishes);
    busy.value = false;
  };
  return html`<form class="try" onSubmit=${send} ref=${element} aria-label=${`Try ${operation.id}`}>
      ${inputs.map((input) => html`<${Value} id=${`${operation.id}-${input.name}`} input=${input} values=${wishes.values} />`)}
      ${
        isJson(body) &&
        html`<div class="field">
          <label for=${`${operation.id}-body`}>The body</label>
          <textarea id=${`${operation.id}-body`} rows=${Math.min(wishes.text.value.split("\n").length, 16)} spellcheck=${false} autocapitalize="none" value=${wishes.text.value} onInput=${(/** @type {any} */ { target }) => (wishes.text.value = target.value)}></textarea>
        </div>`
      }
      ${
        body &&
        !isJson(body) &&
        html`<div class="field">
          <label for=${`${operation.id}-file`}>${isBytes(body) ? "A file" : "A picture"}</label>
          <input id=${`${operation.id}-file`} type="file" required accept=${body.types.join(",")} onChange=${(/** @type {any} */ { target }) => (wishes.file.value = target.files[0] || null)} />
        </div>`
      }
      <div class="row"><${Button} class=${operation.method === "DELETE" ? "main red" : "main"} busy=${busy.value}>Send<//><span class="small muted"><${As} /></span></div>
    </form>
    <div role="status">${got.value && html`<${Result} got=${got.value} operation=${operation} />`}</div>`;
}

/** @param {{ id: string, input: import("./contract.js").Input, values: Wishes["values"] }} props */
function Value({ id, input, values }) {
  const set = (/** @type {any} */ { target }) => (values.value = { ...values.value, [input.name]: target.value });
  return html`<div class="field">
    <label for=${id}><code>${input.name}</code>${!input.needed && html`<small class="muted">optional</small>`}</label>
    ${
      input.choices.length > 1
        ? html`<select class="pick" id=${id} value=${values.value[input.name]} onChange=${set}>
          ${!input.needed && html`<option value=""></option>`}${input.choices.map((choice) => html`<option>${choice}</option>`)}
        </select>`
        : html`<input id=${id} required=${input.needed} autocomplete="off" autocapitalize="none" spellcheck=${false} value=${values.value[input.name]} onInput=${set} />`
    }
  </div>`;
}

/** @param {{ got: Got, operation: Operation }} props */
function Result({ got, operation }) {
  useEffect(() => () => URL.revokeObjectURL(got.picture), [got]);
  if (!got.status) return html`<div class="note"><b>No answer came</b>The line may have dropped, or a value cannot be sent.</div>`;
  return html`<h3>${got.status} ${got.title}, after ${got.took} ms</h3>
    ${got.picture && html`<img src=${got.picture} alt="The picture that was answered" />`}
    <${Lines} text=${got.text} label=${`Answer to ${operation.id}`} />`;
}

/** Sends a request. If the session's token has run out, it is renewed, and the request is sent once more.
 * @param {Operation} operation @param {Wishes} wishes @returns {Promise<Got>} */
async function answered(operation, wishes) {
  const { url, headers } = requestOf(operation, wishes);
  const body = isJson(operation.body) ? wishes.text.value : wishes.file.value || undefined;
  const send = () => fetch(url, { method: operation.method, headers, body, cache: "no-store" });
  const began = performance.now();
  try {
    let answer = await send();
    if (answer.status === 401 && reader.value) {
      await loadReader();
      if (reader.value) answer = await send();
    }
    const took = Math.round(performance.now() - began);
    const got = { status: answer.status, title: answer.statusText, took, ...(await contentOf(answer)) };
    // Who reads may be somebody else now, or nobody.
    if (operation.method !== "GET" && (reader.value || wishes.text.value.includes('"cookie"'))) await loadReader();
    return got;
  } catch {
    return { status: 0, title: "", took: 0, text: "", picture: "" };
  }
}

const HEADERS = ["content-type", "etag", "link", "location", "retry-after", "x-request-id"];

/** What an answer has: the headers that matter, and its text, its picture or, of an archive, its size: the browser saves it.
 * @param {Response} answer */
async function contentOf(answer) {
  const headers = HEADERS.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
  if (answer.headers.get("content-type")?.startsWith("image/")) {
    return { text: headers.join("\n"), picture: URL.createObjectURL(await answer.blob()) };
  }
  const name = answer.headers.get("content-disposition")?.match(/filename="([\w.-]+)"/)?.[1];
  if (name && answer.headers.get("content-type") === "application/zip") {
    const file = await answer.blob();
    saved(name, file);
    return { text: [...headers, "", `${file.size} bytes, saved as ${name}`].join("\n"), picture: "" };
  }
  return { text: [...headers, "", pretty(await answer.text())].join("\n").trim(), picture: "" };
}

/** @param {string} text */
function pretty(text) {
  try {
    return asJson(JSON.parse(text));
  } catch {
    return text;
  }
}
