// The cover of a book in its form: a picture that one chooses, seen at once, or the one that draws itself.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { Button, Cover, html, pictured } from "../shell/ui.js";
import { useEffect, useRef, useSignal } from "../vendor/preact-signals.js";
import { opening } from "./image-file.js";
import "../shell/own-calls.js";

/** What is sent fits into this. The API keeps half of it. */
const WIDTH = 640;
const HEIGHT = 960;
/** The API takes no smaller one. */
const FEWEST = 32;

/** @typedef {import("../shell/ui.js").Book} Book */
/** @typedef {ReturnType<typeof useCover>} Choice */

/** What becomes of a cover: nothing yet, another picture, or none.
 * @param {string} [had] the version of the cover that the book has */
export function useCover(had) {
  const chosen = useSignal(/** @type {Blob | null} */ (null));
  const kept = useSignal(had);
  const refusal = useSignal("");
  const choose = async (/** @type {Event} */ event) => {
    const choice = await opening(event);
    if (!choice) return;
    const { name, opened, refused } = choice;
    const small = opened && Math.min(opened.naturalWidth, opened.naturalHeight) < FEWEST;
    refusal.value = small ? words.value.coverSmall(name) : refused;
    if (opened && !small) chosen.value = await fitted(opened);
  };
  const remove = () => {
    chosen.value = null;
    kept.value = undefined;
    refusal.value = "";
  };
  /** Sends what was chosen. Nothing, if nothing was.
   * @param {string} bookId @param {string | null} [version] @returns {Promise<import("../shell/api.js").Answer | undefined>} */
  const send = async (bookId, version) => {
    const path = { bookId };
    if (!chosen.value && kept.value === had) return undefined;
    return chosen.value ? call("putCover", { path, body: chosen.value, version }) : call("deleteCover", { path, version });
  };
  return { chosen, kept, refusal, choose, remove, send };
}

/** @param {HTMLImageElement} image @returns {Promise<Blob>} */
function fitted(image) {
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(1, WIDTH / width, HEIGHT / height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  // A JPEG has no transparent places: they would be black.
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(/** @type {Blob} */ (blob)), "image/jpeg", 0.9));
}

/** @param {{ draft: Partial<Book>, choice: Choice }} props */
export function CoverChoice({ draft, choice: { chosen, kept, refusal, choose, remove } }) {
  const t = words.value;
  const pictures = Boolean(chosen.value || kept.value);
  return html`<figure>
    ${chosen.value ? html`<${Chosen} blob=${chosen.value} />` : html`<${Cover} book=${{ ...draft, cover: kept.value }} px=${240} />`}
    <figcaption>
      ${!pictures && html`<span>${t.coverDrawsItself}</span>`}
      <label class="btn" for="cover-file">${t.choosePicture}</label>
      <input class="sr" type="file" id="cover-file" accept="image/jpeg,image/png,image/webp" aria-describedby=${refusal.value ? "cover-problem" : undefined} onChange=${choose} />
      ${pictures && html`<${Button} class="bare" onPress=${remove}>${t.removePicture}<//>`}
      ${refusal.value && html`<div class="note" role="alert" id="cover-problem"><b>${t.pictureNotTaken}</b>${refusal.value}</div>`}
    </figcaption>
  </figure>`;
}

/** The picture that was chosen.
 * @param {{ blob: Blob }} props */
function Chosen({ blob }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const address = URL.createObjectURL(blob);
    const wrap = document.createElement("span");
    wrap.className = "wrap";
    wrap.append(pictured(address, () => document.createElement("span")));
    box.current?.replaceChildren(wrap);
    return () => URL.revokeObjectURL(address);
  }, [blob]);
  return html`<span class="cover" ref=${box} aria-hidden="true"></span>`;
}
