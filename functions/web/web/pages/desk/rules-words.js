// The words of the rules. Only their page loads them.

import { words } from "../../shell/i18n.js";
import { effect } from "../../vendor/preact-signals.js";
import { followed } from "./followed-words.js";

/** @typedef {ReturnType<typeof import("../../words/en-rules.js").default>} RulesWords */

export const rulesWords = await followed(
  /** @type {Record<string, () => Promise<{ default: (tools: import("../../shell/i18n.js").Tools) => RulesWords }>>} */ ({
    en: () => import("../../words/en-rules.js"),
    de: () => import("../../words/de-rules.js"),
    es: () => import("../../words/es-rules.js"),
    fr: () => import("../../words/fr-rules.js"),
  }),
);

// What the API may refuse is said at its field.
effect(() => {
  Object.assign(words.value.invalid || {}, rulesWords.value.invalidRules);
});
