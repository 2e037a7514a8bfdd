// Sends a file to the library, part by part. A part that is sent again changes nothing and gets the same answer, so whatever
// happens on the way, the same part is sent again.

import { call, Problem } from "../../shell/api.js";
import { askingToSignIn, reader } from "../../shell/session.js";
import { effect, signal } from "../../vendor/preact-signals.js";
import "../../shell/own-calls.js";
import "./file-calls.js";
import { sourceOf } from "./source.js";
import { FileProblem, partsOf, rowsOf } from "./split.js";

/** What became of the books of an import that was undone, or is being undone.
 * @typedef {{ removed: number, restored: number, kept: { reserved: number, changed: number, signedIn: number }, nextPart: number }} Undone */
/** @typedef {"skip" | "fill" | "copies"} OnDuplicate what becomes of rows that the library has */
/** @typedef {{ id: string, name?: string, state: "open" | "finished" | "undoing" | "undone", undo?: Undone, dryRun: boolean, onDuplicate: OnDuplicate, shelf?: "favorites", enrich: boolean, format?: string, nextPart: number, bytes: number, rows: number, added: number, updated: number, skipped: number, failed: number, createdAt: string }} Import */
/** How a file is brought in. `columns` says which column of a table is which field; `enrich` has what a row lacks looked up.
 * @typedef {{ dryRun: boolean, onDuplicate?: OnDuplicate, shelf?: "favorites", enrich?: boolean, format?: string, encoding?: string, columns?: Record<string, string> }} How */
/**
 * A file that is being sent, or was.
 * - `phase`: it is `sending`; it is `waiting` for its next try at `nextTry`; it was `paused` by the reader; it was `stopped` by a
 *   problem; or all of it is `done`.
 * - `open` begins its import, or finds it.
 * - `share`: how much of the file was sent, from 0 to 1.
 * - `lookUps`: which of how many ISBNs is being looked up.
 * - `rate`, `left`: rows a second and seconds to go, by what this page has sent.
 * @typedef {{ phase: "sending" | "waiting" | "paused" | "stopped" | "done", file: File, how: How, open: () => Promise<Import>, of?: Import, share: number, rate: number, left?: number, lookUps?: [number, number], nextTry?: number, problem?: Problem | FileProblem }} Run
 */

/** The file that this tab sends. It goes on while other pages of the site are shown.
 * @type {import("../../vendor/preact-signals.js").Signal<Run | null>} */
export const run = signal(null);

/** What others may learn of the run that ends here: a new one, or somebody else's, does not go on with it. */
let turn = 0;

/** @param {Partial<Run>} change */
const now = (change) => {
  if (run.value) run.value = { ...run.value, ...change };
};

/** Whose file it is. Nobody else goes on with it. */
let owner = "";
effect(() => {
  const who = reader.value?.id || "";
  if (owner && owner !== who) leave();
  owner = who;
});

/** Forgets the file. What was sent of it stays. */
export function leave() {
  turn += 1;
  if (run.peek()) run.value = null;
}

/** Notes what became of an import, if it is the one that this tab has sent.
 * @param {Import} of */
export function noted(of) {
  if (run.peek()?.of?.id === of.id) now({ of });
}

/** Begins an import with its first part.
 * @param {File} file @param {How} how */
export function begin(file, how) {
  const name = nameOf(file);
  let isTried = false;
  return start(file, how, async () => {
    // The answer to the first try was lost: perhaps the import is there.
    const newest = isTried && (await call("listImports", { query: { limit: 1 } })).data.items[0];
    if (newest && isBegun(newest, name, how)) return newest;
    isTried = true;
    return (await call("beginImport", { body: { name, ...how } })).data;
  });
}

/** Whether an import is one that was begun like this, and has nothing yet. Its columns cannot be seen.
 * @param {Import} of @param {string | undefined} name @param {How} how */
const isBegun = (of, name, { dryRun, onDuplicate = "skip", shelf, enrich = false, format, encoding, columns }) =>
  !format &&
  !encoding &&
  !columns &&
  of.state === "open" &&
  of.nextPart === 1 &&
  of.name === name &&
  of.dryRun === dryRun &&
  of.onDuplicate === onDuplicate &&
  of.shelf === shelf &&
  of.enrich === enrich;

/** What an import of a file is called: without signs that nobody sees, and in at most 100 letters.
 * @param {File} file */
export const nameOf = (file) => [...file.name.replace(/\p{C}/gu, "").trim()].slice(0, 100).join("") || undefined;

/** Goes on with an import whose file was chosen again.
 * @param {File} file @param {string} id */
export const resume = (file, id) =>
  start(file, { dryRun: false }, async () => (await call("getImport", { path: { importId: id } })).data);

/** @param {File} file @param {How} how @param {() => Promise<Import>} open */
async function start(file, how, open) {
  leave();
  const mine = turn;
  run.value = { phase: "sending", file, how, open, share: 0, rate: 0 };
  await guarded(mine, async () => {
    const of = await open();
    if (mine !== turn) return;
    now({ of });
    await send(mine, file, of);
  });
}

/** Goes on after a pause or a problem. The library knows what it has. */
export async function goOn() {
  const { of, file, how, open } = /** @type {Run} */ (run.value);
  if (!of) return start(file, how, open);
  turn += 1;
  const mine = turn;
  now({ phase: "sending", problem: undefined });
  await guarded(mine, async () => send(mine, file, (await call("getImport", { path: { importId: of.id } })).data));
}

/** Sends no further part. The one that is under way is written. */
export function pause() {
  now({ phase: "paused" });
  turn += 1;
}

/** @param {number} mine @param {() => Promise<void>} act */
async function guarded(mine, act) {
  try {
    await act();
  } catch (problem) {
    if (!(problem instanceof Problem || problem instanceof FileProblem)) throw problem;
    if (mine !== turn) return;
    const isSignedOut = problem instanceof Problem && problem.status === 401;
    // The file is kept while the reader signs in over the page.
    if (isSignedOut) askingToSignIn.value = true;
    now(isSignedOut ? { phase: "paused" } : { phase: "stopped", problem });
  }
}

/** Sends what the library does not have yet, beginning with the last part that it has: it says whether that is this file's.
 * @param {number} mine @param {File} file @param {Import} of */
async function send(mine, file, of) {
  if (of.state !== "open") return now({ of, phase: "done", share: 1 });
  const source = sourceOf(file);
  // A file that is packed says how much of it was read, which is a little more than what was sent.
  const shareAt = (/** @type {number} */ sent) => Math.min(1, (source.isPacked ? source.read : sent) / Math.max(file.size, 1));
  const pace = { began: 0, from: 0, rows: 0 };
  let isSame = of.nextPart === 1;
  for await (const part of partsOf(source.chunks())) {
    if (mine !== turn) return;
    const sent = part.offset + part.bytes.length;
    if (part.number < of.nextPart - 1) continue;
    if (part.number === of.nextPart - 1) {
      isSame = sent === of.bytes;
      if (!isSame) break;
    }
    if (!pace.began) Object.assign(pace, { began: Date.now(), from: shareAt(part.offset) });
    const report = await sendPart(mine, of.id, part);
    if (part.number >= of.nextPart) {
      pace.rows += report.rows;
      of = added(of, report, part.number, sent);
    }
    if (!of.format) of = { ...of, format: (await call("getImport", { path: { importId: of.id } })).data.format };
    if (run.peek()?.of?.id !== of.id) return;
    const [share, seconds] = [shareAt(sent), Math.max(Date.now() - pace.began, 1) / 1000];
    now({
      of,
      share,
      rate: pace.rows / seconds,
      left: share > pace.from ? (seconds * (1 - share)) / (share - pace.from) : undefined,
    });
  }
  if (!isSame) throw new FileProblem("other-file");
  if (mine !== turn) return;
  const { data } = await call("finishImport", { path: { importId: of.id } });
  if (run.peek()?.of?.id === of.id) now({ of: data, phase: "done", share: 1 });
}

/** @param {Import} of @param {{ rows: number, added: number, updated: number, skipped: number, failed: number }} report @param {number} part @param {number} bytes */
const added = (of, report, part, bytes) => ({
  ...of,
  rows: of.rows + report.rows,
  added: of.added + report.added,
  updated: of.updated + report.updated,
  skipped: of.skipped + report.skipped,
  failed: of.failed + report.failed,
  nextPart: part + 1,
  bytes,
});

/** Nothing came back, or the library is busy: the same part is sent again. */
export const AGAIN = [0, 429, 502, 503, 504];

/** Who has to wait longer is told when to come back. */
export const LONGEST_WAIT = 120;

/** @param {number} mine @param {string} importId @param {import("./split.js").Part} part */
async function sendPart(mine, importId, part) {
  const body = new Blob([part.bytes], { type: "application/octet-stream" });
  const last = part.isLast ? { last: "true" } : {};
  const request = { path: { importId, part: String(part.number) }, body };
  try {
    const report = await patiently(mine, () => call("sendPart", { ...request, query: last }));
    if (!report.lookUp) return report;
    await lookUp(mine, report.lookUp);
    return await patiently(mine, () => call("sendPart", { ...request, query: { ...last, lookedUp: "true" } }));
  } catch (problem) {
    throw problem instanceof Problem && problem.code === "part-differs" ? new FileProblem("other-file") : problem;
  }
}

/** If no catalogue answers, so many ISBNs of a part are asked for again at its end. For a further one the catalogues are waited for. */
const MOST_LEFT = 3;

/** Has the library look up the ISBNs that a part needs, one after another: the catalogues are others'.
 * @param {number} mine @param {string[]} isbns */
async function lookUp(mine, isbns) {
  const left = /** @type {string[]} */ ([]);
  /** @param {string} isbn @param {boolean} isLast */
  const ask = async (isbn, isLast) => {
    try {
      await call("lookUp", { path: { isbn } });
    } catch (problem) {
      const code = problem instanceof Problem && problem.code;
      const mayWait = code === "catalogues-away" && (isLast || left.length < MOST_LEFT);
      if (code !== "no-such-record" && !mayWait) throw problem;
      if (mayWait && !isLast) left.push(isbn);
    }
    return { data: null };
  };
  for (const [at, isbn] of isbns.entries()) {
    // Whoever pauses goes on with the same part.
    if (mine !== turn) throw new Problem(0);
    now({ lookUps: [at + 1, isbns.length] });
    await patiently(mine, () => ask(isbn, false));
  }
  for (const isbn of [...left]) await patiently(mine, () => ask(isbn, true));
  now({ lookUps: undefined });
}

/** Makes a call until it is answered.
 * @param {number} mine @param {() => Promise<{ data: any }>} ask */
async function patiently(mine, ask) {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await ask()).data;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!AGAIN.includes(problem.status) || problem.wait > LONGEST_WAIT || mine !== turn) throw problem;
      await wait(mine, problem.wait || Math.min(2 ** (tries - 1), 30));
      if (mine !== turn) throw problem;
    }
  }
}

/** Waits, and says until when. A pause ends it.
 * @param {number} mine @param {number} seconds */
async function wait(mine, seconds) {
  const nextTry = Date.now() + seconds * 1000;
  now({ phase: "waiting", nextTry });
  while (mine === turn && Date.now() < nextTry) await new Promise((resolve) => setTimeout(resolve, 200));
  if (mine === turn) now({ phase: "sending", nextTry: undefined });
}

/** The first rows of a table, behind the names of its columns. None, if the file is no text.
 * @param {File} file @param {number} most */
export async function rowsIn(file, most) {
  for await (const chunk of sourceOf(file).chunks()) {
    const head = chunk.subarray(0, 1 << 16);
    return head.includes(0) ? [] : rowsOf(head, most);
  }
  return [];
}
