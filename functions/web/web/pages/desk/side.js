// The librarians' side: who may see it, and its style.

import { words } from "../../shell/i18n.js";
import { reader } from "../../shell/session.js";
import { html, useTitle } from "../../shell/ui.js";
import { useLayoutEffect } from "../../vendor/preact-signals.js";
import { Private } from "../sign-in.js";
import "./desk-calls.js";
import { deskWords } from "./desk-words.js";

/** The style sheets of this side. They are off while readers' pages are shown. */
const SHEETS = [new URL("../../css/desk.css", import.meta.url), new URL("../../css/print.css", import.meta.url)];
const sheets = await Promise.all(SHEETS.map(loaded));

/** @param {URL} address @returns {Promise<HTMLLinkElement>} */
function loaded(address) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.onload = () => resolve(link);
    link.onerror = () => reject(new Error(`${address} did not arrive`));
    link.href = address.href;
    document.head.append(link);
  });
}

/** @param {boolean} on */
export function dress(on) {
  for (const sheet of sheets) sheet.disabled = !on;
  document.body.classList.toggle("d0", on);
}
dress(false);

/** Whether somebody does the work of the desk. */
export const isOfDesk = () => reader.value?.role === "assistant" || reader.value?.role === "admin";

/** Whether somebody is a librarian, who may do everything. */
export const isLibrarian = () => reader.value?.role === "admin";

/** A page of the librarians' side. Whoever else comes by its address is told what it is.
 * @param {{ title: string, librarians?: boolean, children?: unknown }} props */
export function Side({ title, librarians = false, children }) {
  useLayoutEffect(() => {
    dress(true);
    return () => dress(false);
  }, []);
  return html`<${Private} title=${title}>${(librarians ? isLibrarian() : isOfDesk()) ? children : html`<${NotYours} librarians=${librarians} />`}<//>`;
}

/** @param {{ librarians: boolean }} props */
function NotYours({ librarians }) {
  const d = deskWords.value;
  const title = librarians && isOfDesk() ? words.value.notAllowed : d.deskOnly;
  useTitle(title);
  return html`<div class="narrow"><h1 class="page">${title}</h1><p>${librarians && isOfDesk() ? d.librariansOnly : d.deskOnlyWhy}</p></div>`;
}
