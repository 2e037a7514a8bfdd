"""Languages: every word of a page is translated, dates and names keep their own ways, and no system language breaks the site."""

import itertools
import re

from playwright.sync_api import expect

from .browser import ROOT_MODULES, check, heading, module_of, read, ready, settled, until


def wb38_no_language_of_a_system_breaks_the_site(site):
    for languages, shown in [(["en-US@posix"], "en"), (["C"], "en"), ([""], "en"), ([], "en"), (["xx"], "en"), (["zh-Hant-TW"], "en"), (["de_DE.UTF-8"], "de"),
                             (["xx", "fr-CA"], "fr"), (["es"], "es")]:
        with site.context() as context:
            context.add_init_script(f"""Object.defineProperty(navigator, "languages", {{ get: () => {languages} }});
                Object.defineProperty(navigator, "language", {{ get: () => {languages}[0] }});""")
            page = context.new_page()
            page.goto("/about")
            ready(page)
            check(page.evaluate("document.documentElement.lang") == shown, f"{languages}")
    with site.context() as context:
        context.add_init_script("try { localStorage.language = 'tlh'; } catch {}")
        page = context.new_page()
        page.goto("/about")
        ready(page)
        check(page.evaluate("document.documentElement.lang") == "en", "a language that is not shipped any more")


def the_language_is_chosen_and_remembered(site):
    with site.page("/about") as page:
        page.get_by_label("Language of this site").select_option("de")
        expect(page.locator(".nav")).to_contain_text("Meine Bücher")
        check(page.evaluate("document.documentElement.lang") == "de", "lang")
        page.reload()
        expect(page.locator(".nav")).to_contain_text("Meine Bücher")


# Words that are the same in every language, or nobody's.
NOT_WORDS = re.compile(r"^(⟦.*⟧|[\d\s:.,·–…?()+-]*|Carrel|English|Deutsch|Français|Español|Pseudo.*|ISBN|ada.*|reader\d.*|Ada.*|Byron|.*@example\.org)$", re.DOTALL)

PSEUDO = """
const mark = (value) => typeof value === "string" ? value.replace(/(<\\/?\\w+>)|([^<>]+)/g, (_, tag, text) => tag || `⟦${text}⟧`)
    : typeof value === "function" ? (...given) => { const said = value(...given); return mark(said); }
    : Array.isArray(value) ? value.map(mark)
    : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner)])) : value;
export default (tools) => mark(original(tools));
"""


def _pseudo(site, context):
    """Puts every word of English between brackets. What stands without them on a page was never translated."""
    for name in ("en", "en-search", "en-book", "en-more", "en-desk", "en-files"):
        address = module_of(site, name)
        pseudo = read(address).replace("export default", "const original =", 1) + PSEUDO
        context.route(address, lambda route, _, pseudo=pseudo: route.fulfill(content_type="text/javascript", body=pseudo))


def _bare_words(page):
    """The texts of a page that no language has, with the names of what has them."""
    texts = page.evaluate("""() => {
        const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const outside = new Set(["SCRIPT", "STYLE", "NOSCRIPT"]);
        while (walk.nextNode()) {
            const { parentElement: element, data } = walk.currentNode;
            if (!data.trim() || outside.has(element.tagName) || element.closest("svg, .facts, .card dd, .face, bdi, option, .sk, code")) continue;
            const whole = element.closest("p, b, span, a, button, h1, h2, h3, label, li, small, dt, legend, summary") ?? element;
            found.push([data.trim(), whole.textContent.trim()]);
        }
        for (const element of document.querySelectorAll("[aria-label], [placeholder], [alt], [title]"))
            for (const name of ["aria-label", "placeholder", "alt", "title"])
                if (element.getAttribute(name)?.trim()) found.push([element.getAttribute(name), element.getAttribute(name)]);
        return found;
    }""")
    return [text for text, whole in texts if not NOT_WORDS.match(text) and "⟦" not in whole]


def _pages(site):
    """Every page, with the reader who sees it."""
    reader, librarian = site.reader(), site.librarian()
    book = site.book(reader, title="A Title", author="An Author", publicationYear=1900, pages=3, language="English")
    old = site.book(reader, title="An Old Title", author="An Author")
    site.call("POST", f"/books/{old['id']}/archive", {}, reader["token"])
    loan = site.book(reader, title="A Loan")
    site.check_out(site.reserve(reader, loan))
    for path in ["/", "/search?q=the", "/search?q=zzyzxia+qwrtzu", f"/books/{book['id']}", "/sign-in", "/sign-up", "/reset-password", "/verify-email", "/letters?token=00", "/me",
                 "/account", "/books/new", f"/books/{book['id']}/edit", "/old-books", f"/old-books/{old['id']}", "/about", "/nothing"]:
        yield path, None
    for path in ["/desk", "/readers?q=nobody", "/readers/new", f"/readers/{reader['id']}", "/lists/ready", "/lists/overdue", "/lists/today", "/live", "/activity"]:
        yield path, librarian
    for path in ["/", f"/books/{book['id']}", f"/books/{loan['id']}", "/me", "/account", "/books/new", f"/books/{book['id']}/edit", f"/old-books/{old['id']}", "/verify-email",
                 "/import", "/import/earlier", "/export"]:
        yield path, reader


def no_page_has_an_untranslated_word(site):
    for reader, visits in itertools.groupby(_pages(site), key=lambda visit: visit[1]):
        with site.context(reader) as context:
            _pseudo(site, context)
            page = context.new_page()
            for path, _ in visits:
                page.goto(path)
                until(page, "document.querySelector('main h1') && document.title.includes(' · ')")
                settled(page)
                if "/books/new" in path and reader:
                    page.locator("main form button[type=submit]").click()
                    expect(page.locator(".note")).to_be_visible()
                bare = _bare_words(page)
                check(not bare, f"{path}: {bare}")


def wb40_no_language_overflows_its_page(site):
    reader = site.reader()
    site.call("PATCH", "/users/me", {"firstName": "Maximiliane-Alexandrina", "lastName": "B"}, reader["token"])
    for language in ("en-GB", "de", "fr", "es"):
        pages = [(path, reader) for path in ("/", "/search?q=the", "/me", "/account", "/books/new", "/about", "/sign-up", "/import", "/export")]
        pages += [(path, site.librarian()) for path in ("/desk", f"/readers/{reader['id']}", "/readers/new", "/lists/ready", "/live")]
        with site.tour(language=language) as visit:
            for path, who in pages:
                page = visit(path, who, 320)
                settled(page)
                wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
                check(wide <= seen, f"{language} {path}: {wide}")
                bar, free = page.evaluate("[document.querySelector('.nav').offsetHeight, parseFloat(getComputedStyle(document.body).paddingBlockEnd)]")
                check(bar <= free, f"{language} {path}: the bar is {bar} px high, {free} px are kept free")


def wb41_a_title_says_its_language(site):
    librarian = site.librarian()
    for language, tag, title in [("Japanese", "ja", "奥の細道"), ("Arabic", "ar", "ألف ليلة"), ("Turc", "tr", "İnce Memed"), ("Chinesisch", "zh", "道德經"), ("Klingon", "", "Hamlet II")]:
        book = site.book(librarian, title=title, language=language)
        with site.page(f"/books/{book['id']}") as page:
            check(page.get_attribute("main h1 bdi", "lang") == tag, f"{language}: {page.get_attribute('main h1 bdi', 'lang')}")
    check("text-transform" not in (site.css()), "the style sheet changes letters without knowing the language")


def every_file_of_words_arrives(site):
    for name in ROOT_MODULES:
        module_of(site, name)


def right_to_left_pages_do_not_overflow(site):
    with site.page("/", width=360) as page:
        page.evaluate("document.documentElement.dir = 'rtl'")
        for path in ("/search?q=the", "/about"):
            page.goto(path)
            ready(page)
            page.evaluate("document.documentElement.dir = 'rtl'")
            settled(page)
            site.look(page)
        expect(heading(page)).to_be_visible()
