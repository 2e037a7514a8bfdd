"""Fetches the test files of pymarc into target/, and reads them: others' records of MARC 21, and what must come of each.

    python3 formats/tests/pymarc.py          the 23 files and 1,515 lines of pymarc 5.3.1
    python3 formats/tests/pymarc.py --loc    also the 250,000 records of the Library of Congress in pymarc 5.4.0 (76 MB)
"""

import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "target/pymarc"


def fetch(version):
    """Returns the folder of the source of a version of pymarc."""
    folder = FOLDER / f"pymarc-{version}"
    if not folder.exists():
        # Not every Python has pip, but every environment of its own has.
        environment = FOLDER / "environment"
        if not environment.exists():
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        pip = [environment / "bin/pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "--dest", FOLDER, f"pymarc=={version}"], check=True)
        with tarfile.open(FOLDER / f"pymarc-{version}.tar.gz") as archive:
            archive.extractall(FOLDER, filter="data")
    return folder


def main():
    fetch("5.3.1")
    test = ["cargo", "test", "--locked", "-p", "formats", "--test", "it", "--", "--ignored", "pymarc"]
    subprocess.run(test, cwd=ROOT, check=True)
    if "--loc" in sys.argv:
        records = fetch("5.4.0") / "BooksAll.2016.part01.utf8"
        rate = ["cargo", "run", "--locked", "--release", "-p", "formats", "--example", "rate", "--", records]
        subprocess.run(rate, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
