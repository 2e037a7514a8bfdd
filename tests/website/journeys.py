"""Ten journeys through the website, and what must be true of the library at their ends.

A journey gets a library, and a person at a page. What it asks of the API at its end goes to the library itself, and not over the line
on which calls fail. `WRITES` are the calls of a journey that change something: the library is killed during one of them.
"""

import re
import time

from .browser import PASSWORD, check
from .desk_pages import _isbn, _scan, _words

OTHER = "staple of the horse"


def _get(site, path, token):
    """Asks the library, which may be starting again."""
    deadline = time.monotonic() + 30
    while True:
        try:
            status, answer, _ = site.call("GET", path, token=token)
            check(status == 200, f"GET {path}: {status} {answer}")
            return answer
        except OSError:
            check(time.monotonic() < deadline, f"GET {path}: no answer")
            time.sleep(0.1)


def _enters(site, email, password):
    """Whether somebody may sign in."""
    status, answer, _ = site.call("POST", "/auth/login", {"email": email, "password": password})
    check(status in (200, 401), f"signing in: {status} {answer}")
    return answer["accessToken"] if status == 200 else None


def _one(items, what):
    check(len(items) == 1, f"{len(items)} instead of one: {what}: {items}")
    return items[0]


def _link(site, address, page):
    """The link of a letter, on the line."""
    return re.search(rf"/{page}\?token=\S+", site.letter(address, f"/{page}?token="))[0]


def _accounts(site, email):
    return _get(site, f"/users?query={email}", site.librarian()["token"])["items"]


def _owned(site, reader):
    return _get(site, "/books?owner=me&limit=100", reader["token"])["items"]


def joining(site, person):
    page, email = person.page, f"joins{next(site.count)}.{int(time.time())}@example.org"
    person.open("/sign-up", person.shows("h1", "Join the library"))
    typed = {"#email": email, "#password": PASSWORD, "#firstName": "Ada"}
    person.press("Join the library", person.shows("h1", "A letter is on its way"), typed)
    person.reader = {"email": email, "password": PASSWORD}
    person.open(_link(site, email, "verify-email"), person.has_button("Yes, it is mine"))
    person.press("Yes, it is mine", person.shows("h1", "Your address is confirmed"))
    token = _enters(site, email, PASSWORD)
    check(token, "the account is not there")
    check(_get(site, "/users/me", token)["emailVerified"], "the address is not confirmed")
    _one(_accounts(site, email), "accounts")


def a_favorite(site, person):
    page, reader = person.page, site.reader()
    book = site.book(site.librarian(), title="Dear in the Storm")
    person.open(f"/books/{book['id']}", person.shows("main a", "Sign in to reserve it"))
    page.get_by_role("link", name="Sign in to reserve it").click()
    # From here on, the person has no other way in than this form.
    typed = {"#login": reader["email"], "#password": PASSWORD}
    person.do(lambda: None, person.shows("#login"))
    person.press("Sign in", person.has_button("Save", exact=True), typed, exact=True)
    person.reader = reader
    person.press("Save", person.has_button("Saved"), exact=True)
    check(_one(_get(site, "/favorites", reader["token"])["items"], "favorites")["id"] == book["id"], "another favorite")


def searching(site, person):
    page, word = person.page, f"quixotry{next(site.count)}"
    book = site.book(site.librarian(), title=f"The {word} in Thunder", copies=2)
    site.found(word)
    person.open("/", person.shows("h1", "What would you like to read?"))
    find = page.locator(".find input").first

    def search():
        if not find.input_value():
            find.fill(word)
        find.press("Enter")
    person.do(search, person.shows(".list h2", word))
    check(page.locator(".find input").first.input_value() == word, "what was typed is gone")
    person.do(lambda: page.get_by_role("link", name=book["title"]).click(), person.shows("#have", "2 of 2 copies free"))
    check(page.url.endswith(book["id"]), page.url)


def a_reservation(site, person):
    page, reader = person.page, person.reader
    book = site.book(site.librarian(), title="Reserved in the Storm")
    person.open(f"/books/{book['id']}", person.has_button("Reserve a copy"))
    person.press("Reserve a copy", person.shows("#have", "Ready for you"))
    _one(_get(site, "/reservations", reader["token"])["items"], "reservations")
    person.do(lambda: page.get_by_role("button", name="Give it up").first.click(), person.shows("dialog[open] h2", "Give it up?"))
    person.press("Give it up", person.shows("#have", "1 of 1 copy free"), selector="dialog[open]", exact=True)
    check(_get(site, "/reservations", reader["token"])["items"] == [], "the reservation is still there")
    check(_get(site, f"/books/{book['id']}/availability", None)["free"] == 1, "the copy is not free")


def a_book(site, person):
    reader = person.reader
    person.open("/books/new", person.shows("h1", "Add a book"))
    typed = {"#title": "A Card in the Storm", "#author": "Ada Byron", "#publicationYear": "750 BC"}
    person.press("Put it on the shelf", person.shows("h1", "A Card in the Storm"), typed)
    book = _one(_owned(site, reader), "books")
    check(book["publicationYear"] == -750, f"{book}")
    person.do(lambda: person.page.get_by_role("link", name="Edit A Card in the Storm").click(), person.shows("h1", "Edit"))
    person.press("Save", person.shows(".card", "611"), {"#pages": "611"}, exact=True)
    book = _one(_owned(site, reader), "books")
    check((book["title"], book["pages"]) == ("A Card in the Storm", 611), f"{book}")


def a_file(site, person):
    page, reader = person.page, person.reader
    person.open("/import", person.shows(".drop"))
    # Rows that another run has brought would be here already.
    wanted = [f"Brought {row} in storm {next(site.count)}" for row in range(1, 6)]
    data = "title,author\n" + "".join(f"{title},Ann Ott\n" for title in wanted)
    page.set_input_files("#file", {"name": "storm.csv", "mimeType": "text/csv", "buffer": data.encode()})
    person.do(lambda: None, person.has_button("Import 5 books"))

    def bring():
        go_on = page.get_by_role("button", name=re.compile("Import 5 books|Go on|Try again")).first
        if go_on.is_visible():
            go_on.click()
    person.do(bring, person.shows("#became", "5 books are in"))
    titles = [book["title"] for book in _owned(site, reader)]
    check(sorted(titles) == sorted(wanted), f"{titles}")
    imports = _get(site, "/imports", reader["token"])["items"]
    _one([one for one in imports if not one["dryRun"]], "imports")
    _one([one for one in imports if one["dryRun"]], "trials")


def a_loan(site, person):
    page, librarian = person.page, site.librarian()
    reader, number = site.reader(), next(site.count)
    card = f"2041{number:04d}{int(time.time()) % 1000:03d}"
    check(site.call("PUT", f"/users/{reader['id']}/card", {"card": card}, librarian["token"])[0] == 200, "a card")
    check(site.call("PATCH", "/users/me", {"keepHistory": True}, reader["token"])[0] == 200, "past loans are kept")
    book = site.book(librarian, title="Lent in the Storm", isbn=_isbn(site))

    def said(words, kind):
        return lambda: page.locator(f".say.{kind}", has_text=_words(words)).first.is_visible()
    person.open("/desk", person.shows("#scan"))
    # A scan that is slow to be answered may be read twice meanwhile: the reader is there all the same.
    person.do(lambda: _scan(page, card), person.shows("main", f"Card {card}"))
    person.do(lambda: _scan(page, book["isbn"]), said("Lent in the Storm", "done"))
    loan = _one(_get(site, f"/reservations?reader={reader['id']}", librarian["token"])["items"], "loans")
    check(loan["status"] == "checkedOut", f"{loan}")
    person.do(lambda: page.keyboard.press("Escape"), said("1 lent", "quiet"))
    person.do(lambda: _scan(page, book["isbn"]), said("Lent in the Storm", "done"))
    check(_get(site, f"/reservations?reader={reader['id']}", librarian["token"])["items"] == [], "the loan is still there")
    check(_get(site, f"/books/{book['id']}/availability", None)["free"] == 1, "the copy is not free")
    # It gets there within moments.
    deadline = time.monotonic() + 20
    while not (past := _get(site, "/users/me/loans?past=true", reader["token"])["items"]) and time.monotonic() < deadline:
        time.sleep(0.2)
    _one(past, "past loans")


def another_password_and_address(site, person):
    page, reader = person.page, person.reader
    person.open("/account", person.has_button("Change the password", "section#password"))
    typed = {"#currentPassword": PASSWORD, "#newPassword": OTHER}
    person.press("Change the password", person.shows("section#password .say", "Your password is changed"), typed, selector="section#password")
    reader["password"] = OTHER
    check(_enters(site, reader["email"], OTHER) and not _enters(site, reader["email"], PASSWORD), "the password is not the new one")
    address = f"moved{next(site.count)}.{int(time.time())}@example.org"
    person.press("Change the address", person.shows("#newEmail"), selector="section#email")
    typed = {"#newEmail": address, "#emailPassword": OTHER}
    person.press("Change the address", person.shows("section#email .note", address), typed, selector="section#email")
    token = _enters(site, reader["email"], OTHER)
    check(_get(site, "/users/me", token)["pendingEmail"] == address, "the new address is not there")
    _link(site, address, "verify-email")


def the_end_of_an_account(site, person):
    page, reader = person.page, person.reader
    person.open("/account", person.has_button("Delete my account…"))
    person.press("Delete my account…", person.shows("#deletePassword"))
    # Afterwards there is nobody who could sign in.
    person.reader = None
    person.press("Delete my account for good", person.shows(".toast", "deleted"), {"#deletePassword": PASSWORD})
    check(not _enters(site, reader["email"], PASSWORD), "the account is still there")
    check(_accounts(site, reader["email"]) == [], "the account is still listed")


def a_letters_link(site, person):
    reader = site.reader()
    # A letter whose request was answered late is no good any more, once another one was asked for; and may be the later one.
    tried = set()
    for _ in range(3):
        person.open("/reset-password", person.shows("#email"))
        person.press("Send the letter", person.shows("h1", "A letter is on its way"), {"#email": reader["email"]})
        link = _link(site, reader["email"], "reset-password")
        until = time.monotonic() + 20
        while link in tried and time.monotonic() < until:
            time.sleep(0.1)
            link = _link(site, reader["email"], "reset-password")
        tried.add(link)
        if _resets(person, link) and _enters(site, reader["email"], OTHER):
            break
    check(_enters(site, reader["email"], OTHER) and not _enters(site, reader["email"], PASSWORD), "the password is not the new one")


def _resets(person, link):
    """Follows the link of a letter, and says whether the page says anything."""
    person.open(link, person.shows("#newPassword"))
    # A link works once. Whoever has no answer is told to try the new password.
    changed, perhaps = person.shows("h1", "Your password is changed"), person.shows("main p", "If you have used it")
    person.press("Change the password", lambda: changed() or perhaps(), {"#newPassword": OTHER})
    return changed() or perhaps()


# Each with who goes on it, and its calls that change something.
JOURNEYS = {
    joining: ("nobody", ["POST /v1/auth/register$", "POST /v1/auth/verify-email$"]),
    a_favorite: ("nobody", ["POST /v1/auth/login$", "POST /v1/favorites/"]),
    searching: ("nobody", ["GET /v1/search[?]", "GET /v1/books/.*/availability"]),
    a_reservation: ("reader", ["POST /v1/books/.*/reservations$", "DELETE /v1/reservations/"]),
    a_book: ("reader", ["POST /v1/books$", "PATCH /v1/books/"]),
    a_file: ("reader", ["POST /v1/imports$", "PUT /v1/imports/.*/parts/", "POST /v1/imports/.*/finish"]),
    a_loan: ("librarian", ["POST /v1/loans$", "POST /v1/returns$"]),
    another_password_and_address: ("reader", ["PUT /v1/auth/password$", "PUT /v1/users/me/email$"]),
    the_end_of_an_account: ("reader", ["DELETE /v1/users/me$"]),
    a_letters_link: ("nobody", ["POST /v1/auth/reset-password-request$", "POST /v1/auth/reset-password$"]),
}
