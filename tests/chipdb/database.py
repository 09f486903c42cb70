# SPDX-License-Identifier: GPL-2.0-or-later
"""A small chip database to break, and the generator in this process."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[0:0] = [str(ROOT / "chipdb"), str(ROOT / "tests")]
import generate

SOURCES = """\
[maker]
what = "the maker's datasheet"

[tool]
what = "some tool"
"""
FAMILIES = """\
# a comment, so that lines and tables do not agree by accident
[gd25q]
text = "two registers"
page = 256
program = [700, 2400]
erase = [
    [0x20, 4096, 50000, 300000],
    [0xD8, 65536, 280000, 1200000],
]
chip_erase = [0xC7]
chip_erase_time = [312500, 625000]
address_bytes = 3
sr1 = "SRP0 SEC TB BP2 BP1 BP0 WEL WIP"
sr2 = "SUS CMP - LB LB LB QE SRP1"
sr_write = "joint"
sr_write_time = [10000, 30000]
sr_volatile = false
sfdp = false
source.geometry = "maker: datasheet"
source.times = ["maker: datasheet", "tool: assumed"]
source.registers = "maker tool: tools"
source.sr_write = "tool: tools"
source.volatile = "maker: assumed"
source.sfdp = "maker: assumed"
"""
PARTS = """\
# another comment
[C84015]
name = "GD25Q16B"
maker = "GigaDevice"
size = 0x200000
family = "gd25q"
also = ["GD25Q16(B): tool"]
seen = ["BK7231T: tool"]
firmware_sr = 0x4004
source.id = "tool: tools"
source.firmware_sr = "tool: inferred"

[[C84015.conflict]]
fact = "registers"
says = [
    "tool: one",
    "maker: two",
]
careful = "reads both"

[014B42]
name = "BK"
maker = "Beken"
size = 0x80000
refuse = "it is no SPI NOR die"
source.id = "tool: tools"
"""
SOCS = """\
[pad.P20]
signal = "SCK"
labels = ["TCK"]
source = "maker: datasheet"

[soc.BK7231T]
also = ["T0: tool"]
part = "GD25Q16B"
flash = [0x200000]
spi_mode = "confirmed"
evidence = "a log"
code = "keyed"
bootloaders = ["4309b596"]
mac_offset = 36
source.part = "tool: tools"
source.flash = "tool: measured"
source.spi_mode = "tool: reported"
source.code = "tool: measured"
source.bootloader = "tool: measured"
source.mac = "tool: measured"
regions = [
    { name = "boot", start = 0x0, length = 0x11000, kind = "boot", source = "tool: measured" },
    { name = "app", start = 0x11000, length = 0x100F70, kind = "app", source = "tool: measured" },
    { name = "rf", start = 0x1E0000, length = 0x1000, kind = "rf", source = "tool: measured" },
]

[[soc.BK7231T.conflict]]
fact = "end of the application"
says = ["tool: here", "maker: there"]
careful = "nothing"
"""
MODULES = """\
[package.CHIP-QFN]
socs = ["BK7231T"]
P20 = ["20"]
P21 = ["19"]
P22 = ["18"]
P23 = ["17"]
CEN = ["21"]
source = "maker: datasheet"

[module.LAMP]
soc = "BK7231T"
package = "CHIP-QFN"
P23 = ["8", "TSO"]
CEN = ["10"]
GND = ["3"]
source = "tool: tools"
"""
ADAPTERS = """\
[CH341A]
title = "a board"
P20 = ["D3", "leg 18", "CLK, SCK"]
P21 = ["D0", "leg 15", "CS"]
P22 = ["D5", "leg 20", "MOSI"]
P23 = ["D7", "leg 22", "MISO"]
CEN = ["D2", "leg 17", "none"]
strip = [["15 D0", "17 D2", "18 D3"], ["20 D5", "21 D6", "22 D7"]]
levels = ["3.3 V", "tool: reported"]
source = "maker: datasheet"
"""
GOOD = {"sources.toml": SOURCES, "families.toml": FAMILIES, "parts/a.toml": PARTS,
        "socs.toml": SOCS, "modules.toml": MODULES, "adapters.toml": ADAPTERS}


def line_with(text, needle):
    return 1 + next(i for i, line in enumerate(text.splitlines()) if needle in line)


class DatabaseTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "parts").mkdir()
        self.out = self.folder / "out.c"

    def run_on(self, changed=None, arguments=None):
        """What the generator says about the good database with these files replaced; "" if it accepts them."""
        for name, text in (GOOD | (changed or {})).items():
            (self.folder / name).write_text(text)
        arguments = arguments or ["tables", str(self.out)]
        try:
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                generate.main(["--database", str(self.folder), *arguments])
        except SystemExit as end:
            return str(end.code)
        return printed.getvalue()

    def refused(self, file, old, new, line, *words):
        """With `old` replaced by `new` in `file`; the message names the line that contains `line`."""
        self.assertIn(old, GOOD[file])
        text = GOOD[file].replace(old, new, 1)
        message = self.run_on({file: text})
        self.assertIn(f"{self.folder / file}:{line_with(text, line)}: ", message)
        for word in words:
            self.assertIn(word, message)
        self.assertFalse(self.out.exists())

    def accepted(self, file, old, new):
        self.assertIn(old, GOOD[file])
        self.assertEqual(self.run_on({file: GOOD[file].replace(old, new, 1)}), "")
        return self.out.read_text()
