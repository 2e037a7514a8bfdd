// Days of the calendar, written `2026-12-24`, and their names.

import { language } from "../shell/i18n.js";

export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const DAY = 86_400_000;

/** @param {string} day */
const noon = (day) => new Date(`${day}T12:00Z`);

/** @param {Date} date */
const written = (date) => date.toISOString().slice(0, 10);

/** @param {string} day @param {number} days */
export const later = (day, days) => written(new Date(noon(day).getTime() + days * DAY));

/** A day, or the nearest one between two others.
 * @param {string} from @param {string} day @param {string} to */
export const within = (from, day, to) => [from, day, to].sort()[1];

/** The same day of another month, or its last one.
 * @param {string} day @param {number} months */
export function monthsLater(day, months) {
  const [year, month, of] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return written(new Date(Date.UTC(year, month - 1 + months, Math.min(of, last), 12)));
}

/** The first day of a month.
 * @param {string} day */
export const firstOf = (day) => `${day.slice(0, 7)}-01`;

/** The days of a month.
 * @param {string} day one of them */
export const monthOf = (day) => {
  const first = firstOf(day);
  return Array.from({ length: Math.round((noon(monthsLater(first, 1)).getTime() - noon(first).getTime()) / DAY) }, (_, index) =>
    later(first, index),
  );
};

/** How many days a day is after Monday.
 * @param {string} day */
export const sinceMonday = (day) => (noon(day).getUTCDay() + 6) % 7;

/** @param {string} day */
export const weekdayOf = (day) => WEEKDAYS[sinceMonday(day)];

/** Today, where the clocks show a zone's time.
 * @param {string} timeZone */
export const todayIn = (timeZone) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date());

/** @param {Intl.DateTimeFormatOptions} options */
const format = (options) => {
  const formatter = new Intl.DateTimeFormat(language.value === "en" ? "en-GB" : language.value, { timeZone: "UTC", ...options });
  return (/** @type {string} */ day) => formatter.format(noon(day));
};

/** A Monday, and the six days after it. */
const WEEK = WEEKDAYS.map((_, index) => later("2024-01-01", index));

/** The names of the days of the week.
 * @param {"long" | "short" | "narrow"} weekday */
export const weekdayNames = (weekday) => WEEK.map(format({ weekday }));

/** @param {string} day */
export const monthWords = (day) => format({ month: "long", year: "numeric" })(day);

/** A day in words, with its year where that is not this one.
 * @param {string} day @param {boolean} [withYear] */
export const dayWords = (day, withYear = day.slice(0, 4) !== String(new Date().getFullYear())) =>
  format({ weekday: "long", day: "numeric", month: "long", ...(withYear && { year: "numeric" }) })(day);

/** Days that follow each other, from the first to the last of each run.
 * @param {string[]} days sorted @returns {[from: string, to: string][]} */
export function runsOf(days) {
  /** @type {[string, string][]} */
  const runs = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && later(run[1], 1) === day) run[1] = day;
    else runs.push([day, day]);
  }
  return runs;
}

/** A run of days in words: `24 – 26 December 2026`.
 * @param {[string, string]} run */
export const runWords = ([from, to]) =>
  new Intl.DateTimeFormat(language.value === "en" ? "en-GB" : language.value, {
    timeZone: "UTC",
    day: "numeric",
    month: "long",
    year: "numeric",
  }).formatRange(noon(from), noon(to));
