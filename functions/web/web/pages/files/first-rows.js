// The first rows of a table of readers, as this browser reads them: the library keeps no rows, and says no names.

import { html, useLoad } from "../../shell/ui.js";
import { filesWords } from "./files-words.js";
import { rowsIn } from "./sending.js";

const SHOWN = 10;

/** @param {{ file: File }} props */
export function FirstRows({ file }) {
  const f = filesWords.value;
  const loaded = useLoad(() => rowsIn(file, SHOWN), [file]);
  const [names, ...rows] = /** @type {string[][]} */ (loaded.data || []);
  if (!rows.length) return null;
  return html`<section class="rows-of" aria-labelledby="first-rows">
    <div class="sec"><h2 id="first-rows">${f.firstRows}</h2></div>
    <table class="tbl">
      <thead><tr>${names.map((name) => html`<th scope="col"><bdi>${name}</bdi></th>`)}</tr></thead>
      <tbody>${rows.map((cells) => html`<tr>${names.map((name, at) => html`<td data-l=${name}><bdi>${cells[at]}</bdi></td>`)}</tr>`)}</tbody>
    </table>
  </section>`;
}
