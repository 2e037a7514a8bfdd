// The desk: one field for everything that is scanned or typed, what came of it, and who stands there.

import { call, newKey } from "../../shell/api.js";
import { words } from "../../shell/i18n.js";
import { withBooks } from "../../shell/loans.js";
import { go, to } from "../../shell/router.js";
import { askingToSignIn, reader as librarian } from "../../shell/session.js";
import { html, Icon, useTitle } from "../../shell/ui.js";
import { effect, signal, useEffect, useRef, useSignal } from "../../vendor/preact-signals.js";
import { AtCounter } from "./at-counter.js";
import { createCounter } from "./counter.js";
import { DeedsOfToday, DeedsOfVisit } from "./deeds.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { listen } from "./field.js";
import { nextReader } from "./next-reader.js";
import { Paper } from "./paper.js";
import { firstNameOf, nameOf } from "./people.js";
import { createQueue } from "./queue.js";
import { Say, wordsOf } from "./said.js";
import { read } from "./scan.js";
import { Side } from "./side.js";
import { play, sound, switchSound } from "./tones.js";

/** @typedef {import("./counter.js").Outcome} Outcome */

/** So long after the last scan or key, the reader at the counter leaves the screen. */
const UNATTENDED = 120_000;
const LOOKS = 5000;

const counter = createCounter({ call, withBooks });
counter.leadsTo((page) => go(to(page)));

/** Counts the changes of the queue, so that the page follows them. */
const changes = signal(0);

const KEPT = "deskQueue";
/** What a tab keeps over a reload. */
const store = {
  get: () => safely(() => sessionStorage.getItem(KEPT)) ?? null,
  set: (/** @type {string | null} */ text) =>
    void safely(() => (text === null ? sessionStorage.removeItem(KEPT) : sessionStorage.setItem(KEPT, text))),
};

/** @template T @param {() => T} act */
function safely(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}

const queue = createQueue({
  act: counter.act,
  who: () => librarian.value?.id || "",
  atCounter: () => counter.reader.value?.id || "",
  newKey,
  store,
  changed: () => {
    changes.value += 1;
  },
});

// An ended session asks to sign in over the page; the scans stay. Another librarian does not see the reader of the one before.
let lastLibrarian = "";
effect(() => {
  const id = librarian.value?.id || "";
  if (!id || id === lastLibrarian) return;
  if (lastLibrarian) {
    counter.endVisit();
    counter.outcome.value = null;
    counter.left.value = [];
    counter.deeds.value = [];
  }
  lastLibrarian = id;
  queue.resume();
});
effect(() => {
  if (changes.value >= 0 && queue.state === "signedOut") askingToSignIn.value = true;
});
effect(() => {
  const isAsked = askingToSignIn.value;
  if (!isAsked && librarian.value && queue.state === "signedOut") queue.resume();
});
effect(() => {
  if (!nextReader.value) return;
  queue.put([{ kind: "order", order: "open", of: nextReader.value }]);
  nextReader.value = "";
});
addEventListener("online", () => queue.resume());
effect(() => {
  const said = counter.outcome.value;
  if (said) play(said.kind);
});

/** @returns {any} */
export default function DeskPage() {
  return html`<${Side} title=${deskWords.value.desk}><${Desk} /><//>`;
}

function Desk() {
  const d = deskWords.value;
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const helps = useSignal(false);
  const touched = useRef(Date.now());
  const isAway = changes.value >= 0 && queue.state === "signedOut";
  const who = isAway ? null : counter.reader.value;
  const outcome = counter.outcome.value;
  const tally = useTally();
  useTitle(who ? `${d.desk}: ${nameOf(who)}` : d.desk);
  const touch = () => {
    touched.current = Date.now();
  };
  const focus = () => input.current?.focus({ preventScroll: true });

  useEffect(
    () =>
      listen({
        field: () => input.current,
        touched: touch,
        scanned: (scan) => {
          touch();
          const items = read(scan);
          if (scan.burst || !isAnswer(scan.text)) queue.put(items);
          else queue.put([{ kind: "order", order: scan.text.trim(), of: asked()?.id }]);
        },
        pressed: (key) => press(key, helps),
      }),
    [],
  );
  useEffect(() => {
    const timer = setInterval(() => {
      const isLeft = Date.now() - touched.current > UNATTENDED && !queue.entries.length;
      if (!isLeft || !counter.reader.value) return;
      counter.finish(true);
      if (!counter.outcome.value?.needs) counter.outcome.value = null;
    }, LOOKS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    const at = document.activeElement;
    if (!at || at === document.body || at.matches("button, h1, main")) focus();
  }, [outcome, who?.id]);
  useEffect(() => {
    const here = counter.reader.value;
    if (here) counter.reload().catch(() => {});
    focus();
  }, []);
  useEffect(() => {
    if (!counter.reader.value) tally.again();
  }, [counter.deeds.value, counter.reader.value?.id]);

  const choose = (/** @type {Outcome} */ of, /** @type {number} */ index) => press_({ order: String(index + 1), of: of.id });
  const under = html`<div class="under">
    ${html`<${Waiting} />`}
    <button type="button" onClick=${() => (helps.value = true)}>${d.keys}<kbd>?</kbd></button>
    <button type="button" aria-pressed=${String(sound.value)} onClick=${switchSound}><${DeskIcon} name=${sound.value ? "sound" : "silent"} />${sound.value ? d.soundOn : d.soundOff}</button>
  </div>`;
  // The field is the same element whoever stands there: what is in it when a reader comes stays in it.
  const first = html`<form class=${who ? "scan lend" : "scan"} onSubmit=${(/** @type {Event} */ event) => submit(event, input.current)}>
      <label class="mode" for="scan">${who ? html`<span>${d.lendTo}</span><b><bdi>${nameOf(who)}</bdi></b>` : html`<b>${d.takeBackMode}</b><span>${d.orOpenReader}</span>`}</label>
      <input id="scan" name="q" ref=${input} aria-label=${who ? d.fieldLabelFor(nameOf(who)) : d.fieldLabel} placeholder=${outcome?.needs && outcome.answers.length ? d.answerByDigit(outcome.answers.length) : who ? d.scanTheirBooks(firstNameOf(who)) : d.scanBookOrCard} autocomplete="off" autocapitalize="none" autoCorrect="off" spellcheck=${false} maxlength="200" enterkeyhint="go" />
      <button class="btn">${d.enter}</button>
    </form>
    ${under}
    <${Obstacle} />
    <${Left} left=${counter.left.value.filter((one) => one !== outcome)} />
    ${outcome && !isAway && html`<${Say} outcome=${outcome} choose=${choose} />`}`;
  return html`<h1 class="sr" tabindex="-1">${who ? `${d.desk}: ${nameOf(who)}` : d.desk}</h1>
    <div class=${who ? "two" : undefined}>
      <div>
        ${first}
        ${
          who
            ? html`<${DeedsOfVisit} key="visit" counter=${counter} press=${press_} />`
            : html`<${Tally} numbers=${tally.data} /><${DeedsOfToday} counter=${counter} press=${press_} />`
        }
      </div>
      ${who && html`<${AtCounter} counter=${counter} press=${press_} />`}
    </div>
    ${helps.value && html`<${Keys} close=${() => (helps.value = false)} />`}
    <${Paper} paper=${counter.paper} />`;
}

/** Whether what was typed answers a question: a digit, while one is asked.
 * @param {string} text */
const isAnswer = (text) => /^\s*[1-9]\s*$/.test(text) && Boolean(asked());

/** What is being asked: on the screen, or what is left.
 * @returns {Outcome | undefined} */
const asked = () => (counter.outcome.value?.answers.length ? counter.outcome.value : counter.left.value.at(-1));

/** Puts what a button stands for in line.
 * @param {{ order: string, of?: string | number }} order */
const press_ = (order) => void queue.put([{ kind: "order", ...order }]);

/** Does what a key stands for.
 * @param {string} key @param {import("../../vendor/preact-signals.js").Signal<boolean>} helps */
function press(key, helps) {
  const orders = /** @type {Record<string, string>} */ ({ Escape: "done", F4: "renew", F8: "undo", F9: "print" });
  if (document.querySelector("dialog[open]")) return false;
  if (key === "?") helps.value = true;
  else if (key === "F2") counter.comeBack();
  else if (orders[key]) press_({ order: orders[key] });
  else if (key === "ArrowDown" || key === "ArrowUp") return walk(key === "ArrowDown" ? 1 : -1);
  else return false;
  return true;
}

/** Moves the focus through what was found, or through the log.
 * @param {number} step */
function walk(step) {
  const options = [...document.querySelectorAll("main .opts .btn")];
  const all = options.length ? options : [...document.querySelectorAll("main .log .btn")];
  if (!all.length) return false;
  const at = all.indexOf(/** @type {Element} */ (document.activeElement));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  const field = document.getElementById("scan");
  const target = next || field;
  if (target instanceof HTMLElement) target.focus();
  return true;
}

/** Takes what is in the field, where a phone's keyboard or the button sends the form.
 * @param {Event} event @param {HTMLInputElement | null} input */
function submit(event, input) {
  event.preventDefault();
  const text = input?.value || "";
  if (!input || !text.trim()) return;
  input.value = "";
  queue.put(isAnswer(text) ? [{ kind: "order", order: text.trim(), of: asked()?.id }] : read({ text }));
}

/** What waits for an answer, or what to do. */
function Waiting() {
  const d = deskWords.value;
  const count = changes.value >= 0 ? queue.entries.length : 0;
  const who = counter.reader.value;
  if (count > 1 && queue.state === "busy") return html`<span class="wait" role="status"><i></i>${d.scansWait(count - 1)}</span>`;
  if (counter.outcome.value?.needs) return html`<span>${d.questionWaits}</span>`;
  return who
    ? html`<span>${d.whatHappens(firstNameOf(who))}</span>`
    : html`<span>${d.orType}</span><span class="num">${d.today(Date.now())}</span>`;
}

/** Why scans wait, and what can be done about it. */
function Obstacle() {
  const d = deskWords.value;
  const count = changes.value >= 0 ? queue.entries.length : 0;
  const { state } = queue;
  if (state === "offline")
    return html`<div class="left" role="alert">
      <span class="word late"><${Icon} name="warning" />${queue.isSlow ? d.takesLong : d.noConnection}</span>
      <p>${queue.isSlow ? d.takesLongWhy : `${d.scansKept(count)} ${d.triedAgain}`}</p>
      <button type="button" class="btn" onClick=${() => queue.resume()}>${words.value.tryAgain}</button>
    </div>`;
  if (state === "signedOut")
    return html`<div class="left" role="alert"><span class="word late"><${Icon} name="warning" />${d.notSignedIn}</span><p>${d.signInAndGoOn(count)}</p></div>`;
  if (state !== "old" && state !== "foreign") return null;
  return html`<div class="left" role="alert">
    <${Icon} name="warning" />
    <div>
      <b>${state === "old" ? d.scansAreOld(count) : d.scansAreForeign(count)}</b>
      <p>${d.askBeforeSending}</p>
      <ul>${queue.entries.map(({ item, at, key }) => html`<li key=${key} class="num">${d.scannedAt(textOf(item), at)}</li>`)}</ul>
    </div>
    <div class="acts">
      <button type="button" class="btn main" onClick=${() => queue.confirm()}>${d.sendThem}</button>
      <button type="button" class="btn" onClick=${() => queue.drop()}>${d.dropThem}</button>
    </div>
  </div>`;
}

/** @param {any} item */
const textOf = (item) => item.code || item.text || item.book || `.${item.order}`;

/** What somebody still has to settle: the last, and how many there are.
 * @param {{ left: Outcome[] }} props */
function Left({ left }) {
  const d = deskWords.value;
  const last = left.at(-1);
  if (!last) return null;
  const { kick, sentence } = wordsOf(last);
  return html`<div class="left">
    <span class="word late"><${DeskIcon} name="stop" />${d.needsYou(left.length)}</span>
    <p>${last.facts.title ? html`<b><bdi>${last.facts.title}</bdi></b>: ` : null}${sentence}. ${kick}.</p>
    <button type="button" class="btn" onClick=${() => counter.show(last)}>${d.settle}<kbd>F2</kbd></button>
  </div>`;
}

// Today's numbers.

const EVERY_MINUTE = 60_000;

/** The numbers of today, asked for again as time goes by. */
function useTally() {
  const state = useSignal(/** @type {any} */ (undefined));
  const again = () =>
    void call("getDesk").then(
      ({ data }) => (state.value = data),
      () => {},
    );
  useEffect(() => {
    const timer = setInterval(() => document.hidden || again(), EVERY_MINUTE);
    return () => clearInterval(timer);
  }, []);
  return { data: state.value, again };
}

/** @param {{ numbers: Record<string, { count: number, more: boolean }> | undefined }} props */
function Tally({ numbers }) {
  const d = deskWords.value;
  const parts = [
    { number: numbers?.ready, text: d.ready, page: "/lists/ready" },
    { number: numbers?.toFetch, text: d.toFetch, page: "/lists/ready?show=fetch" },
    { number: numbers?.overdue, text: d.overdue, page: "/lists/overdue", bad: true },
    { number: numbers?.dueToday, text: d.dueToday, page: "/lists/today" },
  ];
  return html`<ul class="tally" aria-label=${d.todaysNumbers}>
    ${parts.map(
      ({ number, text, page, bad }) =>
        html`<li><a href=${to(page)} class=${bad && number?.count ? "bad" : undefined}><b>${number ? `${number.count}${number.more ? "+" : ""}` : "–"}</b><span>${text}</span></a></li>`,
    )}
  </ul>`;
}

// The keys.

/** @param {{ close: () => void }} props */
function Keys({ close }) {
  const d = deskWords.value;
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => dialog.current?.showModal(), []);
  return html`<dialog class="dlg" aria-labelledby="keys" ref=${dialog} onClose=${close}>
    <h2 id="keys">${d.keys}</h2>
    <p>${d.keysLead}</p>
    <dl class="card keyl">${d.keyTable.map(([key, text]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${text}</dd></div>`)}</dl>
    <div class="row"><button type="button" class="btn main big" onClick=${() => dialog.current?.close()}>${d.good}<kbd>Esc</kbd></button></div>
  </dialog>`;
}
