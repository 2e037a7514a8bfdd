#!/usr/bin/env python3
"""Carries out docs/adding-a-function.md on a copy of the repository, calls the new route, and deletes the copy.

The recipe's own blocks are carried out: "Create `file`:" writes a file, "In `file`, before `line`, add:" inserts lines, and an
`sh` block runs. A file or a line that the recipe names and that does not exist is an error. The build uses the target folder of
the repository, so only the workspace's own crates are compiled.

    tests/adding_a_function.py [--edit-only]
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECIPE = ROOT / "docs" / "adding-a-function.md"
# Always the same path, so that cargo compiles only what has changed since the last run.
COPY = ROOT / "target" / "adding-a-function"
ENVIRONMENT = os.environ | {"CARGO_TARGET_DIR": str(ROOT / "target")}

STEP = re.compile(
    r"^Create `(?P<create>[^`]+)`:\n\n```\w+\n(?P<text>.*?)^```$"
    r"|^In `(?P<edit>[^`]+)`, before (?P<each>each )?`(?P<anchor>[^`]+)`, add:\n\n```\w+\n(?P<lines>.*?)^```$"
    r"|^```sh\n(?P<shell>.*?)^```$(?:\n\n```json\n(?P<answer>.*?)^```$)?",
    re.M | re.S,
)


def copy_repository():
    """Copies every file that git knows or would add. Times stay, so that cargo does not compile unchanged files again."""
    shutil.rmtree(COPY, ignore_errors=True)
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, COPY / name)
    # The recipe writes there before it replaces openapi.json.
    (COPY / "target").mkdir()


def create(name, text):
    path = COPY / name
    if path.exists():
        sys.exit(f"{RECIPE.name}: {name} exists already")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def insert(name, anchor, lines, each):
    path = COPY / name
    if not path.exists():
        sys.exit(f"{RECIPE.name}: there is no {name}")
    # An anchor is the beginning of a line.
    text, count = re.subn(rf"^(?={re.escape(anchor)})", lambda _: lines, path.read_text(), flags=re.M)
    if count == 0 or (count > 1 and not each):
        sys.exit(f"{RECIPE.name}: {count} lines of {name} begin with {anchor!r}")
    path.write_text(text)


def run(shell):
    subprocess.run(["bash", "-euo", "pipefail", "-c", shell], cwd=COPY, env=ENVIRONMENT, check=True)


def answer(url_path):
    """Starts the runner of the copy, and returns its answer to a GET."""
    command = ["cargo", "run", "--quiet", "--package", "local", "--", "--memory", "--port", "0", "--dynamodb-port", "0"]
    runner = subprocess.Popen(command, cwd=COPY, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        for line in runner.stdout:
            if found := re.match(r"\s*API\s+(\S+)", line):
                return urllib.request.urlopen(found[1].removesuffix("/v1") + url_path).read().decode()
        sys.exit("the runner of the copy did not start")
    finally:
        os.killpg(runner.pid, signal.SIGKILL)
        runner.wait()


def carry_out(edit_only):
    """Carries out the steps in their order. Returns how many routes were called."""
    called = 0
    for step in STEP.finditer(RECIPE.read_text()):
        if step["create"]:
            create(step["create"], step["text"])
        elif step["edit"]:
            insert(step["edit"], step["anchor"], step["lines"], step["each"])
        elif step["answer"] is None:
            if not (edit_only and "cargo" in step["shell"]):
                run(step["shell"])
        elif not edit_only:
            path = re.fullmatch(r"curl http://127\.0\.0\.1:9000(/\S+)\n", step["shell"])[1]
            got = answer(path)
            if got != step["answer"].strip():
                sys.exit(f"{path} answered {got}")
            called += 1
    return called


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--edit-only", action="store_true", help="only check the files and lines that the recipe names")
    arguments = arguments.parse_args()
    copy_repository()
    try:
        called = carry_out(arguments.edit_only)
    finally:
        shutil.rmtree(COPY)
    if not arguments.edit_only and called == 0:
        sys.exit("the recipe calls no route")
    print(f"adding a function: {'edited' if arguments.edit_only else f'built, {called} route answered'}")


if __name__ == "__main__":
    main()
