// The library as it happens: each event when it comes, the newest first.

import { meta } from "../../shell/api.js";
import { language } from "../../shell/i18n.js";
import { withBooks } from "../../shell/loans.js";
import { to } from "../../shell/router.js";
import { Cover, html, Title, useTitle } from "../../shell/ui.js";
import { useEffect, useRef, useSignal } from "../../vendor/preact-signals.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { initialsOf, nameOf, namesIn } from "./people.js";
import { Side } from "./side.js";
import { follow } from "./socket.js";

/** @typedef {import("./socket.js").Event} Event */
/** @typedef {Event & { shown?: any, isLate: boolean, isNew: boolean }} Row */
/** @typedef {import("./people.js").Person} Person */

const MOST = 200;

/** Which events each filter shows, by the beginning of their types or by all of it. @type {Record<string, (type: string) => boolean>} */
const FILTERS = {
  all: () => true,
  loans: (type) => /^(loan|return|renewal)\.|^book\.(lent|checkedOut|returned|overdue|dueSoon|lost)|renewed/.test(type),
  reservations: (type) => /^reservation\.(?!renewed)|^book\.(reserved|putAside)|^putAside\./.test(type),
  books: (type) => /^book\.(added|changed|deleted|archived|restored|lost)/.test(type),
};

/** The drawing of each type. @type {Record<string, string>} */
const ICONS = {
  "book.lent": "lent",
  "book.checkedOut": "handedOver",
  "book.returned": "takenBack",
  "book.reserved": "aside",
  "book.putAside": "putAside",
  "book.overdue": "late",
  "book.lost": "cross",
  "book.added": "plus",
  "loan.undone": "undo",
  "return.undone": "undo",
  "renewal.undone": "undo",
  "putAside.undone": "undo",
  "reservation.renewed": "renewed",
  "reservation.cancelled": "cross",
  "reservation.lapsed": "cross",
};

/** The time of an event to the second: several happen within a minute.
 * @param {string} time */
const clockOf = (time) =>
  new Intl.DateTimeFormat(language.value === "en" ? "en-GB" : language.value, {
    timeZone: meta("zone") || "UTC",
    timeStyle: "medium",
  }).format(new Date(time));

/** @param {string} type */
export const iconOf = (type) => ICONS[type] || "quiet";

/** @param {string} type */
export const actionWords = (type) => /** @type {Record<string, string>} */ (deskWords.value.actions)[type] || type;

/** The tabs of what happens and what happened.
 * @param {{ path: string }} props */
export function LiveTabs({ path }) {
  const d = deskWords.value;
  const tabs = [
    { path: "/live", text: d.asItHappens },
    { path: "/activity", text: d.activityLog },
  ];
  return html`<nav class="tabs" aria-label=${d.live}>
    ${tabs.map((tab) => html`<a href=${to(tab.path)} aria-current=${tab.path === path ? "page" : undefined}>${tab.text}</a>`)}
  </nav>`;
}

/** @returns {any} */
export default function LivePage() {
  return html`<${Side} title=${deskWords.value.live} librarians><${Live} /><//>`;
}

function Live() {
  const d = deskWords.value;
  const rows = useSignal(/** @type {Row[]} */ ([]));
  const line = useSignal(
    /** @type {{ state: import("./socket.js").Line, since: number }} */ ({ state: "connecting", since: Date.now() }),
  );
  const filter = useSignal("all");
  const paused = useSignal(false);
  const held = useSignal(/** @type {Row[]} */ ([]));
  const hears = useRef(false);
  useTitle(d.live);

  const add = (/** @type {Row[]} */ added) => {
    rows.value = [...added.toReversed(), ...rows.value].slice(0, MOST);
  };
  useEffect(
    () =>
      follow({
        changed: (state) => {
          line.value = { state, since: Date.now() };
        },
        heard: async (events, isLate) => {
          const isNew = hears.current;
          hears.current = true;
          const added = (await withBooks(/** @type {any[]} */ (events))).map((/** @type {any} */ event) => ({
            ...event,
            isLate,
            isNew,
          }));
          if (paused.value && isNew) held.value = [...held.value, ...added];
          else add(added);
        },
      }),
    [],
  );
  const pause = () => {
    paused.value = !paused.value;
    if (paused.value) return;
    add(held.value);
    held.value = [];
  };
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== " " || (event.target instanceof Element && event.target.matches("a, button, input, select"))) return;
      event.preventDefault();
      pause();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  const { state, since } = line.value;
  const names = namesIn(rows.value);
  const shown = rows.value.filter(({ type }) => FILTERS[filter.value](type));
  return html`<h1 class="page">${d.live}</h1>
    <${LiveTabs} path="/live" />
    <div class=${`conn ${state === "lost" ? "lost" : paused.value ? "held" : ""}`} role="status">
      <span class=${`word ${state === "lost" ? "late" : "fine"}`}><${DeskIcon} name=${state === "lost" ? "late" : "done"} />${state === "lost" ? d.lostLine : paused.value ? d.paused : state === "connected" ? d.connected : d.connecting}</span>
      <span class="muted">${state === "lost" ? d.lostLineWhy : paused.value ? d.pausedWith(held.value.length) : state === "connected" ? d.connectedSince(since) : ""}</span>
      <div class="end"><button type="button" class="btn" aria-pressed=${String(paused.value)} onClick=${pause}><${DeskIcon} name=${paused.value ? "live" : "pause"} />${paused.value ? d.goOn : d.pause}</button></div>
    </div>
    <div class="tools"><div class="chips" role="group" aria-label=${d.events}>
      ${Object.entries(d.filters).map(([id, text]) => html`<label><input type="radio" name="filter" value=${id} checked=${filter.value === id} onChange=${() => (filter.value = id)} />${text}</label>`)}
    </div></div>
    ${
      shown.length
        ? html`<ol class="stream" aria-label=${d.events}>${shown.map((row, index) => html`<${EventRow} key=${row.id} row=${row} gap=${gapAbove(shown, index)} names=${names} />`)}</ol>`
        : state === "connected" && html`<p class="empt">${d.noEvents}</p>`
    }`;
}

/** The first and the last id of events that came late, above the row that follows them.
 * @param {Row[]} rows newest first @param {number} index */
function gapAbove(rows, index) {
  if (!rows[index].isLate || rows[index - 1]?.isLate) return undefined;
  let end = index;
  while (rows[end + 1]?.isLate) end += 1;
  return { from: rows[end].id, to: rows[index].id };
}

/** @param {{ row: Row, gap?: { from: number, to: number }, names: Map<string, Person> }} props */
function EventRow({ row, gap, names }) {
  const d = deskWords.value;
  const person = names.get(row.reader || row.actor);
  const by = row.reader && row.reader !== row.actor ? names.get(row.actor) : undefined;
  const beside = [by && d.byWhom(nameOf(by)), row.place && d.placeInQueue(row.place)].filter(Boolean).join(", ");
  return html`${gap && html`<li class="gapn">${d.filledIn(gap.from, gap.to)}</li>`}
    <li class=${row.isNew ? "new" : undefined}>
      <time datetime=${row.time}>${clockOf(row.time)}</time>
      <span class="face xs" aria-hidden="true">${person ? initialsOf(person) : ""}</span>
      <${Cover} book=${row.shown || row.book} px=${40} small />
      <p>
        <span class="word"><${DeskIcon} name=${iconOf(row.type)} />${actionWords(row.type)}</span>
        <span class="t"><a href=${to(`/books/${row.book.id}`)}><${Title} book=${row.shown || row.book} /></a>${person && html` ${d.forWhom(nameOf(person))}`}</span>
        <span class="s">${beside}</span>
      </p>
      <span class="no">${d.number(row.id)}</span>
    </li>`;
}
