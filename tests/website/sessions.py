"""Sessions: in several tabs, without storage, without cookies, ended elsewhere, and what is left when one has gone."""

import time

from playwright.sync_api import expect

from .browser import check, chromium, heading, module_of, ready, settled, until

BLOCKED = """
for (const name of ["localStorage", "sessionStorage", "indexedDB"]) Object.defineProperty(window, name, { get() { throw new DOMException("blocked"); } });
delete window.BroadcastChannel;
Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
"""
NO_LOCKS = 'Object.defineProperty(Navigator.prototype, "locks", { value: undefined });'


def _expire(context):
    """The access token runs out: its cookie goes."""
    context.clear_cookies(name="__Host-access")


def _wake(site, reader, tabs, prepare=None, delay=0, rounds=1):
    """Opens tabs. In each round it lets the access token run out, and makes four calls in each tab at once. Returns the refreshes of each round."""
    with site.context(reader) as context:
        if prepare:
            context.add_init_script(prepare)
        pages = [context.new_page() for _ in range(tabs)]
        for page in pages:
            page.goto("/me")
            expect(heading(page)).to_have_text("My books")
            settled(page)
        refreshes, counts, refused = [], [], []
        context.on("response", lambda response: response.status >= 400 and refused.append((response.status, response.url.rsplit("/v1")[-1])))
        context.on("request", lambda request: request.url.endswith("/auth/refresh-token") and refreshes.append(request))
        if delay:
            context.route("**/auth/refresh-token", lambda route: time.sleep(delay) or route.continue_())
        api = module_of(site, "api")
        for _ in range(rounds):
            refreshes.clear()
            refused.clear()
            _expire(context)
            for page in pages:
                page.evaluate("""(api) => { window.answers = undefined; import(api).then(async ({ call }) => {
                    const answers = await Promise.all(["getMe", "listReservations", "listFavorites", "listSessions"].map((name) => call(name).then(() => true, () => false)));
                    window.answers = answers.every(Boolean);
                }); }""", api)
            for page in pages:
                until(page, "window.answers !== undefined")
                check(page.evaluate("window.answers"), f"a call was not answered in round {len(counts)}: {refused}")
            counts.append(len(refreshes))
        return counts


def wb11_one_tab_refreshes_for_all(site):
    counts = _wake(site, site.reader(), 3, rounds=20)
    check(counts == [1] * 20, f"refreshes of 20 rounds: {counts}")
    check(_wake(site, site.reader(), 3, delay=0.5) == [1], "more than one refresh of a slow library")
    _wake(site, site.reader(), 2, NO_LOCKS)


def wb12_everything_works_where_storage_is_blocked(site):
    reader, book = site.reader(), site.book(site.librarian(), title="Without Storage")
    site.found("Without Storage")
    with site.context() as context:
        context.add_init_script(BLOCKED)
        page = context.new_page()
        page.goto("/")
        ready(page)
        page.locator(".seg").get_by_text("Dark", exact=True).click()
        check(page.evaluate("document.documentElement.dataset.theme") == "dark", "the theme does not change")
        page.select_option("#language", "de")
        page.locator(".nav a[href='/about']").click()
        until(page, "location.pathname === '/about' && document.querySelector('main h1')")
        check(page.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]") == ["de", "dark"], "they do not last")
        page.select_option("#language", "en")
        page.locator(".nav").get_by_role("link", name="Search").click()
        page.get_by_role("combobox", name="Title, author or ISBN").fill("Without")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Without Storage").click()
        page.get_by_role("link", name="Sign in to reserve it").click()
        page.fill("#login", reader["email"])
        page.fill("#password", reader["password"])
        page.locator("main").get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Reserve a copy").click()
        expect(page.locator("#have")).to_have_text("Ready for you")
        page.get_by_role("button", name="your account").click()
        page.locator("#menu").get_by_role("button", name="Sign out").click()
        expect(page.locator(".nav").get_by_role("link", name="Sign in")).to_be_visible()


def wb13_a_browser_that_keeps_no_cookies_is_told_so(site):
    reader = site.reader()
    with site.page("/sign-in") as page:
        calls = []
        page.on("request", lambda request: "/v1/auth" in request.url and calls.append(request.url) or "/users/me" in request.url and calls.append(request.url))

        def without_cookies(route):
            answer = route.fetch()
            headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
            page.context.clear_cookies()
            route.fulfill(status=answer.status, headers=headers, body=answer.body())
            page.context.clear_cookies()
        page.route("**/auth/login", without_cookies)
        page.context.route("**/users/me", lambda route: route.fulfill(status=401, json={"code": "no-token", "status": 401}))
        page.fill("#login", reader["email"])
        page.fill("#password", reader["password"])
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.locator(".note")).to_contain_text("This browser did not keep the sign-in")
        check(len(calls) <= 2, f"{calls}")


def wb15_a_sign_out_is_seen_by_the_other_tabs(site):
    with site.context(site.reader()) as context:
        one, other = context.new_page(), context.new_page()
        for page in (one, other):
            page.goto("/me")
            expect(heading(page)).to_have_text("My books")
        one.get_by_role("button", name="your account").click()
        one.locator("#menu").get_by_role("button", name="Sign out").click()
        expect(heading(other)).to_have_text("Sign in: My books", timeout=1500)
        expect(other.locator(".nav").get_by_role("link", name="Sign in")).to_be_visible()
        expect(other.locator(".toast")).to_contain_text("You were signed out in another tab.")


def wb15_a_session_that_was_ended_elsewhere_keeps_the_words_of_a_form(site):
    reader = site.reader()
    with site.page("/account", reader) as page:
        settled(page)
        page.fill("#firstName", "Kept")
        site.call("POST", "/auth/logout?scope=all", {}, reader["token"])
        page.locator("#profile").get_by_role("button", name="Save").click()
        dialog = page.locator("dialog[open]")
        expect(dialog).to_contain_text("Sign in first")
        expect(heading(page)).to_have_text("Account")
        dialog.locator("#login").fill(reader["email"])
        dialog.locator("#password").fill(reader["password"])
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog).to_have_count(0)
        page.locator("#profile").get_by_role("button", name="Save").click()
        expect(page.get_by_role("button", name="your account")).to_contain_text("Kept")
        _, tokens, _ = site.call("POST", "/auth/login", {"email": reader["email"], "password": reader["password"]})
        check(site.call("GET", "/users/me", token=tokens["accessToken"])[1]["firstName"] == "Kept", "the name is lost")
        site.call("POST", "/auth/logout?scope=all", {}, tokens["accessToken"])
        page.locator("#profile").get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Not now").click()
        expect(heading(page)).to_have_text("Sign in: Account")


def wb15_the_words_of_a_reader_are_not_shown_to_the_next_one(site):
    with site.context(site.reader()) as context:
        one, other = context.new_page(), context.new_page()
        for page in (one, other):
            page.goto("/books/new")
            expect(heading(page)).to_have_text("Add a book")
        other.fill("#title", "Somebody's secret")
        one.get_by_role("button", name="your account").click()
        one.locator("#menu").get_by_role("button", name="Sign out").click()
        expect(other.locator(".nav").get_by_role("link", name="Sign in")).to_be_visible()
        next_reader = site.reader()
        one.goto("/sign-in")
        one.fill("#login", next_reader["email"])
        one.fill("#password", next_reader["password"])
        one.locator("main").get_by_role("button", name="Sign in").click()
        expect(heading(other)).to_have_text("Add a book")
        expect(other.locator("#title")).to_have_value("")


def wb15_a_session_that_ended_is_said_though_the_dialog_does_not_arrive(site):
    reader = site.reader()
    with site.page("/account", reader) as page:
        page.route("**/-/sign-in-again-*", lambda route: route.abort())
        settled(page)
        site.call("POST", "/auth/logout?scope=all", {}, reader["token"])
        page.locator("#profile").get_by_role("button", name="Save").click()
        expect(heading(page)).to_have_text("Sign in: Account")


def wb16_back_after_a_sign_out_shows_nothing_private(site):
    with site.page("/account", site.reader()) as page:
        expect(heading(page)).to_have_text("Account")
        page.get_by_role("button", name="your account").click()
        page.locator("#menu").get_by_role("button", name="Sign out").click()
        expect(heading(page)).to_have_text("Sign in: Account")
        page.goto(site.url + "/dev/mail")
        page.go_back()
        ready(page)
        expect(heading(page)).to_have_text("Sign in: Account")
        check("@example.org" not in page.inner_text("body"), "an address is shown")


def wb16_a_page_that_is_left_hides_itself(site):
    with site.page("/me", site.reader()) as page:
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
        check(page.evaluate("getComputedStyle(document.body).visibility") == "hidden", "it can be seen")
        page.evaluate("localStorage.removeItem('signedIn')")
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        expect(heading(page)).to_have_text("Sign in: My books")
        until(page, "getComputedStyle(document.body).visibility === 'visible'")


def wb16_a_page_that_the_browser_kept_whole_is_not_shown_again(site):
    """Playwright switches that off, and a browser without windows keeps no page, so this is a browser of its own."""
    reader = site.reader()
    flags = {"args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"], "ignore_default_args": ["--disable-back-forward-cache"]}
    browser = site.playwright.chromium.launch(executable_path=chromium("chromium"), **flags)
    try:
        context = browser.new_context(base_url=site.url, storage_state=site.state(reader))
        page = context.new_page()
        page.goto("/account")
        ready(page)
        expect(page.locator("body")).to_contain_text(reader["email"])
        # What can be seen in each frame after the page has come back. The page soon leaves, so it tells that at once.
        seen = []
        page.expose_binding("see", lambda _, persisted, shown: seen.append((persisted, shown)))
        page.evaluate("""(email) => addEventListener("pageshow", ({ persisted }) => {
            const look = () => {
                see(persisted, getComputedStyle(document.body).visibility === "visible" && document.body.innerText.includes(email));
                requestAnimationFrame(look);
            };
            look();
        })""", reader["email"])
        page.goto(site.url + "/dev/mail")
        check(context.request.post("/v1/auth/logout", headers={"Origin": site.url}).ok, "signing out elsewhere")
        # Later, so that the page that asks is not gone before it has answered.
        page.evaluate("setTimeout(() => history.back())")
        expect(heading(page)).to_have_text("Sign in: Account")
        check(seen and all(persisted for persisted, _ in seen), f"the browser did not keep the page: {seen}")
        check(not any(shown for _, shown in seen), f"it was shown: {seen}")
    finally:
        browser.close()


def wb17_the_words_of_a_book_survive_the_end_of_the_session(site):
    reader = site.reader()
    with site.page("/books/new", reader) as page:
        page.fill("#title", "Half an Hour of Typing")
        page.fill("#author", "Me")
        site.call("POST", "/auth/logout?scope=all", {}, reader["token"])
        _expire(page.context)
        page.get_by_role("button", name="Put it on the shelf").click()
        expect(page.locator("dialog[open]")).to_contain_text("What you typed stays")
        page.locator("dialog[open] #login").fill(reader["email"])
        page.locator("dialog[open] #password").fill(reader["password"])
        page.locator("dialog[open]").get_by_role("button", name="Sign in").click()
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.locator("#title")).to_have_value("Half an Hour of Typing")
        page.get_by_role("button", name="Put it on the shelf").click()
        expect(heading(page)).to_have_text("Half an Hour of Typing")
    books = site.call("GET", "/books?title=Half%20an%20Hour%20of%20Typing")[1]["items"]
    check(len(books) == 1, f"{len(books)} books")


def _sign_in_again(page, reader):
    dialog = page.locator("dialog[open]")
    dialog.locator("#login").fill(reader["email"])
    dialog.locator("#password").fill(reader["password"])
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)


def wb17_an_edit_survives_the_end_of_the_session_and_is_still_compared(site):
    reader = site.reader()
    book = site.book(reader, title="Edited for Half an Hour", pages=100)
    with site.page(f"/books/{book['id']}/edit", reader) as page:
        page.fill("#pages", "111")
        site.call("PATCH", f"/books/{book['id']}", {"pages": 122}, site.librarian()["token"])
        site.call("POST", "/auth/logout?scope=all", {}, reader["token"])
        _expire(page.context)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("dialog[open]")).to_contain_text("What you typed stays")
        _sign_in_again(page, reader)
        expect(page.locator("#pages")).to_have_value("111")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(heading(page)).to_contain_text("Two of you edited")
    check(site.call("GET", f"/books/{book['id']}")[1]["pages"] == 122, "the edit was saved over another one")


def wb17_a_reservation_goes_on_after_the_end_of_the_session(site):
    reader, book = site.reader(), site.book(site.librarian(), title="Reserved Once More")
    with site.page(f"/books/{book['id']}", reader) as page:
        expect(page.get_by_role("button", name="Reserve a copy")).to_be_enabled()
        site.call("POST", "/auth/logout?scope=all", {}, reader["token"])
        _expire(page.context)
        page.get_by_role("button", name="Reserve a copy").click()
        _sign_in_again(page, reader)
        page.get_by_role("button", name="Reserve a copy").click()
        expect(page.locator("#have")).to_have_text("Ready for you")
    check(site.call("GET", f"/books/{book['id']}/availability")[1]["free"] == 0, "it is not reserved")


def wb18_back_never_returns_to_the_sign_in_form(site):
    reader = site.reader()
    with site.page("/about") as page:
        page.locator(".nav").get_by_role("link", name="Sign in").click()
        page.fill("#login", reader["email"])
        page.fill("#password", reader["password"])
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="How to borrow")).to_be_visible()
        page.go_back()
        check("/sign-in" not in page.url, page.url)


def wb19_a_link_from_elsewhere_opens_signed_in(site):
    with site.context(site.reader()) as context:
        page = context.new_page()
        page.route("https://elsewhere.example/", lambda route: route.fulfill(
            content_type="text/html", body=f'<a id="a" href="{site.url}/me">a</a><a id="b" rel="noreferrer" href="{site.url}/me">b</a>'))
        for link in ("#a", "#b"):
            page.goto("https://elsewhere.example/")
            page.click(link)
            expect(heading(page)).to_have_text("My books")
        context.foreign.clear()


def wb53_keys_are_made_where_the_page_is_not_secure(site):
    book = site.book(site.librarian(), title="On the Tablet")
    with site.context(site.reader()) as context:
        context.add_init_script("delete Crypto.prototype.randomUUID; " + NO_LOCKS + "Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined });")
        page = context.new_page()
        page.goto(f"/books/{book['id']}")
        keys = []
        page.on("request", lambda request: request.method == "POST" and keys.append(request.headers.get("idempotency-key")))
        page.get_by_role("button", name="Reserve a copy").click()
        expect(page.locator("#have")).to_have_text("Ready for you")
        check(len(keys) == 1 and len(keys[0]) == 32, f"{keys}")


def wb53_a_page_on_an_insecure_address_is_whole(site):
    book, tablet = site.book(site.librarian(), title="Read on the Tablet"), "http://tablet.example"
    site.found("Read on the Tablet")

    def answer(route):
        # The runner answers to its own names only, so the test stands between.
        request = route.request
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "origin", "sec-fetch-site")}
        response = route.fetch(url=request.url.replace(tablet, site.url, 1), headers=headers | {"origin": site.url})
        # A browser refuses such cookies from an address that is not secure. What a test answers is not checked.
        cookies = [header["value"] for header in response.headers_array if header["name"].lower() == "set-cookie"]
        check(all("secure" in cookie.lower() for cookie in cookies), f"{cookies}")
        kept = {name: value for name, value in response.headers.items() if name != "set-cookie"}
        context.clear_cookies()
        route.fulfill(response=response, headers=kept)
    reader = site.reader()
    with site.context() as context:
        page = context.new_page()
        context.route(f"{tablet}/**", answer)
        page.goto(f"{tablet}/search?q=Read+on+the+Tablet")
        page.locator("main").get_by_role("link", name="Read on the Tablet").click()
        expect(page.locator("#have")).to_contain_text("1 of 1 copy free")
        check(page.evaluate("isSecureContext") is False, "the page is secure")
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator("#address")).to_have_value(f"{tablet}/books/{book['id']}")
        # Signing in needs cookies that a browser keeps for secure addresses only: the page says so.
        page.goto(f"{tablet}/sign-in")
        page.fill("#login", reader["email"])
        page.fill("#password", reader["password"])
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.locator("main .note")).to_contain_text("the address does not begin with https")
        context.foreign.clear()
        # The browser ignores a header that only secure addresses can have.
        context.complaints[:] = [complaint for complaint in context.complaints if "Cross-Origin-Opener-Policy" not in complaint]
