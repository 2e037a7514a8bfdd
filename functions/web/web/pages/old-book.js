// A book that has left the shelves. Its owner and librarians can bring it back.

import { call, Problem } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { go, place, to } from "../shell/router.js";
import { reader } from "../shell/session.js";
import { Button, Cover, Fault, html, showToast, Title, titleOf, useAction, useLoad, useTitle } from "../shell/ui.js";
import { Card, CopyLink } from "./book.js";
import { Refused } from "./give-up.js";
import Lost from "./lost.js";
import "../shell/own-calls.js";

/** @typedef {import("../shell/ui.js").Book} Book */

/** @returns {any} */
export default function OldBook() {
  const bookId = place.value.params.id;
  const book = useLoad(async (abort) => (await call("getArchivedBook", { path: { bookId }, abort })).data, [bookId]);
  useTitle(book.data ? titleOf(book.data) : words.value.notOnShelves, Boolean(book.data || book.problem));
  if (book.problem instanceof Problem && (book.problem.status === 404 || book.problem.status === 400)) return html`<${Lost} />`;
  if (book.problem) return html`<div class="narrow"><${Fault} problem=${book.problem} again=${book.again} level="h1" /></div>`;
  if (!book.data) return null;
  return html`<${Whole} book=${{ ...book.data, archived: true }} />`;
}

/** @param {{ book: Book }} props */
function Whole({ book }) {
  const t = words.value;
  const who = reader.value;
  const may = who && (who.role === "admin" || who.id === book.owner);
  const restore = useAction(async () => {
    await call("restoreBook", { path: { bookId: book.id } });
    showToast(t.broughtBack(titleOf(book)));
    go(to(`/books/${book.id}`), { replace: true });
  });
  return html`<div class="book">
    <figure><${Cover} book=${book} px=${320} /></figure>
    <div>
      <h1 class=${book.title.length > 120 ? "long" : ""}><${Title} book=${book} /></h1>
      <p class="byline"><a href=${to("/search", { q: book.author })}><bdi>${book.author}</bdi></a></p>
      <section class="have" aria-labelledby="have">
        <h2 id="have">${t.keptInOldBooks}</h2>
        <p>${may ? t.leftShelvesYours(book.updatedAt || "") : t.leftShelves(book.updatedAt || "")}</p>
        <${Refused} problem=${restore.problem} />
        <div class="row">
          ${may && html`<${Button} class="big" busy=${restore.busy} onPress=${restore.run}>${t.bringBack}<//>`}
          <span class="pair"><${CopyLink} book=${book} /></span>
        </div>
      </section>
      <${Card} book=${book} />
    </div>
  </div>`;
}
