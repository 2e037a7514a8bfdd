"""The environments of samconfig.toml."""

import re
import tomllib

from .stack import rule

ENVIRONMENTS = ["default", "staging", "prod"]


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
