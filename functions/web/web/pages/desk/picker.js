// Choosing what is printed: one scans or types, and what is found goes on the list.

import { announced, Button, faultWords, html, useAction } from "../../shell/ui.js";
import { useRef, useSignal } from "../../vendor/preact-signals.js";
import { DeskIcon } from "./desk-icons.js";
import { paperWords } from "./paper-words.js";

/** @typedef {{ id: string, text: string, note?: string, unfit?: string }} Found `unfit`: why it cannot be printed */

/** @template {Found} T
 * @param {{ label: string, hint: string, find: (text: string) => Promise<T[]>, add: (found: T) => void }} props */
export function Picker({ label, hint, find, add }) {
  const p = paperWords.value;
  const text = useSignal("");
  const found = useSignal(/** @type {T[] | null} */ (null));
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const take = (/** @type {T} */ one) => {
    add(one);
    announced.value = p.added(one.text);
    found.value = null;
    text.value = "";
    field.current?.focus();
  };
  const search = useAction(async () => {
    const wanted = text.value.trim();
    if (!wanted) return;
    const all = await find(wanted);
    const fit = all.filter(({ unfit }) => !unfit);
    if (all.length === 1 && fit.length === 1) take(fit[0]);
    else found.value = all;
  });
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    search.run();
  };
  return html`<div class="field">
    <label for="pick">${label}</label>
    <div class="with">
      <input id="pick" value=${text.value} autocomplete="off" spellcheck=${false} maxlength="200" aria-describedby="pick-hint" ref=${field} onKeyDown=${keys} onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} />
      <${Button} busy=${search.busy} onPress=${search.run}>${p.add}<//>
    </div>
    <small id="pick-hint">${hint}</small>
    ${search.problem && html`<p class="err" role="alert">${faultWords(search.problem)[1]}</p>`}
    <div role="status">${found.value?.length === 0 && html`<p class="muted">${p.nothingFound}</p>`}</div>
    ${
      found.value &&
      found.value.length > 0 &&
      html`<ul class="rows">${found.value.map(
        (one) => html`<li key=${one.id}>
          <div><span class="t"><bdi>${one.text}</bdi></span><span class="s">${one.unfit || html`<bdi>${one.note}</bdi>`}</span></div>
          ${!one.unfit && html`<button type="button" class="btn" onClick=${() => take(one)}>${p.add}<span class="sr"> <bdi>${one.text}</bdi></span></button>`}
        </li>`,
      )}</ul>`
    }
  </div>`;
}

/** What is on the list.
 * @template {Found} T
 * @param {{ chosen: T[], set: (chosen: T[]) => void, beside?: (one: T) => unknown }} props */
export function Chosen({ chosen, set, beside = () => null }) {
  const p = paperWords.value;
  if (!chosen.length) return null;
  return html`<div class="chosen">
    <div class="sec"><h2>${p.chosen(chosen.length)}</h2><button type="button" class="btn" onClick=${() => set([])}>${p.clear}</button></div>
    <ul class="rows">${chosen.map(
      (one) => html`<li key=${one.id}>
        <div><span class="t"><bdi>${one.text}</bdi></span><span class="s"><bdi>${one.note}</bdi></span></div>
        ${beside(one)}
        <button type="button" class="btn bare" onClick=${() => set(chosen.filter((other) => other !== one))}><${DeskIcon} name="cross" /><span class="sr">${p.takeOff} <bdi>${one.text}</bdi></span></button>
      </li>`,
    )}</ul>
  </div>`;
}
