# SPDX-License-Identifier: GPL-2.0-or-later
"""What was read twice alike and still cannot be a flash is no backup, and nothing goes on it."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import tap

HALF = lamp.SIZE // 2
CONTENT = lamp.DIE[:HALF]
AGREED = "--yes=doubtful-content"
DOUBTFUL = {name: die[:lamp.SIZE] for name, die in {
    "zero": bytes(lamp.SIZE),
    "blank": b"\xff" * lamp.SIZE,
    "pattern": b"\xaa\x55\x00" * (lamp.SIZE // 3 + 1),
    "twice": CONTENT + CONTENT,
    "upper": CONTENT + bytes(HALF),
    "lower": bytes(HALF) + CONTENT,
}.items()}


class DoubtfulContent(lamp.Commands):
    def setUp(self):
        super().setUp()
        self.rig.file("qio.bin", (lamp.MADE / "qio.bin").read_bytes())

    def stops(self, die, *arguments):
        run = self.flash(*arguments, image=die)
        self.assertEqual(run.status, 3, run.messages)
        self.assertIn(AGREED, run.messages)
        self.same(run.die, die)

    def test_a_backup_of_it_fails_and_the_reading_is_kept_aside(self):
        for name, die in DOUBTFUL.items():
            self.stops(die, "backup", f"{name}.bin")
            self.assertFalse(self.rig.file(f"{name}.bin").exists())
            self.same(self.rig.file(f"{name}.bin.unconfirmed-1").read_bytes(), die)

    def test_it_is_made_where_the_user_says_that_it_is_so(self):
        for name, die in DOUBTFUL.items():
            self.good(self.flash("backup", f"{name}.bin", AGREED, image=die))
            self.same(self.rig.file(f"{name}.bin").read_bytes(), die)

    def test_nothing_is_written_on_it_with_or_without_a_backup(self):
        for die in DOUBTFUL.values():
            for backup in ("--backup=b.bin", "--no-backup"):
                self.stops(die, "write", "--soc=BK7231N", backup, "qio.bin")
                self.assertFalse(self.rig.file("b.bin").exists())

    def test_a_blank_module_is_written_where_the_user_says_so(self):
        run = self.good(self.flash("write", "--soc=BK7231N", "--no-backup", AGREED, "qio.bin",
                                   image=DOUBTFUL["blank"]))
        qio = self.rig.file("qio.bin").read_bytes()
        self.same(run.die, qio + b"\xff" * (lamp.SIZE - len(qio)))

    def test_a_restore_to_it_is_agreed_to_first(self):
        self.good(self.flash("backup", "own.bin", image=lamp.DIE))
        for die in DOUBTFUL.values():
            self.stops(die, "restore", "own.bin")
        run = self.good(self.flash("restore", "own.bin", AGREED, "--yes=other-module",
                                   image=DOUBTFUL["blank"]))
        self.same(run.die, lamp.DIE)

    def test_a_file_that_is_so_is_not_restored(self):
        for die in DOUBTFUL.values():
            self.rig.file("dead.bin", die)
            self.stops(lamp.DIE, "restore", "--no-manifest", "--yes=other-module", "dead.bin")

    def test_a_dry_run_says_it(self):
        run = self.good(self.flash("write", "--soc=BK7231N", "--dry-run", "qio.bin",
                                   image=DOUBTFUL["blank"]))
        self.assertIn("every byte is ff", run.messages)
        self.assertIn(AGREED, run.messages)


if __name__ == "__main__":
    tap.main()
