// The names of people whom the API names by their ids alone. Each is asked for once.

import { call } from "../../shell/api.js";
import { useEffect, useSignal } from "../../vendor/preact-signals-htm.js";

/** @typedef {import("./people.js").Person} Person */

/** @type {Map<string, Promise<Person | undefined>>} */
const asked = new Map();

/** @param {string} userId */
function ask(userId) {
  const answer =
    asked.get(userId) ||
    call("getUser", { path: { userId } }).then(
      ({ data }) => data,
      () => undefined,
    );
  asked.set(userId, answer);
  return answer;
}

/** The people with these ids, as far as they are known by now.
 * @param {(string | undefined)[]} ids @returns {Map<string, Person>} */
export function useNames(ids) {
  const names = useSignal(/** @type {Map<string, Person>} */ (new Map()));
  const wanted = [...new Set(ids)].filter((id) => id !== undefined);
  useEffect(() => {
    for (const userId of wanted)
      ask(userId).then((person) => {
        if (person && !names.value.has(userId)) names.value = new Map(names.value).set(userId, person);
      });
  }, [wanted.join()]);
  return names.value;
}
