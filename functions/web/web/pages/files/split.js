// Where a file may be cut: a part ends between two records. The API judges by the same rules (formats/src/frame.rs), and
// formats/tests/parts.json holds both to them.

/** The most that a part may have. */
export const MOST = { rows: 500, bytes: 1 << 20 };

/** How many bytes of a file say what it is. */
const HEAD = 1 << 16;

/** A file of which nothing more can be sent. */
export class FileProblem extends Error {
  /** @param {string} code one of `fileProblems` in the words of files */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** A part. `isLast`: nothing follows that belongs to its last record. The API cannot see that of the file's end, and of a CR alone.
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, number: number, offset: number, isLast: boolean }} Part */
/** How records end: at line ends outside quotes, at 0x1D, or at the end tag of a record.
 * @typedef {{ kind: "cells" | "marc" | "xml", delimiter: number, quotes: boolean, begins: number }} Framing */
/** What the next bytes are: a record or none. That a record is damaged may only be seen from bytes behind it, so it `needs` them.
 * @typedef {{ length: number, isRecord?: boolean, needs?: number }} Cut */

/** Cuts a file into parts. Of a first record that is too long it gives the beginning, so that the API can say what the file is.
 * @param {AsyncIterable<Uint8Array>} chunks the file's bytes
 * @param {{ rows: number, bytes: number }} [most]
 * @returns {AsyncGenerator<Part>} */
export async function* partsOf(chunks, most = MOST) {
  const source = chunks[Symbol.asyncIterator]();
  let bytes = new Uint8Array(0);
  let isWhole = false;
  const readOn = async () => {
    const { done, value } = await source.next();
    if (done) isWhole = true;
    else bytes = joined(bytes, value);
  };
  while (!isWhole && bytes.length < HEAD) await readOn();
  const framing = framingOf(bytes.subarray(0, HEAD));
  let [number, offset, at, records, end, needed] = [1, 0, framing.begins, 0, 0, 0];
  for (;;) {
    const cut = cutOf(framing, bytes.subarray(at), isWhole);
    if (!cut && isWhole) break;
    if (!cut && bytes.length - at <= most.bytes) {
      await readOn();
      continue;
    }
    const next = cut ? at + cut.length : bytes.length;
    if (end && (next > most.bytes || (cut?.isRecord && records === most.rows))) {
      yield { bytes: bytes.slice(0, end), number, offset, isLast: bytes[end - 1] === CR };
      bytes = bytes.slice(end);
      [number, offset, at, records, end, needed] = [number + 1, offset + end, 0, 0, 0, 0];
      continue;
    }
    if (!cut || next > most.bytes) {
      if (number === 1 && !records) yield { bytes: bytes.slice(0, HEAD), number, offset, isLast: false };
      throw new FileProblem("record-too-long");
    }
    needed = Math.max(needed, at + (cut.needs || 0));
    at = next;
    if (cut.isRecord) records += 1;
    if (cut.isRecord && at >= needed) end = at;
  }
  yield { bytes, number, offset, isLast: true };
}

/** @param {Uint8Array} first @param {Uint8Array} second */
function joined(first, second) {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

// What the file is.

const [TAB, LF, CR, SPACE, QUOTE, COMMA, SEMICOLON, OPENS, CLOSES, BAR] = Array.from('\t\n\r ",;<>|', (sign) => sign.charCodeAt(0));
const [RECORD_ENDS, BYTE_ORDER_MARK] = [0x1d, [0xef, 0xbb, 0xbf]];

/** @param {Uint8Array} head @returns {Framing} */
function framingOf(head) {
  const mark = BYTE_ORDER_MARK.every((byte, index) => head[index] === byte) ? BYTE_ORDER_MARK.length : 0;
  const text = latin(head.subarray(mark));
  const start = text.trimStart();
  const others = { delimiter: SPACE, quotes: false, begins: mark };
  if (start.startsWith("<")) return { kind: "xml", ...others };
  if (isLeader(start)) return { kind: "marc", ...others };
  // A line is a record without cells.
  if (start.startsWith("{")) return { kind: "cells", ...others };
  return { kind: "cells", ...tableOf(text, mark) };
}

/** Whether a text begins as a record of ISO 2709 does: with a length, and soon a delimiter or an address.
 * @param {string} start */
const isLeader = (start) =>
  /^\d{5}/.test(start) && (/^.{10}\d{7}.{3}\d\d/s.test(start) || start.includes("\x1d") || start.includes("\x1e"));

/** The delimiter of a table, whether it has quotes, and where its header begins. LibraryThing's has none: its marks are data.
 * @param {string} text @param {number} mark */
function tableOf(text, mark) {
  const [, said, named] = text.match(/^([^\S\r\n]*sep=([^\w\r\n])[^\S\r\n]*(?:\r\n|\r|\n))/i) || ["", "", ""];
  const blank = /^[\r\n ]*/.exec(text.slice(said.length))?.[0] || "";
  const first = text.slice(said.length + blank.length).match(/^[^\r\n]*/)?.[0] || "";
  const delimiter = named ? named.charCodeAt(0) : commonest(first);
  const columns = cellsOf(first, delimiter).map((name) => name.toLowerCase());
  const isLibraryThing = ["book id", "title", "primary author"].every((name) => columns.includes(name));
  return { delimiter, quotes: !isLibraryThing || columns.includes("exclusive shelf"), begins: mark + said.length + blank.length };
}

/** The first rows of a table, cell by cell, behind the names of its columns.
 * @param {Uint8Array} head @param {number} most */
export function rowsOf(head, most) {
  const framing = framingOf(head);
  const rows = [];
  for (let at = framing.begins; rows.length <= most; ) {
    const cut = cutOf(framing, head.subarray(at), true);
    if (!cut) break;
    if (cut.isRecord) rows.push(cellsOf(textOf(head.subarray(at, at + cut.length)), framing.delimiter));
    at += cut.length;
  }
  return rows;
}

/** A row of a table, cell by cell, and the names of its columns. Nothing, if the file has no such row.
 * @param {AsyncIterable<Uint8Array>} chunks the file's bytes
 * @param {number} number from 1; the names are no row
 * @param {string} [encoding] the label of the file's encoding, if somebody has said it
 * @returns {Promise<{ names: string[], cells: string[] } | undefined>} */
export async function rowAt(chunks, number, encoding) {
  let framing = /** @type {Framing | undefined} */ (undefined);
  let names = /** @type {string[] | undefined} */ (undefined);
  let rows = 0;
  for await (const { bytes } of partsOf(chunks)) {
    let at = framing ? 0 : framingOf(bytes.subarray(0, HEAD)).begins;
    framing ||= framingOf(bytes.subarray(0, HEAD));
    for (let cut = cutOf(framing, bytes.subarray(at), true); cut; cut = cutOf(framing, bytes.subarray(at), true)) {
      const cells =
        cut.isRecord && (!names || rows + 1 === number)
          ? cellsOf(textOf(bytes.subarray(at, at + cut.length), encoding), framing.delimiter)
          : [];
      at += cut.length;
      if (!cut.isRecord) continue;
      if (names) rows += 1;
      if (names && rows === number) return { names, cells };
      names ||= cells;
    }
  }
  return undefined;
}

/** @param {Uint8Array} bytes of UTF-8 or, if they are not, of an older encoding, unless one is named
 * @param {string} [encoding] */
function textOf(bytes, encoding) {
  if (encoding) return new TextDecoder(encoding).decode(bytes);
  const text = new TextDecoder().decode(bytes);
  return text.includes("\ufffd") ? latin(bytes) : text;
}

/** @param {string} line @param {number} delimiter */
function cellsOf(line, delimiter) {
  const cells = [""];
  let [isQuoted, isClosed, isStart] = [false, false, true];
  for (const sign of line) {
    const opens = sign === '"' && !isQuoted && (isStart || isClosed);
    // Two marks within a quoted cell are one, and one within another cell is a letter.
    if (opens && isClosed) cells[cells.length - 1] += sign;
    if (opens) [isQuoted, isClosed, isStart] = [true, false, false];
    else if (sign === '"' && isQuoted) [isQuoted, isClosed] = [false, true];
    else if (sign.charCodeAt(0) === delimiter && !isQuoted) {
      cells.push("");
      [isClosed, isStart] = [false, true];
    } else {
      cells[cells.length - 1] += sign;
      [isClosed, isStart] = [false, false];
    }
  }
  return cells.map((cell) => cell.trim());
}

/** The commonest delimiter outside quotes; of equals the first.
 * @param {string} line */
function commonest(line) {
  const outside = line.replace(/"[^"]*("|$)/g, "");
  const count = (/** @type {number} */ sign) => outside.split(String.fromCharCode(sign)).length;
  return [COMMA, SEMICOLON, TAB, BAR].reduce((most, sign) => (count(sign) > count(most) ? sign : most));
}

/** Bytes as text, a letter a byte.
 * @param {Uint8Array} bytes */
const latin = (bytes) => new TextDecoder("latin1").decode(bytes);

// Where records end.

/** Says what the next bytes are. Nothing, if more bytes are needed to say.
 * @param {Framing} framing @param {Uint8Array} bytes @param {boolean} isWhole no more will come
 * @returns {Cut | undefined} */
function cutOf(framing, bytes, isWhole) {
  if (!bytes.length) return undefined;
  if (framing.kind === "marc") return marcCut(bytes, isWhole);
  return framing.kind === "xml" ? xmlCut(bytes, isWhole) : cellsCut(framing, bytes, isWhole);
}

/** @param {number} length @param {number} [needs] @returns {Cut} */
const record = (length, needs) => ({ length, isRecord: true, needs });

/** Where the line break at this place ends: 0 if more bytes are needed, because a line feed may follow.
 * @param {Uint8Array} bytes @param {number} at @param {boolean} isWhole */
function afterBreak(bytes, at, isWhole) {
  if (bytes[at] === LF) return at + 1;
  if (at + 1 < bytes.length) return bytes[at + 1] === LF ? at + 2 : at + 1;
  return isWhole ? at + 1 : 0;
}

/** A record of cells ends at a line end outside quotes. A quoted cell that goes over lines must end as it should, else its first
 * line is a record, which fails.
 * @param {Framing} framing @param {Uint8Array} bytes @param {boolean} isWhole @returns {Cut | undefined} */
function cellsCut({ delimiter, quotes }, bytes, isWhole) {
  const leading = bytes.findIndex((byte) => byte !== SPACE && byte !== TAB && byte !== delimiter);
  if (leading < 0) return isWhole ? { length: bytes.length } : undefined;
  const isBreak = (/** @type {number} */ at) => bytes[at] === CR || bytes[at] === LF;
  if (isBreak(leading)) {
    const length = afterBreak(bytes, leading, isWhole);
    return length ? { length } : undefined;
  }
  /** @param {number} from @param {number} needs */
  const firstLine = (from, needs) => {
    let at = from;
    while (at < bytes.length && !isBreak(at)) at += 1;
    if (at === bytes.length) return isWhole ? record(at) : undefined;
    const length = afterBreak(bytes, at, isWhole);
    return length ? record(length, needs) : undefined;
  };
  let [isStart, openedAt, hasLines] = [true, -1, false];
  for (let at = 0; at < bytes.length; at += 1) {
    if (openedAt >= 0) {
      if (bytes[at] !== QUOTE) {
        hasLines ||= isBreak(at);
        continue;
      }
      if (bytes[at + 1] === QUOTE) {
        at += 1;
        continue;
      }
      // What follows a closing mark.
      const next = at + 1;
      if (next < bytes.length && hasLines && bytes[next] !== delimiter && !isBreak(next)) return firstLine(openedAt, next + 1);
      openedAt = -1;
      isStart = false;
    } else if (isBreak(at)) {
      const length = afterBreak(bytes, at, isWhole);
      return length ? record(length) : undefined;
    } else if (isStart && quotes && bytes[at] === QUOTE) {
      [openedAt, hasLines] = [at, false];
    } else isStart = bytes[at] === delimiter;
  }
  if (!isWhole) return undefined;
  return openedAt >= 0 ? firstLine(openedAt, bytes.length) : record(bytes.length);
}

/** A record of MARC 21 ends at 0x1D, whatever its leader says.
 * @param {Uint8Array} bytes @param {boolean} isWhole @returns {Cut | undefined} */
function marcCut(bytes, isWhole) {
  const at = bytes.indexOf(RECORD_ENDS);
  if (at >= 0) return record(at + 1);
  const between = [CR, LF, SPACE, 0, 0x1a, ...BYTE_ORDER_MARK];
  if (bytes.every((byte) => between.includes(byte))) return { length: bytes.length };
  return isWhole ? record(bytes.length) : undefined;
}

/** The next record is the innermost element `record` that has fields. No part ends after one that is not closed.
 * @param {Uint8Array} bytes @param {boolean} isWhole @returns {Cut | undefined} */
function xmlCut(bytes, isWhole) {
  let [start, hasFields, at] = [-1, false, 0];
  for (let tag = nextTag(bytes, at); tag; tag = nextTag(bytes, at)) {
    at = tag.end;
    if (tag.name === "record" && start >= 0 && hasFields) return record(tag.start, tag.end);
    if (tag.name === "record") start = tag.start;
    else if (start >= 0 && ["leader", "controlfield", "datafield"].includes(tag.name)) hasFields = true;
    else if (tag.name === "/record" && start >= 0 && hasFields) return record(at);
    else if (tag.name === "/record") start = -1;
  }
  if (isWhole) return { length: bytes.length, isRecord: start >= 0 && hasFields };
  if (start >= 0) return start ? { length: start } : undefined;
  if (!bytes.includes(OPENS)) return { length: bytes.length };
  return at ? { length: at } : undefined;
}

/** What a comment, CDATA and an instruction begin and end with. */
const PASSED_OVER = [
  ["!--", "-->"],
  ["![CDATA[", "]]>"],
  ["?", "?>"],
];

/** The next tag from a place: where it is, and its name without a prefix, behind a `/` if it closes. Nothing, if it does not end.
 * @param {Uint8Array} bytes @param {number} from */
function nextTag(bytes, from) {
  const start = bytes.indexOf(OPENS, from);
  if (start < 0) return undefined;
  const opening = latin(bytes.subarray(start + 1, start + 9));
  for (const [begins, ends] of PASSED_OVER) {
    if (opening.startsWith(begins)) {
      const at = indexOf(bytes, ends, start + 1 + begins.length);
      return at < 0 ? undefined : { name: "", start, end: at + ends.length };
    }
    if (begins.length > 1 && begins.startsWith(opening)) return undefined;
  }
  let quote = 0;
  for (let at = start + 1; at < bytes.length; at += 1) {
    // Neither a name nor a value has this: the tag is broken, and another begins.
    if (bytes[at] === OPENS) return { name: "", start, end: at };
    if (quote) quote = bytes[at] === quote ? 0 : quote;
    else if (bytes[at] === CLOSES) return { name: nameOf(latin(bytes.subarray(start + 1, at))), start, end: at + 1 };
    else if (bytes[at] === QUOTE || bytes[at] === 0x27) quote = bytes[at];
  }
  return undefined;
}

/** @param {string} inner what stands between the brackets of a tag */
function nameOf(inner) {
  const closes = inner.startsWith("/") ? "/" : "";
  const name = inner.slice(closes.length).split(/[\t\n\f\r /]/)[0];
  return inner.startsWith("!") ? "" : closes + (name.split(":").at(-1) || name);
}

/** @param {Uint8Array} bytes @param {string} text @param {number} from */
function indexOf(bytes, text, from) {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1))
    if (latin(bytes.subarray(at, at + text.length)) === text) return at;
  return -1;
}
