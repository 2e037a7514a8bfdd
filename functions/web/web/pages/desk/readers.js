// Finding a reader by name, card or email.

import { call } from "../../shell/api.js";
import { place, to } from "../../shell/router.js";
import { Fault, html, useLoad, useTitle } from "../../shell/ui.js";
import { Find } from "../find.js";
import { groupOf, standing } from "./at-counter.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { initialsOf, nameOf } from "./people.js";
import { Side } from "./side.js";

/** @typedef {import("./counter.js").Reader} Reader */

/** @returns {any} */
export default function ReadersPage() {
  return html`<${Side} title=${deskWords.value.readers}><${Readers} /><//>`;
}

function Readers() {
  const d = deskWords.value;
  const q = place.value.query.get("q") || "";
  const found = useLoad(async (abort) => (q ? (await call("listUsers", { query: { query: q }, abort })).data : null), [q]);
  useTitle(d.readers);
  return html`<h1 class="page">${d.readers}</h1>
    <div class="tools">
      <${Find} path="/readers" label=${d.findReader} />
      <div class="end"><a class="btn big" href=${to("/readers/new", { name: q })}><${DeskIcon} name="plus" />${d.addAReader}</a></div>
    </div>
    ${found.problem ? html`<${Fault} problem=${found.problem} again=${found.again} />` : !q ? html`<p class="muted">${d.findReadersLead}</p>` : found.data && html`<${Found} q=${q} readers=${found.data.items} more=${Boolean(found.data.more || found.data.nextCursor)} />`}`;
}

/** @param {{ q: string, readers: Reader[], more: boolean }} props */
function Found({ q, readers, more }) {
  const d = deskWords.value;
  if (!readers.length) return html`<p class="empt" role="status"><b>${d.noReaderFound(q)}</b>${d.noReaderFoundWhy}</p>`;
  return html`<table class="tbl">
      <thead><tr>
        <th scope="col"><span class="sr">${d.picture}</span></th><th scope="col">${d.reader}</th><th scope="col">${d.card}</th><th scope="col">${d.group}</th><th scope="col">${d.note}</th>
      </tr></thead>
      <tbody>
        ${readers.map(
          (one) => html`<tr key=${one.id}>
            <td class="c"><span class="face xs" aria-hidden="true">${initialsOf(one)}</span></td>
            <td><span class="t"><a href=${to(`/readers/${one.id}`)}><bdi>${nameOf(one)}</bdi></a></span><span class="s"><bdi>${one.email || d.noEmail}</bdi></span></td>
            <td class="num" data-l=${one.card ? d.card : undefined}>${one.card}</td>
            <td>${groupOf(one)}</td>
            <td>${one.disabled ? html`<span class="word late"><${DeskIcon} name="stop" />${d.switchedOff}</span>` : standing(one) && html`<span class="word late"><${DeskIcon} name="ask" />${standing(one)}</span>`}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${more && html`<p class="muted">${d.moreReaders}</p>`}`;
}
