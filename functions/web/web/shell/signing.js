// Signing in and out, and where to go then.

import { call, Problem, send } from "./api.js";
import { BASE, DOORS, placeOf, to } from "./router.js";
import { askingToSignIn, farewell, greet, kept, signedOut, tellOthers } from "./session.js";
import "./own-calls.js";

/** Signs in, and tells the other tabs.
 * @param {{ email?: string, username?: string, password: string }} credentials
 * @returns {Promise<boolean>} whether this browser has kept the session */
export async function signIn(credentials) {
  await call("login", { body: { ...credentials, session: "cookie" } });
  return welcome();
}

/** Checks that this browser has kept the cookies: some refuse them, and then every call would ask to sign in again. */
export async function welcome() {
  try {
    const { data } = await send("getMe", {});
    farewell.value = "";
    askingToSignIn.value = false;
    greet(data);
    tellOthers();
    return true;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) return false;
    throw problem;
  }
}

/** Signs out here, on the other devices, or everywhere.
 * @param {"this" | "others" | "all"} scope */
export async function signOut(scope = "this") {
  await call("logout", { query: { scope } });
  if (scope === "others") return;
  kept.drafts.clear();
  signedOut("");
}

/** The page to go to after signing in. Anything but a page of this site is the start.
 * @param {string | null} next */
export function safeNext(next) {
  if (!next || next.length > 2000 || !/^\/(?![/\\])/.test(next) || /[\\\p{Cc}]/u.test(next)) return to("/");
  const url = new URL(next, location.origin);
  const inside = url.origin === location.origin && (!BASE || url.pathname === BASE || url.pathname.startsWith(`${BASE}/`));
  const { pattern } = placeOf(url);
  return inside && pattern && !DOORS.includes(pattern) ? url.pathname + url.search + url.hash : to("/");
}
