// What the start page shows to readers: "your books", at most three, the most urgent first. And for the librarian of a library
// without books, what comes next.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { byUrgency, stateOf, whyNotRenew, withBooks } from "../shell/loans.js";
import { to } from "../shell/router.js";
import { reader } from "../shell/session.js";
import { addressOf, Button, Cover, faultWords, html, showToast, Title, useAction, useLoad } from "../shell/ui.js";
import { useEffect, useSignal } from "../vendor/preact-signals.js";
import "../shell/own-calls.js";

const SHOWN = 3;

/** Whether a librarian sees a library without books.
 * @param {{ data: { items: unknown[] } } | undefined} newest */
export const isFirst = (newest) => reader.value?.role === "admin" && newest?.data.items.length === 0;

export function FirstSteps() {
  const Steps = useSignal(/** @type {any} */ (null));
  useEffect(() => {
    import("./desk/first-steps.js").then((module) => (Steps.value = module.default));
  }, []);
  return Steps.value && html`<${Steps.value} />`;
}

/** @returns {any} */
export default function Slip() {
  const t = words.value;
  const list = useLoad(async (abort) => {
    const { data } = await call("listReservations", { abort });
    const sorted = data.items.toSorted(byUrgency);
    return { count: sorted.length, shown: await withBooks(sorted.slice(0, SHOWN)) };
  }, []);
  if (!list.data?.count) return null;
  return html`<section class="slip" aria-labelledby="your-books">
    <header><h2 id="your-books">${t.yourBooks}</h2><a class="small" href=${to("/me")}>${t.all(list.data.count)}</a></header>
    <ul>
      ${list.data.shown.map((reservation) => html`<${Row} key=${reservation.id} reservation=${reservation} renewed=${list.again} />`)}
    </ul>
  </section>`;
}

/** @param {{ reservation: import("../shell/loans.js").Shown, renewed: () => void }} props */
function Row({ reservation, renewed }) {
  const t = words.value;
  const book = /** @type {import("../shell/ui.js").Book} */ (reservation.shown);
  const { kind, word, rest } = stateOf(reservation);
  const renew = useAction(async (key) => {
    const { data } = await call("renewLoan", { path: { reservationId: reservation.id }, key });
    showToast(t.renewedUntil(data.dueOn));
    renewed();
  });
  const why = renew.problem ? faultWords(renew.problem)[1] : whyNotRenew(reservation);
  const renews = reservation.status === "checkedOut" && kind && !why;
  return html`<li>
    <${Cover} book=${book} px=${40} small />
    <div>
      <b><a href=${addressOf(book)}><${Title} book=${book} /></a></b>
      <p><span class=${kind}>${word}</span> · <span>${why && kind ? why : rest}</span></p>
    </div>
    ${renews && html`<${Button} busy=${renew.busy} onPress=${renew.run} about=${book.title}>${t.renew}<//>`}
  </li>`;
}
