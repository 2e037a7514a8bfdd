"""How fast the site must be on a slow phone, and while one types. It is measured, so nothing runs beside it."""

from playwright.sync_api import expect

from .browser import check, settled, until

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
