# SPDX-License-Identifier: GPL-2.0-or-later
"""The C tables behind chipdb.h."""
from .modules import SIGNALS, UART_SIGNALS


def text(value):
    return f'"{value}"' if value else "NULL"


def also(pairs):
    return text(", ".join(name for name, _ in pairs))


def flag(value):
    return "true" if value else "false"


def hexadecimal(values):
    return "{" + ", ".join(f"0x{value:02x}" for value in values) + "}"


def members(pairs):
    return "\t{\n" + "".join(f"\t\t.{name} = {value},\n" for name, value in pairs) + "\t},\n"


def identity(part):
    return [
        ("name", text(part.name)), ("also", also(part.also)), ("maker", text(part.maker)),
        ("refuse", text(part.refuse)), ("id", hexadecimal(bytes.fromhex(part.id))),
        ("size", f"{part.size}u"),
    ]


def c_part(part):
    if part.refuse:
        return members(identity(part))
    facts = part.facts
    erases = ", ".join(f"{{0x{opcode:02x}, {size}u, {typical}u, {longest}u}}"
                       for opcode, size, typical, longest in part.erases)
    bits = ", ".join("CHIPDB_UNKNOWN" if bit == "-" else f"CHIPDB_{bit}" for bit in part.bits)
    return members(identity(part) + [
        ("address_bytes", facts["address_bytes"]), ("page", facts["page"]),
        ("program_typ_us", facts["program"][0]), ("program_max_us", facts["program"][1]),
        ("erase", f"{{{erases}}}"), ("sr_count", len(part.registers)),
        ("sr_read", hexadecimal(part.sr_read)),
        ("sr_write", f"CHIPDB_SR_{facts['sr_write'].upper()}"),
        ("sr_write_typ_us", facts["sr_write_time"][0]),
        ("sr_write_max_us", facts["sr_write_time"][1]),
        ("sr_volatile", flag(facts["sr_volatile"])),
        ("bp_ranges", flag(facts.get("bp_ranges"))),
        ("one_byte_01_clears_sr2", flag(facts.get("one_byte_01_clears_sr2"))),
        ("needless_write_locks", flag(facts.get("needless_write_locks"))),
        ("sr_bits", f"{{{bits}}}"), ("firmware_sr", f"0x{facts['firmware_sr']:x}"),
        ("has_sfdp", flag(facts["sfdp"])),
    ])


def fingerprints(values):
    rows = ", ".join(f"{{{hexadecimal(bytes.fromhex(value))}, {len(value) // 2}}}"
                     for value in values)
    return f"{{{rows}}}"


def c_soc(soc):
    data = soc.data
    regions = "".join(
        f'\n\t\t\t{{"{region["name"]}", 0x{region["start"]:x}, 0x{region["length"]:x}, '
        f'CHIPDB_REGION_{region["kind"].upper()}}},' for region in soc.regions)
    pairs = [
        ("name", text(soc.name)), ("also", also(soc.also)),
        ("calls_itself", also(soc.calls_itself)), ("alike", also(soc.alike)),
        ("modules", also(soc.modules)),
        ("part", text(data["part"])),
        ("flash", "{" + ", ".join(f"{size}u" for size in data["flash"]) + "}"),
        ("spi_mode", text(data["spi_mode"])), ("evidence", text(data["evidence"])),
        ("code", f"CHIPDB_CODE_{data['code'].upper()}"),
        ("bootloader_used", max(data.get("bootloader_used", [0]))),
        ("rf", f"0x{(soc.calibrations or [0])[0]:x}"),
        ("mac_offset", data.get("mac_offset", 0)),
    ]
    for key, member in (("bootloaders", "bootloader"), ("app_starts", "app_start")):
        if data.get(key):
            pairs.append((member, fingerprints(data[key])))
    if regions:
        pairs.append(("regions", f"{{{regions}\n\t\t}}"))
    return members(pairs)


def c_wiring(wiring):
    def pads_of(signals):
        return ", ".join(text(" or ".join(wiring.pads(signal))) if wiring.pads(signal) else "NULL"
                         for signal in signals)
    return members([
        ("name", text(wiring.name)), ("soc", text(" or ".join(wiring.socs))),
        ("package", text(wiring.package) if wiring.package else "NULL"), ("pads", f"{{{pads_of(SIGNALS)}}}"), ("uart_pads", f"{{{pads_of(UART_SIGNALS)}}}"),
        ("sources", text(", ".join(wiring.sources))),
    ])


def c_adapter(adapter):
    pins = ", ".join(text(adapter.ends[signal][0]) for signal in SIGNALS)
    places = ", ".join(text(adapter.ends[signal][1]) for signal in SIGNALS)
    return members([("name", text(adapter.name)), ("pins", f"{{{pins}}}"), ("places", f"{{{places}}}"),
                    ("levels", text(adapter.levels))])


def tables(parts, socs, packages, modules, adapters):
    return f"""/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made by chipdb/generate.py from chipdb/; do not edit. */
#include "chipdb/chipdb.h"

const struct chipdb_part chipdb_parts[] = {{
{"".join(c_part(part) for part in parts)}}};
const size_t chipdb_part_count = sizeof(chipdb_parts) / sizeof(chipdb_parts[0]);

const struct chipdb_soc chipdb_socs[] = {{
{"".join(c_soc(soc) for soc in socs)}}};
const size_t chipdb_soc_count = sizeof(chipdb_socs) / sizeof(chipdb_socs[0]);

const struct chipdb_wiring chipdb_wirings[] = {{
{"".join(c_wiring(wiring) for wiring in [*packages.values(), *modules.values()])}}};
const size_t chipdb_wiring_count = sizeof(chipdb_wirings) / sizeof(chipdb_wirings[0]);

const struct chipdb_adapter chipdb_adapters[] = {{
{"".join(c_adapter(adapter) for adapter in adapters.values())}}};
const size_t chipdb_adapter_count = sizeof(chipdb_adapters) / sizeof(chipdb_adapters[0]);
"""
