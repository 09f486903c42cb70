# SPDX-License-Identifier: GPL-2.0-or-later
"""What is true of every fast USB adapter; each has a test program of its own that takes these in."""
import rig

SIZE = 2 << 20


class Cases:
    """Beside rig.Case, in a class whose flash() runs beken-flash on its adapter."""

    def setUp(self):
        super().setUp()
        self.content = rig.random_bytes(SIZE, 1)

    def good(self, run):
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(run.stats["cen"], "high")
        return run

    def read_start(self, **options):
        """256 KiB, which must be what is there."""
        self.good(self.flash("read", "--at=0", "--size=256K", "out.bin", **options))
        self.same(self.rig.file("out.bin").read_bytes(), self.content[:256 << 10])
        self.rig.file("out.bin").unlink()

    def write_while_times_vary(self, **options):
        new = rig.random_bytes(100000, 3)
        self.rig.file("new.bin", new)
        run = self.good(self.flash("write", "--at=0", "--force=not-an-image", "--no-backup",
                                   "new.bin", device=("--busy", "varying"), **options))
        self.same(run.die, new + self.content[len(new):])

    def test_a_write_with_a_backup_takes_the_dies_time_and_little_more(self):
        new = rig.random_bytes(SIZE, 2)
        self.rig.file("new.bin", new)
        run = self.good(self.flash("write", "--at=0", "--force=not-an-image", "--with-rf",
                                   "--with-net", "--with-data", "--backup=old.bin", "new.bin",
                                   speed="30M", device=("--sr", "firmware")))
        self.same(run.die, new)
        self.same(self.rig.file("old.bin").read_bytes(), self.content)
        self.assertLess(run.stats["virtual_us"], 20e6)

    def test_unplugging_is_an_error_and_not_a_hang(self):
        run = self.flash("read", "out.bin", device=("--unplug-at", "400"))
        self.assertNotEqual(run.status, 0, run.output)
        self.assertIn("unplugged", run.output)

    def test_a_signal_leaves_cen_high(self):
        run = self.flash("read", "out.bin", device=rig.ctrl_c("50ms"))
        self.assertEqual(run.status, 130, run.output)
        self.assertEqual(run.stats["cen"], "high")
