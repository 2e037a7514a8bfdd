// The calls of the pages that bring books in and take them out.

import { CALLS } from "../../shell/api.js";

/** @type {typeof CALLS} */
export const FILE_CALLS = {
  beginImport: ["POST", "/imports"],
  listImports: ["GET", "/imports"],
  getImport: ["GET", "/imports/{importId}"],
  undoImport: ["DELETE", "/imports/{importId}"],
  sendPart: ["PUT", "/imports/{importId}/parts/{part}"],
  listImportProblems: ["GET", "/imports/{importId}/problems"],
  finishImport: ["POST", "/imports/{importId}/finish"],
  exportBooks: ["GET", "/exports/books"],
};

Object.assign(CALLS, FILE_CALLS);
