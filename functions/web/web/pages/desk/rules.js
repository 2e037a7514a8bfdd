// The rules of the library: when it is open, and what readers may borrow. Beside them stands what they mean.

import { call, Problem } from "../../shell/api.js";
import { Field, Summary, useForm } from "../../shell/form.js";
import { LANGUAGES, words } from "../../shell/i18n.js";
import { Button, Fault, html, Icon, showToast, useLoad, useTitle } from "../../shell/ui.js";
import { useEffect, useRef, useSignal } from "../../vendor/preact-signals.js";
import { Conflict } from "../conflict.js";
import { todayIn, WEEKDAYS, weekdayNames } from "../days.js";
import { learnRules } from "../library-rules.js";
import { ClosedDays } from "./closed-days.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";
import { MeaningAside, useMeaning } from "./rules-meaning.js";
import {
  bodyOf,
  differing,
  fieldsOf,
  groupsIn,
  LETTERS,
  LIMITS,
  labelsOf,
  MOST_GROUPS,
  oneMore,
  problemsOf,
  STEPS,
  shown,
  valuesOf,
} from "./rules-values.js";
import { rulesWords } from "./rules-words.js";
import { Side } from "./side.js";

/** @typedef {import("./rules-values.js").Values} Values */
/** @typedef {import("./rules-values.js").Rules} Rules */
/** @typedef {import("../../shell/form.js").Form} Form */
/** @typedef {import("../../shell/api.js").Answer} Answer */

/** Everybody is in this group until a librarian moves them. */
const USUAL = "adults";
const MOST_NAMED = 3;

/** @returns {any} */
export default function RulesPage() {
  return html`<${Side} title=${rulesWords.value.rules} librarians><${TheRules} /><//>`;
}

function TheRules() {
  const r = rulesWords.value;
  const rules = useLoad((abort) => call("getRules", { abort }), []);
  const saved = useRef(false);
  useTitle(r.rules, Boolean(rules.data || rules.problem));
  if (rules.problem) return html`<${Fault} problem=${rules.problem} again=${rules.again} level="h1" />`;
  if (!rules.data) return html`<h1 class="page"><span class="sk w3">·</span></h1>`;
  const put = (/** @type {Answer} */ answer) => {
    saved.current = true;
    rules.put(answer);
    learnRules(answer.data);
    showToast(deskWords.value.saved);
  };
  return html`<${Editor} key=${rules.data.version} rules=${rules.data.data} version=${rules.data.version} put=${put} saved=${saved} />`;
}

/** @param {{ rules: Rules, version: string | null, put: (answer: Answer) => void, saved: { current: boolean } }} props */
function Editor({ rules, version, put, saved }) {
  const r = rulesWords.value;
  const first = valuesOf(rules);
  const theirs = useSignal(/** @type {Answer | null} */ (null));
  const save = async (/** @type {Values} */ values, /** @type {string | null} */ against) => {
    try {
      put(await call("putRules", { body: bodyOf(values), version: against }));
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 412) throw problem;
      theirs.value = await call("getRules");
    }
  };
  const fields = useRef(/** @type {Record<string, string>} */ ({}));
  const form = useForm({
    name: `rules-${version}`,
    first,
    fields: fields.current,
    check: problemsOf,
    send: (values) => save(values, version),
  });
  Object.assign(fields.current, fieldsOf(form.values));
  const known = useMeaning(form.values);
  const saveButton = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    // The form is a new one: its button keeps the focus.
    if (saved.current) saveButton.current?.querySelector("button")?.focus();
    saved.current = false;
    const keys = (/** @type {KeyboardEvent} */ event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      form.element.current?.requestSubmit();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  if (theirs.value) {
    const current = valuesOf(theirs.value.data);
    const labels = labelsOf({ ...first, ...current, ...form.values });
    const touched = new Set([...differing(first, form.values), ...differing(first, current)]);
    const { version: newer } = theirs.value;
    return html`<${Conflict}
      key=${newer}
      title=${r.theRules}
      base=${first}
      mine=${whole(form.values, touched)}
      theirs=${whole(current, touched)}
      lead=${r.conflictLead}
      labels=${Object.fromEntries(Object.entries(labels).filter(([field]) => touched.has(field)))}
      shown=${shown}
      save=${(/** @type {Values} */ chosen) => save(withoutGone(chosen), newer)}
    />`;
  }
  const labels = labelsOf({ ...first, ...form.values });
  const differ = new Set(differing(first, form.values));
  const changed = Object.keys(labels).filter((field) => differ.has(field));
  const takeBack = () =>
    form.set(Object.fromEntries([...changed, ...Object.keys(form.problems)].map((field) => [field, first[field]])));
  const today = todayIn(rules.timeZone);
  return html`<h1 class="page">${r.rules}</h1>
    <div class="rules">
      <form noValidate onSubmit=${form.submit} ref=${form.element}>
        <${Summary} form=${form} labels=${{ ...labels, openingDays: r.openingHours, dates: r.closedDates, groups: r.groups }} />
        <${Library} form=${form} />
        <${OpeningHours} form=${form} />
        <${ClosedDays} values=${form.values} set=${form.set} today=${today} due=${known.meaning?.preview.loans[0]?.dueOn} problem=${form.problems.dates} />
        <${Groups} form=${form} />
        <${Letters} form=${form} />
        <${Time} form=${form} />
        <div class="save" ref=${saveButton}>
          <${Button} class="main big" busy=${form.busy}>${words.value.save}<kbd>Ctrl S</kbd><//>
          ${changed.length > 0 && html`<button type="button" class="btn big" onClick=${takeBack}>${r.takeBackChanges}</button>`}
          <p class="muted" role="status">${
            changed.length > 0 &&
            r.changes(
              changed.length,
              changed.slice(0, MOST_NAMED).map((field) => labels[field]),
            )
          }</p>
        </div>
      </form>
      <${MeaningAside} known=${known} />
    </div>`;
}

/** Values in which what is not there is empty, so that two sets can be laid side by side.
 * @param {Values} values @param {Iterable<string>} fields @returns {Values} */
const whole = (values, fields) => ({ ...values, ...Object.fromEntries([...fields].map((field) => [field, values[field] || ""])) });

/** A group whose name was not chosen is not there.
 * @param {Values} values @returns {Values} */
const withoutGone = (values) =>
  Object.fromEntries(Object.entries(values).filter(([field, value]) => value || !/^group\.(new\.)?[^.]+$/.test(field)));

/** A small field of a row: its label, its control, and what is wrong with it.
 * @param {{ form: Form, name: string, label: string, quiet?: boolean, unit?: string, class?: string, [attribute: string]: unknown }} props `quiet`: the label is read, not shown */
function Cell({ form, name, label, quiet, unit, class: kind = "", ...rest }) {
  const problem = form.problems[name];
  return html`<div class="cellf">
    <label for=${name} class=${quiet ? "sr" : undefined}>${label}</label>
    <input id=${name} class=${`cell ${kind}`} value=${form.values[name] ?? ""} aria-invalid=${problem ? "true" : undefined} aria-describedby=${problem ? `${name}-problem` : undefined} autocomplete="off"
      onInput=${(/** @type {any} */ event) => form.set({ [name]: event.target.value })} ...${rest} />
    ${unit && html`<span aria-hidden="true">${unit}</span>`}
    ${problem && html`<p class="err" id=${`${name}-problem`}><${Icon} name="warning" /><span>${problem}</span></p>`}
  </div>`;
}

/** @param {{ form: Form }} props */
function Library({ form }) {
  const r = rulesWords.value;
  const problem = form.problems.address;
  return html`<fieldset>
    <legend>${r.library}</legend>
    <div class="form">
      <${Field} form=${form} name="name" label=${r.libraryName} autocomplete="organization" maxlength="60" />
      <div class="field">
        <label for="address">${r.address}</label>
        <textarea id="address" rows="3" value=${form.values.address} autocomplete="off" aria-invalid=${problem ? "true" : undefined} aria-describedby=${problem ? "address-problem address-hint" : "address-hint"} onInput=${(/** @type {any} */ event) => form.set({ address: event.target.value })}></textarea>
        ${problem && html`<p class="err" id="address-problem"><${Icon} name="warning" /><span>${problem}</span></p>`}
        <small id="address-hint">${r.addressHow}</small>
      </div>
      <div class="g2">
        <${Field} form=${form} name="contact.email" label=${r.contactEmail} type="email" autocomplete="off" />
        <${Field} form=${form} name="contact.phone" label=${r.contactPhone} type="tel" autocomplete="off" maxlength="40" />
      </div>
    </div>
  </fieldset>`;
}

/** @param {{ form: Form }} props */
function OpeningHours({ form }) {
  const r = rulesWords.value;
  const names = weekdayNames("long");
  const problem = form.problems.openingDays;
  return html`<fieldset id="openingDays" tabindex="-1" aria-invalid=${problem ? "true" : undefined} aria-describedby=${problem ? "openingDays-problem" : undefined}>
    <legend>${r.openingHours}</legend>
    ${problem && html`<p class="err" id="openingDays-problem">${problem}</p>`}
    <ul class="hours">
      ${WEEKDAYS.map((day, index) => {
        const open = form.values[day] === "open";
        return html`<li key=${day}>
          <label class="sw"><input type="checkbox" id=${day} checked=${open} onChange=${() => form.set({ [day]: open ? "" : "open" })} /><span>${names[index]}</span></label>
          ${
            open
              ? html`<${Cell} form=${form} name=${`${day}.opens`} label=${r.opensOn(names[index])} quiet class="mid" type="time" />
                <${Cell} form=${form} name=${`${day}.closes`} label=${r.closesOn(names[index])} quiet class="mid" type="time" />`
              : html`<span class="muted">${r.closed}</span>`
          }
        </li>`;
      })}
    </ul>
    <p class="muted">${r.hoursHow}</p>
  </fieldset>`;
}

/** @param {{ form: Form }} props */
function Groups({ form }) {
  const r = rulesWords.value;
  const groups = groupsIn(form.values);
  const problem = form.problems.groups;
  const add = () => {
    const { key, values } = oneMore(form.values);
    form.set(values);
    requestAnimationFrame(() => document.getElementById(key)?.focus());
  };
  const number = (/** @type {string} */ name, /** @type {string} */ label) =>
    html`<${Cell} form=${form} name=${name} label=${label} class="num" inputmode="numeric" maxlength="4" />`;
  return html`<fieldset id="groups" tabindex="-1" aria-invalid=${problem ? "true" : undefined} aria-describedby=${problem ? "groups-problem" : undefined}>
    <legend>${r.groups}</legend>
    ${problem && html`<p class="err" id="groups-problem">${problem}</p>`}
    <div class="groups">
      ${groups.map((id) => {
        const name = form.values[`group.${id}`] || id;
        const gone = () => {
          form.set({
            [`group.${id}`]: /** @type {any} */ (undefined),
            ...Object.fromEntries(Object.keys(LIMITS).map((limit) => [`group.${id}.${limit}`, /** @type {any} */ (undefined)])),
          });
          document.getElementById("add-group")?.focus();
        };
        return html`<div class="grp" role="group" aria-label=${name} key=${id}>
          <${Cell} form=${form} name=${`group.${id}`} label=${r.group} maxlength="40" />
          ${Object.keys(LIMITS).map((limit) => number(`group.${id}.${limit}`, r.limits[/** @type {keyof typeof LIMITS} */ (limit)]))}
          ${id === USUAL ? html`<span></span>` : html`<button type="button" class="btn bare" onClick=${gone}><${DeskIcon} name="cross" /><span class="sr">${r.removeGroup(name)}</span></button>`}
        </div>`;
      })}
    </div>
    <div class="inl"><button type="button" class="btn" id="add-group" disabled=${groups.length >= MOST_GROUPS} onClick=${add}><${DeskIcon} name="plus" />${r.addGroup}</button></div>
    <p class="muted">${r.usualGroup(form.values[`group.${USUAL}`] || USUAL)}</p>
    <div class="line"><${Cell} form=${form} name="pickUpDays" label=${r.pickUp} unit=${r.days} class="num" inputmode="numeric" maxlength="2" /></div>
  </fieldset>`;
}

/** @param {{ form: Form }} props */
function Letters({ form }) {
  const r = rulesWords.value;
  return html`<fieldset>
    <legend>${r.letters}</legend>
    ${LETTERS.map((kind) => {
      const name = `letters.${kind}`;
      return html`<label class="sw" key=${kind}><input type="checkbox" id=${name} checked=${Boolean(form.values[name])} onChange=${() => form.set({ [name]: form.values[name] ? "" : "on" })} /><span>${r.letterKinds[kind]}</span></label>
        ${kind === "dueSoon" && html`<div class="line inset"><${Cell} form=${form} name="reminderDays" label=${r.reminder} class="num" inputmode="numeric" maxlength="2" unit=${r.daysBefore} /></div>`}
        ${
          kind === "overdue" &&
          html`<div class="line inset" role="group" aria-label=${r.lettersAfter}>
            <span aria-hidden="true">${r.lettersAfter}</span>
            ${STEPS.map((step, index) => html`<${Cell} form=${form} name=${step} label=${r.letterAfter(index + 1)} quiet class="num" inputmode="numeric" maxlength="3" />`)}
            <span aria-hidden="true">${r.days}</span>
          </div>`
        }`;
    })}
    <p class="muted">${r.lettersHow}</p>
  </fieldset>`;
}

/** @param {{ form: Form }} props */
function Time({ form }) {
  const r = rulesWords.value;
  const current = form.values.timeZone;
  const zones = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), current])].sort();
  return html`<fieldset>
    <legend>${r.time}</legend>
    <div class="form g2">
      <${Select} form=${form} name="language" label=${r.language} hint=${r.languageHow} of=${Object.entries(LANGUAGES)} />
      <${Select} form=${form} name="timeZone" label=${r.timeZone} hint=${r.timeZoneHow} of=${zones.map((zone) => [zone, zone.replaceAll("_", " ")])} />
    </div>
  </fieldset>`;
}

/** @param {{ form: Form, name: string, label: string, hint: string, of: string[][] }} props `of`: values and their words */
function Select({ form, name, label, hint, of }) {
  const problem = form.problems[name];
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <select id=${name} value=${form.values[name]} aria-invalid=${problem ? "true" : undefined} aria-describedby=${problem ? `${name}-problem ${name}-hint` : `${name}-hint`} onChange=${(/** @type {any} */ event) => form.set({ [name]: event.target.value })}>
      ${of.map(([value, text]) => html`<option value=${value}>${text}</option>`)}
    </select>
    ${problem && html`<p class="err" id=${`${name}-problem`}><${Icon} name="warning" /><span>${problem}</span></p>`}
    <small id=${`${name}-hint`}>${hint}</small>
  </div>`;
}
