"""The states of a page that is not well: slow, empty, refused, broken, offline. Answers are rewritten on their way."""

import time

from playwright.sync_api import expect

from .browser import check, heading

PROBLEM = {"type": "/problems/internal", "code": "internal", "title": "Internal error", "detail": "Something went wrong.", "requestId": "4f1c-9a07"}


def _answer(page, pattern, status, headers=None, times=None, **problem):
    page.route(pattern, lambda route: route.fulfill(status=status, headers=headers or {}, json=PROBLEM | problem | {"status": status}), times=times)


def a_slow_list_shows_blocks_of_its_size(site):
    with site.context() as context:
        page = context.new_page()
        page.route("**/v1/books?*", lambda route: None)
        page.goto("/", wait_until="commit")
        expect(page.locator(".shelf .sk").first).to_be_visible()
        page.route("**/v1/search?*", lambda route: None)
        page.goto("/search?q=slow", wait_until="commit")
        expect(page.locator(".list .sk").first).to_be_visible()


def an_empty_library_says_what_to_do(site):
    with site.context() as context:
        page = context.new_page()
        page.route("**/v1/books?*", lambda route: route.fulfill(json={"items": []}))
        page.goto("/")
        expect(page.locator(".empty")).to_contain_text("Nothing stands on the shelves yet")


def an_error_says_what_failed_its_number_and_the_way_on(site):
    with site.context() as context:
        page = context.new_page()
        _answer(page, "**/v1/search?*", 500, times=1)
        page.goto("/search?q=the")
        fault = page.locator(".fault")
        expect(fault).to_contain_text("This went wrong on our side")
        expect(fault).to_contain_text("4f1c-9a07")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".list li").first).to_be_visible()


def a_library_that_is_asked_too_often_counts_down_and_goes_on(site):
    with site.context() as context:
        page = context.new_page()
        _answer(page, "**/v1/search?*", 429, {"Retry-After": "2"}, times=1)
        page.goto("/search?q=the")
        expect(page.locator(".fault")).to_contain_text("A little slower, please")
        expect(page.get_by_role("button", name="Try again in")).to_be_disabled()
        expect(page.locator(".list li").first).to_be_visible()


def a_busy_library_is_asked_once_more(site):
    with site.context() as context:
        page = context.new_page()
        _answer(page, "**/v1/search?*", 503, {"Retry-After": "1"}, times=1)
        page.goto("/search?q=the")
        expect(page.locator(".note.wait")).to_contain_text("We are asking once more")
        expect(page.locator(".list li").first).to_be_visible()
        page.unroute_all()
        _answer(page, "**/v1/search?*", 503, {"Retry-After": "1"})
        page.goto("/search?q=a")
        expect(page.locator(".fault")).to_contain_text("Busy just now")


def a_line_that_drops_is_said_and_the_page_stays(site):
    with site.context() as context:
        page = context.new_page()
        page.route("**/v1/search?*", lambda route: route.abort(), times=1)
        page.goto("/search?q=the")
        expect(page.locator(".fault")).to_contain_text("No answer came")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".list li").first).to_be_visible()


def offline_is_said_and_writing_is_off(site):
    book = site.book(site.librarian(), title="Offline")
    with site.page(f"/books/{book['id']}", site.reader()) as page:
        expect(page.get_by_role("button", name="Reserve a copy")).to_be_enabled()
        page.context.set_offline(True)
        expect(page.locator(".strip")).to_contain_text("You are offline.")
        expect(page.get_by_role("button", name="Reserve a copy")).to_be_disabled()
        expect(heading(page)).to_have_text("Offline")
        page.context.set_offline(False)
        expect(page.locator(".strip")).to_have_count(0)
        expect(page.get_by_role("button", name="Reserve a copy")).to_be_enabled()


def a_refusal_is_said_beside_the_button(site):
    book = site.book(site.librarian(), title="Refused")
    for code, words in [("too-many-reservations", "You have as many books as this library lends at once"), ("unverified-address", "Confirm your address first"), ("already-reserved", "You have this one already")]:
        with site.page(f"/books/{book['id']}", site.reader()) as page:
            _answer(page, "**/v1/books/*/reservations", 409, code=code)
            page.get_by_role("button", name="Reserve a copy").click()
            expect(page.locator(".have .note")).to_contain_text(words)
            expect(page.get_by_role("button", name="Reserve a copy")).to_be_enabled()


def the_availability_follows_what_happens(site):
    book = site.book(site.librarian(), title="Followed", copies=2)
    with site.context() as context:
        page = context.new_page()
        page.clock.install()
        page.goto(f"/books/{book['id']}")
        expect(page.locator("#have")).to_contain_text("2 of 2 copies free")
        site.reserve(site.reader(), book)
        page.clock.run_for(61_000)
        expect(page.locator("#have")).to_contain_text("1 of 2 copies free")
        expect(page.locator(".sr[role=status]")).to_have_text("1 of 2 free")


def a_librarian_sees_at_once_that_a_copy_goes(site):
    librarian = site.librarian()
    book = site.book(librarian, title="Followed at Once", copies=2)
    with site.context(librarian) as context:
        page = context.new_page()
        lines = []
        page.on("websocket", lambda socket: lines.append(socket))
        page.goto(f"/books/{book['id']}")
        expect(page.locator("#have")).to_contain_text("2 of 2 copies free")
        deadline = time.monotonic() + 15
        while not lines and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        page.wait_for_timeout(300)
        site.reserve(site.reader(), book)
        # The page asks by itself once a minute only.
        expect(page.locator("#have")).to_contain_text("1 of 2 copies free", timeout=20_000)


def wb50_a_hidden_page_asks_nothing_and_a_waiting_one_waits(site):
    book = site.book(site.librarian(), title="Asked All Night")
    with site.context() as context:
        page = context.new_page()
        page.clock.install()
        asked = []
        page.on("request", lambda request: "/availability" in request.url and asked.append(request.url))
        page.goto(f"/books/{book['id']}")
        expect(page.locator("#have")).to_contain_text("1 of 1 copy free")
        check(len(asked) == 1, f"{asked}")
        page.evaluate("""() => { Object.defineProperty(document, "hidden", { configurable: true, value: true });
            document.dispatchEvent(new Event("visibilitychange")); }""")
        page.clock.run_for(600_000)
        check(len(asked) == 1, f"{len(asked)} calls while hidden")
        page.evaluate("""() => { Object.defineProperty(document, "hidden", { configurable: true, value: false });
            document.dispatchEvent(new Event("visibilitychange")); }""")
        page.clock.run_for(100)
        page.wait_for_timeout(300)
        check(len(asked) == 2, f"{len(asked)} calls after the return")
        page.route("**/availability", lambda route: route.fulfill(status=429, headers={"Retry-After": "180"}, json=PROBLEM | {"status": 429}), times=1)
        page.clock.run_for(61_000)
        page.wait_for_timeout(300)
        check(len(asked) == 3, f"{len(asked)}")
        page.clock.run_for(120_000)
        check(len(asked) == 3, "Retry-After is not kept")
        page.clock.run_for(61_000)
        page.wait_for_timeout(300)
        check(len(asked) == 4, f"{len(asked)}")
        page.locator(".nav").get_by_role("link", name="About").click()
        expect(page.get_by_role("heading", name="How to borrow")).to_be_visible()
        page.clock.run_for(300_000)
        check(len(asked) == 4, "it asks after the page was left")


def wb50_three_tabs_have_one_timer_each_and_never_two_calls_in_flight(site):
    librarian = site.librarian()
    books = [site.book(librarian, title=f"Of Three Tabs {number}") for number in range(3)]
    with site.context() as context:
        pages = [context.new_page() for _ in books]
        asked = [[] for _ in books]
        context.clock.install()
        for page, book, calls in zip(pages, books, asked):
            page.on("request", lambda request, calls=calls: "/availability" in request.url and calls.append(request.url))
            page.goto(f"/books/{book['id']}")
            expect(page.locator("#have")).to_contain_text("1 of 1 copy free")
        # The tabs have one clock.
        pages[0].clock.run_for(61_000)
        pages[0].wait_for_timeout(300)
        check([len(calls) for calls in asked] == [2, 2, 2], f"{asked} after a minute")
        page, calls = pages[0], asked[0]
        held = []
        page.route("**/availability", lambda route: held.append(route))
        page.clock.run_for(300_000)
        page.wait_for_timeout(200)
        check(len(calls) == 3, f"{calls} while one is not answered")
        held[0].continue_()
        page.unroute("**/availability")
        page.wait_for_timeout(200)
        context.set_offline(True)
        page.clock.run_for(61_000)
        context.set_offline(False)
        page.clock.run_for(61_000)
        page.wait_for_timeout(300)
        expect(page.locator("#have")).to_contain_text("1 of 1 copy free")


def wb36_lists_are_announced_once(site):
    with site.page("/search?q=wuthering") as page:
        status = page.locator(".sr[role=status]")
        expect(status).to_have_text("One book so far")
        page.get_by_role("combobox", name="Title, author or ISBN").fill("zzyzxia qwrtzu")
        page.keyboard.press("Enter")
        expect(status).to_contain_text("No book for")
        page.goto("/search")
        expect(status).to_have_text("20 books so far")
        page.get_by_role("button", name="Show more").click()
        expect(status).to_have_text("40 books so far")
