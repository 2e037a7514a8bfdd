#!/usr/bin/env python3
"""Visits the website of a library of its own in Chromium, as readers and librarians do, and as those who wish it ill.

    tests/website.py [words that the names of tests have]
    tests/website.py --fire [--percent 5] [--rounds 5] [--seed N]     ten journeys while calls fail and the library is killed

The name of a test that holds one of the cases that people met on other websites begins with the case: `wb5_…`. Playwright comes from
PyPI, the browser from apt. PICTURES=DIR keeps a picture of each page and state instead.
"""

import inspect
import multiprocessing
import os
import pathlib
import sys
import time
import traceback

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True

from tools import with_tools


# At a time. Each has a library, a browser and the tests of some modules.
VISITORS = 2
# What is measured in it must not share the machine.
ALONE = "budgets"
# Beside another visitor, a test may wait for a machine that stands still. So many run once more, alone; what fails again has failed.
MOST_AGAIN = 2


def modules():
    """The modules of tests, those that take longest first."""
    from website import access, budgets, desk, desk_pages, desk_scans, files, fire, forms, languages, letters, lost_answers, moving, paper, rules, search, sessions, states, stories, titles, units, visitors
    return [access, rules, paper, letters, desk_scans, fire, languages, sessions, stories, desk_pages, desk, files, forms, lost_answers, moving, visitors, states, search, titles, units, budgets]


def tests(module):
    """The tests of a module, in the order in which they are written."""
    for name, function in vars(module).items():
        is_own = inspect.isfunction(function) and function.__module__ == module.__name__
        if is_own and list(inspect.signature(function).parameters) == ["site"] and not name.startswith("_"):
            yield name, function


def passes(site, name, test):
    began = time.monotonic()
    try:
        test(site)
        print(f"ok      {time.monotonic() - began:5.1f} s  {name}", flush=True)
        return True
    except Exception:
        print(f"FAILED  {time.monotonic() - began:5.1f} s  {name}\n{traceback.format_exc(limit=-4)}", flush=True)
        return False


def visit(queue, results, wanted):
    """Runs the tests of the modules in a queue, in one library, and sends the name of each and whether it passed."""
    from website import browser
    by_name = {module.__name__: module for module in modules()}
    try:
        with browser.Site() as site:
            for module in iter(queue.get, None):
                site.new_browser()
                for name, test in tests(by_name[module]):
                    if not wanted or any(word in name for word in wanted):
                        results.put((name, passes(site, name, test)))
    finally:
        results.put(None)


def visit_all(names, count, wanted):
    """Runs the tests of modules in `count` processes. Returns the name of each test, and whether it passed."""
    context = multiprocessing.get_context("fork")
    queue, results = context.Queue(), context.Queue()
    for name in [*names, *[None] * count]:
        queue.put(name)
    workers = [context.Process(target=visit, args=(queue, results, wanted)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for _ in workers:
        yield from iter(results.get, None)
    for worker in workers:
        worker.join()
        if worker.exitcode:
            yield f"a visitor ended with {worker.exitcode}", False


def main():
    with_tools("website")
    from website import browser, pictures, scripts
    wanted = sys.argv[1:]
    if wanted[:1] == ["--fire"]:
        from website import fire
        browser.chromium()
        return fire.main(wanted[1:])
    if folder := os.environ.get("PICTURES"):
        with browser.Site() as site:
            return pictures.take(site, pathlib.Path(folder), wanted)
    # Not by two at a time.
    browser.chromium()
    checks = multiprocessing.get_context("fork").Process(target=scripts.check)
    if not wanted:
        checks.start()
    names = [module.__name__ for module in modules() if not wanted or any(word in name for name, _ in tests(module) for word in wanted)]
    alone = [name for name in names if name.endswith(ALONE)]
    others = [name for name in names if name not in alone]
    outcomes = []
    if others:
        outcomes += visit_all(others, min(VISITORS, len(others)), wanted)
    if not wanted:
        checks.join()
        outcomes.append(("format, lints and types of the scripts", checks.exitcode == 0))
    if alone:
        outcomes += visit_all(alone, 1, wanted)
    failed = [name for name, passed in outcomes if not passed]
    if 0 < len(failed) <= MOST_AGAIN:
        print("once more, alone:", *failed, flush=True)
        again = [module.__name__ for module in modules() if any(name in failed for name, _ in tests(module))]
        second = list(visit_all(again, 1, failed)) if again else []
        # What did not run again has failed: a visitor that ended, for one.
        failed = [name for name in failed if name not in dict(second)] + [name for name, passed in second if not passed]
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed", *failed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
