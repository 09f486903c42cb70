# SPDX-License-Identifier: GPL-2.0-or-later
"""A CH347T with old and new firmware, and a CH347F."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
import usb_adapter


class Ch347(usb_adapter.Cases, rig.Case):
    def flash(self, name, *arguments, adapter="ch347t", speed="15M", device=(), **options):
        return self.rig.flash(name, f"--params=usb=1-1,speed={speed}", *arguments,
                              device=("--adapter", adapter, "--part", "GD25Q16B", *device),
                              image=self.content, **options)

    def test_each_kind_is_read_at_any_speed_and_whatever_the_entry_is_like(self):
        for adapter, speed, entry in (("ch347t", "30M", "measured"), ("ch347f", "60M", "csharp"),
                                      ("ch347t-old", "15M", "clocked"),
                                      ("ch347t", "468750", "late-window")):
            with self.subTest(adapter=adapter, speed=speed, entry=entry):
                self.read_start(adapter=adapter, speed=speed, device=("--entry", entry))

    def test_times_that_vary_lose_nothing(self):
        for adapter in ("ch347f", "ch347t-old"):
            with self.subTest(adapter):
                self.write_while_times_vary(adapter=adapter)

    def test_the_only_adapter_is_taken_by_itself_and_speaks_of_its_own_pins(self):
        run = self.good(self.rig.flash("doctor", device=("--adapter", "ch347t"), image=self.content))
        for words in ("adapter     good  CH347T at usb=1-1", "mode        good", "SCS1 resets the chip"):
            self.assertIn(words, run.output)
        self.assertIn("CH347T at usb=1-1: ", self.good(self.rig.flash(
            "list", device=("--adapter", "ch347t"), image=self.content)).output)

    def test_a_flash_that_cen_does_not_reach_is_said(self):
        run = self.flash("reset", device=("--entry", "sticky"))
        self.assertNotEqual(run.status, 0)
        self.assertIn("its CEN is not connected to SCS1", run.output)


if __name__ == "__main__":
    tap.main()
