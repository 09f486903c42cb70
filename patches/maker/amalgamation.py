# SPDX-License-Identifier: GPL-2.0-or-later
"""
The driver as flashrom's tree wants it: a few files, each of them one layer, and one header.

The code is that of programmer/ and chipdb/, word by word. What changes:
  - the headers of what only one file uses stand in that file, and their functions are static;
  - all other headers are joined to beken_spi.h, and their functions are called beken_...;
  - what nothing in these files uses (for the bridge, or of the SoCs) is left out;
  - conditions on flashrom's release are decided.
"""
import re

from . import pieces

HEADER = "beken_spi.h"

# File, what it is, and the objects in it from the lowest layer up.
FILES = {
    "beken_spi.c": ("the programmer: flashrom's side, parameters, begin and end of a session",
                    ["programmer", "programmers", "flashrom_glue"]),
    "beken_spi_proxy.c": ("what flashrom may see and do, and how changes travel to the die",
                          ["mend", "changes", "flash_command", "promises", "writeback", "gate", "proxy"]),
    "beken_spi_part.c": ("the die: its commands, which part it is, and what protects it",
                         ["number", "die", "pace", "status_registers", "spi_die", "sfdp",
                          "identify", "identify_check", "protection_state",
                          "protection_words", "block_locks", "protection"]),
    "beken_spi_link.c": ("bringing the SoC into its SPI mode, and out of it",
                         ["spi_wake", "spi_handshake", "spi_params", "spi_link"]),
    "beken_spi_adapter.c": ("the CH341A: ops, packets, USB",
                            ["range", "trouble", "observer", "bus", "spi_pins", "usb_find",
                             "ch341a_stream", "ch341a_usb", "ch341a", "adapters"]),
    "beken_spi_chips.c": ("the dies in these chips", ["chipdb", "chipdb_tables"]),
}
GLUE = "flashrom_glue"
ALONE = ["spi", "adapter", "link", "opcodes"]  # headers without a source
PREFIX = "beken_"

ABOUT = """/*
 * This file is part of the flashrom project.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: The flashrom-beken authors
 *
 * {name} - {what}
{more} */
"""

MORE = """ *
 * The flash of Beken's Wi-Fi SoCs (BK7231 and relatives) through a CH341A. The layers, from top
 * to bottom; each knows only those below it:
 *
{layers} *
 * Made from flashrom-beken, where each section below is a file of its own: a comment that says
 * "see proxy.h" means the section that begins with that name.
"""


class Sources:
    """@read gives the text of an object's file: read("link.c"); None where there is none."""

    def __init__(self, read):
        self.read = read
        self.objects = {name: file for file, (_, names) in FILES.items() for name in names}
        self.headers = {name for name in list(self.objects) + ALONE if read(name + ".h")}

    def includes(self, file):
        found = re.findall(r'^#include "(?:\w+/)+(\w+)\.h"$', self.read(file) or "", re.M)
        for name in found:
            if name not in self.headers and self.read(name + ".h") is not None:
                raise SystemExit(f"{file} includes {name}.h, which is in no file of "
                                 "patches/maker/amalgamation.py")
        return [name for name in found if name in self.headers]

    def closure(self, names):
        """The headers @names and what they include, each behind what it needs."""
        ordered = []

        def add(name):
            if name in ordered:
                return
            for other in self.includes(name + ".h"):
                add(other)
            ordered.append(name)
        for name in names:
            add(name)
        return ordered

    def needs(self, name):
        """The headers that an object's source needs, its own first."""
        return [name] * (name in self.headers) + self.includes(name + ".c")

    def used_by(self):
        """For each header the files whose objects include it, directly or not."""
        used = {}
        for name, file in self.objects.items():
            for header in self.closure(self.needs(name)):
                used.setdefault(header, set()).add(file)
        return used


def system_includes(texts):
    found = {line for text in texts for line in re.findall(r"^#include <.*>$", text, re.M)}
    return sorted(found, key=lambda line: line.lower())


def body(text, keep_includes=False):
    """The text without SPDX line, guard, and includes of this project's own headers."""
    text = re.sub(r"\A/\* SPDX.*?\*/\n", "", text)
    text = pieces.without_guard(text)
    if not keep_includes:
        text = re.sub(r'^#include .*\n', "", text, flags=re.M)
    return text


def section(name):
    return pieces.Piece(f"/* ---- {name}.c ---- */\n")


def assemble(sources, release):
    """({file: [pieces]}, with beken_spi.h among them; what is joined to that)."""
    used = sources.used_by()
    shared = [name for name in sources.closure(sorted(used)) if len(used[name]) > 1]
    made = {HEADER: []}
    for name in shared:
        made[HEADER] += pieces.cut(body(sources.read(name + ".h")))
    for file, (_, names) in FILES.items():
        made[file] = []
        standing = set(shared)
        for name in names:
            for header in sources.closure(sources.needs(name)):
                if header not in standing:
                    made[file] += pieces.cut(body(sources.read(header + ".h")))
                    standing.add(header)
            text = sources.read(name + ".c")
            if text is None:
                continue
            if name == GLUE:
                text = re.sub(r'^#include (<.*>|".*/.*")\n', "", text, flags=re.M)
                text = pieces.for_release(body(text, keep_includes=True), release)
            else:
                text = body(text)
            made[file] += [section(name), *pieces.cut(text)]
    return made, shared


def drop_unused(made, wanted):
    """Leave out, again and again, what is named nowhere but where it is made."""
    while True:
        count = {}
        for found in made.values():
            for piece in found:
                words = pieces.words_of(piece.text)
                for word in words - piece.names:
                    count[word] = count.get(word, 0) + 1
        dropped = False
        for file, found in made.items():
            kept = []
            for piece in found:
                names = piece.names
                if names and not names & wanted and not any(count.get(n) for n in names):
                    dropped = True
                    continue
                kept.append(piece)
            made[file] = kept
        if not dropped:
            return


def link_names(made):
    """Functions and tables by whether several files use them: ({shared}, {of one file})."""
    shared, local = set(), set()
    users, declared = {}, set()
    for file, found in made.items():
        for piece in found:
            for word in pieces.words_of(piece.text):
                users.setdefault(word, set()).add(file)
            name, is_body = piece.function
            if name and not piece.code.startswith("static") and "static inline" not in piece.code:
                declared.add(name)
            if piece.code.startswith("extern"):
                declared |= piece.names
    for name in declared:
        files = users[name] - {HEADER}
        (shared if len(files) > 1 or HEADER in users[name] else local).add(name)
    return shared, local


def rename(text, names):
    pattern = r"\b(" + "|".join(sorted(names, key=len, reverse=True)) + r")\b(?=\(|\[|\s*[=;,)])"
    parts, at = [], 0
    for match in pieces.NOT_CODE.finditer(text):
        parts += [(text[at:match.start()], True), (match.group(0), False)]
        at = match.end()
    parts.append((text[at:], True))
    made = []
    for part, is_code in parts:
        if is_code:
            part = re.sub(r"(?<![.>])(?<!enum )(?<!struct )" + pattern, PREFIX + r"\1", part)
        else:
            part = re.sub(r"(?<![.>])\b(" + "|".join(sorted(names, key=len, reverse=True)) +
                          r")\b(?=\()", PREFIX + r"\1", part)
        made.append(part)
    return "".join(made)


def make_static(piece):
    comment = piece.comment
    rest = piece.text[len(comment):]
    return pieces.Piece(comment + pieces.realigned("static " + rest), piece.spaced)


def link(made):
    """Static what is one file's, beken_ in front of what is not."""
    shared, local = link_names(made)
    renamed = {name for name in shared if not name.startswith(PREFIX)}
    for file, found in made.items():
        changed = []
        for piece in found:
            name, _ = piece.function
            data = not name and piece.names & local and \
                re.match(r"(extern\b|[^({;]*=)", piece.code)
            if data and data.group(1) == "extern":
                continue
            if name in local or data:
                piece = make_static(piece)
            text = rename(piece.text, renamed) if renamed else piece.text
            if text != piece.text and name:
                comment = pieces.Piece(text).comment
                text = comment + pieces.realigned(text[len(comment):])
            changed.append(pieces.Piece(text, piece.spaced))
        made[file] = changed


def joined(found):
    return "".join("\n" * piece.spaced + piece.text.strip("\n") + "\n" for piece in found)


def drop_orphans(found):
    """Without section marks that nothing follows."""
    def is_mark(piece):
        return not piece.code and piece.text.startswith("/* ----")
    return [piece for piece, following in zip(found, found[1:] + [None])
            if not is_mark(piece) or (following is not None and not is_mark(following))]


def about(name):
    what = "what these files know of each other" if name == HEADER else FILES[name][0]
    layers = "".join(f" *   {file:<20} {text}\n" for file, (text, _) in FILES.items())
    more = MORE.format(layers=layers) if name == HEADER else ""
    return ABOUT.format(name=name, what=what, more=more)


def files(read, release):
    """{file name: text} of the driver for flashrom's @release (103 is 1.3)."""
    sources = Sources(read)
    made, shared = assemble(sources, release)
    drop_unused(made, {"programmer_beken_spi"})
    link(made)
    texts = {}
    for name, found in made.items():
        names, suffixes = (FILES[name][1], (".h", ".c")) if name in FILES else \
            (shared, (".h",))
        texts_in = [sources.read(n + s) or "" for n in names for s in suffixes]
        head = "\n".join(system_includes(texts_in))
        text = joined(drop_orphans(found))
        if name == HEADER:
            text = f"#ifndef BEKEN_SPI_H\n#define BEKEN_SPI_H\n\n{head}\n\n{text}\n#endif\n"
        else:
            own = '#include "beken_spi.h"\n'
            match = re.search(r'((?:^#include ".*"\n)+)', text, re.M)
            if match:
                own = match.group(1) + own
                text = text[:match.start()] + text[match.end():]
            text = f"{head}\n\n{own}\n{text}" if head else f"{own}\n{text}"
        text = re.sub(r"\n{3,}", "\n\n", text)
        texts[name] = about(name) + "\n" + text
    return texts
