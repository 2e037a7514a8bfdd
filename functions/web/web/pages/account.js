// The account: name, picture, email, password, devices, data, and its end.

import { call } from "../shell/api.js";
import { AS_TYPED, Field, PasswordHints, passwordProblem, Summary, said, useForm, WhoFor } from "../shell/form.js";
import { LANGUAGES, rich, words } from "../shell/i18n.js";
import { loadReader, reader, signedOut } from "../shell/session.js";
import { signIn, signOut } from "../shell/signing.js";
import { Button, Fault, html, Icon, showToast, useAction, useLoad, useTitle } from "../shell/ui.js";
import { useMemo, useSignal } from "../vendor/preact-signals.js";
import { Refused } from "./give-up.js";
import { Part } from "./me.js";
import { OwnData } from "./own-data.js";
import { Picture } from "./picture.js";
import { Private } from "./sign-in.js";
import { emailProblem } from "./sign-up.js";

/** @typedef {import("../shell/session.js").Profile & { language?: string, letters?: Record<string, boolean> }} Profile */

/** @returns {any} */
export default function Account() {
  return html`<${Private} title=${words.value.account}><${Settings} /><//>`;
}

function Settings() {
  const t = words.value;
  useTitle(t.account);
  const who = reader.value;
  if (!who) return null;
  const parts = [
    { id: "profile", title: t.nameTitle, hint: t.nameHint, body: html`<${Names} who=${who} />` },
    { id: "picture", title: t.picture, hint: t.pictureHint, body: html`<${Picture} who=${who} />` },
    { id: "email", title: t.email, body: html`<${Email} who=${who} />` },
    { id: "letters", title: t.letters, hint: t.lettersHint, body: html`<${Letters} who=${who} />` },
    { id: "password", title: t.password, body: html`<${Password} who=${who} />` },
    { id: "sessions", title: t.devices, hint: t.devicesHint, body: html`<${Devices} />` },
    { id: "data", title: t.myData, hint: t.myDataHint, body: html`<${OwnData} />` },
    { id: "delete", title: t.deleteAccount, hint: t.cannotUndo, body: html`<${Delete} who=${who} />` },
  ];
  return html`<div class="pagehead">
      <h1>${t.account}</h1>
      <nav class="toc" aria-label=${t.onThisPage}>${parts.map(({ id, title }) => html`<a href=${`#${id}`}>${title}</a>`)}</nav>
    </div>
    ${parts.map(({ id, title, hint, body }) => html`<${Part} id=${id} title=${title} hint=${hint}>${body}<//>`)}`;
}

/** What has just worked, said in place.
 * @param {{ children?: unknown }} props */
const Done = ({ children }) =>
  html`<p class="say" role="status">${children && html`<${Icon} name="tick" /><span>${children}</span>`}</p>`;

/** @param {Profile} who */
const loginOf = (who) => who.username || who.email || "";

/** For a call that is refused once it has been carried out. After a try without an answer, a refusal may mean that it was: `isDone`
 * finds out.
 * @returns {(act: () => Promise<unknown>, isDone: (problem: import("../shell/api.js").Problem) => unknown) => Promise<void>} */
function retrying() {
  let isUnsure = false;
  return async (act, isDone) => {
    try {
      await act();
    } catch (error) {
      const problem = /** @type {import("../shell/api.js").Problem} */ (error);
      if (isUnsure && (await isDone(problem))) return;
      isUnsure ||= !problem.status || problem.status >= 500;
      throw problem;
    }
  };
}

/** Why somebody may not sign in. It tells what became of a try whose answer was lost.
 * @param {Profile} who @param {string} password @returns {Promise<string>} empty if they may */
const refusalOf = ({ username, email }, password) =>
  signIn({ ...(email ? { email } : { username }), password }).then(
    () => "",
    ({ code }) => code || "?",
  );

/** @param {{ who: Profile }} props */
function Names({ who }) {
  const t = words.value;
  const saved = useSignal("");
  const form = useForm({
    first: { firstName: who.firstName || "", lastName: who.lastName || "", username: who.username || "" },
    fields: { "username-taken": "username" },
    send: async ({ firstName, lastName, username }) => {
      saved.value = "";
      if (username.trim() && username.trim() !== who.username)
        await call("changeUsername", { body: { username: username.trim() } });
      await call("changeMe", { body: { firstName: firstName.trim() || null, lastName: lastName.trim() || null } });
      await loadReader();
      saved.value = t.savedName([firstName, lastName].join(" ").trim() || username);
    },
  });
  return html`<form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
    <${Summary} form=${form} labels=${{ firstName: t.firstName, lastName: t.lastName, username: t.username }} />
    <div class="pairs">
      <${Field} form=${form} name="firstName" label=${t.firstName} autocomplete="given-name" />
      <${Field} form=${form} name="lastName" label=${t.lastName} autocomplete="family-name" />
    </div>
    <${Field} form=${form} name="username" label=${t.username} autocomplete="username" hint=${t.usernameHint} ...${AS_TYPED} />
    <${Button} busy=${form.busy}>${t.saveIt}<//>
    <${Done}>${saved.value}<//>
  </form>`;
}

/** @param {{ who: Profile }} props */
function Email({ who }) {
  const t = words.value;
  const again = useAction(async () => {
    await call("requestVerification");
    showToast(t.letterOnItsWay);
  });
  const open = useSignal(!who.email);
  const form = useForm({
    first: { newEmail: "", emailPassword: "" },
    fields: { "/email": "newEmail", "/password": "emailPassword", "email-taken": "newEmail", "wrong-password": "emailPassword" },
    check: ({ newEmail, emailPassword }) =>
      said({ newEmail: emailProblem(newEmail), emailPassword: !emailPassword && t.passwordMissing }),
    send: async ({ newEmail, emailPassword }) => {
      await call("changeEmail", { body: { email: newEmail.trim(), password: emailPassword } });
      form.set({ newEmail: "", emailPassword: "" });
      open.value = false;
      await loadReader();
    },
  });
  const waiting = who.pendingEmail || (who.email && !who.emailVerified);
  const bold = { b: (/** @type {string} */ text) => html`<b><bdi>${text}</bdi></b>` };
  return html`<div class="form">
    ${who.email && html`<p><bdi>${who.email}</bdi>${who.emailVerified && !who.pendingEmail && html` <span class="muted">${t.confirmed}</span>`}</p>`}
    ${
      waiting &&
      html`<div class="note wait" role="status">
      <b>${who.pendingEmail ? t.letterOnItsWay : t.notConfirmed}</b>
      <p>${who.pendingEmail ? rich(t.pendingEmail(who.pendingEmail), bold) : t.confirmToBorrow}</p>
      <p class="row"><${Button} busy=${again.busy} onPress=${again.run}>${t.sendLetterAgain}<//></p>
      <${Refused} problem=${again.problem} />
    </div>`
    }
    ${
      open.value
        ? html`<form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
          <${WhoFor} login=${loginOf(who)} />
          <${Summary} form=${form} labels=${{ newEmail: t.newEmail, emailPassword: t.yourPassword }} />
          <${Field} form=${form} name="newEmail" label=${t.newEmail} type="email" autocomplete="email" />
          <${Field} form=${form} name="emailPassword" label=${t.yourPassword} type="password" autocomplete="current-password" hint=${t.whyPassword} />
          <${Button} busy=${form.busy}>${t.changeAddress}<//>
        </form>`
        : html`<${Button} onPress=${() => (open.value = true)}>${t.changeAddress}<//>`
    }
  </div>`;
}

const KINDS = /** @type {const} */ (["ready", "dueSoon", "overdue"]);

/** The language of letters, and which of them the reader wants.
 * @param {{ who: Profile }} props */
function Letters({ who }) {
  const t = words.value;
  const saved = useSignal("");
  const form = useForm({
    first: {
      letterLanguage: who.language || "",
      ...Object.fromEntries(KINDS.map((kind) => [kind, who.letters?.[kind] === false ? "" : "on"])),
    },
    fields: { "/language": "letterLanguage" },
    send: async ({ letterLanguage, ...chosen }) => {
      saved.value = "";
      const letters = Object.fromEntries(KINDS.map((kind) => [kind, Boolean(chosen[kind])]));
      await call("changeMe", { body: { language: letterLanguage || null, letters } });
      await loadReader();
      saved.value = t.savedLetters;
    },
  });
  const choose = (/** @type {any} */ event) => form.set({ letterLanguage: event.target.value });
  return html`<form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
    <${Summary} form=${form} labels=${{ letterLanguage: t.letterLanguage }} />
    <div class="field">
      <label for="letterLanguage">${t.letterLanguage}</label>
      <select class="pick" id="letterLanguage" value=${form.values.letterLanguage} onChange=${choose}>
        <option value="">${t.libraryLanguage}</option>
        ${Object.entries(LANGUAGES).map(([tag, name]) => html`<option value=${tag} lang=${tag}>${name}</option>`)}
      </select>
    </div>
    <fieldset>
      <legend>${t.lettersWanted}</legend>
      ${KINDS.map(
        (kind) =>
          html`<label class="sw" key=${kind}><input type="checkbox" id=${`letters-${kind}`} checked=${Boolean(form.values[kind])} onChange=${() => form.set({ [kind]: form.values[kind] ? "" : "on" })} /><span>${t.letterKinds[kind]}</span></label>`,
      )}
    </fieldset>
    <${Button} busy=${form.busy}>${t.saveIt}<//>
    <${Done}>${saved.value}<//>
  </form>`;
}

/** @param {{ who: Profile }} props */
function Password({ who }) {
  const t = words.value;
  const round = useSignal(0);
  const done = useSignal(false);
  return html`<${PasswordForm} key=${round.value} who=${who} changed=${() => {
    done.value = true;
    round.value += 1;
  }} />
    <${Done}>${done.value && t.passwordChanged}<//>`;
}

/** @param {{ who: Profile, changed: () => void }} props */
function PasswordForm({ who, changed }) {
  const t = words.value;
  const changing = useMemo(retrying, []);
  const form = useForm({
    first: { currentPassword: "", newPassword: "" },
    fields: { "wrong-password": "currentPassword", "wrong-credentials": "currentPassword" },
    check: ({ currentPassword, newPassword }) =>
      said({ currentPassword: !currentPassword && t.passwordMissing, newPassword: passwordProblem(newPassword) }),
    send: async (values) => {
      await changing(
        () => call("changePassword", { body: values }),
        async ({ code }) => code === "wrong-password" && !(await refusalOf(who, values.newPassword)),
      );
      changed();
    },
  });
  return html`<form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
    <${WhoFor} login=${loginOf(who)} />
    <${Summary} form=${form} labels=${{ currentPassword: t.currentPassword, newPassword: t.newPassword }} />
    <${Field} form=${form} name="currentPassword" label=${t.currentPassword} type="password" autocomplete="current-password" />
    <${Field} form=${form} name="newPassword" label=${t.newPassword} type="password" autocomplete="new-password" aria-describedby="password-hints" />
    <${PasswordHints} password=${form.values.newPassword} />
    <${Button} busy=${form.busy}>${t.changePassword}<//>
    <p class="muted small">${t.othersSignedOut}</p>
  </form>`;
}

function Devices() {
  const t = words.value;
  const list = useLoad(async (abort) => (await call("listSessions", { abort })).data.items, []);
  const end = useAction(async () => {
    await signOut("others");
    list.again();
  });
  const everywhere = useAction(() => signOut("all"));
  if (list.problem) return html`<${Fault} problem=${list.problem} again=${list.again} level="h3" />`;
  if (!list.data) return html`<p><span class="sk w7">·</span></p>`;
  const others = list.data.length - 1;
  return html`<ul class="rows">${list.data.map((/** @type {any} */ device) => html`<${Device} key=${device.id} device=${device} ended=${list.again} />`)}</ul>
    <${Refused} problem=${end.problem || everywhere.problem} />
    <p class="row act">
      ${others > 0 && html`<${Button} busy=${end.busy} onPress=${end.run}>${t.signOutOthers(others)}<//>`}
      <${Button} class="bare" busy=${everywhere.busy} onPress=${everywhere.run}>${t.signOutEverywhere}<//>
    </p>`;
}

/** @param {{ device: { id: string, device: string, createdAt: string, lastUsedAt: string, current: boolean }, ended: () => void }} props */
function Device({ device, ended }) {
  const t = words.value;
  const name = deviceName(device.device);
  const end = useAction(async () => {
    await call("endSession", { path: { sessionId: device.id } });
    ended();
  });
  return html`<li>
    <div>
      <b><bdi>${name}</bdi></b>
      <p class=${device.current ? "now" : ""}>${device.current ? t.thisDevice : t.lastSeen(device.lastUsedAt, device.createdAt)}</p>
      ${end.problem && html`<${Refused} problem=${end.problem} />`}
    </div>
    ${!device.current && html`<${Button} busy=${end.busy} onPress=${end.run} about=${name}>${t.signOut}<//>`}
  </li>`;
}

const BROWSERS = { "Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari" };
const SYSTEMS = { iPhone: "iPhone", iPad: "iPad", Android: "Android", Windows: "Windows", "Mac OS X": "macOS", Linux: "Linux" };

/** "Firefox on Linux" for what a browser calls itself.
 * @param {string} agent */
export function deviceName(agent) {
  const found = (/** @type {Record<string, string>} */ names) => Object.entries(names).find(([mark]) => agent.includes(mark))?.[1];
  const browser = found(BROWSERS);
  const system = found(SYSTEMS);
  if (browser && system) return words.value.deviceOn(browser, system);
  return system || agent.split(" ")[0] || words.value.unknownDevice;
}

/** @param {{ who: Profile }} props */
function Delete({ who }) {
  const t = words.value;
  const open = useSignal(false);
  const deleting = useMemo(retrying, []);
  const form = useForm({
    first: { deletePassword: "" },
    fields: { "/password": "deletePassword", "wrong-password": "deletePassword", "wrong-credentials": "deletePassword" },
    check: ({ deletePassword }) => said({ deletePassword: !deletePassword && t.passwordMissing }),
    send: async ({ deletePassword }) => {
      await deleting(
        () => call("deleteAccount", { body: { password: deletePassword } }),
        async ({ status }) => status === 401 && (await refusalOf(who, deletePassword)) === "wrong-credentials",
      );
      signedOut("");
      showToast(t.accountDeleted);
    },
  });
  if (!open.value) {
    return html`<div class="form">
      <p>${t.deleteAccountLoses}</p>
      <${Button} class="red" onPress=${() => (open.value = true)}>${t.deleteAccountAsk}<//>
    </div>`;
  }
  return html`<form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
    <p>${t.deleteAccountLoses}</p>
    <${WhoFor} login=${loginOf(who)} />
    <${Summary} form=${form} labels=${{ deletePassword: t.yourPassword }} />
    <${Field} form=${form} name="deletePassword" label=${t.yourPassword} type="password" autocomplete="current-password" />
    <div class="row">
      <${Button} class="main red" busy=${form.busy}>${t.deleteAccountForGood}<//>
      <button type="button" class="btn bare" onClick=${() => (open.value = false)}>${t.keepAccount}</button>
    </div>
  </form>`;
}
