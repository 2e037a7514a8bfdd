"""What makes the site usable by everybody: axe, the keyboard alone, large text, one's own spacing, few colours."""

import os
import pathlib

import axe_playwright_python
from playwright.sync_api import expect

from .browser import check, focus, heading, ready, settled

AXE = pathlib.Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


def axe(page, name):
    """Runs axe in the page. The DevTools inject it, which no policy of the page governs."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Runtime.evaluate", {"expression": AXE})
    answer = devtools.send("Runtime.evaluate", {
        "expression": f"axe.run(document, {{ runOnly: {RULES} }}).then((found) => JSON.stringify(found.violations.map((violation) => "
                      "[violation.id, violation.nodes.map((node) => node.html.slice(0, 200))])))",
        "awaitPromise": True, "returnByValue": True})
    devtools.detach()
    check(answer["result"].get("value") == "[]", f"{name}: {answer['result'].get('value') or answer}")


def _stage(site):
    """A reader with something in every part, and the addresses of all pages."""
    reader, librarian = site.reader(), site.librarian()
    book = site.book(reader, title="Seen by Axe", publicationYear=1853, language="English", copies=3)
    old = site.book(reader, title="An Old One")
    site.call("POST", f"/books/{old['id']}/archive", {}, reader["token"])
    waited = site.book(librarian, title="Waited For")
    site.reserve(site.reader(), waited)
    for wanted in (site.book(librarian, title="Ready"), waited):
        site.reserve(reader, wanted)
    site.check_out(site.reserve(reader, site.book(librarian, title="Lent")))
    public = ["/", "/search?q=the", "/search?q=zzyzxia+qwrtzu", f"/books/{book['id']}", "/sign-in", "/sign-up", "/reset-password", "/letters?token=00", "/old-books",
              f"/old-books/{old['id']}", "/about", "/nothing"]
    own = ["/", "/me", "/account", "/books/new", f"/books/{book['id']}", f"/books/{waited['id']}", f"/books/{book['id']}/edit", "/verify-email",
           "/import", "/import/earlier", "/export"]
    return [(path, None) for path in public] + [(path, reader) for path in own]


def axe_finds_nothing_on_any_page(site):
    """Theme and width are paired, so that each page is seen in both. AXE=full sees each theme at each width."""
    full = [(theme, width) for theme in ("light", "dark") for width in (320, 360, 768, 1280)]
    with site.tour(reduced_motion="reduce") as visit:
        for index, (path, reader) in enumerate(_stage(site)):
            pairs = [("light", 360), ("dark", 1280)] if index % 2 else [("dark", 360), ("light", 1280)]
            for theme, width in full if os.environ.get("AXE") == "full" else pairs:
                page = visit(path, reader, width, theme=theme)
                settled(page)
                axe(page, f"{path} {theme} {width}")


def axe_finds_nothing_in_states_and_dialogs(site):
    reader = site.reader()
    book = site.book(reader, title="In a Dialog")
    with site.page("/books/new", reader) as page:
        page.get_by_role("button", name="Put it on the shelf").click()
        axe(page, "errors")
    with site.page(f"/books/{book['id']}/edit", reader, width=360, theme="dark") as page:
        page.get_by_role("button", name="Delete…").click()
        axe(page, "delete")
    with site.page(f"/books/{book['id']}", reader, width=360) as page:
        page.get_by_role("button", name="Reserve a copy").click()
        page.get_by_role("button", name="Give it up").first.click()
        axe(page, "give up")
    with site.context() as context:
        page = context.new_page()
        page.route("**/v1/search?*", lambda route: route.fulfill(status=500, json={"status": 500, "requestId": "1"}))
        page.goto("/search?q=x")
        expect(page.locator(".fault")).to_be_visible()
        axe(page, "error")
    with site.page("/", reader, width=360) as page:
        page.get_by_role("button", name="your account").click()
        axe(page, "menu")


def a_book_is_found_and_reserved_by_keyboard_alone(site):
    site.book(site.librarian(), title="Keys Alone")
    site.found("keys alone")
    with site.page("/", site.reader()) as page:
        settled(page)
        _tab_to(page, "input", "q")
        page.keyboard.type("Keys Alone")
        page.keyboard.press("Enter")
        expect(page.locator(".list li")).to_have_count(1)
        _tab_to(page, "a", "Keys Alone")
        page.keyboard.press("Enter")
        expect(page.locator("#have")).to_contain_text("1 of 1 copy free")
        expect(page.get_by_role("button", name="Reserve a copy")).to_be_enabled()
        _tab_to(page, "button", "Reserve a copy")
        page.keyboard.press("Enter")
        expect(page.locator("#have")).to_have_text("Ready for you")
        expect(page.locator("#have")).to_be_focused()
        _tab_to(page, "button", "Give it up")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Keep it")).to_be_focused()
        page.keyboard.press("Escape")
        check(focus(page)[1] == "Give it up", f"{focus(page)}")


def _tab_to(page, element, words):
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate("""() => { const at = document.activeElement; return [at.localName, at.name || at.textContent.trim()]; }""")
        if found[0] == element and words in found[1]:
            return
    check(False, f"Tab never comes to {words}")


def wb32_the_focus_is_never_under_the_bar(site):
    with site.tour() as visit:
        for path, reader in _stage(site)[::2]:
            for width, height in [(320, 256), (360, 740)]:
                page = visit(path, reader, width, height)
                settled(page)
                bar = page.evaluate("(() => { const nav = document.querySelector('.nav'); return getComputedStyle(nav).position === 'fixed' ? nav.offsetHeight : 0; })()")
                check(bar <= 0.2 * height, f"{path}: the bar takes {bar} of {height}")
                for key in ["Tab"] * 25 + ["Shift+Tab"] * 10:
                    page.keyboard.press(key)
                    hidden = page.evaluate("""() => {
                        const at = document.activeElement, bar = document.querySelector(".nav");
                        if (at === document.body || bar.contains(at) || getComputedStyle(bar).position !== "fixed") return "";
                        const box = at.getBoundingClientRect(), edge = bar.getBoundingClientRect().top;
                        const isCovered = box.bottom > edge + 1 && box.height < edge;
                        return isCovered ? `${at.localName} ${at.id || at.textContent.trim().slice(0, 40)}: ${box.bottom} > ${edge}` : "";
                    }""")
                    check(not hidden, f"{path} {width} x {height}: {hidden}")


SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }"


def _style(page, text):
    page.evaluate("(text) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text); document.adoptedStyleSheets = [sheet]; }", text)


def wb33_ones_own_spacing_cuts_no_control(site):
    with site.tour() as visit:
        for index, (path, reader) in enumerate(_stage(site)):
            width = (360, 1280)[index % 2]
            page = visit(path, reader, width)
            settled(page)
            _style(page, SPACING)
            cut = page.evaluate("""[...document.querySelectorAll("main .btn, main label, main input, main h1")].filter((element) =>
                element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && element.localName !== "input"
                && getComputedStyle(element).display !== "inline").map((element) => element.textContent.trim())""")
            check(not cut, f"{path} {width}: {cut}")
            site.look(page)


def wb52_text_of_double_size_stays_on_the_page(site):
    with site.tour() as visit:
        for path, reader in _stage(site):
            page = visit(path, reader, 360)
            settled(page)
            _style(page, "html { font-size: 200%; }")
            bar, free = page.evaluate("[document.querySelector('.nav').offsetHeight, parseFloat(getComputedStyle(document.body).paddingBlockEnd)]")
            check(bar <= free, f"{path}: the bar has {bar} px, {free} are kept free")
            wide = page.evaluate("""() => { const seen = document.documentElement.clientWidth;
                return document.documentElement.scrollWidth <= seen ? [] : [...document.querySelectorAll("body *")]
                    .filter((element) => element.getBoundingClientRect().right > seen + 1).map((element) => element.className || element.localName).slice(0, 6); }""")
            check(not wide, f"{path}: {wide}")


def wb34_few_colours_tell_all_states(site):
    reader, librarian = site.reader(), site.librarian()
    book, awaited = site.book(reader, title="Few Colours", copies=3), site.book(librarian, title="Awaited in Few Colours")
    site.reserve(site.reader(), awaited)
    site.reserve(site.reader(), awaited)
    site.reserve(reader, awaited)
    site.call("POST", f"/favorites/{awaited['id']}", {}, reader["token"])

    def style(page, selector, name):
        return page.evaluate("([selector, name]) => getComputedStyle(document.querySelector(selector))[name]", [selector, name])
    for theme in ("light", "dark"):
        with site.page(f"/books/{book['id']}", reader, forced_colors="active", theme=theme) as page:
            expect(page.locator("#have")).to_contain_text("3 of 3 copies free")
            check(style(page, ".dots .on", "backgroundColor") != style(page, ".have", "backgroundColor"), "a free dot looks like one that is out")
            check(style(page, ".seg label:has(:checked)", "outlineStyle") == "solid", "the chosen theme looks like the others")
            main, bare = (style(page, f".have .btn.{kind}", "borderTopWidth") for kind in ("main", "bare"))
            check(main != bare, "the main button looks like the others")
            empty = style(page, ".have [aria-pressed] svg", "fill")
            page.goto(f"/books/{awaited['id']}")
            expect(page.locator(".queue .me")).to_be_visible()
            check(style(page, ".queue .me", "backgroundColor") != style(page, ".queue li:not(.me)", "backgroundColor"), "one's own place looks like the others")
            expect(page.locator(".have [aria-pressed=true]")).to_be_visible()
            check(style(page, ".have [aria-pressed=true] svg", "fill") != empty, "a full heart looks like an empty one")
            page.goto("/search")
            ready(page)
            check(style(page, ".nav [aria-current]", "outlineStyle") == "solid", "the current page looks like the others")
            page.goto("/books/new")
            ready(page)
            plain = style(page, "#title", "borderTopStyle")
            page.get_by_role("button", name="Put it on the shelf").click()
            expect(page.locator("#title[aria-invalid]")).to_be_visible()
            check(style(page, "#title", "borderTopStyle") != plain, "a field with a problem looks like the others")


def wb35_a_new_page_says_its_title_and_its_heading_once(site):
    with site.page("/") as page:
        for link, title in [("About", "About · "), ("Search", "All books · ")]:
            page.evaluate("""() => { window.said = []; window.addEventListener("focusin", (event) => said.push([event.target.localName, document.title])); }""")
            page.locator(".nav").get_by_role("link", name=link).click()
            page.wait_for_timeout(700)
            check(page.title().startswith(title), page.title())
            check(focus(page)[0] == "h1", f"{focus(page)}")
            said = page.evaluate("said.filter(([name]) => name === 'h1')")
            check(len(set(map(tuple, said))) == 1 and said[0][1].startswith(title), f"{said}")
        page.go_back()
        ready(page)
        page.wait_for_timeout(300)
        check(page.title().startswith("About · "), page.title())
        expect(heading(page)).to_be_visible()


def wb49_no_frame_is_shown_in_the_other_theme(site):
    for system, chosen, paper in [("light", "dark", "rgb(25, 22, 18)"), ("dark", "light", "rgb(246, 242, 233)")]:
        with site.context(theme=system) as context:
            context.add_init_script(f"try {{ localStorage.theme = '{chosen}'; }} catch {{}}")
            context.add_init_script("""addEventListener("DOMContentLoaded", () => {
                const seen = window.papers = [];
                const look = () => { seen.push(getComputedStyle(document.body).backgroundColor); if (seen.length < 30) requestAnimationFrame(look); };
                look();
            });""")
            page = context.new_page()
            for _ in range(5):
                page.goto("/")
                ready(page)
                check(set(page.evaluate("papers")) == {paper}, f"{set(page.evaluate('papers'))}")
            # It colours scrollbars and fields.
            scheme = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
            check(scheme == chosen, f"scrollbars are {scheme}")
            other = context.new_page()
            other.goto("/about")
            page.locator(".seg").get_by_text("Auto").click()
            expect(other.locator("html")).not_to_have_attribute("data-theme", chosen)
