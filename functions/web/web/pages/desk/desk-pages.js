// Where the modules of the librarians' pages are, which share a style and words that `side.js` loads; and those of the pages for files,
// which readers open once in a while.

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
  "/import": () => import("../files/import.js"),
  "/import/earlier": () => import("../files/earlier.js"),
  "/export": () => import("../files/export.js"),
};

/** Loads the module of a page.
 * @param {string} pattern */
export const load = (pattern) => PAGES[pattern]();
