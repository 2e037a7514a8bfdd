// What the pages for files share: their heading, their tabs, their style.

import { to } from "../../shell/router.js";
import { html } from "../../shell/ui.js";
import { useLayoutEffect } from "../../vendor/preact-signals.js";
import { Private } from "../sign-in.js";
import "./file-calls.js";
import { filesWords } from "./files-words.js";

await new Promise((resolve, reject) => {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.onload = resolve;
  link.onerror = () => reject(new Error("the style of files did not arrive"));
  link.href = new URL("../../css/files.css", import.meta.url).href;
  document.head.append(link);
});

/** The drawings of these pages. */
const PATHS = {
  in: "M12 4v11M7.5 10.5 12 15l4.5-4.5M4 19.5h16",
  out: "M12 15V4M7.5 8.5 12 4l4.5 4.5M4 19.5h16",
  pause: "M9 6v12M15 6v12",
  goOn: "M8 5.5v13l10.500-6.500z",
  added: "M12 5v14M5 12h14",
  updated: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  skipped: "M5 12h.1M12 12h.1M19 12h.1",
  failed: "M8.2 3h7.6L21 8.2v7.6L15.8 21H8.2L3 15.8V8.2zM12 7.5v5.5M12 16.3v.1",
};

/** @param {{ name: keyof typeof PATHS }} props */
export const FileIcon = ({ name }) => html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;

/** A page for files.
 * @param {{ path: string, title: string, children?: unknown }} props */
export function Files({ path, title, children }) {
  useLayoutEffect(() => {
    document.body.classList.add("files");
    return () => document.body.classList.remove("files");
  }, []);
  return html`<${Private} title=${title}>
    <h1 class="page">${filesWords.value.booksInAndOut}</h1>
    <${Tabs} path=${path} />
    ${children}
  <//>`;
}

/** @param {{ path: string }} props */
function Tabs({ path }) {
  const f = filesWords.value;
  const tabs = { "/import": f.import, "/export": f.export, "/import/earlier": f.earlier };
  return html`<nav class="tabs" aria-label=${f.booksInAndOut}>
    ${Object.entries(tabs).map(([at, text]) => html`<a href=${to(at)} aria-current=${at === path ? "page" : undefined}>${text}</a>`)}
  </nav>`;
}

/** What became of the rows, as numbers.
 * @param {{ of: { dryRun: boolean, shelf?: string, added: number, updated: number, skipped: number, failed: number } }} props */
export function Sums({ of }) {
  const f = filesWords.value;
  return html`<dl class="sums">
    <div><dt>${of.dryRun ? f.wouldBeAdded : f.added}</dt><dd class="fine">${f.numberOf(of.added)}</dd></div>
    ${of.updated > 0 && html`<div><dt>${f.updated}</dt><dd class="fine">${f.numberOf(of.updated)}</dd></div>`}
    <div><dt>${of.shelf ? f.notAdded : f.skipped}</dt><dd>${f.numberOf(of.skipped)}</dd></div>
    <div><dt>${f.failed}</dt><dd class=${of.failed ? "late" : ""}>${f.numberOf(of.failed)}</dd></div>
  </dl>`;
}
