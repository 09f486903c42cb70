# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual adapter takes as long as was reported for real ones."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import published
import rig
import tap


class Calibration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = published.rows()

    def test_each_comparable_figure_is_within_the_limit(self):
        for row in self.rows:
            if row.compared:
                with self.subTest(what=row.what, host=row.host):
                    self.assertLessEqual(abs(published.difference(row)), published.LIMIT)

    def test_a_page_costs_flashrom_no_less_than_was_published_as_the_least(self):
        row = next(row for row in self.rows if row.unit == "ms")
        self.assertGreaterEqual(row.simulated, row.low)

    @unittest.skipUnless(rig.IS_1_3_0, f"the page has figures of flashrom 1.3.0, and this is "
                         f"{rig.RELEASE}")
    def test_the_page_is_what_make_calibrate_would_write(self):
        self.assertEqual(published.PAGE.read_text(encoding="utf-8"), published.page(self.rows))


if __name__ == "__main__":
    tap.main()
