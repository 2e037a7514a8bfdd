// What the pages of letters share: the token of the link, and a picture of an envelope.

import { place } from "../shell/router.js";
import { html } from "../shell/ui.js";

/** Takes the token that a letter's link has brought. `boot.js` has taken it off the address, and it is kept nowhere else. */
export function takeToken() {
  const token = /** @type {{ letterToken?: string }} */ (window).letterToken || "";
  return place.peek().pattern === opened ? token : "";
}

/** The page that was opened with the token: another page must not get it. */
const opened = place.peek().pattern;

/** @param {{ dead?: boolean }} props */
export const Envelope = ({ dead }) =>
  html`<svg class="post" viewBox="0 0 288 196" aria-hidden="true">
    <path class="p" d="M1 1h286v194H1z" />
    <path d="M28 124h112M28 142h84M28 160h98" />
    <path class="p" d="M222 18h46v58h-46z" stroke-dasharray="2 2.6" />
    <g transform="translate(230 26) scale(1.15)" stroke-width="1.3">
      <path d="M2 31V13a11 11 0 0 1 22 0v18M6 31V13a7 7 0 0 1 14 0v18M0 31.25h26M8.5 24.5h9M13 24.5V19M13 19c-1.5-1.3-3.2-1.5-4.5-1.5V23M13 19c1.5-1.3 3.2-1.5 4.5-1.5V23" />
    </g>
    <g class=${dead ? "d" : "a"}>
      ${[38, 48, 58, 68].map((y) => html`<path d=${`M108 ${y}q9-7 18 0t18 0t18 0`} />`)}
      <circle cx="194" cy="53" r="31" /><circle cx="194" cy="53" r="22" />
    </g>
  </svg>`;
