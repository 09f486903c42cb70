# SPDX-License-Identifier: GPL-2.0-or-later
"""Unpatched flashrom works with a die that is not on SPI: bytes in memory behind die.h."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap

TOY_DIE = rig.BUILD / "tests" / "system" / "toy-die"
KIB = 1024
SIZE = 2048 * KIB
KNOWN, UNKNOWN = "GD25Q16B", "GD25WQ16E"  # to flashrom 1.3.0
OPEN = (0, 0)
CLOSED = (0, 68 * KIB)                    # bootloaders keep it for themselves like this


class ToyDie(rig.Case):
    def setUp(self):
        super().setUp()
        self.old = rig.random_bytes(SIZE, 1)
        self.new = rig.random_bytes(SIZE, 2)
        self.rig.file("new.bin", self.new)

    def flashrom(self, *arguments, part=KNOWN, closed=OPEN):
        """flashrom ARGUMENTS on a die with the old content: returns (status, output, content afterwards)."""
        image = self.rig.file("die.bin", self.old)
        command = [TOY_DIE, part, image, *closed, rig.STOCK, *arguments]
        done = subprocess.run([str(word) for word in command], cwd=self.rig.path, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=rig.HANG)
        return done.returncode, done.stdout.decode(errors="replace"), image.read_bytes()

    def test_it_is_read_whether_flashrom_knows_the_part_or_not(self):
        for part in (KNOWN, UNKNOWN):
            with self.subTest(part=part):
                status, output, die = self.flashrom("-r", "out.bin", part=part)
                self.assertEqual(status, 0, output)
                self.same(self.rig.file("out.bin").read_bytes(), self.old)
                self.same(die, self.old)
                self.assertIn("0 erases, 0 programs", output)

    def test_it_is_written_and_verified_whether_flashrom_knows_the_part_or_not(self):
        for part in (KNOWN, UNKNOWN):
            with self.subTest(part=part):
                status, output, die = self.flashrom("-w", "new.bin", part=part)
                self.assertEqual(status, 0, output)
                self.assertIn("VERIFIED", output)
                self.same(die, self.new)

    def test_the_unknown_part_is_unknown(self):
        self.assertIn("SFDP", self.flashrom("-r", "out.bin", part=UNKNOWN)[1])
        self.assertNotIn("SFDP", self.flashrom("-r", "out.bin", part=KNOWN)[1])

    def test_a_verify_of_other_content_fails(self):
        status, output, die = self.flashrom("-v", "new.bin")
        self.assertEqual(status, 3, output)
        self.same(die, self.old)

    def test_a_write_into_a_closed_range_is_refused_with_the_die_untouched(self):
        for part in (KNOWN, UNKNOWN):
            with self.subTest(part=part):
                status, output, die = self.flashrom("-w", "new.bin", part=part, closed=CLOSED)
                self.assertNotEqual(status, 0, output)
                self.assertIn("toy_die: closed-range: ", output)
                self.assertIn("(the flash is untouched)", output)
                self.assertIn("0 erases, 0 programs", output)
                self.same(die, self.old)

    def test_a_write_beside_a_closed_range_is_done(self):
        start = CLOSED[1]
        self.rig.file("layout", f"{start:06x}:{SIZE - 1:06x} open\n".encode())
        status, output, die = self.flashrom("-l", "layout", "-i", "open", "-N", "-w", "new.bin",
                                            closed=CLOSED)
        self.assertEqual(status, 0, output)
        self.same(die, self.old[:start] + self.new[start:])


if __name__ == "__main__":
    tap.main()
