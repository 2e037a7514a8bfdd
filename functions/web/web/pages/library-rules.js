// The rules of the library, as everybody may read them. They are asked for once.

import { CALLS, call } from "../shell/api.js";
import { signal } from "../vendor/preact-signals.js";

/** @type {typeof CALLS} */
export const RULES_CALLS = {
  getRules: ["GET", "/rules"],
};

Object.assign(CALLS, RULES_CALLS);

/** @typedef {{ id: string, name: string, loanDays: number, loans: number, reservations: number, renewals: number }} Group */
/** @typedef {{ opens?: string, closes?: string }} Opening */
/** @typedef {{ timeZone: string, openingDays: Record<string, Opening | undefined>, closedDates: string[], openedDates: string[], groups: Group[], pickUpDays: number, reminderDays: number, name: string, address?: string[], contact?: { email?: string, phone?: string }, language: string, letters: Record<string, boolean>, overdueDays: number[] }} Rules */

const known = signal(/** @type {Rules | undefined} */ (undefined));

let isAsked = false;

/** The rules, if they are there by now. Whoever shows them is shown again when they come. */
export function libraryRules() {
  if (!isAsked) {
    isAsked = true;
    call("getRules").then(
      ({ data }) => learnRules(data),
      () => (isAsked = false),
    );
  }
  return known.value;
}

/** Shows the rules as they are now.
 * @param {Rules} rules */
export const learnRules = (rules) => {
  isAsked = true;
  known.value = rules;
};
