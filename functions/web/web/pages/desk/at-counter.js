// The reader who stands at the counter: how many books, what waits, what is at home.

import { daysUntil } from "../../shell/i18n.js";
import { to } from "../../shell/router.js";
import { Cover, html, Icon, Title, titleOf } from "../../shell/ui.js";
import { libraryRules } from "../library-rules.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { initialsOf, nameOf } from "./people.js";

/** @typedef {import("./counter.js").Loan} Loan */
/** @typedef {import("./counter.js").Reader} Reader */

const SOON = 3;

/** The group of everybody whom nobody has put in another one, and how many books they may have until the rules are there. */
const USUAL = "adults";
const USUAL_MOST = 10;

/** When a loan is due, in words.
 * @param {{ loan: Loan }} props */
export function DueWords({ loan }) {
  const d = deskWords.value;
  const days = daysUntil(loan.dueOn || "");
  if (days < 0)
    return html`<span class="word late"><${Icon} name="warning" />${d.daysLate(-days)}</span>, ${d.wasDueOn(loan.dueOn || "")}`;
  if (days === 0) return html`<span class="soon">${d.dueTodayWord}</span>`;
  return html`<span class=${days <= SOON ? "soon" : undefined}>${d.dueOn(loan.dueOn || "")}</span>`;
}

/** What keeps a reader from borrowing, if anything does.
 * @param {Reader} who */
export function standing(who) {
  const d = deskWords.value;
  if (who.blocked) return [d.isBlocked, who.blocked.until && d.blockedUntil(who.blocked.until)].filter(Boolean).join(" ");
  return who.emailVerified || who.approved ? "" : d.notApproved;
}

/** The rules for a reader's group, when they are there. Whose group is gone has those of all.
 * @param {Reader} who */
const rulesOf = ({ group = USUAL }) => {
  const groups = libraryRules()?.groups;
  return groups?.find(({ id }) => id === group) || groups?.find(({ id }) => id === USUAL);
};

/** The name of a reader's group.
 * @param {Reader} who */
export const groupOf = (who) => rulesOf(who)?.name || "";

/** How many books a reader may have.
 * @param {Reader} who */
export const mostBooks = (who) => rulesOf(who)?.loans ?? USUAL_MOST;

/** @param {import("./deeds.js").Props} props */
export function AtCounter({ counter, press }) {
  const d = deskWords.value;
  const who = /** @type {Reader} */ (counter.reader.value);
  const loans = counter.loans.value;
  const home = loans
    .filter(({ status }) => status === "checkedOut")
    .toSorted((one, other) => (one.dueOn || "").localeCompare(other.dueOn || ""));
  const ready = loans.filter(({ status }) => status === "ready");
  const late = home.filter(({ dueOn }) => daysUntil(dueOn || "") < 0);
  const obstacle = standing(who);
  return html`<aside class="who stick" aria-label=${d.atCounter}>
    <header>
      <span class="face" aria-hidden="true">${initialsOf(who)}</span>
      <div>
        <h2 class="n"><a href=${to(`/readers/${who.id}`)}><bdi>${nameOf(who)}</bdi></a></h2>
        <p>${[who.card && d.cardNumber(who.card), groupOf(who)].filter(Boolean).join(" · ")}</p>
      </div>
    </header>
    <div class="gauge">
      <b>${d.booksOf(home.length, mostBooks(who))}</b>
      <${Pips} out=${home.length} most=${mostBooks(who)} late=${late.length} />
      ${obstacle && html`<span><span class="word late"><${DeskIcon} name="stop" />${obstacle}</span>${who.blocked ? `: ${who.blocked.reason}` : ""}</span>`}
      ${late.length > 0 && html`<span><span class="word late"><${Icon} name="warning" />${d.daysLate(-daysUntil(late[0].dueOn || ""))}</span>: ${d.someLate(late.length)}.${obstacle ? "" : ` ${d.mayBorrow}`}</span>`}
    </div>
    <div class="ends">
      <button type="button" class="btn main big" onClick=${() => press({ order: "done" })}>${d.finish}<kbd>Esc</kbd></button>
      <button type="button" class="btn big" onClick=${() => press({ order: "print" })}><${DeskIcon} name="print" />${d.receipt}<kbd>F9</kbd></button>
    </div>
    ${
      ready.length > 0 &&
      html`<h3>${d.waitsOnShelf}</h3>
      <ul class="rows">
        ${ready.map(
          (loan) => html`<li key=${loan.id}>
            <${Cover} book=${loan.shown || loan.book} px=${36} small />
            <div><span class="t"><${Title} book=${loan.book} /></span><span class="s">${[loan.asideAt ? "" : d.toFetchWord, loan.readyUntil && d.untilDay(loan.readyUntil)].filter(Boolean).join(", ")}</span></div>
            <button type="button" class="btn" onClick=${() => press({ order: "handOver", of: loan.id })}>${d.handOver}<span class="sr"> <bdi>${titleOf(loan.book)}</bdi></span></button>
          </li>`,
        )}
      </ul>`
    }
    ${
      home.length > 0 &&
      html`<h3>${d.atHome}<button type="button" class="btn" onClick=${() => press({ order: "renew" })}>${d.renewAll}<kbd>F4</kbd></button></h3>
      <ul class="rows">
        ${home.map(
          (loan) => html`<li key=${loan.id}>
            <${Cover} book=${loan.shown || loan.book} px=${36} small />
            <div><span class="t"><${Title} book=${loan.book} /></span><span class="s"><${DueWords} loan=${loan} /></span></div>
            <div class="acts">
              ${loan.renewalRefusal !== "too-early" && html`<button type="button" class="btn" onClick=${() => press({ order: "renew", of: loan.id })}>${d.renew}<span class="sr"> <bdi>${titleOf(loan.book)}</bdi></span></button>`}
              <button type="button" class="btn" onClick=${() => press({ order: "back", of: loan.id })}>${d.takeBack}<span class="sr"> <bdi>${titleOf(loan.book)}</bdi></span></button>
            </div>
          </li>`,
        )}
      </ul>`
    }
  </aside>`;
}

/** One mark for each book that a reader may have: those that are late first.
 * @param {{ out: number, most: number, late: number }} props */
const Pips = ({ out, most, late }) =>
  html`<div class="pips" aria-hidden="true">
    ${Array.from({ length: Math.max(most, out) }, (_, index) => html`<i class=${index < late ? "bad" : index < out ? "on" : ""}></i>`)}
  </div>`;
