// Texts of the contract: prose with `code` and **weight**, paths that break at slashes, and JSON.

import { html } from "../shell/ui.js";

/** Prose of the contract.
 * @param {{ text: string }} props */
export const Prose = ({ text }) => html`${text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/).map(marked)}`;

/** @param {string} part */
function marked(part) {
  if (/^`.+`$/.test(part)) return html`<code>${part.slice(1, -1)}</code>`;
  if (/^\*\*.+\*\*$/.test(part)) return html`<b>${part.slice(2, -2)}</b>`;
  if (/^\*.+\*$/.test(part)) return html`<em>${part.slice(1, -1)}</em>`;
  return part;
}

/** A path. A narrow page breaks it after a slash.
 * @param {{ path: string }} props */
export const Path = ({ path }) => html`<code>${path.split(/(?<=\/)/).map((part) => html`${part}<wbr />`)}</code>`;

/** Lines of JSON or of headers, with their names in colour.
 * @param {{ text: string, label: string }} props */
export const Lines = ({ text, label }) =>
  html`<pre tabindex="0" role="region" aria-label=${label}><code>${text.split(/^(\s*"(?:[^"\\]|\\.)*"(?=: )|[\w-]+(?=: ))/m).map((part, index) => (index % 2 ? html`<span class="k">${part}</span>` : part))}</code></pre>`;

/** @param {unknown} value */
export const asJson = (value) => JSON.stringify(value, null, 2);
