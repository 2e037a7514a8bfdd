#!/usr/bin/env python3
"""Checks GitHub's workflows: with zizmor, which knows the usual ways in, and with rules of our own about deployments.

Each rule is broken once by a wrong edit, which must be named.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

sys.dont_write_bytecode = True

import deployable
from tools import with_tools

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".github" / "workflows"
# What may run where the role of a deployment can be had: GitHub's and AWS's actions, an archive, the SAM CLI from wheels.
TRUSTED = re.compile(r"^(actions|aws-actions)/")
COMMANDS = re.compile(r"^(tar|grep|python3 -m venv|\"\$RUNNER_TEMP/tools/bin/(sam\" deploy|pip\" install .*--only-binary :all:))")


def aw6_only_what_deploys_can_ask_for_the_role(workflow):
    for name, job in workflow["jobs"].items():
        may = permissions(workflow, job)
        if may.get("id-token") != "write":
            continue
        if "environment" not in job:
            yield f"{name}: it may ask for a role, so it should be of an environment"
        if not {"contents", "packages", "actions"}.isdisjoint(may):
            yield f"{name}: it may ask for a role, and for {', '.join(may)}"
        for step in job["steps"]:
            if "uses" in step and (not TRUSTED.match(step["uses"]) or "checkout" in step["uses"]):
                yield f"{name}: {step['uses']} can ask for the role"
            for command in step.get("run", "").splitlines():
                if command and not COMMANDS.match(command.strip()):
                    yield f"{name}: `{command.strip()}` can ask for the role"


def aw6_a_deployment_is_checked_first(workflow):
    jobs = workflow["jobs"]
    for name, job in jobs.items():
        if not any("sam\" deploy" in step.get("run", "") for step in job.get("steps", [])):
            continue
        before, wanted = set(), [name]
        while wanted:
            needs = jobs[wanted.pop()].get("needs", [])
            needs = [needs] if isinstance(needs, str) else needs
            wanted += set(needs) - before
            before |= set(needs)
        if not any(jobs[it].get("uses", "").endswith("/check.yml") for it in before):
            yield f"{name}: it should need the checks"
        runs = [step.get("run", "") for it in before for step in jobs[it].get("steps", [])]
        if not any("tests/deployable.py" in run for run in runs):
            yield f"{name}: nothing asks tests/deployable.py whether the environment may be deployed"


def permissions(workflow, job):
    may = job.get("permissions", workflow.get("permissions", {}))
    return may if isinstance(may, dict) else {may: may}


RULES = [aw6_only_what_deploys_can_ask_for_the_role, aw6_a_deployment_is_checked_first]

# What is edited in deploy.yml, what stands there instead, and what must be said.
EDITS = [
    ("aw6: a build that may ask for the role", "    timeout-minutes: 60\n    permissions:\n      contents: read\n", "    timeout-minutes: 60\n    permissions:\n      id-token: write\n", "build: `sam build` can ask for the role"),
    ("aw6: a stranger's action beside the role", "      - uses: actions/download-artifact@", "      - uses: somebody/download-artifact@", "can ask for the role"),
    ("aw6: a package that runs code when it is installed", " --only-binary :all:", "", "can ask for the role"),
    ("aw6: a deployment from no environment", "    environment: ${{ inputs.environment || 'prod' }}\n    permissions", "    permissions", "deploy: it may ask for a role, so it should be of an environment"),
    ("aw6: a deployment without checks", "    needs: check\n", "", "deploy: it should need the checks"),
    ("aw6: an example's deployment", '      - run: python3 tests/deployable.py "$ENVIRONMENT"\n', "      - run: 'true'\n", "deploy: nothing asks tests/deployable.py"),
    ("an action that is not pinned", "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "actions/upload-artifact@v7", "unpinned-uses"),
]  # fmt: skip


def problems(folder):
    """Everything that is wrong with the workflows of a folder."""
    import yaml

    for file in sorted(folder.glob("*.yml")):
        workflow = yaml.safe_load(file.read_text())
        for rule in RULES:
            yield from (f"{file.name}, {fault}" for fault in rule(workflow))
    audit = subprocess.run(["zizmor", "--offline", "--no-progress", "--format", "plain", "--min-severity", "medium",
                            *sorted(folder.glob("*.yml"))], capture_output=True, text=True)
    if audit.returncode:
        yield audit.stdout or audit.stderr


def edited(folder, old, new):
    """The workflows, with one edit of deploy.yml."""
    for file in FOLDER.glob("*.yml"):
        text = file.read_text()
        if file.name == "deploy.yml":
            if text.count(old) != 1:
                sys.exit(f"{old!r} should stand in deploy.yml once; bring EDITS up to date")
            text = text.replace(old, new)
        (folder / file.name).write_text(text)
    return folder


def aw6_what_nobody_has_is_not_deployed():
    """The repository's own samconfig.toml is an example; with names of somebody's it may be deployed."""
    text = (ROOT / "samconfig.toml").read_text()
    for environment in ("default", "staging", "prod"):
        if not any("MailSender" in fault for fault in deployable.faults(tomllib.loads(text), environment)):
            yield f"deployable.py lets the example of {environment} through"
    somebodys = tomllib.loads(text.replace("library.example", "library.town").replace("LogDays=90", "AlarmTopic=arn:aws:sns:…"))
    yield from deployable.faults(somebodys, "prod")
    if not any("AlarmTopic" in fault for fault in deployable.faults(somebodys, "staging")):
        yield "deployable.py lets an environment without AlarmTopic through"


def main():
    with_tools("workflows")
    found = [*problems(FOLDER), *aw6_what_nobody_has_is_not_deployed()]
    for what, old, new, said in EDITS:
        with tempfile.TemporaryDirectory() as folder:
            named = list(problems(edited(pathlib.Path(folder), old, new)))
        if not any(said in problem for problem in named):
            found.append(f"{what}: the check should say {said!r}, and said {named or 'nothing'}")
    if found:
        sys.exit("\n".join(found))
    print(f"the workflows are right, and {len(EDITS)} wrong edits were named")


if __name__ == "__main__":
    main()
