// The start: find a book, one's own books, what is new.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { reader } from "../shell/session.js";
import { Asking, Fault, html, Shelf, useLoad, useTitle } from "../shell/ui.js";
import { useEffect, useSignal } from "../vendor/preact-signals.js";
import { Find } from "./find.js";

/** @returns {any} */
export default function Home() {
  const t = words.value;
  const newest = useLoad((abort) => call("listBooks", { query: { sort: "-createdAt", limit: 12 }, abort }), []);
  const own = useSignal(/** @type {typeof import("./slip.js") | null} */ (null));
  useEffect(() => {
    if (reader.value) import("./slip.js").then((module) => (own.value = module));
  }, [reader.value]);
  useTitle(t.home, Boolean(newest.data || newest.problem));
  if (own.value?.isFirst(newest.data)) return html`<${own.value.FirstSteps} />`;
  return html`<div class="hero">
      <div>
        <h1>${t.welcome}</h1>
        <${Find} big />
        <p class="hint">${t.findHint}</p>
      </div>
      ${reader.value && own.value && html`<${own.value.default} />`}
    </div>
    <div class="head"><h2>${t.newOnShelves}</h2><a href=${to("/search", { sort: "new" })}>${t.allNewBooks}</a></div>
    <${Newest} list=${newest} />`;
}

/** @param {{ list: any }} props */
function Newest({ list }) {
  const t = words.value;
  if (list.problem) return html`<${Fault} problem=${list.problem} again=${list.again} />`;
  if (list.asking) return html`<${Asking} />`;
  if (!list.data) return html`<${Skeleton} />`;
  const { items } = list.data.data;
  if (items.length) return html`<${Shelf} books=${items} />`;
  return html`<div class="empty">
    <p>${t.shelvesEmpty}</p>
    <p class="row"><a class="btn" href=${to("/books/new")}>${t.addBook}</a></p>
  </div>`;
}

/** Blocks of the size of what is being loaded.
 * @param {{}} _ */
const Skeleton = (_) =>
  html`<ul class="shelf" aria-hidden="true">
    ${Array.from(
      { length: 12 },
      () =>
        html`<li><span class="cover"><span class="sk bk"></span></span><b><span class="sk w7">·</span></b><small><span class="sk w5">·</span></small></li>`,
    )}
  </ul>`;
