// The start: find a book, one's own books, what is new.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { reader } from "../shell/session.js";
import { Asking, Fault, Find, html, Shelf, ShelfSkeleton, useLoad, useTitle } from "../shell/ui.js";
import { useEffect, useSignal } from "../vendor/preact-signals-htm.js";

/** @returns {any} */
export default function Home() {
  const t = words.value;
  const newest = useLoad((abort) => call("listBooks", { query: { sort: "-createdAt", limit: 12 }, abort }), []);
  useTitle(t.home, Boolean(newest.data || newest.problem));
  return html`<div class="hero">
      <div>
        <h1>${t.welcome}</h1>
        <${Find} big />
        <p class="hint">${t.findHint}</p>
      </div>
      <${YourBooks} />
    </div>
    <div class="head"><h2>${t.newOnShelves}</h2><a href=${to("/search", { sort: "new" })}>${t.allNewBooks}</a></div>
    <${Newest} list=${newest} />`;
}

/** @param {{ list: any }} props */
function Newest({ list }) {
  const t = words.value;
  if (list.problem) return html`<${Fault} problem=${list.problem} again=${list.again} />`;
  if (list.asking) return html`<${Asking} />`;
  if (!list.data) return html`<${ShelfSkeleton} />`;
  const { items } = list.data.data;
  if (items.length) return html`<${Shelf} books=${items} />`;
  return html`<div class="empty">
    <p>${t.shelvesEmpty}</p>
    <p class="row"><a class="btn" href=${to("/books/new")}>${t.addBook}</a></p>
  </div>`;
}

/** What is ready, due or waiting. Its module is loaded for those who have signed in. */
function YourBooks() {
  const slip = useSignal(/** @type {any} */ (null));
  useEffect(() => {
    if (reader.value) import("./slip.js").then((module) => (slip.value = module.default));
  }, [reader.value]);
  return reader.value && slip.value ? html`<${slip.value} />` : null;
}
