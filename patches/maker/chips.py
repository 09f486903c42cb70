# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of flashrom's list of chips, for the parts of the database that a release lacks."""
import pathlib
import re

from . import tree

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "known"

# What flashrom calls the makers.
VENDORS = {
    "GigaDevice": "GigaDevice", "Puya": "PUYA", "XTX": "XTX Technology Limited",
    "Tsingteng": "Tsingteng", "Giantec": "Giantec", "XMC": "XMC", "ESMT/Eon": "Eon",
    "Macronix": "Macronix", "Boya": "Boya/BoHong Microelectronics", "Winbond": "Winbond",
    "UCUN": "UCUN", "Zbit": "Zbit Semiconductor, Inc.", "Fudan": "Fudan", "Fremont": "Fremont",
}
SHORT = {"XTX": "XTX", "ESMT/Eon": "EON", "Boya": "BOYA", "Zbit": "ZBIT"}

# Each release has lists of its own. From 1.4 on they name functions in capitals.
RELEASES = ["1.3.0", "1.4.0", "1.5.1", "1.6.0", "1.7.0", "1.8.0"]

HEADER = "include/flashchips.h"


class Known:
    """What patches/learn-flashrom wrote about a release."""

    def __init__(self, release):
        self.ids, self.macros, self.defines, self.includes = set(), {}, [], []
        self.entries, self.ends, self.mocked = [], {}, set()
        for line in (FOLDER / f"{release}.txt").read_text(encoding="utf-8").split("\n"):
            word, _, rest = line.partition(" ")
            if word == "ids":
                self.ids |= set(rest.split())
            elif word == "macro":
                name, value, vendor = rest.split(" ", 2)
                self.macros[vendor, int(value, 16)] = name
            elif word == "define":
                number, rest = rest.split(" ", 1)
                self.defines.append((int(number), *rest.split("|", 2)))
            elif word == "mocked":
                self.mocked |= set(rest.split())
            elif word == "include":
                number, file = rest.split(" ")
                self.includes.append((int(number), file))
            elif word == "entry":
                file, number, rest = rest.split(" ", 2)
                self.entries.append((file, int(number), *rest.split("|")))
            elif word == "end":
                file, number = rest.split(" ")
                self.ends[file] = int(number)

    def file_of(self, vendor):
        return next((file for file, _, other, _ in self.entries if other == vendor), None)


def short(part):
    return SHORT.get(part.maker, part.maker).upper()


def plain(name):
    return re.sub(r"\W", "_", name.upper())


def manufacturer(part, known):
    """(macro, whether it is a new one)"""
    value = int(part.id[:2], 16)
    name = known.macros.get((VENDORS[part.maker], value))
    if name:
        return name, False
    name = f"{short(part)}_ID"
    taken = name in {row[1] for row in known.defines}
    return (f"{short(part)}_{part.id[:2]}_ID" if taken or (part.maker, value) not in FIRST_IDS
            else name), True


# The manufacturer's byte that a maker's plain NAME_ID stands for; its others are called NAME_51_ID.
FIRST_IDS = {("Puya", 0x85), ("XTX", 0x0B), ("Tsingteng", 0xEB), ("Giantec", 0xC4),
             ("UCUN", 0xB3), ("Zbit", 0x5E), ("Fremont", 0x0E)}


def model(part):
    return f"{short(part)}_{plain(part.name)}"


def is_sure(part):
    """
    Whether it is certain enough for --wp-... what the bits of the registers mean: a datasheet, a
    measurement, or at least three who say the same, and none who says otherwise.
    """
    if any("register" in row["fact"].lower() or "sr" in row["fact"].lower()
           for row in part.conflicts):
        return False
    groups = part.sources["registers"]
    if any(certainty in ("assumed", "inferred") for _, certainty in groups):
        return False
    # The SDKs of the SoC's maker are one voice.
    return any(certainty in ("datasheet", "measured") or
               len({name.partition("-")[0] for name in names}) >= 3
               for names, certainty in groups)


def size_text(size):
    if size >= 1 << 20:
        return f"{size >> 20} * 1024 * 1024"
    return f"{size >> 10} * 1024"


def erasers(part, capitals):
    """(opcode, size) of those that are known; 52h only if somebody says that the part has it."""
    assumed = all(certainty == "assumed" for _, certainty in part.sources["geometry"])
    rows = [(opcode, size) for opcode, size, _, _ in part.erases
            if not (assumed and opcode in (0x52, 0x5C))]
    blocks = []
    for opcode, size in rows:
        function = f"spi_block_erase_{opcode:02x}"
        blocks.append(f"\t\t\t\t.eraseblocks = {{ {{{size_text(size)}, {part.size // size}}} }},\n"
                      "\t\t\t\t.block_erase = "
                      f"{function.upper() if capitals else function},\n")
    return "\t\t\t{\n" + "\t\t\t}, {\n".join(blocks) + "\t\t\t}\n"


def protection(part, capitals):
    """(printlock, unlock): the bits of SR1 that are cleared, from BP0 on, with SRWD."""
    top = part.bits[5:7]
    count = 4 if all(bit in ("BP3", "TB", "SEC") for bit in top) else \
        3 if top[0] in ("BP3", "TB") else 2
    names = (f"spi_prettyprint_status_register_bp{count}_srwd",
             f"spi_disable_blockprotect_bp{count}_srwd")
    return tuple(name.upper() if capitals else name for name in names)


def register_bits(part):
    """.reg_bits and .decode_range, or nothing."""
    where = {bit: f"{{STATUS{1 + i // 8}, {i % 8}, RW}}" for i, bit in enumerate(part.bits)}
    if not is_sure(part) or "CMP" not in where:
        return ""
    rows = [("srp", where["SRP0"]),
            ("bp", "{" + ", ".join(where[f"BP{n}"] for n in range(4) if f"BP{n}" in where) + "}"),
            ("tb", where.get("TB")), ("sec", where.get("SEC")), ("cmp", where.get("CMP"))]
    text = "".join(f"\t\t\t.{name:<6} = {value},\n" for name, value in rows if value)
    return f"\t\t.reg_bits\t=\n\t\t{{\n{text}\t\t}},\n\t\t.decode_range\t= DECODE_RANGE_SPI25,\n"


def features(part):
    words = ["FEATURE_WRSR_WREN"]
    if register_bits(part):
        words.append("FEATURE_WRSR_EXT2" if part.facts["sr_write"] == "joint"
                     else "FEATURE_WRSR2")
    if part.facts["address_bytes"] == 4:
        words.append("FEATURE_4BA_NATIVE")
    return " | ".join(words)


def entry(part, known, capitals):
    printlock, unlock = protection(part, capitals)
    return f"""	{{
		.vendor		= "{VENDORS[part.maker]}",
		.name		= "{part.name}",
		.bustype	= BUS_SPI,
		.manufacture_id	= {manufacturer(part, known)[0]},
		.model_id	= {model(part)},
		.total_size	= {part.size >> 10},
		.page_size	= {part.facts["page"]},
		.feature_bits	= {features(part)},
		.tested		= TEST_UNTESTED,
		.probe		= PROBE_SPI_RDID,
		.probe_timing	= TIMING_ZERO,
		.block_erasers	=
		{{
{erasers(part, capitals)}		}},
		.printlock	= {printlock},
		.unlock		= {unlock},
		.write		= SPI_CHIP_WRITE256,
		.read		= SPI_CHIP_READ,
{register_bits(part)}	}},
"""


def diff(path, insertions):
    """@insertions: [(line behind which, text, the line before or None, the line after or None)]"""
    merged = {}
    for line, text, before, after in insertions:
        merged.setdefault(line, ([], before, after))[0].append(text)
    made, shift = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n", 0
    for line in sorted(merged):
        texts, before, after = merged[line]
        added = "".join(f"+{row}\n" for row in "".join(texts).rstrip("\n").split("\n"))
        added += "+\n" * ("".join(texts).endswith("\n\n"))
        count, context = added.count("\n"), (before is not None) + (after is not None)
        start = line if before is not None else line + 1
        made += f"@@ -{start},{context} +{start + shift},{context + count} @@\n"
        made += (f" {before}\n" if before is not None else "") + added + \
            (f" {after}\n" if after is not None else "")
        shift += count
    return made


def new_defines(parts, known):
    """Insertions into flashchips.h."""
    groups = {}
    for part in parts:
        groups.setdefault((manufacturer(part, known), part.maker), []).append(part)
    insertions = []
    for ((macro, is_new), maker), rows in sorted(groups.items()):
        text = "".join(f"#define {model(part)}\t0x{part.id[2:]}\n"
                       for part in sorted(rows, key=lambda part: part.id))
        if not is_new:
            line, _, before, after = next(row for row in known.defines if row[1] == macro)
            insertions.append((line, text, before, after))
            continue
        text = f"\n#define {macro}\t\t0x{rows[0].id[:2]}\t/* {VENDORS[maker]} */\n{text}"
        # Behind the last block that sorts before it.
        first = next(row[0] for row in known.defines if row[1] == "PROGDEV_ID")
        line, _, before, after = [row for row in known.defines
                                  if row[0] >= first and row[1] < macro or row[0] == first][-1]
        insertions.append((line, text, before, after))
    return insertions


def new_entries(parts, known, capitals):
    """({file: insertions}, {new file: text})"""
    insertions, files = {}, {}
    per_vendor = bool(known.includes)
    for part in sorted(parts, key=lambda part: (VENDORS[part.maker].lower(), part.name)):
        vendor, text = VENDORS[part.maker], entry(part, known, capitals)
        file = known.file_of(vendor)
        if not file and per_vendor:
            name = f"flashchips/{plain(short(part)).lower()}.c"
            files[name] = files.get(name, "") + ("\n" if name in files else "") + text
            continue
        following = [(line, other, name) for entry_file, line, other, name in known.entries
                     if (file is None or entry_file == file) and
                     ((other == vendor and name > part.name) if file else
                      other.lower() > vendor.lower())]
        same = [row for row in known.entries if row[2] == vendor]
        if file and not following:  # behind the vendor's last
            last = max(line for _, line, _, _ in same)
            later = [(line, other, name) for entry_file, line, other, name in known.entries
                     if entry_file == file and line > last]
            following = later
        if following:
            line = min(following)[0]
            insertions.setdefault(file or "flashchips.c", []).append(
                (line - 1, text + "\n", "", "\t{"))
        else:
            insertions.setdefault(file, []).append((known.ends[file], "\n" + text, "\t},", None))
    for name in files:
        later = [(line, file) for line, file in known.includes if file > name]
        before = [(line, file) for line, file in known.includes if file < name][-1]
        after = f'#include "{later[0][1]}"' if later and later[0][0] == before[0] + 1 else ""
        insertions.setdefault("flashchips.c", []).append(
            (before[0], f'#include "{name}"\n', f'#include "{before[1]}"', after))
    return insertions, files


SPDX = """/*
 * This file is part of the flashrom project.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: The flashrom-beken authors
 */

"""


def missing(known):
    """The parts of the database that the release does not know."""
    return [part for part in tree.load_parts()
            if not part.refuse and part.id not in known.ids and part.maker in VENDORS]


def changes(release):
    """(diffs of files that there are, {new file: text}) for a release."""
    known = Known(release)
    parts = missing(known)
    insertions, files = new_entries(parts, known, release != "1.3.0")
    insertions[HEADER] = new_defines(parts, known)
    return ("".join(diff(path, rows) for path, rows in sorted(insertions.items())),
            {name: SPDX + text for name, text in files.items()})
