// The words of what is printed. Only the pages load them that print; a letter is in its reader's language.

import { toolsFor } from "../../shell/i18n.js";
import { followed } from "./followed-words.js";

/** @typedef {ReturnType<typeof import("../../words/en-paper.js").default>} PaperWords */

const FILES =
  /** @type {Record<string, () => Promise<{ default: (tools: import("../../shell/i18n.js").Tools) => PaperWords }>>} */ ({
    en: () => import("../../words/en-paper.js"),
    de: () => import("../../words/de-paper.js"),
    es: () => import("../../words/es-paper.js"),
    fr: () => import("../../words/fr-paper.js"),
  });

export const paperWords = await followed(FILES);

/** The words of another language than the page's, if there are any.
 * @param {string} language @param {string} otherwise */
export async function paperWordsIn(language, otherwise) {
  const tag = language in FILES ? language : otherwise;
  return (await FILES[tag]()).default(toolsFor(tag));
}
