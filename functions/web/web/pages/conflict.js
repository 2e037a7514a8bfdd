// Two editors at once: what differs, yours and theirs, one choice each.

import { words } from "../shell/i18n.js";
import { Button, html, useAction, useTitle } from "../shell/ui.js";
import { useSignal } from "../vendor/preact-signals.js";
import { Refused } from "./give-up.js";

/** @typedef {Record<string, string>} Values */

/** @param {{ title: string, base: Values, mine: Values, theirs: Values, savedAt?: string, lead?: string, labels: Values, shown?: (field: string, value: string) => string, save: (chosen: Values) => Promise<unknown> }} props */
export function Conflict({ title, base, mine, theirs, savedAt, lead, labels, shown = (_, value) => value, save }) {
  const t = words.value;
  useTitle(t.twoEdited(title));
  const differing = Object.keys(labels).filter((field) => mine[field] !== theirs[field]);
  const same = Object.keys(labels).filter((field) => mine[field] === theirs[field]);
  // What only they changed is theirs already; what both changed starts with mine.
  const chosen = useSignal(
    /** @type {Values} */ (
      Object.fromEntries(differing.map((field) => [field, (mine[field] || "") === (base[field] || "") ? "theirs" : "mine"]))
    ),
  );
  const all = (/** @type {string} */ side) => (chosen.value = Object.fromEntries(differing.map((field) => [field, side])));
  const saving = useAction(() => {
    const picked = differing.map((field) => [field, chosen.value[field] === "mine" ? mine[field] : theirs[field]]);
    return save({ ...theirs, ...Object.fromEntries(picked) });
  });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    saving.run();
  };
  const option = (/** @type {string} */ field, /** @type {string} */ side, /** @type {string} */ value) =>
    html`<label>
      <input type="radio" name=${field} checked=${chosen.value[field] === side} onChange=${() => (chosen.value = { ...chosen.value, [field]: side })} />
      <span><span class="sr">${side === "mine" ? t.yoursIs : t.theirsIs} </span>${shown(field, value) ? html`<bdi>${shown(field, value)}</bdi>` : html`<span class="muted">${t.emptyField}</span>`}</span>
    </label>`;
  return html`<div class="pagehead">
      <h1>${t.twoEdited(title)}</h1>
      <p class="lead">${lead || t.twoEditedLead(savedAt || "")}</p>
    </div>
    <div class="writing">
      <form class="form wide" onSubmit=${submit}>
        <${Refused} problem=${saving.problem} />
        <div class="versus">
          <div class="th"><span></span><span>${t.yours}<small>${t.notSavedYet}</small></span><span>${t.theirs}${savedAt && html`<small>${t.savedAtTime(savedAt)}</small>`}</span></div>
          ${differing.map(
            (field) => html`<div role="radiogroup" aria-labelledby=${`${field}-label`}>
              <div id=${`${field}-label`}>${labels[field]}</div>
              ${option(field, "mine", mine[field])} ${option(field, "theirs", theirs[field])}
            </div>`,
          )}
        </div>
        ${same.length > 0 && html`<p class="small muted">${t.sameInBoth(same.map((field) => labels[field]))}</p>`}
        <div class="row">
          <${Button} class="main big" busy=${saving.busy}>${t.saveThis}<//>
          <${Button} onPress=${() => all("mine")}>${t.keepMine}<//>
          <${Button} onPress=${() => all("theirs")}>${t.takeTheirs}<//>
        </div>
      </form>
    </div>`;
}
