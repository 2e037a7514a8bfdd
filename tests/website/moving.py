"""Moving about: links, Back, addresses, updates of the site."""


import re

from playwright.sync_api import expect

from .browser import until, check, focus, heading, ready, settled


def wb1_back_restores_the_rows_the_place_and_the_focus(site):
    with site.page("/search") as page:
        for rows in (40, 60):
            page.get_by_role("button", name="Show more").click()
            expect(page.locator(".list li")).to_have_count(rows)
        link = page.locator(".list li").nth(49).locator("a")
        link.scroll_into_view_if_needed()
        settled(page)
        before, href = page.evaluate("scrollY"), link.get_attribute("href")
        for reload in (False, True):
            link.click()
            expect(page.locator(".have")).to_be_visible()
            if reload:
                page.reload()
                expect(page.locator(".have")).to_be_visible()
            page.go_back()
            expect(page.locator(".list li")).to_have_count(60)
            until(page, f"Math.abs(scrollY - {before}) < 50")
            check(page.evaluate("document.activeElement.getAttribute('href')") == href, f"{focus(page)}")
        page.go_forward()
        expect(page.locator(".have")).to_be_visible()
        until(page, "scrollY < 50")


def wb2_a_new_page_begins_at_its_top_and_its_heading_has_the_focus(site):
    with site.page("/search") as page:
        page.evaluate("scrollTo(0, 2000)")
        page.locator(".list a").nth(12).click()
        expect(page.locator(".have")).to_be_visible()
        until(page, "scrollY === 0 && document.activeElement.localName === 'h1'")


def wb3_the_box_the_heading_and_the_list_say_what_the_address_says(site):
    with site.page("/") as page:
        for q in ("emma", "dracula"):
            page.get_by_role("combobox", name="Title, author or ISBN").fill(q)
            page.keyboard.press("Enter")
            expect(heading(page)).to_contain_text(f"“\u2068{q}\u2069”")
        for move, q in [(page.go_back, "emma"), (page.go_back, ""), (page.go_forward, "emma"), (page.go_forward, "dracula")]:
            move()
            if q:
                expect(heading(page)).to_contain_text(f"“\u2068{q}\u2069”")
                expect(page.locator(".list h2").first).to_have_text(re.compile(f"^{q}", re.IGNORECASE))
                check(f"“\u2068{q}\u2069”" in page.title(), page.title())
            else:
                expect(heading(page)).to_contain_text("What would you like")
            expect(page.get_by_role("combobox", name="Title, author or ISBN")).to_have_value(q)


def wb4_the_browser_opens_links_its_own_way(site):
    with site.page("/") as page:
        settled(page)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        for modifiers, button in [(["Control"], "left"), ([], "middle")]:
            for link in (".shelf a >> nth=0", ".nav a >> nth=0"):
                page.locator(link).click(modifiers=modifiers, button=button)
        for key in ("metaKey", "shiftKey", "altKey"):
            left = page.evaluate("""(key) => {
                const press = new MouseEvent("click", { bubbles: true, cancelable: true, [key]: true });
                let taken;
                addEventListener("click", (event) => { taken = event.defaultPrevented; event.preventDefault(); }, { once: true });
                document.querySelector(".shelf a").dispatchEvent(press);
                return taken;
            }""", key)
            check(left is False, f"{key} is not left to the browser")
        check(page.url == site.url + "/" and not asked, f"{page.url} {asked}")
        check(page.evaluate("[...document.querySelectorAll('a')].every((link) => link.href)"), "a link has no address")


def wb24_enter_searches_exactly_what_is_in_the_box(site):
    with site.page("/") as page:
        box = page.get_by_role("combobox", name="Title, author or ISBN")
        place = box.bounding_box()
        page.mouse.move(place["x"] + 40, place["y"] + place["height"] + 60)
        box.fill("emma")
        page.keyboard.press("Enter")
        expect(heading(page)).to_contain_text("\u2068emma\u2069")
        expect(page.locator(".list li").first).to_contain_text("Emma")


def wb5_signs_are_searched_as_they_were_typed(site):
    with site.page() as page:
        asked = []
        page.on("response", lambda answer: "/v1/books" in answer.url and asked.append(answer))
        for text in ["C++", "100%", "D&D", "a/b", "#1", "[x]", "\\", '"', "+", "🎈"]:
            page.goto("/")
            ready(page)
            page.get_by_role("combobox", name="Title, author or ISBN").fill(text)
            page.keyboard.press("Enter")
            page.wait_for_url("**/search?*")
            expect(heading(page)).to_contain_text(f"\u2068{text}\u2069")
            until(page, "!document.querySelector('main .sk')")
            check(all(answer.status == 200 for answer in asked), f"{text}: {[answer.status for answer in asked]}")
            page.reload()
            ready(page)
            expect(page.get_by_role("combobox", name="Title, author or ISBN")).to_have_value(text)
            page.goto(page.url)
            expect(heading(page)).to_contain_text(f"\u2068{text}\u2069")


def wb6_an_old_tab_loads_itself_once_after_an_update(site):
    with site.page("/") as page:
        settled(page)
        # The rule stays for the whole test: a rule that ends (`times=1`) while the tab loads itself can hold that load for ever.
        asked = []
        page.route("**/about-*.js", lambda route: route.continue_() if asked else (asked.append(1), route.fulfill(status=404, body="{}")))
        page.locator(".nav").get_by_role("link", name="About").click()
        expect(page.get_by_role("heading", name="How to borrow")).to_be_visible()
        check(page.url.endswith("/about"), page.url)


def wb7_a_module_that_stays_away_is_said_and_the_rest_works(site):
    for answer in [{"status": 404, "body": "{}"}, {"status": 200, "body": "<html>", "content_type": "text/html"}, None]:
        with site.context() as context:
            page = context.new_page()
            page.goto("/")
            ready(page)
            loads = []
            page.on("load", lambda: loads.append(1))
            page.route("**/about-*.js", lambda route: route.fulfill(**answer) if answer else route.abort())
            page.locator(".nav").get_by_role("link", name="About").click()
            expect(heading(page)).to_have_text("Half of this page is missing")
            check(len(loads) <= 1, f"{len(loads)} loads")
            page.locator(".nav").get_by_role("link", name="Search").click()
            expect(heading(page)).to_have_text("All books")
            context.complaints.clear()


def wb9_the_site_works_below_the_stage(site):
    book = site.book(site.librarian(), title="Below a Path")
    site.found("Below a Path")
    reader = site.reader()
    with site.context(reader) as context:
        page = context.new_page()
        for entrance in ("/v1/web", "/v1/web/"):
            page.goto(entrance)
            ready(page)
            page.get_by_role("combobox", name="Title, author or ISBN").fill("Below a")
            page.keyboard.press("Enter")
            page.get_by_role("link", name="Below a Path").click()
            expect(heading(page)).to_have_text("Below a Path")
            check(page.url == f"{site.url}/v1/web/books/{book['id']}", page.url)
            links = page.evaluate("[...document.querySelectorAll('a')].map((link) => link.pathname)")
            check(all(link.startswith(("/v1/web", "/v1/docs")) for link in links), f"{links}")
            canonical = page.request.get(page.url).text()
            check(f'<link rel="canonical" href="{page.url}">' in canonical, "another canonical address")
        page.goto("/v1/web/me")
        expect(heading(page)).to_have_text("My books")
        page.get_by_role("button", name="your account").click()
        page.locator("#menu").get_by_role("button", name="Sign out").click()
        expect(heading(page)).to_have_text("Sign in: My books")
        check("/v1/web/me" in page.url, page.url)


def wb10_the_skip_link_moves_the_focus_and_a_fragment_its_section(site):
    with site.page("/") as page:
        settled(page)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.keyboard.press("Tab")
        check(focus(page)[1] == "Skip to the page", f"{focus(page)}")
        page.keyboard.press("Enter")
        check(focus(page)[1] == "main", f"{focus(page)}")
        page.keyboard.press("Tab")
        check(page.evaluate("document.querySelector('main').contains(document.activeElement)"), f"{focus(page)}")
        check(not [address for address in asked if "/icon-" not in address], f"{asked}")
    with site.page("/me#favorites", site.reader()) as page:
        until(page, "document.activeElement.id === 'favorites'")


def wb51_no_row_is_shown_twice_when_the_list_changes_meanwhile(site):
    librarian = site.librarian()
    books = [site.book(librarian, title=f"ZZ row {index:02}") for index in range(45)]
    site.found("ZZ row 44")
    with site.page("/search?q=ZZ+row") as page:
        expect(page.locator(".list li")).to_have_count(20)
        site.book(librarian, title="ZZ row 00 and a half")
        site.call("DELETE", f"/books/{books[25]['id']}", None, librarian["token"])
        page.get_by_role("button", name="Show more").click()
        until(page, "document.querySelectorAll('.list li').length > 30")
        hrefs = page.evaluate("[...document.querySelectorAll('.list h2 a')].map((link) => link.href)")
        check(len(hrefs) == len(set(hrefs)), "a row is there twice")


def the_address_of_each_page_can_be_opened_and_reloaded(site):
    reader = site.reader()
    book = site.book(reader, title="Openable")
    with site.tour() as visit:
        for path in ["/", "/search", "/books/new", f"/books/{book['id']}", f"/books/{book['id']}/edit", "/sign-in", "/sign-up", "/reset-password",
                     "/me", "/account", "/old-books", "/about"]:
            page = visit(path, reader)
            page.reload()
            ready(page)


def wb46_copied_is_said_only_when_it_is_true(site):
    book = site.book(site.librarian(), title="A Link to Copy")
    with site.page(f"/books/{book['id']}?utm=1#have", permissions=["clipboard-read", "clipboard-write"]) as page:
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_text("The link is copied.")).to_be_visible()
        check(page.evaluate("navigator.clipboard.readText()") == f"{site.url}/books/{book['id']}", "another address is copied")
    refused = "navigator.clipboard.writeText = () => Promise.reject(new Error('no')); true"
    late = "navigator.clipboard.writeText = () => new Promise((_, refuse) => setTimeout(refuse, 400)); true"
    absent = "Object.defineProperty(navigator, 'clipboard', { value: undefined }); true"
    book = site.book(site.librarian(), title="A Long Title " * 30)
    for broken in [refused, late, absent]:
        with site.page(f"/books/{book['id']}") as page:
            page.evaluate(broken)
            page.get_by_role("button", name="Copy link").click()
            expect(page.locator("#address")).to_have_value(f"{site.url}/books/{book['id']}")
            check(page.get_by_text("The link is copied.").count() == 0, "it says copied")
            # The field is selected after it is painted.
            until(page, "document.activeElement.id === 'address' && document.activeElement.selectionEnd > 0")
    # A browser writes nothing for a page that has not the focus: another window is in front of it.
    with site.context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"/books/{book['id']}")
        settled(page)
        page.evaluate("""() => { const frame = document.createElement("iframe"); document.body.append(frame); frame.contentWindow.focus();
            navigator.clipboard.writeText = () => document.hasFocus() && document.activeElement !== frame ? Promise.resolve() : Promise.reject(new DOMException("Document is not focused.", "NotAllowedError")); }""")
        page.evaluate("[...document.querySelectorAll('.btn')].find((button) => button.textContent === 'Copy link').click()")
        expect(page.locator("#address")).to_have_value(f"{site.url}/books/{book['id']}")
        check(page.get_by_text("The link is copied.").count() == 0, "it says copied")


def wb47_the_head_of_a_book_says_the_book_escaped(site):
    librarian = site.librarian()
    for title in ['He said "no"', "</script><script>alert(1)</script>", "A & B < C", "ספר", "x" * 500]:
        book = site.book(librarian, title=title)
        with site.context() as context:
            page = context.new_page()
            page.goto(f"/books/{book['id']}")
            ready(page)
            check(page.evaluate("document.querySelector('meta[property=\"og:title\"]').content") == title, title)
            check(page.evaluate("document.querySelector('link[rel=canonical]').href") == f"{site.url}/books/{book['id']}", title)
            expect(heading(page)).to_have_text(title)


def wb48_dead_pages_are_not_found_and_private_ones_not_indexed(site):
    with site.context() as context:
        get = lambda path: context.request.get(path)
        check(get("/books/0192f3a4-5b6c-7d8e-9f01-23456789abcd").status == 404, "an unknown book")
        for path in ["/sign-in?next=/me", "/reset-password", "/verify-email", "/me", "/account", "/search?q=x"]:
            check("noindex" in get(path).text(), path)
        robots = get("/robots.txt")
        check(robots.ok and "User-agent" in robots.text() and "<html" not in robots.text(), robots.text())


def a_page_without_script_says_the_books_facts(site):
    book = site.book(site.librarian(), title="Read Without Script", author="Somebody Known", publicationYear=1900)
    with site.context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/books/{book['id']}")
        for words in ["Read Without Script", "Somebody Known", "1900", "This site needs JavaScript"]:
            check(words in page.content(), words)


