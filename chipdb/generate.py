#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check parts.toml and socs.toml and write the C tables behind chipdb.h.

usage: generate.py parts.toml socs.toml OUTPUT.c

A mistake is reported as FILE:LINE: what is wrong, and nothing is written.
"""
import re
import sys
import tomllib

BITS = "WIP WEL BP0 BP1 BP2 BP3 TB TB_OTP SEC 4KBL CMP SRP0 SRP1 QE LB SUS".split()
PART_KEYS = {
    "name": str, "maker": str, "size": int, "program": list, "erase": list, "sr1": str,
    "sr_write": str, "sr_write_time": list, "firmware_sr": int, "sfdp": bool, "source": str,
}
PART_OPTIONAL = {"sr2": str, "sr3": str, "sr_volatile": bool, "one_byte_01_clears_sr2": bool}
SOC_KEYS = {"part": str, "spi_mode": str, "source": str}
SR_READ = [0x05, 0x35, 0x15]


class Bad(Exception):
    pass


def load(path):
    with open(path, "rb") as file:
        try:
            return tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            raise Bad(f"{path}:{line.group(1) if line else 1}: {error}") from None


def line_of(path, table, key=None):
    """The line on which a table, or a key inside it, begins."""
    inside = False
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("["):
                if inside:
                    break
                inside = line.strip() == f"[{table}]"
                start = number
                if inside and key is None:
                    return number
            elif inside and re.match(rf"{re.escape(key)}\s*=", line):
                return number
    return start if inside else 1


def require(condition, path, table, key, message):
    if not condition:
        raise Bad(f"{path}:{line_of(path, table, key)}: [{table}] {message}")


def check_keys(path, table, entry, keys, optional):
    require(type(entry) is dict, path, table, None, "is not a table")
    for key, kind in keys.items():
        require(key in entry, path, table, None, f"lacks the key '{key}'")
    for key, value in entry.items():
        kind = keys.get(key, optional.get(key))
        require(kind is not None, path, table, key, f"has the unknown key '{key}'")
        require(type(value) is kind, path, table, key, f"'{key}' is not a {kind.__name__}")
    require(entry["source"].strip(), path, table, "source", "names no source")
    for key in ("name", "maker"):
        require(is_plain(entry.get(key, "-")), path, table, key, f"'{key}' is not plain text")


def is_plain(text):
    """Such as may stand in a C string as it is."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ()/+._-]*|-", text) is not None


def check_times(path, table, key, times):
    require(len(times) == 2 and all(type(t) is int for t in times), path, table, key,
            f"'{key}' is not [typical, maximum]")
    require(0 < times[0] <= times[1], path, table, key,
            f"'{key}': the typical time is not between 0 and the maximum")


def check_part(path, table, part):
    check_keys(path, table, part, PART_KEYS, PART_OPTIONAL)
    require(re.fullmatch(r"[0-9A-F]{6}", table), path, table, None,
            "is not an ID of six hexadecimal digits")
    size = part["size"]
    require(0x10000 <= size <= 0x4000000 and size & (size - 1) == 0, path, table, "size",
            "'size' is not a power of two from 64 KiB to 64 MiB")
    code = int(table[4:], 16)
    require(size == 1 << code, path, table, "size",
            f"'size' is {size}, but the ID's last byte {code:02X} means {1 << code}")
    check_times(path, table, "program", part["program"])
    check_times(path, table, "sr_write_time", part["sr_write_time"])

    last = 0
    require(0 < len(part["erase"]) <= 6, path, table, "erase", "has no or too many erase commands")
    for erase in part["erase"]:
        require(type(erase) is list and len(erase) == 4, path, table, "erase",
                "'erase' rows are [opcode, size, typical, maximum]")
        require(type(erase[0]) is int and 0 < erase[0] <= 0xFF, path, table, "erase",
                "an erase opcode is not a number from 1 to FFh")
        bytes_ = size if erase[1] == "chip" else erase[1]
        require(type(bytes_) is int and last <= bytes_ <= size and bytes_ & (bytes_ - 1) == 0,
                path, table, "erase", "erase sizes are not powers of two in ascending order")
        check_times(path, table, "erase", erase[2:])
        last = bytes_

    require(part["sr_write"] in ("joint", "split"), path, table, "sr_write",
            "'sr_write' is neither joint nor split")
    require("sr3" not in part or "sr2" in part, path, table, "sr3", "has sr3 but no sr2")
    bits = sr_bits(path, table, part)
    for bit in ("WIP", "WEL", "BP0", "BP1"):
        require(bit in bits, path, table, "sr1", f"has no bit {bit}")
    allowed = sum(1 << i for i, bit in enumerate(bits)
                  if bit in ("BP0", "BP1", "BP2", "TB", "SEC", "4KBL", "CMP", "SRP0", "QE"))
    require(part["firmware_sr"] & ~allowed == 0, path, table, "firmware_sr",
            "'firmware_sr' sets bits that firmware does not set")


def sr_bits(path, table, part):
    """The meaning of each bit of all registers, SR1 bit 0 first."""
    bits = []
    for key in ("sr1", "sr2", "sr3"):
        if key not in part:
            continue
        names = part[key].split()
        require(len(names) == 8, path, table, key, f"'{key}' does not name eight bits")
        for name in names:
            require(name == "-" or name in BITS, path, table, key,
                    f"'{key}': there is no bit called {name}")
        bits += reversed(names)
    for name in set(bits) - {"-", "LB"}:
        require(bits.count(name) == 1, path, table, "sr1", f"names the bit {name} twice")
    return bits


def c_bool(value):
    return "true" if value else "false"


def c_part(path, table, part):
    erases = ", ".join(
        f"{{0x{opcode:02x}, {part['size'] if size == 'chip' else size}u, {typ}u, {most}u}}"
        for opcode, size, typ, most in part["erase"])
    bits = sr_bits(path, table, part)
    c_bits = ", ".join("CHIPDB_UNKNOWN" if bit == "-" else f"CHIPDB_{bit}" for bit in bits)
    count = len(bits) // 8
    return f"""\t{{
\t\t.name = "{part['name']}",
\t\t.maker = "{part['maker']}",
\t\t.id = {{0x{table[0:2]}, 0x{table[2:4]}, 0x{table[4:6]}}},
\t\t.size = {part['size']}u,
\t\t.address_bytes = {4 if part['size'] > 1 << 24 else 3},
\t\t.page = 256,
\t\t.program_typ_us = {part['program'][0]},
\t\t.program_max_us = {part['program'][1]},
\t\t.erase = {{{erases}}},
\t\t.sr_count = {count},
\t\t.sr_read = {{{", ".join(f"0x{code:02x}" for code in SR_READ[:count])}}},
\t\t.sr_write = CHIPDB_SR_{part['sr_write'].upper()},
\t\t.sr_write_typ_us = {part['sr_write_time'][0]},
\t\t.sr_write_max_us = {part['sr_write_time'][1]},
\t\t.sr_volatile = {c_bool(part.get('sr_volatile'))},
\t\t.one_byte_01_clears_sr2 = {c_bool(part.get('one_byte_01_clears_sr2'))},
\t\t.sr_bits = {{{c_bits}}},
\t\t.firmware_sr = 0x{part['firmware_sr']:x},
\t\t.has_sfdp = {c_bool(part['sfdp'])},
\t}},
"""


def check_soc(path, table, soc, part_names):
    check_keys(path, table, soc, SOC_KEYS, {})
    require(is_plain(table), path, table, None, "the name is not plain text")
    require(soc["part"] in part_names, path, table, "part",
            f"there is no part called {soc['part']}")
    require(soc["spi_mode"] in ("confirmed", "unproven"), path, table, "spi_mode",
            "'spi_mode' is neither confirmed nor unproven")


def generate(parts_path, socs_path):
    parts, socs = load(parts_path), load(socs_path)
    names = set()
    for table, part in parts.items():
        check_part(parts_path, table, part)
        require(part["name"].lower() not in names, parts_path, table, "name",
                f"the name {part['name']} is taken")
        names.add(part["name"].lower())
    for table, soc in socs.items():
        check_soc(socs_path, table, soc, {part["name"] for part in parts.values()})

    c_socs = "".join(
        f'\t{{.name = "{name}", .part = "{soc["part"]}", .spi_mode = "{soc["spi_mode"]}"}},\n'
        for name, soc in socs.items())
    return f"""/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made by chipdb/generate.py from parts.toml and socs.toml; do not edit. */
#include "chipdb.h"

const struct chipdb_part chipdb_parts[] = {{
{"".join(c_part(parts_path, table, part) for table, part in parts.items())}}};
const size_t chipdb_part_count = sizeof(chipdb_parts) / sizeof(chipdb_parts[0]);

const struct chipdb_soc chipdb_socs[] = {{
{c_socs}}};
const size_t chipdb_soc_count = sizeof(chipdb_socs) / sizeof(chipdb_socs[0]);
"""


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        text = generate(sys.argv[1], sys.argv[2])
    except (Bad, OSError) as error:
        sys.exit(str(error))
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
