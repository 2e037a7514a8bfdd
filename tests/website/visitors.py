"""Every page, as a stranger, a reader and a librarian: what each sees, and that no page makes a call that its visitor may not make."""

import re

from playwright.sync_api import expect

from .browser import PASSWORD, check, heading, settled

# What a visitor may call: the kinds of access of the contract. Whether a book is one's own, only the answer says. Readers of the catalogue
# are all people here: that is a parameter of a library.
ALLOWED = {
    "stranger": {"public", "reader"},
    "reader": {"public", "user", "reader", "private", "writer", "owner"},
    "librarian": {"public", "user", "reader", "private", "writer", "owner", "admin"},
}


def every_page_shows_each_visitor_what_is_theirs(site):
    """The table of pages. A heading of `Sign in: …` asks a stranger, and comes back."""
    reader, librarian = site.reader(), site.librarian()
    book, old = site.book(reader, title="Seen by Three"), site.book(reader, title="Old for Three")
    site.call("POST", f"/books/{old['id']}/archive", {}, reader["token"])
    at = f"/books/{book['id']}"
    table = [
        # path, heading for a stranger, for the book's owner, for a librarian
        ("/", "What would you like to read?", "What would you like to read?", "What would you like to read?"),
        ("/search", "All books", "All books", "All books"),
        (at, "Seen by Three", "Seen by Three", "Seen by Three"),
        (f"{at}/edit", "Sign in: Edit", "Edit \u2068Seen by Three\u2069", "Edit \u2068Seen by Three\u2069"),
        ("/books/new", "Sign in: Add a book", "Add a book", "Add a book"),
        ("/me", "Sign in: My books", "My books", "My books"),
        ("/account", "Sign in: Account", "Account", "Account"),
        ("/sign-in", "Sign in", "Sign in", "Sign in"),
        ("/sign-up", "Join the library", "Join the library", "Join the library"),
        ("/reset-password", None, None, None),
        ("/verify-email", None, None, None),
        ("/letters", None, None, None),
        ("/old-books", "Old books", "Old books", "Old books"),
        (f"/old-books/{old['id']}", "Old for Three", "Old for Three", "Old for Three"),
        ("/about", "Carrel", "Carrel", "Carrel"),
        ("/nothing", None, None, None),
    ]
    operations = _operations(site)
    for (who, allowed), visitor, column in zip(ALLOWED.items(), [None, reader, librarian], range(1, 4)):
        calls = []
        with site.context(visitor) as context:
            page = context.new_page()
            page.on("request", lambda request: calls.append((page.url, request.method, request.url)))
            for row in table:
                page.goto(row[0])
                settled(page)
                if row[column]:
                    expect(heading(page)).to_have_text(row[column])
        for at, method, url in calls:
            if url.startswith(f"{site.api}/") and not url.startswith(f"{site.api}/web/"):
                access = _access(operations, method, url.removeprefix(site.api).split("?")[0])
                check(access in allowed, f"{who} at {at}: {method} {url} is for {access}")


def a_books_page_offers_each_visitor_what_they_may_do(site):
    owner, librarian, other = site.reader(), site.librarian(), site.reader()
    book = site.book(owner, title="Offered to Each")
    for visitor, may_reserve, may_edit in [(None, False, False), (owner, True, True), (other, True, False), (librarian, True, True)]:
        with site.page(f"/books/{book['id']}", visitor) as page:
            settled(page)
            expect(page.get_by_role("button", name="Reserve a copy")).to_have_count(int(may_reserve))
            expect(page.get_by_role("link", name="Sign in to reserve it")).to_have_count(int(not visitor))
            expect(page.locator("main a[href$='/edit']")).to_have_count(int(may_edit))


def whoever_opens_anothers_form_cannot_save_it(site):
    book = site.book(site.librarian(), title="Not Yours to Edit")
    with site.page(f"/books/{book['id']}/edit", site.reader()) as page:
        settled(page)
        check(page.get_by_role("button", name="Save").count() == 0, "it can be saved")
    check(site.call("GET", f"/books/{book['id']}")[1]["title"] == "Not Yours to Edit", "it has changed")


def an_account_is_made_used_and_left_by_keyboard_alone(site):
    email = f"keys{next(site.count)}@example.org"
    with site.page("/sign-up") as page:
        _press_to(page, "email")
        page.keyboard.type(email)
        _press_to(page, "password")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="your account")).to_be_visible()
        page.goto("/books/new")
        settled(page)
        for field, words in [("title", "By Keys"), ("author", "Nobody's Mouse")]:
            _press_to(page, field)
            page.keyboard.type(words)
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("By Keys")
        page.goto("/account")
        settled(page)
        _press_to(page, "firstName")
        page.keyboard.type("Kay")
        page.keyboard.press("Enter")
        menu = page.get_by_role("button", name="your account")
        expect(menu).to_contain_text("Kay")
        menu.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        for _ in range(6):
            if page.evaluate("document.activeElement.textContent.trim()") == "Sign out":
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Sign in: Account")


def _press_to(page, field):
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == field:
            return
    check(False, f"Tab never comes to {field}")


def _operations(site):
    """Method, pattern and access of every operation of the contract. Named parts of a path before any part."""
    contract = site.call("GET", "/openapi.json")[1]
    found = [(method.upper(), path, operation["x-access"]) for path, item in contract["paths"].items()
             for method, operation in item.items() if isinstance(operation, dict) and "x-access" in operation]
    return sorted(found, key=lambda operation: operation[1].count("{"))


def _access(operations, method, path):
    for verb, pattern, access in operations:
        if verb == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
            return access
    return "nobody: the contract has no such operation"
