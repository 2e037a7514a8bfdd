"""Pictures of each page and state, for people to look at: PICTURES=DIR tests/website.py [words that their names have].

LANGUAGE_OF_PICTURES=de-DE takes them in another language.
"""

import os
import re

from playwright.sync_api import expect

from .access import _stage
from .browser import Failed, ready, settled
from .desk_pictures import states as _desk_states
from .states import PROBLEM
from .titles import HOSTILE

WIDTHS = {"light": (320, 360, 768, 1280), "dark": (360, 1280)}


def take(site, folder, wanted):
    folder.mkdir(parents=True, exist_ok=True)
    pages = [(_name(path, reader), path, reader, {}, None) for path, reader in _stage(site)]
    for name, path, reader, answers, act in pages + list(_states(site)):
        if wanted and not any(word in name for word in wanted):
            continue
        for theme, widths in WIDTHS.items():
            try:
                with site.context(reader, theme=theme, width=max(widths), language=os.environ.get("LANGUAGE_OF_PICTURES", "en-GB")) as context:
                    _shoot(context.new_page(), path, answers, act, widths, folder / f"{name}-{{}}-{theme}.png")
            except Failed as complaint:
                print(f"{name} {theme}: {complaint}", flush=True)
        print(name, flush=True)


def _shoot(page, path, answers, act, widths, file):
    """A picture at each width. The page stays: what was done on it is done once."""
    for pattern, answer in answers.items():
        page.route(pattern, answer)
    page.goto(path)
    if _never in answers.values():
        expect(page.locator("main .sk").first).to_be_visible()
    else:
        ready(page)
        settled(page)
    if act:
        act(page)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 740 if width < 700 else 900})
        _show_covers(page)
        page.screenshot(path=str(file).format(width), full_page=not page.locator("dialog[open]").count())


def _name(path, reader):
    """A page's name: its address, without what differs each time."""
    words = re.sub(r"[0-9a-f-]{36}", "one", path).strip("/") or "home"
    return re.sub(r"\W+", "-", words) + ("-signed-in" if reader else "")


def _show_covers(page):
    """Covers are drawn as they come into view."""
    for y in range(0, page.evaluate("document.documentElement.scrollHeight"), 500):
        page.evaluate(f"scrollTo(0, {y})")
        page.wait_for_timeout(30)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(80)


def _states(site):
    """Name, path, reader, answers in the place of the library's, and what is done before the picture is taken."""
    reader, librarian = site.reader(), site.librarian()
    for kind, title in HOSTILE.items():
        hostile = site.book(librarian, title=title[:500].strip(), author="A" * 64, publicationYear=1700)
        yield f"title-{kind.replace(' ', '-')}", f"/books/{hostile['id']}", None, {}, None
    yield "titles", "/search?sort=new", None, {}, None
    ready_one, lent = site.book(librarian, title="Ready at the Desk"), site.book(librarian, title="Lent to You")
    site.reserve(reader, ready_one)
    site.check_out(site.reserve(reader, lent))
    yield "book-ready", f"/books/{ready_one['id']}", reader, {}, None
    yield "book-lent", f"/books/{lent['id']}", reader, {}, None

    lists, searches = "**/v1/books?*", "**/v1/search?*"
    yield "loading-home", "/", None, {lists: _never}, None
    yield "loading-search", "/search?q=slow", None, {searches: _never}, None
    yield "empty-home", "/", None, {lists: lambda route: route.fulfill(json={"items": []})}, None
    yield "empty-me", "/me", site.reader(), {}, None
    yield "error", "/search?q=the", None, {searches: _problem(500)}, None
    yield "error-home", "/", None, {lists: _problem(500)}, None
    yield "too-often", "/search?q=the", None, {searches: _problem(429, {"Retry-After": "120"})}, None
    yield "busy", "/search?q=the", None, {searches: _problem(503, {"Retry-After": "100"})}, None
    yield "no-answer", "/search?q=the", None, {searches: lambda route: route.abort()}, None

    yield from _desk_states(site)

    book = site.book(reader, title="A Book in Many States", publicationYear=1911, copies=2)
    address = f"/books/{book['id']}"
    yield "offline", address, reader, {}, _offline
    yield "menu", "/", reader, {}, _press("your account")
    yield "toast", address, reader, {}, _press("Copy link")
    for code in ("too-many-reservations", "unverified-address"):
        yield f"refused-{code}", address, reader, {f"**/v1{address}/reservations": _problem(409, code=code)}, _press("Reserve a copy")
    yield "delete", f"{address}/edit", reader, {}, _press("Delete…")
    yield "conflict", f"{address}/edit", reader, {}, lambda page: _change_meanwhile(site, reader, book, page)
    yield "signed-out-over-a-form", f"{address}/edit", reader, {}, _save_signed_out
    yield "errors-book", "/books/new", reader, {}, _press("Put it on the shelf")
    yield "errors-sign-up", "/sign-up", None, {}, _press("Join")
    yield "errors-sign-in", "/sign-in", None, {}, _sign_in_wrongly
    yield "reset", f"/reset-password?token={'A' * 60}", None, {}, None
    yield "link-expired", f"/reset-password?token={'A' * 60}", None, {}, _reset


def _never(_):
    """No answer."""


def _problem(status, headers=None, **problem):
    return lambda route: route.fulfill(status=status, headers=headers or {}, json=PROBLEM | problem | {"status": status})


def _press(name):
    def press(page):
        button = page.locator("main, header, dialog").get_by_role("button", name=name).first
        expect(button).to_be_enabled()
        button.click()
        page.wait_for_timeout(400)
    return press


def _offline(page):
    page.context.set_offline(True)
    expect(page.locator(".strip")).to_be_visible()


def _change_meanwhile(site, reader, book, page):
    """Saves a form over a change that was made after the form was opened."""
    page.fill("#title", "A Book in Many Conditions")
    pages = 100 + next(site.count)
    status, answer, _ = site.call("PATCH", f"/books/{book['id']}", {"pages": pages, "country": "Norway"}, reader["token"])
    assert status == 200, answer
    _press("Save")(page)
    page.wait_for_timeout(600)


def _save_signed_out(page):
    page.fill("#title", "Typed With Care")
    page.context.clear_cookies()
    _press("Save")(page)
    expect(page.locator("dialog[open]")).to_be_visible()
    page.wait_for_timeout(300)


def _sign_in_wrongly(page):
    page.fill("#login", "ada@example.org")
    page.fill("#password", "not the password")
    _press("Sign in")(page)
    page.wait_for_timeout(600)


def _reset(page):
    page.locator("main input[type=password]").fill("battery staple horse")
    page.locator("main form button[type=submit]").click()
    page.wait_for_timeout(600)
