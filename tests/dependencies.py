#!/usr/bin/env python3
"""Checks the dependencies: their licences, their sources, what is banned (deny.toml), and that code uses each of them.

Known vulnerabilities are the workflow's: their list is fetched. Installs cargo-deny and cargo-shear for itself (tools.py).
"""

import subprocess
import sys

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True

from tools import ROOT, with_tools

CHECKS = [
    ["cargo", "deny", "--locked", "check", "bans", "licenses", "sources"],
    ["cargo", "shear"],
]


def main():
    with_tools("dependencies")
    sys.exit(max(subprocess.run(check, cwd=ROOT).returncode for check in CHECKS))


if __name__ == "__main__":
    main()
