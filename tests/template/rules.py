"""What neither `sam validate` nor cfn-lint knows: how the template, the code, the contract and the settings fit together.

A rule is a function that yields a line for each thing that is wrong, beginning with the resource's name.
"""

import json
import pathlib
import re
import tomllib

# Where a policy of ours may have a `*`, and why. Nowhere else, and never as the whole resource.
WILDCARDS = {
    ("dynamodb:ListStreams", "${JournalTable.Arn}/stream/*"): "it is about all streams that the table has ever had",
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

# Variables that our code does not read, and those that it reads though the template does not declare them.
READ_BY_OTHERS = {"AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH": "lambda_http"}
SET_BY_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_LOG_LEVEL"}

# What CloudWatch measures. An alarm about anything else would be silent for ever.
METRICS = {
    "AWS/ApiGateway": {"4XXError", "5XXError", "Count", "Latency", "IntegrationLatency"},
    "AWS/Lambda": {"ConcurrentExecutions", "Duration", "Errors", "Invocations", "IteratorAge", "Throttles"},
    "AWS/SQS": {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"},
}

# What the access log may tell: no query, no body, no person, no key.
LOGGED = {
    "requestId", "requestTimeEpoch", "httpMethod", "resourcePath", "status", "error.responseType", "responseLatency",
    "integration.latency", "responseLength", "identity.apiKeyId", "xrayTraceId",
}  # fmt: skip

ENVIRONMENTS = ["default", "staging", "prod"]
NO_VALUE = {"Ref": "AWS::NoValue"}


class Stack:
    """The template as it is written and as it would be deployed, and the folder with all that it must fit."""

    def __init__(self, root, template, deployed):
        self.root, self.template, self.deployed = pathlib.Path(root), template, deployed
        self.resources, self.results = template["Resources"], deployed["Resources"]
        self.functions = self.of("AWS::Serverless::Function")
        self.binaries = {
            name: function.get("Metadata", {}).get("BuildProperties", {}).get("Binary", "")
            for name, function in self.functions.items()
        }

    def of(self, kind):
        """The properties and so on of all resources of a type, as written."""
        return {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}

    def made(self, kind):
        """The properties of all resources of a type, as deployed."""
        return {name: it.get("Properties", {}) for name, it in self.results.items() if it["Type"] == kind}

    def kind(self, name):
        return self.results.get(name, {}).get("Type")

    def routes(self):
        """Every event of type Api: function, event, method, path, properties."""
        for function, resource in self.functions.items():
            for event, it in resource["Properties"].get("Events", {}).items():
                if it["Type"] == "Api":
                    yield function, event, it["Properties"]["Method"], it["Properties"]["Path"], it["Properties"]

    def json(self, path):
        return json.loads((self.root / path).read_text())

    def sources(self, *folders):
        """The functions' code, without its tests."""
        for folder in folders:
            for file in sorted((self.root / folder).rglob("*.rs")):
                yield file.read_text().split("#[cfg(test)]")[0]


RULES = []


def rule(function):
    RULES.append(function)
    return function


def broken(stack):
    """What all rules say."""
    for each in RULES:
        yield from each(stack)


def walk(value):
    """The value and all values in it."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    for each in inner:
        yield from walk(each)


def named(value):
    """The resources and parameters that a value refers to."""
    for it in walk(value):
        if not isinstance(it, dict):
            continue
        if isinstance(it.get("Ref"), str):
            yield it["Ref"]
        if "Fn::GetAtt" in it:
            target = it["Fn::GetAtt"]
            yield target[0] if isinstance(target, list) else target.split(".")[0]
        if "Fn::Sub" in it:
            text, own = it["Fn::Sub"], {}
            if isinstance(text, list):
                text, own = text
            yield from (name.split(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text) if name not in own)


def kebab(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def listed(value):
    return value if isinstance(value, list) else [value]


# --- functions and routes ---------------------------------------------------------------------------------------------


@rule
def a_function_runs_a_crate_of_its_own(stack):
    crates = {file.parent.name for file in (stack.root / "functions").glob("*/Cargo.toml")}
    for name, binary in stack.binaries.items():
        if binary not in crates:
            yield f"{name}: there is no functions/{binary} for its Binary"
        elif name != f"{binary.capitalize()}Function":
            yield f"{name}: its Binary is {binary}, so it should be called {binary.capitalize()}Function"
    for crate in sorted(crates - set(stack.binaries.values())):
        yield f"functions/{crate}: no function of the template has this Binary"


@rule
def a_route_is_well_formed_and_there_once(stack):
    part = r"(?:[A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9]*\+?\})"
    seen = {}
    for function, event, method, path, properties in stack.routes():
        place = f"{function}, event {event}"
        if path != "/" and not re.fullmatch(rf"(?:/{part})+", path):
            yield f"{place}: {path} is no path of API Gateway; look at its slashes and braces"
        if method not in {"GET", "POST", "PUT", "PATCH", "DELETE"}:
            yield f"{place}: {method} is no method of ours"
        if (method, path) in seen:
            yield f"{place}: {method} {path} is also {seen[method, path]}"
        seen[method, path] = place
        if properties.get("RestApiId") != {"Ref": "Api"}:
            yield f"{place}: its RestApiId should be Api, or SAM makes another API for it"


@rule
def routes_and_the_contract_are_the_same(stack):
    contract = {
        (method.upper(), path) for path, item in stack.json("openapi.json")["paths"].items() for method in item
    }
    routed = {(method, path): f"{function}, event {event}" for function, event, method, path, _ in stack.routes()}
    for method, path in sorted(routed.keys() - contract):
        yield f"{routed[method, path]}: {method} {path} is not in openapi.json"
    for method, path in sorted(contract - routed.keys()):
        yield f"openapi.json: {method} {path} is no function's event"


@rule
def the_gateway_gets_every_route_with_its_function_and_its_key(stack):
    paths = stack.results["Api"]["Properties"]["Body"]["paths"]
    contract = stack.json("openapi.json")["paths"]
    for function, event, method, path, _ in stack.routes():
        place = f"{function}, event {event}"
        operation = paths.get(path, {}).get(method.lower())
        if operation is None:
            yield f"{place}: {method} {path} is not in the API that would be deployed"
            continue
        if function not in named(operation["x-amazon-apigateway-integration"]):
            yield f"{place}: {method} {path} calls another function"
        promised = contract.get(path, {}).get(method.lower(), {}).get("security", [])
        wants = any("api_key" in kind for kind in operation.get("security") or [])
        if promised and wants != any("apiKey" in kind for kind in promised):
            yield f"{place}: {method} {path} {'wants' if wants else 'wants no'} key, and openapi.json says otherwise"
    preflights = {path: item.get("options", {}).get("security") or [] for path, item in paths.items()}
    keyed = [path for path, kinds in preflights.items() if any("api_key" in kind for kind in kinds)]
    if keyed:
        yield f"Api: preflights want an API key, which no browser sends: {min(keyed)} and {len(keyed) - 1} more"
    for path, item in paths.items():
        if "options" not in item:
            yield f"Api: {path} has no preflight"


@rule
def every_event_has_an_example_and_every_example_an_event(stack):
    wanted = {}
    for function, resource in stack.functions.items():
        for event, it in resource["Properties"].get("Events", {}).items():
            properties = it["Properties"]
            call = (properties["Method"], properties["Path"]) if it["Type"] == "Api" else None
            wanted[f"{stack.binaries[function]}/{kebab(event)}.json"] = (f"{function}, event {event}", call)
    for name, mapping in stack.of("AWS::Lambda::EventSourceMapping").items():
        function = mapping["Properties"]["FunctionName"].get("Ref", "")
        wanted[f"{stack.binaries.get(function)}/{kebab(name.removeprefix(function))}.json"] = (name, None)
    for name, api in stack.of("AWS::Serverless::WebSocketApi").items():
        for route, it in api["Properties"]["Routes"].items():
            function = next(named(it["FunctionArn"]), None)
            wanted[f"{stack.binaries.get(function)}/{kebab(route.strip('$'))}.json"] = (f"{name}, {route}", None)
    there = {str(file.relative_to(stack.root / "events")) for file in (stack.root / "events").glob("*/*.json")}
    for file in sorted(there - wanted.keys()):
        yield f"events/{file}: no function of the template has this event"
    for file, (place, call) in sorted(wanted.items()):
        if file not in there:
            yield f"{place}: its example events/{file} is missing"
        elif call:
            example = stack.json(f"events/{file}")
            if (example.get("httpMethod"), example.get("resource")) != call:
                yield f"{place}: its example events/{file} is not one of {call[0]} {call[1]}"


@rule
def variables_are_those_that_the_code_reads(stack):
    shared = set(_read_variables(stack, "shared/src"))
    declared_for_all = stack.template["Globals"]["Function"]["Environment"]["Variables"]
    read = set()
    for function, resource in stack.functions.items():
        own = resource["Properties"].get("Environment", {}).get("Variables", {})
        needed = set(_read_variables(stack, f"functions/{stack.binaries[function]}/src"))
        for variable in sorted(needed - own.keys() - declared_for_all.keys() - SET_BY_LAMBDA):
            yield f"{function}: its code reads {variable}, which its Environment does not declare"
        for variable in sorted(own.keys() - needed - shared):
            yield f"{function}: nothing reads its variable {variable}"
        read |= needed
        yield from _variables_name_their_resources(stack, function, own)
    for variable in sorted(shared - declared_for_all.keys() - SET_BY_LAMBDA):
        yield f"Globals: the code reads {variable}, which Environment does not declare"
    for variable in sorted(declared_for_all.keys() - shared - read - READ_BY_OTHERS.keys()):
        yield f"Globals: nothing reads the variable {variable}"
    yield from _variables_name_their_resources(stack, "Globals", declared_for_all)


def _read_variables(stack, folder):
    for source in stack.sources(folder):
        yield from re.findall(r'\b(?:var|required|choice|days)\("([A-Z][A-Z0-9_]+)"', source)
        for several in re.findall(r"secret::read\(\[([^\]]*)\]", source):
            yield from re.findall(r'"([A-Z0-9_]+)"', several)


def _variables_name_their_resources(stack, place, variables):
    kinds = {"TABLE": "AWS::DynamoDB::Table", "SECRET": "AWS::SecretsManager::Secret"}
    for variable, value in variables.items():
        stem, _, suffix = variable.rpartition("_")
        target = f"{stem.capitalize()}{suffix.capitalize()}"
        if variable.startswith("AWS_ENDPOINT_URL_"):
            if value != NO_VALUE:
                yield f"{place}: {variable} is for laptops and should be !Ref AWS::NoValue"
        elif suffix in kinds and (value != {"Ref": target} or stack.kind(target) != kinds[suffix]):
            yield f"{place}: {variable} should be !Ref {target}"


# --- gateways ---------------------------------------------------------------------------------------------------------


@rule
def a_usage_plan_has_a_throttle_a_quota_a_key_and_the_stage(stack):
    keyed = {next(named(it["UsagePlanId"]), None) for it in stack.made("AWS::ApiGateway::UsagePlanKey").values()}
    rates = 0
    for name, plan in stack.made("AWS::ApiGateway::UsagePlan").items():
        throttle, quota = plan.get("Throttle", {}), plan.get("Quota", {})
        rates += throttle.get("RateLimit", 0)
        if not throttle.get("RateLimit", 0) > 0 or not throttle.get("BurstLimit", 0) >= 1:
            yield f"{name}: its Throttle lets nobody in"
        if quota.get("Period") not in {"DAY", "WEEK", "MONTH"} or not quota.get("Limit", 0) > 0:
            yield f"{name}: its Quota should have a Limit and the Period DAY, WEEK or MONTH, not {quota.get('Period')}"
        stages = [(it.get("ApiId"), it.get("Stage")) for it in plan.get("ApiStages", [])]
        if stages != [({"Ref": "Api"}, {"Ref": "Apiv1Stage"})]:
            yield f"{name}: its ApiStages should be the Api's one stage"
        if name not in keyed:
            yield f"{name}: no key belongs to it"
    for settings in stack.results["Apiv1Stage"]["Properties"].get("MethodSettings", []):
        if settings.get("ThrottlingRateLimit", 0) < rates:
            yield f"Api: its ThrottlingRateLimit is below what the plans allow together, {rates}"


@rule
def browsers_may_send_what_the_contract_asks_for(stack):
    cors = stack.resources["Api"]["Properties"].get("Cors", {})
    unquoted = {name: str(value).strip("'").split(",") for name, value in cors.items()}
    contract = [it for item in stack.json("openapi.json")["paths"].values() for it in item.values()]
    headers = {it["name"] for operation in contract for it in operation.get("parameters", []) if it["in"] == "header"}
    for header in sorted((headers | {"Authorization", "Content-Type", "X-Api-Key"}) - set(unquoted.get("AllowHeaders", []))):
        yield f"Api: its Cors.AllowHeaders has no {header}"
    methods = {method for _, _, method, _, _ in stack.routes()}
    for method in sorted(methods - set(unquoted.get("AllowMethods", []))):
        yield f"Api: its Cors.AllowMethods has no {method}"
    if "AllowedOrigins" not in named(cors.get("AllowOrigin")):
        yield "Api: its Cors.AllowOrigin should come from AllowedOrigins"


@rule
def the_gateways_own_answers_are_problem_documents(stack):
    answers = stack.results["Api"]["Properties"]["Body"].get("x-amazon-apigateway-gateway-responses", {})
    for kind, answer in answers.items():
        text = answer.get("responseTemplates", {}).get("application/json", "")
        try:
            problem = json.loads(text)
        except json.JSONDecodeError as error:
            yield f"Api, {kind}: its body is no JSON: {error}"
            continue
        if str(problem.get("status")) != str(answer.get("statusCode")):
            yield f"Api, {kind}: its body says {problem.get('status')}, its StatusCode {answer.get('statusCode')}"
        for variable in set(re.findall(r"\$[\w.]+", text)) - {"$context.path", "$context.requestId"}:
            yield f"Api, {kind}: {variable} may repeat what the caller sent"
        for header, value in answer.get("responseParameters", {}).items():
            if isinstance(value, str) and not re.fullmatch(r"'.*'", value):
                yield f"Api, {kind}: the value of {header} should be in quotes"


@rule
def a_socket_api_speaks_websocket_to_functions_that_exist(stack):
    for name, api in stack.made("AWS::ApiGatewayV2::Api").items():
        if api.get("ProtocolType") != "WEBSOCKET":
            yield f"{name}: its ProtocolType should be WEBSOCKET, not {api.get('ProtocolType')}"
    for name, api in stack.of("AWS::Serverless::WebSocketApi").items():
        routes = api["Properties"].get("Routes", {})
        for missing in sorted({"$connect", "$disconnect", "$default"} - routes.keys()):
            yield f"{name}: it has no route {missing}"
        for route, it in routes.items():
            target = next(named(it.get("FunctionArn")), None)
            if target not in stack.functions:
                yield f"{name}, {route}: {target} is no function"
        if not api["Properties"].get("DefaultRouteSettings", {}).get("ThrottlingRateLimit"):
            yield f"{name}: nothing limits how many may connect"


# --- the stream -------------------------------------------------------------------------------------------------------


@rule
def a_filter_is_json_about_what_the_table_has(stack):
    for name, mapping in stack.made("AWS::Lambda::EventSourceMapping").items():
        table = next(named(mapping.get("EventSourceArn")), None)
        properties = stack.made("AWS::DynamoDB::Table").get(table, {})
        if "StreamSpecification" not in properties:
            yield f"{name}: {table} has no stream"
            continue
        if mapping.get("StartingPosition") != "TRIM_HORIZON":
            yield f"{name}: its StartingPosition should be TRIM_HORIZON, or it skips rows that are there before it is"
        if stack.kind(next(named(mapping.get("FunctionName")), None)) != "AWS::Lambda::Function":
            yield f"{name}: its FunctionName names no function"
        if stack.kind(next(named(mapping.get("DestinationConfig")), None)) != "AWS::SQS::Queue":
            yield f"{name}: what fails for good goes to no queue"
        for written in mapping.get("FilterCriteria", {}).get("Filters", []):
            try:
                pattern = json.loads(written["Pattern"])
            except json.JSONDecodeError as error:
                yield f"{name}: its filter is no JSON: {error}"
                continue
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


# --- permissions ------------------------------------------------------------------------------------------------------


@rule
def a_policy_names_what_it_allows(stack):
    for role, properties in stack.made("AWS::IAM::Role").items():
        owner = role.removesuffix("Role") if role.removesuffix("Role") in stack.functions else role
        for arn in properties.get("ManagedPolicyArns", []):
            text = arn["Fn::Sub"] if isinstance(arn, dict) and "Fn::Sub" in arn else str(arn)
            if text.split(":policy/")[-1] not in MANAGED:
                yield f"{owner}: nothing in MANAGED says why it has {text}"
        for policy in properties.get("Policies", []):
            for statement in listed(policy["PolicyDocument"]["Statement"]):
                yield from (f"{owner}: {fault}" for fault in _too_wide(stack, statement))
    for name, permission in stack.made("AWS::Lambda::Permission").items():
        if "SourceArn" not in permission:
            yield f"{name}: anybody's {permission.get('Principal')} may call the function; it has no SourceArn"


def _too_wide(stack, statement):
    services = {"dynamodb": "AWS::DynamoDB::Table", "secretsmanager": "AWS::SecretsManager::Secret", "sqs": "AWS::SQS::Queue"}
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
            index = re.search(r"/index/(.*)$", text)
            if index and index[1] not in _indexes(stack.made("AWS::DynamoDB::Table").get(target, {})):
                yield f"its policy allows {action} on the index {index[1]}, which {target} has not"


def _indexes(table):
    return {
        index["IndexName"]
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        for index in table.get(kind, [])
    }


# --- what must not be lost or shown -----------------------------------------------------------------------------------


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


# --- operations -------------------------------------------------------------------------------------------------------


@rule
def a_function_has_a_log_group_that_forgets(stack):
    groups, users = stack.made("AWS::Logs::LogGroup"), {}
    for name, function in stack.made("AWS::Lambda::Function").items():
        group = function.get("LoggingConfig", {}).get("LogGroup")
        target = next(named(group), None)
        if target not in groups:
            yield f"{name}: its LoggingConfig names no LogGroup of the template"
        elif target in users:
            yield f"{name}: it has {users[target]}'s LogGroup"
        users[target] = name
    for name, stage in stack.made("AWS::ApiGateway::Stage").items():
        log = stage.get("AccessLogSetting", {})
        target = next(named(log.get("DestinationArn")), None)
        if target not in groups:
            yield f"{name}: its access log goes to no LogGroup of the template"
        users[target] = name
        yield from (f"{name}: its access log {fault}" for fault in _not_loggable(log.get("Format", "")))
    for name, group in groups.items():
        if not group.get("RetentionInDays"):
            yield f"{name}: it is kept for ever; it should have RetentionInDays"
        if name not in users:
            yield f"{name}: nothing is logged there"


def _not_loggable(format_):
    try:
        json.loads(format_)
    except json.JSONDecodeError as error:
        yield f"is no JSON: {error}"
    if "\n" in format_:
        yield "has more than one line"
    for variable in re.findall(r"\$([\w.]+)", format_):
        if variable.removeprefix("context.") not in LOGGED:
            yield f"tells ${variable}, which LOGGED does not allow"


@rule
def an_alarm_is_about_something_that_is_measured_here(stack):
    watched = set()
    for name, alarm in stack.made("AWS::CloudWatch::Alarm").items():
        metrics = [it["MetricStat"]["Metric"] for it in alarm.get("Metrics", []) if "MetricStat" in it]
        for metric in metrics or [alarm]:
            namespace, what = metric.get("Namespace"), metric.get("MetricName")
            if what not in METRICS.get(namespace, ()) and not _is_measured_by_us(stack, namespace, what):
                yield f"{name}: nobody measures {what} in {namespace}"
            dimensions = {it["Name"]: it["Value"] for it in metric.get("Dimensions", [])}
            yield from (f"{name}: {fault}" for fault in _dimensions(stack, namespace, dimensions))
            watched |= {(what, target) for target in named(list(dimensions.values()))}
        for told in ("AlarmActions", "OKActions"):
            if "AlarmTopic" not in named(alarm.get(told)):
                yield f"{name}: its {told} should tell the AlarmTopic"
        if alarm.get("TreatMissingData") != "notBreaching":
            yield f"{name}: it should have TreatMissingData: notBreaching, as nothing is measured while nobody calls"
    needed = {("5XXError", "Apiv1Stage"), ("Latency", "Apiv1Stage")}
    needed |= {("Throttles", name) for name in stack.made("AWS::Lambda::Function")}
    for mapping in stack.made("AWS::Lambda::EventSourceMapping").values():
        consumer = next(named(mapping["FunctionName"]), None)
        needed |= {("IteratorAge", consumer), ("Errors", consumer)}
    needed |= {("ApproximateNumberOfMessagesVisible", name) for name in stack.made("AWS::SQS::Queue")}
    for what, target in sorted(needed - watched):
        yield f"{target}: no alarm watches its {what}"


def _is_measured_by_us(stack, namespace, what):
    """Metrics of our own stand in our code."""
    code = "\n".join(stack.sources("shared/src", "functions"))
    return not str(namespace).startswith("AWS/") and f'"{namespace}"' in code and f'"{what}"' in code


def _dimensions(stack, namespace, dimensions):
    known = {
        "AWS/Lambda": {"FunctionName": lambda it: "Ref" in it and stack.kind(it["Ref"]) == "AWS::Lambda::Function"},
        "AWS/SQS": {"QueueName": lambda it: it in [{"Fn::GetAtt": [q, "QueueName"]} for q in stack.made("AWS::SQS::Queue")]},
        "AWS/ApiGateway": {
            "ApiName": lambda it: it in [api.get("Name") for api in stack.made("AWS::ApiGateway::RestApi").values()],
            "Stage": lambda it: "Ref" in it and stack.kind(it["Ref"]) == "AWS::ApiGateway::Stage",
        },
    }
    if namespace not in known:
        return
    if dimensions.keys() != known[namespace].keys():
        yield f"its Dimensions should be {' and '.join(known[namespace])}"
    for name, is_one in known[namespace].items():
        if name in dimensions and not is_one(dimensions[name]):
            yield f"its {name} is {json.dumps(dimensions[name])}, which the template has not"


@rule
def the_dashboard_shows_every_alarm_and_every_function(stack):
    for name, dashboard in stack.made("AWS::CloudWatch::Dashboard").items():
        body = dashboard["DashboardBody"]["Fn::Sub"]
        text, own = body if isinstance(body, list) else (body, {})
        try:
            json.loads(re.sub(r"\$\{[^}]+\}", "x", text))
        except json.JSONDecodeError as error:
            yield f"{name}: its DashboardBody is no JSON: {error}"
        shown = set(named(dashboard["DashboardBody"])) - own.keys()
        for target in sorted(it for it in shown if "::" not in it and it not in stack.results):
            yield f"{name}: it shows {target}, which is not there"
        for kind in ("AWS::CloudWatch::Alarm", "AWS::Lambda::Function"):
            for target in sorted(stack.made(kind).keys() - shown):
                yield f"{name}: it does not show {target}"


# --- settings ---------------------------------------------------------------------------------------------------------


@rule
def every_environment_sets_what_has_no_default(stack):
    settings = tomllib.loads((stack.root / "samconfig.toml").read_text())
    parameters, names = stack.template["Parameters"], set()
    for name, parameter in parameters.items():
        if "Default" in parameter:
            yield from (f"parameter {name}: its Default {fault}" for fault in _unfit(parameter, str(parameter["Default"])))
    for environment in ENVIRONMENTS:
        place = f"samconfig.toml, {environment}"
        deploy = settings.get(environment, {}).get("deploy", {}).get("parameters", {})
        given = dict(it.split("=", 1) for it in deploy.get("parameter_overrides", []))
        for name in sorted(name for name, it in parameters.items() if "Default" not in it and name not in given):
            yield f"{place}: it sets no {name}, which has no default"
        for name, value in given.items():
            if name not in parameters:
                yield f"{place}: there is no parameter {name}"
            else:
                yield from (f"{place}: {name} {fault}" for fault in _unfit(parameters[name], value))
        if deploy.get("stack_name") in names or not deploy.get("stack_name"):
            yield f"{place}: it should have a stack_name of its own"
        names.add(deploy.get("stack_name"))
        if deploy.get("capabilities") != "CAPABILITY_IAM":
            yield f"{place}: its capabilities should be CAPABILITY_IAM"


def _unfit(parameter, value):
    """Why CloudFormation would not take this value."""
    items = value.split(",") if parameter["Type"] == "CommaDelimitedList" else [value]
    for item in items:
        if "AllowedPattern" in parameter and not re.fullmatch(parameter["AllowedPattern"], item):
            yield f"is {item!r}, and {parameter.get('ConstraintDescription', 'does not match its AllowedPattern')}"
        if "AllowedValues" in parameter and item not in map(str, parameter["AllowedValues"]):
            yield f"is {item!r}, which is none of its AllowedValues"
        if parameter["Type"] == "Number" and not item.isdigit():
            yield f"is {item!r}, and no number"
        elif parameter["Type"] == "Number" and not _within(parameter, float(item)):
            yield f"is {item}, which is out of bounds"


def _within(parameter, number):
    return float(parameter.get("MinValue", "-inf")) <= number <= float(parameter.get("MaxValue", "inf"))
