// Files that a reader keeps.

/** Offers a file that is all there.
 * @param {string} name @param {Blob} file */
export function saved(name, file) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: name });
  link.click();
  // The browser has it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A table as spreadsheets read it. What they would compute gets a `'` in front.
 * @param {string[][]} lines */
export function csvOf(lines) {
  const cell = (/** @type {string} */ text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const text = lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
  return new Blob(["\ufeff", text], { type: "text/csv" });
}

/** @typedef {{ write: (piece: Blob) => Promise<void>, close: () => Promise<void>, abort: () => Promise<void> }} Target */

/** Opens a file to be written piece by piece: on the disk, where the browser can, so that only a piece is in memory.
 * Nothing, if the reader chose no place for it.
 * @param {string} name @param {string} type @returns {Promise<Target | undefined>} */
export async function target(name, type) {
  const pick = /** @type {any} */ (window).showSaveFilePicker;
  if (!pick) return collected(name, type);
  try {
    const handle = await pick({ suggestedName: name });
    return await handle.createWritable();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    return collected(name, type);
  }
}

/** @param {string} name @param {string} type @returns {Target} */
function collected(name, type) {
  /** @type {Blob[]} */
  let pieces = [];
  return {
    write: async (piece) => {
      pieces.push(piece);
    },
    close: async () => saved(name, new Blob(pieces, { type })),
    abort: async () => {
      pieces = [];
    },
  };
}
