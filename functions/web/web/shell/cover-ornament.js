// The ornament of covers, as paths: one tile and one emblem for each era.

export const { sin, cos, PI } = Math;

/** @param {number} x @param {number} y */
export const point = (x, y) => `${x} ${y}`;

/** @param {number} x @param {number} y @param {number} outer @param {number} inner @param {number} points @param {number} [turned] */
export function star(x, y, outer, inner, points, turned = 0) {
  let path = "";
  for (let i = 0; i < points * 2; i++) {
    const radius = i % 2 ? inner : outer;
    const angle = (PI * i) / points + turned;
    path += (i ? "L" : "M") + point(x + radius * sin(angle), y - radius * cos(angle));
  }
  return `${path}Z`;
}

/** @param {number} x @param {number} y @param {number} radius @param {number} [other] the second radius of an ellipse @param {number} [turned] */
export function ring(x, y, radius, other = radius, turned = 0) {
  const dx = radius * cos(turned);
  const dy = radius * sin(turned);
  const arc = `A${point(radius, other)} ${(turned * 180) / PI} 1 1 `;
  return `M${point(x - dx, y - dy)}${arc}${point(x + dx, y + dy)}${arc}${point(x - dx, y - dy)}Z`;
}

/** @param {number} x @param {number} y @param {number} angle @param {number} length @param {number} breadth */
function leaf(x, y, angle, length, breadth) {
  const at = (/** @type {number} */ along, /** @type {number} */ across) =>
    point(x + length * (along * sin(angle) + across * cos(angle)), y + length * (across * sin(angle) - along * cos(angle)));
  const tip = at(1, 0);
  return `M${point(x, y)}C${at(0.2, breadth)} ${at(0.7, breadth)} ${tip}C${at(0.7, -breadth)} ${at(0.2, -breadth)} ${point(x, y)}Z`;
}

/** Joins the paths of a full turn.
 * @param {number} count @param {(angle: number, index: number) => string} draw */
export function turn(count, draw) {
  let path = "";
  for (let i = 0; i < count; i++) path += draw((i * 2 * PI) / count, i);
  return path;
}

/** Leaves that grow from the middle of a tile: angle, length, height of the root, breadth.
 * @param {number} x @param {number} y @param {number} s @param {[number, number, number, number?][]} leaves */
const plant = (x, y, s, leaves) =>
  leaves.map(([angle, length, root, breadth = 0.28]) => leaf(x + s / 2, y + s * root, angle, s * length, breadth)).join("");

/** A tile at x, y of side s. `lean` is ±0.5, `swell` runs from 0 to 1.
 * @typedef {(x: number, y: number, s: number, lean: number, swell: number) => string} Tile */

/** @type {Tile[]} */
const TILES = [
  // Scales.
  (x, y, s) =>
    turn(3, (_, i) => {
      const r = (s * (i + 1)) / 6;
      return `M${point(x + s / 2 - r, y + s / 2)}a${point(r, r)} 0 0 1 ${2 * r} 0`;
    }),
  // Stars.
  (x, y, s) => star(x + s / 2, y + s / 2, s / 2, s * 0.38, 8) + star(x + s / 2, y + s / 2, s * 0.3, s * 0.15, 8),
  // Fleurons.
  (x, y, s) =>
    plant(x, y, s, [
      [0, 0.56, 0.62],
      [1.15, 0.42, 0.66],
      [-1.15, 0.42, 0.66],
    ]) + ring(x + s / 2, y + s * 0.8, s * 0.07),
  // Marbling: a field of it is drawn in whole waves.
  (x, y, s) => `M${point(x, y)}q${point(s / 2, s * 1.1)} ${s} 0`,
  // Sprigs.
  (x, y, s, lean) =>
    plant(x, y, s, [
      [lean * 0.3, 0.9, 0.95, 0.1],
      [lean + 1, 0.45, 0.75],
      [lean - 1.1, 0.45, 0.75],
      [lean + 0.7, 0.36, 0.45],
      [lean - 0.8, 0.36, 0.45],
    ]),
  // Quatrefoils.
  (x, y, s) =>
    turn(4, (angle) => leaf(x + s / 2 + s * 0.1 * sin(angle), y + s / 2 - s * 0.1 * cos(angle), angle, s * 0.32, 0.36)) +
    ring(x + s / 2, y + s / 2, s * 0.06) +
    star(x, y + s / 2, s * 0.1, s * 0.03, 4),
  // Tulips.
  (x, y, s) =>
    plant(x, y, s, [
      [0, 0.6, 0.66, 0.17],
      [0.5, 0.6, 0.68, 0.16],
      [-0.5, 0.6, 0.68, 0.16],
      [1.3, 0.4, 0.9, 0.3],
      [-1.3, 0.4, 0.9, 0.3],
      [0, 0.32, 0.98, 0.05],
    ]),
  // Fans.
  (x, y, s) =>
    turn(7, (_, i) => `M${point(x + s / 2, y + s)}l${point((sin(i * 0.45 - 1.35) * s) / 2, (-cos(i * 0.45 - 1.35) * s) / 2)}`) +
    `M${point(x, y + s)}a${point(s / 2, s / 2)} 0 0 1 ${s} 0`,
  // Petals.
  (x, y, s, lean) => {
    const right = lean > 0;
    const arc = `a${point(s, s)} 0 0 1 `;
    return `M${point(right ? x : x + s, y)}${arc}${point(right ? s : -s, s)}${arc}${point(right ? -s : s, -s)}Z`;
  },
  // Dots.
  (x, y, s, _, swell) => ring(x + s / 2, y + s / 2, s * (0.1 + 0.34 * swell)),
];

/** Eras whose tiles are filled; the others are drawn as lines. */
const FILLED = [false, true, true, false, true, true, true, false, true, true];
/** Eras whose every other row is shifted by half a tile. */
const SHIFTED = [true, false, true, false, true, true, true, true, false, true];
/** The tile of each era's strips. Some tiles are too large for one. */
const STRIPS = [0, 1, 2, 5, 4, 5, 4, 7, 8, 9];
const SCALES = 0;
export const MARBLING = 3;
const FANS = 7;
const PETALS = 8;

/** @param {number} era */
export const isFilled = (era) => FILLED[era];

/** Tiles over an area, whole ones only, in two colours.
 * @param {{ era: number, w: number, h: number, size: number, author: number, book: number, random: () => number }} area
 * @returns {[first: string, second: string]} */
export function tiles({ era, w, h, size, author, book, random }) {
  const across = Math.round(w / size);
  const s = w / across;
  const low = era === SCALES || era === FANS;
  const step = h / Math.round(h / s / (low ? 0.5 : 1));
  let first = "";
  let second = "";
  for (let row = 0; row < h / step; row++) {
    for (let column = -1; column <= across; column++) {
      const shift = SHIFTED[era] ? (row % 2) / 2 : 0;
      const lean = era === PETALS ? random() - 0.5 : (row + column) % 2 ? 0.5 : -0.5;
      const swell = (1 + sin(column * 0.9 + (author % 7)) * cos(row * 0.7 + (book % 5))) / 2;
      const tile = TILES[era]((column + shift) * s, row * step, s, lean, swell);
      if (era === PETALS && random() < 0.3) second += tile;
      else first += tile;
    }
  }
  return [first, second];
}

/** A wave of combed marbling.
 * @param {number} row @param {number} across @param {number} s @param {number} author */
export function wave(row, across, s, author) {
  let path = `M${point(-s / 2, row * s * 0.3)}`;
  for (let column = 0; column <= across; column++) path += `q${point(s / 2, s * (1 + 0.5 * sin(column * 5 + author)))} ${s} 0`;
  return path;
}

/** A strip of tiles. Antiquity has its meander.
 * @param {number} era @param {number} length @param {number} size
 * @returns {{ path: string, filled: boolean, side: number }} */
export function strip(era, length, size) {
  const count = Math.round(length / size);
  const s = length / count;
  const tile = STRIPS[era];
  const part = (/** @type {number} */ z) => s * z;
  const meander = (/** @type {number} */ i) =>
    `M${part(i)} ${part(0.9)}h${part(1)}M${part(i + 0.1)} ${part(0.9)}v${part(-0.8)}h${part(0.7)}v${part(0.5)}h${part(-0.4)}v${part(-0.25)}`;
  const path = turn(count, (_, i) => (tile === SCALES ? meander(i) : TILES[tile](i * s, 0, s, i % 2 ? 0.5 : -0.5, 0.5)));
  return { path, filled: FILLED[tile], side: s };
}

/** The emblem of each era, in hundredths of its radius. A part is a letter and its numbers:
 * `o` rings, each a radius; `l` leaves: from, length, breadth, how many; `s` a star: outer, inner, points, turned;
 * `d` dots: at, radius, how many; `e` an orbit: its second radius. A capital has the second colour. */
const EMBLEMS = [
  "o100,96,54,48 l60,34,14 l0,40,16",
  "s100,70,8 S86,58,8 s48,34,8 L0,36,30,8",
  "o100,97 e20 E44 e66 s34,10,8 d110,3,24",
  "o100,97 S66,12,4,78 s94,16,4 d87,2,32 o80,79",
  "l36,62,20 L30,50,12 o27,22,12",
  "l30,66,22,8 L30,46,20,8 o26,20,9 d88,5,8",
  "l20,78,15 L62,34,30 o18,11 d98,3",
  "S100,76,26 o70,62 o50 s46,20,16",
  "D42,58,4 d42,58,3 o100,97",
  "d94,5,28 D78,5,23 d62,5,18 D46,5,13 d30,5,8 d14,5,4",
];

/** The parts of an emblem: a path each, and whether it has the second colour or is only a line.
 * @param {{ era: number, x: number, y: number, radius: number, book: number }} emblem
 * @returns {{ path: string, second: boolean, line: boolean }[]} */
export function emblem({ era, x, y, radius, book }) {
  const many = 8 + (book % 5) * 2;
  return EMBLEMS[era].split(" ").map((part) => {
    const kind = part[0].toLowerCase();
    const numbers = part.slice(1).split(",").map(Number);
    const second = kind !== part[0];
    return { second, line: kind === "e", path: drawPart(kind, numbers, { x, y, radius, many, tilt: (book % 2) - 0.5 }) };
  });
}

/** @param {string} kind @param {number[]} numbers @param {{ x: number, y: number, radius: number, many: number, tilt: number }} at */
function drawPart(kind, numbers, { x, y, radius, many, tilt }) {
  const [first, second, third, fourth] = numbers;
  const a = (first * radius) / 100;
  const b = (second * radius) / 100;
  if (kind === "e") return ring(x, y, radius * 0.97, a, tilt);
  if (kind === "o") return numbers.map((number) => ring(x, y, (number * radius) / 100)).join("");
  if (kind === "s") return star(x, y, a, b, third || many, fourth / 100 || 0);
  if (kind === "l") return turn(fourth || many, (angle) => leaf(x + sin(angle) * a, y - cos(angle) * a, angle, b, third / 100));
  return turn(third || many, (angle) => ring(x + sin(angle) * a, y - cos(angle) * a, b));
}
