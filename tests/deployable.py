#!/usr/bin/env python3
"""Whether an environment of samconfig.toml may be deployed: `deployable.py prod`. Needs Python alone.

What the repository has of an environment is an example. A stack of it would send letters from a domain that nobody has, and ring
for nobody.
"""

import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Names that are reserved: nobody has them (RFC 2606, RFC 6761).
NOBODYS = re.compile(r"\.(example|invalid|test|localhost)\b|\bexample\.(com|net|org)\b|//localhost\b")


def faults(settings, environment):
    """What an environment lacks."""
    given = settings.get(environment, {}).get("deploy", {}).get("parameters", {}).get("parameter_overrides")
    if given is None:
        yield f"samconfig.toml has no environment {environment}"
        return
    values = dict(it.split("=", 1) for it in given)
    for name, value in values.items():
        # A page of nobody's website is what dev has.
        if NOBODYS.search(value) and (environment != "default" or value != "https://localhost"):
            yield f"samconfig.toml, {environment}: {name}={value} is a name that nobody has; put yours there"
    if environment != "default" and not values.get("AlarmTopic"):
        yield f"samconfig.toml, {environment}: it has no AlarmTopic, so its alarms tell nobody"


def main():
    [environment] = sys.argv[1:] or ["default"]
    found = list(faults(tomllib.loads((ROOT / "samconfig.toml").read_text()), environment))
    if found:
        sys.exit("\n".join(found))
    print(f"{environment} may be deployed")


if __name__ == "__main__":
    main()
