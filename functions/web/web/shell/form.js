// Forms: fields with their problems beside them, a summary of what is left, and words that are kept.

import { useEffect, useRef, useSignal } from "../vendor/preact-signals.js";
import { Problem } from "./api.js";
import { words } from "./i18n.js";
import { kept } from "./session.js";
import { faultWords, html, ICONS, Icon, useAction } from "./ui.js";

Object.assign(ICONS, { tick: ["m5 12.5 4.5 4.5L19 7.5"], circle: ["M5 12a7 7 0 1 0 14 0a7 7 0 1 0-14 0"] });

/** @typedef {Record<string, string>} Values */

/** A form: what is typed, what is wrong with it, and sending it once.
 * @param {{
 *   name?: string,
 *   first: Values,
 *   fields?: Record<string, string>,
 *   check?: (values: Values) => Values,
 *   send: (values: Values, key: string) => Promise<unknown>,
 *   done?: () => boolean,
 * }} form `name`: keeps the words under it while the reader is elsewhere. `fields`: the field of each pointer or code of the API.
 *   `check`: finds problems before sending. `done`: whether the words have arrived. */
export function useForm({ name, first, fields = {}, check = () => ({}), send, done = () => false }) {
  const values = useSignal({ ...first, ...(name && kept.drafts.get(name)) });
  const problems = useSignal(/** @type {Values} */ ({}));
  const element = useRef(/** @type {HTMLFormElement | null} */ (null));
  // The key has a default, so that no form is sent again by itself: most of them send no key.
  const action = useAction(async (key = "") => {
    await send(values.value, key);
    if (name) kept.drafts.delete(name);
  });
  const set = (/** @type {Values} */ change) => {
    values.value = { ...values.value, ...change };
    const left = { ...problems.value };
    for (const field of Object.keys(change)) delete left[field];
    problems.value = left;
    if (name) kept.drafts.set(name, values.value);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    problems.value = check(values.value);
    if (Object.keys(problems.value).length) return;
    action.run();
  };
  // The API's problems go beside their fields; what no field shows stays in the summary.
  useEffect(() => {
    if (action.problem) problems.value = placed(action.problem, fields);
  }, [action.problem]);
  useEffect(() => {
    if (!Object.keys(problems.value).length) return;
    const invalid = element.current?.querySelector("[aria-invalid]");
    if (invalid instanceof HTMLElement) invalid.focus();
  }, [problems.value]);
  useUnsavedWords(
    () => JSON.stringify(values.value) !== JSON.stringify(first) && element.current !== null && !action.busy && !done(),
  );
  return { values: values.value, problems: problems.value, problem: action.problem, busy: action.busy, set, submit, element };
}

/** @typedef {ReturnType<typeof useForm>} Form */

/** Puts each problem of an answer at its field. Problems without a field get the name `""`.
 * @param {Problem} problem @param {Record<string, string>} fields @returns {Values} */
function placed(problem, fields) {
  if (problem.status === 401 && problem.code !== "wrong-credentials") return {};
  const byCode = fields[problem.code];
  if (byCode) return { [byCode]: faultWords(problem)[1] };
  /** @type {Values} */
  const placed = {};
  for (const { pointer, detail } of problem.errors) {
    const part = pointer.replace(/^\//, "");
    const field = fields[pointer] || part;
    placed[field] = detailWords(part, detail);
  }
  return placed;
}

/** What the API says about a field, in the reader's language where it is known.
 * @param {string} part @param {string} detail */
function detailWords(part, detail) {
  const known = /** @type {Record<string, string>} */ (/** @type {unknown} */ (words.value.invalid));
  if (/not valid any more/.test(detail)) return words.value.linkOld;
  if (/too common|common password/.test(detail)) return words.value.passwordCommon;
  return known[part] || words.value.fieldSays(detail);
}

/** Asks before the page is left with words that were not sent.
 * @param {() => boolean} unsaved */
function useUnsavedWords(unsaved) {
  const now = useRef(unsaved);
  now.current = unsaved;
  useEffect(() => {
    const ask = (/** @type {BeforeUnloadEvent} */ event) => {
      if (now.current()) event.preventDefault();
    };
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, []);
}

/** What went wrong with the form as a whole, and the fields that need another look.
 * @param {{ form: Form, labels?: Values }} props */
export function Summary({ form, labels = {} }) {
  const t = words.value;
  const names = Object.keys(form.problems);
  const homeless = names.filter((name) => !labels[name]);
  if (names.length > 1 || homeless.length) {
    return html`<div class="note" role="alert">
      <b>${t.fieldsNeedLook(names.length)}</b>
      <ul>
        ${names.map((name) => html`<li>${labels[name] ? html`<a href=${`#${name}`}>${labels[name]}: ${form.problems[name]}</a>` : form.problems[name]}</li>`)}
      </ul>
    </div>`;
  }
  if (names.length || !form.problem || (form.problem.status === 401 && form.problem.code !== "wrong-credentials")) return null;
  const [title, sentence] = faultWords(form.problem);
  return html`<div class="note" role="alert">
    <b>${title}</b>${sentence}
    ${form.problem.status >= 500 && form.problem.requestId && html`<p class="small"><span class="muted">${t.numberHelps}</span> <code>${form.problem.requestId}</code></p>`}
  </div>`;
}

/** A labelled field: label, control, problem, hint.
 * @param {{ form: Form, name: string, label: string, hint?: string, optional?: boolean, type?: string, joined?: unknown, [attribute: string]: unknown }} props `joined`: a button that belongs to it */
export function Field({ form, name, label, hint, optional, type = "text", joined, ...rest }) {
  const t = words.value;
  const problem = form.problems[name];
  const about = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(" ");
  const shown = useSignal(false);
  const secret = type === "password";
  const input = html`<input
    id=${name}
    name=${name}
    type=${secret && shown.value ? "text" : type}
    value=${form.values[name] ?? ""}
    aria-invalid=${problem ? "true" : undefined}
    aria-describedby=${about || undefined}
    onInput=${(/** @type {Event} */ event) => form.set({ [name]: /** @type {HTMLInputElement} */ (event.target).value })}
    ...${PLAIN[type] || {}}
    ...${rest}
  />`;
  return html`<div class="field">
    <label for=${name}>${label}${optional && html`<small class="muted">${t.optional}</small>`}</label>
    ${
      secret
        ? html`<div class="with">
          ${input}<button type="button" class="btn" aria-pressed=${String(shown.value)} aria-controls=${name} onClick=${() => (shown.value = !shown.value)}>
            ${shown.value ? t.hide : t.show}<span class="sr"> ${t.thePassword}</span>
          </button>
        </div>`
        : joined
          ? html`<div class="with">${input}${joined}</div>`
          : input
    }
    ${problem && html`<p class="err" id=${`${name}-problem`}><${Icon} name="warning" /><span>${problem}</span></p>`}
    ${hint && html`<small id=${`${name}-hint`}>${hint}</small>`}
  </div>`;
}

/** As it is typed. Preact sets a property where there is one of that name, and in newer browsers that of `autocorrect` is a boolean: with a
 * capital, the attribute is set. */
const AS_TYPED = { autocapitalize: "none", autoCorrect: "off", spellcheck: false };

/** What the keyboard of a phone must not do to a field of a type.
 * @type {Record<string, object>} */
const PLAIN = { email: { ...AS_TYPED, inputmode: "email" }, password: AS_TYPED, name: AS_TYPED };

export { AS_TYPED };

/** A hidden field that tells a password manager whose password this is.
 * @param {{ login?: string }} props */
export const WhoFor = ({ login }) =>
  login ? html`<input hidden autocomplete="username" name="login" value=${login} readonly />` : null;

const LEAST = 8;

/** What a new password needs, ticked off while one types.
 * @param {{ password: string }} props */
export function PasswordHints({ password }) {
  const t = words.value;
  const long = [...password].length >= LEAST;
  return html`<ul class="hints" id="password-hints">
    <li class=${long ? "yes" : ""}><${Icon} name=${long ? "tick" : "circle"} />${t.eightSigns}</li>
  </ul>`;
}

/** @param {string} password */
export const passwordProblem = (password) => ([...password].length < LEAST ? words.value.passwordShort : "");

/** Only the entries that say something.
 * @param {Record<string, string | undefined | false>} entries @returns {Values} */
export const said = (entries) =>
  Object.fromEntries(/** @type {[string, string][]} */ (Object.entries(entries).filter((pair) => pair[1])));
