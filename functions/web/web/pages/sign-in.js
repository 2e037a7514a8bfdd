// Signing in. The form is also shown over a page whose session has ended.

import { call } from "../shell/api.js";
import { AS_TYPED, Field, Summary, said, useForm } from "../shell/form.js";
import { rich, words } from "../shell/i18n.js";
import { go, place, to } from "../shell/router.js";
import { farewell, late, reader } from "../shell/session.js";
import { safeNext, signIn } from "../shell/signing.js";
import { Asking, Button, Cover, html, useLoad, useTitle } from "../shell/ui.js";
import { Fragment, useSignal } from "../vendor/preact-signals.js";

/** @returns {any} */
export default function SignIn() {
  const t = words.value;
  useTitle(t.signIn);
  const next = safeNext(place.value.query.get("next"));
  return html`<div class="sign"><div class="narrow">
    <h1>${t.signIn}</h1>
    <${SignInForm} onSignedIn=${() => go(next, { replace: true })} />
    <p class="small"><a href=${to("/reset-password")}>${t.forgotten}</a></p>
    <p class="small muted">${rich(t.noAccountYet, { a: (text) => html`<a href=${to("/sign-up", { next: place.value.query.get("next") })}>${text}</a>` })}</p>
  </div><${SomeBooks} /></div>`;
}

/** Six books, to look at. They are decoration, and the page does not wait for them. */
function SomeBooks() {
  const some = useLoad(
    async (abort) => (await call("listBooks", { query: { sort: "-createdAt", limit: 6 }, abort })).data.items,
    [],
  );
  const covers = (some.data || []).map((/** @type {any} */ book) => html`<li><${Cover} book=${book} px=${160} /></li>`);
  return html`<aside aria-hidden="true"><ul class="shelf">${covers}</ul></aside>`;
}

/** The form alone.
 * @param {{ onSignedIn: () => void, label?: string }} props */
export function SignInForm({ onSignedIn, label }) {
  const t = words.value;
  const lost = useSignal(false);
  const form = useForm({
    first: { login: "", password: "" },
    fields: { "/email": "login", "/username": "login" },
    check: ({ login, password }) => said({ login: !login.trim() && t.whoAreYou, password: !password && t.passwordMissing }),
    send: async ({ login, password }) => {
      lost.value = false;
      if (await signIn({ ...named(login), password })) onSignedIn();
      else lost.value = true;
    },
  });
  return html`<form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
    ${lost.value && html`<div class="note" role="alert"><b>${t.notKept}</b>${t.notKeptWhy}</div>`}
    <${Summary} form=${form} labels=${{ login: t.login, password: t.password }} />
    <${Field} form=${form} name="login" label=${t.login} autocomplete="username" ...${AS_TYPED} />
    <${Field} form=${form} name="password" label=${t.password} type="password" autocomplete="current-password" />
    <${Button} class="main big" busy=${form.busy}>${label || t.signIn}<//>
  </form>`;
}

/** What was typed as who one is: an email if it has the sign of one, else a username.
 * @param {string} login */
function named(login) {
  const name = login.trim();
  return name.includes("@") ? { email: name } : { username: name };
}

/** A page for one reader's eyes: signs in first, in place, and then shows it.
 * @param {{ title: string, children?: unknown }} props */
export function Private({ title, children }) {
  const who = reader.value;
  if (who) return html`<${Fragment} key=${who.id}>${children}<//>`;
  return who === null ? html`<${SignInToSee} title=${title} />` : late.value && html`<${Asking} />`;
}

/** @param {{ title: string }} props */
function SignInToSee({ title }) {
  const t = words.value;
  useTitle(t.signInToSee(title));
  return html`<div class="narrow">
    <h1>${t.signInToSee(title)}</h1>
    <p>${farewell.value ? t.signedOutBecause : t.signInFirstWhy}</p>
    <${SignInForm} onSignedIn=${() => {}} label=${t.signInAndComeBack} />
    <p class="small muted">${rich(t.noAccountYet, { a: (text) => html`<a href=${to("/sign-up", { next: location.pathname })}>${text}</a>` })}</p>
  </div>`;
}
