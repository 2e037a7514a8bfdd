// Undoing an import: its books or readers go out of the library again, call by call. A call that is sent again changes nothing, so whatever
// happens on the way, it goes on.

import { call, Problem, pause } from "../../shell/api.js";
import { ask, Button, faultWords, html, Icon, say, useAction } from "../../shell/ui.js";
import { useEffect, useRef, useSignal } from "../../vendor/preact-signals.js";
import "./file-calls.js";
import { wordsAbout } from "./files-words.js";

/** @typedef {import("./sending.js").Import} Import */

/** How long to wait for the library, in milliseconds, if it does not say so. */
const PAUSE = 3000;

/** Who has to wait longer is told so, instead. */
const LONGEST_WAIT = 120;

/** How often a call is sent that gets no answer, or finds the library busy. */
const TRIES = 6;

/** Sends one call, until it is answered.
 * @param {string} importId */
async function undoSome(importId) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call("undoImport", { path: { importId } });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const isPassing = problem.status === 0 || problem.status === 429 || problem.status >= 502;
      if (!isPassing || problem.wait > LONGEST_WAIT || tries === TRIES) throw problem;
      await pause(problem.wait * 1000 || PAUSE);
    }
  }
}

/** Takes the books of an import out again, after a question; shows how far it is, and what stayed.
 * @param {{ of: Import, changed: (of: Import) => void, bare?: boolean }} props `bare`: in a line of a table */
export function Undo({ of, changed, bare }) {
  const f = wordsAbout(of);
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const result = useRef(/** @type {HTMLElement | null} */ (null));
  const isHere = useRef(true);
  const wasPressed = useSignal(false);
  useEffect(
    () => () => {
      isHere.current = false;
    },
    [],
  );
  const undo = useAction(async () => {
    dialog.current?.close();
    wasPressed.value = true;
    for (let out = of; out.state !== "undone"; ) {
      const answer = await undoSome(of.id);
      if (!isHere.current) return;
      const isStanding = answer.data.undo.nextPart === out.undo?.nextPart;
      out = answer.data;
      changed(out);
      // A part may still be coming in.
      if (isStanding && out.state !== "undone") await pause(PAUSE);
    }
  });
  // The button is gone: who pressed it is told what became of it.
  useEffect(() => {
    if (of.state !== "undone" || !wasPressed.value) return;
    result.current?.focus({ preventScroll: true });
    say(outOf(of));
  }, [of.state]);
  if (of.dryRun || (!of.undo && !of.added && !of.updated)) return null;
  if (of.state === "undone") return html`<${Out} of=${of} result=${result} bare=${bare} />`;
  const id = `undo-${of.id}`;
  const name = of.shelf ? f.removeFavorites : of.added ? f.undo : f.undoChanges;
  return html`<div class=${bare ? "undo bare" : "undo"}>
      ${(undo.busy || of.state === "undoing") && html`<${Under} of=${of} />`}
      <div class="row">
        <${Button} class=${bare ? "bare" : "big"} busy=${undo.busy} about=${bare ? of.name || f.aFile : undefined}
          onPress=${() => (of.state === "undoing" ? undo.run() : ask(dialog.current))}>${of.state === "undoing" ? f.undoGoOn : name}<//>
      </div>
      ${undo.problem && undo.problem.status !== 401 && html`<p class="err" role="alert"><${Icon} name="warning" />${faultWords(undo.problem)[1]}</p>`}
    </div>
    <dialog ref=${dialog} aria-labelledby=${id}>
      <h2 id=${id}>${of.shelf ? f.undoFavorites(of.added) : of.added ? f.undoAsk(of.added) : f.undoChangesAsk}</h2>
      ${!of.shelf && html`<p>${f.undoKeeps}</p>`}
      <div class="row">
        <button type="button" class="btn" data-safe onClick=${() => dialog.current?.close()}>${f.undoNot}</button>
        <${Button} class="red" onPress=${undo.run}>${name}<//>
      </div>
    </dialog>`;
}

/** Says what was taken out.
 * @param {Import} of */
function outOf(of) {
  const { shelf, undo, added } = of;
  const f = wordsAbout(of);
  const removed = undo?.removed || 0;
  if (shelf) return f.favoritesAreOut(removed);
  return added || !undo?.restored ? f.areOut(removed) : f.restored(undo.restored);
}

/** How far it is.
 * @param {{ of: Import }} props */
function Under({ of }) {
  const f = wordsAbout(of);
  const { removed = 0, restored = 0, kept = { reserved: 0, changed: 0, signedIn: 0 } } = of.undo || {};
  const done = removed + restored + kept.reserved + kept.changed + kept.signedIn;
  return html`<progress max="1" value=${Math.min(1, done / Math.max(of.added + of.updated, 1))} aria-label=${f.undo}></progress>
    <p class="muted">${f.undoSoFar(removed)}</p>`;
}

/** What became of it.
 * @param {{ of: Import, result: import("preact").RefObject<HTMLElement>, bare?: boolean }} props */
function Out({ of, result, bare }) {
  const f = wordsAbout(of);
  if (!of.undo) return null;
  const { restored, kept } = of.undo;
  const inUse = kept.reserved + kept.signedIn;
  return html`<div class=${bare ? "undo bare" : "panel undo"} tabindex="-1" ref=${result}>
    <p>${bare ? outOf(of) : html`<b>${outOf(of)}</b>`}</p>
    ${restored > 0 && of.added > 0 && html`<p>${f.restored(restored)}</p>`}
    ${inUse > 0 && html`<p>${f.keptReserved(inUse)}</p>`}
    ${kept.changed > 0 && html`<p>${f.keptChanged(kept.changed)}</p>`}
  </div>`;
}
