// Old books: they have left the shelves, and their cards are kept.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { BookList, ListSkeleton, More, useList } from "../shell/list.js";
import { place } from "../shell/router.js";
import { Asking, Fault, html, useTitle } from "../shell/ui.js";
import { Find } from "./find.js";
import { Remarks } from "./search.js";

/** @returns {any} */
export default function OldBooks() {
  const t = words.value;
  const q = (place.value.query.get("q") || "").trim();
  const list = useList((query, abort) => call(q ? "searchArchive" : "listArchivedBooks", { query: { q, ...query }, abort }), [q]);
  useTitle(t.oldBooks, Boolean(list.data || list.problem));
  return html`<div class="pagehead">
      <h1>${t.oldBooks}</h1>
      <p class="lead">${t.oldBooksLead}</p>
    </div>
    <div class="oldfind"><${Find} path="/old-books" /></div>
    <${Results} list=${list} q=${q} />`;
}

/** @param {{ list: any, q: string }} props */
function Results({ list, q }) {
  const t = words.value;
  if (list.problem) return html`<${Fault} problem=${list.problem} again=${list.again} />`;
  if (list.asking) return html`<${Asking} />`;
  if (!list.data) return html`<${ListSkeleton} />`;
  if (!list.data.items.length && !list.data.nextCursor)
    return html`<div class="empty"><p>${q ? t.noBookFor(q) : t.noOldBooks}</p></div>`;
  const since = (/** @type {import("../shell/ui.js").Book} */ { updatedAt }) =>
    updatedAt && html`<p class="avail muted">${t.hereSince(updatedAt)}</p>`;
  return html`<${Remarks} of=${list.data} /><${BookList} books=${list.data.items} aside=${since} /><${More} list=${list} />`;
}
