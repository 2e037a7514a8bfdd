// The camera reads the barcode on a book: by the browser's own detector, or by a small decoder where it has none.

import { learn, words } from "../shell/i18n.js";
import { Icon, say } from "../shell/ui.js";
import { html, useEffect, useRef, useSignal } from "../vendor/preact-signals.js";

/** How often a picture is looked at, in milliseconds, and how wide it is. */
const EVERY = 120;
const WIDTH = 640;

/** @typedef {(video: HTMLVideoElement) => Promise<string>} Read finds the number in a picture; empty if there is none */

await learn();

/** @returns {Promise<Read>} */
async function reader() {
  const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = (await Detector?.getSupportedFormats().catch(() => [])) || [];
  if (formats.includes("ean_13")) {
    const detector = new Detector({ formats: ["ean_13"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue || "";
  }
  const { readEan13 } = await import("../vendor/ean13.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!context || !video.videoWidth) return "";
    canvas.width = WIDTH;
    canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const grey = new Uint8ClampedArray(data.length / 4);
    for (let at = 0; at < grey.length; at += 1) grey[at] = (data[4 * at] + 2 * data[4 * at + 1] + data[4 * at + 2]) >> 2;
    return readEan13(grey, canvas.width, canvas.height);
  };
}

/** @param {{ found: (isbn: string) => void, close: () => void }} props */
export default function Camera({ found, close }) {
  const t = words.value;
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const word = useSignal(t.holdBarcode);
  useEffect(() => {
    dialog.current?.showModal();
    let isOpen = true;
    /** @type {MediaStream | undefined} */
    let stream;
    const look = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      } catch (error) {
        const isRefused = error instanceof DOMException && error.name === "NotAllowedError";
        word.value = isRefused ? words.value.cameraRefused : words.value.cameraMissing;
        return;
      }
      const shown = video.current;
      if (!isOpen || !shown) return stop();
      shown.srcObject = stream;
      await shown.play().catch(() => undefined);
      const read = await reader();
      while (isOpen) {
        const number = await read(shown).catch(() => "");
        if (isOpen && /^97[89]\d{10}$/.test(number)) {
          say(number);
          return found(number);
        }
        if (number) word.value = words.value.noIsbn;
        await new Promise((resolve) => setTimeout(resolve, EVERY));
      }
    };
    const stop = () => {
      for (const track of stream?.getTracks() || []) track.stop();
    };
    look().catch(() => (word.value = words.value.cameraMissing));
    return () => {
      isOpen = false;
      stop();
    };
  }, []);
  return html`<dialog class="cam" ref=${dialog} aria-labelledby="cam-title" onClose=${close}>
    <header><h2 id="cam-title">${t.scanBarcode}</h2><button type="button" class="btn bare" aria-label=${t.close} onClick=${close}><${Icon} name="cross" /></button></header>
    <div class="view"><video ref=${video} playsinline muted aria-hidden="true"></video><svg viewBox="0 0 76 64" preserveAspectRatio="none" aria-hidden="true"><path vector-effect="non-scaling-stroke" d="M0 12V0h12M64 0h12v12M76 52v12H64M12 64H0V52" /></svg></div>
    <footer><p role="status" class="small">${word.value}</p><button type="button" class="btn" onClick=${close}>${t.typeInstead}</button></footer>
  </dialog>`;
}
