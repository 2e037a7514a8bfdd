// The activity log: who did what, when and from where.

import { call } from "../../shell/api.js";
import { useList } from "../../shell/list.js";
import { place, to } from "../../shell/router.js";
import { Button, Fault, html, Title, useTitle } from "../../shell/ui.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { actionWords, iconOf, LiveTabs } from "./live.js";
import { nameOf, namesIn } from "./people.js";
import { Side } from "./side.js";

/** @typedef {import("./people.js").Person} Person */
/** @typedef {{ id: string, type: string, time: string, actor: string, from: string, book?: { id: string, title: string }, user?: string, people?: Person[] }} Row */

/** @returns {any} */
export default function ActivityPage() {
  return html`<${Side} title=${deskWords.value.activityLog} librarians><${Activity} /><//>`;
}

function Activity() {
  const d = deskWords.value;
  const { query } = place.value;
  const of = { user: query.get("user") || undefined, book: query.get("book") || undefined };
  const rows = useList((page, abort) => call("listActivity", { query: { ...of, ...page }, abort }), [of.user, of.book]);
  const shown = /** @type {Row[]} */ (/** @type {unknown} */ (rows.data?.items || []));
  const names = namesIn(shown);
  useTitle(d.activityLog);
  return html`<h1 class="page">${d.live}</h1>
    <${LiveTabs} path="/activity" />
    ${(of.user || of.book) && html`<div class="tools"><span class="muted">${of.user ? d.onlyOf(nameOf(names.get(of.user))) : ""}</span><a class="btn" href=${to("/activity")}>${d.showAll}</a></div>`}
    ${
      rows.problem
        ? html`<${Fault} problem=${rows.problem} again=${rows.again} />`
        : rows.data &&
          (
            rows.data.items.length
              ? html`<table class="tbl">
            <thead><tr><th scope="col">${d.when}</th><th scope="col">${d.who}</th><th scope="col">${d.what}</th><th scope="col">${d.fromWhere}</th></tr></thead>
            <tbody>${shown.map((row) => html`<${ActivityRow} key=${row.id} row=${row} names=${names} />`)}</tbody>
          </table>`
              : html`<p class="empt">${d.noActivity}</p>`
          )
    }
    ${rows.data?.nextCursor && html`<div class="more"><${Button} busy=${rows.more.busy} onPress=${rows.more.run}>${d.showMore}<//></div>`}`;
}

/** @param {{ row: Row, names: Map<string, Person> }} props */
function ActivityRow({ row, names }) {
  const d = deskWords.value;
  const about = row.user && row.user !== row.actor ? names.get(row.user) : undefined;
  return html`<tr>
    <td class="num"><time datetime=${row.time}>${d.atTime(row.time)}</time></td>
    <td><a href=${to("/activity", { user: row.actor })}><bdi>${nameOf(names.get(row.actor))}</bdi></a></td>
    <td><span class="clip">
      <span class="word"><${DeskIcon} name=${iconOf(row.type)} />${actionWords(row.type)}</span>
      ${row.book && html` <a href=${to(`/books/${row.book.id}`)}><${Title} book=${row.book} /></a>`}
      ${about && html` <a href=${to(`/readers/${row.user}`)}><bdi>${d.forWhom(nameOf(about))}</bdi></a>`}
    </span></td>
    <td class="num">${row.from === "library" ? d.theLibrary : row.from}</td>
  </tr>`;
}
