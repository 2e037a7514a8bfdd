// What stands around every page, the documentation's as well: the library's mark, and the choice between light and dark.

import { html, useSignal } from "../vendor/preact-signals.js";
import { remember } from "./api.js";
import { words } from "./i18n.js";

export const Mark = () =>
  html`<svg viewBox="0 0 26 32" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5">
    <path d="M2 31V13a11 11 0 0 1 22 0v18" /><path d="M6 31V13a7 7 0 0 1 14 0v18" opacity=".45" /><path d="M0 31.25h26" />
    <path d="M8.5 24.5h9M13 24.5V19M13 19c-1.5-1.3-3.2-1.5-4.5-1.5V23M13 19c1.5-1.3 3.2-1.5 4.5-1.5V23" />
  </svg>`;

/** Light, dark, or as the system says. */
export function Looks() {
  const t = words.value;
  const look = useSignal(document.documentElement.dataset.theme || "");
  const choose = (/** @type {string} */ value) => {
    look.value = value;
    remember("theme", value || null);
    showTheme(value);
  };
  return html`<fieldset class="seg">
    <legend class="sr">${t.lightOrDark}</legend>
    ${[
      ["light", t.light],
      ["dark", t.dark],
      ["", t.auto],
    ].map(
      ([value, label]) =>
        html`<label><input type="radio" name="look" value=${value} checked=${look.value === value} onChange=${() => choose(value)} />${label}</label>`,
    )}
  </fieldset>`;
}

/** @param {string | null} theme */
function showTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

addEventListener("storage", ({ key, newValue }) => {
  if (key === "theme") showTheme(newValue);
});
