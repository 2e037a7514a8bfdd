#!/usr/bin/env python3
"""Generates clients from openapi.json with four generators, checks it with two linters, and has the programs of examples/ visit a
library.

No tool may print a warning. The programs are type-checked strictly. Node comes from PyPI, and what it needs from npm, without
the packages' own install scripts; later runs need no network. Everything is written below target/clients.

    tests/clients/check.py [--contract openapi.json]
"""

import argparse
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent))

from library import Library
from tools import ROOT, with_tools

HERE = ROOT / "tests" / "clients"
EXAMPLES = ROOT / "examples"
TARGET = ROOT / "target" / "clients"
TYPESCRIPT, PYTHON, OTHERS = TARGET / "typescript", TARGET / "python", TARGET / "others"


def run(name, command, folder, **environment):
    """Runs a tool, and ends the program if it fails or warns. Returns what it printed."""
    quiet = {"NO_COLOR": "1", "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(command, cwd=folder, env=os.environ | quiet | environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0 or re.search("warn|⚠", done.stdout, re.I):
        sys.exit(f"{done.stdout}\nclients: {name} fails or warns (exit status {done.returncode})")
    print(f"clients: {name}", flush=True)
    return done.stdout


def npm_packages(source, folder):
    """Installs the packages of a package-lock.json, if it has changed since."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ["package.json", "package-lock.json"]:
        shutil.copy(source / name, folder)
    installed, mark = folder / "installed", hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if not installed.exists() or installed.read_text() != mark:
        print(f"installing {(source / 'package-lock.json').relative_to(ROOT)} …", flush=True)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        subprocess.run(command, cwd=folder, check=True)
        installed.write_text(mark)


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def lint(contract):
    tools = OTHERS / "node_modules" / ".bin"
    run("redocly finds nothing", [tools / "redocly", "lint", "--config", HERE / "redocly.yaml", contract], HERE)
    run("spectral finds nothing", [tools / "spectral", "lint", "--ruleset", HERE / "spectral.yaml",
                                   "--fail-severity", "hint", contract], HERE)


def generate_others(contract):
    """The generators that no example uses. What they make is type-checked."""
    tools, types, api = OTHERS / "node_modules" / ".bin", OTHERS / "schema.d.ts", fresh(OTHERS / "orval")
    run("openapi-typescript generates", [tools / "openapi-typescript", contract, "--output", types], OTHERS)
    run("orval generates", [tools / "orval", "--input", contract, "--output", api / "api.ts", "--client", "fetch"], OTHERS)
    run("tsc --strict accepts both", [tools / "tsc", "--strict", "--noEmit", "--target", "es2022", "--module", "nodenext",
                                      types, api / "api.ts"], OTHERS)


def build_typescript(contract):
    for name in ["openapi-ts.config.mjs", "tsconfig.json", "visit.ts"]:
        shutil.copy(EXAMPLES / "typescript" / name, TYPESCRIPT)
    fresh(TYPESCRIPT / "carrel")
    tools = TYPESCRIPT / "node_modules" / ".bin"
    run("@hey-api/openapi-ts generates", [tools / "openapi-ts", "--input", contract, "--no-log-file"], TYPESCRIPT)
    run("tsc --strict accepts visit.ts", [tools / "tsc"], TYPESCRIPT)


def build_python(contract):
    shutil.copytree(EXAMPLES / "python", fresh(PYTHON))
    run("openapi-python-client generates", ["openapi-python-client", "generate", "--path", contract, "--meta", "none",
                                            "--output-path", "carrel", "--config", "generator.yaml", "--fail-on-warning"], PYTHON)
    # The generated code itself is not that strict.
    run("mypy --strict accepts visit.py", ["mypy", "--strict", "--follow-imports", "silent", "visit.py"], PYTHON)


def visit():
    with Library() as library:
        print(run("visit.ts visits a library", ["node", "build/visit.js", library.url], TYPESCRIPT), end="")
        print(run("visit.py visits a library", ["python", "visit.py", library.url], PYTHON), end="")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--contract", type=pathlib.Path, default=ROOT / "openapi.json")
    contract = arguments.parse_args().contract.resolve()
    with_tools("clients")
    npm_packages(HERE, OTHERS)
    npm_packages(EXAMPLES / "typescript", TYPESCRIPT)
    lint(contract)
    generate_others(contract)
    build_typescript(contract)
    build_python(contract)
    visit()
    print("clients: all passed")


if __name__ == "__main__":
    main()
