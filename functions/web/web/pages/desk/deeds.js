// The log of what was done at this desk, with its way back.

import { Cover, html, Title } from "../../shell/ui.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { firstNameOf, nameOf } from "./people.js";
import { isLending, isReturning } from "./visit.js";

/** @typedef {import("./counter.js").Deed} Deed */
/** @typedef {ReturnType<typeof import("./counter.js").createCounter>} Counter */
/** @typedef {{ counter: Counter, press: (order: { order: string, of?: string | number }) => void }} Props */

/** For so long the library undoes. */
const UNDONE_FOR = 10 * 60_000;
const SHOWN = 12;

/** @param {Deed} deed */
const lineOf = ({ what, person, promisedTo, due, daysLate }) =>
  deskWords.value.deedLine({
    what,
    who: person && what !== "approved" ? nameOf(person) : "",
    other: promisedTo ? nameOf(promisedTo) : "",
    due,
    daysLate,
  });

/** @param {{ deed: Deed } & Props} props */
function Undo({ deed, counter, press }) {
  const d = deskWords.value;
  if (deed.undone) return html`<span class="muted">${d.undone}</span>`;
  if (!counter.canUndo(deed) || Date.now() - deed.at > UNDONE_FOR) return html`<span></span>`;
  return html`<button type="button" class="btn bare" onClick=${() => press({ order: "undo", of: deed.id })}>
    <${DeskIcon} name="undo" />${d.undo}<span class="sr"> <bdi>${deed.book.title}</bdi></span>
  </button>`;
}

/** The cover of its book. An approval is about a reader alone.
 * @param {{ deed: Deed }} props */
const Sight = ({ deed }) => (deed.what === "approved" ? html`<span></span>` : html`<${Cover} book=${deed.book} px=${36} small />`);

/** @param {{ what: string }} props */
const What = ({ what }) =>
  html`<span class="word"><${DeskIcon} name=${what} />${/** @type {Record<string, string>} */ (deskWords.value.deeds)[what]}</span>`;

/** @param {Props} props */
export function DeedsOfToday({ counter, press }) {
  const d = deskWords.value;
  const deeds = counter.deeds.value.slice(0, SHOWN);
  return html`<section>
    <div class="sec"><h2>${d.lastDeeds}</h2></div>
    ${
      deeds.length
        ? html`<ol class="log">
          ${deeds.map(
            (deed) => html`<li key=${deed.id} class=${deed.undone ? "undone" : undefined}>
              <time>${deskWords.value.timeOfDay(deed.at)}</time><${What} what=${deed.what} /><${Sight} deed=${deed} />
              <div class="x"><span class="t"><${Title} book=${deed.book} /></span><span class="s">${lineOf(deed)}</span></div>
              <${Undo} deed=${deed} counter=${counter} press=${press} />
            </li>`,
          )}
        </ol>`
        : html`<p class="empt">${d.noDeeds}</p>`
    }
  </section>`;
}

/** @param {Props} props */
export function DeedsOfVisit({ counter, press }) {
  const d = deskWords.value;
  const deeds = counter.deeds.value.filter(({ inVisit }) => inVisit);
  const done = deeds.filter(({ undone }) => !undone);
  return html`<section>
    <div class="sec"><h2>${d.thisVisit(done.filter(isLending).length, done.filter(isReturning).length)}</h2></div>
    <ol class="log visit">
      ${deeds.map(
        (deed, index) => html`<li key=${deed.id} class=${deed.undone ? "undone" : undefined}>
          <span class="n">${deeds.length - index}</span><${Sight} deed=${deed} />
          <div>
            <span class="t"><${Title} book=${deed.book} /></span>
            <span class="s"><${What} what=${deed.what} />${deed.promisedTo ? html` ${firstNameOf(deed.promisedTo)}` : deed.daysLate ? html` · ${d.daysLate(deed.daysLate)}` : null}</span>
          </div>
          <span class="d">${deed.due ? d.shortDayOf(deed.due) : ""}</span>
          <${Undo} deed=${deed} counter=${counter} press=${press} />
        </li>`,
      )}
    </ol>
  </section>`;
}
