// My books: what is ready, borrowed, awaited, saved, and mine to look after.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { ListSkeleton, More, useList } from "../shell/list.js";
import { byUrgency, stateOf, whyNotRenew, withBooks } from "../shell/loans.js";
import { to } from "../shell/router.js";
import {
  Asking,
  addressOf,
  Button,
  Cover,
  Fault,
  faultWords,
  html,
  Shelf,
  showToast,
  Title,
  titleOf,
  useAction,
  useLoad,
  useTitle,
} from "../shell/ui.js";
import { GiveUp } from "./give-up.js";
import { Private } from "./sign-in.js";
import "../shell/own-calls.js";

/** @typedef {import("../shell/loans.js").Shown} Shown */
/** @typedef {import("../shell/ui.js").Book} Book */

/** @returns {any} */
export default function Me() {
  return html`<${Private} title=${words.value.myBooks}><${MyBooks} /><//>`;
}

function MyBooks() {
  const t = words.value;
  const reservations = useLoad(
    async (abort) => withBooks((await call("listReservations", { abort })).data.items.toSorted(byUrgency)),
    [],
  );
  const favorites = useList((query, abort) => call("listFavorites", { query, abort }), []);
  const mine = useList((query, abort) => call("listBooks", { query: { owner: "me", ...query }, abort }), []);
  const old = useLoad(async (abort) => (await call("listArchivedBooks", { query: { owner: "me" }, abort })).data.items, []);
  const settled = [reservations, favorites, mine, old].every((list) => list.data || list.problem);
  useTitle(t.myBooks, settled);
  if (reservations.problem)
    return html`<div class="pagehead"><h1>${t.myBooks}</h1></div><${Fault} problem=${reservations.problem} again=${reservations.again} />`;
  const of = (/** @type {string} */ status) => (reservations.data || []).filter((one) => one.status === status);
  const ready = of("ready");
  const borrowed = of("checkedOut");
  const waiting = of("waiting");
  const late = borrowed.filter((loan) => stateOf(loan).kind === "late").length;
  const rows = (/** @type {Shown[]} */ shown) =>
    shown.map((one) => html`<${Row} key=${one.id} reservation=${one} changed=${reservations.again} />`);
  const parts = [
    {
      id: "ready",
      title: t.ready,
      count: ready.length,
      body: html`<ul class="loans have">${rows(ready)}</ul>`,
      empty: t.nothingReady,
    },
    {
      id: "borrowed",
      title: t.borrowed,
      count: borrowed.length,
      body: html`<ul class="loans">${rows(borrowed)}</ul>`,
      empty: t.nothingBorrowed,
    },
    {
      id: "queue",
      title: t.inQueue,
      count: waiting.length,
      body: html`<ul class="loans">${rows(waiting)}</ul>`,
      empty: t.nothingAwaited,
    },
  ];
  return html`<div class="pagehead">
      <h1>${t.myBooks}</h1>
      <p class="lead">${reservations.data ? t.myBooksNow(ready.length, borrowed.length, late) : html`<span class="sk text" aria-hidden="true">${t.myBooksNow(1, 1, 1)}</span>`}</p>
      <nav class="toc" aria-label=${t.onThisPage}>
        ${parts.map(({ id, title, count }) => html`<a href=${`#${id}`}>${title}<span>${reservations.data && count}</span></a>`)}
        <a href="#favorites">${t.favorites}</a>
        <a href="#mine">${t.mineToLookAfter}</a>
      </nav>
    </div>
    ${reservations.asking && html`<${Asking} />`}
    ${
      reservations.data
        ? parts.map(
            ({ id, title, count, body, empty }) =>
              html`<${Part} id=${id} title=${title}>${count ? body : html`<p class="muted">${empty}</p>`}<//>`,
          )
        : html`<${ListSkeleton} />`
    }
    <${Part} id="favorites" title=${t.favorites}><${Favorites} list=${favorites} /><//>
    <${Part} id="mine" title=${t.mineToLookAfter} hint=${t.booksYouAdded}><${Mine} list=${mine} old=${old} /><//>`;
}

/** A part of a long page: what it is at the start, what one does beside it.
 * @param {{ id: string, title: string, hint?: string, children?: unknown }} props */
export const Part = ({ id, title, hint, children }) =>
  html`<section class="part" id=${id} aria-labelledby=${`${id}-title`}>
    <header><h2 id=${`${id}-title`}>${title}</h2>${hint && html`<p>${hint}</p>`}</header>
    <div>${children}</div>
  </section>`;

/** @param {{ reservation: Shown, changed: () => void }} props */
function Row({ reservation, changed }) {
  const t = words.value;
  const book = /** @type {Book} */ (reservation.shown);
  const { kind, word, rest } = stateOf(reservation);
  const renew = useAction(async (key) => {
    const { data } = await call("renewLoan", { path: { reservationId: reservation.id }, key });
    showToast(t.renewedUntil(data.dueOn));
    changed();
  });
  const why = renew.problem ? faultWords(renew.problem)[1] : whyNotRenew(reservation);
  const act = () => {
    if (reservation.status !== "checkedOut")
      return html`<${GiveUp} reservation=${reservation} gone=${changed} about=${titleOf(book)} bare />`;
    return why || html`<${Button} busy=${renew.busy} onPress=${renew.run} about=${titleOf(book)}>${t.renew}<//>`;
  };
  return html`<li>
    <${Cover} book=${book} px=${64} />
    <h3><a href=${addressOf(book)}><${Title} book=${book} /></a></h3>
    <p><bdi>${book.author}</bdi></p>
    <p class="state"><b class=${kind}>${word}</b><span>${rest}</span></p>
    <div class="act">${act()}</div>
  </li>`;
}

/** @param {{ list: any }} props */
function Favorites({ list }) {
  const t = words.value;
  if (list.problem) return html`<${Fault} problem=${list.problem} again=${list.again} level="h3" />`;
  if (!list.data) return null;
  if (!list.data.items.length)
    return html`<p class="muted">${t.noFavorites}</p><p class="row act"><a class="btn" href=${to("/search", { sort: "new" })}>${t.seeWhatIsNew}</a></p>`;
  return html`<${Shelf} books=${list.data.items} />${list.data.nextCursor && html`<${More} list=${list} />`}`;
}

/** @param {{ list: any, old: any }} props */
function Mine({ list, old }) {
  const t = words.value;
  if (list.problem) return html`<${Fault} problem=${list.problem} again=${list.again} level="h3" />`;
  if (!list.data) return null;
  const books = [...list.data.items, ...(old.data || [])];
  return html`${books.length > 0 && html`<ul class="loans">${books.map((book) => html`<${MineRow} key=${book.id} book=${book} />`)}</ul>`}
    ${list.data.nextCursor && html`<${More} list=${list} />`}
    ${books.length === 0 && html`<p class="muted">${t.noneAdded}</p>`}
    <p class="row act"><a class="btn" href=${to("/books/new")}>${t.addBook}</a></p>`;
}

/** @param {{ book: Book }} props */
function MineRow({ book }) {
  const t = words.value;
  return html`<li>
    <${Cover} book=${book} px=${64} />
    <h3><a href=${addressOf(book)}><${Title} book=${book} /></a></h3>
    <p><bdi>${book.author}</bdi></p>
    <p class="state"><b>${book.archived ? t.inOldBooks : t.copiesInAll(book.copies || 1)}</b><span>${book.archived && book.updatedAt ? t.since(book.updatedAt) : ""}</span></p>
    <div class="act">
      ${
        book.archived
          ? html`<a class="btn" href=${addressOf(book)}>${t.seeIt}<span class="sr">: <bdi>${titleOf(book)}</bdi></span></a>`
          : html`<a class="btn" href=${to(`/books/${book.id}/edit`)}>${t.edit}<span class="sr"> <bdi>${titleOf(book)}</bdi></span></a>`
      }
    </div>
  </li>`;
}
