#!/usr/bin/env python3
"""Takes the README's pictures of the website's start page, light and dark, from a library of its own in Chromium."""

import pathlib
import sys

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent.parent / "tests"))

from tools import with_tools


def main():
    with_tools("website")
    from website.browser import Site, settled
    with Site() as site:
        for theme in ("light", "dark"):
            with site.page("/", theme=theme, width=1280, height=860) as page:
                settled(page)
                # Covers are drawn as they come into view.
                page.wait_for_timeout(500)
                page.screenshot(path=HERE / f"home-{theme}.png")


if __name__ == "__main__":
    main()
