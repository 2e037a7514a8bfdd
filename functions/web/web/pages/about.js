// What the library is, and how one borrows.

import { call, meta } from "../shell/api.js";
import { rich, words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { html, Shelf, useLoad, useTitle } from "../shell/ui.js";
import { dayWords, later, runsOf, runWords, todayIn, WEEKDAYS, weekdayNames } from "./days.js";
import { libraryRules } from "./library-rules.js";
import { Part } from "./me.js";

/** @returns {any} */
export default function About() {
  const t = words.value;
  const library = meta("library") || "Carrel";
  useTitle(t.about);
  const some = useLoad(async (abort) => (await call("listBooks", { query: { limit: 6 }, abort })).data.items, []);
  const health = useLoad(async (abort) => (await call("health", { abort })).data, []);
  const docs = (/** @type {string} */ text) => html`<a href=${`${meta("api") || "/v1"}/docs`}>${text}</a>`;
  return html`<div class="pagehead">
      <h1><bdi>${library}</bdi></h1>
      <p class="lead">${t.aboutLead}</p>
    </div>
    <${Hours} />
    <${Place} />
    <${Part} id="borrow" title=${t.howToBorrow}>
      <ol class="steps">
        ${t.steps.map(([title, sentence]) => html`<li><h3>${title}</h3><p>${sentence}</p></li>`)}
      </ol>
    <//>
    <${Part} id="readers" title=${t.yourDataTitle}><div class="form"><p>${t.yourData}</p></div><//>
    <${Part} id="programs" title=${t.forPrograms}>
      <div class="form"><p>${rich(t.thereIsApi, { a: docs })}</p>
      <p class="muted" role="status">${health.data ? t.catalogueAnswers : health.problem ? t.catalogueSilent : ""}</p></div>
    <//>
    <div class="head"><h2>${t.fromShelves}</h2><a href=${to("/old-books")}>${t.andOldBooks}</a></div>
    ${some.data && html`<${Shelf} books=${some.data} />`}`;
}

/** How many days ahead one is told of closed days. */
const AHEAD = 60;

/** When the library is open: nothing, if its rules say no more than that it always is.
 * @param {{}} _ */
function Hours(_) {
  const t = words.value;
  const rules = libraryRules();
  if (!rules) return null;
  const today = todayIn(rules.timeZone);
  const soon = (/** @type {string[]} */ days) => days.filter((day) => day >= today && day <= later(today, AHEAD));
  const [closed, opened] = [soon(rules.closedDates), soon(rules.openedDates)];
  const openings = WEEKDAYS.map((day) => rules.openingDays[day]);
  if (!closed.length && openings.every((opening) => opening && !opening.opens)) return null;
  const names = weekdayNames("long");
  return html`<${Part} id="hours" title=${t.openHours}>
    <dl class="facts">
      ${openings.map((opening, index) => html`<div><dt>${names[index]}</dt><dd>${!opening ? t.closedThen : opening.opens ? `${opening.opens} – ${opening.closes}` : t.openThen}</dd></div>`)}
    </dl>
    ${closed.length > 0 && html`<p>${t.closedDays} ${runsOf(closed).map(runWords).join(", ")}.</p>`}
    ${opened.length > 0 && html`<p>${t.openDays} ${opened.map((day) => dayWords(day)).join(", ")}.</p>`}
  <//>`;
}

/** Where the library is, and how one reaches it.
 * @param {{}} _ */
function Place(_) {
  const t = words.value;
  const { address = [], contact = {} } = libraryRules() || {};
  if (!address.length && !contact.email && !contact.phone) return null;
  return html`<${Part} id="place" title=${t.whereWeAre}>
    ${address.length > 0 && html`<p>${address.map((line, index) => html`${index > 0 && html`<br />`}<bdi>${line}</bdi>`)}</p>`}
    ${contact.email && html`<p><a href=${`mailto:${contact.email}`}><bdi>${contact.email}</bdi></a></p>`}
    ${contact.phone && html`<p><a href=${`tel:${contact.phone.replace(/[^+\d]/g, "")}`}><bdi>${contact.phone}</bdi></a></p>`}
  <//>`;
}
