// The calls of the desk's pages. Readers' pages do not load them.

import { CALLS } from "../../shell/api.js";

/** @type {typeof CALLS} */
export const DESK_CALLS = {
  lendBook: ["POST", "/loans"],
  returnBook: ["POST", "/returns"],
  getDesk: ["GET", "/desk"],
  undoStep: ["POST", "/reservations/{reservationId}/undo"],
  putAside: ["POST", "/reservations/{reservationId}/put-aside"],
  putBack: ["POST", "/reservations/{reservationId}/put-back"],
  returnCopy: ["POST", "/reservations/{reservationId}/return"],
  loseCopy: ["POST", "/reservations/{reservationId}/lost"],
  checkOutCopy: ["POST", "/reservations/{reservationId}/checkout"],
  listBookReservations: ["GET", "/books/{bookId}/reservations"],
  listUsers: ["GET", "/users"],
  getUser: ["GET", "/users/{userId}"],
  changeUser: ["PATCH", "/users/{userId}"],
  deleteUser: ["DELETE", "/users/{userId}"],
  addReader: ["POST", "/users"],
  changeCard: ["PUT", "/users/{userId}/card"],
  removeCard: ["DELETE", "/users/{userId}/card"],
  createSignInCode: ["POST", "/users/{userId}/sign-in-code"],
  createTicket: ["POST", "/live/tickets"],
  listEvents: ["GET", "/events"],
  listActivity: ["GET", "/activity"],
};

Object.assign(CALLS, DESK_CALLS);
