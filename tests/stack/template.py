"""The template as `sam build` would leave it, with what an emulator on loopback needs to differ."""

import pathlib
import re
import shutil

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def prepared(binaries, emulator, folder):
    """Writes the template into a folder, with a folder for each function that has its `bootstrap`. Returns its path."""
    from samcli.yamlhelper import yaml_dump, yaml_parse

    template = yaml_parse(on_loopback((ROOT / "template.yaml").read_text(), emulator.address))
    # The functions read one variable for each service.
    for service in ("DYNAMODB", "SECRETS_MANAGER", "SESV2"):
        template["Globals"]["Function"]["Environment"]["Variables"][f"AWS_ENDPOINT_URL_{service}"] = emulator.url
    template = with_arns_of_secrets(template)
    without_what_ministack_refuses(template["Resources"])
    folder.mkdir(parents=True)
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            code = folder / name
            code.mkdir()
            shutil.copy(binaries / resource.pop("Metadata")["BuildProperties"]["Binary"], code / "bootstrap")
            resource["Properties"]["CodeUri"] = name
    path = folder / "template.yaml"
    path.write_text(yaml_dump(template))
    return path


def on_loopback(text, address):
    """The template for this machine's processor, with the emulator's address of the WebSocket API in the place of AWS's."""
    text, count = re.subn(r"Architectures: \[arm64\]", "Architectures: [x86_64]", text)
    assert count == 1, "the template says once what it builds for"
    aws, here = "${LiveApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/v1", f"{address}/_aws/execute-api/${{LiveApi}}/v1"
    for scheme, plain in (("wss", "ws"), ("https", "http")):
        assert text.count(f"{scheme}://{aws}") == 1, f"the template has one {scheme} address of the WebSocket API"
        text = text.replace(f"{scheme}://{aws}", f"{plain}://{here}")
    return text


def with_arns_of_secrets(template):
    """MiniStack 1.5.33 takes `!Ref` of a secret for its name; CloudFormation, for its ARN. `Id` is the ARN in both."""
    secrets = {name for name, it in template["Resources"].items() if it["Type"] == "AWS::SecretsManager::Secret"}

    def arns(value):
        if isinstance(value, dict):
            if isinstance(value.get("Ref"), str) and value["Ref"] in secrets:
                return {"Fn::GetAtt": [value["Ref"], "Id"]}
            return {key: arns(inner) for key, inner in value.items()}
        return [arns(inner) for inner in value] if isinstance(value, list) else value

    return arns(template)


def without_what_ministack_refuses(resources):
    """MiniStack 1.5.33 has no metric math in alarms, and looks for a permission to send mail from everywhere."""
    for resource in resources.values():
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
            properties = resource["Properties"]
            first = next(it["MetricStat"] for it in properties.pop("Metrics") if "MetricStat" in it)
            properties.update(first["Metric"], Statistic=first["Stat"], Period=first["Period"])
        # The list of a function whose policy depends on a parameter has no statement about mail.
        policies = resource["Properties"].get("Policies", {})
        for statement in policies["Statement"] if "Statement" in policies else []:
            if statement["Action"] == ["ses:SendEmail"]:
                statement["Resource"] = ["*"]
                # It does not know the keys of SES's conditions either.
                statement.pop("Condition", None)
