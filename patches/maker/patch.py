# SPDX-License-Identifier: GPL-2.0-or-later
"""The patches: hooks into flashrom's files, and the new files."""
import functools
import pathlib

from . import amalgamation, chips, pieces, tree

FOLDER = pathlib.Path(__file__).resolve().parents[1]

# Patch, the oldest release that it is for as a number, and where programmers are.
RELEASES = {
    "1.3.0": (103, ""),
    "1.4-1.6": (104, ""),
    "1.7": (107, "programmers/"),
    "1.8": (108, "programmers/"),
}

PAGE = "doc/supported_hw/supported_prog/beken_spi.rst"

# As git format-patch writes it, so that git am takes it. Whoever submits it becomes its author.
MAIL = """From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: The flashrom-beken authors <flashrom-beken@invalid.invalid>
Date: Sun, 22 Nov 2026 12:00:00 +0000
Subject: [PATCH] {subject}

{body}
---
"""

SUBJECT = "beken_spi: Add programmer for the flash in Beken Wi-Fi SoCs"
BODY = """BK7231, BK7252 and their relatives keep their firmware in an ordinary SPI
NOR flash inside the package. After a reset they pass SPI through to it
if they are asked to, which works without any firmware. This programmer
does that with a CH341A, whose D2 drives the SoC's CEN pin.

Beken's firmware leaves the flash protected, mostly with CMP and BP0 set,
where clearing BP alone protects all of it. The programmer lifts the
protection before the first change, by the part's own method, and shows
flashrom status registers that protect nothing. With registers=real it
shows the real ones, for --wp-... options.

Programs and erases travel to the adapter in batches, with the waits for
the flash timed by the adapter.

Tested with beken-sim, a simulator of the CH341A, the SoC and the flash:
probe, read, erase, write and verify. NOT tested on hardware.

Made by patches/make-patches of flashrom-beken."""


CHIPS_SUBJECT = "flashchips: Add flash chips that are inside Beken Wi-Fi SoCs"
CHIPS_BODY = """From the tables of Beken's own tools and SDKs, and of other open programs for
these SoCs; flashrom-beken's docs/parts.md names the source of each fact.

None was tested by flashrom's rules, so all are TEST_UNTESTED. Where nobody
says that a chip has the 32 KiB erase (52h), it is left out. Register bits
for --wp-... are given where a datasheet, or at least three independent
programs, agree on them. Voltages are not known.

Made by patches/make-patches of flashrom-beken."""
END = "-- \nflashrom-beken\n"


def of_version(version):
    """The patch for a version of flashrom: the newest that is not newer than it."""
    number = int("{}{:0>2}".format(*version.split(".")[:2]))
    return max((release for release, (oldest, _) in RELEASES.items() if oldest <= number),
               key=lambda release: RELEASES[release][0])


def new_file(path, text):
    """A new file as a diff of git's."""
    lines = text.split("\n")
    assert lines.pop() == "", f"{path} does not end with a newline"
    body = "".join(f"+{line}\n" for line in lines)
    return (f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
            f"@@ -0,0 +1,{len(lines)} @@\n{body}")


def new_text(name, release):
    text = (FOLDER / "new" / name).read_text(encoding="utf-8")
    return pieces.for_release(text, RELEASES[release][0])


@functools.lru_cache(maxsize=None)
def new_files(release):
    """{path in flashrom's tree: text} of the driver, its test and its page."""
    number, folder = RELEASES[release]
    files = {folder + name: text
             for name, text in amalgamation.files(tree.reader(), number).items()}
    files["tests/beken_spi.c"] = new_text("beken_spi_test.c", release)
    if number >= 104:
        files[PAGE] = new_text("beken_spi.rst", release)
    return files


def driver_patch(release):
    hooks = (FOLDER / "hooks" / f"{release}.diff").read_text(encoding="utf-8")
    return (MAIL.format(subject=SUBJECT, body=BODY) + hooks +
            "".join(new_file(path, text) for path, text in sorted(new_files(release).items())) + END)


def chips_patch(release):
    diffs, files = chips.changes(release)
    return (MAIL.format(subject=CHIPS_SUBJECT, body=CHIPS_BODY) + diffs +
            "".join(new_file(path, text) for path, text in sorted(files.items())) + END)


def patches():
    """{file name: text}"""
    return {f"flashrom-{release}.patch": driver_patch(release) for release in RELEASES} | {
        f"flashrom-{release}-chips.patch": chips_patch(release) for release in chips.RELEASES}
