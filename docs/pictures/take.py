#!/usr/bin/env python3
"""Takes the pictures in README.md and docs/website.md, in Chromium, from a library of its own."""

import pathlib
import sys
import urllib.parse

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent.parent / "tests"))

from tools import with_tools

DESK = {"width": 1280, "height": 860}
# A picture that stands beside others is smaller.
SMALL = {"width": 1180, "height": 880, "device_scale_factor": 0.75}
PHONE = {"width": 360, "height": 740}


def main():
    with_tools("website")
    from website.browser import Site
    with Site() as site:
        reader = add_reader(site)
        genji = f"/books/{find_book(site, 'The Tale of Genji')['id']}"
        take(site, "home-light", "/", **DESK)
        take(site, "home-dark", "/", theme="dark", **DESK)
        take(site, "search-light", "/search?q=Jane+Austen", **SMALL)
        take(site, "book-light", genji, reader, **SMALL)
        take(site, "me-dark", "/me", reader, theme="dark", **SMALL)
        take(site, "book-phone", genji, reader, **PHONE)


def add_reader(site):
    """Registers a reader who has a book at the desk, one at home, one to wait for, and favorites."""
    reader = site.reader()
    site.reserve(reader, find_book(site, "The Odyssey"))
    site.check_out(site.reserve(reader, find_book(site, "Middlemarch")))
    wanted = find_book(site, "Wuthering Heights")
    for somebody in (site.reader(), site.reader(), reader):
        site.reserve(somebody, wanted)
    for title in ("Frankenstein", "Gitanjali", "Leaves of Grass", "The Tale of Genji"):
        site.call("POST", f"/favorites/{find_book(site, title)['id']}", token=reader["token"])
    return reader


def find_book(site, title):
    status, found, _ = site.call("GET", f"/books?titlePrefix={urllib.parse.quote(title)}&limit=1")
    assert status == 200 and found["items"], f"no book is called {title}: {found}"
    return found["items"][0]


def take(site, name, path, reader=None, **options):
    from website.browser import settled
    with site.page(path, reader, **options) as page:
        settled(page)
        # Covers are drawn as they come into view.
        page.wait_for_timeout(500)
        page.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    main()
