"""The REST API with its usage plans, and the WebSocket API."""

import json
import re

from .stack import named, rule


@rule
def a_usage_plan_has_a_quota_a_key_and_the_stage(stack):
    keyed = {next(named(it["UsagePlanId"]), None) for it in stack.made("AWS::ApiGateway::UsagePlanKey").values()}
    rates = 0
    for name, plan in stack.made("AWS::ApiGateway::UsagePlan").items():
        throttle, quota = plan.get("Throttle", {}), plan.get("Quota", {})
        rates += throttle.get("RateLimit", 0)
        if not quota.get("Limit", 0) > 0:
            yield f"{name}: its Quota should have a Limit"
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
