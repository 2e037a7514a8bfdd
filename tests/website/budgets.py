"""What the site may weigh, and how fast it must be on a slow phone."""

import gzip
import re

from playwright.sync_api import expect

from .browser import check, module_of, read, ready, settled, until
from .scripts import WEB

KB = 1000


def _load(site, path, reader=None, calls=None):
    """The files of a first load: their names and what came over the line. Collects the calls of the API, too."""
    with site.context(reader) as context:
        page = context.new_page()
        if calls is not None:
            own = site.api + "/"
            page.on("request", lambda request: request.url.startswith(own) and "/web/" not in request.url
                    and calls.append(f"{request.method} /{request.url.removeprefix(own).split('?')[0]}"))
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        sizes, names, heads = {}, {}, {}

        def received(event):
            names[event["requestId"]], heads[event["requestId"]] = event["response"]["url"], event["response"]["encodedDataLength"]
        devtools.on("Network.responseReceived", received)
        devtools.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"] - heads.get(event["requestId"], 0)}))
        page.goto(path)
        ready(page)
        settled(page)
        return {names[request].rsplit("/", 1)[-1]: size for request, size in sizes.items() if "/-/" in names.get(request, "") and "icon" not in names[request]}


def _sum(files, ending):
    return sum(size for name, size in files.items() if name.endswith(ending))


def _with_gzip(site, names):
    return sum(len(gzip.compress(read(f"{site.api}/web/-/{name}").encode(), 9)) for name in names)


def the_first_load_is_light(site):
    book = site.book(site.librarian(), title="Weighed")
    # Browsers accept Brotli over HTTPS, gzip everywhere.
    for path, most_with_gzip in [("/", 30), ("/search?q=the", 32), (f"/books/{book['id']}", 31)]:
        files = _load(site, path)
        scripts, styles, fonts = (_sum(files, ending) for ending in (".js", ".css", ".woff2"))
        others = [name for name in files if not name.endswith(".woff2")]
        with_gzip = _with_gzip(site, [name for name in files if name.endswith(".js")])
        print(f"        {path}: {len(others)} files, {scripts / KB:.1f} kB of scripts, with gzip {with_gzip / KB:.1f}, {styles / KB:.1f} kB of style, {fonts / KB:.1f} kB of fonts")
        check(scripts <= 29 * KB, f"{path}: {scripts} bytes of scripts: {files}")
        check(with_gzip <= most_with_gzip * KB, f"{path}: {with_gzip} bytes of scripts with gzip: {files}")
        check(styles <= 10 * KB, f"{path}: {styles} bytes of style")
        check(fonts <= 45 * KB and sum(name.endswith(".woff2") for name in files) <= 2, f"{path}: {fonts} bytes of fonts: {files}")
        check(len(others) <= 12, f"{path}: {len(others)} files: {others}")


def the_whole_app_is_light(site):
    module_of(site, "shell")
    english = [name for name in site.modules.values() if not re.match(r"(de|es|fr)(-search|-book|-more|-desk|-rules|-paper|-files)?-", name)]
    of_desk = {path.stem for path in (WEB / "pages" / "desk").glob("*.js")} | {"en-desk"}
    # The pages of the rules and of printing are opened once in a while.
    seldom = {"rules", "rules-values", "rules-meaning", "rules-words", "closed-days", "en-rules",
              "print", "sheets", "picker", "codes-drawn", "paper-words", "en-paper", "qr"}
    of_files = {path.stem for path in (WEB / "pages" / "files").glob("*.js")} | {"en-files"}
    # What readers may load, and what only librarians do.
    for who, most, names in [("readers", 80, [name for name in english if name[:-12] not in of_desk | of_files | seldom | {"ean13"}]),
                             ("a camera, where the browser reads no barcodes", 14, [name for name in english if name[:-12] == "ean13"]),
                             ("librarians", 51, [name for name in english if name[:-12] in of_desk - seldom]),
                             ("files", 24.5, [name for name in english if name[:-12] in of_files]),
                             ("the rules and the printing", 28, [name for name in english if name[:-12] in seldom])]:
        whole = _with_gzip(site, names)
        print(f"        for {who}: {len(names)} scripts, {whole / KB:.1f} kB")
        check(whole <= most * KB, f"{who}: {whole} bytes")


def the_desk_is_light_and_asks_little(site):
    librarian, reader = site.librarian(), site.reader()
    site.reserve(reader, site.book(librarian, title="Waits"))
    record = f"/readers/{reader['id']}"
    # What a librarian's browser loads for a page, whole, and the calls that it makes. Books of lists are asked for once each.
    for path, most, calls in [("/desk", 68, ["GET /desk", "GET /users/me"]), ("/readers?q=Byron", 50, ["GET /rules", "GET /users", "GET /users/me"]),
                              (record, 57, ["GET /reservations", "GET /rules", "GET /users/me", f"GET /users/{reader['id']}"]),
                              ("/lists/overdue", 53, ["GET /desk", "GET /reservations", "GET /users/me"]),
                              ("/activity", 52, ["GET /activity", "GET /users/me"]),
                              ("/import", 62.5, ["GET /users/me"]), ("/export", 55, ["GET /users/me"])]:
        asked = []
        files = _load(site, path, librarian, asked)
        scripts, styles = _sum(files, ".js"), _sum(files, ".css")
        others = [call for call in asked if not re.match(r"GET /books/[0-9a-f-]{36}$", call)]
        print(f"        {path.split('?')[0]}: {len(files)} files, {scripts / KB:.1f} kB of scripts, {styles / KB:.1f} kB of style, {len(others)} calls")
        check(scripts <= most * KB and styles <= 17 * KB, f"{path}: {scripts} and {styles} bytes: {files}")
        check(sorted(others) == sorted(calls), f"{path}: {others}")


SLOW_PHONE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}


def _on_a_slow_phone(site, path, reader=None):
    """The largest paint and the shift, on a slow phone."""
    with site.context(reader, width=360) as context:
        context.add_init_script("""window.shift = 0; window.paint = 0;
            new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value; }).observe({ type: "layout-shift", buffered: true });
            new PerformanceObserver((list) => { for (const entry of list.getEntries()) paint = entry.startTime; }).observe({ type: "largest-contentful-paint", buffered: true });""")
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", SLOW_PHONE)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(path)
        # What is there may not be painted yet.
        until(page, "paint > 0")
        settled(page)
        page.wait_for_timeout(200)
        return page.evaluate("[paint, shift]")


def the_site_is_fast_on_a_slow_phone(site):
    reader, book = site.reader(), site.book(site.librarian(), title="Fast on a Phone")
    old, own = site.book(reader, title="Old on a Phone"), site.book(reader, title="Changed on a Phone")
    site.call("POST", f"/books/{old['id']}/archive", {}, reader["token"])
    site.reserve(site.reader(), book)
    site.reserve(reader, book)
    for path, who in [("/", None), ("/search?q=the", None), ("/search?q=zzyzxia+qwrtzu", None), (f"/books/{own['id']}", None), (f"/books/{book['id']}", reader),
                      (f"/books/{own['id']}/edit", reader), (f"/old-books/{old['id']}", None), ("/me", reader), ("/nothing", None)]:
        paint, shift = _on_a_slow_phone(site, path, who)
        print(f"        {path}: largest paint after {paint:.0f} ms, shift {shift:.3f}")
        # The machine is shared: twice the goal fails only what is really slow.
        check(paint <= 2 * 1800, f"{path}: {paint} ms")
        check(shift <= 0.02, f"{path}: shift {shift}")


def a_wall_of_covers_never_blocks_typing(site):
    # The machine is shared: only what blocks every time is the site's doing.
    longest = min(_longest_task(site) for _ in range(3))
    print(f"        48 covers: the longest task took {longest:.0f} ms")
    check(longest <= 50, f"{longest} ms")


def _longest_task(site):
    with site.context(width=1280) as context:
        page = context.new_page()
        books = site.call("GET", "/books?limit=48")[1]
        page.route("**/v1/books?*", lambda route: route.fulfill(json={"items": books["items"]}))
        page.add_init_script("""window.long = []; new PerformanceObserver((list) => { for (const entry of list.getEntries()) long.push(entry.duration); })
            .observe({ type: "longtask", buffered: true });""")
        page.goto("/")
        settled(page)
        page.evaluate("window.long.length = 0")
        for step in range(0, 4000, 400):
            page.mouse.wheel(0, 400)
            page.wait_for_timeout(50)
        expect(page.locator(".shelf .cv").first).to_be_visible()
        return max(page.evaluate("long") or [0])
