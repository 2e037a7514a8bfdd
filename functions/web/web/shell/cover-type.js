// Setting a title in a box: how wide letters are, where lines break, and the largest size at which all of it fits.

/** How wide the letters from the space to `~` are in Newsreader: in 33rds of the size, in base 36. */
const ADVANCES = "79cjjqo699eh8b8djjjjjjjjjj89hhhftolnplkprbeokxpqkqmimpnwonladahegfififbgj98i9sjhjiddbihphhea8ah";
const SPACE = 0.22;

/** @type {Map<string, number>} */
const known = new Map();

/** The width of a text, in parts of its size. Letters that the font does not have are guessed.
 * @param {string} text */
export function width(text) {
  let sum = known.get(text);
  if (sum === undefined) {
    sum = 0;
    for (const letter of text.normalize("NFD")) sum += advance(letter);
    known.set(text, sum);
  }
  return sum;
}

/** @param {string} letter */
function advance(letter) {
  const index = /** @type {number} */ (letter.codePointAt(0)) - 32;
  if (index < ADVANCES.length) return Number.parseInt(ADVANCES[index], 36) / 33;
  if (/\p{M}/u.test(letter)) return 0;
  if (index > 11_800 && index < 64_000) return 1.02; // Chinese, Japanese, Korean
  return /\p{Lu}/u.test(letter) ? 0.74 : 0.58;
}

/** The letters of a text, each with its marks.
 * @param {string} text @returns {string[]} */
export const glyphs = (text) => text.match(/\P{M}[\p{M}\u200d]*/gu) || [];

/** Splits a text where a line may end: at spaces, and after the hyphen of a long word.
 * @param {string} text @param {boolean} [glued] whether a short word keeps to the next, so that no line ends in "of the" */
function pieces(text, glued) {
  /** @type {string[]} */
  const found = [];
  for (const word of text.split(/\s+|(?<=\p{L}{3}[-–—/])(?=\p{L}{3})/u)) {
    const last = found.length - 1;
    const sticks = glued && last >= 0 && /(^|\s)\p{L}{1,3}$/u.test(found[last]) && (found[last] + word).length < 14;
    if (sticks) found[last] += ` ${word}`;
    else found.push(word);
  }
  return found;
}

/** Breaks pieces into lines. Nothing, if a piece is too long for a line and may not be broken.
 * @param {string[]} parts @param {number} measure @param {boolean} [hard] whether a piece may be broken inside
 * @returns {string[] | undefined} */
function wrap(parts, measure, hard) {
  const lines = [];
  let line = "";
  let used = 0;
  for (const part of parts) {
    const long = width(part);
    const gap = line && !/[-–—/]$/.test(line) ? " " : "";
    if (used + long + (gap ? SPACE : 0) <= measure) {
      line += gap + part;
      used += long + (gap ? SPACE : 0);
      continue;
    }
    if (line) lines.push(line);
    line = part;
    used = long;
    if (long <= measure) continue;
    if (!hard) return undefined;
    line = "";
    for (const glyph of glyphs(part)) {
      if (width(line + glyph) > measure) {
        lines.push(line);
        line = "";
      }
      line += glyph;
    }
    used = width(line);
  }
  return [...lines, line];
}

/** Finds the largest size at which a text fits into a box, and evens its lines.
 * @param {string} text
 * @param {{ w: number, h: number, most: number, least: number, leading: number, tracking: number }} box sizes are tried from `most` down to `least`
 * @returns {{ size: number, lines: string[] }} */
export function fit(text, { w, h, most, least, leading, tracking }) {
  const loose = pieces(text);
  const whole = (w / tracking / Math.max(...loose.map(width))) * 0.99;
  // A word is broken inside only where it would be too small whole.
  const smallest = whole > least * 0.6 ? Math.min(least, whole) : least;
  const tried = (/** @type {string[]} */ parts) => {
    for (let size = most; size > smallest; size *= 0.95) {
      const lines = wrap(parts, w / size / tracking);
      if (lines && lines.length * size * leading <= h) return { size, lines, parts };
    }
    return undefined;
  };
  const glued = tried(pieces(text, true));
  const free = tried(loose);
  const best = glued && (!free || glued.size > free.size * 0.82) ? glued : free;
  if (!best) return cut(loose, smallest, w / smallest / tracking, Math.max(1, Math.floor(h / smallest / leading)));
  return { size: best.size, lines: even(best.parts, best.lines, w / best.size / tracking) };
}

/** What fits of a text that is too long for its box.
 * @param {string[]} parts @param {number} size @param {number} measure @param {number} most */
function cut(parts, size, measure, most) {
  const lines = wrap(parts, measure, true) || [];
  if (lines.length > most) {
    lines.length = most;
    const rest = glyphs(lines[most - 1])
      .slice(0, -2)
      .join("");
    lines[most - 1] = `${rest.replace(/[\s\p{P}]+$/u, "")}…`;
  }
  return { size, lines };
}

/** The narrowest measure with as many lines.
 * @param {string[]} parts @param {string[]} lines @param {number} measure */
function even(parts, lines, measure) {
  let low = 0;
  let high = measure;
  let best = lines;
  for (let round = 0; round < 7; round++) {
    const middle = (low + high) / 2;
    const tried = wrap(parts, middle);
    if (tried && tried.length <= best.length) {
      high = middle;
      best = tried;
    } else {
      low = middle;
    }
  }
  return best;
}
