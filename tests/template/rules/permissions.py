"""What each function may do."""

from samcli.yamlhelper import yaml_parse

from .stack import listed, named, rule

# Where a policy of ours may have a `*`, and why. Nowhere else, and never as the whole resource.
WILDCARDS = {
    ("dynamodb:ListStreams", "${JournalTable.Arn}/stream/*"): "it is about all streams that the table has ever had",
    ("ses:SendEmail", ":identity/*"): "in its sandbox SES checks the recipient too; the condition names the one sender",
    ("execute-api:ManageConnections", "/POST/@connections/*"): "API Gateway makes up the connections' ids",
    ("execute-api:ManageConnections", "/DELETE/@connections/*"): "API Gateway makes up the connections' ids",
}

# AWS's own policies, which have a `*`, and why a role has them.
MANAGED = {
    "service-role/AWSLambdaBasicExecutionRole": "SAM gives it to every function: to write logs",
    "AWSXrayWriteOnlyAccess": "SAM gives it to every function with Tracing: X-Ray has no resources to name",
    "AWSXRayDaemonWriteAccess": "the same in other partitions",
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs": "the account's one role for the logs of all its APIs",
}


# The services whose resources a template makes, where a policy calls them otherwise.
SERVICES = {"apigatewayv2": "apigateway", "events": "events", "wafv2": "wafv2"}


@rule
def aw6_the_role_that_deploys_can_make_every_resource(stack):
    role = yaml_parse((stack.root / ".github" / "deploy-role.yaml").read_text())["Resources"]["Role"]["Properties"]
    [document] = [it["PolicyDocument"] for it in role["Policies"]]
    allowed = [it for it in document["Statement"] if it["Effect"] == "Allow"]
    services = {action.split(":")[0] for it in allowed for action in listed(it["Action"])}
    for name, resource in stack.results.items():
        service = resource["Type"].split("::")[1].lower()
        if SERVICES.get(service, service) not in services:
            yield f".github/deploy-role.yaml: it allows nothing of {service}, which {name} needs"
    for statement in allowed:
        if "*" in listed(statement["Action"]):
            yield ".github/deploy-role.yaml: it allows everything"
    trusted = str(role["AssumeRolePolicyDocument"])
    if "StringEquals" not in trusted or ":environment:${Environment}" not in trusted:
        yield ".github/deploy-role.yaml: it should trust one environment of one repository"


@rule
def a_policy_names_what_it_allows(stack):
    for role, properties in stack.made("AWS::IAM::Role").items():
        owner = role.removesuffix("Role") if role.removesuffix("Role") in stack.functions else role
        for arn in properties.get("ManagedPolicyArns", []):
            text = arn["Fn::Sub"] if isinstance(arn, dict) and "Fn::Sub" in arn else str(arn)
            if text.split(":policy/")[-1] not in MANAGED:
                yield f"{owner}: nothing in MANAGED says why it has {text}"
        for policy in properties.get("Policies", []):
            # One that depends on a condition.
            policy = policy["Fn::If"][1] if "Fn::If" in policy else policy
            for statement in listed(policy["PolicyDocument"]["Statement"]):
                yield from (f"{owner}: {fault}" for fault in _too_wide(stack, statement))
    for name, permission in stack.made("AWS::Lambda::Permission").items():
        if "SourceArn" not in permission:
            yield f"{name}: anybody's {permission.get('Principal')} may call the function; it has no SourceArn"


def _too_wide(stack, statement):
    # That DynamoDB's are what the code does is known to tests/it/policies.rs.
    services = {"secretsmanager": "AWS::SecretsManager::Secret", "sqs": "AWS::SQS::Queue"}
    if statement.get("Effect") != "Allow" or "Action" not in statement or "Resource" not in statement:
        yield "a statement should have Effect: Allow, Action and Resource, and no Not…"
        return
    for action in listed(statement["Action"]):
        if "*" in action or "?" in action:
            yield f"its policy allows {action}"
        for resource in listed(statement["Resource"]):
            text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else resource
            text = text[0] if isinstance(text, list) else text
            excepted = any(action == known and text.endswith(end) for known, end in WILDCARDS)
            if "*" in text and not excepted:
                yield f"its policy allows {action} on {text}, and nothing in WILDCARDS says why"
            target = next(named(resource), None)
            service = action.split(":")[0]
            if service in services and stack.kind(target) != services[service] and text != "*":
                kind = services[service].split("::")[-1].lower()
                yield f"its policy allows {action} on {target or text}, which is no {kind} of the template"
