"""What must not be lost, and what must not be shown."""

from .stack import named, rule, walk


@rule
def a_table_is_kept_protected_backed_up_and_encrypted(stack):
    for name, table in stack.of("AWS::DynamoDB::Table").items():
        properties = table["Properties"]
        must = {
            "DeletionPolicy: Retain": table.get("DeletionPolicy") == "Retain",
            "UpdateReplacePolicy: Retain": table.get("UpdateReplacePolicy") == "Retain",
            "DeletionProtectionEnabled": properties.get("DeletionProtectionEnabled") is True,
            "PointInTimeRecoveryEnabled": properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled") is True,
            "SSEEnabled": properties.get("SSESpecification", {}).get("SSEEnabled") is True,
            "TimeToLiveSpecification for expiresAt": properties.get("TimeToLiveSpecification") == {"AttributeName": "expiresAt", "Enabled": True},
            "BillingMode: PAY_PER_REQUEST": properties.get("BillingMode") == "PAY_PER_REQUEST",
        }  # fmt: skip
        yield from (f"{name}: it should have {what}" for what, so in must.items() if not so)


@rule
def a_secret_is_made_up_by_aws_and_kept(stack):
    for name, secret in stack.of("AWS::SecretsManager::Secret").items():
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            if secret.get(policy) != "Retain":
                yield f"{name}: it should have {policy}: Retain"
        made_up = secret["Properties"].get("GenerateSecretString", {})
        if made_up.get("PasswordLength", 32) < 32 or "SecretString" in secret["Properties"]:
            yield f"{name}: AWS should make it up, 32 characters or more"


@rule
def no_output_and_no_variable_shows_a_secret(stack):
    shown = {f"output {name}": it["Value"] for name, it in stack.deployed.get("Outputs", {}).items()}
    for place, value in shown.items():
        for target in named(value):
            if stack.kind(target) == "AWS::SecretsManager::Secret":
                yield f"{place}: it names {target}"
    for name, function in stack.made("AWS::Lambda::Function").items():
        shown[name] = function.get("Environment", {})
    for place, value in shown.items():
        for it in walk(value):
            if isinstance(it, str) and "{{resolve:" in it:
                yield f"{place}: it shows {it}"
            if isinstance(it, dict) and "Fn::GetAtt" in it and stack.kind(it["Fn::GetAtt"][0]) == "AWS::ApiGateway::ApiKey":
                yield f"{place}: it shows a key's value"
