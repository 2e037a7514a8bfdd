"""The REST API with its usage plans, and the WebSocket API."""

import json
import re
import unittest.mock

from .stack import named, rule


@rule
def a_usage_plan_has_a_key_and_the_stage(stack):
    keyed = {next(named(it["UsagePlanId"]), None) for it in stack.made("AWS::ApiGateway::UsagePlanKey").values()}
    for name, plan in stack.made("AWS::ApiGateway::UsagePlan").items():
        stages = [(it.get("ApiId"), it.get("Stage")) for it in plan.get("ApiStages", [])]
        if stages != [({"Ref": "Api"}, {"Ref": "Apiv1Stage"})]:
            yield f"{name}: its ApiStages should be the Api's one stage"
        if name not in keyed:
            yield f"{name}: no key belongs to it"


@rule
def pln1_no_client_can_use_up_the_plan_of_all(stack):
    plans, total = stack.of("AWS::ApiGateway::UsagePlan"), 0
    for name, plan in plans.items():
        plan, kind = plan["Properties"], name.removesuffix("Plan")
        rate = stack.value(plan.get("Throttle", {}).get("RateLimit"))
        if plan.get("Throttle", {}).get("RateLimit") != {"Ref": f"{kind}Rate"}:
            yield f"{name}: its RateLimit should be !Ref {kind}Rate"
        total += float(rate or 0)
        if name == "WebsitePlan" and "Quota" in plan:
            yield f"{name}: it should have no Quota, which one client could use up for the month"
        if name != "WebsitePlan" and not plan.get("Quota", {}).get("Limit", 0) > 0:
            yield f"{name}: its Quota should have a Limit"
    for settings in stack.resources["Api"]["Properties"].get("MethodSettings", []):
        if settings["ResourcePath"] == "/*" and float(stack.value(settings.get("ThrottlingRateLimit")) or 0) < total:
            yield f"Api: its ThrottlingRateLimit is below what the plans allow together, {total:g}"
    rules = [it for acl in stack.made("AWS::WAFv2::WebACL").values() for it in acl["Rules"]]
    if [it["Statement"].get("RateBasedStatement", {}).get("Limit") for it in rules] != [{"Ref": "WafRate"}]:
        yield "Waf: it should count each address by WafRate"
    for kind in ("AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation"):
        for name, it in stack.of(kind).items():
            if it.get("Condition") != "HasWaf" or stack.value({"Ref": "WafRate"}) != "0":
                yield f"{name}: it should be there on request only, as it costs 6 dollars a month"


@rule
def aw2_a_changed_parameter_reaches_the_stage(stack):
    """A stage keeps its copy of the API until it gets another deployment: one with another logical id."""
    for name in stack.template["Parameters"].keys() & set(named(stack.resources["Api"])):
        # The id of a deployment depends on the second.
        with unittest.mock.patch("samtranslator.model.apigateway.time.time", lambda: 0):
            other = stack.transformed({name: "another value"})["Resources"]
        bodies, deployments = [], []
        for value, made in (("the default", stack.results), ("another value", other)):
            bodies.append(json.dumps(made["Api"]["Properties"]["Body"]).replace(json.dumps({"Ref": name}), value))
            deployments.append({it for it, about in made.items() if about["Type"] == "AWS::ApiGateway::Deployment"})
        if bodies[0] != bodies[1] and deployments[0] == deployments[1]:
            yield f"Api: another {name} changes it, and makes no other deployment"


@rule
def browsers_may_send_what_the_contract_asks_for(stack):
    of_first = preflights(stack)["/books"]["responses"]["default"]["responseParameters"]
    prefix = "method.response.header.Access-Control-"
    unquoted = {name.removeprefix(prefix): str(value).strip("'").split(",") for name, value in of_first.items()}
    contract = [it for item in stack.json("openapi.json")["paths"].values() for it in item.values()]
    headers = {it["name"] for operation in contract for it in operation.get("parameters", []) if it["in"] == "header"}
    for header in sorted((headers | {"Authorization", "Content-Type", "X-Api-Key"}) - set(unquoted.get("Allow-Headers", []))):
        yield f"Api: its preflights allow no {header}"
    # Browsers ask nobody before a HEAD (Fetch Standard, CORS-safelisted methods).
    methods = {method for _, _, method, _, _ in stack.routes()} - {"HEAD"}
    for method in sorted(methods - set(unquoted.get("Allow-Methods", []))):
        yield f"Api: its preflights allow no {method}"


@rule
def aw5_a_preflight_permits_each_allowed_origin_and_no_other(stack):
    """API Gateway's templates are written in Velocity's language: this runs them, with three origins."""
    import airspeed

    class Input:
        def __init__(self, headers):
            self.headers = headers

        def params(self):
            return {"path": {}, "querystring": {}, "header": self.headers}

    allowed = ["https://library.example", "https://www.library.example", "https://other.example:8443"]
    foreign = ["https://library.example.evil.example", "http://library.example", "https://other.example", "null", ""]
    routes = {path for _, _, _, path, _ in stack.routes()}
    for path in sorted(routes ^ preflights(stack).keys()):
        yield f"Api: {path} should have routes and an OPTIONS method, or neither"
    for path, integration in preflights(stack).items():
        text, values = integration["responses"]["default"]["responseTemplates"]["application/json"]["Fn::Sub"]
        is_list = values == {"Origins": {"Fn::Join": ['","', {"Ref": "AllowedOrigins"}]}}
        text = text.replace("${Origins}", '","'.join(allowed if is_list else allowed[:1]))
        template = airspeed.Template(text)
        for origin in allowed + foreign:
            for name in ("origin", "Origin"):
                override = {}
                context = {"responseOverride": {"header": override}}
                template.merge({"input": Input({name: origin}), "context": context})
                wanted = {"Access-Control-Allow-Origin": origin} if origin in allowed else {}
                if override != wanted:
                    yield f"Api, {path}: a preflight of {origin!r} is answered with {override}"


def preflights(stack):
    """The integration of each OPTIONS method, by path."""
    paths = stack.results["Api"]["Properties"]["Body"]["paths"]
    methods = {path: item["options"] for path, item in paths.items() if "options" in item}
    return {path: method["x-amazon-apigateway-integration"] for path, method in methods.items()}


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
        if api.get("ProtocolType") != "WEBSOCKET" and name != "SiteApi":
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


@rule
def a_domain_has_the_site_at_its_root_and_the_api_at_its_stage(stack):
    """All of it is there on request, and nothing of it has a second name."""
    api = stack.made("AWS::ApiGatewayV2::Api").get("SiteApi", {})
    if api.get("Target") != {"Fn::GetAtt": ["WebFunction", "Arn"]} or api.get("RouteKey") != "$default":
        yield "SiteApi: its one route should be every path of WebFunction"
    if api.get("DisableExecuteApiEndpoint") is not True:
        yield "SiteApi: it should have no other name than the domain"
    mapped = {it.get("ApiMappingKey", ""): it["ApiId"] for it in stack.made("AWS::ApiGatewayV2::ApiMapping").values()}
    stage = stack.resources["Api"]["Properties"]["StageName"]
    if mapped != {"": {"Ref": "SiteApi"}, stage: {"Ref": "Api"}}:
        yield f"SiteDomainName: the site should be at its root, and the API at {stage}"
    for name, it in stack.results.items():
        of_domain = it["Type"].startswith("AWS::ApiGatewayV2::") or name == "SiteApiPermission"
        of_sockets = it.get("Properties", {}).get("ApiId") == {"Ref": "LiveApi"} or name.startswith("LiveApi")
        if of_domain and not of_sockets and it.get("Condition") != "HasSiteDomain":
            yield f"{name}: it should be there only with SiteDomain and SiteCertificate"
