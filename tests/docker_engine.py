"""A Docker engine that ends with the program that needs it, for machines on which none runs."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

START_SECONDS = 60


def answers():
    """Whether an engine answers."""
    return subprocess.run(["docker", "version"], capture_output=True).returncode == 0 if shutil.which("docker") else False


@contextlib.contextmanager
def started():
    """An engine of its own, where none answers. Wants root, on Linux; installs with apt what is missing."""
    if answers():
        yield
        return
    needed = {"dockerd": "docker.io", "docker": "docker.io", "busybox": "busybox-static"}
    missing = {package for program, package in needed.items() if not shutil.which(program)}
    if missing and not shutil.which("apt-get"):
        sys.exit("no Docker engine answers, and none can be installed here: one has to be started by hand")
    if missing:
        print(f"installing {', '.join(sorted(missing))} …", flush=True)
        # Not to start it as a service as well.
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *sorted(missing)]):
            done = subprocess.run(["apt-get", *command], env=environment, capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{done.stdout}{done.stderr}\napt-get {command[0]} failed; a Docker engine has to be started by hand")

    # Its socket's path may have a hundred characters, and a clone's may be longer.
    with tempfile.TemporaryDirectory(prefix="docker-", ignore_cleanup_errors=True) as folder:
        state = pathlib.Path(folder)
        os.environ["DOCKER_HOST"] = f"unix://{state}/socket"
        command = ["dockerd", "--host", os.environ["DOCKER_HOST"], "--pidfile", state / "pid"]
        command += ["--data-root", state / "data", "--exec-root", state / "run"]
        # What runs in its containers talks to this machine alone, over the bridge: no rule of a firewall is touched.
        command += ["--iptables=false", "--ip6tables=false"]
        with open(state / "log", "w") as log:
            engine = subprocess.Popen([str(word) for word in command], stdout=log, stderr=subprocess.STDOUT)
        try:
            for _ in range(START_SECONDS * 10):
                if answers():
                    break
                if engine.poll() is not None:
                    sys.exit(f"{(state / 'log').read_text()}\nthe Docker engine should have started")
                time.sleep(0.1)
            else:
                sys.exit(f"{(state / 'log').read_text()}\nthe Docker engine took too long to start")
            yield
        finally:
            engine.terminate()
            engine.wait()


def stand_in(image, binaries):
    """Stands in for Lambda's image where its registry cannot be reached: a shell, and the libraries that `binaries` are linked to.

    Enough for a function that is linked to little more than the C library; it is this machine's, so what was built here runs.
    """
    libraries = set()
    for binary in binaries:
        lines = subprocess.run(["ldd", binary], check=True, capture_output=True, text=True).stdout.splitlines()
        libraries |= {word for line in lines for word in line.split() if word.startswith("/")}

    command = ["docker", "import", "--change", "WORKDIR /var/task", "--change", "ENV PATH=/bin LAMBDA_TASK_ROOT=/var/task"]
    # The SAM CLI puts Lambda's runtime interface emulator there.
    command += ["--change", 'ENTRYPOINT ["/var/rapid/aws-lambda-rie"]', "-", image]
    importing = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    with tarfile.open(fileobj=importing.stdin, mode="w|") as files:
        for name in ["tmp", "var/task", "var/rapid", "var/runtime", "opt"]:
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            files.addfile(folder)
        files.add(os.path.realpath(shutil.which("busybox")), "bin/busybox")
        # What the SAM CLI runs while it makes its own image of this one.
        for name in ["sh", "mv", "chmod"]:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            files.addfile(link)
        for library in sorted(libraries):
            files.add(os.path.realpath(library), library)
    importing.stdin.close()
    if importing.wait():
        sys.exit(f"docker import of {image} failed")
