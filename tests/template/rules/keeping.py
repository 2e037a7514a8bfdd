"""What must not be lost, and what must not be shown."""

from .stack import named, rule, walk

# Made of other tables, and can be made anew (docs/search.md): whoever loses such a table loses nothing. None of its items expires.
DERIVED = {"SearchTable"}


@rule
def a_table_is_kept_protected_and_backed_up(stack):
    for name, table in stack.of("AWS::DynamoDB::Table").items():
        properties = table["Properties"]
        must = {
            "DeletionPolicy: Retain": table.get("DeletionPolicy") == "Retain",
            "UpdateReplacePolicy: Retain": table.get("UpdateReplacePolicy") == "Retain",
            "DeletionProtectionEnabled": properties.get("DeletionProtectionEnabled") is True,
            "PointInTimeRecoveryEnabled": properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled") is True,
            "TimeToLiveSpecification for expiresAt": properties.get("TimeToLiveSpecification") == {"AttributeName": "expiresAt", "Enabled": True},
            "BillingMode: PAY_PER_REQUEST": properties.get("BillingMode") == "PAY_PER_REQUEST",
        }  # fmt: skip
        if name in DERIVED:
            del must["PointInTimeRecoveryEnabled"], must["TimeToLiveSpecification for expiresAt"]
        yield from (f"{name}: it should have {what}" for what, so in must.items() if not so)


@rule
def aw15_a_table_is_encrypted_with_a_key_that_costs_nothing(stack):
    for name, table in stack.made("AWS::DynamoDB::Table").items():
        if table.get("SSESpecification", {}).get("SSEEnabled"):
            yield f"{name}: it should have no SSESpecification; a key of KMS costs each call, and ties backups to the account"


@rule
def aw12_a_first_deployment_that_fails_leaves_nothing_that_can_go(stack):
    retained = {name: it for name, it in stack.results.items() if "Retain" in it.get("DeletionPolicy", "")}
    for name, it in retained.items():
        # Their protection would hold up the deletion, and with it the rollback.
        if it["Type"] != "AWS::DynamoDB::Table" and it["DeletionPolicy"] != "RetainExceptOnCreate":
            yield f"{name}: it should have DeletionPolicy: RetainExceptOnCreate"
    identities = stack.of("AWS::SES::EmailIdentity")
    for name, identity in identities.items():
        if "Condition" not in identity:
            yield f"{name}: it should have a Condition, as the account may have the identity already"


@rule
def aw13_letters_can_be_signed_for_their_domain(stack):
    for name, identity in stack.of("AWS::SES::EmailIdentity").items():
        if "HasMailDomain" not in str(identity["Properties"]["EmailIdentity"]):
            yield f"{name}: it should be that of the domain, if HasMailDomain"
        shown = str(stack.deployed.get("Outputs", {}))
        for number in (1, 2, 3):
            for part in ("Name", "Value"):
                if f"{name}.DkimDNSToken{part}{number}" not in shown:
                    yield f"{name}: no output shows its DkimDNSToken{part}{number}"


@rule
def a_secret_is_made_up_by_aws_and_kept(stack):
    for name, secret in stack.of("AWS::SecretsManager::Secret").items():
        for policy, kept in (("DeletionPolicy", "RetainExceptOnCreate"), ("UpdateReplacePolicy", "Retain")):
            if secret.get(policy) != kept:
                yield f"{name}: it should have {policy}: {kept}"
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
