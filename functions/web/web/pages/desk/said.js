// What came of a scan, to be read from 80 cm: a shape and a colour for each kind, then the words.

import { language } from "../../shell/i18n.js";
import { to } from "../../shell/router.js";
import { Cover, faultWords, html, titleOf } from "../../shell/ui.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { firstNameOf, nameOf } from "./people.js";

/** @typedef {import("./counter.js").Outcome} Outcome */
/** @typedef {import("./counter.js").Answer} Answer */

/** The names, titles and numbers of an outcome.
 * @param {Outcome} outcome @returns {any} */
function factsOf({ facts }) {
  const { person, promisedTo, displaced, holder, problem } = facts;
  const other = promisedTo || displaced || holder;
  return {
    ...facts,
    who: person ? firstNameOf(person) : "",
    whole: person ? nameOf(person) : "",
    other: other ? nameOf(other) : "",
    title: facts.title || "",
    author: facts.author || "",
    reason: problem ? faultWords(problem)[1] : "",
  };
}

/** The words of an outcome: its first line, the sentence, and what else there is to say.
 * @param {Outcome} outcome @returns {{ kick: string, sentence: string, lines: string[] }} */
export function wordsOf(outcome) {
  const d = deskWords.value;
  const facts = factsOf(outcome);
  const table = /** @type {Record<string, (facts: any) => string[]>} */ (d.outcomes);
  const [kick, sentence, line] = table[outcome.name](facts);
  if (!outcome.facts.reasons?.length) return { kick, sentence, lines: line ? [line] : [] };
  const reasons = /** @type {any[]} */ (outcome.facts.reasons).map((reason) => reasonWords(reason, outcome));
  return {
    kick,
    sentence: reasons[0][0],
    lines: [reasons[0][1], ...reasons.slice(1).map((words) => words.filter(Boolean).join(": ")), sentence].filter(Boolean),
  };
}

/** @param {{ code: string, detail?: string, readers?: any[], reason?: string }} reason @param {Outcome} outcome */
function reasonWords({ code, readers, detail, reason }, outcome) {
  const table = /** @type {Record<string, (facts: any) => string[]>} */ (deskWords.value.reasons);
  const { person } = outcome.facts;
  const facts = {
    ...factsOf(outcome),
    other: readers?.length ? nameOf(readers[0]) : "",
    reason: reason || person?.blocked?.reason || "",
  };
  return table[code] ? table[code](facts) : [detail || code, ""];
}

/** What an answer is called.
 * @param {Answer} answer */
export function answerWords({ name, facts }) {
  const d = deskWords.value;
  if (facts?.book) return titleOf(facts.book);
  const known = /** @type {Record<string, string | ((who: string) => string)>} */ (d.answers)[name];
  if (typeof known === "function") return known(firstNameOf(facts?.person));
  return known || nameOf(facts?.person);
}

/** What is said beside an answer: a reader's card, or the day that a loan is due.
 * @param {Answer} answer */
function besideAnswer({ name, facts }) {
  const d = deskWords.value;
  if (facts?.due) return d.dueOn(facts.due);
  if (name === "aReaderFound" && facts?.person.card) return d.cardNumber(facts.person.card);
  return facts?.book?.author || "";
}

/** Outcomes whose answers are a list to choose from. */
const LISTS = ["found", "whoBrings", "allOut", "allAside"];

/** @param {{ outcome: Outcome, choose: (outcome: Outcome, index: number) => void }} props */
export function Say({ outcome, choose }) {
  const d = deskWords.value;
  const { kind, book, due, answers } = outcome;
  const { kick, sentence, lines } = wordsOf(outcome);
  return html`<div class=${`say ${kind}`} role=${kind === "stop" ? "alert" : "status"} key=${outcome.id}>
    ${book ? html`<${Cover} book=${book} px=${88} />` : html`<span></span>`}
    <div>
      <div class="kick">
        <${KindIcon} kind=${kind} />${kick}<span class="tone"><${DeskIcon} name="sound" />${d.tones[kind]}</span>
      </div>
      <h2><bdi>${sentence}</bdi></h2>
      ${lines.map((line) => html`<p><bdi>${line}</bdi></p>`)}
      ${answers.length > 0 && (LISTS.includes(outcome.name) ? html`<${Options} outcome=${outcome} choose=${choose} />` : html`<${Answers} outcome=${outcome} choose=${choose} />`)}
    </div>
    ${due ? html`<${Stamp} day=${due} />` : html`<span></span>`}
  </div>`;
}

/** @param {{ kind: string }} props */
const KindIcon = ({ kind }) =>
  kind === "done" || kind === "quiet"
    ? html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" fill="currentColor" stroke="none" /><path class="in" d="m7.5 12.3 3 3 6-6.5" /></svg>`
    : html`<${DeskIcon} name=${kind} />`;

/** The answers to a question, as buttons with their digits.
 * @param {{ outcome: Outcome, choose: (outcome: Outcome, index: number) => void }} props */
const Answers = ({ outcome, choose }) =>
  html`<div class="row">
    ${outcome.answers.map((answer, index) =>
      answer.page
        ? html`<a class=${answer.main ? "btn big main" : "btn big"} href=${to(answer.page)}>${answerWords(answer)}<kbd>${index + 1}</kbd></a>`
        : html`<button type="button" class=${answer.main ? "btn big main" : "btn big"} onClick=${() => choose(outcome, index)}>${answerWords(answer)}<kbd>${index + 1}</kbd></button>`,
    )}
  </div>`;

/** Answers that are people or books.
 * @param {{ outcome: Outcome, choose: (outcome: Outcome, index: number) => void }} props */
const Options = ({ outcome, choose }) =>
  html`<ul class="opts">
    ${outcome.answers.map(
      (answer, index) =>
        html`<li><button type="button" class="btn" onClick=${() => choose(outcome, index)}><kbd>${index + 1}</kbd><bdi>${answerWords(answer)}</bdi><small>${besideAnswer(answer)}</small></button></li>`,
    )}
  </ul>`;

/** The day that a book is due, like the stamp on the old slip.
 * @param {{ day: string }} props */
export function Stamp({ day }) {
  const part = (/** @type {Intl.DateTimeFormatOptions} */ options) =>
    new Intl.DateTimeFormat(language.value === "en" ? "en-GB" : language.value, {
      timeZone: "UTC",
      ...options,
    }).format(new Date(day));
  return html`<div class="stamp"><span>${deskWords.value.untilWeekday(day)}</span><b>${part({ day: "numeric" }).replace(/\D/g, "")}</b><span>${part({ month: "long" })}</span></div>`;
}
