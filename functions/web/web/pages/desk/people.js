// How readers are named. We know nobody's gender: a name again, never he or she.

import { deskWords } from "./desk-words.js";

/** @typedef {{ id: string, firstName?: string, lastName?: string, username?: string, card?: string, email?: string }} Person */

/** The people whom rows of a list name, by their ids.
 * @param {{ people?: Person[] }[]} rows @returns {Map<string, Person>} */
export const namesIn = (rows) => new Map(rows.flatMap(({ people }) => people || []).map((person) => [person.id, person]));

/** A reader's whole name.
 * @param {Person | undefined} person */
export function nameOf(person) {
  const name = [person?.firstName, person?.lastName].filter(Boolean).join(" ");
  return (
    name ||
    person?.username ||
    person?.email?.split("@")[0] ||
    (person?.card ? deskWords.value.cardEnding(person.card.slice(-4)) : deskWords.value.aReader)
  );
}

/** What one calls a reader.
 * @param {Person | undefined} person */
export const firstNameOf = (person) => person?.firstName || nameOf(person);

/** The first letters of a name, where others have a picture.
 * @param {Person | undefined} person */
export function initialsOf(person) {
  const words = nameOf(person).split(/\s+/).filter(Boolean);
  const first = (/** @type {string | undefined} */ word) => [...(word || "")][0] || "";
  return (first(words[0]) + (words.length > 1 ? first(words.at(-1)) : "")).toUpperCase();
}

/** What others may read on a slip: the last name, and one letter.
 * @param {Person | undefined} person */
export const slipNameOf = (person) =>
  person?.lastName && person.firstName ? `${person.lastName} ${[...person.firstName][0]}.` : nameOf(person);
