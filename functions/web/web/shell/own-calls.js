// The calls of readers: their own pages and the ways to sign in load them, what everybody sees does not.

import { CALLS } from "./api.js";

/** @type {typeof CALLS} */
export const OWN_CALLS = {
  lookUp: ["GET", "/metadata/{isbn}"],
  createBook: ["POST", "/books"],
  updateBook: ["PATCH", "/books/{bookId}"],
  deleteBook: ["DELETE", "/books/{bookId}"],
  archiveBook: ["POST", "/books/{bookId}/archive"],
  reserveBook: ["POST", "/books/{bookId}/reservations"],
  putCover: ["PUT", "/books/{bookId}/cover"],
  deleteCover: ["DELETE", "/books/{bookId}/cover"],
  restoreBook: ["POST", "/archive/books/{bookId}/restore"],
  listFavorites: ["GET", "/favorites"],
  addFavorite: ["POST", "/favorites/{bookId}"],
  removeFavorite: ["DELETE", "/favorites/{bookId}"],
  listReservations: ["GET", "/reservations"],
  cancelReservation: ["DELETE", "/reservations/{reservationId}"],
  renewLoan: ["POST", "/reservations/{reservationId}/renew"],
  changeMe: ["PATCH", "/users/me"],
  deleteAccount: ["DELETE", "/users/me"],
  fetchData: ["GET", "/users/me/data"],
  changeUsername: ["PUT", "/users/me/username"],
  changeEmail: ["PUT", "/users/me/email"],
  putPicture: ["PUT", "/users/me/picture"],
  deletePicture: ["DELETE", "/users/me/picture"],
  register: ["POST", "/auth/register"],
  login: ["POST", "/auth/login"],
  logout: ["POST", "/auth/logout"],
  changePassword: ["PUT", "/auth/password"],
  requestPasswordReset: ["POST", "/auth/reset-password-request"],
  resetPassword: ["POST", "/auth/reset-password"],
  verifyEmail: ["POST", "/auth/verify-email"],
  requestVerification: ["POST", "/auth/verify-email-request"],
  switchLettersOff: ["POST", "/letters/{token}"],
  listSessions: ["GET", "/auth/sessions"],
  endSession: ["DELETE", "/auth/sessions/{sessionId}"],
};

Object.assign(CALLS, OWN_CALLS);
