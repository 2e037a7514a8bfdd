// Keys on the desk's page: what a scanner types, wherever the focus is, and the few keys that do something.

import { END, Strokes } from "./strokes.js";

/** @typedef {import("./scan.js").Scan} Scan */
/** @typedef {{ field: () => HTMLInputElement | null, scanned: (scan: Scan) => void, pressed: (key: string) => boolean, touched: () => void }} Needs `pressed`: does what a key stands for, and returns whether it stands for anything */

const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";

/** Listens to the keys of the whole page.
 * @param {Needs} needs
 * @returns {() => void} stops */
export function listen({ field, scanned, pressed, touched }) {
  const strokes = new Strokes();
  /** Where the word that is being typed goes, and what stood there before. @type {{ input: HTMLInputElement, value: string } | undefined} */
  let before;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;

  /** Takes a burst out of the field that it was typed into, and hands it on.
   * @param {number} time */
  const finish = (time) => {
    clearTimeout(pause);
    const scan = strokes.take(time);
    if (before) put(before.input, before.value);
    before = undefined;
    scanned(scan);
  };

  const takeTyped = (/** @type {HTMLInputElement} */ input) => {
    const text = input.value;
    put(input, "");
    strokes.forget();
    if (text.trim()) scanned({ text });
  };

  /** @param {KeyboardEvent} event */
  const heard = (event) => {
    if (event.isComposing) return;
    touched();
    const input = field();
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (isEnd(event)) {
      if (strokes.ends(event.timeStamp)) return stop(event, () => finish(event.timeStamp));
      if (strokes.endsAgain(event.timeStamp)) return stop(event);
      if (event.key === "Enter" && input && target === input) return stop(event, () => takeTyped(input));
      return;
    }
    if (writes(event)) return write(event, input, target);
    if (event.key === "Shift" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && input?.value && target === input) return stop(event, () => put(input, ""));
    if (pressed(event.key)) stop(event);
  };

  /** @param {KeyboardEvent} event @param {HTMLInputElement | null} input @param {HTMLElement} target */
  const write = (event, input, target) => {
    const isTyping = target !== input && target.matches(TYPING);
    const begins = strokes.begins(event.timeStamp);
    if (event.repeat) return strokes.forget();
    if (begins && !isTyping && event.key === " " && target !== input) return;
    if (begins && !isTyping && event.key === "?" && !input?.value && pressed("?")) return stop(event);
    const into = isTyping && target instanceof HTMLInputElement ? target : isTyping ? null : input;
    if (begins) before = into ? { input: into, value: into.value } : undefined;
    strokes.add({ key: event.key, code: event.code, shift: event.shiftKey, time: event.timeStamp });
    // From a button or the page, the sign goes into the field.
    if (!isTyping && input && target !== input) input.focus();
    clearTimeout(pause);
    pause = setTimeout(() => strokes.isBurst && finish(performance.now()), END);
  };

  addEventListener("keydown", heard, { capture: true });
  addEventListener("pointerdown", touched, { capture: true });
  return () => {
    clearTimeout(pause);
    removeEventListener("keydown", heard, { capture: true });
    removeEventListener("pointerdown", touched, { capture: true });
  };
}

/** Whether a key may end a scan: Enter and Tab, and the line ends that some scanners send as Ctrl+J and Ctrl+M.
 * @param {KeyboardEvent} event */
const isEnd = ({ key, ctrlKey }) => key === "Enter" || key === "Tab" || (ctrlKey && /^[jm]$/i.test(key));

/** Whether a key writes a sign.
 * @param {KeyboardEvent} event */
const writes = (event) =>
  [...event.key].length === 1 && !event.metaKey && (event.getModifierState("AltGraph") || (!event.ctrlKey && !event.altKey));

/** @param {KeyboardEvent} event @param {() => void} [act] */
function stop(event, act) {
  event.preventDefault();
  event.stopPropagation();
  act?.();
}

/** Sets what a field has, and tells its form.
 * @param {HTMLInputElement} input @param {string} value */
function put(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
