// Joining the library.

import { call } from "../shell/api.js";
import { AS_TYPED, Field, PasswordHints, passwordProblem, Summary, said, useForm } from "../shell/form.js";
import { rich, words } from "../shell/i18n.js";
import { go, place, to } from "../shell/router.js";
import { reader } from "../shell/session.js";
import { safeNext, signIn, welcome } from "../shell/signing.js";
import { Button, html, useTitle } from "../shell/ui.js";
import { useSignal } from "../vendor/preact-signals.js";
import { LetterSent } from "./verify-email.js";

/** @returns {any} */
export default function SignUp() {
  const t = words.value;
  const lost = useSignal(false);
  const joined = useSignal(false);
  const next = place.value.query.get("next");
  useTitle(joined.value ? t.letterOnItsWay : t.join);
  const form = useForm({
    name: "sign-up",
    first: { email: "", password: "", firstName: "", lastName: "", username: "" },
    fields: { "email-taken": "email", "username-taken": "username" },
    check: ({ email, password }) => said({ email: emailProblem(email), password: passwordProblem(password) }),
    send: async ({ email, password, firstName, lastName, username }) => {
      lost.value = false;
      const names = said({ firstName: firstName.trim(), lastName: lastName.trim(), username: username.trim() });
      const who = { email: email.trim(), password };
      joined.value = await call("register", { body: { ...who, ...names, session: "cookie" } }).then(welcome, async (problem) => {
        // Whoever has the password of the address has joined before: the answer was lost.
        if (problem.code === "email-taken" && (await signIn(who).catch(() => false))) return true;
        throw problem;
      });
      lost.value = !joined.value;
    },
  });
  if (joined.value && reader.value?.email) {
    return html`<${LetterSent} email=${reader.value.email}><p class="row"><a class="btn main big" href=${safeNext(next)} onClick=${(
      /** @type {Event} */ event,
    ) => {
      event.preventDefault();
      go(safeNext(next), { replace: true });
    }}>${t.goOn}</a></p><//>`;
  }
  const labels = { email: t.email, password: t.password, firstName: t.firstName, lastName: t.lastName, username: t.username };
  return html`<div class="narrow">
    <h1>${t.join}</h1>
    <p>${t.joinLead}</p>
    <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
      ${lost.value && html`<div class="note" role="alert"><b>${t.notKept}</b>${t.notKeptWhy}</div>`}
      <${Summary} form=${form} labels=${labels} />
      <${Field} form=${form} name="email" label=${t.email} type="email" autocomplete="username" hint=${t.emailHint} />
      <${Field} form=${form} name="password" label=${t.password} type="password" autocomplete="new-password" aria-describedby="password-hints" />
      <${PasswordHints} password=${form.values.password} />
      <div class="pairs">
        <${Field} form=${form} name="firstName" label=${t.firstName} optional autocomplete="given-name" />
        <${Field} form=${form} name="lastName" label=${t.lastName} optional autocomplete="family-name" />
      </div>
      <${Field} form=${form} name="username" label=${t.username} optional autocomplete="nickname" hint=${t.usernameHint} ...${AS_TYPED} />
      <${Button} class="main big" busy=${form.busy}>${t.join}<//>
    </form>
    <p class="small muted">${rich(t.haveAccount, { a: (text) => html`<a href=${to("/sign-in", { next })}>${text}</a>` })}</p>
  </div>`;
}

/** @param {string} email */
export function emailProblem(email) {
  const t = words.value;
  if (!email.trim()) return t.emailMissing;
  return /^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(email.trim()) ? "" : t.emailIncomplete;
}
