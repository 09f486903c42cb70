# SPDX-License-Identifier: GPL-2.0-or-later
"""The series for a release: patches, one per commit, ready to be sent."""
import pathlib
import re

from . import chips, diffs

FOLDER = pathlib.Path(__file__).resolve().parents[1]
PAGE = "doc/supported_hw/supported_prog/beken_spi.rst"


class Release:
    """What differs between releases; hooks/README.md describes the files."""

    def __init__(self, hooks, programmers="", refactor=False, edits=(), known=None):
        self.hooks = hooks              # hooks/beken_spi-HOOKS.diff
        self.programmers = programmers  # where this tree keeps its programmers
        self.refactor = refactor        # whether ch341a_spi is moved onto the shared file
        self.edits = edits              # hooks/NAME.edits, applied in this order
        self.known = known              # known/NAME.txt; None: no chips are added


OLDER = "until-1.7", "until-1.6", "until-1.5", "until-1.4", "until-1.3"
RELEASES = {
    "1.3.0": Release("1.3.0", edits=OLDER, known="1.3.0"),
    "1.4": Release("1.4-1.6", edits=OLDER[:4], known="1.4.0"),
    "1.5": Release("1.4-1.6", edits=OLDER[:3], known="1.5.1"),
    "1.6": Release("1.4-1.6", edits=OLDER[:2], known="1.6.0"),
    "1.7": Release("1.7", "programmers/", edits=OLDER[:1], known="1.7.0"),
    "1.8": Release("1.8", "programmers/", refactor=True, known="1.8.0"),
    "main": Release("1.8", "programmers/", refactor=True, known="1.8.0"),
    "flashprog": Release("flashprog", edits=("until-1.7", "flashprog")),
}

# As git format-patch writes it, for git am. The person who submits it becomes the author.
MAIL = """From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: The flashrom-beken authors <flashrom-beken@invalid.invalid>
Date: Fri, 27 Nov 2026 12:00:00 +0000
Subject: [PATCH {number}/{count}] {subject}

{body}
---
{diff}-- \nflashrom-beken
"""


def read(*names):
    return FOLDER.joinpath(*names).read_text(encoding="utf-8")


def sources(release):
    """{name in driver/: its text for this release}"""
    edits = [edit for name in RELEASES[release].edits
             for edit in diffs.read_edits(read("hooks", f"{name}.edits"))]
    names = sorted(path.name for path in (FOLDER / "driver").iterdir())
    for file, _, _ in edits:
        assert file in names, f"an edit is for {file}, which there is not"
    return {name: diffs.edited(name, read("driver", name), edits) for name in names}


def new_files(release, names):
    """Diffs of the files of driver/ in @names, at the places that this release has for them."""
    texts, made = sources(release), ""
    for name in names:
        place = {"beken_spi.rst": PAGE, "beken_spi_test.c": "tests/beken_spi.c"}.get(
            name, RELEASES[release].programmers + name)
        made += diffs.new_file(place, texts[name])
    return made


def commits(release):
    """[(subject, body, diff)]"""
    this = RELEASES[release]
    usb, driver = ["ch341a_usb.c", "ch341a_usb.h"], ["beken_spi.c"]
    if this.hooks != "flashprog":
        driver.append("beken_spi_test.c")
    if this.hooks not in ("1.3.0", "flashprog"):
        driver.append("beken_spi.rst")
    made = []
    if this.refactor:
        made.append(message("ch341a_usb") + (
            read("hooks", f"ch341a_spi-{this.hooks}.diff") + new_files(release, usb),))
        usb = []
    made.append(message("beken_spi") + (
        read("hooks", f"beken_spi-{this.hooks}.diff") + new_files(release, driver + usb),))
    if this.known:
        made += chips.commits(this.known)
    return made


def message(name):
    subject, body = read("messages", f"{name}.txt").rstrip("\n").split("\n\n", 1)
    return subject, body


def patches(release):
    """{file name: text}"""
    made, result = commits(release), {}
    for number, (subject, body, diff) in enumerate(made, 1):
        name = f"{number:04}-" + re.sub(r"[^\w.]+", "-", subject).strip("-")[:52] + ".patch"
        result[name] = MAIL.format(number=number, count=len(made), subject=subject, body=body,
                                   diff=diff)
    return result
