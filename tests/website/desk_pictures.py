"""What the desk's pages show, for pictures: every page, every outcome, and data that nobody thought of."""

import datetime
import re

from .browser import settled
from .desk_pages import _book, _do, _isbn, _lend, _librarian, _reader, _scan
from .titles import HOSTILE

LONG_NAME = {"firstName": "Maximiliane-Theresia Wilhelmina " * 3, "lastName": "Featherstonehaugh-Cholmondeley von und zu Hohenstein"}
PROBLEM = {"type": "about:blank", "title": "Conflict", "status": 409, "detail": "No."}


def states(site):
    """Name, path, reader, answers in the place of the library's, and what is done before the picture is taken."""
    librarian = _librarian(site)
    ada, grace = _reader(site), _reader(site, firstName="Grace", lastName="Hopper")
    big = _big_reader(site)
    desk = _Desk(site, ada, grace)

    yield "desk", "/desk", librarian, {}, None
    yield "desk-new-library", "/", librarian, {"**/v1/books?*": _given({"items": []})}, lambda page: page.locator(".begin").wait_for()
    for name, scans in desk.outcomes().items():
        yield f"desk-{name}", "/desk", librarian, {}, scans
    for name, (answers, scans) in desk.refused().items():
        yield f"desk-{name}", "/desk", librarian, answers, scans
    late = {"**/v1/reservations?*": _due_over_time, "**/v1/desk": _full_desk}
    yield "desk-reader-full", "/desk", librarian, late, lambda page: _scan_all(page, big["card"])
    yield "desk-reader-hostile", "/desk", librarian, late, lambda page: _scan_all(page, big["card"], *[_hostile(site, kind)["isbn"] for kind in ("one word", "arabic", "japanese", "long")])
    yield "desk-numbers", "/desk", librarian, {"**/v1/desk": _full_desk}, None
    yield "desk-keys", "/desk", librarian, {}, lambda page: page.keyboard.press("?")
    yield "desk-signed-out", "/desk", site.librarian(), {}, lambda page: (_scan_all(page, ada["card"]), page.context.clear_cookies(), _scan_all(page, desk.free()))

    yield "reader-empty", f"/readers/{ada['id']}", librarian, {}, None
    yield "reader-full", f"/readers/{big['id']}", librarian, late, None
    yield "reader-blocked", f"/readers/{desk.blocked['id']}", librarian, {}, None
    for name, button in [("block", "Block"), ("card", "New card"), ("code", "Code to sign in"), ("end", "End the account")]:
        yield f"reader-{name}", f"/readers/{big['id']}", librarian, {}, lambda page, button=button: _press(page, button)
    yield "reader-block-errors", f"/readers/{ada['id']}", librarian, {}, lambda page: (_press(page, "Block"), page.locator("dialog[open] form button").first.click())
    yield "readers", "/readers", librarian, {}, None
    yield "readers-found", "/readers?q=Featherstonehaugh", librarian, {}, None
    yield "readers-none", "/readers?q=" + "W" * 60, librarian, {}, None
    yield "reader-new", f"/readers/new?card=1234{next(site.count)}", librarian, {}, None
    yield "reader-new-alike", "/readers/new?name=Grace%20Hopper", librarian, {}, lambda page: page.wait_for_timeout(900)
    yield "reader-new-errors", "/readers/new?card=12", librarian, {}, lambda page: _press(page, "Add only")

    books = [_hostile(site, kind) for kind in HOSTILE] + [_book(site, author="Natsume Sōseki", shelfMark="SOS") for _ in range(3)]
    for name in ("ready", "overdue", "today"):
        yield f"list-{name}", f"/lists/{name}", librarian, {"**/v1/reservations?*": _list_of(name, books, [big, grace]), "**/v1/desk": _full_desk}, None
        yield f"list-{name}-empty", f"/lists/{name}", librarian, {"**/v1/reservations?*": _given({"items": []})}, None
    yield "list-error", "/lists/overdue", librarian, {"**/v1/reservations?*": lambda route: route.fulfill(status=500, json=PROBLEM | {"status": 500})}, None
    yield "live", "/live", librarian, {}, lambda page: _happen(site, page, big)
    yield "live-paused", "/live", librarian, {}, lambda page: (_press(page, "Pause"), _happen(site, page, grace))
    yield "live-lost", "/live", librarian, {"**/v1/live/tickets": lambda route: route.abort()}, lambda page: page.wait_for_timeout(500)
    yield "live-empty", "/live", librarian, {"**/v1/events*": _given({"items": []})}, lambda page: page.wait_for_timeout(500)
    yield "activity", "/activity", librarian, {}, None
    yield "activity-of-one", f"/activity?user={big['id']}", librarian, {}, None
    rules = site.call("GET", "/rules")[1]
    yield "rules", "/rules", librarian, {}, None
    yield "rules-full", "/rules", librarian, {"**/v1/rules": _rules_of_a_parish(rules)}, lambda page: page.wait_for_timeout(800)
    yield "rules-errors", "/rules", librarian, {}, _wrong_rules
    yield "rules-conflict", "/rules", librarian, {"**/v1/rules": _changed_meanwhile()}, _save_over_others
    yield "desk-of-a-member", "/desk", grace, {}, None


class _Desk:
    """What is scanned for each outcome. Each time there are new books: what was lent once is not lent again."""

    def __init__(self, site, ada, grace):
        self.site, self.ada, self.grace = site, ada, grace
        self.blocked, self.new, self.off = _reader(site, firstName="Bob"), _reader(site, verified=False, firstName="Zoë"), _reader(site, firstName="Otto")
        _do(site, "PATCH", f"/users/{self.blocked['id']}", {"blocked": {"reason": "Three books have been lost since the spring, and no letter was answered"}})
        _do(site, "PATCH", f"/users/{self.off['id']}", {"disabled": True})
        self.old = _book(site, "Old")
        _do(site, "POST", f"/books/{self.old['id']}/archive")

    def book(self, title="Kokoro", **details):
        return _book(self.site, title, **{"author": "Natsume Sōseki", "publicationYear": 1914} | details)

    def free(self):
        return self.book()["isbn"]

    def out(self, reader, **details):
        book = self.book("Out", **details)
        _lend(self.site, reader, book)
        return book["isbn"]

    def waited(self, holder=None, waits=None, title="The Life and Strange Surprizing Adventures of Robinson Crusoe"):
        book = self.book(title)
        if holder:
            _lend(self.site, holder, book)
        self.site.reserve(waits or self.another("Grace", "Hopper"), book)
        return book["isbn"]

    def another(self, first="Alan", last="Turing"):
        """A reader of their own: each has at most ten books."""
        return _reader(self.site, firstName=first, lastName=last)

    def outcomes(self):
        ada, grace = self.ada, self.grace
        other = self.another()

        def scans(*codes):
            return lambda page: _scan_all(page, *[code() if callable(code) else code for code in codes])
        twice = self.book("Read Twice")["isbn"]
        return {
            "reader": scans(ada["card"]),
            "lent": scans(ada["card"], self.free),
            "handed-over": scans(grace["card"], lambda: self.waited(waits=grace)),
            "renewed": lambda page: (_scan_all(page, other["card"]), _scan_all(page, self.out(other)), page.keyboard.press("F4"), page.wait_for_timeout(900)),
            "already": scans(ada["card"], twice, ".help", twice),
            "read-twice": lambda page: (_scan(page, twice), _scan(page, twice), page.wait_for_timeout(900)),
            "others-wait": scans(ada["card"], self.waited),
            "left": scans(ada["card"], self.waited, "52495"),
            "left-twice": scans(ada["card"], self.waited, self.waited, self.free),
            "no-copy": scans(ada["card"], lambda: self.out(self.another())),
            "all-out": scans(ada["card"], self._all_out),
            "who-brings": scans(self._all_out),
            "unknown-book": scans(ada["card"], _isbn(self.site)),
            "blocked": scans(self.blocked["card"], self.free),
            "not-approved": scans(self.new["card"], self.free),
            "disabled": scans(self.off["card"]),
            "taken-back": scans(lambda: self.out(self.another())),
            "put-aside": scans(lambda: self.waited(self.another())),
            "not-out": scans(self.free),
            "archived": scans(ada["card"], self.old["isbn"]),
            "misread": scans(self.old["isbn"][:-1] + str((int(self.old["isbn"][-1]) + 1) % 10)),
            "price": scans("52495"),
            "link": scans("https://evil.example/" + "x" * 60),
            "unknown-card": scans("99999999"),
            "undone": scans(ada["card"], self.free, ".undo"),
            "nothing-to-undo": scans(".undo"),
            "finished": scans(ada["card"], self.free, ".done"),
            "unsettled": scans(ada["card"], self.waited, self.free, ".done"),
            "found": lambda page: (page.fill("#scan", "Kokoro"), page.keyboard.press("Enter"), page.wait_for_timeout(900)),
            "nothing-found": lambda page: (page.fill("#scan", "x" * 60), page.keyboard.press("Enter"), page.wait_for_timeout(900)),
            "day": lambda page: (_scan_all(page, ada["card"], self.free(), self.free(), ".done"), _scan_all(page, self.waited(self.another()), self.out(self.another()))),
        }

    def _all_out(self):
        book = self.book("Two Copies", copies=2)
        for reader in (self.another("Grace", "Hopper"), self.another()):
            _lend(self.site, reader, book)
        return book["isbn"]

    def refused(self):
        limit = PROBLEM | {"code": "blocked", "reasons": [{"code": "blocked"}, {"code": "limit"}, {"code": "others-wait", "readers": [{"id": "g" * 36, **LONG_NAME}]}]}
        only = PROBLEM | {"code": "limit", "reasons": [{"code": "limit"}]}
        ada = self.ada["card"]
        abort = {"**/v1/loans": lambda route: route.abort(), "**/v1/returns": lambda route: route.abort()}
        slow = {"**/v1/loans": lambda route: None}
        return {
            "limit": ({"**/v1/loans": _refused(only)}, lambda page: _scan_all(page, ada, self.free())),
            "all-reasons": ({"**/v1/loans": _refused(limit)}, lambda page: _scan_all(page, ada, self.free())),
            "broken": ({"**/v1/loans": _refused(PROBLEM | {"status": 500, "code": "internal"}, 500)}, lambda page: _scan_all(page, ada, self.free())),
            "offline": (abort, lambda page: _scan_all(page, ada, self.free(), self.free())),
            "slow": ({"**/v1/loans": _refused(PROBLEM | {"status": 504}, 504)}, lambda page: _scan_all(page, ada, self.free(), self.free())),
            "waiting": (slow, lambda page: _scan_all(page, ada, self.free(), self.free(), self.free())),
            "old-scans": (abort, lambda page: self._kept(page, {"at": 1})),
            "foreign-scans": (abort, lambda page: self._kept(page, {"by": "somebody"})),
        }

    def _kept(self, page, change):
        _scan_all(page, self.free(), self.free())
        page.evaluate("""(change) => sessionStorage.setItem("deskQueue", JSON.stringify(JSON.parse(sessionStorage.getItem("deskQueue"))
            .map((entry) => ({ ...entry, at: entry.at - (change.at ? 3_600_000 : 0), by: change.by || entry.by }))))""", change)
        page.reload()
        page.locator(".left").wait_for()


def _hostile(site, kind):
    return site.book(_librarian(site), title=HOSTILE[kind][:500].strip(), author="A" * 64, isbn=_isbn(site), publicationYear=1700)


def _big_reader(site):
    """A reader with a long name and hostile books: at home, waiting on the shelf and in the queue."""
    reader = _reader(site)
    _do(site, "PATCH", "/users/me", {"firstName": LONG_NAME["firstName"][:90].strip(), "lastName": LONG_NAME["lastName"]}, reader["token"])
    for index, kind in enumerate(HOSTILE):
        book = _hostile(site, kind)
        if index < 6:
            _lend(site, reader, book)
        else:
            site.reserve(reader, book)
    return reader | LONG_NAME


def _day(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT20:59:59.000Z")


def _due_over_time(route):
    """Loans that are late, due today, soon and later."""
    answer = route.fetch()
    data = answer.json()
    for index, loan in enumerate(data.get("items", [])):
        if loan["status"] == "checkedOut":
            loan["dueAt"] = _day([-40, -1, 0, 2, 9, 21][index % 6])
    route.fulfill(response=answer, json=data)


def _list_of(name, books, people):
    """Answers with a list of some books, each for one of some people."""
    def row(index, book):
        person = {key: people[index % 2][key] for key in ("id", "firstName", "lastName", "card")}
        row = {"id": f"{index:043d}", "book": {"id": book["id"], "title": book["title"]}, "reader": person["id"], "person": person, "reservedAt": _day(-9)}
        if name == "ready":
            return row | {"status": "ready", "readyUntil": _day(index // 4)} | ({"asideAt": _day(-1)} if index % 3 else {})
        due = _day(0 if name == "today" else -1 - index * 7)
        return row | {"status": "checkedOut", "lentAt": _day(-30), "dueAt": due, "renewals": index % 3, "mayRenew": index % 4 != 0, "renewalRefusal": "others-wait"}
    rows = [row(index, book) for index, book in enumerate(books)]

    def answer(route):
        if "putBack=true" in route.request.url:
            return route.fulfill(json={"items": rows[:2]})
        route.fulfill(json={"items": rows, "nextCursor": "abcdef"})
    return answer


def _full_desk(route):
    counts = {"ready": 38, "toFetch": 7, "overdue": 100, "dueToday": 12}
    route.fulfill(json={name: {"count": count, "more": count == 100} for name, count in counts.items()})


def _given(data):
    return lambda route: route.fulfill(json=data)


def _refused(problem, status=409):
    return lambda route: route.fulfill(status=status, json=problem)


def _scan_all(page, *codes):
    for code in codes:
        _scan(page, code)
        page.wait_for_timeout(400)
    page.wait_for_timeout(700)


def _press(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_timeout(300)


def _happen(site, page, reader):
    """Some events, while the page looks."""
    page.locator(".conn", has_text=re.compile("Connected|Paused")).wait_for()
    book = _hostile(site, "long")
    _lend(site, _reader(site, firstName=reader["firstName"].strip()[:90], lastName=reader["lastName"]), book)
    site.reserve(_reader(site, firstName="Ng", lastName="O"), book)
    page.wait_for_timeout(1500)
    settled(page)


def _rules_of_a_parish(rules):
    today = datetime.date.today()
    days = {day: {"opens": "10:00", "closes": "18:00"} for day in ("tuesday", "wednesday", "friday")}
    closed = [str(today + datetime.timedelta(days=day)) for day in [*range(17, 26), 40, 300]]
    long = {"id": "long", "name": "Maximiliane-Theresia von Hohenstein und zu", "loanDays": 90, "loans": 80, "reservations": 50, "renewals": 20}
    groups = [*rules["groups"], {**long, "name": long["name"][:40]}, {**long, "id": "arabic", "name": "قراء المكتبة", "loanDays": 14}]
    changed = rules | {"openingDays": days | {"thursday": {"opens": "10:00", "closes": "19:00"}, "saturday": {}}, "closedDates": closed, "groups": groups}
    return lambda route: route.fulfill(json=changed, headers={"ETag": '"7"'})


def _wrong_rules(page):
    page.get_by_role("group", name="Adults").get_by_label("Days").fill("0")
    page.get_by_label("Tuesday, from").fill("18:00")
    page.get_by_label("Tuesday, until").fill("10:00")
    page.get_by_label("A book put aside waits").fill("61")
    page.get_by_role("button", name="Save").click()
    page.wait_for_timeout(600)


def _changed_meanwhile():
    """The rules, which somebody changes before they are saved."""
    put = []

    def answer(route):
        if route.request.method == "PUT":
            put.append(1)
            return route.fulfill(status=412, json=PROBLEM | {"status": 412})
        rules = route.fetch().json()
        if changed := bool(put):
            put.clear()
            rules["openingDays"]["thursday"] = {"opens": "10:00", "closes": "20:00"}
            rules["groups"][1]["name"] = "Children of the parish, and their friends"[:40]
        return route.fulfill(json=rules, headers={"ETag": '"2"' if changed else '"1"'})
    return answer


def _save_over_others(page):
    page.get_by_label("Thursday, from").fill("10:00")
    page.get_by_label("Thursday, until").fill("19:00")
    page.get_by_role("group", name="Pupils").get_by_label("Group").fill("Kids")
    page.locator(".cal [data-day]:not([aria-disabled])").last.click()
    page.get_by_role("button", name="Save").click()
    page.locator(".versus").wait_for()
    page.wait_for_timeout(300)
