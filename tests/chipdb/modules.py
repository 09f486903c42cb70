# SPDX-License-Identifier: GPL-2.0-or-later
"""Mistakes in modules.toml are found, and the modules that people have are in it."""
import tomllib

from database import ROOT, DatabaseTest
import tap


class Modules(DatabaseTest):
    def test_the_tables_have_pads_and_packages(self):
        self.assertEqual(self.run_on(), "")
        made = self.out.read_text()
        self.assertIn('.pads = {NULL, NULL, NULL, "8 or TSO", "10", NULL, "3"}', made)
        self.assertIn('.pads = {"20", "19", "18", "17", "21", NULL, NULL}', made)

    def test_what_contradicts_itself_is_refused_with_its_line(self):
        self.refused("modules.toml", 'CEN = ["10"]', 'CEN = ["8"]', 'CEN = ["8"]', "another signal")
        self.refused("modules.toml", 'package = "CHIP-QFN"', 'package = "BOX"', "package =", "no package")
        self.refused("modules.toml", 'soc = "BK7231T"', 'soc = "Z80"', "[module.LAMP]", "no SoC")
        self.refused("modules.toml", 'GND = ["3"]', "GND = []", "GND =", "list of pads")
        self.refused("modules.toml", '["8", "TSO"]', '["left of the can"]', "left of", "list of pads")
        self.refused("modules.toml", 'source = "tool: tools"', "", "[module.LAMP]", "no source")

    def test_an_adapter_has_each_wire_once_in_its_table_and_in_its_picture(self):
        accepted = self.accepted("adapters.toml", "a board", "the board")
        self.assertIn('.pins = {"D3", "D0", "D5", "D7", "D2", "a supply", "GND"}', accepted)
        self.assertIn('.levels = "3.3 V"', accepted)
        self.out.unlink()
        self.refused("adapters.toml", '"leg 15", "CS"]', '"leg 15"]', "P21 =", "not a pin, its place, labels")
        self.refused("adapters.toml", '"21 D6"', '"17 D2"', "strip =", "CEN is not drawn once")
        self.refused("adapters.toml", '"18 D3"', '"18 D4"', "strip =", "P20 is not drawn once")
        self.refused("adapters.toml", 'CEN = ["D2", "leg 17", "none"]\n', "", "[CH341A]", "lacks the key 'CEN'")
        self.refused("adapters.toml", 'source = "maker: datasheet"', "", "[CH341A]", "no source")
        self.refused("adapters.toml", ', "tool: reported"]', "]", "levels =", "not a text and its source")
        self.refused("adapters.toml", '"tool: reported"', '"somebody: reported"', "levels =", "no source called")

    def test_the_modules_that_people_have_are_there(self):
        modules = tomllib.loads((ROOT / "chipdb" / "modules.toml").read_text())["module"]
        for name in ("CB2S", "CB2L", "CB3S", "CB3L", "CBU", "WB2S", "WB3S", "WB3L", "WBLC5", "CBLC5"):
            self.assertIn(name, modules)
            self.assertTrue(modules[name]["GND"] and modules[name]["CEN"], name)


if __name__ == "__main__":
    tap.main()
