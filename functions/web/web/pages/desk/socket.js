// Events as they happen. A line that drops is built anew, and what was missed is fetched: the ids of events are consecutive.

import { call, Problem } from "../../shell/api.js";
import "./desk-calls.js";

/** @typedef {{ id: number, type: string, time: string, actor: string, book: { id: string, title: string }, reservation?: string, place?: number, reader?: string, people?: import("./people.js").Person[] }} Event */
/** @typedef {"connecting" | "connected" | "lost"} Line */

/** A line without a message for ten minutes is closed. */
const PING = 5 * 60_000;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60_000;

/** Follows the events.
 * @param {{ heard: (events: Event[], isLate: boolean) => void, changed?: (line: Line) => void, last?: number }} needs `last`: the id of the last event that is known
 * @returns {() => void} stops */
export function follow({ heard, changed = () => {}, last }) {
  let stopped = false;
  let wait = FIRST_WAIT;
  /** @type {WebSocket | undefined} */
  let socket;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** Hands on the events that are new, in order.
   * @param {Event[]} events @param {boolean} isLate */
  const hand = (events, isLate) => {
    const added = events.filter(({ id }) => last === undefined || id > last).toSorted((one, other) => one.id - other.id);
    if (!added.length) return;
    last = added.at(-1)?.id;
    heard(added, isLate);
  };

  /** Fetches what was missed. */
  const fill = async () => {
    for (;;) {
      const { data } = await call("listEvents", { query: { after: last, limit: 100 } });
      const isFirst = last === undefined;
      hand(data.items, !isFirst);
      if (isFirst || data.items.length < 100 || stopped) return;
    }
  };

  const connect = async () => {
    changed("connecting");
    try {
      const { data } = await call("createTicket");
      if (stopped) return;
      const line = new WebSocket(data.url);
      socket = line;
      line.onopen = async () => {
        wait = FIRST_WAIT;
        changed("connected");
        ping();
        await fill().catch(() => line.close());
      };
      line.onmessage = async ({ data: text }) => {
        const { items } = JSON.parse(text);
        const first = Math.min(...items.map((/** @type {Event} */ { id }) => id));
        if (last !== undefined && first > last + 1) await fill().catch(() => line.close());
        hand(items, false);
      };
      line.onclose = again;
    } catch (problem) {
      if (problem instanceof Problem && (problem.status === 401 || problem.status === 403)) return changed("lost");
      again();
    }
  };

  const ping = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      socket?.send("ping");
      ping();
    }, PING);
  };

  const again = () => {
    clearTimeout(timer);
    if (stopped) return;
    changed("lost");
    timer = setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };

  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket?.close();
  };
}
