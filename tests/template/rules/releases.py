"""What a gradual deployment would deploy."""

from .stack import named

# Nobody calls them by the REST API.
AT_ONCE = {"DispatchFunction", "IndexerFunction"}


def broken(release, next_release):
    """aw19: API Gateway calls versions of the functions, each release has others, and an alarm takes them back."""
    if not release or not next_release:
        yield "aw19: a gradual deployment cannot be made of the template"
        return
    resources = release["Resources"]
    functions = {name for name, it in resources.items() if it["Type"] == "AWS::Lambda::Function"}
    for name in sorted(functions - AT_ONCE):
        alias = resources.get(f"{name}Aliaslive", {})
        if "CodeDeployLambdaAliasUpdate" not in alias.get("UpdatePolicy", {}):
            yield f"aw19: {name}: its new version gets all calls at once"
    for name, it in resources.items():
        if it["Type"] == "AWS::CodeDeploy::DeploymentGroup":
            alarms = set(named(it["Properties"].get("AlarmConfiguration", {})))
            if "ApiErrorsAlarm" not in alarms or not it["Properties"]["AutoRollbackConfiguration"]["Enabled"]:
                yield f"aw19: {name}: ApiErrorsAlarm does not take its version back"
    for path, item in resources["Api"]["Properties"]["Body"]["paths"].items():
        for method, operation in item.items():
            called = set(named(operation.get("x-amazon-apigateway-integration", {}))) & resources.keys()
            if called & functions:
                yield f"aw19: {method.upper()} {path} calls {min(called)} itself, and no version of it"
    same = {name for name in _versions(resources) if name in next_release["Resources"]}
    if same:
        yield f"aw19: the next release has {min(same)} again, so what has changed would not be deployed"


def _versions(resources):
    return [name for name, it in resources.items() if it["Type"] == "AWS::Lambda::Version"]
