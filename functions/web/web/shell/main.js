// The shell: head, foot, and the page between them.

import { effect, html, render, useEffect, useErrorBoundary, useSignal } from "../vendor/preact-signals.js";
import { meta, recall, remember } from "./api.js";
import { Looks, Mark } from "./frame.js";
import { LANGUAGES, language, learn, rich, speak, words } from "./i18n.js";
import { entry, note, place, signInHere, startRouter, to } from "./router.js";
import { askingToSignIn, farewell, reader, signedOut, startSession } from "./session.js";
import { announced, Icon, online, showToast, toast } from "./ui.js";

/** Where each page's module is. @type {Record<string, () => Promise<{ default: import("preact").FunctionComponent<any> }>>} */
const MODULES = {
  "": () => import("../pages/lost.js"),
  "/": () => import("../pages/home.js"),
  "/search": () => import("../pages/search.js"),
  "/books/new": () => import("../pages/book-form.js"),
  "/books/:id": () => import("../pages/book.js"),
  "/books/:id/edit": () => import("../pages/book-form.js"),
  "/sign-in": () => import("../pages/sign-in.js"),
  "/sign-up": () => import("../pages/sign-up.js"),
  "/reset-password": () => import("../pages/reset-password.js"),
  "/verify-email": () => import("../pages/verify-email.js"),
  "/letters": () => import("../pages/letters.js"),
  "/me": () => import("../pages/me.js"),
  "/account": () => import("../pages/account.js"),
  "/old-books": () => import("../pages/old-books.js"),
  "/old-books/:id": () => import("../pages/old-book.js"),
  "/about": () => import("../pages/about.js"),
};

/** Loads a page of the librarians' side.
 * @param {string} pattern */
const ofDesk = async (pattern) => (await import("../pages/desk/desk-pages.js")).load(pattern);

/** The file of words that a page needs, if not all: anonymous visitors come to these pages first.
 * @type {Record<string, import("./i18n.js").Part>} */
const FEW_WORDS = { "": "shell", "/": "shell", "/search": "search", "/books/:id": "book" };

/** The page component of each pattern that has been loaded. @type {Map<string, any>} */
const loaded = new Map();

/** Loads a page's module before the page is shown.
 * @param {{ pattern: string }} of */
async function loadPage({ pattern }) {
  if (loaded.has(pattern) && loaded.get(pattern) !== Missing) return;
  try {
    const [module] = await Promise.all([(MODULES[pattern] || (() => ofDesk(pattern)))(), learn(FEW_WORDS[pattern])]);
    loaded.set(pattern, module.default);
  } catch {
    if (reloadsOnce()) await new Promise(() => {});
    loaded.set(pattern, Missing);
  }
}

/** After an update of the site, an old tab cannot load new pages. It loads itself again, at most once a minute. */
function reloadsOnce() {
  const last = Math.max(entry().reloadedAt || 0, Number(recall("reloadedAt")) || 0);
  if (!navigator.onLine || Date.now() - last < 60_000) return false;
  note({ reloadedAt: Date.now() });
  remember("reloadedAt", String(Date.now()));
  location.reload();
  return true;
}

/** The page in the place of one whose module does not arrive. */
function Missing() {
  const t = words.value;
  document.title = t.halfMissing;
  return html`<div class="narrow">
    <h1 tabindex="-1">${t.halfMissing}</h1>
    <p>${t.halfMissingWhy}</p>
    <p class="row"><button type="button" class="btn main big" onClick=${() => location.reload()}>${t.loadAgain}</button></p>
  </div>`;
}

const LIBRARY = meta("library") || "Carrel";

/** The site's name, and the links to its parts. On a phone they are at the thumb. */
function Head() {
  const t = words.value;
  const { pattern, path } = place.value;
  const who = reader.value;
  const Own = useSignal(/** @type {typeof import("../pages/own-head.js") | null} */ (null));
  useEffect(() => {
    // Without it, the usual links are there.
    if (who) import("../pages/own-head.js").then((module) => (Own.value = module)).catch(() => {});
  }, [who]);
  /** @param {boolean} here */
  const current = (here) => (here ? "page" : undefined);
  const links = html`<a href=${to("/search")} aria-current=${current(pattern === "/search")}><${Icon} name="search" />${t.search}</a>
      <a href=${to("/me")} aria-current=${current(pattern === "/me")}><${Icon} name="books" />${t.myBooks}</a>
      <a href=${to("/about")} aria-current=${current(pattern === "/about")}><${Icon} name="about" />${t.about}</a>`;
  return html`<header class="top">
    <a class="name" href=${to("/")}><${Mark} /><bdi>${LIBRARY}</bdi></a>
    <nav class="nav" aria-label=${t.mainMenu}>
      ${
        who && Own.value
          ? html`<${Own.value.default} who=${who} usual=${links} />`
          : html`${links}<a class=${who === null ? undefined : "unknown"} href=${signInHere()} aria-current=${current(path === "/sign-in")}><${Icon} name="reader" />${t.signIn}</a>`
      }
    </nav>
    ${who && Own.value && html`<${Own.value.Menu} who=${who} />`}
  </header>`;
}

function Foot() {
  const t = words.value;
  return html`<footer class="foot">
    <div>
      <span><a href=${to("/about")}>${t.aboutLibrary}</a></span>
      <span><a href=${to("/old-books")}>${t.oldBooks}</a></span>
      <span>${rich(t.catalogueBy, { a: (text) => html`<a href=${`${meta("api") || "/v1"}/docs`}>${text}</a>` })}</span>
      <div class="prefs"><${Languages} /><${Looks} /></div>
    </div>
  </footer>`;
}

function Languages() {
  const choose = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    remember("language", value);
    speak(value);
  };
  return html`<label class="sr" for="language">${words.value.siteLanguage}</label>
    <select class="pick" id="language" value=${language.value} onChange=${choose}>
      ${Object.entries(LANGUAGES).map(([tag, name]) => html`<option value=${tag} lang=${tag}>${name}</option>`)}
    </select>`;
}

/** The page. A mistake in its code takes the page, not the site. */
function Main() {
  const { pattern, path } = place.value;
  const [error, reset] = useErrorBoundary((thrown) => console.error(thrown));
  useEffect(() => reset(), [path]);
  const Page = error ? Missing : loaded.get(pattern);
  return html`<main id="main" tabindex="-1">${Page && html`<${Page} key=${pattern + path} />`}</main>`;
}

/** What was just done, with a way back; and what a screen reader is to say. */
function Toast() {
  const said = toast.value;
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => (toast.value = null), 12_000);
    return () => clearTimeout(timer);
  }, [said]);
  const act = () => {
    toast.value = null;
    said?.act?.();
  };
  return html`<div class="sr" role="status">${announced.value}</div>
    <div role="status">
      ${said && html`<div class="toast"><span>${said.text}</span>${said.label && html`<button type="button" class="btn" onClick=${act}>${said.label}</button>`}</div>`}
    </div>`;
}

/** Signing in over a page whose words must stay. Its module is loaded when it is asked for. */
function SignInAgain() {
  const Dialog = useSignal(/** @type {any} */ (null));
  const open = askingToSignIn.value;
  useEffect(() => {
    if (!open) return;
    Promise.all([import("../pages/sign-in-again.js"), learn()]).then(
      ([module]) => (Dialog.value = module.default),
      () => signedOut("ended"),
    );
  }, [open]);
  return Dialog.value && html`<${Dialog.value} />`;
}

const App = () =>
  html`<a class="skip" href="#main">${words.value.skip}</a>
    <${Head} />
    ${online.value ? null : html`<div class="strip" role="status"><p><${Icon} name="warning" /><span><b>${words.value.offline}</b> ${words.value.offlineWhy}</span></p></div>`}
    <${Main} /><${Foot} /><${Toast} /><${SignInAgain} />`;

effect(() => {
  const why = farewell.value;
  if (why) showToast(why === "elsewhere" ? words.value.signedOutElsewhere : words.value.signedOutBecause);
});

async function start() {
  startSession();
  const { lang } = document.documentElement;
  await Promise.all([startRouter(loadPage), lang === "en" || speak(lang).catch(() => {})]);
  render(html`<${App} />`, document.body);
}

start();
