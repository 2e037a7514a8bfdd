// The link with which a mail program switches letters off, if it opens the link instead of calling it. A button sends the token,
// because some mail programs open every link.

import { call, Problem } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { to } from "../shell/router.js";
import { Button, html, useAction, useTitle } from "../shell/ui.js";
import { useSignal } from "../vendor/preact-signals.js";
import { Refused } from "./give-up.js";
import { Envelope, takeToken } from "./letter.js";
import "../shell/own-calls.js";

/** @returns {any} */
export default function Letters() {
  const t = words.value;
  const token = takeToken();
  const state = useSignal(token ? "asked" : "lost");
  const off = useSignal(/** @type {"ready" | "dueSoon" | "overdue" | ""} */ (""));
  const switchOff = useAction(async () => {
    try {
      off.value = (await call("switchLettersOff", { path: { token } })).data.off;
      state.value = "done";
    } catch (problem) {
      if (!(problem instanceof Problem) || ![400, 404].includes(problem.status)) throw problem;
      state.value = "old";
    }
  });
  const title = { asked: t.noMoreOfThese, lost: t.letterNeeded, old: t.linkRanOut, done: t.lettersAreOff }[state.value] || "";
  useTitle(title);
  const account = html`<p class="row"><a class="btn main big" href=${`${to("/account")}#letters`}>${t.chooseLetters}</a></p>`;
  if (state.value === "asked") {
    return html`<div class="narrow by">
      <h1>${title}</h1>
      <p>${t.othersStillCome}</p>
      <${Refused} problem=${switchOff.problem} />
      <p><${Button} class="main big" busy=${switchOff.busy} onPress=${switchOff.run}>${t.switchThemOff}<//></p>
      <p class="small muted">${t.whyButton}</p>
      <${Envelope} />
    </div>`;
  }
  return html`<div class="narrow by">
    <h1>${title}</h1>
    ${off.value && html`<p><b>${t.letterKinds[off.value]}</b></p>`}
    <p>${{ lost: t.letterNeededWhy, old: t.linkRanOutLetters, done: t.onAgainInAccount }[state.value]}</p>
    ${account}
    <${Envelope} dead=${state.value !== "done"} />
  </div>`;
}
