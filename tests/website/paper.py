"""What the desk prints, as the PDF that a printer gets: the size of the pages, where things are on them, and every code read back."""

import contextlib
import re

import pypdfium2
import zxingcpp
from playwright.sync_api import expect

from .access import axe
from .browser import check, settled, until
from .desk_pages import _book, _do, _lend, _librarian, _reader

MM = 25.4 / 72
DPI = 300
A4, LETTER = (210, 297), (215.9, 279.4)

# The place of each label: columns, rows, size, what is above and beside the first, and the gap between columns. In millimetres.
SHEETS = {"3x8": (3, 8, 70, 37, 0.5, 0, 0, A4), "4x10": (4, 10, 48.5, 25.4, 21.5, 8, 0, A4), "3x10": (3, 10, 66.675, 25.4, 12.7, 4.7625, 3.175, LETTER)}


@contextlib.contextmanager
def _print_page(site, reader=None, **options):
    with site.page("/print", reader or _librarian(site), **options) as page:
        page.evaluate("() => { window.printed = 0; window.print = () => { printed += 1; }; }")
        yield page


def _printed(page, times=1):
    """Presses the button, and returns the pages of the PDF, where each code is in the page, and the places in the page itself."""
    page.locator(".btn.main").click()
    until(page, f"printed === {times}")
    page.emulate_media(media="print")
    places = page.evaluate("""() => {
        const mm = (rect, page) => [rect.x - page.x, rect.y - page.y, rect.width, rect.height].map((pixels) => pixels / 96 * 25.4);
        return [...document.querySelectorAll(".sheet > .page")].map((page) => {
            const whole = page.getBoundingClientRect();
            const of = (selector) => [...page.querySelectorAll(selector)].map((element) => mm(element.getBoundingClientRect(), whole));
            return {
                labels: of(".lab, .rcard, .call1"),
                filled: [...page.querySelectorAll(".lab")].map((label) => label.children.length > 0),
                codes: [...page.querySelectorAll("[data-code]")].map((code) => ({ text: code.dataset.code, at: mm(code.getBoundingClientRect(), whole) })),
                over: [...page.querySelectorAll("[data-code]")].filter((code) => {
                    const [inner, outer] = [code.getBoundingClientRect(), code.closest(".lab, .rcard, .call1, .cmd").getBoundingClientRect()];
                    return inner.left < outer.left - 20 || inner.right > outer.right + 1 || inner.bottom > outer.bottom + 1;
                }).length,
            };
        });
    }""")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    page.emulate_media(media="screen")
    return _pages(pdf), places


def _pages(pdf):
    """The size of each page in millimetres, its text, and the codes on it with the middle of each."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        width, height = page.get_size()
        bitmap = page.render(scale=DPI / 72, grayscale=True)
        grey = memoryview(bytes(bitmap.buffer)).cast("B", shape=(bitmap.height, bitmap.stride))
        codes = []
        for code in zxingcpp.read_barcodes(grey):
            corners = [code.position.top_left, code.position.top_right, code.position.bottom_left, code.position.bottom_right]
            middle = [sum(getattr(corner, axis) for corner in corners) / 4 / DPI * 25.4 for axis in "xy"]
            codes.append((code.text, code.format.name, middle))
        found.append({"size": (width * MM, height * MM), "text": page.get_textpage().get_text_bounded(), "codes": codes})
    return found


def _hold(pages, places, size, tolerance=0.5):
    """Each page is a sheet, and each code is read back where the page has it."""
    check(len(pages) == len(places), f"{len(pages)} pages for {len(places)} sheets")
    for page, place in zip(pages, places):
        check(all(abs(one - other) < 0.2 for one, other in zip(page["size"], size)), f"{page['size']}")
        check(place["over"] == 0, f"a code runs over its edge: {place['codes']}")
        read = sorted((text, [round(at) for at in middle]) for text, _, middle in page["codes"])
        check(sorted(text for text, _ in read) == sorted(code["text"] for code in place["codes"]), f"{read} for {place['codes']}")
        for code in place["codes"]:
            x, y, width, height = code["at"]
            nearest = min((max(abs(middle[0] - x - width / 2), abs(middle[1] - y - height / 2)) for text, _, middle in page["codes"] if text == code["text"]))
            check(nearest < tolerance + 0.3, f"{code['text']} is {nearest:.2f} mm beside its place")


def _choose(page, label):
    page.locator(".choice label").filter(has_text=label).first.click()


def _pick(page, text, known):
    field = page.get_by_label(re.compile("^Which"))
    field.fill(text)
    field.press("Enter")
    expect(page.locator(".chosen")).to_contain_text(known)


def _places(sheet):
    columns, rows, width, height, top, side, gap, _ = SHEETS[sheet]
    return [(side + column * (width + gap), top + row * height, width, height) for row in range(rows) for column in range(columns)]


def _labels_are_in_place(place, sheet):
    for label, wanted in zip(place["labels"], _places(sheet)):
        check(all(abs(one - other) < 0.5 for one, other in zip(label, wanted)), f"{sheet}: {label} is not at {wanted}")


def dk68_the_first_free_label_is_skipped_on_the_first_sheet_alone(site):
    book = _book(site, "Middlemarch", author="George Eliot", copies=24)
    with _print_page(site, theme="dark") as page:
        _pick(page, book["isbn"], "Middlemarch")
        page.get_by_label("First free label").fill("5")
        expect(page.locator("#first-hint")).to_have_text("4 are used up already.")
        expect(page.locator(".btn.main")).to_have_text("Print 2 sheets")
        pages, places = _printed(page)
        _hold(pages, places, A4)
        check([len(sheet["codes"]) for sheet in pages] == [20, 4], f"{[len(sheet['codes']) for sheet in pages]}")
        check(places[0]["filled"] == [False] * 4 + [True] * 20, f"{places[0]['filled']}")
        check(places[1]["filled"] == [True] * 4, f"{places[1]['filled']}")
        for place in places:
            _labels_are_in_place(place, "3x8")
        # What is printed is gone; ninety-nine labels follow each other on five sheets, from the first one on.
        expect(page.locator(".sheet")).to_have_count(0)
        page.get_by_label("First free label").fill("1")
        page.get_by_label(re.compile("^Labels for")).fill("99")
        pages, places = _printed(page, 2)
        _hold(pages, places, A4)
        check([len(sheet["codes"]) for sheet in pages] == [24, 24, 24, 24, 3], f"{[len(sheet['codes']) for sheet in pages]}")
        for wrong in ["0", "25", "x", ""]:
            page.get_by_label("First free label").fill(wrong)
            expect(page.locator("#first-hint")).to_have_text("A number from 1 to 24.")
            expect(page.locator(".btn.main")).to_be_disabled()


def each_sheet_of_labels_has_its_measures_and_its_codes(site):
    """With titles that are as long as they may be, and in all scripts."""
    books = [_book(site, "W" * 200, author="W" * 64, shelfMark="FIC LEG 3 XL"), _book(site, "قصة", author="نجيب محفوظ"), _book(site, "<b>&", author="'\"")]
    barcode = "2041AB7"
    _do(site, "PUT", f"/books/{books[1]['id']}/barcodes/{barcode}")
    with _print_page(site) as page:
        for book in books:
            _pick(page, book["isbn"], book["title"][:20])
        for count, (sheet, label) in enumerate([("3x8", "3 × 8"), ("4x10", "4 × 10"), ("3x10", "square codes")], 1):
            _choose(page, label)
            pages, places = _printed(page, count)
            _hold(pages, places, SHEETS[sheet][-1])
            _labels_are_in_place(places[0], sheet)
            texts = [code["text"] for code in places[0]["codes"]]
            if sheet == "3x10":
                check(texts == [f"{site.url}/books/{book['id']}" for book in books], f"{texts}")
                check({kind for _, kind, _ in pages[0]["codes"]} == {"QRCode"}, f"{pages[0]['codes']}")
            else:
                check(texts == [books[0]["isbn"], barcode, books[2]["isbn"]], f"{texts}")


def dk69_a_code_that_is_too_long_for_a_label_is_refused_and_another_sheet_is_proposed(site):
    book, long = _book(site, "Long Code"), "AB" + "X1" * 15
    fits = _book(site, "Nine Letters")
    for one, barcode in [(book, long), (fits, "ABCDEFGH9"), (fits, "123456789012345678")]:
        _do(site, "PUT", f"/books/{one['id']}/barcodes/{barcode}")
    with _print_page(site) as page:
        _pick(page, fits["isbn"], fits["title"])
        for count, label in enumerate(["3 × 8", "4 × 10"], 1):
            _choose(page, label)
            pages, places = _printed(page, count)
            _hold(pages, places, A4)
        _pick(page, book["isbn"], book["title"])
        note = page.locator(".printing .note")
        expect(note).to_contain_text("A code is too long for this label")
        expect(page.locator(".btn.main")).to_be_disabled()
        axe(page, "print, too long")
        note.get_by_role("button").click()
        expect(note).to_have_count(0)
        pages, places = _printed(page, 3)
        _hold(pages, places, LETTER)
        check(len(pages[0]["codes"]) == 3, f"{pages}")


def a_book_without_a_number_gets_one_of_the_library(site):
    book = site.book(_librarian(site), title=f"No Number {next(site.count)}")
    with _print_page(site) as page:
        _pick(page, book["title"], book["title"])
        pages, places = _printed(page)
        _hold(pages, places, A4)
        [code] = places[0]["codes"]
        check(re.fullmatch(r"29\d{11}", code["text"]), f"{code}")
        check(_do(site, "GET", f"/books/{book['id']}/barcodes")["items"] == [{"barcode": code["text"]}], "it is another number")
        # Printed again, it is the same.
        pages, places = _printed(page, 2)
        check([code["text"]] == [again["text"] for again in places[0]["codes"]], f"{places}")


def readers_cards_are_read_back_whatever_is_on_them(site):
    readers = [_reader(site), _reader(site, firstName="Maximiliane-Theresia Wilhelmina", lastName="Featherstonehaugh-Cholmondeley von Hohenstein"),
               _reader(site, firstName="عائشة", lastName="محمود", card=f"ABCDEFGHIJKLMN{next(site.count):04d}"), _reader(site, card=f"{'AB1' * 9}{next(site.count):05d}")]
    with _print_page(site) as page:
        _choose(page, "Readers’ cards")
        for reader in readers:
            _pick(page, reader["card"], reader["card"])
        for count, (label, size) in enumerate([("A4, ten", A4), ("Letter, eight", LETTER)], 1):
            _choose(page, label)
            pages, places = _printed(page, count)
            _hold(pages, places, size)
            check([code["text"] for code in places[0]["codes"]] == [reader["card"] for reader in readers], f"{places[0]['codes']}")
            left, top = (20, 13.5) if size == A4 else (22.95, 31.7)
            for index, card in enumerate(places[0]["labels"]):
                wanted = (left + index % 2 * 85, top + index // 2 * 54, 85, 54)
                check(all(abs(one - other) < 0.5 for one, other in zip(card, wanted)), f"{card} is not at {wanted}")


def the_counter_sheet_has_the_orders_of_the_desk(site):
    with _print_page(site) as page:
        _choose(page, "Counter sheet")
        pages, places = _printed(page)
        _hold(pages, places, A4)
        check({text for text, _, _ in pages[0]["codes"]} == {".done", ".print", ".undo", ".renew", ".help", ".1", ".2", ".3"}, f"{pages[0]['codes']}")


def call_slips_are_four_on_a_page(site):
    books = [_book(site, "Fetch", author="Somebody", shelfMark="F ALI THE") for _ in range(5)]
    reader = _reader(site)
    for book in books:
        site.reserve(reader, book)
    with _print_page(site) as page:
        _choose(page, "Call slips")
        expect(page.get_by_role("status").filter(has_text="to be fetched")).to_be_visible()
        pages, places = _printed(page)
        _hold(pages, places, A4)
        texts = " ".join(sheet["text"] for sheet in pages)
        for book in books:
            check(book["isbn"] in texts and book["title"] in texts, f"{book['title']} is on no slip")
        check("F ALI THE" in texts and reader["lastName"] in texts and f"…{reader['card'][-4:]}" in texts, texts)
        for index, slip in enumerate(places[0]["labels"]):
            wanted = (index % 2 * 105, index // 2 * 148.5, 105, 148.5)
            check(all(abs(one - other) < 0.5 for one, other in zip(slip, wanted)), f"{slip} is not at {wanted}")


def letters_on_paper_are_one_a_reader_with_the_address_in_the_window(site):
    reader = _reader(site)
    books = [_book(site, "Late") for _ in range(2)]
    for book in books:
        _lend(site, reader, book)
    loans = site.call("GET", f"/reservations?reader={reader['id']}", token=_librarian(site)["token"])[1]
    for loan in loans["items"]:
        loan |= {"dueOn": "2026-01-05", "dueAt": "2026-01-05T23:59:59.999Z", "reader": reader["id"]}
    with _print_page(site) as page:
        page.route("**/v1/reservations?overdue=true*", lambda route: route.fulfill(json={"items": loans["items"]}))
        _choose(page, "Overdue letters")
        expect(page.get_by_role("status").filter(has_text="Nobody is late.")).to_be_visible()
        _choose(page, "All who are late")
        expect(page.get_by_role("status").filter(has_text="One reader is late.")).to_be_visible()
        # Each is noted, though one has come back meanwhile.
        back = f"**/v1/reservations/{loans['items'][0]['id']}/letters"
        page.route(back, lambda route: route.fulfill(status=409, json={"status": 409, "code": "returned", "title": "Conflict"}))
        with page.expect_response(lambda answer: answer.url.endswith("/letters") and answer.status == 200):
            pages, places = _printed(page)
        _hold(pages, places, A4)
        for words in [*(book["title"] for book in books), "2 books are late", "Monday 5 January", reader["lastName"], reader["card"]]:
            check(words in pages[0]["text"], f"{words} is not in {pages[0]['text']}")


def axe_finds_nothing_on_the_page_that_prints(site):
    book = _book(site, "W" * 180, author="A" * 64)
    for theme, width in [("light", 1280), ("dark", 768), ("light", 360), ("dark", 320)]:
        with _print_page(site, theme=theme, width=width, reduced_motion="reduce") as page:
            settled(page)
            _pick(page, book["isbn"], "WWW")
            axe(page, f"print {theme} {width}")
            for kind in ["Readers’ cards", "Call slips", "Overdue letters", "Counter sheet"]:
                _choose(page, kind)
                settled(page)
                axe(page, f"print {kind} {theme} {width}")
