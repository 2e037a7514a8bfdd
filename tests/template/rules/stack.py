"""The template with all that it must fit, and what rules ask it."""

import json
import pathlib
import re


RULES = []


def rule(function):
    """One more rule: a function that yields a line for each thing that is wrong, beginning with the resource's name."""
    RULES.append(function)
    return function


class Stack:
    """The template as it is written and as it would be deployed, and the folder with all that it must fit."""

    def __init__(self, root, template, deployed, transformed):
        self.root, self.template, self.deployed = pathlib.Path(root), template, deployed
        # What would be deployed with these values of parameters.
        self.transformed = transformed
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

    def value(self, it):
        """A parameter's default in the place of a reference to it."""
        return self.template["Parameters"][it["Ref"]]["Default"] if isinstance(it, dict) and "Ref" in it else it

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


def listed(value):
    return value if isinstance(value, list) else [value]
