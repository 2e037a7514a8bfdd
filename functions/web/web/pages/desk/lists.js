// What waits on the shelf, what is overdue, what is due today.

import { call } from "../../shell/api.js";
import { daysUntil, words } from "../../shell/i18n.js";
import { useList } from "../../shell/list.js";
import { whyNotRenew, withBooks } from "../../shell/loans.js";
import { place, to } from "../../shell/router.js";
import { Button, Fault, html, Icon, useLoad, useTitle } from "../../shell/ui.js";
import { signal } from "../../vendor/preact-signals.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { Paper } from "./paper.js";
import { nameOf } from "./people.js";
import { BookCells, Step, Table } from "./rows.js";
import { Side } from "./side.js";

/** @typedef {import("./counter.js").Loan} Loan */
/** @typedef {{ rows: any, again: () => void }} ListProps */

const paper = signal(/** @type {any} */ (null));

/** @type {Record<string, { query: Record<string, unknown>, list: any, empty: "ready" | "overdue" | "today" }>} */
const LISTS = {
  "/lists/ready": { query: { ready: true }, list: Ready, empty: "ready" },
  "/lists/overdue": { query: { overdue: true }, list: Overdue, empty: "overdue" },
  "/lists/today": { query: { due: "today" }, list: Today, empty: "today" },
};

/** @returns {any} */
export default function ListsPage() {
  return html`<${Side} title=${deskWords.value.lists}><${Lists} /><//>`;
}

function Lists() {
  const d = deskWords.value;
  const { path, query } = place.value;
  const { query: asked, list: List, empty } = LISTS[path];
  const toFetch = path === "/lists/ready" && query.get("show") === "fetch";
  const rows = useList(
    async (page, abort) => {
      const { data } = await call("listReservations", { query: { ...asked, aside: toFetch ? false : undefined, ...page }, abort });
      return { data: { ...data, items: await withBooks(data.items) } };
    },
    [path, toFetch],
  );
  const numbers = useLoad(async (abort) => (await call("getDesk", { abort })).data, [path]);
  const again = () => {
    rows.again();
    numbers.again();
  };
  useTitle(d.lists);
  const tabs = [
    { path: "/lists/ready", text: d.readyOnShelf, number: numbers.data?.ready },
    { path: "/lists/overdue", text: d.overdueList, number: numbers.data?.overdue },
    { path: "/lists/today", text: d.dueTodayList, number: numbers.data?.dueToday },
  ];
  return html`<h1 class="page">${d.lists}</h1>
    <nav class="tabs" aria-label=${d.lists}>
      ${tabs.map(
        (tab) =>
          html`<a href=${to(tab.path)} aria-current=${tab.path === path ? "page" : undefined}>${tab.text} <span>${tab.number ? `${tab.number.count}${tab.number.more ? "+" : ""}` : ""}</span></a>`,
      )}
    </nav>
    <div class="tools">
      ${
        path === "/lists/ready" &&
        html`<nav class="chips" aria-label=${d.readyOnShelf}>
        <a class="chip" href=${to(path)} aria-current=${toFetch ? undefined : "true"}>${d.all}</a>
        <a class="chip" href=${to(path, { show: "fetch" })} aria-current=${toFetch ? "true" : undefined}>${d.toFetchFilter}${numbers.data ? ` ${numbers.data.toFetch.count}` : ""}</a>
      </nav>`
      }
      <div class="end row"><button type="button" class="btn bare" onClick=${() => print()}><${DeskIcon} name="print" />${d.printList}</button></div>
    </div>
    ${path === "/lists/ready" && !toFetch && html`<${PutBack} again=${again} />`}
    ${
      rows.problem
        ? html`<${Fault} problem=${rows.problem} again=${rows.again} />`
        : rows.data &&
          (
            rows.data.items.length
              ? html`<${List} rows=${rows.data.items} again=${again} />`
              : html`<p class="empt">${d.nothingInList[empty]}</p>`
          )
    }
    ${rows.data?.nextCursor && html`<div class="more"><${Button} busy=${rows.more.busy} onPress=${rows.more.run}>${d.showMore}<//></div>`}
    <${Paper} paper=${paper} />`;
}

/** The cell of a row that names its reader.
 * @param {{ loan: Loan, beside?: unknown }} props */
const ReaderCell = ({ loan, beside }) =>
  html`<td><a href=${to(`/readers/${loan.reader}`)}><bdi>${nameOf(loan.person)}</bdi></a><span class="s">${beside}</span></td>`;

/** Copies that nobody waits for any more. They stand on the pick-up shelf until somebody takes them away.
 * @param {{ again: () => void }} props */
function PutBack({ again }) {
  const d = deskWords.value;
  const list = useLoad(
    async (abort) =>
      /** @type {any[]} */ (await withBooks((await call("listReservations", { query: { putBack: true }, abort })).data.items)),
    [],
  );
  if (!list.data?.length) return null;
  const done = () => {
    list.again();
    again();
  };
  return html`<section>
    <div class="sec"><h2><span class="word late"><${Icon} name="warning" />${d.putBackGroup}</span></h2></div>
    <${Table} columns=${[d.book, d.forReader, d.shelfColumn]}>
      ${list.data.map(
        (/** @type {Loan} */ loan) => html`<tr key=${loan.id}>
          <${BookCells} loan=${loan} /><${ReaderCell} loan=${loan} />
          <td class="num" data-l=${loan.shown?.shelfMark && d.shelfColumn}>${loan.shown?.shelfMark}</td>
          <td class="e"><div class="acts"><${Step} loan=${loan} call="putBack" label=${d.putBack} done=${done} /></div></td>
        </tr>`,
      )}
    <//>
  </section>`;
}

/** @param {ListProps} props */
function Ready({ rows, again }) {
  const d = deskWords.value;
  /** @type {Map<string, Loan[]>} */
  const days = new Map();
  for (const loan of rows) {
    const day = d.untilGroup(loan.readyUntil);
    days.set(day, [...(days.get(day) || []), loan]);
  }
  return html`${[...days].map(
    ([day, loans]) => html`<section key=${day}>
      <div class="sec"><h2>${day}</h2></div>
      <${Table} columns=${[d.book, d.forReader, d.shelfColumn]}>
        ${loans.map(
          (loan) => html`<tr key=${loan.id}>
            <${BookCells} loan=${loan} />
            <${ReaderCell} loan=${loan} beside=${loan.reservedAt && d.reservedOn(loan.reservedAt)} />
            <td class="num" data-l=${d.shelfColumn}>${loan.asideAt ? d.isAside : html`<span class="soon">${d.toFetchWord}</span>`}${loan.shown?.shelfMark ? ` · ${loan.shown.shelfMark}` : ""}</td>
            <td class="e"><div class="acts">
              ${loan.asideAt ? html`<${Step} loan=${loan} call="checkOutCopy" label=${d.handOver} done=${again} />` : html`<${Step} loan=${loan} call="putAside" label=${d.fetched} done=${again} />`}
              <button type="button" class="btn bare" onClick=${() => (paper.value = { slip: loan })}><${DeskIcon} name="print" />${d.slip}<span class="sr"> <bdi>${loan.book.title}</bdi></span></button>
            </div></td>
          </tr>`,
        )}
      <//>
    </section>`,
  )}`;
}

/** Which letter about an overdue loan went out last, and when.
 * @param {Loan} loan */
function lastLetter(loan) {
  const last = loan.letters?.at(-1);
  return last ? deskWords.value.lastLetter(last.step, last.at, last.by === "paper") : deskWords.value.noLetterYet;
}

/** @param {ListProps} props */
function Overdue({ rows, again }) {
  const d = deskWords.value;
  return html`<${Table} columns=${[d.book, d.reader, d.late, d.lettersColumn]}>
    ${rows.map(
      (/** @type {Loan} */ loan) => html`<tr key=${loan.id}>
        <${BookCells} loan=${loan} beside=${loan.dueOn && words.value.wasDue(loan.dueOn)} />
        <${ReaderCell} loan=${loan} beside=${loan.person?.card && d.cardNumber(loan.person.card)} />
        <td class="nw"><span class="word late"><${Icon} name="warning" />${d.daysLate(-daysUntil(loan.dueOn || ""))}</span></td>
        <td data-l=${d.lettersColumn}>${lastLetter(loan)}</td>
        <td class="e"><div class="acts"><${Step} loan=${loan} call="returnCopy" label=${d.takeBack} done=${again} /></div></td>
      </tr>`,
    )}
  <//>`;
}

/** @param {ListProps} props */
function Today({ rows, again }) {
  const d = deskWords.value;
  return html`<${Table} columns=${[d.book, d.reader, d.renewal]}>
    ${rows.map((/** @type {any} */ loan) => {
      const why = whyNotRenew(loan);
      return html`<tr key=${loan.id}>
        <${BookCells} loan=${loan} beside=${loan.renewals ? d.renewedTimes(loan.renewals) : ""} />
        <${ReaderCell} loan=${loan} beside=${loan.person?.card && d.cardNumber(loan.person.card)} />
        <td>${why || d.renewable}</td>
        <td class="e"><div class="acts">
          ${!why && html`<${Step} loan=${loan} call="renewLoan" label=${d.renew} done=${again} />`}
          <${Step} loan=${loan} call="returnCopy" label=${d.takeBack} done=${again} />
        </div></td>
      </tr>`;
    })}
  <//>`;
}
