"""Titles that nobody thought of, on every page that shows one."""

from playwright.sync_api import expect

from .browser import check, heading, settled, until

HOSTILE = {
    "markup": "<img src=x onerror=alert(1)><script>alert(2)</script>",
    "right-to-left marks": "evil \u2067‮ gnp.exe",
    "one word": "W" * 40,
    "a compound": "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "no space": "x" * 500,
    "two directions": "The א Book",
    "arabic": "تحفة النظار في غرائب الأمصار وعجائب الأسفار",
    "japanese": "奥の細道",
    "long": "The Life and Strange Surprizing Adventures of Robinson Crusoe, of York, Mariner: Who lived Eight and Twenty Years, " * 4,
}


def hostile_titles_are_only_titles(site):
    reader = site.reader()
    with site.tour() as visit:
        for kind, title in HOSTILE.items():
            book = site.book(reader, title=title[:500].strip(), author="A" * 64)
            site.call("POST", f"/favorites/{book['id']}", {}, reader["token"])
            for path in ["/", f"/books/{book['id']}", f"/books/{book['id']}/edit"]:
                page = visit(path, reader, 320)
                settled(page)
                check(page.evaluate("!document.querySelector('main img:not(.cv), main script:not(#book)')"), f"{kind}: an element was made")
                if path.endswith("/edit"):
                    page.get_by_role("button", name="Delete…").click()
        for path in ["/me", "/search?sort=new"]:
            for width in (320, 1280):
                settled(visit(path, reader, width))


def wb44_a_long_title_leaves_the_main_button_on_the_second_screen(site):
    book = site.book(site.librarian(), title=("Long words and more of them " * 20)[:500].strip())
    with site.page(f"/books/{book['id']}", site.reader(), width=320) as page:
        button = page.get_by_role("button", name="Reserve a copy")
        expect(button).to_be_enabled()
        check(button.bounding_box()["y"] < 2 * 740, f"{button.bounding_box()}")


def wb43_a_title_that_cannot_be_seen_has_a_stand_in(site):
    with site.context() as context:
        page = context.new_page()
        page.route("**/v1/books*", lambda route: route.fulfill(json={"items": [
            {"id": f"0192f3a4-5b6c-7d8e-9f01-23456789abc{index}", "title": title, "author": "\u3164", "copies": 1}
            for index, title in enumerate(["\u200b", "\u3164", "\u00ad", "\u2800", "\u3000\u3000\u3000"])]}))
        page.goto("/search")
        expect(page.get_by_role("link", name="No title")).to_have_count(5)
        settled(page)
        until(page, "document.querySelectorAll('.list svg text').length > 0")
        page.route("**/v1/books/*", lambda route: route.fulfill(json={"id": "0192f3a4-5b6c-7d8e-9f01-23456789abc0", "title": "\u200b", "author": "X", "copies": 1}))
        page.get_by_role("link", name="No title").first.click()
        expect(heading(page)).to_have_text("No title")
        check(page.title().startswith("No title · "), page.title())


def wb37_a_book_is_one_link_with_a_name(site):
    for path in ["/", "/search?q=the"]:
        with site.page(path) as page:
            settled(page)
            names = page.evaluate("[...document.querySelectorAll('.shelf li, .list li')].map((row) => [row.querySelectorAll('a').length, row.querySelector('a').textContent.trim()])")
            check(all(count == 1 and name for count, name in names), f"{names}")
            check(page.evaluate("[...document.querySelectorAll('.cv')].every((cover) => cover.closest('[aria-hidden=true]'))"), "a drawing is read out")
            levels = page.evaluate("[...document.querySelectorAll('main h1, main h2, main h3')].map((heading) => +heading.localName[1])")
            check(levels[0] == 1 and all(after - before <= 1 for before, after in zip(levels, levels[1:])), f"{levels}")


