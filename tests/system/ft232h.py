# SPDX-License-Identifier: GPL-2.0-or-later
"""An FT232H: one stream of commands, and a chip that many boards use for something else."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
import usb_adapter

FTDI = ("--adapter", "ft232h", "--part", "GD25Q16B")


class Ft232h(usb_adapter.Cases, rig.Case):
    def flash(self, name, *arguments, speed="15M", params="usb=1-1", device=(), **options):
        return self.rig.flash(name, f"--params={params},speed={speed}", *arguments,
                              device=(*FTDI, *device), image=self.content, **options)

    def test_it_is_read_at_any_speed_and_whatever_the_entry_is_like(self):
        for speed, entry in (("30M", "measured"), ("15M", "csharp"), ("1M", "clocked-long")):
            with self.subTest(speed=speed, entry=entry):
                self.read_start(speed=speed, device=("--entry", entry))

    def test_a_stock_flashrom_reads_the_same(self):
        run = self.rig.run(rig.STOCK, "-p", "ft2232_spi:type=232H,divisor=2", "-r", "out.bin",
                           device=(*FTDI, "--entry", "linked"), image=self.content)
        self.assertEqual(run.status, 0, run.output)
        self.same(self.rig.file("out.bin").read_bytes(), self.content)

    def test_times_that_vary_lose_nothing(self):
        self.write_while_times_vary()

    def test_an_ft232h_is_never_chosen_automatically(self):
        run = self.rig.flash("detect", device=FTDI)
        self.assertNotEqual(run.status, 0)
        self.assertIn("there is FT232H at usb=1-1", run.output)
        self.assertIn("name it: --usb=1-1", run.output)
        self.assertEqual(run.stats["packets"], 0)
        run = self.rig.flash("list", device=FTDI)
        self.assertEqual(run.status, 0, run.output)
        self.assertIn("FT232H at usb=1-1: not examined, since it may be used for something else", run.output)
        self.assertEqual(run.stats["packets"], 0)

    def test_a_port_where_there_is_none_is_said_with_what_there_is(self):
        run = self.flash("detect", params="usb=1-7")
        self.assertNotEqual(run.status, 0)
        self.assertIn("no adapter at usb=1-7, but FT232H at usb=1-1", run.output)

    def test_a_flash_that_cen_does_not_reach_is_said(self):
        run = self.rig.flash("detect", "--params=usb=1-1,enter=always",
                             device=(*FTDI, "--entry", "sticky"))
        self.assertNotEqual(run.status, 0)
        self.assertIn("Connect CEN to ADBUS4", run.output)


if __name__ == "__main__":
    tap.main()
