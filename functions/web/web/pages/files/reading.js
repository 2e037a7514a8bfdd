// How a file is read, where the guess is wrong: its format and its letters, chosen by hand.

import { html } from "../../shell/ui.js";
import { filesWords } from "./files-words.js";

/** The encodings that a browser knows, by their labels: the most common ones of old programs. Their names are the same in all languages. */
const ENCODINGS = {
  "utf-8": "UTF-8",
  "windows-1252": "Windows-1252",
  macintosh: "Mac Roman",
  "windows-1250": "Windows-1250",
  "iso-8859-2": "ISO 8859-2",
  "windows-1251": "Windows-1251",
  "windows-1253": "Windows-1253",
  "windows-1254": "Windows-1254",
  shift_jis: "Shift_JIS",
  gb18030: "GB 18030",
  big5: "Big5",
  "euc-kr": "EUC-KR",
};

/** @param {{ how: import("./sending.js").How, chosen: (how: import("./sending.js").How) => void }} props */
export function Reading({ how, chosen }) {
  const f = filesWords.value;
  const send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const of = (/** @type {string} */ name) => String(form.get(name) || "") || undefined;
    chosen({ ...how, format: of("format"), encoding: of("encoding") });
  };
  return html`<form class="form which" onSubmit=${send}>
    <${Choice} name="format" label=${f.format} options=${f.formats} chosen=${how.format} />
    <${Choice} name="encoding" label=${f.encoding} options=${ENCODINGS} chosen=${how.encoding} />
    <button type="submit" class="btn main big">${f.tryThem}</button>
  </form>`;
}

/** @param {{ name: string, label: string, options: Record<string, string>, chosen?: string }} props */
const Choice = ({ name, label, options, chosen }) => html`<div class="field">
    <label for=${`read-${name}`}>${label}</label>
    <select class="pick" id=${`read-${name}`} name=${name}>
      <option value="">${filesWords.value.guessed}</option>
      ${Object.entries(options).map(([word, text]) => html`<option value=${word} selected=${word === chosen}>${text}</option>`)}
    </select>
  </div>`;
