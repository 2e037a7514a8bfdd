// The reader whom another page sends to the counter. Those pages need nothing else of the desk.

import { go, to } from "../../shell/router.js";
import { signal } from "../../vendor/preact-signals.js";

/** The id of that reader, until the desk has it. */
export const nextReader = signal("");

/** Opens the desk for a reader.
 * @param {string} id */
export const toDesk = (id) => {
  nextReader.value = id;
  return go(to("/desk"));
};
