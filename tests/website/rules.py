"""The page of the library's rules, as a librarian uses it."""

import datetime
import re

from playwright.sync_api import expect

from .access import axe
from .browser import check, ready, settled, until
from .desk_pages import _isbn, _library, _scan, _words
from .paper import _pages

ENGLISH = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _rules(site):
    status, rules, headers = site.call("GET", "/rules")
    check(status == 200, f"{rules}")
    return rules, headers["ETag"]


def _put(site, librarian, **changes):
    rules, version = _rules(site)
    status, answer, _ = site.call("PUT", "/rules", rules | changes, librarian["token"], {"If-Match": version})
    check(status == 200, f"{answer}")
    return answer


def _today(site):
    return datetime.datetime.now(datetime.UTC).date()


def _spoken(day):
    return f"{day:%A} {day.day} {day:%B}"


def _next(day, weekday):
    """The first day after another that is that day of the week."""
    return day + datetime.timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def _focused(page):
    return page.evaluate("document.activeElement.dataset.day || document.activeElement.id || document.activeElement.className")


def _saved(page):
    expect(page.locator(".toast")).to_have_text("Saved.")


def the_rules_are_shown_and_saved(site):
    with _library(site) as librarian, site.page("/rules", librarian) as page:
        expect(page.locator("h1")).to_have_text("Rules")
        for day in ENGLISH:
            expect(page.get_by_label(day, exact=True)).to_be_checked()
        page.get_by_label("Sunday", exact=True).uncheck()
        page.get_by_label("Monday, from").fill("10:00")
        page.get_by_label("Monday, until").fill("18:30")
        group = page.get_by_role("group", name="Pupils")
        group.get_by_label("Group").fill("Children")
        children = page.get_by_role("group", name="Children")
        for label, value in [("Days", 14), ("Books", 5), ("Renewals", 1), ("Reserved", 3)]:
            children.get_by_label(label).fill(str(value))
        page.get_by_label("A book put aside waits").fill("5")
        page.get_by_label("Letter before a book is due").fill("2")
        page.get_by_label("Time zone").select_option("Europe/Berlin")
        page.get_by_label("Name", exact=True).fill("Müller's \"Haus\"")
        page.get_by_label("Address", exact=True).fill("Lindenstraße 12\n\n 10969 Berlin ")
        page.get_by_label("Email for readers").fill("library@example.org")
        page.get_by_label("Phone").fill("+49 30 1234")
        page.get_by_label("Ready to collect").uncheck()
        page.get_by_label("Letter 2 after, days").fill("14")
        page.get_by_label("Letter 3 after, days").fill("")
        page.get_by_label("Language of letters").select_option("Deutsch")
        expect(page.locator(".save [role=status]")).to_contain_text("19 changes: Name; Address; Email for readers")
        page.get_by_role("button", name="Save").click()
        _saved(page)
        expect(page.get_by_role("button", name="Save")).to_be_focused()
        rules, _ = _rules(site)
        check("sunday" not in rules["openingDays"] and rules["openingDays"]["monday"] == {"opens": "10:00", "closes": "18:30"}, f"{rules}")
        check(rules["groups"][1] == {"id": "pupils", "name": "Children", "loanDays": 14, "loans": 5, "renewals": 1, "reservations": 3}, f"{rules}")
        check([rules["pickUpDays"], rules["reminderDays"], rules["timeZone"]] == [5, 2, "Europe/Berlin"], f"{rules}")
        check([rules["name"], rules["address"], rules["contact"], rules["language"]] == ["Müller's \"Haus\"", ["Lindenstraße 12", "10969 Berlin"],
              {"email": "library@example.org", "phone": "+49 30 1234"}, "de"], f"{rules}")
        check(rules["letters"] == {"ready": False, "dueSoon": True, "overdue": True} and rules["overdueDays"] == [3, 14], f"{rules}")
        # What was saved is no change any more, and comes again.
        expect(page.locator(".save [role=status]")).to_have_text("")
        page.reload()
        expect(page.get_by_role("group", name="Children").get_by_label("Days")).to_have_value("14")
        expect(page.get_by_label("Sunday", exact=True)).not_to_be_checked()


def dk41_the_sentence_says_the_due_day_of_the_next_loan(site):
    with _library(site) as librarian, site.page("/rules", librarian) as page:
        today = _today(site)
        sentence = page.locator(".sentence")
        due = today + datetime.timedelta(days=21)
        expect(sentence).to_contain_text(f"A book lent today is due {_spoken(due)}")
        # The day is closed: by its weekday, and the day after it by its date.
        page.get_by_label(ENGLISH[due.weekday()], exact=True).uncheck()
        after = due + datetime.timedelta(days=1)
        expect(sentence).to_contain_text(f"is due {_spoken(after)}")
        page.locator(f'[data-day="{_month(page, after)}"]').click()
        last = after + datetime.timedelta(days=1)
        expect(sentence).to_contain_text(f"would be {_spoken(due)}")
        expect(sentence).to_contain_text(f"We are closed then, so it is due {_spoken(last)}")
        page.get_by_role("group", name="Pupils").get_by_label("Days").fill("366")
        expect(sentence).to_contain_text(_words("to Pupils, it is due"))
        page.get_by_role("group", name="Pupils").get_by_label("Days").fill("21")
        page.get_by_role("button", name="Save").click()
        _saved(page)
        # The loan says the same day as the sentence did.
        reader = site.reader()
        status, lent, _ = site.call("POST", "/loans", {"reader": reader["id"], "book": site.book(librarian)["id"]}, librarian["token"])
        check(status == 201 and lent["reservation"]["dueOn"] == str(last), f"{lent}")


# Holds the first preview between its status and its words, until `letGo` is called.
HELD_PREVIEW = """const text = Response.prototype.text;
    Response.prototype.text = async function () {
        if (this.url.endsWith("/rules/preview") && !window.letGo) await new Promise((go) => { window.letGo = go; });
        return text.call(this);
    };"""


def a_preview_given_up_while_it_is_read_says_nothing(site):
    with _library(site) as librarian, site.context(librarian) as context:
        context.add_init_script(HELD_PREVIEW)
        page = context.new_page()
        page.goto("/rules")
        until(page, "Boolean(window.letGo)")
        due = _today(site) + datetime.timedelta(days=21)
        page.get_by_label(ENGLISH[due.weekday()], exact=True).uncheck()
        expect(page.locator(".sentence")).to_contain_text(f"is due {_spoken(due + datetime.timedelta(days=1))}")
        page.evaluate("letGo()")
        settled(page)
        expect(page.locator(".sentence")).to_contain_text(f"is due {_spoken(due + datetime.timedelta(days=1))}")
        expect(page.locator("main h1")).to_have_text("Rules")


def _month(page, day):
    """Pages to a day's month, and returns the day."""
    while not page.locator(f'[data-day="{day}"]').count():
        page.get_by_role("button", name="Next months").click()
    return day


def the_calendar_of_closed_days_is_one_for_the_keyboard(site):
    with _library(site) as librarian, site.page("/rules", librarian) as page:
        today = _today(site)
        page.locator(f'[data-day="{today}"]').focus()
        # One tab stop, from which the keys go.
        check(page.locator(".cal [tabindex='0']").count() == 1, "tab stops")
        def goes(key, day):
            page.keyboard.press(key)
            until(page, f"(document.activeElement.dataset.day === '{day}')")
        at = today
        for key, days in [("ArrowRight", 1), ("ArrowDown", 7), ("ArrowDown", 7), ("ArrowLeft", -1), ("ArrowUp", -7)]:
            at += datetime.timedelta(days=days)
            goes(key, at)
        goes("Home", at - datetime.timedelta(days=at.weekday()))
        goes("End", at + datetime.timedelta(days=6 - at.weekday()))
        at += datetime.timedelta(days=6 - at.weekday())
        month = datetime.date(at.year + at.month // 12, at.month % 12 + 1, 1)
        goes("PageDown", month.replace(day=min(at.day, _days_of(month))))
        page.keyboard.press("Shift+PageDown")
        until(page, f"document.activeElement.dataset.day > '{month + datetime.timedelta(days=300)}'")
        far = datetime.date.fromisoformat(_focused(page))
        check(far.year - month.year == 1 and far.month == month.month, f"{far}")
        grids = page.get_by_role("grid")
        check(f"{far:%B} {far.year}" in [grids.nth(index).get_attribute("aria-label") for index in range(2)], "the month is not shown")
        # Enter closes, and opens again; a day of every week that is closed is opened.
        button = page.locator(f'[data-day="{far}"]')
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-label", re.compile(", closed"))
        expect(button).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Space")
        expect(button).to_have_attribute("aria-label", re.compile(", open"))
        page.get_by_label(ENGLISH[far.weekday()], exact=True).uncheck()
        expect(button).to_have_attribute("aria-label", re.compile("closed every week"))
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-label", re.compile("open this time"))
        # Neither before this month, nor further than a date may be.
        for _ in range(16):
            page.keyboard.press("PageUp")
        until(page, f"document.activeElement.dataset.day === '{today.replace(day=1)}'")
        for _ in range(4):
            page.keyboard.press("Shift+PageDown")
        last = today + datetime.timedelta(days=3 * 366)
        until(page, f"document.activeElement.dataset.day === '{last}'")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Save").click()
        _saved(page)
        rules, _ = _rules(site)
        check([*rules["closedDates"], *rules["openedDates"]] in ([str(last), str(far)], [str(far), str(last)]), f"{rules}")


def _days_of(month):
    return ((month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)).day


def several_days_are_closed_at_once_and_a_past_day_is_not(site):
    with _library(site) as librarian, site.page("/rules", librarian) as page:
        today = _today(site)
        page.get_by_text("Close several days").click()
        first, last = (today + datetime.timedelta(days=days) for days in (30, 43))
        close = page.get_by_role("button", name="Close them")
        page.get_by_label("From", exact=True).fill(str(last))
        page.get_by_label("To", exact=True).fill(str(first))
        expect(close).to_be_disabled()
        page.get_by_label("From", exact=True).fill(str(first))
        page.get_by_label("To", exact=True).fill(str(last))
        close.click()
        expect(page.locator("#main")).to_contain_text("Closed:")
        past = page.locator(".cal .past button")
        if past.count():
            past.first.click(force=True)
        page.get_by_role("button", name="Save").click()
        _saved(page)
        rules, _ = _rules(site)
        check(rules["closedDates"] == [str(first + datetime.timedelta(days=day)) for day in range(14)], f"{rules}")


def what_is_wrong_with_rules_stands_at_its_field(site):
    with _library(site) as librarian, site.page("/rules", librarian) as page:
        before = _rules(site)
        # What the page finds itself.
        page.get_by_role("button", name="Add a group").click()
        new = page.get_by_role("group").filter(has=page.get_by_label("Group", exact=True)).last
        expect(new.get_by_label("Group", exact=True)).to_be_focused()
        page.get_by_label("Tuesday, from").fill("18:00")
        page.get_by_label("Tuesday, until").fill("10:00")
        page.get_by_label("Wednesday, until").fill("10:00")
        page.get_by_role("group", name="Adults").get_by_label("Days").fill("0")
        page.get_by_role("group", name="Staff").get_by_label("Books").fill("many")
        page.get_by_label("A book put aside waits").fill("61")
        page.get_by_label("Name", exact=True).fill(" ")
        page.get_by_label("Letter 3 after, days").fill("10")
        expect(page.locator(".sentence")).to_contain_text("Mend what is marked first.")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("form [role=alert]")).to_contain_text("8 ")
        wrong = page.evaluate("[...document.querySelectorAll('.rules [aria-invalid]')].map((field) => [field.id, document.getElementById(field.getAttribute('aria-describedby')).textContent.trim()])")
        check([field for field, _ in wrong] == ["name", "tuesday.closes", "wednesday.opens", "group.adults.loanDays", "group.staff.loans", "group.new.1", "pickUpDays", "overdue.3"], f"{wrong}")
        check(all(sentence for _, sentence in wrong) and wrong[1][1] == "Later than it opens.", f"{wrong}")
        check(_focused(page) == "name", _focused(page))
        axe(page, "rules, errors")
        page.get_by_role("button", name="Take back my changes").click()
        expect(page.locator(".rules [aria-invalid]")).to_have_count(0)
        # What only the library knows: a year without an open day, and a group that readers are in.
        for day in ENGLISH:
            page.get_by_label(day, exact=True).uncheck()
        expect(page.locator(".sentence")).to_contain_text("no open day")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#openingDays-problem")).to_have_text("In a whole year there would be no open day.")
        page.get_by_role("button", name="Take back my changes").click()
        reader = site.reader()
        status, answer, _ = site.call("PATCH", f"/users/{reader['id']}", {"group": "pupils"}, librarian["token"])
        check(status == 200, f"{answer}")
        page.get_by_role("button", name=_words("Remove Pupils")).click()
        expect(page.get_by_role("button", name="Add a group")).to_be_focused()
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#groups-problem")).to_contain_text("Readers are still in a group")
        check(_rules(site) == before, "something was saved")


def two_librarians_who_change_rules_see_both_versions(site):
    with _library(site) as librarian, site.page("/rules", librarian) as page:
        today = _today(site)
        xmas = today + datetime.timedelta(days=20)
        page.get_by_label("Thursday, from").fill("10:00")
        page.get_by_label("Thursday, until").fill("19:00")
        page.get_by_role("button", name="Add a group").click()
        page.get_by_label("Group", exact=True).last.fill("Bücher-Freunde <b>")
        page.locator(f'[data-day="{_month(page, xmas)}"]').click()
        rules, _ = _rules(site)
        theirs = rules["openingDays"] | {"thursday": {"opens": "10:00", "closes": "20:00"}}
        _put(site, librarian, openingDays=theirs, pickUpDays=7)
        page.get_by_role("button", name="Save").click()
        expect(page.locator("h1")).to_contain_text("Two of you edited")
        settled(page)
        axe(page, "rules, conflict")
        row = page.get_by_role("radiogroup", name="Thursday, until")
        expect(row).to_contain_text("19:00")
        expect(row).to_contain_text("20:00")
        expect(row.get_by_role("radio").first).to_be_checked()
        # What only they changed is theirs, and what only you changed is yours.
        expect(page.get_by_role("radiogroup", name="A book put aside waits").get_by_role("radio").last).to_be_checked()
        expect(page.get_by_role("radiogroup", name=re.compile(f"{xmas.day} {xmas:%B} {xmas.year}"))).to_contain_text("closed")
        row.get_by_role("radio").last.check()
        page.get_by_role("button", name="Save this").click()
        _saved(page)
        rules, _ = _rules(site)
        check(rules["openingDays"]["thursday"]["closes"] == "20:00" and rules["pickUpDays"] == 7, f"{rules}")
        check(rules["closedDates"] == [str(xmas)], f"{rules}")
        check([(group["id"], group["name"]) for group in rules["groups"]][3] == ("bucher-freunde-b", "Bücher-Freunde <b>"), f"{rules}")


def only_librarians_see_the_rules(site):
    with site.page("/rules", site.reader()) as page:
        expect(page.locator("h1")).to_have_text("This is the desk")
        check(not page.locator(".rules").count(), "the rules are shown")


def axe_finds_nothing_on_the_rules(site):
    with _library(site) as librarian:
        today = _today(site)
        closed = [str(today + datetime.timedelta(days=day)) for day in [*range(5, 9), 14, 400]]
        rules, _ = _rules(site)
        groups = [*rules["groups"], {"id": "long", "name": "W" * 40, "loanDays": 1, "loans": 80, "reservations": 50, "renewals": 20}]
        _put(site, librarian, closedDates=closed, groups=groups, openingDays={"tuesday": {"opens": "10:00", "closes": "18:00"}, "friday": {}})
        for theme, width in [("light", 1280), ("dark", 1280), ("light", 768), ("dark", 360), ("light", 320)]:
            with site.page("/rules", librarian, theme=theme, width=width, reduced_motion="reduce") as page:
                settled(page)
                expect(page.locator(".sentence mark").first).to_be_visible()
                axe(page, f"rules {theme} {width}")


def about_says_when_the_library_is_open_and_where_it_is(site):
    with _library(site) as librarian:
        with site.page("/about") as page:
            settled(page)
            check(not page.locator("#hours, #place").count(), "a library that has said nothing has hours")
        today = _today(site)
        closed = [str(today + datetime.timedelta(days=day)) for day in (10, 11, 12, 300)]
        _put(site, librarian, openingDays={"tuesday": {"opens": "10:00", "closes": "18:30"}, "friday": {}}, closedDates=closed,
             name="<b>Haus</b> & Hof", address=["Lindenstraße 12", "<i>10969</i> Berlin"], contact={"email": "library@example.org", "phone": "+49 (30) 12 34"})
        with site.page("/about", width=320) as page:
            hours = page.locator("#hours")
            expect(hours).to_contain_text("10:00 – 18:30")
            check([row.split() for row in hours.locator("dl > div").all_inner_texts()][:2] == [["Monday", "closed"], ["Tuesday", "10:00", "–", "18:30"]], hours.inner_text())
            first, last = (today + datetime.timedelta(days=day) for day in (10, 12))
            expect(hours).to_contain_text(f"{last.day} {last:%B} {last.year}")
            check(str((today + datetime.timedelta(days=300)).year + 1) not in hours.inner_text(), "a far day")
            expect(page.locator("#place")).to_contain_text("<i>10969</i> Berlin")
            check(page.locator("#place a").evaluate_all("(links) => links.map((link) => link.href)") == ["mailto:library@example.org", "tel:+49301234"], "links")
            axe(page, "about")


def the_names_of_groups_are_those_of_the_rules(site):
    with _library(site) as librarian:
        rules, _ = _rules(site)
        rules["groups"][1] |= {"name": "Kids & Co", "loans": 4}
        _put(site, librarian, groups=rules["groups"])
        reader = site.reader()
        status, answer, _ = site.call("PATCH", f"/users/{reader['id']}", {"group": "pupils"}, librarian["token"])
        check(status == 200, f"{answer}")
        with site.page(f"/readers/{reader['id']}", librarian) as page:
            expect(page.locator("#main")).to_contain_text("Kids & Co")
            expect(page.locator("#main")).to_contain_text("Out, 0 of 4")
        with site.page("/readers/new", librarian) as page:
            expect(page.get_by_label("Kids & Co")).to_be_visible()


def _tab_to(page, name):
    for _ in range(150):
        page.keyboard.press("Tab")
        if _focused(page) == name:
            return
    check(False, f"Tab never comes to {name}")


def a_parish_sets_its_three_rules_lends_and_prints_by_keyboard_alone(site):
    """Closed on Sunday and Monday; children have 14 days and 5 books; letters are in German."""
    with _library(site) as librarian:
        reader, books = site.reader(), [site.book(librarian, title=f"Momo {number}", isbn=_isbn(site)) for number in range(6)]
        card = "20419977"
        for method, path, body in [("PUT", f"/users/{reader['id']}/card", {"card": card}), ("PATCH", f"/users/{reader['id']}", {"group": "pupils"})]:
            status, answer, _ = site.call(method, path, body, librarian["token"])
            check(status == 200, f"{answer}")
        with site.page("/rules", librarian) as page:
            page.mouse.move(0, 0)
            for day in ("monday", "sunday"):
                _tab_to(page, day)
                page.keyboard.press("Space")
            for field, value in [("group.pupils", "Kinder"), ("group.pupils.loanDays", "14"), ("group.pupils.loans", "5")]:
                _tab_to(page, field)
                page.keyboard.press("Control+A")
                page.keyboard.type(value)
            _tab_to(page, "language")
            page.keyboard.type("Deutsch")
            due = _today(site) + datetime.timedelta(days=14)
            due = {6: _next(due, 1), 0: _next(due, 1)}.get(due.weekday(), due)
            expect(page.locator(".sentence")).to_contain_text(_words("to Kinder, it is due"))
            expect(page.locator(".sentence")).to_contain_text(_spoken(due))
            page.keyboard.press("Control+S")
            _saved(page)
        rules, _ = _rules(site)
        check(rules["language"] == "de" and set(ENGLISH) - {day.capitalize() for day in rules["openingDays"]} == {"Sunday", "Monday"}, f"{rules}")
        with site.page("/desk", librarian) as page:
            page.evaluate("() => { window.printed = 0; window.print = () => { printed += 1; }; }")
            expect(page.locator("#scan")).to_be_focused()
            _scan(page, card)
            expect(page.locator("aside.who")).to_contain_text("Kinder")
            for book in books[:5]:
                _scan(page, book["isbn"])
                expect(page.locator(".say")).to_contain_text(book["title"])
            _scan(page, books[5]["isbn"])
            expect(page.locator(".say.stop")).to_contain_text("Limit reached")
            page.keyboard.press("F9")
            until(page, "printed === 1")
            page.emulate_media(media="print")
            expect(page.locator(".sheet .due tr")).to_have_count(5)
            expect(page.locator(".sheet .due")).to_contain_text(f"{due.day} {due:%B}")
        loans = site.call("GET", f"/reservations?reader={reader['id']}", token=librarian["token"])[1]["items"]
        check({loan["dueOn"] for loan in loans} == {str(due)} and len(loans) == 5, f"{loans}")
        with site.page("/print", librarian) as page:
            page.evaluate("() => { window.printed = 0; window.print = () => { printed += 1; }; }")
            _tab_to(page, "pick")
            page.keyboard.type(books[0]["isbn"])
            page.keyboard.press("Enter")
            expect(page.locator(".chosen")).to_contain_text(books[0]["title"])
            _tab_to(page, "btn main big")
            page.keyboard.press("Enter")
            until(page, "printed === 1")
            [sheet] = _pages(page.pdf(prefer_css_page_size=True, print_background=True))
            check([code[0] for code in sheet["codes"]] == [books[0]["isbn"]], f"{sheet}")
