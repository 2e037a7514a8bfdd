// The rows of an import that need a word: as a table, and as a file. And the first rows of its file.

import { call } from "../../shell/api.js";
import { to } from "../../shell/router.js";
import { Button, Fault, faultWords, html, Icon, useAction, useLoad } from "../../shell/ui.js";
import { useRef, useSignal } from "../../vendor/preact-signals.js";
import { FileIcon } from "./files-side.js";
import { filesWords } from "./files-words.js";
import { csvOf, saved } from "./saving.js";
import { rowsIn } from "./sending.js";

/** @typedef {{ code: string, pointer?: string, detail: string, value?: string }} Note */
/** @typedef {{ row: number, line?: number, outcome: "added" | "updated" | "skipped" | "failed", problems: Note[] }} Row */

/** How many rows are shown at once. */
const SHOWN = 50;

/** The rows of an import, a page after the other.
 * @param {string} importId @param {AbortSignal} [abort] @returns {AsyncGenerator<Row>} */
async function* rowsOf(importId, abort) {
  let cursor;
  do {
    const { data } = await call("listImportProblems", { path: { importId }, query: { cursor }, abort });
    yield* data.items;
    cursor = data.nextCursor;
  } while (cursor);
}

/** @template T @param {AsyncGenerator<T>} source @param {number} most */
async function taken(source, most) {
  const rows = [];
  for (let i = 0; i < most; i += 1) {
    const { done, value } = await source.next();
    if (done) return { rows, isAll: true };
    rows.push(value);
  }
  return { rows, isAll: false };
}

/** @param {AsyncGenerator<Row>} rows @param {string} outcome */
async function* only(rows, outcome) {
  for await (const row of rows) if (!outcome || row.outcome === outcome) yield row;
}

/** `had`: the file, if this tab has it. Its rows can be mended then.
 * @param {{ of: import("./sending.js").Import, had?: import("./mending.js").Had }} props */
export function Rows({ of, had }) {
  const f = filesWords.value;
  const outcome = useSignal("");
  const chips = { "": f.allOfThem, failed: f.failedOnly(of.failed), skipped: f.skippedOnly(of.skipped), added: f.addedWithNote };
  return html`<section class="rows-of" aria-labelledby="rows">
    <div class="sec"><h2 id="rows">${f.worthALook}</h2><${Download} of=${of} /></div>
    <div class="chips" role="group" aria-label=${f.worthALook}>
      ${Object.entries(chips).map(([id, text]) => html`<label><input type="radio" name="outcome" value=${id} checked=${outcome.value === id} onChange=${() => (outcome.value = id)} />${text}</label>`)}
    </div>
    <${Table} key=${of.id + outcome.value} of=${of} outcome=${outcome.value} had=${had} />
  </section>`;
}

/** @param {{ of: import("./sending.js").Import, outcome: string, had?: import("./mending.js").Had }} props */
function Table({ of, outcome, had }) {
  const f = filesWords.value;
  const source = useSignal(/** @type {AsyncGenerator<Row> | null} */ (null));
  const first = useLoad((abort) => {
    source.value = only(rowsOf(of.id, abort), outcome);
    return taken(source.value, SHOWN);
  }, []);
  const more = useAction(async () => {
    const next = await taken(/** @type {AsyncGenerator<Row>} */ (source.value), SHOWN);
    first.put({ rows: [...(first.data?.rows || []), ...next.rows], isAll: next.isAll });
  });
  const changed = (/** @type {Row} */ row) => {
    const { rows = [], isAll = true } = first.data || {};
    first.put({ rows: rows.map((old) => (old.row === row.row ? row : old)), isAll });
  };
  if (first.problem) return html`<${Fault} problem=${first.problem} again=${first.again} level="h3" />`;
  if (!first.data) return html`<p class="muted" role="status">${f.reading}</p>`;
  if (!first.data.rows.length) return html`<p class="empt">${f.nothingToSay}</p>`;
  return html`<table class="tbl">
      <thead><tr><th scope="col">${f.row}</th><th scope="col">${of.dryRun ? f.wouldBe : f.was}</th><th scope="col">${f.why}</th></tr></thead>
      <tbody>${first.data.rows.map((row) => html`<${OneRow} key=${row.row} row=${row} had=${had} changed=${changed} />`)}</tbody>
    </table>
    ${!first.data.isAll && html`<div class="more"><${Button} busy=${more.busy} onPress=${more.run}>${f.showMore}<//></div>`}
    ${more.problem && html`<p class="err" role="alert"><${Icon} name="warning" />${faultWords(more.problem)[1]}</p>`}`;
}

const TONES = { added: "fine", updated: "fine", skipped: "", failed: "late" };

/** @param {{ row: Row, had?: import("./mending.js").Had, changed: (row: Row) => void }} props */
function OneRow({ row, had, changed }) {
  const f = filesWords.value;
  const outcome = useRef(/** @type {HTMLElement | null} */ (null));
  const mended = (/** @type {Row} */ row) => {
    changed(row);
    outcome.current?.focus();
  };
  return html`<tr>
    <td class="num" data-l=${f.row}>${f.numberOf(row.row)}${row.line && html` <small class="muted">${f.onLine(row.line)}</small>`}</td>
    <td><span class=${`word ${TONES[row.outcome]}`} tabindex="-1" ref=${outcome}><${FileIcon} name=${row.outcome} />${f.outcomes[row.outcome]}</span></td>
    <td>${row.problems.map((note) => html`<p>${wordsOf(note)}${note.value && html` <q><bdi>${note.value}</bdi></q>`}${linkOf(note)}</p>`)}
      ${had && row.outcome === "failed" && html`<${Mend} row=${row} had=${had} changed=${mended} />`}</td>
  </tr>`;
}

/** A button that opens the row as a form. Few need it, so it comes when it is asked for.
 * @param {{ row: Row, had: import("./mending.js").Had, changed: (row: Row) => void }} props */
function Mend({ row, had, changed }) {
  const isOpen = useSignal(false);
  const mending = useLoad(async () => isOpen.value && (await import("./mending.js")), [isOpen.value]);
  if (mending.problem) return html`<${Fault} problem=${mending.problem} again=${mending.again} level="h3" />`;
  if (mending.data) return html`<${mending.data.Form} row=${row} had=${had} changed=${changed} />`;
  return html`<button type="button" class="btn" onClick=${() => (isOpen.value = true)}><${FileIcon} name="updated" />${filesWords.value.mend}</button>`;
}

/** A problem in the reader's language.
 * @param {Note} note */
export function wordsOf({ code, detail }) {
  const f = filesWords.value;
  const notes = /** @type {Record<string, string>} */ (f.notes);
  const other = detail.match(/\brow (\d+)\b/)?.[1];
  if (code === "duplicate-in-file" && other) return f.sameAsRow(Number(other));
  return notes[code] || detail;
}

/** The book or the reader that a problem names.
 * @param {Note} note */
function linkOf({ detail }) {
  const [, kind, id] = detail.match(/\bthe (book|reader) ([0-9a-f-]{36})\b/) || [];
  if (!id) return null;
  const path = kind === "reader" ? "readers" : detail.includes("of the archive") ? "old-books" : "books";
  return html` <a href=${to(`/${path}/${id}`)}>${filesWords.value.seeIt}</a>`;
}

/** @param {{ of: import("./sending.js").Import }} props */
function Download({ of }) {
  const f = filesWords.value;
  const save = useAction(async () => {
    const lines = [f.csvColumns];
    for await (const { row, line, outcome, problems } of rowsOf(of.id))
      for (const note of problems)
        lines.push([
          String(row),
          String(line ?? ""),
          f.outcomes[outcome],
          (note.pointer || "").slice(1),
          wordsOf(note),
          note.value || "",
        ]);
    saved(`${(of.name || "import").replace(/\.[^.]*$/, "")}.problems.csv`, csvOf(lines));
  });
  return html`<div class="end">
    <${Button} class="bare" busy=${save.busy} onPress=${save.run}><${FileIcon} name="in" />${f.asCsv}<//>
    ${save.problem && html`<p class="err" role="alert"><${Icon} name="warning" />${faultWords(save.problem)[1]}</p>`}
  </div>`;
}

/** The first rows of a table, as this browser reads them: the library keeps no rows, and says no names.
 * @param {{ file: File }} props */
export function FirstRows({ file }) {
  const f = filesWords.value;
  const [names, ...rows] = /** @type {string[][]} */ (useLoad(() => rowsIn(file, 10), [file]).data || []);
  if (!rows.length) return null;
  return html`<table class="tbl">
    <caption>${f.firstRows}</caption>
    <thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows.map((cells) => html`<tr>${cells.map((cell, at) => html`<td data-l=${names[at]}>${cell}</td>`)}</tr>`)}</tbody>
  </table>`;
}
