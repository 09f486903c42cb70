# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/parts.md and docs/socs.md, for people."""
from .layouts import rows, size_name

HEAD = """<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
<!-- Made by `make docs` from chipdb/; do not edit. -->
"""

CERTAINTY = """## How sure, and who says so

| Word | means |
|---|---|
| measured | read from a real chip: its answers, its traffic, its dump |
| datasheet | the maker's own document |
| tools | in the tables or the code of programs that are used on real chips |
| reported | somebody wrote so, in a forum or an issue |
| inferred | follows from such facts, by arithmetic or because several agree |
| assumed | true of similar ones; no source says it of this one |

Which source says what is in [chipdb/](../chipdb/README.md), beside each fact. The sources:

| Source | |
|---|---|
"""


def spaced(id_):
    return f"{id_[:2]} {id_[2:4]} {id_[4:]}"


def certainty(parsed):
    """Each word once: ["datasheet", "assumed"] as text."""
    return ", ".join(dict.fromkeys(word for _, word in parsed))


def table(head, lines):
    text = "| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|\n"
    return text + "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def names_of(pairs):
    return ", ".join(dict.fromkeys(name for name, _ in pairs))


def part_line(part):
    also = names_of(part.also)
    name = f"{part.name} ({also})" if also else part.name
    start = [spaced(part.id), name, part.maker, part.size >> 10]
    if part.refuse:
        return start + ["", "", "", names_of(part.seen), "", "not driven"]
    sure = [certainty(part.sources[group]) for group in ("id", "registers", "sr_write", "times")]
    return start + [
        " ".join(f"{opcode:02X}" for opcode in part.sr_read),
        "01" if part.facts["sr_write"] == "joint" else " ".join(
            ["01", "31", "11"][:len(part.registers)]),
        f"0x{part.facts['firmware_sr']:04X}", names_of(part.seen),
        part.family, " / ".join(sure)]


def milliseconds(times):
    return " to ".join(f"{time / 1000:g}" for time in times)


def family_line(name, facts, parsed):
    registers = "; ".join(facts[key] for key in ("sr1", "sr2", "sr3") if key in facts)
    erase = ", ".join(f"{size >> 10}K {milliseconds(times)}"
                      for _, size, *times in facts["erase"])
    return [name, registers, milliseconds(facts["program"]), erase,
            milliseconds(facts["chip_erase_time"]), certainty(parsed["times"]),
            certainty(parsed["ranges"]) if facts.get("bp_ranges") else "not known"]


def conflict_lines(owner, conflicts):
    for conflict in conflicts:
        yield [owner, conflict["fact"], "; ".join(conflict["says"]), conflict["careful"]]


def parts_document(parts, families, sources):
    driven = [part for part in parts if not part.refuse]
    text = HEAD + f"""# Flash dies

{len(driven)} dies that were seen in Beken's SoCs, that Beken's own software knows or that people asked
for, and what is refused. Nothing here was tried on hardware by this project.

- **Registers**: the opcodes that read the status registers.
- **Written**: the opcodes that write them; a single 01 takes a byte for each register.
- **Firmware**: what Beken's firmware leaves in them: SR1, SR2 << 8, SR3 << 16. 0x001C is a guess.
- **Sure**: of name and size / the registers / how they are written / times. The end of this page
  explains the words.

"""
    text += table(["ID", "Name (also)", "Maker", "KiB", "Registers", "Written", "Firmware",
                   "Seen in", "Family", "Sure"], (part_line(part) for part in parts))
    text += """
## Families

What dies of one kind share; [chipdb/parts/](../chipdb/parts/) has what differs. Bits from 7 down
to 0, `-` is reserved or unknown. Times are milliseconds, typical to longest; chip erase for each
64 KiB. Protected ranges: how sure it is that BP, TB, SEC and CMP count as
[chipdb.h](../chipdb/chipdb.h) says.

"""
    text += table(["Family", "SR1; SR2", "Page", "Erase", "Chip", "Times are",
                   "Protected ranges"],
                  (family_line(name, facts, parsed)
                   for name, (_, facts, parsed) in families.items()))
    text += """
## Locks of single blocks (WPS)

These are known to have a bit in SR3 with which BP, SEC, TB and CMP lose their effect, and each block
has a lock of its own instead. For others no source mentions one, which does not mean that they lack
it.

"""
    text += table(["ID", "Name", "SR3", "Sure"], (
        [spaced(part.id), part.name, part.facts["sr3"], certainty(part.sources["registers"])]
        for part in parts if "WPS" in part.facts.get("sr3", "").split()))
    text += """
## Where sources disagree

The driver reads all registers that the part may have; lifts protection by the part's own method,
then by the other, and once more by its own; never changes QE, LB, TB_OTP, SRP1 and unknown bits; and reads back
what was written.

"""
    text += table(["ID", "What", "Who says what", "What the driver does"],
                  (line for part in parts
                   for line in conflict_lines(spaced(part.id), part.conflicts)))
    return text + "\n" + CERTAINTY + "".join(
        f"| {name} | {what} |\n" for name, what in sources.what.items())


def soc_section(soc):
    data, sure = soc.data, {group: certainty(parsed) for group, parsed in soc.sources.items()}
    also = f" ({names_of(soc.also)})" if soc.also else ""
    lines = [
        ["SPI mode", f"{data['spi_mode']}: {data['evidence']}", sure["spi_mode"]],
        ["flash", ", ".join(size_name(size) for size in data["flash"]), sure["flash"]],
        ["usual part", data["part"], sure["part"]],
        ["code", data["code"], sure["code"]],
    ]
    if soc.modules:
        lines.append(["in modules called", names_of(soc.modules),
                      ", ".join(sorted({who for _, who in soc.modules}))])
    if "pins" in data:
        lines.append(["pins", data["pins"], sure["pins"]])
    if "bootloaders" in data:
        lines.append(["bootloader begins", ", ".join(data["bootloaders"]), sure["bootloader"]])
        lines.append(["bootloader is long", ", ".join(
            f"0x{length:X}" for length in data["bootloader_used"]), sure["bootloader"]])
    if "app_starts" in data:
        lines.append(["application begins", ", ".join(data["app_starts"]), sure["bootloader"]])
    if "mac_offset" in data:
        macs = ", ".join(f"0x{start + data['mac_offset']:X}" for start in soc.calibrations)
        lines.append(["MAC address", macs, sure["mac"]])
    text = f"\n## {soc.name}{also}\n\n" + table(["", "", "Sure"], lines)
    sources = {region["name"]: region["source"] for region in soc.regions}
    kinds = {region["name"]: region["kind"] for region in soc.regions}
    for size in data["flash"]:
        text += f"\n`{soc.name}-{size_name(size)}.layout`:\n\n" + table(
            ["From", "to", "Region", "Kind", "Source"],
            ([f"0x{first:06X}", f"0x{last:06X}", name, kinds.get(name, ""),
              sources.get(name, "")] for first, last, name in rows(soc, size)))
    if soc.conflicts:
        text += "\n" + table(["Sources disagree about", "Who says what", "What is done"],
                             (line[1:] for line in conflict_lines(soc.name, soc.conflicts)))
    return text


def socs_document(pads, socs):
    text = HEAD + """# SoCs

The flash of each SoC, and what lies where in it. Addresses are physical, as SPI sees them: code
contains CRC bytes. Nothing here was tried on hardware by this project. How sure each
fact is, and the sources, are explained in [parts.md](parts.md).

The layouts are made by the build, in `build/chipdb/layouts/`, and installed to
`share/flashrom-beken/layouts/`. Gaps are called `rest1`, `rest2` and so on: no source says
what they hold, which does not mean that they are empty.

- **code** `keyed`: encrypted with a key in the eFUSE; `plain`: not.
- **rf** holds the calibration of the radio and the MAC address. It begins with `TLV` and a NUL.
  It cannot be had from anywhere else: back it up, and never erase it.

## Pads

"""
    text += table(["Pad", "Signal", "also labelled"],
                  ([name, pad["signal"], ", ".join(pad["labels"])] for name, pad in pads.items()))
    return text + "".join(soc_section(soc) for soc in socs)
