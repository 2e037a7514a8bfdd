#!/usr/bin/env python3
"""Every example event, answered by the functions that `sam build` makes, in Lambda's own image.

Each file in events/ goes to its function under `sam local start-lambda`, on the database of `cargo run -p local --
database`, and is answered as tests/it/events.json says. Installs the SAM CLI and cargo-lambda for itself (tools.py). Needs a
Docker engine and fails where none answers, unless SKIP_SAM_LOCAL is 1; --own-engine has it start one. SAM_BUILD_MODE=debug,
which is SAM's, builds in a fraction of the time.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True

import docker_engine
from tools import with_tools

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / ".aws-sam" / "local"
ON_LINUX = sys.platform == "linux"
# The architecture of this machine, in SAM's words: what ships is for arm64, and only that one's CPU runs it.
ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
IMAGE = f"public.ecr.aws/lambda/provided:al2023-{ARCHITECTURE}"
START_SECONDS = 600


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--template", type=pathlib.Path, default=ROOT / "template.yaml")
    arguments.add_argument("--own-engine", action="store_true", help="start a Docker engine where none answers (root, apt)")
    arguments = arguments.parse_args()
    if os.environ.get("SKIP_SAM_LOCAL") == "1":
        print("sam local: skipped, as SKIP_SAM_LOCAL says")
        return
    with_tools("sam")
    with docker_engine.started() if arguments.own_engine else contextlib.nullcontext():
        if not docker_engine.answers():
            sys.exit("sam local: no Docker engine answers. Start one, or skip this with SKIP_SAM_LOCAL=1.")
        check(arguments.template, arguments.own_engine)


def check(template, without_registry):
    started = time.monotonic()
    WORK.mkdir(parents=True, exist_ok=True)
    built = build(template)
    print(f"sam local: built for {ARCHITECTURE} in {time.monotonic() - started:.0f} s", flush=True)
    if without_registry and not has_image():
        docker_engine.stand_in(IMAGE, built.parent.glob("*/bootstrap"))
        print(f"sam local: {IMAGE} cannot be reached; this machine's libraries stand in for it", flush=True)
    with database() as environment, functions(built, environment) as url:
        started = time.monotonic()
        wrong = [name for name, event in events() if not answers(url, name, event)]
        count = len(events())
    print(f"sam local: {count - len(wrong)} of {count} events answered as expected, in {time.monotonic() - started:.0f} s")
    if wrong:
        sys.exit("sam local: wrong answers to " + ", ".join(wrong))


def has_image():
    """Whether Lambda's image is there, or is once it has been pulled."""
    commands = (["docker", "image", "inspect", IMAGE], ["docker", "pull", IMAGE])
    return any(subprocess.run(command, capture_output=True).returncode == 0 for command in commands)


def build(template):
    """`sam build` of a copy of the template, which differs in the architecture alone."""
    text = template.read_text()
    copy, count = re.subn(r"Architectures: \[arm64\]", f"Architectures: [{ARCHITECTURE}]", text)
    if count != 1:
        sys.exit(f"sam local: {template} says {count} times what it builds for, not once")
    (WORK / "template.yaml").write_text(copy)
    run("sam", "build", "--template", WORK / "template.yaml", "--base-dir", ROOT, "--build-dir", WORK / "build")
    return WORK / "build" / "template.yaml"


def run(*command):
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\nsam local: {command[0]} {command[1]} failed")
    return done.stdout


@contextlib.contextmanager
def process(*command, log, environment=None):
    """A program that ends with this one."""
    with open(WORK / log, "w") as output:
        child = subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | (environment or {}),
        )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM if log.startswith("database") else signal.SIGINT)
        try:
            child.wait(60)
        except subprocess.TimeoutExpired:
            child.kill()


def wait_for(child, log, ready):
    """What `ready` makes of the log, once it makes something of it."""
    for _ in range(START_SECONDS * 10):
        text = (WORK / log).read_text()
        found = ready(text)
        if found:
            return found
        if child.poll() is not None:
            sys.exit(f"{text}\nsam local: this should have started")
        time.sleep(0.1)
    sys.exit(f"{(WORK / log).read_text()}\nsam local: this took too long to start")


@contextlib.contextmanager
def database():
    """A database in memory, and the environment that leads there from inside of a container."""
    address = "127.0.0.1"
    if ON_LINUX:
        # Not every engine tells what it has by default.
        bridge = json.loads(run("docker", "network", "inspect", "bridge"))[0]["IPAM"]["Config"][0]
        address = bridge.get("Gateway") or "172.17.0.1"
    ports = ["--dynamodb-port", 0, "--aws-port", 0]
    command = ["cargo", "run", "--quiet", "-p", "local", "--", "database", "--memory", "--address", address, *ports]
    with process(*command, log="database.log") as child:
        text = wait_for(child, "database.log", lambda text: text if "Ctrl-C" in text else None)
        environment = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
        if not ON_LINUX:
            environment = {name: value.replace(address, "host.docker.internal") for name, value in environment.items()}
        yield environment


@contextlib.contextmanager
def functions(template, environment):
    """Lambda's API, with a container for each function that has been called once."""
    # SAM leaves out, without a word, what the template does not declare.
    declared = template.read_text()
    undeclared = [name for name in environment if name.startswith("AWS_ENDPOINT_") and f"{name}:" not in declared]
    if undeclared:
        sys.exit("sam local: the template declares no " + ", ".join(undeclared))
    (WORK / "environment.json").write_text(json.dumps({"Parameters": environment}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["sam", "local", "start-lambda", "--template", template, "--port", port, "--region", "us-east-1"]
    command += ["--env-vars", WORK / "environment.json", "--warm-containers", "LAZY"]
    if not subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True).returncode:
        command.append("--skip-pull-image")
    # SAM passes its own credentials on, not those of the file.
    credentials = {name: environment[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    with process(*command, log="functions.log", environment=credentials) as child:
        wait_for(child, "functions.log", lambda text: f"Running on http://127.0.0.1:{port}" in text)
        yield f"http://127.0.0.1:{port}/2015-03-31/functions"


def events():
    """Every example event, by name: `books/get`."""
    files = sorted((ROOT / "events").glob("*/*.json"))
    return [(f"{file.parent.name}/{file.stem}", json.loads(file.read_text())) for file in files]


# The SAM CLI takes every answer for text. A picture is bytes, and asked of the function's container itself.
BYTES = {"pictures/get-picture"}
EXPECTED = json.loads((ROOT / "tests" / "it" / "events.json").read_text())


def answers(url, name, event):
    """Whether the event's function answers it as expected. The line says what it did."""
    function = name.split("/")[0].capitalize() + "Function"
    if event.get("body"):
        # All events meet the same library, and nobody in it should have registered before.
        event["body"] = event["body"].replace("jane", "jane" + re.sub("[^a-z]", "", name))
    asked = f"{container(function)}/function" if name in BYTES else f"{url}/{function}"
    request = urllib.request.Request(f"{asked}/invocations", json.dumps(event).encode())
    started = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=START_SECONDS) as response:
            answer = response.read()
    except urllib.error.HTTPError as problem:
        answer = problem.read()
    except OSError as problem:
        answer = str(problem).encode()
    milliseconds = (time.monotonic() - started) * 1000
    answered, expected = summary(answer, event), EXPECTED.get(name, EXPECTED["*"])
    right = answered == expected
    print(f"  {'ok   ' if right else 'WRONG'} {name:28} {json.dumps(answered)} {milliseconds:.0f} ms", flush=True)
    if not right:
        print(f"        expected {json.dumps(expected)}, got {answer[:2000]!r}", flush=True)
    return right


def container(function):
    """Where Lambda's emulator listens that runs in the container of a function, which other events have started."""
    for one in run("docker", "ps", "--quiet").split():
        about = json.loads(run("docker", "inspect", one))[0]
        if f"AWS_LAMBDA_FUNCTION_NAME={function}" in about["Config"]["Env"]:
            [binding] = [binding[0] for binding in about["NetworkSettings"]["Ports"].values() if binding]
            return f"http://127.0.0.1:{binding['HostPort']}/2015-03-31/functions"
    sys.exit(f"sam local: {function} has no container")


def summary(answer, event):
    """The status and the type of the problem, or the whole answer to what is no API's event."""
    # A streamed answer begins with its head, and eight zeros.
    head, _, body = answer.partition(b"\0" * 8)
    try:
        head = json.loads(head)
    except ValueError:
        return None
    if "httpMethod" not in event or "statusCode" not in head:
        return head
    try:
        kind = json.loads(head.get("body") or body.decode()).get("type")
    except (ValueError, AttributeError):
        kind = None
    return [head["statusCode"], kind] if kind else [head["statusCode"]]


if __name__ == "__main__":
    main()
