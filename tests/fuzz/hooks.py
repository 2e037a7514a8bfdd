"""Who asks, what they know of the library, and what the contract does not say. Read by schemathesis."""

import itertools
import json
import os
import pathlib
import re
import time

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse

LIBRARY = os.environ["LIBRARY"]
CALLER = os.environ["CALLER"]
# That of the contract's examples: so they change it, and delete the account.
PASSWORD = "correct horse battery"
ADMIN = {"email": "johndoe@example.com", "password": "password"}


def send(method, path, body=None, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.request(method, LIBRARY + path, json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.json() if answer.content else None


# Who asks

numbers = itertools.count(1)
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SCHEMAS = json.loads((pathlib.Path(__file__).resolve().parents[2] / "openapi.json").read_text())["components"]["schemas"]
# The form of the names in paths.
NAMES = {"bookId": UUID, "userId": UUID, "sessionId": UUID, "reservationId": SCHEMAS["ReservationId"]["pattern"],
         "username": "[A-Za-z0-9._-]{3,32}"}
known = {parameter: [] for parameter in NAMES}


def register():
    """Somebody new, with something to change and to lose: two books, both reserved, and one of them a favorite."""
    name = f"{CALLER}{next(numbers)}"
    welcome = send("POST", "/auth/register", {"username": name, "password": PASSWORD})
    token = welcome["accessToken"]
    books = [send("POST", "/books", {"title": title, "author": "Octavia E. Butler"}, token)["id"]
             for title in ["Kindred", "Fledgling"]]
    reservations = [send("POST", f"/books/{book}/reservations", token=token)["id"] for book in books]
    send("POST", f"/favorites/{books[0]}", token=token)
    sessions = [session["id"] for session in send("GET", "/auth/sessions", token=token)["items"]]
    for kind, ids in [("bookId", books), ("userId", [welcome["user"]["id"]]), ("username", [name]),
                      ("sessionId", sessions), ("reservationId", reservations)]:
        known[kind] = (ids + known[kind])[:6]
    return welcome


first = send("POST", "/auth/login", ADMIN)
FIRST_LIBRARIAN = send("GET", "/users/me", token=first["accessToken"])["id"]


class Reader:
    """Whoever signed out, was deleted or disabled is followed by somebody new: schemathesis asks for one after a 401.
    Every other one is on a website."""

    on_website = itertools.cycle([False, True])

    def get(self, case, context):
        return register()["accessToken"], next(self.on_website)

    def set(self, case, session, context):
        token, on_website = session
        if on_website:
            case.cookies["__Host-access"] = token
        else:
            case.headers["Authorization"] = f"Bearer {token}"


class Librarian(Reader):
    """Made one by the first of them."""

    def get(self, case, context):
        # Not by signing in: after so many wrong passwords this address may not.
        first.update(send("POST", "/auth/refresh-token", {"refreshToken": first["refreshToken"]}))
        session = super().get(case, context)
        send("PATCH", f"/users/{known['userId'][0]}", {"role": "admin"}, first["accessToken"])
        return session


if CALLER == "nobody":
    register()
else:
    schemathesis.auth()({"reader": Reader, "librarian": Librarian}[CALLER])


# What is asked

def isbn(digits):
    check = -sum(digit * weight for digit, weight in zip([9, 7, 8, *digits], itertools.cycle([1, 3]))) % 10
    return "".join(map(str, [9, 7, 8, *digits, check]))


def usernames(letters):
    return st.text(letters + "0123456789._-", min_size=3, max_size=32).filter(lambda name: name.strip("._-"))


schemathesis.openapi.format("isbn", st.lists(st.integers(0, 9), min_size=9, max_size=9).map(isbn))
schemathesis.openapi.format("username", usernames("abcdefgXYZ") | usernames("αβγδεζηΧΨΩ") | usernames("абвгдежЭЮЯ"))
# Mostly that of the version at hand.
tags = st.sampled_from(['"1"', '"1"', '"2"', 'W/"1"', '"one"'])
schemathesis.openapi.format("etags", st.lists(tags, min_size=1, max_size=3).map(", ".join) | st.just("*"))


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Of four names that something could have, something has three."""
    for parameter, name in (path_parameters or {}).items():
        chance = sum(map(ord, str(name)))
        if known.get(parameter) and re.fullmatch(NAMES[parameter], str(name)) and chance % 4:
            path_parameters[parameter] = known[parameter][chance // 4 % len(known[parameter])]
    return path_parameters


def token_of_a_letter(operation):
    """What the link ends with in the letter to somebody new, who is signed in. It is written in the background."""
    email, mailbox = f"letter{next(numbers)}@example.com", LIBRARY.removesuffix("/v1") + "/dev/mail"
    welcome = send("POST", "/auth/register", {"email": email, "password": PASSWORD})
    if operation == "resetPassword":
        send("POST", "/auth/reset-password-request", {"email": email})
    page = {"verifyEmail": "verify-email", "resetPassword": "reset-password"}[operation]
    for _ in range(200):
        for letter in requests.get(mailbox, params={"to": email}, timeout=30).json()["items"]:
            if link := re.search(rf"{page}\?token=(\S+)", letter["text"]):
                return link[1], welcome["accessToken"]
        time.sleep(0.05)
    raise TimeoutError(f"{email} got no letter")


# Every other valid token is one of a letter; but an address may ask for 50 resets in ten minutes, some of them schemathesis.
verifications, resets = itertools.cycle([True, False]), itertools.chain([True, False] * 15, itertools.repeat(False))


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation.definition.raw["operationId"]
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if operation == "verifyEmail" and is_valid and next(verifications):
        # A link counts only for the account that it was sent to.
        case.body["token"], access = token_of_a_letter(operation)
        if CALLER != "nobody":
            case.cookies.pop("__Host-access", None)
            case.headers["Authorization"] = f"Bearer {access}"
    elif operation == "resetPassword" and is_valid and next(resets):
        case.body["resetToken"], _ = token_of_a_letter(operation)
    # The first librarian makes the others, and has to stay one.
    elif operation in ["changeUser", "deleteUser"] and case.path_parameters["userId"] == FIRST_LIBRARIAN:
        case.path_parameters["userId"] = known["userId"][0]


# What is answered

@schemathesis.deserializer("image/jpeg")
def picture(context, response):
    if not response.content.startswith(b"\xff\xd8\xff"):
        raise ValueError("this is no JPEG")
    return "a picture"


@schemathesis.deserializer("application/zip")
def archive(context, response):
    if not response.content.startswith(b"PK"):
        raise ValueError("this is no ZIP archive")
    return "an archive"


@schemathesis.deserializer("text/csv", "application/jsonl", "application/marc", "application/marcxml+xml")
def file(context, response):
    return response.content.decode()


# What the contract does not say

@schemathesis.hook
def before_load_schema(context, raw_schema):
    for item in raw_schema["paths"].values():
        for operation in item.values():
            # Without usage plans the runner asks for no key. The stories of keys do, with them.
            for alternative in operation["security"]:
                alternative.pop("apiKey", None)
            for parameter in operation.get("parameters", []):
                # schemathesis writes no quotes into headers, and takes the empty text for one that fits instead.
                if parameter["name"] in ["If-Match", "If-None-Match"] and "pattern" in parameter["schema"]:
                    parameter["schema"] = {"type": "string", "format": "etags"}
            operation["parameters"] = [parameter for parameter in operation.get("parameters", [])
                                       if goes_together(parameter["name"], operation["parameters"])]


def goes_together(name, others):
    """A filter goes with a cursor of its own list only, and one title with no other: who is signed in asks with fewer."""
    left_out = {"nobody": [], "reader": ["titlePrefix"], "librarian": ["title"]}[CALLER]
    filters = [other for other in others if other["in"] == "query" and other["name"] not in ["limit", "cursor"]]
    if name == "cursor" and filters:
        return CALLER == "nobody"
    return name not in left_out or len(filters) < 3


# What no schema can say: the parts that may be refused all the same.
BEYOND_SCHEMAS = {"/username", "?cursor", "?titlePrefix", "?sort", "/token", "/resetToken", "/password", "/newPassword",
                  # What a scanner adds falls off, so the forms of codes are many; and days and times are beside now.
                  "/code", "/card", "?barcode", "{barcode}", "/blocked/until", "/dueOn", "/scannedAt",
                  # The names of time zones, which days are open, and which groups there are.
                  "/timeZone", "/openingDays", "/groups", "/group",
                  # The names in a map.
                  "/columns"}
# The same of the parts of the rules: hours that end before they begin, dates beside now, an id that is there twice, days that do
# not grow.
BEYOND_SCHEMAS_OF_RULES = re.compile(r"/openingDays/\w+/(opens|closes)|/(closed|opened)Dates/\d+|/groups/\d+/id|/overdueDays/\d+")


BEYOND_PATTERNS = {
    # Some characters above U+FFFF are invisible, and a pattern cannot name them.
    "should have a visible character",
    # Which characters are letters or digits, Unicode says. Python's patterns have no word for it.
    "should have a letter or a digit",
    # U+FFFD: the sign that a gateway writes instead of what is not UTF-8.
    "has characters that were not sent in UTF-8; send UTF-8",
    # The images that schemathesis makes have one pixel.
    "the cover should have at least 32 pixels a side",
}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether it is one."""
    if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
        # Which parts go together, no schema of the contract says.
        return any(error["pointer"] not in BEYOND_SCHEMAS
                   and not BEYOND_SCHEMAS_OF_RULES.fullmatch(error["pointer"]) and error["detail"] not in BEYOND_PATTERNS
                   and not re.match(r"goes with|should not be sent with |should be \w+ if ", error["detail"])
                   for error in response.json()["errors"])
    # API Gateway does not tell a method that it does not know from a path that it does not know: both are 404 here.
    return not (isinstance(failure, UnsupportedMethodResponse) and response.status_code == 404)
