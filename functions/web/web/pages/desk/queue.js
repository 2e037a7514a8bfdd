// What was scanned and waits for its answer. One scan is answered at a time, in the order of scanning. What gets no answer stays
// first and is tried again with the same key; it outlives a reload and an ended session.

import { Problem } from "../../shell/api.js";

/** @typedef {import("./scan.js").Item} Item */
/** @typedef {{ item: Item, key: string, at: number, by: string, reader?: string, step?: "lend" | "back", from?: string }} Entry `key`: its Idempotency-Key. `at`: when it was scanned. `by`: the librarian. `reader`: who stood at the counter when it was first sent; empty if nobody did. `step`, `from`: what was asked of the library, so that the same is asked again */
/** @typedef {"idle" | "busy" | "offline" | "signedOut" | "old" | "foreign"} State `old`: scanned too long ago to be sent by itself. `foreign`: scanned by somebody else */
/** @typedef {{ get: () => string | null, set: (text: string | null) => void }} Store */

/** For so long a scan that got no answer is sent by itself. Later the world may have gone on without it. */
export const SENT_BY_ITSELF = 10 * 60_000;
const NEXT_TRY = 3000;
const MOST = 500;

/** Makes a queue. `act` answers a scan; it throws a Problem only if there was no answer. `atCounter` says which reader stands there.
 * @param {{ act: (entry: Entry, mark: (change: Partial<Entry>) => void) => Promise<unknown>, who: () => string, atCounter?: () => string, newKey: () => string, store: Store, changed?: () => void,
 *   now?: () => number, later?: (act: () => void, milliseconds: number) => unknown }} needs */
export function createQueue({
  act,
  who,
  atCounter = () => "",
  newKey,
  store,
  changed = () => {},
  now = Date.now,
  later = setTimeout,
}) {
  /** @type {Entry[]} */
  let entries = saved(store.get());
  /** @type {State} */
  let state = "idle";
  let nextTry = 0;
  let isSlow = false;
  /** What the librarian has seen and wants to be sent, however old it is. */
  let confirmed = 0;

  const keep = () => {
    store.set(entries.length ? JSON.stringify(entries) : null);
    changed();
  };
  /** @param {State} next */
  const set = (next) => {
    state = next;
    changed();
  };

  /** @returns {State | undefined} why the first scan may not be sent by itself */
  const obstacle = () => {
    const [first] = entries;
    if (first.at <= confirmed) return undefined;
    if (first.by !== who()) return "foreign";
    return now() - first.at > SENT_BY_ITSELF ? "old" : undefined;
  };

  /** Keeps more about the scan that is being answered.
   * @param {Partial<Entry>} change */
  const mark = (change) => {
    entries = [{ ...entries[0], ...change }, ...entries.slice(1)];
    keep();
  };

  const work = async () => {
    if (state === "busy") return;
    while (entries.length) {
      const why = obstacle();
      if (why) return set(why);
      // After a reload, the same book must not come back instead of being lent.
      mark({ reader: entries[0].reader ?? atCounter() });
      set("busy");
      try {
        await act(entries[0], mark);
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        if (problem.status === 401) return set("signedOut");
        isSlow = problem.status === 504;
        nextTry = now() + Math.max(NEXT_TRY, problem.wait * 1000);
        later(again, nextTry - now());
        return set("offline");
      }
      entries = entries.slice(1);
      keep();
    }
    set("idle");
  };

  const again = () => {
    if (state === "offline" && now() >= nextTry) work();
  };

  return {
    /** Puts scans in line. @param {Item[]} items */
    put(items) {
      const room = Math.max(0, MOST - entries.length);
      const added = items.slice(0, room).map((item) => ({ item, key: newKey(), at: now(), by: who() }));
      entries = [...entries, ...added];
      keep();
      if (state === "idle") work();
      return added;
    },
    /** Goes on after a sign-in, a reload, or when the network is back. */
    resume() {
      if (state !== "busy") work();
    },
    /** Sends what waits, although it is old or somebody else's. */
    confirm() {
      confirmed = now();
      entries = entries.map((entry) => ({ ...entry, by: who() }));
      keep();
      this.resume();
    },
    /** Drops what waits. */
    drop() {
      entries = [];
      keep();
      set("idle");
    },
    get entries() {
      return entries;
    },
    get state() {
      return state;
    },
    /** Whether the library took too long, so that nobody knows what it did. */
    get isSlow() {
      return isSlow;
    },
  };
}

/** Whether nothing is known of what a call did, or it has to wait: the same scan is sent again.
 * @param {Problem} problem */
export const isNoAnswer = ({ status }) => [0, 401, 429, 502, 503, 504].includes(status);

/** @param {string | null} text @returns {Entry[]} */
function saved(text) {
  try {
    const entries = JSON.parse(text || "[]");
    return Array.isArray(entries) ? entries.filter(({ item, key, at, by }) => item?.kind && key && at && by) : [];
  } catch {
    return [];
  }
}
