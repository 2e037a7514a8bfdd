// The bytes of a chosen file, as the API reads them: unpacked, and in UTF-8 where they were UTF-16.

import { FileProblem } from "./split.js";

/** A file may have so many bytes, after it was unpacked. A small one may unpack to anything. */
const MOST_BYTES = 1_000_000_000;

/** The bytes of a file, and how much of it was read.
 * @param {File} file */
export function sourceOf(file) {
  const source = { read: 0, isPacked: false, chunks: () => chunksOf(file, source) };
  return source;
}

/** @param {File} file @param {{ read: number, isPacked: boolean }} source @returns {AsyncGenerator<Uint8Array>} */
async function* chunksOf(file, source) {
  try {
    const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    source.isPacked = start[0] === 0x1f && start[1] === 0x8b;
    /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */
    let bytes = file.stream().pipeThrough(counting(source));
    if (source.isPacked) bytes = bytes.pipeThrough(new DecompressionStream("gzip"));
    yield* inUtf8(limited(bytes.getReader()));
  } catch (error) {
    // A file that is damaged, or was moved or changed after it was chosen.
    throw error instanceof FileProblem ? error : new FileProblem("unreadable");
  }
}

/** @param {{ read: number }} source @returns {TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>} */
const counting = (source) =>
  new TransformStream({
    transform(chunk, out) {
      source.read += chunk.length;
      out.enqueue(chunk);
    },
  });

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
async function* limited(reader) {
  let length = 0;
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) return;
      length += next.value.length;
      if (length > MOST_BYTES) throw new FileProblem("too-large");
      yield next.value;
    }
  } finally {
    await reader.cancel();
  }
}

/** @param {AsyncGenerator<Uint8Array>} chunks */
async function* inUtf8(chunks) {
  const first = await chunks.next();
  if (first.done) return;
  const label = wideLabel(first.value);
  const decoder = label && new TextDecoder(label);
  const encoder = new TextEncoder();
  const converted = (/** @type {Uint8Array} */ chunk) =>
    decoder ? encoder.encode(decoder.decode(chunk, { stream: true })) : chunk;
  yield converted(first.value);
  for await (const chunk of chunks) yield converted(chunk);
  if (decoder) yield encoder.encode(decoder.decode());
}

/** The encoding of a file of UTF-16: by its byte order mark, or by the zeros beside its first letters.
 * @param {Uint8Array} bytes */
function wideLabel([a, b, c, d, e, f]) {
  if ((a === 0xff && b === 0xfe) || (a && b === 0 && c && d === 0 && e && f === 0)) return "utf-16le";
  if ((a === 0xfe && b === 0xff) || (a === 0 && b && c === 0 && d && e === 0 && f)) return "utf-16be";
  return undefined;
}
