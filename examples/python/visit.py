"""A visit to the library: a new reader registers, signs in, adds a book and reserves it.

`carrel` is generated from the contract, and types each answer.

    python visit.py [http://127.0.0.1:9000/v1]
"""

import base64
import re
import sys
import time
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import urljoin

import httpx

from carrel.api.auth import login, register, verify_email
from carrel.api.books import create_book, list_books, update_book
from carrel.api.favorites import add_favorite
from carrel.api.reservations import reserve_book
from carrel.client import AuthenticatedClient
from carrel.models import (
    Book,
    BookPatch,
    EmailCredentials,
    EmailRegistration,
    Favorite,
    Message,
    NewBook,
    PageBook,
    Problem,
    Reservation,
    Tokens,
    Verification,
    Welcome,
)

LIBRARY = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9000/v1"
API_KEY = "local-website"
EMAIL = f"jane.{time.time_ns()}@example.com"
PASSWORD = "correct horse battery"
# A picture of one pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)

Expected = TypeVar("Expected")


def expect(kind: type[Expected], answer: object) -> Expected:
    """Returns an answer if it is what was hoped for. The other answers are problem documents."""
    if isinstance(answer, kind):
        return answer
    raise RuntimeError(answer.detail if isinstance(answer, Problem) else f"{answer} is no {kind.__name__}")


def sign_in() -> AuthenticatedClient:
    """Registers a reader and signs them in. The API key names the program, the access token the reader."""
    visitor = AuthenticatedClient(LIBRARY, token=API_KEY, prefix="", auth_header_name="X-Api-Key")
    registration = EmailRegistration(email=EMAIL, password=PASSWORD, first_name="Jane")
    expect(Welcome, register.sync(client=visitor, body=registration))
    # Without `session`, the tokens are in the body. A website would ask for a cookie, and get a `CookieSession`.
    tokens = expect(Tokens, login.sync(client=visitor, body=EmailCredentials(email=EMAIL, password=PASSWORD)))
    return AuthenticatedClient(LIBRARY, token=tokens.access_token, headers={"X-Api-Key": API_KEY})


def token_of_the_letter() -> str:
    """Returns the token of the welcome letter, which a reader would find in the link. On a laptop the letter is in the mailbox."""
    for _ in range(100):
        letters = httpx.get(urljoin(LIBRARY, "/dev/mail"), params={"to": EMAIL}).json()["items"]
        if letters and (link := re.search(r"verify-email\?token=(\S+)", letters[0]["text"])):
            return link[1]
        time.sleep(0.1)
    raise TimeoutError(f"there is no letter to {EMAIL}")


def all_books(reader: AuthenticatedClient) -> Iterator[Book]:
    """Yields every book of the catalogue, page by page."""
    page = expect(PageBook, list_books.sync(client=reader, limit=100))
    yield from page.items
    while page.next_cursor:
        page = expect(PageBook, list_books.sync(client=reader, limit=100, cursor=page.next_cursor))
        yield from page.items


def main() -> None:
    reader = sign_in()
    expect(Message, verify_email.sync(client=reader, body=Verification(token=token_of_the_letter())))
    print(f"{EMAIL} is registered, signed in and confirmed")

    print(f"the library has {sum(book.copies for book in all_books(reader))} copies")

    added = create_book.sync_detailed(client=reader, body=NewBook(title="Kindred", author="Octavia E. Butler"))
    book, version = expect(Book, added.parsed), added.headers["ETag"]
    patch = BookPatch(copies=2, publication_year=1979)
    changed = expect(Book, update_book.sync(book.id, client=reader, body=patch, if_match=version))
    print(f"{changed.title} has {changed.copies} copies")

    # The book has another version now.
    late = update_book.sync(book.id, client=reader, body=BookPatch(copies=3), if_match=version)
    print(f"the second change with the same version is refused: {expect(Problem, late).code}")

    # The generated function cannot choose among three types of images. The client under it can.
    picture = reader.get_httpx_client().put("/users/me/picture", content=PNG, headers={"Content-Type": "image/png"})
    picture.raise_for_status()
    expect(Favorite, add_favorite.sync(book.id, client=reader))
    reservation = expect(Reservation, reserve_book.sync(book.id, client=reader))
    print(f"the reservation is {reservation.status}")


main()
