// What rules mean, in a sentence: when a book would be due that is lent today. The library itself computes it, as it will when it lends.

import { call, Problem } from "../../shell/api.js";
import { rich } from "../../shell/i18n.js";
import { faultWords, html } from "../../shell/ui.js";
import { useEffect, useSignal } from "../../vendor/preact-signals.js";
import "./desk-calls.js";
import { dayWords, later, todayIn } from "../days.js";
import { bodyOf, problemsOf } from "./rules-values.js";
import { rulesWords } from "./rules-words.js";

/** @typedef {import("./rules-values.js").Values} Values */
/** @typedef {{ loans: { group: string, dueOn: string }[], readyOn: string, readyUntil: string }} Preview */
/** @typedef {{ rules: import("./rules-values.js").Rules, preview: Preview }} Meaning what was asked, and the answer */

const PAUSE = 400;

/** Asks what the rules of a form mean, a moment after the last change.
 * @param {Values} values */
export function useMeaning(values) {
  const known = useSignal(/** @type {{ meaning?: Meaning, problem?: Problem, off?: boolean }} */ ({}));
  const isFit = !Object.keys(problemsOf(values)).length;
  const asked = isFit ? JSON.stringify(bodyOf(values)) : "";
  useEffect(() => {
    if (!asked) {
      known.value = { ...known.value, off: true };
      return;
    }
    const abort = new AbortController();
    const body = JSON.parse(asked);
    const ask = () =>
      call("previewRules", { body, abort: abort.signal }).then(
        ({ data }) => (known.value = { meaning: { rules: body, preview: data } }),
        (problem) => {
          if (!abort.signal.aborted && problem instanceof Problem) known.value = { meaning: known.value.meaning, problem };
        },
      );
    const timer = setTimeout(ask, known.value.meaning ? PAUSE : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked]);
  return known.value;
}

/** @param {{ known: ReturnType<typeof useMeaning> }} props */
export function MeaningAside({ known }) {
  const r = rulesWords.value;
  return html`<aside class="sentence" aria-labelledby="meaning">
    <h2 id="meaning">${r.meaning}</h2>
    <div role="status">${known.off ? html`<p class="muted">${r.mendFirst}</p>` : known.problem ? html`<${Unfit} problem=${known.problem} />` : known.meaning && html`<${Sentences} ...${known.meaning} />`}</div>
    <p>${r.nothingMoves}</p>
  </aside>`;
}

/** @param {{ problem: Problem }} props */
function Unfit({ problem }) {
  const r = rulesWords.value;
  if (problem.status !== 400) return html`<p class="muted">${faultWords(problem)[1]}</p>`;
  const known = /** @type {Record<string, string>} */ (r.invalidRules);
  const sentences = new Set(problem.errors.map(({ pointer, detail }) => known[pointer.split("/")[1]] || detail));
  return [...sentences].map((sentence) => html`<p class="err">${sentence}</p>`);
}

/** @param {Meaning} props */
function Sentences({ rules, preview }) {
  const r = rulesWords.value;
  const marked = { m: (/** @type {string} */ text) => html`<mark>${text}</mark>` };
  const today = todayIn(rules.timeZone);
  const groups = preview.loans.map(({ dueOn }, index) => ({ ...rules.groups[index], dueOn })).filter(({ loans }) => loans > 0);
  const days = [...new Set(groups.map(({ dueOn }) => dueOn))];
  const moved = groups.find(({ loanDays, dueOn }) => later(today, loanDays) !== dueOn);
  const wait = later(today, rules.pickUpDays);
  const namesOf = (/** @type {string} */ day) => groups.filter(({ dueOn }) => dueOn === day).map(({ name }) => name);
  return html`${days.map(
    (day) =>
      html`<p>${rich(days.length === 1 ? r.lentToday(dayWords(day)) : r.lentTodayTo(namesOf(day), dayWords(day)), marked)}</p>`,
  )}
  ${moved && html`<p>${rich(r.dueMoved(moved.loanDays, dayWords(later(today, moved.loanDays)), dayWords(moved.dueOn)), marked)}</p>`}
  <p>${rich(r.waitsUntil(dayWords(preview.readyOn)), marked)}${wait !== preview.readyOn && ` ${r.waitMoved(dayWords(wait))}`}</p>`;
}
