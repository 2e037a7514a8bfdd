"""What MiniStack 1.5.33 leaves out of an imported REST API, added by API Gateway's own calls.

It reads paths, methods, security and integrations. It leaves out gateway responses and the templates of mock integrations
(preflights), does not turn `~1` into `/` in BinaryMediaTypes, and cannot call an integration that streams.
"""

import json
import urllib.request


def completed(emulator, stack):
    """Adds it to the stack's API, and returns the API's URL, with the path `/v1` that it has on AWS."""
    cloudformation, gateway = emulator.client("cloudformation"), emulator.client("apigateway")
    api = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="Api")
    api = api["StackResourceDetail"]["PhysicalResourceId"]
    processed = cloudformation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    body = processed["Resources"]["Api"]["Properties"]["Body"]
    given = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["Parameters"]
    parameters = {it["ParameterKey"]: it["ParameterValue"] for it in given}
    add_answers(gateway, api, body, parameters)
    set_binary_types(emulator, api, body)
    complete_integrations(gateway, api, body, parameters)
    # Gateway responses are part of a deployment.
    deployment = gateway.create_deployment(restApiId=api)["id"]
    patch = [{"op": "replace", "path": "/deploymentId", "value": deployment}]
    gateway.update_stage(restApiId=api, stageName="v1", patchOperations=patch)
    return f"{emulator.url}{mapped(gateway, api)}"


def resolved(value, parameters):
    """The values of those functions of CloudFormation that stand in answers of the gateway."""
    if isinstance(value, list):
        return [resolved(inner, parameters) for inner in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Sub" in value:
        text, names = value["Fn::Sub"]
        for name, inner in names.items():
            text = text.replace(f"${{{name}}}", resolved(inner, parameters))
        return text
    if "Fn::Select" in value:
        index, of = value["Fn::Select"]
        return resolved(of, parameters)[int(index)]
    if "Fn::Join" in value:
        between, of = value["Fn::Join"]
        return between.join(resolved(of, parameters))
    if "Ref" in value:
        return parameters[value["Ref"]].split(",")
    return {key: resolved(inner, parameters) for key, inner in value.items()}


def add_answers(gateway, api, body, parameters):
    for kind, answer in body["x-amazon-apigateway-gateway-responses"].items():
        gateway.put_gateway_response(
            restApiId=api, responseType=kind, statusCode=str(answer["statusCode"]),
            responseParameters=resolved(answer["responseParameters"], parameters),
            responseTemplates=resolved(answer["responseTemplates"], parameters))


def set_binary_types(emulator, api, body):
    """By hand: boto3 does not let this patch through, and AWS would not take it."""
    types = [it.replace("~1", "/") for it in body["x-amazon-apigateway-binary-media-types"]]
    patch = {"patchOperations": [{"op": "replace", "path": "/binaryMediaTypes", "value": types}]}
    signature = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request"
    headers = {"Content-Type": "application/json", "Authorization": signature}
    url = f"{emulator.url}/restapis/{api}"
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(patch).encode(), headers, method="PATCH")).read()


def complete_integrations(gateway, api, body, parameters):
    for resource in gateway.get_resources(restApiId=api, limit=500, embed=["methods"])["items"]:
        for method, about in resource.get("resourceMethods", {}).items():
            operation = body["paths"][resource["path"]][method.lower()]
            integration = operation["x-amazon-apigateway-integration"]
            at = {"restApiId": api, "resourceId": resource["id"], "httpMethod": method}
            if integration["type"].lower() == "mock":
                complete_mock(gateway, at, operation, integration, parameters)
            elif "response-streaming" in json.dumps(integration["uri"]):
                uri = about["methodIntegration"]["uri"].replace("/response-streaming-invocations", "/invocations")
                gateway.put_integration(**at, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)


def complete_mock(gateway, at, operation, integration, parameters):
    templates = resolved(integration["requestTemplates"], parameters)
    gateway.put_integration(**at, type="MOCK", requestTemplates=templates)
    for status, response in operation["responses"].items():
        headers = {f"method.response.header.{name}": False for name in response.get("headers", {})}
        gateway.put_method_response(**at, statusCode=status, responseParameters=headers)
    for response in integration["responses"].values():
        gateway.put_integration_response(
            **at, statusCode=str(response["statusCode"]),
            responseParameters=resolved(response["responseParameters"], parameters),
            responseTemplates=resolved(response.get("responseTemplates", {}), parameters))


def mapped(gateway, api):
    """Maps `/v1` of this machine's address to the stage, so that paths are as on AWS and no name has to be resolved."""
    domain = "127.0.0.1"
    if not any(it["domainName"] == domain for it in gateway.get_domain_names().get("items", [])):
        gateway.create_domain_name(domainName=domain, endpointConfiguration={"types": ["REGIONAL"]})
    for mapping in gateway.get_base_path_mappings(domainName=domain).get("items", []):
        gateway.delete_base_path_mapping(domainName=domain, basePath=mapping["basePath"])
    gateway.create_base_path_mapping(domainName=domain, basePath="v1", restApiId=api, stage="v1")
    return "/v1"
