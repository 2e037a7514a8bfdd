// Slips for the printer: one that goes into a book that is put aside, and a receipt. On paper alone, black on white.

import { meta } from "../../shell/api.js";
import { daysUntil } from "../../shell/i18n.js";
import { html, titleOf } from "../../shell/ui.js";
import { useEffect } from "../../vendor/preact-signals.js";
import { code128 } from "./code128.js";
import { deskWords } from "./desk-words.js";
import { slipNameOf } from "./people.js";

/** @typedef {import("./counter.js").Loan} Loan */
/** @typedef {import("./counter.js").Reader} Reader */
/** @typedef {{ slip?: Loan, receipt?: { reader: Reader, loans: Loan[], back: string[] } }} Sheet */

/** The width of the narrowest bar, in millimetres. */
const MODULE = 0.33;

/** A name with more letters is written smaller. */
const LONG = 14;

const LIBRARY = meta("library") || "Carrel";

/** Prints what is put into a signal, and takes it out again.
 * @param {import("../../vendor/preact-signals.js").Signal<any>} paper */
export function usePrinter(paper) {
  const sheet = paper.value;
  useEffect(() => {
    if (!sheet) return;
    const forget = () => {
      if (paper.value === sheet) paper.value = null;
    };
    addEventListener("afterprint", forget, { once: true });
    document.fonts.ready.then(() => print());
    return () => removeEventListener("afterprint", forget);
  }, [sheet]);
}

/** Prints slips and receipts.
 * @param {{ paper: import("../../vendor/preact-signals.js").Signal<any> }} props */
export function Paper({ paper }) {
  const sheet = /** @type {Sheet | null} */ (paper.value);
  usePrinter(paper);
  if (sheet?.slip) return html`<div class="sheet r80"><${HoldSlip} loan=${sheet.slip} /></div>`;
  if (sheet?.receipt) return html`<div class="sheet r80l"><${Receipt} ...${sheet.receipt} /></div>`;
  return null;
}

/** @param {{ loan: Loan }} props */
function HoldSlip({ loan }) {
  const d = deskWords.value;
  const { person, shown, readyUntil, asideAt } = loan;
  const code = loan.barcode || shown?.isbn;
  const name = slipNameOf(person);
  return html`<div class="sl">
    <p class="ln">${LIBRARY}</p>
    <p class="k">${d.putAsideFor}</p>
    <p class=${name.length > LONG ? "big long" : "big"}><bdi>${name}</bdi></p>
    ${person?.card && html`<p class="nr">${d.cardEnding(person.card.slice(-4))}</p>`}
    ${readyUntil && html`<p class="k">${d.until}</p><p class="day">${d.today(Date.parse(readyUntil))}</p>`}
    <hr />
    <div class="bk">
      <p class="bt"><bdi>${titleOf(shown || loan.book)}</bdi></p>
      <p class="ba"><bdi>${shown?.author}</bdi></p>
    </div>
    ${code && html`<${Barcode} code=${code} />`}
    <p class="ft">${asideAt && d.putAsideOn(asideAt)} ${shown?.shelfMark ? d.shelf(shown.shelfMark) : ""}</p>
  </div>`;
}

/** @param {{ reader: Reader, loans: Loan[], back: string[] }} props */
function Receipt({ reader, loans, back }) {
  const d = deskWords.value;
  const home = loans
    .filter(({ status }) => status === "checkedOut")
    .toSorted((one, other) => (one.dueOn || "").localeCompare(other.dueOn || ""));
  const ready = loans.filter(({ status }) => status === "ready");
  return html`<div class="sl">
    <p class="ln">${LIBRARY}</p>
    <p class="k">${home.length ? d.yourBooksByDay : d.noBooksOut}</p>
    <table class="due"><tbody>
      ${home.map((loan) => {
        const days = daysUntil(loan.dueOn || "");
        return html`<tr><td><b><bdi>${titleOf(loan.shown || loan.book)}</bdi></b><span><bdi>${loan.shown?.author}</bdi></span></td><td>${days < 0 ? d.daysLate(-days) : d.shortDayOf(loan.dueOn || "")}</td></tr>`;
      })}
    </tbody></table>
    ${(back.length > 0 || ready.length > 0) && html`<hr />`}
    ${back.length > 0 && html`<p>${d.backToday(back)}</p>`}
    ${ready.length > 0 && html`<p>${d.waitsFor(ready.map(({ book }) => titleOf(book)))}</p>`}
    <hr />
    <p class="ft">${d.printedAt(Date.now())}${reader.card ? ` · ${d.cardEnding(reader.card.slice(-4))}` : ""}<br />${d.renewAt(location.host)}</p>
  </div>`;
}

/** A barcode in millimetres, with the signs under it.
 * @param {{ code: string }} props */
export function Barcode({ code }) {
  const { width, bars } = code128(code);
  return html`<svg class="bc" viewBox=${`0 0 ${width} 1`} width=${`${(width * MODULE).toFixed(2)}mm`} height="11mm" preserveAspectRatio="none" shape-rendering="crispEdges" role="img" aria-label=${code}>
      <path d=${bars.map(([at, wide]) => `M${at} 0h${wide}v1h-${wide}z`).join("")} />
    </svg>
    <p class="nr">${code}</p>`;
}
