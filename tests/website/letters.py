"""Letters: the links in them lead to pages that do what they say."""

import re

from playwright.sync_api import expect

from .browser import check, heading, ready


def _link(site, reader, page):
    return re.search(rf"http\S+/{page}\?token=\S+", site.letter(reader["email"], f"{page}?token="))[0]


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
