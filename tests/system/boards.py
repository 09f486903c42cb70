# SPDX-License-Identifier: GPL-2.0-or-later
"""Many boards and several adapters: list, --usb and --record."""
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from lamp import BEKEN_FLASH, DIE, MAC, MADE, SIZE, Commands


class ManyBoards(Commands):
    TWO = ("--second-adapter",)

    def records(self):
        lines = [json.loads(line) for line in self.rig.file("boards.json").read_text().splitlines()]
        for line in lines:
            self.assertEqual(rig.SCHEMA.wrong(line), [])
        return lines

    def test_list_names_each_adapter_and_what_is_on_it(self):
        run = self.unchanged(self.good(self.flash("list", device=self.TWO)))
        self.assertRegex(run.output, rf"(?m)^CH341A at usb=1-2: BK7231N, .*TH25Q16HB, 2048 KiB, MAC {MAC}$")
        self.assertRegex(run.output, r"(?m)^CH341A at usb=1-1: no link.* \[line-high\]$")
        self.assertNotIn("error", run.messages)
        run = self.flash("list", device=("--adapter", "uart"))
        self.assertRegex(run.output, r"\[adapter-mode\]$")
        self.assertEqual(self.flash("list", device=("--adapter", "none")).status, 1)

    def test_list_names_also_what_it_leaves_alone(self):
        for adapter, option in (("ft232h", "--usb=1-1"), ("spidev", "--params=spidev=/dev/spidev0.0")):
            with self.subTest(adapter):
                run = self.good(self.flash("list", device=("--adapter", adapter)))
                self.assertRegex(run.output, rf"(?mi)^{adapter} at .*: not examined, .*, {option}$")
                self.assertEqual(run.messages, "")
                run = self.good(self.flash("list", "--json", device=("--adapter", adapter)))
                self.assertIn('"event": "adapter"', run.output)

    def test_list_names_serial_ports_and_does_not_open_them(self):
        run = self.good(self.flash("list", device=("--uart", "t", "--adapter", "none")))
        self.assertRegex(run.output, r"(?m)^serial port at port=/dev/ttyUSB0: not examined, .*, --port=/dev/ttyUSB0$")
        self.assertEqual(run.stats["uart"]["cen_resets"], 0)
        run = self.flash("detect", device=("--uart", "t", "--adapter", "none"))
        self.assertIn("a USB-serial adapter is used with --port=DEVICE", run.messages)

    def test_the_port_of_list_says_which_adapter_is_meant(self):
        run = self.flash("detect", device=self.TWO)
        self.assertEqual(run.status, 1)
        self.assertIn("--usb=PORT", run.messages)
        run = self.good(self.flash("detect", "--usb=1-2", device=self.TWO))
        self.assertIn("CH341A at usb=1-2", run.output)
        self.assertIn("no adapter at usb=1-7", self.flash("reset", "--usb=1-7").messages)

    def test_two_adapters_work_side_by_side(self):
        run = self.good(self.flash(shell=f"""
            {BEKEN_FLASH} backup --usb=1-2 a.bin & {BEKEN_FLASH} reset --usb=1-1 &&
            {BEKEN_FLASH} reset --usb=1-1 && wait $!""", device=self.TWO))
        self.same(self.rig.file("a.bin").read_bytes(), DIE)
        # The other adapter has no chip on it, so no chip is reported to run.
        self.assertEqual(run.stats["cen"], "high")

    def test_the_record_has_a_line_for_each_board_also_if_it_failed(self):
        self.rig.file("qio.bin", (MADE / "other-qio.bin").read_bytes())
        for line, device in (("backup a.bin", ()), ("write qio.bin --backup=a.bin", ()),
                             ("detect --params=tries=3", ("--entry", "dead-FF")),
                             ("detect", ("--adapter", "none"))):
            self.flash(*line.split(), "--record=boards.json", device=device)
        backup, write, dead, none = self.records()
        for line in (backup, write):
            self.assertEqual((line["kind"], line["status"], line["socs"], line["mac"], line["part"]["name"],
                              line["adapter"]["usb"]), ("none", 0, ["BK7231N"], MAC, "TH25Q16HB", "1-1"))
        self.assertEqual(backup["sha256"], hashlib.sha256(DIE).hexdigest())
        self.assertEqual(write["sha256"], hashlib.sha256((MADE / "other-qio.bin").read_bytes()).hexdigest())
        self.assertEqual((backup["flash"], write["flash"]), ("untouched", "changed"))
        self.assertEqual(backup["calibration"], write["calibration"])
        self.assertEqual([phase["bytes"] for phase in backup["phases"]][0], SIZE)
        self.assertEqual((dead["kind"], none["kind"], none["adapter"]), ("line-high", "no-adapter", None))

    def test_what_cannot_be_recorded_is_said_and_the_board_is_done(self):
        for place in ("/dev/full", "no/such/folder"):
            run = self.good(self.flash("detect", f"--record={place}"))
            self.assertIn("nothing was recorded for this board", run.messages)


if __name__ == "__main__":
    tap.main()
