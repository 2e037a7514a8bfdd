"""Programs of PyPI that the checks need, in an environment of their own under target/: nothing else on the machine changes."""

import hashlib
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def with_tools(name):
    """Starts this program again with what tests/requirements/<name>.txt lists, in its Python and first on its PATH.

    The first run installs it into target/tools-<name>, and so does the first one after the list has changed; other runs need
    no network.
    """
    tools = ROOT / "target" / f"tools-{name}"
    if pathlib.Path(sys.prefix).resolve() == tools.resolve():
        return
    wanted = ROOT / "tests" / "requirements" / f"{name}.txt"
    mark = hashlib.sha256(wanted.read_bytes()).hexdigest()
    installed = tools / "installed"
    if not installed.exists() or installed.read_text() != mark:
        print(f"installing {wanted.relative_to(ROOT)} into {tools.relative_to(ROOT)} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", tools], check=True)
        subprocess.run([tools / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted], check=True)
        installed.write_text(mark)
    python = tools / "bin" / "python"
    # Neither what PYTHONPATH names, nor compiled files beside the sources.
    environment = os.environ | {"PATH": f"{tools / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    os.execve(python, [str(python), *sys.argv], environment)
