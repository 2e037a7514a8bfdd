#!/usr/bin/env python3
"""A second opinion on the database: what the embedded DynamoDB answered to every test is compared with what MiniStack answers.

    python3 tests/second_database.py [FILTER…]

Runs the tests with every call written down (tests/src/database/record.rs), sends the calls of each library in the same order to
tables of its own in MiniStack's DynamoDB, and compares status, error, cancellation reasons, items, counts, keys and, where a test
asked, the units. A difference that is in `EXPLAINED` says who is right. Any other one fails the run.
"""

import collections
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from stack import emulator

ROOT = pathlib.Path(__file__).resolve().parent.parent
CALLS = ROOT / "target" / "calls"
OF_A_TABLE = ("TableName", "AttributeDefinitions", "KeySchema")
OF_AN_INDEX = ("IndexName", "KeySchema", "Projection")

# What may differ: a name, when it applies, and who is right.
EXPLAINED = ()


def main():
    shutil.rmtree(CALLS, ignore_errors=True)
    CALLS.mkdir(parents=True)
    command = ["cargo", "test", "--workspace", "--locked", "--quiet", "--test", "it", "--", *sys.argv[1:]]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"RECORD_CALLS": str(CALLS)}, check=True)
    differences, explained, calls = [], collections.Counter(), 0
    libraries = sorted(CALLS.glob("*.jsonl"))
    with tempfile.TemporaryDirectory() as folder, emulator.running(pathlib.Path(folder) / "state") as running:
        database = Database(running)
        for library in libraries:
            calls += replayed(library, database, differences, explained)
    for name, count in explained.most_common():
        print(f"{count:6}  {name}")
    for difference in differences[:20]:
        print(difference)
    print(f"{calls} calls of {len(libraries)} libraries, {sum(explained.values())} explained differences, {len(differences)} others")
    sys.exit(bool(differences) or not calls)


class Database:
    """MiniStack's DynamoDB. Signatures are not verified."""

    def __init__(self, running):
        self.connection = http.client.HTTPConnection(running.address)
        key = running.environment["AWS_ACCESS_KEY_ID"]
        self.headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Date": "20260101T000000Z",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={key}/20260101/{emulator.REGION}/dynamodb/aws4_request, "
                             "SignedHeaders=host, Signature=0",
        }  # fmt: skip

    def call(self, action, request):
        headers = self.headers | {"X-Amz-Target": f"DynamoDB_20120810.{action}"}
        self.connection.request("POST", "/", json.dumps(request), headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())


def replayed(library, database, differences, explained):
    """Sends the calls of one library. Returns how many there were."""
    with open(library) as lines:
        tables = json.loads(next(lines))["tables"]
        for table in tables:
            made = database.call("CreateTable", created(table))
            assert made[0] == 200, made
        number = 0
        for number, line in enumerate(lines, 1):
            call = json.loads(line)
            status, answer = database.call(call["action"], call["request"])
            ours, theirs = essence(call["status"], call["answer"], call), essence(status, answer, call)
            if ours == theirs:
                continue
            name = next((name for name, applies, _ in EXPLAINED if applies(call, ours, theirs)), None)
            if name:
                explained[name] += 1
            else:
                differences.append(f"{library.name}:{number + 1} {call['action']} {json.dumps(call['request'])[:600]}\n"
                                   f"  embedded:  {json.dumps(ours)[:600]}\n  MiniStack: {json.dumps(theirs)[:600]}")  # fmt: skip
        for table in tables:
            database.call("DeleteTable", {"TableName": table["TableName"]})
    return number


def created(table):
    """The request that makes a table like that one."""
    request = {field: table[field] for field in OF_A_TABLE} | {"BillingMode": "PAY_PER_REQUEST"}
    for indexes in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if table.get(indexes):
            request[indexes] = [{field: index[field] for field in OF_AN_INDEX} for index in table[indexes]]
    return request


def essence(status, answer, call):
    """An answer without what may differ: the texts of errors, and the order of what has none."""
    if status != 200:
        reasons = [{field: reason[field] for field in ("Code", "Item") if field in reason}
                   for reason in answer.get("CancellationReasons", [])]  # fmt: skip
        return {"status": status, "error": answer.get("__type", "").rpartition("#")[2], "reasons": ordered(reasons)}
    answer = dict(answer)
    if call["action"] in ("BatchGetItem", "Scan"):
        answer = {field: unordered(value) for field, value in answer.items()}
    return ordered(answer)


def unordered(value):
    """Lists of items in an order of their own."""
    if isinstance(value, dict):
        return {field: unordered(inner) for field, inner in value.items()}
    if isinstance(value, list):
        return sorted(value, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def ordered(value):
    """Sets have no order, and numbers no zeros behind their point."""
    if isinstance(value, dict):
        return {field: sorted(inner) if field in ("SS", "NS", "BS") else ordered(inner) for field, inner in value.items()}
    if isinstance(value, list):
        return [ordered(inner) for inner in value]
    return float(value) if isinstance(value, int) else value


if __name__ == "__main__":
    main()
