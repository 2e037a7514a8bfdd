#!/usr/bin/env python3
"""Makes books of the Library of Congress's records that pymarc's source archive ships: `target/search/loc.jsonl`.

250,000 records of 2016, in some hundred languages; one book a line, for `cargo run -p bench -- search --books`.
"""

import json
import pathlib
import re
import subprocess
import sys
import tarfile

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "target" / "search"
ARCHIVE = "pymarc-5.4.0.tar.gz"
RECORDS = "BooksAll.2016.part01.utf8"
AUTHORS = ("100", "110", "111", "700", "710")
SUBJECTS = ("600", "610", "650", "651")


def fields(record):
    """The fields of a record in MARC 21: its tag, and its text."""
    base = int(record[12:17])
    for at in range(24, base - 1, 12):
        length, start = int(record[at + 3:at + 7]), int(record[at + 7:at + 12])
        yield record[at:at + 3].decode(), record[base + start:base + start + length - 1].decode("utf-8", "replace")


def subfields(text, codes):
    return " ".join(part[1:] for part in text.split("\x1f")[1:] if part[:1] in codes)


def tidy(text, most):
    return re.sub(r"\s+", " ", text).strip(" /:;,.=")[:most].strip()


def book(record):
    title, author, subjects, year, language = "", "", [], None, None
    for tag, text in fields(record):
        if tag == "008":
            year, language = text[7:11], text[35:38].strip()
        elif tag == "245" and not title:
            title = tidy(subfields(text, "abnp"), 200)
        elif tag in AUTHORS and not author:
            author = tidy(subfields(text, "aq"), 200)
        elif tag in SUBJECTS and len(subjects) < 20:
            subjects.append(tidy(subfields(text, "ax"), 100))
    made = {"title": title, "author": author or "Unknown", "subjects": list(dict.fromkeys(filter(None, subjects)))}
    made |= {"year": int(year)} if year and year.isdigit() and int(year) > 0 else {}
    made |= {"language": language} if language and language.isalpha() else {}
    return made


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (FOLDER / ARCHIVE).exists():
        fetch = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", FOLDER, "pymarc==5.4.0"]
        subprocess.run([sys.executable, "-m", "pip", *fetch], check=True)
    with tarfile.open(FOLDER / ARCHIVE) as archive:
        name = next(name for name in archive.getnames() if name.endswith(RECORDS))
        records = archive.extractfile(name).read().split(b"\x1d")
    count = 0
    with open(FOLDER / "loc.jsonl", "w", encoding="utf-8") as lines:
        for record in records:
            made = book(record.lstrip(b"\r\n ")) if len(record) > 24 else {}
            if made.get("title"):
                lines.write(json.dumps(made, ensure_ascii=False) + "\n")
                count += 1
    print(f"{count} books in {FOLDER / 'loc.jsonl'}")


if __name__ == "__main__":
    main()
