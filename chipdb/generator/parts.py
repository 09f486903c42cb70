# SPDX-License-Identifier: GPL-2.0-or-later
"""families.toml and parts/*.toml, merged and checked. ../README.md says what the keys mean."""
import re

from .text import Bad, Names, Table, is_plain, is_sentence, load

BITS = "WIP WEL BP0 BP1 BP2 BP3 TB TB_OTP SEC 4KBL CMP SRP0 SRP1 QE LB SUS WPS".split()
FIRMWARE_BITS = "BP0 BP1 BP2 BP3 TB SEC 4KBL CMP SRP0".split()
SR_READ = [0x05, 0x35, 0x15]
MAX_ERASES = 6  # CHIPDB_ERASES

# Keys of a family, their types, and the groups of facts that they belong to.
FACTS = {
    "page": (int, ["geometry"]), "erase": (list, ["geometry", "times"]),
    "chip_erase": (list, ["geometry"]), "address_bytes": (int, ["geometry"]),
    "program": (list, ["times"]), "chip_erase_time": (list, ["times"]),
    "sr_write_time": (list, ["times"]), "sr1": (str, ["registers"]),
    "sr2": (str, ["registers"]), "sr3": (str, ["registers"]), "sr_read": (list, ["registers"]),
    "sr_write": (str, ["sr_write"]), "sr_volatile": (bool, ["volatile"]),
    "sfdp": (bool, ["sfdp"]), "firmware_sr": (int, ["firmware_sr"]),
    "bp_ranges": (bool, ["ranges"]),
    "one_byte_01_clears_sr2": (bool, ["one_byte_01"]), "needless_write_locks": (bool, ["quirks"]),
}
OPTIONAL_FACTS = {"sr2", "sr3", "sr_read", "bp_ranges", "one_byte_01_clears_sr2",
                  "needless_write_locks"}
IDENTITY = {"name": str, "maker": str, "size": int}


class Part:
    """A part with what it has from its family."""

    def __init__(self, table):
        data = table.data
        self.table, self.id = table, table.name
        self.name, self.maker, self.size = data["name"], data["maker"], data["size"]
        self.refuse = data.get("refuse")
        self.family, self.facts, self.sources = data.get("family"), {}, {}
        self.also, self.seen, self.conflicts = [], [], []

    @property
    def registers(self):
        return [self.facts[key].split() for key in ("sr1", "sr2", "sr3") if key in self.facts]

    @property
    def bits(self):
        """The meaning of each bit of all registers, SR1 bit 0 first."""
        return [bit for register in self.registers for bit in reversed(register)]

    @property
    def sr_read(self):
        return self.facts.get("sr_read", SR_READ[:len(self.registers)])

    @property
    def erases(self):
        """All erase commands: (opcode, bytes, typical, maximum)."""
        rows = [tuple(row) for row in self.facts["erase"]]
        times = tuple(max(self.size // 0x10000 * per_64k, longest) for per_64k, longest
                      in zip(self.facts["chip_erase_time"], rows[-1][2:]))
        return rows + [(opcode, self.size, *times) for opcode in self.facts["chip_erase"]]


def groups_of(facts):
    return {group for key in facts for group in FACTS[key][1]}


def parse_groups(table, sources, groups):
    """The source.GROUP keys of a family or part."""
    data = table.data.get("source", {})
    table.require(type(data) is dict, "source", "'source' has no groups")
    for group in data:
        table.require(group in groups, f"source.{group}",
                      f"'source.{group}' is a source of nothing that is known here")
    return {group: sources.parse(table, f"source.{group}", value) for group, value in data.items()}


def load_families(path, sources):
    families = {}
    optional = {key: kind for key, (kind, _) in FACTS.items()}
    for name, data in load(path).items():
        table = Table(path, name, data)
        table.check_keys({"text": str}, optional | {"source": dict})
        table.require(is_sentence(data["text"]), "text", "'text' is not plain text")
        facts = {key: value for key, value in data.items() if key in FACTS}
        groups = groups_of(facts)
        parsed = parse_groups(table, sources, groups)
        for key in facts:
            for group in FACTS[key][1]:
                table.require(group in parsed, key, f"'{key}' has no source.{group}")
        families[name] = (data["text"], facts, parsed)
    return families


def check_times(table, key, times):
    table.require(len(times) == 2 and all(type(t) is int for t in times), key,
                  f"'{key}' is not [typical, maximum]")
    table.require(0 < times[0] <= times[1], key,
                  f"'{key}': the typical time is not between 0 and the maximum")


def check_erases(part):
    table, facts, last = part.table, part.facts, 0
    table.require(facts["address_bytes"] == (4 if part.size > 1 << 24 else 3), "address_bytes",
                  f"'address_bytes' does not suit {part.size} bytes")
    wrong = (0x20, 0x52, 0xD8) if facts["address_bytes"] == 4 else (0x21, 0x5C, 0xDC)
    rows, chip = facts["erase"], facts["chip_erase"]
    table.require(rows and chip and len(rows) + len(chip) <= MAX_ERASES, "erase",
                  "has no or too many erase commands")
    for row in rows:
        table.require(type(row) is list and len(row) == 4, "erase",
                      "'erase' rows are [opcode, size, typical, maximum]")
        table.require(type(row[0]) is int and 0 < row[0] <= 0xFF, "erase",
                      "an erase opcode is not a number from 1 to FFh")
        table.require(row[0] not in wrong, "erase", f"the erase opcode {row[0]:02X}h does not "
                      f"take {facts['address_bytes']} bytes")
        size = row[1]
        table.require(type(size) is int and last < size <= part.size and size & (size - 1) == 0,
                      "erase", "erase sizes are not powers of two in ascending order")
        check_times(table, "erase", row[2:])
        last = size
    table.require(all(type(opcode) is int and 0 < opcode <= 0xFF for opcode in chip), "chip_erase",
                  "a chip erase opcode is not a number from 1 to FFh")


def check_registers(part):
    table, facts = part.table, part.facts
    table.require("sr3" not in facts or "sr2" in facts, "sr3", "has sr3 but no sr2")
    for key in ("sr1", "sr2", "sr3"):
        names = facts.get(key, "- " * 8).split()
        table.require(len(names) == 8, key, f"'{key}' does not name eight bits")
        for name in names:
            table.require(name == "-" or name in BITS, key,
                          f"'{key}': there is no bit called {name}")
    bits = part.bits
    for name in sorted(set(bits) - {"-", "LB"}):
        table.require(bits.count(name) == 1, "sr1", f"names the bit {name} twice")
    for name in ("WIP", "WEL", "BP0", "BP1"):
        table.require(name in bits[:8], "sr1", f"SR1 has no bit {name}")
    table.require("WPS" not in bits or part.facts["address_bytes"] == 3, "sr3",
                  "WPS is only known with three address bytes")
    read = part.sr_read
    table.require(len(read) == len(part.registers) and read[0] == 0x05 and
                  all(type(opcode) is int and 0 < opcode <= 0xFF for opcode in read), "sr_read",
                  "'sr_read' is not 05h and an opcode for each further register")
    table.require(facts["sr_write"] in ("joint", "split"), "sr_write",
                  "'sr_write' is neither joint nor split")
    allowed = sum(1 << i for i, bit in enumerate(bits) if bit in FIRMWARE_BITS)
    wrong = facts["firmware_sr"] & ~allowed
    table.require(wrong == 0, "firmware_sr",
                  f"'firmware_sr' sets bits that firmware does not set: 0x{wrong & 0xFFFFFF:X}")


def check_identity(part):
    table, size = part.table, part.size
    table.require(re.fullmatch(r"[0-9A-F]{6}", part.id), None,
                  "is not an ID of six hexadecimal digits")
    for key in ("name", "maker"):
        table.require(is_plain(table.data[key]), key, f"'{key}' is not plain text")
    table.require(0x10000 <= size <= 0x4000000 and size & (size - 1) == 0, "size",
                  "'size' is not a power of two from 64 KiB to 64 MiB")
    code = int(part.id[4:], 16)
    table.require(part.refuse or size == 1 << code, "size",
                  f"'size' is {size}, but the ID's last byte {code:02X} means {1 << code}")


def load_part(path, name, data, families, sources):
    table = Table(path, name, data)
    shared = {"also": list, "seen": list, "source": dict, "conflict": list}
    if "refuse" in data:
        table.check_keys(IDENTITY | {"refuse": str}, shared)
    else:
        table.check_keys(IDENTITY | {"family": str},
                         shared | {key: kind for key, (kind, _) in FACTS.items()})
    part = Part(table)
    check_identity(part)
    part.also, part.seen = table.named("also"), table.named("seen")
    for key in ("also", "seen"):
        for what, who in table.named(key):
            table.require(is_plain(what), key, f"'{what}' in '{key}' is not plain text", what)
            sources.check(table, key, who, what)
    part.conflicts = sources.conflicts(path, name, data.get("conflict", []))

    inherited = {}
    if part.refuse:
        table.require(is_sentence(part.refuse), "refuse", "'refuse' is not plain text")
    else:
        table.require(part.family in families, "family", f"there is no family '{part.family}'")
        _, part.facts, inherited = families[part.family]
    own = {key: value for key, value in data.items() if key in FACTS}
    part.facts = part.facts | own
    parsed = parse_groups(table, sources, groups_of(part.facts) | {"id"})
    table.require("id" in parsed, None, "has no source.id")
    for key in own:
        for group in FACTS[key][1]:
            table.require(group in parsed, key, f"differs in '{key}', but has no source.{group}")
    part.sources = inherited | parsed
    if part.refuse:
        return part
    for key in FACTS.keys() - OPTIONAL_FACTS:
        table.require(key in part.facts, None, f"lacks the key '{key}', and so does its family")
    for key in ("program", "sr_write_time", "chip_erase_time"):
        check_times(table, key, part.facts[key])
    table.require(part.facts["page"] == 256, "page", "'page' is not 256, as the driver has it")
    check_erases(part)
    check_registers(part)
    return part


def load_parts(folder, families, sources):
    """All parts, in the order of the files' names and of the text."""
    parts, names = {}, Names()
    paths = sorted((folder / "parts").glob("*.toml"))
    if not paths:
        raise Bad(f"{folder}/parts:1: has no *.toml")
    for path in paths:
        for name, data in load(path).items():
            part = load_part(path, name, data, families, sources)
            part.table.require(name not in parts, None, "the ID is taken by another file")
            parts[name] = part
            names.add(part.table, "name", part.name, name)
    for part in parts.values():
        for also, _ in part.also:
            names.add(part.table, "also", also, part.id)
            part.table.require(also.lower() != part.name.lower(), "also",
                               f"'{also}' is its name already", also)
    return list(parts.values())
