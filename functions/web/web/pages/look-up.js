// Looking a book up by its ISBN, in the catalogues that the library asks. What is typed already stays.

import { call, meta, Problem } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { Button, faultWords, html, Icon, useAction } from "../shell/ui.js";
import { useRef, useSignal } from "../vendor/preact-signals-htm.js";

/** @typedef {import("../shell/form.js").Form} Form */

/** Whether the library asks any catalogue. */
export const canLookUp = Boolean(meta("catalogues"));

/** The names of the catalogues.
 * @type {Record<string, string>} */
const CATALOGUES = { dnb: "Deutsche Nationalbibliothek", openlibrary: "Open Library" };

/** A button that fills the empty fields of a form with what a catalogue knows of its ISBN, and what became of the last try.
 * @param {{ form: Form, valuesOf: (book: any) => Record<string, string>, problemOf: (isbn: string) => string | undefined }} how
 * @returns {{ button: unknown, outcome: unknown }} */
export function useLookUp({ form, valuesOf, problemOf }) {
  const t = words.value;
  const isbn = form.values.isbn;
  const outcome = useSignal(/** @type {{ isbn: string, icon: string, sentence: string } | null} */ (null));
  const now = useRef(form);
  now.current = form;
  const action = useAction(async () => {
    const wrong = problemOf(isbn);
    if (wrong) {
      outcome.value = { isbn, icon: "warning", sentence: wrong };
      return;
    }
    try {
      const { data } = await call("lookUp", { path: { isbn: isbn.replace(/[\s-]/g, "") } });
      // What was typed while the catalogue was asked stays, too.
      const { values, set } = now.current;
      if (values.isbn !== isbn) return;
      const known = Object.entries(valuesOf(data)).filter(([field, value]) => value && !values[field].trim());
      set(Object.fromEntries(known));
      outcome.value = { isbn, icon: "tick", sentence: t.lookedUp(CATALOGUES[data.source] || data.source) };
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status === 401) throw problem;
      outcome.value = { isbn, icon: "warning", sentence: faultWords(problem)[1] };
    }
  });
  const shown = outcome.value?.isbn === isbn ? outcome.value : null;
  return {
    button: html`<${Button} busy=${action.busy} onPress=${action.run}>${t.lookItUp}<//>`,
    outcome: html`<p class="say" role="status">${shown && html`<${Icon} name=${shown.icon} /><span>${shown.sentence}</span>`}</p>`,
  };
}
