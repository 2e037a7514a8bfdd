"""The site under fire: ten journeys while calls of the API fail, and while the library is killed.

    tests/website.py --fire [--percent 5] [--rounds 5] [--seed N] [--only faults | kills] [--defect NAME] [words of journeys' names]

The suite has a small form of it. docs/reliability.md says what was found.
"""

import argparse
import collections
import contextlib
import multiprocessing
import random
import sys
import tempfile
import time
import traceback

from library import Library

from .browser import Site, check
from .journeys import JOURNEYS
from .line import DEFECTS, MOMENTS, Line
from .person import Person

# At a time. Each has a library and a browser.
PARTIES = 2


@contextlib.contextmanager
def _on_a_line(site, seed, defect=None):
    """A library with a folder of data, which a browser reaches by a line."""
    with tempfile.TemporaryDirectory() as data, site.with_library(Library("--no-usage-plans", "--library-address", "127.0.0.0/8", data=data)):
        with Line(site.library, seed, defect) as line:
            site.url = line.url
            yield line


def _goes_through(site, line, journey, name, percent=0, doomed=None):
    """Goes on a journey, and returns the person. `doomed` is the call during which the library is killed, and when."""
    who = JOURNEYS[journey][0]
    reader = {"nobody": lambda: None, "reader": site.reader, "librarian": site.librarian}[who]()
    with site.context(reader) as context:
        person = Person(context.new_page(), reader)
        line.journey, line.percent, line.doomed = name, percent, doomed
        try:
            journey(site, person)
            check(not line.doomed, f"the library was not killed: there was no {doomed}")
        except Exception:
            print(f"        the page said: {person.sentences[-6:]}", flush=True)
            raise
        finally:
            line.journey, line.percent, line.doomed = "", 0, None
            line.is_open.wait(60)
    return person


def somebody_gets_through_while_calls_fail(site):
    with _on_a_line(site, "small") as line:
        for journey in [journey for journey in JOURNEYS if journey.__name__ in ("a_reservation", "a_book")]:
            _goes_through(site, line, journey, journey.__name__, percent=30)
        check(sum(line.faults.values()) > 2, f"too little went wrong: {line.faults}")


def a_killed_library_loses_and_doubles_nothing(site):
    with _on_a_line(site, "small") as line:
        for journey, moment in [("a_favorite", "before"), ("a_book", "after")]:
            [journey] = [one for one in JOURNEYS if one.__name__ == journey]
            _goes_through(site, line, journey, journey.__name__, doomed=(JOURNEYS[journey][1][-1], moment))
        check(line.kills == 2, f"{line.kills} kills")


def _runs(options):
    """What the campaign does: journeys, the names of their runs, and how each goes wrong."""
    chosen = [journey for journey in JOURNEYS if not options.words or any(word in journey.__name__ for word in options.words)]
    if options.only != "kills":
        for count in range(options.rounds):
            yield from ((journey, f"{journey.__name__} {count}", options.percent, None) for journey in chosen)
    if options.only != "faults":
        for moment in MOMENTS:
            for journey in chosen:
                name = f"{journey.__name__} killed {moment}"
                call = random.Random(f"{options.seed} {name}").choice(JOURNEYS[journey][1])
                yield journey, name, 0, (call, moment)


def _party(options, queue, results):
    try:
        with Site() as site, _on_a_line(site, options.seed, options.defect) as line:
            for run in iter(queue.get, None):
                results.put(_result(site, line, *run))
                site.new_browser()
            check(line.has_defect or not options.defect, "the defect is not in the scripts")
            results.put(("faults", line.faults, line.kills))
    finally:
        results.put(None)


def _result(site, line, journey, name, percent, doomed):
    journey = next(one for one in JOURNEYS if one.__name__ == journey)
    began = time.monotonic()
    try:
        person = _goes_through(site, line, journey, name, percent, doomed)
    except Exception:
        print(f"FAILED  {time.monotonic() - began:5.1f} s  {name} {doomed or ''}\n{traceback.format_exc(limit=-3)}", flush=True)
        return name, False, 0, 0, 0
    print(f"ok      {time.monotonic() - began:5.1f} s  {name}: {person.tries} steps, {len(person.sentences)} failures were said", flush=True)
    return name, True, person.tries, len(person.sentences), person.slowest


def main(arguments):
    parser = argparse.ArgumentParser(prog="tests/website.py --fire")
    parser.add_argument("--percent", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--only", choices=["faults", "kills"])
    parser.add_argument("--defect", choices=list(DEFECTS), help="a mistake that the journeys must find")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args(arguments)
    print(f"--seed {options.seed}", flush=True)
    context = multiprocessing.get_context("fork")
    queue, results = context.Queue(), context.Queue()
    for journey, *run in _runs(options):
        queue.put((journey.__name__, *run))
    for _ in range(PARTIES):
        queue.put(None)
    parties = [context.Process(target=_party, args=(options, queue, results)) for _ in range(PARTIES)]
    for party in parties:
        party.start()
    outcomes, faults, kills = [], collections.Counter(), 0
    for _ in parties:
        for result in iter(results.get, None):
            if result[0] == "faults":
                faults, kills = faults + result[1], kills + result[2]
            else:
                outcomes.append(result)
    for party in parties:
        party.join()
    failed = [name for name, passed, *_ in outcomes if not passed]
    for fault, count in faults.most_common():
        print(f"{count:5}  {fault}")
    steps, said = sum(outcome[2] for outcome in outcomes), sum(outcome[3] for outcome in outcomes)
    slowest = max((outcome[4] for outcome in outcomes), default=0)
    print(f"--seed {options.seed}: {len(outcomes)} journeys, {steps} steps, {sum(faults.values())} calls went wrong, {kills} kills, "
          f"{said} failures were said, the slowest step took {slowest:.1f} s; {len(failed)} failed", *failed)
    sys.exit(1 if failed or any(party.exitcode for party in parties) else 0)
