// Which column of a table is which field, where the API cannot see it.

import { html, Icon } from "../../shell/ui.js";
import { useEffect, useSignal } from "../../vendor/preact-signals.js";
import { filesWords } from "./files-words.js";
import { rowsIn } from "./sending.js";

/** @param {{ file: File, chosen: (columns: Record<string, string>) => void }} props */
export function Columns({ file, chosen }) {
  const f = filesWords.value;
  const names = useSignal(/** @type {string[] | null} */ (null));
  const missing = useSignal(false);
  useEffect(() => {
    rowsIn(file, 0).then(
      ([found = []]) => (names.value = found.filter(Boolean)),
      () => (names.value = []),
    );
  }, [file]);
  const send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const pairs = /** @type {[string, string][]} */ ([...new FormData(form)]).filter(([, column]) => column);
    missing.value = !pairs.some(([field]) => field === "title");
    if (missing.value) form.querySelector("select")?.focus();
    else chosen(Object.fromEntries(pairs));
  };
  if (!names.value) return null;
  if (!names.value.length)
    return html`<div class="note" role="alert"><b>${f.notTaken}</b><p>${f.fileProblems["wrong-format"]}</p></div>`;
  const options = names.value.map((name) => html`<option value=${name}>${name}</option>`);
  return html`<form class="form which" noValidate onSubmit=${send}>
    <h2>${f.whichColumn}</h2>
    <p>${f.whichColumnWhy}</p>
    ${Object.entries(f.fields).map(
      ([field, text]) => html`<div class="field">
        <label for=${`of-${field}`}>${text}</label>
        <select class="pick" id=${`of-${field}`} name=${field} aria-invalid=${field === "title" && missing.value ? "true" : undefined} aria-describedby=${field === "title" && missing.value ? "no-title" : undefined}>
          <option value="">${f.noColumn}</option>
          ${options}
        </select>
        ${field === "title" && missing.value && html`<p class="err" id="no-title"><${Icon} name="warning" />${f.titleNeeded}</p>`}
      </div>`,
    )}
    <button type="submit" class="btn main big">${f.tryThem}</button>
  </form>`;
}
