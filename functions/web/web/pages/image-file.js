// Files that people choose as pictures.

import { words } from "../shell/i18n.js";

/** The most that a page can hold in memory without stopping. */
const MOST_PIXELS = 50_000_000;

/** Opens a file as a picture, or says why it cannot.
 * @param {File} file @returns {Promise<{ opened?: HTMLImageElement, refused?: string }>} */
export async function opening(file) {
  const opened = await open(file);
  if (!opened) return { refused: words.value.notAPicture(file.name) };
  if (opened.naturalWidth * opened.naturalHeight > MOST_PIXELS) return { refused: words.value.pictureHuge(file.name) };
  return { opened };
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
