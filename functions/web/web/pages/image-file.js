// Files that people choose as pictures.

import { words } from "../shell/i18n.js";

/** The most that a page can hold in memory without stopping. */
const MOST_PIXELS = 50_000_000;

let turn = 0;

/** Opens the file that was chosen in a field, or says why it cannot. Nothing, if none was chosen, or another one meanwhile. The field is emptied, so that the
 * same file can be chosen again.
 * @param {Event} event @returns {Promise<{ name: string, opened?: HTMLImageElement, refused: string } | undefined>} */
export async function opening(event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const file = field.files?.[0];
  field.value = "";
  if (!file) return undefined;
  const { name } = file;
  turn += 1;
  const mine = turn;
  const opened = await open(file);
  if (mine !== turn) return undefined;
  if (!opened) return { name, refused: words.value.notAPicture(name) };
  if (opened.naturalWidth * opened.naturalHeight > MOST_PIXELS) return { name, refused: words.value.pictureHuge(name) };
  return { name, opened, refused: "" };
}

/** Opens a file as a picture, upright. Nothing, if it is none.
 * @param {File} file @returns {Promise<HTMLImageElement | undefined>} */
async function open(file) {
  const address = URL.createObjectURL(file);
  const image = new Image();
  image.src = address;
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
    });
    return image;
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(address);
  }
}
