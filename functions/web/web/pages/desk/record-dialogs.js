// What the desk changes about a reader, each in a dialog of its own: card, name, address, group, block, role, a code to sign in, the end.

import { call } from "../../shell/api.js";
import { Field, Summary, said, useForm } from "../../shell/form.js";
import { words } from "../../shell/i18n.js";
import { go, to } from "../../shell/router.js";
import { Button, faultWords, html, showToast, useAction } from "../../shell/ui.js";
import { useSignal } from "../../vendor/preact-signals.js";
import { deskWords } from "./desk-words.js";
import { Dialog } from "./dialog.js";
import { Groups, isCard } from "./new-reader.js";
import { firstNameOf, nameOf } from "./people.js";

/** @typedef {import("./counter.js").Reader} Reader */
/** @typedef {{ who: Reader, close: () => void, done: (who: Reader) => void }} Props */

/** @param {{ close: () => void, busy?: boolean, label: string, kind?: string }} props */
const Buttons = ({ close, busy, label, kind = "main" }) =>
  html`<div class="row"><${Button} class=${`${kind} big`} busy=${busy}>${label}<//><button type="button" class="btn big" onClick=${close}>${deskWords.value.cancel}<kbd>Esc</kbd></button></div>`;

/** @param {Props} props */
export function CardDialog({ who, close, done }) {
  const d = deskWords.value;
  const path = { userId: who.id };
  const form = useForm({
    first: { card: "" },
    fields: { "card-taken": "card", "not-a-code": "card" },
    check: ({ card }) => said({ card: !isCard(card) && d.cardUnfit }),
    send: async ({ card }, key) => {
      const { data } = await call("putCard", { path, body: { card: card.trim() }, key });
      done({ ...who, ...data });
      showToast(d.cardChanged);
    },
  });
  const remove = useAction(async () => {
    await call("deleteCard", { path });
    done({ ...who, card: undefined });
    showToast(d.cardRemoved);
  });
  return html`<${Dialog} id="card" title=${d.changeCardAsk(firstNameOf(who))} close=${close}>
    <p>${d.changeCardLead}</p>
    <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
      <${Summary} form=${form} labels=${{ card: d.card }} />
      <${Field} form=${form} name="card" label=${d.card} hint=${d.cardHint} autocomplete="off" autocapitalize="none" spellcheck=${false} maxlength="64" data-first />
      <${Buttons} close=${close} busy=${form.busy} label=${d.newCard} />
    </form>
    ${who.card && html`<p class="row"><${Button} class="bare danger" busy=${remove.busy} onPress=${remove.run}>${d.removeCard}<//></p>`}
    ${remove.problem && html`<p class="err" role="alert">${faultWords(remove.problem)[1]}</p>`}
  <//>`;
}

/** @param {Props} props */
export function NameDialog({ who, close, done }) {
  const d = deskWords.value;
  const t = words.value;
  const labels = { firstName: t.firstName, lastName: t.lastName };
  const form = useForm({
    first: { firstName: who.firstName || "", lastName: who.lastName || "" },
    fields: { "/firstName": "firstName", "/lastName": "lastName" },
    check: ({ firstName, lastName }) =>
      said({ firstName: !firstName.trim() && d.nameMissing, lastName: !lastName.trim() && d.nameMissing }),
    send: async ({ firstName, lastName }) => {
      const body = { firstName: firstName.trim(), lastName: lastName.trim() };
      done((await call("changeUser", { path: { userId: who.id }, body })).data);
    },
  });
  return html`<${Dialog} id="name" title=${d.mendNameAsk(nameOf(who))} close=${close}>
    <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
      <${Summary} form=${form} labels=${labels} />
      <${Field} form=${form} name="firstName" label=${t.firstName} autocomplete="off" maxlength="100" data-first />
      <${Field} form=${form} name="lastName" label=${t.lastName} autocomplete="off" maxlength="100" />
      <${Buttons} close=${close} busy=${form.busy} label=${t.save} />
    </form>
  <//>`;
}

/** @param {Props} props */
export function EmailDialog({ who, close, done }) {
  const d = deskWords.value;
  const form = useForm({
    first: { email: who.pendingEmail || who.email || "" },
    fields: { "/email": "email", "email-taken": "email" },
    check: ({ email }) => said({ email: !email.trim() && words.value.invalid.email }),
    send: async ({ email }) => {
      const { data } = await call("putEmail", { path: { userId: who.id }, body: { email: email.trim() } });
      done({ ...who, ...data });
      showToast(d.emailAsked(email.trim()));
    },
  });
  return html`<${Dialog} id="email" title=${d.mendEmailAsk(nameOf(who))} close=${close}>
    <p>${d.mendEmailLead}</p>
    <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
      <${Summary} form=${form} labels=${{ email: d.email }} />
      <${Field} form=${form} name="email" label=${d.email} type="email" autocomplete="off" data-first />
      <${Buttons} close=${close} busy=${form.busy} label=${d.sendLetter} />
    </form>
  <//>`;
}

/** @param {Props} props */
export function GroupDialog({ who, close, done }) {
  const d = deskWords.value;
  const form = useForm({
    first: { group: who.group || "adults" },
    send: async ({ group }) => done((await call("changeUser", { path: { userId: who.id }, body: { group } })).data),
  });
  return html`<${Dialog} id="group" title=${`${d.group}: ${nameOf(who)}`} close=${close}>
    <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
      <${Summary} form=${form} />
      <${Groups} form=${form} />
      <${Buttons} close=${close} busy=${form.busy} label=${words.value.save} />
    </form>
  <//>`;
}

const LONGEST_REASON = 200;

/** @param {Props} props */
export function BlockDialog({ who, close, done }) {
  const d = deskWords.value;
  const first = firstNameOf(who);
  const form = useForm({
    first: { reason: "", until: "", ends: "" },
    fields: { "/blocked/reason": "reason", "/blocked/until": "until" },
    check: ({ reason, until, ends }) =>
      said({
        reason: (!reason.trim() || [...reason].length > LONGEST_REASON) && d.blockReasonMissing,
        until: Boolean(ends) && !until && words.value.invalid.releaseDate,
      }),
    send: async ({ reason, until, ends }) => {
      const blocked = { reason: reason.trim(), until: ends ? until : undefined };
      done((await call("changeUser", { path: { userId: who.id }, body: { blocked } })).data);
      showToast(d.blockedNow(first));
    },
  });
  return html`<${Dialog} id="block" title=${d.blockAsk(first)} close=${close}>
    <p>${d.blockLead(first)}</p>
    <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
      <${Summary} form=${form} labels=${{ reason: d.blockReason, until: d.lastDay }} />
      <${Field} form=${form} name="reason" label=${d.blockReason} autocomplete="off" maxlength="200" data-first />
      <fieldset class="choice">
        <legend>${d.howLong}</legend>
        <label><input type="radio" name="ends" checked=${!form.values.ends} onChange=${() => form.set({ ends: "" })} /> ${d.untilLifted}</label>
        <label><input type="radio" name="ends" checked=${Boolean(form.values.ends)} onChange=${() => form.set({ ends: "1" })} /> ${d.untilADay}</label>
      </fieldset>
      ${form.values.ends && html`<${Field} form=${form} name="until" label=${d.lastDay} type="date" />`}
      <${Buttons} close=${close} busy=${form.busy} label=${d.blockNow(first)} kind="del" />
    </form>
  <//>`;
}

/** @param {Props} props */
export function RoleDialog({ who, close, done }) {
  const d = deskWords.value;
  const form = useForm({
    first: { role: who.role || "member" },
    send: async ({ role }) => done((await call("changeUser", { path: { userId: who.id }, body: { role } })).data),
  });
  return html`<${Dialog} id="role" title=${d.roleAsk(nameOf(who))} close=${close}>
    <p>${d.roleLead}</p>
    <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
      <${Summary} form=${form} />
      <fieldset class="choice">
        <legend>${d.role}</legend>
        ${Object.entries(d.roles).map(([id, text]) => html`<label><input type="radio" name="role" value=${id} checked=${form.values.role === id} onChange=${() => form.set({ role: id })} /> ${text}</label>`)}
      </fieldset>
      <${Buttons} close=${close} busy=${form.busy} label=${words.value.save} />
    </form>
  <//>`;
}

/** @param {{ who: Reader, close: () => void }} props */
export function CodeDialog({ who, close }) {
  const d = deskWords.value;
  const made = useSignal(/** @type {{ code: string, expiresAt: string } | null} */ (null));
  const make = useAction(async () => {
    made.value = (await call("issueSignInCode", { path: { userId: who.id } })).data;
  });
  return html`<${Dialog} id="code" title=${d.signInCodeAsk(firstNameOf(who))} close=${close}>
    <p>${d.signInCodeLead}</p>
    ${made.value && html`<p role="status"><b class="once num">${made.value.code}</b><br />${d.codeIs(made.value.expiresAt)}</p>`}
    ${make.problem && html`<p class="err" role="alert">${faultWords(make.problem)[1]}</p>`}
    <div class="row">
      ${!made.value && html`<${Button} class="main big" busy=${make.busy} onPress=${make.run}>${d.makeCode}<//>`}
      <button type="button" class="btn big" onClick=${close}>${made.value ? d.good : d.cancel}<kbd>Esc</kbd></button>
    </div>
  <//>`;
}

/** @param {{ who: Reader, loans: import("./counter.js").Loan[], close: () => void }} props */
export function EndDialog({ who, loans, close }) {
  const d = deskWords.value;
  const end = useAction(async () => {
    await call("deleteUser", { path: { userId: who.id } });
    showToast(d.ended);
    await go(to("/readers"));
  });
  const home = loans.filter(({ status }) => status === "checkedOut").length;
  return html`<${Dialog} id="end" title=${d.endAsk(nameOf(who))} close=${close}>
    <p>${d.endLead}</p>
    ${home > 0 && html`<p class="warnbox">${d.deskRefusals["books-at-home"]}</p>`}
    ${end.problem && html`<p class="err" role="alert">${faultWords(end.problem)[1]}</p>`}
    <div class="row">
      <button type="button" class="btn big" data-first onClick=${close}>${d.keep}<kbd>Esc</kbd></button>
      <${Button} class="del big" busy=${end.busy} onPress=${end.run}>${d.endAccount}<//>
    </div>
  <//>`;
}
