// Rows of tables: a book, and what may be done with its loan or reservation.

import { call } from "../../shell/api.js";
import { to } from "../../shell/router.js";
import { Button, Cover, faultWords, html, Title, titleOf, useAction } from "../../shell/ui.js";
import { useSignal } from "../../vendor/preact-signals.js";
import { deskWords } from "./desk-words.js";
import { Dialog } from "./dialog.js";

/** @typedef {import("./counter.js").Loan} Loan */

/** @param {{ columns: string[], children?: unknown }} props */
export const Table = ({ columns, children }) =>
  html`<table class="tbl">
    <thead><tr>
      <th scope="col"><span class="sr">${deskWords.value.cover}</span></th>
      ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      <th scope="col"><span class="sr">${deskWords.value.doIt}</span></th>
    </tr></thead>
    <tbody>${children}</tbody>
  </table>`;

/** The cells of a row that show its book.
 * @param {{ loan: Loan, beside?: unknown }} props */
export const BookCells = ({ loan, beside }) =>
  html`<td class="c"><${Cover} book=${loan.shown || loan.book} px=${36} small /></td>
    <td><span class="t"><a href=${to(`/books/${loan.book.id}`)}><${Title} book=${loan.shown || loan.book} /></a></span><span class="s"><bdi>${loan.shown?.author}</bdi>${beside && html` · ${beside}`}</span></td>`;

/** A button of a row that does one step with its reservation.
 * @param {{ loan: Loan, call: string, label: string, done: () => void, body?: unknown, bare?: boolean }} props */
export function Step({ loan, call: name, label, done, bare }) {
  const step = useAction(async (key) => {
    await call(name, { path: { reservationId: loan.id }, key });
    done();
  });
  return html`<${Button} class=${bare ? "bare" : ""} busy=${step.busy} onPress=${step.run} about=${titleOf(loan.book)}>${label}<//>
    ${step.problem && html`<span class="err" role="alert">${faultWords(step.problem)[1]}</span>`}`;
}

/** A step that cannot be undone, with a question before.
 * @param {{ loan: Loan, call: string, label: string, ask: string, lead: string, done: () => void }} props */
export function AskedStep({ loan, call: name, label, ask, lead, done }) {
  const d = deskWords.value;
  const open = useSignal(false);
  const step = useAction(async (key) => {
    await call(name, { path: { reservationId: loan.id }, key });
    open.value = false;
    done();
  });
  return html`<${Button} class="bare" onPress=${() => (open.value = true)} about=${titleOf(loan.book)}>${label}<//>
    ${
      open.value &&
      html`<${Dialog} id=${`${name}-${loan.id}`} title=${ask} close=${() => (open.value = false)}>
      <p>${lead}</p>
      ${step.problem && html`<p class="err" role="alert">${faultWords(step.problem)[1]}</p>`}
      <div class="row"><button type="button" class="btn big" data-first onClick=${() => (open.value = false)}>${d.keep}</button><${Button} class="del big" busy=${step.busy} onPress=${step.run}>${label}<//></div>
    <//>`
    }`;
}
