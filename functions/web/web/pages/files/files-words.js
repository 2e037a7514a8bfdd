// The words of the pages for files. Only these pages load them.

import { words } from "../../shell/i18n.js";
import { effect } from "../../vendor/preact-signals.js";
import { followed } from "../desk/followed-words.js";

/** @typedef {ReturnType<typeof import("../../words/en-files.js").default>} FilesWords */

export const filesWords = await followed(
  /** @type {Record<string, () => Promise<{ default: (tools: import("../../shell/i18n.js").Tools) => FilesWords }>>} */ ({
    en: () => import("../../words/en-files.js"),
    de: () => import("../../words/de-files.js"),
    es: () => import("../../words/es-files.js"),
    fr: () => import("../../words/fr-files.js"),
  }),
);

/** The words about an import: of a table of readers, some are others.
 * @param {{ format?: string } | undefined} of
 * @returns {FilesWords} */
export const wordsAbout = (of) =>
  of?.format === "members" ? { ...filesWords.value, ...filesWords.value.ofReaders } : filesWords.value;

// What these calls may be refused is said by every part that shows a problem.
effect(() => {
  Object.assign(words.value.refusals || {}, filesWords.value.refusals);
});
