#!/usr/bin/env python3
"""Reads the documentation page of a fresh library in Chromium, signs in there, and tries every operation out as it stands. Then pastes
the lines of docs/front-end.md into the console of a page of another origin.

    tests/docs_page.py [words that the names of tests have]

A page that complains in its console, breaks its policy, asks another origin, or can be scrolled sideways fails the test that it is in.
PICTURES=DIR keeps what the page looked like.
"""

import contextlib
import http.server
import inspect
import os
import pathlib
import re
import struct
import sys
import threading
import time
import traceback
import zlib

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True

from tools import ROOT, with_tools

with_tools("website")

from playwright.sync_api import expect

from website.access import axe
from website.browser import LIBRARIAN, Site, check

# The address of the library in the documents.
API = "http://127.0.0.1:9000/v1"
# An id of the contract's examples.
SOMEBODY = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"


@contextlib.contextmanager
def docs(site, reader=None, at="", **options):
    """The page, once it shows the operations."""
    with site.context(reader, **options) as context:
        page = context.new_page()
        page.goto(f"/v1/docs{at}")
        expect(page.locator(".op").first).to_be_visible()
        yield page


def contract(site):
    return site.call("GET", "/openapi.json")[1]


def operations(site):
    """Every operation: its id, method, path and the statuses of its answers."""
    return [(operation["operationId"], method.upper(), path, [int(status) for status in operation["responses"]])
            for path, item in contract(site)["paths"].items() for method, operation in item.items()]


def opened(page, name):
    """An operation, with what is below its line."""
    operation = page.locator(f"#operation-{name}")
    if operation.get_attribute("open") is None:
        operation.locator("summary").click()
    return operation


def tried(page, name):
    """Tries an operation out as the page offers it, and returns the status and the answer."""
    operation = opened(page, name)
    if operation.locator("form").count() == 0:
        operation.get_by_role("button", name="Try it here").click()
        # The form comes once the library was asked for what the path may name.
        expect(operation.locator("form")).to_be_visible()
    for file in operation.locator("input[type=file]").all():
        file.set_input_files({"name": "black.png", "mimeType": "image/png", "buffer": BLACK})
    operation.get_by_role("button", name="Send").click()
    heading = operation.get_by_role("heading", name=re.compile(r"^\d{3} .*after \d+ ms$"))
    expect(heading).to_be_visible()
    return int(heading.inner_text()[:3]), operation.get_by_role("region", name=f"Answer to {name}").inner_text()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# A black picture, as large as the smallest cover.
BLACK = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(bytes(97 * 32)))
       + chunk(b"IEND", b""))


def sign_in(page, password="password"):
    page.get_by_role("button", name="Sign in").first.click()
    page.get_by_label("Email or username").fill(LIBRARIAN)
    page.get_by_label("Password", exact=True).fill(password)
    page.locator(".dside form").get_by_role("button", name="Sign in").click()


def picture(page, name):
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=pathlib.Path(folder, name + ".png"), full_page=True)


def every_operation_is_shown_and_groups_are_in_the_order_in_which_a_reader_meets_them(site):
    expected = contract(site)
    for at in ["", "/"]:
        with docs(site, at=at) as page:
            shown = page.locator(".op[id]").evaluate_all("(all) => all.map((one) => one.id)")
            check(sorted(shown) == sorted(f"operation-{name}" for name, *_ in operations(site)), f"{shown}")
            titles = ["Signing in", "Readers", "Books", "Search", "Old books", "Favorites", "Lending", "The desk", "The rules", "Files", "Live", "The site"]
            check(page.locator(".grp[aria-labelledby] h2").all_inner_texts() == titles, "the groups")
            links = page.locator(".toc a").evaluate_all("(all) => all.map((one) => [one.firstChild.data, one.hash, one.lastChild.textContent])")
            counts = [sum(tag["name"] in operation["tags"] for item in expected["paths"].values() for operation in item.values())
                      for tag in expected["tags"]]
            check(links == [[title, f"#{tag['name']}", str(count)] for title, tag, count in zip(titles, expected["tags"], counts)], f"{links}")
            text = page.locator("main").inner_text()
            for tag in expected["tags"]:
                check(tag["description"] in text, f"the page does not say: {tag['description']}")
            check(page.title() == "The API · Carrel", page.title())
            picture(page, "docs")


def words_find_operations(site):
    with docs(site) as page:
        field, shown = page.get_by_label("Find an operation"), page.locator(".op[id]")
        names = lambda: shown.evaluate_all("(all) => all.map((one) => one.id.slice(10))")
        for words, having, lacking in [
            ("reserve", ["reserveBook", "listReservations"], ["login"]),
            ("/books 409", ["createBook", "deleteBook"], ["getBook", "listBooks"]),
            ("POST, librarians", ["checkOutCopy", "returnCopy", "createTicket"], ["reserveBook", "listUsers"]),
            ("isbn-taken", ["createBook", "updateBook"], ["login"]),
            ("Old BOOKS", ["archiveBook", "restoreBook"], ["createBook"]),
        ]:
            field.fill(words)
            check(set(having) <= set(names()) and not set(lacking) & set(names()), f"{words} finds {names()}")
            check(sum(map(int, page.locator(".toc span").all_inner_texts())) == len(names()), f"{words}: the numbers beside the groups")
            expect(page.get_by_role("status").first).to_have_text(f"{len(names())} operations")
        field.fill("nothing like it")
        expect(shown).to_have_count(0)
        page.get_by_role("button", name="Show all").click()
        expect(shown).to_have_count(len(operations(site)))


def an_address_opens_its_operation_which_says_who_may_call_it(site):
    with docs(site, at="#%"):
        pass
    with docs(site, at="#operation-listUsers") as page:
        operation = page.locator("#operation-listUsers")
        expect(operation).to_contain_text("For librarians and assistants.")
        expect(operation).to_be_in_viewport()
        opened(page, "reserveBook")
        expect(page).to_have_url(re.compile("#operation-reserveBook$"))
        page.get_by_role("link", name="Lending").click()
        expect(page.locator("#reservations h2")).to_be_in_viewport()


def one_signs_in_with_a_password_and_stays_signed_in(site):
    with docs(site) as page:
        check(tried(page, "getMe")[0] == 401, "nobody has a profile")
        sign_in(page, "wrong password")
        expect(page.locator(".dside form")).to_contain_text("The name or the password is not right.")
        page.get_by_label("Password", exact=True).fill("password")
        page.locator(".dside form").get_by_role("button", name="Sign in").click()
        expect(page.locator(".dside")).to_contain_text("Signed in as johndoe, a librarian")
        with page.expect_request("**/v1/users/me") as request:
            status, answer = tried(page, "getMe")
        check(status == 200 and LIBRARIAN in answer, f"{status} {answer}")
        headers = request.value.all_headers()
        check(headers.get("x-api-key") and "authorization" not in headers, f"{headers}")
        kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")
        check("ey" not in kept and "@" not in kept, f"a script can read {kept}")
        page.reload()
        expect(page.locator(".dside")).to_contain_text("Signed in as johndoe")
        # The access token runs out: the session is renewed without a word.
        page.context.clear_cookies(name=re.compile("access"))
        check(tried(page, "getMe")[0] == 200, "the session is not renewed")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        check(tried(page, "getMe")[0] == 401, "the session lives on")


def who_signed_in_on_the_website_is_signed_in_here(site):
    reader = site.reader()
    with docs(site, reader) as page:
        expect(page.locator(".dside")).to_contain_text(f"Signed in as {reader['username']}, a reader")
        page.get_by_role("link", name="The library").first.click()
        expect(page.locator(".nav .who")).to_have_text("Ada")


def signing_up_and_in_work_as_they_stand_on_a_fresh_library(site):
    with docs(site) as page:
        check(tried(page, "register")[0] == 201, "POST /auth/register")
        status, answer = tried(page, "login")
        check(status == 200 and '"accessToken"' in answer, f"POST /auth/login: {status} {answer}")
        # Its tokens are for the one who asked: the page itself is still nobody's.
        expect(page.get_by_role("button", name="Sign in").first).to_be_visible()


def every_read_works_as_it_stands_on_a_fresh_library(site):
    with docs(site) as page:
        sign_in(page)
        expect(page.locator(".dside")).to_contain_text("a librarian")
        # There is something to read of everything.
        for name in ["changeUsername", "createBook", "addFavorite", "reserveBook", "beginImport", "putCover"]:
            status, answer = tried(page, name)
            check(status in (200, 201), f"{name}: {status} {answer}")
        old = site.book(site.librarian(), title="An Old One")
        site.call("POST", f"/books/{old['id']}/archive", {}, site.librarian()["token"])
        for name, method, path, _ in operations(site):
            # A redirect to the page itself; and nobody else's catalogue is asked, unless the library wishes it.
            if method == "GET" and path != "/" and name != "lookUp":
                status, answer = tried(page, name)
                check(status == 200, f"GET {path}: {status} {answer}")
                check(SOMEBODY not in answer or name == "contract", f"GET {path} asked for an id that is nobody's")


def every_change_answers_what_it_says_to_its_example(site):
    # What ends the session comes last.
    last = ["logout", "logoutAlias", "deleteAccount", "endSession", "changePassword"]
    with docs(site, site.reader()) as page:
        for name, method, path, statuses in sorted(operations(site), key=lambda operation: operation[0] in last):
            if method != "GET":
                status, answer = tried(page, name)
                check(status in statuses and status < 500 and status not in (413, 415), f"{method} {path}: {status} {answer}")


def a_picture_is_shown_as_one(site):
    with docs(site, site.reader()) as page:
        check(tried(page, "putPicture")[0] == 204, "PUT /users/me/picture")
        check(tried(page, "getPicture")[0] == 200, "GET /users/{userId}/picture")
        image = page.locator("#operation-getPicture img")
        expect(image).to_be_visible()
        check(image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 256, "the picture")


def a_command_is_what_the_form_would_send(site):
    with docs(site, site.librarian() | {"password": "password"}, permissions=["clipboard-read", "clipboard-write"]) as page:
        operation = opened(page, "getBook")
        operation.get_by_role("button", name="Try it here").click()
        operation.get_by_label("bookId").fill("it's a/b")
        operation.get_by_label("If-None-Match").fill('"1"')
        operation.get_by_role("button", name="Copy").click()
        expect(operation.get_by_role("button", name="Copied")).to_be_visible()
        command = page.evaluate("navigator.clipboard.readText()")
        check(f"curl '{site.api}/books/it'\\''s%20a%2Fb' \\\n" in command and "-H 'If-None-Match: \"1\"'" in command, command)


def nothing_is_wider_than_the_page_and_axe_finds_nothing(site):
    for theme in ("light", "dark"):
        for width in (320, 360, 768, 1280):
            with docs(site, site.librarian() | {"password": "password"}, width=width, theme=theme, reduced_motion="reduce") as page:
                paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
                check(paper == {"light": "rgb(246, 242, 233)", "dark": "rgb(25, 22, 18)"}[theme], f"{theme}: {paper}")
                opened(page, "reserveBook")
                tried(page, "listBooks")
                page.locator("#introduction summary").click()
                site.look(page)
                if width in (360, 1280):
                    axe(page, f"docs {theme} {width}")
                picture(page, f"docs-{width}-{theme}")
    with docs(site, width=360) as page:
        page.get_by_role("button", name="Sign in").click()
        page.locator(".dside form").get_by_role("button", name="Sign in").click()
        axe(page, "signing in")
        # Every operation is as wide as the page at most.
        for name, *_ in operations(site):
            opened(page, name).get_by_role("button", name="Try it here").click()
            expect(page.locator(f"#operation-{name} form")).to_be_visible()
        site.look(page)


def the_theme_is_the_websites(site):
    with docs(site) as page:
        page.get_by_label("Dark").check()
        check(page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(25, 22, 18)", "dark")
        page.goto("/about")
        check(page.evaluate("document.documentElement.dataset.theme") == "dark", "the website is still light")


def all_of_it_works_with_the_keyboard_alone(site):
    with docs(site) as page:
        seen = lambda: page.evaluate("[document.activeElement.localName, document.activeElement.id || document.activeElement.textContent.trim()]")

        def tab_to(element, words):
            for _ in range(30):
                page.keyboard.press("Tab")
                if seen()[0] == element and words in seen()[1]:
                    return
            check(False, f"Tab never comes to {words}")
        tab_to("a", "Skip to the page")
        tab_to("input", "find")
        page.keyboard.type("GET /health")
        tab_to("summary", "/health")
        page.keyboard.press("Enter")
        tab_to("button", "Try it here")
        page.keyboard.press("Enter")
        expect(page.locator("#operation-health").get_by_role("button", name="Send")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="Answer to health")).to_contain_text('"status": "ok"')


def a_line_that_drops_loses_nothing(site):
    with site.context() as context:
        page = context.new_page()
        page.route("**/openapi.json", lambda route: route.abort())
        page.goto("/v1/docs")
        expect(page.get_by_role("alert")).to_contain_text("The contract did not arrive")
        page.unroute("**/openapi.json")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".op").first).to_be_visible()
        operation = opened(page, "createBook")
        operation.get_by_role("button", name="Try it here").click()
        operation.get_by_label("The body").fill('{"title": "Kept"}')
        page.route("**/v1/books", lambda route: route.abort())
        operation.get_by_role("button", name="Send").click()
        expect(operation).to_contain_text("No answer came")
        expect(operation.get_by_label("The body")).to_have_value('{"title": "Kept"}')


def the_page_is_light(site):
    with site.context() as context:
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        sizes = {}
        devtools.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
        names = {}
        devtools.on("Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]}))
        page.goto("/v1/docs")
        expect(page.locator(".op").first).to_be_visible()
        files = {names[request]: size for request, size in sizes.items() if "/-/" in names[request]}
        print(f"        {len(files)} files, {sum(files.values()) / 1000:.1f} kB")
        check(sum(files.values()) <= 100_000, f"{files}")


class EmptyPage(http.server.BaseHTTPRequestHandler):
    """A page of somebody's website."""

    def do_GET(self):
        body = b"<!DOCTYPE html><link rel=icon href=data:><title>A website</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def the_lines_of_front_end_work_in_a_page_of_localhost(site):
    [lines] = re.findall(r"^```js\n(.*?)^```$", (ROOT / "docs" / "front-end.md").read_text(), re.DOTALL | re.MULTILINE)
    check(lines.count(API) == 1, f"docs/front-end.md names the library once, as {API}")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage) as website:
        threading.Thread(target=website.serve_forever, daemon=True).start()
        page = site.browser.new_page()
        page.goto(f"http://localhost:{website.server_port}/")
        shown = page.evaluate(f"""async () => {{
            const shown = [], console = {{log: (...all) => shown.push(all)}}; {lines.replace(API, site.api)}; return shown; }}""")
        page.close()
        website.shutdown()
    check(shown == [[201, "Emma", '"1"', LIBRARIAN]], f"docs/front-end.md's lines print {shown}")


def main():
    if os.environ.get("SKIP_BROWSER"):
        print("docs page: skipped")
        return
    wanted, failed, passed = sys.argv[1:], [], 0
    for name, test in [(name, test) for name, test in globals().items() if inspect.isfunction(test) and "_" in name and
                       list(inspect.signature(test).parameters) == ["site"]]:
        if wanted and not any(word in name for word in wanted):
            continue
        began = time.monotonic()
        # Each of them has a fresh library.
        with Site() as site:
            try:
                test(site)
                passed += 1
                print(f"ok      {time.monotonic() - began:5.1f} s  {name}", flush=True)
            except Exception:
                failed.append(name)
                print(f"FAILED  {time.monotonic() - began:5.1f} s  {name}\n{traceback.format_exc(limit=-4)}", flush=True)
    print(f"docs page: {passed} passed, {len(failed)} failed", *failed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
