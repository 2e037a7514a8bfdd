"""Letters: how they look, and that the links in them lead to pages that do what they say."""

import email
import email.message
import email.policy
import re

from playwright.sync_api import expect

from .access import axe
from .browser import PASSWORD, Api, check, heading, ready

# The longest address that a website without a domain has.
DOOR = "https://abcdefghij.execute-api.eu-central-1.amazonaws.com/v1/web"

HOSTILE = {"title": "<script>alert(1)</script> " + "W" * 400, "author": "\u05d0" * 90}


def _link(site, reader, page):
    return re.search(rf"http\S+/{page}\?token=\S+", site.letter(reader["email"], f"{page}?token="))[0]


def _about_an_account(site):
    """Letters to a reader who changes everything and then leaves."""
    reader, librarian = site.reader(verified=False), site.librarian()
    address, token, password = reader["email"], reader["token"], {"password": reader["password"]}

    def change(method, path, body, to, subject):
        status, answer, _ = site.call(method, path, body, token if path != f"/users/{reader['id']}" else librarian["token"])
        check(status < 300, f"{path}: {answer}")
        return site.mail(to, subject)

    def confirm(mail):
        return {"token": re.search(r"token=(\w+)", mail["text"])[1]}

    welcome = site.mail(address, "token=")
    yield welcome
    site.call("POST", "/auth/verify-email", confirm(welcome), token)
    yield change("PUT", "/users/me/username", {"username": f"{reader['username']}b"}, address, "Your username was changed")
    yield change("POST", "/auth/reset-password-request", {"email": address}, address, "A new password")
    for role, subject in [("admin", "You are a librarian now"), ("assistant", "You are an assistant now"), ("member", "You do not work at the desk any more")]:
        yield change("PATCH", f"/users/{reader['id']}", {"role": role}, address, subject)
    new = f"new-{address}"
    yield change("PUT", "/users/me/email", {"email": new} | password, address, "Another address for your account")
    again = site.mail(new, "token=")
    yield again
    yield change("POST", "/auth/verify-email", confirm(again), address, "Your email address was changed")
    yield change("PUT", "/auth/password", {"currentPassword": PASSWORD, "newPassword": f"{PASSWORD} 2"}, new, "Your password was changed")
    yield change("DELETE", "/users/me", {"password": f"{PASSWORD} 2"}, new, "Your account is gone")


def _about_a_book(site, **details):
    """Letters to those who reserve the only copy of a book."""
    book = site.book(site.librarian(), **details)
    for subject in ["Ready for you", "You are next", "You are 2nd in the queue"]:
        reader = site.reader()
        site.reserve(reader, book)
        yield site.mail(reader["email"], subject)


def wb21_an_address_in_a_letter_is_whole_however_the_mail_is_written(site):
    with Api("--site", DOOR) as api:
        letters = [*_about_an_account(api), *_about_a_book(api), *_about_a_book(api, **HOSTILE)]
    for letter in letters:
        for encoding in ("quoted-printable", "base64", "8bit"):
            mail = email.message.EmailMessage(email.policy.SMTP)
            mail.set_content(letter["text"], cte=encoding)
            mail.add_alternative(letter["html"], subtype="html", cte=encoding)
            check(max(map(len, mail.as_bytes().splitlines())) <= 998, f"a line is too long: {letter['subject']}")
            arrived = email.message_from_bytes(mail.as_bytes(), policy=email.policy.SMTP)
            text, html = (arrived.get_body([kind]).get_content() for kind in ("plain", "html"))
            addresses = [line for line in text.splitlines() if "://" in line]
            check(addresses, f"no address in {text}")
            for address in addresses:
                check(re.fullmatch(re.escape(DOOR) + r"/[a-z-]*([?]token=[a-z0-9]+|#[a-z]+)?", address), f"{address!r} of {letter['subject']}")
                check(f'href="{address}"' in html and f">{address}</a>" in html, f"{address!r} is not in {html}")


def a_letter_can_be_read_by_everybody_in_both_themes(site):
    letters = [*_about_an_account(site), *_about_a_book(site), *_about_a_book(site, **HOSTILE)]
    with site.context() as context:
        page = context.new_page()
        for index, letter in enumerate(letters):
            for theme, width in [("light", 320), ("dark", 640)] if index % 2 else [("dark", 320), ("light", 640)]:
                page.set_viewport_size({"width": width, "height": 740})
                page.emulate_media(color_scheme=theme)
                page.set_content(letter["html"])
                axe(page, f"{letter['subject']} {theme} {width}")
                wide = page.evaluate("document.documentElement.scrollWidth")
                check(wide <= width, f"{letter['subject']} can be scrolled sideways: {wide} > {width}")
                first_line = page.locator("body > div").first
                check(first_line.inner_text() and not first_line.is_visible(), "the first line is for the mailbox")


def the_book_in_a_letter_has_the_cloth_of_its_cover(site):
    books = [{"author": "Anonymous"}, {"author": "ΣΟΦΟΚΛΗΣ", "publicationYear": -441}, {"author": "Octavia E. Butler"}]
    books += [{"author": "Émile Zola", "publicationYear": year} for year in (1400, 1650, 1750, 1850, 1880, 1913, 1930, 1970, 2020)]
    for book in books:
        reader, book = site.reader(), site.book(site.librarian(), **book)
        site.reserve(reader, book)
        html = site.mail(reader["email"], "Ready for you")["html"]
        ground = re.search(r'class="cover"[^>]*background:(#\w{6})', html)[1]
        with site.page(f"/books/{book['id']}") as page:
            cover = page.locator("main .cover svg > rect").first
            expect(cover).to_have_attribute("fill", ground)


def wb20_opening_the_link_of_a_letter_spends_nothing(site):
    reader = site.reader(verified=False)
    link = _link(site, reader, "verify-email")
    with site.context() as scanner:
        scanner.request.get(link)
        scanner.request.head(link)
        page = scanner.new_page()
        answer = page.goto(link)
        ready(page)
        page.wait_for_timeout(500)
        check("no-store" in answer.headers.get("cache-control", ""), f"{answer.headers}")
        check("noindex" in answer.text(), "it can be indexed")
    with site.page(link.removeprefix(site.url), reader) as page:
        page.get_by_role("button", name="Yes, it is mine").click()
        expect(heading(page)).to_have_text("Your address is confirmed")


def wb20_a_reader_who_is_signed_out_signs_in_and_then_confirms(site):
    reader = site.reader(verified=False)
    with site.page(_link(site, reader, "verify-email").removeprefix(site.url)) as page:
        expect(heading(page)).to_have_text("Sign in first")
        page.fill("#login", reader["username"])
        page.fill("#password", reader["password"])
        page.locator("main").get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Yes, it is mine").click()
        expect(heading(page)).to_have_text("Your address is confirmed")


def wb22_the_token_is_gone_from_the_address_before_anything_is_sent(site):
    for kind in ("verify-email", "reset-password"):
        reader = site.reader(verified=False)
        if kind == "reset-password":
            site.call("POST", "/auth/reset-password-request", {"email": reader["email"]})
        link = _link(site, reader, kind)
        token = link.split("token=")[1]
        with site.context() as context:
            page = context.new_page()
            sent = []
            page.on("request", lambda request: sent.append((request.url, request.headers.get("referer", ""), request.post_data or "")))
            page.goto(link)
            ready(page)
            check(token not in page.url, page.url)
            check(not any(token in part for parts in sent[1:] for part in parts), f"{sent[1:]}")
            kept = page.evaluate("JSON.stringify([history.state, { ...localStorage }, { ...sessionStorage }, document.cookie])")
            check(token not in kept, kept)


def a_lost_password_is_replaced_and_the_link_works_once(site):
    reader = site.reader()
    with site.page("/sign-in") as page:
        page.get_by_role("link", name="Forgotten your password?").click()
        page.fill("#email", reader["email"])
        page.get_by_role("button", name="Send the letter").click()
        expect(heading(page)).to_have_text("A letter is on its way")
        link = _link(site, reader, "reset-password")
        page.goto(link)
        page.fill("#newPassword", "short")
        page.get_by_role("button", name="Change the password").click()
        expect(page.locator("#newPassword-problem")).to_contain_text("at least 8")
        page.fill("#newPassword", "staple of the horse")
        page.get_by_role("button", name="Change the password").click()
        expect(heading(page)).to_have_text("Your password is changed")
        page.goto(link)
        page.fill("#newPassword", "another one of these")
        page.get_by_role("button", name="Change the password").click()
        expect(heading(page)).to_have_text("This link has run out")
        page.get_by_role("button", name="Send a new letter").click()
        expect(heading(page)).to_have_text("Choose a new password")
        status, _, _ = site.call("POST", "/auth/login", {"email": reader["email"], "password": "staple of the horse"})
        check(status == 200, f"{status}")


def dk63_a_mail_program_that_opens_the_link_asks_before_letters_are_switched_off(site):
    reader = site.reader()
    site.reserve(reader, site.book(site.librarian()))
    link = site.mail(reader["email"], "Ready for you")["headers"]["List-Unsubscribe"].strip("<>")
    with site.context() as context:
        page = context.new_page()
        page.goto(link)
        ready(page)
        expect(heading(page)).to_have_text("No more letters like this one?")
        check("token" not in page.url, page.url)
        check(site.call("GET", "/users/me", token=reader["token"])[1].get("letters") is None, "opening switched them off")
        page.get_by_role("button", name="Switch them off").click()
        expect(heading(page)).to_have_text("These letters are off")
        expect(page.locator("main")).to_contain_text("When a book is ready for you")
        check(site.call("GET", "/users/me", token=reader["token"])[1]["letters"] == {"ready": False, "dueSoon": True, "overdue": True}, "letters")
        # What is no link of a letter, or not any more.
        page.goto("/letters?token=00")
        page.get_by_role("button", name="Switch them off").click()
        expect(heading(page)).to_have_text("This link has run out")
        page.goto("/letters")
        expect(heading(page)).to_have_text("The link is in the letter")
        page.get_by_role("link", name="Choose my letters").click()
        expect(heading(page)).to_have_text("Sign in: Account")


def another_address_counts_once_its_letter_is_followed(site):
    reader = site.reader()
    new = f"new-{reader['email']}"
    with site.page("/account#email", reader) as page:
        page.get_by_role("button", name="Change the address").click()
        page.fill("#newEmail", new)
        page.fill("#emailPassword", reader["password"])
        page.get_by_role("button", name="Change the address").click()
        expect(page.locator("#email")).to_contain_text(f"A letter went to {new}")
        page.goto(re.search(r"http\S+/verify-email\?token=\S+", site.letter(new))[0])
        expect(page.locator("main")).to_contain_text(new)
        page.get_by_role("button", name="Yes, it is mine").click()
        expect(heading(page)).to_have_text("Your address is confirmed")
        page.goto("/account")
        expect(page.locator("#email")).to_contain_text(new)


def the_letter_can_be_sent_again(site):
    reader = site.reader(verified=False)
    with site.page("/account", reader) as page:
        page.get_by_role("button", name="Send the letter again").click()
        expect(page.locator(".toast")).to_contain_text("A letter is on its way")


def the_links_of_letters_of_earlier_versions_lead_to_my_books(site):
    with site.page("/reservations", site.reader()) as page:
        check(page.url.endswith("/me"), page.url)
        expect(heading(page)).to_have_text("My books")
