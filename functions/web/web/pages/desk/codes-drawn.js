// Codes on paper: bars, or squares where bars would be too long.

import { html } from "../../shell/ui.js";
import { squares } from "../../vendor/qr.js";
import { code128 } from "./code128.js";

/** The clear space around a QR code, in squares. */
const CLEAR = 4;

/** Whether the bars of a text fit into so many millimetres.
 * @param {string} text @param {{ module: number, room: number }} sheet `module`: the width of the narrowest bar */
export const fits = (text, { module, room }) => code128(text).width * module <= room;

/** A barcode, and its signs in letters.
 * @param {{ code: string, module: number, height: number }} props */
export function Bars({ code, module, height }) {
  const { width, bars } = code128(code);
  return html`<svg class="bc" data-code=${code} viewBox=${`0 0 ${width} 1`} width=${`${(width * module).toFixed(2)}mm`} height=${`${height}mm`} preserveAspectRatio="none" shape-rendering="crispEdges" role="img" aria-label=${code}>
      <path d=${bars.map(([at, wide]) => `M${at} 0h${wide}v1h-${wide}z`).join("")} />
    </svg>
    <p class="nr">${code}</p>`;
}

/** A QR code of so many millimetres.
 * @param {{ text: string, size: number }} props */
export function Squares({ text, size }) {
  const rows = squares(text);
  const side = rows.length + 2 * CLEAR;
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + CLEAR} ${y + CLEAR}h1v1h-1z` : ""))).join("");
  return html`<svg class="qr" data-code=${text} viewBox=${`0 0 ${side} ${side}`} width=${`${size}mm`} height=${`${size}mm`} shape-rendering="crispEdges" role="img" aria-label=${text}>
    <path d=${path} />
  </svg>`;
}

/** A barcode where there is room for one, else a QR code of something that says the same.
 * @param {{ code: string, module: number, height: number, room: number, instead: string, size: number }} props */
export const BarsOrSquares = ({ code, module, height, room, instead, size }) =>
  fits(code, { module, room })
    ? html`<${Bars} code=${code} module=${module} height=${height} />`
    : html`<${Squares} text=${instead} size=${size} /><p class="nr">${code}</p>`;
