// The reader's own imports, the newest first.

import { call } from "../../shell/api.js";
import { to } from "../../shell/router.js";
import { Button, Fault, faultWords, html, Icon, useAction, useLoad, useTitle } from "../../shell/ui.js";
import { Files } from "./files-side.js";
import { filesWords } from "./files-words.js";
import { Undo } from "./undo.js";

/** @typedef {import("./sending.js").Import} Import */

/** @returns {any} */
export default function EarlierPage() {
  return html`<${Files} path="/import/earlier" title=${filesWords.value.earlier}><${Earlier} /><//>`;
}

function Earlier() {
  const f = filesWords.value;
  const list = useLoad(async (abort) => (await call("listImports", { abort })).data, []);
  const shown = /** @type {{ items: Import[], nextCursor?: string } | undefined} */ (list.data);
  const more = useAction(async () => {
    const { data } = await call("listImports", { query: { cursor: shown?.nextCursor } });
    list.put({ ...data, items: [...(shown?.items || []), ...data.items] });
  });
  const changed = (/** @type {Import} */ of) => {
    const now = /** @type {typeof shown} */ (list.data);
    list.put({ ...now, items: (now?.items || []).map((one) => (one.id === of.id ? of : one)) });
  };
  useTitle(f.earlier);
  if (list.problem) return html`<${Fault} problem=${list.problem} again=${list.again} />`;
  if (!shown) return html`<p class="muted" role="status">${f.reading}</p>`;
  if (!shown.items.length)
    return html`<div class="empt"><p>${f.noImports}</p><p class="row"><a class="btn main" href=${to("/import")}>${f.chooseFile}</a></p></div>`;
  return html`<table class="tbl">
      <thead><tr>${[f.file, f.when, f.state, f.added, f.skipped, f.failed].map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
      <tbody>${shown.items.map((of) => html`<${OneImport} key=${of.id} of=${of} changed=${changed} />`)}</tbody>
    </table>
    ${shown.nextCursor && html`<div class="more"><${Button} busy=${more.busy} onPress=${more.run}>${f.showMore}<//></div>`}
    ${more.problem && html`<p class="err" role="alert"><${Icon} name="warning" />${faultWords(more.problem)[1]}</p>`}
    <p class="muted after">${f.keptFor}</p>`;
}

/** @param {{ of: Import, changed: (of: Import) => void }} props */
function OneImport({ of, changed }) {
  const f = filesWords.value;
  const kind = of.dryRun ? f.trialRun : f.import;
  return html`<tr>
    <td><a href=${to("/import", { of: of.id })}><bdi>${of.name || f.aFile}</bdi></a>${of.format && html` <small class="muted">${f.formats[of.format] || of.format}</small>`}</td>
    <td class="num" data-l=${f.when}><time datetime=${of.createdAt}>${f.atTime(of.createdAt)}</time></td>
    <td data-l=${f.state}>${kind}, ${f.states[of.state]}<${Undo} of=${of} changed=${changed} bare /></td>
    ${/** @type {const} */ (["added", "skipped", "failed"]).map((name) => html`<td class="num" data-l=${f[name]}>${f.numberOf(of[name])}</td>`)}
  </tr>`;
}
