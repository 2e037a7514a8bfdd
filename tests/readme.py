#!/usr/bin/env python3
"""Pastes the commands of README.md and of documents under docs/ into a shell, and compares what is printed.

Each document gets a library of its own. A `sh` block is pasted; the block after it is what must be printed, where `…` stands for
anything. A comment `<!-- pastes: … -->` is pasted too: what the reader types by hand there; `<!-- starts: … -->` are flags of the
document's library. The README's first command is the one that starts the library. Needs curl, and the ports 9000 and 8000.
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
DOCUMENTS = ["README.md", "docs/tour.md", "docs/front-end.md", "docs/sign-in.md", "docs/operations.md"]
START = "$ cargo run -p local "


def start(data, *flags):
    """Starts the runner, and returns it with the lines that it prints."""
    runner = subprocess.Popen(["cargo", "run", "--quiet", "--package", "local", "--", "--data", data, *flags], cwd=ROOT,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
    lines = []
    for line in runner.stdout:
        lines.append(line.rstrip("\n"))
        if "closes the library" in line:
            return runner, [line for line in lines if line.strip()]
    sys.exit("the runner did not start")


def kill(runner):
    os.killpg(runner.pid, signal.SIGKILL)
    runner.wait()


class Shell:
    """One bash for a whole document: variables stay."""

    END = "--- end of block ---"

    def __init__(self, folder):
        # What a document writes is in the folder, and `$REPOSITORY` is where its commands of cargo work.
        self.bash = subprocess.Popen(["bash"], cwd=folder, env={**os.environ, "REPOSITORY": str(ROOT)},
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def paste(self, block):
        # Whoever runs this may have credentials of a real account. Blocks for AWS are `bash` or `console`.
        if re.search(r"\baws ", block):
            sys.exit(f"a block that calls AWS should not be `sh`:\n{block}")
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


def compare(document, expected, printed):
    """Ends the program where the lines are not as expected. A last line `…` stands for any number of lines."""
    expected = [line for line in expected if line.strip()]
    if expected[-1].strip() == "…":
        printed = [*printed[: len(expected) - 1], expected[-1]]
    if len(expected) != len(printed) or not all(map(matches, expected, printed)):
        sys.exit(f"{document} says\n  " + "\n  ".join(expected) + "\nbut what is printed is\n  " + "\n  ".join(printed))


def check(document):
    """Pastes a document. Returns how many outputs were compared."""
    text = (ROOT / document).read_text()
    pieces = re.findall(r"^```(\w+)\n(.*?)^```$|(" + re.escape(RESTART) + ")|^<!-- pastes: (.*?) -->$", text, re.S | re.M)
    flags = " ".join(re.findall(r"^<!-- starts: (.*?) -->$", text, re.M)).split()
    compared, printed = 0, None
    with tempfile.TemporaryDirectory() as folder:
        (runner, welcome), shell = start(folder + "/data", *flags), Shell(folder)
        try:
            for language, block, restart, by_hand in pieces:
                if restart:
                    kill(runner)
                    runner, welcome = start(folder + "/data", *flags)
                elif by_hand:
                    shell.paste(by_hand)
                elif language == "sh":
                    printed = shell.paste(block)
                elif language == "console" and block.startswith(START):
                    printed = welcome
                elif printed is not None:
                    compare(document, block.splitlines(), printed)
                    compared, printed = compared + 1, None
        finally:
            kill(runner)
    print(f"{document}: {compared} passed, 0 failed", flush=True)
    return compared


def main():
    compared = {document: check(document) for document in DOCUMENTS}
    if not all(compared.values()):
        sys.exit(f"a document without a block to paste: {compared}")
    print(f"documents: {sum(compared.values())} passed, 0 failed")


main()
