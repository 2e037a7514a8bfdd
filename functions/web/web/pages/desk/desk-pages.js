// The librarians' pages: where each one's module is. They share a style and words, which `side.js` loads.

/** @type {Record<string, () => Promise<{ default: import("preact").FunctionComponent<any> }>>} */
const PAGES = {
  "/desk": () => import("./desk.js"),
  "/readers": () => import("./readers.js"),
  "/readers/new": () => import("./new-reader.js"),
  "/readers/:id": () => import("./record.js"),
  "/lists/ready": () => import("./lists.js"),
  "/lists/overdue": () => import("./lists.js"),
  "/lists/today": () => import("./lists.js"),
  "/live": () => import("./live.js"),
  "/activity": () => import("./activity.js"),
  "/print": () => import("./print.js"),
  "/rules": () => import("./rules.js"),
};

/** Loads the module of a page.
 * @param {string} pattern */
export const load = (pattern) => PAGES[pattern]();
