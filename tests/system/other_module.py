# SPDX-License-Identifier: GPL-2.0-or-later
"""beken-flash write, restore and resume on a module other than the intended one."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap
from module import FIRMWARE, MAC_AT, REFUSED, RF, Case

RF_OF_BK7231T = 0x1E0000
RF_BYTES = 0x200  # the size in the images


def changed(die, at, content):
    return die[:at] + content + die[at + len(content):]


def other_byte(die, at):
    return changed(die, at, bytes([die[at] ^ 0x55]))


def unnamed(die, calibration):
    """With the MAC that the firmware makes up, and one byte of calibration changed."""
    die = changed(die, MAC_AT, bytes.fromhex("c8478c000000"))
    return changed(die, RF + 100, bytes([calibration]))


class Write(Case):
    def test_a_calibration_region_of_another_module_is_asked_for(self):
        run = self.flash("write", "rf.bin")
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("--yes=identity-lost", run.output)
        self.same(run.die, self.own)

    def test_another_calibration_is_asked_for_where_only_that_tells_the_modules_apart(self):
        own = unnamed(self.own, 1)
        self.rig.file("rf2.bin", unnamed(self.own, 2)[RF:RF + 4096])
        for option in ("--no-backup", "--dry-run"):
            run = self.flash("write", "rf2.bin", option, image=own)
            self.assertIn("--yes=identity-lost", run.output)
            self.assertEqual(run.status, REFUSED if option == "--no-backup" else 0, run.output)
            self.untouched(run, own)
        run = self.good(self.flash("write", "rf2.bin", "--yes=identity-lost", image=own))
        self.same(run.die, unnamed(self.own, 2))

    def wrong_backup(self, backup, own=None):
        own = self.own if own is None else own
        self.rig.file("backup.bin", backup)
        run = self.flash("write", "qio.bin", "--backup", "backup.bin", image=own)
        self.assertEqual(run.status, REFUSED, run.output)
        self.untouched(run, own)
        self.assertFalse(self.journal())
        return run.output

    def test_a_given_backup_with_another_calibration_is_refused(self):
        noise = rig.random_bytes(RF_BYTES, 6)
        self.wrong_backup(changed(self.own, RF + 44, noise[44:]))
        self.wrong_backup(changed(self.own, RF, b"\xff" * RF_BYTES))

    def test_a_backup_with_one_other_byte_where_no_sample_falls_is_refused(self):
        for at in (MAC_AT + 5, RF + 24, RF + 100, RF + RF_BYTES - 1):
            with self.subTest(f"0x{at:06x}"):
                self.assertIn("another calibration", self.wrong_backup(other_byte(self.own, at)))

    def test_a_backup_of_a_module_with_the_same_made_up_mac_is_refused(self):
        output = self.wrong_backup(unnamed(self.own, 1), own=unnamed(self.own, 2))
        self.assertIn("another calibration", output)

    def test_calibration_where_the_soc_of_the_file_has_none_is_refused(self):
        die = b"\xff" * len(self.own)
        die = changed(die, RF_OF_BK7231T, self.own[RF:RF + RF_BYTES])
        run = self.flash("write", "qio.bin", image=die)
        self.refused(run, "wrong-soc", die=die)
        self.assertIn("its calibration is at 0x1e0000", run.output)
        self.refused(self.flash("write", "qio.bin", "--force=damaged", image=die), "wrong-soc",
                     die=die)
        run = self.good(self.flash("write", "qio.bin", "--force=wrong-soc", image=die))
        self.same(run.die, self.qio + die[len(self.qio):])

    def test_calibration_where_the_soc_of_the_file_has_it_is_accepted(self):
        die = b"\xff" * len(self.own)
        die = changed(die, RF, self.own[RF:RF + RF_BYTES])
        run = self.good(self.flash("write", "qio.bin", image=die))
        self.same(run.die, self.qio + die[len(self.qio):])


class Restore(Case):
    def test_the_dump_of_another_board_asks_and_the_own_content_is_saved(self):
        self.backup(image=self.dump)
        run = self.flash("restore", "backup.bin")
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("--yes=other-module", run.output)
        self.same(run.die, self.own)
        run = self.good(self.flash("restore", "--yes=other-module", "--json", "backup.bin"))
        self.same(run.die, self.dump)
        self.same(self.rig.file(self.result(run)["own_backup"]).read_bytes(), self.own)

    def test_another_calibration_on_a_module_with_a_made_up_mac_asks(self):
        own = unnamed(self.own, 1)
        for name, other in {"named.bin": self.own, "unnamed.bin": unnamed(self.own, 2),
                            "none.bin": changed(self.own, RF, b"\xff" * RF_BYTES)}.items():
            with self.subTest(name):
                backup = self.backup(name, image=other)
                run = self.flash("restore", backup, image=own)
                self.assertEqual(run.status, REFUSED, run.output)
                self.assertIn("--yes=other-module", run.output)
                self.assertIn("calibration", run.output)
                self.untouched(run, own)
                run = self.good(self.flash("restore", "--yes=other-module", "--json", backup,
                                           image=own))
                self.same(run.die, other)
                saved = self.rig.file(self.result(run)["own_backup"])
                self.same(saved.read_bytes(), own)

    def test_its_own_backup_comes_back_to_it_without_a_question(self):
        own = unnamed(self.own, 1)
        backup = self.backup(image=own)
        changed_since = changed(own, 0x30000, self.dump[0x30000:0x50000])
        run = self.good(self.flash("restore", backup, "--json", image=changed_since))
        self.same(run.die, own)
        self.assertIsNone(self.result(run)["own_backup"])

    def test_some_regions_of_another_module_ask_as_all_of_it_does(self):
        self.backup("other.bin", image=self.dump)
        run = self.flash("restore", "--region=net,kvs", "other.bin")
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("--yes=other-module", run.output)
        self.untouched(run, self.own)
        run = self.good(self.flash("restore", "--region=net,kvs", "other.bin", "--json",
                                   "--yes=other-module"))
        self.same(self.rig.file(self.result(run)["own_backup"]).read_bytes(), self.own)

    def test_regions_of_another_soc_are_refused(self):
        blank = b"\xff" * len(self.own)
        self.good(self.flash("backup", "--soc=BK7231T", "--yes=doubtful-content", "t.bin",
                             image=blank))
        for arguments in (("app", "t.bin"), ("rf", "t.bin"), ("rf", "--soc=BK7231T", "t.bin")):
            run = self.flash("restore", "--yes=other-module,doubtful-content",
                             "--region", *arguments)
            self.assertEqual(run.status, REFUSED, run.output)
            self.assertIn("BK7231T", run.output)
            self.untouched(run, self.own)

    def test_after_a_stopped_clone_the_module_that_it_came_from_is_saved_first(self):
        others = self.backup("others.bin", image=self.dump)
        owns = self.backup("owns.bin", image=self.own)
        run = self.flash("restore", others, "--yes=other-module",
                         device=(*FIRMWARE, "--unplug-at", 31500))
        self.assertEqual(run.status, 4, run.output)
        self.assertTrue(self.journal())
        before = set(self.rig.path.glob("*.bin"))
        # The old content is not that of another module.
        named = re.findall(r"old content: beken-flash restore (\S+)", run.output)
        self.assertEqual([pathlib.Path(name).read_bytes() for name in named], [self.own])
        # The wrong module is connected by mistake.
        run = self.good(self.flash("restore", owns, image=self.dump))
        self.same(run.die, self.own)
        new = set(self.rig.path.glob("*.bin")) - before - {self.rig.path / "die.bin"}
        self.assertTrue(any(path.read_bytes() == self.dump for path in new), new)


class Resume(Case):
    def another(self, die):
        """It is not taken for the module of the journal."""
        run = self.flash("resume", image=die)
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn("--yes=other-module", run.output)
        self.untouched(run, die)
        self.assertTrue(self.journal())

    def test_another_module_is_not_taken_for_the_one_that_was_written(self):
        self.stop()
        self.another(self.dump)
        other_part = ("--part", "GD25Q16B")
        run = self.flash("resume", device=other_part)
        self.assertEqual(run.status, REFUSED, run.output)
        self.good(self.flash("restore", self.backup(image=self.dump), image=self.dump))
        self.assertTrue(self.journal())

    def test_another_module_is_not_taken_for_the_one_that_was_being_restored(self):
        backup = self.backup(image=self.own)
        since = changed(self.own, 0x30000, self.dump[0x30000:0x50000])
        run = self.flash("restore", backup, image=since, device=(*FIRMWARE, "--unplug-at", 17000))
        self.assertEqual(run.status, 4, run.output)
        self.another(self.dump)
        run = self.good(self.flash("resume", image=run.die))
        self.same(run.die, self.own)

    def test_modules_with_the_same_made_up_mac_are_told_apart_by_their_calibration(self):
        self.stop(image=unnamed(self.own, 1))
        self.another(unnamed(self.own, 2))

    def test_a_write_without_a_backup_has_kept_the_calibration_to_know_the_module_by(self):
        half = self.stop("--no-backup", file="qio.bin", at_ms=10000)
        self.assertNotIn(half, (self.own, self.qio + self.own[len(self.qio):]))
        for what, die in {"another module": self.dump, "another MAC": other_byte(half, MAC_AT + 5),
                          "another calibration": other_byte(half, RF + 100)}.items():
            with self.subTest(what):
                self.another(die)
        run = self.good(self.flash("resume", image=half))
        self.same(run.die, self.qio + self.own[len(self.qio):])

    def test_a_write_without_a_backup_knows_its_module_with_the_same_made_up_mac(self):
        own = unnamed(self.own, 1)
        half = self.stop("--no-backup", file="qio.bin", at_ms=10000, image=own)
        self.another(unnamed(half, 2))
        run = self.good(self.flash("resume", image=half))
        self.same(run.die, self.qio + own[len(self.qio):])

    def test_a_restore_is_not_resumed_on_another_module_with_the_same_made_up_mac(self):
        own = unnamed(self.own, 1)
        backup = self.backup(image=own)
        since = changed(own, 0x30000, self.dump[0x30000:0x50000])
        run = self.flash("restore", backup, image=since, device=(*FIRMWARE, "--unplug-at", 17000))
        self.assertEqual(run.status, 4, run.output)
        self.another(unnamed(own, 2))
        run = self.good(self.flash("resume", image=run.die))
        self.same(run.die, own)

    def test_while_the_calibration_is_being_replaced_the_module_is_still_known(self):
        own, third = unnamed(self.own, 1), unnamed(self.own, 3)
        arguments = ("write", self.rig.file("new.bin", unnamed(self.own, 2)), "--with-rf",
                     "--force=damaged,unconfirmed,inconsistent", "--yes=identity-lost",
                     "--backup", self.backup("own.bin", image=own))
        whole = self.good(self.flash(*arguments, image=own))
        seen = set()
        for command in range(whole.stats["spi_ops"] - 20, whole.stats["spi_ops"]):
            run = self.flash(*arguments, image=own,
                             device=(*FIRMWARE, "--kill-at", command))
            if self.journal() and run.die[RF:RF + 4096] not in seen:
                seen.add(run.die[RF:RF + 4096])
                self.another(third)
                run = self.good(self.flash("resume", image=run.die))
                self.same(run.die, unnamed(self.own, 2))
            self.flash("resume", "--forget")
        self.assertEqual(len(seen), 4)  # before, erased, half programmed, finished

    def test_its_own_calibration_comes_back_after_a_stopped_clone_without_a_question(self):
        own = unnamed(self.own, 1)
        arguments = ("write", self.rig.file("new.bin", unnamed(self.own, 2)), "--with-rf",
                     "--force=damaged,unconfirmed,inconsistent", "--yes=identity-lost",
                     "--backup", self.backup("own.bin", image=own))
        whole = self.good(self.flash(*arguments, image=own))
        run = self.flash(*arguments, image=own,
                         device=(*FIRMWARE, "--kill-at", whole.stats["spi_ops"] - 3))
        self.assertTrue(self.journal(), run.output)
        self.assertNotEqual(run.die[RF:RF + 4096], own[RF:RF + 4096])
        run = self.good(self.flash("restore", "own.bin", image=run.die))
        self.same(run.die, own)

    def test_a_bad_contact_is_not_called_another_module(self):
        half = self.stop()
        seen = self.good(self.flash("read", "--once", "--at=0", "--size=4096", "-", image=half))
        looked = 100  # by read, and not by resume
        # In its calibration or near it.
        at = RF + 100 + seen.stats["spi_bytes"] - 4096 - looked
        run = self.flash("resume", image=half, device=(*FIRMWARE, "--flip-at", at))
        self.assertEqual(run.status, 1, run.output)
        self.assertIn("two readings of the calibration differ", run.output)
        self.same(run.die, half)


if __name__ == "__main__":
    tap.main()
