#!/usr/bin/env python3
"""Asks a library whatever its contract allows, and much that it does not, and checks every answer by the contract.

schemathesis makes the requests up: https://schemathesis.readthedocs.io. Nobody, a reader and a librarian ask, each a library
of their own. Every failure is printed with a curl line that repeats it; all of it stays in target/fuzz.

    tests/fuzz/check.py [--cases 20000] [--seed 1]
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOOLS = ROOT / "target" / "schemathesis"
REPORTS = ROOT / "target" / "fuzz"
CALLERS = ["nobody", "reader", "librarian"]
# What the examples and the coverage of the contract come to at least for a caller, before chance adds to it.
FIXED = 1500


def install():
    wanted = HERE / "requirements.txt"
    mark = hashlib.sha256(wanted.read_bytes()).hexdigest()
    installed = TOOLS / "installed"
    if not installed.exists() or installed.read_text() != mark:
        print(f"installing schemathesis into {TOOLS.relative_to(ROOT)} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", TOOLS], check=True)
        subprocess.run([TOOLS / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted], check=True)
        installed.write_text(mark)


class Library:
    """`cargo run -p local`, in memory, on ports that are free, for as much as anybody asks."""

    def __enter__(self):
        command = ["cargo", "run", "--quiet", "--package", "local", "--", "--memory", "--port", "0", "--dynamodb-port", "0",
                   "--no-usage-plans"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        start_new_session=True)
        self.url = None
        for line in self.process.stdout:
            self.url = self.url or next(iter(re.findall(r"^\s+API\s+(\S+)", line)), None)
            if "closes the library" in line:
                return self
        sys.exit("fuzz: the library did not open")

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def ask(caller, examples, seed):
    """Has a caller ask, each operation so many times at random: how many requests it were, and how many failed."""
    report, output = REPORTS / f"{caller}.json", REPORTS / f"{caller}.txt"
    with Library() as library:
        command = [TOOLS / "bin" / "schemathesis", "--no-color", "--config-file", HERE / "schemathesis.toml", "run",
                   ROOT / "openapi.json", "--url", library.url, "--max-examples", str(examples), "--seed", str(seed),
                   "--report-json-path", report]
        environment = os.environ | {"LIBRARY": library.url, "CALLER": caller, "PYTHONDONTWRITEBYTECODE": "1",
                                    "HYPOTHESIS_STORAGE_DIRECTORY": str(TOOLS / "hypothesis")}
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
    install()
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


main()
