"""Logs, alarms and the dashboard."""

import json
import re

from .stack import named, rule

# What CloudWatch measures. An alarm about anything else would be silent for ever.
METRICS = {
    "AWS/ApiGateway": {"4XXError", "5XXError", "Count", "Latency", "IntegrationLatency", "ClientError", "ExecutionError"},
    "AWS/DynamoDB": {"ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"},
    "AWS/Lambda": {"ConcurrentExecutions", "Duration", "Errors", "Invocations", "IteratorAge", "Throttles"},
    "AWS/SES": {"Reputation.BounceRate", "Reputation.ComplaintRate"},
    "AWS/SQS": {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"},
}

# A schedule calls a consumer at night, too, so nobody has stopped calling it while it is called. The indexer has no
# schedule: an alarm compares its batches with the changes of books that dispatch counts.
UNSCHEDULED = {"IndexerFunction": ("BookChanges", "DispatchFunction")}

# What the access log may tell: no query, no body, no person, no key.
LOGGED = {
    "requestId", "requestTimeEpoch", "apiId", "httpMethod", "resourcePath", "status", "error.responseType", "responseLatency",
    "integration.latency", "integration.status", "eventType", "routeKey", "responseLength", "identity.apiKeyId", "xrayTraceId",
}  # fmt: skip


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
    stages = stack.made("AWS::ApiGateway::Stage") | stack.made("AWS::ApiGatewayV2::Stage")
    for name, stage in stages.items():
        log = stage.get("AccessLogSetting") or stage.get("AccessLogSettings") or {}
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
def aw9_every_log_level_lets_metrics_pass(stack):
    # Lambda takes a line without a level for INFO, and drops it above.
    levels = set(stack.template["Parameters"]["ApplicationLogLevel"]["AllowedValues"])
    for level in sorted(levels - {"DEBUG", "INFO"}):
        yield f"parameter ApplicationLogLevel: with {level}, lines with metrics are dropped"


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
            # A REST API's stage is known by its name.
            watched |= {(what, dimensions["Stage"])} if isinstance(dimensions.get("Stage"), str) else set()
        for told in ("AlarmActions", "OKActions"):
            if "AlarmTopic" not in named(alarm.get(told)):
                yield f"{name}: its {told} should tell the AlarmTopic"
        # A schedule calls at night, too.
        missing = "breaching" if alarm.get("MetricName") == "Invocations" else "notBreaching"
        if alarm.get("TreatMissingData") != missing:
            yield f"{name}: it should have TreatMissingData: {missing}, as nothing is measured while nobody calls"
    yield from _unwatched(stack, watched)


def _unwatched(stack, watched):
    needed = {("5XXError", "v1"), ("Latency", "v1")}
    needed |= {("Throttles", name) for name in stack.made("AWS::Lambda::Function")}
    for mapping in stack.made("AWS::Lambda::EventSourceMapping").values():
        consumer = next(named(mapping["FunctionName"]), None)
        needed |= {("IteratorAge", consumer), ("Errors", consumer)}
    needed |= {("ApproximateNumberOfMessagesVisible", name) for name in stack.made("AWS::SQS::Queue")}
    for what, target in sorted(needed - watched):
        yield f"{target}: no alarm watches its {what}"


@rule
def aw10_an_alarm_rings_for_what_is_missing_refused_or_failed(stack):
    watched = set()
    for alarm in stack.made("AWS::CloudWatch::Alarm").values():
        metrics = [it["MetricStat"]["Metric"] for it in alarm.get("Metrics", []) if "MetricStat" in it] or [alarm]
        for metric in metrics:
            targets = set(named([it["Value"] for it in metric.get("Dimensions", [])])) or {"this account"}
            watched |= {(metric.get("MetricName"), target) for target in targets}
    needed = {(f"{kind}ThrottleEvents", table) for table in stack.made("AWS::DynamoDB::Table") for kind in ("Read", "Write")}
    needed |= {("Reputation.BounceRate", "this account"), ("Reputation.ComplaintRate", "this account")}
    needed |= {("TooManyRequests", "Api"), ("ExecutionError", "LiveApi")}
    for mapping in stack.made("AWS::Lambda::EventSourceMapping").values():
        consumer, table = next(named(mapping["FunctionName"])), next(named(mapping["EventSourceArn"]))
        needed |= {("FailedRows", consumer), ("ConsumedWriteCapacityUnits", table)}
        needed |= {UNSCHEDULED.get(consumer, ("Invocations", consumer))}
    for what, target in sorted(needed - watched):
        yield f"{target}: no alarm watches its {what}"


def _is_measured_by_us(stack, namespace, what):
    """Metrics of our own stand in our code, or are counted in a log."""
    for counted in stack.made("AWS::Logs::MetricFilter").values():
        for it in counted["MetricTransformations"]:
            if (it["MetricNamespace"], it["MetricName"]) == (namespace, what):
                return True
    code = "\n".join(stack.sources("shared/src", "functions"))
    return not str(namespace).startswith("AWS/") and f'"{namespace}"' in code and f'"{what}"' in code


def _dimensions(stack, namespace, dimensions):
    if namespace == "AWS/ApiGateway" and "ApiId" in dimensions:
        namespace = "a WebSocket API"
    known = {
        "AWS/DynamoDB": {"TableName": lambda it: "Ref" in it and stack.kind(it["Ref"]) == "AWS::DynamoDB::Table"},
        # SES measures the account.
        "AWS/SES": {},
        "a WebSocket API": {
            "ApiId": lambda it: "Ref" in it and stack.kind(it["Ref"]) == "AWS::ApiGatewayV2::Api",
            "Stage": lambda it: "Ref" in it and stack.kind(it["Ref"]) == "AWS::ApiGatewayV2::Stage",
        },
        "AWS/Lambda": {"FunctionName": lambda it: "Ref" in it and stack.kind(it["Ref"]) == "AWS::Lambda::Function"},
        "AWS/SQS": {"QueueName": lambda it: it in [{"Fn::GetAtt": [q, "QueueName"]} for q in stack.made("AWS::SQS::Queue")]},
        "AWS/ApiGateway": {
            "ApiName": lambda it: it in [api.get("Name") for api in stack.made("AWS::ApiGateway::RestApi").values()],
            "Stage": lambda it: it in [stage.get("StageName") for stage in stack.made("AWS::ApiGateway::Stage").values()],
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
            widgets = json.loads(re.sub(r"\$\{[^}]+\}", "x", text))["widgets"]
        except json.JSONDecodeError as error:
            yield f"{name}: its DashboardBody is no JSON: {error}"
            continue
        for namespace, what in _metrics(widgets):
            if what not in METRICS.get(namespace, ()) and not _is_measured_by_us(stack, namespace, what):
                yield f"{name}: nobody measures {what} in {namespace}"
        shown = set(named(dashboard["DashboardBody"])) - own.keys()
        for target in sorted(it for it in shown if "::" not in it and it not in stack.results):
            yield f"{name}: it shows {target}, which is not there"
        for kind in ("AWS::CloudWatch::Alarm", "AWS::Lambda::Function"):
            for target in sorted(stack.made(kind).keys() - shown):
                yield f"{name}: it does not show {target}"


def _metrics(widgets):
    """Namespace and name of each metric that is shown: "." stands for what the row before it has there, "..." for all of it."""
    for widget in widgets:
        namespace = what = None
        for row in widget["properties"].get("metrics", []):
            if row[0] != "...":
                namespace, what = (old if new == "." else new for old, new in zip((namespace, what), row))
                yield namespace, what
