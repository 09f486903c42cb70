# SPDX-License-Identifier: GPL-2.0-or-later
"""The patches as the build made them, once for all tests, and what is in them."""
import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("BUILD", ROOT / "build")) / "patches"
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$")


def hunks(text):
    """(path, old start, new start, lines) of every hunk; raises ValueError where it is unsound."""
    path, lines, at = None, text.split("\n"), 0
    while at < len(lines):
        if lines[at].startswith("+++ b/"):
            path = lines[at][6:]
        match = HUNK.match(lines[at])
        at += 1
        if not match:
            continue
        old, new = (int(match.group(i) or 1) for i in (2, 4))
        body = []
        while old > 0 or new > 0:
            kind = lines[at][:1]
            if kind not in (" ", "+", "-"):
                raise ValueError(f"{path}: line {at + 1} is in no hunk")
            old, new = old - (kind in " -"), new - (kind in " +")
            body.append(lines[at])
            at += 1
        if old or new or lines[at][:1] in (" ", "+"):
            raise ValueError(f"{path}: the counts of a hunk are wrong before line {at + 1}")
        yield path, int(match.group(1)), int(match.group(3)), body


def new_files(release):
    """{path in flashrom's tree: text} of what the patch of the driver for @release adds."""
    text = (FOLDER / f"flashrom-{release}.patch").read_text(encoding="utf-8")
    return {path: "".join(line[1:] + "\n" for line in body)
            for path, old_start, _, body in hunks(text) if old_start == 0}
