"""A walk through a deployed library: every function is called, and what follows from its writes is waited for."""

import base64
import contextlib
import os
import re
import signal
import subprocess
import time

from stack.api import PASSWORD, Wrong, letter, reader, until

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGMwTpsJAAICATNWh+JUAAAAAElFTkSuQmCC")


def walk(stranger, librarian, emulator, monitor, dispatch):
    """Raises `Wrong` where the library does something else. `dispatch` calls the function with an event."""
    mark = f"{time.time_ns():x}"
    with watching(monitor, stranger, librarian) as seen:
        jane = reader(stranger, emulator, f"jane{mark}@example.com")
        joe = reader(stranger, emulator, f"joe{mark}@example.com")
        book = catalogue(stranger, jane, mark)
        lending(jane, joe, librarian, emulator, book, mark)
        people(stranger, jane, librarian)
        pages(stranger)
        endings(stranger, jane, joe, librarian, emulator, book, mark)
        dispatch({"task": "sweep"})
        dispatch({"task": "retry"})
        logs(librarian, jane)
        # Last in the walk, first to go wrong in silence.
        until("the reservation on the monitor", lambda: f"Wild Seed {mark}" in seen())
        # Its session ends, and so its socket is closed.
        librarian.post("/auth/logout?scope=others").expect(200)
        until("the end of the monitor's socket", lambda: "next try" in seen())


@contextlib.contextmanager
def watching(monitor, stranger, librarian):
    """The library's own monitor. Yields what returns its lines."""
    command = [monitor, "monitor", "--url", stranger.url, "--email", librarian.email, "--api-key", stranger.key]
    environment = os.environ | {"CARREL_PASSWORD": PASSWORD}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.set_blocking(process.stdout.fileno(), False)
    lines = bytearray()

    def seen():
        lines.extend(process.stdout.read() or b"")
        if process.poll() is not None:
            raise Wrong(f"the monitor ended: {lines.decode()}")
        return lines.decode()

    try:
        yield seen
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def catalogue(stranger, jane, mark):
    isbn = "978" + f"{int(mark, 16) % 10**9:09}"
    isbn += str(-sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(isbn)) % 10)
    first = {"title": f"Kindred {mark}", "author": f"Octavia {mark}", "isbn": isbn}
    kindred = jane.post("/books", first, Idempotency_Key=mark).expect(201)
    jane.post("/books", first, Idempotency_Key=mark).expect(201)
    jane.post("/books", first).expect(409, "conflict")
    book = jane.post("/books", {"title": f"Wild Seed {mark}", "author": f"Octavia {mark}"}).expect(201)["id"]
    at = f"/books/{book}"
    jane.ask("PATCH", at, {"publicationYear": 1980}, If_Match='"1"').expect(200)
    jane.ask("PATCH", at, {"publicationYear": 1981}, If_Match='"1"').expect(412, "stale")
    jane.ask("PUT", f"/books/{kindred['id']}", first | {"copies": 2}).expect(200)
    for query in (f"titlePrefix=wild%20seed%20{mark}", f"author=octavia%20{mark}", f"isbn={isbn}", "sort=-createdAt",
                  f"author=octavia%20{mark}&sort=-createdAt"):
        stranger.get(f"/books?{query}").expect(200)
    for query in ("owner=me", "owner=me&sort=-createdAt"):
        until("a book of one's own", lambda: jane.get(f"/books?{query}").expect(200)["items"])
    jane.post(f"/books/{kindred['id']}/archive").expect(200)
    stranger.get(f"/archive/books?title=kindred%20{mark}").expect(200)
    stranger.get(f"/archive/books/{kindred['id']}").expect(200)
    jane.post(f"/archive/books/{kindred['id']}/restore").expect(200)
    until("the restored book", lambda: jane.ask("DELETE", f"/books?title=kindred%20{mark}").status == 204)
    jane.post(f"/favorites/{book}").expect(201)
    until("the favorite", lambda: jane.get("/favorites").expect(200)["items"])
    stranger.get("/favorites").expect(401, "unauthenticated")
    return book


def lending(jane, joe, librarian, emulator, book, mark):
    at = f"/books/{book}/reservations"
    reservation = jane.post(at, Idempotency_Key=f"{mark}-1").expect(201)["id"]
    jane.post(at, Idempotency_Key=f"{mark}-1").expect(201)
    joe.post(at).expect(202)
    librarian.post(f"/reservations/{reservation}/checkout").expect(200)
    jane.post(f"/reservations/{reservation}/renew").expect(409)
    jane.get(f"/reservations/{reservation}").expect(200)
    librarian.post(f"/reservations/{reservation}/return").expect(200)
    if joe.get("/reservations").expect(200)["items"][0]["status"] != "ready":
        raise Wrong("the copy did not go to the next reader")
    letter(emulator, joe.email, f"You are next: Wild Seed {mark}")
    letter(emulator, jane.email, f"Ready for you: Wild Seed {mark}")


def people(stranger, jane, librarian):
    jane.ask("PATCH", "/users/me", {"firstName": "Jane"}).expect(200)
    jane.ask("PUT", "/users/me/picture", PIXEL, Content_Type="image/png").expect(204)
    picture = stranger.get(f"/users/{jane.id}/picture").expect(200)
    if picture.headers["Content-Type"] != "image/jpeg" or not picture.body.startswith(b"\xff\xd8"):
        raise Wrong(f"the picture is {picture.headers['Content-Type']}")
    data = jane.get("/users/me/data").expect(200)
    if not data.body.startswith(b"PK") or b"README.txt" not in data.body:
        raise Wrong(f"the data are {data.body[:80]}")
    jane.get("/users/me/data").expect(429, "too-many-requests")
    jane.ask("DELETE", "/users/me/picture").expect(204)
    librarian.get("/users?limit=2").expect(200)
    librarian.get(f"/users/{jane.id}").expect(200)


def pages(stranger):
    anybody = type(stranger)(stranger.url, None)
    page = anybody.get("/docs").expect(200)
    files = set(re.findall(r"web/-/[\w.-]+\.(?:js|css)", page.body.decode()))
    for file in files or {"web/-/missing"}:
        anybody.get(f"/{file}").expect(200)
    anybody.get("/openapi.json").expect(200)
    anybody.get("/health").expect(200)
    anybody.get("/.well-known/jwks.json").expect(200)
    anybody.get("/books").expect(403, "forbidden")
    stranger.get("/nothing").expect(404, "not-found")


def endings(stranger, jane, joe, librarian, emulator, book, mark):
    """Sessions, passwords, accounts: what ends, and what follows from it."""
    jane.ask("PUT", "/users/me/username", {"username": f"jane{mark}"}).expect(200)
    librarian.get(f"/users/by-username/jane{mark}").expect(200)
    other = stranger.signed_in(jane.email)
    stranger.post("/auth/refresh-token", {"refreshToken": other.refresh_token}).expect(200)
    sessions = jane.get("/auth/sessions").expect(200)["items"]
    jane.ask("DELETE", f"/auth/sessions/{next(it['id'] for it in sessions if not it['current'])}").expect(204)
    stranger.post("/auth/reset-password-request", {"email": jane.email}).expect(202)
    jane.ask("PUT", "/auth/password", {"currentPassword": PASSWORD, "newPassword": f"{PASSWORD} {mark}"}).expect(200)
    jane.post("/auth/logout").expect(200)
    jane.get("/users/me").expect(401, "unauthenticated")
    librarian.ask("PATCH", f"/users/{jane.id}", {"disabled": True}).expect(200)
    librarian.ask("DELETE", f"/users/{jane.id}").expect(204)
    joe.post(f"/favorites/{book}").expect(201)
    joe.ask("DELETE", "/users/me", {"password": PASSWORD}).expect(204)
    letter(emulator, joe.email, "Your account is gone")


def logs(librarian, jane):
    until("an event", lambda: librarian.get("/events?limit=3").expect(200)["items"])
    until("the activity", lambda: librarian.get("/activity?limit=3").expect(200)["items"])
    until("a reader's activity", lambda: librarian.get(f"/activity?user={jane.id}").expect(200)["items"])
