// Words that only some pages need. They follow the page's language.

import { language, toolsFor } from "../../shell/i18n.js";
import { effect, signal } from "../../vendor/preact-signals.js";

/** Loads words in the page's language, and again whenever that changes.
 * @template Words
 * @param {Record<string, () => Promise<{ default: (tools: import("../../shell/i18n.js").Tools) => Words }>>} files a file for each language
 * @returns {Promise<import("../../vendor/preact-signals.js").Signal<Words>>} */
export async function followed(files) {
  const wordsOf = (/** @type {string} */ wanted) => files[wanted]().then((file) => file.default(toolsFor(wanted)));
  let shown = language.value;
  const words = signal(/** @type {Words} */ (await wordsOf(shown)));
  effect(() => {
    const wanted = language.value;
    if (wanted === shown) return;
    wordsOf(wanted).then((loaded) => {
      if (language.value !== wanted) return;
      shown = wanted;
      words.value = loaded;
    });
  });
  return words;
}
