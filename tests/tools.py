"""Programs of PyPI that the checks need, in an environment of their own under target/: nothing else on the machine changes."""

import hashlib
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def installed(name):
    """The environment with what tests/requirements/<name>.txt lists: target/tools-<name>.

    The first run installs it, and so does the first one after the list has changed; other runs need no network.
    """
    tools = ROOT / "target" / f"tools-{name}"
    wanted = ROOT / "tests" / "requirements" / f"{name}.txt"
    mark, mark_file = hashlib.sha256(wanted.read_bytes()).hexdigest(), tools / "installed"
    if not mark_file.exists() or mark_file.read_text() != mark:
        print(f"installing {wanted.relative_to(ROOT)} into {tools.relative_to(ROOT)} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", tools], check=True)
        subprocess.run([tools / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted], check=True)
        mark_file.write_text(mark)
    return tools


def with_tools(name):
    """Starts this program again with what tests/requirements/<name>.txt lists, in its Python and first on its PATH."""
    tools = ROOT / "target" / f"tools-{name}"
    if pathlib.Path(sys.prefix).resolve() == tools.resolve():
        return
    python = installed(name) / "bin" / "python"
    # Neither what PYTHONPATH names, nor compiled files beside the sources.
    environment = os.environ | {"PATH": f"{tools / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    os.execve(python, [str(python), *sys.argv], environment)
