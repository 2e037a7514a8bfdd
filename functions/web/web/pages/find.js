// The field to find a book with. What helps to fill it is loaded when it is wanted.

import { words } from "../shell/i18n.js";
import { go, place, to } from "../shell/router.js";
import { html, Icon, showToast } from "../shell/ui.js";
import { useRef, useSignal } from "../vendor/preact-signals.js";

/** The field to find a book with. `q` is what the address says.
 * @param {{ big?: boolean, path?: string, label?: string, query?: Record<string, string | null> }} props */
export function Find({ big, path = "/search", label = words.value.findWhat, query = {} }) {
  const t = words.value;
  const q = place.value.path === path ? place.value.query.get("q") || "" : "";
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const suggestions = useSignal(/** @type {any} */ (null));
  const camera = useSignal(/** @type {any} */ (null));
  const isSearch = path === "/search";
  const find = (/** @type {string} */ text) => go(to(path, { ...query, q: text.trim() }));
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    find(String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("q")));
  };
  const help = async () => {
    if (isSearch) suggestions.value = await import("./suggestions.js").catch(() => null);
  };
  const scan = async () => {
    camera.value = await import("./camera.js").catch(() => showToast(t.noAnswer));
  };
  const close = () => {
    camera.value = null;
  };
  const scanned = (/** @type {string} */ isbn) => {
    close();
    find(isbn);
  };
  return html`<form class=${big ? "find big" : "find"} role="search" ref=${form} onSubmit=${submit} onInput=${help}>
    <${Icon} name="search" />
    <input type="search" name="q" role=${isSearch ? "combobox" : undefined} aria-autocomplete=${isSearch ? "list" : undefined} aria-expanded=${isSearch ? "false" : undefined} aria-label=${label} placeholder=${label} autocomplete="off" autocapitalize="none" spellcheck=${false} maxlength="200" key=${q} defaultValue=${q} enterkeyhint="search" />
    ${isSearch && navigator.mediaDevices && html`<button type="button" class="btn scan" aria-label=${t.scanBarcode} onClick=${scan}><${Icon} name="barcode" /></button>`}
    <button class="btn main">${t.search}</button>
    ${suggestions.value && html`<${suggestions.value.default} form=${form} />`}
  </form>
  ${camera.value && html`<${camera.value.default} found=${scanned} close=${close} />`}`;
}
