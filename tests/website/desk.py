"""The desk: what a scanner sends and what comes of it, in order, never lost, and said in words. The names of tests begin with the
cases that people met at other desks: `dk34_…`."""

import json

from .browser import check
from .units import ask

ISBN = "9780306406157"
OTHER = "9780141439587"


def _read(site, scans):
    """What the desk reads in texts: scanned, unless they are dictionaries with more."""
    scans = [scan if isinstance(scan, dict) else {"text": scan, "burst": True} for scan in scans]
    return ask(site, ["scan"], "({scan}) => " + json.dumps(scans) + ".map(scan.read)")


def _kinds(items):
    return [item["kind"] for item in items]


def dk32_a_label_of_the_library_is_a_book(site):
    [label], [isbn], [card] = _read(site, ["2900000000018", ISBN, "20410077"])
    check(label == {"kind": "book", "code": "2900000000018"}, f"{label}")
    check(isbn == {"kind": "book", "code": ISBN}, f"{isbn}")
    # What may be a card and may be a copy's number is decided by the library, not by its beginning.
    check(card["kind"] == "code", f"{card}")


def dk33_a_price_and_the_code_of_a_shop_are_no_new_card(site):
    prices = ["52495", "071831004994", "07183100499451234", "9771234567003"]
    found = ask(site, ["scan"], "({scan}) => " + json.dumps(prices + ["20410077", "A1234", "12345678", "PARISH127"]) + ".map(scan.isOfAShop)")
    check(found == [True] * 4 + [False] * 4, f"{found}")
    for code in prices:
        said = _act(site, [code], {"GET /users": {"items": []}})[-1]
        check(said["name"] == "price" and not said["answers"], f"{code}: {said}")
    # The price beside an ISBN is cut off.
    check(_read(site, [ISBN + "52495", ISBN + "99"]) == [[{"kind": "book", "code": ISBN}]] * 2, "add-on")


STROKES = """({strokes}) => (%s)((text, { gap = 5, at = 0, codes = [], ends = [] } = {}) => {
    const keys = new strokes.Strokes();
    let time = at;
    [...text].forEach((key, index) => keys.add({ key, code: codes[index] || "", shift: false, time: (time += gap) }));
    return { keys, time };
})"""


def dk34_line_ends_of_a_scanner_are_one_end_of_scan(site):
    found = ask(site, ["strokes"], STROKES % """(typed) => {
        const { keys, time } = typed("20410077");
        const first = keys.ends(time + 3);
        const scan = keys.take(time + 3);
        const slow = typed("20410077", { gap: 120 });
        return { first, scan, second: keys.endsAgain(time + 6), later: keys.endsAgain(time + 500), byHand: slow.keys.ends(slow.time + 3), empty: typed("").keys.ends(0) };
    }""")
    check(found == {"first": True, "scan": {"text": "20410077", "keys": "", "burst": True}, "second": True, "later": False, "byHand": False, "empty": False}, f"{found}")


def dk35_a_scanner_on_a_french_keyboard_is_read_by_its_keys(site):
    digits = [f"Digit{digit}" for digit in ISBN]
    found = ask(site, ["strokes", "scan"], """({strokes, scan}) => {
        const scanned = (text, codes) => {
            const keys = new strokes.Strokes();
            [...text].forEach((key, index) => keys.add({ key, code: codes[index], shift: false, time: index * 4 }));
            return scan.read(keys.take(0));
        };
        return [scanned("çè_àéàç_àçè_x".slice(0, 13), %s), scanned(":done", ["Period", "KeyD", "KeyO", "KeyN", "KeyE"]), scanned("&éç§", ["F1", "F2", "F3", "F4"])];
    }""" % json.dumps(digits))
    check(found[0] == [{"kind": "book", "code": ISBN}], f"{found[0]}")
    check(found[1] == [{"kind": "order", "order": "done"}], f"{found[1]}")
    check(_kinds(found[2]) == ["layout"], f"{found[2]}")


def dk36_start_and_stop_signs_fall_off(site):
    for text in ["*20410077*", "\u000220410077", " 20410077", "]C120410077"]:
        [item] = _read(site, [text])[0]
        check(item["kind"] == "code" and item["code"] == "20410077", f"{text!r}: {item}")
    # A Codabar scan is tried whole first: its letters may belong to a code.
    [item] = _read(site, ["A20410077B"])[0]
    check([item["code"], *item["others"]] == ["A20410077B", "20410077"], f"{item}")


def dk37_a_scan_without_an_end_is_taken_after_a_pause(site):
    found = ask(site, ["strokes"], STROKES % """(typed) => {
        const { keys, time } = typed("A1234");
        const short = keys.isBurst;
        keys.add({ key: "9", code: "Digit9", shift: false, time: time + 200 });
        return { short, begins: keys.begins(time + 400), three: typed("A12").keys.isBurst };
    }""")
    check(found == {"short": True, "begins": True, "three": False}, f"{found}")


def dk38_a_label_with_an_address_is_its_book(site):
    book = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"
    read = _read(site, [f"https://library.example/books/{book}", f"http://127.0.0.1:9000/v1/web/books/{book}", "https://evil.example/", f"https://evil.example/books/{book}/x"])
    check(read[0] == read[1] == [{"kind": "book", "book": book}], f"{read}")
    check(_kinds(read[2]) == _kinds(read[3]) == ["link"], f"{read}")


def dk39_glued_codes_are_cut_only_where_one_reading_is_known(site):
    check(_read(site, [ISBN + OTHER])[0] == [{"kind": "book", "code": ISBN}, {"kind": "book", "code": OTHER}], "two books")
    check(len(_read(site, [ISBN + OTHER + ISBN])[0]) == 3, "three books")
    check(_kinds(_read(site, [ISBN + "7"])[0]) == ["misread"], "never a half")
    [item] = _read(site, ["20410077" + ISBN])[0]
    check(item["kind"] == "code" and ["20410077", ISBN] in item["cuts"], f"{item}")
    users = {"GET /users": lambda query: {"items": [ADA] if query == "20410077" else []}}
    said = _act(site, ["20410077" + ISBN], users | {"POST /loans": _lent()})
    check([one["name"] for one in said] == ["atCounter", "lent"], f"{said}")
    unknown = _act(site, ["99999999" + ISBN], {"GET /users": {"items": []}})
    check([one["name"] for one in unknown] == ["misread"] and ISBN in unknown[0]["facts"]["text"], f"{unknown}")


def dk40_typed_words_ask_for_readers_and_books(site):
    for text in ["1984", "Fahrenheit451"]:
        [item] = _read(site, [{"text": text}])[0]
        check(item["kind"] == "text", f"{item}")
        said = _act(site, [{"text": text}], {"GET /users": {"items": []}, "GET /books": {"items": [{"id": "b", "title": text}]}})[-1]
        check(said["name"] == "found" and len(said["answers"]) == 1, f"{said}")
        said = _act(site, [{"text": text}], {"GET /users": {"items": []}, "GET /books": {"items": []}})[-1]
        check(said["name"] == "unknownCard", f"{said}")
    check(_read(site, [{"text": ISBN[:-1] + "8"}])[0] == [{"kind": "misread", "text": ISBN[:-1] + "8", "digit": "7"}], "a slip")


# The counter, with a library that answers as it is told.

ADA = {"id": "a" * 36, "firstName": "Ada", "lastName": "Byron", "card": "20410077", "emailVerified": True}
BOOK = {"id": "b" * 36, "title": "Kokoro", "isbn": ISBN}


def _loan(**more):
    return {"id": "r" * 43, "book": {"id": BOOK["id"], "title": BOOK["title"]}, "reader": ADA["id"], "status": "checkedOut", "reservedAt": "2026-11-01T00:00:00Z"} | more


def _lent(**more):
    return {"outcome": "lent", "reservation": _loan(**more)}


COUNTER = """async ({counter, queue, scan, api}) => {
    const answers = %s, scans = %s, now = %s, sent = [], said = [];
    const answer = async (name, request) => {
        const [method, path] = api.CALLS[name];
        const key = `${method} ${path}`;
        sent.push({ call: key, ...request });
        if (request?.query?.barcode) return { status: 200, data: { items: [] } };
        const chosen = answers[key] ?? answers[key + " " + (request?.query?.query ?? request?.body?.code ?? "")];
        const list = Array.isArray(chosen) ? chosen : undefined;
        const given = list ? (list.length > 1 ? list.shift() : list[0]) : chosen;
        if (!given) throw new api.Problem(404, { code: name === "lendBook" || name === "takeBookBack" ? "unknown-code" : "no-such" });
        if (given.status >= 400 || given.status === 0) throw new api.Problem(given.status, given);
        return { status: 200, data: given };
    };
    const desk = counter.createCounter({ call: answer, withBooks: async (loans) => loans.map((loan) => ({ ...loan, shown: loan.book })), now: () => now });
    let last;
    const shown = () => {
        const one = desk.outcome.value;
        if (one && one !== last) said.push({ name: one.name, kind: one.kind, facts: { ...one.facts, problem: undefined }, answers: one.answers.map(({ name }) => name), needs: one.needs });
        last = one;
    };
    const stop = desk.outcome.subscribe(shown);
    let at = now, count = 0;
    for (const given of scans) {
        const items = given.order ? [{ kind: "order", ...given }] : scan.read(given);
        at += given.wait ?? 5000;
        for (const item of items) await desk.act({ item, key: `k${(count += 1)}`, at, by: "me" });
    }
    stop();
    return { said, sent, left: desk.left.value.length, deeds: desk.deeds.value, reader: desk.reader.value?.id ?? null, loans: desk.loans.value };
}"""


def _counter(site, scans, answers, now=1_800_000_000_000):
    """What the counter says to scans, what it sends, and what is left of it."""
    scans = [scan if isinstance(scan, dict) else {"text": scan, "burst": True} for scan in scans]
    plain = {"GET /reservations": {"items": []}}
    for key, answer in ({"GET /books": {"items": [BOOK]}} | plain | answers).items():
        if callable(answer):
            plain |= {f"{key} {code}": answer(code) for code in ["20410077", "99999999", *[scan.get("text", "") for scan in scans]]}
        else:
            plain[key] = answer
    return ask(site, ["counter", "queue", "scan", "api", "desk-calls"], COUNTER % (json.dumps(plain), json.dumps(scans), now))


def _act(site, scans, answers):
    return _counter(site, scans, answers)["said"]


CARD = {"GET /users": {"items": [ADA]}}


def what_a_reader_has_comes_back_and_the_rest_is_lent(site):
    held = _loan(book=BOOK, lentAt="2026-11-01T00:00:00Z", dueAt="2026-12-01T00:00:00Z")
    back = {"outcome": "returned", "book": {"id": BOOK["id"], "title": "Kokoro"}, "from": ADA, "reservation": held}
    found = _counter(site, ["20410077", ISBN, OTHER], CARD | {"GET /reservations": {"items": [held]}, "POST /returns": back, "POST /loans": _lent(id="s" * 43)})
    check([one["name"] for one in found["said"]] == ["atCounter", "takenBack", "lent"], f"{found['said']}")
    sent = [one["call"] for one in found["sent"]]
    check(sent == ["GET /users", "GET /reservations", "POST /returns", "POST /loans"], f"{sent}")
    check(len({one["key"] for one in found["sent"] if one["call"].startswith("POST")}) == 2, "each scan has its key")


def dk10_who_brings_a_book_is_not_who_waits_for_it(site):
    grace = {"id": "g" * 36, "firstName": "Grace"}
    answer = {"outcome": "put-aside", "book": {"id": BOOK["id"], "title": "Kokoro"}, "from": ADA, "reservation": _loan(), "promisedTo": grace, "ready": _loan(status="ready")}
    found = _counter(site, [ISBN], {"POST /returns": answer})
    facts, deed = found["said"][0]["facts"], found["deeds"][0]
    check(facts["person"]["firstName"] == "Ada" and facts["promisedTo"]["firstName"] == "Grace", f"{facts}")
    check(deed["person"]["firstName"] == "Ada" and deed["promisedTo"]["firstName"] == "Grace", f"{deed}")


def dk8_the_scan_after_one_that_was_not_out_is_taken_back(site):
    book = {"id": BOOK["id"], "title": "Kokoro"}
    found = _counter(site, [ISBN, OTHER], {"POST /returns": [{"outcome": "was-not-out", "book": book}, {"outcome": "returned", "book": book, "from": ADA, "reservation": _loan()}]})
    check([(one["name"], one["kind"], one["needs"]) for one in found["said"]] == [("notOut", "quiet", False), ("takenBack", "done", False)], f"{found['said']}")


def dk11_a_second_copy_is_taken_back_and_a_double_read_is_not(site):
    answer = {"outcome": "returned", "book": {"id": BOOK["id"], "title": "Kokoro"}, "from": ADA, "reservation": _loan()}
    twice = _counter(site, [ISBN, {"text": ISBN, "burst": True, "wait": 300}], {"POST /returns": answer})
    check([one["name"] for one in twice["said"]] == ["takenBack", "readTwice"] and len(twice["sent"]) == 1, f"{twice['said']}")
    again = _counter(site, [ISBN, {"text": ISBN, "burst": True, "wait": 300}, {"order": "1"}], {"POST /returns": answer})
    check([one["name"] for one in again["said"]] == ["takenBack", "readTwice", "takenBack"], f"{again['said']}")
    check(len({one["key"] for one in again["sent"]}) == 2, f"{again['sent']}")
    copies = _counter(site, [ISBN, {"text": ISBN, "burst": True, "wait": 2000}], {"POST /returns": answer})
    check([one["name"] for one in copies["said"]] == ["takenBack", "takenBack"], f"{copies['said']}")


def a_scan_after_one_that_failed_is_no_double_read(site):
    answers = [{"status": 500, "code": "internal"}, {"outcome": "returned", "book": {"id": BOOK["id"], "title": "Kokoro"}, "from": ADA, "reservation": _loan()}]
    found = _counter(site, [ISBN, {"text": ISBN, "burst": True, "wait": 300}], {"POST /returns": answers})
    check([one["name"] for one in found["said"]] == ["refused", "takenBack"], f"{found['said']}")


def dk20_what_was_lent_a_moment_ago_is_not_taken_back(site):
    now = 1_800_000_000_000
    for minutes, expected in [(3, "lentAlready"), (11, "takenBack")]:
        lent = ask(site, ["api"], f"() => new Date({now - minutes * 60_000}).toISOString()")
        refusal = {"status": 409, "code": "already-held", "reservation": _loan(lentAt=lent)}
        back = {"outcome": "returned", "book": {"id": BOOK["id"], "title": "Kokoro"}, "from": ADA, "reservation": _loan()}
        found = _counter(site, ["20410077", ISBN], CARD | {"POST /loans": refusal, "POST /returns": back}, now)
        check(found["said"][-1]["name"] == expected, f"{minutes}: {found['said']}")


def dk29_one_refusal_names_all_reasons_and_one_answer_overrules_them(site):
    reasons = [{"code": "blocked"}, {"code": "limit"}, {"code": "others-wait", "readers": [{"id": "g" * 36, "firstName": "Grace"}]}]
    refusal = {"status": 409, "code": "blocked", "reasons": reasons}
    found = _counter(site, ["20410077", ISBN, {"order": "3"}], CARD | {"POST /loans": [refusal, _lent()]})
    refused = found["said"][1]
    check(refused["name"] == "notLent" and refused["answers"] == ["putAsideSlip", "openRecord", "lendAnyway"], f"{refused}")
    check(found["sent"][-1]["body"]["despite"] == ["blocked", "limit", "others-wait"], f"{found['sent'][-1]}")
    check(found["said"][-1]["name"] == "lent" and found["left"] == 0, f"{found}")


def what_needs_somebody_is_not_overwritten(site):
    refusal = {"status": 409, "code": "limit", "reasons": [{"code": "limit"}]}
    found = _counter(site, ["20410077", ISBN, OTHER, {"order": "done"}, {"order": "1"}], CARD | {"POST /loans": [refusal, _lent()]})
    check([one["name"] for one in found["said"]] == ["atCounter", "notLent", "lent", "unsettled", "finished"], f"{found['said']}")
    check(found["left"] == 1 and found["reader"] is None, f"{found}")


def dk12_a_copy_that_somebody_else_has_is_asked_about(site):
    bob, grace = ({"id": letter * 36, "firstName": name} for letter, name in [("c", "Bob"), ("g", "Grace")])
    refusal = {"status": 409, "code": "ambiguous", "candidates": [{"reservation": _loan(), "person": bob}, {"reservation": _loan(), "person": grace}]}
    answer = {"outcome": "returned", "book": {"id": BOOK["id"], "title": "Kokoro"}, "from": grace, "reservation": _loan()}
    found = _counter(site, [ISBN, {"order": "2"}], {"POST /returns": [refusal, answer]})
    check(found["said"][0]["name"] == "whoBrings" and found["sent"][-1]["body"]["reader"] == grace["id"], f"{found}")
    # A card answers, too, and does not open its reader.
    found = _counter(site, [ISBN, "20410077"], {"POST /returns": [refusal | {"candidates": [{"reservation": _loan(), "person": ADA}, {"reservation": _loan(), "person": bob}]}, answer], **CARD})
    check(found["sent"][-1]["body"].get("reader") == ADA["id"] and found["reader"] is None, f"{found}")


# The queue.

QUEUE = """async ({queue, api}) => {
    const log = [], timers = [];
    let now = 1_800_000_000_000, who = "maria", text = null;
    const store = { get: () => text, set: (next) => (text = next) };
    let fail = [];
    const act = async ({ item, key }) => {
        log.push([item.code, key]);
        await null;
        const status = fail.shift();
        if (status !== undefined) throw new api.Problem(status);
    };
    let keys = 0;
    const start = () => queue.createQueue({ act, who: () => who, newKey: () => `key${(keys += 1)}`, store, now: () => now, later: (run, wait) => timers.push([run, now + wait]) });
    const settle = async () => { for (let i = 0; i < 20; i += 1) await null; };
    const pass = async (wait) => { now += wait; for (const [run] of timers.splice(0)) run(); await settle(); };
    const book = (code) => ({ kind: "book", code });
    return (%s)({ start, settle, pass, book, log, fail: (...statuses) => (fail = statuses), be: (name) => (who = name), text: () => text });
}"""


def _queue(site, script):
    return ask(site, ["queue", "api"], QUEUE % script)


def one_scan_is_answered_at_a_time_in_order_and_none_is_lost(site):
    found = _queue(site, """async ({ start, settle, pass, book, log, fail }) => {
        const queue = start();
        fail(0, 503);
        queue.put([book("1")]); queue.put([book("2"), book("3")]);
        await settle();
        const waiting = [queue.state, queue.entries.length];
        await pass(3000); await pass(3000);
        return { waiting, log, after: [queue.state, queue.entries.length] };
    }""")
    check(found["waiting"] == ["offline", 3] and found["after"] == ["idle", 0], f"{found}")
    check(found["log"] == [["1", "key1"], ["1", "key1"], ["1", "key1"], ["2", "key2"], ["3", "key3"]], f"{found['log']}")


def dk15_a_scan_whose_answer_was_lost_is_sent_again_with_its_key(site):
    found = _queue(site, """async ({ start, settle, pass, book, log, fail }) => {
        const queue = start();
        fail(0);
        queue.put([book("1")]);
        await settle();
        // The page is loaded again: the scan is still there, with its key.
        const again = start();
        again.resume();
        await settle();
        return { log, left: again.entries.length };
    }""")
    check(found == {"log": [["1", "key1"], ["1", "key1"]], "left": 0}, f"{found}")


def dk16_an_old_scan_is_not_sent_by_itself(site):
    found = _queue(site, """async ({ start, settle, pass, book, log, fail }) => {
        const queue = start();
        fail(0);
        queue.put([book("1"), book("2"), book("3")]);
        await settle();
        await pass(11 * 60_000);
        const asked = [queue.state, queue.entries.length, log.length];
        queue.confirm();
        await settle();
        const sent = [queue.state, log.length];
        fail(0);
        queue.put([book("4")]);
        await settle();
        await pass(11 * 60_000);
        queue.drop();
        return { asked, sent, dropped: [queue.state, queue.entries.length] };
    }""")
    check(found == {"asked": ["old", 3, 1], "sent": ["idle", 4], "dropped": ["idle", 0]}, f"{found}")


def dk21_kept_scans_go_on_under_the_same_name_only(site):
    script = """async ({ start, settle, pass, book, log, fail, be }) => {
        const queue = start();
        fail(401);
        queue.put([book("1"), book("2")]);
        await settle();
        const ended = [queue.state, queue.entries.length];
        be("%s");
        queue.resume();
        await settle();
        return { ended, after: [queue.state, queue.entries.length], sent: log.length };
    }"""
    same, other = _queue(site, script % "maria"), _queue(site, script % "otto")
    check(same == {"ended": ["signedOut", 2], "after": ["idle", 0], "sent": 3}, f"{same}")
    check(other == {"ended": ["signedOut", 2], "after": ["foreign", 2], "sent": 1}, f"{other}")


def a_barcode_has_the_bars_of_the_standard(site):
    found = ask(site, ["code128"], """({code128}) => ["9780140447934", "A1234", "20410077", "PARISH0000000000000000000000127"].map((text) => {
        const { width, bars } = code128.code128(text);
        return { width, bars: bars.slice(0, 6), values: code128.values(text).slice(0, 5), end: width - (bars.at(-1)[0] + bars.at(-1)[1]) };
    })""")
    check(found[0]["width"] == 143 and found[0]["bars"] == [[10, 2], [13, 1], [16, 3], [21, 4], [26, 1], [28, 1]], f"{found[0]}")
    check(found[1]["values"][:4] == [104, 33, 99, 12], f"{found[1]}")
    check(found[2]["values"][:3] == [105, 20, 41], f"{found[2]}")
    check(all(one["end"] == 10 for one in found), "the clear space after the last bar")


def the_calls_of_the_desk_are_those_of_the_contract(site):
    contract = site.call("GET", "/openapi.json")[1]
    known = {operation["operationId"]: [method.upper(), path]
             for path, item in contract["paths"].items() for method, operation in item.items() if "operationId" in operation}
    for name, call in ask(site, ["desk-calls"], "(modules) => modules['desk-calls'].DESK_CALLS").items():
        if call[1] in contract["paths"]:
            check(known.get(name) == call, f"{name}: {call} is {known.get(name)} in openapi.json")
        else:
            check(name == "getDesk", f"{name}: there is no {call}")
