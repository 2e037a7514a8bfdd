"""A patient person: does one thing, reads what the page says, and does it again until it is done.

What a page owes to such a person is checked on the way: after a failure it says a sentence, and what was typed is still there.
"""

import contextlib
import time

from playwright.sync_api import Error, TimeoutError

from .browser import Failed, check

# For so long a page may be busy, or have nothing to say. Late answers take three seconds, a killed library some more.
PATIENCE = 25
# For so long somebody tries.
WHOLE_PATIENCE = 120

# What the page shows: sentences about a failure or a wait, and what can be done about it.
LOOK = """() => {
    const shown = (element) => element.checkVisibility({ visibilityProperty: true });
    const said = (selector) => [...document.querySelectorAll(selector)].filter(shown).map((element) => element.innerText.replace(/\\s+/g, " ").trim());
    const words = said("[role=alert]:not(.left), .fault:not([aria-labelledby]), .err, .strip, #have")
        .filter((text, index, all) => text && (all[index] !== document.querySelector("#have")?.innerText.trim() || text.startsWith("We cannot see")));
    const has = (selector) => [...document.querySelectorAll(selector)].some(shown);
    return {
        words: [...new Set(words)],
        // The page does something about it by itself.
        waits: said(".note.wait, .left").filter(Boolean),
        isBusy: has("[aria-busy=true]") || has("main .sk") || has(".wait[role=status] i"),
        again: has(".fault:not([aria-labelledby]) button:enabled"),
        counting: has(".fault progress"),
        isBroken: [...document.querySelectorAll("main button")].some((button) => shown(button) && button.innerText.trim() === "Load it again")
            || document.querySelector("#have")?.innerText.startsWith("We cannot see") === true,
        asks: has("#login"),
        text: document.querySelector("main")?.innerText.slice(0, 300) || "",
    };
}"""


class Person:
    """Somebody at a page. `reader` is who they are, once they have an account."""

    def __init__(self, page, reader=None):
        self.page, self.reader = page, reader
        self.tries, self.sentences, self.slowest = 0, [], 0.0

    def shows(self, selector, text=None):
        """Whether the page shows something, as a question that is asked again and again."""
        return lambda: self.page.locator(selector, has_text=text).first.is_visible()

    def has_button(self, name, selector="main", **how):
        return lambda: self.page.locator(selector).get_by_role("button", name=name, **how).first.is_visible()

    def open(self, path, done):
        """Opens a page, again if it does not come."""
        self.do(lambda: self._go(path), done)

    def _go(self, path):
        self._until_it_comes(lambda: self.page.goto(path))

    def _until_it_comes(self, load):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                load()
                return
            except Error as error:
                check(time.monotonic() < deadline, f"no page comes: {error}")
                time.sleep(0.3)

    def press(self, name, done, typed=None, selector="main", **how):
        """Presses a button until the page shows what it leads to. `typed` is what was typed, by its fields: it is filled in once."""
        typed = typed or {}
        for field, text in typed.items():
            self.page.fill(field, text)
        button = self.page.locator(selector).get_by_role("button", name=name, **how).first

        def click():
            # What the page says instead of it is read next.
            with contextlib.suppress(TimeoutError):
                button.click(timeout=5000)
        self.do(click, done, typed)

    def do(self, act, done, typed=None):
        """Does something until the page shows what it leads to."""
        deadline = time.monotonic() + WHOLE_PATIENCE
        next_step = act
        while True:
            check(time.monotonic() < deadline, f"this leads nowhere: the page says {self.sentences[-5:]}")
            self.tries += 1
            next_step()
            state = self._settled(done)
            if state is None:
                return
            self.sentences.append(" / ".join(state["words"]))
            for field, text in (typed or {}).items():
                found = self.page.locator(field)
                if found.count():
                    check(found.first.input_value() == text, f"what was typed into {field} is gone: {found.first.input_value()!r}; the page says {state['words']}")
            next_step = self._way_on(state, act)
            time.sleep(0.3)

    def _way_on(self, state, act):
        """What somebody does who reads the page."""
        check(not state["asks"] or not self.reader, f"somebody who is signed in is asked to sign in: {state['text']}")
        if state["again"]:
            return lambda: self.page.locator(".fault:not([aria-labelledby]) button:enabled").first.click()
        if state["counting"]:
            return lambda: None
        if state["isBroken"]:
            return lambda: self._until_it_comes(self.page.reload)
        return act

    def _settled(self, done):
        """Waits until the page shows what is wanted, and returns None; or until it says why not, and returns what it shows."""
        began = time.monotonic()
        state = {}
        while time.monotonic() - began < (WHOLE_PATIENCE if state.get("waits") else PATIENCE):
            try:
                if done():
                    self.slowest = max(self.slowest, time.monotonic() - began)
                    return None
                state = self.page.evaluate(LOOK)
                # What the page said before is gone once it does something; and what it says is no news in the same moment.
                speaks = state["words"] or state["isBroken"] or (state["asks"] and self.reader)
                if speaks and not state["isBusy"] and time.monotonic() - began > 0.4:
                    return None if done() else state
            except Error as error:
                # Another page comes.
                if "Execution context" not in str(error) and "navigat" not in str(error):
                    raise
            time.sleep(0.05)
        raise Failed(f"for {PATIENCE} s the page says nothing: {state}")
