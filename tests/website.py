#!/usr/bin/env python3
"""Visits the website of a library of its own in Chromium, as readers and librarians do, and as those who wish it ill.

    tests/website.py [words that the names of tests have]

The name of a test that holds one of the cases that people met on other websites begins with the case: `wb5_…`. Playwright comes from
PyPI, the browser from apt. PICTURES=DIR keeps a picture of each page and state instead.
"""

import inspect
import os
import pathlib
import sys
import time
import traceback

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True

from tools import with_tools


def tests():
    """The tests, in the order in which they are written."""
    from website import access, budgets, desk, desk_pages, desk_scans, forms, languages, letters, moving, search, sessions, states, stories, titles, units, visitors
    for module in [units, desk, desk_pages, desk_scans, stories, search, visitors, moving, sessions, letters, forms, states, languages, titles, access, budgets]:
        for name, function in vars(module).items():
            is_own = inspect.isfunction(function) and function.__module__ == module.__name__
            if is_own and list(inspect.signature(function).parameters) == ["site"] and not name.startswith("_"):
                yield name, function


def main():
    with_tools("website")
    from website import browser, pictures, scripts
    wanted = sys.argv[1:]
    if not wanted:
        scripts.check()
    failed, passed = [], 0
    with browser.Site() as site:
        if folder := os.environ.get("PICTURES"):
            return pictures.take(site, pathlib.Path(folder), wanted)
        module = None
        for name, test in tests():
            if module != test.__module__:
                module = test.__module__
                site.new_browser()
            if wanted and not any(word in name for word in wanted):
                continue
            began = time.monotonic()
            try:
                test(site)
                passed += 1
                print(f"ok      {time.monotonic() - began:5.1f} s  {name}", flush=True)
            except Exception:
                failed.append(name)
                print(f"FAILED  {time.monotonic() - began:5.1f} s  {name}\n{traceback.format_exc(limit=-4)}", flush=True)
    print(f"{passed} passed, {len(failed)} failed", *failed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
