// Looking a book up by its ISBN, in the catalogues that the library asks. What is typed already stays.

import { call, meta, Problem } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { Button, faultWords, html, Icon, useAction } from "../shell/ui.js";
import { useRef, useSignal } from "../vendor/preact-signals.js";
import "../shell/own-calls.js";

/** @typedef {import("../shell/form.js").Form} Form */

/** Whether the library asks any catalogue. */
export const canLookUp = Boolean(meta("catalogues"));

/** The names of the catalogues.
 * @type {Record<string, string>} */
const CATALOGUES = { dnb: "Deutsche Nationalbibliothek", openlibrary: "Open Library" };

/** A button that fills the empty fields of a form with what a catalogue knows of its ISBN, and what became of the last try. What an
 * earlier try filled in, and nobody changed, belongs to another number: it goes.
 * @param {{ form: Form, valuesOf: (book: any) => Record<string, string>, problemOf: (isbn: string) => string | undefined }} how
 * @returns {{ button: unknown, outcome: unknown }} */
export function useLookUp({ form, valuesOf, problemOf }) {
  const t = words.value;
  const isbn = form.values.isbn;
  const outcome = useSignal(/** @type {{ isbn: string, icon: string, sentence: string } | null} */ (null));
  const filled = useRef(/** @type {Record<string, string>} */ ({}));
  const now = useRef(form);
  now.current = form;
  /** Returns whether the number is still the one that was looked up. @param {string} isbn @param {Record<string, string>} known */
  const fill = (isbn, known) => {
    // What was typed while the catalogue was asked stays, too.
    const { values, set } = now.current;
    if (values.isbn !== isbn) return false;
    const old = Object.keys(filled.current).filter((field) => values[field] === filled.current[field]);
    const isFree = (/** @type {string} */ field) => !values[field].trim() || old.includes(field);
    filled.current = Object.fromEntries(Object.entries(known).filter(([field, value]) => value && isFree(field)));
    set({ ...Object.fromEntries(old.map((field) => [field, ""])), ...filled.current });
    return true;
  };
  const action = useAction(async () => {
    const wrong = problemOf(isbn);
    if (wrong) {
      outcome.value = { isbn, icon: "warning", sentence: wrong };
      return;
    }
    try {
      const { data } = await call("lookUp", { path: { isbn: isbn.replace(/[\s-]/g, "") } });
      if (!fill(isbn, valuesOf(data))) return;
      outcome.value = { isbn, icon: "tick", sentence: t.lookedUp(CATALOGUES[data.source] || data.source) };
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status === 401) throw problem;
      if (problem.status === 404) fill(isbn, {});
      outcome.value = { isbn, icon: "warning", sentence: faultWords(problem)[1] };
    }
  });
  const shown = outcome.value?.isbn === isbn ? outcome.value : null;
  return {
    button: html`<${Button} busy=${action.busy} onPress=${action.run}>${t.lookItUp}<//>`,
    outcome: html`<p class="say" role="status">${shown && html`<${Icon} name=${shown.icon} /><span>${shown.sentence}</span>`}</p>`,
  };
}
