#!/usr/bin/env python3
"""Makes what `sam build` built a gradual deployment, where the environment asks for one: `gradual.py prod`. Needs Python alone.

Functions get versions and an alias, which API Gateway calls. They have none otherwise: SAM publishes a version only if the code or
the text of the template has changed, so a changed parameter alone would change nothing. Here every deployment is a release with a
tag of its own, and so a new version of each function.
"""

import hashlib
import pathlib
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILT = ROOT / ".aws-sam" / "build"
FUNCTIONS = "\nGlobals:\n  Function:\n"


def values(settings, environment):
    """The parameters of an environment of samconfig.toml."""
    given = settings.get(environment, {}).get("deploy", {}).get("parameters", {}).get("parameter_overrides", [])
    return dict(it.split("=", 1) for it in given)


def release(code, template, parameters):
    """What a release is made of, as a short name. Another name makes another version."""
    return hashlib.sha256(repr([code, template, sorted(parameters.items())]).encode()).hexdigest()[:16]


def gradual(template, name):
    """A template whose functions have versions and an alias."""
    if template.count(FUNCTIONS) != 1:
        sys.exit(f"gradual.py: the template should have{FUNCTIONS!r} once")
    alias = f"    AutoPublishAlias: live\n    AutoPublishAliasAllProperties: true\n    Tags:\n      Release: '{name}'\n"
    return template.replace(FUNCTIONS, FUNCTIONS + alias)


def main():
    [environment] = sys.argv[1:] or ["default"]
    parameters = values(tomllib.loads((ROOT / "samconfig.toml").read_text()), environment)
    if parameters.get("GradualDeployment") != "true":
        print(f"{environment} is deployed at once")
        return
    template = BUILT / "template.yaml"
    code = {file.parent.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(BUILT.glob("*/bootstrap"))}
    name = release(code, template.read_text(), parameters)
    template.write_text(gradual(template.read_text(), name))
    print(f"{environment} is deployed gradually, as release {name}")


if __name__ == "__main__":
    main()
