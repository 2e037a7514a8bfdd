// Suggestions while one types: a combobox (WAI-ARIA Authoring Practices, "Editable Combobox With List Autocomplete").
// They are a help. Where they fail, the field works without them.

import { call } from "../shell/api.js";
import { learn, words } from "../shell/i18n.js";
import { say } from "../shell/ui.js";
import { html, useEffect, useLayoutEffect, useSignal } from "../vendor/preact-signals.js";

/** How long a pause in typing is, in milliseconds. */
const PAUSE = 150;

await learn("search");

/** @param {{ form: { current: HTMLFormElement | null } }} props */
export default function Suggestions({ form }) {
  const items = useSignal(/** @type {string[]} */ ([]));
  const active = useSignal(-1);
  const field = () => /** @type {HTMLInputElement} */ (form.current?.elements.namedItem("q"));
  const show = (/** @type {string[]} */ found) => {
    items.value = found;
    active.value = -1;
  };
  const choose = (/** @type {string} */ text) => {
    field().value = text;
    show([]);
    form.current?.requestSubmit();
  };
  useLayoutEffect(() => {
    const isOpen = items.value.length > 0;
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": "suggestions",
      "aria-expanded": String(isOpen),
    };
    for (const [name, value] of Object.entries(attributes)) field().setAttribute(name, value);
    if (active.value < 0) field().removeAttribute("aria-activedescendant");
    else field().setAttribute("aria-activedescendant", `suggestion-${active.value}`);
  });
  useEffect(() => {
    const box = /** @type {HTMLFormElement} */ (form.current);
    const listening = new AbortController();
    let asking = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let pause;
    const stop = () => {
      clearTimeout(pause);
      asking.abort();
      show([]);
    };
    const type = (/** @type {Event} */ event) => {
      clearTimeout(pause);
      asking.abort();
      const q = field().value;
      // The last word is completed. One letter begins too many words, but is a word in Chinese.
      const begun = q.slice(q.search(/\S*$/));
      if (!/[\p{L}\p{N}]{2}|[^\p{ASCII}]/u.test(begun) || /** @type {InputEvent} */ (event).isComposing) return show([]);
      pause = setTimeout(async () => {
        asking = new AbortController();
        const { signal } = asking;
        const found = await call("suggest", { query: { q }, abort: signal }).then(
          ({ data }) => data.items,
          () => [],
        );
        if (signal.aborted || document.activeElement !== field()) return;
        show(found);
        if (found.length) say(words.value.suggested(found.length));
      }, PAUSE);
    };
    const press = (/** @type {KeyboardEvent} */ event) => {
      if (event.isComposing) return;
      const count = items.value.length;
      if (!count) return;
      if (event.key === "ArrowDown") active.value = active.value + 1 < count ? active.value + 1 : -1;
      else if (event.key === "ArrowUp") active.value = active.value < 0 ? count - 1 : active.value - 1;
      else if (event.key === "Escape") stop();
      else if (event.key === "Enter" && active.value >= 0) choose(items.value[active.value]);
      else return;
      event.preventDefault();
    };
    const leave = (/** @type {FocusEvent} */ event) => event.target === field() && stop();
    const { signal } = listening;
    box.addEventListener("input", type, { signal });
    box.addEventListener("keydown", press, { signal });
    box.addEventListener("focusout", leave, { signal });
    box.addEventListener("submit", stop, { signal });
    // What was typed while this file was on its way.
    if (document.activeElement === field() && field().value !== field().defaultValue) type(new InputEvent("input"));
    return () => {
      stop();
      listening.abort();
    };
  }, []);
  return html`<div class="pop" id="suggestions" role="listbox" aria-label=${words.value.suggestions} hidden=${!items.value.length} onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()}>
    ${items.value.map((text, index) => {
      const begins = text.search(/\S*$/);
      return html`<div role="option" id=${`suggestion-${index}`} aria-selected=${String(index === active.value)} onClick=${() => choose(text)}><bdi>${text.slice(0, begins)}<b>${text.slice(begins)}</b></bdi></div>`;
    })}
  </div>`;
}
