// A row that could not be taken, mended in place: it comes in as a file of its own, with the columns of the first.

import { call } from "../../shell/api.js";
import { Button, faultWords, html, Icon, say, useAction, useLoad } from "../../shell/ui.js";
import { useEffect, useRef } from "../../vendor/preact-signals.js";
import { filesWords } from "./files-words.js";
import { nameOf } from "./sending.js";
import { sourceOf } from "./source.js";
import { rowAt } from "./split.js";

/** @typedef {import("./problem-rows.js").Row} Row */
/** A file that this tab has, and how it was brought in.
 * @typedef {{ file: File, how: import("./sending.js").How }} Had */

/** Brings one row in. Returns what became of it.
 * @param {Had} had @param {string[]} names @param {string[]} cells @returns {Promise<{ outcome: Row["outcome"], problems: Row["problems"] }>} */
async function bringIn({ file, how }, names, cells) {
  const line = (/** @type {string[]} */ texts) => `${texts.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")}\r\n`;
  // What is typed here is UTF-8, whatever the file is in.
  const body = new Blob([line(names), line(cells)], { type: "application/octet-stream" });
  const { data: of } = await call("beginImport", { body: { name: nameOf(file), ...how, enrich: false, encoding: "utf-8" } });
  const { data } = await call("sendPart", { path: { importId: of.id, part: "1" }, query: { last: "true" }, body });
  await call("finishImport", { path: { importId: of.id } });
  const outcome = /** @type {const} */ (["added", "updated", "skipped", "failed"]).find((outcome) => data[outcome]) || "failed";
  return { outcome, problems: data.problems[0]?.problems || [] };
}

/** The names or the cells: a row may have too many cells.
 * @param {string[]} names @param {string[]} cells */
const widest = (names, cells) => (cells.length > names.length ? cells : names);

/** The row as a form.
 * @param {{ row: Row, had: Had, changed: (row: Row) => void }} props */
export function Form({ row, had, changed }) {
  const f = filesWords.value;
  const found = useLoad(
    async () => (await rowAt(sourceOf(had.file).chunks(), row.row, had.how.encoding)) || null,
    [had.file, row.row],
  );
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const isRead = Boolean(found.data);
  useEffect(() => {
    const field = form.current?.querySelector("[aria-invalid]") || form.current?.querySelector("input");
    if (field instanceof HTMLElement) field.focus();
  }, [isRead]);
  const send = useAction(async () => {
    const values = new FormData(form.current || undefined);
    const { names, cells } = /** @type {{ names: string[], cells: string[] }} */ (found.data);
    const texts = widest(names, cells).map((_, at) => String(values.get(String(at)) || ""));
    // A cell too many that is empty now is none.
    while (texts.length > names.length && !texts.at(-1)) texts.pop();
    const mended = { ...row, ...(await bringIn(had, names, texts)) };
    say(f.outcomes[mended.outcome]);
    changed(mended);
  });
  if (found.problem || found.data === null) return html`<p class="err" role="alert"><${Icon} name="warning" />${f.cannotGoOn}</p>`;
  if (!found.data) return html`<p class="muted" role="status">${f.reading}</p>`;
  const { names, cells } = found.data;
  const wrong = row.problems.map((note) => (note.pointer || "").slice(1).toLowerCase());
  return html`<form class="form" ref=${form} aria-label=${`${f.row} ${f.numberOf(row.row)}`} onSubmit=${(
    /** @type {Event} */ event,
  ) => {
    event.preventDefault();
    send.run();
  }}>
    ${widest(names, cells).map((_, at) => {
      const name = names[at] || f.numberOf(at + 1);
      const id = `mend-${row.row}-${at}`;
      return html`<div class="field"><label for=${id}>${name}</label>
        <input id=${id} name=${String(at)} defaultValue=${cells[at] || ""} aria-invalid=${wrong.includes(name.toLowerCase()) ? "true" : undefined} /></div>`;
    })}
    <${Button} class="main" busy=${send.busy}>${f.bringIn}<//>
    ${send.problem && html`<p class="err" role="alert"><${Icon} name="warning" />${faultWords(send.problem)[1]}</p>`}
  </form>`;
}
