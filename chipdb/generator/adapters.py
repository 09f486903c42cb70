# SPDX-License-Identifier: GPL-2.0-or-later
"""adapters.toml, checked. ../README.md says what the keys mean."""
from .modules import CHIP_SIGNALS, SIGNALS
from .text import Table, is_plain, is_sentence, load


class Adapter:
    def __init__(self, name, data):
        self.name, self.title, self.strip = name, data["title"], data.get("strip", [])
        self.ends = {signal: data.get(signal, ["GND", "", "GND"]) for signal in [*CHIP_SIGNALS, "GND"]}
        self.ends["3V3"] = ["a supply", "", "see docs/wiring.md"]
        self.levels = data["levels"][0]

    def signal_at(self, pin):
        """Of a pin of the strip, "17 D2": which wire ends there, or None."""
        number, _, name = pin.rpartition(" ")
        for signal in CHIP_SIGNALS:
            label, place, others = self.ends[signal]
            if name in (label, *others.split(", ")) and (not number or place.split()[1] == number):
                return signal
        return None


def load_adapters(path, sources):
    """{name: Adapter}"""
    adapters = {}
    for name, data in load(path).items():
        table = Table(path, name, data)
        table.check_keys({"title": str, "levels": list} | {signal: list for signal in CHIP_SIGNALS},
                         {"GND": list, "strip": list, "source": str})
        table.require("source" in data, None, "has no source")
        sources.parse(table, "source", data["source"])
        table.require(len(data["levels"]) == 2 and is_sentence(data["levels"][0]), "levels",
                      "'levels' is not a text and its source")
        sources.parse(table, "levels", data["levels"][1])
        for signal in SIGNALS:
            ends = data.get(signal, ["GND", "", ""])
            table.require(len(ends) == 3 and is_plain(ends[0]), signal, f"'{signal}' is not a pin, its place, labels")
        adapters[name] = Adapter(name, data)
        for signal in CHIP_SIGNALS:
            drawn = [pin for row in adapters[name].strip for pin in row if adapters[name].signal_at(pin) == signal]
            table.require(not adapters[name].strip or len(drawn) == 1, "strip", f"{signal} is not drawn once")
    return adapters
