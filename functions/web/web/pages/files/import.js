// Books come in from a file: a trial run that adds nothing, and then the import.

import { call, meta, Problem } from "../../shell/api.js";
import { rich, words } from "../../shell/i18n.js";
import { entry, place, placeOf, to } from "../../shell/router.js";
import { Button, Fault, faultWords, html, online, say, useLoad, useTitle } from "../../shell/ui.js";
import { useEffect, useRef, useSignal } from "../../vendor/preact-signals.js";
import { Columns } from "./columns.js";
import { FileIcon, Files, Sums } from "./files-side.js";
import { filesWords, wordsAbout } from "./files-words.js";
import { FirstRows, Rows } from "./problem-rows.js";
import { AGAIN, begin, goOn, LONGEST_WAIT, leave, noted, pause, resume, run } from "./sending.js";
import { FileProblem } from "./split.js";
import { Undo } from "./undo.js";

/** @typedef {import("./sending.js").Run} Run */
/** @typedef {import("./sending.js").Import} Import */

/** @returns {any} */
export default function ImportPage() {
  return html`<${Files} path="/import" title=${filesWords.value.import}><${Step} /><//>`;
}

/** What is shown: the file that this tab sends, an import that the address names, or the choice of a file. */
function Step() {
  useTitle(filesWords.value.import);
  const of = place.value.query.get("of");
  const known = run.value?.of?.id;
  const noted = useRef(/** @type {string | undefined} */ (undefined));
  // The address says which import it is, so that it can be gone on with after the page was closed. Whoever comes back to an address
  // without one has another file.
  useEffect(() => {
    if (of || !known) return;
    if (noted.current === known && run.value?.phase === "done") return leave();
    noted.current = known;
    readdress(known);
  }, [of, known]);
  if (run.value && (!of || !known || of === known)) return html`<${Sending} now=${run.value} />`;
  return of ? html`<${Known} key=${of} id=${of} />` : html`<${Choose} />`;
}

/** Says in the address which import is shown.
 * @param {string} [of] */
function readdress(of) {
  history.replaceState(entry(), "", to("/import", { of }));
  place.value = placeOf(new URL(location.href));
}

/** Forgets the file, and asks for another one. */
function another() {
  leave();
  readdress();
}

/** Begins a new import.
 * @param {File} file @param {import("./sending.js").How} how */
function anew(file, how) {
  readdress();
  return begin(file, how);
}

/** @param {{ at: number }} props */
const Steps = ({ at }) =>
  html`<ol class="way">${filesWords.value.steps.map((text, index) => html`<li aria-current=${index === at ? "step" : undefined}>${text}</li>`)}</ol>`;

function Choose() {
  const f = filesWords.value;
  const toFavorites = useSignal(false);
  const how = () => /** @type {import("./sending.js").How} */ ({ dryRun: true, ...(toFavorites.value && { shelf: "favorites" }) });
  return html`<${Steps} at=${0} />
    <${Drop} heading=${f.dropHere} chosen=${(/** @type {File} */ file) => begin(file, how())}>
      <p>${f.whichFiles}</p>
    <//>
    <label class="sw"><input type="checkbox" checked=${toFavorites.value} onChange=${() => (toFavorites.value = !toFavorites.value)} /><span>${f.toFavorites}</span></label>
    <p class="muted after">${f.trialFirst}</p>`;
}

/** A place for a file: dropped, or chosen.
 * @param {{ heading: string, chosen: (file: File) => void, children?: unknown }} props */
function Drop({ heading, chosen, children }) {
  const over = useSignal(false);
  const take = (/** @type {FileList | null | undefined} */ files) => files?.[0] && online.value && chosen(files[0]);
  const drop = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    over.value = false;
    take(event.dataTransfer?.files);
  };
  const drag = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    over.value = true;
  };
  return html`<label class=${over.value ? "drop over" : "drop"} onDragOver=${drag} onDragLeave=${() => (over.value = false)} onDrop=${drop}>
    <input type="file" id="file" disabled=${!online.value} onChange=${(/** @type {any} */ { target }) => take(target.files)} />
    <${FileIcon} name="in" />
    <h2>${heading}</h2>
    ${children}
    <span class="btn main big">${filesWords.value.chooseFile}</span>
  </label>`;
}

/** @param {{ now: Run }} props */
function Sending({ now }) {
  const { phase, of, how } = now;
  const isTrial = of ? of.dryRun : how.dryRun;
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  // The step is another one: who cannot see it is told.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [isTrial, phase === "done"]);
  if (phase === "done" && of)
    return html`<${Steps} at=${of.dryRun ? 1 : 3} /><${Done} of=${of} changed=${noted} heading=${heading} run=${now} />`;
  return html`<${Steps} at=${isTrial ? 1 : 2} /><${Under} now=${now} isTrial=${isTrial} heading=${heading} />`;
}

/** @param {{ now: Run, isTrial: boolean, heading: import("preact").RefObject<HTMLElement> }} props */
function Under({ now, isTrial, heading }) {
  const { phase, of, file, how, share, rate, left, lookUps, problem } = now;
  const f = wordsAbout(of);
  // Of a file that is nothing there is nothing to count.
  const isNothing = phase === "stopped" && !of?.rows;
  const isColumns = problem instanceof Problem && codeOf(problem) === "columns-unknown";
  return html`<section class="panel" aria-labelledby="under">
      <h2 id="under" tabindex="-1" ref=${heading}><bdi>${file.name}</bdi></h2>
      <p>${isTrial ? f.trialUnderWay : f.importUnderWay}${of?.format && html` ${rich(f.looksLike(f.formats[of.format] || of.format), { b: (text) => html`<b>${text}</b>` })}`}</p>
      ${!isNothing && html`<progress max="1" value=${share} aria-labelledby="under"></progress>`}
      ${!isNothing && html`<p class="muted">${f.rowsSoFar(of?.rows || 0, share)}${phase === "sending" && rate > 0 && left ? ` ${f.pace(rate, left)}` : ""}</p>`}
      ${phase === "sending" && lookUps && html`<p class="muted">${f.lookingUp(...lookUps)}</p>`}
      ${of && !isNothing && html`<${Sums} of=${of} />`}
      ${!isTrial && !isNothing && html`<p class="muted">${f.mayClose}</p>`}
      <div class="row">
        ${
          phase === "sending" || phase === "waiting"
            ? html`<${Press} name="pause" press=${pause}>${f.pause}<//>`
            : phase === "paused" && html`<${Press} name="goOn" main press=${goOn}>${f.goOn}<//>`
        }
        ${phase !== "sending" && html`<button type="button" class="btn big" onClick=${another}>${f.anotherFile}</button>`}
      </div>
    </section>
    ${phase === "waiting" && html`<p class="note wait" role="status"><b>${f.noAnswerYet}</b>${f.sendsAgain}</p>`}
    ${phase === "paused" && html`<p class="note wait" role="status"><b>${f.pausedAt(of?.rows || 0)}</b>${f.pausedWhy}</p>`}
    ${phase === "stopped" && (isColumns ? html`<${Columns} file=${file} chosen=${(/** @type {Record<string, string>} */ columns) => anew(file, { ...how, columns })} />` : html`<${Stopped} problem=${problem} />`)}
    ${isTrial && phase === "stopped" && html`<${Otherwise} now=${now} />`}`;
}

/** A button that opens how the file is read. Few need it, so it comes when it is asked for.
 * @param {{ now: Run }} props */
function Otherwise({ now: { file, how } }) {
  const isOpen = useSignal(false);
  const reading = useLoad(async () => isOpen.value && (await import("./reading.js")), [isOpen.value]);
  if (reading.problem) return html`<${Fault} problem=${reading.problem} again=${reading.again} level="h3" />`;
  if (reading.data)
    return html`<${reading.data.Reading} how=${how} chosen=${(/** @type {import("./sending.js").How} */ how) => anew(file, how)} />`;
  return html`<button type="button" class="btn" onClick=${() => (isOpen.value = true)}>${filesWords.value.readOtherwise}</button>`;
}

/** @param {{ name: "pause" | "goOn", main?: boolean, press: () => void, children?: unknown }} props */
const Press = ({ name, main, press, children }) =>
  html`<button type="button" class=${`btn big ${main ? "main" : ""}`} onClick=${press}><${FileIcon} name=${name} />${children}</button>`;

/** The code at the start of what the API says about a file.
 * @param {Problem} problem */
const codeOf = (problem) => problem.detail.match(/^([a-z-]+): /)?.[1] || "";

/** Why nothing more is sent.
 * @param {{ problem: unknown }} props */
function Stopped({ problem }) {
  const f = filesWords.value;
  if (problem instanceof FileProblem) return html`<${Wrong} title=${f.cannotGoOn} text=${f.fileProblems[problem.code]} />`;
  if (!(problem instanceof Problem)) throw problem;
  const code = codeOf(problem);
  if (problem.status === 400 && code)
    // What the API says about one file is in English.
    return html`<${Wrong} title=${f.notTaken} text=${f.fileProblems[code] || f.notTakenWhy} detail=${problem.detail.slice(code.length + 2)} />`;
  if (problem.status === 429 && problem.wait > LONGEST_WAIT)
    return html`<${Wrong} title=${words.value.slower} text=${f.enoughToday} />`;
  if (AGAIN.includes(problem.status) || problem.status >= 500) return html`<${Fault} problem=${problem} again=${goOn} />`;
  return html`<${Wrong} title=${faultWords(problem)[0]} text=${faultWords(problem)[1]} />`;
}

/** @param {{ title: string, text: string, detail?: string }} props */
const Wrong = ({ title, text, detail }) =>
  html`<div class="note" role="alert"><b>${title}</b><p>${text}</p>${detail && html`<p class="small muted"><bdi lang="en">${detail}</bdi></p>`}</div>`;

/** What became of a file.
 * @param {{ of: Import, changed: (of: Import) => void, heading: import("preact").RefObject<HTMLElement>, run?: Run }} props */
function Done({ of, changed, heading, run: now }) {
  const f = wordsAbout(of);
  const areReaders = of.format === "members";
  const onDuplicate = useSignal(/** @type {import("./sending.js").OnDuplicate} */ ("skip"));
  const isChange = !of.added && of.updated > 0;
  const areIn = of.shelf ? f.favoritesAreIn(of.added) : isChange ? f.booksAreChanged(of.updated) : f.booksAreIn(of.added);
  const title = of.dryRun || of.undo ? of.name || f.aFile : areIn;
  useEffect(() => say(of.dryRun ? f.trialDone(of.rows, of.added, of.failed) : areIn), [of.id]);
  const hasRows = of.failed > 0 || of.skipped > 0 || of.added > 0 || of.updated > 0;
  const mayLookUp = meta("catalogues") && !of.enrich && !of.shelf && !areReaders;
  const doesSome = of.added > 0 || onDuplicate.value !== "skip";
  return html`<section class=${of.dryRun ? "panel" : "panel in"} aria-labelledby="became">
      <h2 id="became" tabindex="-1" ref=${heading}><bdi>${title}</bdi></h2>
      <p>${of.format && rich(f.looksLike(f.formats[of.format] || of.format), { b: (text) => html`<b>${text}</b>` })} ${f.rowsIn(of.rows)}</p>
      ${of.dryRun && of.nextPart > 2 && html`<p class="muted">${f.trialKnowsNot}</p>`}
    </section>
    <${Sums} of=${of} />
    ${areReaders && of.added > 0 && !of.undo && html`<p class="muted">${f.lettersGo}</p>`}
    ${of.dryRun && now && !of.shelf && !areReaders && of.skipped > 0 && html`<${Duplicates} chosen=${onDuplicate} />`}
    <div class="row save">
      ${
        of.dryRun
          ? now &&
            doesSome &&
            html`<${Button} class="main big" onPress=${() => anew(now.file, { ...now.how, dryRun: false, onDuplicate: onDuplicate.value })}>
              ${of.shelf ? f.makeFavorites(of.added) : of.added ? f.importThem(of.added) : f.updateThem}<//>`
          : of.added > 0 &&
            !of.undo &&
            !areReaders &&
            html`<a class="btn main big" href=${of.shelf ? to("/me") : to("/search", { sort: "new" })}>${f.lookAtThem}</a>`
      }
      <button type="button" class="btn big" onClick=${another}>${f.anotherFile}</button>
      ${of.dryRun && html`<span class="muted">${doesSome ? f.nothingWritten : f.nothingToAdd}</span>`}
    </div>
    <${Undo} key=${`undo ${of.id}`} of=${of} changed=${changed} />
    ${of.dryRun && now && html`<div class="row">${mayLookUp && html`<button type="button" class="btn" onClick=${() => anew(now.file, { ...now.how, enrich: true })}>${f.lookUpMissing}</button>`}<${Otherwise} now=${now} /></div>`}
    ${of.dryRun && areReaders && now && html`<${FirstRows} file=${now.file} />`}
    ${hasRows && html`<${Rows} key=${of.id} of=${of} had=${canMend(of) && now} />`}`;
}

/** Whether rows that failed can be mended here: those of a table, once the others are in.
 * @param {Import} of */
const canMend = (of) => !of.dryRun && !of.undo && !["jsonl", "marc", "marcxml", "isbn", "librarything"].includes(of.format || "");

/** What becomes of rows that the library has.
 * @param {{ chosen: import("../../vendor/preact-signals.js").Signal<import("./sending.js").OnDuplicate> }} props */
function Duplicates({ chosen }) {
  const f = filesWords.value;
  const ids = /** @type {import("./sending.js").OnDuplicate[]} */ (["skip", "fill", "copies"]);
  return html`<fieldset class="choice">
    <legend>${f.booksHereAlready}</legend>
    ${ids.map((id) => html`<label><input type="radio" name="duplicates" checked=${chosen.value === id} onChange=${() => (chosen.value = id)} /><span>${f.onDuplicate[id]}</span></label>`)}
  </fieldset>`;
}

/** An import that the address names: what became of it, or how it goes on.
 * @param {{ id: string }} props */
function Known({ id }) {
  const f = filesWords.value;
  const loaded = useLoad(async (abort) => (await call("getImport", { path: { importId: id }, abort })).data, [id]);
  const heading = useRef(null);
  const of = /** @type {Import | undefined} */ (loaded.data);
  if (loaded.problem) return html`<${Fault} problem=${loaded.problem} again=${loaded.again} />`;
  if (!of) return html`<p class="muted" role="status">${f.reading}</p>`;
  if (of.state !== "open")
    return html`<${Steps} at=${of.dryRun ? 1 : 3} /><${Done} of=${of} changed=${loaded.put} heading=${heading} />`;
  return html`<${Steps} at=${of.dryRun ? 1 : 2} />
    <${Drop} heading=${f.sameFileAgain} chosen=${(/** @type {File} */ file) => resume(file, id)}>
      ${of.name && html`<p><bdi>${of.name}</bdi></p>`}
      <p>${f.goesOnAt(of.rows + 1)}</p>
    <//>
    <${Sums} of=${of} />
    <div class="row save"><button type="button" class="btn big" onClick=${another}>${f.anotherFile}</button></div>
    <${Undo} of=${of} changed=${loaded.put} />
    ${of.rows > 0 && html`<${Rows} of=${of} />`}`;
}
