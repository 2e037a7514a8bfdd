// An address that no page has, and a book that the library has not.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { Cover, html, useLoad, useTitle } from "../shell/ui.js";
import { Find } from "./find.js";

/** @returns {any} */
export default function Lost() {
  const t = words.value;
  useTitle(t.notOnShelves);
  const some = useLoad((abort) => call("listBooks", { query: { sort: "-createdAt", limit: 6 }, abort }), []);
  // While they are loaded, six keep the place of those to come.
  const books = some.data?.data.items || (some.problem ? [] : Array.from({ length: 6 }));
  const far = (/** @type {number} */ index) => (index < 2 || index > 3 ? "far" : "");
  const standing = books.map(
    (/** @type {any} */ book, /** @type {number} */ index) =>
      html`<span class=${far(index)}>${book ? html`<${Cover} book=${book} px=${160} />` : html`<span class="cover"><span class="sk bk"></span></span>`}</span>`,
  );
  return html`<div class="lost">
    <div class="gap" aria-hidden="true">${standing.slice(0, 3)}<div class="none">?</div>${standing.slice(3)}</div>
    <div>
      <h1>${t.notOnShelves}</h1>
      <p>${t.notOnShelvesWhy}</p>
      <${Find} />
      <p class="hint"><a href=${to("/")}>${t.backToStart}</a></p>
    </div>
  </div>`;
}
