// Books go out as a file: the API's pages, one after the other.

import { call, Problem, pause } from "../../shell/api.js";
import { reader } from "../../shell/session.js";
import { Button, Fault, html, say, useTitle } from "../../shell/ui.js";
import { useEffect, useRef, useSignal } from "../../vendor/preact-signals.js";
import { FileIcon, Files } from "./files-side.js";
import { filesWords } from "./files-words.js";
import { target } from "./saving.js";
import { FileProblem } from "./split.js";

const KINDS = {
  csv: { ending: "csv", type: "text/csv" },
  jsonl: { ending: "jsonl", type: "application/jsonl" },
  marc: { ending: "mrc", type: "application/marc" },
  marcxml: { ending: "xml", type: "application/marcxml+xml" },
};

/** @typedef {keyof typeof KINDS} Kind */
/** @typedef {"all" | "old" | "own"} What */
/** How far an export is. @typedef {{ name: string, state: "running" | "done" | "stopped", pages: number, bytes: number, waits?: boolean, problem?: unknown }} Progress */

const PARAMETERS = { all: {}, old: { archived: "true" }, own: { owner: "me" } };

/** @returns {any} */
export default function ExportPage() {
  return html`<${Files} path="/export" title=${filesWords.value.export}><${Export} /><//>`;
}

function Export() {
  const f = filesWords.value;
  const what = useSignal(/** @type {What} */ ("all"));
  const kind = useSignal(/** @type {Kind} */ ("csv"));
  const progress = useSignal(/** @type {Progress | null} */ (null));
  const abort = useRef(/** @type {AbortController | null} */ (null));
  useTitle(f.export);
  useEffect(() => () => abort.current?.abort(), []);
  const isRunning = progress.value?.state === "running";
  const start = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (isRunning) return;
    abort.current = new AbortController();
    await written(
      what.value,
      kind.value,
      (change) => (progress.value = { .../** @type {Progress} */ (progress.value), ...change }),
      abort.current.signal,
    );
  };
  return html`<form class="form" onSubmit=${start}>
      <${Choice} name="what" legend=${f.whatToExport} options=${f.whats} chosen=${what} off=${isRunning} />
      <${Choice} name="kind" legend=${f.asWhat} options=${f.kinds} chosen=${kind} off=${isRunning} />
      <p class="muted">${f.exportHas}</p>
      <div class="row"><${Button} class="main big" busy=${isRunning}><${FileIcon} name="out" />${f.export}<//></div>
    </form>
    ${progress.value && html`<${Panel} progress=${progress.value} cancel=${() => abort.current?.abort()} again=${start} />`}`;
}

/** @param {{ name: string, legend: string, options: Record<string, string>, chosen: import("../../vendor/preact-signals.js").Signal<any>, off: boolean }} props */
const Choice = ({ name, legend, options, chosen, off }) =>
  html`<fieldset class="choice" disabled=${off}>
    <legend>${legend}</legend>
    ${Object.entries(options).map(([id, text]) => html`<label><input type="radio" name=${name} value=${id} checked=${chosen.value === id} onChange=${() => (chosen.value = id)} />${text}</label>`)}
  </fieldset>`;

/** @param {{ progress: Progress, cancel: () => void, again: (event: Event) => void }} props */
function Panel({ progress, cancel, again }) {
  const f = filesWords.value;
  const { name, state, pages, bytes } = progress;
  const size = f.megabytes(bytes);
  if (progress.problem instanceof FileProblem)
    return html`<p class="note" role="alert"><b>${f.fileProblems[progress.problem.code]}</b></p>`;
  if (state === "stopped" && progress.problem)
    return html`<${Fault} problem=${progress.problem} again=${() => again(new Event("submit"))} />`;
  return html`<section class="panel" aria-labelledby="exported">
    <h2 id="exported"><bdi>${name}</bdi></h2>
    <p class="muted">${state === "done" ? f.exported(pages, size) : state === "stopped" ? f.cancelled : progress.waits ? f.waitsABit : f.exporting(pages, size)}</p>
    ${
      state === "running" &&
      html`<progress aria-labelledby="exported"></progress>
      <div class="row"><button type="button" class="btn" onClick=${cancel}>${f.cancel}</button></div>`
    }
  </section>`;
}

/** Writes the file, and says how far it is.
 * @param {What} what @param {Kind} kind @param {(change: Partial<Progress>) => void} tell @param {AbortSignal} abort */
async function written(what, kind, tell, abort) {
  const { ending, type } = KINDS[kind];
  const name = `books-${new Date().toISOString().slice(0, 10)}.${ending}`;
  const to = await target(name, type);
  if (!to) return;
  const who = reader.value?.id;
  let [pages, bytes] = [0, 0];
  tell({ name, state: "running", pages, bytes, problem: undefined, waits: false });
  try {
    for await (const page of pagesOf({ format: kind, ...PARAMETERS[what] }, tell, abort)) {
      if (reader.value?.id !== who) throw new Problem(401);
      await to.write(page);
      pages += 1;
      bytes += page.size;
      tell({ pages, bytes });
    }
    await to.close();
    tell({ state: "done" });
    say(filesWords.value.exported(pages, filesWords.value.megabytes(bytes)));
  } catch (problem) {
    await to.abort();
    // What else fails is the disk.
    tell({
      state: "stopped",
      problem: abort.aborted ? undefined : problem instanceof Problem ? problem : new FileProblem("not-written"),
    });
  }
}

/** The pages of an export. A busy library is asked again, and so is one that does not answer, for a while.
 * @param {Record<string, string>} first @param {(change: { waits: boolean }) => void} tell @param {AbortSignal} abort @returns {AsyncGenerator<Blob>} */
async function* pagesOf(first, tell, abort) {
  /** @type {Record<string, string> | undefined} */
  let query = first;
  for (let tries = 0; query; ) {
    try {
      const { data, link } = await call("exportBooks", { query, abort, asFile: true });
      tries = 0;
      tell({ waits: false });
      yield data;
      const next = link?.match(/<([^>]+)>; rel="next"/)?.[1];
      query = next ? Object.fromEntries(new URL(next, location.href).searchParams) : undefined;
    } catch (problem) {
      if (!(problem instanceof Problem) || ![0, 429, 502, 503, 504].includes(problem.status) || tries > 5) throw problem;
      tell({ waits: true });
      await pause((problem.wait || 2 ** tries) * 1000);
      abort.throwIfAborted();
      tries += 1;
    }
  }
}
