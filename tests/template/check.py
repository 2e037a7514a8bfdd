#!/usr/bin/env python3
"""Checks template.yaml and samconfig.toml without an AWS account.

`sam validate --lint` reads the template as it is written; then it is transformed as AWS would, with AWS's own translator,
and cfn-lint reads what would be deployed; `rules` know what both miss. Each failure is a line that names the resource.

`--write-tables` writes tables.json anew, the snapshot of keys and indexes.
The first run installs the SAM CLI for itself (tools.py); later ones need no network.
"""

import json
import logging
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# No __pycache__ beside the sources.
sys.dont_write_bytecode = True
sys.path.insert(1, str(ROOT / "tests"))

import gradual
from tools import with_tools

REGION = "eu-central-1"


def read(text):
    """The template with `!Ref x` as `{"Ref": "x"}`, as plain JSON."""
    import yaml
    from samcli.yamlhelper import yaml_parse

    # The same loader in C, which takes a tenth of the time.
    yaml.SafeLoader = yaml.CSafeLoader
    return json.loads(json.dumps(yaml_parse(text)))


def transformed(template, values=None):
    """What CloudFormation is given: SAM's functions, APIs and events made into resources. And what the translator minds."""
    from boto3.session import Session
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    template = json.loads(json.dumps(template))
    # `sam package` would have put the code there.
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    managed = {"AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}
    try:
        translator = Translator(managed, Parser(), boto_session=Session(region_name=REGION))
        defaults = {name: parameter.get("Default", "") for name, parameter in template["Parameters"].items()}
        return translator.translate(template, parameter_values=defaults | (values or {})), []
    except InvalidDocumentException as invalid:
        return None, [f"{getattr(cause, '_logical_id', 'template')}: {cause.message}" for cause in invalid.causes]


def linted(deployed):
    """What cfn-lint says about the template that would be deployed."""
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    for match in lint(json.dumps(deployed), config=ManualArgs(regions=[REGION])):
        place = ".".join(str(part) for part in match.path[1:]) or "template"
        # Some messages list everything that AWS knows.
        yield f"{place}: {match.message[:200]} ({match.rule.id})"


def gradually(text, release):
    """What a gradual deployment would deploy."""
    return transformed(read(gradual.gradual(text, release)), {"GradualDeployment": "true"})[0]


def validated(file):
    """What `sam validate --lint` says."""
    environment = os.environ | {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": REGION}
    command = ["sam", "validate", "--lint", "--template", file]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if answer.returncode != 0:
        lines = [line.strip() for line in (answer.stdout + answer.stderr).splitlines()]
        yield f"sam validate: {' '.join(filter(None, lines))}"


def problems(root, linters=True):
    """Everything that is wrong with the template and the settings in the folder `root`."""
    import rules

    text = (root / "template.yaml").read_text()
    template = read(text)
    deployed, minded = transformed(template)
    yield from minded
    if deployed:
        with_values = lambda values: transformed(template, values)[0]
        yield from rules.broken(rules.Stack(root, template, deployed, with_values))
        yield from rules.releases.broken(gradually(text, "one"), gradually(text, "two"))
        if linters:
            yield from linted(deployed)
            yield from (f"gradually: {problem}" for problem in linted(gradually(text, "one")))
    if linters:
        yield from validated(root / "template.yaml")


def write_tables():
    """Writes the snapshot of keys and indexes anew, as after a release."""
    import rules
    from rules.tables import SNAPSHOT, keys_and_indexes

    template = read((ROOT / "template.yaml").read_text())
    stack = rules.Stack(ROOT, template, transformed(template)[0], transformed)
    (ROOT / SNAPSHOT).write_text(json.dumps(keys_and_indexes(stack), indent=2) + "\n")


def main():
    with_tools("sam")
    if sys.argv[1:] == ["--write-tables"]:
        return write_tables()
    found = list(problems(ROOT))
    for problem in found:
        print(problem)
    if found:
        sys.exit(1)
    print("the template is right")


if __name__ == "__main__":
    main()
