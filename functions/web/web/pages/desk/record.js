// A reader's record: what is at home, what waits, the card, and what the desk may change.

import { call } from "../../shell/api.js";
import { words } from "../../shell/i18n.js";
import { whyNotRenew, withBooks } from "../../shell/loans.js";
import { place, to } from "../../shell/router.js";
import { reader as librarian } from "../../shell/session.js";
import { Button, Fault, faultWords, html, showToast, titleOf, useAction, useLoad, useTitle } from "../../shell/ui.js";
import { useSignal } from "../../vendor/preact-signals.js";
import Lost from "../lost.js";
import { DueWords, groupOf, mostBooks, standing } from "./at-counter.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { toDesk } from "./next-reader.js";
import { firstNameOf, initialsOf, nameOf } from "./people.js";
import {
  BlockDialog,
  CardDialog,
  CodeDialog,
  EmailDialog,
  EndDialog,
  GroupDialog,
  NameDialog,
  RoleDialog,
} from "./record-dialogs.js";
import { AskedStep, BookCells, Step, Table } from "./rows.js";
import { isLibrarian, Side } from "./side.js";

/** @typedef {import("./counter.js").Reader} Reader */
/** @typedef {import("./counter.js").Loan} Loan */

/** @returns {any} */
export default function RecordPage() {
  return html`<${Side} title=${deskWords.value.readers}><${Record} /><//>`;
}

function Record() {
  const d = deskWords.value;
  const userId = place.value.params.id;
  const record = useLoad(async (abort) => (await call("getUser", { path: { userId }, abort })).data, [userId]);
  const loans = useLoad(
    async (abort) => withBooks((await call("listReservations", { query: { reader: userId, limit: 100 }, abort })).data.items),
    [userId],
  );
  const who = /** @type {Reader | undefined} */ (record.data);
  const problem = /** @type {any} */ (record.problem || loans.problem);
  useTitle(who ? nameOf(who) : d.readers, Boolean(who || problem));
  if (problem?.status === 404 || problem?.status === 400) return html`<${Lost} />`;
  if (problem) return html`<${Fault} problem=${problem} again=${record.problem ? record.again : loans.again} level="h1" />`;
  if (!who) return html`<h1 class="page"><span class="sk w5">·</span></h1>`;
  return html`<header class="hd"><span class="face" aria-hidden="true">${initialsOf(who)}</span><h1 class="page"><bdi>${nameOf(who)}</bdi></h1></header>
    <div class="rec">
      <${Facts} who=${who} changed=${record.put} loans=${loans.data || []} />
      <div><${Out} who=${who} loans=${loans.data} again=${loans.again} /><${Reserved} loans=${loans.data} again=${loans.again} /></div>
    </div>`;
}

/** Who it is, and what the desk may change.
 * @param {{ who: Reader, changed: (who: Reader) => void, loans: Loan[] }} props */
function Facts({ who, changed, loans }) {
  const d = deskWords.value;
  const asks = useSignal("");
  const path = { userId: who.id };
  const approve = useAction(async () => changed((await call("changeUser", { path, body: { approved: !who.approved } })).data));
  const lift = useAction(async () => {
    changed((await call("changeUser", { path, body: { blocked: null } })).data);
    showToast(d.liftedNow(firstNameOf(who)));
  });
  const close = () => {
    asks.value = "";
  };
  const done = (/** @type {Reader} */ next) => {
    changed(next);
    close();
  };
  const link = (/** @type {string} */ text, /** @type {() => void} */ act) =>
    html` · <button type="button" class="link" onClick=${act}>${text}</button>`;
  const isMe = who.id === librarian.value?.id;
  const problem = approve.problem || lift.problem;
  const obstacle = standing(who);
  return html`<div class="side">
    <dl class="card">
      <div><dt>${d.card}</dt><dd><span class="num">${who.card || "–"}</span>${link(d.newCard, () => (asks.value = "card"))}</dd></div>
      <div><dt>${d.email}</dt><dd><bdi>${who.email || d.noEmail}</bdi>${who.email && html` <span class="muted">(${who.emailVerified ? d.confirmed : d.unconfirmed})</span>`}${who.role === "member" && link(words.value.edit, () => (asks.value = "email"))}${who.pendingEmail && html`<br /><span class="muted">${d.pendingEmail(who.pendingEmail)}</span>`}</dd></div>
      <div><dt>${d.group}</dt><dd><bdi>${groupOf(who)}</bdi>${link(words.value.edit, () => (asks.value = "group"))}</dd></div>
      <div>
        <dt>${d.borrows}</dt>
        <dd>
          ${
            who.blocked
              ? html`<span class="word late"><${DeskIcon} name="stop" />${obstacle}</span><br /><bdi>${who.blocked.reason}</bdi>`
              : obstacle
                ? html`<span class="word soon"><${DeskIcon} name="ask" />${d.notYet}</span>`
                : html`<span class="word fine"><${DeskIcon} name="done" />${who.approved ? d.yesApproved : d.yesConfirmed}</span>`
          }
          ${(who.approved || !who.emailVerified) && link(who.approved ? d.withdraw : d.approve, approve.run)}
        </dd>
      </div>
      ${who.role && html`<div><dt>${d.role}</dt><dd>${/** @type {Record<string, string>} */ (d.roles)[who.role]}${isLibrarian() && !isMe && link(words.value.edit, () => (asks.value = "role"))}</dd></div>`}
      ${who.createdAt && html`<div><dt>${d.withUsSince}</dt><dd>${d.sinceDay(who.createdAt)}</dd></div>`}
      ${who.disabled && html`<div><dt>${d.state}</dt><dd><span class="word late"><${DeskIcon} name="stop" />${d.switchedOff}</span></dd></div>`}
    </dl>
    ${problem && html`<p class="err" role="alert">${faultWords(problem)[1]}</p>`}
    <div class="acts">
      <button type="button" class="btn main big all1" onClick=${() => toDesk(who.id)}>${d.openAtDesk}</button>
      ${who.blocked ? html`<${Button} busy=${lift.busy} onPress=${lift.run}>${d.lift}<//>` : html`<button type="button" class="btn" onClick=${() => (asks.value = "block")}>${d.block}</button>`}
      <button type="button" class="btn" onClick=${() => (asks.value = "name")}>${d.mendName}</button>
      ${isLibrarian() && who.role === "member" && html`<button type="button" class="btn" onClick=${() => (asks.value = "code")}>${d.signInCode}</button>`}
      ${isLibrarian() && html`<a class="btn all1" href=${to("/activity", { user: who.id })}>${d.activityLog}</a>`}
      ${isLibrarian() && !isMe && html`<button type="button" class="btn bare danger all1" onClick=${() => (asks.value = "end")}>${d.endAccount}</button>`}
    </div>
    ${asks.value === "name" && html`<${NameDialog} who=${who} close=${close} done=${done} />`}
    ${asks.value === "email" && html`<${EmailDialog} who=${who} close=${close} done=${done} />`}
    ${asks.value === "card" && html`<${CardDialog} who=${who} close=${close} done=${done} />`}
    ${asks.value === "group" && html`<${GroupDialog} who=${who} close=${close} done=${done} />`}
    ${asks.value === "block" && html`<${BlockDialog} who=${who} close=${close} done=${done} />`}
    ${asks.value === "role" && html`<${RoleDialog} who=${who} close=${close} done=${done} />`}
    ${asks.value === "code" && html`<${CodeDialog} who=${who} close=${close} />`}
    ${asks.value === "end" && html`<${EndDialog} who=${who} loans=${loans} close=${close} />`}
  </div>`;
}

/** @param {{ who: Reader, loans?: Loan[], again: () => void }} props */
function Out({ who, loans, again }) {
  const d = deskWords.value;
  const home = (loans || [])
    .filter(({ status }) => status === "checkedOut")
    .toSorted((one, other) => (one.dueOn || "").localeCompare(other.dueOn || ""));
  return html`<section>
    <div class="sec"><h2>${d.outNow(home.length, mostBooks(who))}</h2></div>
    ${
      home.length
        ? html`<${Table} columns=${[d.book, d.due]}>
          ${home.map(
            (loan) => html`<tr key=${loan.id}>
              <${BookCells} loan=${loan} beside=${loan.renewals ? d.renewedTimes(loan.renewals) : loan.lentAt ? d.lentOn(loan.lentAt) : ""} />
              <td><${DueWords} loan=${loan} /></td>
              <td class="e"><div class="acts">
                ${!whyNotRenew(/** @type {any} */ (loan)) && html`<${Step} loan=${loan} call="renewLoan" label=${d.renew} done=${again} />`}
                <${Step} loan=${loan} call="returnCopy" label=${d.takeBack} done=${again} />
                <${AskedStep} loan=${loan} call="loseCopy" label=${d.lost} ask=${d.lostAsk(titleOf(loan.book))} lead=${d.lostLoses} done=${again} />
              </div></td>
            </tr>`,
          )}
        <//>`
        : loans && html`<p class="empt">${d.nothingOut}</p>`
    }
  </section>`;
}

/** @param {{ loans?: Loan[], again: () => void }} props */
function Reserved({ loans, again }) {
  const d = deskWords.value;
  const reserved = (loans || []).filter(({ status }) => status === "ready" || status === "waiting");
  return html`<section>
    <div class="sec"><h2>${d.reserved}</h2></div>
    ${
      reserved.length
        ? html`<${Table} columns=${[d.book, d.state]}>
          ${reserved.map(
            (loan) => html`<tr key=${loan.id}>
              <${BookCells} loan=${loan} beside=${loan.readyUntil ? d.untilDay(loan.readyUntil) : ""} />
              <td>${loan.status === "ready" ? html`<span class="word fine"><${DeskIcon} name="aside" />${loan.asideAt ? d.waitsOnShelf : d.toFetchWord}</span>` : d.placeOf(loan.place || 1)}</td>
              <td class="e"><div class="acts">
                ${loan.status === "ready" && html`<${Step} loan=${loan} call="checkOutCopy" label=${d.handOver} done=${again} />`}
                <${AskedStep} loan=${loan} call="cancelReservation" label=${d.cancelReservation} ask=${d.cancelAsk(titleOf(loan.book))} lead=${d.cancelLoses} done=${again} />
              </div></td>
            </tr>`,
          )}
        <//>`
        : loans && html`<p class="empt">${d.nothingReserved}</p>`
    }
  </section>`;
}
