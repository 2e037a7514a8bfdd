"""What the stream of a table hands to a function. What the local runner refuses to follow is known to tests/it/template.rs."""

import json

from .stack import named, rule


@rule
def a_filter_is_about_what_the_table_has(stack):
    for name, mapping in stack.made("AWS::Lambda::EventSourceMapping").items():
        table = next(named(mapping.get("EventSourceArn")), None)
        properties = stack.made("AWS::DynamoDB::Table").get(table, {})
        if stack.kind(next(named(mapping.get("DestinationConfig")), None)) != "AWS::SQS::Queue":
            yield f"{name}: what fails for good goes to no queue"
        for written in mapping.get("FilterCriteria", {}).get("Filters", []):
            pattern = json.loads(written["Pattern"])
            for kind in set(pattern.get("eventName", [])) - {"INSERT", "MODIFY", "REMOVE"}:
                yield f"{name}: its filter waits for {kind}, which no stream has"
            for fault in _no_attributes(stack, properties, pattern.get("dynamodb", {})):
                yield f"{name}: its filter {fault}"


def _no_attributes(stack, table, pattern):
    """What a filter says about the stream's records that no record could be like. The example events are real ones."""
    view = table["StreamSpecification"]["StreamViewType"]
    images = {"Keys", "NewImage"} if view == "NEW_IMAGE" else {"Keys", "NewImage", "OldImage"}
    seen = {}
    for file in (stack.root / "events").glob("*/*.json"):
        for record in json.loads(file.read_text()).get("Records", []):
            for attribute, value in record["dynamodb"].get("NewImage", {}).items():
                seen.setdefault(attribute, set()).update(value)
    for image, attributes in pattern.items():
        if image not in images:
            yield f"looks at {image}, which a stream of {view} has not"
            continue
        for attribute, rules in attributes.items():
            for type_ in rules:
                if type_ not in seen.get(attribute, set()):
                    yield f"looks at {attribute}, of type {type_}, which no row in events/ has"
