// The words of the desk. They follow the page's language, and only the desk's pages load them.

import { language, toolsFor, words } from "../../shell/i18n.js";
import { effect, signal } from "../../vendor/preact-signals-htm.js";

/** @typedef {ReturnType<typeof import("../../words/en-desk.js").default>} DeskWords */

/** @type {Record<string, () => Promise<{ default: (tools: import("../../shell/i18n.js").Tools) => object }>>} */
const FILES = {
  en: () => import("../../words/en-desk.js"),
  de: () => import("../../words/de-desk.js"),
  es: () => import("../../words/es-desk.js"),
  fr: () => import("../../words/fr-desk.js"),
};

/** @param {string} wanted */
const wordsOf = async (wanted) => /** @type {DeskWords} */ ((await FILES[wanted]()).default(toolsFor(wanted)));

export const deskWords = signal(await wordsOf(language.value));
let shown = language.value;

effect(() => {
  const wanted = language.value;
  if (wanted === shown) return;
  wordsOf(wanted).then((loaded) => {
    if (language.value !== wanted) return;
    shown = wanted;
    deskWords.value = loaded;
  });
});

// What the desk may be refused is said by every part that shows a problem.
effect(() => {
  Object.assign(words.value.refusals || {}, deskWords.value.deskRefusals);
});
