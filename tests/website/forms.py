"""Forms: what is wrong is said beside the field, what was typed stays, and a press counts once."""

import struct
import tempfile
import time
import urllib.request
import zlib

from library import Library
from playwright.sync_api import expect

from .access import axe
from .browser import check, heading, settled, until
from .catalogues import catalogue


def wb23_a_key_that_only_composes_does_nothing(site):
    with site.page("/search") as page:
        box = page.get_by_role("combobox", name="Title, author or ISBN")
        box.fill("図書館")
        before = page.url
        for key in ("Enter", "ArrowDown", "Escape"):
            box.evaluate("""(box, key) => box.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode: 229, isComposing: true, bubbles: true, cancelable: true }))""", key)
        page.wait_for_timeout(100)
        check(page.url == before and box.input_value() == "図書館", page.url)


def wb26_the_name_is_folded_and_the_phone_leaves_it_alone(site):
    reader = site.reader()
    for typed in (f" {reader['email'].upper()} ", f" {reader['username']}"):
        with site.page("/sign-in") as page:
            for attribute, value in [("autocapitalize", "none"), ("autocorrect", "off"), ("spellcheck", "false"), ("autocomplete", "username")]:
                check(page.get_attribute("#login", attribute) == value, attribute)
            page.fill("#login", typed)
            page.fill("#password", reader["password"])
            page.locator("main").get_by_role("button", name="Sign in").click()
            expect(page.get_by_role("button", name="your account")).to_be_visible()


def wb27_password_managers_find_one_name_and_the_right_passwords(site):
    with site.page("/sign-up") as page:
        fields = page.evaluate("[...document.querySelectorAll('main form input')].map((input) => [input.id, input.autocomplete])")
        check([name for name, fill in fields if fill == "username"] == ["email"], f"{fields}")
        check(dict(fields)["password"] == "new-password", f"{fields}")
        check(page.locator("main form button[type=submit]").count() == 1, "no button submits")
    with site.page("/account", site.reader()) as page:
        fields = page.evaluate("[...document.querySelectorAll('section#password input')].map((input) => [input.name, input.autocomplete])")
        check([fill for _, fill in fields] == ["username", "current-password", "new-password"], f"{fields}")


def _slow(page, pattern, seconds=1.0):
    """Makes calls slow, and counts them."""
    calls = []

    def later(route):
        if route.request.method == "GET":
            return route.continue_()
        calls.append(route.request)
        time.sleep(seconds)
        route.continue_()
    page.route(pattern, later)
    return calls


def wb28_a_press_counts_once(site):
    librarian = site.librarian()
    book = site.book(librarian, title="Pressed Twice")
    with site.page(f"/books/{book['id']}", site.reader()) as page:
        calls = _slow(page, "**/v1/books/*/reservations")
        button = page.get_by_role("button", name="Reserve a copy")
        expect(button).to_be_enabled()
        button.dblclick()
        for _ in range(3):
            page.keyboard.press("Enter")
        expect(page.locator("#have")).to_have_text("Ready for you")
        check(len(calls) == 1, f"{len(calls)} reservations")
    with site.page("/books/new", site.reader()) as page:
        calls = _slow(page, "**/v1/books")
        page.fill("#title", "Added Once")
        page.fill("#author", "Me")
        button = page.get_by_role("button", name="Put it on the shelf")
        button.dblclick()
        expect(heading(page)).to_have_text("Added Once")
        check(len(calls) == 1, f"{len(calls)} books")
    check(len(site.call("GET", "/books?title=Added%20Once")[1]["items"]) == 1, "two books")


def wb28_a_busy_button_keeps_its_name_and_the_focus(site):
    book = site.book(site.librarian(), title="Slow Heart")
    with site.page(f"/books/{book['id']}", site.reader()) as page:
        heart = page.get_by_role("button", name="Save", exact=True)
        expect(heart).to_be_enabled()
        page.route("**/v1/favorites/*", lambda route: page.evaluate("window.pressed = true") and route.continue_())
        heart.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Saved")).to_be_focused()


def wb29_every_problem_is_beside_its_field_and_nothing_is_lost(site):
    with site.page("/books/new", site.reader()) as page:
        page.fill("#isbn", "978014144114")
        page.fill("#publicationYear", "18470")
        page.fill("#country", "France")
        page.get_by_role("button", name="Put it on the shelf").click()
        for field, words in [("isbn", "12 digits"), ("title", "needs a title"), ("author", "Who wrote it"), ("publicationYear", "A year is a number")]:
            expect(page.locator(f"#{field}-problem")).to_contain_text(words)
            expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
            check(f"{field}-problem" in page.get_attribute(f"#{field}", "aria-describedby"), field)
        expect(page.locator(".note li")).to_have_count(4)
        expect(page.locator("#isbn")).to_be_focused()
        expect(page.locator("#country")).to_have_value("France")
        page.locator(".note a").nth(1).click()
        expect(page.locator("#title")).to_be_focused()


def wb29_what_the_api_finds_wrong_is_shown_too(site):
    with site.page("/books/new", site.reader()) as page:
        page.fill("#title", "Refused by the Library")
        page.fill("#author", "Me")
        page.route("**/v1/books", lambda route: route.fulfill(status=400, json={
            "status": 400, "code": "invalid-input", "title": "The request is not valid", "detail": "…",
            "errors": [{"pointer": "/country", "detail": "is too long"}, {"pointer": "/unknownField", "detail": "is odd"}]}))
        page.get_by_role("button", name="Put it on the shelf").click()
        expect(page.locator("#country-problem")).to_contain_text("At most 100 letters")
        expect(page.locator(".note")).to_contain_text("is odd")
        expect(page.locator("#author")).to_have_value("Me")


def wb30_a_day_is_the_same_everywhere(site):
    reader = site.reader()
    book = site.book(reader, title="Born in May", releaseDate="2024-05-31", publicationYear=1983)
    for zone in ("Pacific/Niue", "Pacific/Kiritimati"):
        with site.page(f"/books/{book['id']}", reader, timezone_id=zone) as page:
            expect(page.locator(".card")).to_contain_text("31 May 2024")
            page.goto(f"/books/{book['id']}/edit")
            expect(page.locator("#releaseDate")).to_have_value("2024-05-31")
            expect(page.locator("#publicationYear")).to_have_value("1983")


def wb31_what_is_no_picture_is_refused_and_the_old_one_stays(site):
    with site.page("/account", site.reader()) as page:
        before = page.get_attribute("img.face", "src")
        page.set_input_files("#file", {"name": "text.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
        expect(page.locator("#picture .note")).to_contain_text("is not a picture that we can read")
        check(page.get_attribute("img.face", "src") == before, "the picture has changed")
        drawn = page.evaluate("""async () => {
            const canvas = Object.assign(document.createElement("canvas"), { width: 600, height: 300 });
            canvas.getContext("2d").fillRect(0, 0, 300, 300);
            return new Promise((done) => canvas.toBlob(async (blob) => done([...new Uint8Array(await blob.arrayBuffer())]), "image/png"));
        }""")
        page.set_input_files("#file", {"name": "half.png", "mimeType": "image/png", "buffer": bytes(drawn)})
        page.locator(".stage").focus()
        page.keyboard.press("ArrowRight")
        page.get_by_role("button", name="Use this picture").click()
        expect(page.locator("img.face")).to_be_visible()
        wide = page.evaluate("new Promise((done) => { const image = new Image(); image.onload = () => done(image.naturalWidth); image.src = document.querySelector('img.face').src; })")
        check(wide == 256, f"{wide}")


def _drawing(page, kind):
    """A picture of 600 by 300 whose left half is black."""
    return bytes(page.evaluate("""async (kind) => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 600, height: 300 }), pen = canvas.getContext("2d");
        pen.fillStyle = "white";
        pen.fillRect(0, 0, 600, 300);
        pen.fillStyle = "black";
        pen.fillRect(0, 0, 300, 300);
        return new Promise((done) => canvas.toBlob(async (blob) => done([...new Uint8Array(await blob.arrayBuffer())]), kind));
    }""", kind))


def _turned(jpeg, orientation):
    """The same picture, with an orientation in its Exif."""
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def _blank_png(side):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = zlib.compress(b"\0" * ((side + 7) // 8 + 1) * side)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def wb31_a_turned_photo_is_upright_in_the_preview_and_in_the_end(site):
    # The darkness of the middle of the upper and of the lower half, once it is drawn.
    look = """(source) => { const canvas = Object.assign(document.createElement("canvas"), { width: 100, height: 100 });
        const pen = canvas.getContext("2d", { willReadFrequently: true });
        pen.drawImage(source, 0, 0, 100, 100);
        const [upper, lower] = [20, 80].map((y) => pen.getImageData(50, y, 1, 1).data);
        return upper[3] && lower[3] ? [upper[0] < 128, lower[0] < 128] : null; }"""
    for orientation, dark in [(6, [True, False]), (8, [False, True])]:
        with site.page("/account", site.reader()) as page:
            jpeg = _turned(_drawing(page, "image/jpeg"), orientation)
            page.set_input_files("#file", {"name": "turned.jpg", "mimeType": "image/jpeg", "buffer": jpeg})
            expect(page.locator(".stage canvas")).to_be_visible()
            shown = until(page, f"({look})(document.querySelector('.stage canvas'))")
            check(shown == dark, f"the preview of orientation {orientation}: {shown}")
            page.get_by_role("button", name="Use this picture").click()
            until(page, "document.querySelector('img.face')?.naturalWidth === 256")
            kept = page.locator("img.face").evaluate(look)
            check(kept == dark, f"the picture of orientation {orientation}: {kept}")


def wb31_a_picture_that_is_too_large_or_of_an_unknown_kind_is_refused_with_its_reason(site):
    heic = struct.pack(">I", 24) + b"ftypheic" + b"\0\0\0\0mif1heic" + b"\0" * 1000
    with site.page("/account", site.reader()) as page:
        before = page.get_attribute("img.face", "src")
        for name, kind, data, why in [("photo.heic", "image/heic", heic, "is not a picture that we can read"),
                                      ("huge.png", "image/png", _blank_png(12_000), "huge.png")]:
            page.set_input_files("#file", {"name": name, "mimeType": kind, "buffer": data})
            expect(page.locator("#picture .note")).to_contain_text(why)
            check(page.get_attribute("img.face", "src") == before, "the picture has changed")
        # What a camera adds does not matter: 20 MB, of which the page sends a small square.
        heavy = _drawing(page, "image/jpeg") + b"\0" * 20_000_000
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            file.write(heavy)
            file.flush()
            page.set_input_files("#file", file.name)
            page.get_by_role("button", name="Use this picture").click()
            until(page, "document.querySelector('img.face')?.naturalWidth === 256")


def wb31_a_large_picture_never_stops_the_page_and_leaves_no_address_behind(site):
    with site.context(site.reader()) as context:
        context.add_init_script("""
            window.addresses = new Set();
            const [make, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
            URL.createObjectURL = (file) => { const address = make(file); addresses.add(address); return address; };
            URL.revokeObjectURL = (address) => { addresses.delete(address); revoke(address); };
            window.long = [];
            new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) long.push(duration); }).observe({ type: "longtask" });
        """)
        page = context.new_page()
        page.goto("/account")
        settled(page)
        large, times = _blank_png(7_000), []
        page.evaluate("() => { setTimeout(() => { const began = performance.now(); while (performance.now() - began < 250); }); }")
        until(page, "long.some((duration) => duration >= 250)")
        # The machine is shared: only what stops the page each time is the page's doing.
        for _ in range(3):
            page.evaluate("long.length = 0")
            page.set_input_files("#file", {"name": "large.png", "mimeType": "image/png", "buffer": large})
            expect(page.locator(".stage canvas")).to_be_visible()
            page.locator(".stage").focus()
            for key in ("ArrowRight", "ArrowDown"):
                page.keyboard.press(key)
            page.wait_for_timeout(300)
            times.append(max(page.evaluate("long") or [0]))
            page.get_by_role("button", name="Cancel").click()
        print(f"        49 million pixels: the longest task took {min(times):.0f} ms")
        check(min(times) <= 200, f"{times}")
        check(page.evaluate("addresses.size") == 0, "an address of a file stays")


def a_cover_is_seen_when_it_is_chosen_and_stays_until_it_is_removed(site):
    reader = site.reader()
    with site.page("/books/new", reader) as page:
        page.fill("#title", "Covered")
        page.fill("#author", "Me")
        page.set_input_files("#cover-file", {"name": "half.png", "mimeType": "image/png", "buffer": _drawing(page, "image/png")})
        until(page, "document.querySelector('.write .cover img')?.naturalWidth === 600")
        check(page.locator(".write .cover img").get_attribute("src").startswith("blob:"), "it is shown before it is sent")
        page.get_by_role("button", name="Put it on the shelf").click()
        expect(heading(page)).to_have_text("Covered")
        until(page, "document.querySelector('.book figure img.cv')?.naturalWidth === 320")
        check("/cover?version=" in page.locator(".book figure img").get_attribute("src"), "its address has its version")
        book = page.url
        page.goto("/me#mine")
        until(page, "[...document.querySelectorAll('img.cv')].some((image) => image.naturalWidth === 320)")
        page.goto(book + "/edit")
        until(page, "document.querySelector('.write .cover img')?.naturalWidth === 320")
        page.get_by_role("button", name="Remove it").click()
        expect(page.locator(".write .cover > .wrap > svg")).to_be_visible()
        page.fill("#country", "France")
        page.get_by_role("button", name="Save").click()
        expect(heading(page)).to_have_text("Covered")
        expect(page.locator(".book figure .wrap > svg")).to_be_visible()
        expect(page.locator(".card")).to_contain_text("France")


def what_is_no_cover_is_refused_with_its_reason(site):
    with site.page("/books/new", site.reader()) as page:
        for name, data, why in [("text.png", b"no picture", "is not a picture that we can read"), ("dot.png", _blank_png(16), "too small for a cover")]:
            page.set_input_files("#cover-file", {"name": name, "mimeType": "image/png", "buffer": data})
            expect(page.locator("#cover-problem")).to_contain_text(why)
            expect(page.locator(".write .cover > .wrap > svg")).to_be_visible()
        page.set_input_files("#cover-file", {"name": "half.png", "mimeType": "image/png", "buffer": _drawing(page, "image/png")})
        expect(page.locator("#cover-problem")).to_have_count(0)


def a_book_whose_cover_is_refused_is_on_the_shelf(site):
    with site.page("/books/new", site.reader()) as page:
        page.route("**/cover", lambda route: route.fulfill(status=400, json={"status": 400, "code": "invalid-input", "title": "No", "detail": "No"}))
        page.fill("#title", "Bare")
        page.fill("#author", "Me")
        page.set_input_files("#cover-file", {"name": "half.png", "mimeType": "image/png", "buffer": _drawing(page, "image/png")})
        page.get_by_role("button", name="Put it on the shelf").click()
        expect(page.get_by_text("without its cover")).to_be_visible()
        expect(page.locator("#title")).to_have_value("Bare")
        page.unroute("**/cover")
        page.set_input_files("#cover-file", {"name": "half.png", "mimeType": "image/png", "buffer": _drawing(page, "image/png")})
        page.get_by_role("button", name="Save").click()
        until(page, "document.querySelector('.book figure img.cv')?.naturalWidth === 320")


def a_cover_of_somebody_else_meanwhile_is_no_conflict_of_fields(site):
    reader = site.reader()
    book = site.book(reader, title="Two Covers")
    with site.page(f"/books/{book['id']}/edit", reader) as page:
        jpeg = _drawing(page, "image/jpeg")
        request = urllib.request.Request(f"{site.api}/books/{book['id']}/cover", jpeg, method="PUT",
                                         headers={"Content-Type": "image/jpeg", "Authorization": f"Bearer {reader['token']}"})
        urllib.request.urlopen(request).close()
        page.fill("#country", "Japan")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".card")).to_contain_text("Japan")
        until(page, "document.querySelector('.book figure img.cv')?.naturalWidth === 320")


def a_cover_that_does_not_come_is_drawn(site):
    reader = site.reader()
    book = site.book(reader, title="Lost on the Way")
    with site.context(reader) as context:
        context.route("**/cover?version=*", lambda route: route.abort())
        context.route(f"**/v1/books/{book['id']}", lambda route: route.fulfill(json=book | {"cover": "0123456789abcdef01234567"}))
        page = context.new_page()
        page.goto(f"/books/{book['id']}")
        expect(page.locator(".book figure .wrap > svg")).to_be_visible()


def two_editors_see_both_versions_and_choose(site):
    reader = site.reader()
    book = site.book(reader, title="Edited by Two", pages=600, copies=2)
    with site.page(f"/books/{book['id']}/edit", reader) as page:
        page.fill("#pages", "611")
        page.fill("#copies", "3")
        site.call("PATCH", f"/books/{book['id']}", {"pages": 624, "country": "United Kingdom"}, reader["token"])
        page.get_by_role("button", name="Save", exact=True).click()
        expect(heading(page)).to_contain_text("Two of you edited")
        expect(page.locator("input[name=pages]").first).to_be_checked()
        expect(page.locator("input[name=country]").nth(1)).to_be_checked()
        page.get_by_role("button", name="Save this").click()
        expect(page.locator(".card")).to_contain_text("611")
    saved = site.call("GET", f"/books/{book['id']}")[1]
    check((saved["pages"], saved["copies"], saved["country"]) == (611, 3, "United Kingdom"), f"{saved}")


def a_form_keeps_its_words_when_the_line_drops(site):
    with site.page("/books/new", site.reader()) as page:
        page.fill("#title", "Sent Once More")
        page.fill("#author", "Me")
        keys = []

        def lost(route):
            keys.append(route.request.headers["idempotency-key"])
            answer = route.fetch()
            check(answer.status == 201, f"{answer.status}")
            route.abort()
        page.route("**/v1/books", lost, times=1)
        page.get_by_role("button", name="Put it on the shelf").click()
        expect(page.locator(".note")).to_contain_text("No answer came")
        expect(page.locator("#title")).to_have_value("Sent Once More")
        page.on("request", lambda request: request.method == "POST" and request.url.endswith("/v1/books") and keys.append(request.headers["idempotency-key"]))
        page.get_by_role("button", name="Put it on the shelf").click()
        expect(heading(page)).to_have_text("Sent Once More")
        check(len(keys) == 2 and keys[0] == keys[1], f"{keys}")
    check(len(site.call("GET", "/books?title=Sent%20Once%20More")[1]["items"]) == 1, "two books")


def words_that_were_not_sent_are_there_when_one_comes_back(site):
    with site.page("/books/new", site.reader()) as page:
        page.fill("#title", "Not Sent Yet")
        page.locator(".nav").get_by_role("link", name="About").click()
        expect(page.get_by_role("heading", name="How to borrow")).to_be_visible()
        page.go_back()
        expect(page.locator("#title")).to_have_value("Not Sent Yet")


def wrong_names_and_passwords_are_said_the_same(site):
    reader = site.reader()
    for login, password in [(reader["email"], "not this one"), ("nobody@example.org", "not this one")]:
        with site.page("/sign-in") as page:
            page.fill("#login", login)
            page.fill("#password", password)
            page.locator("main").get_by_role("button", name="Sign in").click()
            expect(page.locator(".note")).to_contain_text("The name or the password is not right.")
            expect(page.locator("#login")).to_have_value(login)




def a_book_is_looked_up_by_its_isbn(site):
    villette = {"title": "Villette", "authors": [{"name": "Charlotte Brontë"}], "identifiers": {"isbn_13": ["9780140434798"]},
            "publish_date": "1979", "number_of_pages": 624}
    pride = {"title": "Pride and Prejudice", "authors": [{"name": "Jane Austen"}], "identifiers": {"isbn_10": ["0141439513"]}}
    editions = {"9780140434798": villette, "9780141439518": pride}
    with catalogue(editions) as address, \
         site.with_library(Library("--no-usage-plans", "--library-address", "127.0.0.0/8", "--bare", "--metadata-source", f"openlibrary={address}")), \
         site.page("/books/new", site.reader()) as page:
        look_up, said = page.get_by_role("button", name="Look it up"), page.locator(".say")
        look_up.click()
        expect(said).to_contain_text("an ISBN has 10 or 13")
        # What was typed stays.
        page.fill("#isbn", "978-0-14-043479-8")
        page.fill("#publicationYear", "1853")
        look_up.click()
        expect(said).to_contain_text("Found in Open Library")
        for field, value in [("title", "Villette"), ("author", "Charlotte Brontë"), ("publicationYear", "1853"), ("pages", "624"), ("copies", "1")]:
            expect(page.locator(f"#{field}")).to_have_value(value)
        axe(page, "looked up")
        # With another number comes another book. Nothing of the first is left but what was typed.
        page.fill("#isbn", "9780141439518")
        expect(said).to_have_text("")
        page.fill("#author", "J. Austen")
        look_up.click()
        expect(said).to_contain_text("Found in Open Library")
        for field, value in [("title", "Pride and Prejudice"), ("author", "J. Austen"), ("publicationYear", "1853"), ("pages", "")]:
            expect(page.locator(f"#{field}")).to_have_value(value)
        page.fill("#isbn", "9780306406157")
        look_up.click()
        expect(said).to_contain_text("No catalogue that we ask has a book with this ISBN")
        expect(page.locator("#title")).to_have_value("")
        page.fill("#title", "Typed In")
        editions.clear()
        page.fill("#isbn", "9780807083697")
        look_up.click()
        expect(said).to_contain_text("No other catalogue answers just now")
        page.get_by_role("button", name="Put it on the shelf").click()
        expect(heading(page)).to_have_text("Typed In")
    with site.page("/books/new", site.reader()) as page:
        expect(page.get_by_role("button", name="Look it up")).to_have_count(0)
