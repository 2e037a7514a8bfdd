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
LOAD = ["load", "--check"]
# `tests NAME` are the tests with that name, and `second-database NAME` is tests/second_database.py with them.
MATRIX = ["tests", "access::az1"]
CLAIMS = ["tests", "fuzz_claims"]
BUDGETS = ["tests", "budget::every_route"]
SECOND = ["second-database", "favorites::"]

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
    (
        "a refusal of a busy library that says that it is broken",
        "local/src/gateway.rs",
        "map_err(|_| Refusal::Kind(Kind::TooManyCalls))",
        "map_err(|_| Refusal::Kind(Kind::FunctionFailed))",
        LOAD,
        "WRONG",
    ),
    (
        "a list that reads all that there is",
        "shared/src/tables/table.rs",
        "self.0.clone().limit(wanted).set_exclusive_start_key(next.take())",
        "self.0.clone().limit(wanted.max(5_000)).set_exclusive_start_key(next.take())",
        BUDGETS,
        "makes \\[|reads .* units",
    ),
    (
        "a header of a token that is not looked at",
        "shared/src/crypto/token.rs",
        "(header == ours).then_some(kid)",
        "(header.alg == ours.alg).then_some(kid)",
        CLAIMS,
        "claims: a finding",
    ),
    (
        "a route of librarians that asks nobody",
        "shared/src/edge/caller.rs",
        "if self.is_admin() { Ok(()) } else { Err(Forbidden::LibrariansOnly.into()) }",
        "if self.is_admin() || !self.is_admin() { Ok(()) } else { Err(Forbidden::LibrariansOnly.into()) }",
        MATRIX,
        "az1_every_operation.*FAILED",
    ),
    (
        "an answer of the embedded database that counts otherwise",
        "local/src/database/server.rs",
        "Some(Ok(answer)) => typed(StatusCode::OK, answer),",
        "Some(Ok(answer)) => typed(StatusCode::OK, answer.replace(\"ScannedCount\", \"Scanned\")),",
        SECOND,
        "embedded:",
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


def command(campaign, target):
    """The command of a campaign, with what has been built."""
    kind, *words = campaign
    if kind == "tests":
        return ["cargo", "test", "--workspace", "--locked", "--lib", "--test", "it", "--", *words]
    if kind == "second-database":
        return ["python3", "tests/second_database.py", *words]
    program = ["--program", target / "debug" / "local"] if kind in ("kills", "load") else []
    return [target / "debug" / "bench", *campaign, *program]


def found(name, file, old, new, campaign, says):
    """Returns whether the campaign finds the defect."""
    copy(file, old, new)
    target = COPY.parent / "target"
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    # As the tests are built: for the programs alone, cargo would choose other features, and build most of it twice.
    build = ["cargo", "build", "--quiet", "--locked", "--workspace", "--all-targets"]
    subprocess.run(build, cwd=COPY, env=environment, check=True)
    ran = subprocess.run(command(campaign, target), cwd=COPY, env=environment, capture_output=True, text=True)
    output = ran.stdout + ran.stderr
    line = next((line for line in output.splitlines() if re.search(says, line)), None)
    if ran.returncode == 0 or line is None:
        print(f"NOT FOUND: {name}\n{output[-3000:]}", flush=True)
        return False
    print(f"found: {name}\n  {line}", flush=True)
    return True


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [defect for defect in DEFECTS if word in defect[0]]
    results = [found(*defect) for defect in chosen]
    print(f"{sum(results)} of {len(results)} defects are found")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
