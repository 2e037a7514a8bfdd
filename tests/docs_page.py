#!/usr/bin/env python3
"""Opens the documentation of a library of its own in Chromium, reads it, signs in, and tries operations out. Then pastes the
lines of docs/front-end.md into the console of a page of another origin.

Drives the browser over its DevTools pipe (https://chromedevtools.github.io/devtools-protocol/): JSON with a NUL after each
message, on two file descriptors, so that Python alone is enough. Installs Chromium where it is missing and apt can.
SKIP_BROWSER=1 leaves it all out; PICTURES=DIR keeps what the page looked like.
"""

import base64
import http.server
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True

from library import Library

PATIENCE = 60
# The address of the library in the documents.
API = "http://127.0.0.1:9000/v1"


class Failed(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Failed(what)


class Browser:
    """One page of a Chromium of one's own."""

    def __init__(self, program, profile):
        commands, self.commands = os.pipe()
        self.messages, messages = os.pipe()
        # Its sandbox does not work for root, who runs this in CI; the only page that it opens is ours.
        flags = ["--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--no-first-run", "--disable-background-networking", "--window-size=1200,1400", f"--user-data-dir={profile}"]
        # Chromium listens on 3 and tells on 4.
        shell = ["bash", "-c", f'exec "$@" 3<&{commands} 4>&{messages}', "chromium", program, *flags]
        self.process = subprocess.Popen(shell, pass_fds=[commands, messages], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(commands)
        os.close(messages)
        self.unread, self.count, self.session = b"", 0, None
        self.complaints, self.requests = [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network", "Audits"]:
            self.call(domain + ".enable")

    def call(self, method, **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.next_message(deadline)
            if answer.get("id") == self.count:
                check("error" not in answer, f"{method}: {answer.get('error')}")
                return answer["result"]

    def next_message(self, deadline):
        while b"\0" not in self.unread:
            ready, _, _ = select.select([self.messages], [], [], max(0, deadline - time.monotonic()))
            check(ready, "Chromium does not answer")
            read = os.read(self.messages, 1 << 16)
            check(read, "Chromium has ended")
            self.unread += read
        message, self.unread = self.unread.split(b"\0", 1)
        message = json.loads(message)
        self.note(message.get("method"), message.get("params"))
        return message

    def note(self, event, of):
        """Remembers what the page asked for, and whatever it or the browser is unhappy about."""
        if event == "Network.requestWillBeSent":
            self.requests.append(of["request"])
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(of["exceptionDetails"])
        elif event == "Runtime.consoleAPICalled" and of["type"] in ["error", "warning", "assert"]:
            self.complaints.append(of["args"])
        elif event == "Log.entryAdded" and of["entry"]["level"] in ["error", "warning"]:
            self.complaints.append(of["entry"])
        elif event == "Audits.issueAdded" and of["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.complaints.append(of["issue"])

    def open(self, url):
        self.call("Page.navigate", url="about:blank")
        self.requests.clear()
        self.call("Page.navigate", url=url)

    def ask(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        check("exceptionDetails" not in answer, f"{script}: {answer.get('exceptionDetails')}")
        return answer["result"].get("value")

    def wait_for(self, script):
        deadline = time.monotonic() + PATIENCE
        while not (value := self.ask(script)):
            check(time.monotonic() < deadline, f"this never came true: {script}")
            time.sleep(0.05)
        return value

    def click(self, selector):
        """As a person would: where the element is once it stands still, and only if nothing is in front of it."""
        place = self.wait_for(f"""(async () => {{
            const element = document.querySelector({json.dumps(selector)});
            if (!element) return null;
            element.scrollIntoView({{block: "center", behavior: "instant"}});
            const before = element.getBoundingClientRect();
            await new Promise(resolve => setTimeout(resolve, 100));
            const box = element.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
            return before.y === box.y && element.contains(document.elementFromPoint(x, y)) ? {{x, y}} : null;
        }})()""")
        for kind in ["mousePressed", "mouseReleased"]:
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def type_into(self, selector, text):
        self.click(selector)
        self.call("Input.insertText", text=text)

    def picture(self, name):
        if folder := os.environ.get("PICTURES"):
            data = self.call("Page.captureScreenshot", captureBeyondViewport=False)["data"]
            pathlib.Path(folder, name + ".png").write_bytes(base64.b64decode(data))

    def close(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def operations(contract):
    """Where Swagger UI puts each operation: `users-getMe`."""
    return [f"{operation['tags'][0]}-{operation['operationId']}"
            for item in contract["paths"].values() for operation in item.values()]


def try_out(browser, operation):
    """Executes an operation as the page offers it: its status, its body, and what was sent."""
    block = f"#operations-{operation}"
    if not browser.ask(f"!!document.querySelector('{block} .execute')"):
        browser.click(f"{block} .opblock-summary-control")
    browser.requests.clear()
    browser.click(f"{block} .execute")
    live = f"document.querySelector('{block} .live-responses-table .response .response-col_status')"
    status = browser.wait_for(f"{live} && parseInt({live}.textContent)")
    body = browser.ask(f"document.querySelector('{block} .live-responses-table .highlight-code code')?.textContent")
    browser.picture(operation)
    return status, body or "", browser.requests[0]


def the_page_renders(library, browser):
    contract = library.get("/openapi.json")
    for page in ["/docs/", "/docs"]:
        browser.open(library.url + page)
        browser.wait_for("document.querySelector('.information-container .title')?.textContent.startsWith('Carrel')")
        shown = browser.wait_for("(blocks => blocks.length && blocks)([...document.querySelectorAll('.opblock')].map(block => block.id))")
        expected = sorted("operations-" + name for name in operations(contract))
        check(sorted(shown) == expected, f"{page} shows {shown}")
        origin = library.url.removesuffix("/v1") + "/"
        foreign = [request["url"] for request in browser.requests if not request["url"].startswith((origin, "data:", "blob:"))]
        check(not foreign, f"{page} asks elsewhere: {foreign}")
        text = browser.ask("document.body.innerText")
        for tag in contract["tags"]:
            check(tag["description"] in text, f"{page} does not say: {tag['description']}")
    check(browser.ask("document.title") == "Carrel: the API", "the title")
    browser.picture("docs")


def an_operation_says_who_may_call_it(library, browser):
    browser.open(library.url + "/docs#/users/listUsers")
    browser.wait_for("document.querySelector('#operations-users-listUsers .opblock-description')?.innerText.includes('Who may call it: librarians')")


def operations_are_tried_out(library, browser):
    browser.open(library.url + "/docs")
    status, body, _ = try_out(browser, "site-health")
    check((status, json.loads(body)) == (200, {"status": "ok"}), f"GET /health: {status} {body}")
    status, body, request = try_out(browser, "books-listBooks")
    check(status == 200 and json.loads(body)["items"], f"GET /books: {status} {body}")
    check(request["url"] == library.url + "/books", f"nobody asked for a filter: {request['url']}")
    # What the page proposes to send, sent.
    status, body, _ = try_out(browser, "auth-register")
    check(status == 201, f"POST /auth/register: {status} {body}")


def a_picture_is_shown_as_one(library, browser):
    browser.open(library.url + "/docs")
    status, _, _ = try_out(browser, "users-getPicture")
    check(status == 200, f"GET /users/{{userId}}/picture: {status}")
    browser.wait_for("document.querySelector('#operations-users-getPicture .live-responses-table img')?.naturalWidth === 256")


def whoever_authorizes_is_signed_in(library, browser):
    browser.open(library.url + "/docs")
    welcome = library.post("/auth/register", {"email": "reader@example.com", "password": "correct horse battery"})
    browser.click(".auth-wrapper .authorize")
    browser.wait_for("document.querySelectorAll('.modal-ux .auth-container').length === 3")
    browser.picture("authorize")
    for scheme, value in [("bearer", welcome["accessToken"]), ("apiKey", "local-website")]:
        # Their forms have no names to find them by, only headings: give them some.
        browser.ask(f"""[...document.querySelectorAll('.auth-container')]
            .find(form => form.querySelector('h4').textContent.startsWith('{scheme}')).dataset.scheme = '{scheme}'""")
        browser.type_into(f"[data-scheme={scheme}] input", value)
        browser.click(f"[data-scheme={scheme}] .authorize")
        browser.wait_for(f"!document.querySelector('[data-scheme={scheme}] input')")
    browser.click(".modal-ux .btn-done")
    status, body, request = try_out(browser, "users-getMe")
    check(status == 200 and json.loads(body)["id"] == welcome["user"]["id"], f"GET /users/me: {status} {body}")
    check(request["headers"].get("X-Api-Key") == "local-website", f"the key was not sent: {request['headers']}")


class EmptyPage(http.server.BaseHTTPRequestHandler):
    """A page of somebody's website."""

    def do_GET(self):
        body = b"<!DOCTYPE html><link rel=icon href=data:><title>A website</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def the_lines_of_front_end_work_in_a_page_of_localhost(library, browser):
    document = pathlib.Path(__file__, "../../docs/front-end.md").resolve().read_text()
    [lines] = re.findall(r"^```js\n(.*?)^```$", document, re.DOTALL | re.MULTILINE)
    check(lines.count(API) == 1, f"docs/front-end.md names the library once, as {API}")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage) as website:
        threading.Thread(target=website.serve_forever, daemon=True).start()
        browser.open(f"http://localhost:{website.server_port}/")
        browser.wait_for("document.title === 'A website'")
        pasted = f"(async () => {{ const shown = [], console = {{log: (...all) => shown.push(all)}}; {lines.replace(API, library.url)}; return shown; }})()"
        shown = browser.ask(pasted)
        website.shutdown()
    check(shown == [[201, "Emma", '"1"', "johndoe@example.com"]], f"docs/front-end.md's lines print {shown}")


def nothing_is_complained_of(_, browser):
    check(not browser.complaints, "\n".join(json.dumps(complaint) for complaint in browser.complaints[:4]))


def an_authorization_ends_with_its_page(library, browser):
    browser.open(library.url + "/docs")
    status, body, _ = try_out(browser, "users-getMe")
    check(status == 401, f"GET /users/me: {status} {body}")


STORIES = [the_page_renders, an_operation_says_who_may_call_it, operations_are_tried_out, a_picture_is_shown_as_one,
           whoever_authorizes_is_signed_in, the_lines_of_front_end_work_in_a_page_of_localhost,
           # The last one gets a 401, which a browser complains of.
           nothing_is_complained_of, an_authorization_ends_with_its_page]


def chromium():
    """The program, installed if need be."""
    find = lambda: next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if not find() and shutil.which("apt-get"):
        for command in [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]:
            subprocess.run(["apt-get", "--quiet", "--quiet", *command], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                           stdout=subprocess.DEVNULL)
    return find() or sys.exit("docs page: there is no Chromium here. Install one, or set SKIP_BROWSER=1.")


def main():
    if os.environ.get("SKIP_BROWSER"):
        print("docs page: skipped")
        return
    program = chromium()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, Library() as library:
        browser = Browser(program, profile)
        try:
            for story in STORIES:
                try:
                    story(library, browser)
                except Failed as failed:
                    sys.exit(f"docs page: {story.__name__} failed: {failed}")
        finally:
            browser.close()
    print(f"docs page: {len(STORIES)} passed, 0 failed")


if __name__ == "__main__":
    main()
