// The words of the desk. Only the desk's pages load them.

import { words } from "../../shell/i18n.js";
import { effect } from "../../vendor/preact-signals.js";
import { followed } from "./followed-words.js";

/** @typedef {ReturnType<typeof import("../../words/en-desk.js").default>} DeskWords */

export const deskWords = await followed(
  /** @type {Record<string, () => Promise<{ default: (tools: import("../../shell/i18n.js").Tools) => DeskWords }>>} */ ({
    en: () => import("../../words/en-desk.js"),
    de: () => import("../../words/de-desk.js"),
    es: () => import("../../words/es-desk.js"),
    fr: () => import("../../words/fr-desk.js"),
  }),
);

// What the desk may be refused is said by every part that shows a problem.
effect(() => {
  Object.assign(words.value.refusals || {}, deskWords.value.deskRefusals);
});
