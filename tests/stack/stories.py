"""The stories that can run against a URL, and those that MiniStack cannot run."""

import os
import pathlib
import re
import subprocess
import tomllib

TESTS = pathlib.Path(__file__).resolve().parent.parent
# What a story calls that runs against any library.
STARTS = re.compile(r"\bLibrary::(start|behind_gateway)\(\)")
# The problem with which a function answers that does not reach its database.
UNAVAILABLE = "/problems/unavailable"
FUNCTION = re.compile(r"^(#\[[^\n]*\]\n)?((?:pub(?:\([^)]*\))? )?(?:async )?fn (\w+)\b.*?^\})", re.M | re.S)


def of_urls():
    """The names of the stories that run against any library: `books::a_deleted_book_is_gone`."""
    found = []
    for file in sorted((TESTS / "it").rglob("*.rs")):
        module = "::".join(file.relative_to(TESTS / "it").with_suffix("").parts).removesuffix("::mod")
        functions = [(bool(head and "test" in head), name, body) for head, body, name in FUNCTION.findall(file.read_text())]
        starting = {name for is_test, name, body in functions if not is_test and STARTS.search(body)}
        calls = re.compile(rf"\b(?:{'|'.join(starting)})\(") if starting else STARTS
        found += [f"{module}::{name}" for is_test, name, body in functions
                  if is_test and (STARTS.search(body) or calls.search(body))]
    return found


def not_here():
    """The stories that fail on MiniStack, each with the reason and with who is right."""
    listed = tomllib.loads((TESTS / "stack" / "not_here.toml").read_text())
    for story, entry in listed.items():
        if entry.keys() != {"reason", "right"} or entry["right"] not in ("the runner", "MiniStack", "neither"):
            raise SystemExit(f"not_here.toml: {story} should have a reason, and right: the runner, MiniStack or neither")
    return listed


def run(program, names, environment):
    """Runs stories. Returns which of them passed, and all that was printed."""
    command = [program, "--exact", *names, "--test-threads=4"]
    ran = subprocess.run(command, cwd=TESTS, env=os.environ | environment | {"RUST_BACKTRACE": "0"},
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return set(re.findall(r"^test (\S+) \.\.\. ok$", ran.stdout, re.M)), ran.stdout


def faults(program, environment):
    """Runs all of them. Yields what is wrong with the stories, and with the list."""
    stories, listed = of_urls(), not_here()
    passed, printed = run(program, stories, environment)
    # A function waits three seconds for its database; on a busy machine MiniStack may need longer. A function that can never
    # reach its database fails the second time, too.
    busy = [story for story in sorted(set(stories) - passed - listed.keys()) if UNAVAILABLE in report(story, printed)]
    if busy:
        print(f"deployed: once more, after a 503: {', '.join(busy)}", flush=True)
        again, printed_again = run(program, busy, environment)
        passed, printed = passed | again, printed_again + printed
    for story in listed.keys() - set(stories):
        yield f"not_here.toml lists {story}, which is no story for a URL"
    for story in sorted(passed & listed.keys()):
        yield f"not_here.toml lists {story}, which passes here; take it off the list"
    for story in sorted(set(stories) - passed - listed.keys()):
        yield f"{story} failed\n{report(story, printed)[:1500]}"
    print(f"deployed: {len(passed)} of {len(stories)} stories passed, {len(listed)} are known to fail", flush=True)


def report(story, printed):
    """What a failed story printed."""
    panic = re.search(rf"^---- {story} stdout ----\n(.*?)(?=^---- |\Z)", printed, re.M | re.S)
    return panic[1] if panic else ""
