"""What neither `sam validate` nor cfn-lint knows: how the template, the code, the contract and the settings fit together."""

# Each adds its rules to the list.
from . import functions, gateways, keeping, operations, permissions, releases, settings, stream, tables  # noqa: F401
from .stack import RULES, Stack  # noqa: F401


def broken(stack):
    """What all rules say."""
    for rule in RULES:
        yield from rule(stack)
