// Taking a book off the shelf: into the old books, or away for good.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { go, to } from "../shell/router.js";
import { ask, Button, html, showToast, titleOf, useAction } from "../shell/ui.js";
import { useRef, useSignal } from "../vendor/preact-signals.js";
import { Refused } from "./give-up.js";
import "../shell/own-calls.js";

/** @param {{ book: import("../shell/ui.js").Book, version: string | null }} props */
export function TakeOff({ book, version }) {
  const t = words.value;
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const typed = useSignal("");
  const path = { bookId: book.id };
  const title = titleOf(book);
  const archive = useAction(async () => {
    await call("archiveBook", { path, version });
    const restore = async () => {
      await call("restoreBook", { path });
      go(to(`/books/${book.id}`));
    };
    showToast(t.isInOldBooks(title), t.putBack, restore);
    go(to(`/old-books/${book.id}`), { replace: true });
  });
  const remove = useAction(async () => {
    await call("deleteBook", { path, version });
    dialog.current?.close();
    showToast(t.isDeleted(title));
    go(to("/me"), { replace: true });
  });
  const matches = plain(typed.value) === plain(title);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (matches) remove.run();
  };
  return html`<section class="fault" aria-labelledby="take-off">
      <h2 id="take-off">${t.takeOff}</h2>
      <p class="muted">${t.takeOffWhat}</p>
      <${Refused} problem=${archive.problem} />
      <div class="row">
        <${Button} busy=${archive.busy} onPress=${archive.run}>${t.moveToOldBooks}<//>
        <${Button} class="red" onPress=${() => ask(dialog.current)}>${t.deleteAsk}<//>
      </div>
    </section>
    <dialog ref=${dialog} aria-labelledby="delete-title">
      <h2 id="delete-title">${t.deleteForGood(title)}</h2>
      <p>${t.deleteLoses}</p>
      <${Refused} problem=${remove.problem} />
      <form class="form" onSubmit=${submit}>
        <div class="field">
          <label for="typed">${t.typeTitle}</label>
          <input id="typed" name="typed" autocomplete="off" spellcheck=${false} aria-describedby="typed-hint" value=${typed.value} onInput=${(/** @type {any} */ event) => (typed.value = event.target.value)} />
          <small id="typed-hint"><bdi>${title}</bdi></small>
        </div>
        <div class="row">
          <${Button} class="red" busy=${remove.busy} off=${!matches}>${t.deleteIt}<//>
          <button type="button" class="btn" data-safe onClick=${() => dialog.current?.close()}>${t.keepIt}</button>
        </div>
      </form>
    </dialog>`;
}

/** A title without what one cannot see: marks of direction, and how many spaces there are.
 * @param {string} text */
const plain = (text) =>
  text
    .normalize("NFC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/\s+/g, " ")
    .trim();
