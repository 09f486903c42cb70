# SPDX-License-Identifier: GPL-2.0-or-later
"""socs.toml, checked. ../README.md says what the keys mean."""
import re

from .text import Bad, Names, Table, is_plain, is_sentence, load

KINDS = ["boot", "app", "ota", "rf", "net", "data"]
MAX_REGIONS, MAX_FINGERPRINTS, MAX_FLASHES = 12, 4, 4  # CHIPDB_REGIONS and so on

# Keys of a SoC, their types, and the group of facts that they belong to.
REQUIRED = {"part": (str, "part"), "flash": (list, "flash"), "spi_mode": (str, "spi_mode"),
            "evidence": (str, "spi_mode"), "code": (str, "code")}
OPTIONAL = {"bootloaders": (list, "bootloader"), "bootloader_used": (list, "bootloader"),
            "app_starts": (list, "bootloader"), "mac_offset": (int, "mac"), "pins": (str, "pins")}
REGION = {"name": str, "start": int, "length": int, "kind": str, "source": (str, list)}


class Soc:
    def __init__(self, table, name):
        self.table, self.name, self.data = table, name, table.data
        self.also, self.calls_itself, self.alike, self.modules = [], [], [], []
        self.regions, self.sources, self.conflicts = [], {}, []

    def regions_in(self, size):
        """Those of a flash of this size."""
        return [region for region in self.regions if region["start"] < size]

    @property
    def calibrations(self):
        return [region["start"] for region in self.regions if region["kind"] == "rf"]


def check_region(soc, region, sources):
    table = soc.table
    words = f'"{region.get("name")}"' if type(region) is dict else None
    table.require(type(region) is dict, "regions", "a region is not a table")
    for key, kind in REGION.items():
        table.require(key in region, "regions", f"a region lacks '{key}'", words)
        kinds = kind if type(kind) is tuple else (kind,)
        table.require(type(region[key]) in kinds, "regions",
                      f"'{key}' of a region is not a {kinds[0].__name__}", words)
    for key in region:
        table.require(key in REGION, "regions", f"a region has the unknown key '{key}'", words)
    name, start, end = region["name"], region["start"], region["start"] + region["length"]
    table.require(re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name), "regions",
                  f"the region's name '{name}' is not plain", words)
    table.require(not name.startswith("rest"), "regions",
                  f"the name '{name}' is for the gaps in layouts", words)
    table.require(region["kind"] in KINDS, "regions",
                  f"the kind of region {name} is none of {', '.join(KINDS)}", words)
    table.require(start >= 0 and region["length"] > 0, "regions",
                  f"the region {name} has no length or a bad start", words)
    table.require(end <= max(soc.data["flash"]), "regions",
                  f"the region {name} ends at 0x{end:X}, beyond the flash", words)
    for size in soc.data["flash"]:
        table.require(start >= size or end <= size, "regions",
                      f"the region {name} straddles the end of a flash of {size} bytes", words)
    sources.parse(table, "regions", region["source"], words)


def check_regions(soc, sources):
    regions = soc.data.get("regions", [])
    soc.table.require(len(regions) <= MAX_REGIONS, "regions", "has too many regions")
    for region in regions:
        check_region(soc, region, sources)
    soc.regions = sorted(regions, key=lambda region: region["start"])
    for one, two in zip(soc.regions, soc.regions[1:]):
        soc.table.require(one["start"] + one["length"] <= two["start"], "regions",
                          f"the regions {one['name']} and {two['name']} overlap",
                          f'"{two["name"]}"')
    names = [region["name"] for region in regions]
    for name in names:
        soc.table.require(names.count(name) == 1, "regions",
                          f"has the region {name} twice", f'"{name}"')


def check_values(soc, parts):
    table, data = soc.table, soc.data
    sizes = {part.name: part.size for part in parts if not part.refuse}
    table.require(data["part"] in sizes, "part", f"there is no part called {data['part']}")
    flash = data["flash"]
    table.require(flash and len(flash) <= MAX_FLASHES and all(
        type(size) is int and size in (1 << bit for bit in range(16, 27)) for size in flash) and
        flash == sorted(set(flash)), "flash", "'flash' is not a list of ascending powers of two")
    table.require(sizes[data["part"]] in flash, "part",
                  f"{data['part']} has another size than its 'flash'")
    table.require(data["spi_mode"] in ("confirmed", "unproven"), "spi_mode",
                  "'spi_mode' is neither confirmed nor unproven")
    table.require(data["code"] in ("keyed", "plain", "unknown"), "code",
                  "'code' is none of keyed, plain, unknown")
    for key in ("evidence", "pins"):
        table.require(key not in data or is_sentence(data[key]), key, f"'{key}' is not plain text")
    for key in ("bootloaders", "app_starts"):
        values = table.strings(key)
        table.require(len(values) <= MAX_FINGERPRINTS and all(
            re.fullmatch(r"([0-9a-f]{2}){1,8}", value) for value in values), key,
            f"'{key}' is not a short list of up to 8 bytes, hexadecimal")
    used = data.get("bootloader_used", [1])
    table.require(used and all(type(length) is int and 0 < length < min(flash)
                               for length in used), "bootloader_used",
                  "'bootloader_used' is not a list of lengths")
    table.require(0 <= data.get("mac_offset", 0) < 0x1000, "mac_offset",
                  "'mac_offset' is not inside of the calibration")


def load_soc(path, name, data, parts, sources):
    table = Table(path, f"soc.{name}", data)
    facts = REQUIRED | OPTIONAL
    table.check_keys({key: kind for key, (kind, _) in REQUIRED.items()} | {"source": dict},
                     {key: kind for key, (kind, _) in OPTIONAL.items()} |
                     {"also": list, "calls_itself": list, "alike": list, "modules": list,
                      "regions": list, "conflict": list})
    table.require(is_plain(name), None, "the name is not plain text")
    soc = Soc(table, name)
    groups = {facts[key][1] for key in data if key in facts}
    for group, value in data["source"].items():
        table.require(group in groups, f"source.{group}",
                      f"'source.{group}' is a source of nothing that is known here")
        soc.sources[group] = sources.parse(table, f"source.{group}", value)
    for key in data:
        if key in facts:
            table.require(facts[key][1] in soc.sources, key,
                          f"'{key}' has no source.{facts[key][1]}")
    for key in ("also", "calls_itself", "alike", "modules"):
        setattr(soc, key, table.named(key))
        for what, who in getattr(soc, key):
            table.require(is_plain(what), key, f"'{what}' in '{key}' is not plain text", what)
            (sources.check if key in ("also", "modules") else sources.parse)(table, key, who, what)
    check_values(soc, parts)
    check_regions(soc, sources)
    soc.conflicts = sources.conflicts(path, f"soc.{name}", data.get("conflict", []))
    return soc


def load_pads(path, pads, sources):
    for name, data in pads.items():
        table = Table(path, f"pad.{name}", data)
        table.check_keys({"signal": str, "labels": list}, {"source": (type(data.get("source")))})
        table.require("source" in data, None, "has no source")
        table.require(is_sentence(data["signal"]), "signal", "'signal' is not plain text")
        table.require(all(is_plain(label) for label in table.strings("labels")), "labels",
                      "'labels' are not plain text")
        sources.parse(table, "source", data["source"])
    return pads


def load_socs(path, parts, sources):
    """(pads, SoCs); also checks where parts were seen."""
    data = load(path)
    for key in data:
        Table(path, key, data[key]).require(key in ("pad", "soc"), None,
                                            "is neither [pad.NAME] nor [soc.NAME]")
    pads = load_pads(path, data.get("pad", {}), sources)
    names, socs = Names(), []
    for name, entry in data.get("soc", {}).items():
        socs.append(load_soc(path, name, entry, parts, sources))
        names.add(socs[-1].table, None, name, name)
    if not socs:
        raise Bad(f"{path}:1: has no [soc.NAME]")
    for soc in socs:
        for what, _ in soc.also:
            names.add(soc.table, "also", what, soc.name)
    known = {soc.name for soc in socs}
    for soc in socs:
        for what, _ in soc.alike:
            soc.table.require(what in known - {soc.name}, "alike",
                              f"there is no other SoC called {what}", what)
    for part in parts:
        for what, _ in part.seen:
            part.table.require(what in known, "seen", f"there is no SoC called {what}", what)
    return pads, socs
