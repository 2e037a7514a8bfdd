"""A small client of a deployed library."""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PASSWORD = "correct horse battery"
PATIENCE_SECONDS = 30


class Answer:
    def __init__(self, asked, status, headers, body):
        self.asked, self.status, self.headers, self.body = asked, status, headers, body

    def __getitem__(self, field):
        return self.json()[field]

    def json(self):
        return json.loads(self.body)

    def expect(self, status, kind=None):
        problem = kind and self.json().get("type") != f"/problems/{kind}"
        if self.status != status or problem:
            raise Wrong(f"{self.asked} should answer {status} {kind or ''}, and answered {self.status} {self.body[:400]!r}")
        return self


class Wrong(Exception):
    """What the library did wrong."""


class Person:
    """Somebody who sends requests, signed in or not."""

    def __init__(self, url, key, token=None):
        self.url, self.key, self.token = url, key, token
        self.id = self.email = self.refresh_token = None

    def ask(self, method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            headers["X-Api-Key"] = self.key
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if isinstance(body, dict):
            headers["Content-Type"], body = "application/json", json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return Answer(f"{method} {path}", answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            return Answer(f"{method} {path}", refused.code, refused.headers, refused.read())

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, b"" if body is None else body, **headers)

    def signed_in(self, email, password=PASSWORD):
        """The same person with a session."""
        session = self.post("/auth/login", {"email": email, "password": password}).expect(200)
        person = Person(self.url, self.key, session["accessToken"])
        person.email, person.refresh_token = email, session["refreshToken"]
        person.id = person.get("/users/me").expect(200)["id"]
        return person


def until(what, found):
    """What `found` returns, once it returns something."""
    for _ in range(PATIENCE_SECONDS * 5):
        it = found()
        if it:
            return it
        time.sleep(0.2)
    raise Wrong(f"{what} did not come within {PATIENCE_SECONDS} s")


def letter(emulator, to, subject):
    """The text of a letter, once it has come."""
    found = until(f"the letter “{subject}” to {to}",
                  lambda: [mail for mail in emulator.mails(to) if subject in mail["Subject"]])
    return json.dumps(found[-1])


def reader(stranger, emulator, email):
    """A reader who has registered and followed the link of the welcome letter."""
    stranger.post("/auth/register", {"email": email, "password": PASSWORD}).expect(201)
    link = re.search(r"verify-email\?token=([a-z0-9]+)", letter(emulator, email, "Is this your address?"))
    if not link:
        raise Wrong("the welcome letter has no link")
    person = stranger.signed_in(email)
    person.post("/auth/verify-email", {"token": link[1]}).expect(200)
    return person
