# SPDX-License-Identifier: GPL-2.0-or-later
"""flashrom on a flash behind a Beken bootloader, and the messages if there is none."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

SIZE = 1 << 21
AREA = 0x11000  # what a bootloader in the flash does not change
BLOCK = 0x10000
OLD = rig.random_bytes(SIZE, 1)
NEW = OLD[:AREA] + rig.random_bytes(BLOCK, 2) + OLD[AREA + BLOCK:]
# The most writes to the registers in a session: half of what docs/uart.md allows. flashrom from 1.4 on
# looks at an erased block before it programs it, which 1.3.0 does not, and needs one more.
REGISTER_WRITES_MOST = 8


class Uart(rig.Case):
    def setUp(self):
        super().setUp()
        self.rig.file("new", NEW)
        self.rig.file("layout", f"{AREA:06x}:{SIZE - 1:06x} rest\n".encode())

    def flashrom(self, loader, *arguments, params="", device=(), image=OLD):
        programmer = "beken_uart:port=/dev/ttyUSB0" + ("," + params if params else "")
        return self.rig.run(rig.FLASHROM_BEKEN, "-p", programmer, *arguments, image=image,
                            device=("--uart", loader, *device))

    def good(self, run):
        self.assertEqual(run.status, 0, run.output)
        self.assertNotIn("requests were repeated", run.output)
        return run

    def test_all_of_the_flash_is_read(self):
        for loader in ("t", "n"):
            with self.subTest(loader):
                run = self.good(self.flashrom(loader, "-r", "out"))
                self.same(self.rig.file("out").read_bytes(), OLD)
                self.same(run.die, OLD)
                self.assertIn("2000000 baud", run.output)

    def test_what_is_written_is_there_and_protection_is_as_the_maker_leaves_it(self):
        for loader in ("u", "7238"):
            with self.subTest(loader):
                run = self.good(self.flashrom(loader, "-w", "new", device=(
                    "--sr", "firmware", "--part", "GD25Q16B")))
                self.assertIn("VERIFIED", run.output)
                self.same(run.die, NEW)
                self.assertLessEqual(run.stats["sr_writes"], REGISTER_WRITES_MOST)

    def test_a_part_is_erased_and_the_bootloader_stays(self):
        run = self.good(self.flashrom("t", "-E", "-l", "layout", "-i", "rest", "-N"))
        self.same(run.die, OLD[:AREA] + b"\xff" * (SIZE - AREA))

    def test_the_bootloaders_own_area_is_refused_before_anything_is_erased(self):
        run = self.flashrom("t", "-E")
        self.assertNotEqual(run.status, 0)
        self.assertIn("0x000000-0x010fff (68 KiB) of the flash cannot be changed this way",
                      run.output)
        self.assertIn("Use SPI for", run.output)
        self.same(run.die, OLD)

    def test_a_file_that_differs_in_the_bootloaders_area_is_refused_and_the_rest_is_not_written(self):
        other = bytearray(NEW)
        other[AREA - 0xedd] ^= 1
        self.rig.file("new", bytes(other))
        for loader in ("t", "u"):
            with self.subTest(loader):
                run = self.flashrom(loader, "-w", "new")
                self.assertEqual(run.status, 1, run.output)
                self.assertIn("new differs from the flash at 0x10123, and 0x000000-0x010fff (68 KiB) of the flash "
                              "cannot be changed this way", run.output)
                self.same(run.die, OLD)

    def test_what_a_layout_leaves_out_may_differ(self):
        self.rig.file("new", b"other" + NEW[5:])
        run = self.good(self.flashrom("t", "-w", "new", "-l", "layout", "-i", "rest", "-N"))
        self.same(run.die, NEW)

    def test_flashrom_is_told_to_write_what_can_be_changed_and_no_file_is_left(self):
        script = self.rig.file("flashrom.sh", b"""#!/bin/sh
case "$*" in *serprog*-w*) cp "$2" told; echo "$3 $4" >> told;; esac
exec "$FLASHROM_REAL" "$@"
""")
        script.chmod(0o755)
        (self.rig.path / "tmp").mkdir()
        run = self.good(self.rig.run(
            rig.FLASHROM_BEKEN, "-p", "beken_uart:port=/dev/ttyUSB0", "-c", "W25Q16.V", "-w", "new", image=OLD,
            device=("--uart", "t"), env={"FLASHROM": str(script), "FLASHROM_REAL": str(rig.STOCK),
                                         "TMPDIR": str(self.rig.path / "tmp")}))
        self.same(run.die, NEW)
        self.assertEqual(self.rig.file("told").read_text(), "00011000:001fffff open\n-i open\n")
        self.assertEqual(list((self.rig.path / "tmp").iterdir()), [])

    def test_a_verify_of_other_content_fails(self):
        run = self.flashrom("n", "-v", "new")
        self.assertEqual(run.status, 3, run.output)

    def test_a_known_part_and_one_that_nobody_tells(self):
        self.assertIn("linked: GigaDevice GD25Q16B",
                      self.flashrom("n", device=("--part", "GD25Q16B")).output)
        self.assertIn("linked: unknown, 2048 KiB", self.flashrom("t").output)

    def test_a_size_that_is_not_the_flashs_is_refused_since_beyond_it_is_the_bootloader(self):
        self.rig.file("large", OLD + NEW[::-1])
        self.rig.file("layout", b"200000:3fffff top\n")
        for chip in ("size:4M", "EN25QH32B"):
            with self.subTest(chip):
                run = self.flashrom("t", "-w", "large", "-l", "layout", "-i", "top", "-N", params="chip=" + chip)
                self.assertEqual(run.status, 1, run.output)
                self.assertIn("chip= means 4096 KiB, but the flash begins again after 2048 KiB", run.output)
                self.same(run.die, OLD)

    def test_a_part_above_16_mib_is_left_to_spi(self):
        run = self.flashrom("n", "-r", "out", device=("--part", "GD25Q256C"))
        self.assertEqual(run.status, 1, run.output)
        self.assertIn("more than 16384 KiB are out of reach this way", run.output)
        self.assertIn("Use SPI", run.output)

    def test_the_bootloader_of_half_a_mib_stays(self):
        old = OLD[:1 << 19]
        self.rig.file("new", NEW[:1 << 19])
        run = self.good(self.flashrom("t", "-w", "new", image=old, device=("--part", "GD25Q40B")))
        self.same(run.die, NEW[:1 << 19])

    def test_an_old_bootloader_is_given_the_rate_that_makes_the_right_one(self):
        run = self.good(self.flashrom("q", "-r", "out", params="baud=921600"))
        self.same(self.rig.file("out").read_bytes(), OLD)

    def test_a_damaged_line_gives_the_right_bytes(self):
        run = self.flashrom("n", "-r", "out", params="baud=921600", device=(
            "--uart-faults", "lose=40000,twice=40000,flip=20000"))
        self.assertEqual(run.status, 0, run.output)
        self.same(self.rig.file("out").read_bytes(), OLD)
        self.assertIn("requests were repeated", run.output)

    def test_bursts_a_wrong_clock_and_a_supply_that_fails_leave_what_is_written_exact(self):
        for loader, faults in (("t", "burst=20000"), ("n", "burst=20000"), ("t", "fast=35"), ("n", "reset=60000")):
            with self.subTest(loader=loader, faults=faults):
                run = self.flashrom(loader, "-w", "new", device=("--uart-faults", faults))
                self.assertEqual(run.status, 0, run.output)
                self.same(run.die, NEW)

    def test_each_way_to_fail_has_its_words(self):
        for faults, words in (("stuck", "nothing comes from the chip at all"),
                              ("echo", "TX and RX are joined"),
                              ("log", 'the firmware answers, and not the bootloader: "[app]')):
            with self.subTest(faults):
                run = self.flashrom("t", params="reset=lines", device=(
                    "--uart-cen", "none", "--uart-faults", faults))
                self.assertEqual(run.status, 1)
                self.assertIn(words, run.output)

    def test_a_line_that_damages_most_answers_is_said_to_do_that(self):
        for loader, faults, words in (("n", "lose=300", "does not answer the same twice"),
                                      ("t", "lose=1000", "too many of its answers arrive damaged")):
            with self.subTest(loader):
                run = self.flashrom(loader, "-r", "out", device=("--uart-faults", faults))
                self.assertEqual(run.status, 1, run.output)
                self.assertIn(words, run.output)
                self.assertNotIn("firmware", run.output)

    def test_a_person_is_asked_and_may_fail_to_come(self):
        run = self.flashrom("t", params="wait=6", device=("--uart-cen", "none"))
        self.assertEqual(run.status, 1)
        self.assertIn("switch its power off and on now", run.output)
        self.assertIn("waiting for the chip's reset: 1 s", run.output)

    def test_a_port_that_there_is_not_is_named(self):
        run = self.rig.run(rig.FLASHROM_BEKEN, "-p", "beken_uart:port=/dev/ttyUSB7",
                           device=("--uart", "t"))
        self.assertIn("there is no serial port /dev/ttyUSB7", run.output)

    def test_no_port_is_wrong_usage(self):
        self.assertIn("port=/dev/ttyUSB0", self.rig.run(rig.FLASHROM_BEKEN, "-p", "beken_uart").output)


if __name__ == "__main__":
    tap.main()
