// What the library stores about the reader, as a file.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { Button, html, Icon, useAction } from "../shell/ui.js";
import { useSignal } from "../vendor/preact-signals.js";
import { saved } from "./files/saving.js";
import { Refused } from "./give-up.js";

/** @returns {any} */
export function OwnData() {
  const t = words.value;
  const done = useSignal(false);
  const fetching = useAction(async () => {
    done.value = false;
    const { data } = await call("fetchData", { asFile: true });
    saved("my-data.zip", data);
    done.value = true;
  });
  const before = fetching.problem?.code === "data-fetched" && fetching.problem;
  return html`<div class="form">
    <p>${t.myDataHas}</p>
    <${Button} busy=${fetching.busy} onPress=${fetching.run}>${t.fetchMyData}<//>
    <p class="say" role="status">${done.value && html`<${Icon} name="tick" /><span>${t.myDataSaved}</span>`}</p>
    ${
      before
        ? html`<div class="note" role="alert"><b>${t.myDataBefore}</b>${t.myDataAgain(Math.ceil((before.wait || 60) / 60))}</div>`
        : html`<${Refused} problem=${fetching.problem} />`
    }
    <p class="muted small">${t.myDataLetter}</p>
  </div>`;
}
