"""A library with its website, browsers to visit it, and readers who do.

A page that complains in its console, breaks its own security policy, asks another origin, or can be scrolled sideways fails the
test that it is in.
"""

import contextlib
import itertools
import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from playwright.sync_api import expect, sync_playwright

from library import Library

PASSWORD = "correct horse battery"
LIBRARIAN = "johndoe@example.com"

# Chromium says so of every answer that is no success. A test that expects one looks at the page.
ANSWERED_SO = re.compile(r"Failed to load resource: (the server responded with a status of \d+|net::ERR_)")

WATCH = """
addEventListener("securitypolicyviolation", (event) => console.error("policy:", event.violatedDirective, event.blockedURI));
"""

expect.set_options(timeout=15_000)


class Failed(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Failed(what)


def chromium(package="chromium-headless-shell"):
    """Debian's Chromium. The headless shell has no windows and needs a quarter less time; `chromium` is the whole browser."""
    if not shutil.which(package):
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", package], check=True, stdout=subprocess.DEVNULL)
    return shutil.which(package)


class Api:
    """A library of the tests' own, as another program would use it."""

    def __init__(self, *flags):
        self.library = Library("--no-usage-plans", "--library-address", "127.0.0.0/8", *flags)
        self.count = itertools.count(1)

    def __enter__(self):
        self.open_library()
        return self

    def open_library(self):
        self.library.__enter__()
        self.api = self.library.url
        self.url = self.api.removesuffix("/v1")

    def __exit__(self, *of):
        self.library.__exit__(*of)

    def call(self, method, path, body=None, token=None, headers=None):
        """Returns the status, the body and the headers."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data, sent, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None, answer.headers
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text else None, error.headers

    def reader(self, verified=True):
        """Registers a reader. Returns them, with a token."""
        name = f"reader{next(self.count)}{int(time.time()) % 100000}"
        reader = {"email": f"{name}@example.org", "username": name, "password": PASSWORD, "firstName": "Ada", "lastName": "Byron"}
        status, welcome, _ = self.call("POST", "/auth/register", reader)
        check(status == 201, f"registering: {welcome}")
        reader |= {"id": welcome["user"]["id"], "token": welcome["accessToken"]}
        if verified:
            token = re.search(r"token=(\w+)", self.letter(reader["email"]))[1]
            status, answer, _ = self.call("POST", "/auth/verify-email", {"token": token}, reader["token"])
            check(status == 200, f"confirming: {answer}")
        return reader

    def librarian(self):
        status, tokens, _ = self.call("POST", "/auth/login", {"email": LIBRARIAN, "password": "password"})
        check(status == 200, "the librarian signs in")
        return {"email": LIBRARIAN, "password": "password", "token": tokens["accessToken"]}

    def letter(self, address, having="token="):
        """The text of the newest letter to an address with some words in it."""
        return self.mail(address, having)["text"]

    def mail(self, address, having):
        """Waits for the newest letter to an address with some words in its subject or its text, and returns it."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            question = urllib.request.Request(f"{self.url}/dev/mail?to={address}", headers={"Accept": "application/json"})
            with urllib.request.urlopen(question) as answer:
                letters = json.load(answer)["items"]
            if fitting := [letter for letter in letters if having in letter["subject"] or having in letter["text"]]:
                return fitting[0]
            time.sleep(0.1)
        raise Failed(f"no letter to {address} has {having}")

    def book(self, owner, **details):
        """Adds a book, and returns it."""
        book = {"title": f"Book {next(self.count)}", "author": "Somebody"} | details
        status, added, _ = self.call("POST", "/books", book, owner["token"])
        check(status == 201, f"adding {book}: {added}")
        return added

    def found(self, q):
        """Waits until a search finds a book: its index follows the books."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            status, page, _ = self.call("GET", "/search?q=" + urllib.parse.quote(q))
            check(status == 200, f"searching: {page}")
            # Before a book is indexed, a search may find others without some word.
            if page["items"] and not page.get("leftOut") and not page.get("corrected"):
                return page["items"]
            time.sleep(0.1)
        raise Failed(f"nothing is found for {q}")

    def reserve(self, reader, book):
        status, reservation, _ = self.call("POST", f"/books/{book['id']}/reservations", {}, reader["token"])
        check(status in (201, 202), f"reserving: {reservation}")
        return reservation

    def lend(self, reader, book, due_on):
        """Lends a book until a day that is not the one of the rules."""
        loan = {"reader": reader["id"], "book": book["id"], "dueOn": due_on}
        status, lent, _ = self.call("POST", "/loans", loan, self.librarian()["token"])
        check(status == 201, f"lending: {lent}")
        return lent["reservation"]

    def check_out(self, reservation):
        status, loan, _ = self.call("POST", f"/reservations/{reservation['id']}/checkout", {}, self.librarian()["token"])
        check(status == 200, f"checking out: {loan}")
        return loan


class Site(Api):
    """A library of the tests' own, and a browser."""

    def __enter__(self):
        super().__enter__()
        self.playwright = sync_playwright().start()
        # Its sandbox does not work for root, who runs this in CI; the only pages that it opens are ours.
        self.new_browser()
        return self

    @contextlib.contextmanager
    def with_library(self, library):
        """Visits another library for a while, with the same browser."""
        own, self.library = self.library, library
        self.open_library()
        try:
            yield
        finally:
            self.library.__exit__()
            self.library = own
            self.api, self.url = own.url, own.url.removesuffix("/v1")

    def new_browser(self):
        """Starts a fresh browser: one that has opened hundreds of pages needs much memory."""
        if hasattr(self, "browser"):
            self.browser.close()
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        self.browser = self.playwright.chromium.launch(executable_path=chromium(), args=flags)

    def __exit__(self, *of):
        self.browser.close()
        self.playwright.stop()
        super().__exit__(*of)

    def css(self):
        """The style sheet."""
        name = re.search(r"/-/(app-[0-9a-f]+\.css)", read(self.url + "/"))[1]
        return read(f"{self.api}/web/-/{name}")

    # Browsers.

    def state(self, reader):
        """What a browser keeps of somebody who has signed in."""
        if "state" in reader:
            return reader["state"]
        context = self.browser.new_context(base_url=self.url)
        answer = context.request.post("/v1/auth/login", data={"email": reader["email"], "password": reader["password"], "session": "cookie"},
                                      headers={"Origin": self.url})
        check(answer.ok, f"signing in: {answer.text()}")
        state = context.storage_state()
        context.close()
        state["origins"] = [{"origin": self.url, "localStorage": [{"name": "signedIn", "value": "1"}]}]
        # A reader has at most ten sessions.
        reader["state"] = state
        return state

    @contextlib.contextmanager
    def context(self, reader=None, width=1280, height=None, theme="light", language="en-GB", base="", **options):
        """A browser of its own: signed in, if there is a reader."""
        context = self.browser.new_context(
            base_url=self.url + base, viewport=_viewport(width, height), color_scheme=theme,
            locale=language, storage_state=self.state(reader) if reader else None, **options)
        context.add_init_script(WATCH)
        context.complaints, context.foreign = [], []
        context.on("page", lambda page: self.watch(context, page))
        try:
            yield context
        except Exception:
            print("        its console:", context.complaints, flush=True)
            raise
        for page in context.pages:
            self.look(page)
        complaints, foreign = context.complaints, context.foreign
        context.close()
        check(not complaints, f"complaints: {complaints}")
        check(not foreign, f"requests to others: {foreign}")

    @contextlib.contextmanager
    def page(self, path="/", reader=None, **options):
        with self.context(reader, **options) as context:
            page = context.new_page()
            page.goto(options.get("base", "") + path)
            ready(page)
            yield page

    @contextlib.contextmanager
    def tour(self, **options):
        """Yields what opens one address after the other. Each reader has one browser for all of theirs, which loads no file twice."""
        pages = {}
        with contextlib.ExitStack() as contexts:
            def visit(path, reader=None, width=1280, height=None, theme="light"):
                who = reader and reader["email"]
                if who in pages:
                    self.look(pages[who])
                else:
                    pages[who] = contexts.enter_context(self.context(reader, **options)).new_page()
                page = pages[who]
                page.set_viewport_size(_viewport(width, height))
                page.emulate_media(color_scheme=theme)
                page.goto(path)
                ready(page)
                return page
            yield visit

    def watch(self, context, page):
        page.on("console", lambda message: message.type in ("error", "warning") and not ANSWERED_SO.match(message.text)
                and context.complaints.append(message.text))
        page.on("pageerror", lambda error: context.complaints.append(str(error)))
        own = (self.url, "data:", "blob:", "about:")
        page.on("request", lambda request: request.url.startswith(own) or context.foreign.append(request.url))

    def look(self, page):
        """What holds on every page, whatever it shows."""
        if page.url.startswith(self.url) and "/dev/" not in page.url:
            wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            check(wide <= seen, f"{page.url} can be scrolled sideways: {wide} > {seen}")


def _viewport(width, height):
    return {"width": width, "height": height or (740 if width < 700 else 900)}


def until(page, script):
    """Waits until a script is true. (Playwright's own way needs `eval`, which the site's policy forbids.)"""
    deadline = time.monotonic() + 15
    while not (value := page.evaluate(script)):
        check(time.monotonic() < deadline, f"this never came true: {script}")
        time.sleep(0.05)
    return value


def ready(page):
    """Waits until the page has its heading and its title."""
    until(page, "document.querySelector('main h1') && !document.querySelector('main h1 .sk') && document.title.includes(' · ')")


def settled(page):
    """Waits until nothing is being loaded, and all covers in view are drawn."""
    until(page, """!document.querySelector("main .sk") && [...document.querySelectorAll("main .cover")].every((cover) => {
        const { top, bottom, width } = cover.getBoundingClientRect();
        return cover.firstChild || !width || top > innerHeight || bottom < 0;
    })""")
    page.wait_for_timeout(60)


def focus(page):
    """What has the focus: its element and its words."""
    return page.evaluate("[document.activeElement.localName, document.activeElement.id || document.activeElement.textContent.trim()]")


def heading(page):
    return page.locator("main h1")


# The files of words, by the names of their modules.
ROOT_MODULES = [language + part for part in ["", "-search", "-book", "-more", "-desk", "-rules", "-paper", "-files"] for language in ["en", "de", "es", "fr"]]


def module_of(site, name):
    """The address of a module. Its name has a hash, which other files say."""
    if not hasattr(site, "modules"):
        site.modules, unread = {}, [site.url + path for path in ["/", "/books/new"]]
        while unread:
            with urllib.request.urlopen(unread.pop()) as answer:
                text = answer.read()
            for found in set(re.findall(rb"[\w-]+-[0-9a-f]{8}\.js", text)):
                file = found.decode()
                if file not in site.modules.values():
                    check(file[:-12] not in site.modules, f"two modules have one name: {file}, {site.modules.get(file[:-12])}")
                    site.modules[file[:-12]] = file
                    unread.append(f"{site.api}/web/-/{file}")
    # The modules of the shell are joined to one file.
    return f"{site.api}/web/-/{site.modules.get(name) or site.modules['shell']}"


def read(address):
    """The text of a file of the site."""
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode()
