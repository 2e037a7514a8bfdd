// Keys as they come, told apart by their times: a scanner types far faster than fingers.

/** @typedef {{ key: string, code: string, shift: boolean, time: number }} Stroke a key that writes a sign; `time` in milliseconds */

/** A longer pause begins a new word. */
const PAUSE = 80;
/** A scanner is as fast as this, on average, and sends at least so many signs. */
const FASTEST_FINGERS = 35;
const LEAST = 4;

/** After this pause a burst has ended, even if the scanner sends no key for that. */
export const END = 300;

export class Strokes {
  /** @type {Stroke[]} */
  #word = [];
  /** When a burst was last taken. */
  #takenAt = Number.NEGATIVE_INFINITY;

  /** Whether a key at this time begins a new word.
   * @param {number} time */
  begins(time) {
    return time - this.#last() > PAUSE;
  }

  /** @param {Stroke} stroke */
  add(stroke) {
    if (this.begins(stroke.time)) this.#word = [];
    this.#word.push(stroke);
  }

  /** Whether the last word was a burst. */
  get isBurst() {
    const word = this.#word;
    return word.length >= LEAST && (this.#last() - word[0].time) / (word.length - 1) < FASTEST_FINGERS;
  }

  /** Whether a key at this time ends a burst: the scanner sends it, nobody pressed it.
   * @param {number} time */
  ends(time) {
    return this.isBurst && !this.begins(time);
  }

  /** Whether a key at this time is the second end of a burst: some scanners send two.
   * @param {number} time */
  endsAgain(time) {
    return !this.#word.length && time - this.#takenAt < PAUSE;
  }

  /** Takes the burst: its signs, and those that its keys write on an American keyboard.
   * @param {number} time */
  take(time) {
    const word = this.#word;
    this.forget();
    this.#takenAt = time;
    return { text: word.map(({ key }) => key).join(""), keys: word.map(american).join(""), burst: true };
  }

  forget() {
    this.#word = [];
  }

  #last() {
    return this.#word.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  }
}

/** Keys that write no letter and no digit: alone, and with Shift. @type {Record<string, string>} */
const SIGNS = {
  Period: ".>",
  Minus: "-_",
  Slash: "/?",
  Semicolon: ";:",
  Equal: "=+",
  Comma: ",<",
  BracketLeft: "[{",
  BracketRight: "]}",
  Space: "  ",
};
const ABOVE_DIGITS = ")!@#$%^&*(";

/** What a key writes on an American keyboard. Empty if it is unknown.
 * @param {Stroke} stroke */
function american({ code, shift }) {
  const letter = /^Key([A-Z])$/.exec(code);
  if (letter) return shift ? letter[1] : letter[1].toLowerCase();
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code);
  if (digit) return shift && code.startsWith("Digit") ? ABOVE_DIGITS[Number(digit[1])] : digit[1];
  return SIGNS[code]?.[shift ? 1 : 0] ?? "";
}
