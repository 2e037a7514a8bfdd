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
    """`cargo run -p local`, on ports that are free, in memory or with a folder of data. Ends with the `with` that it is in."""

    def __init__(self, *flags, data=None):
        self.flags, self.data, self.url, self.port = flags, data, None, 0

    def __enter__(self):
        command = ["cargo", "run", "--quiet", "--package", "local", "--"]
        command += ["--data", str(self.data)] if self.data else ["--memory"]
        command += ["--port", str(self.port), "--dynamodb-port", "0", *self.flags]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        start_new_session=True)
        for line in self.process.stdout:
            self.url = self.url or next(iter(re.findall(r"^\s+API\s+(\S+)", line)), None)
            if "closes the library" in line:
                return self
        sys.exit("the library did not open")

    def kill(self):
        """Ends it as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        # Whoever opens it again finds it at the same address.
        self.port = int(self.url.split(":")[2].split("/")[0])

    def __exit__(self, *_):
        self.kill()

    def get(self, path):
        return json.load(urllib.request.urlopen(self.url + path))

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request))
