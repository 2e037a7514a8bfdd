// A lost password: ask for a letter, or follow its link and choose a new password.

import { call, Problem } from "../shell/api.js";
import { Field, PasswordHints, passwordProblem, Summary, said, useForm } from "../shell/form.js";
import { rich, words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { signedOut } from "../shell/session.js";
import { Button, html, useAction, useTitle } from "../shell/ui.js";
import { useSignal } from "../vendor/preact-signals.js";
import { Envelope, takeToken } from "./letter.js";
import { emailProblem } from "./sign-up.js";
import "../shell/own-calls.js";

/** @returns {any} */
export default function ResetPassword() {
  const token = useSignal(takeToken());
  const again = useSignal(false);
  return token.value && !again.value
    ? html`<${Choose} token=${token.value} askAgain=${() => (again.value = true)} />`
    : html`<${Ask} />`;
}

function Ask() {
  const t = words.value;
  const sent = useSignal("");
  useTitle(sent.value ? t.letterOnItsWay : t.newPasswordAsk);
  const form = useForm({
    first: { email: "" },
    check: ({ email }) => said({ email: emailProblem(email) }),
    send: async ({ email }) => {
      await call("requestPasswordReset", { body: { email: email.trim() } });
      sent.value = email.trim();
    },
  });
  const another = useAction(() => call("requestPasswordReset", { body: { email: sent.value } }));
  if (sent.value) {
    return html`<div class="narrow by">
      <h1>${t.letterOnItsWay}</h1>
      <p>${rich(t.resetSent(sent.value), { b: (text) => html`<b><bdi>${text}</bdi></b>` })}</p>
      <p class="row">
        <${Button} busy=${another.busy} onPress=${another.run}>${t.sendAnother}<//>
        <button type="button" class="btn bare" onClick=${() => (sent.value = "")}>${t.anotherAddress}</button>
      </p>
      <p class="small muted">${t.newestCounts}</p>
      <${Envelope} />
    </div>`;
  }
  return html`<div class="narrow">
    <h1>${t.newPasswordAsk}</h1>
    <p>${t.newPasswordLead}</p>
    <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
      <${Summary} form=${form} labels=${{ email: t.email }} />
      <${Field} form=${form} name="email" label=${t.email} type="email" autocomplete="username" />
      <${Button} class="main big" busy=${form.busy}>${t.sendLetter}<//>
    </form>
    <p class="small"><a href=${to("/sign-in")}>${t.backToSignIn}</a></p>
  </div>`;
}

/** @param {{ token: string, askAgain: () => void }} props */
function Choose({ token, askAgain }) {
  const t = words.value;
  const state = useSignal("choosing");
  const title = { choosing: t.choosePassword, done: t.passwordChanged, old: t.linkRanOut }[state.value] || "";
  useTitle(title);
  const form = useForm({
    first: { newPassword: "" },
    check: ({ newPassword }) => said({ newPassword: passwordProblem(newPassword) }),
    send: async ({ newPassword }) => {
      try {
        await call("resetPassword", { body: { resetToken: token, newPassword } });
        signedOut("");
        state.value = "done";
      } catch (problem) {
        if (!(problem instanceof Problem) || !problem.errors.some(({ pointer }) => pointer === "/resetToken")) throw problem;
        state.value = "old";
      }
    },
  });
  if (state.value === "done") {
    return html`<div class="narrow by">
      <h1>${title}</h1>
      <p>${t.passwordChangedThen}</p>
      <p class="row"><a class="btn main big" href=${to("/sign-in")}>${t.signIn}</a></p>
      <${Envelope} />
    </div>`;
  }
  if (state.value === "old") {
    return html`<div class="narrow by">
      <h1>${title}</h1>
      <p>${t.linkRanOutReset}</p>
      <p class="row"><button type="button" class="btn main big" onClick=${askAgain}>${t.sendNewLetter}</button></p>
      <${Envelope} dead />
    </div>`;
  }
  return html`<div class="narrow">
    <h1>${title}</h1>
    <p>${t.choosePasswordLead}</p>
    <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
      <${Summary} form=${form} labels=${{ newPassword: t.newPassword }} />
      <${Field} form=${form} name="newPassword" label=${t.newPassword} type="password" autocomplete="new-password" aria-describedby="password-hints" />
      <${PasswordHints} password=${form.values.newPassword} />
      <${Button} class="main big" busy=${form.busy}>${t.changePassword}<//>
    </form>
  </div>`;
}
