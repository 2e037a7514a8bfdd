"""MiniStack: AWS on loopback. It runs the functions' own binaries as processes, and enforces their roles."""

import contextlib
import datetime
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from tools import installed

REGION = "us-east-1"
START_SECONDS = 60


class Emulator:
    """A running MiniStack."""

    def __init__(self, port, folder):
        self.address, self.url, self.log = f"127.0.0.1:{port}", f"http://127.0.0.1:{port}", folder / "log"
        # Nothing of this machine's credentials.
        self.environment = {
            "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION, "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_CONFIG_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip

    def client(self, service):
        """A client of boto3 for one of its services."""
        import boto3

        return boto3.client(service, endpoint_url=self.url, region_name=REGION,
                            aws_access_key_id="test", aws_secret_access_key="test")

    def mails(self, to):
        """The mails that were sent to an address, the newest last."""
        with urllib.request.urlopen(f"{self.url}/_ministack/ses/messages") as answer:
            accounts = json.load(answer)["messages"]
        return [mail for mails in accounts.values() for mail in mails if mail["To"] == [to]]

    def refused(self, since=0):
        """The lines, from a time in milliseconds, in which a policy refused a call. Functions log to CloudWatch, but for those that
        ended before they answered: MiniStack's own log has their last words."""
        logs = self.client("logs")
        pages = logs.get_paginator("describe_log_groups").paginate()
        groups = [group["logGroupName"] for page in pages for group in page["logGroups"]]
        events = [event["message"] for group in groups
                  for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
                  for event in page["events"]]
        began = [line for line in self.log.read_text(errors="replace").splitlines() if _milliseconds(line) >= since]
        return [line for line in began + events if "AccessDenied" in line]


def _milliseconds(line):
    """The time at the start of a line of MiniStack's log, or 0."""
    with contextlib.suppress(ValueError):
        return datetime.datetime.fromisoformat(line[:19]).timestamp() * 1000 + 999
    return 0


@contextlib.contextmanager
def running(folder):
    """Starts MiniStack on a free port. It ends with the `with`."""
    tools = installed("ministack")
    folder.mkdir(parents=True)
    (folder / "tmp").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    emulator = Emulator(port, folder)
    # No listener but the one, and no Docker.
    environment = emulator.environment | {
        "PATH": f"{tools / 'bin'}:/usr/bin:/bin", "HOME": str(folder), "TMPDIR": str(folder / "tmp"), "AUTH": "true",
        "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "MINISTACK_HOST": "localhost", "LOG_LEVEL": "INFO",
        # As in AWS. By default it depends on the free memory of the machine.
        "LAMBDA_ACCOUNT_CONCURRENCY": "1000",
        "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0", "LAMBDA_EXECUTOR": "local", "DOCKER_HOST": "unix:///nowhere",
    }  # fmt: skip
    program = pathlib.Path(__file__).with_name("streams.py")
    with open(emulator.log, "wb") as log:
        process = subprocess.Popen([tools / "bin" / "python", program], cwd=folder, env=environment, stdout=log,
                                   stderr=subprocess.STDOUT, start_new_session=True)
    try:
        wait_for(emulator)
        yield emulator
    finally:
        # The functions' processes are of its group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(emulator):
    for _ in range(START_SECONDS * 5):
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"{emulator.url}/_ministack/health").read()
        time.sleep(0.2)
    sys.exit(f"{emulator.log.read_text()}\nMiniStack did not start")
