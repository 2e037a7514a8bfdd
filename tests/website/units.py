"""The modules that need no page: they are loaded into an empty one, and asked."""

import json
import re
import urllib.request

from .browser import ROOT_MODULES, check, module_of


def ask(site, modules, script):
    """Runs a script with modules of the site: `modules["router"].safeNext`."""
    with site.page("/about") as page:
        addresses = {name: module_of(site, name) for name in modules}
        return page.evaluate(f"""async (addresses) => {{
            const modules = {{}};
            for (const [name, address] of Object.entries(addresses)) modules[name] = await import(address);
            return ({script})(modules);
        }}""", addresses)


def wb18_after_signing_in_one_comes_to_a_page_of_this_site(site):
    unfit = ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "%2f%2fevil.example", "/%09/evil.example",
             "/\t/evil.example", "/v1/books", "/sign-in?next=/sign-in", "/sign-up", "/" + "a" * 5000, "", "me", "/nothing/here"]
    fit = ["/me", "/me#borrowed", "/search?q=C%2B%2B", "/books/0192f3a4-5b6c-7d8e-9f01-23456789abcd", "/account"]
    came = ask(site, ["signing"], "({signing}) => " + json.dumps(unfit + fit) + ".map(signing.safeNext)")
    check(came == ["/"] * len(unfit) + fit, f"{came}")


def wb39_every_sentence_with_a_number_has_its_forms(site):
    counts = [0, 1, 2, 3, 5, 11, 21, 22, 101, 1_000_000]
    said = ask(site, ["i18n", "en-search", "de-search", "fr-search", "es-search"], """({i18n, ...books}) => Object.fromEntries(Object.entries(books).map(
        ([name, file]) => [name.slice(0, 2), %s.map((n) => file.default(i18n.toolsFor(name.slice(0, 2))).booksSoFar(n))]))""" % counts)
    check(said["en"][:3] == ["0 books so far", "One book so far", "2 books so far"], f"{said['en']}")
    check(said["en"][-1] == "1,000,000 books so far", f"{said['en']}")
    check(said["de"][:2] == ["0 Bücher bisher", "Ein Buch bisher"] and said["de"][-1] == "1.000.000 Bücher bisher", f"{said['de']}")
    check(said["fr"][:3] == ["0 livre pour l’instant", "1 livre pour l’instant", "2 livres pour l’instant"], f"{said['fr']}")
    check(said["es"][:2] == ["0 libros por ahora", "Un libro por ahora"], f"{said['es']}")
    ranks = ask(site, ["i18n", "en-more"], "({i18n, ...all}) => [1, 2, 3, 4, 11, 21, 22, 103].map((n) => all['en-more'].default(i18n.toolsFor('en')).placeInQueue(n))")
    check(ranks == [f"{rank} in the queue" for rank in ["1st", "2nd", "3rd", "4th", "11th", "21st", "22nd", "103rd"]], f"{ranks}")


def every_language_has_the_same_words(site):
    keys = ask(site, [*ROOT_MODULES, "i18n"], """({i18n, ...files}) => Object.fromEntries(Object.entries(files).map(([name, file]) => {
        const words = file.default(i18n.toolsFor(name.slice(0, 2)));
        return [name, Object.entries(words).map(([key, value]) =>
            [key, typeof value, typeof value === "object" ? Object.keys(value).join() : ""].join(":")).sort()];
    }))""")
    for name, words in keys.items():
        other = keys["en" + name[2:]]
        check(words == other, f"{name}: {set(words) ^ set(other)}")


def a_year_is_read_as_people_write_it(site):
    years = ask(site, ["book-form"], """(all) => ["1983", " 1983 ", "750 BC", "750 v. Chr.", "750 av. J.-C.", "750 a. C.", "-750", "nineteen", "12345", ""]
        .map((text) => all["book-form"].yearFrom(text) ?? null)""")
    check(years == [1983, 1983, -750, -750, -750, -750, -750, None, None, None], f"wb30: {years}")


def an_isbn_is_told_from_other_numbers(site):
    found = ask(site, ["book-form"], """(modules) => ["978-0-14-143958-7", "9780141439587", "0141439580", "080442957X", "9780141439588", "1984", "2001"]
        .map(modules["book-form"].isIsbn)""")
    check(found == [True, True, True, True, False, False, False], f"{found}")


COVERS = """({covers}) => {
    const draw = (title, px, more = {}) => covers.cover({ id: "1", title, author: "Somebody", publicationYear: 1950, ...more }, px);
    const lines = (svg) => [...svg.querySelectorAll("text")].map((text) => text.textContent);
    return (%s)(draw, lines);
}"""


def the_same_book_always_gets_the_same_cover(site):
    same = ask(site, ["covers"], COVERS % """(draw) => [40, 96, 160, 320].every((px) => draw("Emma", px).outerHTML === draw("Emma", px).outerHTML)
        && draw("Emma", 160).outerHTML !== draw("Persuasion", 160).outerHTML""")
    check(same, "two drawings differ")


def wb42_the_direction_of_a_cover_is_that_of_the_first_letter(site):
    found = ask(site, ["covers"], COVERS % """(draw) => ["The א Book", "C++ للمبتدئين", "1001 ليلة", "Emma"]
        .map((title) => [draw(title, 160).getAttribute("direction"), draw(title, 160).hasAttribute("data-flip")])""")
    check(found == [["ltr", False], ["ltr", False], ["rtl", True], ["ltr", False]], f"{found}")


def wb45_no_word_is_broken_by_a_chinese_letter(site):
    found = ask(site, ["covers"], COVERS % """(draw, lines) => ["The 道 of Programming", "AKIRA アキラ 1", "奥の細道"].map((title) =>
        [lines(draw(title, 320)).join(" ").replace("Somebody", "").replace("SOMEBODY", "").trim(), draw(title, 320).hasAttribute("data-flip")])""")
    check("Programming" in found[0][0] and not found[0][1], f"{found[0]}")
    check("AKIRA" in found[1][0] and not found[1][1], f"{found[1]}")
    check(found[2][1], f"{found[2]}")


def hostile_titles_can_be_drawn_at_every_size(site):
    drawn = ask(site, ["covers"], COVERS % """(draw) => ["", " ", "x".repeat(500), "W".repeat(40), "<img src=x onerror=alert(1)>", "\\u202eevil", "🎈🎈", "a b c d e f g h i j"]
        .flatMap((title) => [40, 96, 160, 320].map((px) => draw(title, px).querySelectorAll("*").length > 0 && !draw(title, px).querySelector("img")))
        .every(Boolean)""")
    check(drawn, "a title cannot be drawn")


def the_calls_of_the_site_are_those_of_the_contract(site):
    contract = site.call("GET", "/openapi.json")[1]
    known = {operation["operationId"]: [method.upper(), path]
             for path, item in contract["paths"].items() for method, operation in item.items() if "operationId" in operation}
    # The calls of every visitor, and those of readers.
    calls = ask(site, ["api", "own-calls"], "({api}) => api.CALLS")
    for name, call in calls.items():
        check(known.get(name) == call, f"{name}: {call} is {known.get(name)} in openapi.json")


def each_page_loads_the_calls_that_it_makes(site):
    """Calls are in tables: of every visitor, of readers, of the desk. A page that made one without its table would fail when it is opened."""
    from .scripts import WEB
    tables = {path: set(re.findall(r"^  (\w+): \[\"", path.read_text(), re.M)) for path in
              [WEB / "shell" / "api.js", WEB / "shell" / "own-calls.js", WEB / "pages" / "library-rules.js", WEB / "pages" / "desk" / "desk-calls.js",
              WEB / "pages" / "files" / "file-calls.js"]}

    def needs(path, found):
        """What a script loads before it runs."""
        if path not in found:
            found.add(path)
            for named in re.findall(r"^import .*?\"(\.[^\"]+)\";", path.read_text(), re.M | re.S):
                needs((path.parent / named).resolve(), found)
        return found
    for script in [*(WEB / "shell").glob("*.js"), *(WEB / "pages").rglob("*.js"), *(WEB / "docs").glob("*.js")]:
        text = script.read_text()
        # The parts of the counter get `call` from the desk's page.
        if not re.search(r"^import \{[^}]*\bcall\b[^}]*\} from \"[./a-z]*api\.js\"", text, re.M):
            continue
        loaded = needs(script.resolve(), {(WEB / "shell" / "api.js").resolve()})
        for path, names in tables.items():
            used = {name for name in names if re.search(rf"(?:call|send)\(\"{name}\"", text)}
            check(not used or path.resolve() in loaded, f"{script.relative_to(WEB)} makes {used} without {path.name}")


def scripts_write_no_html(site):
    from .scripts import WEB
    for script in WEB.glob("*/*.js"):
        if script.parent.name != "vendor":
            found = re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", script.read_text())
            check(not found, f"{script.name}: {found and found[0]}")


def wb8_a_name_that_never_was_is_kept_by_nobody(site):
    status, answer, headers = site.call("GET", "/web/-/never-01234567.js")
    check(status == 404 and "no-store" in (headers["Cache-Control"] or "no-store"), f"{status} {headers}")
    check("html" not in headers["Content-Type"], headers["Content-Type"])
    with urllib.request.urlopen(site.url + "/") as shell:
        check(shell.headers["Cache-Control"] == "no-cache", f"{shell.headers}")
    with urllib.request.urlopen(module_of(site, "router")) as file:
        check("immutable" in file.headers["Cache-Control"], f"{file.headers}")
