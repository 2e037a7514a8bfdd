#!/usr/bin/env python3
"""Draws docs/pictures/terminal.svg: a session in a terminal, run on a library in memory.

Starts `cargo run -p local -- --memory`, runs the commands below with bash and curl, and draws what they print as text, in light
and dark. Ids, tokens and times are replaced by "…", so that the picture changes only when the library does. With --check it
fails where the picture is not the one that would be drawn.
"""

import html
import pathlib
import re
import subprocess
import sys
import tempfile

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(1, str(ROOT / "tests"))

from library import Library

PICTURE = HERE / "terminal.svg"
ORIGIN = "http://127.0.0.1:9000"
COLUMNS, CELL, LINE, MARGIN, BAR = 96, 8.4, 20, 20, 38

# What separates the outputs of two commands.
END = "--- end of output ---"

BANNER = f"""\
  Carrel is open.

  API        {ORIGIN}/v1
  Docs       {ORIGIN}/v1/docs
  Mailbox    {ORIGIN}/dev/mail   (no letter leaves this machine)"""

COMMANDS = [
    f"B={ORIGIN}/v1; J='Content-Type: application/json'",
    """field() { grep -o "\\"$1\\":\\"[^\\"]*\\"" | head -1 | cut -d '"' -f 4; }""",
    'curl -s "$B/books?titlePrefix=les%20mis&limit=1" | tee book',
    "BOOK=$(field id < book)",
    """curl -s "$B/auth/register" -H "$J" \\
    -d '{"username": "jane", "password": "correct horse battery"}' | tee jane""",
    """curl -s "$B/auth/register" -H "$J" \\
    -d '{"username": "joe", "password": "correct horse battery"}' > joe""",
    'JANE="Authorization: Bearer $(field accessToken < jane)"',
    'JOE="Authorization: Bearer $(field accessToken < joe)"',
    'curl -s "$B/books/$BOOK/reservations" -X POST -H "$JANE"',
    'curl -s "$B/books/$BOOK/reservations" -X POST -H "$JOE"',
]

# Light, dark.
COLOURS = {
    "back": ("#fbfaf7", "#16181d"),
    "edge": ("#d9d4c9", "#31353f"),
    "text": ("#2b2a27", "#d7d9de"),
    "dim": ("#6f6a60", "#9097a3"),
    "prompt": ("#2f6b3c", "#86c994"),
    "name": ("#1f5a8c", "#82b6e8"),
    "string": ("#8a4a12", "#e5b27d"),
    "number": ("#7a3480", "#d3a1dc"),
}


def session():
    """Runs the commands, and returns the lines of the terminal, each a list of (class, text)."""
    lines = [[("prompt", "$ "), ("text", "cargo run -p local")]]
    lines += [[("dim", line)] for line in BANNER.splitlines()] + [[]]
    with Library() as library, tempfile.TemporaryDirectory() as folder:
        origin = library.url.removesuffix("/v1")
        script = f"\necho '{END}'\n".join(COMMANDS).replace(ORIGIN, origin)
        done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    for command, printed in zip(COMMANDS, done.stdout.split(END), strict=True):
        first, *rest = command.splitlines()
        lines += wrapped([("prompt", "$ "), ("text", first)]) + [[("text", line)] for line in rest]
        lines += wrapped(coloured(neutral(printed.replace(origin, ORIGIN).strip())))
    return lines


def neutral(text):
    """The text without what differs from run to run."""
    text = re.sub(r'"(id|owner|reader|accessToken|refreshToken|\w+At|\w+Until)":"[^"]*"', r'"\1":"…"', text)
    if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text):
        sys.exit(f"an id would be in the picture: {text}")
    return text


def coloured(text):
    """JSON in colours: names, strings, numbers."""
    pattern = r'(?P<name>"\w+")(?=:)|(?P<string>"[^"]*")|(?P<number>\b\d+\b|true|false)|(?P<text>[^"\dtf]+|.)'
    return [(it.lastgroup, it[0]) for it in re.finditer(pattern, text)]


def wrapped(spans):
    """Lines of at most COLUMNS characters, as a terminal breaks them."""
    lines, width = [[]], 0
    for kind, text in spans:
        while text:
            part, text = text[: COLUMNS - width], text[COLUMNS - width :]
            lines[-1].append((kind, part))
            width += len(part)
            if width == COLUMNS and text:
                lines.append([])
                width = 0
        if width == COLUMNS:
            lines.append([])
            width = 0
    return [line for line in lines if line]


def drawn(lines):
    """The lines as an SVG."""
    width, height = 2 * MARGIN + COLUMNS * CELL, BAR + len(lines) * LINE + MARGIN
    light, dark = ("".join(f"--{name}:{pair[which]};" for name, pair in COLOURS.items()) for which in (0, 1))
    classes = "".join(f".{name}{{fill:var(--{name})}}" for name in COLOURS if name not in ("back", "edge"))
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img">',
        "<title>A session with Carrel in a terminal</title>",
        f"<style>:root{{{light}}}@media (prefers-color-scheme: dark){{:root{{{dark}}}}}",
        'text{font:14px ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}',
        f"{classes}</style>",
        f'<rect x=".5" y=".5" width="{width - 1:g}" height="{height - 1:g}" rx="10" fill="var(--back)" stroke="var(--edge)"/>',
    ]
    svg += [f'<circle cx="{MARGIN + 18 * dot}" cy="19" r="5.5" fill="var(--edge)"/>' for dot in range(3)]
    for number, line in enumerate(lines):
        column, spans = 0, []
        for kind, text in merged(line):
            # Each span at its own column, whatever font is there.
            spans.append(f'<tspan class="{kind}" x="{MARGIN + column * CELL:g}">{html.escape(text, quote=False)}</tspan>')
            column += len(text)
        if spans:
            svg.append(f'<text xml:space="preserve" y="{BAR + LINE * number + 14}">{"".join(spans)}</text>')
    return "\n".join(svg) + "\n</svg>\n"


def merged(spans):
    """Neighbours of the same class as one."""
    result = []
    for kind, text in spans:
        if result and result[-1][0] == kind:
            result[-1] = (kind, result[-1][1] + text)
        else:
            result.append((kind, text))
    return result


def main():
    picture = drawn(session())
    if "--check" not in sys.argv:
        PICTURE.write_text(picture)
    elif not PICTURE.exists() or PICTURE.read_text() != picture:
        sys.exit(f"{PICTURE.relative_to(ROOT)} is out of date: python3 {pathlib.Path(__file__).resolve().relative_to(ROOT)}")
    print(f"{PICTURE.relative_to(ROOT)}: as the library answers")


if __name__ == "__main__":
    main()
