# SPDX-License-Identifier: GPL-2.0-or-later
"""Content that reads the same twice but cannot be that of a flash is no backup, and prevents a write."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import tap

AGREED = "--yes=doubtful-content"


def doubtful(size):
    half = size // 2
    content = lamp.DIE[:half]
    return {
        "zero": bytes(size),
        "blank": b"\xff" * size,
        "pattern": (b"\xaa\x55\x00" * (size // 3 + 1))[:size],
        "twice": content + content,
        "upper": content + bytes(half),
        "lower": bytes(half) + content,
    }


DOUBTFUL = doubtful(lamp.SIZE)
# Without firmware that has to fit this takes a quarter of the time.
SMALL, PART = doubtful(lamp.SIZE // 4), ("--part", "GD25Q40B")


class DoubtfulContent(lamp.Commands):
    def setUp(self):
        super().setUp()
        self.rig.file("qio.bin", (lamp.MADE / "qio.bin").read_bytes())

    def stops(self, die, *arguments, device=()):
        run = self.flash(*arguments, image=die, device=device)
        self.assertEqual(run.status, 3, run.messages)
        self.assertIn(AGREED, run.messages)
        self.same(run.die, die)

    def test_a_backup_of_it_fails_and_the_reading_is_kept_aside(self):
        for name, die in SMALL.items():
            self.stops(die, "backup", f"{name}.bin", device=PART)
            self.assertFalse(self.rig.file(f"{name}.bin").exists())
            self.same(self.rig.file(f"{name}.bin.unconfirmed-1").read_bytes(), die)

    def test_it_is_made_where_the_user_says_that_it_is_so(self):
        for name, die in SMALL.items():
            self.good(self.flash("backup", f"{name}.bin", AGREED, image=die, device=PART))
            self.same(self.rig.file(f"{name}.bin").read_bytes(), die)

    def test_nothing_is_written_on_it_with_or_without_a_backup(self):
        ways = ("--backup=b.bin", "--no-backup")
        for number, die in enumerate(DOUBTFUL.values()):
            # One command for each content; make torture tries both commands with all.
            for backup in ways if "TORTURE" in os.environ else (ways[number % 2],):
                self.stops(die, "write", "--soc=BK7231N", backup, "qio.bin")
                self.assertFalse(self.rig.file("b.bin").exists())

    def test_a_blank_module_is_written_where_the_user_says_so(self):
        run = self.good(self.flash("write", "--soc=BK7231N", "--no-backup", AGREED, "qio.bin",
                                   image=DOUBTFUL["blank"]))
        qio = self.rig.file("qio.bin").read_bytes()
        self.same(run.die, qio + b"\xff" * (lamp.SIZE - len(qio)))

    def test_a_restore_to_it_is_agreed_to_first(self):
        own = lamp.DIE[:lamp.SIZE // 4]
        self.good(self.flash("backup", "own.bin", image=own, device=PART))
        for die in SMALL.values():
            self.stops(die, "restore", "own.bin", device=PART)
        run = self.good(self.flash("restore", "own.bin", AGREED, "--yes=other-module",
                                   image=SMALL["blank"], device=PART))
        self.same(run.die, own)

    def test_a_file_that_is_so_is_not_restored(self):
        for die in SMALL.values():
            self.rig.file("dead.bin", die)
            self.stops(lamp.DIE[:lamp.SIZE // 4], "restore", "--no-manifest", "--yes=other-module",
                       "dead.bin", device=PART)

    def test_a_dry_run_says_it(self):
        run = self.good(self.flash("write", "--soc=BK7231N", "--dry-run", "qio.bin",
                                   image=DOUBTFUL["blank"]))
        self.assertIn("every byte is ff", run.messages)
        self.assertIn(AGREED, run.messages)


if __name__ == "__main__":
    tap.main()
