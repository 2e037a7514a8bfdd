// A question over the page, for one thing that one does seldom.

import { html } from "../../shell/ui.js";
import { useEffect, useRef } from "../../vendor/preact-signals.js";

/** @param {{ id: string, title: string, close: () => void, children?: unknown }} props */
export function Dialog({ id, title, close, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    dialog.current?.showModal();
    const first = dialog.current?.querySelector("[data-first]");
    if (first instanceof HTMLElement) first.focus();
  }, []);
  return html`<dialog class="dlg" aria-labelledby=${`${id}-title`} ref=${dialog} onClose=${close}>
    <h2 id=${`${id}-title`}>${title}</h2>
    ${children}
  </dialog>`;
}
