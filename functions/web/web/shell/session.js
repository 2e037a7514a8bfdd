// Who reads: the reader's profile, the end of a session, and what other tabs say about it.
// The session's tokens are in cookies that no script can read.

import { signal } from "../vendor/preact-signals.js";
import { call, Problem, recall, remember, whenEnded } from "./api.js";

/** @typedef {{ id: string, email?: string, emailVerified?: boolean, pendingEmail?: string, username?: string, firstName?: string, lastName?: string, picture: string, role?: string, approved?: boolean, updatedAt?: string }} Profile */

/** The reader. `undefined` until that is known, `null` for an anonymous one.
 * @type {import("../vendor/preact-signals.js").Signal<Profile | null | undefined>} */
export const reader = signal(undefined);

/** Whether it takes long to find out who reads. */
export const late = signal(false);

/** Why the reader was signed out without asking for it, to be said once: `elsewhere` or `ended`. */
export const farewell = signal("");

/** The question "who are you?" over a page whose words must stay. The page keeps its reader until that is answered. */
export const askingToSignIn = signal(false);

const channel = "BroadcastChannel" in window ? safely(() => new BroadcastChannel("carrel")) : undefined;

/** Finds out who reads. An anonymous reader costs no call, if this browser can remember that. */
export async function startSession() {
  // What was pressed asks to sign in at once, over its page.
  whenEnded(() => setTimeout(() => askingToSignIn.value || signedOut("ended")));
  channel?.addEventListener("message", ({ data }) => (data === "out" ? signedOut("elsewhere", false) : loadReader()));
  addEventListener("pagehide", hidePrivate);
  addEventListener("pageshow", showAgain);
  if (hint() === "no") reader.value = null;
  else await loadReader();
}

/** What this browser remembers about the session: nothing private, and nothing that grants anything. */
function hint() {
  if (recall("signedIn")) return "yes";
  return storageWorks() ? "no" : "unknown";
}

const storageWorks = () => safely(() => localStorage.length >= 0) ?? false;

/** Loads the reader's profile. Who reads is asked again until there is an answer: without one, nobody is signed out. */
export async function loadReader() {
  try {
    greet((await call("getMe")).data);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) {
      remember("signedIn", null);
      reader.value = null;
    } else if (reader.value === undefined) {
      late.value = true;
      setTimeout(loadReader, 2000);
    }
  }
}

/** Shows who reads. What another reader has typed is forgotten, wherever this one signed in.
 * @param {Profile} profile */
export function greet(profile) {
  if (kept.reader && kept.reader !== profile.id) kept.drafts.clear();
  kept.reader = profile.id;
  remember("signedIn", "1");
  reader.value = profile;
}

/** Tells the other tabs that somebody has signed in here. */
export const tellOthers = () => channel?.postMessage("in");

/** @param {string} reason @param {boolean} [tell] */
export function signedOut(reason, tell = true) {
  remember("signedIn", null);
  askingToSignIn.value = false;
  if (reader.value) farewell.value = reason;
  reader.value = null;
  if (tell) channel?.postMessage("out");
}

/** Words that were typed and not sent, by the name of their form. They live as long as the page, and belong to one reader. */
export const kept = { reader: "", drafts: /** @type {Map<string, Record<string, string>>} */ (new Map()) };

// A browser may keep the whole page and show it again on Back, even to somebody else. So it hides itself when it is left.

function hidePrivate() {
  if (reader.value) document.documentElement.dataset.away = "";
}

/** @param {PageTransitionEvent} event */
async function showAgain(event) {
  if (event.persisted && reader.value) {
    if (hint() === "no") signedOut("elsewhere", false);
    else await loadReader();
  }
  requestAnimationFrame(() => requestAnimationFrame(() => delete document.documentElement.dataset.away));
}

/** @template T @param {() => T} act @returns {T | undefined} */
function safely(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
