// What the library is, and how one borrows.

import { call, meta } from "../shell/api.js";
import { rich, words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { html, Shelf, useLoad, useTitle } from "../shell/ui.js";
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
