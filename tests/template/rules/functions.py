"""Functions, what the gateway does with their routes, and what they find in their environment."""

import re

from .stack import named, rule

# Variables that our code does not read, and those that it reads though the template does not declare them.
READ_BY_OTHERS = {"AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH": "lambda_http"}
SET_BY_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_LOG_LEVEL"}

NO_VALUE = {"Ref": "AWS::NoValue"}


@rule
def a_function_runs_a_crate_of_its_own(stack):
    crates = {file.parent.name for file in (stack.root / "functions").glob("*/Cargo.toml")}
    for name, binary in stack.binaries.items():
        if binary not in crates:
            yield f"{name}: there is no functions/{binary} for its Binary"
        elif name != f"{binary.capitalize()}Function":
            yield f"{name}: its Binary is {binary}, so it should be called {binary.capitalize()}Function"
    for crate in sorted(crates - set(stack.binaries.values())):
        yield f"functions/{crate}: no function of the template has this Binary"


@rule
def a_route_belongs_to_the_one_api(stack):
    for function, event, _, _, properties in stack.routes():
        if properties.get("RestApiId") != {"Ref": "Api"}:
            yield f"{function}, event {event}: its RestApiId should be Api, or SAM makes another API for it"


@rule
def the_gateway_gets_every_route_with_its_function_and_its_key(stack):
    paths = stack.results["Api"]["Properties"]["Body"]["paths"]
    contract = stack.json("openapi.json")["paths"]
    for function, event, method, path, _ in stack.routes():
        place = f"{function}, event {event}"
        operation = paths.get(path, {}).get(method.lower())
        if operation is None:
            yield f"{place}: {method} {path} is not in the API that would be deployed"
            continue
        if function not in named(operation["x-amazon-apigateway-integration"]):
            yield f"{place}: {method} {path} calls another function"
        promised = contract.get(path, {}).get(method.lower(), {}).get("security", [])
        wants = any("api_key" in kind for kind in operation.get("security") or [])
        if promised and wants != any("apiKey" in kind for kind in promised):
            yield f"{place}: {method} {path} {'wants' if wants else 'wants no'} key, and openapi.json says otherwise"
    preflights = {path: item.get("options", {}).get("security") or [] for path, item in paths.items()}
    keyed = [path for path, kinds in preflights.items() if any("api_key" in kind for kind in kinds)]
    if keyed:
        yield f"Api: preflights want an API key, which no browser sends: {min(keyed)} and {len(keyed) - 1} more"
    for path, item in paths.items():
        if "options" not in item:
            yield f"Api: {path} has no preflight"


@rule
def variables_are_those_that_the_code_reads(stack):
    shared = set(_read_variables(stack, "shared/src"))
    declared_for_all = stack.template["Globals"]["Function"]["Environment"]["Variables"]
    read = set()
    for function, resource in stack.functions.items():
        own = resource["Properties"].get("Environment", {}).get("Variables", {})
        needed = set(_read_variables(stack, f"functions/{stack.binaries[function]}/src"))
        for variable in sorted(needed - own.keys() - declared_for_all.keys() - SET_BY_LAMBDA):
            yield f"{function}: its code reads {variable}, which its Environment does not declare"
        for variable in sorted(own.keys() - needed - shared):
            yield f"{function}: nothing reads its variable {variable}"
        read |= needed
        yield from _variables_name_their_resources(stack, function, own)
    for variable in sorted(shared - declared_for_all.keys() - SET_BY_LAMBDA):
        yield f"Globals: the code reads {variable}, which Environment does not declare"
    for variable in sorted(declared_for_all.keys() - shared - read - READ_BY_OTHERS.keys()):
        yield f"Globals: nothing reads the variable {variable}"
    yield from _variables_name_their_resources(stack, "Globals", declared_for_all)


def _read_variables(stack, folder):
    """The variables that code reads: each is an entry of the environment module, and read by one of its methods."""
    module = (stack.root / "shared/src/runtime/environment.rs").read_text()
    entries = dict(re.findall(r'pub const (\w+): (?:Variable|Choice|Endpoint) =[^;]*?"([A-Z0-9_]+)"', module))
    for source in stack.sources(folder):
        read = re.findall(r"\b([A-Z][A-Z0-9_]+)\s*\.(?:get|required|days|list|networks|is_yes|url)\(\)", source)
        for several in re.findall(r"secret::read\(\[([^\]]*)\]", source):
            read += re.findall(r"\b[A-Z][A-Z0-9_]+\b", several)
        yield from (entries[name] for name in read if name in entries)
        # A table's name is read where the table is opened: two of them for every app, the others by functions.
        opened = re.findall(r"\bapp\.(accounts|library|journal|connections|search)\(\)", source)
        opened += re.findall(r"\btable\(&names\.(\w+)\)", source)
        # Parts of the Library table: the answers of other catalogues, and the numbers of cards for whoever opens the accounts.
        is_opened_in_part = "public_books(&" in source or "app.records()" in source or "accounts" in opened
        opened += ["library"] if is_opened_in_part else []
        yield from (f"{table.upper()}_TABLE" for table in opened)


def _variables_name_their_resources(stack, place, variables):
    kinds = {"TABLE": "AWS::DynamoDB::Table", "SECRET": "AWS::SecretsManager::Secret"}
    for variable, value in variables.items():
        stem, _, suffix = variable.rpartition("_")
        target = f"{stem.capitalize()}{suffix.capitalize()}"
        if variable.startswith("AWS_ENDPOINT_URL_"):
            if value != NO_VALUE:
                yield f"{place}: {variable} is for laptops and should be !Ref AWS::NoValue"
        elif suffix in kinds and (value != {"Ref": target} or stack.kind(target) != kinds[suffix]):
            yield f"{place}: {variable} should be !Ref {target}"
