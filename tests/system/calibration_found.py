# SPDX-License-Identifier: GPL-2.0-or-later
"""beken-flash read --region=rf and info: calibration is known by its content, not by its place."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from lamp import DIE, MAC, RF, SIZE, Commands, without

ELSEWHERE = slice(0x150000, 0x151000)


def put(die, place):
    die = bytearray(die)
    die[place] = DIE[RF]
    return bytes(die)


class Found(Commands):
    NOISE = rig.random_bytes(SIZE, 11)

    def read(self, die):
        return self.flash("read", "--region=rf", "rf.bin", image=die)

    def test_without_a_soc_it_is_read_where_it_is_found(self):
        run = self.good(self.read(put(self.NOISE, ELSEWHERE)))
        self.assertEqual(self.rig.file("rf.bin").read_bytes(), DIE[RF])
        self.assertIn("found at 0x150000", run.messages)

    def test_of_several_none_is_chosen(self):
        die = put(put(self.NOISE, ELSEWHERE), slice(0x160000, 0x161000))
        run = self.read(die)
        self.assertEqual(run.status, 3)
        self.assertIn("0x150000 and 0x160000", run.messages)
        self.assertEqual(self.files(), [])

    def test_without_any_and_without_a_soc_it_is_told_that_there_is_none(self):
        run = self.read(self.NOISE)
        self.assertEqual(run.status, 3)
        self.assertIn("no calibration data was found anywhere", run.messages)

    def test_a_region_that_should_hold_it_and_does_not_is_read_and_told(self):
        blank = without(DIE, RF)
        run = self.good(self.read(blank))
        self.assertIn("no calibration data at 0x1d0000, where a BK7231N has it, nor anywhere",
                      run.messages)
        self.rig.file("rf.bin").unlink()
        run = self.good(self.read(put(blank, ELSEWHERE)))
        self.assertIn("it was found at 0x150000", run.messages)
        self.assertNotIn("warning", self.good(self.flash("read", "--region=rf", "own.bin")).messages)

    def test_info_finds_calibration_by_its_content_too(self):
        run = self.good(self.flash("info", image=without(DIE, RF)))
        self.assertRegex(run.output, r"rf  .*0x1d0000-0x1d0fff \(4 KiB\), blank at its start")
        self.assertIn("calibration: none was found anywhere", run.output)
        for options in ([], ["--all"]):
            run = self.good(self.flash("info", *options, image=put(without(DIE, RF), ELSEWHERE)))
            self.assertIn(f"calibration: at 0x150000, MAC {MAC}", run.output)
        die = bytearray(DIE)
        die[RF] = self.NOISE[:0x1000]
        run = self.good(self.flash("info", image=bytes(die)))
        self.assertRegex(run.output, r"rf  .*\(4 KiB\), without calibration data")


if __name__ == "__main__":
    tap.main()
