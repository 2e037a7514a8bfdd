#!/usr/bin/env python3
"""Pastes the README's commands into a shell, against a library of its own, and compares what comes back.

A `sh` block is pasted; the block after it is what must be printed, where `…` stands for anything. Needs curl, and the
ports 9000 and 8000.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESTART = "<!-- the runner is killed and started here -->"


def start(data):
    runner = subprocess.Popen(["cargo", "run", "--quiet", "--package", "local", "--", "--data", data], cwd=ROOT,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
    for line in runner.stdout:
        if "closes the library" in line:
            return runner
    sys.exit("the runner did not start")


def kill(runner):
    os.killpg(runner.pid, signal.SIGKILL)
    runner.wait()


class Shell:
    """One bash for the whole README: variables stay."""

    END = "--- end of block ---"

    def __init__(self, folder):
        self.bash = subprocess.Popen(["bash"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def paste(self, block):
        # A body ends without a line break; on a terminal the prompt would follow it.
        lines = [f"{line}\necho" if line.startswith("curl ") else line for line in block.splitlines()]
        self.bash.stdin.write("\n".join(lines) + f"\necho '{self.END}'\n")
        self.bash.stdin.flush()
        out = []
        for line in self.bash.stdout:
            if line.rstrip("\n") == self.END:
                return [line for line in out if line.strip()]
            out.append(line.rstrip("\n"))
        sys.exit("the shell ended")


def matches(expected, line):
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(r"\s*" + pattern, line) is not None


def main():
    text = (ROOT / "README.md").read_text()
    pieces = re.findall(r"```(\w+)\n(.*?)```|(" + re.escape(RESTART) + ")", text, re.S)
    passed = 0
    with tempfile.TemporaryDirectory() as folder:
        runner, shell, printed = start(folder + "/data"), Shell(folder), None
        try:
            for language, block, restart in pieces:
                if restart:
                    kill(runner)
                    runner = start(folder + "/data")
                elif language == "sh":
                    printed = shell.paste(block)
                elif printed is not None:
                    expected = block.strip("\n").splitlines()
                    if len(expected) != len(printed) or not all(map(matches, expected, printed)):
                        sys.exit("The README says\n  " + "\n  ".join(expected) + "\nbut what comes is\n  " + "\n  ".join(printed))
                    passed, printed = passed + 1, None
        finally:
            kill(runner)
    print(f"README: {passed} passed, 0 failed")


main()
