# SPDX-License-Identifier: GPL-2.0-or-later
"""What beken-flash does about a write that was stopped, or on which another program is working."""
import fcntl
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lamp
import rig
import tap
from lamp import DIE, RF

AT = slice(0x140000, 0x150000)
NEW = rig.random_bytes(AT.stop - AT.start, 3)
WANTED = DIE[:AT.start] + NEW + DIE[AT.stop:]
REFUSED = 3


def with_mac(die, mac, calibration=0):
    die = bytearray(die)
    die[RF.start + 36:RF.start + 42] = bytes.fromhex(mac)
    die[RF.start + 100] ^= calibration
    return bytes(die)


class Journal(lamp.Commands):
    def setUp(self):
        super().setUp()
        self.rig.file("new", NEW)
        self.journal = self.rig.file("state/beken-flash/journal.json")

    def write(self, *arguments, **options):
        return self.flash("write", f"--at={AT.start:#x}", "--force=not-an-image", *arguments,
                          "new", **options)

    def stop(self, *arguments, image=DIE, **options):
        """A write whose cable is pulled in the middle of its changes."""
        whole = self.good(self.write(*arguments, image=image, **options))
        for name in self.rig.path.glob("*.bin*"):
            if name.name not in ("die.bin", "image.bin"):
                name.unlink()
        end = whole.stats["virtual_us"] // 1000
        run = self.write(*arguments, image=image, device=("--unplug-at", end - 500))
        self.assertEqual(run.status, 4, run.messages)
        self.assertTrue(self.journal.exists(), run.messages)
        self.assertNotIn(run.die, (image, WANTED))
        return run

    def test_what_another_program_is_at_work_with_is_left_to_it(self):
        half = self.stop("--no-backup")
        before = self.journal.read_text()
        with open(self.journal.parent / "lock", "w", encoding="ascii") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            for forget in ((), ("--forget",)):
                run = self.flash("resume", *forget, image=half.die)
                self.assertEqual(run.status, REFUSED)
                self.assertIn("another program is working on it (process ", run.messages)
                self.same(run.die, half.die)
            # With another adapter, and so with another module.
            run = self.good(self.write("--no-backup", image=with_mac(DIE, "102030405060")))
            self.assertEqual(self.journal.read_text(), before)
        self.same(self.good(self.flash("resume", image=half.die)).die, WANTED)

    def test_what_was_written_since_is_not_written_over_unasked(self):
        start, new = 0x120000, rig.random_bytes(0x30000, 5)
        self.rig.file("new", new)
        write = ("write", f"--at={start:#x}", "--force=not-an-image", "--no-backup", "new")
        whole = self.good(self.flash(*write, image=DIE))
        run = self.flash(*write, image=DIE,
                         device=("--unplug-at", whole.stats["virtual_us"] // 1000 - 500))
        self.assertEqual(run.status, 4, run.messages)
        # More sectors than the block in which it was stopped has.
        newer = run.die[:start] + rig.random_bytes(len(new), 9) + run.die[start + len(new):]
        run = self.flash("resume", "--json", image=newer)
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn('"newer-content"', run.output)
        self.same(run.die, newer)
        run = self.good(self.flash("resume", "--yes=newer-content", image=newer))
        self.same(run.die, DIE[:start] + new + DIE[start + len(new):])

    def test_what_the_bridge_wrote_since_is_not_written_over_unasked(self):
        # flashrom-beken knows of no journal; resume notices its write by the content.
        start, new = 0x120000, rig.random_bytes(0x30000, 5)
        self.rig.file("new", new)
        write = ("write", f"--at={start:#x}", "--force=not-an-image", "--no-backup", "new")
        whole = self.good(self.flash(*write, image=DIE))
        half = self.flash(*write, image=DIE,
                          device=("--unplug-at", whole.stats["virtual_us"] // 1000 - 500))
        self.assertEqual(half.status, 4, half.messages)
        newer = half.die[:start] + rig.random_bytes(len(new), 9) + half.die[start + len(new):]
        self.rig.file("newer.bin", newer)
        bridge = self.rig.beken("-w", "newer.bin", image=half.die)
        self.assertEqual(bridge.status, 0, bridge.output)
        self.same(bridge.die, newer)
        run = self.flash("resume", "--json", image=bridge.die)
        self.assertEqual(run.status, REFUSED, run.output)
        self.assertIn('"newer-content"', run.output)
        self.same(run.die, newer)
        # What was finished through the bridge does not concern it, either.
        done = DIE[:start] + new + DIE[start + len(new):]
        self.rig.file("done.bin", done)
        bridge = self.rig.beken("-w", "done.bin", image=half.die)
        run = self.good(self.flash("resume", image=bridge.die))
        self.same(run.die, done)
        self.assertFalse(self.journal.exists())

    def test_a_second_board_is_written_while_the_first_is_not_finished(self):
        half = self.stop("--no-backup")
        other = with_mac(DIE, "102030405060", 1)
        run = self.good(self.write("--no-backup", image=other))
        self.assertIn("it is another module's: its MAC address is", run.messages)
        self.same(run.die, with_mac(WANTED, "102030405060", 1))
        self.assertTrue(self.journal.exists())
        self.refused_half(self.write(image=half.die), half)
        self.same(self.good(self.flash("resume", image=half.die)).die, WANTED)
        self.assertFalse(self.journal.exists())

    def test_of_two_that_were_stopped_the_number_says_which_to_forget(self):
        self.stop("--no-backup")
        end = self.good(self.write("--no-backup", image=with_mac(DIE, "102030405060", 1)))
        self.write("--no-backup", image=with_mac(DIE, "102030405060", 1),
                   device=("--unplug-at", end.stats["virtual_us"] // 1000 - 500))
        run = self.flash("resume", "--forget")
        self.assertEqual(run.status, REFUSED, run.messages)
        self.assertIn("1: the write of new; 2: the write of new", run.messages)
        self.assertIn("beken-flash resume --journal=N", run.messages)
        self.good(self.flash("resume", "--journal=2", "--forget"))
        self.assertTrue(self.journal.exists())
        self.good(self.flash("resume", "--forget"))
        self.assertFalse(self.journal.exists())

    def refused_half(self, run, half):
        self.assertEqual(run.status, REFUSED, run.messages)
        self.assertIn("is not finished", run.messages)
        self.same(run.die, half.die)

    def test_the_advised_restore_can_be_pasted_whatever_the_backup_is_called(self):
        half = self.stop("--backup", "it's $a backup.bin")
        command = half.messages.rsplit("or, for the old content: ", 1)[1].strip()
        run = self.good(self.flash(shell=command.replace("beken-flash", lamp.BEKEN_FLASH, 1),
                                   image=half.die))
        self.same(run.die, DIE)
        self.assertFalse(self.journal.exists())

    def test_with_a_damaged_journal_only_the_whole_backup_is_restored(self):
        half = self.stop("--backup=b.bin")
        self.journal.write_text("{")
        run = self.flash("restore", "--region=rf", "b.bin", image=half.die)
        self.assertEqual(run.status, REFUSED, run.messages)
        self.assertIn("the journal of a stopped write is damaged", run.messages)
        self.same(run.die, half.die)
        run = self.good(self.flash("restore", "b.bin", image=half.die))
        self.assertIn("is damaged, and is removed at the end", run.messages)
        self.same(run.die, DIE)
        self.assertFalse(self.journal.exists())

    def test_restoring_another_module_leaves_the_journal_of_the_first(self):
        made_up = "c8478c000000"
        first, second = with_mac(DIE, made_up, 1), with_mac(DIE, made_up, 2)
        self.good(self.flash("backup", "second.bin", image=second))
        for option in ("--backup=first.bin", "--no-backup"):
            with self.subTest(option=option):
                self.stop(option, image=first)
                self.good(self.flash("backup", "second.bin", image=second))
                changed = bytearray(second)
                changed[0x160000] ^= 1
                run = self.flash("restore", "second.bin", image=bytes(changed))
                self.same(self.good(run).die, second)
                self.assertIn("this one has a different calibration", run.messages)
                self.assertTrue(self.journal.exists())
                self.good(self.flash("resume", "--forget"))

    def test_what_fails_behind_the_last_verification_is_not_called_half_written(self):
        whole = self.good(self.write("--no-backup"))
        end = whole.stats["virtual_us"] // 1000
        for before in range(2, 60, 2):
            run = self.write("--no-backup", device=("--unplug-at", end - before))
            if "everything was done and verified" in run.messages:
                break
            self.flash("resume", "--forget")
        self.assertEqual(run.status, 1, run.messages)
        self.assertIn("everything was done and verified; only a later step failed", run.messages)
        self.assertNotIn("half written", run.messages)
        self.same(run.die, WANTED)
        run = self.good(self.flash("resume", image=run.die))
        self.assertIn("0 bytes were missing", run.output)

    def test_a_dry_run_forgets_nothing(self):
        self.stop("--no-backup")
        run = self.flash("resume", "--forget", "--dry-run")
        self.assertEqual(run.status, 2, run.messages)
        self.assertTrue(self.journal.exists())

    def test_what_is_forgotten_leaves_no_files_also_of_a_damaged_journal(self):
        self.stop("--no-backup")
        self.journal.write_text("{")
        self.good(self.flash("resume", "--forget"))
        self.assertEqual([path.name for path in self.journal.parent.iterdir()], ["lock"])

    def test_a_name_that_is_no_text_does_not_damage_the_journal(self):
        name = b"\xed\xa0\x80 \xe0\x80\x80 \xf4\x90\x80\x80 \xff".decode(errors="surrogateescape")
        self.rig.file(name, NEW)
        write = ("write", f"--at={AT.start:#x}", "--force=not-an-image", "--no-backup", name)
        end = self.good(self.flash(*write)).stats["virtual_us"] // 1000
        half = self.flash(*write, device=("--unplug-at", end - 500)).die
        run = self.good(self.flash("resume", image=half))
        self.same(run.die, WANTED)

    def test_protection_comes_back_though_all_was_written(self):
        """The write is killed after its last verification, before protection is put back."""
        whole = self.good(self.write("--no-backup", "--protect"))
        for command in range(whole.stats["spi_ops"] - 12, whole.stats["spi_ops"]):
            run = self.write("--no-backup", "--protect", device=("--kill-at", command))
            if run.die == WANTED and int(run.stats["status_registers"], 16) == 0 and \
                    self.journal.exists():
                break
            self.flash("resume", "--forget")
        else:
            self.fail("no command of the end hits that moment")
        run = self.good(self.flash("resume", image=run.die, device=("--sr", "0")))
        self.assertIn("0 bytes were missing", run.output)
        self.assertEqual(int(run.stats["status_registers"], 16), lamp.FIRMWARE_SR)


class Wishes(lamp.Commands):
    def test_an_option_with_nothing_behind_it_is_wrong_usage(self):
        for arguments in (("write", "--backup=", "x"), ("restore", "--region=", "x"),
                          ("erase", "--region="), ("detect", "--params=")):
            with self.subTest(arguments=arguments):
                run = self.flash(*arguments)
                self.assertEqual(run.status, 2, run.messages)
                self.assertIn("needs a value", run.messages)

    def test_a_backup_that_is_asked_for_by_name_is_made_though_nothing_changes(self):
        self.rig.file("same", DIE[0x140000:0x141000])
        arguments = ("write", "--at=0x140000", "--force=not-an-image", "same")
        run = self.unchanged(self.good(self.flash(*arguments, "--backup=b.bin")))
        self.same(self.rig.file("b.bin").read_bytes(), DIE)
        self.assertIn("b.bin", run.output)
        self.unchanged(self.good(self.flash(*arguments)))
        self.assertEqual(self.files(), ["b.bin", "b.bin.json", "same"])

    def test_without_a_soc_it_is_told_what_does_not_stay(self):
        noise = rig.random_bytes(lamp.SIZE, 9)
        self.rig.file("new", NEW)
        arguments = ("write", "--at=0", "--force=not-an-image", "--dry-run", "new")
        self.assertIn("the SoC is not known", self.flash(*arguments, image=noise).messages)
        self.assertNotIn("the SoC is not known", self.flash(*arguments).messages)

    def test_regions_are_where_the_soc_has_them_and_not_where_a_manifest_says(self):
        self.good(self.flash("backup", "b.bin"))
        manifest = self.rig.file("b.bin.json")
        text = json.loads(manifest.read_text())
        for region in text["regions"]:
            if region["name"] == "net":
                region["start"] = 0
        manifest.write_text(json.dumps(text))
        self.refused(self.flash("restore", "--region=rf,net", "b.bin"), REFUSED,
                     "the manifest has net at 0x0", "0x1d1000")
        self.good(self.flash("restore", "--region=rf", "b.bin"))

    def test_without_a_manifest_regions_need_the_soc(self):
        changed = bytearray(DIE)
        changed[lamp.NET] = bytes(len(DIE[lamp.NET]))
        self.rig.file("b.bin", DIE)
        run = self.good(self.flash("restore", "--no-manifest", "--region=net", "b.bin",
                                   image=bytes(changed)))
        self.same(run.die, DIE)
        noise = rig.random_bytes(lamp.SIZE, 9)
        run = self.flash("restore", "--no-manifest", "--region=net", "b.bin", image=noise)
        self.assertEqual(run.status, REFUSED, run.messages)
        self.assertIn("--soc", run.messages)
        self.same(run.die, noise)


if __name__ == "__main__":
    tap.main()
