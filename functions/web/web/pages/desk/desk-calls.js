// The calls of the desk's pages. Readers' pages do not load them.

import { CALLS } from "../../shell/api.js";
import "../../shell/own-calls.js";
import "../library-rules.js";

/** @type {typeof CALLS} */
export const DESK_CALLS = {
  lendBook: ["POST", "/loans"],
  takeBookBack: ["POST", "/returns"],
  getDesk: ["GET", "/desk"],
  undoStep: ["POST", "/reservations/{reservationId}/undo"],
  putAside: ["POST", "/reservations/{reservationId}/put-aside"],
  putBack: ["POST", "/reservations/{reservationId}/put-back"],
  returnCopy: ["POST", "/reservations/{reservationId}/return"],
  noteLetter: ["POST", "/reservations/{reservationId}/letters"],
  loseCopy: ["POST", "/reservations/{reservationId}/lost"],
  checkOutCopy: ["POST", "/reservations/{reservationId}/checkout"],
  listReservationsOfBook: ["GET", "/books/{bookId}/reservations"],
  listUsers: ["GET", "/users"],
  getUser: ["GET", "/users/{userId}"],
  changeUser: ["PATCH", "/users/{userId}"],
  deleteUser: ["DELETE", "/users/{userId}"],
  addUser: ["POST", "/users"],
  putCard: ["PUT", "/users/{userId}/card"],
  putEmail: ["PUT", "/users/{userId}/email"],
  deleteCard: ["DELETE", "/users/{userId}/card"],
  issueSignInCode: ["POST", "/users/{userId}/sign-in-code"],
  createTicket: ["POST", "/live/tickets"],
  listEvents: ["GET", "/events"],
  listActivity: ["GET", "/activity"],
  listBarcodes: ["GET", "/books/{bookId}/barcodes"],
  createBarcode: ["POST", "/books/{bookId}/barcodes"],
  putRules: ["PUT", "/rules"],
  previewRules: ["POST", "/rules/preview"],
};

Object.assign(CALLS, DESK_CALLS);
