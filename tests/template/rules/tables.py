"""Keys and indexes, which a table that is deployed does not change like anything else."""

import json

from .stack import rule

SNAPSHOT = "tests/template/tables.json"


def keys_and_indexes(stack):
    """What the snapshot has of each table."""

    def keys(it):
        return [f"{key['AttributeName']} {key['KeyType']}" for key in it["KeySchema"]]

    def indexes(table, kind):
        return {it["IndexName"]: {"keys": keys(it), "projection": it["Projection"]} for it in table.get(kind, [])}

    return {
        name: {
            "keys": keys(table),
            "local": indexes(table, "LocalSecondaryIndexes"),
            "global": indexes(table, "GlobalSecondaryIndexes"),
        }
        for name, table in sorted(stack.made("AWS::DynamoDB::Table").items())
    }


@rule
def aw11_a_deployed_table_can_be_updated_to_this_one(stack):
    """docs/decisions/0013-how-an-index-is-changed.md."""
    deployed, now = stack.json(SNAPSHOT), keys_and_indexes(stack)
    for name in sorted(deployed.keys() - now.keys()):
        yield f"{name}: it is gone, with all that it stores; {SNAPSHOT} has it"
    for name in sorted(now.keys() - deployed.keys()):
        yield f"{name}: {SNAPSHOT} lacks it"
    for name in sorted(now.keys() & deployed.keys()):
        yield from (f"{name}: {fault}" for fault in _not_updatable(deployed[name], now[name]))


def _not_updatable(old, new):
    if old["keys"] != new["keys"]:
        yield f"its keys were {old['keys']}; other keys make another table"
    if old["local"] != new["local"]:
        yield "its local indexes have changed; they are made with the table, for ever"
    for index in sorted(old["global"].keys() & new["global"].keys()):
        if old["global"][index] != new["global"][index]:
            yield f"its index {index} has changed; make another one beside it, and delete this one in a later deployment"
    changed = sorted(old["global"].keys() ^ new["global"].keys())
    if len(changed) > 1:
        yield f"the indexes {', '.join(changed)} come or go at once; an update makes or deletes one"
