"""Pictures of each page and state, for people to look at: PICTURES=DIR tests/website.py [words]."""

from playwright.sync_api import expect

from .access import _stage
from .browser import settled

WIDTHS = {"light": (320, 360, 768, 1280), "dark": (360, 1280)}


def _name(path, reader):
    words = "".join(letter if letter.isalnum() else "-" for letter in path.split("?")[0].strip("/")) or "home"
    return words[:24] + ("-signed-in" if reader else "")


def take(site, folder, wanted):
    folder.mkdir(parents=True, exist_ok=True)
    for path, reader in _stage(site):
        name = _name(path, reader)
        if wanted and not any(word in name for word in wanted):
            continue
        for theme, widths in WIDTHS.items():
            for width in widths:
                with site.page(path, reader, theme=theme, width=width) as page:
                    settled(page)
                    # Covers are drawn as they come into view.
                    for y in range(0, page.evaluate("document.documentElement.scrollHeight"), 500):
                        page.evaluate(f"scrollTo(0, {y})")
                        page.wait_for_timeout(30)
                    page.evaluate("scrollTo(0, 0)")
                    page.wait_for_timeout(80)
                    expect(page.locator("main h1")).to_be_visible()
                    page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
        print(name, flush=True)
