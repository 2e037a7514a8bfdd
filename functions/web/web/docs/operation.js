// One operation: a line, and below it what it takes, what it answers, examples, and a way to try it.

import { html } from "../shell/ui.js";
import { useSignal } from "../vendor/preact-signals.js";
import { Attempt, Curl, useWishes } from "./attempt.js";
import { asJson, Lines, Path, Prose } from "./text.js";

/** @typedef {import("./contract.js").Operation} OperationType */

/** Where an operation is on the page: `#operation-getBook`.
 * @param {OperationType} operation */
const anchorOf = ({ id }) => `operation-${id}`;

/** @param {{ operation: OperationType }} props */
export function Operation({ operation }) {
  const anchor = anchorOf(operation);
  const open = useSignal(location.hash === `#${anchor}`);
  const toggled = (/** @type {Event} */ event) => {
    open.value = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (open.value) history.replaceState(null, "", `#${anchor}`);
  };
  return html`<details class="op" id=${anchor} open=${open.value} onToggle=${toggled}>
    <summary>
      <b class=${`verb ${operation.method}`}>${operation.method}</b><${Path} path=${operation.path} />
      <span>${operation.title}</span><small>${operation.access}</small>
    </summary>
    ${open.value && html`<${Inside} operation=${operation} />`}
  </details>`;
}

/** The refusals that say most about an operation, the most telling first. */
const REFUSALS = ["409", "404", "412", "403", "401", "400"];

/** @param {{ operation: OperationType }} props */
function Inside({ operation }) {
  const wishes = useWishes(operation);
  const { inputs, body, answers } = operation;
  const success = answers.find(({ status, example }) => status < "300" && example !== undefined);
  const refusal = REFUSALS.map((wanted) => answers.find(({ status }) => status === wanted)).find((answer) => answer?.example);
  return html`<div class="opbody">
    <div>
      ${operation.summary !== `${operation.title}.` && html`<p>${operation.summary}</p>`}
      ${operation.about.map((text) => html`<p><${Prose} text=${text} /></p>`)}
      ${operation.who && html`<p class="muted">For <${Prose} text=${operation.who} /></p>`}
      ${(inputs.length > 0 || body) && html`<${Takes} inputs=${[...inputs, ...(body?.fields || [])]} types=${body?.types || []} />`}
      <h3>What it answers</h3>
      <dl class="card codes">
        ${answers.map(({ status, about }) => html`<div><dt><code>${status}</code></dt><dd><${Prose} text=${about} /></dd></div>`)}
        ${operation.codes.length > 0 && html`<div><dt><code>code</code></dt><dd>of a refusal: ${operation.codes.map((code, index) => html`${index > 0 && ", "}<code>${code}</code>`)}</dd></div>`}
      </dl>
    </div>
    <div class="ex">
      <${Curl} operation=${operation} wishes=${wishes} />
      ${success && html`<h3>Answer, ${success.status}</h3><${Lines} text=${asJson(success.example)} label=${`Example answer of ${operation.id}`} />`}
      ${refusal && html`<h3>Refusal, ${refusal.status}</h3><${Lines} text=${asJson(refusal.example)} label=${`Example refusal of ${operation.id}`} />`}
      <${Attempt} operation=${operation} wishes=${wishes} />
    </div>
  </div>`;
}

/** @param {{ inputs: import("./contract.js").Input[], types: string[] }} props */
const Takes = ({ inputs, types }) =>
  html`<h3>What it takes</h3>
    <dl class="card">
      ${inputs.map(
        ({ name, where, needed, about, facts }) =>
          html`<div>
            <dt><code>${name}</code><small>${where}${needed && ", required"}</small></dt>
            <dd><${Prose} text=${about} />${facts && html` <small class="muted">${facts}</small>`}</dd>
          </div>`,
      )}
      ${types.length > 0 && !types.includes("application/json") && html`<div><dt>the body</dt><dd>A file: ${types.join(", ")}</dd></div>`}
    </dl>`;
