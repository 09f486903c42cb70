# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries for flashrom's list of chips that a release lacks, one commit each."""
import pathlib
import textwrap
import tomllib

from . import diffs

FOLDER = pathlib.Path(__file__).resolve().parents[1]

# flashrom's names of the makers, and the prefixes of their macros.
VENDORS = {0xC8: ("GigaDevice", "GIGADEVICE"), 0x85: ("PUYA", "PUYA"),
           0x0B: ("XTX Technology Limited", "XTX")}
HEADER = "include/flashchips.h"


class Known:
    """What patches/learn-flashrom wrote about a release."""

    def __init__(self, text):
        self.ids, self.macros, self.defines, self.entries, self.ends = set(), {}, [], [], {}
        for line in text.split("\n"):
            word, _, rest = line.partition(" ")
            if word == "ids":
                self.ids |= set(rest.split())
            elif word == "macro":
                name, value, vendor = rest.split(" ", 2)
                self.macros[vendor, int(value, 16)] = name
            elif word == "define":
                number, rest = rest.split(" ", 1)
                self.defines.append((int(number), *rest.split("|", 2)))
            elif word == "entry":
                file, number, rest = rest.split(" ", 2)
                self.entries.append((file, int(number), *rest.split("|")))
            elif word == "end":
                file, number = rest.split(" ")
                self.ends[file] = int(number)

    def file_of(self, vendor):
        """
        Where the vendor's chips are. An entry after the generic ones of flashchips.c ("unknown Eon SPI
        chip", "SFDP-capable chip") would make its chip be found twice, and so refused without -c.
        """
        files = {file for file, _, other, name in self.entries
                 if other == vendor and not name.startswith("unknown ")}
        assert len(files) <= 1, f"{vendor} is in several files"
        return files.pop() if files else None

    def place(self, vendor, name):
        """(file, line after which an entry is inserted, whether another entry follows)"""
        file = self.file_of(vendor)
        rows = [row for row in self.entries if (file or "flashchips.c") == row[0]]
        generic = [row[1] for row in rows if row[2] in ("Unknown", "Programmer", "Generic") or
                   row[3].startswith("unknown ")]
        if file:
            later = [row[1] for row in rows if row[2] == vendor and row[3] > name]
            last = max(row[1] for row in rows if row[2] == vendor)
            later = later or [row[1] for row in rows if row[1] > last]
        else:
            later = [row[1] for row in rows if row[2].lower() > vendor.lower()]
            assert later and (not generic or min(later) < min(generic)), f"{vendor} has no file"
        if later:
            return file or "flashchips.c", min(later) - 1, True
        return file, self.ends[file], False


def known(name):
    return Known((FOLDER / "known" / f"{name}.txt").read_text(encoding="utf-8"))


def load():
    return tomllib.loads((FOLDER / "chips.toml").read_text(encoding="utf-8"))["chip"]


def model(chip):
    return f"{VENDORS[int(chip['id'][:2], 16)][1]}_{chip['name'].upper()}"


def kib(chip):
    return 1 << int(chip["id"][4:], 16) - 10


def size_text(size):
    return f"{size >> 10} * 1024" if size >= 1024 else f"{size}"


def erasers(chip):
    total = kib(chip) * 1024
    rows = chip.get("erases", []) + [[0x20, 4096], [0x52, 32768], [0xD8, 65536], [0x60, total],
                                     [0xC7, total]]
    return "\t\t\t}, {\n".join(
        f"\t\t\t\t.eraseblocks = {{ {{{size_text(size)}, {total // size}}} }},\n"
        f"\t\t\t\t.block_erase = SPI_BLOCK_ERASE_{opcode:02X},\n" for opcode, size in rows)


REGISTER_BITS = """		.reg_bits	=
		{
			.srp    = {STATUS1, 7, RW},
			.srl    = {STATUS2, 0, RW},
			.bp     = {{STATUS1, 2, RW}, {STATUS1, 3, RW}, {STATUS1, 4, RW}},
			.tb     = {STATUS1, 5, RW}, /* named BP3, acts like TB */
			.sec    = {STATUS1, 6, RW}, /* named BP4, acts like SEC */
			.cmp    = {STATUS2, 6, RW},
		},
		.decode_range	= DECODE_RANGE_SPI25,
"""


def entry(chip, release):
    maker = int(chip["id"][:2], 16)
    features = ["FEATURE_WRSR_WREN"] + ["FEATURE_OTP"] * ("otp" in chip) + \
        ["FEATURE_WRSR_EXT2"] * ("wp" in chip)
    text = f"""	{{
		.vendor		= "{VENDORS[maker][0]}",
		.name		= "{chip["name"]}",
		.bustype	= BUS_SPI,
		.manufacture_id	= {VENDORS[maker][1]}_ID,
		.model_id	= {model(chip)},
		.total_size	= {kib(chip)},
		.page_size	= 256,
""" + (f"\t\t/* OTP: {chip['otp']} */\n" if "otp" in chip else "") + f"""\
		.feature_bits	= {" | ".join(features)},
		.tested		= TEST_UNTESTED,
		.probe		= PROBE_SPI_RDID,
		.probe_timing	= TIMING_ZERO,
		.block_erasers	=
		{{
			{{
{erasers(chip)}			}}
		}},
		.printlock	= SPI_PRETTYPRINT_STATUS_REGISTER_BP4_SRWD,
		.unlock		= SPI_DISABLE_BLOCKPROTECT_BP4_SRWD,
		.write		= SPI_CHIP_WRITE256,
		.read		= SPI_CHIP_READ,
		.voltage	= {{{chip["voltage"][0]}, {chip["voltage"][1]}}},
""" + (REGISTER_BITS if "wp" in chip else "") + "\t},\n"
    if release == "1.3.0":  # functions, not their names
        for word in ("SPI_BLOCK_ERASE_20", "SPI_BLOCK_ERASE_52", "SPI_BLOCK_ERASE_60",
                     "SPI_BLOCK_ERASE_81", "SPI_BLOCK_ERASE_C7", "SPI_BLOCK_ERASE_D8",
                     "SPI_PRETTYPRINT_STATUS_REGISTER_BP4_SRWD",
                     "SPI_DISABLE_BLOCKPROTECT_BP4_SRWD"):
            text = text.replace(word, word.lower())
    return text


def body(chip):
    words = (f"Modules with Beken Wi-Fi SoCs have this chip. The entry follows that of {chip['like']}, of the "
             "same family, in registers, erase commands and voltage. "
             + (f"Register bits are given since they agree with {chip['agrees']}. " if "wp" in chip else
                "No register bits: nothing independent confirms them. ")
             + f"Hold it against the datasheet before it is submitted: {chip['datasheet']}.")
    return "\n\n".join(textwrap.fill(text, 72) for text in (
        words, "Tested with a simulator only, so it is TEST_UNTESTED."))


class Tree:
    """Where lines of a release are after insertions."""

    def __init__(self):
        self.inserted = {}  # {file: [(line after which, text)]}

    def insert(self, path, line, before, text, after):
        rows = self.inserted.setdefault(path, [])
        earlier = [row for row in rows if row[0] <= line]
        same = [row[1] for row in rows if row[0] == line]
        now = line + sum(row[1].count("\n") for row in earlier)
        if same and before is not None:
            before = same[-1].split("\n")[-2]
        rows.append((line, text))
        return diffs.insertion(path, now, before, text, after)


def define(chip, release, done):
    """(line, before, text, after) in flashchips.h; @done: chips that are defined already."""
    vendor, prefix = VENDORS[int(chip["id"][:2], 16)]
    text = f"#define {model(chip)}\t0x{chip['id'][2:]}\n"
    for line, macro, before, after in release.defines:
        if macro == f"{prefix}_ID":
            return line, before, text, after
    if not any(other["id"][:2] == chip["id"][:2] for other in done):
        text = f"\n#define {prefix}_ID\t\t0x{chip['id'][:2]}\t/* {vendor} */\n" + text
    # After the last block that sorts before it.
    first = next(row[0] for row in release.defines if row[1] == "PROGDEV_ID")
    line, _, before, after = [row for row in release.defines if row[0] == first or
                              row[0] > first and row[1] < f"{prefix}_ID"][-1]
    return line, before, text, after


def commits(name):
    """[(subject, body, diff)] for the chips that release @name lacks."""
    release, tree, made, done = known(name), Tree(), [], []
    for chip in load():
        if chip["id"] in release.ids:
            continue
        vendor = VENDORS[int(chip["id"][:2], 16)][0]
        file, line, follows = release.place(vendor, chip["name"])
        text = entry(chip, name)
        # In the order of flashrom's own commits: the list of chips, then the header.
        if follows:
            diff = tree.insert(file, line, "", text + "\n", "\t{")
        else:
            diff = tree.insert(file, line, "\t},", "\n" + text, None)
        line, before, new, after = define(chip, release, done)
        diff += tree.insert(HEADER, line, before, new, after)
        done.append(chip)
        made.append((f"flashchips: Add {vendor.split()[0]} {chip['name']}", body(chip), diff))
    return made
