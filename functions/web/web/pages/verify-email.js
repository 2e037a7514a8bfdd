// The link of a letter: is this your address? A button sends the token, because some mail programs open every link.

import { call, Problem } from "../shell/api.js";
import { rich, words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { loadReader, reader } from "../shell/session.js";
import { Button, html, useAction, useTitle } from "../shell/ui.js";
import { useSignal } from "../vendor/preact-signals.js";
import { Refused } from "./give-up.js";
import { Envelope, takeToken } from "./letter.js";
import { SignInForm } from "./sign-in.js";
import "../shell/own-calls.js";

/** @returns {any} */
export default function VerifyEmail() {
  const t = words.value;
  const token = takeToken();
  const state = useSignal(token ? "asked" : "lost");
  const confirm = useAction(async () => {
    try {
      await call("verifyEmail", { body: { token } });
      await loadReader();
      state.value = "done";
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 400) throw problem;
      state.value = "old";
    }
  });
  const who = reader.value;
  const title =
    { asked: who === null ? t.signInFirst : t.isItYours, lost: t.letterNeeded, old: t.linkRanOut, done: t.addressConfirmed }[
      state.value
    ] || "";
  useTitle(title, who !== undefined);
  if (who === undefined) return null;
  if (state.value === "done") {
    return html`<div class="narrow by">
      <h1>${title}</h1>
      <p>${t.addressConfirmedThen}</p>
      <p class="row"><a class="btn main big" href=${to("/")}>${t.findBook}</a></p>
      <${Envelope} />
    </div>`;
  }
  if (state.value !== "asked") {
    return html`<div class="narrow by">
      <h1>${title}</h1>
      <p>${state.value === "old" ? t.linkRanOutVerify : t.letterNeededWhy}</p>
      <p class="row"><a class="btn main big" href=${`${to("/account")}#email`}>${t.sendNewLetter}</a></p>
      <${Envelope} dead />
    </div>`;
  }
  if (who === null) {
    return html`<div class="narrow">
      <h1>${title}</h1>
      <p>${t.signInToConfirm}</p>
      <${SignInForm} onSignedIn=${() => {}} />
    </div>`;
  }
  return html`<div class="narrow by">
    <h1>${title}</h1>
    <p>${rich(t.onePress(who.pendingEmail || who.email || ""), { b: (text) => html`<b><bdi>${text}</bdi></b>` })}</p>
    <${Refused} problem=${confirm.problem} />
    <p><${Button} class="main big" busy=${confirm.busy} onPress=${confirm.run}>${t.yesMine}<//></p>
    <p class="small muted">${t.whyButton}</p>
    <${Envelope} />
  </div>`;
}

/** A letter is on its way to a new reader.
 * @param {{ email: string, children?: unknown }} props */
export function LetterSent({ email, children }) {
  const t = words.value;
  return html`<div class="narrow by">
    <h1>${t.letterOnItsWay}</h1>
    <p>${rich(t.followItsLink(email), { b: (text) => html`<b><bdi>${text}</bdi></b>` })}</p>
    ${children}
    <p class="small muted">${t.noLetter}</p>
    <${Envelope} />
  </div>`;
}
