"""Each page as an anonymous visitor, a reader and a librarian find it, and the journeys through them."""

import datetime
import json
import re
import tempfile
import zipfile

from playwright.sync_api import expect

from library import Library

from .browser import PASSWORD, check, focus, heading, ready, settled


def the_start_shows_what_is_new_and_finds_a_book(site):
    with site.page("/") as page:
        expect(heading(page)).to_have_text("What would you like to read?")
        expect(page.locator(".shelf li")).to_have_count(12)
        page.get_by_role("combobox", name="Title, author or ISBN").fill("wuthering")
        page.keyboard.press("Enter")
        expect(page.locator(".list li")).to_have_count(1)
        page.get_by_role("link", name="Wuthering Heights").click()
        expect(heading(page)).to_have_text("Wuthering Heights")
        check(page.title().startswith("Wuthering Heights · "), page.title())


def an_author_is_found_by_the_whole_name_and_an_isbn_by_its_number(site):
    with site.page("/search?q=Jane+Austen") as page:
        expect(page.locator(".list li").first).to_contain_text("Jane Austen")
        page.goto("/search?q=978-0-14-143958-7")
        expect(page.locator(".list li")).to_have_count(1)
        expect(page.locator(".list li")).to_contain_text("Emma")
        page.goto("/search?q=zzyzxia%20qwrtzu")
        expect(heading(page)).to_contain_text("No book for")
        expect(page.get_by_role("link", name="See all books")).to_be_visible()


def a_stranger_joins_confirms_reserves_and_gives_up(site):
    book = site.book(site.librarian(), title="The Only Copy of Joining")
    with site.page(f"/books/{book['id']}") as page:
        page.get_by_role("link", name="Sign in to reserve it").click()
        page.get_by_role("link", name="Join the library").click()
        name = f"joiner{next(site.count)}"
        page.fill("#email", f"{name}@example.org")
        page.fill("#password", PASSWORD)
        page.fill("#firstName", "Ada")
        page.get_by_role("button", name="Join the library").click()
        expect(heading(page)).to_have_text("A letter is on its way")
        link = re.search(r"http\S+/verify-email\?token=\S+", site.letter(f"{name}@example.org"))[0]
        page.goto(link)
        page.get_by_role("button", name="Yes, it is mine").click()
        expect(heading(page)).to_have_text("Your address is confirmed")
        page.goto(f"/books/{book['id']}")
        expect(page.locator("#have")).to_contain_text("1 of 1 copy free")
        page.get_by_role("button", name="Reserve a copy").click()
        expect(page.locator("#have")).to_have_text("Ready for you")
        page.get_by_role("button", name="Give it up").first.click()
        expect(page.get_by_role("button", name="Keep it")).to_be_focused()
        page.locator("dialog[open]").get_by_role("button", name="Give it up").click()
        expect(page.locator("#have")).to_contain_text("1 of 1 copy free")


def a_power_cut_in_the_middle_of_a_reservation_leaves_exactly_one(site):
    with tempfile.TemporaryDirectory() as data, site.with_library(Library("--no-usage-plans", "--library-address", "127.0.0.0/8", data=data)):
        reader, book = site.reader(), site.book(site.librarian(), title="Reserved in the Dark", copies=3)
        for is_written in (False, True):
            with site.page(f"/books/{book['id']}", reader) as page:
                def cut(route, is_written=is_written):
                    if is_written:
                        route.fetch()
                    site.library.kill()
                    route.abort()
                page.route("**/reservations", cut, times=1)
                page.get_by_role("button", name="Reserve a copy").click()
                expect(page.locator(".have .note")).to_contain_text("No answer came")
                site.open_library()
                page.get_by_role("button", name="Reserve a copy").click()
                expect(page.locator("#have")).to_have_text("Ready for you")
                page.reload()
                expect(page.locator("#have")).to_have_text("Ready for you")
                status, own, _ = site.call("GET", "/reservations", token=reader["token"])
                check(status == 200 and len(own["items"]) == 1, f"{own}")
                free = site.call("GET", f"/books/{book['id']}/availability")[1]["free"]
                check(free == 2, f"{free} of 3 copies are free")
                page.get_by_role("button", name="Give it up").first.click()
                page.locator("dialog[open]").get_by_role("button", name="Give it up").click()
                expect(page.locator("#have")).to_contain_text("3 of 3 copies free")


def two_readers_and_the_last_copy(site):
    book = site.book(site.librarian(), title="The Last Copy")
    with site.page(f"/books/{book['id']}", site.reader()) as one, site.page(f"/books/{book['id']}", site.reader()) as other:
        for page in (one, other):
            expect(page.get_by_role("button", name="Reserve a copy")).to_be_enabled()
        one.get_by_role("button", name="Reserve a copy").click()
        expect(one.locator("#have")).to_have_text("Ready for you")
        other.get_by_role("button", name="Reserve a copy").click()
        expect(other.locator("#have")).to_contain_text("1st of 1 in the queue")
        one.get_by_role("button", name="Give it up").first.click()
        one.locator("dialog[open]").get_by_role("button", name="Give it up").click()
        expect(one.locator("#have")).to_have_text("The copy is out")
        other.reload()
        expect(other.locator("#have")).to_have_text("Ready for you")


def my_books_shows_what_is_ready_borrowed_awaited_saved_and_mine(site):
    reader, librarian = site.reader(), site.librarian()
    ready_one, home = site.book(librarian, title="Ready One"), site.book(librarian, title="Borrowed One")
    awaited, mine = site.book(librarian, title="Awaited One"), site.book(reader, title="Mine One")
    site.reserve(site.reader(), awaited)
    for book in (ready_one, awaited):
        site.reserve(reader, book)
    # A renewal must win a day.
    site.lend(reader, home, str(datetime.date.today() + datetime.timedelta(days=7)))
    site.call("POST", f"/favorites/{home['id']}", {}, reader["token"])
    with site.page("/me", reader) as page:
        for part, title in [("ready", "Ready One"), ("borrowed", "Borrowed One"), ("queue", "Awaited One"), ("favorites", "Borrowed One"), ("mine", "Mine One")]:
            expect(page.locator(f"#{part}")).to_contain_text(title)
        expect(page.locator(".lead")).to_have_text("One book is ready at the desk. One is at home with you.")
        page.get_by_role("button", name="Renew Borrowed One").click()
        expect(page.locator(".toast")).to_contain_text("Renewed.")
        page.locator("#queue").get_by_role("button", name="Give up my place").first.click()
        page.locator("dialog[open]").get_by_role("button", name="Give up my place").click()
        expect(page.locator("#queue")).to_contain_text("Where all copies are out")
        page.goto("/")
        expect(page.locator(".slip li")).to_have_count(2)
        expect(page.locator(".slip li").first).to_contain_text("Ready for you")


def a_loan_that_others_wait_for_cannot_be_renewed(site):
    reader, book = site.reader(), site.book(site.librarian(), title="Wanted by Two")
    site.check_out(site.reserve(reader, book))
    site.reserve(site.reader(), book)
    with site.page("/me", reader) as page:
        expect(page.locator("#borrowed")).to_contain_text("A reader waits for it. Please bring it back.")
        expect(page.get_by_role("button", name="Renew Wanted by Two")).to_have_count(0)


def a_book_is_added_changed_archived_brought_back_and_deleted(site):
    with site.page("/books/new", site.reader()) as page:
        page.fill("#title", "A Card of My Own")
        page.fill("#author", "Charlotte Brontë")
        page.fill("#publicationYear", "750 BC")
        page.fill("#copies", "2")
        page.get_by_role("button", name="Put it on the shelf").click()
        expect(heading(page)).to_have_text("A Card of My Own")
        expect(page.locator(".card")).to_contain_text("750 BC")
        page.get_by_role("link", name="Edit A Card of My Own").click()
        page.fill("#pages", "611")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".card")).to_contain_text("611")
        page.get_by_role("link", name="Edit A Card of My Own").click()
        page.get_by_role("button", name="Move to the old books").click()
        expect(page.locator("#have")).to_have_text("Kept in the old books")
        page.get_by_role("button", name="Bring it back to the shelves").click()
        expect(page.locator("#have")).to_contain_text("2 of 2 copies free")
        page.get_by_role("link", name="Edit A Card of My Own").click()
        page.get_by_role("button", name="Delete…").click()
        expect(page.get_by_role("button", name="Keep it")).to_be_focused()
        expect(page.get_by_role("button", name="Delete for good")).to_be_disabled()
        page.fill("#typed", "A Card of My Own")
        page.get_by_role("button", name="Delete for good").click()
        expect(heading(page)).to_have_text("My books")


def a_librarian_may_edit_a_book_of_others_and_another_reader_may_not(site):
    book = site.book(site.reader(), title="Somebody's Card")
    with site.page(f"/books/{book['id']}", site.librarian()) as page:
        expect(page.get_by_role("link", name="Edit Somebody's Card")).to_be_visible()
    with site.page(f"/books/{book['id']}", site.reader()) as page:
        expect(page.get_by_role("button", name="Reserve a copy")).to_be_visible()
        expect(page.get_by_role("link", name="Edit Somebody's Card")).to_have_count(0)
        page.goto(f"/books/{book['id']}/edit")
        expect(heading(page)).to_have_text("This is not for you to do")


def the_heart_is_filled_and_emptied_and_put_back(site):
    reader, book = site.reader(), site.book(site.librarian(), title="Dear to Me")
    with site.page(f"/books/{book['id']}", reader) as page:
        heart = page.get_by_role("button", name="Save", exact=True)
        heart.click()
        expect(page.get_by_role("button", name="Saved")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="Saved").click()
        page.get_by_role("button", name="Put it back").click()
        expect(page.get_by_role("button", name="Saved")).to_be_visible()
        page.goto("/me")
        expect(page.locator("#favorites")).to_contain_text("Dear to Me")


def the_account_is_changed_part_by_part(site):
    reader = site.reader()
    with site.page("/account", reader) as page:
        page.fill("#firstName", "Augusta")
        page.fill("#username", reader["username"] + "x")
        page.locator("#profile").get_by_role("button", name="Save").click()
        expect(page.locator("#profile")).to_contain_text("Saved. You are")
        expect(page.get_by_role("button", name="Augusta your account")).to_be_visible()
        letters = page.locator("#letters")
        letters.get_by_label("Language of letters").select_option(label="Deutsch")
        letters.get_by_label("When a book is late").uncheck()
        letters.get_by_role("button", name="Save").click()
        expect(letters).to_contain_text("Saved.")
        chosen = {"ready": True, "dueSoon": True, "overdue": False}
        _, me, _ = site.call("GET", "/users/me", token=reader["token"])
        check((me["language"], me["letters"]) == ("de", chosen), f"{me}")
        page.reload()
        expect(letters.get_by_label("Language of letters")).to_have_value("de")
        expect(letters.get_by_label("When a book is late")).not_to_be_checked()
        page.locator("section#password").get_by_role("button", name="Change the password").click()
        expect(page.locator("#currentPassword")).to_be_focused()
        page.fill("#currentPassword", "not this one")
        page.fill("#newPassword", "staple of the horse")
        page.locator("section#password").get_by_role("button", name="Change the password").click()
        expect(page.locator("#currentPassword-problem")).to_contain_text("That is not your password")
        page.fill("#currentPassword", PASSWORD)
        page.locator("section#password").get_by_role("button", name="Change the password").click()
        expect(page.locator("section#password")).to_contain_text("Your password is changed")
        page.get_by_role("button", name="Delete my account…").click()
        page.fill("#deletePassword", "staple of the horse")
        page.get_by_role("button", name="Delete my account for good").click()
        expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
        check(site.call("POST", "/auth/login", {"email": reader["email"], "password": "staple of the horse"})[0] == 401, "the account is still there")


def devices_are_listed_and_ended(site):
    reader = site.reader()
    with site.page("/account", reader) as page:
        rows = page.locator("#sessions li")
        expect(rows.filter(has_text="This device")).to_have_count(1)
        check(rows.count() >= 2, "the token's session is missing")
        page.locator("#sessions").get_by_role("button", name=re.compile("Sign out the other")).click()
        expect(rows).to_have_count(1)


def own_data_are_saved_once_an_hour(site):
    reader = site.reader()
    with site.page("/account", reader) as page:
        part = page.locator("section#data")
        with page.expect_download() as saved:
            part.get_by_role("button", name="Save my data").click()
        check(saved.value.suggested_filename == "my-data.zip", saved.value.suggested_filename)
        with zipfile.ZipFile(saved.value.path()) as archive:
            check("README.txt" in archive.namelist() and archive.testzip() is None, f"{archive.namelist()}")
            profile = json.loads(archive.read("profile.json"))
        check(profile["email"] == reader["email"], f"{profile}")
        expect(part.get_by_role("status")).to_contain_text("my-data.zip is yours")
        part.get_by_role("button", name="Save my data").click()
        expect(part.get_by_role("alert")).to_contain_text(re.compile(r"again in (60|59) minutes"))
        expect(part.get_by_role("status")).to_be_empty()


def the_old_books_are_found_by_title(site):
    reader = site.reader()
    book = site.book(reader, title="Gone From the Shelf")
    site.call("POST", f"/books/{book['id']}/archive", {}, reader["token"])
    with site.page("/old-books?q=Gone") as page:
        expect(page.locator(".list li")).to_contain_text("Here since")
        page.get_by_role("link", name="Gone From the Shelf").click()
        expect(page.locator("#have")).to_have_text("Kept in the old books")
        expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)
        page.goto(f"/books/{book['id']}")
        expect(page.get_by_role("link", name="See its card")).to_be_visible()


def about_leads_to_the_documentation(site):
    with site.page("/about") as page:
        link = page.get_by_role("link", name="an API with its documentation")
        check(page.request.get(link.get_attribute("href")).ok, "the link leads nowhere")


def an_address_that_no_page_has_is_not_found(site):
    with site.context() as context:
        page = context.new_page()
        answer = page.goto("/nothing/like/this")
        ready(page)
        check(answer.status == 404, f"{answer.status}")
        expect(heading(page)).to_have_text("This is not on our shelves")


def private_pages_ask_to_sign_in_and_come_back(site):
    reader = site.reader()
    for path, title in [("/me", "My books"), ("/account", "Account"), ("/books/new", "Add a book")]:
        with site.page(path) as page:
            expect(heading(page)).to_have_text(f"Sign in: {title}")
            page.fill("#login", reader["email"])
            page.fill("#password", PASSWORD)
            page.get_by_role("button", name="Sign in and come back").click()
            expect(heading(page)).to_have_text(title)
            check(page.url.endswith(path), page.url)
