// The documentation page: the operations of the contract, in groups, found by words. It speaks English, as the contract does.

import { SignInForm } from "../pages/sign-in.js";
import { meta } from "../shell/api.js";
import { Looks, Mark } from "../shell/frame.js";
import { language, learn, words } from "../shell/i18n.js";
import { reader, startSession } from "../shell/session.js";
import { signOut } from "../shell/signing.js";
import { Button, html, Icon, useAction } from "../shell/ui.js";
import { render, useEffect, useSignal } from "../vendor/preact-signals.js";
import { found, read } from "./contract.js";
import { Operation } from "./operation.js";
import { Prose } from "./text.js";

const API = meta("api") || "/v1";
const LIBRARY = meta("library") || "Carrel";

/** @param {number} count */
const operations = (count) => (count === 1 ? "1 operation" : `${count} operations`);

/** @param {{ contract: import("./contract.js").Contract }} props */
function Page({ contract }) {
  const wanted = useSignal("");
  const groups = found(contract.groups, wanted.value);
  const count = groups.reduce((sum, group) => sum + group.operations.length, 0);
  useEffect(followHash, []);
  return html`<div class="docs">
    <div class="dside">
      <div class="field">
        <label for="find">Find an operation</label>
        <input id="find" type="search" placeholder="reserve, /books, 409" autocomplete="off" autocapitalize="none" spellcheck=${false} value=${wanted.value} onInput=${(/** @type {any} */ { target }) => (wanted.value = target.value)} />
      </div>
      <p class="sr" role="status">${wanted.value && operations(count)}</p>
      <nav class="toc" aria-label="Groups">
        ${groups.map(({ name, title, operations }) => html`<a key=${name} href=${`#${name}`}>${title}<span>${operations.length}</span></a>`)}
      </nav>
      <${Who} />
    </div>
    <div>
      ${!wanted.value && html`<${Introduction} paragraphs=${contract.introduction} />`}
      ${groups.map((group) => html`<${Group} key=${group.name} group=${group} />`)}
      ${!count && html`<p>No operation has these words. <button type="button" class="btn" onClick=${() => (wanted.value = "")}>Show all</button></p>`}
    </div>
  </div>`;
}

/** @param {{ paragraphs: string[] }} props */
const Introduction = ({ paragraphs }) =>
  html`<section class="grp" id="introduction">
    <header><h2>Before you begin</h2><p class="muted small"><${Prose} text=${paragraphs[0]} /></p></header>
    <details class="op">
      <summary><span>Signing in, keys, lists, versions, retries and errors</span></summary>
      <div class="prose">${paragraphs.slice(1).map((text) => html`<p><${Prose} text=${text} /></p>`)}</div>
    </details>
  </section>`;

/** @param {{ group: import("./contract.js").Group }} props */
const Group = ({ group }) =>
  html`<section class="grp" id=${group.name} aria-labelledby=${`${group.name}-title`}>
    <header><h2 id=${`${group.name}-title`}>${group.title}</h2><p class="muted small"><${Prose} text=${group.about} /></p></header>
    ${group.operations.map((operation) => html`<${Operation} key=${operation.id} operation=${operation} />`)}
  </section>`;

/** Who asks, and the one way to sign in: the website's. */
function Who() {
  const who = reader.value;
  const open = useSignal(false);
  const leave = useAction(() => signOut());
  if (who === undefined) return null;
  if (!who) {
    return html`<section aria-label="Who you are">
      <button type="button" class="btn" aria-expanded=${String(open.value)} onClick=${() => (open.value = !open.value)}>${words.value.signIn}</button>
      ${open.value && html`<${SignInForm} onSignedIn=${() => (open.value = false)} />`}
    </section>`;
  }
  return html`<section aria-label="Who you are">
    <p class="small"><${Icon} name="reader" /><span>Signed in as <b><bdi>${who.username || (who.email || "").split("@")[0]}</bdi></b>, ${who.role === "admin" ? "a librarian" : "a reader"}</span></p>
    <${Button} busy=${leave.busy} onPress=${leave.run}>${words.value.signOut}<//>
  </section>`;
}

const App = () => {
  const contract = useSignal(/** @type {import("./contract.js").Contract | null} */ (null));
  const failed = useSignal(false);
  const load = () => {
    failed.value = false;
    loadContract().then(
      (read) => (contract.value = read),
      () => (failed.value = true),
    );
  };
  useEffect(load, []);
  return html`<a class="skip" href="#main">Skip to the page</a>
    <header class="top">
      <a class="name" href=${`${meta("base")}/`}><${Mark} /><span><bdi>${LIBRARY}</bdi><small>the API, version 1</small></span></a>
      <nav class="dnav" aria-label="Main"><a href=${`${meta("base")}/`}>The library</a><a href=${`${API}/openapi.json`}>openapi.json</a></nav>
    </header>
    <main id="main" tabindex="-1">
      <div class="pagehead">
        <h1>The API</h1>
        <p class="lead">Everything that this library’s website does, a program can do too. Answers are JSON; errors say what failed and what to do.</p>
      </div>
      ${contract.value && html`<${Page} contract=${contract.value} />`}
      ${failed.value && html`<section class="fault" role="alert"><h2>The contract did not arrive</h2><button type="button" class="btn main" onClick=${load}>Try again</button></section>`}
    </main>
    <footer class="foot"><div>
      <span>Carrel ${contract.value?.version}</span><span><a href=${`${meta("base")}/`}>The library</a></span>
      <div class="prefs"><${Looks} /></div>
    </div></footer>`;
};

async function loadContract() {
  const answer = await fetch(`${API}/openapi.json`);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return read(await answer.json());
}

/** Shows what the address names: it was not there when the browser looked. */
function followHash() {
  const show = () => {
    const named = document.getElementById(location.hash.slice(1));
    if (named instanceof HTMLDetailsElement) named.open = true;
    named?.scrollIntoView({ behavior: "instant" });
  };
  show();
  addEventListener("hashchange", show);
  return () => removeEventListener("hashchange", show);
}

language.value = "en";
document.documentElement.lang = "en";
document.title = `The API · ${LIBRARY}`;
startSession();
learn().then(() => render(html`<${App} />`, document.body));
