#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of mistake in the text of the chip database is refused as FILE:LINE."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import tap

ROOT = pathlib.Path(__file__).resolve().parents[2] / "chipdb"

PART = """\
# a comment, so that lines and tables do not agree by accident
[C84015]
name = "GD25Q16B"
maker = "GigaDevice"
size = 0x200000
program = [700, 2400]
erase = [
    [0x20, 4096, 50000, 300000],
    [0xC7, "chip", 10000000, 20000000],
]
sr1 = "SRP0 SEC TB BP2 BP1 BP0 WEL WIP"
sr2 = "SUS CMP - LB LB LB QE SRP1"
sr_write = "joint"
sr_write_time = [10000, 30000]
firmware_sr = 0x4004
sfdp = false
source = "here"
"""
SOC = """\
[BK7231T]
part = "GD25Q16B"
spi_mode = "confirmed"
source = "there"
"""


def line_with(text, needle):
    return 1 + next(i for i, line in enumerate(text.splitlines()) if needle in line)


class Generate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_on(self, parts=PART, socs=SOC):
        paths = [self.folder / name for name in ("parts.toml", "socs.toml", "out.c")]
        paths[0].write_text(parts)
        paths[1].write_text(socs)
        return subprocess.run([sys.executable, ROOT / "generate.py", *paths], text=True,
                              capture_output=True, check=False)

    def refused(self, old, new, line, *words, socs=False):
        """With `old` replaced by `new`; the message names the line that has `line`."""
        text = SOC if socs else PART
        self.assertIn(old, text)
        text = text.replace(old, new, 1)
        result = self.run_on(**{"socs" if socs else "parts": text})
        self.assertEqual(result.returncode, 1, result)
        name = "socs.toml" if socs else "parts.toml"
        self.assertIn(f"{name}:{line_with(text, line)}: ", result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertNotIn("Traceback", result.stderr)
        self.assertFalse((self.folder / "out.c").exists())

    def test_good_text_becomes_a_table(self):
        result = self.run_on()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        table = (self.folder / "out.c").read_text()
        for words in (".id = {0xC8, 0x40, 0x15}", ".size = 2097152u", ".sr_count = 2",
                      "{0xc7, 2097152u, 10000000u, 20000000u}", ".firmware_sr = 0x4004",
                      '.name = "BK7231T"'):
            self.assertIn(words, table)

    def test_the_real_database_is_good(self):
        result = self.run_on((ROOT / "parts.toml").read_text(), (ROOT / "socs.toml").read_text())
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_broken_toml_is_refused(self):
        self.refused('maker = "GigaDevice"', 'maker = "GigaDevice', "maker")

    def test_each_missing_key_of_a_part_is_named(self):
        for line in PART.splitlines():
            if " = " not in line or line.startswith(("sr2", "erase")):
                continue
            key = line.split()[0]
            with self.subTest(key):
                self.refused(line + "\n", "", "[C84015]", f"'{key}'")

    def test_each_missing_key_of_a_soc_is_named(self):
        for line in SOC.splitlines()[1:]:
            with self.subTest(line):
                self.refused(line + "\n", "", "[BK7231T]", f"'{line.split()[0]}'", socs=True)

    def test_unknown_keys_are_refused(self):
        self.refused("sfdp = false", "sfdp = false\nqspi = true", "qspi", "'qspi'")
        self.refused('part = "GD25Q16B"', 'part = "GD25Q16B"\nflash = 2', "flash", "'flash'",
                     socs=True)

    def test_a_key_outside_of_all_tables_is_refused(self):
        self.refused("# a comment", "stray = 1 #", "stray", "not a table")

    def test_values_of_the_wrong_type_are_refused(self):
        self.refused("size = 0x200000", 'size = "2M"', "size", "int")
        self.refused("sfdp = false", "sfdp = 0", "sfdp", "bool")
        self.refused("program = [700, 2400]", "program = 700", "program", "list")
        self.refused("firmware_sr = 0x4004", "firmware_sr = true", "firmware_sr", "int")
        self.refused('name = "GD25Q16B"', "name = 25", "name", "str")

    def test_an_empty_source_is_refused(self):
        self.refused('source = "here"', 'source = " "', "source", "no source")
        self.refused('source = "there"', 'source = ""', "source", "no source", socs=True)

    def test_a_key_that_is_no_id_is_refused(self):
        for key in ("c84015", "C8401", "C840155", "GD25Q16"):
            with self.subTest(key):
                self.refused("[C84015]", f"[{key}]", f"[{key}]", "six hexadecimal digits")

    def test_a_size_that_is_none_is_refused(self):
        for size in ("0x200001", "0x8000", "0x8000000", "0", "-1"):
            with self.subTest(size):
                self.refused("0x200000", size, "size", "power of two")

    def test_a_size_that_contradicts_the_id_is_refused(self):
        self.refused("0x200000", "0x400000", "size", "15 means 2097152")

    def test_times_out_of_order_are_refused(self):
        self.refused("[700, 2400]", "[2400, 700]", "program", "typical")
        self.refused("[700, 2400]", "[0, 700]", "program", "typical")
        self.refused("[700, 2400]", "[700]", "program", "[typical, maximum]")
        self.refused("[700, 2400]", "[700, 2.4]", "program", "[typical, maximum]")
        self.refused("[10000, 30000]", "[30000, 10000]", "sr_write_time", "typical")
        self.refused("50000, 300000]", "300001, 300000]", "erase = [", "typical")

    def test_erase_commands_must_ascend_and_be_complete(self):
        self.refused("[0x20, 4096, 50000", "[0x20, 4095, 50000", "erase = [", "powers of two")
        self.refused("[0x20, 4096, 50000", "[0x20, 0x400000, 50000", "erase = [", "powers of two")
        self.refused("[0x20, 4096, 50000", '[0x20, "all", 50000', "erase = [", "powers of two")
        self.refused("[0x20, 4096, 50000, 300000]", "[0x20, 4096]", "erase = [", "rows")
        self.refused('    [0x20, 4096, 50000, 300000],\n    [0xC7, "chip", 10000000, 20000000],\n',
                     "", "erase = [", "erase commands")
        self.refused("    [0x20, 4096, 50000, 300000],\n",
                     "    [0x20, 4096, 50000, 300000],\n" * 6, "erase = [", "too many")
        self.refused('[0x20, 4096, 50000, 300000],\n    [0xC7, "chip", 10000000, 20000000]',
                     '[0xC7, "chip", 10000000, 20000000],\n    [0x20, 4096, 50000, 300000]',
                     "erase = [", "ascending")

    def test_erase_rows_of_the_wrong_kind_are_refused(self):
        self.refused("[0x20, 4096, 50000, 300000]", '["20", 4096, 50000, 300000]', "erase = [")
        self.refused("[0x20, 4096, 50000, 300000]", "[0x120, 4096, 50000, 300000]", "erase = [")
        self.refused("[0x20, 4096, 50000, 300000]", "[0, 4096, 50000, 300000]", "erase = [")
        self.refused("[0x20, 4096, 50000, 300000]", "4096", "erase = [")

    def test_register_writes_are_joint_or_split(self):
        self.refused('"joint"', '"both"', "sr_write =", "joint nor split")

    def test_registers_name_eight_known_bits_once(self):
        self.refused('BP0 WEL WIP"', 'BP0 WIP"', "sr1", "eight bits")
        self.refused('sr2 = "SUS', 'sr2 = "HPM', "sr2", "HPM")
        self.refused("QE SRP1", "QE WIP", "sr1", "WIP twice")
        self.refused("BP0 WEL WIP", "- WEL WIP", "sr1", "BP0")
        self.refused('sr2 = "', 'sr3 = "', "sr3", "no sr2")

    def test_firmware_sets_no_bit_that_it_does_not_set(self):
        self.refused("0x4004", "0x4005", "firmware_sr", "firmware_sr")
        self.refused("0x4004", "0x4404", "firmware_sr", "firmware_sr")
        self.refused("0x4004", "0x14004", "firmware_sr", "firmware_sr")
        self.refused("0x4004", "-1", "firmware_sr", "firmware_sr")

    def test_a_name_that_is_taken_is_refused(self):
        twin = PART[PART.index("[C84015]"):].replace("C84015", "C86015").replace("GD25Q", "gd25q")
        result = self.run_on(parts=PART + twin)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"parts.toml:{line_with(PART + twin, 'gd25q16B')}: ", result.stderr)
        self.assertIn("taken", result.stderr)

    def test_an_id_that_is_taken_is_refused(self):
        result = self.run_on(parts=PART + PART)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"parts\.toml:\d+: ")

    def test_names_that_would_break_the_table_are_refused(self):
        self.refused('"GigaDevice"', "'Giga\"Device'", "maker")
        self.refused('name = "GD25Q16B"', "name = 'GD25Q\\16B'", "name")
        self.refused("[BK7231T]", "['BK\"']", "['BK", "plain", socs=True)

    def test_a_soc_with_an_unknown_part_is_refused(self):
        self.refused('"GD25Q16B"', '"W25Q16"', "part", "W25Q16", socs=True)

    def test_a_soc_with_an_unknown_state_is_refused(self):
        self.refused('"confirmed"', '"maybe"', "spi_mode", "confirmed", socs=True)

    def test_a_missing_file_is_told_without_a_traceback(self):
        result = subprocess.run([sys.executable, ROOT / "generate.py", "no", "no", "no"],
                                text=True, capture_output=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertNotIn("Traceback", result.stderr)

    def test_the_usage_is_told(self):
        result = subprocess.run([sys.executable, ROOT / "generate.py"], text=True,
                                capture_output=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("usage:", result.stderr)


if __name__ == "__main__":
    tap.main()
