// Giving up a reservation, and saying why the API refused something.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { ask, Button, faultWords, html, showToast, useAction } from "../shell/ui.js";
import { useRef } from "../vendor/preact-signals.js";
import "../shell/own-calls.js";

/** Gives up what is ready, or a place in the queue, after a question: a place cannot be had back.
 * @param {{ reservation: import("../shell/loans.js").Reservation, gone: () => void, about?: string, bare?: boolean }} props */
export function GiveUp({ reservation, gone, about, bare }) {
  const t = words.value;
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const ready = reservation.status === "ready";
  const giveUp = useAction(async () => {
    // Gone is gone: the answer to an earlier try was lost, or its time was over.
    await call("cancelReservation", { path: { reservationId: reservation.id } }).catch((problem) => {
      if (problem.status !== 404) throw problem;
    });
    dialog.current?.close();
    showToast(ready ? t.gaveItUp : t.gaveUpPlace);
    gone();
  });
  const id = `give-up-${reservation.id}`;
  return html`<${Button} class=${bare ? "bare" : "big"} onPress=${() => ask(dialog.current)} about=${about}>${ready ? t.giveItUp : t.giveUpPlace}<//>
    <dialog ref=${dialog} aria-labelledby=${id}>
      <h2 id=${id}>${ready ? t.giveItUpAsk : t.giveUpPlaceAsk}</h2>
      <p>${ready ? t.giveItUpLoses : t.giveUpPlaceLoses}</p>
      <${Refused} problem=${giveUp.problem} />
      <div class="row">
        <button type="button" class="btn" data-safe onClick=${() => dialog.current?.close()}>${t.keepIt}</button>
        <${Button} class="red" busy=${giveUp.busy} onPress=${giveUp.run}>${ready ? t.giveItUp : t.giveUpPlace}<//>
      </div>
    </dialog>`;
}

/** Why something was refused, and the way on.
 * @param {{ problem?: import("../shell/api.js").Problem }} props */
export function Refused({ problem }) {
  const t = words.value;
  if (!problem || (problem.status === 401 && problem.code !== "wrong-credentials")) return null;
  const [title, sentence] = faultWords(problem);
  return html`<div class="note" role="alert">
    <b>${title}</b>${sentence}
    ${problem.code === "unverified-address" && html`<p><a href=${`${to("/account")}#email`}>${t.sendLetterAgain}</a></p>`}
    ${problem.code === "too-many-reservations" && html`<p><a href=${to("/me")}>${t.seeMyBooks}</a></p>`}
  </div>`;
}
