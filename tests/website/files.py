"""The pages that bring books in from files and take them out, as a reader and a librarian use them."""

import gzip
import json
import re
import urllib.request

from library import Library
from playwright.sync_api import expect

from tools import ROOT

from .access import axe
from .browser import check, ready, until
from .catalogues import catalogue
from .units import ask

FILES = ROOT / "formats" / "tests" / "files"
PLACES = json.loads((ROOT / "formats" / "tests" / "parts.json").read_text())
PARTS = re.compile(r"/v1/imports/[^/]+/parts/(\d+)")


def _choose(page, name, data):
    page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": data})


def _table(rows, mark):
    return "".join(["title,author\n", *(f"{mark} number {row},Ann Ott\n" for row in range(1, rows + 1))]).encode()


def _numbers(page):
    """What became of the rows: added, skipped, failed."""
    return [int(text.replace(",", "")) for text in page.locator(".sums dd").all_inner_texts()]


def _exported(site, reader, **query):
    """An export as the API gives it: its pages, one after the other."""
    address = f"{site.api}/exports/books?" + "&".join(f"{name}={value}" for name, value in query.items())
    whole = b""
    while address:
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {reader['token']}"})
        with urllib.request.urlopen(request) as answer:
            whole += answer.read()
            link = answer.headers["Link"]
        address = link and site.url + re.search(r"<(?:https?://[^/]+)?([^>]+)>", link)[1]
    return whole


def a_file_is_cut_where_the_api_cuts_it(site):
    """formats/tests/it/cuts.rs holds the API to the same places."""
    files = {name: list((FILES / name).read_bytes()) for name in PLACES}
    found = ask(site, ["split"], """async ({split}) => {
        const found = {};
        for (const [name, data] of Object.entries(%s)) {
            for (const size of [data.length, 1, 7]) {
                const ends = [];
                async function* chunks() { for (let at = 0; at < data.length; at += size) yield new Uint8Array(data.slice(at, at + size)); }
                for await (const part of split.partsOf(chunks(), { rows: 1, bytes: 1 << 20 })) ends.push(part.offset + part.bytes.length);
                (found[name] ||= []).push(ends);
            }
        }
        return found;
    }""" % json.dumps(files))
    for name, ends in PLACES.items():
        check(found[name] == [ends] * 3, f"{name}: {found[name]} instead of {ends}")


def a_goodreads_file_is_tried_then_imported_and_found(site):
    reader = site.reader()
    with site.page("/", reader) as page:
        page.get_by_role("button", name="your account").click()
        page.get_by_role("link", name="Import books").click()
        expect(page.locator("h1")).to_have_text("Books in and out")
        _choose(page, "goodreads.csv", (FILES / "goodreads-review-over-lines.csv").read_bytes())
        expect(page.locator("#became")).to_have_text("goodreads.csv")
        expect(page.locator("#became")).to_be_focused()
        expect(page.locator(".panel")).to_contain_text("Looks like Goodreads. 3 rows.")
        check(_numbers(page) == [2, 0, 1], f"{_numbers(page)}")
        row = page.locator(".tbl tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("2 line 6")
        expect(row).to_contain_text("There is no title.")
        check(b"Six Bells" not in _exported(site, reader, format="csv", owner="me"), "a trial run has written")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as CSV").click()
        check(download.value.suggested_filename == "goodreads.problems.csv", download.value.suggested_filename)
        lines = download.value.path().read_text("utf-8-sig").splitlines()
        check(lines[1] == '"2","6","Failed","title","There is no title.",""', f"{lines}")
        page.get_by_role("button", name="Import 2 books").click()
        expect(page.locator("#became")).to_have_text("2 books are in")
        # Reloaded, the address still says which import it is.
        page.reload()
        expect(page.locator("#became")).to_have_text("2 books are in")
        page.get_by_role("link", name="Earlier").click()
        expect(page.locator(".tbl tbody tr")).to_have_count(2)
        expect(page.locator(".tbl tbody tr").first).to_contain_text("Import, finished")
        site.found("Six Bells")
        page.goto("/search?q=Six+Bells")
        expect(page.locator(".list h2").first).to_have_text("Six Bells")


def a_lost_answer_and_a_closed_tab_double_nothing(site):
    reader, rows = site.reader(), 1_100
    data = _table(rows, "Resumed")
    lost, sent = [], []
    with site.context(reader) as context:
        page = context.new_page()

        def answer(route):
            part = PARTS.search(route.request.url)[1]
            sent.append(part)
            if dry(route):
                return route.continue_()
            # The library gets the first part twice: the first answer is lost. It never hears of the last one.
            if part == "1" and not lost:
                route.fetch()
                lost.append(part)
                return route.abort()
            return route.abort() if part == "3" else route.continue_()

        def dry(route):
            return route.request.url.split("/")[5] in trials

        trials = set()
        page.on("response", lambda answer: answer.request.method == "POST" and answer.url.endswith("/imports") and answer.request.post_data_json["dryRun"]
                and trials.add(answer.json()["id"]))
        page.route("**/parts/*", answer)
        page.goto("/import")
        ready(page)
        _choose(page, "many.csv", data)
        page.get_by_role("button", name="Import 1,100 books").click()
        expect(page.get_by_text("No answer yet")).to_be_visible()
        until(page, "document.querySelector('.sums dd').textContent === '999'")
        expect(page.get_by_text("No answer yet")).to_be_visible()
        axe(page, "waiting")
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text("Paused after row 999")).to_be_visible()
        address = page.url
    check(lost == ["1"] and "of=" in address, f"{lost} {address}")
    with site.context(reader) as context:
        page = context.new_page()
        page.goto(address.removeprefix(site.url))
        expect(page.get_by_role("heading", name="Choose the same file again")).to_be_visible()
        expect(page.locator(".drop")).to_contain_text("It goes on at row 1,000.")
        _choose(page, "many.csv", _table(rows, "Another"))
        expect(page.get_by_role("alert")).to_contain_text("This is not the file that you began with.")
        page.get_by_role("button", name="Another file").click()
        page.goto(address.removeprefix(site.url))
        parts = []
        page.on("request", lambda request: PARTS.search(request.url) and parts.append(PARTS.search(request.url)[1]))
        _choose(page, "many.csv", data)
        expect(page.locator("#became")).to_have_text("1,100 books are in")
        check(_numbers(page) == [rows, 0, 0], f"{_numbers(page)}")
        check(parts == ["2", "3"], f"the parts that were sent: {parts}")
    titles = re.findall(rb"Resumed number \d+", _exported(site, reader, format="csv", owner="me"))
    check(len(titles) == rows == len(set(titles)), f"{len(titles)} books, {len(set(titles))} titles")


def a_busy_library_is_tried_again_and_one_that_had_enough_tomorrow(site):
    with site.page("/import", site.reader()) as page:
        wait, problem = iter(["2", "40000"]), {"status": 429, "code": "too-many-requests"}
        page.route("**/v1/imports", lambda route: route.fulfill(status=429, headers={"Retry-After": next(wait)}, json=problem), times=2)
        _choose(page, "busy.csv", _table(1, "Busy"))
        expect(page.locator(".fault progress")).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("Come back tomorrow")


def packed_files_and_those_of_spreadsheets_come_in(site):
    reader = site.reader()
    wide = (FILES / "utf16le-bom.csv").read_bytes()
    # Half of them in another part.
    lines = _table(600, "Alone").replace(b"\n", b"\r")
    for name, data, added in [("lines.csv", lines, 600), ("packed.csv.gz", gzip.compress(_table(3, "Packed")), 3), ("wide.txt", wide, 2)]:
        with site.page("/import", reader) as page:
            _choose(page, name, data)
            expect(page.locator("#became")).to_have_text(name)
            check(_numbers(page) == [added, 0, 0], f"{name}: {_numbers(page)}")


def what_is_no_list_of_books_is_refused_in_words(site):
    reader = site.reader()
    long = b"title\n\"" + b"x" * 3_000_000
    for name, data, words in [("rubbish.bin", bytes(range(256)) * 9000, "This is no list of books"), ("book.pdf", b"%PDF-1.7\n" + b"\0" * 3_000_000, "This is no list of books"),
                              ("empty.csv", b"", "The file has no books in it."), ("broken.csv.gz", gzip.compress(_table(9000, "x"))[:-900], "The file is damaged"),
                              ("marc.mrk", (FILES / "marc-as-text.mrc").read_bytes(), "save as .mrc"), ("long.csv", long, "longer than a megabyte")]:
        with site.page("/import", reader) as page:
            _choose(page, name, data)
            expect(page.get_by_role("alert")).to_contain_text(words)
            page.get_by_role("button", name="Another file").click()
            expect(page.get_by_text("Choose a file")).to_be_visible()


def the_reader_says_which_column_is_the_title(site):
    with site.page("/import", site.reader(), width=360) as page:
        _choose(page, "<b>Kniha</b>.csv", (FILES / "unknown-header.csv").read_bytes())
        page.get_by_role("button", name="Try it").click()
        expect(page.get_by_text("A book needs a title.")).to_be_visible()
        expect(page.get_by_label("Title")).to_be_focused()
        axe(page, "columns")
        page.get_by_label("Title").select_option("Kniha")
        page.get_by_label("Author (optional)").select_option("Spisovatel")
        page.get_by_role("button", name="Try it").click()
        expect(page.locator("#became")).to_have_text("<b>Kniha</b>.csv")
        check(_numbers(page)[0] == 2, f"{_numbers(page)}")


def an_export_has_the_bytes_of_the_api(site):
    reader = site.reader()
    for title in ["=1+1", "ألف ليلة وليلة", "W" * 60, "Ängste & <b>"]:
        site.book(reader, title=title)
    # The pages are short, so that there are several.
    for kind, label in [("csv", "CSV"), ("jsonl", "JSON lines"), ("marc", "MARC 21"), ("marcxml", "MARCXML")]:
        with site.context(reader) as context:
            # Chromium would ask where to put it.
            context.add_init_script("delete window.showSaveFilePicker; window.showSaveFilePicker = undefined;")
            page = context.new_page()
            asked = []

            def short(route):
                asked.append(route.request.url)
                route.continue_(url=route.request.url if "limit=" in route.request.url else route.request.url + "&limit=2")
            page.route("**/exports/books?*", short)
            page.goto("/export")
            ready(page)
            page.get_by_label("What I added").check()
            page.get_by_label(label).check()
            with page.expect_download() as download:
                page.locator("main form button").click()
            expect(page.locator(".panel")).to_contain_text("The file is complete")
            check(len(asked) >= 2, f"{asked}")
            check(download.value.path().read_bytes() == _exported(site, reader, format=kind, owner="me"), f"{kind} differs")
            axe(page, f"export {kind}")


def an_export_is_written_page_by_page_and_can_be_cancelled(site):
    reader = site.reader()
    for number in range(3):
        site.book(reader, title=f"Page by Page {number}")
    disk = """window.disk = { pieces: [], closed: false, aborted: false };
        window.showSaveFilePicker = async () => ({ createWritable: async () => ({
            write: async (piece) => disk.pieces.push(await piece.text()), close: async () => (disk.closed = true), abort: async () => (disk.aborted = true) }) });"""
    with site.context(reader) as context:
        context.add_init_script(disk)
        page = context.new_page()
        held = []

        def answer(route):
            if "cursor=" in route.request.url and not held:
                held.append(route)
                return route.fulfill(status=429, headers={"Retry-After": "1"}, json={"status": 429})
            route.continue_(url=route.request.url if "limit=" in route.request.url else route.request.url + "&limit=1")
        page.route("**/exports/books?*", answer)
        page.goto("/export")
        ready(page)
        page.get_by_label("What I added").check()
        page.locator("main form button").click()
        expect(page.locator(".panel")).to_contain_text("The library is busy")
        expect(page.locator(".panel")).to_contain_text("The file is complete")
        pieces, closed = page.evaluate("[disk.pieces.length, disk.closed]")
        check(pieces == 3 and closed, f"{pieces} {closed}")
        page.unroute("**/exports/books?*")
        page.route("**/exports/books?*", lambda route: None)
        page.locator("main form button").click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".panel")).to_contain_text("Cancelled. Nothing was saved.")
        check(page.evaluate("disk.aborted"), "the file was not given up")


def a_file_is_chosen_with_the_keyboard(site):
    with site.page("/import", site.reader()) as page:
        # The choice is watched from here on: Chromium would be told too late with the press itself.
        page.on("filechooser", lambda _: None)
        page.locator(".tabs a").last.focus()
        page.keyboard.press("Tab")
        check(page.evaluate("document.activeElement.id") == "file", "the next stop is the file")
        ring = page.evaluate("getComputedStyle(document.querySelector('.drop .btn')).outlineStyle")
        check(ring == "solid", f"the button has no ring: {ring}")
        with page.expect_file_chooser():
            page.keyboard.press("Enter")


def an_import_is_taken_out_again_after_a_question(site):
    reader = site.reader()
    with site.page("/import", reader) as page:
        _choose(page, "wrong.csv", _table(4, "Wrong"))
        page.get_by_role("button", name="Import 4 books").click()
        expect(page.locator("#became")).to_have_text("4 books are in")
        page.get_by_role("button", name="Take these books out again").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Take these 4 books out again?")
        expect(dialog.get_by_role("button", name="Leave them in")).to_be_focused()
        axe(page, "question")
        page.keyboard.press("Escape")
        expect(dialog).not_to_be_visible()
        check(b"Wrong number 1" in _exported(site, reader, format="csv", owner="me"), "the books went without an answer")
        # Two answers are lost on the way.
        lost = []

        def answer(route):
            if route.request.method != "DELETE" or len(lost) >= 2:
                return route.continue_()
            lost.append(route.fetch().status)
            route.abort()
        page.route("**/v1/imports/*", answer)
        page.get_by_role("button", name="Take these books out again").click()
        dialog.get_by_role("button", name="Take these books out again").click()
        out = page.locator(".undo")
        expect(out).to_contain_text("4 books are out again", timeout=30_000)
        expect(out).to_be_focused()
        check(lost == [200, 200], f"{lost}")
        axe(page, "undone")
        page.reload()
        expect(page.locator(".undo")).to_contain_text("4 books are out again")
        check(b"Wrong number" not in _exported(site, reader, format="csv", owner="me"), "books are still there")


def an_earlier_import_is_taken_out_from_the_list(site):
    reader = site.reader()
    with site.page("/import", reader, width=360) as page:
        _choose(page, "earlier.csv", _table(3, "Earlier"))
        page.get_by_role("button", name="Import 3 books").click()
        expect(page.locator("#became")).to_have_text("3 books are in")
    _, found, _ = site.call("GET", "/books?owner=me", token=reader["token"])
    status, _, _ = site.call("PATCH", f"/books/{found['items'][0]['id']}", {"pages": 7}, reader["token"])
    check(status == 200, f"{status}")
    with site.page("/import/earlier", reader, width=360) as page:
        rows = page.locator(".tbl tbody tr")
        expect(rows).to_have_count(2)
        expect(page.get_by_role("button", name="Take these books out again earlier.csv")).to_have_count(1)
        axe(page, "earlier")
        page.get_by_role("button", name="Take these books out again earlier.csv").press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="Take these books out again").press("Enter")
        expect(rows.first).to_contain_text("Import, undone")
        expect(rows.first).to_contain_text("2 books are out again")
        expect(rows.first).to_contain_text("One stays: somebody has changed it.")
        expect(page.get_by_role("button", name="Take these books out again earlier.csv")).to_have_count(0)


def a_librarian_brings_readers_in_and_takes_them_out_again(site):
    librarian = site.librarian()
    rows = "first name,last name,email,card\nHedda,Quist,quist@example.org,Q0001\nNils,Quist,quist@example.org,Q0002\nNobody,,,\n"
    with site.page("/import", site.reader()) as page:
        _choose(page, "readers.csv", rows.encode())
        expect(page.get_by_role("alert")).to_contain_text("librarian")
    with site.page("/import", librarian) as page:
        _choose(page, "readers.csv", rows.encode())
        expect(page.locator(".panel")).to_contain_text("Looks like a table of readers. 3 rows.")
        check(_numbers(page) == [2, 0, 1], f"{_numbers(page)}")
        expect(page.get_by_text("gets a letter to choose a password, once the import is finished")).to_be_visible()
        first = page.get_by_role("table", name="The first rows")
        expect(first.locator("tbody tr")).to_have_count(3)
        expect(first.locator("tbody tr").first).to_contain_text("Hedda")
        said = page.get_by_role("region", name="Worth a look").locator("tbody tr")
        expect(said.first).to_contain_text("Somebody else has this email address: left out.")
        expect(said.last).to_contain_text("There is no card, no email address and no id")
        axe(page, "readers, tried")
        _, found, _ = site.call("GET", "/users?query=Q0001", token=librarian["token"])
        check(found["items"] == [], f"a trial run has written: {found}")
        page.get_by_role("button", name="Bring in 2 readers").click()
        expect(page.locator("#became")).to_have_text("2 readers are in")
        expect(page.get_by_text("gets a letter to choose a password")).to_be_visible()
        expect(page.get_by_role("link", name="Look at them")).to_have_count(0)
        _, found, _ = site.call("GET", "/users?query=Q0002", token=librarian["token"])
        check(found["items"][0]["firstName"] == "Nils" and "email" not in found["items"][0], f"{found}")
        # The same file again: whom the library has is a link.
        page.get_by_role("button", name="Another file").click()
        _choose(page, "readers.csv", rows.encode())
        expect(said.first).to_contain_text("The library has this already.")
        expect(said.first.get_by_role("link", name="See it")).to_have_attribute("href", re.compile("/readers/[0-9a-f-]{36}$"))
        page.go_back()
    with site.page("/import/earlier", librarian) as page:
        page.get_by_role("button", name="Take these readers out again readers.csv").click()
        page.get_by_role("dialog").get_by_role("button", name="Take these readers out again").click()
        expect(page.locator(".undo").first).to_contain_text("2 readers are out again", timeout=30_000)
    _, found, _ = site.call("GET", "/users?query=Q0001", token=librarian["token"])
    check(found["items"] == [], f"{found}")


def books_that_are_here_already_are_filled_and_put_back(site):
    reader = site.reader()
    status, book, _ = site.call("POST", "/books", {"title": "Half Known", "author": "Ann Ott"}, reader["token"])
    check(status == 201, f"{status}")
    exported = _exported(site, reader, format="csv", owner="me").decode("utf-8-sig")
    header, row = exported.split("\r\n")[:2]
    at = header.split(",").index("pages")
    cells = row.split(",")
    cells[at] = "264"
    rows = f"{header}\r\n{','.join(cells)}\r\n".encode()
    pages = lambda: site.call("GET", f"/books/{book['id']}")[1].get("pages")
    with site.page("/import", reader, width=360) as page:
        _choose(page, "mine.csv", rows)
        expect(page.locator("#became")).to_have_text("mine.csv")
        check(_numbers(page) == [0, 1, 0], f"{_numbers(page)}")
        expect(page.get_by_role("group", name="Books that are here already")).to_be_visible()
        page.get_by_label("Fill in what they lack").check()
        axe(page, "duplicates")
        page.get_by_role("button", name="Change these books").click()
        expect(page.locator(".sums")).to_contain_text("updated")
        check(_numbers(page) == [0, 1, 0, 0], f"{_numbers(page)}")
        check(pages() == 264, f"{pages()}")
        expect(page.locator("#became")).to_have_text("One book is changed")
        page.get_by_role("button", name="Put these books back as they were").click()
        page.get_by_role("dialog").get_by_role("button", name="Put these books back as they were").click()
        expect(page.locator(".undo")).to_contain_text("One book is as it was before.")
        check(pages() is None, f"{pages()}")


def a_list_becomes_favorites_and_they_go_again(site):
    reader = site.reader()
    status, book, _ = site.call("POST", "/books", {"title": "Wanted", "author": "Ann Ott", "isbn": "9780000011909"}, reader["token"])
    check(status == 201, f"{status} {book}")
    rows = b"title,author,isbn\nWanted,Ann Ott,9780000011909\nNot here,Ann Ott,9780000011916\n"
    with site.page("/import", reader, width=360) as page:
        page.get_by_label("Add no book. Make favorites of those that the library has.").check()
        _choose(page, "wanted.csv", rows)
        expect(page.locator("#became")).to_have_text("wanted.csv")
        check(_numbers(page) == [1, 1, 0], f"{_numbers(page)}")
        page.get_by_role("button", name="Make one favorite").click()
        expect(page.locator("#became")).to_have_text("One new favorite")
        expect(page.locator(".tbl tbody tr")).to_contain_text("The library has no book with this ISBN.")
        axe(page, "favorites")
        page.get_by_role("link", name="Look at them").click()
        expect(page.locator("main")).to_contain_text("Wanted")
        page.go_back()
        page.get_by_role("button", name="Remove these favorites again").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove these favorites again").click()
        expect(page.locator(".undo")).to_contain_text("One favorite is removed")
    _, found, _ = site.call("GET", "/favorites", token=reader["token"])
    check(found["items"] == [], f"{found}")


def a_row_that_failed_is_mended_in_its_place(site):
    reader = site.reader()
    # The second row stands behind 700 others, in the second part.
    rows = "title,author,pages,country\n" + "".join(f"Long list {row},Ann Ott,,\n" for row in range(700)) + ',"Somebody ""Quoted"", and others",12,The "Far" East\n'
    with site.page("/import", reader, width=360) as page:
        _choose(page, "some.csv", rows.encode())
        page.get_by_role("button", name="Import 700 books").click()
        expect(page.locator("#became")).to_have_text("700 books are in", timeout=30_000)
        page.get_by_role("button", name="Mend it").click()
        form = page.get_by_role("form", name="Row 701")
        expect(form.get_by_label("author")).to_have_value('Somebody "Quoted", and others')
        expect(form.get_by_label("country")).to_have_value('The "Far" East')
        expect(form.get_by_label("title")).to_be_focused()
        axe(page, "mending")
        # Its fault was not mended: it is said again, and what was typed stays.
        form.get_by_label("pages").fill("13")
        with page.expect_response("**/finish"):
            form.get_by_role("button", name="Bring it in").click()
        expect(form.get_by_role("button", name="Bring it in")).not_to_have_attribute("aria-busy", "true")
        row = page.locator(".tbl tbody tr")
        expect(row).to_contain_text("There is no title.")
        form.get_by_label("title").fill("Found again")
        form.get_by_role("button", name="Bring it in").click()
        expect(row).to_contain_text("Added")
        expect(form).to_have_count(0)
        axe(page, "mended")
    found = site.found("Found again")
    check((found[0]["author"], found[0]["pages"]) == ('Somebody "Quoted", and others', 13), f"{found[0]}")


def what_a_list_of_isbns_lacks_is_looked_up(site):
    editions = {isbn: {"title": title, "authors": [{"name": "Ann Ott"}], "identifiers": {"isbn_13": [isbn]}}
                for isbn, title in [("9780000010445", "Found by Number"), ("9780000010452", "Found as Well")]}
    with catalogue(editions) as address, \
         site.with_library(Library("--no-usage-plans", "--library-address", "127.0.0.0/8", "--bare", "--metadata-source", f"openlibrary={address}")), \
         site.page("/import", site.reader(), width=360) as page:
        _choose(page, "list.txt", (FILES / "isbn-list.txt").read_bytes())
        expect(page.locator("#became")).to_have_text("list.txt")
        check(_numbers(page) == [0, 0, 4], f"{_numbers(page)}")
        look_up = page.get_by_role("button", name="Look up missing titles and authors")
        axe(page, "a list of ISBNs")
        look_up.click()
        expect(page.locator(".sums dd").first).to_have_text("2")
        check(_numbers(page) == [2, 0, 2], f"{_numbers(page)}")
        expect(look_up).to_have_count(0)
        expect(page.locator(".tbl tbody tr").first).to_contain_text("What the row does not say was looked up.")
        page.get_by_role("button", name="Import 2 books").click()
        expect(page.locator("#became")).to_have_text("2 books are in")
        check(site.found("Found by Number")[0]["author"] == "Ann Ott", "it has no author")


def the_reader_says_how_a_file_is_read(site):
    rows = "title,author\rCafé Noël,André Sulc\r".encode("mac_roman").replace(b"\r", b"\n")
    with site.page("/import", site.reader(), width=360) as page:
        _choose(page, "old.csv", rows)
        expect(page.locator("#became")).to_have_text("old.csv")
        page.get_by_role("button", name="Read it in another way").click()
        page.get_by_label("The file is").select_option("MARC 21")
        page.get_by_role("button", name="Try it").click()
        expect(page.get_by_role("alert")).to_contain_text("This is no list of books")
        page.get_by_role("button", name="Read it in another way").click()
        expect(page.get_by_label("The file is")).to_have_value("marc")
        axe(page, "how it is read")
        page.get_by_label("The file is").select_option("as guessed")
        page.get_by_label("Its letters are in").select_option("Mac Roman")
        page.get_by_role("button", name="Try it").click()
        page.get_by_role("button", name="Import one book").click()
        expect(page.locator("#became")).to_have_text("One book is in")
    check(site.found("Café Noël")[0]["author"] == "André Sulc", "its letters are others")
