#!/usr/bin/env python3
"""Asks a library whatever its contract allows, and much that it does not, and checks every answer by the contract.

schemathesis makes the requests up: https://schemathesis.readthedocs.io. Nobody, a reader and a librarian ask, each a library
of their own. Every failure is printed with a curl line that repeats it; all of it stays in target/requests.

    tests/fuzz/check.py [--cases 20000] [--seed 1]
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent))

from library import Library
from tools import with_tools

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REPORTS = ROOT / "target" / "requests"
CALLERS = ["nobody", "reader", "librarian"]
# What the examples and the coverage of the contract come to at least for a caller, before chance adds to it.
FIXED = 1500


def ask(caller, examples, seed):
    """Has a caller ask, each operation so many times at random: how many requests it were, and how many failed."""
    report, output = REPORTS / f"{caller}.json", REPORTS / f"{caller}.txt"
    # For as much as anybody asks.
    with Library("--no-usage-plans", "--library-address", "127.0.0.0/8", "--loans", "members") as library:
        command = ["schemathesis", "--no-color", "--config-file", HERE / "schemathesis.toml", "run",
                   ROOT / "openapi.json", "--url", library.url, "--max-examples", str(examples), "--seed", str(seed),
                   "--report-json-path", report]
        environment = os.environ | {"LIBRARY": library.url, "CALLER": caller, "PYTHONDONTWRITEBYTECODE": "1",
                                    "HYPOTHESIS_STORAGE_DIRECTORY": str(REPORTS / "hypothesis")}
        with open(output, "w") as file:
            status = subprocess.run(command, cwd=HERE, env=environment, stdout=file, stderr=subprocess.STDOUT).returncode
    if status != 0:
        print(output.read_text())
    if not report.exists():
        sys.exit("fuzz: schemathesis did not begin")
    ran = json.loads(report.read_text())
    cases, failed = ran["test_cases"]["generated"], ran["test_cases"]["with_failures"] + len(ran["errors"])
    # It also fails where it could not ask.
    failed = max(failed, int(status != 0))
    print(f"fuzz: {caller}: {cases} cases, {failed} failed", flush=True)
    return cases, failed


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", type=int, default=20_000, help="how many requests at least")
    arguments.add_argument("--seed", type=int, default=1, help="what chance begins with")
    arguments = arguments.parse_args()
    with_tools("schemathesis")
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    contract = json.loads((ROOT / "openapi.json").read_text())
    operations = sum(map(len, contract["paths"].values()))
    examples = max(1, (arguments.cases // len(CALLERS) - FIXED) // operations)
    asked = [ask(caller, examples, arguments.seed) for caller in CALLERS]
    cases, failed = map(sum, zip(*asked))
    print(f"fuzz: {cases} cases, {failed} failed")
    if cases < arguments.cases:
        sys.exit("fuzz: these are fewer than asked for: FIXED is too high")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
