#!/usr/bin/env python3
"""Puts one defect after another into a copy of the workspace, and sees the campaigns find each.

    bench/defects.py            all defects: some minutes each, most of them for the compiler
    bench/defects.py WORD       those whose name contains the word

The copy and its own target folder are in target/defects. The first build is one of everything.
"""

import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "target" / "defects" / "tree"

FAULTS = ["faults", "--operations", "2000", "--percent", "20"]
KILLS = ["kills", "--kills", "40"]

# What it is; the file; what stands there once and what instead; the campaign; what it must say.
DEFECTS = [
    (
        "a dropped condition: the copies of a book are written whatever they are",
        "shared/src/tables/library/lending/copies.rs",
        "if lending.is_new() { put.if_new() } else { put.if_version(lending.version) }",
        "if lending.is_new() { put.if_new() } else { put }",
        FAULTS,
        "at rest: .* copies",
    ),
    (
        "a dropped check: a session that has ended reads",
        "shared/src/edge/caller.rs",
        "if !sessions.has_live(bearer.session, now) {",
        "if !sessions.has_live(bearer.session, now) && parts.method != axum::http::Method::GET {",
        FAULTS,
        "let in: ",
    ),
    (
        "a second send: a letter is not noted as sent",
        "functions/dispatch/src/mailer.rs",
        "        self.record_delivery(id, delivery).await?;\n        result",
        "        let _ = delivery;\n        result",
        FAULTS,
        "at rest: the letter .* was sent",
    ),
    (
        "a swallowed error: a part counts as done whose rows are no books",
        "functions/imports/src/part.rs",
        "imports.library.import_rows(&importing, &new).await?,",
        "imports.library.import_rows(&importing, &new).await.unwrap_or_default(),",
        FAULTS,
        "/imports/.*: part",
    ),
    (
        "a position that is moved before its rows are handled",
        "local/src/streams/consumer.rs",
        "        let event = json!({ \"Records\":",
        "        self.advance(&last).await;\n        let event = json!({ \"Records\":",
        KILLS,
        "at rest: some rows of the journal are not handled",
    ),
]


def copy(file, old, new):
    """Makes the copy, with one edit. What stands there already is not written again: cargo builds only what has changed."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in tracked.rstrip("\0").split("\0"):
        content, target = (ROOT / name).read_bytes(), COPY / name
        if name == file:
            text = content.decode()
            if text.count(old) != 1:
                sys.exit(f"{file} has {old!r} {text.count(old)} times")
            content = text.replace(old, new).encode()
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def found(name, file, old, new, campaign, says):
    """Returns whether the campaign finds the defect."""
    copy(file, old, new)
    target = COPY.parent / "target"
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    build = ["cargo", "build", "--quiet", "--locked", "--workspace", "--bin", "bench", "--bin", "local"]
    subprocess.run(build, cwd=COPY, env=environment, check=True)
    program = target / "debug" / "bench"
    if campaign[0] == "kills":
        campaign = [*campaign, "--program", target / "debug" / "local"]
    ran = subprocess.run([program, *campaign], cwd=COPY, capture_output=True, text=True)
    output = ran.stdout + ran.stderr
    line = next((line for line in output.splitlines() if re.search(says, line)), None)
    if ran.returncode == 0 or line is None:
        print(f"NOT FOUND: {name}\n{output[-3000:]}")
        return False
    print(f"found: {name}\n  {line}")
    return True


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [defect for defect in DEFECTS if word in defect[0]]
    results = [found(*defect) for defect in chosen]
    print(f"{sum(results)} of {len(results)} defects are found")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
