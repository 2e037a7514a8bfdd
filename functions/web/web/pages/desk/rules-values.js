// The rules as a form has them: one text for each thing that one may change. So two librarians' changes can be laid side by side.

import { said } from "../../shell/form.js";
import { LANGUAGES } from "../../shell/i18n.js";
import { dayWords, WEEKDAYS, weekdayNames, weekdayOf } from "../days.js";
import { rulesWords } from "./rules-words.js";

/** @typedef {Record<string, string>} Values
 * `monday` is `open` or empty, `monday.opens` a time; `date.2026-12-24` is `closed` or `opened`; `group.adults` is the name of a group,
 * and `group.adults.loans` one of its limits. A group that is not there has no name: `undefined`. */

/** @typedef {import("../library-rules.js").Group} Group */
/** @typedef {import("../library-rules.js").Rules} Rules */

/** The limits of a group: the least and the most of each. @type {Record<"loanDays" | "loans" | "renewals" | "reservations", [number, number]>} */
export const LIMITS = { loanDays: [1, 366], loans: [0, 80], renewals: [0, 20], reservations: [0, 50] };
const NUMBERS = { pickUpDays: [1, 60], reminderDays: [0, 30] };
const LONGEST_NAME = 40;
const LIBRARY = { name: 60, address: 80, phone: 40 };
const MOST_LINES = 4;
const FURTHEST_LETTER = 365;

/** The kinds of letters that may be off, and the fields of the days after which overdue letters are written. */
export const LETTERS = /** @type {const} */ (["ready", "dueSoon", "overdue"]);
export const STEPS = ["overdue.1", "overdue.2", "overdue.3"];
const MOST_DATES = 500;
export const MOST_GROUPS = 20;

/** Begins the id of a group that is not saved yet. */
const NEW = "new.";

/** @param {Rules} rules @returns {Values} */
export function valuesOf(rules) {
  /** @type {Values} */
  const values = { timeZone: rules.timeZone, pickUpDays: String(rules.pickUpDays), reminderDays: String(rules.reminderDays) };
  Object.assign(values, {
    name: rules.name,
    address: (rules.address || []).join("\n"),
    "contact.email": rules.contact?.email || "",
    "contact.phone": rules.contact?.phone || "",
    language: rules.language,
  });
  for (const kind of LETTERS) values[`letters.${kind}`] = rules.letters[kind] ? "on" : "";
  for (const [index, step] of STEPS.entries()) values[step] = String(rules.overdueDays[index] ?? "");
  for (const day of WEEKDAYS) {
    const opening = rules.openingDays[day];
    values[day] = opening ? "open" : "";
    values[`${day}.opens`] = opening?.opens || "";
    values[`${day}.closes`] = opening?.closes || "";
  }
  for (const date of rules.closedDates) values[`date.${date}`] = "closed";
  for (const date of rules.openedDates) values[`date.${date}`] = "opened";
  for (const group of rules.groups) Object.assign(values, groupValues(group.id, group));
  return values;
}

/** @param {string} id @param {Omit<Group, "id">} group @returns {Values} */
const groupValues = (id, group) => ({
  [`group.${id}`]: group.name,
  ...Object.fromEntries(
    Object.keys(LIMITS).map((limit) => [`group.${id}.${limit}`, String(group[/** @type {keyof typeof LIMITS} */ (limit)])]),
  ),
});

/** The values of one more group, with the limits of the first.
 * @param {Values} values @returns {{ key: string, values: Values }} */
export function oneMore(values) {
  const [first] = groupsIn(values);
  const id = NEW + (1 + Math.max(0, ...Object.keys(values).map((key) => Number(key.match(/^group\.new\.(\d+)$/)?.[1] || 0))));
  const limits = Object.keys(LIMITS).map((limit) => [`group.${id}.${limit}`, values[`group.${first}.${limit}`]]);
  return { key: `group.${id}`, values: { [`group.${id}`]: "", ...Object.fromEntries(limits) } };
}

/** The ids of the groups, in their order.
 * @param {Values} values */
export const groupsIn = (values) =>
  Object.keys(values).flatMap((key) => {
    const id = key.match(/^group\.((?:new\.)?[^.]+)$/)?.[1];
    return id && values[key] !== undefined ? [id] : [];
  });

/** The dates that are not as their day of the week.
 * @param {Values} values @param {"closed" | "opened"} kind */
export const datesIn = (values, kind) =>
  Object.keys(values)
    .flatMap((key) => (key.startsWith("date.") && values[key] === kind ? [key.slice(5)] : []))
    .sort();

/** @param {Values} values @returns {Rules} */
export function bodyOf(values) {
  const day = (/** @type {string} */ name) => [name, said({ opens: values[`${name}.opens`], closes: values[`${name}.closes`] })];
  const groups = groupsIn(values);
  const taken = new Set(groups);
  return {
    timeZone: values.timeZone,
    openingDays: Object.fromEntries(WEEKDAYS.filter((name) => values[name]).map(day)),
    closedDates: datesIn(values, "closed"),
    openedDates: datesIn(values, "opened"),
    groups: groups.map((id) => ({
      id: id.startsWith(NEW) ? idFor(values[`group.${id}`], taken) : id,
      name: values[`group.${id}`].trim(),
      loanDays: Number(values[`group.${id}.loanDays`]),
      loans: Number(values[`group.${id}.loans`]),
      reservations: Number(values[`group.${id}.reservations`]),
      renewals: Number(values[`group.${id}.renewals`]),
    })),
    pickUpDays: Number(values.pickUpDays),
    reminderDays: Number(values.reminderDays),
    name: values.name.trim(),
    address: linesOf(values),
    contact: said({ email: values["contact.email"].trim(), phone: values["contact.phone"].trim() }),
    language: values.language,
    letters: Object.fromEntries(LETTERS.map((kind) => [kind, Boolean(values[`letters.${kind}`])])),
    overdueDays: daysOf(values).map(Number),
  };
}

/** @param {Values} values */
const linesOf = ({ address }) =>
  address
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** The days after which overdue letters are written.
 * @param {Values} values */
const daysOf = (values) => STEPS.map((step) => values[step].trim()).filter(Boolean);

/** An id that nobody has, for a new group of that name.
 * @param {string} name @param {Set<string>} taken */
function idFor(name, taken) {
  const letters = name
    .normalize("NFD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z\d]+/g, "-");
  const wanted = letters.slice(0, 17).replace(/^-|-$/g, "") || "group";
  let id = wanted;
  for (let number = 2; taken.has(id); number += 1) id = `${wanted}-${number}`;
  taken.add(id);
  return id;
}

/** The field for each part of the body that the API may refuse.
 * @param {Values} values @returns {Record<string, string>} */
export function fieldsOf(values) {
  /** @type {Record<string, string>} */
  const fields = { "/groups": "groups", "/closedDates": "dates", "/openedDates": "dates" };
  for (const part of ["email", "phone"]) fields[`/contact/${part}`] = `contact.${part}`;
  for (const index of linesOf(values).keys()) fields[`/address/${index}`] = "address";
  for (const index of STEPS.keys()) fields[`/overdueDays/${index}`] = STEPS[index];
  fields["/overdueDays"] = STEPS[0];
  for (const day of WEEKDAYS) {
    fields[`/openingDays/${day}/opens`] = `${day}.opens`;
    fields[`/openingDays/${day}/closes`] = `${day}.closes`;
  }
  for (const [kind, pointer] of /** @type {const} */ ([
    ["closed", "/closedDates"],
    ["opened", "/openedDates"],
  ]))
    for (const index of datesIn(values, kind).keys()) fields[`${pointer}/${index}`] = "dates";
  for (const [index, id] of groupsIn(values).entries()) {
    for (const name of ["id", "name"]) fields[`/groups/${index}/${name}`] = `group.${id}`;
    for (const limit of Object.keys(LIMITS)) fields[`/groups/${index}/${limit}`] = `group.${id}.${limit}`;
  }
  return fields;
}

/** What is wrong with the values, by their fields.
 * @param {Values} values @returns {Values} */
export function problemsOf(values) {
  const r = rulesWords.value;
  const number = (/** @type {string} */ text, /** @type {number[]} */ [least, most]) =>
    (!/^\d{1,4}$/.test(text.trim()) || Number(text) < least || Number(text) > most) && r.numberBetween(least, most);
  /** @type {Record<string, string | undefined | false>} */
  const found = {};
  for (const [name, limits] of Object.entries(NUMBERS)) found[name] = number(values[name], limits);
  const tooLong = (/** @type {string} */ text, /** @type {number} */ most) => [...text.trim()].length > most;
  found.name = (!values.name.trim() || tooLong(values.name, LIBRARY.name)) && r.libraryNameProblem;
  const lines = linesOf(values);
  found.address = (lines.length > MOST_LINES || lines.some((line) => tooLong(line, LIBRARY.address))) && r.addressProblem;
  found["contact.phone"] = tooLong(values["contact.phone"], LIBRARY.phone) && r.phoneProblem;
  const days = daysOf(values).map(Number);
  for (const [index, step] of STEPS.entries())
    found[step] = (values[step].trim() || (!index && !days.length)) && number(values[step], [1, FURTHEST_LETTER]);
  if (days.some((day, index) => index > 0 && day <= days[index - 1])) found[STEPS[days.length - 1]] ||= r.laterLetters;
  for (const day of WEEKDAYS.filter((name) => values[name])) {
    const [opens, closes] = [values[`${day}.opens`], values[`${day}.closes`]];
    found[`${day}.opens`] = !opens && closes && r.bothHours;
    found[`${day}.closes`] = (opens && !closes && r.bothHours) || (opens && closes && opens >= closes && r.closesLater);
  }
  for (const id of groupsIn(values)) {
    const name = values[`group.${id}`].trim();
    found[`group.${id}`] = (!name || [...name].length > LONGEST_NAME) && r.groupName;
    for (const [limit, limits] of Object.entries(LIMITS))
      found[`group.${id}.${limit}`] = number(values[`group.${id}.${limit}`], limits);
  }
  const many = Math.max(datesIn(values, "closed").length, datesIn(values, "opened").length) > MOST_DATES;
  return said({ ...found, dates: many && r.tooManyDates });
}

/** What each value is called.
 * @param {Values} values @returns {Values} */
export function labelsOf(values) {
  const r = rulesWords.value;
  /** @type {Values} */
  const labels = { name: r.libraryName, address: r.address, "contact.email": r.contactEmail, "contact.phone": r.contactPhone };
  for (const [index, day] of WEEKDAYS.entries()) {
    const name = weekdayNames("long")[index];
    Object.assign(labels, { [day]: name, [`${day}.opens`]: r.opensOn(name), [`${day}.closes`]: r.closesOn(name) });
  }
  for (const key of Object.keys(values).filter((name) => name.startsWith("date."))) labels[key] = dayWords(key.slice(5), true);
  for (const key of Object.keys(values)) {
    const [, id, limit] = key.match(/^group\.((?:new\.)?[^.]+)(?:\.(\w+))?$/) || [];
    if (id)
      labels[key] = limit
        ? r.limitOf(values[`group.${id}`] || id, r.limits[/** @type {keyof typeof LIMITS} */ (limit)])
        : r.groupNamed(values[key] || id);
  }
  for (const kind of LETTERS) labels[`letters.${kind}`] = r.letterKinds[kind];
  for (const [index, step] of STEPS.entries()) labels[step] = r.letterAfter(index + 1);
  return { ...labels, pickUpDays: r.pickUp, reminderDays: r.reminder, language: r.language, timeZone: r.timeZone };
}

/** A value in words.
 * @param {string} field @param {string} value */
export function shown(field, value) {
  const r = rulesWords.value;
  if (WEEKDAYS.includes(field)) return value ? r.open : r.closed;
  if (field.startsWith("date.")) return value === "closed" ? r.closed : value ? r.open : r.asEveryWeek;
  if (field.startsWith("letters.")) return value ? r.on : r.off;
  if (field === "language") return /** @type {Record<string, string>} */ (LANGUAGES)[value] || value;
  return value;
}

/** The names of the values in which two sets differ.
 * @param {Values} one @param {Values} other */
export const differing = (one, other) =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => (one[key] || "") !== (other[key] || ""));

/** Whether the library is open on a day.
 * @param {Values} values @param {string} day */
export const isOpen = (values, day) =>
  values[`date.${day}`] ? values[`date.${day}`] === "opened" : values[weekdayOf(day)] === "open";
