"""The line between a browser and a library, on which calls of the API go wrong, and during which the library is killed.

It is a proxy on a port of its own. What it does to a call depends on the seed, the name of the journey, and how often the journey
has made this call: a run can be repeated. Pages and scripts pass.
"""

import collections
import http.client
import http.server
import json
import random
import re
import threading
import time

# What happens to a call. The names say what the library has done by then.
FAULTS = {
    "the line drops before the library": lambda line, call, dice: None,
    "the answer is lost": lambda line, call, dice: line.ask(call) and None,
    "busy": lambda line, call, dice: _problem(503, "unavailable", 1),
    "busy after the work": lambda line, call, dice: line.ask(call) and _problem(503, "unavailable", 1),
    "too many calls": lambda line, call, dice: _problem(429, "too-many-requests", 1),
    "broken": lambda line, call, dice: _problem(500, "internal"),
    "too late, after the work": lambda line, call, dice: line.ask(call) and _problem(504, "timeout"),
    "a page of HTML": lambda line, call, dice: (502, [("Content-Type", "text/html")], b"<h1>Bad Gateway</h1>", None),
    "late": lambda line, call, dice: time.sleep(dice.uniform(0.1, 3)) or line.ask(call),
    "broken off": lambda line, call, dice: _half(line.ask(call), is_whole=False),
    "cut short by something in between": lambda line, call, dice: _half(line.ask(call), is_whole=True),
}

# Mistakes in the site's scripts, put in on their way to the browser: what stands there, and what instead. The journeys must find each.
DEFECTS = {
    "a-key-for-each-try": (r"(\w+)\.current\|\|=newKey\(\)", r"\1.current=newKey()"),
    "a-form-that-forgets": (r"(\w+)\.value=\{\.\.\.\1\.value,\.\.\.(\w+)\}", r"\1.value={...\2}"),
}

# When the library is killed: the call has not reached it, it works on it, it has done it.
MOMENTS = ["before", "during", "after"]

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
OF_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


def _problem(status, code, wait=None):
    document = {"type": f"/problems/{code}", "title": "Injected", "status": status, "code": code, "requestId": "from-the-line"}
    headers = [("Content-Type", "application/problem+json")] + ([("Retry-After", str(wait))] if wait else [])
    return status, headers, json.dumps(document).encode(), None


def _half(answer, is_whole):
    """Half of an answer. Its head says the length of all of it, unless something in between has set that right."""
    if not answer:
        return None
    status, headers, data, _ = answer
    half = data[: len(data) // 2]
    return status, headers, half, len(half) if is_whole else len(data)


class Line(http.server.ThreadingHTTPServer):
    """Carries the calls of a browser to a library. `percent` of the calls of the API go wrong, while `journey` has a name."""

    daemon_threads = True

    def __init__(self, library, seed, defect=None):
        super().__init__(("127.0.0.1", 0), Carrier)
        self.library, self.seed, self.percent, self.journey = library, seed, 0, ""
        self.defect, self.has_defect = DEFECTS.get(defect), False
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.counts, self.faults = collections.Counter(), collections.Counter()
        self.lock, self.is_open = threading.Lock(), threading.Event()
        self.is_open.set()
        # The call during which the library is killed, and when.
        self.doomed = None
        self.kills = 0

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
        self.is_open.wait(60)

    def carry(self, call):
        """What the browser gets for a call: status, headers, body, and the length that the head says. None, if the line drops."""
        method, path, *_ = call
        if self.defect and path.endswith(".js"):
            method, path, headers, body = call
            plain = {name: value for name, value in headers.items() if name.lower() != "accept-encoding"}
            return self._wrong(self.ask((method, path, plain, body)))
        if not self.journey or not path.startswith("/v1/") or path.startswith("/v1/web/"):
            return self.ask(call)
        if moment := self._is_doomed(f"{method} {path}"):
            return self._killed(call, moment)
        fault, dice = self._fault(method, ID.sub("{id}", path))
        return FAULTS[fault](self, call, dice) if fault else self.ask(call)

    def _wrong(self, answer):
        """A script with the defect."""
        if not answer:
            return None
        status, headers, data, _ = answer
        text = data.decode()
        wrong = re.sub(*self.defect, text)
        self.has_defect |= wrong != text
        return status, headers, wrong.encode(), None

    def _fault(self, method, path):
        with self.lock:
            self.counts[method, path] += 1
            dice = random.Random(f"{self.seed} {self.journey} {method} {path} {self.counts[method, path]}")
            if dice.uniform(0, 100) >= self.percent:
                return None, dice
            fault = dice.choice(list(FAULTS))
            self.faults[fault] += 1
            return fault, dice

    def _is_doomed(self, call):
        with self.lock:
            if not self.doomed or not re.search(self.doomed[0], call):
                return None
            moment, self.doomed = self.doomed[1], None
            return moment

    def _killed(self, call, moment):
        """Kills the library, and opens it again at once. The call has no answer."""
        self.is_open.clear()
        self.kills += 1
        work = threading.Thread(target=self.ask, args=[call])
        if moment != "before":
            work.start()
        if moment == "during":
            time.sleep(random.Random(f"{self.seed} {self.journey} kill").uniform(0, 0.05))
        if moment == "after":
            work.join()
        self.library.kill()
        threading.Thread(target=self._open_again).start()
        return None

    def _open_again(self):
        self.library.__enter__()
        self.is_open.set()

    def ask(self, call):
        """Asks the library. None, if there is no answer."""
        method, path, headers, body = call
        connection = http.client.HTTPConnection(self.library.url.split("/")[2], timeout=40)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return answer.status, [(name, value) for name, value in answer.getheaders() if name.lower() not in OF_HOP], data, None


class Carrier(http.server.BaseHTTPRequestHandler):
    """One request of the browser. Each has a connection of its own: on one that was used before, Chromium itself sends again what was
    not answered, and the page would see nothing of it."""

    protocol_version = "HTTP/1.1"
    server: Line

    def log_message(self, *_):
        pass

    def answer(self):
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_HOP}
        answer = self.server.carry((self.command, self.path, headers, body or None))
        if answer is None:
            return
        status, headers, data, length = answer
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(data) if length is None else length))
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.write(b"" if self.command == "HEAD" else data)
        except OSError:
            # The browser has left.
            pass

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer
