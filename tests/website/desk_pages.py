"""The desk as a librarian uses it: by scanner and keyboard, against a library of its own."""

import asyncio
import contextlib
import datetime
import re
import time
import zoneinfo

from playwright.sync_api import expect

from library import Library

from .access import axe
from .browser import check, ready, settled, until

CODES = {".": "Period", "-": "Minus", " ": "Space"}


def _librarian(site):
    """The same librarian as long as the session lives: an account has at most ten, and other tests sign in too."""
    if not hasattr(site, "at_desk") or site.call("GET", "/users/me", token=site.at_desk["token"])[0] != 200:
        site.at_desk = site.librarian()
    return site.at_desk


@contextlib.contextmanager
def _library(site):
    """A library of one's own: nothing of other tests is in its lists, and its rules may change. Returns its librarian."""
    with site.with_library(Library("--no-usage-plans", "--library-address", "127.0.0.0/8", "--bare")):
        yield site.librarian()


def _isbn(site):
    """A number that no other book of the tests has."""
    digits = f"978{next(site.count):05d}{int(time.time()) % 10000:04d}"
    return digits + str(-sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits)) % 10)


def _book(site, title="Kokoro", **details):
    return site.book(_librarian(site), title=f"{title} {next(site.count)}", isbn=_isbn(site), **details)


def _reader(site, verified=True, **profile):
    """A reader with a card, and a name of their own."""
    reader, librarian = site.reader(verified), _librarian(site)
    number = next(site.count)
    reader |= {"card": f"2041{number:04d}{int(time.time()) % 1000:03d}", "firstName": "Ada", "lastName": f"Byron{number}"} | profile
    _do(site, "PATCH", "/users/me", {"firstName": reader["firstName"], "lastName": reader["lastName"]}, reader["token"])
    _do(site, "PUT", f"/users/{reader['id']}/card", {"card": reader["card"]}, librarian["token"])
    return reader


def _do(site, method, path, body=None, token=None):
    status, answer, _ = site.call(method, path, body, token or _librarian(site)["token"])
    check(status < 300, f"{method} {path}: {answer}")
    return answer


def _lend(site, reader, book):
    return _do(site, "POST", f"/reservations/{site.reserve(reader, book)['id']}/checkout", {})


def _strokes(text, gap=4, codes=(), began=None):
    """The keys of a scanner, and the time of the next one. Their times are said, so that a busy machine types as fast."""
    began = began or time.time()
    names = codes or [CODES.get(key) or (f"Digit{key}" if key.isdigit() else f"Key{key.upper()}") for key in text]
    strokes = [{"key": key, "text": key, "code": code, "timestamp": began + index * gap / 1000} for index, (key, code) in enumerate(zip(text, names))]
    return strokes, began + len(text) * gap / 1000


def _send(page, strokes):
    """Sends them all before the first is answered: one after the other, they would wait too long for each other on a busy machine."""
    devtools = page.context.new_cdp_session(page)

    async def send_all():
        await asyncio.gather(*(devtools._impl_obj.send("Input.dispatchKeyEvent", {"type": "keyDown", **stroke}, None) for stroke in strokes))
    devtools._sync(send_all())
    devtools.detach()


def _keys(page, text, **how):
    """Types as a scanner does. Returns the time of the next key."""
    strokes, at = _strokes(text, **how)
    _send(page, strokes)
    return at


def _scan(page, text, end="Enter", **how):
    strokes, at = _strokes(text, **how)
    for key in end.split():
        modifiers, name = (2, key[-1].lower()) if key.startswith("Control+") else (0, key)
        written = {"text": "\r"} if key == "Enter" else {}
        strokes.append({"key": name, "code": f"Key{name.upper()}" if modifiers else name, "modifiers": modifiers, "timestamp": at, **written})
        at += 0.003
    _send(page, strokes)


def _words(text):
    """Some words, in which names are wrapped so that their direction does not turn the sentence."""
    return re.compile("[\u2068\u2069]*".join(re.escape(letter) for letter in text))


def _said(page, words, kind=None):
    say = page.locator(f".say.{kind}" if kind else ".say")
    expect(say).to_contain_text(_words(words))
    return say


@contextlib.contextmanager
def _desk(site, librarian=None, **options):
    with site.page("/desk", librarian or _librarian(site), **options) as page:
        expect(page.locator("#scan")).to_be_focused()
        yield page


def _held_for_long(page):
    """Makes the reader's loans look older than a moment: what was lent a moment ago is not taken back."""
    def older(route):
        answer = route.fetch()
        loans = answer.json()
        for loan in loans["items"]:
            if "lentAt" in loan:
                loan["lentAt"] = "2026-01-02T03:04:05.000Z"
        route.fulfill(response=answer, json=loans)
    page.route("**/v1/reservations?reader=*", older)


def dk69_a_receipt_has_every_line_and_is_black_on_white(site):
    reader, books = _reader(site), [_book(site, "A Title That Is Rather Long For A Slip", author="Somebody With A Name") for _ in range(9)]
    books.append(_book(site, "W" * 200, author="A" * 64))
    for book in books:
        _lend(site, reader, book)
    with _desk(site, theme="dark") as page:
        page.evaluate("() => { window.printed = 0; window.print = () => { printed += 1; }; }")
        _scan(page, reader["card"])
        _said(page, reader["lastName"])
        page.keyboard.press("F9")
        until(page, "printed === 1")
        page.emulate_media(media="print", color_scheme="dark")
        lines = page.locator(".sheet .due tr").all_inner_texts()
        for book in books:
            check(sum(line.split("\n")[0] == book["title"] for line in lines) == 1, f"{book['title']}: {lines}")
        colours = page.evaluate("""[...document.querySelectorAll(".sheet, .sheet *")].map((element) => getComputedStyle(element).color)""")
        check(set(colours) == {"rgb(0, 0, 0)"}, f"{set(colours)}")
        check(page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "the paper")
        # A word without an end pushes no day off the paper.
        check(page.evaluate("""[...document.querySelectorAll(".sheet .due td")].every((cell) => cell.getBoundingClientRect().right <= 80 / 25.4 * 96)"""), "a day is beside the paper")
        check(page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light", "the margins are dark")
        hidden = page.evaluate("""[...document.querySelectorAll("header, .scan, .say, aside, .foot")].every((element) => !element.getClientRects().length)""")
        check(hidden, "more than the sheet is printed")
        high = page.evaluate("document.querySelector('.sheet').offsetHeight") / 96 * 25.4
        # Chromium says when it has printed, and the sheet goes.
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        boxes = set(re.findall(rb"/MediaBox \[([\d. ]+)\]", pdf))
        check(len(boxes) == 1, f"{boxes}")
        [_, _, width, height] = map(float, boxes.pop().split())
        check(abs(width - 80 / 25.4 * 72) < 1 and abs(height - 150 / 25.4 * 72) < 1, f"{width} × {height}")
        count = len(re.findall(rb"/Type /Page\b", pdf))
        check(high / 142 <= count <= high / 142 + 2, f"{count} pages for {high} mm")


def a_list_is_printed_black_on_white(site):
    with _library(site) as librarian:
        reader, book = _reader(site), _book(site, "Printed")
        site.reserve(reader, book)
        for how in ({"theme": "dark"}, {"theme": "light"}):
            with site.page("/lists/ready", librarian, **how) as page:
                expect(page.locator("tr", has_text=book["title"])).to_be_visible()
                if how["theme"] == "light":
                    page.evaluate("document.documentElement.dataset.theme = 'dark'")
                page.emulate_media(media="print")
                colours = page.evaluate("""[...document.querySelectorAll("html, body, .tbl, .tbl td")].map((element) => getComputedStyle(element))
                    .flatMap(({ color, colorScheme }) => [color, colorScheme])""")
                check(set(colours) == {"rgb(0, 0, 0)", "light"}, f"{set(colours)}")
                check(page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "the paper")


def a_record_shows_and_changes_what_the_desk_may(site):
    reader, book, wanted = _reader(site), _book(site, "Out"), _book(site, "Wanted")
    _lend(site, reader, book)
    site.reserve(reader, wanted)
    with site.page(f"/readers?q={reader['lastName']}", _librarian(site)) as page:
        page.get_by_role("link", name=reader["lastName"]).click()
        expect(page.locator("main")).to_contain_text(book["title"])
        page.get_by_role("button", name="Block", exact=True).click()
        page.get_by_role("button", name=_words("Block Ada")).click()
        expect(page.locator("dialog[open]")).to_contain_text("Say why")
        page.fill("#reason", "A lost book")
        page.get_by_role("button", name=_words("Block Ada")).click()
        expect(page.locator(".card")).to_contain_text("A lost book")
        page.get_by_role("button", name="Lift the block").click()
        expect(page.locator(".card")).not_to_contain_text("A lost book")
        page.get_by_role("button", name="Mend the name").click()
        page.fill("#firstName", "Augusta Ada")
        page.locator("dialog[open] form button").first.click()
        expect(page.locator("main h1")).to_have_text(f"Augusta Ada {reader['lastName']}")
        page.locator(".card div", has_text="Email").get_by_role("button").click()
        page.fill("#email", "no address")
        page.get_by_role("button", name="Send the letter").click()
        expect(page.locator("dialog[open]")).to_contain_text("This is not an address")
        page.fill("#email", f"new-{reader['email']}")
        page.get_by_role("button", name="Send the letter").click()
        expect(page.locator(".card")).to_contain_text(_words(f"new-{reader['email']}: not confirmed yet"))
        page.get_by_role("button", name="New card").click()
        page.fill("#card", "12")
        page.locator("dialog[open] form button").first.click()
        expect(page.locator("dialog[open]")).to_contain_text("4 to 32 letters and digits")
        page.fill("#card", f"NEW{reader['card']}")
        page.locator("dialog[open] form button").first.click()
        expect(page.locator(".card")).to_contain_text(f"NEW{reader['card']}")
        page.get_by_role("button", name="End the account").click()
        page.locator("dialog[open]").get_by_role("button", name="End the account").click()
        expect(page.locator("dialog[open]")).to_contain_text("Books are still at home")
        page.get_by_role("button", name="Keep it").click()
        page.get_by_role("button", name=f"Take back {book['title']}").click()
        expect(page.locator("main")).to_contain_text("Nothing is out.")


def dk42_a_due_day_is_the_librarys_own_far_west_and_far_east(site):
    for zone in ("Pacific/Pago_Pago", "Pacific/Kiritimati"):
        with site.with_library(Library("--no-usage-plans", "--library-address", "127.0.0.0/8", "--bare")):
            _do(site, "PUT", "/rules", _do(site, "GET", "/rules") | {"timeZone": zone})
            today = datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date()
            later = today + datetime.timedelta(days=9)
            reader, now, then = _reader(site), _book(site, "Now"), _book(site, "Then")
            site.lend(reader, now, today.isoformat())
            site.lend(reader, then, later.isoformat())
            written = f"{later.day} {later:%B}"
            with site.page("/me", reader) as page:
                expect(page.locator("main")).to_contain_text(f"Due {written}")
                expect(page.locator("main")).to_contain_text("in 9 days")
                expect(page.locator("main")).to_contain_text("Due today")
            with site.page(f"/books/{then['id']}") as page:
                expect(page.locator("main")).to_contain_text(f"{later:%A} {written}")
            with site.page(f"/readers/{reader['id']}", _librarian(site)) as page:
                expect(page.locator("main")).to_contain_text(f"Due {later:%A} {written}")
                expect(page.locator("main")).to_contain_text("Due today")
                page.get_by_role("link", name="Lists").first.click()
                page.get_by_role("link", name="Due today").click()
                expect(page.locator("tr", has_text=now["title"])).to_be_visible()
                expect(page.locator("tr", has_text=then["title"])).to_have_count(0)
            with _desk(site) as page:
                page.evaluate("() => { window.printed = 0; window.print = () => { printed += 1; }; }")
                _scan(page, reader["card"])
                _said(page, reader["lastName"])
                page.keyboard.press("F9")
                until(page, "printed === 1")
                expect(page.locator(".sheet .due tr", has_text=then["title"])).to_contain_text(written)
                page.get_by_role("button", name=f"Renew {then['title']}").click()
                renewed = today + datetime.timedelta(days=21)
                _said(page, "Renewed for Ada", "done")
                expect(page.locator(".stamp b")).to_have_text(str(renewed.day))
                expect(page.locator(".stamp")).to_contain_text(f"{renewed:%A}")


def the_lists_say_what_waits_and_what_is_out(site):
    with _library(site) as librarian:
        reader, book = _reader(site), _book(site, "Waits")
        site.reserve(reader, book)
        with site.page("/lists/ready?show=fetch", librarian) as page:
            row = page.locator("tr", has_text=book["title"])
            expect(row).to_contain_text(reader["lastName"])
            row.get_by_role("button", name="It is put aside").click()
            expect(row).to_have_count(0)
            page.get_by_role("link", name="All", exact=True).click()
            row = page.locator("tr", has_text=book["title"])
            row.get_by_role("button", name="Hand over").click()
            expect(row).to_have_count(0)
            page.get_by_role("link", name="Overdue").click()
            expect(page.locator(".tabs [aria-current]")).to_contain_text("Overdue")
            page.get_by_role("link", name="Due today").click()
            expect(page.locator(".tabs [aria-current]")).to_contain_text("Due today")
        check([loan["status"] for loan in _do(site, "GET", f"/reservations?reader={reader['id']}")["items"]] == ["checkedOut"], "handed over")


def live_events_come_by_themselves_and_gaps_are_filled(site):
    reader = _reader(site)
    books = [_book(site) for _ in range(3)]
    with site.context(_librarian(site)) as context:
        page = context.new_page()
        drops = {"next": False}

        def forward(socket):
            server = socket.connect_to_server()

            def message(text):
                if drops["next"]:
                    drops["next"] = False
                else:
                    socket.send(text)
            server.on_message(message)
        page.route_web_socket(re.compile("/socket"), forward)
        page.goto("/live")
        expect(page.locator(".conn")).to_contain_text("Connected")
        site.reserve(reader, books[0])
        row = page.locator(".stream li.new", has_text=books[0]["title"])
        expect(row).to_contain_text("Reserved")
        expect(row).to_contain_text(reader["lastName"])
        drops["next"] = True
        site.reserve(reader, books[1])
        page.wait_for_timeout(1500)
        site.reserve(reader, books[2])
        # Their "Added" may come late, and stands there then as well.
        reserved = page.locator(".stream li", has_text="Reserved")
        expect(reserved.filter(has_text=books[2]["title"])).to_be_visible()
        expect(reserved.filter(has_text=books[1]["title"])).to_be_visible()
        expect(page.locator(".gapn")).to_be_visible()
        page.goto("/activity")
        expect(page.locator(".tbl tbody tr").first).to_be_visible()


def only_those_of_the_desk_see_it(site):
    member = site.reader()
    with site.tour() as visit:
        for path in ["/desk", "/readers", "/readers/new", "/lists/ready", "/live", "/activity"]:
            page = visit(path, member)
            expect(page.locator("main h1")).to_have_text("This is the desk")
            expect(page.locator(".nav")).not_to_contain_text("Desk")
    assistant = site.reader()
    _do(site, "PATCH", f"/users/{assistant['id']}", {"role": "assistant"})
    assistant.pop("state", None)
    with site.page("/live", assistant) as page:
        expect(page.locator("main")).to_contain_text("Only librarians may look at this.")
    with site.page("/desk", assistant) as page:
        expect(page.locator("#scan")).to_be_focused()
        expect(page.locator(".nav")).not_to_contain_text("Live")


def _stage(site):
    """The addresses of the desk's pages, with something in each."""
    ada, grace = _reader(site), _reader(site, firstName="Marguerite Bourgeoys-Nguyễn", lastName="van der Heijden")
    out, waits = _book(site, "Out"), _book(site, "The Life and Strange Surprizing Adventures of Robinson Crusoe, of York, Mariner")
    _lend(site, ada, out)
    site.reserve(ada, waits)
    site.reserve(grace, out)
    return ada, out, ["/desk", f"/readers?q={ada['lastName']}", "/readers", f"/readers/new?card=1234{next(site.count)}", f"/readers/{ada['id']}", "/lists/ready", "/lists/overdue",
                      "/lists/today", "/live", "/activity"]


def axe_finds_nothing_at_the_desk(site):
    ada, out, paths = _stage(site)
    librarian = _librarian(site)
    with site.tour(reduced_motion="reduce") as visit:
        for index, path in enumerate(paths):
            for theme, width in [("light", 360), ("dark", 1280)] if index % 2 else [("dark", 360), ("light", 1280)]:
                page = visit(path, librarian, width, theme=theme)
                page.wait_for_timeout(300)
                settled(page)
                axe(page, f"{path} {theme} {width}")


def no_page_of_the_desk_scrolls_sideways(site):
    ada, _, paths = _stage(site)
    with site.tour() as visit:
        for path in paths:
            page = visit(path, _librarian(site))
            settled(page)
            if path == "/desk":
                _scan(page, ada["card"])
                _said(page, ada["lastName"])
            for width in (320, 360, 768, 1024, 1280):
                page.set_viewport_size({"width": width, "height": 768})
                page.wait_for_timeout(60)
                site.look(page)
    with _desk(site, width=1024, height=768) as page:
        _scan(page, ada["card"])
        _said(page, ada["lastName"])
        low = page.evaluate("""[...document.querySelectorAll(".scan, .say, .ends")].map((element) => element.getBoundingClientRect().bottom)""")
        check(max(low) <= 768, f"the field, the outcome and Finish are not all on the screen: {low}")


def names_and_titles_of_any_length_leave_the_rest_in_its_place(site):
    reader = _reader(site, firstName="Maximiliane-Theresia Wilhelmina " * 3, lastName="W" * 90)
    for title in ("x" * 500, "Long words and more of them " * 17, "W" * 40):
        _lend(site, reader, site.book(_librarian(site), title=title.strip(), author="A" * 64, isbn=_isbn(site)))
    wanted = _book(site, "W" * 200)
    site.reserve(_reader(site), wanted)
    with site.tour() as visit:
        for path in (f"/readers/{reader['id']}", f"/readers?q={'W' * 90}", "/desk", "/live", "/activity"):
            page = visit(path, _librarian(site))
            settled(page)
            if path == "/desk":
                _scan(page, reader["card"])
                _said(page, "At the counter")
                _scan(page, wanted["isbn"])
                _said(page, "Others wait for this book")
                _scan(page, "52495")
                _said(page, "the price")
            for width in (320, 360, 768, 1024, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_timeout(60)
                site.look(page)
                # No button has a letter a line, and the field is where it was.
                high = page.evaluate("""Math.max(...[...document.querySelectorAll("main .btn")].map((button) => button.offsetHeight))""")
                check(high <= 100, f"{path} {width}: a button is {high} px high")
                if path == "/desk":
                    field, said = page.evaluate("""[document.querySelector(".scan").offsetHeight, document.querySelector(".say").getBoundingClientRect().top]""")
                    check(field <= 140 and said <= 460, f"{width}: the field is {field} px high, the outcome is at {said}")
