#!/usr/bin/env python3
"""A second opinion on the database: what the embedded DynamoDB answered to every test is compared with what MiniStack answers.

    python3 tests/second_database.py [FILTER…]
    python3 tests/second_database.py --again [LIBRARY…]       replays what an earlier run has written down

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

sys.dont_write_bytecode = True

from stack import emulator

ROOT = pathlib.Path(__file__).resolve().parent.parent
CALLS = ROOT / "target" / "calls"
OF_A_TABLE = ("TableName", "AttributeDefinitions", "KeySchema")
OF_AN_INDEX = ("IndexName", "KeySchema", "Projection")

# What differs and why, and which differences are meant.
EXPLAINED = (
    ("MiniStack tells no units of BatchGetItem, though they are asked for",
     lambda call, ours, theirs: call["action"] == "BatchGetItem" and ours | {"units": {}} == theirs),
    ("MiniStack tells other units of a query: the items are the same",
     lambda call, ours, theirs: call["action"] == "Query" and ours | {"units": {}} == theirs | {"units": {}}),
    ("a page of a scan that has another one behind it ends at 1 MB, and MiniStack weighs items otherwise",
     lambda call, ours, theirs: call["action"] == "Scan" and "LastEvaluatedKey" in ours and "LastEvaluatedKey" in theirs),
)


def main():
    words = sys.argv[1:]
    if words[:1] == ["--again"]:
        libraries = [CALLS / name for name in words[1:]] or sorted(CALLS.glob("*.jsonl"))
    else:
        libraries = written_down(words)
    differences, explained, calls = [], collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder, emulator.running(pathlib.Path(folder) / "state") as running:
        database = Database(running)
        for number, library in enumerate(libraries, 1):
            calls += replayed(library, database, differences, explained)
            if number % 100 == 0:
                print(f"{number} of {len(libraries)} libraries, {calls} calls, {len(differences)} differences", flush=True)
    for name, count in explained.most_common():
        print(f"{count:6}  {name}")
    (CALLS / "differences").write_text("\n".join(differences))
    for difference in differences[:20]:
        print(difference)
    print(f"{calls} calls of {len(libraries)} libraries, {sum(explained.values())} explained differences, {len(differences)} others")
    sys.exit(bool(differences) or not calls)


def written_down(words):
    """Runs the tests. Returns the files that have the calls of each library."""
    shutil.rmtree(CALLS, ignore_errors=True)
    CALLS.mkdir(parents=True)
    command = ["cargo", "test", "--workspace", "--locked", "--quiet", "--test", "it", "--", *words]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"RECORD_CALLS": str(CALLS)}, check=True)
    return sorted(CALLS.glob("*.jsonl"))


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
            name = next((name for name, applies in EXPLAINED if applies(call, ours, theirs)), None)
            if name:
                explained[name] += 1
            else:
                differences.append(f"{library.name}:{number + 1} {call['action']} {json.dumps(call['request'])[:600]}\n"
                                   f"  embedded:  {json.dumps(ours)[:600]}\n  MiniStack: {json.dumps(theirs)[:600]}")  # fmt: skip
        for name in database.call("ListTables", {})[1]["TableNames"]:
            database.call("DeleteTable", {"TableName": name})
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
        return {"status": status, "error": answer.get("__type", "").rpartition("#")[2], "reasons": plain(reasons)}
    if call["action"] in ("CreateTable", "DescribeTable"):
        # What a description says besides is not used.
        return {"status": status}
    answer = plain(answer)
    # Of the units of a table only their sum: how they are divided among its parts differs.
    units = answer.pop("ConsumedCapacity", [])
    units = {table["TableName"]: table["CapacityUnits"] for table in (units if isinstance(units, list) else [units])}
    if call["action"] in ("BatchGetItem", "Scan"):
        answer = {field: unordered(value) for field, value in answer.items()}
    return answer | {"units": units}


def unordered(value):
    """Lists of items, which have no order."""
    if isinstance(value, dict):
        return {field: unordered(inner) for field, inner in value.items()}
    if isinstance(value, list):
        return sorted(value, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def plain(value):
    """A value whose sets are in order, and whose counts are written in one way."""
    if isinstance(value, dict):
        return {field: sorted(inner) if field in ("SS", "NS", "BS") else plain(inner) for field, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


if __name__ == "__main__":
    main()
