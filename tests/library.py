"""A library of a check's own."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Library:
    """`cargo run -p local`, in memory, on ports that are free. Ends with the `with` that it is in."""

    def __init__(self, *flags):
        self.flags, self.url = flags, None

    def __enter__(self):
        command = ["cargo", "run", "--quiet", "--package", "local", "--"]
        command += ["--memory", "--port", "0", "--dynamodb-port", "0", *self.flags]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        start_new_session=True)
        for line in self.process.stdout:
            self.url = self.url or next(iter(re.findall(r"^\s+API\s+(\S+)", line)), None)
            if "closes the library" in line:
                return self
        sys.exit("the library did not open")

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def get(self, path):
        return json.load(urllib.request.urlopen(self.url + path))

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request))
