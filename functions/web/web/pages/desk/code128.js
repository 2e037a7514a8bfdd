// Code 128, the barcode of slips and labels: letters and digits as bars, by ISO/IEC 15417.

/** The widths of bars and gaps of each value, from 0 on; the last ones are the starts A, B, C and the stop. */
const WIDTHS =
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112".split(
    " ",
  );
const TO_C = 99;
const TO_B = 100;
const START_B = 104;
const START_C = 105;
const STOP = 106;

/** The clear space that a scanner needs on both sides, in modules. */
export const QUIET = 10;

/** The values of a text's signs. Runs of four digits and more take half the room.
 * @param {string} text printable ASCII
 * @returns {number[]} */
export function values(text) {
  if (!/^[\x20-\x7e]+$/.test(text)) throw new RangeError("Code 128 has no such sign");
  /** @type {number[]} */
  const found = [];
  let inPairs = false;
  for (const run of text.match(/\d+|\D+/g) || []) {
    const even = run.length - (run.length % 2);
    const usesPairs = /^\d/.test(run) && (even >= 4 || run.length === text.length) && even >= 2;
    // An odd digit stands before the pairs, but at the start behind them: so the start is a pair.
    const pairs = !usesPairs ? "" : found.length ? run.slice(run.length % 2) : run.slice(0, even);
    const before = usesPairs && found.length ? run.slice(0, run.length % 2) : "";
    const after = !usesPairs ? run : found.length ? "" : run.slice(even);
    put(before, false);
    put(pairs, true);
    put(after, false);
  }
  const check = found.reduce((sum, value, index) => sum + value * Math.max(index, 1), 0) % 103;
  return [...found, check, STOP];

  /** @param {string} signs @param {boolean} asPairs */
  function put(signs, asPairs) {
    if (!signs) return;
    if (!found.length) found.push(asPairs ? START_C : START_B);
    else if (asPairs !== inPairs) found.push(asPairs ? TO_C : TO_B);
    inPairs = asPairs;
    for (const sign of signs.match(asPairs ? /../g : /./g) || []) found.push(asPairs ? Number(sign) : sign.charCodeAt(0) - 32);
  }
}

/** The bars of a text: where each begins and how wide it is, in modules, after the clear space.
 * @param {string} text
 * @returns {{ width: number, bars: [at: number, width: number][] }} `width`: of all, with the clear space */
export function code128(text) {
  /** @type {[number, number][]} */
  const bars = [];
  let at = QUIET;
  for (const value of values(text))
    for (const [index, width] of [...WIDTHS[value]].entries()) {
      if (index % 2 === 0) bars.push([at, Number(width)]);
      at += Number(width);
    }
  return { width: at + QUIET, bars };
}
