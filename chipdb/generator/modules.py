# SPDX-License-Identifier: GPL-2.0-or-later
"""modules.toml, checked. ../README.md says what the keys mean."""
import re

from .text import Bad, Table, is_plain, load

SIGNALS = ["P20", "P21", "P22", "P23", "CEN", "3V3", "GND"]  # enum chipdb_wire
CHIP_SIGNALS = SIGNALS[:5]
UART_SIGNALS = ["P10", "P11"]  # RX1 and TX1 of the chip, for the way through its bootloader


class Wiring:
    def __init__(self, table, name, package, socs):
        self.table, self.name, self.package, self.socs = table, name, package, socs
        self.sources = []

    def pads(self, signal):
        """On which pads it is; none: []."""
        return self.table.data.get(signal, [])


def load_one(path, kind, name, data, sources):
    table = Table(path, f"{kind}.{name}", data)
    keys = {"socs": list} if kind == "package" else {"soc": str, "package": str}
    table.check_keys(keys | {signal: list for signal in CHIP_SIGNALS if kind == "package"},
                     {signal: list for signal in SIGNALS + UART_SIGNALS} | {"source": type(data.get("source"))})
    table.require("source" in data, None, "has no source")
    table.require(is_plain(name) and name == name.upper(), None, "the name is not plain and in capitals")
    wiring = Wiring(table, name, data.get("package"),
                    table.strings("socs") if kind == "package" else [data["soc"]])
    seen = []
    for signal in SIGNALS + UART_SIGNALS:
        if signal not in data:
            continue
        pads = table.strings(signal)
        table.require(pads and all(re.fullmatch(r"[A-Z0-9]{1,5}", pad) for pad in pads), signal,
                      f"'{signal}' is not a list of pads")
        table.require(not set(pads) & set(seen), signal, f"a pad of '{signal}' has another signal, too")
        seen += pads
    table.require(any(signal in data for signal in CHIP_SIGNALS), None, "has none of the signals")
    wiring.sources = [who for names, _ in sources.parse(table, "source", data["source"]) for who in names]
    return wiring


def load_modules(path, all_socs, sources):
    """(packages, modules), each by name."""
    data = load(path)
    for key in data:
        Table(path, key, data[key]).require(key in ("package", "module"), None,
                                            "is neither [package.NAME] nor [module.NAME]")
    known = {soc.name for soc in all_socs}
    packages, modules = ({name: load_one(path, kind, name, entry, sources)
                          for name, entry in data.get(kind, {}).items()}
                         for kind in ("package", "module"))
    if not packages or not modules:
        raise Bad(f"{path}:1: has no packages, or no modules")
    for wiring in [*packages.values(), *modules.values()]:
        for soc in wiring.socs:
            wiring.table.require(soc in known, None, f"there is no SoC called {soc}")
    for wiring in modules.values():
        wiring.table.require(wiring.package in packages, "package",
                             f"there is no package called {wiring.package}")
        wiring.table.require(set(wiring.socs) <= set(packages[wiring.package].socs), "soc",
                             f"{wiring.package} is not of that SoC")
        wiring.table.require(wiring.name not in packages, None, "is also the name of a package")
    return packages, modules
