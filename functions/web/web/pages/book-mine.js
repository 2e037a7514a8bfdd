// A book's page for those who have signed in: reserve, renew, give up, and the heart.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { stateOf, whyNotRenew } from "../shell/loans.js";
import { reader } from "../shell/session.js";
import { Button, faultWords, html, Icon, showToast, titleOf, useAction } from "../shell/ui.js";
import { useEffect, useRef } from "../vendor/preact-signals.js";
import { GiveUp, Refused } from "./give-up.js";
import "../shell/own-calls.js";

/** @typedef {import("../shell/ui.js").Book} Book */
/** @typedef {import("../shell/loans.js").Reservation} Reservation */
/** @typedef {import("./book.js").Availability} Availability */
/** @typedef {import("./book.js").Mine} Mine */

/** What the reader has of this book, in one line.
 * @param {Reservation} reservation @param {Availability} [availability] */
export function headingOf(reservation, availability) {
  const t = words.value;
  if (reservation.status === "waiting" && availability && reservation.place)
    return t.youAreOf(reservation.place, Math.max(availability.waiting, reservation.place));
  return reservation.status === "checkedOut" ? t.youHaveIt : stateOf(reservation).word;
}

/** The main button, and above it why it was refused.
 * @param {{ book: Book, label: string, changed: (reservation?: Reservation) => void }} props */
export function Reserve({ book, label, changed }) {
  const reserve = useAction(async (key) => {
    const { data } = await call("reserveBook", { path: { bookId: book.id }, key });
    changed(data);
  });
  return html`<${Refused} problem=${reserve.problem} />
    <${Button} class="main big" busy=${reserve.busy} onPress=${reserve.run}>${label}<//>`;
}

/** Reserved, waiting, or at home.
 * @param {{ availability?: Availability, reservation: Reservation, changed: (reservation?: Reservation) => void, beside: unknown }} props */
export function Held({ availability, reservation, changed, beside }) {
  const t = words.value;
  const state = stateOf(reservation);
  const { status, place: position = 0 } = reservation;
  const path = { reservationId: reservation.id };
  const renew = useAction(async (key) => {
    const { data } = await call("renewLoan", { path, key });
    changed({ ...reservation, ...data });
    showToast(t.renewedUntil(data.dueOn));
  });
  const why = whyNotRenew(reservation);
  const waiting = Math.max(availability?.waiting || 0, position);
  return html`<p>${status === "checkedOut" ? html`<b class=${state.kind}>${state.word}</b> · ${state.rest}` : status === "waiting" && availability?.nextDueOn ? t.firstDue(availability.nextDueOn) : state.rest}</p>
    ${status === "waiting" && waiting <= 8 && html`<ol class="queue" aria-hidden="true">${Array.from({ length: waiting }, (_, index) => html`<li class=${index + 1 === position ? "me" : ""}></li>`)}</ol>`}
    <${Refused} problem=${renew.problem} />
    <div class="row">
      ${
        status === "checkedOut"
          ? why
            ? html`<p class="muted">${why}</p>`
            : html`<${Button} class="big" busy=${renew.busy} onPress=${renew.run}>${t.renew}<//>`
          : html`<${GiveUp} reservation=${reservation} gone=${() => changed(undefined)} />`
      }
      ${beside}
    </div>`;
}

/** Follows a book by the socket of live events, for librarians. Others ask once a minute.
 * @param {string} bookId @param {() => void} refresh */
function useLive(bookId, refresh) {
  const now = useRef(refresh);
  now.current = refresh;
  const isLibrarian = reader.value?.role === "admin";
  useEffect(() => {
    if (!isLibrarian) return;
    let stop = () => {};
    let left = false;
    import("./desk/socket.js").then(({ follow }) => {
      if (left) return;
      stop = follow({ heard: (events) => events.some(({ book }) => book.id === bookId) && now.current() });
    });
    return () => {
      left = true;
      stop();
    };
  }, [bookId, isLibrarian]);
}

/** @param {{ book: Book, mine: Mine & { put: (change: Partial<Mine>) => void }, refresh: () => void }} props */
export function Heart({ book, mine, refresh }) {
  const t = words.value;
  useLive(book.id, refresh);
  const path = { bookId: book.id };
  const set = (/** @type {boolean} */ favorite) =>
    call(favorite ? "addFavorite" : "removeFavorite", { path }).then(() => mine.put({ favorite }));
  const toggle = useAction(async () => {
    const favorite = !mine.favorite;
    await set(favorite);
    if (!favorite) showToast(t.noLongerFavorite(titleOf(book)), t.putBack, () => set(true));
  });
  return html`<${Button} class="bare" busy=${toggle.busy} pressed=${mine.favorite} onPress=${toggle.run}><${Icon} name="heart" />${mine.favorite ? t.saved : t.save}<//>
    ${toggle.problem && html`<span class="err" role="alert">${faultWords(toggle.problem)[1]}</span>`}`;
}
