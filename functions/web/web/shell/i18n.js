// Words, numbers and days in the reader's language.
// A file of words/ is a function: it gets the tools of its language, and returns a table of sentences.

import { signal } from "../vendor/preact-signals.js";
import english from "../words/en.js";

/** @typedef {ReturnType<typeof english> & ReturnType<typeof import("../words/en-search.js").default> & ReturnType<typeof import("../words/en-book.js").default> & ReturnType<typeof import("../words/en-more.js").default>} Words */
/** @typedef {Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }} Forms */
/** @typedef {ReturnType<typeof toolsFor>} Tools */

/** The languages that ship, by their own names. */
export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español", fr: "Français" };

/** @typedef {{ default: (tools: Tools) => object }} WordFile */

/** The words that every visitor needs, those of search, those of a book's page, and those of readers' own pages and of problems.
 * @typedef {"shell" | "search" | "book" | "more"} Part */

/** The files of each language.
 * @type {Record<string, Record<Part, () => Promise<WordFile>>>} */
const FILES = {
  en: {
    shell: async () => ({ default: english }),
    search: () => import("../words/en-search.js"),
    book: () => import("../words/en-book.js"),
    more: () => import("../words/en-more.js"),
  },
  de: {
    shell: () => import("../words/de.js"),
    search: () => import("../words/de-search.js"),
    book: () => import("../words/de-book.js"),
    more: () => import("../words/de-more.js"),
  },
  es: {
    shell: () => import("../words/es.js"),
    search: () => import("../words/es-search.js"),
    book: () => import("../words/es-book.js"),
    more: () => import("../words/es-more.js"),
  },
  fr: {
    shell: () => import("../words/fr.js"),
    search: () => import("../words/fr-search.js"),
    book: () => import("../words/fr-book.js"),
    more: () => import("../words/fr-more.js"),
  },
};

/** The library's time zone. All days are shown in it, never in the browser's. */
const ZONE = document.querySelector("meta[name=carrel-zone]")?.getAttribute("content") || "UTC";

const DAY = 86_400_000;

/** Whether it is a day, such as `2024-05-31`: the same everywhere. Anything else is a time, whose day depends on the zone.
 * @param {string | number} time */
const isDay = (time) => String(time).length === 10;

/** What a file of words needs to write sentences with numbers, names and days in them.
 * @param {string} language */
export function toolsFor(language) {
  const region = language === "en" ? "en-GB" : language;
  const cardinals = new Intl.PluralRules(language);
  const ordinals = new Intl.PluralRules(language, { type: "ordinal" });
  const numbers = new Intl.NumberFormat(region);
  const lists = new Intl.ListFormat(language);
  /** @param {Intl.DateTimeFormatOptions} options */
  const format = (options) => {
    const [ofTimes, ofDays] = [ZONE, "UTC"].map((timeZone) => new Intl.DateTimeFormat(region, { timeZone, ...options }));
    return (/** @type {string | number} */ time) => (isDay(time) ? ofDays : ofTimes).format(new Date(time));
  };
  return {
    /** @param {number} n @param {Forms} forms */
    count: (n, forms) => forms[cardinals.select(n)] ?? forms.other,
    /** @param {number} n @param {Forms} forms */
    rank: (n, forms) => forms[ordinals.select(n)] ?? forms.other,
    number: (/** @type {number} */ n) => numbers.format(n),
    list: (/** @type {string[]} */ names) => lists.format(names),
    /** A title or a name inside a sentence. It keeps its own direction of writing. */
    name: (/** @type {string} */ text) => `\u2068${text}\u2069`,
    date: format({ day: "numeric", month: "long", year: "numeric" }),
    day: format({ weekday: "long", day: "numeric", month: "long" }),
    shortDay: format({ day: "numeric", month: "long" }),
    weekday: format({ weekday: "long" }),
    time: format({ hour: "numeric", minute: "2-digit" }),
  };
}

/** The language of the page. */
export const language = signal(document.documentElement.lang || "en");

/** The words of the page's language. Those of other pages are there after `learn`.
 * @type {import("../vendor/preact-signals.js").Signal<Words>} */
export const words = signal(/** @type {Words} */ (english(toolsFor("en"))));

/** The files of words that are wished for, and how many of them are there. @type {Set<Part>} */
const wished = new Set(["shell"]);
let arrived = 1;

/** The last wish for words. Only that one is shown, and whoever had an earlier one waits for it. @type {Promise<void>} */
let last;

/** Shows the page in another language, if its words arrive.
 * @param {string} wanted
 * @returns {Promise<void>} */
export function speak(wanted) {
  /** @type {Promise<void>} */
  const wish = Promise.all([...wished].map((part) => FILES[wanted][part]())).then((files) => {
    if (wish !== last) return last;
    const tools = toolsFor(wanted);
    arrived = files.length;
    words.value = Object.assign({}, ...files.map((file) => file.default(tools)));
    language.value = wanted;
    document.documentElement.lang = wanted;
  });
  last = wish;
  return wish;
}

/** Loads a file of words, or all of them.
 * @param {Part} [part] */
export async function learn(part) {
  for (const each of part ? [part] : /** @type {Part[]} */ (["search", "book", "more"])) wished.add(each);
  if (arrived < wished.size) await speak(language.value);
}

/** The number of days from today to a day or a time, in the library's zone.
 * @param {string} time @param {number} [now] */
export function daysUntil(time, now = Date.now()) {
  const number = (/** @type {string | number} */ at) => Date.parse(calendarDay(at)) / DAY;
  return Math.round(number(time) - number(now));
}

/** A day, or the day of a time in the library's zone, written `2024-05-31`.
 * @param {string | number} time */
const calendarDay = (time) =>
  isDay(time) ? String(time) : new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date(time));

/** The language tags of books' languages. A book says its language by a name, in any language of the site. */
const TAGS =
  "af am ang ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl grc gu he hi hr hu hy id is it ja ka kk km kn ko la lt lv mk ml mn mr ms my ne nl no pl ps pt ro ru sa sk sl sq sr sv sw ta te th tr uk ur uz vi yi zh zu";

/** @type {Map<string, string> | undefined} */
let tagsByName;

/** The tag for a name of a language: `ja` for "Japanese" and "Japonais". Empty if it is unknown: a browser then guesses.
 * @param {string} [name] */
export function tagOf(name) {
  if (!name) return "";
  if (!tagsByName) {
    tagsByName = new Map();
    for (const shown of Object.keys(LANGUAGES)) {
      const names = new Intl.DisplayNames(shown, { type: "language" });
      for (const tag of TAGS.split(" ")) tagsByName.set(String(names.of(tag)).toLowerCase(), tag);
    }
  }
  return tagsByName.get(name.trim().toLowerCase()) || "";
}

/** Splits a sentence with marks, such as "No account yet? <a>Join</a>.", into texts and elements.
 * @param {string} sentence
 * @param {Record<string, (text: string) => unknown>} make makes the element of each mark */
export function rich(sentence, make) {
  const parts = sentence.split(/<(\w+)>(.*?)<\/\1>/);
  return parts.map((part, index) => (index % 3 === 2 ? make[parts[index - 1]](part) : index % 3 === 1 ? null : part));
}
