// A book that is not in the catalogue may be in the old books.

import { call } from "../shell/api.js";
import { learn, words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { html, Title, titleOf, useLoad, useTitle } from "../shell/ui.js";
import Lost from "./lost.js";

await learn();

/** @param {{ bookId: string, wait: unknown }} props `wait`: what is shown until an answer comes
 * @returns {any} */
export default function Gone({ bookId, wait }) {
  const t = words.value;
  const old = useLoad(async (abort) => (await call("getArchivedBook", { path: { bookId }, abort })).data, [bookId]);
  useTitle(old.data ? titleOf(old.data) : "", Boolean(old.data));
  if (!old.data && !old.problem) return wait;
  if (!old.data) return html`<${Lost} />`;
  return html`<div class="narrow">
    <h1><${Title} book=${old.data} /></h1>
    <p>${t.movedToOldBooks}</p>
    <p><a class="btn main" href=${to(`/old-books/${bookId}`)}>${t.seeOldBook}</a></p>
  </div>`;
}
