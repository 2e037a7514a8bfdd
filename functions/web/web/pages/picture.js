// The reader's picture: choose one, move it behind a round mask, and send a small square of it.

import { call } from "../shell/api.js";
import { words } from "../shell/i18n.js";
import { Button, html, useAction } from "../shell/ui.js";
import { useEffect, useRef, useSignal } from "../vendor/preact-signals.js";
import { Refused } from "./give-up.js";
import { opening } from "./image-file.js";
import "../shell/own-calls.js";

/** The side of the square that is sent. The API keeps 256 of it. */
const SIDE = 512;
const STEP = 0.05;

/** @param {{ who: import("../shell/session.js").Profile }} props */
export function Picture({ who }) {
  const t = words.value;
  const image = useSignal(/** @type {HTMLImageElement | null} */ (null));
  const refusal = useSignal("");
  const version = useSignal(0);
  const choose = async (/** @type {Event} */ event) => {
    const choice = await opening(event);
    if (!choice) return;
    refusal.value = choice.refused;
    image.value = choice.opened || null;
  };
  // The address of a picture stays when the picture changes, so the browser is told to forget the old one.
  const renew = async () => {
    await fetch(who.picture, { cache: "reload" });
    version.value += 1;
  };
  const remove = useAction(async () => {
    await call("deletePicture");
    await renew();
  });
  const sent = async () => {
    await renew();
    image.value = null;
  };
  if (image.value) return html`<${Crop} image=${image.value} sent=${sent} cancel=${() => (image.value = null)} />`;
  return html`<div class="form">
    <div class="row">
      <img class="face" key=${version.value} src=${who.picture} alt=${t.yourPicture} width="72" height="72" />
      <label class="btn" for="file">${t.choosePicture}</label>
      <input class="sr" type="file" id="file" accept="image/jpeg,image/png,image/webp" aria-describedby=${refusal.value ? "file-problem" : undefined} onChange=${choose} />
      <${Button} class="bare" busy=${remove.busy} onPress=${remove.run}>${t.removePicture}<//>
    </div>
    ${refusal.value && html`<div class="note" role="alert" id="file-problem"><b>${t.pictureNotTaken}</b>${refusal.value}</div>`}
    <${Refused} problem=${remove.problem} />
  </div>`;
}

/** @param {{ image: HTMLImageElement, sent: () => void, cancel: () => void }} props */
function Crop({ image, sent, cancel }) {
  const t = words.value;
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  /** The middle of what is kept, as parts of what can be moved. */
  const view = useSignal({ zoom: 1, x: 0.5, y: 0.5 });
  const square = () => {
    const side = Math.min(image.naturalWidth, image.naturalHeight) / view.value.zoom;
    return { side, x: (image.naturalWidth - side) * view.value.x, y: (image.naturalHeight - side) * view.value.y };
  };
  useEffect(() => {
    const { side, x, y } = square();
    canvas.current?.getContext("2d")?.drawImage(image, x, y, side, side, 0, 0, SIDE, SIDE);
  }, [image, view.value]);
  const within = (/** @type {number} */ part) => Math.min(Math.max(part, 0), 1);
  const move = (/** @type {number} */ dx, /** @type {number} */ dy) => {
    const { zoom, x, y } = view.value;
    view.value = { zoom, x: within(x + dx), y: within(y + dy) };
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const steps = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    });
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    move(...step);
  };
  const onDrag = (/** @type {PointerEvent} */ event) => {
    if (!event.buttons) return;
    const { side } = square();
    const shown = /** @type {HTMLElement} */ (event.currentTarget).clientWidth;
    const part = (/** @type {number} */ pixels, /** @type {number} */ size) =>
      size > side ? (-pixels * side) / shown / (size - side) : 0;
    move(part(event.movementX, image.naturalWidth), part(event.movementY, image.naturalHeight));
  };
  const send = useAction(async () => {
    const blob = await new Promise((resolve) => canvas.current?.toBlob(resolve, "image/jpeg", 0.9));
    await call("putPicture", { body: blob });
    sent();
  });
  return html`<div class="crop">
    <div class="stage" tabindex="0" role="group" aria-label=${t.partKept} onKeyDown=${onKey} onPointerMove=${onDrag} onPointerDown=${(/** @type {any} */ event) => event.currentTarget.setPointerCapture(event.pointerId)}>
      <canvas ref=${canvas} width=${SIDE} height=${SIDE}></canvas>
    </div>
    <div>
      <label for="zoom">${t.zoom}</label>
      <input type="range" id="zoom" min="1" max="4" step="0.05" value=${view.value.zoom} onInput=${(/** @type {any} */ event) => (view.value = { ...view.value, zoom: Number(event.target.value) })} />
      <${Refused} problem=${send.problem} />
      <div class="row"><${Button} busy=${send.busy} onPress=${send.run}>${t.usePicture}<//><button type="button" class="btn bare" onClick=${cancel}>${t.cancel}</button></div>
    </div>
  </div>`;
}
