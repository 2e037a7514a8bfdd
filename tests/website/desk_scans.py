"""What a scan brings: books lent, taken back and put aside, questions answered, deeds undone, by scanner and keyboard alone."""

import datetime
import re
import time

from playwright.sync_api import expect

from .access import axe
from .browser import check, until
from .desk_pages import _book, _desk, _do, _held_for_long, _isbn, _keys, _lend, _librarian, _reader, _said, _scan, _words
from .titles import HOSTILE


def fourteen_scans_lend_ten_and_take_back_three_with_no_other_key(site):
    reader = _reader(site)
    held, wanted = [_book(site) for _ in range(3)], [_book(site) for _ in range(10)]
    for book in held:
        _lend(site, reader, book)
    with _desk(site) as page:
        _held_for_long(page)
        for code in [reader["card"], *(book["isbn"] for book in held + wanted)]:
            _scan(page, code)
        expect(page.locator("section", has_text="This visit").locator("h2")).to_have_text("This visit: 10 lent, 3 taken back")
        _said(page, wanted[-1]["title"], "done")
        expect(page.locator("aside.who")).to_contain_text("10 of 10 books")
        # As the browser counts them: a listener of the test, added now, was once told of all requests but the first.
        calls = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)")
        check([calls.count(f"/v1/{call}") for call in ("loans", "returns", "users")] == [10, 3, 1], f"{calls}")
        expect(page.locator("#scan")).to_be_focused()
    loans = _do(site, "GET", f"/reservations?reader={reader['id']}&limit=100")["items"]
    out = {loan["book"]["id"] for loan in loans if loan["status"] == "checkedOut"}
    check(out == {book["id"] for book in wanted}, f"{loans}")


def a_book_that_was_brought_to_be_renewed_is_renewed_instead(site):
    reader, book, other = _reader(site), _book(site), _book(site)
    _lend(site, reader, other)
    # It is due soon: a renewal brings a later day.
    loan = site.lend(reader, book, (datetime.date.today() + datetime.timedelta(days=9)).isoformat())
    with _desk(site) as page:
        _held_for_long(page)
        _scan(page, reader["card"])
        _said(page, reader["lastName"])
        _scan(page, book["isbn"])
        _said(page, "Taken back from Ada", "done")
        page.keyboard.type("1")
        page.keyboard.press("Enter")
        _said(page, "Renewed for Ada", "done")
        expect(page.locator("aside.who")).to_contain_text("2 of 10 books")
    [held] = [one for one in _do(site, "GET", f"/reservations?reader={reader['id']}")["items"] if one["id"] == loan["id"]]
    check((held["status"], held["renewals"]) == ("checkedOut", 1) and held["dueAt"] > loan["dueAt"], f"{held}")


def a_renewal_that_is_refused_names_its_reasons_and_the_desk_may_renew_all_the_same(site):
    reader, book = _reader(site), _book(site)
    loan = site.lend(reader, book, (datetime.date.today() + datetime.timedelta(days=9)).isoformat())
    site.reserve(_reader(site, firstName="Grace"), book)
    with _desk(site) as page:
        _scan(page, reader["card"])
        _said(page, reader["lastName"])
        page.get_by_role("button", name=f"Renew {book['title']}").click()
        _said(page, "Others wait for this book", "stop")
        page.keyboard.type("1")
        page.keyboard.press("Enter")
        _said(page, "Renewed for Ada", "done")
    [held] = _do(site, "GET", f"/reservations?reader={reader['id']}")["items"]
    check(held["renewals"] == 1 and held["dueAt"] > loan["dueAt"], f"{held}")


def the_next_card_finishes_the_reader_before(site):
    first, second, book = _reader(site), _reader(site, firstName="Grace"), _book(site)
    with _desk(site) as page:
        _scan(page, first["card"])
        _said(page, first["lastName"])
        _scan(page, second["card"])
        _scan(page, book["isbn"])
        _said(page, "Lent to Grace")
        _scan(page, ".done")
        _said(page, "1 lent")
        expect(page.locator(".mode")).to_contain_text("Take back")
        _scan(page, book["isbn"])
        _said(page, "Taken back from Grace", "done")
        expect(page.locator(".log")).to_contain_text("Taken back")


def a_reader_who_comes_in_the_middle_of_a_scan_leaves_nothing_in_the_field(site):
    reader, book = _reader(site), _book(site)
    with _desk(site) as page:
        held = []
        page.route("**/v1/users?*", lambda route: held.append(route))
        _scan(page, reader["card"])
        # Three signs are not yet known for a scanner's: the scan goes on when the reader stands there.
        at = _keys(page, book["isbn"][:3])
        until(page, "document.querySelector('#scan').value.length === 3")
        held[0].continue_()
        _said(page, reader["lastName"])
        _scan(page, book["isbn"][3:], began=at)
        _said(page, book["title"], "done")
        expect(page.locator("#scan")).to_have_value("")
        page.keyboard.press("Escape")
        _said(page, "1 lent")


def what_is_typed_stays_when_a_reader_comes(site):
    reader = _reader(site)
    with _desk(site) as page:
        held = []
        page.route("**/v1/users?*", lambda route: held.append(route))
        _scan(page, reader["card"])
        page.keyboard.type("Gra", delay=100)
        held[0].continue_()
        _said(page, reader["lastName"])
        expect(page.locator("#scan")).to_have_value("Gra")
        expect(page.locator("#scan")).to_be_focused()


def dk34_a_line_end_of_a_scanner_opens_nothing_and_ends_a_scan(site):
    reader, book = _reader(site), _book(site)
    with _desk(site) as page:
        page.evaluate("window.prevented = []; addEventListener('keydown', (event) => event.ctrlKey && prevented.push(event.defaultPrevented))")
        _scan(page, reader["card"], "Control+m Control+j")
        _said(page, reader["lastName"])
        _scan(page, book["isbn"], "Tab")
        _said(page, book["title"], "done")
        expect(page.locator("#scan")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        _said(page, book["title"], "done")
        check(page.evaluate("prevented.every(Boolean)"), "the browser's own Ctrl+J")


def dk37_a_scan_is_taken_without_an_end_and_out_of_another_field(site):
    reader, book = _reader(site), _book(site)
    with _desk(site) as page:
        _scan(page, reader["card"], "")
        _said(page, reader["lastName"])
        page.get_by_role("button", name="Sound is on").focus()
        _scan(page, book["isbn"], "")
        _said(page, book["title"], "done")
        expect(page.locator("#scan")).to_have_value("")
        expect(page.locator("#scan")).to_be_focused()


def dk35_a_scan_on_a_french_keyboard_is_lent(site):
    reader, book = _reader(site), _book(site)
    french = dict(zip("1234567890", "&é\"'(-è_çà"))
    with _desk(site) as page:
        _scan(page, reader["card"])
        _said(page, reader["lastName"])
        _scan(page, "".join(french[digit] for digit in book["isbn"]), codes=[f"Digit{digit}" for digit in book["isbn"]])
        _said(page, book["title"], "done")


def what_needs_somebody_stays_and_a_digit_answers_it(site):
    ada, grace = _reader(site), _reader(site, firstName="Grace")
    wanted, other = _book(site, "Wanted"), _book(site, "Other")
    site.reserve(grace, wanted)
    with _desk(site) as page:
        _scan(page, ada["card"])
        _scan(page, wanted["isbn"])
        _said(page, "Others wait for this book", "stop")
        expect(page.locator(".say")).to_contain_text("Grace")
        _scan(page, other["isbn"])
        _said(page, other["title"], "done")
        expect(page.locator(".left")).to_contain_text(wanted["title"])
        page.keyboard.press("Escape")
        _said(page, "One thing is not settled")
        page.keyboard.press("F2")
        _said(page, "Others wait for this book", "stop")
        page.keyboard.type("2")
        page.keyboard.press("Enter")
        _said(page, wanted["title"], "done")
        expect(page.locator(".left")).to_have_count(0)
    mine = _do(site, "GET", f"/reservations?reader={ada['id']}")["items"]
    check({loan["book"]["id"] for loan in mine} == {wanted["id"], other["id"]}, f"{mine}")


def a_book_that_somebody_waits_for_is_put_aside_with_its_slip(site):
    ada, grace, book = _reader(site), _reader(site, firstName="Grace", lastName="Hopper"), _book(site)
    _lend(site, ada, book)
    site.reserve(grace, book)
    with _desk(site) as page:
        page.evaluate("() => { window.printed = 0; window.print = () => { printed += 1; }; }")
        _scan(page, book["isbn"])
        _said(page, "Put aside for Grace Hopper", "aside")
        page.keyboard.press("F9")
        until(page, "printed === 1")
        slip = page.locator(".sheet.r80")
        for words in ["Hopper G.", grace["card"][-4:], book["title"], book["isbn"]]:
            expect(slip).to_contain_text(words)
        check(grace["card"] not in slip.text_content(), "the whole card is on the slip")


def what_was_done_is_undone_by_key_by_order_and_by_button(site):
    reader, books = _reader(site), [_book(site) for _ in range(3)]
    with _desk(site) as page:
        _scan(page, reader["card"])
        for book in books:
            _scan(page, book["isbn"])
        _said(page, books[2]["title"], "done")
        page.keyboard.press("F8")
        _said(page, f"{books[2]['title']} is not lent")
        _scan(page, ".undo")
        _said(page, f"{books[1]['title']} is not lent")
        page.get_by_role("button", name=_words(f"Undo {books[0]['title']}")).click()
        _said(page, f"{books[0]['title']} is not lent")
        expect(page.locator(".log .undone")).to_have_count(3)
        expect(page.locator("aside.who")).to_contain_text("0 of 10 books")
    check(_do(site, "GET", f"/reservations?reader={reader['id']}")["items"] == [], "undone loans leave nothing")


def a_renewal_and_an_approval_are_undone_like_a_loan(site):
    reader, new, book, other = _reader(site), _reader(site, verified=False, firstName="Zoe"), _book(site), _book(site)
    loan = site.lend(reader, book, (datetime.date.today() + datetime.timedelta(days=9)).isoformat())
    with _desk(site) as page:
        _scan(page, reader["card"])
        _said(page, reader["lastName"])
        page.get_by_role("button", name=f"Renew {book['title']}").click()
        _said(page, "Renewed for Ada", "done")
        page.keyboard.press("F8")
        _said(page, f"{book['title']} is due as before", "done")
        _scan(page, new["card"])
        _scan(page, other["isbn"])
        _said(page, "Not yet approved", "ask")
        page.keyboard.type("1")
        page.keyboard.press("Enter")
        _said(page, "Lent to Zoe", "done")
        page.keyboard.press("F8")
        _said(page, f"{other['title']} is not lent", "done")
        page.keyboard.press("F8")
        _said(page, f"Zoe {new['lastName']} is not approved any more", "done")
        expect(page.locator("aside.who")).to_contain_text("Not yet approved")
        # Of what was undone, nothing is undone a second time.
        page.keyboard.press("F8")
        _said(page, "There is nothing to undo", "quiet")
    [held] = _do(site, "GET", f"/reservations?reader={reader['id']}")["items"]
    check((held["renewals"], held["dueOn"]) == (0, loan["dueOn"]), f"{held}")
    check(_do(site, "GET", f"/users/{new['id']}")["approved"] is False, "still approved")


def a_step_that_a_later_one_followed_has_no_way_back(site):
    reader, book = _reader(site), _book(site)
    with _desk(site) as page:
        _scan(page, reader["card"])
        _scan(page, book["isbn"])
        _said(page, "Lent to Ada", "done")
        _scan(page, ".done")
        _said(page, "1 lent")
        _scan(page, book["isbn"])
        _said(page, "Taken back from Ada", "done")
        # What undoes the loan would undo the return.
        expect(page.locator(".log").get_by_role("button", name=_words(f"Undo {book['title']}"))).to_have_count(1)
        page.keyboard.press("F8")
        _said(page, f"{book['title']} is out to Ada again", "done")
        page.keyboard.press("F8")
        _said(page, "There is nothing to undo", "quiet")
    [held] = _do(site, "GET", f"/reservations?reader={reader['id']}")["items"]
    check(held["status"] == "checkedOut", f"{held}")


def dk20_what_was_lent_before_a_reload_does_not_come_back(site):
    reader, book = _reader(site), _book(site)
    with _desk(site) as page:
        _scan(page, reader["card"])
        _scan(page, book["isbn"])
        _said(page, book["title"], "done")
        page.reload()
        expect(page.locator("#scan")).to_be_focused()
        _scan(page, reader["card"])
        _said(page, reader["lastName"])
        _scan(page, book["isbn"])
        _said(page, "Lent a moment ago", "quiet")


def no_scan_is_lost_without_a_network_or_by_a_reload(site):
    reader, books = _reader(site), [_book(site) for _ in range(2)]
    with _desk(site) as page:
        _scan(page, reader["card"])
        _said(page, reader["lastName"])
        page.route("**/v1/loans", lambda route: route.abort())
        for book in books:
            _scan(page, book["isbn"])
        expect(page.locator(".left")).to_contain_text("2 scans are kept here")
        page.reload()
        expect(page.locator(".left")).to_contain_text("kept here")
        # They are lent to the reader who stood there: the page comes back with this reader.
        page.unroute("**/v1/loans")
        _said(page, books[1]["title"], "done")
        expect(page.locator("aside.who")).to_contain_text("2 of 10 books")


def a_loan_whose_answer_was_lost_is_one_loan_even_after_a_reload(site):
    reader, book = _reader(site), _book(site)
    with _desk(site) as page:
        _scan(page, reader["card"])
        _said(page, reader["lastName"])

        def lose(route):
            route.fetch()
            route.abort()
        page.route("**/v1/loans", lose)
        _scan(page, book["isbn"])
        expect(page.locator(".left")).to_contain_text("kept here")
        page.unroute("**/v1/loans")
        page.reload()
        _said(page, book["title"], "done")
        expect(page.locator(".say")).to_contain_text("Lent to")
    loans = _do(site, "GET", f"/reservations?reader={reader['id']}")["items"]
    check([loan["status"] for loan in loans] == ["checkedOut"], f"{loans}")


def dk21_an_ended_session_keeps_the_scans_and_hides_the_reader(site):
    reader, book = _reader(site), _book(site)
    librarian = site.librarian()
    with _desk(site, librarian) as page:
        _scan(page, reader["card"])
        _said(page, reader["lastName"])
        page.context.clear_cookies()
        _scan(page, book["isbn"])
        dialog = page.locator("dialog[open]")
        expect(dialog).to_be_visible()
        expect(page.locator(".left")).to_contain_text("one scan is kept")
        expect(page.locator("aside.who")).to_have_count(0)
        dialog.locator("#login").fill(librarian["email"])
        dialog.locator("#password").fill(librarian["password"])
        # An Enter within 80 ms of a scan's own would be taken for the scanner's.
        dialog.get_by_role("button", name="Sign in").click()
        _said(page, book["title"], "done")


def dk67_an_unattended_reader_leaves_the_screen(site):
    reader, book = _reader(site), _book(site)
    with site.context(_librarian(site)) as context:
        page = context.new_page()
        page.clock.install()
        page.goto("/desk")
        expect(page.locator("#scan")).to_be_focused()
        _scan(page, reader["card"])
        _said(page, reader["lastName"])
        for _ in range(3):
            page.clock.run_for(90_000)
            page.keyboard.press("Shift")
        expect(page.locator("aside.who")).to_be_visible()
        page.clock.run_for(130_000)
        expect(page.locator("aside.who")).to_have_count(0)
        check(reader["lastName"] not in page.locator("main").inner_text(), "the name is still there")
        _scan(page, book["isbn"])
        _said(page, "Was not out", "quiet")


def each_wrong_scan_has_its_sentence(site):
    ada, blocked, new = _reader(site), _reader(site, firstName="Bob"), _reader(site, verified=False, firstName="Zoe")
    _do(site, "PATCH", f"/users/{blocked['id']}", {"blocked": {"reason": "A lost book"}})
    off = _reader(site, firstName="Otto")
    _do(site, "PATCH", f"/users/{off['id']}", {"disabled": True})
    out, book, old = _book(site, "Out"), _book(site), _book(site, "Old")
    _lend(site, _reader(site, firstName="Alan", lastName="Turing"), out)
    _do(site, "POST", f"/books/{old['id']}/archive")
    unknown = _isbn(site)
    wrong = book["isbn"][:-1] + str((int(book["isbn"][-1]) + 1) % 10)
    with _desk(site) as page:
        for code, words, kind in [(wrong, f"the last digit should be {book['isbn'][-1]}", "stop"), ("52495", "That is the price", "stop"), ("071831004994", "That is the price", "stop"),
                                  ("99999999", "Nobody has this card", "ask"), (unknown, "Not in the catalogue", "stop"), (off["card"], "is switched off", "stop"),
                                  (book["isbn"], "Was not out", "quiet"), (blocked["card"], blocked["lastName"], "quiet"), (book["isbn"], "Bob is blocked", "stop"),
                                  (new["card"], new["lastName"], "quiet"), (book["isbn"], "has not confirmed the email", "ask"), (ada["card"], ada["lastName"], "quiet"),
                                  (out["isbn"], "The only copy is out to Alan Turing", "ask"), (old["isbn"], "left the shelves", "stop")]:
            _scan(page, code)
            _said(page, words, kind)
        _scan(page, "https://evil.example/x")
        _said(page, "That is a link", "stop")
        _scan(page, "nobody at all", gap=200)
        _said(page, "Nothing found", "ask")
    loans = [loan for reader in (ada, blocked, new) for loan in _do(site, "GET", f"/reservations?reader={reader['id']}")["items"]]
    check(loans == [], f"nothing was lent: {loans}")


def a_hold_slip_is_one_page_of_its_size(site):
    long = {"firstName": "Maximiliane", "lastName": "Featherstonehaugh-Cholmondeley von und zu Hohenstein"}
    for name, title, author in [({"firstName": "Grace", "lastName": "Hopper"}, "Kokoro", "Natsume Sōseki"), (long, HOSTILE["long"][:450], "A" * 64), (long, "W" * 200, "Nobody " * 9)]:
        ada, grace, book = _reader(site), _reader(site, **name), _book(site, title.strip(), author=author.strip(), shelfMark="SOS")
        _lend(site, ada, book)
        site.reserve(grace, book)
        with _desk(site, theme="dark", language="de-DE") as page:
            page.evaluate("() => { window.print = () => {}; }")
            _scan(page, book["isbn"])
            expect(page.locator(".say.aside")).to_be_visible()
            page.keyboard.press("F9")
            expect(page.locator(".sheet.r80")).to_have_count(1)
            page.emulate_media(media="print")
            # Who it is for, the day and the code are whole, however long the names are.
            ends = page.evaluate("""() => { const sheet = document.querySelector(".sheet").getBoundingClientRect();
                return [".big", ".day", ".bc", ".bc + .nr"].map((part) => document.querySelector(`.sheet ${part}`).getBoundingClientRect()).map(({ bottom, right }) =>
                    [(bottom - sheet.top) / 96 * 25.4, (right - sheet.left) / 96 * 25.4]); }""")
            check(all(bottom <= 110 and right <= 80 for bottom, right in ends), f"{title[:20]}: {ends}")
            pdf = page.pdf(prefer_css_page_size=True)
            [_, _, width, height] = map(float, re.search(rb"/MediaBox \[([\d. ]+)\]", pdf)[1].split())
            check(abs(width - 80 / 25.4 * 72) < 1 and abs(height - 110 / 25.4 * 72) < 1, f"{width} × {height}")
            check(len(re.findall(rb"/Type /Page\b", pdf)) == 1, "one page")


def a_reader_is_added_at_the_desk_and_borrows(site):
    book, card = _book(site), f"77{next(site.count):04d}{int(time.time()) % 1000:03d}"
    with _desk(site) as page:
        _scan(page, card)
        _said(page, "Nobody has this card", "ask")
        page.keyboard.type("1")
        page.keyboard.press("Enter")
        expect(page.locator("#card")).to_have_value(card)
        page.get_by_role("button", name="Add only").click()
        expect(page.locator("main")).to_contain_text("A reader needs a first and a last name.")
        page.fill("#firstName", "Zoë")
        page.fill("#lastName", f"Müller{card}")
        page.get_by_role("button", name="Add and open at the desk").click()
        expect(page.locator("aside.who")).to_contain_text(f"Müller{card}")
        _scan(page, book["isbn"])
        _said(page, "Lent to Zoë", "done")


def axe_finds_nothing_in_what_a_scan_brings(site):
    ada, librarian = _reader(site), _librarian(site)
    other = _book(site)
    for theme in ("light", "dark"):
        with _desk(site, librarian, theme=theme, reduced_motion="reduce") as page:
            _scan(page, ada["card"])
            _said(page, ada["lastName"])
            axe(page, f"a reader {theme}")
            _scan(page, other["isbn"])
            _said(page, other["title"])
            page.keyboard.press("F8")
            _said(page, "is not lent")
            axe(page, f"done {theme}")
            _scan(page, "52495")
            _said(page, "the price", "stop")
            axe(page, f"stop {theme}")
            _scan(page, "99999999")
            _said(page, "Nobody has this card", "ask")
            axe(page, f"ask {theme}")
            page.locator("#scan").fill("")
            page.keyboard.press("?")
            expect(page.locator("dialog[open]")).to_be_visible()
            axe(page, f"keys {theme}")
