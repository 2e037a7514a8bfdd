#!/usr/bin/env python3
"""The whole stack, deployed by `sam deploy` to MiniStack on this machine: functions as processes, roles enforced.

Deploys, makes the librarian by the letter's link, walks, watches a monitor, runs every story that can run against a URL, takes an
action from a role and sees it noticed, updates the stack by changed parameters, and deletes it. No policy may have refused a call.
`--roles [FUNCTION…]` takes every action from every role, one after the other. The functions are built by `cargo build`, for this
machine's processor.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from tools import with_tools

with_tools("sam")

from stack import emulator, gateway, roles, stories, template
from stack.api import PASSWORD, Person, Wrong, reader
from stack.walk import walk

ROOT = pathlib.Path(__file__).resolve().parent.parent
STACK = "carrel-dev"
ADMIN = "admin@library.example"
ORIGINS = ("https://one.library.example", "https://two.library.example")
STARTED = time.monotonic()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--roles", nargs="*", metavar="FUNCTION", help="take every action from every role, or from these")
    arguments = arguments.parse_args()
    binaries, program = built()
    say("built")
    with tempfile.TemporaryDirectory() as folder, emulator.running(pathlib.Path(folder) / "state") as running:
        stack = Deployed(running, binaries, pathlib.Path(folder) / "build")
        try:
            if arguments.roles is None:
                check(stack, program)
            else:
                check_roles(stack, program, set(arguments.roles))
        except Wrong as wrong:
            keep(running)
            sys.exit(f"deployed: {wrong}")


def say(what):
    print(f"deployed: {what} after {time.monotonic() - STARTED:.0f} s", flush=True)


def keep(running):
    """Leaves MiniStack's log, with the functions' logs in it, where it outlives this program."""
    kept = ROOT / "target" / "deployed.log"
    shutil.copy(running.log, kept)
    print(f"deployed: the log is {kept.relative_to(ROOT)}", flush=True)


def built():
    """Builds the functions, the monitor and the stories. Returns the folder of the first two, and the stories' program."""
    environment = os.environ | {"CARGO_TERM_COLOR": "never"}
    # As `cargo test --workspace` builds them: with another choice of packages, most is compiled anew. As they ship,
    # `sam_local.py` builds them.
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--workspace", "--all-targets"], cwd=ROOT, env=environment, check=True)
    command = ["cargo", "test", "--quiet", "--locked", "--workspace", "--no-run", "--message-format=json"]
    lines = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    manifest = str(ROOT / "tests" / "Cargo.toml")
    [program] = {it["executable"] for it in map(json.loads, lines.splitlines())
                 if it.get("executable") and it["manifest_path"] == manifest and it["target"]["name"] == "it"}
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug", program


class Deployed:
    """The stack, deployed with one set of parameters after another."""

    def __init__(self, running, binaries, folder):
        self.running, self.monitor = running, binaries / "local"
        self.template = template.prepared(binaries, running, folder)
        self.url = self.key = self.librarian = None

    def sam(self, *command):
        environment = os.environ | self.running.environment | {"SAM_CLI_TELEMETRY": "0"}
        done = subprocess.run(["sam", *command], cwd=self.template.parent, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise Wrong(f"sam {command[0]} failed\n{done.stdout[-4000:]}{done.stderr[-4000:]}")

    def deploy(self, **parameters):
        parameters = {"MailSender": "library@dev.library.example", "SiteUrl": ORIGINS[0], "AdminEmail": ADMIN,
                      "LibraryAddresses": "127.0.0.0/8", "Loans": "members",
                      # The stories ask faster than readers.
                      "WebsiteRate": "1000", "ApiRate": "2000"} | parameters
        overrides = [f"{name}={value}" for name, value in parameters.items()]
        self.sam("deploy", "--template-file", self.template, "--config-file", ROOT / "samconfig.toml", "--no-confirm-changeset",
                 "--no-progressbar", "--parameter-overrides", *overrides)
        self.url = gateway.completed(self.running, STACK)
        key = self.running.client("apigateway").get_api_key(apiKey=self.output("WebsiteKeyId"), includeValue=True)
        self.key = key["value"]

    def output(self, name):
        stacks = self.running.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return next(it["OutputValue"] for it in stacks[0]["Outputs"] if it["OutputKey"] == name)

    def resources(self, kind):
        summary = self.running.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        return {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in summary if it["ResourceType"] == kind}

    def stranger(self):
        return Person(self.url, self.key)

    def dispatch(self, event):
        function = self.resources("AWS::Lambda::Function")["DispatchFunction"]
        answer = self.running.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        if answer.get("FunctionError"):
            raise Wrong(f"dispatch answered {answer['Payload'].read()[:400]!r}")

    def walk(self):
        # Stories sign the librarian in, too, and only the last ten sessions live.
        self.librarian = self.stranger().signed_in(ADMIN)
        walk(self.stranger(), self.librarian, self.running, self.monitor, self.dispatch)

    def stories(self):
        """The environment in which stories run against it."""
        return {"BASE_URL": self.url, "API_KEY": self.key, "ADMIN_EMAIL": ADMIN, "ADMIN_PASSWORD": "correct horse battery"}

    def make_librarian(self):
        self.librarian = reader(self.stranger(), self.running, ADMIN)
        if self.librarian.get("/users/me").expect(200).json().get("role") != "admin":
            raise Wrong("the owner of AdminEmail did not become a librarian")


def begin(stack):
    stack.deploy(AllowedOrigins=",".join(ORIGINS[:1]))
    say("deployed")
    stack.make_librarian()
    stack.walk()
    say("walked")


def no_call_was_refused(stack, since=0):
    refused = stack.running.refused(since)
    if refused:
        raise Wrong("a policy refused a call:\n" + "\n".join(line[:400] for line in refused[:10]))


def check(stack, program):
    begin(stack)
    faults = list(stories.faults(program, stack.stories()))
    if faults:
        raise Wrong("\n".join(faults))
    no_call_was_refused(stack)
    say("stories ran")
    # Nobody watches in vain: a monitor that is told nothing is silent, not broken.
    faults = list(unnoticed(stack, program, "DispatchFunction", "execute-api:ManageConnections"))
    if faults:
        raise Wrong("\n".join(faults))
    say("a narrow role was noticed")
    check_update(stack)
    say("updated")
    check_deletion(stack)
    say("deleted")


def check_update(stack):
    """Changed parameters reach the functions, and the logs."""
    stranger = stack.stranger()
    stranger.get("/books?limit=1").expect(200)
    book = stack.librarian.signed_in(ADMIN).get("/books?limit=1").expect(200)["items"][0]["id"]
    stack.deploy(AllowedOrigins=",".join(ORIGINS), CatalogReads="members", Loans="verified", LogDays="14")
    stranger.get("/books?limit=1").expect(401, "unauthenticated")
    stranger.post("/auth/register", {"email": "newcomer@library.example", "password": PASSWORD}).expect(201)
    stranger.signed_in("newcomer@library.example").post(f"/books/{book}/reservations").expect(403, "forbidden")
    stack.librarian.signed_in(ADMIN).get("/books?limit=1").expect(200)
    for group in stack.running.client("logs").describe_log_groups(logGroupNamePrefix=f"{STACK}/")["logGroups"]:
        if group.get("retentionInDays") != 14:
            raise Wrong(f"the update left {group['logGroupName']} with {group.get('retentionInDays')} days")


def check_deletion(stack):
    """Everything goes but what is kept on purpose."""
    tables = stack.resources("AWS::DynamoDB::Table").values()
    stack.sam("delete", "--stack-name", STACK, "--no-prompts", "--region", emulator.REGION)
    left = stack.running.client("lambda").list_functions()["Functions"]
    if left:
        raise Wrong(f"the deletion left {[it['FunctionName'] for it in left]}")
    missing = set(tables) - set(stack.running.client("dynamodb").list_tables()["TableNames"])
    if missing:
        raise Wrong(f"the deletion took the tables {missing}")


def unnoticed(stack, program, function, action):
    """Takes each action of that beginning from a function's role. Yields each that nothing notices."""
    for owner, role, name, document in roles.policies(stack.running, STACK):
        for what, narrow in roles.narrowed(owner, document):
            if owner == function and what.startswith(action):
                since = round(time.time() * 1000)
                with roles.with_policy(stack.running, role, name, document, narrow):
                    how = noticed(stack, program, since)
                say(f"{owner} without {what}: {(how or 'NOTHING NOTICED IT')[:160]}")
                if not how:
                    yield f"{owner} without {what}: nothing noticed it"
    # It was the role, and nothing else. What had begun to start without an action may still have to end.
    for tries_left in reversed(range(3)):
        try:
            return stack.walk()
        except Wrong:
            if not tries_left:
                raise


def noticed(stack, program, since):
    """How it shows that a role is too narrow: in the walk, or else in a story."""
    try:
        stack.walk()
    except Wrong as wrong:
        if " 429 " in str(wrong):
            raise  # It came too often, whatever its role.
        return str(wrong).splitlines()[0]
    refused = stack.running.refused(since)
    if not refused:
        stories.run(program, stories.of_urls(), stack.stories())
        refused = stack.running.refused(since)
    return refused[0] if refused else None


def check_roles(stack, program, functions):
    begin(stack)
    faults = []
    for function in sorted({it[0] for it in roles.policies(stack.running, STACK)}):
        if not functions or function in functions:
            faults += unnoticed(stack, program, function, "")
    if faults:
        raise Wrong("\n".join(faults))
    print("deployed: every role that was too narrow was noticed")


if __name__ == "__main__":
    main()
