# SPDX-License-Identifier: GPL-2.0-or-later
"""A CH347T with old and new firmware, and a CH347F."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

SIZE = 2 << 20


class Ch347(rig.Case):
    def setUp(self):
        super().setUp()
        self.content = rig.random_bytes(SIZE, 1)

    def flash(self, name, *arguments, adapter="ch347t", speed="15M", device=(), **options):
        return self.rig.flash(name, f"--params=usb=1-1,speed={speed}", *arguments,
                              device=("--adapter", adapter, "--part", "GD25Q16B", *device),
                              image=self.content, **options)

    def good(self, run):
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(run.stats["cen"], "high")
        return run

    def test_each_kind_is_read_at_any_speed_and_whatever_the_entry_is_like(self):
        for adapter, speed, entry in (("ch347t", "30M", "measured"), ("ch347f", "60M", "csharp"),
                                      ("ch347t-old", "15M", "clocked"),
                                      ("ch347t", "468750", "late-window")):
            with self.subTest(adapter=adapter, speed=speed, entry=entry):
                self.good(self.flash("read", "--at=0", "--size=256K", "out.bin", adapter=adapter,
                                     speed=speed, device=("--entry", entry)))
                self.same(self.rig.file("out.bin").read_bytes(), self.content[:256 << 10])
                self.rig.file("out.bin").unlink()

    def test_a_write_with_a_backup_takes_the_dies_time_and_little_more(self):
        new = rig.random_bytes(SIZE, 2)
        self.rig.file("new.bin", new)
        run = self.good(self.flash("write", "--at=0", "--force=not-an-image", "--with-rf",
                                   "--with-net", "--with-data", "--backup=old.bin", "new.bin",
                                   speed="30M", device=("--sr", "firmware")))
        self.same(run.die, new)
        self.same(self.rig.file("old.bin").read_bytes(), self.content)
        self.assertLess(run.stats["virtual_us"], 20e6)

    def test_times_that_vary_lose_nothing(self):
        new = rig.random_bytes(100000, 3)
        self.rig.file("new.bin", new)
        for adapter in ("ch347f", "ch347t-old"):
            with self.subTest(adapter):
                run = self.good(self.flash("write", "--at=0", "--force=not-an-image",
                                           "--no-backup", "new.bin", adapter=adapter,
                                           device=("--busy", "varying")))
                self.same(run.die, new + self.content[len(new):])

    def test_the_only_adapter_is_taken_by_itself_and_speaks_of_its_own_pins(self):
        run = self.good(self.rig.flash("doctor", device=("--adapter", "ch347t"), image=self.content))
        for words in ("adapter     good  CH347T at usb=1-1", "mode        good", "SCS1 resets the chip"):
            self.assertIn(words, run.output)
        self.assertIn("CH347T at usb=1-1: ", self.good(self.rig.flash(
            "list", device=("--adapter", "ch347t"), image=self.content)).output)

    def test_unplugging_is_an_error_and_not_a_hang(self):
        run = self.flash("read", "out.bin", device=("--unplug-at", "400"))
        self.assertNotEqual(run.status, 0, run.output)
        self.assertIn("unplugged", run.output)

    def test_a_signal_leaves_cen_high(self):
        run = self.flash("read", "out.bin", device=rig.ctrl_c("50ms"))
        self.assertEqual(run.status, 130, run.output)
        self.assertEqual(run.stats["cen"], "high")

    def test_a_flash_that_cen_does_not_reach_is_said(self):
        run = self.flash("reset", device=("--entry", "sticky"))
        self.assertNotEqual(run.status, 0)
        self.assertIn("its CEN is not connected to SCS1", run.output)


if __name__ == "__main__":
    tap.main()
