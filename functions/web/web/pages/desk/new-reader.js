// Adding a reader who stands at the desk.

import { call } from "../../shell/api.js";
import { Field, Summary, said, useForm } from "../../shell/form.js";
import { words } from "../../shell/i18n.js";
import { go, place, to } from "../../shell/router.js";
import { Button, html, showToast, useTitle } from "../../shell/ui.js";
import { useEffect, useRef, useSignal } from "../../vendor/preact-signals.js";
import { libraryRules } from "../library-rules.js";
import { groupOf } from "./at-counter.js";
import { deskWords } from "./desk-words.js";
import { toDesk } from "./next-reader.js";
import { initialsOf, nameOf } from "./people.js";
import { Side } from "./side.js";

/** @typedef {import("./counter.js").Reader} Reader */

const PAUSE = 400;

/** @returns {any} */
export default function NewReaderPage() {
  return html`<${Side} title=${deskWords.value.addAReader}><${NewReader} /><//>`;
}

function NewReader() {
  const d = deskWords.value;
  const t = words.value;
  const { query } = place.value;
  const opens = useRef(true);
  const form = useForm({
    name: "new-reader",
    first: { ...named(query.get("name") || ""), card: query.get("card") || "", email: "", group: "adults" },
    fields: {
      "card-taken": "card",
      "not-a-code": "card",
      "email-taken": "email",
      "/card": "card",
      "/email": "email",
      "/firstName": "firstName",
      "/lastName": "lastName",
    },
    check: ({ firstName, lastName, card }) =>
      said({
        firstName: !firstName.trim() && d.nameMissing,
        lastName: !lastName.trim() && d.nameMissing,
        card: Boolean(card.trim()) && !isCard(card) && d.cardUnfit,
      }),
    send: async ({ firstName, lastName, card, email, group }, key) => {
      const body = said({ firstName: firstName.trim(), lastName: lastName.trim(), card: card.trim(), email: email.trim(), group });
      const { data } = await call("addUser", { body, key });
      showToast(d.readerAdded(nameOf(data)));
      await (opens.current ? toDesk(data.id) : go(to(`/readers/${data.id}`)));
    },
  });
  useTitle(d.addAReader);
  const labels = { firstName: t.firstName, lastName: t.lastName, card: d.card, email: d.email };
  // A scanner ends a card with Enter: that must not send the form.
  const stay = (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && event.preventDefault();
  const button = (/** @type {boolean} */ thenOpens) => () => {
    opens.current = thenOpens;
    form.element.current?.requestSubmit();
  };
  return html`<h1 class="page">${d.addAReader}</h1>
    <div class="two">
      <form class="form" noValidate onSubmit=${form.submit} ref=${form.element}>
        <${Summary} form=${form} labels=${labels} />
        <div class="g2">
          <${Field} form=${form} name="firstName" label=${t.firstName} autocomplete="off" maxlength="100" />
          <${Field} form=${form} name="lastName" label=${t.lastName} autocomplete="off" maxlength="100" />
        </div>
        <${Field} form=${form} name="card" label=${d.card} optional hint=${d.cardHint} autocomplete="off" autocapitalize="none" spellcheck=${false} maxlength="64" onKeyDown=${stay} />
        <${Field} form=${form} name="email" label=${d.email} optional hint=${d.emailIfAny} type="email" autocomplete="off" />
        <${Groups} form=${form} />
        <div class="row">
          <${Button} class="main big" busy=${form.busy} onPress=${button(true)}>${d.addAndOpen}<//>
          <${Button} class="big" busy=${form.busy} onPress=${button(false)}>${d.addOnly}<//>
          <a class="btn bare" href=${to("/desk")}>${d.cancel}</a>
        </div>
      </form>
      <${Alike} lastName=${form.values.lastName} />
    </div>`;
}

/** What was typed at the desk, as a first and a last name.
 * @param {string} text */
function named(text) {
  const [first = "", ...rest] = text.trim().split(/\s+/);
  return rest.length ? { firstName: first, lastName: rest.join(" ") } : { firstName: "", lastName: first };
}

/** Whether a text may be a reader's card: letters and digits, with a digit, and no number of a book.
 * @param {string} text */
export function isCard(text) {
  const card = text.replace(/[\s-]/g, "");
  return /^[a-z\d]{4,32}$/i.test(card) && /\d/.test(card) && !/^(97[89]|29\d)\d{10}$/.test(card);
}

/** @param {{ form: import("../../shell/form.js").Form }} props */
export function Groups({ form }) {
  const d = deskWords.value;
  return html`<fieldset class="choice">
    <legend>${d.group}</legend>
    ${libraryRules()?.groups.map(
      ({ id, name }) =>
        html`<label><input type="radio" name="group" value=${id} checked=${form.values.group === id} onChange=${() => form.set({ group: id })} /> <bdi>${name}</bdi></label>`,
    )}
  </fieldset>`;
}

/** Readers of the same last name: perhaps it is one of them.
 * @param {{ lastName: string }} props */
function Alike({ lastName }) {
  const d = deskWords.value;
  const found = useSignal(/** @type {Reader[]} */ ([]));
  const name = lastName.trim();
  useEffect(() => {
    found.value = [];
    if (name.length < 2) return;
    const abort = new AbortController();
    const ask = () =>
      call("listUsers", { query: { query: name }, abort: abort.signal }).then(
        ({ data }) =>
          (found.value = data.items.filter((/** @type {Reader} */ one) => one.lastName?.toLowerCase() === name.toLowerCase())),
        () => {},
      );
    const timer = setTimeout(ask, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [name]);
  if (!found.value.length) return html`<div></div>`;
  return html`<aside class="panel">
    <h2>${d.isItOneOf}</h2>
    <p class="muted" role="status">${d.sameName}</p>
    <ul class="rows">
      ${found.value.map(
        (one) => html`<li key=${one.id}>
          <span class="face xs" aria-hidden="true">${initialsOf(one)}</span>
          <div><span class="t"><bdi>${nameOf(one)}</bdi></span><span class="s">${[groupOf(one), one.card && d.cardNumber(one.card)].filter(Boolean).join(" · ")}</span></div>
          <a class="btn" href=${to(`/readers/${one.id}`)}>${d.open}<span class="sr"> <bdi>${nameOf(one)}</bdi></span></a>
        </li>`,
      )}
    </ul>
  </aside>`;
}
