# SPDX-License-Identifier: GPL-2.0-or-later
"""beken-flash write --region and --size: what read wrote to a file goes back with the same options."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from lamp import DIE, NET, RF, SIZE, TUYA, Commands, without

APP = slice(0x11000, 0x129f70)


class Regions(Commands):
    def write(self, *arguments, die=DIE):
        return self.flash("write", "--no-backup", *arguments, image=die)

    def test_what_was_read_of_a_region_goes_back_into_it(self):
        for name, place in {"net": NET, "tuya": TUYA, "rf": RF, "app": APP}.items():
            with self.subTest(name):
                self.good(self.flash("read", f"--region={name}", f"{name}.bin"))
                run = self.good(self.write(f"--region={name}", f"{name}.bin",
                                           die=without(DIE, place)))
                self.same(run.die, DIE)

    def test_settings_of_another_module_go_where_their_region_is_named(self):
        other = rig.random_bytes(NET.stop - NET.start, 5)
        self.rig.file("net.bin", other)
        run = self.good(self.write("--region=net", "net.bin"))
        self.same(run.die, DIE[:NET.start] + other + DIE[NET.stop:])

    def test_another_calibration_is_asked_for_though_its_region_is_named(self):
        other = bytearray(DIE[RF])
        other[36 + 5] ^= 0x55
        self.rig.file("rf.bin", bytes(other))
        self.refused(self.write("--region=rf", "rf.bin"), 3, "--yes=identity-lost")

    def test_what_is_something_else_does_not_go_into_a_region(self):
        self.rig.file("net.bin", DIE[NET])
        self.rig.file("app.bin", DIE[APP])
        self.rig.file("dump.bin", DIE)
        self.rig.file("text", b"This is a letter, and no settings at all.\n" * 20)
        for region, name, words in (("app", "net.bin", "not-an-image"),
                                    ("bootloader", "app.bin", "bootloader has"),
                                    ("net", "app.bin", "net has"), ("rf", "net.bin", "rf has"),
                                    ("rf", "dump.bin", "restore"), ("rf", "text", "not-an-image"),
                                    ("nothing", "net.bin", "it has: bootloader")):
            with self.subTest(f"{name} in {region}"):
                self.refused(self.write(f"--region={region}", name), 3, words)

    def test_of_a_file_only_so_much_is_written_as_is_said(self):
        self.rig.file("dump.bin", DIE)
        run = self.good(self.write("--size=0x11000", "dump.bin", die=without(DIE, slice(0, 0x2000))))
        self.same(run.die, DIE)
        self.refused(self.write("--size=4M", "dump.bin"), 3, "has only 2097152 bytes")

    def test_a_region_and_an_address_contradict_each_other(self):
        self.rig.file("net.bin", DIE[NET])
        self.assertEqual(self.write("--region=net", "--at=0x1d1000", "net.bin").status, 2)
        self.assertEqual(self.write("--region=net", "--size=16", "net.bin").status, 2)
        self.assertEqual(self.write("--region=net,rf", "net.bin").status, 2)

    def test_where_the_soc_is_unknown_there_is_no_region(self):
        self.rig.file("net.bin", DIE[NET])
        die = b"\x01\x02" + rig.random_bytes(SIZE - 2, 9)
        run = self.write("--region=net", "net.bin", die=die)
        self.assertEqual(run.status, 3, run.messages)
        self.assertIn("--soc", run.messages)
        self.same(run.die, die)


if __name__ == "__main__":
    tap.main()
