"""What a page does about an answer that was lost on its way, or was none: nothing is done twice, and nobody is told what is not so."""

import time

from playwright.sync_api import expect

from .browser import PASSWORD, check, heading

OTHER = "staple of the horse"


def _lose(page, pattern, method, *statuses):
    """The library does the first call, and its answer does not come. The next ones are answered with the statuses, undone."""
    left = [0, *statuses]

    def answer(route):
        if route.request.method != method or not left:
            return route.fallback()
        status = left.pop(0)
        if status:
            return route.fulfill(status=status, headers={"Retry-After": "1"}, json={"status": status, "code": "injected"})
        route.fetch()
        return route.abort()
    page.route(pattern, answer)
    return left


def _fill(page, **fields):
    for name, value in fields.items():
        page.fill(f"#{name}", value)


def a_book_keeps_its_key_until_there_is_an_answer(site):
    reader = site.reader()
    with site.page("/books/new", reader) as page:
        button = page.get_by_role("button", name="Put it on the shelf")
        _fill(page, title="Added Once", author="Ada Byron")
        left = _lose(page, "**/v1/books", "POST", 504, 429, 500)
        for said in ["No answer came", "Busy just now", "A little slower", "on our side"]:
            button.click()
            expect(page.get_by_role("alert")).to_contain_text(said)
            expect(page.locator("#title")).to_have_value("Added Once")
        check(not left, f"{left}")
        button.click()
        expect(heading(page)).to_have_text("Added Once")
    books = site.call("GET", "/books?owner=me", token=reader["token"])[1]["items"]
    check(len(books) == 1, f"{books}")


def words_that_change_after_a_lost_answer_are_not_added_unasked(site):
    reader = site.reader()
    with site.page("/books/new", reader) as page:
        button = page.get_by_role("button", name="Put it on the shelf")
        _fill(page, title="Typed Frist", author="Ada Byron")
        _lose(page, "**/v1/books", "POST")
        button.click()
        expect(page.get_by_role("alert")).to_contain_text("No answer came")
        page.fill("#title", "Typed First")
        button.click()
        expect(page.get_by_role("alert")).to_contain_text("The first try arrived")
        titles = [book["title"] for book in site.call("GET", "/books?owner=me", token=reader["token"])[1]["items"]]
        check(titles == ["Typed Frist"], f"{titles}")


def a_busy_library_is_not_asked_again_by_itself_without_a_key(site):
    with site.page("/account", site.reader()) as page:
        asked = []

        def answer(route):
            asked.append(route.request.method)
            route.fulfill(status=503, headers={"Retry-After": "1"}, json={"status": 503})
        page.route("**/v1/users/me/email", answer)
        section = page.locator("section#email")
        section.get_by_role("button", name="Change the address").click()
        _fill(page, newEmail="elsewhere@example.org", emailPassword=PASSWORD)
        section.get_by_role("button", name="Change the address").click()
        expect(section.get_by_role("alert")).to_contain_text("Busy just now")
        page.wait_for_timeout(1500)
        check(len(asked) == 1, f"{asked}")


def what_is_not_from_the_library_is_no_answer(site):
    book = site.book(site.librarian(), title="Behind a Gate")
    with site.page(f"/books/{book['id']}", site.reader()) as page:
        page.route("**/v1/books/*/reservations", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>Sign in to this network"), times=1)
        page.get_by_role("button", name="Reserve a copy").click()
        expect(page.locator(".have .note")).to_contain_text("No answer came")
        page.route("**/v1/search?*", lambda route: route.fulfill(status=200, content_type="application/json", body='{"items": [{"id'), times=1)
        page.goto("/search?q=the")
        expect(page.locator(".fault")).to_contain_text("No answer came")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".list li").first).to_be_visible()


def without_an_answer_nobody_is_signed_out(site):
    with site.context(site.reader()) as context:
        page = context.new_page()
        page.route("**/v1/users/me", lambda route: route.fulfill(status=503, json={"status": 503}), times=2)
        page.goto("/me")
        expect(page.locator("main")).to_contain_text("Busy just now")
        expect(page.locator("#login")).to_have_count(0)
        expect(page.locator("#favorites")).to_be_visible()


def a_change_whose_answer_was_lost_is_no_conflict(site):
    reader = site.reader()
    book = site.book(reader, title="Changed Once")
    with site.page(f"/books/{book['id']}/edit", reader) as page:
        page.fill("#pages", "611")
        _lose(page, f"**/v1/books/{book['id']}", "PATCH")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("No answer came")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".card")).to_contain_text("611")


def what_was_taken_away_is_gone_although_the_answer_was_lost(site):
    reader = site.reader()
    book = site.book(reader, title="Given Up Once")
    site.reserve(reader, book)
    with site.page(f"/books/{book['id']}", reader) as page:
        page.get_by_role("button", name="Give it up").first.click()
        dialog = page.locator("dialog[open]")
        _lose(page, "**/v1/reservations/*", "DELETE")
        dialog.get_by_role("button", name="Give it up").click()
        expect(dialog.get_by_role("alert")).to_contain_text("No answer came")
        dialog.get_by_role("button", name="Give it up").click()
        expect(page.locator("#have")).to_contain_text("1 of 1 copy free")


def an_account_whose_answer_was_lost_is_entered_changed_and_ended(site):
    email = f"lost{next(site.count)}.{int(time.time())}@example.org"
    with site.page("/sign-up") as page:
        _fill(page, email=email, password=PASSWORD)
        _lose(page, "**/v1/auth/register", "POST")
        join = page.get_by_role("button", name="Join the library")
        join.click()
        expect(page.get_by_role("alert")).to_contain_text("No answer came")
        join.click()
        expect(heading(page)).to_have_text("A letter is on its way")
        page.goto("/account")
        section = page.locator("section#password")
        _fill(page, currentPassword=PASSWORD, newPassword=OTHER)
        _lose(page, "**/v1/auth/password", "PUT")
        section.get_by_role("button", name="Change the password").click()
        expect(section.get_by_role("alert")).to_contain_text("No answer came")
        section.get_by_role("button", name="Change the password").click()
        expect(section).to_contain_text("Your password is changed")
        page.get_by_role("button", name="Delete my account…").click()
        page.fill("#deletePassword", OTHER)
        _lose(page, "**/v1/users/me", "DELETE")
        page.get_by_role("button", name="Delete my account for good").click()
        expect(page.locator("section#delete").get_by_role("alert")).to_contain_text("No answer came")
        page.get_by_role("button", name="Delete my account for good").click()
        expect(page.locator(".toast")).to_contain_text("Your account is deleted")


def somebody_elses_address_is_not_entered(site):
    """A try that was lost on its way is no proof: the password is."""
    taken = site.reader()
    with site.page("/sign-up") as page:
        _fill(page, email=taken["email"], password="not the password")
        page.route("**/v1/auth/register", lambda route: route.abort(), times=1)
        page.get_by_role("button", name="Join the library").click()
        expect(page.get_by_role("alert")).to_contain_text("No answer came")
        page.get_by_role("button", name="Join the library").click()
        expect(page.locator("#email-problem")).to_contain_text("Another reader has this address")


def a_link_that_was_used_says_what_that_means(site):
    reader = site.reader()
    site.call("POST", "/auth/reset-password-request", {"email": reader["email"]})
    link = site.letter(reader["email"], "/reset-password?token=").split("/reset-password?token=")[1].split()[0]
    with site.page(f"/reset-password?token={link}") as page:
        page.fill("#newPassword", OTHER)
        _lose(page, "**/v1/auth/reset-password", "POST")
        for said in ["No answer came", "If you have used it, try the new password"]:
            page.get_by_role("button", name="Change the password").click()
            expect(page.locator("main")).to_contain_text(said)


def an_import_whose_answer_was_lost_is_begun_once(site):
    reader = site.reader()
    with site.page("/import", reader) as page:
        _lose(page, "**/v1/imports", "POST")
        page.set_input_files("#file", {"name": "once.csv", "mimeType": "text/csv", "buffer": b"title,author\nBegun Once,Ann Ott\n"})
        expect(page.get_by_role("alert")).to_contain_text("No answer came")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#became")).to_have_text("once.csv")
    imports = site.call("GET", "/imports", token=reader["token"])[1]["items"]
    check(len(imports) == 1, f"{imports}")
