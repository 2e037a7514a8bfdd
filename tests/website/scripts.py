"""Checks the website's scripts as they are written: format, lints and types."""

import hashlib
import os
import shutil
import subprocess
import sys

from tools import ROOT

HERE = ROOT / "tests" / "website"
WEB = ROOT / "functions" / "web" / "web"
TARGET = ROOT / "target" / "website"


def packages():
    """Installs what package-lock.json lists, if it has changed since. Later runs need no network."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in ["package.json", "package-lock.json", "biome.json", "tsconfig.json"]:
        shutil.copy(HERE / name, TARGET)
    installed, mark = TARGET / "installed", hashlib.sha256((TARGET / "package-lock.json").read_bytes()).hexdigest()
    if not installed.exists() or installed.read_text() != mark:
        print("installing tests/website/package-lock.json …", flush=True)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        subprocess.run(command, cwd=TARGET, check=True)
        installed.write_text(mark)


def run(name, *command):
    done = subprocess.run(command, cwd=TARGET, env=os.environ | {"NO_COLOR": "1"}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nwebsite: {name} fails")
    print(f"website: {name}", flush=True)


def check():
    packages()
    shutil.rmtree(TARGET / "web", ignore_errors=True)
    shutil.copytree(WEB, TARGET / "web")
    for library in ["preact-signals", "ean13", "qr"]:
        shutil.copy(HERE / f"{library}.d.ts", TARGET / "web" / "vendor")
    tools = TARGET / "node_modules" / ".bin"
    run("biome finds nothing", tools / "biome", "check", "--error-on-warnings", "web")
    run("tsc --strict accepts the scripts", tools / "tsc", "-p", ".")
