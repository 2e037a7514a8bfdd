"""The roles of the functions, each made too narrow by one action."""

import contextlib
import json

# Functions, actions, and parts of the resource's name, whose lack nothing can show on MiniStack 1.5.33, and why. (The policies'
# test on the embedded database sees each call to DynamoDB, with a clock that it moves.)
UNSEEN = {
    ("DispatchFunction", "sqs:SendMessage", ""): "it ignores batchItemFailures, so nothing goes to the dead letters",
    ("DispatchFunction", "dynamodb:DeleteItem", "JournalTable"): "dispatch deletes what it has parked, and here no letter is refused",
    ("DispatchFunction", "dynamodb:DescribeStream", ""): "it follows streams without the function's role",
    ("DispatchFunction", "dynamodb:GetRecords", ""): "it follows streams without the function's role",
    ("DispatchFunction", "dynamodb:GetShardIterator", ""): "it follows streams without the function's role",
    ("DispatchFunction", "dynamodb:ListStreams", ""): "it follows streams without the function's role",
    ("DispatchFunction", "dynamodb:GetItem", "SessionsTable"): "a start opens its connection by reading the public keys, and here it has started",
    ("DispatchFunction", "secretsmanager:GetSecretValue", ""): "a start reads it, and here it has started",
    ("IndexerFunction", "sqs:SendMessage", ""): "it ignores batchItemFailures, so nothing goes to the dead letters",
    ("IndexerFunction", "dynamodb:DescribeStream", ""): "it follows streams without the function's role",
    ("IndexerFunction", "dynamodb:GetRecords", ""): "it follows streams without the function's role",
    ("IndexerFunction", "dynamodb:GetShardIterator", ""): "it follows streams without the function's role",
    ("IndexerFunction", "dynamodb:ListStreams", ""): "it follows streams without the function's role",
    ("IndexerFunction", "dynamodb:GetItem", "SessionsTable"): "a start opens its connection by reading the public keys, and here it has started",
    ("BooksFunction", "dynamodb:BatchGetItem", "LibraryTable"): "it ends what has lapsed, and nothing lapses within three days",
    ("BooksFunction", "dynamodb:UpdateItem", "LibraryTable"): "it ends what has lapsed, and nothing lapses within three days",
}


def policies(emulator, stack):
    """The roles of the stack's functions: function, name of the role, name of the policy, and its document."""
    cloudformation, iam = emulator.client("cloudformation"), emulator.client("iam")
    for resource in cloudformation.describe_stack_resources(StackName=stack)["StackResources"]:
        function = resource["LogicalResourceId"].removesuffix("Role")
        if resource["ResourceType"] == "AWS::IAM::Role" and function.endswith("Function"):
            role = resource["PhysicalResourceId"]
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                yield function, role, name, iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]


def listed(value):
    return value if isinstance(value, list) else [value]


def narrowed(function, document):
    """Each way to take one action from one statement: a description, and the document."""
    for at, statement in enumerate(document["Statement"]):
        for action in listed(statement["Action"]):
            rest = [it for it in listed(statement["Action"]) if it != action]
            less = document["Statement"][:at] + ([statement | {"Action": rest}] if rest else []) + document["Statement"][at + 1:]
            resource = str(listed(statement["Resource"])[0]).split(":")[-1]
            unseen = any((function, action) == known[:2] and known[2] in resource for known in UNSEEN)
            if less and not unseen:
                yield f"{action} on {resource}", document | {"Statement": less}


@contextlib.contextmanager
def with_policy(emulator, role, name, document, narrow):
    """Puts a narrower policy in place, for as long as the `with` lasts."""
    iam = emulator.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(narrow))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
