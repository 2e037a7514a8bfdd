"""Finding books by words: suggestions, what was corrected, filters, and the barcode before a camera."""

import re
import tempfile
import time

from playwright.sync_api import expect

from .access import axe
from .browser import check, chromium, heading, ready

LEFT = ["0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011"]
PARITIES = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"]


def field(page):
    return page.get_by_role("combobox", name="Title, author or ISBN")


def options(page):
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def words_of_a_title_and_of_an_author_find_a_book(site):
    site.found("austen emma")
    with site.page("/search?q=austen+emma") as page:
        expect(heading(page)).to_contain_text("Books for")
        expect(page.locator(".list li").first).to_contain_text("Emma")


def a_correction_is_said_and_leads_back_to_the_words(site):
    site.found("christmas carol")
    with site.page("/search?q=christmas+carrol") as page:
        expect(page.locator(".list li").first).to_contain_text("Christmas Carol")
        expect(page.locator(".said")).to_contain_text("As typed, nothing is found. These have Carol instead of “⁨carrol⁩”.")
        page.get_by_role("button", name="Change the words").click()
        expect(field(page)).to_be_focused()
        axe(page, "a correction")


def a_word_that_was_left_out_is_said_and_can_be_searched_alone(site):
    site.found("wuthering")
    with site.page("/search?q=wuthering+zzyzxia") as page:
        expect(page.locator(".said")).to_contain_text("Left out: zzyzxia")
        page.get_by_role("link", name="Search for “⁨zzyzxia⁩” alone").click()
        expect(heading(page)).to_contain_text("No book for")
        expect(page.get_by_role("link", name="Look in the old books")).to_be_visible()


def suggestions_are_walked_by_arrows_and_chosen_by_enter(site):
    site.found("wuthering")
    for width in (1280, 360):
        with site.page("/", width=width) as page:
            field(page).press_sequentially("wuth")
            option = options(page)
            expect(option).to_have_text("wuthering")
            expect(field(page)).to_have_attribute("aria-expanded", "true")
            field(page).press("ArrowDown")
            expect(option).to_have_attribute("aria-selected", "true")
            check(field(page).get_attribute("aria-activedescendant") == option.get_attribute("id"), "the field says which is active")
            axe(page, "suggestions")
            field(page).press("Escape")
            expect(option).to_have_count(0)
            check(field(page).input_value() == "wuth", "Escape closes the list and keeps the words")
            field(page).press_sequentially("e")
            expect(option).to_have_text("wuthering")
            field(page).press("ArrowUp")
            field(page).press("Enter")
            page.wait_for_url("**/search?q=wuthering")
            expect(page.locator(".list li").first).to_contain_text("Wuthering Heights")


def a_suggestion_is_chosen_by_a_press(site):
    site.found("wuthering heights")
    with site.page("/search", width=360) as page:
        field(page).press_sequentially("wuthering hei")
        options(page).get_by_text("wuthering heights").click()
        page.wait_for_url("**/search?q=wuthering+heights")
        expect(page.locator(".list li")).to_have_count(1)


def wb25_suggestions_that_come_late_stay_closed(site):
    with site.page("/") as page:
        page.route("**/v1/search/suggest?*", lambda route: (page.wait_for_timeout(2000), route.fulfill(json={"items": ["emma"]})))
        with page.expect_request("**/v1/search/suggest?*"):
            field(page).press_sequentially("emm")
        field(page).press("Enter")
        page.wait_for_url("**/search?q=emm")
        page.wait_for_timeout(2500)
        expect(field(page)).to_have_attribute("aria-expanded", "false")
        expect(options(page)).to_have_count(0)


def a_field_without_suggestions_still_searches(site):
    site.found("wuthering")
    with site.page("/") as page:
        page.route("**/v1/search/suggest?*", lambda route: route.abort())
        field(page).press_sequentially("wuthering")
        field(page).press("Enter")
        expect(page.locator(".list li").first).to_contain_text("Wuthering Heights")


def filters_stand_in_the_address_and_back_restores_them(site):
    owner = site.librarian()
    for year, language in [(1901, "German"), (1902, "French")]:
        site.book(owner, title="Quizzical Filters", publicationYear=year, language=language)
    check(len(site.found("quizzical filters")) >= 1, "found")
    with site.page("/search?q=quizzical+filters") as page:
        expect(page.locator(".list li")).to_have_count(2)
        page.get_by_label("Language", exact=True).fill("german")
        page.get_by_role("button", name="Show these").click()
        expect(page.locator(".list li")).to_have_count(1)
        check("language=german" in page.url, page.url)
        page.get_by_label("Written").fill("in 1902")
        page.get_by_role("button", name="Show these").click()
        expect(page.get_by_label("Written")).to_be_focused()
        expect(page.locator("#f-hint")).to_contain_text("A year has one to four digits")
        page.get_by_label("Written").fill("1902")
        page.get_by_role("button", name="Show these").click()
        expect(page.locator(".empty")).to_contain_text("with these filters")
        page.get_by_role("link", name="Search without filters").click()
        expect(page.locator(".list li")).to_have_count(2)
        page.go_back()
        expect(page.get_by_label("Written")).to_have_value("1902")
        expect(page.locator(".chip")).to_have_count(2)


def old_books_are_found_by_words(site):
    owner = site.librarian()
    old = site.book(owner, title="A Tale of Vanished Lanterns")
    status, _, _ = site.call("POST", f"/books/{old['id']}/archive", {}, owner["token"])
    check(status == 200, "the book goes into the archive")
    deadline = time.monotonic() + 20
    while not site.call("GET", "/archive/search?q=lanterns+vanished")[1]["items"]:
        check(time.monotonic() < deadline, "the old book is found")
        time.sleep(0.1)
    with site.page("/old-books?q=vanished+lantrens") as page:
        expect(page.locator(".list li")).to_contain_text("A Tale of Vanished Lanterns")
        expect(page.locator(".said")).to_contain_text("These have Lanterns")


def an_isbn_with_a_slip_is_told(site):
    with site.page("/search?q=978-0-14-143958-8") as page:
        expect(page.locator(".empty")).to_contain_text("This ISBN has a slip")


def a_camera_reads_the_barcode_of_a_book(site):
    with tempfile.NamedTemporaryFile(suffix=".y4m") as film:
        film.write(_film("9780141439587"))
        film.flush()
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--use-fake-ui-for-media-stream",
                 "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film.name}"]
        browser = site.playwright.chromium.launch(executable_path=chromium(), args=flags)
        page = browser.new_page(base_url=site.url, viewport={"width": 360, "height": 740})
        page.goto("/search")
        ready(page)
        page.get_by_role("button", name="Scan a barcode").click()
        page.wait_for_url("**/search?q=9780141439587")
        expect(page.get_by_role("link", name="Emma")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        browser.close()


def a_camera_that_is_refused_is_no_dead_end(site):
    with site.page("/search", width=360) as page:
        page.get_by_role("button", name="Scan a barcode").click()
        dialog = page.get_by_role("dialog", name="Scan a barcode")
        expect(dialog.get_by_role("status")).to_contain_text(re.compile("may not use the camera|No camera can be used"))
        axe(page, "the camera")
        dialog.get_by_role("button", name="Type it instead").click()
        expect(dialog).to_have_count(0)


def _film(digits, width=640, height=480, module=4):
    """A film of one picture: a barcode (EAN-13), white beside it."""
    bits = "101"
    for digit, parity in zip(digits[1:7], PARITIES[int(digits[0])]):
        right = "".join("10"[int(bit)] for bit in LEFT[int(digit)])
        bits += LEFT[int(digit)] if parity == "L" else right[::-1]
    bits += "01010" + "".join("".join("10"[int(bit)] for bit in LEFT[int(digit)]) for digit in digits[7:]) + "101"
    line = bytes(16 if bit == "1" else 235 for bit in bits for _ in range(module))
    margin = (width - len(line)) // 2
    row = bytes([235]) * margin + line + bytes([235]) * (width - margin - len(line))
    white = bytes([235]) * width
    picture = white * 120 + row * (height - 240) + white * 120 + bytes([128]) * (width * height // 2)
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + b"FRAME\n" + picture
