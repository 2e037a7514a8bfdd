// The calendar of closed days: two months, which the arrow keys go through day by day.

import { announced, html } from "../../shell/ui.js";
import { useLayoutEffect, useRef, useSignal } from "../../vendor/preact-signals.js";
import {
  dayWords,
  firstOf,
  later,
  monthOf,
  monthsLater,
  monthWords,
  runsOf,
  runWords,
  sinceMonday,
  weekdayNames,
  within,
} from "../days.js";
import { datesIn, isOpen } from "./rules-values.js";
import { rulesWords } from "./rules-words.js";

/** @typedef {import("./rules-values.js").Values} Values */

/** How many days ahead a date may be closed. */
const FURTHEST = 3 * 366;
const MOST_RUNS = 12;

/** How far a key goes. @type {Record<string, (day: string, shift: boolean) => string>} */
const KEYS = {
  ArrowLeft: (day) => later(day, -1),
  ArrowRight: (day) => later(day, 1),
  ArrowUp: (day) => later(day, -7),
  ArrowDown: (day) => later(day, 7),
  Home: (day) => later(day, -sinceMonday(day)),
  End: (day) => later(day, 6 - sinceMonday(day)),
  PageUp: (day, shift) => monthsLater(day, shift ? -12 : -1),
  PageDown: (day, shift) => monthsLater(day, shift ? 12 : 1),
};

/** @param {{ values: Values, set: (change: Values) => void, today: string, due?: string, problem?: string }} props `due`: when a book is due that is lent today */
export function ClosedDays({ values, set, today, due, problem }) {
  const r = rulesWords.value;
  const month = useSignal(firstOf(today));
  // Tab comes to this day, and goes on from it to what follows the calendar.
  const at = useSignal(today);
  const moves = useRef(false);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const [earliest, latest] = [firstOf(today), later(today, FURTHEST)];
  // Before the next key comes: a key that is held goes on, whatever month it comes to.
  useLayoutEffect(() => {
    if (moves.current) /** @type {HTMLElement | null} */ (box.current?.querySelector(`[data-day="${at.value}"]`))?.focus();
    moves.current = false;
  }, [at.value, month.value]);

  const show = (/** @type {string} */ first) => {
    month.value = first;
    if (at.value < first || at.value >= monthsLater(first, 2)) at.value = first < today && first >= firstOf(today) ? today : first;
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    const key = KEYS[event.key];
    if (!key) return;
    event.preventDefault();
    const next = within(earliest, key(at.value, event.shiftKey), latest);
    if (next === at.value) return;
    moves.current = true;
    at.value = next;
    if (next < month.value) month.value = firstOf(next);
    else if (next >= monthsLater(month.value, 2)) month.value = monthsLater(firstOf(next), -1);
  };
  const press = (/** @type {string} */ day) => {
    at.value = day;
    if (day < today || day > latest) return;
    const key = `date.${day}`;
    set({ [key]: values[key] ? "" : isOpen(values, day) ? "closed" : "opened" });
  };
  const words = (/** @type {string} */ day) => {
    const exception = values[`date.${day}`];
    const open = isOpen(values, day);
    const state = exception ? (open ? r.openedThisTime : r.closed) : open ? r.open : r.closedEveryWeek;
    return [dayWords(day, true), state, day === today && r.isToday, day === due && r.isDueDay].filter(Boolean).join(", ");
  };
  const look = (/** @type {string} */ day) =>
    [
      !isOpen(values, day) && (values[`date.${day}`] ? "x" : "w"),
      values[`date.${day}`] === "opened" && "o",
      day === today && "now",
      day === due && "due",
      (day < today || day > latest) && "past",
    ]
      .filter(Boolean)
      .join(" ");
  const names = weekdayNames("long");
  const short = weekdayNames("short");
  return html`<fieldset id="dates" tabindex="-1" aria-describedby=${problem ? "dates-problem" : undefined} aria-invalid=${problem ? "true" : undefined}>
    <legend>${r.closedDates}</legend>
    <p class="muted">${r.closedDatesHow}</p>
    ${problem && html`<p class="err" id="dates-problem">${problem}</p>`}
    <div class="cal" ref=${box} onKeyDown=${move}>
      ${[month.value, monthsLater(month.value, 1)].map(
        (first) => html`<table role="grid" key=${first} aria-label=${monthWords(first)}>
          <caption aria-hidden="true">${monthWords(first)}</caption>
          <thead><tr>${short.map((name, index) => html`<th scope="col"><span aria-hidden="true">${name.replace(".", "").slice(0, 2)}</span><span class="sr">${names[index]}</span></th>`)}</tr></thead>
          <tbody>
            ${weeksOf(first).map(
              (week) => html`<tr>
                ${week.map((day) =>
                  day
                    ? html`<td class=${look(day)}><button type="button" data-day=${day} tabindex=${day === at.value ? "0" : "-1"} aria-pressed=${String(Boolean(values[`date.${day}`]))} aria-disabled=${day < today || day > latest ? "true" : undefined} aria-label=${words(day)} onClick=${() => press(day)}>${Number(day.slice(8))}</button></td>`
                    : html`<td></td>`,
                )}
              </tr>`,
            )}
          </tbody>
        </table>`,
      )}
    </div>
    <div class="inl">
      <button type="button" class="btn" disabled=${month.value <= earliest} onClick=${() => show(within(earliest, monthsLater(month.value, -2), latest))}>${r.monthsBefore}</button>
      <button type="button" class="btn" disabled=${monthsLater(month.value, 2) > latest} onClick=${() => show(monthsLater(month.value, 2))}>${r.monthsAfter}</button>
    </div>
    <${Several} values=${values} set=${set} today=${today} latest=${latest} />
    <${Runs} label=${r.closedOn} days=${datesIn(values, "closed").filter((day) => day >= today)} />
    <${Runs} label=${r.openedOn} days=${datesIn(values, "opened").filter((day) => day >= today)} />
  </fieldset>`;
}

/** The weeks of a month, from Monday on; empty where a day is of another month.
 * @param {string} first @returns {string[][]} */
function weeksOf(first) {
  const days = [...Array.from({ length: sinceMonday(first) }, () => ""), ...monthOf(first)];
  while (days.length % 7) days.push("");
  return Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
}

/** Closes days that follow each other.
 * @param {{ values: Values, set: (change: Values) => void, today: string, latest: string }} props */
function Several({ values, set, today, latest }) {
  const r = rulesWords.value;
  const [from, to] = [useSignal(""), useSignal("")];
  const fits = from.value >= today && to.value >= from.value && to.value <= latest;
  const close = () => {
    /** @type {Values} */
    const change = {};
    for (let day = from.value; day <= to.value; day = later(day, 1)) if (isOpen(values, day)) change[`date.${day}`] = "closed";
    set(change);
    announced.value = r.daysClosed(Object.keys(change).length);
    from.value = to.value = "";
  };
  const field = (
    /** @type {string} */ id,
    /** @type {string} */ label,
    /** @type {import("../../vendor/preact-signals.js").Signal<string>} */ day,
  ) =>
    html`<label for=${id}>${label}</label><input class="cell mid" id=${id} type="date" min=${today} max=${latest} value=${day.value} onInput=${(/** @type {any} */ event) => (day.value = event.target.value)} />`;
  return html`<details class="several">
    <summary>${r.closeSeveral}</summary>
    <div class="inl">
      ${field("several-from", r.fromDay, from)} ${field("several-to", r.toDay, to)}
      <button type="button" class="btn" disabled=${!fits} onClick=${close}>${r.closeThem}</button>
    </div>
  </details>`;
}

/** The days in words, so that one need not page through three years.
 * @param {{ label: string, days: string[] }} props */
function Runs({ label, days }) {
  const r = rulesWords.value;
  const runs = runsOf(days);
  if (!runs.length) return null;
  const more = runs.length - MOST_RUNS;
  return html`<p class="muted">${label} ${runs.slice(0, MOST_RUNS).map(runWords).join(", ")}${more > 0 ? `, ${r.andMore(more)}` : ""}.</p>`;
}
